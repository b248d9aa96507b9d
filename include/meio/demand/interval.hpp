// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <meio/demand/forecast.hpp>

namespace meio::demand {

/// Mean and variance of a demand.
struct Moments {
    double mean = 0;
    double variance = 0;
};

/// Demand of a random number of independent periods: E = n m and Var = n v + Var(N) m^2, exact for integer N
/// independent of demand (Wald; Snyder and Shen, section 4.3.3). `n` may be fractional: variance scales with it.
[[nodiscard]] inline Moments random_interval(const Moments& period, double n, double n_variance) {
    return {n * period.mean, n * period.variance + n_variance * period.mean * period.mean};
}

/// Sum of a row of `periods` values over the `lead` periods before `period`, and with review = 1 over `period` itself too.
/// Periods before the first repeat the first; a fractional lead weighs its last period. O(lead).
[[nodiscard]] inline double interval_sum(const double* values, std::size_t periods, std::size_t period, double lead, int review) {
    double sum = 0;
    long at = static_cast<long>(period) - (review > 0 ? 0 : 1);
    for (double left = lead + review; left > 1e-12; left -= 1.0, --at)
        sum += std::min(1.0, left) * values[static_cast<std::size_t>(std::clamp(at, 0L, static_cast<long>(periods) - 1))];
    return sum;
}

/// Demand of a series over the `lead` periods before `period`, and with review = 1 over `period` itself too; random lead
/// times enter by their standard deviation. Periods before the first repeat the first. With sample paths the sums are
/// taken along each path, so that dependence between periods is kept; a fractional lead weighs its last period.
/// O(lead) or O(lead x samples).
[[nodiscard]] inline Moments interval_moments(const Forecast& forecast, std::size_t series, std::size_t period, double lead,
                                              double lead_sd, int review) {
    const std::size_t periods = forecast.periods;
    const double length = lead + review;
    const auto weighted = [&](const double* values) { return interval_sum(values, periods, period, lead, review); };
    Moments result{weighted(forecast.mean.data() + series * periods), 0.0};
    if (forecast.samples > 1) {
        double mean = 0;
        double square = 0;
        for (std::size_t n = 0; n < forecast.samples; ++n) {
            const double sum = weighted(forecast.paths.data() + (series * forecast.samples + n) * periods);
            const double delta = sum - mean;
            mean += delta / static_cast<double>(n + 1);
            square += delta * (sum - mean);
        }
        result = {mean, square / static_cast<double>(forecast.samples - 1)};
    } else {
        result.variance = weighted(forecast.variance.data() + series * periods);
    }
    const double rate = length > 0 ? result.mean / length : forecast.mean[series * periods + std::min(period, periods - 1)];
    result.variance += lead_sd * lead_sd * rate * rate;
    return result;
}

}  // namespace meio::demand
