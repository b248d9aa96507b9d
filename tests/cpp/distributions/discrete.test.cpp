// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/discrete.hpp>
#include <reference/distributions/table.hpp>

using namespace meio;
using distributions::Discrete;

TEST_CASE("a discrete distribution is its sums") {
    // Against plain sums over random tables with repeats, gaps, negative values and zero probabilities.
    core::RandomStream stream(1, 1);
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 1 + stream.below(12);
        std::vector<double> values(n), probabilities(n);
        double total = 0;
        for (std::size_t i = 0; i < n; ++i) {
            values[i] = static_cast<double>(stream.below(15)) - 4;
            probabilities[i] = stream.uniform() < 0.2 && i > 0 ? 0 : stream.uniform();
            total += probabilities[i];
        }
        for (double& p : probabilities) p /= total;
        const Discrete demand(values, probabilities);
        for (double x = -6; x < 13; x += 0.5) {
            double cdf = 0, loss = 0, left = 0, second = 0, mass = 0;
            for (std::size_t i = 0; i < n; ++i) {
                const double p = probabilities[i], gap = std::max(0.0, values[i] - x);
                cdf += values[i] <= x ? p : 0;
                mass += values[i] == x ? p : 0;
                loss += gap * p;
                left += std::max(0.0, x - values[i]) * p;
                second += 0.5 * gap * gap * p;
            }
            REQUIRE(std::abs(demand.cdf(x) - cdf) < 1e-14);
            REQUIRE(std::abs(demand.survival(x) - (1 - cdf)) < 1e-14);
            REQUIRE(std::abs(demand.pmf(x) - mass) < 1e-15);
            REQUIRE(std::abs(demand.loss(x) - loss) < 1e-13);
            REQUIRE(std::abs(demand.complementary_loss(x) - left) < 1e-13);
            REQUIRE(std::abs(demand.second_order_loss(x) - second) < 1e-12);
        }
        for (const double p : {0.0, 0.1, 0.5, 0.93, 1.0}) {
            const double q = demand.quantile(p);
            REQUIRE(demand.cdf(q) >= p);
            REQUIRE((q == demand.values().front() || demand.cdf(std::nextafter(q, -100.0)) < p));
        }
    }
}

TEST_CASE("a far tail keeps its digits") {
    // A probability of 1e-30 next to 1 is not lost in 1 - cdf.
    const Discrete demand(std::vector<double>{0, 5}, std::vector<double>{1 - 1e-30, 1e-30});
    CHECK(demand.survival(0) == doctest::Approx(1e-30).epsilon(1e-13));
    CHECK(demand.loss(2) == doctest::Approx(3e-30).epsilon(1e-13));
}

TEST_CASE("a point mass has no variance, and draws follow the table") {
    // Deterministic demand; and moments of 100,000 draws.
    const Discrete seven = Discrete::point_mass(7);
    CHECK(seven.mean() == 7);
    CHECK(seven.variance() == 0);
    CHECK(seven.loss(5) == 2);
    CHECK(seven.complementary_loss(9) == 2);
    CHECK(seven.quantile(0.4) == 7);
    reference::check_samples(Discrete(std::vector<double>{1, 4, 9}, std::vector<double>{0.5, 0.3, 0.2}));
}

TEST_CASE("wrong tables are refused with every problem") {
    // Lengths, signs, non-finite values and the sum.
    CHECK_THROWS_AS(Discrete(std::vector<double>{1, 2}, std::vector<double>{1}), core::InputError);
    CHECK_THROWS_AS(Discrete(std::vector<double>{}, std::vector<double>{}), core::InputError);
    CHECK_THROWS_AS(Discrete(std::vector<double>{1, 2}, std::vector<double>{0.5, 0.4}), core::InputError);
    try {
        Discrete(std::vector<double>{1, HUGE_VAL}, std::vector<double>{-0.5, NAN});
        FAIL("did not throw");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 3);
    }
}
