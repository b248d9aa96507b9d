// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>

#include <meio/demand/forecast.hpp>
#include <meio/distributions/gamma.hpp>
#include <meio/distributions/negative_binomial.hpp>
#include <meio/distributions/poisson.hpp>
#include <meio/numeric/normal.hpp>

namespace meio::planner {

/// What a level means in expectation, at the end of a period.
struct Position {
    double level = 0;
    double on_hand = 0;  ///< E(level - D)+
    double unmet = 0;   ///< E(D - level)+
    double density = 0;  ///< slope of the cdf at the level (smoothed for counts), for curvature
};

/// Levels above the quantile of this probability are not considered, so that free storage keeps finite stock.
inline constexpr double level_cap = 1.0 - 1e-9;

namespace detail {

inline bool is_poisson(double mean, double variance) { return variance <= mean * (1.0 + 1e-9); }

inline double smoothed_density(double level, double mean, double variance) {
    const double deviation = std::sqrt(std::max(variance, 1e-300));
    return numeric::normal_pdf((level - mean) / deviation) / deviation;
}

/// Walks k = 0, 1, ... until the cdf reaches `ratio`; counts only, small means. The pmf follows the Panjer (a, b, 0)
/// recursion p(k+1) = p(k) (a + b / (k+1)), which covers Poisson (a = 0) and negative binomial (0 < a < 1).
inline Position walk_counts(double p0, double a, double b, double mean, double ratio) {
    double pmf = p0;
    double cdf = p0;
    double unmet = mean;  // E(D - k)+ at k = 0
    double k = 0;
    while (cdf < ratio) {
        unmet -= 1.0 - cdf;
        k += 1;
        pmf *= a + b / k;
        cdf += pmf;
        if (pmf < 1e-17 && k > mean) break;  // the rest of the mass is below rounding
    }
    unmet = std::max(unmet, 0.0);
    return {k, k - mean + unmet, unmet, pmf};
}

template <class Distribution>
Position from_distribution(const Distribution& d, double mean, double level) {
    const double unmet = d.loss(level);
    return {level, level - mean + unmet, unmet, 0.0};
}

}  // namespace detail

/// The position at a given level >= 0. O(1) special functions.
[[nodiscard]] inline Position position_at(demand::Family family, double mean, double variance, double level) {
    Position position{level, std::max(level - mean, 0.0), std::max(mean - level, 0.0), 0.0};
    if (mean <= 0 && variance <= 0) return position;
    if (variance <= 0 && family != demand::Family::count) return position;
    if (level <= 0 && family != demand::Family::normal) return position;  // demand is never negative
    switch (family) {
        case demand::Family::normal: {
            const double deviation = std::sqrt(variance);
            position.unmet = deviation * numeric::normal_loss((level - mean) / deviation);
            position.on_hand = deviation * numeric::normal_complementary_loss((level - mean) / deviation);
            break;
        }
        case demand::Family::gamma:
            position = detail::from_distribution(distributions::Gamma::from_moments(mean, variance), mean, level);
            break;
        case demand::Family::count:
            position = detail::is_poisson(mean, variance)
                           ? detail::from_distribution(distributions::Poisson(mean), mean, level)
                           : detail::from_distribution(distributions::NegativeBinomial::from_moments(mean, variance),
                                                       mean, level);
            break;
    }
    position.density = detail::smoothed_density(level, mean, variance);
    return position;
}

/// The level in [0, quantile(level_cap)] that minimises `holding E(y - D)+ + shortage E(D - y)+`: the smallest y with
/// F(y) >= shortage / (holding + shortage), integer for counts. Exact (Arrow, Harris and Marschak 1951).
///
/// Shortage <= 0 means level 0; holding <= 0 with positive shortage means the cap. Counts of mean up to 200 cost
/// O(level) multiplications, other families O(1) special functions.
[[nodiscard]] inline Position newsvendor_position(demand::Family family, double mean, double variance, double holding,
                                                  double shortage) {
    if (mean <= 0) return {};
    if (shortage <= 0) return position_at(family, mean, variance, 0.0);
    const double ratio = holding <= 0 ? level_cap : std::min(shortage / (holding + shortage), level_cap);
    if (family == demand::Family::normal) {
        const double deviation = std::sqrt(std::max(variance, 0.0));
        if (deviation == 0) return {mean, 0.0, 0.0, 0.0};
        const double z = numeric::normal_quantile(ratio);
        if (mean + deviation * z <= 0) return position_at(family, mean, variance, 0.0);
        const double density = numeric::normal_pdf(z);
        const double unmet = deviation * numeric::normal_loss(z);
        const double level = mean + deviation * z;
        return {level, deviation * numeric::normal_complementary_loss(z), unmet, density / deviation};
    }
    Position position;
    if (family == demand::Family::gamma) {
        if (variance <= 0) return {mean, 0.0, 0.0, 0.0};
        const auto d = distributions::Gamma::from_moments(mean, variance);
        position = detail::from_distribution(d, mean, d.quantile(ratio));
    } else if (detail::is_poisson(mean, variance)) {
        if (mean <= 200) {
            position = detail::walk_counts(std::exp(-mean), 0.0, mean, mean, ratio);
        } else {
            const distributions::Poisson d(mean);
            position = detail::from_distribution(d, mean, d.quantile(ratio));
        }
    } else {
        const double success = mean / variance;               // p of NB(r, p), r failures... see negative_binomial.hpp
        const double r = mean * mean / (variance - mean);
        const double log_p0 = r * std::log(success);
        if (mean <= 200 && log_p0 > -600) {
            position = detail::walk_counts(std::exp(log_p0), 1.0 - success, (r - 1.0) * (1.0 - success), mean, ratio);
        } else {
            const auto d = distributions::NegativeBinomial::from_moments(mean, variance);
            position = detail::from_distribution(d, mean, d.quantile(ratio));
        }
    }
    // The normal density is no stand-in for slow movers: in their tails it is too small by orders of magnitude.
    if (position.density <= 0) position.density = detail::smoothed_density(position.level, mean, variance);
    return position;
}

}  // namespace meio::planner
