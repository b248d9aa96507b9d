// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/demand/interval.hpp>
#include <meio/distributions/sampling.hpp>

namespace meio::demand {

/// Mean and variance of a demand of which every unit is kept with probability `share`: (q m, q^2 v + q (1 - q) m). Exact.
[[nodiscard]] inline Moments thinned(const Moments& whole, double share) {
    return {share * whole.mean, share * share * whole.variance + share * (1.0 - share) * whole.mean};
}

/// Splits `count` units over classes with the given shares (>= 0, sum at most 1; the rest belongs to no class): every unit
/// chooses on its own, so that small counts stay lumpy. Multinomial by one binomial a class. Exact.
inline void thin(core::RandomStream& stream, std::int64_t count, std::span<const double> shares, std::span<std::int64_t> out) {
    double rest = 1.0;
    for (std::size_t c = 0; c < shares.size(); ++c) {
        const double chance = rest > 0 ? std::min(1.0, shares[c] / rest) : 0.0;
        out[c] = distributions::sample_binomial(stream, count, chance);
        count -= out[c];
        rest -= shares[c];
        if (rest < 1e-15) rest = 0;
    }
}

}  // namespace meio::demand
