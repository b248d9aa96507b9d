// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/detail/flow_simplex.hpp>

// The start of the network simplex: from nothing or from a basis.
namespace meio::transport::detail {

inline void FlowSimplex::set_up() {
    const std::int32_t root = tree_.root();
    arcs_.reserve(real_arcs_);
    if (for_arcs_until_stop([this](std::size_t a) { arcs_.push_back({in_.from[a], in_.to[a], costs_[a]}); })) return;
    for (std::int32_t x = 0; x < root; ++x)
        if (in_.may_keep(index(x))) {
            slack_[index(x)] = static_cast<std::int32_t>(arcs_.size());
            arcs_.push_back({x, root, 0.0});
        }
    side_.assign(arcs_.size(), 1);
    weight_ = 1;
    while (weight_ < 2 * settings_.largest_cost * static_cast<double>(in_.nodes + 2) && weight_ < 1e306) weight_ *= 2;
    most_drift_ = settings_.exact ? std::max(0.0, 0x1p52 - weight_) : weight_;
    part(arcs_.size() > 50000 ? 128 : 32);
    build();
    if (stopped_) built_ = false;
}

inline void FlowSimplex::hang(std::int32_t x, double surplus) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    FlowTree::Node& node = tree_.at(x);
    tree_.set_parent(x, tree_.root());
    node.step = 0;
    if (surplus >= 0) {
        node.to_parent = infinity;
        node.from_parent = surplus;
        tree_.set_arc(x, slack_[index(x)] >= 0 ? slack_[index(x)] : FlowTree::artificial_up);
        if (tree_.arc(x) >= 0) side_[index(tree_.arc(x))] = 0;
    } else {
        node.to_parent = -surplus;
        node.from_parent = infinity;
        tree_.set_arc(x, FlowTree::artificial_down);
    }
}

// Takes the tree of the start as far as it is one. An arc whose flow breaks a bound goes to that bound, and what it
// leaves behind hangs below the root by an artificial arc; so does a node from which nothing could be sent up.
inline void FlowSimplex::build() {
    const std::int32_t root = tree_.root();
    const FlowBasis* const start = start_;
    const bool warm = start != nullptr && !start->empty();
    for (std::int32_t x = 0; x < root; ++x) tree_.set_parent(x, root);
    if (warm) {
        for (std::int32_t x = 0; x < root && index(x) < start->parent_arcs.size(); ++x) {
            const std::int32_t a = start->parent_arcs[index(x)];
            if (a < 0 || index(a) >= real_arcs_) continue;
            const Arc& arc = arcs_[index(a)];
            if (arc.from == arc.to || (arc.from != x && arc.to != x)) continue;
            tree_.set_arc(x, a);
            tree_.set_parent(x, arc.from == x ? arc.to : arc.from);
        }
        std::vector<std::int32_t> seen(index(root) + 1, -1);
        seen[index(root)] = root;
        for (std::int32_t x = 0; x < root; ++x) {
            std::int32_t y = x;
            for (; seen[index(y)] < 0; y = tree_.parent(y)) seen[index(y)] = x;
            if (seen[index(y)] == x && y != root) {  // closed upon itself, unless this climb ended on an older one
                tree_.set_parent(y, root);
                tree_.set_arc(y, FlowTree::artificial_up);
            }
        }
        for (std::size_t a = 0; a < real_arcs_ && a < start->at_upper.size(); ++a)
            if (start->at_upper[a] != 0 && range(a) < std::numeric_limits<double>::infinity()) side_[a] = -1;
        for (std::int32_t x = 0; x < root; ++x)
            if (tree_.parent(x) != root) side_[index(tree_.arc(x))] = 1;
    }
    built_ = true;  // sides say which bound an arc is at
    if (stops_after(real_arcs_)) return;
    std::vector<double> net = surplus();
    if (stops_after(real_arcs_)) return;
    const auto settle = [&](std::int32_t x) {
        FlowTree::Node& node = tree_.at(x);
        double& have = net[index(x)];
        if (tree_.parent(x) == root) return hang(x, have);
        const std::int32_t a = tree_.arc(x);
        const std::int32_t parent = tree_.parent(x);
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
    if (stops_after(in_.nodes)) return;
    if (!in_.upper.empty())
        for (std::size_t a = 0; a < real_arcs_; ++a)
            if (range(a) == 0) side_[a] = 0;
    if (stops_after(real_arcs_)) return;
    tree_.link_all();
    (void)stops_after(4 * in_.nodes);
}

}  // namespace meio::transport::detail
