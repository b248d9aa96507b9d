// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include <boost/math/special_functions/gamma.hpp>

#include <meio/core/error.hpp>
#include <meio/distributions/detail/lattice_sums.hpp>
#include <meio/distributions/distribution.hpp>
#include <meio/distributions/sampling.hpp>
#include <meio/numeric/normal.hpp>

namespace meio::distributions {

/// Poisson demand; mean > 0.
class Poisson {
public:
    explicit Poisson(double mean) : mean_(mean) {
        core::IssueList issues;
        issues.require(mean > 0 && std::isfinite(mean), "mean", mean, "must be finite and > 0");
        issues.throw_if_any();
    }

    [[nodiscard]] static constexpr bool is_discrete() { return true; }
    [[nodiscard]] double mean() const { return mean_; }
    [[nodiscard]] double variance() const { return mean_; }
    [[nodiscard]] double pmf(double k) const {
        return k < 0 || k != std::floor(k) ? 0.0 : boost::math::gamma_p_derivative(k + 1.0, mean_);
    }
    /// pmf(k + 1) / pmf(k).
    [[nodiscard]] double ratio(double k) const { return mean_ / (k + 1.0); }
    [[nodiscard]] double cdf(double x) const { return x < 0 ? 0.0 : boost::math::gamma_q(std::floor(x) + 1.0, mean_); }
    [[nodiscard]] double survival(double x) const { return x < 0 ? 1.0 : boost::math::gamma_p(std::floor(x) + 1.0, mean_); }
    [[nodiscard]] double quantile(double p) const {
        if (!(p > 0)) return 0.0;
        if (p >= 1) return p > 1 ? std::nan("") : HUGE_VAL;
        return detail::lattice_quantile(*this, p, mean_ + std::sqrt(mean_) * numeric::normal_quantile(p));
    }
    [[nodiscard]] double loss(double x) const { return detail::lattice_loss(*this, x); }
    [[nodiscard]] double complementary_loss(double x) const { return detail::lattice_complementary_loss(*this, x); }
    [[nodiscard]] double second_order_loss(double x) const { return detail::lattice_second_order_loss(*this, x); }
    [[nodiscard]] double sample(core::RandomStream& stream) const {
        return static_cast<double>(sample_poisson(stream, mean_));
    }

private:
    double mean_;
};

static_assert(Distribution<Poisson>);

}  // namespace meio::distributions
