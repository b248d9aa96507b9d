// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/core/status.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport {

/// A positive amount that travels from a source to a destination.
struct Shipment {
    std::int32_t source = -1;
    std::int32_t destination = -1;
    double amount = 0;
};

/// A proof of infeasibility (Hall, Gale): a set of nodes and everything that could help them.
///
/// As a *shortage*: only `sources` have arcs into `destinations`, and `amount` = demand of `destinations` - supply of
/// `sources` > 0. As a *surplus* (supply `exactly`, demand `exactly`): `sources` have arcs into `destinations` only, and
/// `amount` = supply of `sources` - demand of `destinations` > 0.
struct Cut {
    std::vector<std::int32_t> destinations;
    std::vector<std::int32_t> sources;
    double amount = 0;

    [[nodiscard]] bool empty() const noexcept { return destinations.empty() && sources.empty(); }
};

/// What a solution proves about itself, recomputed from the input after the solve.
struct Certificate {
    double dual_violation = 0;    ///< largest amount by which a reduced cost or a dual's sign is wrong; money per unit
    double primal_residual = 0;   ///< largest violation of a supply or demand row; units
    /// |objective - bound| / max(|objective|, sum |cost| amount, 1e-300); 0 where both are 0. Taken off before: what the
    /// residuals are worth at the duals, and rounding, 2^-46 of sum |cost amount| + sum |supply u| + sum |demand v|. Small
    /// problems in which that decides are solved in exact arithmetic, and 0 says that this left nothing to gain, where
    /// duals rounded to doubles prove less: `bound` then tells what they do.
    double gap = 0;
};

/// A solution of the transportation problem. Exact where `status` is `optimal`.
///
/// Duals are those of  min sum c x  subject to  sum_j x_ij <= (or =) supply_i,  sum_i x_ij = (or >=) demand_j,  x >= 0:
/// `supply_duals[i]` (u_i) is the change of the objective per further unit of supply i, <= 0 where supply is `at_most`;
/// `demand_duals[j]` (v_j) is the change per further unit of demand j, >= 0 where demand is `at_least`; reduced costs
/// c_ij - u_i - v_j are >= 0, and 0 where something flows; where there are prices, u_i >= -overflow_price_i and
/// v_j <= shortage_price_j. Nodes with no mass get duals too (the tightest). Where the
/// status is not `optimal`, duals are those of the last basis and prove nothing but `bound`.
struct Result {
    core::Status status = core::Status::numerical_error;
    double objective = 0;                                      ///< cost of `shipments`, shortage and overflow; money
    double bound = -std::numeric_limits<double>::infinity();   ///< proven lower bound, also where interrupted; +inf where
                                                               ///< infeasible; money
    std::vector<Shipment> shipments;                           ///< positive flows, by source, then destination
    std::vector<double> supply_duals;                          ///< u; money per unit
    std::vector<double> demand_duals;                          ///< v; money per unit
    Certificate certificate;
    Cut shortage;                                              ///< where infeasible: destinations that cannot all be served
    Cut surplus;                                               ///< where infeasible: sources that cannot all ship
    std::vector<double> unserved;                              ///< by destination, demand left unserved at its price; empty
                                                               ///< without such prices
    std::vector<double> overflow;                              ///< by source, what left beyond its supply at its price; empty
                                                               ///< without such prices
    Shipment ray;                                              ///< where unbounded: costs fall for ever along this arc with
                                                               ///< overflow and surplus
    Kernel kernel = Kernel::automatic;                         ///< which method solved it; an infeasible problem is explained
                                                               ///< by `dense` or `warehouse`
    std::int64_t pivots = 0;
    double seconds = 0;                                        ///< wall time

    /// The flows as a row-major matrix, `sources` x `destinations`.
    [[nodiscard]] std::vector<double> flows(std::size_t sources, std::size_t destinations) const {
        std::vector<double> dense(sources * destinations, 0.0);
        for (const Shipment& s : shipments)
            dense[static_cast<std::size_t>(s.source) * destinations + static_cast<std::size_t>(s.destination)] = s.amount;
        return dense;
    }
};

}  // namespace meio::transport
