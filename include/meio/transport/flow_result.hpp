// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/core/status.hpp>
#include <meio/transport/flow_basis.hpp>
#include <meio/transport/flow_problem.hpp>
#include <meio/transport/result.hpp>

namespace meio::transport {

/// A proof that no flow exists (Gale, Hoffman): nodes, and the units by which they miss balance whatever flows.
///
/// As a *shortage*: amount = demand of `nodes` less their supply less the upper bounds of arcs that enter the set plus the
/// lower bounds of arcs that leave it. As a *surplus* (none of the nodes may keep units): amount = supply of `nodes` less
/// their demand less the upper bounds of arcs that leave the set plus the lower bounds of arcs that enter it.
struct FlowCut {
    std::vector<std::int32_t> nodes;   ///< ascending
    double amount = 0;                 ///< > 0; units

    [[nodiscard]] bool empty() const noexcept { return nodes.empty(); }
};

/// A solution of the min-cost flow problem. Exact where `status` is `optimal`.
///
/// `potentials[i]` (p_i) is the change of the objective per further unit of supply at i (or unit less of demand), <= 0
/// where units may be kept; where every node is `exactly`, up to a constant in each connected part of the network.
/// Reduced costs c_a - p_from + p_to are 0 between the bounds, >= 0 at the lower and <= 0 at the upper bound. Where the
/// status is not `optimal`, potentials prove nothing but `bound`.
struct FlowResult {
    core::Status status = core::Status::numerical_error;
    double objective = 0;              ///< cost of `flows`; money
    double bound = -std::numeric_limits<double>::infinity();   ///< proven lower bound, also where interrupted; +inf where
                                                               ///< infeasible; money
    double unrouted = 0;               ///< supply and demand that `flows` leaves unmet, counted once; units. 0: feasible
    std::vector<double> flows;         ///< by arc, always within the bounds; units
    std::vector<double> potentials;    ///< by node; money per unit
    Certificate certificate;           ///< recomputed from the input
    FlowCut shortage;                  ///< where infeasible: nodes that cannot all be served
    FlowCut surplus;                   ///< where infeasible: nodes that cannot all get rid of their supply
    std::vector<std::int32_t> ray;     ///< where unbounded: arcs of a cycle of negative cost without upper bounds, in order
    FlowBasis basis;                   ///< to start a similar problem from
    std::int64_t pivots = 0;
    double seconds = 0;                ///< wall time

    /// c_a - p_from + p_to of every arc of the problem solved; money per unit.
    [[nodiscard]] std::vector<double> reduced_costs(const FlowProblem& problem) const {
        std::vector<double> reduced(problem.arcs());
        for (std::size_t a = 0; a < reduced.size(); ++a)
            reduced[a] = problem.costs[a] - potentials[static_cast<std::size_t>(problem.from[a])] +
                         potentials[static_cast<std::size_t>(problem.to[a])];
        return reduced;
    }
};

}  // namespace meio::transport
