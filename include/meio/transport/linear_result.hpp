// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include <meio/core/status.hpp>

namespace meio::transport {

/// Where a variable or a row activity stands.
enum class BasisStatus : std::uint8_t {
    basic,     ///< determined by the others
    at_lower,  ///< at its lower bound (also where fixed)
    at_upper,  ///< at its upper bound
    free       ///< without bounds and not basic: at zero
};

/// A basis, from which a similar problem restarts. As many `basic` as rows; what is missing or too much is repaired.
struct LinearBasis {
    std::vector<BasisStatus> variables;
    std::vector<BasisStatus> rows;

    [[nodiscard]] bool empty() const noexcept { return variables.empty() && rows.empty(); }
};

/// What a solution proves about itself, recomputed from the input, not from the solver's state.
struct LinearCertificate {
    double primal_violation = 0;  ///< largest violation of a bound of a variable or row; units of that bound
    double dual_violation = 0;    ///< largest reduced cost or row dual whose sign asks for a bound that is infinite or
                                  ///< away from the value; money per unit
    double gap = 0;  ///< |objective - dual objective| over the larger sum of sizes of their terms; 0 where equal
};

/// A solution of a linear program. Exact (to the tolerances) where `status` is `optimal`.
///
/// `row_duals[i]` is the change of the objective per unit by which the binding bound of row i rises: >= 0 where the
/// lower bound binds, <= 0 where the upper one does. `reduced_costs` = costs - A' row_duals: >= 0 at a lower bound, <=
/// 0 at an upper bound, 0 between. Where the status is not `optimal`, values are those of the last basis.
struct LinearResult {
    core::Status status = core::Status::numerical_error;
    double objective = 0;                                     ///< costs' x; money
    /// A lower bound on the optimum from the duals, lowered by what rounding may have added to it; -infinity where the
    /// duals prove none, +infinity where infeasible.
    double bound = -std::numeric_limits<double>::infinity();
    std::vector<double> x;
    std::vector<double> row_duals;
    std::vector<double> reduced_costs;
    LinearBasis basis;
    LinearCertificate certificate;
    /// Where infeasible (Farkas): row multipliers y, signed like duals, for which the least that the row bounds ask of
    /// y'A x, i.e. sum_i (y_i > 0 ? row_lower_i : row_upper_i) y_i, exceeds the most that the variable bounds allow,
    /// sum_j (g_j > 0 ? upper_j : lower_j) g_j with g = A'y, by `farkas_amount` > 0.
    std::vector<double> farkas;
    double farkas_amount = 0;
    /// Where unbounded: a direction that keeps all bounds from any feasible point, with `ray_cost` = costs' ray < 0.
    std::vector<double> ray;
    double ray_cost = 0;
    std::int64_t iterations = 0;      ///< pivots and bound flips
    std::int64_t factorizations = 0;  ///< times the basis was inverted afresh
    double seconds = 0;               ///< wall time
};

}  // namespace meio::transport
