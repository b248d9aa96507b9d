// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <meio/demand/forecast.hpp>
#include <meio/demand/interval.hpp>
#include <meio/demand/thinning.hpp>

namespace meio::demand {

/// Mean and variance of the sum of demands of one product in one period.
///
/// Means add. Count family: the Poisson part (the mean) adds, and what exceeds it, max(0, variance - mean), adds as
/// variances (independent) or as standard deviations (common; exact for a binomially thinned negative binomial). Other
/// families: whole variances, or whole standard deviations, add. Exact under those rules. O(parts).
[[nodiscard]] inline Moments pool(std::span<const Moments> parts, Family family, Correlation correlation) {
    const bool counts = family == Family::count;
    double mean = 0;
    double spread = 0;
    for (const Moments& part : parts) {
        mean += part.mean;
        const double own = counts ? std::max(0.0, part.variance - part.mean) : part.variance;
        spread += correlation == Correlation::common ? std::sqrt(own) : own;
    }
    if (correlation == Correlation::common) spread *= spread;
    return {mean, (counts ? mean : 0.0) + spread};
}

/// What a set of demand classes takes of a series: every unit with probability `share`, 0 to 1.
struct SeriesPart {
    std::size_t series = 0;
    double share = 1;
};

/// Demand that one facility pools from thinned series of one product, over the interval of `interval_moments`.
///
/// All of it waits for the same deliveries, so that a random lead time moves every part at once: it adds
/// lead_sd^2 (total rate)^2, not the sum of squares part by part. Sample paths under `Correlation::common` are added path
/// by path, sample n of all series together, so that whatever dependence they have is kept; independent ones add their
/// variances. Each series may appear once. Exact moments for whole lead times. O(parts x (lead, or lead x samples)).
[[nodiscard]] inline Moments pooled_interval(const Forecast& forecast, std::span<const SeriesPart> parts, std::size_t period,
                                             double lead, double lead_sd, int review) {
    Moments result;
    if (forecast.samples > 1 && forecast.correlation == Correlation::common) {
        std::vector<double> total(forecast.samples, 0.0);
        double chance = 0;  // variance from which units are kept
        for (const SeriesPart& part : parts) {
            double sum = 0;
            for (std::size_t n = 0; n < forecast.samples; ++n) {
                const double* path = forecast.paths.data() + (part.series * forecast.samples + n) * forecast.periods;
                const double demand = interval_sum(path, forecast.periods, period, lead, review);
                total[n] += part.share * demand;
                sum += demand;
            }
            chance += part.share * (1.0 - part.share) * sum / static_cast<double>(forecast.samples);
        }
        double square = 0;
        for (std::size_t n = 0; n < total.size(); ++n) {
            const double step = total[n] - result.mean;
            result.mean += step / static_cast<double>(n + 1);
            square += step * (total[n] - result.mean);
        }
        result.variance = chance + square / static_cast<double>(total.size() - 1);
    } else {
        std::vector<Moments> each;
        each.reserve(parts.size());
        for (const SeriesPart& part : parts)
            each.push_back(thinned(interval_moments(forecast, part.series, period, lead, 0.0, review), part.share));
        // Paths may vary less than Poisson, which the count rule would round up: their variances add as they are.
        const Family rule = forecast.samples > 1 ? Family::normal : forecast.family;
        result = pool(each, rule, forecast.correlation);
    }
    const double length = lead + review;
    double rate = length > 0 ? result.mean / length : 0.0;
    if (!(length > 0))
        for (const SeriesPart& part : parts)
            rate += part.share * forecast.mean[part.series * forecast.periods + std::min(period, forecast.periods - 1)];
    result.variance += lead_sd * lead_sd * rate * rate;
    return result;
}

}  // namespace meio::demand
