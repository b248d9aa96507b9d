// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>

#include <meio/core/random.hpp>

namespace meio::distributions {

/// A demand distribution D with finite mean and variance. Every type of this folder satisfies it, and any type of a
/// user's own that does works everywhere in meio.
///
/// | member | meaning |
/// |---|---|
/// | `mean()`, `variance()` | first two moments |
/// | `cdf(x)`, `survival(x)` | P(D <= x) and P(D > x), each accurate in its own tail |
/// | `quantile(p)` | smallest x with cdf(x) >= p; the ends of the support at p = 0 and 1; NaN outside |
/// | `loss(x)` | E (D - x)^+: expected shortage of x units |
/// | `complementary_loss(x)` | E (x - D)^+: expected leftover of x units; equals loss(x) + x - mean |
/// | `second_order_loss(x)` | E [((D - x)^+)^2] / 2: its derivative is -loss(x) |
/// | `sample(stream)` | one draw; consumes the stream and depends on nothing else |
/// | `is_discrete()` | true where D takes countably many values, of probability `pmf(x)` |
template <class D>
concept Distribution = requires(const D& d, double x, core::RandomStream& stream) {
    { d.mean() } -> std::convertible_to<double>;
    { d.variance() } -> std::convertible_to<double>;
    { d.cdf(x) } -> std::convertible_to<double>;
    { d.survival(x) } -> std::convertible_to<double>;
    { d.quantile(x) } -> std::convertible_to<double>;
    { d.loss(x) } -> std::convertible_to<double>;
    { d.complementary_loss(x) } -> std::convertible_to<double>;
    { d.second_order_loss(x) } -> std::convertible_to<double>;
    { d.sample(stream) } -> std::convertible_to<double>;
    { d.is_discrete() } -> std::convertible_to<bool>;
};

/// A distribution that also answers `pmf(x)`, the probability of the value x.
template <class D>
concept DiscreteDistribution = Distribution<D> && requires(const D& d, double x) {
    { d.pmf(x) } -> std::convertible_to<double>;
};

}  // namespace meio::distributions
