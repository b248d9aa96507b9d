// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/transport/detail/certificate.hpp>
#include <meio/transport/detail/complete_simplex.hpp>
#include <meio/transport/detail/complete_solve.hpp>
#include <meio/transport/detail/dense_simplex.hpp>
#include <meio/transport/detail/input.hpp>
#include <meio/transport/detail/problem.hpp>
#include <meio/transport/detail/settle.hpp>
#include <meio/transport/options.hpp>
#include <meio/transport/result.hpp>

namespace meio::transport {

namespace detail {

inline std::vector<double> transposed(std::span<const double> matrix, std::size_t rows, std::size_t columns) {
    constexpr std::size_t tile = 32;
    std::vector<double> out(rows * columns);
    for (std::size_t i0 = 0; i0 < rows; i0 += tile)
        for (std::size_t j0 = 0; j0 < columns; j0 += tile)
            for (std::size_t i = i0; i < std::min(rows, i0 + tile); ++i)
                for (std::size_t j = j0; j < std::min(columns, j0 + tile); ++j) out[j * rows + i] = matrix[i * columns + j];
    return out;
}

// Reads flows and duals off a kernel's tree, in the caller's orientation.
template <class Kernel>
void unpack(const Kernel& kernel, std::size_t row_count, std::size_t column_count, bool reversed, Result& result) {
    const auto& tree = kernel.tree();
    const auto rows = static_cast<std::int32_t>(row_count);
    for (std::int32_t x = 0; x < tree.root(); ++x) {
        if (tree.parent(x) == tree.root() || !(tree.flow(x) > 0)) continue;
        const std::int32_t row = x < rows ? x : tree.parent(x);
        const std::int32_t column = (x < rows ? tree.parent(x) : x) - rows;
        result.shipments.push_back({reversed ? column : row, reversed ? row : column, tree.flow(x)});
    }
    std::sort(result.shipments.begin(), result.shipments.end(), [](const Shipment& a, const Shipment& b) {
        return a.source != b.source ? a.source < b.source : a.destination < b.destination;
    });
    const std::vector<double>& p = kernel.potentials();
    std::vector<double>& row_duals = reversed ? result.demand_duals : result.supply_duals;
    std::vector<double>& column_duals = reversed ? result.supply_duals : result.demand_duals;
    row_duals.resize(row_count);
    column_duals.resize(column_count);
    // Adding zero turns -0 into 0.
    for (std::size_t i = 0; i < row_count; ++i) row_duals[i] = p[i] + 0.0;
    for (std::size_t j = 0; j < column_count; ++j) column_duals[j] = -p[row_count + j] + 0.0;
}

}  // namespace detail

/// Solves the transportation problem of `solve` by the kernel for matrices, whatever its shape. Exact.
///
/// Input, result and errors are those of `solve`; prices and `Options::kernel` do not come in. Method: primal network
/// simplex on strongly feasible trees (Cunningham 1976), which cannot cycle; exponential in the worst case, in practice
/// about n^2 to n^2.5 for n x n. Where all arcs are there and supply suffices, one artificial cost above all others is
/// exact; else feasibility is ranked before cost. Memory: nodes and shortlists, and a transposed copy of the costs where
/// destinations outnumber sources more than two to one.
[[nodiscard]] inline Result solve_dense(std::span<const double> costs, std::size_t sources, std::size_t destinations,
                                        std::span<const double> supply, std::span<const double> demand,
                                        const Options& options = {}, const core::Context& context = {}) {
    const core::Stopwatch watch;
    options.validate();
    const bool reversed = destinations > 2 * sources;
    const std::size_t rows = reversed ? destinations : sources;
    const std::size_t columns = reversed ? sources : destinations;
    if (sources > 0x3fffffff || destinations > 0x3fffffff || costs.size() != sources * destinations)
        detail::check_input(costs, sources, destinations, supply, demand, options, {});
    const std::vector<double> turned =
        reversed ? detail::transposed(costs, sources, destinations) : std::vector<double>{};
    const double* row_major = reversed ? turned.data() : costs.data();
    detail::CostScan scan(row_major, rows, columns);
    const detail::CostSummary summary = scan.finite() ? scan.summary() : detail::summarize(costs);
    detail::check_input(costs, sources, destinations, supply, demand, options, summary);

    // An unlimited source gets more than all demand: its constraint can never bind.
    const double total_demand = std::accumulate(demand.begin(), demand.end(), 0.0);
    std::vector<double> limited(supply.begin(), supply.end());
    detail::limit_supply(options, demand, limited);
    supply = limited;
    const double total_supply = std::accumulate(supply.begin(), supply.end(), 0.0);
    const bool whole = total_supply + total_demand < 0x1p53 && detail::all_whole(supply) && detail::all_whole(demand);
    // Supply that may stay unused, however much, makes no shortage a trifle.
    const double balanced = options.supply == Relation::at_most ? total_demand : std::max(total_supply, total_demand);
    const double tolerance = whole ? 0.0 : options.balance_tolerance * balanced;
    const bool exact = summary.integral && summary.largest * static_cast<double>(sources + destinations + 4) < 0x1p50;

    Result result;
    result.kernel = Kernel::dense;
    const bool complete = detail::suits_complete(scan, options, total_supply, total_demand, tolerance, exact);
    if (complete) {
        const std::vector<double> filled = detail::filled_up(supply, total_supply, total_demand);
        const std::span<const double> available = filled;
        detail::CompleteSimplex kernel(row_major, reversed ? demand : available, reversed ? available : demand, reversed,
                                       std::move(scan.column_least), summary.largest, exact);
        result.status = kernel.run(context, options.max_pivots);
        result.pivots = kernel.pivots();
        detail::unpack(kernel, rows, columns, reversed, result);
    } else {
        detail::Problem problem;
        problem.rows = rows;
        problem.columns = columns;
        problem.costs = row_major;
        problem.row_amounts = reversed ? demand : supply;
        problem.column_amounts = reversed ? supply : demand;
        problem.row_relation = reversed ? options.demand : options.supply;
        problem.column_relation = reversed ? options.supply : options.demand;
        problem.integral_costs = exact;
        problem.tolerance = tolerance;
        problem.caps = detail::cost_caps(costs, summary);
        detail::DenseSimplex kernel(problem);
        result.status = kernel.run(context, options.max_pivots);
        result.pivots = kernel.pivots();
        detail::unpack(kernel, rows, columns, reversed, result);
    }

    const detail::Instance instance{costs, sources, destinations, supply, demand, options};
    if (complete || result.status == core::Status::optimal) detail::tighten_massless_duals(instance, result);
    const double plain_gap = detail::certify(instance, result);
    detail::settle_status(instance, plain_gap, whole ? 0.0 : options.balance_tolerance, result);
    if (result.status == core::Status::infeasible) {
        const double share = whole ? 0.0 : 0x1p-45;
        detail::find_cuts(instance, whole ? 0.0 : 0x1p-40 * balanced, share, result);
        if (result.shortage.empty() && result.surplus.empty()) detail::find_cuts(instance, 0.0, share, result);
        result.bound = result.certificate.gap = std::numeric_limits<double>::infinity();
    }
    result.seconds = watch.seconds();
    return result;
}

}  // namespace meio::transport
