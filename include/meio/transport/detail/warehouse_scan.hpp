// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include <meio/transport/detail/warehouse_problem.hpp>

namespace meio::transport::detail {

/// The cheapest and the second cheapest way to serve a destination at given prices.
struct Choice {
    double best = std::numeric_limits<double>::infinity();
    double second = std::numeric_limits<double>::infinity();
    std::int32_t slot = -1;  ///< among the destination's arcs; -1: none
};

/// The two values only. This is where the time goes: a pass over all arcs; compilers left alone make it branch.
[[nodiscard]] inline Choice two_least(const WarehouseProblem& p, std::size_t j, const double* price) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double* cost = p.costs + p.offsets[j];
    const std::int32_t* id = p.ids + p.offsets[j];
    const auto n = static_cast<std::size_t>(p.offsets[j + 1] - p.offsets[j]);
    std::size_t e = 0;
    double best = infinity;
    double second = infinity;
#if defined(__SSE2__) && defined(__GNUC__)
    // Two at a time, by the compiler's own vectors; its minimum and maximum have no branches.
    using Pair = double __attribute__((vector_size(16)));
    const Pair far = {infinity, infinity};
    Pair best0 = far;
    Pair best1 = far;
    Pair second0 = far;
    Pair second1 = far;
    const auto priced = [&](std::size_t at) {
        Pair c;
        std::memcpy(&c, cost + at, sizeof c);
        return c - Pair{price[id[at]], price[id[at + 1]]};
    };
    const auto keep = [](Pair& first, Pair& next, Pair value) {
        next = __builtin_ia32_minpd(next, __builtin_ia32_maxpd(first, value));
        first = __builtin_ia32_minpd(first, value);
    };
    for (; e + 4 <= n; e += 4) {
        keep(best0, second0, priced(e));
        keep(best1, second1, priced(e + 2));
    }
    if (e + 2 <= n) {
        keep(best0, second0, priced(e));
        e += 2;
    }
    if (e < n) {
        keep(best0, second0, Pair{cost[e] - price[id[e]], infinity});
        ++e;
    }
    second0 = __builtin_ia32_minpd(__builtin_ia32_minpd(second0, second1), __builtin_ia32_maxpd(best0, best1));
    best0 = __builtin_ia32_minpd(best0, best1);
    best = best0[0] < best0[1] ? best0[0] : best0[1];
    const double other = best0[0] < best0[1] ? best0[1] : best0[0];
    second = second0[0] < second0[1] ? second0[0] : second0[1];
    second = other < second ? other : second;
#endif
    for (; e < n; ++e) {
        const double value = cost[e] - price[id[e]];
        const double loser = value < best ? best : value;
        best = value < best ? value : best;
        second = loser < second ? loser : second;
    }
    return {best, second, -1};
}

/// The first arc of the destination with the given value; there must be one.
[[nodiscard]] inline std::int32_t locate(const WarehouseProblem& p, std::size_t j, const double* price, double value) {
    std::int64_t e = p.offsets[j];
    while (p.costs[e] - price[p.ids[e]] != value) ++e;
    return static_cast<std::int32_t>(e - p.offsets[j]);
}

[[nodiscard]] inline Choice choose(const WarehouseProblem& p, std::size_t j, const double* price) {
    Choice choice = two_least(p, j, price);
    if (choice.best < std::numeric_limits<double>::infinity()) choice.slot = locate(p, j, price, choice.best);
    return choice;
}

}  // namespace meio::transport::detail
