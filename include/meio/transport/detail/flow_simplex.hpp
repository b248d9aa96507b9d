// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/transport/detail/flow_tree.hpp>
#include <meio/transport/flow_basis.hpp>
#include <meio/transport/flow_problem.hpp>

namespace meio::transport::detail {

/// Primal network simplex on a general network. Lower bounds are shifted away; unrouted units run over artificial arcs
/// that are ranked before money, so no big number enters. Entering arcs come from a list of candidates that is priced
/// anew for each batch of pivots; what a pivot sees is the exact cost of its cycle.
class FlowSimplex {
public:
    struct Settings {
        bool exact = false;           ///< sums of costs are exact: no tolerance
        double largest_cost = 0;      ///< |c|
        double tolerance = 0;         ///< unrouted units that count as rounding where nothing better is found
        double rounding = 0;          ///< unrouted units that count as rounding at once
    };

    /// `costs` may differ from those of the problem and must outlive the kernel.
    FlowSimplex(const FlowProblem& problem, const std::vector<double>& costs, const Settings& settings,
                const FlowBasis* start)
        : in_(problem), settings_(settings), real_arcs_(problem.arcs()), tree_(problem.nodes), money_(problem.nodes + 1),
          artificial_(problem.nodes + 1), price_(problem.nodes + 1), slack_(problem.nodes, -1) {
        const std::int32_t root = tree_.root();
        arcs_.reserve(real_arcs_);
        for (std::size_t a = 0; a < real_arcs_; ++a) arcs_.push_back({problem.from[a], problem.to[a], costs[a]});
        for (std::int32_t x = 0; x < root; ++x)
            if (problem.may_keep(index(x))) {
                slack_[index(x)] = static_cast<std::int32_t>(arcs_.size());
                arcs_.push_back({x, root, 0.0});
            }
        side_.assign(arcs_.size(), 1);
        weight_ = 1;
        while (weight_ < 2 * settings.largest_cost * static_cast<double>(problem.nodes + 2) && weight_ < 1e290) weight_ *= 2;
        build(start);
    }

    /// `optimal`, `infeasible`, `unbounded` (see `ray`), or why it stopped early.
    core::Status run(const core::Context& context, std::int64_t max_pivots);

    [[nodiscard]] std::int64_t pivots() const { return pivots_; }
    [[nodiscard]] double unrouted() const { return tree_.unrouted(); }
    [[nodiscard]] const std::vector<std::int32_t>& ray() const { return ray_; }

    /// Flows by arc, within their bounds; recomputed from the tree unless `as_kept`, to shed accumulated rounding.
    [[nodiscard]] std::vector<double> flows(bool as_kept) const;

    /// Potentials that are right for money alone: where a unit more cannot be routed at all, its price is made as high as
    /// the arcs ask for.
    [[nodiscard]] std::vector<double> potentials();

    [[nodiscard]] FlowBasis basis() const {
        FlowBasis basis;
        basis.parent_arcs.resize(in_.nodes);
        for (std::size_t x = 0; x < in_.nodes; ++x) {
            const std::int32_t arc = tree_.at(static_cast<std::int32_t>(x)).arc;
            basis.parent_arcs[x] = arc >= 0 && index(arc) < real_arcs_ ? arc : -1;
        }
        basis.at_upper.resize(real_arcs_);
        for (std::size_t a = 0; a < real_arcs_; ++a) basis.at_upper[a] = side_[a] < 0;
        return basis;
    }

private:
    struct Arc {
        std::int32_t from, to;
        double cost;
    };
    struct Candidate {
        double key;         ///< reduced cost, negative
        std::int32_t arc;
    };

    static std::size_t index(std::int32_t x) { return static_cast<std::size_t>(x); }
    [[nodiscard]] double range(std::size_t a) const {
        if (a >= real_arcs_ || in_.upper.empty()) return std::numeric_limits<double>::infinity();
        return in_.upper[a] - in_.lower_bound(a);
    }
    [[nodiscard]] bool upward(std::int32_t arc, std::int32_t x) const { return arcs_[index(arc)].from == x; }

    // Units each node has to get rid of through the tree: supplies, less lower bounds and arcs at their upper bounds.
    [[nodiscard]] std::vector<double> surplus() const {
        std::vector<double> net(in_.nodes + 1, 0.0);
        for (std::size_t i = 0; i < in_.nodes; ++i) net[i] = in_.supply_of(i);
        if (in_.lower.empty() && in_.upper.empty()) return net;
        for (std::size_t a = 0; a < real_arcs_; ++a) {
            const double flow = side_[a] < 0 ? in_.upper[a] : in_.lower_bound(a);
            net[index(arcs_[a].from)] -= flow;
            net[index(arcs_[a].to)] += flow;
        }
        return net;
    }

    void build(const FlowBasis* start);
    void hang(std::int32_t x, double surplus);
    void refresh();
    void drop_artificials();
    bool price_batch();
    bool enter(const Candidate& candidate, double share);

    // Negative where the arc is worth entering; `key` is in the order in which to try.
    [[nodiscard]] bool attractive(std::size_t a, double& key) const {
        const Arc& arc = arcs_[a];
        const double side = side_[a];
        const std::size_t u = index(arc.from);
        const std::size_t v = index(arc.to);
        if (!lexicographic_) {
            const double reduced = arc.cost - price_[u] + price_[v];
            key = side * reduced;
            return settings_.exact ? key < 0
                                   : key < -rounding_share * (std::abs(arc.cost) + std::abs(price_[u]) + std::abs(price_[v]));
        }
        const double count = side * (artificial_[v] - artificial_[u]);
        const double money = side * (arc.cost - money_[u] + money_[v]);
        key = count * weight_ + money;
        if (count != 0 || money_ignored_) return count < 0;
        return settings_.exact ? money < 0
                               : money < -rounding_share * (std::abs(arc.cost) + std::abs(money_[u]) + std::abs(money_[v]));
    }

    static constexpr double rounding_share = 1e-12;

    const FlowProblem& in_;
    Settings settings_;
    std::size_t real_arcs_;
    FlowTree tree_;
    std::vector<Arc> arcs_;               // those of the problem, then one to the root for each node that may keep units
    std::vector<std::int8_t> side_;       // 1 at the lower bound, -1 at the upper, 0 in the tree or fixed
    std::vector<double> money_;           // potentials, in two parts
    std::vector<std::int8_t> artificial_;
    std::vector<double> price_;           // both in one number, to price with
    std::vector<std::int32_t> slack_;     // by node: its arc to the root, or -1
    std::vector<Candidate> list_;
    std::vector<std::int32_t> ray_;
    double weight_ = 1;
    std::size_t next_arc_ = 0;
    std::int64_t pivots_ = 0;
    bool routed_ = false;                 // artificial arcs are empty, for good
    bool uniform_ = false;                // ... and their number is the same on every node's way to the root
    bool lexicographic_ = false;          // price in two parts
    bool everything_ = false;             // price all arcs: the last list was rounding only
    bool money_ignored_ = false;          // a ray is known; only whether a flow exists is open
};

}  // namespace meio::transport::detail

#include <meio/transport/detail/flow_simplex_steps.hpp>
