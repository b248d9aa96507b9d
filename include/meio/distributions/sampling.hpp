// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <meio/core/random.hpp>

namespace meio::distributions {

/// A gamma variate with scale 1; shape > 0. Marsaglia and Tsang (2000), ACM TOMS 26(3); shapes below 1 by Stuart's
/// theorem, G(a) = G(a + 1) U^(1/a). Exact.
[[nodiscard]] inline double sample_gamma(core::RandomStream& stream, double shape) {
    if (shape < 1.0) {
        const double boost = std::pow(stream.uniform(), 1.0 / shape);
        return sample_gamma(stream, shape + 1.0) * boost;
    }
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    while (true) {
        const double z = stream.normal();
        const double root = 1.0 + c * z;
        if (root <= 0) continue;
        const double v = root * root * root;
        if (std::log(stream.uniform()) < 0.5 * z * z + d - d * v + d * std::log(v)) return d * v;
    }
}

/// A binomial variate: successes in n trials of probability p in [0, 1]. Large n is split at a beta-distributed order
/// statistic until it is small. Ahrens and Dieter (1974), Computing 12. Exact, O(log n) beta draws.
[[nodiscard]] inline std::int64_t sample_binomial(core::RandomStream& stream, std::int64_t n, double p) {
    std::int64_t successes = 0;
    while (n > 0) {
        if (p <= 0) return successes;
        if (p >= 1) return successes + n;
        if (n <= 24 || static_cast<double>(n) * std::min(p, 1.0 - p) < 12.0) break;
        const std::int64_t a = 1 + n / 2;
        const double x = sample_gamma(stream, static_cast<double>(a));
        const double y = sample_gamma(stream, static_cast<double>(n + 1 - a));
        const double split = x / (x + y);
        if (split >= p) {
            n = a - 1;
            p /= split;
        } else {
            successes += a;
            n -= a;
            p = (p - split) / (1.0 - split);
        }
    }
    // Inversion by waiting times between successes (or failures, where those are rarer).
    const bool flip = p > 0.5;
    const double rare = flip ? 1.0 - p : p;
    const double scale = 1.0 / std::log1p(-rare);
    std::int64_t hits = 0;
    if (rare > 0 && n > 0) {
        double left = static_cast<double>(n);
        while (true) {
            left -= std::floor(std::log(stream.uniform()) * scale) + 1.0;
            if (left < 0) break;
            ++hits;
        }
    }
    return successes + (flip ? n - hits : hits);
}

/// A Poisson variate; mean >= 0. Large means are cut down by a gamma waiting time. Ahrens and Dieter (1974),
/// Computing 12. Exact, O(log mean) gamma draws.
[[nodiscard]] inline std::int64_t sample_poisson(core::RandomStream& stream, double mean) {
    std::int64_t count = 0;
    while (mean > 12.0) {
        const auto step = static_cast<std::int64_t>(std::floor(0.875 * mean));
        const double waiting = sample_gamma(stream, static_cast<double>(step));
        if (waiting > mean) return count + sample_binomial(stream, step - 1, mean / waiting);
        count += step;
        mean -= waiting;
    }
    const double floor_at = std::exp(-mean);
    for (double product = stream.uniform(); product > floor_at; product *= stream.uniform()) ++count;
    return count;
}

}  // namespace meio::distributions
