// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include <boost/math/special_functions/gamma.hpp>

#include <meio/core/error.hpp>
#include <meio/distributions/distribution.hpp>
#include <meio/distributions/sampling.hpp>

namespace meio::distributions {

/// Gamma demand; shape > 0, scale > 0; mean shape * scale, variance shape * scale^2.
class Gamma {
public:
    Gamma(double shape, double scale) : shape_(shape), scale_(scale) {
        core::IssueList issues;
        issues.require(shape > 0 && std::isfinite(shape), "shape", shape, "must be finite and > 0");
        issues.require(scale > 0 && std::isfinite(scale), "scale", scale, "must be finite and > 0");
        issues.throw_if_any();
    }
    [[nodiscard]] static Gamma from_moments(double mean, double variance) {
        return {mean * mean / variance, variance / mean};
    }

    [[nodiscard]] static constexpr bool is_discrete() { return false; }
    [[nodiscard]] double mean() const { return shape_ * scale_; }
    [[nodiscard]] double variance() const { return shape_ * scale_ * scale_; }
    [[nodiscard]] double cdf(double x) const { return x <= 0 ? 0.0 : boost::math::gamma_p(shape_, x / scale_); }
    [[nodiscard]] double survival(double x) const { return x <= 0 ? 1.0 : boost::math::gamma_q(shape_, x / scale_); }
    [[nodiscard]] double quantile(double p) const {
        if (!(p > 0)) return 0.0;
        if (p >= 1) return p > 1 ? std::nan("") : HUGE_VAL;
        return scale_ * (p > 0.5 ? boost::math::gamma_q_inv(shape_, 1.0 - p) : boost::math::gamma_p_inv(shape_, p));
    }
    /// E(D - x)+ = a s [Q(a, y) + y^a e^-y / Gamma(a + 1)] - x Q(a, y) with y = x / s.
    [[nodiscard]] double loss(double x) const {
        if (x <= 0) return mean() - x;
        if (x > mean()) return scale_ * tail(x / scale_, 1);
        return mean() - x + complementary_loss(x);
    }
    [[nodiscard]] double complementary_loss(double x) const {
        if (x <= 0) return 0.0;
        if (x > mean()) return x - mean() + loss(x);
        return scale_ * head(x / scale_);
    }
    [[nodiscard]] double second_order_loss(double x) const {
        if (x <= 0) return 0.5 * (variance() + (mean() - x) * (mean() - x));
        if (x > mean()) return scale_ * scale_ * tail(x / scale_, 2);
        const double y = x / scale_;
        const double a = shape_;
        const double density = y * boost::math::gamma_p_derivative(a, y);  // y^a e^-y / Gamma(a)
        return 0.5 * scale_ * scale_ *
               ((a * (a + 1.0) - 2.0 * a * y + y * y) * boost::math::gamma_q(a, y) + density * (a + 1.0 - y));
    }
    [[nodiscard]] double sample(core::RandomStream& stream) const { return scale_ * sample_gamma(stream, shape_); }

private:
    // Integral of (t - y)^n / n! over the unit-scale density beyond y, by the continued fraction of the Tricomi function:
    // y^a e^-y / Gamma(a) * U(n + 1, n + 1 + a, y); all terms positive, no cancellation in the tail.
    [[nodiscard]] double tail(double y, int n) const {
        const double density = y * boost::math::gamma_p_derivative(shape_, y);
        // Gauss-Laguerre-free evaluation: substitute t = y (1 + u) and integrate u^n (1 + u)^(a - 1) e^(-y u).
        const double integral = laplace(y, n);
        double factor = density;
        for (int i = 0; i < n; ++i) factor *= y / (i + 1.0);
        return factor * integral;
    }

    // Integral over u > 0 of u^n (1 + u)^(a - 1) e^(-y u), double-exponential substitution.
    [[nodiscard]] double laplace(double y, int n) const {
        // u = exp(v - exp(-v)): nodes spread from the origin to the far tail; trapezoid in v converges exponentially.
        const double step = 1.0 / 32.0;
        double sum = 0;
        for (int i = -160; i <= 320; ++i) {
            const double v = step * i;
            const double shrink = std::exp(-v);
            const double log_u = v - shrink;
            const double u = std::exp(log_u);
            const double exponent = (n + 1.0) * log_u + (shape_ - 1.0) * std::log1p(u) - y * u;
            if (exponent < -745) continue;
            sum += std::exp(exponent) * (1.0 + shrink);
        }
        return sum * step;
    }

    // E(y - X)+ of the unit-scale variable for y <= mean: y^(a+1) e^-y / Gamma(a) * sum of a positive series.
    [[nodiscard]] double head(double y) const {
        // (y - t) t^(a-1) e^-t integrated: e^-y y^(a+1) / Gamma(a) * sum_k y^k / (a (a+1) ... (a+k) ) * (k + 1) / (a + k + 1).
        double term = 1.0 / shape_;
        double sum = 0;
        for (int k = 0; k < 100000; ++k) {
            const double add = term * (k + 1.0) / (shape_ + k + 1.0);
            sum += add;
            term *= y / (shape_ + k + 1.0);
            if (add < 1e-18 * sum) break;
        }
        return y * y * boost::math::gamma_p_derivative(shape_, y) * sum;
    }

    double shape_, scale_;
};

static_assert(Distribution<Gamma>);

}  // namespace meio::distributions
