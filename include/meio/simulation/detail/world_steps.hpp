// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/simulation/detail/world.hpp>

namespace meio::simulation::detail {

// Sends what was requested of a facility, as far as its lanes and its outbound capacity take it.
inline void World::dispatch(std::size_t source, RunTally& run) {
    if (requests_.empty()) return;
    const auto lane_of = [&](std::size_t r) { return static_cast<std::size_t>(model_.nodes[requests_[r].node].lane); };
    for (std::size_t l = 0; l < lane_left_.size(); ++l)
        if (lane_left_[l] < endless && net_.lanes[l].source == static_cast<std::int32_t>(source))
            cut(lane_left_[l], [&](std::size_t r) { return lane_of(r) == l; });
    cut(out_left_[source], [](std::size_t) { return true; });
    for (std::size_t r = 0; r < requests_.size(); ++r) {
        const std::int64_t units = wants_[r];
        if (units <= 0) continue;
        const auto [g, n] = requests_[r];
        const std::size_t lane = lane_of(r);
        const StockNode& node = model_.nodes[n];
        out_left_[source] -= units;
        lane_left_[lane] -= units;
        if (node.parent >= 0) on_hand_[g * nodes_ + static_cast<std::size_t>(node.parent)] -= units;
        core::RandomStream random(clock_.seed ^ 0x6C616E65U, first_ + g,
                                  (run_ << 40) ^ (static_cast<std::uint64_t>(lane) << 20) ^
                                      static_cast<std::uint64_t>(now_));
        const std::int32_t lead = draw_lead_time(node.lead_time, node.lead_time_sd, random);
        pipeline_[g * nodes_ + n].push_back({now_ + lead, units});
        transit_[g * nodes_ + n] += units;
        if (!measured_) continue;
        tally_[g].lane += net_.lanes[lane].cost * static_cast<double>(units);
        if (node.parent < 0) tally_[g].bought += units;
        run.lane_units[lane] += units;
    }
}

// Shipments that are due come in, as many as the inbound capacity takes; the rest waits at the door.
inline void World::receive(std::size_t n) {
    if (model_.nodes[n].lane < 0) return;
    auto& left = in_left_[static_cast<std::size_t>(model_.nodes[n].facility)];
    share_.clear();
    for (std::size_t g = 0; g < count_; ++g) {
        std::int64_t due = 0;
        for (const Shipment& shipment : pipeline_[g * nodes_ + n])
            if (shipment.due <= now_) due += shipment.units;
        share_.push_back(due);
    }
    if (left < endless) ration(share_, left);
    for (std::size_t g = 0; g < count_; ++g) {
        std::int64_t units = share_[g];
        const std::size_t i = g * nodes_ + n;
        left -= units;
        on_hand_[i] += units;
        transit_[i] -= units;
        auto& pipeline = pipeline_[i];
        for (Shipment& shipment : pipeline) {
            if (shipment.due > now_ || units <= 0) continue;
            const std::int64_t taken = std::min(units, shipment.units);
            shipment.units -= taken;
            units -= taken;
        }
        if (share_[g] > 0)
            pipeline.erase(std::remove_if(pipeline.begin(), pipeline.end(), [](const Shipment& s) { return s.units == 0; }),
                           pipeline.end());
    }
}

// Customers who wait are served before new ones, first come first served; scarce outbound capacity is shared among
// products in proportion to what could leave.
inline void World::serve_waiting(RunTally& run) {
    const std::size_t speeds = net_.speeds.size();
    for (std::size_t n = 0; n < nodes_; ++n) {
        if (model_.nodes[n].feeds) continue;
        auto& left = out_left_[static_cast<std::size_t>(model_.nodes[n].facility)];
        share_.clear();
        std::int64_t total = 0;
        for (std::size_t g = 0; g < count_; ++g) {
            const std::size_t i = g * nodes_ + n;
            share_.push_back(std::min(on_hand_[i], queue_[i].size()));
            total += share_.back();
        }
        if (total == 0) continue;
        if (left < endless) ration(share_, left);
        for (std::size_t g = 0; g < count_; ++g) {
            const std::size_t i = g * nodes_ + n;
            left -= share_[g];
            on_hand_[i] -= share_[g];
            for (std::int64_t unit = 0; unit < share_[g]; ++unit) {
                const network::ServiceOption& option = model_.options[queue_[i].pop()];
                --waiting_by_speed_[i * speeds + static_cast<std::size_t>(option.speed)];
                if (!measured_) continue;
                tally_[g].shipping += option.cost;
                ++run.shipped;
                ++run.out[static_cast<std::size_t>(option.facility)];
            }
        }
    }
}

// Fences first, then the policy's least finite score; with nobody left the customer waits where the policy would have
// sent the order, or the sale is lost.
inline void World::serve(const Order& order, std::size_t plan_period, RunTally& run) {
    const OrderWindow& window = model_.windows[order.window];
    const auto g = static_cast<std::size_t>(order.slot);
    const std::size_t k = first_ + g;
    const auto speed = static_cast<std::size_t>(window.speed);
    const auto node_of = [&](std::uint32_t o) {
        return static_cast<std::size_t>(model_.customer_node[static_cast<std::size_t>(model_.options[o].facility)]);
    };
    // Position (row of Model::options) of the best option for which `passes`, or -1.
    const auto best = [&](auto&& passes) -> std::int64_t {
        open_.clear();
        rows_.clear();
        for (std::uint32_t o = window.first_option; o < window.last_option; ++o) {
            const std::int64_t stock = on_hand_[g * nodes_ + node_of(o)];
            const auto f = static_cast<std::size_t>(model_.options[o].facility);
            if (!passes(stock, f)) continue;
            rows_.push_back(o);
            open_.push_back(model_.options[o]);
            network::ServiceOption& option = open_.back();
            option.product = static_cast<std::int32_t>(k);
            option.period = static_cast<std::int32_t>(plan_period);
            option.minute = order.minute;
            option.price = plan_.flow_price(f, plan_period);
            option.stock_value = plan_.stock_value(k, f, plan_period);
            option.on_hand = static_cast<double>(stock);
        }
        if (open_.empty()) return -1;
        const std::span<double> scores(scores_.data(), open_.size());
        plan_.policy().score(open_, scores);
        std::int64_t chosen = -1;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < scores.size(); ++i)
            if (scores[i] < least && std::isfinite(scores[i])) {
                least = scores[i];
                chosen = rows_[i];
            }
        return chosen;
    };
    if (measured_) ++run.demanded[speed];
    const std::int64_t now =
        best([&](std::int64_t stock, std::size_t f) { return stock > 0 && out_left_[f] > 0; });
    if (now >= 0) {
        const network::ServiceOption& option = model_.options[static_cast<std::size_t>(now)];
        const auto f = static_cast<std::size_t>(option.facility);
        --on_hand_[g * nodes_ + node_of(static_cast<std::uint32_t>(now))];
        --out_left_[f];
        if (!measured_) return;
        tally_[g].shipping += option.cost;
        ++run.shipped;
        ++run.filled[speed];
        if (!option.late) ++run.on_time[speed];
        ++run.out[f];
        return;
    }
    if (net_.regions[static_cast<std::size_t>(window.region)].shortage == network::Shortage::backorder) {
        const std::int64_t later = best([](std::int64_t, std::size_t) { return true; });
        if (later >= 0) {
            const std::size_t i = g * nodes_ + node_of(static_cast<std::uint32_t>(later));
            queue_[i].option.push_back(static_cast<std::uint32_t>(later));
            ++waiting_by_speed_[i * net_.speeds.size() + speed];
            if (measured_) ++run.backordered[speed];
            return;
        }
    }
    if (!measured_) return;
    ++run.lost[speed];
    tally_[g].shortage += net_.products[k].shortage_cost * net_.speeds[speed].shortage_factor;
}

// End of a measured period: holding, storage, and the cost of those who wait.
inline void World::close(std::size_t period, RunTally& run) {
    const std::size_t speeds = net_.speeds.size();
    const std::size_t types = net_.storage_types.size();
    const std::size_t facilities = net_.facilities.size();
    for (std::size_t g = 0; g < count_; ++g) {
        const network::Product& product = net_.products[first_ + g];
        for (std::size_t n = 0; n < nodes_; ++n) {
            const std::size_t i = g * nodes_ + n;
            const StockNode& node = model_.nodes[n];
            if (node.parent >= 0) tally_[g].travelling += transit_[i];
            if (queue_[i].size() > 0)
                for (std::size_t s = 0; s < speeds; ++s)
                    tally_[g].shortage += product.shortage_cost * net_.speeds[s].shortage_factor *
                                          static_cast<double>(waiting_by_speed_[i * speeds + s]);
            if (on_hand_[i] == 0) continue;
            const auto f = static_cast<std::size_t>(node.facility);
            const double volume = product.volume * static_cast<double>(on_hand_[i]);
            tally_[g].held += on_hand_[i];
            tally_[g].storage += net_.facilities[f].storage_cost * volume;
            run.on_hand[(first_ + g) * facilities + f] += on_hand_[i];
            const auto type = static_cast<std::size_t>(product.storage_type);
            if (type < types) run.volume[(period * facilities + f) * types + type] += volume;
        }
    }
}

}  // namespace meio::simulation::detail
