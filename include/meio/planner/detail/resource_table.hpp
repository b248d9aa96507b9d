// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/demand/forecast.hpp>
#include <meio/network/supply_network.hpp>
#include <meio/planner/instance.hpp>

namespace meio::planner::detail {

/// Numbers the finite capacities of a network, and finds them again. Absent (unlimited) ones answer -1.
class ResourceTable {
public:
    ResourceTable() = default;

    ResourceTable(const network::SupplyNetwork& network, const demand::Forecast& forecast) : periods_(forecast.periods) {
        types_ = std::max<std::size_t>(network.storage_types.size(), 1);
        storage_.assign(network.facilities.size() * types_ * periods_, -1);
        inbound_.assign(network.facilities.size() * periods_, -1);
        outbound_ = inbound_;
        lane_.assign(network.lanes.size() * periods_, -1);
        speed_.assign(network.speeds.size() * periods_, -1);
        add_storage(network);
        for (std::size_t f = 0; f < network.facilities.size(); ++f)
            for (std::size_t t = 0; t < periods_; ++t) {
                const auto id = static_cast<std::int32_t>(f);
                const auto& facility = network.facilities[f];
                inbound_[f * periods_ + t] = add({ResourceKind::inbound, id, -1, -1, -1, index(t), facility.inbound});
                outbound_[f * periods_ + t] = add({ResourceKind::outbound, id, -1, -1, -1, index(t), facility.outbound});
            }
        for (std::size_t l = 0; l < network.lanes.size(); ++l)
            for (std::size_t t = 0; t < periods_; ++t)
                lane_[l * periods_ + t] = add({ResourceKind::lane, network.lanes[l].destination, -1, index(l), -1, index(t),
                                               network.lanes[l].capacity});
        add_service(network, forecast);
    }

    [[nodiscard]] std::int32_t storage(std::size_t facility, std::int32_t type, std::size_t period) const {
        return storage_[(facility * types_ + static_cast<std::size_t>(type)) * periods_ + period];
    }
    [[nodiscard]] std::int32_t inbound(std::size_t facility, std::size_t period) const {
        return inbound_[facility * periods_ + period];
    }
    [[nodiscard]] std::int32_t outbound(std::size_t facility, std::size_t period) const {
        return outbound_[facility * periods_ + period];
    }
    [[nodiscard]] std::int32_t lane(std::size_t lane, std::size_t period) const { return lane_[lane * periods_ + period]; }
    [[nodiscard]] std::int32_t speed(std::size_t speed, std::size_t period) const { return speed_[speed * periods_ + period]; }

    std::vector<Resource> resources{};

private:
    static std::int32_t index(std::size_t i) { return static_cast<std::int32_t>(i); }

    std::int32_t add(const Resource& resource) {
        if (!std::isfinite(resource.capacity)) return -1;
        resources.push_back(resource);
        return index(resources.size() - 1);
    }

    // A row for one period goes before the row for every period.
    void add_storage(const network::SupplyNetwork& network) {
        std::vector<double> capacity(storage_.size(), network::unlimited);
        for (const bool dated : {false, true})
            for (const network::Storage& row : network.storage) {
                if ((row.period >= 0) != dated) continue;
                const std::size_t base =
                    (static_cast<std::size_t>(row.facility) * types_ + static_cast<std::size_t>(row.storage_type)) * periods_;
                for (std::size_t t = 0; t < periods_; ++t)
                    if (!dated || static_cast<std::size_t>(row.period) == t) capacity[base + t] = row.capacity;
            }
        for (std::size_t f = 0; f < network.facilities.size(); ++f)
            for (std::size_t type = 0; type < types_; ++type)
                for (std::size_t t = 0; t < periods_; ++t) {
                    const std::size_t at = (f * types_ + type) * periods_ + t;
                    storage_[at] = add({ResourceKind::storage, index(f), index(type), -1, -1, index(t), capacity[at]});
                }
    }

    // A fill-rate target is a capacity for unmet units: (1 - target) of the expected demand at that speed.
    void add_service(const network::SupplyNetwork& network, const demand::Forecast& forecast) {
        for (std::size_t t = 0; t < periods_; ++t) {
            double total = 0;
            for (std::size_t s = 0; s < forecast.series.size(); ++s) total += forecast.mean[s * periods_ + t];
            for (std::size_t v = 0; v < network.speeds.size(); ++v) {
                const network::Speed& speed = network.speeds[v];
                if (speed.fill_rate <= 0) continue;
                const double allowed = (1.0 - speed.fill_rate) * speed.share * total;
                speed_[v * periods_ + t] = add({ResourceKind::service, -1, -1, -1, index(v), index(t), allowed});
            }
        }
    }

    std::size_t periods_ = 1;
    std::size_t types_ = 1;
    std::vector<std::int32_t> storage_{}, inbound_{}, outbound_{}, lane_{}, speed_{};
};

}  // namespace meio::planner::detail
