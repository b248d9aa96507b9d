// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/network/supply_network.hpp>
#include <meio/network/validate.hpp>

namespace meio::network {

/// Room at a facility, by names; `storage_type` is one that a product has, empty: the only one.
struct StorageSpec {
    std::string facility{};
    std::string storage_type{};
    std::int32_t period = -1;
    double capacity = unlimited;
};

/// A lane by names.
struct LaneSpec {
    std::string from{};
    std::string to{};
    double lead_time = 0;
    double lead_time_sd = 0;
    double cost = 0;
    double capacity = unlimited;
};

/// A product; `storage_type` by name, empty: the only one.
struct ProductSpec {
    std::string name{};
    double volume = 1;
    double unit_cost = 0;
    double holding_cost = 0;
    double shortage_cost = 0;
    std::string storage_type{};
};

/// A service by names.
struct ServiceSpec {
    std::string region{};
    std::string speed{};
    std::string facility{};
    int cutoff_minute = 24 * 60;
    double days = 0;
    double cost = 0;
};

/// Letters to change, insert or drop to turn one word into the other. O(length x length).
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t corner = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
            corner = row[j];
            row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

/// Gathers a network by names and builds it, checked, in one go:
///
///     auto network = Builder{}
///         .add(Facility{.name = "port", .supplier = true}).add(Facility{.name = "RNO1", .storage_cost = 0.02})
///         .add(LaneSpec{.from = "port", .to = "RNO1", .lead_time = 2})
///         .add(Region{.name = "West"}).add(Speed{.name = "one_day"})
///         .add(ServiceSpec{.region = "West", .speed = "one_day", .facility = "RNO1", .cost = 3.1})
///         .add(ProductSpec{.name = "kettle", .shortage_cost = 9}).build();
///
/// Storage types are those that products name, numbered as they are first named. `build` throws `core::InputError` with every unknown name (and
/// the nearest known one) and everything that `validate` finds.
class Builder {
public:
    Builder& add(Facility facility) { network_.facilities.push_back(std::move(facility)); return *this; }
    Builder& add(Region region) { network_.regions.push_back(std::move(region)); return *this; }
    Builder& add(Speed speed) { network_.speeds.push_back(std::move(speed)); return *this; }
    Builder& add(StorageSpec storage) { storage_.push_back(std::move(storage)); return *this; }
    Builder& add(LaneSpec lane) { lanes_.push_back(std::move(lane)); return *this; }
    Builder& add(ProductSpec product) { products_.push_back(std::move(product)); return *this; }
    Builder& add(ServiceSpec service) { services_.push_back(std::move(service)); return *this; }
    Builder& arrivals(std::vector<double> hourly_weights) { network_.arrival_profile = std::move(hourly_weights); return *this; }

    [[nodiscard]] SupplyNetwork build() const {
        SupplyNetwork n = network_;
        core::IssueList issues;
        const auto facilities = ids(n.facilities);
        const auto regions = ids(n.regions);
        const auto speeds = ids(n.speeds);
        std::map<std::string, std::int32_t> types;
        const auto type_of = [&](const std::string& name) {
            const auto [it, added] = types.try_emplace(name, static_cast<std::int32_t>(types.size()));
            if (added) n.storage_types.push_back(name);
            return it->second;
        };
        for (const ProductSpec& p : products_)
            n.products.push_back({p.name, p.volume, p.unit_cost, p.holding_cost, p.shortage_cost, type_of(p.storage_type)});
        // Room for a type that no product has would limit nothing: a misspelt name must not pass for one.
        for (std::size_t i = 0; i < storage_.size(); ++i) {
            const StorageSpec& s = storage_[i];
            const bool only = s.storage_type.empty() && types.size() == 1;
            n.storage.push_back({find(facilities, s.facility, "storage.facility", i, issues),
                                 only ? 0 : find(types, s.storage_type, "storage.storage_type", i, issues), s.period, s.capacity});
        }
        for (std::size_t i = 0; i < lanes_.size(); ++i) {
            const LaneSpec& l = lanes_[i];
            n.lanes.push_back({find(facilities, l.from, "lanes.from", i, issues), find(facilities, l.to, "lanes.to", i, issues),
                               l.lead_time, l.lead_time_sd, l.cost, l.capacity});
        }
        for (std::size_t i = 0; i < services_.size(); ++i) {
            const ServiceSpec& s = services_[i];
            n.services.push_back({find(regions, s.region, "services.region", i, issues), find(speeds, s.speed, "services.speed", i, issues),
                                  find(facilities, s.facility, "services.facility", i, issues), s.cutoff_minute, s.days, s.cost});
        }
        if (issues.empty()) {
            validate(n);
            return n;
        }
        // Rows with unknown names cannot be checked further; the others can, and are reported with them.
        std::erase_if(n.storage, [](const Storage& s) { return s.facility < 0 || s.storage_type < 0; });
        std::erase_if(n.lanes, [](const Lane& l) { return l.source < 0 || l.destination < 0; });
        std::erase_if(n.services, [](const Service& s) { return s.region < 0 || s.speed < 0 || s.facility < 0; });
        try {
            validate(n);
        } catch (const core::InputError& error) {
            for (const core::Issue& issue : error.issues()) issues.add(issue.field, issue.row, issue.value, issue.fix);
        }
        issues.throw_if_any();
        return n;
    }

private:
    using Ids = std::map<std::string, std::int32_t>;

    template <class Rows>
    static Ids ids(const Rows& rows) {
        Ids result;
        for (const auto& row : rows) result.try_emplace(row.name, static_cast<std::int32_t>(&row - rows.data()));
        return result;
    }

    static std::int32_t find(const Ids& known, const std::string& name, const char* field, std::size_t row, core::IssueList& issues) {
        if (const auto it = known.find(name); it != known.end()) return it->second;
        std::string nearest;
        std::size_t distance = 1 + name.size() / 3;
        for (const auto& [candidate, id] : known) {
            const std::size_t d = edit_distance(name, candidate);
            if (d <= distance && (nearest.empty() || d < distance)) {
                distance = d;
                nearest = candidate;
            }
        }
        issues.add(field, std::to_string(row), "'" + name + "'", nearest.empty() ? "is unknown; add it first" : "is unknown; did you mean '" + nearest + "'?");
        return -1;
    }

    SupplyNetwork network_{};
    std::vector<StorageSpec> storage_{};
    std::vector<LaneSpec> lanes_{};
    std::vector<ProductSpec> products_{};
    std::vector<ServiceSpec> services_{};
};

}  // namespace meio::network
