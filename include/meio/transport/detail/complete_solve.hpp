// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/transport/detail/complete_simplex.hpp>
#include <meio/transport/detail/input.hpp>
#include <meio/transport/detail/simd.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport::detail {

/// One pass over a cost matrix: what it holds, and each column's least entry.
struct CostScan {
    RowScan seen{};
    std::vector<double> column_least{};

    CostScan(const double* costs, std::size_t rows, std::size_t columns)
        : column_least(columns, std::numeric_limits<double>::infinity()) {
        for (std::size_t i = 0; i < rows; ++i) scan_row(costs + i * columns, columns, column_least.data(), seen);
    }
    /// All entries finite and of allowed size.
    [[nodiscard]] bool finite() const { return seen.sound; }
    [[nodiscard]] CostSummary summary() const {
        return {seen.largest, seen.smallest, true, !seen.fractional && seen.largest < 0x1p51};
    }
};

/// Whether the complete kernel solves the problem: all arcs there, costs of one order of magnitude or exact, and enough
/// supply (up to `tolerance`, absolute).
[[nodiscard]] inline bool suits_complete(const CostScan& scan, const Options& options, double total_supply, double total_demand,
                                         double tolerance, bool exact_costs) {
    if (!scan.finite() || !(total_demand > 0) || total_supply < total_demand - tolerance) return false;
    if (!exact_costs && scan.seen.largest > 1e9 * scan.seen.smallest) return false;
    // With costs >= 0 a surplus at a destination never pays.
    if (options.demand == Relation::at_least &&
        (options.supply == Relation::exactly ||
         *std::min_element(scan.column_least.begin(), scan.column_least.end()) < 0))
        return false;
    return options.supply == Relation::at_most || std::abs(total_supply - total_demand) <= tolerance;
}

/// Lets the greatest supply make up for what rounding lacks: a shortage within tolerance is no shortage.
[[nodiscard]] inline std::vector<double> filled_up(std::span<const double> supply, double total_supply, double total_demand) {
    std::vector<double> filled(supply.begin(), supply.end());
    if (total_supply < total_demand) *std::max_element(filled.begin(), filled.end()) += total_demand - total_supply;
    return filled;
}

}  // namespace meio::transport::detail
