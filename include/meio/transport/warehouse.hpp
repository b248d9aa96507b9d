// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/transport/arc_result.hpp>
#include <meio/transport/arcs.hpp>
#include <meio/transport/detail/arc_check.hpp>
#include <meio/transport/detail/input.hpp>
#include <meio/transport/detail/warehouse_solve.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport {

namespace detail {

inline ArcResult solve_checked_arcs(const ArcProblem& problem, const Options& options, const CostSummary& summary,
                                    const core::Context& context, const ArcBasis* start) {
    return problem.capacities.empty() ? ArcSolve<false>(problem, options, summary).run(context, start)
                                      : ArcSolve<true>(problem, options, summary).run(context, start);
}

/// Solves with all costs and prices times a power of two: the kernel keeps margins in single precision, where costs below
/// 1e-38 are zero.
inline ArcResult solve_raised_arcs(const ArcProblem& problem, const Options& options, double factor, const core::Context& context,
                                   const ArcBasis* start) {
    const auto times = [](std::span<const double> from, double by) {
        std::vector<double> to(from.begin(), from.end());
        for (double& v : to) v *= by;
        return to;
    };
    const auto costs = times(problem.costs, factor);
    const auto shortage = times(problem.shortage_prices, factor);
    const auto overflow = times(problem.overflow_prices, factor);
    ArcProblem raised = problem;
    raised.costs = costs;
    raised.shortage_prices = shortage;
    raised.overflow_prices = overflow;
    ArcBasis basis;
    if (start != nullptr) {
        basis = *start;
        basis.prices = times(start->prices, factor);
    }
    ArcResult r = solve_checked_arcs(raised, options, summarize(costs), context, start != nullptr ? &basis : nullptr);
    for (auto* duals : {&r.supply_duals, &r.demand_duals, &r.basis.prices}) *duals = times(*duals, 1 / factor);
    for (double* money : {&r.objective, &r.bound, &r.certificate.dual_violation}) *money /= factor;
    return r;
}

}  // namespace detail

/// Solves a transportation problem given by arcs; made for few sources and very many destinations. Exact.
///
/// @param problem costs, supplies and demands; optional capacities of arcs, prices of shortage and of overflow.
/// @param options relations other than <= and =, tolerance, pivot limit. A supply may be +inf where it is `at_most` and
///     demand `exactly`.
/// @param context deadline and stop flag, looked at about every millisecond within the simplex and after each pass over the
///     data before it; the best so far is returned.
/// @param start a basis of an earlier result, of this or a similar problem: taken as it is where it is feasible still, for
///     its prices otherwise.
/// @return `optimal`; `infeasible` with cuts, and shipments that serve as much as can be served, at least cost; `unbounded`
///     with `ray`; or the best so far, whose unserved demand shows as `certificate.primal_residual`, with a valid `bound`.
/// @throws core::InputError naming every wrong entry.
///
/// Method: primal network simplex on strongly feasible trees (Cunningham 1976), which cannot cycle, with prices on the
/// sources only; the start comes from Newton steps on the dual. Whole-number data are solved in exact arithmetic as
/// long as totals and costs along 16 times the sources stay below 2^50. Time: exponential in the worst case, in practice a
/// few dozen passes over the arcs. Memory beyond the input: about 30 bytes a destination and 16 a shipment.
[[nodiscard]] inline ArcResult solve_arcs(const ArcProblem& problem, const Options& options = {}, const core::Context& context = {},
                                          const ArcBasis* start = nullptr) {
    const core::Stopwatch watch;
    options.validate();
    const detail::CostSummary summary = detail::summarize(problem.costs);
    detail::check_arcs(problem, options, summary);
    const double largest = std::max({summary.largest, detail::summarize(problem.shortage_prices).largest,
                                     detail::summarize(problem.overflow_prices).largest});
    ArcResult result = largest > 0 && largest < 1e-25
                           ? detail::solve_raised_arcs(problem, options, std::ldexp(1.0, -std::max(std::ilogb(largest), -1000)), context, start)
                           : detail::solve_checked_arcs(problem, options, summary, context, start);
    // Beside supply beyond all measure a demand may look like rounding: what is not served is not called optimal.
    double wanted = 0;
    double sent = 0;
    for (const double b : problem.demand) wanted += b;
    for (const Shipment& s : result.shipments) sent += s.amount;
    if (result.status == core::Status::optimal && options.supply == Relation::at_most &&
        result.certificate.primal_residual > std::max(options.balance_tolerance, 1e-9) * std::max(wanted, sent))
        result.status = core::Status::stalled;
    result.seconds = watch.seconds();
    return result;
}

/// The reduced cost c_e - u_i - v_j of each arc; +inf where there is no arc.
[[nodiscard]] inline std::vector<double> reduced_costs(const ArcProblem& problem, const Result& result) {
    std::vector<double> out(problem.costs.size());
    for (std::size_t j = 0; j < problem.destinations(); ++j)
        for (auto e = static_cast<std::size_t>(problem.offsets[j]); e < static_cast<std::size_t>(problem.offsets[j + 1]); ++e)
            out[e] = problem.costs[e] - result.supply_duals[static_cast<std::size_t>(problem.source_ids[e])] - result.demand_duals[j];
    return out;
}

}  // namespace meio::transport
