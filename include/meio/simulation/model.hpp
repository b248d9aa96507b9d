// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/network/service_option.hpp>
#include <meio/network/supply_network.hpp>

namespace meio::simulation {

/// One stock of every product. A facility that feeds others and serves customers too has two: the stock that it passes
/// on, and a stock for its own customers that the first feeds at once and for nothing.
struct StockNode {
    std::int32_t facility = -1;
    std::int32_t parent = -1;      ///< node that feeds it; -1: a supplier
    std::int32_t supplier = -1;    ///< facility id of the supplier that feeds it, where `parent` is -1
    std::int32_t lane = -1;        ///< -1: from the facility's other stock
    double lead_time = 0;          ///< mean, periods
    double lead_time_sd = 0;
    bool feeds = false;            ///< true: passes stock on, echelon level; false: serves customers, local level
    std::vector<std::int32_t> children{};
};

/// Orders of one (region, speed) among which the same facilities are open.
struct OrderWindow {
    std::int32_t region = -1;
    std::int32_t speed = -1;
    std::uint32_t first_option = 0;
    std::uint32_t last_option = 0;
    double share = 0;              ///< of the region's demand
};

/// What the simulator derives from a network once. Reads cut-offs straight off the clock, minute by minute, and shares
/// no code with the planner's demand classes.
struct Model {
    const network::SupplyNetwork* network = nullptr;  ///< must outlive the model
    std::vector<StockNode> nodes{};                   ///< feeding nodes before the nodes they feed
    std::vector<std::int32_t> customer_node{};        ///< facility -> its node that serves customers, or -1
    std::vector<std::int32_t> feeding_node{};         ///< facility -> its node that feeds others, or -1
    std::vector<OrderWindow> windows{};
    std::vector<network::ServiceOption> options{};    ///< per window by cost, facility, service row
    std::vector<std::uint16_t> window_at{};           ///< (region x speeds + speed) x 1440: window within the pair
    std::vector<std::uint32_t> first_window{};        ///< (region x speeds + speed)
    std::vector<double> hour_end{};                   ///< cumulative arrival profile at the end of each hour, 24
    std::vector<double> speed_end{};                  ///< cumulative speed shares

    [[nodiscard]] std::uint32_t window_of(std::size_t region, std::size_t speed, std::size_t minute) const {
        const std::size_t pair = region * network->speeds.size() + speed;
        return first_window[pair] + window_at[pair * 1440 + minute];
    }
};

/// Great-circle distance in kilometres (haversine, mean Earth radius 6371.0088).
[[nodiscard]] inline double great_circle(double longitude_a, double latitude_a, double longitude_b, double latitude_b) {
    constexpr double radian = std::numbers::pi / 180.0;
    const double u = std::sin((latitude_b - latitude_a) * radian / 2.0);
    const double v = std::sin((longitude_b - longitude_a) * radian / 2.0);
    const double h = u * u + std::cos(latitude_a * radian) * std::cos(latitude_b * radian) * v * v;
    return 2.0 * 6371.0088 * std::asin(std::min(1.0, std::sqrt(h)));
}

namespace detail {

/// The lane that feeds each facility: `wanted` where given, otherwise the cheapest, then fastest, then first.
[[nodiscard]] inline std::vector<std::int32_t> feed_lanes(const network::SupplyNetwork& network,
                                                          std::span<const std::int32_t> wanted) {
    std::vector<std::int32_t> feed(network.facilities.size(), -1);
    for (std::size_t l = 0; l < network.lanes.size(); ++l) {
        const auto& lane = network.lanes[l];
        auto& best = feed[static_cast<std::size_t>(lane.destination)];
        if (best >= 0) {
            const auto& other = network.lanes[static_cast<std::size_t>(best)];
            if (other.cost < lane.cost || (other.cost == lane.cost && other.lead_time <= lane.lead_time)) continue;
        }
        best = static_cast<std::int32_t>(l);
    }
    for (std::size_t f = 0; f < wanted.size(); ++f)
        if (wanted[f] >= 0) feed[f] = wanted[f];
    return feed;
}

inline void check_network(const network::SupplyNetwork& network, std::span<const std::int32_t> wanted) {
    core::IssueList issues;
    const auto known = [](std::int32_t id, std::size_t count) { return id >= 0 && static_cast<std::size_t>(id) < count; };
    for (std::size_t l = 0; l < network.lanes.size(); ++l) {
        const auto& lane = network.lanes[l];
        issues.require(known(lane.source, network.facilities.size()), "lanes.src", l, lane.source, "must be a facility id");
        if (issues.require(known(lane.destination, network.facilities.size()), "lanes.dst", l, lane.destination,
                           "must be a facility id"))
            issues.require(!network.facilities[static_cast<std::size_t>(lane.destination)].supplier, "lanes.dst", l,
                           lane.destination, "a supplier is not fed");
        issues.require(lane.lead_time >= 0 && std::isfinite(lane.lead_time), "lanes.lead_time", l, lane.lead_time,
                       "must be finite and >= 0");
        issues.require(lane.lead_time_sd >= 0 && std::isfinite(lane.lead_time_sd), "lanes.lead_time_sd", l,
                       lane.lead_time_sd, "must be finite and >= 0");
    }
    for (std::size_t row = 0; row < network.services.size(); ++row) {
        const auto& s = network.services[row];
        issues.require(known(s.region, network.regions.size()), "services.region", row, s.region, "must be a region id");
        issues.require(known(s.speed, network.speeds.size()), "services.speed", row, s.speed, "must be a speed id");
        if (issues.require(known(s.facility, network.facilities.size()), "services.facility", row, s.facility,
                           "must be a facility id"))
            issues.require(!network.facilities[static_cast<std::size_t>(s.facility)].supplier, "services.facility", row,
                           s.facility, "must hold stock: a supplier serves no customers");
    }
    issues.require(network.arrival_profile.empty() || network.arrival_profile.size() == 24, "arrival_profile",
                   static_cast<double>(network.arrival_profile.size()), "must have 24 weights, or none");
    double share = 0;
    for (const auto& speed : network.speeds) share += speed.share;
    issues.require(std::abs(share - 1.0) < 1e-6, "speeds.share", share, "shares must add up to 1");
    issues.require(wanted.empty() || wanted.size() == network.facilities.size(), "feed_lane",
                   static_cast<double>(wanted.size()), "must have one lane a facility, or be empty");
    for (std::size_t f = 0; f < wanted.size(); ++f) {
        const bool fits = wanted[f] == -1 || (known(wanted[f], network.lanes.size()) &&
                                              network.lanes[static_cast<std::size_t>(wanted[f])].destination ==
                                                  static_cast<std::int32_t>(f));
        issues.require(fits, "feed_lane", f, wanted[f], "must be a lane into the facility, or -1");
    }
    issues.throw_if_any();
}

inline void build_nodes(const network::SupplyNetwork& network, std::span<const std::int32_t> feed, Model& model) {
    const std::size_t count = network.facilities.size();
    std::vector<char> feeds(count, 0);
    std::vector<char> serves(count, 0);
    for (const auto& s : network.services) serves[static_cast<std::size_t>(s.facility)] = 1;
    // A facility matters where it serves customers or feeds, over chosen lanes, one that matters.
    for (std::size_t round = 0; round < count; ++round)
        for (std::size_t f = 0; f < count; ++f)
            if ((serves[f] != 0 || feeds[f] != 0) && feed[f] >= 0)
                feeds[static_cast<std::size_t>(network.lanes[static_cast<std::size_t>(feed[f])].source)] = 1;
    model.customer_node.assign(count, -1);
    model.feeding_node.assign(count, -1);
    std::vector<char> placed(count, 0);
    core::IssueList issues;
    for (std::size_t f = 0; f < count; ++f)
        if (!network.facilities[f].supplier && (serves[f] != 0 || feeds[f] != 0) && feed[f] < 0)
            issues.add("facilities", std::to_string(f), network.facilities[f].name, "needs a lane that feeds it");
    issues.throw_if_any();
    std::size_t waiting = 0;
    for (std::size_t f = 0; f < count; ++f)
        if (!network.facilities[f].supplier && (serves[f] != 0 || feeds[f] != 0)) ++waiting;
    for (bool moved = true; moved;) {
        moved = false;
        for (std::size_t f = 0; f < count; ++f) {
            if (placed[f] != 0 || network.facilities[f].supplier || (serves[f] == 0 && feeds[f] == 0)) continue;
            const auto& lane = network.lanes[static_cast<std::size_t>(feed[f])];
            const auto source = static_cast<std::size_t>(lane.source);
            if (!network.facilities[source].supplier && placed[source] == 0) continue;
            StockNode node;
            node.facility = static_cast<std::int32_t>(f);
            node.lane = feed[f];
            node.lead_time = lane.lead_time;
            node.lead_time_sd = lane.lead_time_sd;
            if (network.facilities[source].supplier) {
                node.supplier = lane.source;
            } else {
                node.parent = model.feeding_node[source];
            }
            if (feeds[f] != 0) {
                node.feeds = true;
                model.feeding_node[f] = static_cast<std::int32_t>(model.nodes.size());
                model.nodes.push_back(node);
                node = StockNode{};
                node.facility = static_cast<std::int32_t>(f);
                node.parent = model.feeding_node[f];
            }
            if (serves[f] != 0) {
                model.customer_node[f] = static_cast<std::int32_t>(model.nodes.size());
                model.nodes.push_back(node);
            }
            placed[f] = 1;
            --waiting;
            moved = true;
        }
    }
    for (std::size_t f = 0; f < count && waiting > 0; ++f)
        if (placed[f] == 0 && !network.facilities[f].supplier && (serves[f] != 0 || feeds[f] != 0))
            issues.add("lanes", std::to_string(f), network.facilities[f].name, "is on or below a cycle of lanes");
    issues.throw_if_any();
    for (std::size_t n = 0; n < model.nodes.size(); ++n)
        if (model.nodes[n].parent >= 0)
            model.nodes[static_cast<std::size_t>(model.nodes[n].parent)].children.push_back(static_cast<std::int32_t>(n));
}

inline void build_windows(const network::SupplyNetwork& network, Model& model) {
    const std::size_t speeds = network.speeds.size();
    std::vector<std::vector<std::int32_t>> rows(network.regions.size() * speeds);
    for (std::size_t row = 0; row < network.services.size(); ++row) {
        const auto& s = network.services[row];
        rows[static_cast<std::size_t>(s.region) * speeds + static_cast<std::size_t>(s.speed)].push_back(
            static_cast<std::int32_t>(row));
    }
    model.window_at.assign(rows.size() * 1440, 0);
    std::vector<std::int32_t> open;
    for (std::size_t pair = 0; pair < rows.size(); ++pair) {
        const auto& region = network.regions[pair / speeds];
        auto& served = rows[pair];
        std::sort(served.begin(), served.end(), [&](std::int32_t a, std::int32_t b) {
            const auto& x = network.services[static_cast<std::size_t>(a)];
            const auto& y = network.services[static_cast<std::size_t>(b)];
            if (x.cost != y.cost) return x.cost < y.cost;
            return x.facility != y.facility ? x.facility < y.facility : a < b;
        });
        model.first_window.push_back(static_cast<std::uint32_t>(model.windows.size()));
        std::map<std::vector<std::int32_t>, std::uint16_t> seen;
        for (std::size_t minute = 0; minute < 1440; ++minute) {
            open.clear();
            for (const std::int32_t row : served) {
                const auto& s = network.services[static_cast<std::size_t>(row)];
                const auto& facility = network.facilities[static_cast<std::size_t>(s.facility)];
                const int local = static_cast<int>(minute) - region.utc_offset_minutes + facility.utc_offset_minutes;
                if (((local % 1440) + 1440) % 1440 <= s.cutoff_minute) open.push_back(row);
            }
            const auto [entry, fresh] = seen.try_emplace(open, static_cast<std::uint16_t>(seen.size()));
            model.window_at[pair * 1440 + minute] = entry->second;
            const std::size_t hour = minute / 60;
            const double weight = (model.hour_end[hour] - (hour == 0 ? 0.0 : model.hour_end[hour - 1])) / 60.0;
            if (fresh) {
                OrderWindow window;
                window.region = static_cast<std::int32_t>(pair / speeds);
                window.speed = static_cast<std::int32_t>(pair % speeds);
                window.first_option = static_cast<std::uint32_t>(model.options.size());
                const bool late = open.empty();
                for (const std::int32_t row : late ? served : open) {
                    const auto& s = network.services[static_cast<std::size_t>(row)];
                    const auto& facility = network.facilities[static_cast<std::size_t>(s.facility)];
                    network::ServiceOption option;
                    option.facility = s.facility;
                    option.service = row;
                    option.region = s.region;
                    option.speed = s.speed;
                    option.late = late;
                    option.cost = s.cost;
                    option.days = s.days + (late ? 1.0 : 0.0);
                    option.distance =
                        great_circle(facility.longitude, facility.latitude, region.longitude, region.latitude);
                    model.options.push_back(option);
                }
                window.last_option = static_cast<std::uint32_t>(model.options.size());
                model.windows.push_back(window);
            }
            model.windows[model.first_window[pair] + entry->second].share += weight * network.speeds[pair % speeds].share;
        }
    }
}

}  // namespace detail

/// Derives the simulator's model. Every facility is fed over one lane: `feed_lane[facility]` where given and >= 0,
/// otherwise the cheapest into it (then the fastest, then the first).
///
/// Throws InputError for unknown ids, facilities in use without a feeding lane, cycles and shares that do not add up.
/// O(regions x speeds x 1440 x services of the pair).
[[nodiscard]] inline Model make_model(const network::SupplyNetwork& network, std::span<const std::int32_t> feed_lane = {}) {
    detail::check_network(network, feed_lane);
    Model model;
    model.network = &network;
    double total = 0;
    for (int hour = 0; hour < 24; ++hour) {
        total += network.arrival_profile.empty() ? 1.0 : network.arrival_profile[static_cast<std::size_t>(hour)];
        model.hour_end.push_back(total);
    }
    for (double& end : model.hour_end) end /= total;
    total = 0;
    for (const auto& speed : network.speeds) model.speed_end.push_back(total += speed.share);
    detail::build_nodes(network, detail::feed_lanes(network, feed_lane), model);
    detail::build_windows(network, model);
    return model;
}

}  // namespace meio::simulation
