// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <meio/core/error.hpp>
#include <meio/distributions/distribution.hpp>
#include <meio/numeric/root.hpp>

namespace meio::single_echelon {

/// The smallest level with P(D <= level) >= target, 0 < target < 1 (cycle service, type 1). Exact.
template <distributions::Distribution D>
[[nodiscard]] double level_for_cycle_service(const D& demand, double target) {
    core::IssueList issues;
    issues.require(target > 0 && target < 1, "cycle_service", target, "must lie strictly between 0 and 1");
    issues.throw_if_any();
    return demand.quantile(target);
}

namespace detail {

/// The smallest level at which `shortage` (falling, convex) is at most `allowed`: an integer where `integer`, otherwise
/// to full precision. `low` is a level at which it is still at or above `allowed`.
template <class Shortage>
[[nodiscard]] double level_for_shortage(Shortage&& shortage, double allowed, double low, double deviation, bool integer) {
    if (integer) {
        const auto lowest = static_cast<std::int64_t>(std::floor(low));
        return static_cast<double>(numeric::first_integer(
            [&](std::int64_t y) { return shortage(static_cast<double>(y)) <= allowed; }, lowest, lowest));
    }
    if (shortage(low) <= allowed) return low;
    double high = low, step = std::max(deviation, 1e-300);
    while (shortage(high) > allowed) {
        low = high;
        high += step;
        step *= 2;
    }
    // In logarithms the shortage is nearly quadratic, which keeps Brent's steps good also far in the tail.
    const auto gap = [&](double y) {
        const double value = shortage(y);
        return value > 0 ? std::log(value / allowed) : -1e3;
    };
    return numeric::find_root(gap, low, high).x;
}

}  // namespace detail

/// The smallest level with E (D - level)^+ <= (1 - target) E D, 0 < target < 1 (fill rate, type 2, of one season).
/// Exact; the smallest integer for discrete demand. Mean demand must be > 0.
template <distributions::Distribution D>
[[nodiscard]] double level_for_fill_rate(const D& demand, double target) {
    core::IssueList issues;
    issues.require(target > 0 && target < 1, "fill_rate", target, "must lie strictly between 0 and 1");
    issues.require(demand.mean() > 0, "demand.mean", demand.mean(), "must be > 0");
    issues.throw_if_any();
    // By Jensen, loss(y) >= mean - y: at target * mean the shortage still is at least what is allowed.
    return detail::level_for_shortage([&](double y) { return demand.loss(y); }, (1 - target) * demand.mean(),
                                      target * demand.mean(), std::sqrt(demand.variance()), demand.is_discrete());
}

}  // namespace meio::single_echelon
