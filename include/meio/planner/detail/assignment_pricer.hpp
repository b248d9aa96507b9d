// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/planner/built_instance.hpp>
#include <meio/planner/detail/class_terms.hpp>

namespace meio::planner::detail {

/// Finds, for one product, the cheapest facility of every class when flow has prices: the next assignment worth
/// offering. Classes whose sales may be lost go to -1 where serving costs more than the sale is worth.
class AssignmentPricer {
public:
    AssignmentPricer(const network::SupplyNetwork& network, const demand::Forecast& forecast, const BuiltInstance& built)
        : network_(network), built_(built), terms_(network, forecast, built) {}

    void set_prices(std::size_t period, std::span<const double> prices) {
        period_ = period;
        through_.assign(network_.facilities.size(), 0.0);
        for (std::size_t m = 0; m < prices.size(); ++m) {
            const Resource& resource = built_.instance.resources[m];
            if (static_cast<std::size_t>(resource.period) != period) continue;
            const auto f = static_cast<std::size_t>(resource.facility);
            const bool flow = resource.kind == ResourceKind::inbound || resource.kind == ResourceKind::outbound;
            if (flow || (resource.kind == ResourceKind::lane && built_.tree.feeds[f].lane == resource.lane))
                through_[f] += prices[m];
        }
        for (const std::int32_t f : built_.tree.top_down) {
            const std::int32_t parent = built_.tree.feeds[static_cast<std::size_t>(f)].parent;
            if (parent >= 0) through_[static_cast<std::size_t>(f)] += through_[static_cast<std::size_t>(parent)];
        }
    }

    [[nodiscard]] Assignment cheapest(std::size_t product) {
        terms_.select_product(product);
        Assignment result(built_.eligibility.classes.size(), -1);
        for (std::size_t c = 0; c < result.size(); ++c) {
            const ClassTerms nobody = terms_.at(product, period_, c, -1);
            if (nobody.mean <= 0) continue;
            double least = nobody.lost ? nobody.penalty : std::numeric_limits<double>::infinity();
            for (const auto& option : built_.eligibility.options_of(c)) {
                const double cost = option.cost + terms_.supply_cost(product, option.facility) +
                                    through_[static_cast<std::size_t>(option.facility)];
                if (cost < least) {
                    least = cost;
                    result[c] = option.facility;
                }
            }
        }
        return result;
    }

private:
    const network::SupplyNetwork& network_;
    const BuiltInstance& built_;
    TermTable terms_;
    std::size_t period_ = 0;
    std::vector<double> through_{};
};

}  // namespace meio::planner::detail
