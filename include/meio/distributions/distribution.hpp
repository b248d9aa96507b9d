// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>

#include <meio/core/random.hpp>

namespace meio::distributions {

/// A demand distribution. Any type with these members works everywhere in meio; the types of this folder satisfy it.
///
/// `loss(x)` is E(D - x)+, `complementary_loss(x)` E(x - D)+, `second_order_loss(x)` E[((D - x)+)^2] / 2.
/// `quantile(p)` is the smallest x with cdf(x) >= p. `is_discrete()` is true where D lies on the integers.
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

}  // namespace meio::distributions
