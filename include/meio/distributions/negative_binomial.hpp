// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include <boost/math/special_functions/beta.hpp>

#include <meio/core/error.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/detail/lattice_sums.hpp>
#include <meio/distributions/distribution.hpp>
#include <meio/distributions/sampling.hpp>
#include <meio/numeric/normal.hpp>

namespace meio::distributions {

/// Negative binomial demand: P(D = k) = Gamma(r + k) / (Gamma(r) k!) p^r (1 - p)^k with real r > 0 and 0 < p < 1; mean
/// r (1 - p) / p, variance mean / p. It is Poisson demand whose rate is gamma distributed with shape r.
class NegativeBinomial {
public:
    NegativeBinomial(double r, double p) : NegativeBinomial(r, p, 1 - p) {}

    /// Needs 0 < mean < variance.
    [[nodiscard]] static NegativeBinomial from_moments(double mean, double variance) {
        core::IssueList issues;
        issues.require(mean > 0 && std::isfinite(mean), "mean", mean, "must be finite and > 0");
        issues.require(variance > mean && std::isfinite(variance), "variance", variance,
                       "must be finite and above the mean");
        issues.throw_if_any();
        const double excess = variance - mean;
        return {mean * (mean / excess), mean / variance, excess / variance};
    }

    [[nodiscard]] static constexpr bool is_discrete() noexcept { return true; }
    [[nodiscard]] double r() const noexcept { return r_; }
    [[nodiscard]] double p() const noexcept { return p_; }
    [[nodiscard]] double mean() const noexcept { return r_ * q_ / p_; }
    [[nodiscard]] double variance() const noexcept { return r_ * q_ / p_ / p_; }
    [[nodiscard]] double pmf(double k) const {
        return k < 0 || k != std::floor(k) ? 0 : static_cast<double>(probability(k));
    }
    /// pmf(k + 1) / pmf(k).
    [[nodiscard]] double ratio(double k) const noexcept { return q_ * (r_ + k) / (k + 1); }
    [[nodiscard]] double cdf(double x) const { return x < 0 ? 0 : static_cast<double>(lower(std::floor(x))); }
    [[nodiscard]] double survival(double x) const { return x < 0 ? 1 : static_cast<double>(upper(std::floor(x))); }
    /// Smallest integer k with cdf(k) >= p.
    [[nodiscard]] double quantile(double p) const {
        const double deviation = std::sqrt(variance());
        return detail::lattice_quantile(
            *this, p,
            detail::cornish_fisher(mean(), deviation, (1 + q_) / std::sqrt(r_ * q_), numeric::normal_quantile(p)));
    }
    [[nodiscard]] double loss(double x) const { return detail::lattice_loss(*this, x); }
    [[nodiscard]] double complementary_loss(double x) const { return detail::lattice_complementary_loss(*this, x); }
    [[nodiscard]] double second_order_loss(double x) const { return detail::lattice_second_order_loss(*this, x); }
    /// A Poisson draw whose mean is a gamma draw.
    [[nodiscard]] double sample(core::RandomStream& stream) const {
        const double rate = sample_gamma(stream, r_) * (q_ / p_);
        return static_cast<double>(sample_poisson(stream, rate));
    }

    /// What the loss formulas need at the integer n >= 0.
    [[nodiscard]] detail::LatticePoint point(double n) const {
        return {upper(n), lower(n), static_cast<long double>(q_) / p_ * (r_ + static_cast<long double>(n)) * probability(n)};
    }

private:
    NegativeBinomial(double r, double p, double q) : r_(r), p_(p), q_(q) {
        core::IssueList issues;
        issues.require(r > 0 && std::isfinite(r), "r", r, "must be finite and > 0");
        issues.require(p > 0 && p < 1, "p", p, "must lie strictly between 0 and 1");
        issues.throw_if_any();
    }

    // The beta functions complement their argument; handing them the smaller of p and q keeps its digits.
    [[nodiscard]] long double lower(double n) const {
        const long double r = r_, k = n + 1.0L;
        return p_ <= 0.5 ? boost::math::ibeta(r, k, static_cast<long double>(p_))
                         : boost::math::ibetac(k, r, static_cast<long double>(q_));
    }
    [[nodiscard]] long double upper(double n) const {
        const long double r = r_, k = n + 1.0L;
        return p_ <= 0.5 ? boost::math::ibetac(r, k, static_cast<long double>(p_))
                         : boost::math::ibeta(k, r, static_cast<long double>(q_));
    }
    [[nodiscard]] long double probability(double n) const {
        const long double r = r_, k = n + 1.0L, p = p_, q = q_;
        const long double density =
            p_ <= 0.5 ? boost::math::ibeta_derivative(r, k, p) : boost::math::ibeta_derivative(k, r, q);
        return p / (r + n) * density;
    }

    double r_;
    double p_;
    double q_;  ///< 1 - p, kept apart for its digits
};

static_assert(DiscreteDistribution<NegativeBinomial>);

}  // namespace meio::distributions
