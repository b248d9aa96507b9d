// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include <meio/core/random.hpp>

namespace meio::distributions {

namespace detail {

/// log k! for integers k >= 0 without the shared state of std::lgamma: a table, then Stirling's series.
[[nodiscard]] inline double log_factorial(double k) noexcept {
    constexpr std::array<double, 10> table{0.0,
                                           0.0,
                                           0.69314718055994531,
                                           1.7917594692280550,
                                           3.1780538303479458,
                                           4.7874917427820458,
                                           6.5792512120101012,
                                           8.5251613610654147,
                                           10.604602902745251,
                                           12.801827480081469};
    if (k < 10) return table[static_cast<std::size_t>(k)];
    const double x = k + 1, inverse = 1 / x, square = inverse * inverse;
    const double series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680))));
    return (x - 0.5) * std::log(x) - x + 0.91893853320467274 + series;
}

}  // namespace detail

/// A gamma draw of scale 1; shape > 0. Marsaglia and Tsang (2000), ACM TOMS 26(3); below shape 1, a draw of shape + 1
/// times U^(1/shape).
[[nodiscard]] inline double sample_gamma(core::RandomStream& stream, double shape) noexcept {
    double factor = 1;
    if (shape < 1) {
        factor = std::exp(-stream.exponential() / shape);
        shape += 1;
    }
    const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    while (true) {
        const double z = stream.normal();
        const double root = 1 + c * z;
        if (root <= 0) continue;
        const double v = root * root * root;
        if (std::log(stream.uniform()) < 0.5 * z * z + d * (1 - v + std::log(v))) return d * v * factor;
    }
}

/// A Poisson draw; mean >= 0. Inversion below mean 10, above it transformed rejection (PTRS): Hormann (1993),
/// "The transformed rejection method for generating Poisson random variables", Insurance: Mathematics and Economics 12.
/// Constant expected time.
[[nodiscard]] inline std::int64_t sample_poisson(core::RandomStream& stream, double mean) noexcept {
    if (!(mean > 0)) return 0;
    if (mean < 10) {
        double left = stream.uniform(), p = std::exp(-mean);
        std::int64_t k = 0;
        while (left > p && k < 200) {  // the mass beyond 200 is below 1e-180
            left -= p;
            p *= mean / static_cast<double>(++k);
        }
        return k;
    }
    const double b = 0.931 + 2.53 * std::sqrt(mean), a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), quick = 0.9277 - 3.6224 / (b - 2), log_mean = std::log(mean);
    while (true) {
        const double u = stream.uniform() - 0.5, v = stream.uniform();
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= quick) return static_cast<std::int64_t>(k);
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (std::log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_mean - mean - detail::log_factorial(k))
            return static_cast<std::int64_t>(k);
    }
}

/// A binomial draw: successes in n >= 0 trials of probability p in [0, 1]. Inversion where n min(p, 1 - p) < 10, above
/// it transformed rejection (BTRS): Hormann (1993), "The generation of binomial random variates", Journal of Statistical
/// Computation and Simulation 46. Constant expected time.
[[nodiscard]] inline std::int64_t sample_binomial(core::RandomStream& stream, std::int64_t n, double p) noexcept {
    if (n <= 0 || !(p > 0)) return 0;
    if (p >= 1) return n;
    const bool flip = p > 0.5;
    const double rare = flip ? 1 - p : p, trials = static_cast<double>(n), odds = rare / (1 - rare);
    double successes = 0;
    if (trials * rare < 10) {
        double left = stream.uniform(), mass = std::exp(trials * std::log1p(-rare));
        while (left > mass && successes < trials && successes < 200) {
            left -= mass;
            mass *= odds * (trials - successes) / (successes + 1);
            successes += 1;
        }
    } else {
        const double spread = std::sqrt(trials * rare * (1 - rare));
        const double b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * rare, c = trials * rare + 0.5;
        const double alpha = (2.83 + 5.1 / b) * spread, quick = 0.92 - 4.2 / b;
        const double mode = std::floor((trials + 1) * rare), log_odds = std::log(odds);
        const double peak = detail::log_factorial(mode) + detail::log_factorial(trials - mode);
        while (true) {
            const double u = stream.uniform() - 0.5, v = stream.uniform();
            const double us = 0.5 - std::abs(u);
            successes = std::floor((2 * a / us + b) * u + c);
            if (us >= 0.07 && v <= quick) break;
            if (successes < 0 || successes > trials) continue;
            const double weight = peak - detail::log_factorial(successes) - detail::log_factorial(trials - successes) +
                                  (successes - mode) * log_odds;
            if (std::log(v * alpha / (a / (us * us) + b)) <= weight) break;
        }
    }
    const auto count = static_cast<std::int64_t>(successes);
    return flip ? n - count : count;
}

}  // namespace meio::distributions
