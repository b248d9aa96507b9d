// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include <meio/core/error.hpp>

namespace meio::transport {

/// How the amount that leaves a source, or reaches a destination, relates to the number given for it.
enum class Relation : std::uint8_t {
    at_most,   ///< <= : unused supply costs nothing
    exactly,   ///< =
    at_least   ///< >= : surplus at a destination costs nothing
};

/// Which method solves a transportation problem. All are exact and give the same objective.
enum class Kernel : std::uint8_t {
    automatic,  ///< by shape, from measured times
    tiny,       ///< `TinySolver`: dense, up to a few thousand arcs; demand `exactly`, or `at_least` at costs >= 0
    dense,      ///< `solve_dense`: a matrix of any size
    warehouse,  ///< `solve_arcs`: one side much shorter than the other, or few arcs
    flow,       ///< `min_cost_flow`: general networks
    linear      ///< `RevisedSimplex`: side rows; slow beyond about 200 sources and destinations
};

/// Options of `transport::solve` and of its kernels for transportation problems.
struct Options {
    Relation supply = Relation::at_most;  ///< `at_most` or `exactly`
    Relation demand = Relation::exactly;  ///< `exactly` or `at_least`
    double balance_tolerance = 1e-9;      ///< a shortage up to this share of the larger total counts as rounding; in [0, 1e-3].
                                          ///< Integer-valued supply and demand are balanced exactly whatever it is
    std::int64_t max_pivots = 0;          ///< stop after this many pivots with `iteration_limit`; 0: no limit of the user's
    Kernel kernel = Kernel::automatic;    ///< of `solve` alone: the method to use

    /// Throws `core::InputError` naming every option out of range.
    void validate() const {
        core::IssueList issues;
        if (supply == Relation::at_least) issues.add("supply_relation", "", "at_least", "use at_most or exactly");
        if (demand == Relation::at_most) issues.add("demand_relation", "", "at_most", "use exactly or at_least");
        issues.require(balance_tolerance >= 0 && balance_tolerance <= 1e-3, "balance_tolerance", balance_tolerance,
                       "must lie in [0, 1e-3]");
        issues.require(max_pivots >= 0, "max_pivots", static_cast<double>(max_pivots), "must be >= 0");
        issues.throw_if_any();
    }
};

}  // namespace meio::transport
