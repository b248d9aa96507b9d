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

#include <meio/transport/detail/flow_simplex.hpp>

namespace meio::transport::detail {

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
