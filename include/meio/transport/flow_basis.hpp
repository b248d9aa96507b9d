// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace meio::transport {

/// Where a solve of `min_cost_flow` ended, to start the next one from. Stays of use after costs, bounds and supplies have
/// changed and after nodes and arcs have been added at the end.
struct FlowBasis {
    std::vector<std::int32_t> parent_arcs;   ///< by node: the basic arc to the node above it; -1: none, a root of the forest
    std::vector<std::uint8_t> at_upper;      ///< by arc: 1 outside the basis at its upper bound

    [[nodiscard]] bool empty() const noexcept { return parent_arcs.empty(); }
};

}  // namespace meio::transport
