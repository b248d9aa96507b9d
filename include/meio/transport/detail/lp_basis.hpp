// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include <meio/transport/detail/lp_state.hpp>
#include <meio/transport/linear_result.hpp>

namespace meio::transport::detail {

/// Puts each column where a user's basis says; what the basis does not know rests at the bound its cost asks for, or is
/// basic where it is a row.
inline void place_basis(LpState& s, const LinearBasis& basis) {
    const auto place = [&](std::size_t j, BasisStatus status, bool negated) {
        if (status == BasisStatus::basic) s.place[j] = LpPlace::basic;
        else s.rest(j, (status == BasisStatus::at_upper) != negated ? LpPlace::upper : LpPlace::lower);
    };
    for (std::size_t j = 0; j < s.n; ++j)
        place(j,
              j < basis.variables.size() ? basis.variables[j]
                                         : (s.cost[j] < 0 ? BasisStatus::at_upper : BasisStatus::at_lower),
              false);
    for (std::size_t i = 0; i < s.m; ++i)
        place(s.n + i, i < basis.rows.size() ? basis.rows[i] : BasisStatus::basic, true);
}

/// The state's basis as users read it: a row stands where its activity does, which is minus its logical.
inline void store_basis(const LpState& s, LinearBasis& basis) {
    const auto status = [&](std::size_t j, bool negated) {
        switch (s.place[j]) {
            case LpPlace::basic: return BasisStatus::basic;
            case LpPlace::free: return BasisStatus::free;
            case LpPlace::upper: return negated ? BasisStatus::at_lower : BasisStatus::at_upper;
            case LpPlace::lower: return negated ? BasisStatus::at_upper : BasisStatus::at_lower;
            default: return BasisStatus::at_lower;
        }
    };
    basis.variables.resize(s.n);
    basis.rows.resize(s.m);
    for (std::size_t j = 0; j < s.n; ++j) basis.variables[j] = status(j, false);
    for (std::size_t i = 0; i < s.m; ++i) basis.rows[i] = status(s.n + i, true);
}

}  // namespace meio::transport::detail
