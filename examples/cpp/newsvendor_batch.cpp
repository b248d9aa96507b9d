// SPDX-License-Identifier: MIT
// One block by itself: the best stock of a hundred thousand products, each with its own demand and costs, in one call.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <numeric>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/random.hpp>
#include <meio/single_echelon/newsvendor_batch.hpp>

using namespace meio;

int main() {
    constexpr std::size_t products = 100'000;
    std::vector<double> mean(products), deviation(products), underage(products), overage(products);
    for (std::size_t k = 0; k < products; ++k) {
        core::RandomStream draw(7, k);  // keyed by seed and product: the same in any order
        mean[k] = std::exp(1.0 + 1.2 * draw.normal());
        deviation[k] = std::sqrt(mean[k] * (1.0 + 0.3 * mean[k]));  // counts that vary more than Poisson
        overage[k] = 0.2 + draw.uniform();
        underage[k] = 10 * overage[k] * (0.5 + draw.uniform());
    }
    std::vector<double> level(products), cost(products), shortage(products);

    single_echelon::NewsvendorBatch batch;
    batch.family = distributions::Family::count;
    batch.mean = mean;
    batch.standard_deviation = deviation;
    batch.underage = underage;
    batch.overage = overage;
    const core::Stopwatch watch;
    single_echelon::newsvendor_batch(batch, {.level = level, .cost = cost, .shortage = shortage, .second_order = {}});

    const auto total = [](const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); };
    std::printf("%zu products in %.0f ms\n", products, 1e3 * watch.seconds());
    std::printf("stock %.0f for a mean demand of %.0f, fill rate %.2f %%, cost %.0f a period\n", total(level), total(mean),
                100 * (1 - total(shortage) / total(mean)), total(cost));
    std::printf("\n%10s %10s %10s %10s\n", "mean", "deviation", "stock", "cost");
    for (std::size_t k = 0; k < 5; ++k)
        std::printf("%10.2f %10.2f %10.0f %10.2f\n", mean[k], deviation[k], level[k], cost[k]);
    // A level never lies below zero, and costs at most what no stock at all would.
    for (std::size_t k = 0; k < products; ++k)
        if (level[k] < 0 || cost[k] > underage[k] * mean[k] * (1 + 1e-12)) return 1;
    return 0;
}
