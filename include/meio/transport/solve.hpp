// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/error.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/dense.hpp>
#include <meio/transport/detail/certificate.hpp>
#include <meio/transport/detail/matrix_choice.hpp>
#include <meio/transport/detail/matrix_kernels.hpp>
#include <meio/transport/detail/settle.hpp>
#include <meio/transport/matrix_problem.hpp>
#include <meio/transport/options.hpp>
#include <meio/transport/result.hpp>

namespace meio::transport {

namespace detail {

/// One solve by the front end: a checked problem, the kernel chosen for it, and its certificate.
class MatrixSolve {
public:
    MatrixSolve(const MatrixProblem& problem, const Options& options, const core::Context& context)
        : problem_(problem), limited_(problem), options_(options), context_(context), traits_(problem, options) {
        if (!any_price(problem_.shortage_prices)) limited_.shortage_prices = {};
        if (!any_price(problem_.overflow_prices)) limited_.overflow_prices = {};
        // An unlimited source gets more than all demand: its constraint can never bind.
        amounts_.assign(problem.supply.begin(), problem.supply.end());
        limit_supply(options, problem.demand, amounts_);
        limited_.supply = amounts_;
    }

    [[nodiscard]] Result run(Kernel kernel) {
        require(kernel);
        Result result = by(kernel);
        if (result.status == core::Status::infeasible || (result.status == core::Status::unbounded && kernel != Kernel::warehouse)) {
            // What is short, and along what costs fall, is told by these.
            const bool told = kernel == Kernel::warehouse || (kernel == Kernel::dense && !(result.shortage.empty() && result.surplus.empty()));
            if (!told) return by(traits_.priced() ? Kernel::warehouse : Kernel::dense);
            if (turned(kernel)) return by(Kernel::dense);
        }
        return result;
    }

private:
    // Few destinations: the same kernel, the other way round.
    [[nodiscard]] bool turned(Kernel kernel) const {
        return kernel == Kernel::warehouse && !traits_.priced() && problem_.destinations < problem_.sources;
    }

    [[nodiscard]] Result by(Kernel kernel) {
        if (kernel == Kernel::dense) return traits_.priced() ? with_shortage(kernel) : as_matrix(problem_);
        if (kernel == Kernel::warehouse && !turned(kernel)) return run_warehouse(limited_, options_, context_);
        if (kernel == Kernel::tiny && traits_.short_priced) return with_shortage(kernel);
        Result result = kernel == Kernel::tiny       ? run_tiny(limited_, options_)
                        : kernel == Kernel::flow     ? run_flow(limited_, options_, context_, traits_.priced())
                        : kernel == Kernel::linear   ? run_linear(limited_, options_, context_)
                                                     : run_warehouse_turned(limited_, options_, context_);
        result.kernel = kernel;
        if (result.status == core::Status::infeasible || result.supply_duals.size() != problem_.sources) return result;
        finish(result);
        return result;
    }

    [[nodiscard]] Result as_matrix(const MatrixProblem& p) const {
        return solve_dense(p.costs, p.sources, p.destinations, p.supply, p.demand, options_, context_);
    }

    // One more source serves what stays short, at its price; there is always more of it than can be used.
    [[nodiscard]] Result with_shortage(Kernel kernel) {
        const double demand = std::accumulate(problem_.demand.begin(), problem_.demand.end(), 0.0);
        std::vector<double> costs(problem_.costs.begin(), problem_.costs.end());
        costs.insert(costs.end(), problem_.shortage_prices.begin(), problem_.shortage_prices.end());
        std::vector<double> supply(amounts_);
        supply.push_back(2 * demand + 1);
        MatrixProblem longer = limited_;
        longer.sources = problem_.sources + 1;
        longer.costs = costs;
        longer.supply = supply;
        longer.shortage_prices = {};
        Result result = kernel == Kernel::tiny ? run_tiny(longer, options_) : as_matrix(longer);
        result.kernel = kernel;
        if (result.supply_duals.size() != longer.sources) return result;
        result.unserved.assign(problem_.destinations, 0.0);
        while (!result.shipments.empty() && static_cast<std::size_t>(result.shipments.back().source) == problem_.sources) {
            result.unserved[static_cast<std::size_t>(result.shipments.back().destination)] = result.shipments.back().amount;
            result.shipments.pop_back();
        }
        result.supply_duals.pop_back();
        finish(result);
        return result;
    }

    void finish(Result& result) const {
        const Instance instance{problem_.costs, problem_.sources, problem_.destinations, amounts_, problem_.demand, options_,
                                limited_.shortage_prices, limited_.overflow_prices};
        if (result.status == core::Status::optimal && !traits_.priced()) tighten_massless_duals(instance, result);
        const double plain_gap = certify(instance, result);
        if (result.status == core::Status::infeasible)
            result.bound = result.certificate.gap = std::numeric_limits<double>::infinity();
        if (result.status == core::Status::unbounded) result.bound = -std::numeric_limits<double>::infinity();
        settle_status(instance, plain_gap, traits_.share, result);
    }

    // Throws where the kernel cannot take the problem.
    void require(Kernel kernel) const {
        core::IssueList issues;
        if (kernel == Kernel::tiny && !traits_.tiny_relation)
            issues.add("kernel", "", "tiny", "meets demand exactly: with surplus and costs below zero, or surplus and supply exactly, use another");
        if (kernel == Kernel::tiny && (problem_.sources == 0 || problem_.destinations == 0))
            issues.add("kernel", "", "tiny", "needs a source and a destination: use another");
        const bool simple = options_.supply == Relation::at_most && options_.demand == Relation::exactly && !traits_.over_priced;
        if ((kernel == Kernel::tiny || kernel == Kernel::dense) && traits_.priced() && !simple)
            issues.add("kernel", "", kernel == Kernel::tiny ? "tiny" : "dense",
                       "takes prices of shortage only, with supply at_most and demand exactly: use warehouse, flow or linear");
        issues.throw_if_any();
    }

    const MatrixProblem& problem_;
    MatrixProblem limited_;        ///< with finite supplies, without prices that are all infinite
    const Options& options_;
    const core::Context& context_;
    MatrixTraits traits_;
    std::vector<double> amounts_;
};

}  // namespace detail

/// Solves the transportation problem: ship at least cost from sources to destinations. Exact.
///
/// @param problem costs, supplies and demands; optional prices of shortage and of overflow.
/// @param options relations other than <= and =, tolerance, pivot limit, the kernel where it is not to be chosen by shape.
/// @param context deadline and stop flag, looked at every few milliseconds; the best so far is returned.
/// @return `optimal`; `infeasible` with cuts, and shipments that serve as much as can be served, at least cost; `unbounded`
///     with `ray` (possible with a price of overflow and demand `at_least` only); or the best so far (`time_limit`,
///     `interrupted`, `iteration_limit`, `stalled`), whose unserved demand shows as `certificate.primal_residual`, with a
///     valid `bound`. `numerical_error`: the objective overflows. `kernel` tells which method it was.
/// @throws core::InputError naming every wrong entry, or a kernel asked for that cannot take the problem.
///
/// The objective does not depend on the kernel; among several optima the flows and duals may. Up to 4000 arcs (1600 with
/// more than 64 sources, 8000 with up to 800 destinations, 20 a source) the tiny one runs, from 400 destinations and 40 a source
/// on the one for warehouses, else the dense one.
/// Integer-valued data are solved in exact arithmetic (by all but `linear`) as long as totals and path costs stay below
/// 2^50. Huge costs among small ones cost no accuracy; feasibility is ranked before cost, never priced against it.
[[nodiscard]] inline Result solve(const MatrixProblem& problem, const Options& options = {}, const core::Context& context = {}) {
    const core::Stopwatch watch;
    options.validate();
    Result result;
    const bool priced = detail::any_price(problem.shortage_prices) || detail::any_price(problem.overflow_prices);
    // The dense kernel checks its input itself.
    const bool tiny = detail::is_tiny_shape(problem.sources, problem.destinations);
    const bool long_side = detail::is_warehouse_shape(problem.sources, problem.destinations);
    const bool plain = !priced && problem.shortage_prices.empty() && problem.overflow_prices.empty();
    const bool large = plain && !tiny && !long_side && options.kernel == Kernel::automatic;
    if (large || (plain && options.kernel == Kernel::dense))
        return solve_dense(problem.costs, problem.sources, problem.destinations, problem.supply, problem.demand, options, context);
    (void)detail::check_matrix(problem, options);
    Kernel kernel = options.kernel;
    if (kernel == Kernel::automatic) {
        kernel = detail::choose_kernel(problem, options);
        const bool simple = options.supply == Relation::at_most && options.demand == Relation::exactly && !detail::any_price(problem.overflow_prices);
        if (priced && (!simple || kernel == Kernel::warehouse)) kernel = Kernel::warehouse;
        if (kernel == Kernel::tiny && context.stop_reason()) kernel = Kernel::dense;
    }
    result = detail::MatrixSolve(problem, options, context).run(kernel);
    result.seconds = watch.seconds();
    return result;
}

/// The same without prices.
///
/// @param costs row-major, `sources` x `destinations`, money per unit, either sign, of size at most 1e300; +inf: no arc.
/// @param supply,demand amounts >= 0; a supply may be +inf (unlimited) where supply is `at_most` and demand `exactly`.
[[nodiscard]] inline Result solve(std::span<const double> costs, std::size_t sources, std::size_t destinations,
                                  std::span<const double> supply, std::span<const double> demand,
                                  const Options& options = {}, const core::Context& context = {}) {
    return solve(MatrixProblem{sources, destinations, costs, supply, demand}, options, context);
}

}  // namespace meio::transport
