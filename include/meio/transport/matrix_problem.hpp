// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace meio::transport {

/// A transportation problem as a matrix of costs, with prices; a view, the data must outlive it.
///
///     minimise sum c_ij x_ij + sum shortage_price_j y_j + sum overflow_price_i z_i
///     subject to  sum_j x_ij <= supply_i + z_i,  sum_i x_ij + y_j = demand_j,  x, y, z >= 0
struct MatrixProblem {
    std::size_t sources = 0;
    std::size_t destinations = 0;
    std::span<const double> costs;                 ///< row-major, money per unit, either sign, of size at most 1e300; +inf: no arc
    std::span<const double> supply;                ///< by source, >= 0; +inf: unlimited, where supply is `at_most` and demand
                                                   ///< `exactly`
    std::span<const double> demand;                ///< by destination, >= 0
    std::span<const double> shortage_prices = {};  ///< by destination, >= 0: demand may stay unserved at this price per unit;
                                                   ///< +inf: must be served; empty: all must
    std::span<const double> overflow_prices = {};  ///< by source, >= 0: more than the supply may leave, at this price per
                                                   ///< unit; +inf or empty: not
};

}  // namespace meio::transport
