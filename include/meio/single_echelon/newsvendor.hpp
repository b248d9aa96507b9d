// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include <meio/core/error.hpp>
#include <meio/core/status.hpp>
#include <meio/distributions/distribution.hpp>

namespace meio::single_echelon {

/// One order before one selling season: its level, cost and service.
struct NewsvendorResult {
    core::Status status = core::Status::optimal;
    double level = 0;              ///< order-up-to level, units
    double cost = 0;               ///< expected cost, overage * leftover + underage * shortage
    double critical_ratio = 0;     ///< underage / (underage + overage)
    double cycle_service = 0;      ///< type 1: P(D <= level)
    double fill_rate = 0;          ///< type 2: 1 - shortage / mean demand
    double expected_shortage = 0;  ///< E (D - level)^+, units
    double expected_leftover = 0;  ///< E (level - D)^+, units
};

/// Throws `InputError` unless both costs are finite and > 0.
inline void validate_newsvendor(double underage, double overage) {
    core::IssueList issues;
    issues.require(underage > 0 && std::isfinite(underage), "underage", underage, "must be finite and > 0");
    issues.require(overage > 0 && std::isfinite(overage), "overage", overage, "must be finite and > 0");
    issues.throw_if_any();
}

/// Cost and service of a given level; exact. Status `feasible`: nobody says that the level is the best.
template <distributions::Distribution D>
[[nodiscard]] NewsvendorResult newsvendor_at(const D& demand, double level, double underage, double overage) {
    validate_newsvendor(underage, overage);
    NewsvendorResult result;
    result.status = core::Status::feasible;
    result.level = level;
    result.critical_ratio = underage / (underage + overage);
    result.cycle_service = demand.cdf(level);
    result.expected_shortage = demand.loss(level);
    result.expected_leftover = demand.complementary_loss(level);
    result.fill_rate = 1 - result.expected_shortage / demand.mean();
    result.cost = overage * result.expected_leftover + underage * result.expected_shortage;
    return result;
}

/// The level that minimises overage * E (y - D)^+ + underage * E (D - y)^+: the smallest y with P(D <= y) >= underage /
/// (underage + overage). Exact for every distribution; an integer for integer demand. One quantile and two losses.
///
/// Both costs are per unit and > 0. Arrow, Harris and Marschak (1951); Snyder and Shen, section 4.3.
///
/// ```
/// auto best = newsvendor(distributions::Normal(50, 8), 0.70, 0.18);    // level 56.604, cost 1.9976
/// ```
template <distributions::Distribution D>
[[nodiscard]] NewsvendorResult newsvendor(const D& demand, double underage, double overage) {
    validate_newsvendor(underage, overage);
    NewsvendorResult result =
        newsvendor_at(demand, demand.quantile(underage / (underage + overage)), underage, overage);
    result.status = std::isfinite(result.cost) ? core::Status::optimal : core::Status::numerical_error;
    return result;
}

/// A newsvendor in money earned.
struct NewsvendorProfit {
    NewsvendorResult newsvendor;
    double profit = 0;  ///< expected profit at the best level
};

/// The newsvendor from prices: underage = price - cost + goodwill, overage = cost - salvage. Needs salvage < cost <
/// price + goodwill. Exact; Snyder and Shen, section 4.3.2.
template <distributions::Distribution D>
[[nodiscard]] NewsvendorProfit newsvendor_profit(const D& demand, double price, double cost, double salvage = 0,
                                                 double goodwill = 0) {
    core::IssueList issues;
    issues.require(std::isfinite(cost), "cost", cost, "must be finite");
    issues.require(goodwill >= 0 && std::isfinite(goodwill), "goodwill", goodwill, "must be finite and >= 0");
    issues.require(price + goodwill > cost && std::isfinite(price), "price", price, "must be finite, and price + goodwill above cost");
    issues.require(salvage < cost && std::isfinite(salvage), "salvage", salvage, "must be finite and below cost");
    issues.throw_if_any();
    const NewsvendorResult best = newsvendor(demand, price - cost + goodwill, cost - salvage);
    return {best, (price - cost) * demand.mean() - best.cost};
}

}  // namespace meio::single_echelon
