// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/status.hpp>
#include <meio/network/supply_network.hpp>
#include <meio/simulation/detail/tally.hpp>
#include <meio/simulation/estimate.hpp>

namespace meio::simulation {

/// What one case did. Metrics are one value a run; the arrays are means over runs and measured periods.
struct CaseResult {
    std::string name{};
    std::vector<double> metrics{};    ///< run x metric, row-major
    std::vector<double> on_hand{};    ///< product x facility, units at the end of a period
    std::vector<double> shipped{};    ///< facility: units to customers a period
    std::vector<double> lane_flow{};  ///< lane: units sent a period
    std::vector<double> volume{};     ///< measured period x facility x storage type, mean over runs only
};

/// Cases side by side, on the same demand, orders and lead times. Every figure is a simulation estimate.
struct SimulationResult {
    core::Status status = core::Status::optimal;  ///< optimal: all runs done; interrupted, time_limit: fewer
    std::vector<std::string> metric_names{};
    std::vector<CaseResult> cases{};
    std::size_t runs = 0;           ///< runs done
    double confidence = 0.95;
    double seconds = 0;
    std::uint64_t orders = 0;       ///< orders served or turned away, over all cases and runs, warm-up included
    std::uint64_t node_periods = 0; ///< product-facility-periods simulated, the same

    /// Position of a metric; throws InputError for an unknown name.
    [[nodiscard]] std::size_t metric(const std::string& name) const {
        const auto found = std::find(metric_names.begin(), metric_names.end(), name);
        if (found == metric_names.end()) {
            core::IssueList issues;
            std::string known;
            for (const std::string& other : metric_names) known += (known.empty() ? "" : ", ") + other;
            issues.add("metric", "", name, "must be one of " + known);
            issues.throw_if_any();
        }
        return static_cast<std::size_t>(found - metric_names.begin());
    }

    /// One value a run of a metric of a case.
    [[nodiscard]] std::vector<double> values(std::size_t which, const std::string& name) const {
        const std::size_t m = metric(name);
        std::vector<double> column(runs);
        for (std::size_t r = 0; r < runs; ++r) column[r] = cases[which].metrics[r * metric_names.size() + m];
        return column;
    }

    /// Mean of a metric over runs, with its interval.
    [[nodiscard]] Estimate kpi(std::size_t which, const std::string& name) const {
        return estimate(values(which, name), confidence);
    }

    /// Mean difference of a metric between two cases, run by run, with its interval.
    [[nodiscard]] Estimate difference(std::size_t which, std::size_t baseline, const std::string& name) const {
        return paired_difference(values(which, name), values(baseline, name), confidence);
    }
};

/// Names of the metrics, in order. Units and money are totals over the measured periods of a run.
///
/// cost is purchase + lane + holding + storage + shipping + shortage. units_demanded = units filled at once +
/// units_backordered + units_lost. units_shipped counts what customers got, from old backorders too. fill_rate: share of
/// units filled in the period they were ordered (type 2). on_time_rate: share filled so from a facility within its
/// cut-off. cost_per_unit: cost / units_shipped. storage_violations: how many (facility, storage type, period) ended
/// above capacity, storage_worst the largest volume / capacity, storage_excess the volume above, added up. on_hand and
/// in_transit (between stocking facilities): mean units at the end of a period. opening + bought - units_shipped =
/// closing, units on hand and in transit. Then by speed, fill_rate[name], on_time_rate[name], units_demanded[name].
[[nodiscard]] inline std::vector<std::string> metric_names(const network::SupplyNetwork& network) {
    std::vector<std::string> names{"cost", "cost_per_period", "purchase", "lane", "holding", "storage", "shipping", "shortage",
                                   "units_demanded", "units_filled", "units_shipped", "units_lost", "units_backordered",
                                   "fill_rate", "on_time_rate", "cost_per_unit", "storage_violations", "storage_worst",
                                   "storage_excess", "on_hand", "in_transit", "opening", "bought", "closing",
                                   "opening_backlog", "closing_backlog"};
    for (const char* metric : {"fill_rate", "on_time_rate", "units_demanded"})
        for (const auto& speed : network.speeds) names.push_back(std::string(metric) + "[" + speed.name + "]");
    return names;
}

namespace detail {

/// Capacity of every (planning period, facility, storage type); the strictest of several rows.
[[nodiscard]] inline std::vector<double> storage_capacities(const network::SupplyNetwork& network, std::size_t periods) {
    const std::size_t types = network.storage_types.size();
    const std::size_t facilities = network.facilities.size();
    std::vector<double> capacity(periods * facilities * types, network::unlimited);
    for (const auto& row : network.storage) {
        if (row.facility < 0 || static_cast<std::size_t>(row.facility) >= facilities) continue;
        if (row.storage_type < 0 || static_cast<std::size_t>(row.storage_type) >= types) continue;
        for (std::size_t t = 0; t < periods; ++t) {
            if (row.period >= 0 && static_cast<std::size_t>(row.period) != t) continue;
            double& cell = capacity[(t * facilities + static_cast<std::size_t>(row.facility)) * types +
                                    static_cast<std::size_t>(row.storage_type)];
            cell = std::min(cell, row.capacity);
        }
    }
    return capacity;
}

/// The metrics of one run, in the order of `metric_names`. `capacity` as above, for `plan_periods` planning periods.
inline void write_metrics(const RunTally& run, std::span<const double> capacity, std::size_t plan_periods,
                          std::size_t periods, std::span<double> out) {
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    const auto sum = [](const std::vector<std::int64_t>& values) {
        std::int64_t total = 0;
        for (const std::int64_t value : values) total += value;
        return static_cast<double>(total);
    };
    const auto ratio = [&](double part, double whole) { return whole > 0 ? part / whole : nothing; };
    const double demanded = sum(run.demanded);
    const double cost = run.purchase + run.lane + run.holding + run.storage + run.shipping + run.shortage;
    double violations = 0;
    double worst = 0;
    double excess = 0;
    const std::size_t cells = capacity.size() / plan_periods;
    for (std::size_t i = 0; i < run.volume.size(); ++i) {
        const std::size_t t = std::min(i / std::max<std::size_t>(cells, 1), plan_periods - 1);
        const double limit = capacity[t * cells + i % cells];
        if (run.volume[i] > 0 && limit < network::unlimited)
            worst = std::max(worst, limit > 0 ? run.volume[i] / limit : network::unlimited);
        if (run.volume[i] <= limit * (1.0 + 1e-12)) continue;
        ++violations;
        excess += run.volume[i] - limit;
    }
    const auto n = static_cast<double>(periods);
    std::size_t at = 0;
    for (const double value :
         {cost, cost / n, run.purchase, run.lane, run.holding, run.storage, run.shipping, run.shortage, demanded,
          sum(run.filled), static_cast<double>(run.shipped), sum(run.lost), sum(run.backordered),
          ratio(sum(run.filled), demanded), ratio(sum(run.on_time), demanded), ratio(cost, static_cast<double>(run.shipped)),
          violations, worst, excess, static_cast<double>(run.held) / n, static_cast<double>(run.travelling) / n,
          static_cast<double>(run.opening), static_cast<double>(run.bought), static_cast<double>(run.closing),
          static_cast<double>(run.opening_backlog), static_cast<double>(run.closing_backlog)})
        out[at++] = value;
    const std::size_t speeds = run.demanded.size();
    for (std::size_t s = 0; s < speeds; ++s) {
        const auto wanted = static_cast<double>(run.demanded[s]);
        out[at + s] = ratio(static_cast<double>(run.filled[s]), wanted);
        out[at + speeds + s] = ratio(static_cast<double>(run.on_time[s]), wanted);
        out[at + 2 * speeds + s] = wanted;
    }
}

}  // namespace detail

}  // namespace meio::simulation
