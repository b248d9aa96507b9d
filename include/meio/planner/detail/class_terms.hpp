// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/demand/forecast.hpp>
#include <meio/network/supply_network.hpp>
#include <meio/planner/built_instance.hpp>

namespace meio::planner::detail {

/// What serving one unit of a class from a facility means for one product.
struct ClassTerms {
    double mean = 0;           // units a period
    double serve = 0;          // money per unit served: purchase, lanes, in transit, shipping
    double penalty = 0;        // money per unit not served
    bool lost = true;
};

/// What demand classes of one product at a time cost to serve, and from where.
class TermTable {
public:
    /// `built` must hold eligibility and supply tree.
    TermTable(const network::SupplyNetwork& network, const demand::Forecast& forecast, const BuiltInstance& built)
        : network_(network), forecast_(forecast), built_(built), series_of_region_(network.regions.size(), -1),
          path_cost_(network.facilities.size(), 0.0) {
        for (const std::int32_t f : built.tree.top_down) {
            const auto& feed = built.tree.feeds[static_cast<std::size_t>(f)];
            const double above = feed.parent >= 0 ? path_cost_[static_cast<std::size_t>(feed.parent)] : 0.0;
            path_cost_[static_cast<std::size_t>(f)] = above + network.lanes[static_cast<std::size_t>(feed.lane)].cost;
        }
    }

    /// Terms of a class at a facility (or of not serving it: facility -1).
    [[nodiscard]] ClassTerms at(std::size_t k, std::size_t t, std::size_t c, std::int32_t facility) const {
        const auto& cls = built_.eligibility.classes[c];
        const auto& product = network_.products[k];
        const std::int32_t series = series_of_region_[static_cast<std::size_t>(cls.region)];
        ClassTerms result;
        result.mean = series < 0 ? 0.0 : forecast_.mean[static_cast<std::size_t>(series) * forecast_.periods + t] * cls.share;
        result.lost = network_.regions[static_cast<std::size_t>(cls.region)].shortage == network::Shortage::lost;
        result.penalty = product.shortage_cost * network_.speeds[static_cast<std::size_t>(cls.speed)].shortage_factor;
        if (facility < 0) return result;
        for (const auto& option : built_.eligibility.options_of(c))
            if (option.facility == facility) {
                result.serve = option.cost + supply_cost(k, facility);
                break;
            }
        return result;
    }

    /// Purchase, lanes and holding in transit of one unit at a facility.
    [[nodiscard]] double supply_cost(std::size_t k, std::int32_t facility) const {
        const auto& product = network_.products[k];
        double cost = product.unit_cost + path_cost_[static_cast<std::size_t>(facility)];
        for (std::int32_t f = facility; f >= 0; f = built_.tree.feeds[static_cast<std::size_t>(f)].parent) {
            const auto& feed = built_.tree.feeds[static_cast<std::size_t>(f)];
            if (feed.parent >= 0) cost += product.holding_cost * feed.lead_time;
        }
        return cost;
    }

    /// Home facility of a class: least unit cost; -1 where nobody may serve it.
    [[nodiscard]] std::int32_t home(std::size_t k, std::size_t c) const {
        std::int32_t best = -1;
        double least = std::numeric_limits<double>::infinity();
        for (const auto& option : built_.eligibility.options_of(c)) {
            const double cost = option.cost + supply_cost(k, option.facility);
            if (cost < least || (cost == least && option.facility < best)) {
                least = cost;
                best = option.facility;
            }
        }
        return best;
    }

    void select_product(std::size_t k) {
        std::fill(series_of_region_.begin(), series_of_region_.end(), -1);
        const auto first = std::lower_bound(forecast_.series.begin(), forecast_.series.end(), static_cast<std::int32_t>(k),
                                            [](const demand::Series& s, std::int32_t product) { return s.product < product; });
        for (auto it = first; it != forecast_.series.end() && it->product == static_cast<std::int32_t>(k); ++it)
            series_of_region_[static_cast<std::size_t>(it->region)] = static_cast<std::int32_t>(it - forecast_.series.begin());
    }

    /// The series of a region for the selected product; -1: none.
    [[nodiscard]] std::int32_t series_of(std::int32_t region) const { return series_of_region_[static_cast<std::size_t>(region)]; }

    [[nodiscard]] network::LeadTime own_lead(std::int32_t facility) const {
        const auto& feed = built_.tree.feeds[static_cast<std::size_t>(facility)];
        return {feed.lead_time, feed.lead_time_sd};
    }

    [[nodiscard]] network::LeadTime path_lead(std::int32_t facility) const {
        double mean = 0;
        double variance = 0;
        for (std::int32_t f = facility; f >= 0; f = built_.tree.feeds[static_cast<std::size_t>(f)].parent) {
            const auto& feed = built_.tree.feeds[static_cast<std::size_t>(f)];
            mean += feed.lead_time;
            variance += feed.lead_time_sd * feed.lead_time_sd;
        }
        return {mean, std::sqrt(variance)};
    }

private:
    const network::SupplyNetwork& network_;
    const demand::Forecast& forecast_;
    const BuiltInstance& built_;
    std::vector<std::int32_t> series_of_region_;
    std::vector<double> path_cost_;
};

}  // namespace meio::planner::detail
