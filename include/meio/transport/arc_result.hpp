// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <meio/transport/result.hpp>

namespace meio::transport {

/// Where a solve of `solve_arcs` ended, to start the next one from.
struct ArcBasis {
    std::vector<std::int32_t> slots;           ///< by destination: its basic arc among its own, or -1 surplus, -2 shortage, -3 none
    std::vector<std::int32_t> source_parents;  ///< by source: the destination it hangs below, or -1: the root
    std::vector<std::int32_t> source_slots;    ///< by source: its basic arc among those of that destination; -1 unused supply, -2 overflow
    std::vector<std::uint8_t> full;            ///< by arc, where there are capacities: 1 at its capacity outside the basis
    std::vector<double> prices;                ///< by source; what counts where the rest does not fit the new problem
};

/// A solution of a problem given by arcs: the fields of `Result`, and a basis to start from. An arc at its capacity may have
/// a negative reduced cost. `shortage.amount` of an infeasible result with capacities is
/// demand of its destinations less supply of its sources less the capacities of arcs into them from other sources.
struct ArcResult : Result {
    ArcBasis basis;
};

}  // namespace meio::transport
