// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace meio::transport::detail {

/// The sparse problem as the kernel sees it: few sources, arcs stored by destination.
struct WarehouseProblem {
    std::size_t sources = 0;
    std::size_t destinations = 0;
    const std::int64_t* offsets = nullptr;    ///< destinations + 1
    const std::int32_t* ids = nullptr;        ///< source of each arc
    const double* costs = nullptr;            ///< +inf: no arc
    const double* capacities = nullptr;       ///< of arcs; null: none
    const double* supply = nullptr;           ///< finite
    const double* demand = nullptr;
    const double* shortage_prices = nullptr;  ///< by destination, +inf: must be served; null: all must
    const double* overflow_prices = nullptr;  ///< by source, +inf: no overflow; null: none
    bool supply_exact = false;
    bool demand_at_least = false;
};

}  // namespace meio::transport::detail
