// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/core/status.hpp>
#include <meio/transport/detail/flow_input.hpp>
#include <meio/transport/flow_problem.hpp>
#include <meio/transport/flow_result.hpp>

namespace meio::transport::detail {

/// No optimal vertex sends more than this over an arc's lower bound, whatever its upper bound: its flow splits into paths
/// from surplus to lack, and cycles, each of which has an arc of negative cost. +inf where such arcs have no upper bound.
inline double flow_limit(const FlowProblem& in, bool bounded) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::vector<double> net(in.nodes, 0.0);
    for (std::size_t i = 0; i < in.nodes; ++i) net[i] = in.supply_of(i);
    double cycles = 0;
    double ranges = 0;
    bool endless = false;
    for (std::size_t a = 0; a < in.arcs(); ++a) {
        const double low = in.lower_bound(a);
        const double high = in.upper_bound(a);
        if (low != 0) {
            net[static_cast<std::size_t>(in.from[a])] -= low;
            net[static_cast<std::size_t>(in.to[a])] += low;
        }
        if (high < infinity) ranges += high - low;
        if (in.costs[a] >= 0) continue;
        if (high < infinity)
            cycles += high - low;
        else
            endless = true;
    }
    double limit = 0;
    for (const double b : net) limit += std::max(b, 0.0);
    if (endless) return bounded ? limit + ranges : infinity;
    return limit + cycles;
}

/// The value of the Lagrangian at potentials p: a lower bound on every flow's cost.
inline double flow_bound(const FlowProblem& in, const std::vector<double>& p, double limit) {
    double bound = 0;
    for (std::size_t i = 0; i < in.nodes; ++i)
        if (in.supply_of(i) != 0) bound += in.supply_of(i) * (in.may_keep(i) ? std::min(p[i], 0.0) : p[i]);
    for (std::size_t a = 0; a < in.arcs(); ++a) {
        const auto price = [&](std::int32_t x) {
            const auto i = static_cast<std::size_t>(x);
            return in.may_keep(i) ? std::min(p[i], 0.0) : p[i];
        };
        const double reduced = in.costs[a] - price(in.from[a]) + price(in.to[a]);
        const double low = in.lower_bound(a);
        if (reduced < 0)
            bound += reduced * std::min(in.upper_bound(a), low + limit);
        else if (low != 0)
            bound += reduced * low;
    }
    return bound;
}

/// Fills objective, bound and certificate from the input, the flows and the potentials alone.
inline void certify_flow(const FlowProblem& in, FlowResult& r) {
    const double infinity = std::numeric_limits<double>::infinity();
    Certificate& proof = r.certificate;
    proof = {};
    std::vector<double> net(in.nodes, 0.0);
    double weight = 0;
    r.objective = 0;
    for (std::size_t a = 0; a < in.arcs(); ++a) {
        const auto u = static_cast<std::size_t>(in.from[a]);
        const auto v = static_cast<std::size_t>(in.to[a]);
        const double x = r.flows[a];
        const double low = in.lower_bound(a);
        const double high = in.upper_bound(a);
        net[u] += x;
        net[v] -= x;
        if (x != 0) {
            r.objective += in.costs[a] * x;
            weight += std::abs(in.costs[a] * x);
        }
        proof.primal_residual = std::max({proof.primal_residual, low - x, x - high});
        const double reduced = in.costs[a] - r.potentials[u] + r.potentials[v];
        if (x > low) proof.dual_violation = std::max(proof.dual_violation, reduced);
        if (x < high) proof.dual_violation = std::max(proof.dual_violation, -reduced);
    }
    for (std::size_t i = 0; i < in.nodes; ++i) {
        const double over = net[i] - in.supply_of(i);
        if (!in.may_keep(i)) {
            proof.primal_residual = std::max(proof.primal_residual, std::abs(over));
            continue;
        }
        proof.primal_residual = std::max(proof.primal_residual, over);
        proof.dual_violation = std::max(proof.dual_violation, r.potentials[i]);
        const double scale = 1e-12 * (std::abs(net[i]) + std::abs(in.supply_of(i)));
        if (-over > scale) proof.dual_violation = std::max(proof.dual_violation, -r.potentials[i]);
    }
    if (r.status == core::Status::infeasible) {
        r.bound = proof.gap = infinity;
        return;
    }
    if (r.status == core::Status::unbounded) {
        r.bound = -infinity;
        proof.gap = infinity;
        return;
    }
    const double limit = flow_limit(in, r.status == core::Status::optimal);
    r.bound = flow_bound(in, r.potentials, limit);
    if (r.status != core::Status::optimal) r.bound = std::max(r.bound, flow_bound(in, std::vector<double>(in.nodes, 0.0), limit));
    if (std::isnan(r.bound)) r.bound = -infinity;
    const double scale = std::max({std::abs(r.objective), weight, 1e-300});
    proof.gap = r.objective == r.bound ? 0.0 : std::abs(r.objective - r.bound) / scale;
    if (r.bound > r.objective && proof.gap < 1e-9 && r.unrouted == 0) r.bound = r.objective;
}

/// The units by which the nodes marked miss balance: as a shortage where `sign` is 1, as a surplus where it is -1.
inline double cut_amount(const FlowProblem& in, const std::vector<std::uint8_t>& inside, int sign) {
    double amount = 0;
    for (std::size_t i = 0; i < in.nodes; ++i) {
        if (inside[i] == 0) continue;
        if (sign < 0 && in.may_keep(i)) return 0;
        amount -= sign * in.supply_of(i);
    }
    for (std::size_t a = 0; a < in.arcs(); ++a) {
        const bool from = inside[static_cast<std::size_t>(in.from[a])] != 0;
        const bool to = inside[static_cast<std::size_t>(in.to[a])] != 0;
        if (from == to) continue;
        const bool helps = sign > 0 ? to : from;  // carries units where they lack, or away where they are too many
        amount -= helps ? in.upper_bound(a) : -in.lower_bound(a);
    }
    return amount;
}

/// Finds the cuts from the flows of an infeasible problem: every node that could still send a unit to unmet demand (in
/// the residual network), and every node that unrouted supply could still reach. `tolerance`: units that are rounding.
inline void find_flow_cuts(const FlowProblem& in, double tolerance, FlowResult& r) {
    std::vector<double> over(in.nodes, 0.0);
    for (std::size_t i = 0; i < in.nodes; ++i) over[i] = -in.supply_of(i);
    std::vector<std::int64_t> first(in.nodes + 2, 0);  // arcs at a node, both ends
    for (std::size_t a = 0; a < in.arcs(); ++a) {
        const auto u = static_cast<std::size_t>(in.from[a]);
        const auto v = static_cast<std::size_t>(in.to[a]);
        over[u] += r.flows[a];
        over[v] -= r.flows[a];
        ++first[u + 2];
        ++first[v + 2];
    }
    for (std::size_t i = 2; i < first.size(); ++i) first[i] += first[i - 1];
    std::vector<std::size_t> incident(2 * in.arcs());
    for (std::size_t a = 0; a < in.arcs(); ++a)
        for (const std::int32_t x : {in.from[a], in.to[a]})
            incident[static_cast<std::size_t>(first[static_cast<std::size_t>(x) + 1]++)] = a;
    std::vector<std::uint8_t> inside(in.nodes);
    std::vector<std::size_t> reached;
    for (const int sign : {1, -1}) {
        reached.clear();
        for (std::size_t i = 0; i < in.nodes; ++i) {
            inside[i] = sign * over[i] > tolerance && (sign > 0 || !in.may_keep(i));
            if (inside[i] != 0) reached.push_back(i);
        }
        for (std::size_t s = 0; s < reached.size(); ++s) {
            const std::size_t x = reached[s];
            for (auto k = static_cast<std::size_t>(first[x]); k < static_cast<std::size_t>(first[x + 1]); ++k) {
                const std::size_t a = incident[k];
                const bool leaves = static_cast<std::size_t>(in.from[a]) == x;
                const auto y = static_cast<std::size_t>(leaves ? in.to[a] : in.from[a]);
                const bool more = leaves == (sign < 0);  // the arc would carry more, not less
                const double room = more ? in.upper_bound(a) - r.flows[a] : r.flows[a] - in.lower_bound(a);
                if (inside[y] != 0 || !(room > tolerance)) continue;
                inside[y] = 1;
                reached.push_back(y);
            }
        }
        const double amount = cut_amount(in, inside, sign);
        if (!(amount > tolerance)) continue;
        FlowCut& cut = sign > 0 ? r.shortage : r.surplus;
        cut.amount = amount;
        for (std::size_t i = 0; i < in.nodes; ++i)
            if (inside[i] != 0) cut.nodes.push_back(static_cast<std::int32_t>(i));
    }
}

}  // namespace meio::transport::detail
