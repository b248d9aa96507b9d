// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/distributions/distribution.hpp>

namespace meio::reference {

/// A level and its cost.
struct GridPoint {
    double level = 0;
    double cost = std::numeric_limits<double>::infinity();
};

/// The cheapest newsvendor level on a grid: no critical ratio, only costs.
template <distributions::Distribution D>
[[nodiscard]] GridPoint cheapest_on_grid(const D& demand, double underage, double overage, double low, double high, double step) {
    GridPoint best;
    for (double y = low; y <= high; y += step) {
        const double cost = overage * demand.complementary_loss(y) + underage * demand.loss(y);
        if (cost < best.cost * (1 - 1e-13)) best = {y, cost};
    }
    return best;
}

/// Long-run measures of a base-stock level by running the system period by period with integer lead time and review.
struct Simulated {
    double cost = 0, cost_error = 0;
    double fill_rate = 0, fill_rate_error = 0;
    double on_hand = 0, backorders = 0;
};

/// Orders are placed at the start of every `review`-th period and arrive `lead_time` periods later, before demand.
template <class Draw>
[[nodiscard]] Simulated simulate_base_stock(Draw&& draw, double level, int lead_time, int review, double holding,
                                            double backorder, int runs, int periods) {
    Simulated total;
    double cost_square = 0, fill_square = 0;
    for (int run = 0; run < runs; ++run) {
        core::RandomStream stream(17, static_cast<std::uint64_t>(run));
        std::vector<double> arriving(static_cast<std::size_t>(lead_time + 1), 0);
        const int warm = (10 + lead_time) * review;
        double net = level, on_order = 0, cost = 0, met = 0, wanted = 0, hand = 0, short_ = 0;
        for (int t = 0; t < warm + periods; ++t) {
            const auto slot = static_cast<std::size_t>(t % (lead_time + 1));
            if (t % review == 0) {
                const double order = level - net - on_order;
                arriving[static_cast<std::size_t>((t + lead_time) % (lead_time + 1))] += order;
                on_order += order;
            }
            net += arriving[slot];
            on_order -= arriving[slot];
            arriving[slot] = 0;
            const double demand = draw(stream);
            if (t >= warm) {
                met += std::fmin(demand, std::fmax(net, 0));
                wanted += demand;
            }
            net -= demand;
            if (t >= warm) {
                hand += std::fmax(net, 0);
                short_ += std::fmax(-net, 0);
                cost += holding * std::fmax(net, 0) + backorder * std::fmax(-net, 0);
            }
        }
        cost /= periods;
        total.cost += cost / runs;
        cost_square += cost * cost / runs;
        total.fill_rate += met / wanted / runs;
        fill_square += met / wanted * (met / wanted) / runs;
        total.on_hand += hand / periods / runs;
        total.backorders += short_ / periods / runs;
    }
    total.cost_error = std::sqrt((cost_square - total.cost * total.cost) / runs);
    total.fill_rate_error = std::sqrt((fill_square - total.fill_rate * total.fill_rate) / runs);
    return total;
}

}  // namespace meio::reference
