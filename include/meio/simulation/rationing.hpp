// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace meio::simulation {

/// Cuts `wants` down so that they add up to at most `available` units, in proportion, by the largest remainder (Hamilton's
/// method); ties go to the lower position. Wants that fit stay as they are. Wants and `available` are >= 0 and below 2^31.
/// O(n log n), and O(n) where everything fits.
inline void ration(std::span<std::int64_t> wants, std::int64_t available) {
    std::int64_t total = 0;
    for (const std::int64_t want : wants) total += want;
    if (total <= available) return;
    thread_local std::vector<std::int64_t> remainder;
    thread_local std::vector<std::size_t> order;
    remainder.resize(wants.size());
    order.resize(wants.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::int64_t left = available;
    for (std::size_t i = 0; i < wants.size(); ++i) {
        const std::int64_t scaled = wants[i] * available;
        wants[i] = scaled / total;
        remainder[i] = scaled % total;
        left -= wants[i];
    }
    std::stable_sort(order.begin(), order.end(), [](std::size_t a, std::size_t b) { return remainder[a] > remainder[b]; });
    for (std::size_t i = 0; left > 0; ++i, --left) ++wants[order[i]];
}

}  // namespace meio::simulation
