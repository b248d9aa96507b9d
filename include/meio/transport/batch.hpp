// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/error.hpp>
#include <meio/core/parallel.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/options.hpp>
#include <meio/transport/tiny.hpp>

namespace meio::transport {

/// Many small problems of one shape. Costs, supply and demand are given once for all scenarios, or once a scenario, one
/// after the other; each scenario is row-major, sources x destinations.
struct BatchProblem {
    std::size_t scenarios = 0;
    std::size_t sources = 0;
    std::size_t destinations = 0;
    std::span<const double> costs;   ///< +inf: no arc
    std::span<const double> supply;  ///< >= 0
    std::span<const double> demand;  ///< >= 0
};

struct BatchOptions {
    Relation supply = Relation::at_most;  ///< `at_most` or `exactly`; demand is met exactly
    bool duals = true;                    ///< keep the duals of every scenario
    bool flows = false;                   ///< keep the flows of every scenario
    int threads = 0;                      ///< 0: all the machine has
};

/// One entry, or one row, a scenario.
struct BatchResult {
    core::Status status = core::Status::optimal;  ///< `optimal`: all scenarios solved, each with its own status
    std::vector<core::Status> statuses{};
    std::vector<double> objectives{};    ///< NaN where there is no solution
    std::vector<double> supply_duals{};  ///< scenarios x sources, where asked for
    std::vector<double> demand_duals{};  ///< scenarios x destinations, where asked for
    std::vector<double> flows{};         ///< scenarios x sources x destinations, where asked for
    std::int64_t pivots = 0;
    double seconds = 0;
};

namespace detail {

/// Throws `core::InputError` naming every wrong size and entry by scenario and position.
inline void check_batch(const BatchProblem& in, const BatchOptions& options) {
    core::IssueList issues;
    issues.require(in.sources >= 1, "sources", static_cast<double>(in.sources), "must be >= 1");
    issues.require(in.destinations >= 1, "destinations", static_cast<double>(in.destinations), "must be >= 1");
    if (options.supply == Relation::at_least) issues.add("supply_relation", "", "at_least", "use at_most or exactly");
    const auto check = [&](const char* field, std::span<const double> values, std::size_t each, auto&& ok, const char* fix) {
        if (values.size() != each && values.size() != each * in.scenarios) {
            issues.add(field, "", std::to_string(values.size()) + " entries",
                       "must have " + std::to_string(each) + " entries, or as many for each of " + std::to_string(in.scenarios) + " scenarios");
            return;
        }
        for (std::size_t e = 0; e < values.size(); ++e) {
            if (ok(values[e])) continue;
            std::ostringstream text;
            text << values[e];
            issues.add(field, "scenario " + std::to_string(e / each) + ", entry " + std::to_string(e % each), text.str(), fix);
        }
    };
    constexpr double infinity = std::numeric_limits<double>::infinity();
    check("costs", in.costs, in.sources * in.destinations, [](double c) { return c >= -1e300 && (c <= 1e300 || c == infinity); },
          "must be a number of size at most 1e300, or +inf where there is no arc");
    check("supply", in.supply, in.sources, [](double a) { return a >= 0 && a < infinity; }, "must be finite and >= 0");
    check("demand", in.demand, in.destinations, [](double b) { return b >= 0 && b < infinity; }, "must be finite and >= 0");
    issues.throw_if_any();
}

}  // namespace detail

/// Solves every scenario. Exact, like `TinySolver`, which does the work: scenarios go in runs of 64 on one thread each, and
/// where costs are shared every one starts from the basis of the one before. Runs do not depend on the number of
/// threads, so that neither do the bits. A stop leaves the scenarios of runs not yet begun with the status of the stop.
[[nodiscard]] inline BatchResult solve_batch(const BatchProblem& in, const BatchOptions& options = {},
                                             const core::Context& context = {}) {
    const core::Stopwatch watch;
    detail::check_batch(in, options);
    const std::size_t m = in.sources;
    const std::size_t n = in.destinations;
    const auto scenario = [](std::span<const double> values, std::size_t each, std::size_t s) {
        return values.size() == each ? values : values.subspan(s * each, each);
    };
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    BatchResult result;
    result.statuses.assign(in.scenarios, core::Status::interrupted);
    result.objectives.assign(in.scenarios, none);
    if (options.duals) {
        result.supply_duals.assign(in.scenarios * m, none);
        result.demand_duals.assign(in.scenarios * n, none);
    }
    if (options.flows) result.flows.assign(in.scenarios * m * n, none);

    constexpr std::size_t run = 64;
    const bool same_costs = in.costs.size() == m * n;
    const std::size_t runs = (in.scenarios + run - 1) / run;
    std::vector<std::int64_t> pivots(runs, 0);
    core::parallel_for(runs, options.threads, [&](std::size_t r) {
        const std::size_t last = std::min(in.scenarios, (r + 1) * run);
        const auto stop = context.stop_reason();
        if (stop) {
            for (std::size_t s = r * run; s < last; ++s) result.statuses[s] = *stop;
            return;
        }
        TinySolver solver(m, n, options.supply);
        for (std::size_t s = r * run; s < last; ++s) {
            const auto supply = scenario(in.supply, m, s);
            const auto demand = scenario(in.demand, n, s);
            result.statuses[s] = s > r * run && same_costs ? solver.resolve(supply, demand)
                                                           : solver.solve(scenario(in.costs, m * n, s), supply, demand);
            pivots[r] += solver.pivots();
            result.objectives[s] = solver.objective();
            if (result.statuses[s] != core::Status::optimal) continue;
            if (options.duals) {
                solver.supply_duals(std::span(result.supply_duals).subspan(s * m, m));
                solver.demand_duals(std::span(result.demand_duals).subspan(s * n, n));
            }
            if (options.flows) solver.flows(std::span(result.flows).subspan(s * m * n, m * n));
        }
    });
    for (std::size_t s = 0; s < in.scenarios; ++s)
        if (result.statuses[s] == core::Status::interrupted || result.statuses[s] == core::Status::time_limit)
            result.status = result.statuses[s];
    for (const std::int64_t count : pivots) result.pivots += count;
    result.seconds = watch.seconds();
    return result;
}

}  // namespace meio::transport
