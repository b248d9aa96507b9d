// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/dense.hpp>
#include <meio/transport/matrix_problem.hpp>
#include <meio/transport/min_cost_flow.hpp>
#include <meio/transport/options.hpp>
#include <meio/transport/result.hpp>
#include <meio/transport/revised_simplex.hpp>
#include <meio/transport/tiny.hpp>
#include <meio/transport/warehouse.hpp>

namespace meio::transport::detail {

// Each of these brings a matrix to one kernel and its answer back: status, flows and duals. Supplies are finite.

inline void add_shipments(const MatrixProblem& p, std::span<const double> flows, Result& result) {
    result.shipments.reserve(p.sources + p.destinations);
    const double* flow = flows.data();
    for (std::size_t i = 0; i < p.sources; ++i)
        for (std::size_t j = 0; j < p.destinations; ++j, ++flow)
            if (*flow > 0) result.shipments.push_back({static_cast<std::int32_t>(i), static_cast<std::int32_t>(j), *flow});
}

inline Result run_tiny(const MatrixProblem& p, const Options& options) {
    TinySolver solver(p.sources, p.destinations, options.supply);
    Result result;
    result.status = solver.solve(p.costs, p.supply, p.demand);
    result.pivots = solver.pivots();
    if (result.status != core::Status::optimal) return result;
    std::vector<double> flows(p.costs.size());
    solver.flows(flows);
    add_shipments(p, flows, result);
    std::erase_if(result.shipments, [&](const Shipment& s) {  // to and from nothing flows but rounding
        return p.supply[static_cast<std::size_t>(s.source)] == 0 || p.demand[static_cast<std::size_t>(s.destination)] == 0;
    });
    result.supply_duals.resize(p.sources);
    result.demand_duals.resize(p.destinations);
    solver.supply_duals(result.supply_duals);
    solver.demand_duals(result.demand_duals);
    if (options.supply == Relation::at_most) {
        // What is left over has no price, not even that of rounding.
        std::vector<double> left(p.supply.begin(), p.supply.end());
        for (const Shipment& s : result.shipments) left[static_cast<std::size_t>(s.source)] -= s.amount;
        for (std::size_t i = 0; i < p.sources; ++i)
            if (left[i] > 1e-9 * p.supply[i]) result.supply_duals[i] = 0;
    }
    return result;
}

/// The power of two that raises the largest of some finite sizes, where all are small, to between one and two; else 1.
[[nodiscard]] inline double raise_to_one(std::initializer_list<std::span<const double>> values) {
    double largest = 0;
    for (const auto& some : values)
        for (const double v : some)
            if (std::abs(v) < std::numeric_limits<double>::infinity()) largest = std::max(largest, std::abs(v));
    return largest > 0 && largest < 1 ? std::ldexp(1.0, -std::max(std::ilogb(largest), -1000)) : 1.0;
}

/// A matrix as arcs by destination; `turned`: its rows are the destinations.
struct ArcsOfMatrix {
    std::vector<std::int64_t> offsets{0};
    std::vector<std::int32_t> ids{};
    std::vector<double> costs{};

    ArcsOfMatrix(const MatrixProblem& p, bool turned) {
        const std::size_t few = turned ? p.destinations : p.sources;
        const std::size_t many = turned ? p.sources : p.destinations;
        offsets.reserve(many + 1);
        ids.reserve(p.costs.size());
        costs.reserve(p.costs.size());
        const std::vector<double> by_column = turned ? std::vector<double>{} : transposed(p.costs, p.sources, p.destinations);
        const double* from = turned ? p.costs.data() : by_column.data();
        for (std::size_t j = 0; j < many; ++j, from += few) {
            for (std::size_t i = 0; i < few; ++i) {
                if (!(from[i] < std::numeric_limits<double>::infinity())) continue;
                ids.push_back(static_cast<std::int32_t>(i));
                costs.push_back(from[i]);
            }
            offsets.push_back(static_cast<std::int64_t>(ids.size()));
        }
    }

    [[nodiscard]] ArcProblem problem(const MatrixProblem& p) const {
        ArcProblem arcs;
        arcs.sources = p.sources;
        arcs.offsets = offsets;
        arcs.source_ids = ids;
        arcs.costs = costs;
        arcs.supply = p.supply;
        arcs.demand = p.demand;
        arcs.shortage_prices = p.shortage_prices;
        arcs.overflow_prices = p.overflow_prices;
        return arcs;
    }
};

/// Few sources, or prices on both sides.
inline Result run_warehouse(const MatrixProblem& p, const Options& options, const core::Context& context) {
    const ArcsOfMatrix arcs(p, false);
    return solve_arcs(arcs.problem(p), options, context);
}

/// Few destinations, no prices: these send, exactly or with free overflow, to sources that take, exactly or with free
/// shortage.
inline Result run_warehouse_turned(const MatrixProblem& p, const Options& options, const core::Context& context) {
    const ArcsOfMatrix arcs(p, true);
    const std::vector<double> free_shortage(options.supply == Relation::at_most ? p.sources : 0, 0.0);
    const std::vector<double> free_overflow(options.demand == Relation::at_least ? p.destinations : 0, 0.0);
    ArcProblem turned = arcs.problem(p);
    turned.sources = p.destinations;
    turned.supply = p.demand;
    turned.demand = p.supply;
    turned.shortage_prices = free_shortage;
    turned.overflow_prices = free_overflow;
    Options of_turned = options;
    of_turned.supply = Relation::exactly;
    of_turned.demand = Relation::exactly;
    Result result = solve_arcs(turned, of_turned, context);
    for (Shipment& s : result.shipments) std::swap(s.source, s.destination);
    std::sort(result.shipments.begin(), result.shipments.end(), [](const Shipment& a, const Shipment& b) {
        return a.source != b.source ? a.source < b.source : a.destination < b.destination;
    });
    std::swap(result.supply_duals, result.demand_duals);
    std::swap(result.shortage, result.surplus);
    result.unserved.clear();
    result.overflow.clear();
    return result;
}

/// Where there are prices, one more node sends what is short or overflows and takes what is left over: costs that fall for
/// ever then do so around a cycle.
inline Result run_flow(const MatrixProblem& p, const Options& options, const core::Context& context, bool priced) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::size_t nodes = p.sources + p.destinations;
    std::vector<std::int32_t> from, to;
    std::vector<double> costs, flows(p.costs.size(), 0.0);
    std::vector<std::size_t> cells;
    const auto add = [&](std::size_t tail, std::size_t head, double cost) {
        from.push_back(static_cast<std::int32_t>(tail));
        to.push_back(static_cast<std::int32_t>(head));
        costs.push_back(cost);
    };
    for (std::size_t e = 0; e < p.costs.size(); ++e) {
        if (!(p.costs[e] < infinity)) continue;
        add(e / p.destinations, p.sources + e % p.destinations, p.costs[e]);
        cells.push_back(e);
    }
    std::vector<double> supply(p.supply.begin(), p.supply.end());
    for (const double b : p.demand) supply.push_back(-b);
    std::vector<Relation> relations(p.sources, options.supply);
    relations.resize(nodes, options.demand);
    if (priced) {
        for (std::size_t i = 0; i < p.overflow_prices.size(); ++i)
            if (p.overflow_prices[i] < infinity) add(nodes, i, p.overflow_prices[i]);
        for (std::size_t j = 0; j < p.shortage_prices.size(); ++j)
            if (p.shortage_prices[j] < infinity) add(nodes, p.sources + j, p.shortage_prices[j]);
        double total = 0;
        for (std::size_t x = 0; x < nodes; ++x) {
            total += supply[x];
            if (relations[x] != Relation::exactly) add(x, nodes, 0.0);
        }
        // Its own balance follows from the others', so it asks for no more than its sign: no rounding of totals.
        supply.push_back(total < 0 ? -2 * total : 0.0);
        relations.assign(nodes, Relation::exactly);
        relations.push_back(Relation::at_most);
    }
    FlowOptions of_flow;
    of_flow.balance_tolerance = options.balance_tolerance;
    of_flow.max_pivots = options.max_pivots;
    const FlowResult solved = min_cost_flow({supply.size(), from, to, costs, {}, {}, supply, relations}, of_flow, context);
    Result result;
    result.status = solved.status;
    result.pivots = solved.pivots;
    for (std::size_t a = 0; a < cells.size(); ++a) flows[cells[a]] = solved.flows[a];
    add_shipments(p, flows, result);
    if (!p.shortage_prices.empty()) result.unserved.assign(p.destinations, 0.0);
    if (!p.overflow_prices.empty()) result.overflow.assign(p.sources, 0.0);
    for (std::size_t a = cells.size(); a < from.size(); ++a) {
        const auto x = static_cast<std::size_t>(to[a]);
        if (x < nodes) (x < p.sources ? result.overflow[x] : result.unserved[x - p.sources]) = solved.flows[a];
    }
    const double zero = priced ? solved.potentials[nodes] : 0.0;
    for (std::size_t i = 0; i < p.sources; ++i) result.supply_duals.push_back(solved.potentials[i] - zero + 0.0);
    for (std::size_t j = 0; j < p.destinations; ++j) result.demand_duals.push_back(zero - solved.potentials[p.sources + j] + 0.0);
    return result;
}

inline Result run_linear(const MatrixProblem& p, const Options& options, const core::Context& context) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double one[] = {1.0, 1.0};
    constexpr double minus[] = {-1.0};
    // Its tolerances are absolute, so small amounts and costs are raised.
    const double amount = raise_to_one({p.demand});
    const double money = raise_to_one({p.costs, p.shortage_prices, p.overflow_prices});
    LinearProgram lp;
    for (const double a : p.supply) lp.add_row(options.supply == Relation::exactly ? a * amount : -infinity, a * amount);
    for (const double b : p.demand) lp.add_row(b * amount, options.demand == Relation::exactly ? b * amount : infinity);
    for (std::size_t e = 0; e < p.costs.size(); ++e) {
        const std::int32_t rows[] = {static_cast<std::int32_t>(e / p.destinations),
                                     static_cast<std::int32_t>(p.sources + e % p.destinations)};
        if (p.costs[e] < infinity) lp.add_variable(p.costs[e] * money, 0.0, infinity, rows, one);
    }
    const auto add_priced = [&](std::span<const double> prices, std::size_t first, std::span<const double> value) {
        for (std::size_t k = 0; k < prices.size(); ++k) {
            const std::int32_t rows[] = {static_cast<std::int32_t>(first + k)};
            if (prices[k] < infinity) lp.add_variable(prices[k] * money, 0.0, infinity, rows, value);
        }
    };
    add_priced(p.shortage_prices, p.sources, std::span(one).first(1));
    add_priced(p.overflow_prices, 0, minus);
    LinearOptions of_linear;
    of_linear.max_iterations = options.max_pivots;
    LinearResult solved = solve_linear(std::move(lp), of_linear, context);
    Result result;
    result.status = solved.status;
    result.pivots = solved.iterations;
    for (double& y : solved.row_duals) y /= money;
    result.supply_duals.assign(solved.row_duals.begin(), solved.row_duals.begin() + static_cast<std::ptrdiff_t>(p.sources));
    result.demand_duals.assign(solved.row_duals.begin() + static_cast<std::ptrdiff_t>(p.sources), solved.row_duals.end());
    std::size_t next = 0;
    std::vector<double> flows(p.costs.size(), 0.0);
    const auto take = [&](std::span<const double> prices, std::vector<double>& amounts) {
        amounts.resize(prices.size());
        for (std::size_t k = 0; k < prices.size(); ++k)
            if (prices[k] < infinity) amounts[k] = std::max(0.0, solved.x[next++] / amount);
    };
    take(p.costs, flows);
    take(p.shortage_prices, result.unserved);
    take(p.overflow_prices, result.overflow);
    add_shipments(p, flows, result);
    return result;
}

}  // namespace meio::transport::detail
