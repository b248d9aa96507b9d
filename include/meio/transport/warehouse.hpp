// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/transport/arc_result.hpp>
#include <meio/transport/arcs.hpp>
#include <meio/transport/detail/arc_check.hpp>
#include <meio/transport/detail/input.hpp>
#include <meio/transport/detail/warehouse_solve.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport {

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
    ArcResult result = problem.capacities.empty() ? detail::ArcSolve<false>(problem, options, summary).run(context, start)
                                                  : detail::ArcSolve<true>(problem, options, summary).run(context, start);
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
