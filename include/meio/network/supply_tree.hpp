// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/network/supply_network.hpp>

namespace meio::network {

/// A lead time by its moments, in periods.
struct LeadTime {
    double mean = 0;
    double standard_deviation = 0;
};

/// How a facility is replenished.
struct Feed {
    std::int32_t parent = -1;  ///< stocking facility above; -1: a supplier
    std::int32_t lane = -1;    ///< -1: nothing feeds the facility
    double lead_time = 0;
    double lead_time_sd = 0;
};

/// The distribution system inside a network: every stocking facility and the one lane that feeds it.
struct SupplyTree {
    std::vector<Feed> feeds{};             ///< one a facility
    std::vector<std::int32_t> top_down{};  ///< stocking facilities, each after its parent
};

/// Every stocking facility is fed by its cheapest lane (ties: shorter lead time, then the lane listed first).
/// Facilities that no supplier reaches, or that lie on a cycle, are left out of `top_down`. O(facilities + lanes).
[[nodiscard]] inline SupplyTree supply_tree(const SupplyNetwork& network) {
    SupplyTree tree;
    const std::size_t count = network.facilities.size();
    tree.feeds.resize(count);
    for (std::size_t l = 0; l < network.lanes.size(); ++l) {
        const Lane& lane = network.lanes[l];
        Feed& feed = tree.feeds[static_cast<std::size_t>(lane.destination)];
        if (feed.lane >= 0) {
            const Lane& now = network.lanes[static_cast<std::size_t>(feed.lane)];
            const bool better = lane.cost != now.cost ? lane.cost < now.cost : lane.lead_time < now.lead_time;
            if (!better) continue;
        }
        const bool from_supplier = network.facilities[static_cast<std::size_t>(lane.source)].supplier;
        feed = {from_supplier ? -1 : lane.source, static_cast<std::int32_t>(l), lane.lead_time, lane.lead_time_sd};
    }
    std::vector<std::vector<std::int32_t>> children(count);
    for (std::size_t f = 0; f < count; ++f) {
        const auto id = static_cast<std::int32_t>(f);
        if (network.facilities[f].supplier || tree.feeds[f].lane < 0) continue;
        if (tree.feeds[f].parent < 0) {
            tree.top_down.push_back(id);
        } else {
            children[static_cast<std::size_t>(tree.feeds[f].parent)].push_back(id);
        }
    }
    for (std::size_t n = 0; n < tree.top_down.size(); ++n)
        for (const std::int32_t child : children[static_cast<std::size_t>(tree.top_down[n])]) tree.top_down.push_back(child);
    return tree;
}

}  // namespace meio::network
