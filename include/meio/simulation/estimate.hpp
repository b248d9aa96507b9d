// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

#include <meio/core/parallel.hpp>

namespace meio::simulation {

/// P(|T| <= t) of Student's t with `freedom` >= 1 degrees of freedom, t >= 0. Abramowitz and Stegun (1964), 26.7.3 and
/// 26.7.4. O(freedom), at most 10,000 terms.
[[nodiscard]] inline double student_two_sided(double t, std::size_t freedom) {
    const double theta = std::atan(t / std::sqrt(static_cast<double>(freedom)));
    const double cosine = std::cos(theta);
    const double square = cosine * cosine;
    const bool odd = freedom % 2 == 1;
    double term = odd ? cosine : 1.0;
    double sum = odd ? (freedom > 1 ? term : 0.0) : term;
    for (std::size_t j = odd ? 3 : 2; j + 1 < freedom; j += 2) {
        const auto x = static_cast<double>(j);
        term *= square * (x - 1.0) / x;
        sum += term;
    }
    return odd ? 2.0 / std::numbers::pi * (theta + std::sin(theta) * sum) : std::sin(theta) * sum;
}

/// The t with P(|T| <= t) = confidence, 0 < confidence < 1; beyond 10,000 degrees of freedom those of 10,000 are used
/// (5e-4 percent too wide at most). Bisection to the last bit.
[[nodiscard]] inline double student_quantile(double confidence, std::size_t freedom) {
    if (freedom == 0) return std::numeric_limits<double>::infinity();
    if (freedom > 10000) freedom = 10000;
    double high = 1.0;
    while (student_two_sided(high, freedom) < confidence) high *= 2.0;
    double low = 0.0;
    for (int i = 0; i < 100 && low < high; ++i) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) break;
        (student_two_sided(middle, freedom) < confidence ? low : high) = middle;
    }
    return high;
}

/// Mean over independent runs, with Student's interval for it.
struct Estimate {
    double mean = 0;
    double sd = 0;         ///< standard deviation between runs
    double half_width = 0; ///< of the interval: mean - half_width .. mean + half_width; infinite with one run
    std::size_t runs = 0;

    [[nodiscard]] double low() const noexcept { return mean - half_width; }
    [[nodiscard]] double high() const noexcept { return mean + half_width; }
};

/// Estimates from one value a run. Runs without a value (NaN: a rate of nothing) are left out.
[[nodiscard]] inline Estimate estimate(std::span<const double> values, double confidence = 0.95) {
    Estimate result;
    core::CompensatedSum sum;
    for (const double value : values)
        if (!std::isnan(value)) {
            sum.add(value);
            ++result.runs;
        }
    if (result.runs == 0) {
        result.mean = result.sd = result.half_width = std::numeric_limits<double>::quiet_NaN();
        return result;
    }
    const auto n = static_cast<double>(result.runs);
    result.mean = sum.value() / n;
    core::CompensatedSum squares;
    for (const double value : values)
        if (!std::isnan(value)) squares.add((value - result.mean) * (value - result.mean));
    if (result.runs == 1) {
        result.half_width = std::numeric_limits<double>::infinity();
        return result;
    }
    result.sd = std::sqrt(squares.value() / (n - 1.0));
    result.half_width = result.sd == 0 ? 0.0 : student_quantile(confidence, result.runs - 1) * result.sd / std::sqrt(n);
    return result;
}

/// Estimates the mean of `values - baseline`, run by run: on common random numbers much sharper than two intervals.
[[nodiscard]] inline Estimate paired_difference(std::span<const double> values, std::span<const double> baseline,
                                                double confidence = 0.95) {
    std::vector<double> difference(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) difference[i] = values[i] - baseline[i];
    return estimate(difference, confidence);
}

}  // namespace meio::simulation
