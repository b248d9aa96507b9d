// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/simulation/rationing.hpp>

using meio::simulation::ration;

TEST_CASE("largest remainders, ties to the lower position") {
    // Worked by hand: 7 units for wants 5, 5, 4 are 2.5, 2.5, 2, and the odd unit goes to the first.
    std::vector<std::int64_t> wants{5, 5, 4};
    ration(wants, 7);
    CHECK(wants == std::vector<std::int64_t>{3, 2, 2});
    wants = {5, 5, 4};
    ration(wants, 14);
    CHECK(wants == std::vector<std::int64_t>{5, 5, 4});
    ration(wants, 0);
    CHECK(wants == std::vector<std::int64_t>{0, 0, 0});
}

TEST_CASE("shares are whole, exhaust what is there and stay within one unit of proportion") {
    // Quota rule of Hamilton's method on random wants.
    meio::core::RandomStream random(3, 1);
    for (int trial = 0; trial < 500; ++trial) {
        std::vector<std::int64_t> wants(1 + random.below(8));
        for (auto& want : wants) want = static_cast<std::int64_t>(random.below(1000));
        const auto before = wants;
        const auto total = std::accumulate(wants.begin(), wants.end(), std::int64_t{0});
        const auto available = static_cast<std::int64_t>(random.below(2000));
        ration(wants, available);
        CHECK(std::accumulate(wants.begin(), wants.end(), std::int64_t{0}) == std::min(total, available));
        for (std::size_t i = 0; i < wants.size(); ++i) {
            CHECK(wants[i] <= before[i]);
            const double quota = total <= available ? static_cast<double>(before[i])
                                                    : static_cast<double>(before[i] * available) / static_cast<double>(total);
            CHECK(std::abs(static_cast<double>(wants[i]) - quota) < 1.0);
        }
    }
}

TEST_CASE("balanced rationing picks the lowest position for every unit") {
    // Equal to giving units one by one to the smallest share of the level, on random positions, backlogs included.
    meio::core::RandomStream random(4, 1);
    for (int trial = 0; trial < 500; ++trial) {
        const std::size_t n = 1 + random.below(6);
        std::vector<std::int64_t> levels(n), positions(n), wants(n), slow(n, 0);
        for (std::size_t i = 0; i < n; ++i) {
            levels[i] = static_cast<std::int64_t>(random.below(300));
            positions[i] = static_cast<std::int64_t>(random.below(300)) - 50;
            wants[i] = std::max<std::int64_t>(0, levels[i] - positions[i]);
        }
        const auto available = static_cast<std::int64_t>(random.below(600));
        const auto total = std::accumulate(wants.begin(), wants.end(), std::int64_t{0});
        for (std::int64_t unit = 0; unit < std::min(available, total); ++unit) {
            std::size_t next = n;
            for (std::size_t i = 0; i < n; ++i) {
                if (slow[i] == wants[i]) continue;
                const auto key = [&](std::size_t j) {
                    return static_cast<double>(positions[j] + slow[j]) / static_cast<double>(std::max<std::int64_t>(levels[j], 1));
                };
                if (next == n || key(i) < key(next)) next = i;
            }
            ++slow[next];
        }
        meio::simulation::ration_balanced(wants, positions, levels, available);
        CHECK(wants == slow);
    }
}
