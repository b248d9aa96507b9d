// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/transport/detail/simd.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport::detail {

/// The problem as a kernel sees it: amounts flow from rows to columns. Rows may be sources or, reversed, destinations.
struct Problem {
    std::size_t rows = 0;
    std::size_t columns = 0;
    const double* costs = nullptr;      ///< row-major; +inf: no arc
    std::span<const double> row_amounts;
    std::span<const double> column_amounts;
    Relation row_relation = Relation::at_most;
    Relation column_relation = Relation::exactly;
    bool integral_costs = false;        ///< whole numbers small enough that sums along any path are exact
    double tolerance = 0;               ///< amount left unserved that counts as rounding
    std::vector<double> caps;           ///< ascending, at least one: dearer arcs wait until they prove needed; the last
                                        ///< cap is the dearest finite cost

    /// Calls visit(from, to) for the arc between node x and the root that leaves supply unused or takes surplus, where
    /// the relation of x allows it. Nodes are rows, then columns, then the root.
    template <class Visit>
    void root_arcs(std::int32_t x, Visit&& visit) const {
        const auto root = static_cast<std::int32_t>(rows + columns);
        const bool row = static_cast<std::size_t>(x) < rows;
        const Relation relation = row ? row_relation : column_relation;
        if (relation == Relation::exactly) return;
        const bool to_root = row == (relation == Relation::at_most);
        visit(to_root ? x : root, to_root ? root : x);
    }
};

}  // namespace meio::transport::detail
