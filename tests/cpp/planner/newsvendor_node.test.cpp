// SPDX-License-Identifier: MIT
#include <cmath>

#include <doctest/doctest.h>

#include <meio/planner/newsvendor_node.hpp>
#include <reference/planner/enumerate.hpp>

using namespace meio;
using namespace meio::planner;

TEST_CASE("count newsvendor equals trying every level") {
    // For Poisson and negative binomial demand, small and large, no other level is cheaper and the losses are right.
    for (const double mean : {0.05, 1.0, 7.5, 60.0, 250.0})
        for (const double dispersion : {0.0, 0.3, 2.0})
            for (const double ratio : {0.2, 0.7, 0.95, 0.999}) {
                const double variance = mean * (1 + dispersion);
                const auto pmf = reference::count_pmf(mean, variance, 1500);
                const auto cost = [&](int y) {
                    double total = 0;
                    for (std::size_t d = 0; d < pmf.size(); ++d) {
                        const double left = y - static_cast<double>(d);
                        total += pmf[d] * (left > 0 ? (1 - ratio) * left : -ratio * left);
                    }
                    return total;
                };
                const Position found = newsvendor_position(demand::Family::count, mean, variance, 1 - ratio, ratio);
                const int y = static_cast<int>(found.level);
                CHECK(cost(y) <= cost(y + 1) + 1e-12);
                if (y > 0) CHECK(cost(y) <= cost(y - 1) + 1e-12);
                CHECK((1 - ratio) * found.on_hand + ratio * found.unmet == doctest::Approx(cost(y)).epsilon(1e-9));
                const Position again = position_at(demand::Family::count, mean, variance, found.level);
                CHECK(again.unmet == doctest::Approx(found.unmet).epsilon(1e-8));
            }
}

TEST_CASE("continuous newsvendor meets the critical ratio") {
    // Snyder and Shen, Example 4.3: h = 0.18, p = 0.70, normal(50, 8) has level 56.6039559 and cost 1.9976052.
    const Position normal = newsvendor_position(demand::Family::normal, 50, 64, 0.18, 0.70);
    CHECK(normal.level == doctest::Approx(56.60395592743389).epsilon(1e-12));
    CHECK(0.18 * normal.on_hand + 0.70 * normal.unmet == doctest::Approx(1.9976051931766445).epsilon(1e-12));
    const Position gamma = newsvendor_position(demand::Family::gamma, 50, 64, 0.18, 0.70);
    CHECK(distributions::Gamma::from_moments(50, 64).cdf(gamma.level) == doctest::Approx(0.70 / 0.88).epsilon(1e-10));
}

TEST_CASE("corner cases of prices") {
    // No demand, no shortage cost and free holding have finite, sensible levels.
    CHECK(newsvendor_position(demand::Family::count, 0, 0, 1, 1).level == 0);
    CHECK(newsvendor_position(demand::Family::count, 3, 3, 1, -2).level == 0);
    CHECK(newsvendor_position(demand::Family::count, 3, 3, 1, -2).unmet == 3);
    const Position capped = newsvendor_position(demand::Family::count, 3, 3, 0, 1);
    CHECK(capped.level > 15);
    CHECK(capped.level < 40);
    CHECK(newsvendor_position(demand::Family::normal, 3, 0, 1, 1).level == 3);
}
