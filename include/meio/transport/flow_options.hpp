// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <meio/core/error.hpp>

namespace meio::transport {

/// Options of `transport::min_cost_flow`.
struct FlowOptions {
    double balance_tolerance = 1e-9;  ///< units that cannot be routed count as rounding up to this share of the larger of
                                      ///< total supply and total demand; in [0, 1e-3]. Whole-number data are balanced
                                      ///< exactly whatever it is
    std::int64_t max_pivots = 0;      ///< stop after this many pivots with `iteration_limit`; 0: no limit of the user's

    /// Throws `core::InputError` naming every option out of range.
    void validate() const {
        core::IssueList issues;
        issues.require(balance_tolerance >= 0 && balance_tolerance <= 1e-3, "balance_tolerance", balance_tolerance,
                       "must lie in [0, 1e-3]");
        issues.require(max_pivots >= 0, "max_pivots", static_cast<double>(max_pivots), "must be >= 0");
        issues.throw_if_any();
    }
};

}  // namespace meio::transport
