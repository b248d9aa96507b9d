// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/fulfilment/eligibility.hpp>
#include <meio/network/service_option.hpp>

namespace meio::fulfilment {

/// One facility that could serve one order.
using Option = network::ServiceOption;
using network::Fence;

/// An assignment policy scores the facilities that passed the fences; the lowest finite score wins, the first of equal
/// ones. Satisfied by the policies below and by any type with such a `score`; it must be safe to call from threads.
template <class P>
concept Policy = requires(const P& policy, std::span<const Option> options, std::span<double> scores) {
    policy.score(options, scores);
};

/// The parts of a score, money unless the policy says otherwise; the score is exactly `total()`.
struct Terms {
    double shipping = 0;  ///< cost (or distance) of the shipment
    double flow = 0;      ///< price of flow out of the facility
    double stock = 0;     ///< value of the unit taken

    [[nodiscard]] double total() const noexcept { return shipping + flow + stock; }
};

/// A policy whose score is a sum of named terms, so that its decisions can be explained.
template <class P>
concept ExplainedPolicy = Policy<P> && requires(const P& policy, const Option& option) {
    { policy.terms(option) } -> std::convertible_to<Terms>;
};

namespace detail {

/// Scores by terms: what every policy of this header does.
template <class P>
void score_by_terms(const P& policy, std::span<const Option> options, std::span<double> scores) {
    for (std::size_t i = 0; i < options.size(); ++i) scores[i] = policy.terms(options[i]).total();
}

}  // namespace detail

/// The facility with stock closest to the customer, great-circle. Its score is a distance in kilometres.
struct Nearest {
    [[nodiscard]] Terms terms(const Option& option) const noexcept { return {option.distance, 0.0, 0.0}; }
    void score(std::span<const Option> options, std::span<double> scores) const {
        detail::score_by_terms(*this, options, scores);
    }
};

/// The facility with stock that ships at least cost.
struct Cheapest {
    [[nodiscard]] Terms terms(const Option& option) const noexcept { return {option.cost, 0.0, 0.0}; }
    void score(std::span<const Option> options, std::span<double> scores) const {
        detail::score_by_terms(*this, options, scores);
    }
};

/// Least shipping cost plus the price of the flow plus the value of the unit taken: the greedy policy under a plan's
/// prices. Heuristic; with exact values it is one step of look-ahead (Acimovic and Graves 2015).
struct Priced {
    double flow_weight = 1;   ///< multiplies the flow price, >= 0
    double stock_weight = 1;  ///< multiplies the value of stock, >= 0

    [[nodiscard]] Terms terms(const Option& option) const noexcept {
        return {option.cost, flow_weight * option.price, stock_weight * option.stock_value};
    }
    void score(std::span<const Option> options, std::span<double> scores) const {
        detail::score_by_terms(*this, options, scores);
    }
};

/// Only the facility that a plan assigned to the product and class may serve; all others score infinity.
struct Territory {
    const Eligibility* eligibility = nullptr;  ///< must outlive the policy
    std::vector<std::int32_t> assigned{};      ///< facility by class, or by product x class; -1: nobody

    /// Every class to its cheapest facility.
    [[nodiscard]] static Territory cheapest(const Eligibility& eligibility) {
        Territory result{&eligibility, std::vector<std::int32_t>(eligibility.classes.size(), -1)};
        for (std::size_t c = 0; c < result.assigned.size(); ++c)
            if (!eligibility.options_of(c).empty()) result.assigned[c] = eligibility.options_of(c).front().facility;
        return result;
    }

    [[nodiscard]] Terms terms(const Option& option) const {
        const std::size_t classes = eligibility->classes.size();
        auto c = static_cast<std::size_t>(eligibility->classify(option.region, option.speed, option.minute));
        if (assigned.size() > classes) c += static_cast<std::size_t>(option.product) * classes;
        const bool mine = assigned[c] == option.facility;
        return {mine ? option.cost : std::numeric_limits<double>::infinity(), 0.0, 0.0};
    }
    void score(std::span<const Option> options, std::span<double> scores) const {
        detail::score_by_terms(*this, options, scores);
    }
};

}  // namespace meio::fulfilment
