// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <limits>

#include <meio/core/error.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/distribution.hpp>
#include <meio/numeric/normal.hpp>

namespace meio::distributions {

/// Lognormal demand: log D is normal with the given mean `mu` and standard deviation `sigma` > 0.
class Lognormal {
public:
    Lognormal(double mu, double sigma) : mu_(mu), sigma_(sigma) {
        core::IssueList issues;
        issues.require(std::isfinite(mu), "mu", mu, "must be finite");
        issues.require(sigma > 0 && std::isfinite(sigma), "sigma", sigma, "must be finite and > 0");
        issues.throw_if_any();
    }
    /// Needs mean > 0 and variance > 0.
    [[nodiscard]] static Lognormal from_moments(double mean, double variance) {
        core::IssueList issues;
        issues.require(mean > 0 && std::isfinite(mean), "mean", mean, "must be finite and > 0");
        issues.require(variance > 0 && std::isfinite(variance), "variance", variance, "must be finite and > 0");
        issues.throw_if_any();
        const double square = std::log1p(variance / mean / mean);
        return {std::log(mean) - 0.5 * square, std::sqrt(square)};
    }

    [[nodiscard]] static constexpr bool is_discrete() noexcept { return false; }
    [[nodiscard]] double mu() const noexcept { return mu_; }
    [[nodiscard]] double sigma() const noexcept { return sigma_; }
    [[nodiscard]] double mean() const { return std::exp(mu_ + 0.5 * sigma_ * sigma_); }
    [[nodiscard]] double variance() const {
        return std::expm1(sigma_ * sigma_) * std::exp(2 * mu_ + sigma_ * sigma_);
    }
    [[nodiscard]] double cdf(double x) const { return x <= 0 ? 0 : numeric::normal_cdf(standard(x)); }
    [[nodiscard]] double survival(double x) const { return x <= 0 ? 1 : numeric::normal_survival(standard(x)); }
    [[nodiscard]] double quantile(double p) const { return std::exp(mu_ + sigma_ * numeric::normal_quantile(p)); }

    /// With d the standardised log x, mean Q(d - sigma) - x Q(d) = x pdf(d) (R(d - sigma) - R(d)), where R is Mills'
    /// ratio Q / pdf: an integral of -R' > 0, which does not cancel.
    [[nodiscard]] double loss(double x) const {
        if (x <= 0) return mean() - x;
        const double d = standard(x);
        if (d < 0.5 * sigma_) return complementary_loss(x) + (mean() - x);
        return x * first_difference(d, d - sigma_, d);
    }
    [[nodiscard]] double complementary_loss(double x) const {
        if (x <= 0) return 0;
        const double d = standard(x);
        if (d >= 0.5 * sigma_) return loss(x) + (x - mean());
        return x * first_difference(d, -d, sigma_ - d);
    }
    /// x^2 pdf(d) (R(d - 2 sigma) - 2 R(d - sigma) + R(d)) / 2: an integral of R'' > 0.
    [[nodiscard]] double second_order_loss(double x) const {
        if (x <= 0) return 0.5 * (variance() + (mean() - x) * (mean() - x));
        const double d = standard(x);
        if (sigma_ > 1 || d < -8) {
            const double m = mean();
            const double square = m * m * std::exp(sigma_ * sigma_);
            return 0.5 * (square * numeric::normal_survival(d - 2 * sigma_) -
                          2 * x * m * numeric::normal_survival(d - sigma_) + x * x * numeric::normal_survival(d));
        }
        const auto integrand = [&](double u) {  // (sigma - |u|) R''(d - sigma + u), scaled by pdf(d) against overflow
            const double t = d - sigma_ + u;
            return (sigma_ - std::abs(u)) * 2 * scaled(d, t) * numeric::normal_second_order_loss(t);
        };
        return 0.5 * x * x * (integrate(integrand, -sigma_, 0) + integrate(integrand, 0, sigma_));
    }
    [[nodiscard]] double sample(core::RandomStream& stream) const { return std::exp(mu_ + sigma_ * stream.normal()); }

private:
    [[nodiscard]] double standard(double x) const { return (std::log(x) - mu_) / sigma_; }
    /// pdf(d) / pdf(t).
    [[nodiscard]] static double scaled(double d, double t) { return std::exp(0.5 * (t - d) * (t + d)); }

    /// pdf(d) (R(low) - R(high)), the integral of (1 - t R(t)) = loss(t) / pdf(t) over [low, high].
    [[nodiscard]] double first_difference(double d, double low, double high) const {
        if (sigma_ > 1)
            return scaled(d, low) * numeric::normal_survival(low) - scaled(d, high) * numeric::normal_survival(high);
        return integrate([&](double t) { return scaled(d, t) * numeric::normal_loss(t); }, low, high);
    }

    /// Gauss-Legendre with 16 nodes: the integrands are smooth on the scale of 1 and the intervals no longer than that.
    template <class Function>
    [[nodiscard]] static double integrate(Function&& f, double low, double high) {
        constexpr std::array<double, 8> nodes{0.09501250983763744, 0.28160355077925891, 0.45801677765722739,
                                              0.61787624440264375, 0.75540440835500303, 0.86563120238783174,
                                              0.94457502307323258, 0.98940093499164993};
        constexpr std::array<double, 8> weights{0.18945061045506850, 0.18260341504492359, 0.16915651939500254,
                                                0.14959598881657673, 0.12462897125553387, 0.09515851168249278,
                                                0.06225352393864789, 0.02715245941175409};
        const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
        double sum = 0;
        for (std::size_t i = 0; i < nodes.size(); ++i)
            sum += weights[i] * (f(middle - half * nodes[i]) + f(middle + half * nodes[i]));
        return half * sum;
    }

    double mu_;
    double sigma_;
};

static_assert(Distribution<Lognormal>);

}  // namespace meio::distributions
