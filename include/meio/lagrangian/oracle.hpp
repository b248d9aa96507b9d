// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include <meio/lagrangian/reply.hpp>

namespace meio::lagrangian {

/// A concave dual function `theta(l) = sum over groups of theta_g(l)`, where theta_g(l) is the least of a group's plans
/// at prices l. Groups may be evaluated at the same time from several threads; the answer must depend on nothing but
/// the multipliers and the group.
template <class O>
concept Oracle = requires(const O& oracle, std::span<const double> multipliers, std::size_t group, Reply& reply) {
    { oracle.size() } -> std::convertible_to<std::size_t>;
    { oracle.groups() } -> std::convertible_to<std::size_t>;
    oracle.evaluate(multipliers, group, reply);
};

/// An oracle that answers for all groups at once, in its own way (vectorised, another process, other machines). Its
/// `evaluate_all` is called on the thread of the solve, with one reply a group, in place of `evaluate`.
template <class O>
concept BatchOracle = Oracle<O> && requires(const O& oracle, std::span<const double> multipliers, std::span<Reply> replies) {
    oracle.evaluate_all(multipliers, replies);
};

}  // namespace meio::lagrangian
