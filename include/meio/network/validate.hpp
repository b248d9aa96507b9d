// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/network/supply_network.hpp>

namespace meio::network {

namespace detail {

/// Finds what is wrong with a network, table by table.
class NetworkCheck {
public:
    explicit NetworkCheck(const SupplyNetwork& network) : n_(network) {}

    core::IssueList run() {
        names("facilities", n_.facilities);
        names("products", n_.products);
        names("regions", n_.regions);
        names("speeds", n_.speeds);
        for (const Facility& f : n_.facilities) {
            place("facilities", f);
            amount("facilities.storage_cost", f.name, f.storage_cost, false);
            amount("facilities.inbound", f.name, f.inbound, true);
            amount("facilities.outbound", f.name, f.outbound, true);
        }
        for (const Region& region : n_.regions) place("regions", region);
        storage();
        for (const Product& p : n_.products) {
            if (p.storage_type < 0 || static_cast<std::size_t>(p.storage_type) >= types())
                list_.add("products.storage_type", p.name, std::to_string(p.storage_type), "is no row of its table");
            amount("products.volume", p.name, p.volume, false);
            amount("products.holding_cost", p.name, p.holding_cost, false);
            amount("products.shortage_cost", p.name, p.shortage_cost, false);
            if (!std::isfinite(p.unit_cost)) add("products.unit_cost", p.name, p.unit_cost, "must be finite");
        }
        lanes();
        speeds();
        services();
        arrivals();
        return std::move(list_);
    }

private:
    template <class Rows>
    void names(const char* table, const Rows& rows) {
        std::set<std::string> seen;
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rows[i].name.empty())
                list_.add(table, std::to_string(i), "''", "has no name");
            else if (!seen.insert(rows[i].name).second)
                list_.add(table, std::to_string(i), "'" + rows[i].name + "'", "appears twice; names must be unique");
    }

    void add(const std::string& field, const std::string& row, double value, const char* fix) {
        list_.add(field, row, std::to_string(value), fix);
    }

    void amount(const std::string& field, const std::string& row, double value, bool may_be_infinite) {
        const bool ok = value >= 0 && (may_be_infinite || std::isfinite(value));
        if (!ok) add(field, row, value, may_be_infinite ? "must be >= 0" : "must be finite and >= 0");
    }

    bool index(const char* field, std::size_t row, std::int32_t id, std::size_t count) {
        return list_.require(id >= 0 && static_cast<std::size_t>(id) < count, field, row, static_cast<double>(id),
                             "is no row of its table");
    }

    // Without a table of storage types there is one, without a name.
    [[nodiscard]] std::size_t types() const { return std::max<std::size_t>(n_.storage_types.size(), 1); }

    template <class Row>
    void place(const std::string& table, const Row& row) {
        if (!std::isfinite(row.longitude)) add(table + ".longitude", row.name, row.longitude, "must be finite, in degrees east");
        if (!std::isfinite(row.latitude)) add(table + ".latitude", row.name, row.latitude, "must be finite, in degrees north");
    }

    void storage() {
        std::set<std::string> labels;
        for (std::size_t i = 0; i < n_.storage_types.size(); ++i)
            if (!labels.insert(n_.storage_types[i]).second)
                list_.add("storage_types", std::to_string(i), "'" + n_.storage_types[i] + "'", "appears twice; names must be unique");
        std::set<std::vector<std::int32_t>> seen;
        for (std::size_t i = 0; i < n_.storage.size(); ++i) {
            const Storage& s = n_.storage[i];
            index("storage.facility", i, s.facility, n_.facilities.size());
            index("storage.storage_type", i, s.storage_type, types());
            amount("storage.capacity", std::to_string(i), s.capacity, true);
            list_.require(s.period >= -1, "storage.period", i, static_cast<double>(s.period), "must be a period, or -1 for every one");
            if (!seen.insert({s.facility, s.storage_type, s.period}).second)
                list_.add("storage", std::to_string(i), "", "the same facility, storage type and period appear twice");
        }
    }

    void arrivals() {
        const std::vector<double>& weights = n_.arrival_profile;
        if (weights.empty()) return;
        if (weights.size() != 24)
            list_.add("arrival_profile", "", std::to_string(weights.size()) + " values", "give 24 weights, one an hour of the day, or none");
        for (std::size_t hour = 0; hour < weights.size(); ++hour) amount("arrival_profile", std::to_string(hour), weights[hour], false);
        if (std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 0; }))
            list_.add("arrival_profile", "", "0", "some hour must have a weight above 0");
    }

    void lanes() {
        std::set<std::pair<std::int32_t, std::int32_t>> seen;
        std::vector<std::vector<std::int32_t>> next(n_.facilities.size());
        for (std::size_t i = 0; i < n_.lanes.size(); ++i) {
            const Lane& lane = n_.lanes[i];
            const bool known = index("lanes.source", i, lane.source, n_.facilities.size()) &
                               index("lanes.destination", i, lane.destination, n_.facilities.size());
            amount("lanes.lead_time", std::to_string(i), lane.lead_time, false);
            amount("lanes.lead_time_sd", std::to_string(i), lane.lead_time_sd, false);
            list_.require(std::isfinite(lane.cost), "lanes.cost", i, lane.cost, "must be finite");
            amount("lanes.capacity", std::to_string(i), lane.capacity, true);
            if (!known) continue;
            if (!seen.insert({lane.source, lane.destination}).second)
                list_.add("lanes", std::to_string(i), name(lane.source) + " -> " + name(lane.destination),
                          "is listed twice; keep one lane a pair");
            if (n_.facilities[static_cast<std::size_t>(lane.destination)].supplier)
                list_.add("lanes.destination", std::to_string(i), name(lane.destination), "is a supplier; nothing travels to it");
            next[static_cast<std::size_t>(lane.source)].push_back(lane.destination);
        }
        cycle(next);
        reach(next);
    }

    [[nodiscard]] const std::string& name(std::int32_t facility) const {
        return n_.facilities[static_cast<std::size_t>(facility)].name;
    }

    // Depth-first search; a lane back into the current path closes a cycle, which is named once.
    void cycle(const std::vector<std::vector<std::int32_t>>& next) {
        std::vector<int> state(next.size(), 0);
        for (std::size_t root = 0; root < next.size(); ++root) {
            if (state[root] != 0) continue;
            std::vector<std::pair<std::int32_t, std::size_t>> path{{static_cast<std::int32_t>(root), 0}};
            state[root] = 1;
            while (!path.empty()) {
                const auto at = static_cast<std::size_t>(path.back().first);
                if (path.back().second == next[at].size()) {
                    state[at] = 2;
                    path.pop_back();
                    continue;
                }
                const std::int32_t to = next[at][path.back().second++];
                if (state[static_cast<std::size_t>(to)] == 1) {
                    std::string text;
                    bool inside = false;
                    for (const auto& step : path) {
                        inside = inside || step.first == to;
                        if (inside) text += name(step.first) + " -> ";
                    }
                    list_.add("lanes", "", text + name(to), "is a cycle; lanes must lead from suppliers towards customers");
                } else if (state[static_cast<std::size_t>(to)] == 0) {
                    state[static_cast<std::size_t>(to)] = 1;
                    path.push_back({to, 0});
                }
            }
        }
    }

    void reach(const std::vector<std::vector<std::int32_t>>& next) {
        std::vector<std::int32_t> queue;
        std::vector<bool> reached(next.size(), false);
        for (std::size_t f = 0; f < next.size(); ++f)
            if (n_.facilities[f].supplier) {
                queue.push_back(static_cast<std::int32_t>(f));
                reached[f] = true;
            }
        for (std::size_t i = 0; i < queue.size(); ++i)
            for (const std::int32_t to : next[static_cast<std::size_t>(queue[i])])
                if (!reached[static_cast<std::size_t>(to)]) {
                    reached[static_cast<std::size_t>(to)] = true;
                    queue.push_back(to);
                }
        for (std::size_t f = 0; f < reached.size(); ++f)
            if (!reached[f]) list_.add("facilities", n_.facilities[f].name, "", "no lane leads to it from a supplier; add one, or mark it as a supplier");
    }

    void speeds() {
        double total = 0;
        for (const Speed& speed : n_.speeds) {
            amount("speeds.share", speed.name, speed.share, false);
            amount("speeds.shortage_factor", speed.name, speed.shortage_factor, false);
            if (!(speed.fill_rate >= 0 && speed.fill_rate <= 1)) add("speeds.fill_rate", speed.name, speed.fill_rate, "must lie between 0 and 1");
            total += speed.share;
        }
        if (!n_.speeds.empty() && std::abs(total - 1.0) > 1e-6)
            add("speeds.share", "", total, "shares of all speeds must add up to 1");
    }

    void services() {
        std::set<std::int32_t> served;
        std::set<std::vector<std::int32_t>> seen;
        bool all_known = true;  // a wrong id is reported as such, not as a service that lacks
        for (std::size_t i = 0; i < n_.services.size(); ++i) {
            const Service& s = n_.services[i];
            const bool known = index("services.facility", i, s.facility, n_.facilities.size());
            const bool place = index("services.region", i, s.region, n_.regions.size());
            if (place) served.insert(s.region);
            all_known &= index("services.speed", i, s.speed, n_.speeds.size()) && place;
            list_.require(std::isfinite(s.cost), "services.cost", i, s.cost, "must be finite");
            list_.require(s.days >= 0 && std::isfinite(s.days), "services.days", i, s.days, "must be finite and >= 0");
            list_.require(s.cutoff_minute >= 0 && s.cutoff_minute <= 1440, "services.cutoff_minute", i,
                          static_cast<double>(s.cutoff_minute), "must lie between 0 and 1440 (no cut-off)");
            if (known && n_.facilities[static_cast<std::size_t>(s.facility)].supplier)
                list_.add("services.facility", std::to_string(i), name(s.facility), "is a supplier; customers are served by stocking facilities");
            if (!seen.insert({s.region, s.speed, s.facility}).second)
                list_.add("services", std::to_string(i), "", "the same region, speed and facility appear twice");
        }
        for (std::size_t r = 0; r < n_.regions.size(); ++r)
            if (!served.contains(static_cast<std::int32_t>(r)))
                list_.add("regions", n_.regions[r].name, "", "no service reaches it; add a row to services or leave the region out");
        for (std::size_t v = 0; v < n_.speeds.size(); ++v)
            if (all_known && n_.speeds[v].share > 0) speed_everywhere(static_cast<std::int32_t>(v), served);
    }

    // Regions that are served, but not at a speed that some of their customers ask for: one finding for the speed.
    void speed_everywhere(std::int32_t speed, const std::set<std::int32_t>& served) {
        constexpr std::size_t named = 5;
        std::set<std::int32_t> lacking = served;
        for (const Service& s : n_.services)
            if (s.speed == speed) lacking.erase(s.region);
        if (lacking.empty()) return;
        std::string regions;
        std::size_t count = 0;
        for (const std::int32_t r : lacking)
            if (count++ < named) regions += (count > 1 ? ", " : "") + n_.regions[static_cast<std::size_t>(r)].name;
        if (count > named) regions += " and " + std::to_string(count - named) + " more";
        list_.add("services", n_.speeds[static_cast<std::size_t>(speed)].name, "no row for region " + regions,
                  "orders at this speed could never be served there; add a row for each, if need be with the cost and "
                  "days of a slower delivery, or give the speed share 0");
    }

    const SupplyNetwork& n_;
    core::IssueList list_{};
};

}  // namespace detail

/// Checks a whole network and throws `core::InputError` with everything that is wrong, by name: ids out of range,
/// missing and duplicate names, duplicate lanes and storage rows, negative or non-finite values, cycles, facilities that no supplier reaches, suppliers that
/// receive or serve, shares that do not add up to 1, regions without service, or without
/// service at a speed whose share is above 0. O((rows) log (rows)).
inline void validate(const SupplyNetwork& network) { detail::NetworkCheck(network).run().throw_if_any(); }

}  // namespace meio::network
