// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace meio::lagrangian {

/// What an oracle answers for one group at given multipliers. It arrives with the defaults below.
struct Reply {
    double value = 0;                ///< the group's part of the dual function, a minimum over its plans
    std::vector<double> gradient{};  ///< a supergradient: what the minimising plan uses, one entry a multiplier
    double value_error = 0;          ///< the true value lies in [value - value_error, value]; >= 0, 0 where exact
    std::uint64_t tag = 0;           ///< the oracle's own handle of the minimising plan; comes back with its weight
    /// Curvature -d gradient_k / d multiplier_k, >= 0. Where only some groups tell theirs (a sample), the sum is scaled
    /// up to all of them. A guess is fine: it shapes the steps, never the bound.
    std::optional<std::vector<double>> diagonal{};
    /// The whole curvature -d gradient / d multipliers, K x K by rows, symmetric positive semidefinite. Goes before
    /// `diagonal`; sampled in the same way. Worth its K^2 numbers up to a few hundred multipliers.
    std::optional<std::vector<double>> hessian{};
    /// The group's share of the cost of a plan that keeps the relaxed constraints; counts where all groups tell one.
    std::optional<double> upper{};
};

}  // namespace meio::lagrangian
