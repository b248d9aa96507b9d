// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/error.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/detail/arc_input.hpp>

namespace meio::transport {

/// A transportation problem whose arcs are listed by destination; a view, the data must outlive it.
///
///     minimise sum c_e x_e + sum shortage_price_j y_j + sum overflow_price_i z_i
///     subject to  sum_{e from i} x_e <= supply_i + z_i,  sum_{e to j} x_e + y_j = demand_j,  0 <= x_e <= capacity_e
///
/// Arcs of destination j are `offsets[j]` to `offsets[j + 1] - 1`.
struct ArcProblem {
    std::size_t sources = 0;
    std::span<const std::int64_t> offsets;         ///< one more than destinations, from 0, not falling
    std::span<const std::int32_t> source_ids;      ///< source of each arc; a destination lists a source at most once
    std::span<const double> costs;                 ///< of each arc, money per unit, either sign; +inf: no arc
    std::span<const double> supply;                ///< by source, >= 0, +inf where unlimited
    std::span<const double> demand;                ///< by destination, >= 0
    std::span<const double> capacities = {};       ///< of each arc, >= 0, +inf: none; empty: none at all
    std::span<const double> shortage_prices = {};  ///< by destination, >= 0: demand may stay unserved at this price per unit;
                                                   ///< +inf: must be served; empty: all must
    std::span<const double> overflow_prices = {};  ///< by source, >= 0: more than the supply may leave, at this price per
                                                   ///< unit; +inf or empty: not

    [[nodiscard]] std::size_t destinations() const noexcept { return offsets.empty() ? 0 : offsets.size() - 1; }
};

/// Arcs given one by one in any order, sorted by destination; owns them.
struct ArcTable {
    std::size_t sources = 0;
    std::vector<std::int64_t> offsets;
    std::vector<std::int32_t> source_ids;
    std::vector<double> costs;
    std::vector<double> capacities;         ///< empty where none were given
    std::vector<std::int64_t> positions;    ///< where each arc stood in the caller's list
    std::optional<core::Status> stopped{};  ///< why the building was given up, where it was; then there are no arcs

    /// The problem on these arcs; this table and both spans must outlive it.
    [[nodiscard]] ArcProblem problem(std::span<const double> supply, std::span<const double> demand) const {
        ArcProblem p;
        p.sources = sources;
        p.offsets = offsets;
        p.source_ids = source_ids;
        p.costs = costs;
        p.supply = supply;
        p.demand = demand;
        p.capacities = capacities;
        return p;
    }
};

/// Builds the table from arcs `from[e]` -> `to[e]` at `costs[e]` (and up to `capacities[e]`, where given).
///
/// Throws `core::InputError` naming, in one pass, every unknown source or destination, repeated arc, NaN or -inf cost, and
/// negative or NaN capacity (the first thousand of them). Time and memory: linear. The context's deadline and stop flag are
/// looked at about every millisecond; see `ArcTable::stopped`.
[[nodiscard]] inline ArcTable make_arcs(std::size_t sources, std::size_t destinations, std::span<const std::int32_t> from,
                                        std::span<const std::int32_t> to, std::span<const double> costs,
                                        std::span<const double> capacities = {}, const core::Context& context = {}) {
    core::IssueList issues;
    const std::size_t n = from.size();
    const auto shape = [&](const char* field, std::size_t found) {
        if (found != n) issues.add(field, "", std::to_string(found) + " entries", "must have " + std::to_string(n) + " entries, as from has");
    };
    shape("to", to.size());
    shape("costs", costs.size());
    if (!capacities.empty()) shape("capacities", capacities.size());
    if (sources > 0x3fffffff || destinations > 0x3fffffff)
        issues.add("sources, destinations", "", std::to_string(sources) + ", " + std::to_string(destinations), "at most 2^30 - 1 each");
    issues.throw_if_any();

    detail::IssueLimit limit(issues);
    ArcTable table;
    table.sources = sources;
    table.offsets.assign(destinations + 1, 0);
    const auto stop = [&](std::size_t e) {
        constexpr std::size_t often = 1 << 16;
        if (e % often != 0 || !(table.stopped = context.stop_reason())) return false;
        table = ArcTable{sources, std::vector<std::int64_t>(destinations + 1, 0), {}, {}, {}, {}, table.stopped};
        return true;
    };
    for (std::size_t e = 0; e < n; ++e) {
        if (stop(e)) return table;
        const bool known_source = from[e] >= 0 && static_cast<std::size_t>(from[e]) < sources;
        const bool known_destination = to[e] >= 0 && static_cast<std::size_t>(to[e]) < destinations;
        if (!known_source) limit.add("from", e, from[e], "unknown source");
        if (!known_destination) limit.add("to", e, to[e], "unknown destination");
        if (!detail::valid_cost(costs[e])) limit.add("costs", e, costs[e], detail::cost_rule);
        if (!capacities.empty() && !(capacities[e] >= 0)) limit.add("capacities", e, capacities[e], "must be >= 0");
        if (known_source && known_destination) ++table.offsets[static_cast<std::size_t>(to[e]) + 1];
    }
    for (std::size_t j = 0; j < destinations; ++j) table.offsets[j + 1] += table.offsets[j];
    const auto known = static_cast<std::size_t>(table.offsets[destinations]);
    table.source_ids.resize(known);
    table.costs.resize(known);
    table.positions.resize(known);
    if (!capacities.empty()) table.capacities.resize(known);
    std::vector<std::int64_t> next(table.offsets.begin(), table.offsets.end() - 1);
    for (std::size_t e = 0; e < n; ++e) {
        if (stop(e)) return table;
        if (from[e] < 0 || static_cast<std::size_t>(from[e]) >= sources) continue;
        if (to[e] < 0 || static_cast<std::size_t>(to[e]) >= destinations) continue;
        const auto place = static_cast<std::size_t>(next[static_cast<std::size_t>(to[e])]++);
        table.source_ids[place] = from[e];
        table.costs[place] = costs[e];
        table.positions[place] = static_cast<std::int64_t>(e);
        if (!capacities.empty()) table.capacities[place] = capacities[e];
    }
    detail::for_each_repeated(table.sources, table.offsets, table.source_ids, [&](std::size_t, std::size_t e) {
        limit.add("from", static_cast<std::size_t>(table.positions[e]), table.source_ids[e], "a second arc between the same two nodes");
    });
    limit.finish();
    issues.throw_if_any();
    return table;
}

}  // namespace meio::transport
