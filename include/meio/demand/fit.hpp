// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/parallel.hpp>

namespace meio::demand {

/// How `fit_history` reads a history.
struct FitOptions {
    double half_life = std::numeric_limits<double>::infinity();  ///< periods after which an observation weighs half, > 0
    bool shrink = true;            ///< borrow strength from the pool; false: each series by itself
    double dispersion_prior = 12;  ///< observations that the pool's dispersion counts for against a series' own, >= 0

    /// Throws `core::InputError` with every field that is out of range.
    void validate() const {
        core::IssueList issues;
        issues.require(half_life > 0, "half_life", half_life, "must be > 0");
        issues.require(dispersion_prior >= 0 && std::isfinite(dispersion_prior), "dispersion_prior", dispersion_prior,
                       "must be finite and >= 0");
        issues.throw_if_any();
    }
};

/// Mean and variance a period of each series, and what the pool looks like.
struct HistoryFit {
    std::vector<double> mean{};
    std::vector<double> variance{};
    std::vector<double> observations{};  ///< effective number of observations of each series
    double pool_mean = 0;                ///< mean rate of the pool
    double pool_variance = 0;            ///< variance of true rates between series; 0: the pool looks like one rate
    double pool_dispersion = 0;          ///< phi of variance = mean + phi mean^2 inside a series
};

/// Fits counts a period from history (series x periods, row-major, oldest first; NaN: not observed).
///
/// Without shrinkage: weighted sample mean, unbiased weighted sample variance (with one effective observation: Poisson,
/// variance = mean). With it: empirical Bayes by moments under a gamma-Poisson pool. The mean is the best linear
/// mix of the series' own and the pool's (Robbins 1956; Buhlmann 1967, ASTIN Bulletin 4(3)); the variance is
/// mean + excess, where the excess mixes the series' own with pool_dispersion mean^2 and is not below 0. A series never
/// observed gets the pool's. The variance is that of demand around the fitted mean; it leaves out the mean's own error.
/// Heuristic where rates drift: only `half_life` speaks to that. Throws `core::InputError` for the wrong
/// shape, negative or infinite values, and unobserved series without shrinkage. O(series x periods).
[[nodiscard]] inline HistoryFit fit_history(std::span<const double> history, std::size_t series, std::size_t periods,
                                            const FitOptions& options = {}) {
    options.validate();
    core::IssueList issues;
    issues.require(history.size() == series * periods, "history", static_cast<double>(history.size()),
                   "must have one value a series and period");
    issues.throw_if_any();

    HistoryFit fit;
    fit.mean.assign(series, 0.0);
    fit.observations.assign(series, 0.0);
    std::vector<double> sample(series, -1.0);  // unbiased variance; -1: too short
    for (std::size_t s = 0; s < series; ++s) {
        const std::span<const double> row = history.subspan(s * periods, periods);
        double weight = 0, weight_square = 0, sum = 0;
        std::size_t bad = 0;
        const auto weigh = [&](std::size_t t) { return std::exp2(-static_cast<double>(periods - 1 - t) / options.half_life); };
        for (std::size_t t = 0; t < periods; ++t) {
            if (std::isnan(row[t])) continue;
            if (!(row[t] >= 0 && std::isfinite(row[t])) && ++bad == 1)
                issues.add("history", std::to_string(s) + ", " + std::to_string(t), std::to_string(row[t]),
                           "must be finite and >= 0, or NaN where nothing was observed");
            const double w = weigh(t);
            weight += w;
            weight_square += w * w;
            sum += w * row[t];
        }
        if (bad > 1) issues.add("history", std::to_string(s), std::to_string(bad) + " values in all", "must be finite and >= 0, or NaN");
        if (!(weight_square > 0)) {  // never observed, or so long ago that the weights are no numbers any more
            if (!options.shrink) issues.add("history", std::to_string(s), "no observation", "shrink towards the pool, or leave the series out");
            continue;
        }
        fit.mean[s] = sum / weight;
        fit.observations[s] = weight * weight / weight_square;
        const double freedom = weight - weight_square / weight;
        if (!(freedom > 1e-9 * weight)) continue;
        double square = 0;
        for (std::size_t t = 0; t < periods; ++t)
            if (!std::isnan(row[t])) square += weigh(t) * (row[t] - fit.mean[s]) * (row[t] - fit.mean[s]);
        sample[s] = square / freedom;
    }
    issues.throw_if_any();

    // Pool, series weighted by what they know. E own^2 = rate^2 + variance / n, so the square of a rate is unbiased below.
    core::CompensatedSum total, seen, squares, excess, known;
    for (std::size_t s = 0; s < series; ++s) {
        const double n = fit.observations[s];
        total.add(n * fit.mean[s]);
        seen.add(n);
        if (sample[s] < 0) continue;
        squares.add(n * fit.mean[s] * fit.mean[s] - sample[s]);
        excess.add(n * (sample[s] - fit.mean[s]));
        known.add(n);
    }
    fit.pool_mean = seen.value() > 0 ? total.value() / seen.value() : 0.0;
    const double square_rate = known.value() > 0 ? squares.value() / known.value() : fit.pool_mean * fit.pool_mean;
    fit.pool_variance = std::max(0.0, square_rate - fit.pool_mean * fit.pool_mean);
    fit.pool_dispersion = squares.value() > 0 ? std::max(0.0, excess.value() / squares.value()) : 0.0;

    fit.variance.resize(series);
    const double noise = fit.pool_mean + fit.pool_dispersion * std::max(0.0, square_rate);  // mean variance inside a series
    for (std::size_t s = 0; s < series; ++s) {
        const double own = fit.mean[s];
        if (!options.shrink) {
            fit.variance[s] = sample[s] >= 0 ? sample[s] : own;
            continue;
        }
        const double knowledge = fit.pool_variance * fit.observations[s];
        const double trust = knowledge > 0 ? knowledge / (knowledge + noise) : 0.0;
        fit.mean[s] = trust * own + (1.0 - trust) * fit.pool_mean;
        double excess_here = fit.pool_dispersion * fit.mean[s] * fit.mean[s];
        if (sample[s] >= 0) {
            const double n = fit.observations[s];
            excess_here = (n * (sample[s] - own) + options.dispersion_prior * excess_here) / (n + options.dispersion_prior);
        }
        fit.variance[s] = fit.mean[s] + std::max(0.0, excess_here);
    }
    return fit;
}

}  // namespace meio::demand
