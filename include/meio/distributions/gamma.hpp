// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>

#include <boost/math/special_functions/gamma.hpp>

#include <meio/core/error.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/detail/lattice_sums.hpp>
#include <meio/distributions/distribution.hpp>
#include <meio/distributions/sampling.hpp>

namespace meio::distributions {

/// Gamma demand with shape > 0 and scale > 0: mean shape * scale, variance shape * scale^2. Never negative.
class Gamma {
public:
    Gamma(double shape, double scale) : shape_(shape), scale_(scale) {
        core::IssueList issues;
        issues.require(shape > 0 && std::isfinite(shape), "shape", shape, "must be finite and > 0");
        issues.require(scale > 0 && std::isfinite(scale), "scale", scale, "must be finite and > 0");
        issues.throw_if_any();
    }
    /// Needs mean > 0 and variance > 0.
    [[nodiscard]] static Gamma from_moments(double mean, double variance) {
        core::IssueList issues;
        issues.require(mean > 0 && std::isfinite(mean), "mean", mean, "must be finite and > 0");
        issues.require(variance > 0 && std::isfinite(variance), "variance", variance, "must be finite and > 0");
        issues.throw_if_any();
        return {mean * (mean / variance), variance / mean};
    }

    [[nodiscard]] static constexpr bool is_discrete() noexcept { return false; }
    [[nodiscard]] double shape() const noexcept { return shape_; }
    [[nodiscard]] double scale() const noexcept { return scale_; }
    [[nodiscard]] double mean() const noexcept { return shape_ * scale_; }
    [[nodiscard]] double variance() const noexcept { return shape_ * scale_ * scale_; }
    [[nodiscard]] double cdf(double x) const { return x <= 0 ? 0 : static_cast<double>(lower(unit(x))); }
    [[nodiscard]] double survival(double x) const { return x <= 0 ? 1 : static_cast<double>(upper(unit(x))); }
    [[nodiscard]] double quantile(double p) const {
        if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
        if (p == 0) return 0;
        if (p == 1) return std::numeric_limits<double>::infinity();
        return scale_ * (p > 0.5 ? boost::math::gamma_q_inv(shape_, 1 - p) : boost::math::gamma_p_inv(shape_, p));
    }
    /// With y = x / scale, Q the upper regularised gamma function and f = y^shape e^-y / Gamma(shape):
    /// scale (f - (y - shape) Q); where that cancels, the continued fraction of `tail`.
    [[nodiscard]] double loss(double x) const {
        if (x <= 0) return mean() - x;
        const long double y = unit(x);
        const long double f = density(y);
        const long double value = f - (y - shape_) * upper(y);
        if (y < shape_ || detail::is_accurate_difference(value, f)) return static_cast<double>(value * scale_);
        return static_cast<double>(f * tail(y, 1) * scale_);
    }
    [[nodiscard]] double complementary_loss(double x) const {
        if (x <= 0) return 0;
        const long double y = unit(x);
        if (y >= shape_) return loss(x) + (x - mean());
        const long double f = density(y);
        const long double value = f - (shape_ - y) * lower(y);
        if (detail::is_accurate_difference(value, f)) return static_cast<double>(value * scale_);
        return static_cast<double>(f * head(y) * scale_);
    }
    [[nodiscard]] double second_order_loss(double x) const {
        if (x <= 0) return 0.5 * (variance() + (mean() - x) * (mean() - x));
        const long double y = unit(x);
        const long double f = density(y);
        const long double positive = ((y - shape_) * (y - shape_) + shape_) * upper(y);
        const long double value = (positive - (y - shape_ - 1) * f) / 2;
        const long double square = static_cast<long double>(scale_) * scale_;
        if (detail::is_accurate_difference(value, positive)) return static_cast<double>(value * square);
        return static_cast<double>(f * tail(y, 2) * square);
    }
    [[nodiscard]] double sample(core::RandomStream& stream) const { return scale_ * sample_gamma(stream, shape_); }

private:
    [[nodiscard]] long double unit(double x) const noexcept { return static_cast<long double>(x) / scale_; }
    [[nodiscard]] long double lower(long double y) const {
        return boost::math::gamma_p(static_cast<long double>(shape_), y);
    }
    [[nodiscard]] long double upper(long double y) const {
        return boost::math::gamma_q(static_cast<long double>(shape_), y);
    }
    /// y^shape e^-y / Gamma(shape).
    [[nodiscard]] long double density(long double y) const {
        return y * boost::math::gamma_p_derivative(static_cast<long double>(shape_), y);
    }

    /// The integral of (t - y)^n / n! over the unit-scale density above y, divided by `density(y)`: y^n U(n + 1,
    /// shape + n + 1, y) with Tricomi's U. For fixed second parameter b, U(a - 1) = (2a + y - b) U(a) - a (1 + a - b)
    /// U(a + 1) and U is the minimal solution (DLMF 13.3.7, 13.29), so that downward recursion gives all ratios, and
    /// U(0) = 1. Used for y well above the shape, where it converges within tens of steps.
    [[nodiscard]] long double tail(long double y, int n) const {
        const long double b = shape_ + n + 1.0L;
        const int depth = 60 + static_cast<int>(2 * std::sqrt(static_cast<double>(b)));
        long double ratio = 0, product = 1;
        for (int a = depth; a >= 1; --a) {
            ratio = 1 / (2 * a + y - b - a * (1 + a - b) * ratio);
            if (a <= n + 1) product *= ratio;
        }
        for (int i = 0; i < n; ++i) product *= y;
        return product;
    }

    /// The integral of y - t over the unit-scale density below y, divided by `density(y)`, by a series of positive terms.
    [[nodiscard]] long double head(long double y) const {
        long double term = y / (static_cast<long double>(shape_) * (shape_ + 1.0L)), sum = 0;
        for (int j = 0; term > 1e-21L * sum; ++j) {
            sum += term;
            term *= y * (j + 2) / ((shape_ + j + 2.0L) * (j + 1));
        }
        return sum;
    }

    double shape_;
    double scale_;
};

static_assert(Distribution<Gamma>);

}  // namespace meio::distributions
