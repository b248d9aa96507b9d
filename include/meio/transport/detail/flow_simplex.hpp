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

inline void FlowSimplex::hang(std::int32_t x, double surplus) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    FlowTree::Node& node = tree_.at(x);
    node.parent = tree_.root();
    node.step = 0;
    if (surplus >= 0) {
        node.to_parent = infinity;
        node.from_parent = surplus;
        node.arc = slack_[index(x)] >= 0 ? slack_[index(x)] : FlowTree::artificial_up;
        if (node.arc >= 0) side_[index(node.arc)] = 0;
    } else {
        node.to_parent = -surplus;
        node.from_parent = infinity;
        node.arc = FlowTree::artificial_down;
    }
}

// Takes the tree of the start as far as it is one. An arc whose flow breaks a bound goes to that bound, and what it
// leaves behind hangs below the root by an artificial arc; so does a node from which nothing could be sent up.
inline void FlowSimplex::build(const FlowBasis* start) {
    const std::int32_t root = tree_.root();
    const bool warm = start != nullptr && !start->empty();
    for (std::int32_t x = 0; x < root; ++x) tree_.at(x).parent = root;
    if (warm) {
        for (std::int32_t x = 0; x < root && index(x) < start->parent_arcs.size(); ++x) {
            const std::int32_t a = start->parent_arcs[index(x)];
            if (a < 0 || index(a) >= real_arcs_) continue;
            const Arc& arc = arcs_[index(a)];
            if (arc.from == arc.to || (arc.from != x && arc.to != x)) continue;
            tree_.at(x).arc = a;
            tree_.at(x).parent = arc.from == x ? arc.to : arc.from;
        }
        std::vector<std::int32_t> seen(index(root) + 1, -1);
        seen[index(root)] = root;
        for (std::int32_t x = 0; x < root; ++x) {
            std::int32_t y = x;
            for (; seen[index(y)] < 0; y = tree_.at(y).parent) seen[index(y)] = x;
            if (seen[index(y)] == x && y != root) {  // closed upon itself, unless this climb ended on an older one
                tree_.at(y).parent = root;
                tree_.at(y).arc = FlowTree::artificial_up;
            }
        }
        for (std::size_t a = 0; a < real_arcs_ && a < start->at_upper.size(); ++a)
            if (start->at_upper[a] != 0 && range(a) < std::numeric_limits<double>::infinity()) side_[a] = -1;
        for (std::int32_t x = 0; x < root; ++x)
            if (tree_.at(x).parent != root) side_[index(tree_.at(x).arc)] = 1;
    }
    std::vector<double> net = surplus();
    const auto settle = [&](std::int32_t x) {
        FlowTree::Node& node = tree_.at(x);
        double& have = net[index(x)];
        if (node.parent == root) return hang(x, have);
        const std::int32_t a = node.arc;
        const std::int32_t parent = node.parent;
        const bool up = upward(a, x);
        const double room = range(index(a));
        const double flow = up ? have : -have;
        const double kept = std::min(std::max(flow, 0.0), room);
        net[index(parent)] += up ? kept : -kept;
        const double to_parent = up ? room - kept : kept;
        if (kept == flow && to_parent > 0) {
            node.to_parent = to_parent;
            node.from_parent = up ? kept : room - kept;
            node.step = up ? arcs_[index(a)].cost : -arcs_[index(a)].cost;
            side_[index(a)] = 0;
        } else {
            side_[index(a)] = kept > 0 ? -1 : 1;
            hang(x, up ? have - kept : have + kept);
        }
    };
    if (warm)
        for (const std::int32_t x : tree_.leaves_first()) settle(x);
    else
        for (std::int32_t x = 0; x < root; ++x) settle(x);
    for (std::size_t a = 0; a < real_arcs_; ++a)
        if (range(a) == 0) side_[a] = 0;
}

inline void FlowSimplex::refresh() {
    tree_.potentials(money_, artificial_);
    if (!routed_ && tree_.unrouted() <= settings_.rounding) drop_artificials();
    if (routed_ && !uniform_) {
        // An arc to the root counts as well, and the root's part is 0.
        const auto last = artificial_.end() - (arcs_.size() == real_arcs_ ? 1 : 0);
        uniform_ = std::adjacent_find(artificial_.begin(), last, std::not_equal_to<>()) == last;
    }
    if (lexicographic_ && !uniform_) return;
    if (uniform_) {
        lexicographic_ = false;
        std::copy(money_.begin(), money_.end(), price_.begin());
    } else {
        for (std::size_t x = 0; x < price_.size(); ++x) price_[x] = money_[x] + weight_ * artificial_[x];
    }
}

// What is left on artificial arcs is rounding: forget it, and let none of them carry anything again.
inline void FlowSimplex::drop_artificials() {
    for (std::int32_t x = 0; x < tree_.root(); ++x) {
        FlowTree::Node& node = tree_.at(x);
        if (node.arc >= 0) continue;
        node.arc = FlowTree::artificial_up;
        node.to_parent = std::numeric_limits<double>::infinity();
        node.from_parent = 0;
    }
    routed_ = true;
    tree_.potentials(money_, artificial_);
}

// Enters the candidate where the cost of its cycle, as the tree is now, is at most `share` of its key.
inline bool FlowSimplex::enter(const Candidate& candidate, double share) {
    const std::size_t a = index(candidate.arc);
    if (side_[a] == 0) return false;
    const Arc& arc = arcs_[a];
    const bool forward = side_[a] > 0;
    const std::int32_t tail = forward ? arc.from : arc.to;
    const std::int32_t head = forward ? arc.to : arc.from;
    const double cost = forward ? arc.cost : -arc.cost;
    const FlowCost cycle = tree_.walk(tail, head, cost);
    if (cycle.artificial > 0 || (cycle.artificial == 0 && money_ignored_)) return false;
    if (cycle.artificial == 0 && !(cycle.money < (settings_.exact ? 0.0 : -rounding_share * cycle.size))) return false;
    if (share > 0 && cycle.artificial * weight_ + cycle.money > share * candidate.key) return false;
    const FlowTree::Pivot done = tree_.pivot(candidate.arc, tail, head, cost, range(a),
                                             [this](std::int32_t tree_arc, std::int32_t x) { return upward(tree_arc, x); });
    if (done.amount == std::numeric_limits<double>::infinity()) {
        ray_ = tree_.cycle_arcs(candidate.arc);
        return false;
    }
    ++pivots_;
    if (done.flipped) {
        side_[a] = static_cast<std::int8_t>(-side_[a]);
        return true;
    }
    side_[a] = 0;
    if (done.leaving >= 0 && range(index(done.leaving)) > 0)
        side_[index(done.leaving)] = done.leaves_at_upper ? -1 : 1;
    return true;
}

// Prices the list anew, fills it up and pivots on the best of it. False where no arc is worth entering.
inline bool FlowSimplex::price_batch() {
    const std::size_t arcs = arcs_.size();
    const std::size_t nodes = in_.nodes;
    const std::size_t wanted = std::max<std::size_t>(16, nodes / 16);
    const std::size_t block = std::max<std::size_t>(64, arcs / 16);
    std::size_t kept = 0;
    for (const Candidate& c : list_) {
        double key = 0;
        if (attractive(index(c.arc), key)) list_[kept++] = {key, c.arc};
    }
    list_.resize(kept);
    std::size_t looked = 0;
    while ((list_.size() < wanted || everything_) && looked < arcs) {
        const std::size_t end = std::min({next_arc_ + block, arcs, next_arc_ + (arcs - looked)});
        for (std::size_t a = next_arc_; a < end; ++a) {
            double key = 0;
            if (attractive(a, key)) list_.push_back({key, static_cast<std::int32_t>(a)});
        }
        looked += end - next_arc_;
        next_arc_ = end == arcs ? 0 : end;
    }
    if (list_.empty()) return false;
    const std::size_t batch = std::min(list_.size(), wanted);
    const auto better = [](const Candidate& x, const Candidate& y) {
        return x.key != y.key ? x.key < y.key : x.arc < y.arc;
    };
    if (batch < list_.size()) std::nth_element(list_.begin(), list_.begin() + static_cast<std::ptrdiff_t>(batch), list_.end(), better);
    std::sort(list_.begin(), list_.begin() + static_cast<std::ptrdiff_t>(batch), better);
    const std::size_t limit = 4 * wanted;
    if (list_.size() > limit && !everything_) list_.resize(limit);
    bool moved = false;
    for (std::size_t s = 0; s < batch && ray_.empty(); ++s) moved = enter(list_[s], 0.3) || moved;
    if (moved || !ray_.empty()) return true;
    for (std::size_t s = 0; s < list_.size() && ray_.empty(); ++s)
        if (enter(list_[s], 0)) return true;
    return !ray_.empty();
}

inline core::Status FlowSimplex::run(const core::Context& context, std::int64_t max_pivots) {
    const std::int64_t endless = 1000000 + 300 * static_cast<std::int64_t>(in_.nodes + arcs_.size());
    std::vector<std::int32_t> proven_ray;
    while (true) {
        refresh();
        if (const auto reason = context.stop_reason()) return *reason;
        if (max_pivots > 0 && pivots_ >= max_pivots) return core::Status::iteration_limit;
        if (pivots_ > endless) return core::Status::stalled;
        if (money_ignored_ && routed_) {
            ray_ = std::move(proven_ray);
            return core::Status::unbounded;
        }
        const bool went = price_batch();
        if (!ray_.empty()) {
            if (routed_) return core::Status::unbounded;
            proven_ray = std::move(ray_);
            ray_.clear();
            money_ignored_ = lexicographic_ = true;
            list_.clear();
            continue;
        }
        if (went) {
            everything_ = false;
            continue;
        }
        if (!list_.empty() && !everything_) {
            everything_ = true;
            list_.clear();
            continue;
        }
        everything_ = false;
        if (!uniform_ && !lexicographic_) {
            lexicographic_ = true;
            list_.clear();
            continue;
        }
        if (routed_) return core::Status::optimal;
        if (tree_.unrouted() > settings_.tolerance) return core::Status::infeasible;
        drop_artificials();
        lexicographic_ = false;
        list_.clear();
    }
}

inline std::vector<double> FlowSimplex::flows(bool as_kept) const {
    std::vector<double> flow(real_arcs_);
    for (std::size_t a = 0; a < real_arcs_; ++a) flow[a] = side_[a] < 0 ? in_.upper[a] : in_.lower_bound(a);
    std::vector<double> net;
    if (!as_kept) net = surplus();
    const auto set = [&](std::int32_t x) {
        const FlowTree::Node& node = tree_.at(x);
        if (node.arc < 0 || index(node.arc) >= real_arcs_) return;
        const std::size_t a = index(node.arc);
        const bool up = upward(node.arc, x);
        double amount = up ? node.from_parent : node.to_parent;
        if (!as_kept) {
            amount = std::min(std::max(up ? net[index(x)] : -net[index(x)], 0.0), range(a));
            net[index(node.parent)] += up ? amount : -amount;
        }
        flow[a] = std::min(in_.lower_bound(a) + amount, in_.upper_bound(a));
    };
    for (const std::int32_t x : tree_.leaves_first()) set(x);
    return flow;
}

inline std::vector<double> FlowSimplex::potentials() {
    tree_.potentials(money_, artificial_);
    double price = 0;
    for (std::size_t a = 0; a < arcs_.size(); ++a) {
        const std::size_t u = index(arcs_[a].from);
        const std::size_t v = index(arcs_[a].to);
        const int count = side_[a] * (artificial_[v] - artificial_[u]);
        if (count > 0) price = std::max(price, -side_[a] * (arcs_[a].cost - money_[u] + money_[v]) / count);
    }
    std::vector<double> p(in_.nodes);
    for (std::size_t x = 0; x < in_.nodes; ++x) p[x] = money_[x] + price * artificial_[x] + 0.0;
    return p;
}

}  // namespace meio::transport::detail
