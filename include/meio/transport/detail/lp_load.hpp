// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include <meio/transport/detail/lp_scaling.hpp>
#include <meio/transport/detail/lp_state.hpp>
#include <meio/transport/linear_program.hpp>

namespace meio::transport::detail {

/// Sizes the state for a program and fills its scaled matrix.
inline void load_matrix(const LinearProgram& lp, LpScaling& scaling, LpState& s) {
    scaling.make_factors(lp);
    s.resize(lp.row_count(), lp.variable_count());
    s.start = lp.starts;
    s.row = lp.rows;
    s.value.resize(lp.values.size());
    for (std::size_t j = 0; j < s.n; ++j)
        for (auto k = LpState::at(s.start[j]); k < LpState::at(s.start[j + 1]); ++k)
            s.value[k] = lp.values[k] * scaling.column[j] * scaling.row[LpState::at(s.row[k])];
    s.build_rows();
}

/// Most columns lack one bound, and none both, in a program large enough for that to be of use.
inline bool mostly_one_sided(const LpState& s) {
    const std::size_t all = s.n + s.m;
    if (all < 64) return false;
    std::size_t endless = 0;
    for (std::size_t j = 0; j < all; ++j) {
        const bool below = s.lower[j] == -LpState::infinity;
        const bool above = s.upper[j] == LpState::infinity;
        if (below && above) return false;
        endless += below || above ? 1 : 0;
    }
    return 2 * endless > all;
}

/// Fills scaled bounds and costs; a logical's bounds are those of its row, negated.
inline void load_vectors(const LinearProgram& lp, LpScaling& scaling, LpState& s) {
    scaling.make_units(lp);
    for (std::size_t j = 0; j < s.n; ++j) {
        const double per_unit = 1 / scaling.variable_unit(j);  // a power of two: exact
        s.lower[j] = lp.lower[j] * per_unit;
        s.upper[j] = lp.upper[j] * per_unit;
        s.cost[j] = lp.costs[j] * (scaling.column[j] / scaling.cost_unit);
    }
    for (std::size_t i = 0; i < s.m; ++i) {
        const double factor = scaling.row[i] / scaling.value_unit;
        s.lower[s.n + i] = -lp.row_upper[i] * factor;
        s.upper[s.n + i] = -lp.row_lower[i] * factor;
        s.cost[s.n + i] = 0;
    }
    s.one_sided = mostly_one_sided(s);
    s.working = s.cost;
    s.shifted = false;
}

}  // namespace meio::transport::detail
