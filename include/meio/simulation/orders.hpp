// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/simulation/model.hpp>

namespace meio::simulation {

/// One unit ordered by one customer.
struct Order {
    std::uint32_t time = 0;          ///< UTC minute since a day before the period began: orders are served in this order
    std::int32_t slot = 0;           ///< the product, as numbered by the caller
    std::uint32_t window = 0;        ///< row of `Model::windows`, which knows region and speed
    std::int32_t minute = 0;         ///< of the region's local day, 0 .. 1439
};

/// Turns units per region into orders with a day, a minute and a speed.
class OrderDrawer {
public:
    OrderDrawer(const Model& model, int days_per_period, std::uint64_t seed)
        : model_(model), days_(static_cast<std::uint32_t>(days_per_period)), seed_(seed ^ 0x6F7264657273U) {
        for (std::size_t i = 0; i < hour_guide_.size(); ++i)
            while (hour_guide_[i] < 23 && static_cast<double>(i) / 256.0 >= model.hour_end[hour_guide_[i]]) ++hour_guide_[i];
    }

    /// Appends the orders of one product and period. `units[region]`. Draws depend only on (seed, product, run, period).
    void draw(std::int32_t product, std::int32_t slot, std::uint64_t run, std::size_t period,
              std::span<const std::int32_t> units, std::vector<Order>& orders) const {
        core::RandomStream random(seed_, static_cast<std::uint64_t>(product), (run << 24) ^ period);
        const std::size_t speeds = model_.speed_end.size();
        for (std::size_t region = 0; region < units.size(); ++region) {
            const std::int32_t offset = model_.network->regions[region].utc_offset_minutes;
            for (std::int32_t unit = 0; unit < units[region]; ++unit) {
                const auto day = static_cast<std::int32_t>((std::uint64_t{random()} * days_) >> 32);
                const std::uint32_t word = random();
                const double u = static_cast<double>(word) * 0x1p-32;
                const double v = static_cast<double>(random()) * 0x1p-32 * model_.speed_end.back();
                std::size_t hour = hour_guide_[word >> 24];
                while (hour < 23 && u >= model_.hour_end[hour]) ++hour;
                const double start = hour == 0 ? 0.0 : model_.hour_end[hour - 1];
                const double part = (u - start) / (model_.hour_end[hour] - start);
                const auto minute = static_cast<std::int32_t>(hour) * 60 + std::min(59, static_cast<std::int32_t>(part * 60.0));
                std::size_t speed = 0;
                while (speed + 1 < speeds && v >= model_.speed_end[speed]) ++speed;
                orders.push_back({static_cast<std::uint32_t>(1440 + day * 1440 + minute - offset), slot,
                                  model_.window_of(region, speed, static_cast<std::size_t>(minute)), minute});
            }
        }
    }

    /// Sorts orders by time, keeping the order of those of the same minute. O(n), O(n log n) for few.
    void sort(std::vector<Order>& orders) {
        if (orders.size() < 2000) {
            std::stable_sort(orders.begin(), orders.end(), [](const Order& a, const Order& b) { return a.time < b.time; });
            return;
        }
        first_.assign((days_ + 3) * 1440 + 1, 0);
        for (const Order& order : orders) ++first_[order.time + 1];
        for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
        sorted_.resize(orders.size());
        for (const Order& order : orders) sorted_[first_[order.time]++] = order;
        orders.swap(sorted_);
    }

private:
    const Model& model_;
    std::uint32_t days_;
    std::uint64_t seed_;
    std::array<std::uint8_t, 256> hour_guide_{};  // the first hour that a word with these high bits may fall in
    std::vector<std::uint32_t> first_{};
    std::vector<Order> sorted_{};
};

}  // namespace meio::simulation
