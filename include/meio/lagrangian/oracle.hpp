// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include <meio/lagrangian/reply.hpp>

namespace meio::lagrangian {

/// A concave dual function `theta(l) = sum over groups of theta_g(l)`, where theta_g(l) is the least of a group's plans
/// at prices l. Groups may be evaluated at the same time from several threads.
template <class O>
concept Oracle = requires(const O& oracle, std::span<const double> multipliers, std::size_t group, Reply& reply) {
    { oracle.size() } -> std::convertible_to<std::size_t>;
    { oracle.groups() } -> std::convertible_to<std::size_t>;
    oracle.evaluate(multipliers, group, reply);
};

}  // namespace meio::lagrangian
