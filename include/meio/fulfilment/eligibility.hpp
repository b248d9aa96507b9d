// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/network/supply_network.hpp>

namespace meio::fulfilment {

inline constexpr int minutes_per_day = 24 * 60;

/// Demand of a region at a speed that arrives in one window of the region's local day.
struct DemandClass {
    std::int32_t region = -1;
    std::int32_t speed = -1;
    std::int32_t window = 0;        ///< 0, 1, ... within (region, speed)
    std::int32_t first_minute = 0;  ///< first minute of the window on the region's clock, 0 .. 1439
    std::int32_t last_minute = minutes_per_day - 1;  ///< last minute, inclusive; below `first_minute`: over midnight
    double share = 0;               ///< of the region's demand: speed share times window share
};

/// A facility that serves a class.
struct ClassOption {
    std::int32_t facility = -1;
    std::int32_t service = -1;  ///< row of `SupplyNetwork::services`
    double cost = 0;            ///< money per unit shipped
    double days = 0;            ///< days to delivery
    bool late = false;          ///< past the cut-off: ships the next day, the promise of the speed is missed
};

/// Demand classes of a network and who may serve each. Sorted by region, speed, window.
struct Eligibility {
    std::vector<DemandClass> classes{};
    std::vector<std::uint32_t> offset{0};       ///< class c owns options [offset[c], offset[c + 1])
    std::vector<ClassOption> options{};         ///< per class by cost, then facility, then service row
    std::vector<std::uint32_t> first_class{0};  ///< (region x speeds + speed) -> its first class; one more at the end
    std::size_t speeds = 0;

    /// Facilities that may serve class `c`, cheapest first.
    [[nodiscard]] std::span<const ClassOption> options_of(std::size_t c) const {
        return {options.data() + offset[c], options.data() + offset[c + 1]};
    }

    /// The class of an order at `minute` (0 .. 1439) of the region's local day. O(windows).
    [[nodiscard]] std::int32_t classify(std::int32_t region, std::int32_t speed, std::int32_t minute) const {
        const std::size_t pair = static_cast<std::size_t>(region) * speeds + static_cast<std::size_t>(speed);
        for (std::uint32_t c = first_class[pair]; c + 1 < first_class[pair + 1]; ++c) {
            const DemandClass& window = classes[c];
            const bool inside = window.first_minute <= window.last_minute
                                    ? window.first_minute <= minute && minute <= window.last_minute
                                    : window.first_minute <= minute || minute <= window.last_minute;
            if (inside) return static_cast<std::int32_t>(c);
        }
        return static_cast<std::int32_t>(first_class[pair + 1]) - 1;
    }
};

/// How eligibility is derived.
struct EligibilityOptions {
    /// True: an order that comes after every cut-off ships the next day (days + 1, same cost, late). False: nobody can
    /// serve it, and such a class has no option.
    bool late_options = true;
};

namespace detail {

/// A clock that wraps at midnight: -30 becomes 1410.
[[nodiscard]] inline int wrap_minute(int minute) noexcept {
    const int rest = minute % minutes_per_day;
    return rest < 0 ? rest + minutes_per_day : rest;
}

/// Cumulative share of a day's orders before each minute, 0 .. 1440 (size 1441).
[[nodiscard]] inline std::vector<double> arrivals_before(const std::vector<double>& profile) {
    double total = 0;
    for (const double weight : profile) total += weight;
    std::vector<double> before(minutes_per_day + 1, 0.0);
    for (int m = 0; m <= minutes_per_day; ++m) {
        if (profile.empty()) {
            before[static_cast<std::size_t>(m)] = static_cast<double>(m) / minutes_per_day;
            continue;
        }
        double sum = 0;
        for (int hour = 0; hour < m / 60; ++hour) sum += profile[static_cast<std::size_t>(hour)];
        if (m % 60 != 0) sum += profile[static_cast<std::size_t>(m / 60)] * (m % 60) / 60.0;
        before[static_cast<std::size_t>(m)] = sum / total;
    }
    return before;
}

/// True where an order at `minute` of the region's clock meets the cut-off on the facility's clock.
[[nodiscard]] inline bool within_cutoff(const network::SupplyNetwork& network, const network::Service& service, int minute) {
    const int shift = network.facilities[static_cast<std::size_t>(service.facility)].utc_offset_minutes -
                      network.regions[static_cast<std::size_t>(service.region)].utc_offset_minutes;
    return wrap_minute(minute + shift) <= service.cutoff_minute;
}

inline void check(const network::SupplyNetwork& network) {
    core::IssueList issues;
    const auto known = [](std::int32_t id, std::size_t count) { return id >= 0 && static_cast<std::size_t>(id) < count; };
    for (std::size_t row = 0; row < network.services.size(); ++row) {
        const auto& s = network.services[row];
        issues.require(known(s.region, network.regions.size()), "services.region", row, s.region, "must be a region id");
        issues.require(known(s.speed, network.speeds.size()), "services.speed", row, s.speed, "must be a speed id");
        if (issues.require(known(s.facility, network.facilities.size()), "services.facility", row, s.facility,
                           "must be a facility id"))
            issues.require(!network.facilities[static_cast<std::size_t>(s.facility)].supplier, "services.facility", row,
                           s.facility, "must hold stock: a supplier serves no customers");
        issues.require(s.cutoff_minute >= 0 && s.cutoff_minute <= minutes_per_day, "services.cutoff", row,
                       s.cutoff_minute, "must be a minute of the day, 0 to 1440");
    }
    if (!network.arrival_profile.empty()) {
        issues.require(network.arrival_profile.size() == 24, "arrival_profile",
                       static_cast<double>(network.arrival_profile.size()), "must have 24 weights, or none");
        double total = 0;
        for (std::size_t hour = 0; hour < network.arrival_profile.size(); ++hour) {
            issues.require(network.arrival_profile[hour] >= 0, "arrival_profile", hour, network.arrival_profile[hour],
                           "must be >= 0");
            total += network.arrival_profile[hour];
        }
        issues.require(total > 0, "arrival_profile", total, "must have a positive sum");
    }
    issues.throw_if_any();
}

}  // namespace detail

/// Cuts each region's local day, per speed, at the cut-offs of the facilities that serve it (read on their own clocks)
/// and at their midnights, so that inside a window the set of facilities that keep the promise is constant. Adjacent
/// windows with the same set are one, over midnight too. A window in which every cut-off has passed is served late
/// (or not at all: see `EligibilityOptions::late_options`); late options never compete with facilities in time.
///
/// The shares of a region's classes add up to the sum of the speeds' shares, 1. Exact.
/// Throws InputError for unknown ids, cut-offs outside 0 .. 1440 and a wrong arrival profile.
/// O(services x windows) time, at most two windows a service row plus one.
[[nodiscard]] inline Eligibility make_eligibility(const network::SupplyNetwork& network, const EligibilityOptions& options = {}) {
    detail::check(network);
    Eligibility result;
    result.speeds = network.speeds.size();
    const std::size_t pairs = network.regions.size() * result.speeds;
    std::vector<std::vector<std::int32_t>> rows(pairs);
    for (std::size_t row = 0; row < network.services.size(); ++row) {
        const auto& s = network.services[row];
        rows[static_cast<std::size_t>(s.region) * result.speeds + static_cast<std::size_t>(s.speed)].push_back(
            static_cast<std::int32_t>(row));
    }
    const std::vector<double> before = detail::arrivals_before(network.arrival_profile);
    std::vector<int> cuts;
    std::vector<int> starts;
    std::vector<std::vector<std::int32_t>> sets;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        auto& served = rows[pair];
        std::sort(served.begin(), served.end(), [&](std::int32_t a, std::int32_t b) {
            const auto& x = network.services[static_cast<std::size_t>(a)];
            const auto& y = network.services[static_cast<std::size_t>(b)];
            if (x.cost != y.cost) return x.cost < y.cost;
            return x.facility != y.facility ? x.facility < y.facility : a < b;
        });
        const std::size_t region = pair / result.speeds;
        const std::size_t speed = pair % result.speeds;
        cuts.clear();
        for (const std::int32_t row : served) {
            const auto& s = network.services[static_cast<std::size_t>(row)];
            if (s.cutoff_minute >= minutes_per_day - 1) continue;
            const int midnight = network.regions[region].utc_offset_minutes -
                                 network.facilities[static_cast<std::size_t>(s.facility)].utc_offset_minutes;
            cuts.push_back(detail::wrap_minute(midnight));
            cuts.push_back(detail::wrap_minute(midnight + s.cutoff_minute + 1));
        }
        std::sort(cuts.begin(), cuts.end());
        cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
        starts.clear();
        sets.clear();
        for (const int cut : cuts) {
            std::vector<std::int32_t> open;
            for (const std::int32_t row : served)
                if (detail::within_cutoff(network, network.services[static_cast<std::size_t>(row)], cut)) open.push_back(row);
            if (!sets.empty() && sets.back() == open) continue;
            starts.push_back(cut);
            sets.push_back(std::move(open));
        }
        if (sets.size() > 1 && sets.front() == sets.back()) {  // the last window runs on over midnight
            starts.erase(starts.begin());
            sets.erase(sets.begin());
        }
        if (sets.size() <= 1) {
            starts.assign(1, 0);
            if (sets.empty()) sets.push_back(served);
        }
        for (std::size_t w = 0; w < sets.size(); ++w) {
            const int first = starts[w];
            const int last = detail::wrap_minute(starts[(w + 1) % starts.size()] - 1);
            const auto a = static_cast<std::size_t>(first);
            const auto b = static_cast<std::size_t>(last) + 1;
            const double share = first <= last ? before[b] - before[a] : (1.0 - before[a]) + before[b];
            result.classes.push_back({static_cast<std::int32_t>(region), static_cast<std::int32_t>(speed),
                                      static_cast<std::int32_t>(w), first, last, network.speeds[speed].share * share});
            const bool late = sets[w].empty() && options.late_options;
            for (const std::int32_t row : late ? served : sets[w]) {
                const auto& s = network.services[static_cast<std::size_t>(row)];
                result.options.push_back({s.facility, row, s.cost, s.days + (late ? 1.0 : 0.0), late});
            }
            result.offset.push_back(static_cast<std::uint32_t>(result.options.size()));
        }
        result.first_class.push_back(static_cast<std::uint32_t>(result.classes.size()));
    }
    return result;
}

}  // namespace meio::fulfilment
