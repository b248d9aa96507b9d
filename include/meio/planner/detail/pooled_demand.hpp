// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <meio/demand/forecast.hpp>
#include <meio/demand/interval.hpp>

namespace meio::planner::detail {

/// A thinned part of a series: what a set of demand classes of one region takes of it.
struct SeriesShare {
    std::size_t series = 0;
    double share = 1;
};

/// Mean and variance of the pooled demand of thinned series over the `lead` periods before `period` (and the period
/// itself with review 1). Binomial thinning by q turns (m, v) into (q m, q^2 v + q (1 - q) m); what exceeds Poisson adds
/// as variances (independent) or as standard deviations (common); other families add whole variances or deviations.
/// Shares of one series must be adjacent or appear once; adjacent ones are merged first.
[[nodiscard]] inline demand::Moments pooled_demand(const demand::Forecast& forecast, std::span<const SeriesShare> parts,
                                                   std::size_t period, double lead, double lead_sd, int review) {
    const bool counts = forecast.family == demand::Family::count;
    const bool common = forecast.correlation == demand::Correlation::common;
    double mean = 0;
    double poisson = 0;
    double excess = 0;
    for (std::size_t n = 0; n < parts.size();) {
        const std::size_t series = parts[n].series;
        double share = 0;
        for (; n < parts.size() && parts[n].series == series; ++n) share += parts[n].share;
        const demand::Moments whole = demand::interval_moments(forecast, series, period, lead, lead_sd, review);
        const double m = share * whole.mean;
        const double v = share * share * whole.variance + share * std::max(0.0, 1.0 - share) * whole.mean;
        mean += m;
        const double own = counts ? std::max(0.0, v - m) : v;
        if (counts) poisson += m;
        excess += common ? std::sqrt(own) : own;
    }
    return {mean, poisson + (common ? excess * excess : excess)};
}

}  // namespace meio::planner::detail
