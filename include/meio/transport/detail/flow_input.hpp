// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/transport/detail/input.hpp>
#include <meio/transport/flow_problem.hpp>

namespace meio::transport::detail {

/// What one pass over the input tells.
struct FlowScale {
    double largest_cost = 0;       ///< |c|
    double supply = 0;             ///< total
    double demand = 0;             ///< total
    double ranges = 0;             ///< total of upper less lower bounds where there is an upper one
    double negative_ranges = 0;    ///< ... of arcs of negative cost
    bool lifted = false;           ///< a lower bound is not 0
    bool endless = false;          ///< an arc of negative cost has no upper bound
    bool whole_costs = true;       ///< whole numbers, small enough that sums along any path are exact
    bool whole_amounts = true;     ///< supplies and bounds are whole numbers whose total stays below 2^53
};

/// Throws `core::InputError` naming every wrong entry (the first thousand), else says how large things are.
inline FlowScale check_flow(const FlowProblem& in) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr std::size_t most = 1000;
    core::IssueList issues;
    std::size_t found = 0;
    const auto wrong = [&](const char* field, std::size_t row, const std::string& value, const char* fix) {
        if (++found <= most) issues.add(field, std::to_string(row), value, fix);
    };
    const auto shape = [&](const char* field, std::size_t size, std::size_t expected, bool optional) {
        if (size == expected || (optional && size == 0)) return;
        issues.add(field, "", std::to_string(size) + " entries", "must have " + std::to_string(expected) + " entries");
    };
    const std::size_t arcs = in.arcs();
    if (in.nodes > 0x3fffffff) issues.add("nodes", "", std::to_string(in.nodes), "at most 2^30 - 1");
    if (arcs > 0x3fffffff) issues.add("from", "", std::to_string(arcs) + " entries", "at most 2^30 - 1");
    shape("to", in.to.size(), arcs, false);
    shape("costs", in.costs.size(), arcs, false);
    shape("lower", in.lower.size(), arcs, true);
    shape("upper", in.upper.size(), arcs, true);
    shape("supply", in.supply.size(), in.nodes, true);
    shape("relations", in.relations.size(), in.nodes, true);
    issues.throw_if_any();  // the entries below need the right shapes

    FlowScale scale;
    double amounts = 0;   // bounds, but for upper ones too large to matter
    double huge = 0;
    // Beyond 2^52 all numbers are whole; below, adding 1.5 * 2^52 rounds to a whole one.
    const auto whole = [](double v) { return std::abs(v) >= 0x1p52 || (v + 0x1.8p52) - 0x1.8p52 == v; };
    for (std::size_t a = 0; a < arcs; ++a) {
        const auto known = [&](std::int32_t x) { return x >= 0 && static_cast<std::size_t>(x) < in.nodes; };
        if (!known(in.from[a])) wrong("from", a, std::to_string(in.from[a]), "must be a node, from 0");
        if (!known(in.to[a])) wrong("to", a, std::to_string(in.to[a]), "must be a node, from 0");
        const double c = in.costs[a];
        if (!(std::abs(c) <= 1e300)) wrong("costs", a, number(c), "must be a number of size at most 1e300");
        scale.largest_cost = std::max(scale.largest_cost, std::abs(c));
        scale.whole_costs = scale.whole_costs && whole(c);
        const double low = in.lower_bound(a);
        const double high = in.upper_bound(a);
        if (!(std::abs(low) <= 1e300)) wrong("lower", a, number(low), "must be a number of size at most 1e300");
        if (!(high >= -1e300 && (high <= 1e300 || high == infinity)))
            wrong("upper", a, number(high), "must be a number of size at most 1e300, or +inf");
        else if (high < low)
            wrong("upper", a, number(high), "must not be below the lower bound");
        amounts += std::abs(low);
        scale.lifted = scale.lifted || low != 0;
        if (high < infinity) {
            (high < 0x1p50 ? amounts : huge) += std::abs(high);
            scale.ranges += high - low;
            if (c < 0) scale.negative_ranges += high - low;
        } else if (c < 0) {
            scale.endless = true;
        }
        scale.whole_amounts = scale.whole_amounts && whole(low) && (high == infinity || whole(high));
    }
    for (std::size_t i = 0; i < in.nodes; ++i) {
        const double b = in.supply_of(i);
        if (!(std::abs(b) <= 1e300)) wrong("supply", i, number(b), "must be a number of size at most 1e300");
        (b > 0 ? scale.supply : scale.demand) += std::abs(b);
        scale.whole_amounts = scale.whole_amounts && whole(b);
        if (in.relations.empty()) continue;
        if (b > 0 && in.relations[i] == Relation::at_least)
            wrong("relations", i, "at_least", "a supply is at_most or exactly");
        if (b < 0 && in.relations[i] == Relation::at_most)
            wrong("relations", i, "at_most", "a demand is at_least or exactly");
    }
    if (found > most) issues.add("", "", "", std::to_string(found - most) + " further problems are not listed");
    const double total = scale.supply + scale.demand + amounts;
    if (issues.empty() && !(total + huge <= 1e300))
        issues.add("supply, bounds", "", number(total + huge), "the total must not exceed 1e300");
    issues.throw_if_any();
    scale.whole_amounts = scale.whole_amounts && total < 0x1p52;
    scale.whole_costs = scale.whole_costs && scale.largest_cost * static_cast<double>(in.nodes + 4) < 0x1p50;
    return scale;
}

}  // namespace meio::transport::detail
