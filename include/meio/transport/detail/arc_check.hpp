// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/transport/arcs.hpp>
#include <meio/transport/detail/arc_input.hpp>
#include <meio/transport/detail/input.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport::detail {

inline void check_arc_shapes(const ArcProblem& p, core::IssueList& issues) {
    const auto shape = [&](const char* field, std::size_t found, std::size_t expected) {
        if (found != expected)
            issues.add(field, "", std::to_string(found) + " entries", "must have " + std::to_string(expected) + " entries");
    };
    if (p.offsets.empty()) issues.add("offsets", "", "0 entries", "must have one entry more than there are destinations");
    if (p.sources > 0x3fffffff || p.destinations() > 0x3fffffff)
        issues.add("sources, destinations", "", std::to_string(p.sources) + ", " + std::to_string(p.destinations()), "at most 2^30 - 1 each");
    const std::size_t arcs = p.source_ids.size();
    shape("costs", p.costs.size(), arcs);
    shape("supply", p.supply.size(), p.sources);
    shape("demand", p.demand.size(), p.destinations());
    if (!p.capacities.empty()) shape("capacities", p.capacities.size(), arcs);
    if (!p.shortage_prices.empty()) shape("shortage_prices", p.shortage_prices.size(), p.destinations());
    if (!p.overflow_prices.empty()) shape("overflow_prices", p.overflow_prices.size(), p.sources);
    for (std::size_t j = 0; j < p.offsets.size(); ++j) {
        const bool rises = j == 0 ? p.offsets[0] == 0 : p.offsets[j] >= p.offsets[j - 1];
        if (!rises) issues.add("offsets", std::to_string(j), std::to_string(p.offsets[j]), "must start at 0 and not fall");
    }
    if (!p.offsets.empty() && p.offsets.back() != static_cast<std::int64_t>(arcs))
        issues.add("offsets", std::to_string(p.offsets.size() - 1), std::to_string(p.offsets.back()),
                   "must end at the number of arcs, " + std::to_string(arcs));
}

/// Throws `core::InputError` naming every wrong entry (the first thousand); arcs by their position.
inline void check_arcs(const ArcProblem& p, const Options& options, const CostSummary& summary) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    core::IssueList issues;
    check_arc_shapes(p, issues);
    issues.throw_if_any();

    IssueLimit limit(issues);
    std::size_t unknown = 0;
    for (const std::int32_t i : p.source_ids) unknown += static_cast<std::size_t>(static_cast<std::uint32_t>(i) >= p.sources);
    if (unknown > 0) {
        for (std::size_t e = 0; e < p.source_ids.size(); ++e)
            if (static_cast<std::uint32_t>(p.source_ids[e]) >= p.sources) limit.add("source_ids", e, p.source_ids[e], "unknown source");
    } else {
        for_each_repeated(p.sources, p.offsets, p.source_ids, [&](std::size_t, std::size_t e) {
            limit.add("source_ids", e, p.source_ids[e], "a second arc between the same two nodes");
        });
    }
    if (!summary.valid)
        for (std::size_t e = 0; e < p.costs.size(); ++e)
            if (!valid_cost(p.costs[e])) limit.add("costs", e, p.costs[e], cost_rule);
    for (std::size_t e = 0; e < p.capacities.size(); ++e)
        if (!(p.capacities[e] >= 0)) limit.add("capacities", e, p.capacities[e], "must be >= 0");
    const auto check_prices = [&](const char* field, std::span<const double> prices) {
        for (std::size_t k = 0; k < prices.size(); ++k)
            if (!(prices[k] >= 0) || !valid_cost(prices[k])) limit.add(field, k, prices[k], "must be >= 0 and at most 1e300, or +inf");
    };
    check_prices("shortage_prices", p.shortage_prices);
    check_prices("overflow_prices", p.overflow_prices);
    const bool may_be_unlimited = options.supply == Relation::at_most && options.demand == Relation::exactly;
    double total = 0;
    for (std::size_t i = 0; i < p.supply.size(); ++i) {
        if (!(p.supply[i] >= 0 && (p.supply[i] < infinity || may_be_unlimited)))
            limit.add("supply", i, p.supply[i], may_be_unlimited ? "must be >= 0" : "must be finite and >= 0");
        if (p.supply[i] < infinity) total += p.supply[i];
    }
    for (std::size_t j = 0; j < p.demand.size(); ++j) {
        if (!(p.demand[j] >= 0 && p.demand[j] < infinity)) limit.add("demand", j, p.demand[j], "must be finite and >= 0");
        total += p.demand[j];
    }
    limit.finish();
    if (issues.empty() && !(total <= 1e300)) issues.add("supply, demand", "", number(total), "the total must not exceed 1e300");
    issues.throw_if_any();
}

}  // namespace meio::transport::detail
