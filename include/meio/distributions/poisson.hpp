// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include <boost/math/special_functions/gamma.hpp>

#include <meio/core/error.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/detail/lattice_sums.hpp>
#include <meio/distributions/distribution.hpp>
#include <meio/distributions/sampling.hpp>
#include <meio/numeric/normal.hpp>

namespace meio::distributions {

/// Poisson demand with mean > 0.
class Poisson {
public:
    explicit Poisson(double mean) : mean_(mean) {
        core::IssueList issues;
        issues.require(mean > 0 && std::isfinite(mean), "mean", mean, "must be finite and > 0");
        issues.throw_if_any();
    }

    [[nodiscard]] static constexpr bool is_discrete() noexcept { return true; }
    [[nodiscard]] double mean() const noexcept { return mean_; }
    [[nodiscard]] double variance() const noexcept { return mean_; }
    [[nodiscard]] double pmf(double k) const {
        return k < 0 || k != std::floor(k) ? 0 : boost::math::gamma_p_derivative(k + 1, mean_);
    }
    /// pmf(k + 1) / pmf(k).
    [[nodiscard]] double ratio(double k) const noexcept { return mean_ / (k + 1); }
    [[nodiscard]] double cdf(double x) const { return x < 0 ? 0 : boost::math::gamma_q(std::floor(x) + 1, mean_); }
    [[nodiscard]] double survival(double x) const {
        return x < 0 ? 1 : boost::math::gamma_p(std::floor(x) + 1, mean_);
    }
    /// Smallest integer k with cdf(k) >= p.
    [[nodiscard]] double quantile(double p) const {
        const double deviation = std::sqrt(mean_);
        return detail::lattice_quantile(
            *this, p, detail::cornish_fisher(mean_, deviation, 1 / deviation, numeric::normal_quantile(p)));
    }
    [[nodiscard]] double loss(double x) const { return detail::lattice_loss(*this, x); }
    [[nodiscard]] double complementary_loss(double x) const { return detail::lattice_complementary_loss(*this, x); }
    [[nodiscard]] double second_order_loss(double x) const { return detail::lattice_second_order_loss(*this, x); }
    [[nodiscard]] double sample(core::RandomStream& stream) const {
        return static_cast<double>(sample_poisson(stream, mean_));
    }

    /// What the loss formulas need at the integer n >= 0.
    [[nodiscard]] detail::LatticePoint point(double n) const {
        const long double a = n + 1.0L, m = mean_;
        return {boost::math::gamma_p(a, m), boost::math::gamma_q(a, m), m * boost::math::gamma_p_derivative(a, m)};
    }

private:
    double mean_;
};

static_assert(DiscreteDistribution<Poisson>);

}  // namespace meio::distributions
