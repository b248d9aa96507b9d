// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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
#if defined(__SSE2__)
    const __m128d far = _mm_set1_pd(infinity);
    __m128d best0 = far;
    __m128d best1 = far;
    __m128d second0 = far;
    __m128d second1 = far;
    for (; e + 4 <= n; e += 4) {
        const __m128d a = _mm_sub_pd(_mm_loadu_pd(cost + e), _mm_loadh_pd(_mm_load_sd(price + id[e]), price + id[e + 1]));
        const __m128d b = _mm_sub_pd(_mm_loadu_pd(cost + e + 2), _mm_loadh_pd(_mm_load_sd(price + id[e + 2]), price + id[e + 3]));
        second0 = _mm_min_pd(second0, _mm_max_pd(best0, a));
        second1 = _mm_min_pd(second1, _mm_max_pd(best1, b));
        best0 = _mm_min_pd(best0, a);
        best1 = _mm_min_pd(best1, b);
    }
    if (e + 2 <= n) {
        const __m128d a = _mm_sub_pd(_mm_loadu_pd(cost + e), _mm_loadh_pd(_mm_load_sd(price + id[e]), price + id[e + 1]));
        second0 = _mm_min_pd(second0, _mm_max_pd(best0, a));
        best0 = _mm_min_pd(best0, a);
        e += 2;
    }
    if (e < n) {
        const __m128d a = _mm_move_sd(far, _mm_set_sd(cost[e] - price[id[e]]));
        second0 = _mm_min_pd(second0, _mm_max_pd(best0, a));
        best0 = _mm_min_pd(best0, a);
        ++e;
    }
    second0 = _mm_min_pd(_mm_min_pd(second0, second1), _mm_max_pd(best0, best1));
    best0 = _mm_min_pd(best0, best1);
    const __m128d high = _mm_unpackhi_pd(best0, best0);
    second0 = _mm_min_pd(_mm_min_sd(second0, _mm_unpackhi_pd(second0, second0)), _mm_max_sd(best0, high));
    best = _mm_cvtsd_f64(_mm_min_sd(best0, high));
    second = _mm_cvtsd_f64(second0);
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
