// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/status.hpp>
#include <meio/demand/interval.hpp>
#include <meio/distributions/any_distribution.hpp>
#include <meio/distributions/fit.hpp>
#include <meio/distributions/mixture.hpp>
#include <meio/single_echelon/newsvendor.hpp>
#include <meio/single_echelon/service_level.hpp>

namespace meio::single_echelon {

/// A base-stock problem with independent identical periods, described by moments.
struct BaseStockProblem {
    distributions::Family family = distributions::Family::normal;  ///< shape fitted to interval demand
    double mean = 0;                ///< demand of a period, units, > 0
    double variance = 0;            ///< of the demand of a period, >= 0
    double lead_time = 0;           ///< periods from order to receipt, >= 0; may be fractional
    double lead_time_deviation = 0; ///< standard deviation of the lead time, periods, >= 0
    int review_period = 1;          ///< periods between orders, >= 1
    double holding = 1;             ///< per unit on hand at the end of a period, > 0
    double backorder = 1;           ///< per unit backordered at the end of a period, > 0
};

/// Throws `InputError` with everything that is wrong with the problem.
inline void validate(const BaseStockProblem& p) {
    core::IssueList issues;
    issues.require(p.mean > 0 && std::isfinite(p.mean), "mean", p.mean, "must be finite and > 0");
    issues.require(p.variance >= 0 && std::isfinite(p.variance), "variance", p.variance, "must be finite and >= 0");
    issues.require(p.lead_time >= 0 && std::isfinite(p.lead_time), "lead_time", p.lead_time, "must be finite and >= 0");
    issues.require(p.lead_time_deviation >= 0 && std::isfinite(p.lead_time_deviation), "lead_time_deviation",
                   p.lead_time_deviation, "must be finite and >= 0");
    issues.require(p.review_period >= 1 && p.review_period <= 100000, "review_period", p.review_period,
                   "must be an integer from 1 to 100000");
    issues.require(p.holding > 0 && std::isfinite(p.holding), "holding", p.holding, "must be finite and > 0");
    issues.require(p.backorder > 0 && std::isfinite(p.backorder), "backorder", p.backorder, "must be finite and > 0");
    issues.throw_if_any();
}

/// Demand of `lead_time + periods` periods: mean and variance are exact, a random lead time (independent of demand, orders
/// that do not cross) included; the shape is the family's.
[[nodiscard]] inline distributions::AnyDistribution interval_demand(const BaseStockProblem& p, double periods) {
    const demand::Moments moments = demand::random_interval({p.mean, p.variance}, p.lead_time + periods,
                                                            p.lead_time_deviation * p.lead_time_deviation);
    return distributions::fit_moments(p.family, moments.mean, moments.variance);
}

/// A level with its cost and service in the long run.
struct BaseStockResult {
    core::Status status = core::Status::optimal;
    double level = 0;                ///< inventory position after ordering, units
    double cost = 0;                 ///< expected holding and backorder cost a period
    double critical_ratio = 0;       ///< backorder / (holding + backorder)
    double cycle_service = 0;        ///< P(no backorder at the end of an order cycle)
    double fill_rate = 0;            ///< share of demand met from stock at once
    double expected_on_hand = 0;     ///< at the end of a period, averaged over the cycle, units
    double expected_backorders = 0;  ///< at the end of a period, averaged over the cycle, units
    double pipeline = 0;             ///< expected units on order
    double safety_stock = 0;         ///< level minus mean demand of the whole protection interval
};

/// A stock point under periodic review with backorders. Every R periods its position is raised to a level S; what was
/// ordered comes after the lead time L, before the demand of the period. At the end of the j-th period after a receipt
/// the net stock is S - D(L + j), j = 1..R, so that the protection interval is L + R, and the average cost a period is
/// that of a newsvendor whose demand is an equal mixture of D(L + 1), ..., D(L + R): exact given those distributions.
///
/// ```
/// BaseStock stock({.mean = 50, .variance = 64, .lead_time = 4, .holding = 0.18, .backorder = 0.70});
/// auto best = stock.optimal();               // level 264.767, cost 4.4668 a period
/// auto safe = stock.for_fill_rate(0.98);
/// ```
/// Hadley and Whitin (1963), chapter 5; Snyder and Shen, section 4.3.4.
class BaseStock {
public:
    explicit BaseStock(const BaseStockProblem& problem)
        : BaseStock(intervals_of(problem), interval_demand(problem, 0), problem.mean, problem.lead_time, problem.holding,
                    problem.backorder) {}

    /// From any distributions: `intervals[j]` is the demand of L + j + 1 periods, j = 0 .. R - 1, and `lead_time_demand`
    /// of L periods (a point mass at 0 where L = 0); `mean` is that of one period.
    BaseStock(std::vector<distributions::AnyDistribution> intervals, distributions::AnyDistribution lead_time_demand,
              double mean, double lead_time, double holding, double backorder)
        : lead_time_demand_(std::move(lead_time_demand)),
          end_of_cycle_(last(intervals)),
          average_(equal_mixture(std::move(intervals))),
          mean_(mean),
          lead_time_(lead_time),
          holding_(holding),
          backorder_(backorder) {
        validate_newsvendor(backorder, holding);
        core::IssueList issues;
        issues.require(mean > 0 && std::isfinite(mean), "mean", mean, "must be finite and > 0");
        issues.require(lead_time >= 0 && std::isfinite(lead_time), "lead_time", lead_time, "must be finite and >= 0");
        issues.throw_if_any();
    }

    /// Demand of the protection interval, L + R periods.
    [[nodiscard]] const distributions::AnyDistribution& protection_demand() const noexcept { return end_of_cycle_; }

    /// Cost and service of a level; exact. Status `feasible`.
    [[nodiscard]] BaseStockResult evaluate(double level) const {
        const NewsvendorResult at = newsvendor_at(average_, level, backorder_, holding_);
        BaseStockResult result;
        result.status = core::Status::feasible;
        result.level = level;
        result.cost = at.cost;
        result.critical_ratio = at.critical_ratio;
        result.expected_on_hand = at.expected_leftover;
        result.expected_backorders = at.expected_shortage;
        result.cycle_service = end_of_cycle_.cdf(level);
        result.fill_rate = 1 - new_backorders(level) / (review() * mean_);
        result.pipeline = lead_time_ * mean_;
        result.safety_stock = level - end_of_cycle_.mean();
        return result;
    }

    /// The cheapest level; exact (smallest optimal one where demand is discrete).
    [[nodiscard]] BaseStockResult optimal() const {
        const double ratio = backorder_ / (backorder_ + holding_);
        return proven(average_.components().size() == 1 ? end_of_cycle_.quantile(ratio) : average_.quantile(ratio));
    }

    /// The smallest level whose cycle service reaches `target`, 0 < target < 1; exact.
    [[nodiscard]] BaseStockResult for_cycle_service(double target) const {
        return proven(level_for_cycle_service(end_of_cycle_, target));
    }

    /// The smallest level whose fill rate reaches `target`, 0 < target < 1; exact. The demand not met at once in a cycle
    /// is what backorders grow by: E (D(L + R) - S)^+ - E (D(L) - S)^+ (for demand that is never negative).
    [[nodiscard]] BaseStockResult for_fill_rate(double target) const {
        core::IssueList issues;
        issues.require(target > 0 && target < 1, "fill_rate", target, "must lie strictly between 0 and 1");
        issues.throw_if_any();
        // Raising S from 0 by y meets at most y units a cycle more, so that the answer is at least this low one.
        return proven(detail::level_for_shortage([&](double y) { return new_backorders(y); },
                                                 (1 - target) * review() * mean_, target * review() * mean_,
                                                 std::sqrt(end_of_cycle_.variance()), end_of_cycle_.is_discrete()));
    }

private:
    static std::vector<distributions::AnyDistribution> intervals_of(const BaseStockProblem& problem) {
        validate(problem);
        std::vector<distributions::AnyDistribution> intervals;
        for (int j = 1; j <= problem.review_period; ++j) intervals.push_back(interval_demand(problem, j));
        return intervals;
    }
    static distributions::AnyDistribution last(const std::vector<distributions::AnyDistribution>& intervals) {
        core::IssueList issues;
        if (intervals.empty()) issues.add("intervals", "", "0 entries", "must hold one distribution a period of the cycle");
        issues.throw_if_any();
        return intervals.back();
    }
    static distributions::Mixture equal_mixture(std::vector<distributions::AnyDistribution> intervals) {
        std::vector<double> weights(intervals.size(), 1.0 / static_cast<double>(intervals.size()));
        return {std::move(weights), std::move(intervals)};
    }
    [[nodiscard]] double review() const noexcept { return static_cast<double>(average_.components().size()); }
    [[nodiscard]] double new_backorders(double level) const {
        return std::max(0.0, end_of_cycle_.loss(level) - lead_time_demand_.loss(level));
    }
    [[nodiscard]] BaseStockResult proven(double level) const {
        BaseStockResult result = evaluate(level);
        result.status = std::isfinite(result.cost) ? core::Status::optimal : core::Status::numerical_error;
        return result;
    }

    distributions::AnyDistribution lead_time_demand_;
    distributions::AnyDistribution end_of_cycle_;
    distributions::Mixture average_;
    double mean_;
    double lead_time_;
    double holding_;
    double backorder_;
};

}  // namespace meio::single_echelon
