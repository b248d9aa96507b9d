// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
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

/// How a facility shares what it has among the facilities that it feeds.
enum class Rationing : std::uint8_t {
    balanced,     ///< so that positions come to the same share of their levels: `ration_balanced`
    proportional  ///< in proportion to what they lack: `ration`
};

/// Sets `wants` (what each lacks, level - position where positive) to what each gets of `available` units: each unit goes
/// to the position that is the smallest share of its level, ties to the lower one, so that positions come as close to one
/// share of their levels as stock allows. The fair share of Eppen and Schrage (1981) where deviations grow with levels;
/// unlike proportional rationing it mends an imbalance at once. Levels below 1 count as 1. Values below 2^31.
/// O(n^2), and O(n) where everything fits.
inline void ration_balanced(std::span<std::int64_t> wants, std::span<const std::int64_t> positions,
                            std::span<const std::int64_t> levels, std::int64_t available) {
    std::int64_t total = 0;
    for (const std::int64_t want : wants) total += want;
    if (total <= available) return;
    const std::size_t n = wants.size();
    const auto level = [&](std::size_t i) { return std::max<std::int64_t>(levels[i], 1); };
    // Units that lift everybody to a common share, found by bisection; less one each against rounding, and the last units
    // one by one.
    const auto amount = [&](std::size_t i, double share) {
        const double need = share * static_cast<double>(level(i)) - static_cast<double>(positions[i]);
        return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(need)), 0, wants[i]);
    };
    double low = 0;
    for (std::size_t i = 0; i < n; ++i)
        low = std::min(low, static_cast<double>(positions[i]) / static_cast<double>(level(i)));
    double high = 1.0;
    const bool few = available <= static_cast<std::int64_t>(4 * n);  // cheaper one by one from nothing
    for (int round = 0; round < 60 && !few; ++round) {
        const double middle = 0.5 * (low + high);
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < n; ++i) sum += amount(i, middle);
        (sum <= available ? low : high) = middle;
    }
    thread_local std::vector<std::int64_t> given;
    given.resize(n);
    std::int64_t left = available;
    for (std::size_t i = 0; i < n; ++i) {
        given[i] = few ? 0 : std::max<std::int64_t>(amount(i, low) - 1, 0);
        left -= given[i];
    }
    for (; left > 0; --left) {
        std::size_t next = n;
        for (std::size_t i = 0; i < n; ++i) {
            if (given[i] >= wants[i]) continue;
            if (next == n ||
                (positions[i] + given[i]) * level(next) < (positions[next] + given[next]) * level(i))
                next = i;
        }
        ++given[next];
    }
    std::copy(given.begin(), given.end(), wants.begin());
}

}  // namespace meio::simulation
