// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <meio/transport/detail/lp_state.hpp>

namespace meio::transport::detail {

/// Inverts a dense row-major k x k matrix in place by Gauss-Jordan elimination with partial pivoting; skips zeros, so
/// that nearly triangular bases cost little. Returns the first column without a usable pivot, or k.
inline std::size_t invert_dense(std::vector<double>& a, std::size_t k, std::vector<std::int32_t>& swaps) {
    swaps.resize(k);
    for (std::size_t p = 0; p < k; ++p) {
        std::size_t best = p;
        for (std::size_t i = p + 1; i < k; ++i)
            if (std::abs(a[i * k + p]) > std::abs(a[best * k + p])) best = i;
        if (!(std::abs(a[best * k + p]) > 1e-11)) return p;
        swaps[p] = static_cast<std::int32_t>(best);
        double* row = a.data() + p * k;
        if (best != p)
            for (std::size_t j = 0; j < k; ++j) std::swap(row[j], a[best * k + j]);
        const double reciprocal = 1 / row[p];
        row[p] = 1;
        if (reciprocal != 1)
            for (std::size_t j = 0; j < k; ++j) row[j] *= reciprocal;
        for (std::size_t i = 0; i < k; ++i) {
            double* other = a.data() + i * k;
            const double f = other[p];
            if (i == p || f == 0) continue;
            other[p] = 0;
            for (std::size_t j = 0; j < k; ++j) other[j] -= f * row[j];
        }
    }
    for (std::size_t p = k; p-- > 0;) {
        const auto with = static_cast<std::size_t>(swaps[p]);
        if (with != p)
            for (std::size_t i = 0; i < k; ++i) std::swap(a[i * k + p], a[i * k + with]);
    }
    return k;
}

/// With rows R that keep their logical: inverse = [S^-1 0; -R S^-1 I].
inline void scatter_inverse(LpState& s) {
    const std::size_t k = s.chosen.size();
    s.inverse.size = s.m;
    s.inverse.columns.assign(s.m * s.m, 0.0);
    for (std::size_t r = 0; r < s.m; ++r)
        if (s.place_of_row[r] < 0) s.inverse.column(r)[LpState::at(s.slot[s.n + r])] = 1;
    for (std::size_t a = 0; a < k; ++a) {
        const std::size_t i = LpState::at(s.chosen[a]);
        const std::size_t j = LpState::at(s.head[i]);
        for (std::size_t r = 0; r < s.m; ++r) {
            if (s.place_of_row[r] < 0) continue;
            const double v = s.dense[a * k + LpState::at(s.place_of_row[r])];
            if (v == 0) continue;
            double* c = s.inverse.column(r);
            c[i] = v;
            for (auto e = LpState::at(s.start[j]); e < LpState::at(s.start[j + 1]); ++e) {
                const std::size_t with_logical = LpState::at(s.row[e]);
                if (s.place_of_row[with_logical] < 0) c[LpState::at(s.slot[s.n + with_logical])] -= s.value[e] * v;
            }
        }
    }
}

/// Inverts the basis afresh; dependent columns give way to logicals. O(k^3) for k basic variables, plus O(m^2).
inline void refactor(LpState& s) {
    ++s.factorizations;
    s.updates = 0;
    s.weights_valid = false;
    for (;;) {
        s.place_of_row.assign(s.m, -1);  // position among rows without a basic logical, -1: has one
        s.chosen.clear();                // positions of basic variables
        for (std::size_t i = 0; i < s.m; ++i)
            if (LpState::at(s.head[i]) < s.n) s.chosen.push_back(static_cast<std::int32_t>(i));
        const std::size_t k = s.chosen.size();
        std::size_t open = 0;
        for (std::size_t r = 0; r < s.m; ++r)
            if (s.place[s.n + r] != LpPlace::basic) s.place_of_row[r] = static_cast<std::int32_t>(open++);
        s.dense.assign(k * k, 0.0);
        for (std::size_t a = 0; a < k; ++a) {
            const std::size_t j = LpState::at(s.head[LpState::at(s.chosen[a])]);
            for (auto e = LpState::at(s.start[j]); e < LpState::at(s.start[j + 1]); ++e) {
                const std::int32_t r = s.place_of_row[LpState::at(s.row[e])];
                if (r >= 0) s.dense[LpState::at(r) * k + a] = s.value[e];
            }
        }
        const std::size_t failed = invert_dense(s.dense, k, s.swaps);
        if (failed == k) break;
        // The rows swapped so far tell which row stayed without a pivot.
        std::vector<std::int32_t> order(k);
        for (std::size_t r = 0, a = 0; r < s.m; ++r)
            if (s.place_of_row[r] >= 0) order[a++] = static_cast<std::int32_t>(r);
        for (std::size_t p = 0; p < failed; ++p) std::swap(order[p], order[LpState::at(s.swaps[p])]);
        const std::size_t position = LpState::at(s.chosen[failed]);
        const std::size_t dependent = LpState::at(s.head[position]);
        s.exchange(position, s.n + LpState::at(order[failed]));
        s.rest(dependent, LpPlace::lower);
    }
    scatter_inverse(s);
    for (std::size_t i = 0; i < s.m; ++i) s.load_bounds(i);
}

}  // namespace meio::transport::detail
