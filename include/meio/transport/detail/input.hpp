// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport::detail {

/// What one pass over the cost matrix tells.
struct CostSummary {
    double largest = 0;                                        ///< |c| over finite costs
    double smallest = std::numeric_limits<double>::infinity(); ///< |c| over finite costs other than zero
    bool valid = true;                                         ///< no NaN, no -inf, nothing beyond 1e300
    bool integral = true;                                      ///< all finite costs whole numbers below 2^51
};

[[nodiscard]] inline CostSummary summarize(std::span<const double> costs) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double rounder = 0x1.8p52;  // adding it rounds to a whole number
    CostSummary s;
    std::size_t wrong = 0;
    std::size_t fractional = 0;
    for (const double c : costs) {
        const double size = std::abs(c);
        wrong += static_cast<std::size_t>(!(c >= -1e300)) | static_cast<std::size_t>((c > 1e300) & (c < infinity));
        const double finite = size < infinity ? size : 0.0;
        fractional += static_cast<std::size_t>((finite + rounder) - rounder != finite);
        s.largest = finite > s.largest ? finite : s.largest;
        const double positive = size > 0 ? size : infinity;
        s.smallest = positive < s.smallest ? positive : s.smallest;
    }
    s.valid = wrong == 0;
    s.integral = fractional == 0 && s.largest < 0x1p51;
    return s;
}

inline std::string number(double value) {
    std::ostringstream text;
    text.precision(17);
    text << value;
    return text.str();
}

/// Adds every wrong entry to `issues`; positions are row, column from 0.
inline void add_input_issues(std::span<const double> costs, std::size_t sources, std::size_t destinations,
                             std::span<const double> supply, std::span<const double> demand, const Options& options,
                             const CostSummary& summary, core::IssueList& issues) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto shape = [&](const char* field, std::size_t found, std::size_t expected) {
        if (found != expected)
            issues.add(field, "", std::to_string(found) + " entries", "must have " + std::to_string(expected) + " entries");
    };
    if (sources > 0x3fffffff || destinations > 0x3fffffff)
        issues.add("costs", "", std::to_string(sources) + " x " + std::to_string(destinations), "at most 2^30 - 1 a side");
    else
        shape("costs", costs.size(), sources * destinations);
    shape("supply", supply.size(), sources);
    shape("demand", demand.size(), destinations);
    if (!summary.valid && destinations > 0)
        for (std::size_t e = 0; e < costs.size(); ++e) {
            const double c = costs[e];
            if (c >= -1e300 && (c <= 1e300 || c == infinity)) continue;
            issues.add("costs", std::to_string(e / destinations) + "," + std::to_string(e % destinations), number(c),
                       "must be a number of size at most 1e300, or +inf where there is no arc");
        }
    const bool may_be_unlimited = options.supply == Relation::at_most && options.demand == Relation::exactly;
    double total = 0;
    double wanted = 0;
    double unlimited = 0;
    for (std::size_t i = 0; i < supply.size(); ++i) {
        const bool ok = supply[i] >= 0 && (supply[i] < infinity || may_be_unlimited);
        if (!ok) issues.add("supply", std::to_string(i), number(supply[i]),
                            may_be_unlimited ? "must be >= 0" : "must be finite and >= 0");
        if (supply[i] < infinity) total += supply[i];
        else ++unlimited;
    }
    for (std::size_t j = 0; j < demand.size(); ++j) {
        if (!(demand[j] >= 0 && demand[j] < infinity))
            issues.add("demand", std::to_string(j), number(demand[j]), "must be finite and >= 0");
        else
            wanted += demand[j];
    }
    total += (1 + 2 * unlimited) * wanted;  // an unlimited source counts as twice all demand
    if (issues.empty() && !(total <= 1e300)) issues.add("supply, demand", "", number(total), "the total must not exceed 1e300");
}

/// Throws `core::InputError` naming every wrong entry.
inline void check_input(std::span<const double> costs, std::size_t sources, std::size_t destinations,
                        std::span<const double> supply, std::span<const double> demand, const Options& options,
                        const CostSummary& summary) {
    core::IssueList issues;
    add_input_issues(costs, sources, destinations, supply, demand, options, summary, issues);
    issues.throw_if_any();
}

/// The caps of `Problem`: costs are grouped where a factor of a million parts the dear arcs from the rest, so that a
/// single huge entry ("never use this") costs no digits of the others. Arcs dearer than a cap cannot matter unless the
/// rest is infeasible; the kernel proves that afterwards.
[[nodiscard]] inline std::vector<double> cost_caps(std::span<const double> costs, const CostSummary& summary) {
    constexpr int gap = 20;  // powers of two without any cost
    std::vector<double> caps;
    if (summary.largest > 1e9 * summary.smallest) {
        constexpr int offset = 1100;
        std::array<bool, 2200> used{};
        double most_negative = 0;
        for (const double c : costs) {
            most_negative = std::min(most_negative, c);
            if (c > 0 && c < std::numeric_limits<double>::infinity())
                used[static_cast<std::size_t>(std::ilogb(c) + offset)] = true;
        }
        int last = -1;
        for (int e = 0; e < static_cast<int>(used.size()); ++e) {
            if (!used[static_cast<std::size_t>(e)]) continue;
            if (last >= 0 && e - last > gap && std::ldexp(1.0, last - offset + 1) >= -most_negative)
                caps.push_back(std::ldexp(1.0, last - offset + 1));
            last = e;
        }
    }
    caps.push_back(summary.largest);
    return caps;
}

[[nodiscard]] inline bool all_whole(std::span<const double> values) {
    return std::all_of(values.begin(), values.end(), [](double v) { return v == std::floor(v); });
}

}  // namespace meio::transport::detail
