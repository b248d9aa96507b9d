// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <meio/core/status.hpp>

namespace meio::numeric {

/// What a root finder found.
struct Root {
    core::Status status = core::Status::stalled;  ///< optimal: bracket within tolerance or f(x) = 0; infeasible: no sign change
    double x = std::numeric_limits<double>::quiet_NaN();
    double residual = std::numeric_limits<double>::quiet_NaN();  ///< f(x)
    int evaluations = 0;
};

/// A root of the continuous `f` in [low, high], where f(low) and f(high) differ in sign, to
/// |error| <= tolerance + 4 eps |x|. Never leaves the bracket; superlinear on smooth functions.
///
/// Brent (1973), *Algorithms for Minimization without Derivatives*, chapter 4.
template <class Function>
[[nodiscard]] Root find_root(Function&& f, double low, double high, double tolerance = 0, int max_evaluations = 200) {
    double a = low, b = high, fa = f(a), fb = f(b);
    int evaluations = 2;
    if (fa == 0) return {core::Status::optimal, a, fa, evaluations};
    if (fb == 0) return {core::Status::optimal, b, fb, evaluations};
    if (std::isnan(fa) || std::isnan(fb)) return {core::Status::numerical_error, b, fb, evaluations};
    if ((fa > 0) == (fb > 0)) return {core::Status::infeasible, b, fb, evaluations};
    double c = a, fc = fa, step = b - a, previous = step;
    while (true) {
        if (std::abs(fc) < std::abs(fb)) {
            a = b, b = c, c = a;
            fa = fb, fb = fc, fc = fa;
        }
        const double width = 2 * std::numeric_limits<double>::epsilon() * std::abs(b) + 0.5 * tolerance;
        const double half = 0.5 * (c - b);
        if (std::abs(half) <= width || fb == 0) return {core::Status::optimal, b, fb, evaluations};
        if (evaluations >= max_evaluations) return {core::Status::iteration_limit, b, fb, evaluations};
        if (std::abs(previous) < width || std::abs(fa) <= std::abs(fb)) {
            step = previous = half;  // interpolation is not paying: bisect
        } else {
            const double s = fb / fa;
            double p = 0, q = 0;
            if (a == c) {
                p = 2 * half * s;
                q = 1 - s;
            } else {
                const double t = fa / fc, r = fb / fc;
                p = s * (2 * half * t * (t - r) - (b - a) * (r - 1));
                q = (t - 1) * (r - 1) * (s - 1);
            }
            if (p > 0) q = -q;
            p = std::abs(p);
            if (2 * p < std::min(3 * half * q - std::abs(width * q), std::abs(previous * q))) {
                previous = step;
                step = p / q;
            } else {
                step = previous = half;
            }
        }
        a = b, fa = fb;
        b += std::abs(step) > width ? step : std::copysign(width, half);
        fb = f(b);
        ++evaluations;
        if (std::isnan(fb)) return {core::Status::numerical_error, b, fb, evaluations};
        if ((fb > 0) == (fc > 0)) {
            c = a, fc = fa;
            step = previous = b - a;
        }
    }
}

/// The root of an increasing or decreasing `f` by Newton steps kept inside [low, high] by bisection. `f(x)` returns
/// anything with members `first` (value) and `second` (derivative), such as a `std::pair`.
template <class Function>
[[nodiscard]] Root find_root_newton(Function&& f, double low, double high, double start, double tolerance = 0,
                                    int max_evaluations = 200) {
    const auto at_low = f(low);
    const auto at_high = f(high);
    int evaluations = 2;
    if (at_low.first == 0) return {core::Status::optimal, low, 0, evaluations};
    if (at_high.first == 0) return {core::Status::optimal, high, 0, evaluations};
    if (!((at_low.first > 0) != (at_high.first > 0))) return {core::Status::infeasible, start, at_low.first, evaluations};
    const bool rising = at_high.first > 0;
    double x = std::clamp(start, low, high), last_width = high - low;
    while (true) {
        const auto at = f(x);
        ++evaluations;
        if (std::isnan(at.first)) return {core::Status::numerical_error, x, at.first, evaluations};
        if (at.first == 0) return {core::Status::optimal, x, 0, evaluations};
        ((at.first > 0) == rising ? high : low) = x;
        double next = x - at.first / at.second;
        const double width = high - low;
        // A step outside the bracket, or a bracket and step that barely shrink, falls back to bisection.
        if (!(next > low && next < high) || std::abs(next - x) > 0.5 * last_width) next = low + 0.5 * width;
        const double moved = std::abs(next - x);
        last_width = moved;
        x = next;
        if (moved <= tolerance + 2 * std::numeric_limits<double>::epsilon() * std::abs(x))
            return {core::Status::optimal, x, at.first, evaluations};
        if (evaluations >= max_evaluations) return {core::Status::iteration_limit, x, at.first, evaluations};
    }
}

/// The smallest integer k >= lowest with `predicate(k)`, where the predicate is false below some point and true from
/// there on. Doubling steps from `guess`, then bisection: O(log |answer - guess|) calls. Returns `highest` where the
/// predicate is true nowhere below it.
template <class Predicate>
[[nodiscard]] std::int64_t first_integer(Predicate&& predicate, std::int64_t lowest, std::int64_t guess,
                                         std::int64_t highest = std::int64_t{1} << 53) {
    guess = std::clamp(guess, lowest, highest);
    std::int64_t low = guess, high = guess, step = 1;  // afterwards: predicate false at low, true at high
    if (predicate(guess)) {
        while (true) {
            if (low == lowest) return lowest;  // true at every point looked at, down to the lowest
            low = step >= low - lowest ? lowest : low - step;
            step *= 2;
            if (!predicate(low)) break;
            high = low;
        }
    } else {
        while (true) {
            if (high == highest) return highest;
            high = step >= highest - high ? highest : high + step;
            step *= 2;
            if (high == highest || predicate(high)) break;
            low = high;
        }
    }
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (predicate(middle) ? high : low) = middle;
    }
    return high;
}

}  // namespace meio::numeric
