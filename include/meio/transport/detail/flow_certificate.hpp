// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <meio/core/status.hpp>
#include <meio/transport/detail/certificate.hpp>
#include <meio/transport/detail/exact_flow.hpp>
#include <meio/transport/detail/flow_input.hpp>
#include <meio/transport/flow_problem.hpp>
#include <meio/transport/flow_result.hpp>

namespace meio::transport::detail {

/// No optimal vertex sends more than this over an arc's lower bound, whatever its upper bound: its flow splits into paths
/// from surplus to lack, and cycles, each of which has an arc of negative cost. +inf where such arcs have no upper bound,
/// unless cycles of them are known to be `bounded`.
inline double flow_limit(const FlowProblem& in, const FlowScale& scale, bool bounded) {
    if (scale.endless && !bounded) return std::numeric_limits<double>::infinity();
    double limit = 0;
    if (!scale.lifted) {
        for (std::size_t i = 0; i < in.nodes; ++i) limit += std::max(in.supply_of(i), 0.0);
    } else {
        std::vector<double> net(in.nodes, 0.0);
        for (std::size_t i = 0; i < in.nodes; ++i) net[i] = in.supply_of(i);
        for (std::size_t a = 0; a < in.arcs(); ++a) {
            const double low = in.lower[a];
            if (low == 0) continue;
            net[static_cast<std::size_t>(in.from[a])] -= low;
            net[static_cast<std::size_t>(in.to[a])] += low;
        }
        for (const double b : net) limit += std::max(b, 0.0);
    }
    return limit + (scale.endless ? scale.ranges : scale.negative_ranges);
}

/// What node potentials prove: the value of the Lagrangian at them, a lower bound on every flow's cost, and by how much they
/// miss the flow's reduced costs.
class FlowProof {
public:
    FlowProof(const FlowProblem& in, const std::vector<double>& potentials, double limit) : in_(in), p_(potentials), limit_(limit) {
        if (!in.relations.empty()) {
            priced_ = potentials;
            for (std::size_t i = 0; i < in.nodes; ++i)
                if (in.may_keep(i)) priced_[i] = std::min(priced_[i], 0.0);
        }
        for (std::size_t i = 0; i < in.nodes; ++i)
            if (in.supply_of(i) != 0) add(in.supply_of(i) * priced()[i]);
    }

    void add_arc(std::size_t u, std::size_t v, double cost, double x, double low, double high) {
        double reduced = u == v ? cost : cost - p_[u] + p_[v];
        if (x > low) violation_ = std::max(violation_, reduced);
        if (x < high) violation_ = std::max(violation_, -reduced);
        if (!priced_.empty() && u != v) reduced = cost - priced_[u] + priced_[v];
        if (reduced < 0) {
            const double amount = std::min(high, low + limit_);
            const double parts = u == v ? 0.0 : std::abs(cost) + std::abs(priced()[u]) + std::abs(priced()[v]);
            add(reduced * amount);
            if (-reduced <= 0x1p-46 * parts) terms_ += parts * amount;   // rounding, all of it
        } else if (low != 0) {
            add(reduced * low);
        }
    }

    /// `sent`: units that leave node i, less those that enter.
    void add_keeping_node(std::size_t i, double sent) {
        violation_ = std::max(violation_, p_[i]);
        const double left = in_.supply_of(i) - sent;
        if (left > 1e-12 * (std::abs(sent) + std::abs(in_.supply_of(i)))) violation_ = std::max(violation_, -p_[i]);
    }

    [[nodiscard]] double bound() const { return std::isfinite(bound_) ? bound_ : -std::numeric_limits<double>::infinity(); }
    [[nodiscard]] double violation() const { return violation_; }
    /// Size of all that was added up, to judge the rounding of the bound by.
    [[nodiscard]] double terms() const { return terms_; }

private:
    void add(double money) {
        bound_ += money;
        terms_ += std::abs(money);
    }
    [[nodiscard]] const std::vector<double>& priced() const { return priced_.empty() ? p_ : priced_; }

    const FlowProblem& in_;
    const std::vector<double>& p_;
    std::vector<double> priced_;   // no price above 0 where units may stay; empty: none may
    double limit_;
    double bound_ = 0;
    double violation_ = 0;
    double terms_ = 0;
};

/// Fills objective, bound and certificate from the input, the flows and the potentials alone. Where `others` prove a better
/// bound, they take the place of the potentials; empty: there are none. Returns the gap as `certify` does.
inline double certify_flow(const FlowProblem& in, const FlowScale& scale, FlowResult& r, std::vector<double> others = {}) {
    const double infinity = std::numeric_limits<double>::infinity();
    Certificate& proof = r.certificate;
    proof = {};
    const double limit = flow_limit(in, scale, r.status == core::Status::optimal);
    FlowProof first(in, r.potentials, limit);
    std::optional<FlowProof> second;
    if (!others.empty()) second.emplace(in, others, limit);
    std::vector<double> net(in.nodes, 0.0);
    double weight = 0;
    r.objective = 0;
    for (std::size_t a = 0; a < in.arcs(); ++a) {
        const auto u = static_cast<std::size_t>(in.from[a]);
        const auto v = static_cast<std::size_t>(in.to[a]);
        const double cost = in.costs[a];
        const double x = r.flows[a];
        const double low = in.lower_bound(a);
        const double high = in.upper_bound(a);
        if (x != 0) {
            if (u != v) {  // what runs in a loop takes no digits from the rest
                net[u] += x;
                net[v] -= x;
            }
            r.objective += cost * x;
            weight += std::abs(cost * x);
        }
        proof.primal_residual = std::max({proof.primal_residual, low - x, x - high});
        first.add_arc(u, v, cost, x, low, high);
        if (second) second->add_arc(u, v, cost, x, low, high);
    }
    RowMisses misses;
    for (std::size_t i = 0; i < in.nodes; ++i) {
        const double over = net[i] - in.supply_of(i);
        misses.add(in.may_keep(i) ? over : std::abs(over), in.supply_of(i), r.potentials[i]);
        if (!in.may_keep(i)) continue;
        first.add_keeping_node(i, net[i]);
        if (second) second->add_keeping_node(i, net[i]);
    }
    proof.primal_residual = std::max(proof.primal_residual, misses.most);
    const bool better = second && second->bound() > first.bound();
    proof.dual_violation = (better ? *second : first).violation();
    if (r.status == core::Status::infeasible) {
        r.bound = proof.gap = infinity;
        return 0;
    }
    if (r.status == core::Status::unbounded) {
        r.bound = -infinity;
        proof.gap = infinity;
        return 0;
    }
    r.bound = (better ? *second : first).bound();
    if (better) r.potentials = std::move(others);
    const double size = std::max({std::abs(r.objective), weight, 1e-300});
    const double apart = r.objective == r.bound ? 0.0 : std::abs(r.objective - r.bound);
    proof.gap = gap_beyond_rounding(apart, weight + (better ? *second : first).terms(), misses.worth.value(), size);
    if (r.bound > r.objective && proof.gap < 1e-9 && r.unrouted == 0) r.bound = r.objective;
    return misses.rough ? infinity : apart / size;
}

/// The units by which the nodes marked miss balance: as a shortage where `sign` is 1, as a surplus where it is -1.
inline double cut_amount(const FlowProblem& in, const std::vector<std::uint8_t>& inside, int sign) {
    ExactSum amount;
    for (std::size_t i = 0; i < in.nodes; ++i) {
        if (inside[i] == 0) continue;
        if (sign < 0 && in.may_keep(i)) return 0;
        amount.add(-sign * in.supply_of(i));
    }
    for (std::size_t a = 0; a < in.arcs(); ++a) {
        const bool from = inside[static_cast<std::size_t>(in.from[a])] != 0;
        const bool to = inside[static_cast<std::size_t>(in.to[a])] != 0;
        if (from == to) continue;
        const bool helps = sign > 0 ? to : from;  // carries units where they lack, or away where they are too many
        const double bound = helps ? -in.upper_bound(a) : in.lower_bound(a);
        if (std::isinf(bound)) return 0;
        amount.add(bound);
    }
    return amount.value();
}

/// Keeps the nodes marked as a cut where they miss balance by more than `tolerance`.
inline void take_cut(const FlowProblem& in, const std::vector<std::uint8_t>& inside, int sign, double tolerance, FlowResult& r) {
    const double amount = cut_amount(in, inside, sign);
    if (!(amount > tolerance)) return;
    FlowCut& cut = sign > 0 ? r.shortage : r.surplus;
    cut = {{}, amount};
    for (std::size_t i = 0; i < in.nodes; ++i)
        if (inside[i] != 0) cut.nodes.push_back(static_cast<std::int32_t>(i));
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
        if (u != v) {
            over[u] += r.flows[a];
            over[v] -= r.flows[a];
        }
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
        take_cut(in, inside, sign, tolerance, r);
    }
}

}  // namespace meio::transport::detail
