// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include <meio/numeric/root.hpp>

namespace meio::distributions::detail {

/// A difference of two large numbers is trusted where its relative error, with the long double kernels it is made of,
/// stays below 1e-14; otherwise the caller sums positive terms.
[[nodiscard]] inline bool is_accurate_difference(long double difference, long double size) {
    return difference * 1e-14L > 32 * std::numeric_limits<long double>::epsilon() * size;
}

/// What the loss formulas of the Panjer (a, b, 0) family need at an integer n >= 0. With mean m, variance to mean ratio
/// w and g = w (n + 1) pmf(n + 1): E (D - n)^+ = g - (n - m) S, and E [((D - n)^+)^2] = S ((n - m)^2 + w m) - g (n - m - w).
struct LatticePoint {
    long double survival;  ///< S = P(D > n)
    long double cdf;       ///< P(D <= n)
    long double g;
};

/// E (D - x)^+ and E [((D - x)^+)^2] / 2 by summing upwards from x. Exact to rounding; the number of terms grows like
/// the standard deviation, or like the mean excess where the tail is geometric.
struct UpperSums {
    double first = 0;
    double second = 0;
};

template <class Lattice>
[[nodiscard]] UpperSums sum_above(const Lattice& d, double x) {
    UpperSums sums;
    double k = std::floor(x) + 1;
    for (double p = d.pmf(k); p > 0; k += 1) {
        const double over = k - x;
        sums.first += over * p;
        sums.second += 0.5 * over * over * p;
        const double ratio = d.ratio(k);
        p *= ratio;
        // What is left is below a geometric tail of this ratio, whose second moment is of order over^2 / (1 - ratio)^3.
        const double room = 1 - ratio;
        if (room > 0 && p * (over + 1 / room) * (over + 1 / room) < 1e-18 * room * sums.second) break;
    }
    return sums;
}

/// E (x - D)^+ by summing downwards from x; meant for x below the mean, where terms fall.
template <class Lattice>
[[nodiscard]] double sum_below(const Lattice& d, double x) {
    double sum = 0;
    double k = std::ceil(x) - 1;
    for (double p = k >= 0 ? d.pmf(k) : 0; p > 0; k -= 1) {
        sum += (x - k) * p;
        if (k == 0) break;
        p /= d.ratio(k - 1);
        if (p * (x - k + 1) * k < 1e-18 * sum) break;
    }
    return sum;
}

/// Loss functions of a lattice distribution d with members mean, variance, pmf, ratio(k) = pmf(k + 1) / pmf(k) and
/// point(n). Between integers the first-order ones are linear, so that interpolation adds positive terms only.
template <class Lattice>
[[nodiscard]] double lattice_loss(const Lattice& d, double x) {
    if (x <= 0) return d.mean() - x;
    const long double m = d.mean();
    const auto n = static_cast<long double>(std::floor(x));
    const LatticePoint at = d.point(static_cast<double>(n));
    const long double beyond = x - n;
    const long double value = at.g - (n - m) * at.survival - beyond * at.survival;
    if (x < d.mean() || is_accurate_difference(value, at.g)) return static_cast<double>(value);
    return sum_above(d, x).first;
}

template <class Lattice>
[[nodiscard]] double lattice_complementary_loss(const Lattice& d, double x) {
    if (x <= 0) return 0;
    if (x >= d.mean()) return lattice_loss(d, x) + (x - d.mean());
    const long double m = d.mean();
    const auto n = static_cast<long double>(std::floor(x));
    const LatticePoint at = d.point(static_cast<double>(n));
    const long double value = at.g - (m - n) * at.cdf + (x - n) * at.cdf;
    if (is_accurate_difference(value, at.g)) return static_cast<double>(value);
    return sum_below(d, x);
}

template <class Lattice>
[[nodiscard]] double lattice_second_order_loss(const Lattice& d, double x) {
    const long double m = d.mean();
    const long double variance = d.variance();
    if (x <= 0) return static_cast<double>((variance + (m - x) * (m - x)) / 2);
    const auto n = static_cast<long double>(std::floor(x));
    const LatticePoint at = d.point(static_cast<double>(n));
    const long double beyond = x - n;
    const long double loss = at.g - (n - m) * at.survival;
    const long double positive = at.survival * ((n - m) * (n - m) + variance + beyond * beyond);
    const long double value = (positive - at.g * (n - m - variance / m)) / 2 - beyond * loss;
    if (is_accurate_difference(value, positive)) return static_cast<double>(value);
    return sum_above(d, x).second;
}

/// The smallest integer k >= 0 with cdf(k) >= p, searched from `guess`; O(log distance) calls of cdf.
template <class Lattice>
[[nodiscard]] double lattice_quantile(const Lattice& d, double p, double guess) {
    if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
    if (p == 0) return 0;
    if (p == 1) return std::numeric_limits<double>::infinity();
    const double start = guess > 0 && guess < 9e15 ? guess : 0;
    return static_cast<double>(numeric::first_integer(
        [&](std::int64_t k) { return d.cdf(static_cast<double>(k)) >= p; }, 0, static_cast<std::int64_t>(start)));
}

/// Cornish-Fisher start for a quantile search: normal quantile z with one skewness term.
[[nodiscard]] inline double cornish_fisher(double mean, double deviation, double skewness, double z) {
    return mean + deviation * (z + skewness * (z * z - 1) / 6);
}

}  // namespace meio::distributions::detail
