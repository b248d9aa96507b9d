// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include <boost/math/special_functions/beta.hpp>

#include <meio/core/error.hpp>
#include <meio/distributions/detail/lattice_sums.hpp>
#include <meio/distributions/distribution.hpp>
#include <meio/distributions/sampling.hpp>
#include <meio/numeric/normal.hpp>

namespace meio::distributions {

/// Negative binomial demand: P(D = k) = Gamma(k + r) / (k! Gamma(r)) p^r (1 - p)^k with real r > 0 and p in (0, 1);
/// mean r (1 - p) / p, variance mean / p. A Poisson demand whose mean is gamma distributed with shape r.
class NegativeBinomial {
public:
    NegativeBinomial(double r, double p) : r_(r), p_(p) {
        core::IssueList issues;
        issues.require(r > 0 && std::isfinite(r), "r", r, "must be finite and > 0");
        issues.require(p > 0 && p < 1, "p", p, "must lie strictly between 0 and 1");
        issues.throw_if_any();
    }
    /// Needs 0 < mean < variance.
    [[nodiscard]] static NegativeBinomial from_moments(double mean, double variance) {
        core::IssueList issues;
        issues.require(mean > 0 && std::isfinite(mean), "mean", mean, "must be finite and > 0");
        issues.require(variance > mean && std::isfinite(variance), "variance", variance, "must be finite and above the mean");
        issues.throw_if_any();
        return {mean * mean / (variance - mean), mean / variance};
    }

    [[nodiscard]] static constexpr bool is_discrete() { return true; }
    [[nodiscard]] double r() const { return r_; }
    [[nodiscard]] double p() const { return p_; }
    [[nodiscard]] double mean() const { return r_ * (1.0 - p_) / p_; }
    [[nodiscard]] double variance() const { return mean() / p_; }
    [[nodiscard]] double pmf(double k) const {
        if (k < 0 || k != std::floor(k)) return 0.0;
        return p_ / (r_ + k) * boost::math::ibeta_derivative(r_, k + 1.0, p_);
    }
    /// pmf(k + 1) / pmf(k).
    [[nodiscard]] double ratio(double k) const { return (r_ + k) / (k + 1.0) * (1.0 - p_); }
    [[nodiscard]] double cdf(double x) const { return x < 0 ? 0.0 : boost::math::ibeta(r_, std::floor(x) + 1.0, p_); }
    [[nodiscard]] double survival(double x) const { return x < 0 ? 1.0 : boost::math::ibetac(r_, std::floor(x) + 1.0, p_); }
    [[nodiscard]] double quantile(double p) const {
        if (!(p > 0)) return 0.0;
        if (p >= 1) return p > 1 ? std::nan("") : HUGE_VAL;
        return detail::lattice_quantile(*this, p, mean() + std::sqrt(variance()) * numeric::normal_quantile(p));
    }
    [[nodiscard]] double loss(double x) const { return detail::lattice_loss(*this, x); }
    [[nodiscard]] double complementary_loss(double x) const { return detail::lattice_complementary_loss(*this, x); }
    [[nodiscard]] double second_order_loss(double x) const { return detail::lattice_second_order_loss(*this, x); }
    [[nodiscard]] double sample(core::RandomStream& stream) const {
        const double rate = sample_gamma(stream, r_) * (1.0 - p_) / p_;
        return static_cast<double>(sample_poisson(stream, rate));
    }

private:
    double r_, p_;
};

static_assert(Distribution<NegativeBinomial>);

}  // namespace meio::distributions
