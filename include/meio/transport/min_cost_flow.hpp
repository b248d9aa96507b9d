// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/transport/detail/flow_certificate.hpp>
#include <meio/transport/detail/flow_exact.hpp>
#include <meio/transport/detail/flow_input.hpp>
#include <meio/transport/detail/flow_search.hpp>
#include <meio/transport/detail/flow_simplex.hpp>
#include <meio/transport/detail/flow_start.hpp>
#include <meio/transport/flow_options.hpp>
#include <meio/transport/flow_problem.hpp>
#include <meio/transport/flow_result.hpp>

namespace meio::transport {

namespace detail {

// Units that have to be moved: a supply that may stay unused, however large, makes no lack a trifle.
inline double flow_amounts(const FlowProblem& in) {
    double out = 0;
    double wanted = 0;
    for (std::size_t i = 0; i < in.nodes; ++i) {
        const double b = in.supply_of(i);
        if (b < 0) wanted -= b;
        if (b > 0 && !in.may_keep(i)) out += b;
    }
    return std::max(out, wanted);
}

// A loop at one node is full or empty as its own cost says, even where the simplex could not tell that cost from the
// rounding of the node's price.
inline void settle_loops(const FlowProblem& in, FlowResult& r) {
    for (std::size_t a = 0; a < in.arcs() && r.status == core::Status::optimal; ++a) {
        if (in.from[a] != in.to[a] || in.costs[a] == 0) continue;
        const bool full = in.costs[a] < 0;
        if (full && in.upper_bound(a) == std::numeric_limits<double>::infinity()) {
            r.status = core::Status::unbounded;
            r.ray = {static_cast<std::int32_t>(a)};
            return;
        }
        r.flows[a] = full ? in.upper_bound(a) : in.lower_bound(a);
        r.basis.at_upper[a] = full;
    }
}

// Where a factor of a million parts the dear arcs from the rest, a price for them that is above every path of the others
// and costs those no digits. +inf: there is no such gap.
inline double flow_cost_cap(const FlowProblem& in) {
    constexpr int gap = 20;
    constexpr int offset = 1100;
    std::array<bool, 2200> used{};
    for (const double c : in.costs)
        if (c != 0) used[static_cast<std::size_t>(std::ilogb(c) + offset)] = true;
    int last = -1;
    for (int e = 0; e < static_cast<int>(used.size()); ++e) {
        if (!used[static_cast<std::size_t>(e)]) continue;
        const double price = std::ldexp(static_cast<double>(in.nodes + 2), last - offset + 2);
        if (last >= 0 && e - last > gap && price < std::ldexp(1.0, e - offset)) return price;
        last = e;
    }
    return std::numeric_limits<double>::infinity();
}

}  // namespace detail

/// Sends all supply to all demand at least cost through a network whose arcs have lower and upper bounds. Exact.
///
/// @param problem see `FlowProblem`; costs of either sign, several sources, parallel arcs and loops.
/// @param options tolerance, pivot limit.
/// @param context deadline and stop flag, looked at about every millisecond; what is there is then proven, which takes a
///     few passes over the arcs (a quarter of a second at 10^7).
/// @param start basis of an earlier result, of this or a similar problem (other costs, bounds or supplies; nodes and arcs
///     added at the end). An arc whose flow no longer fits goes to the bound it breaks, and what that leaves is routed anew.
///     Dropped where paths are long (as on grids) and an eighth as many pivots as there are nodes have not led to the end.
/// @return `optimal`; `infeasible` with cuts, and flows that route as much as can be routed; `unbounded` with a feasible
///     flow and a `ray`; or the best so far (`time_limit`, `interrupted`, `iteration_limit`, `stalled`) with a valid
///     `bound`: feasible where `unrouted` is 0. The bound is -inf while arcs of negative cost have no upper bound; else it is
///     the better one of what the last basis proves and what least-cost walks of a few arcs do (`detail::FlowWalks`).
///     `numerical_error`: the objective overflows.
/// @throws core::InputError naming every wrong entry.
///
/// Whole-number data are solved in exact arithmetic as long as totals and path costs stay below 2^52 and 2^50. Feasibility
/// is ranked before cost, never priced against it; a few huge costs among small ones cost no accuracy. Method: primal
/// network simplex (Ahuja, Magnanti and Orlin 1993, chapter 11) on strongly feasible trees (Cunningham 1976), which cannot
/// cycle, with a list of candidates and exact cycle costs. Exponential in the worst case; in practice time grows about
/// like nodes times arcs. Memory: some 24 bytes an arc and 80 a node.
[[nodiscard]] inline FlowResult min_cost_flow(const FlowProblem& problem, const FlowOptions& options = {},
                                              const core::Context& context = {}, const FlowBasis* start = nullptr) {
    const core::Stopwatch watch;
    options.validate();
    const detail::FlowScale scale = detail::check_flow(problem);
    const double amounts = detail::flow_amounts(problem);
    const double share = scale.whole_amounts ? 0.0 : options.balance_tolerance;
    detail::FlowSimplex::Settings settings;
    settings.exact = scale.whole_costs;
    settings.lifted = scale.lifted;
    settings.largest_cost = scale.largest_cost;
    settings.tolerance = share * amounts;
    settings.rounding = scale.whole_amounts ? 0.0 : std::min(settings.tolerance, 1e-13 * amounts);

    std::vector<double> capped_costs;   // where they differ from the problem's
    std::span<const double> costs = problem.costs;
    const double cap = scale.whole_costs ? std::numeric_limits<double>::infinity() : detail::flow_cost_cap(problem);
    bool capped = cap < scale.largest_cost;
    if (capped) {
        settings.largest_cost = cap;
        capped_costs.assign(costs.begin(), costs.end());
        for (double& c : capped_costs) c = std::min(std::max(c, -cap), cap);
        costs = capped_costs;
    }

    FlowResult result;
    std::vector<double> walks;   // where the solve ended early: potentials that prove a bound all the same
    const auto run = [&](detail::FlowSimplex& kernel) {
        result.status = kernel.run(options.max_pivots > 0 ? options.max_pivots - result.pivots : 0);
        result.pivots += kernel.pivots();
    };
    const auto ended_early = [&] {
        return !core::is_success(result.status) && result.status != core::Status::infeasible &&
               result.status != core::Status::unbounded;
    };
    const auto solve = [&](const FlowBasis* from) {
        detail::FlowSimplex first(problem, costs, settings, from, context);
        std::optional<detail::FlowSimplex> second;
        run(first);
        if (first.gave_up()) {
            second.emplace(problem, costs, settings, nullptr, context);
            run(*second);
            // Of two searches that prove nothing, the one that has routed more.
            if (ended_early() && first.unrouted() <= second->unrouted()) second.reset();
        }
        detail::FlowSimplex& kernel = second ? *second : first;
        result.unrouted = kernel.unrouted();
        result.flows = kernel.flows(scale.whole_amounts || result.unrouted > 0);
        const bool early = ended_early();
        // A tree of a huge network with unrouted units has no prices that are worth another two passes over the arcs.
        constexpr std::size_t huge = 1 << 21;
        const bool only_walks = early && result.unrouted > 0 && problem.arcs() > huge;
        if (early) walks = kernel.walk_potentials();
        result.potentials = only_walks ? std::exchange(walks, {}) : kernel.potentials();
        result.ray = kernel.ray();
        result.basis = kernel.basis();
        if (result.status == core::Status::infeasible)
            detail::find_flow_cuts(problem, scale.whole_amounts ? 0.0 : 0x1p-40 * amounts, result);
    };
    solve(start);
    if (capped && (result.status == core::Status::optimal || result.status == core::Status::unbounded)) {
        // The capped price proves the optimum unless an arc that is dearer in truth carries units it could lose; a ray, never.
        capped = result.status == core::Status::unbounded;
        for (std::size_t a = 0; a < costs.size(); ++a)
            if (costs[a] != problem.costs[a])
                capped = capped || (costs[a] > 0 ? result.flows[a] > problem.lower_bound(a)
                                                 : result.flows[a] < problem.upper_bound(a));
        const bool again = capped && !(options.max_pivots > 0 && result.pivots >= options.max_pivots);
        if (again) {
            settings.largest_cost = scale.largest_cost;
            costs = problem.costs;
            const FlowBasis basis = result.basis;
            solve(&basis);
        }
    }
    detail::settle_loops(problem, result);
    const double plain_gap = detail::certify_flow(problem, scale, result, std::move(walks));
    const bool unproven = result.status == core::Status::infeasible && result.shortage.empty() && result.surplus.empty();
    if (unproven || detail::doubtful(result, plain_gap)) (void)detail::solve_exactly(problem, scale, share, result);
    if (!std::isfinite(result.objective)) result.status = core::Status::numerical_error;
    if (result.status == core::Status::optimal) {
        double moved = 0;
        for (const double x : result.flows) moved += std::abs(x);
        if (!detail::proves_optimum(result.certificate, share * amounts, moved)) result.status = core::Status::stalled;
    }
    result.seconds = watch.seconds();
    return result;
}

}  // namespace meio::transport
