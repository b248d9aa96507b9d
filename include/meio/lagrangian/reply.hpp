// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace meio::lagrangian {

/// What an oracle answers for one shard group at given multipliers.
struct Reply {
    double value = 0;                ///< the group's part of the dual function, a minimum over its plans
    std::vector<double> gradient{};  ///< a supergradient: what the minimising plan uses, one entry a multiplier
    double value_error = 0;          ///< the true value is at least value - value_error; >= 0
    std::uint64_t tag = 0;           ///< the oracle's own handle of the minimising plan
    std::optional<std::vector<double>> diagonal{};  ///< -d gradient_k / d multiplier_k, >= 0, where it is known
};

}  // namespace meio::lagrangian
