// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/transport/detail/arc_input.hpp>
#include <meio/transport/detail/input.hpp>
#include <meio/transport/matrix_problem.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport::detail {

/// Throws `core::InputError` naming every wrong entry, prices too; returns what the costs are like.
inline CostSummary check_matrix(const MatrixProblem& p, const Options& options) {
    const bool shaped = p.sources <= 0x3fffffff && p.destinations <= 0x3fffffff && p.costs.size() == p.sources * p.destinations;
    const CostSummary summary = shaped ? summarize(p.costs) : CostSummary{};
    core::IssueList issues;
    const auto check = [&](const char* field, std::span<const double> prices, std::size_t count) {
        if (!prices.empty() && prices.size() != count)
            issues.add(field, "", std::to_string(prices.size()) + " entries", "must have " + std::to_string(count) + " entries");
        for (std::size_t k = 0; k < prices.size(); ++k)
            if (!(prices[k] >= 0) || !valid_cost(prices[k]))
                issues.add(field, std::to_string(k), number(prices[k]), "must be >= 0 and at most 1e300, or +inf");
    };
    check("shortage_prices", p.shortage_prices, p.destinations);
    check("overflow_prices", p.overflow_prices, p.sources);
    add_input_issues(p.costs, p.sources, p.destinations, p.supply, p.demand, options, summary, issues);
    issues.throw_if_any();
    return summary;
}

[[nodiscard]] inline bool any_price(std::span<const double> prices) {
    return std::any_of(prices.begin(), prices.end(), [](double v) { return v < std::numeric_limits<double>::infinity(); });
}

/// What the choice of a kernel depends on.
struct MatrixTraits {
    bool short_priced = false;    ///< a shortage has a price
    bool over_priced = false;     ///< an overflow has a price
    double share = 0;             ///< of demand, what may stay unserved as rounding
    bool enough = false;          ///< supply and demand balance as their relations ask, within the least tolerance
    bool tiny_relation = false;   ///< demand met exactly is no restriction

    MatrixTraits(const MatrixProblem& p, const Options& options)
        : short_priced(any_price(p.shortage_prices)), over_priced(any_price(p.overflow_prices)) {
        const double supply = std::accumulate(p.supply.begin(), p.supply.end(), 0.0);
        const double demand = std::accumulate(p.demand.begin(), p.demand.end(), 0.0);
        const bool whole = supply + demand < 0x1p53 && all_whole(p.supply) && all_whole(p.demand);
        // Supply that may stay unused, however much, makes no shortage a trifle.
        share = whole ? 0.0 : options.balance_tolerance;
        const double tolerance = std::min(share, 1e-9) * (options.supply == Relation::at_most ? demand : std::max(supply, demand));
        enough = demand - supply <= tolerance && (options.supply == Relation::at_most || supply - demand <= tolerance);
        // With costs >= 0 a surplus never pays.
        tiny_relation = options.demand == Relation::exactly ||
                        (options.supply == Relation::at_most && std::none_of(p.costs.begin(), p.costs.end(), [](double c) { return c < 0; }));
    }
    [[nodiscard]] bool priced() const { return short_priced || over_priced; }
};

/// Few sources and many destinations, where prices on the sources alone win over `solve_dense` (by 1.5 to 4 at 50 x 5000,
/// over several instances; the other way round they mostly lose). This and the next are read off
/// benchmarks/transport_kernels.cpp.
[[nodiscard]] inline bool is_warehouse_shape(std::size_t sources, std::size_t destinations) {
    return destinations >= 400 && destinations / 40 >= sources;
}

/// Small enough for `TinySolver` to win over `solve_dense`: about 60 x 60, by 2 where destinations are many more.
[[nodiscard]] inline bool is_tiny_shape(std::size_t sources, std::size_t destinations) {
    if (sources == 0 || destinations == 0 || sources > 1600 || destinations > 4000) return false;
    const bool long_rows = destinations <= 800 && destinations / 20 >= sources;
    return sources * destinations <= (long_rows ? 8000U : sources <= 64 ? 4000U : 1600U);
}

/// The kernel for a problem without prices.
[[nodiscard]] inline Kernel choose_kernel(const MatrixProblem& p, const Options& options) {
    if (options.max_pivots > 0) return Kernel::dense;  // what a stop leaves is told by the larger kernels
    if (is_tiny_shape(p.sources, p.destinations)) {
        const MatrixTraits traits(p, options);
        return traits.enough && traits.tiny_relation ? Kernel::tiny : Kernel::dense;
    }
    return is_warehouse_shape(p.sources, p.destinations) ? Kernel::warehouse : Kernel::dense;
}

}  // namespace meio::transport::detail
