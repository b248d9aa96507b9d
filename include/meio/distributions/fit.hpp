// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include <meio/core/error.hpp>
#include <meio/distributions/any_distribution.hpp>
#include <meio/distributions/discrete.hpp>
#include <meio/distributions/gamma.hpp>
#include <meio/distributions/lognormal.hpp>
#include <meio/distributions/negative_binomial.hpp>
#include <meio/distributions/normal.hpp>
#include <meio/distributions/poisson.hpp>

namespace meio::distributions {

/// The shape of a distribution fitted by mean and variance.
enum class Family : std::uint8_t {
    count,      ///< Poisson where variance <= mean, otherwise negative binomial
    normal,     ///< normal
    gamma,      ///< gamma
    lognormal,  ///< lognormal
    poisson     ///< Poisson of that mean; the variance is ignored
};

/// True where variance <= mean up to rounding, so that the count family is Poisson.
[[nodiscard]] constexpr bool is_poisson(double mean, double variance) noexcept {
    return variance <= mean * (1 + 1e-12);
}

/// The member of a family with the given mean and variance.
///
/// A mean of 0 in a non-negative family, and a variance of 0 outside the count families, give a point mass at the mean.
/// Count demand with variance below its mean is rounded up to Poisson. Throws where mean or variance is negative or not
/// finite (the mean of a normal may be negative).
[[nodiscard]] inline AnyDistribution fit_moments(Family family, double mean, double variance) {
    core::IssueList issues;
    if (family == Family::normal)
        issues.require(std::isfinite(mean), "mean", mean, "must be finite");
    else
        issues.require(mean >= 0 && std::isfinite(mean), "mean", mean, "must be finite and >= 0");
    issues.require(variance >= 0 && std::isfinite(variance), "variance", variance, "must be finite and >= 0");
    if (issues.empty() && family != Family::normal && family != Family::poisson && mean == 0)
        issues.require(variance == 0, "variance", variance, "must be 0 where the mean of a non-negative demand is 0");
    issues.throw_if_any();

    const bool counts = family == Family::count || family == Family::poisson;
    if ((mean == 0 && family != Family::normal) || (variance == 0 && !counts)) return Discrete::point_mass(mean);
    switch (family) {
        case Family::normal: return Normal::from_moments(mean, variance);
        case Family::gamma: return Gamma::from_moments(mean, variance);
        case Family::lognormal: return Lognormal::from_moments(mean, variance);
        case Family::poisson: return Poisson(mean);
        case Family::count: break;
    }
    if (is_poisson(mean, variance)) return Poisson(mean);
    return NegativeBinomial::from_moments(mean, variance);
}

}  // namespace meio::distributions
