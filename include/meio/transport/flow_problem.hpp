// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <meio/transport/options.hpp>

namespace meio::transport {

/// A min-cost flow problem on a directed network; views of the caller's data, which must outlive the solve.
///
///     minimise sum_a cost_a x_a   subject to   lower_a <= x_a <= upper_a,
///         sum of x_a out of i - sum of x_a into i = supply_i   (or <= supply_i, see `relations`)
///
/// Nodes and arcs are numbered from 0. Parallel arcs and loops are allowed.
struct FlowProblem {
    std::size_t nodes = 0;
    std::span<const std::int32_t> from;      ///< by arc: the node it leaves
    std::span<const std::int32_t> to;        ///< by arc: the node it enters
    std::span<const double> costs;           ///< by arc, money per unit, either sign, of size at most 1e300
    std::span<const double> lower;           ///< by arc, finite, units; empty: 0
    std::span<const double> upper;           ///< by arc, >= lower, +inf: no limit; units; empty: +inf
    std::span<const double> supply;          ///< by node, units: > 0 enters the network here, < 0 is demand; empty: 0
    std::span<const Relation> relations;     ///< by node; empty: `exactly`. `at_most` where supply >= 0: some may stay
                                             ///< unused; `at_least` where supply <= 0: demand may be exceeded

    [[nodiscard]] std::size_t arcs() const noexcept { return from.size(); }
    [[nodiscard]] double lower_bound(std::size_t a) const { return lower.empty() ? 0.0 : lower[a]; }
    [[nodiscard]] double upper_bound(std::size_t a) const {
        return upper.empty() ? std::numeric_limits<double>::infinity() : upper[a];
    }
    [[nodiscard]] double supply_of(std::size_t i) const { return supply.empty() ? 0.0 : supply[i]; }

    /// True where units may vanish at node i: supply left unused, or demand exceeded.
    [[nodiscard]] bool may_keep(std::size_t i) const { return !relations.empty() && relations[i] != Relation::exactly; }
};

}  // namespace meio::transport
