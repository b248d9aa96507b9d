// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace meio::lagrangian {

/// How the next multipliers are found.
enum class Method : std::uint8_t {
    bundle,                     ///< variable-metric proximal bundle with cuts per shard group
    newton,                     ///< projected Newton on a differentiable dual; falls back to the bundle
    lbfgs,                      ///< L-BFGS-B on a differentiable dual; falls back to the bundle
    polyak,                     ///< projected subgradient, Polyak (1969) step towards `Options::upper` or a moving target
    held_wolfe_crowder,         ///< the same with the step factor halved where no gain is seen (1974)
    camerini_fratta_maffioli,   ///< deflected subgradient (1975)
    volume,                     ///< volume algorithm, Barahona and Anbil (2000)
    adagrad                     ///< AdaGrad over sampled shards: a rough start in a fraction of a call
};

}  // namespace meio::lagrangian
