// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace meio::transport::detail {

/// A cost in lexicographic order: artificial arcs first, then money. No big M, so nothing is ever dwarfed.
struct LexCost {
    int artificial = 0;
    double money = 0;
    double size = 0;  ///< sum of absolute values that went into `money`: the scale of its rounding error
};

/// A spanning tree rooted at an extra node, kept by parent pointers only, and strongly feasible (every arc without flow
/// points towards the root), which rules out cycling (Cunningham 1976, "A network simplex method").
///
/// Node x owns the arc to its parent: its flow, its direction, and its cost signed so that
/// potential[x] = potential[parent] + step, the cost of the tree path from x to the root.
class Tree {
public:
    explicit Tree(std::size_t nodes)
        : nodes_(nodes + 1), from_path_(nodes + 1), to_path_(nodes + 1), root_(static_cast<std::int32_t>(nodes)) {}

    [[nodiscard]] std::int32_t root() const noexcept { return root_; }
    [[nodiscard]] std::int32_t parent(std::int32_t x) const { return at(x).parent; }
    [[nodiscard]] double flow(std::int32_t x) const { return at(x).flow; }

    /// Total flow on artificial arcs: what is not served.
    [[nodiscard]] double artificial_flow() const {
        double total = 0;
        for (const Node& node : nodes_)
            if (node.artificial != 0) total += std::abs(node.flow);
        return total;
    }

    /// Hangs x below the root by an arc that costs no money and `artificial` >= 0 lexicographic units; `up`: it leads
    /// from x to the root.
    void hang_from_root(std::int32_t x, double flow, bool up, int artificial) {
        at(x) = Node{flow, 0.0, root_, 0, up, static_cast<std::int8_t>(up ? artificial : -artificial)};
    }

    /// Climbs from both ends of arc (from, to) to where the paths join; returns the arc's reduced cost, summed over the
    /// cycle alone and so right however stale the potentials are. `pivot` uses the same cycle.
    LexCost walk(std::int32_t from, std::int32_t to, double cost, int artificial) {
        find_cycle(from, to);
        LexCost reduced{artificial, cost, std::abs(cost)};
        for (std::size_t s = 0; s < from_length_; ++s) {
            const Node& node = at(from_path_[s]);
            reduced.money -= node.step;
            reduced.size += std::abs(node.step);
            reduced.artificial -= node.artificial;
        }
        for (std::size_t s = 0; s < to_length_; ++s) {
            const Node& node = at(to_path_[s]);
            reduced.money += node.step;
            reduced.size += std::abs(node.step);
            reduced.artificial += node.artificial;
        }
        return reduced;
    }

    /// Brings in the arc of the last `walk`. False where nothing on the cycle loses flow (an unbounded ray).
    bool pivot(std::int32_t from, std::int32_t to, double cost, int artificial) {
        double amount = std::numeric_limits<double>::infinity();
        std::size_t leaving = 0;
        bool on_from = true;
        // The last blocking arc along the cycle, seen from the join, keeps the tree strongly feasible.
        for (std::size_t s = 0; s < from_length_; ++s) {
            const Node& node = at(from_path_[s]);
            if (node.up && node.flow < amount) {
                amount = node.flow;
                leaving = s;
            }
        }
        for (std::size_t s = 0; s < to_length_; ++s) {
            const Node& node = at(to_path_[s]);
            if (!node.up && node.flow <= amount) {
                amount = node.flow;
                leaving = s;
                on_from = false;
            }
        }
        if (amount == std::numeric_limits<double>::infinity()) return false;
        if (amount != 0) {
            for (std::size_t s = 0; s < from_length_; ++s) {
                Node& node = at(from_path_[s]);
                node.flow += node.up ? -amount : amount;
            }
            for (std::size_t s = 0; s < to_length_; ++s) {
                Node& node = at(to_path_[s]);
                node.flow += node.up ? amount : -amount;
            }
        }
        const std::vector<std::int32_t>& path = on_from ? from_path_ : to_path_;
        Node carry{amount, on_from ? cost : -cost, on_from ? to : from, 0, on_from,
                   static_cast<std::int8_t>(on_from ? artificial : -artificial)};
        for (std::size_t s = 0; s <= leaving; ++s) {
            Node& node = at(path[s]);
            const Node old = node;
            node = carry;
            node.mark = old.mark;
            carry = Node{old.flow, -old.step, path[s], 0, !old.up, 0};
        }
        return true;
    }

    /// Writes the potential of every node: money, and the artificial part (-1 to 2).
    void potentials(std::vector<double>& money, std::vector<std::int8_t>& count) {
        next_marks();
        const std::size_t root = static_cast<std::size_t>(root_);
        money[root] = 0;
        count[root] = 0;
        at(root_).mark = mark_;
        for (std::int32_t x = 0; x < root_; ++x) {
            std::size_t height = 0;
            std::int32_t y = x;
            for (; at(y).mark != mark_; y = at(y).parent) from_path_[height++] = y;
            while (height > 0) {
                const std::int32_t z = from_path_[--height];
                Node& node = at(z);
                const auto parent = static_cast<std::size_t>(node.parent);
                money[static_cast<std::size_t>(z)] = money[parent] + node.step;
                count[static_cast<std::size_t>(z)] = static_cast<std::int8_t>(count[parent] + node.artificial);
                node.mark = mark_;
            }
        }
    }

    /// Recomputes all flows from the nodes' net supplies, leaves first, to shed accumulated rounding (what is left of it
    /// below zero is cut off and shows as a residual).
    void recompute_flows(std::vector<double> net) {
        std::vector<std::int32_t> children(nodes_.size(), 0);
        for (std::int32_t x = 0; x < root_; ++x) ++children[static_cast<std::size_t>(at(x).parent)];
        std::vector<std::int32_t> leaves;
        leaves.reserve(nodes_.size());
        for (std::int32_t x = 0; x < root_; ++x)
            if (children[static_cast<std::size_t>(x)] == 0) leaves.push_back(x);
        net.resize(nodes_.size(), 0.0);
        for (std::size_t s = 0; s < leaves.size(); ++s) {
            const std::int32_t x = leaves[s];
            Node& node = at(x);
            const double surplus = net[static_cast<std::size_t>(x)];
            node.flow = std::max(0.0, node.up ? surplus : -surplus);
            const auto parent = static_cast<std::size_t>(node.parent);
            net[parent] += surplus;
            if (node.parent != root_ && --children[parent] == 0) leaves.push_back(node.parent);
        }
    }

private:
    struct Node {
        double flow = 0;
        double step = 0;
        std::int32_t parent = -1;
        std::uint32_t mark = 0;
        bool up = true;              ///< the arc leads from the node to its parent
        std::int8_t artificial = 0;  ///< signed like `step`; only below the root
    };

    Node& at(std::int32_t x) { return nodes_[static_cast<std::size_t>(x)]; }
    [[nodiscard]] const Node& at(std::int32_t x) const { return nodes_[static_cast<std::size_t>(x)]; }

    void next_marks() {
        if (mark_ > std::numeric_limits<std::uint32_t>::max() - 4) {
            for (Node& node : nodes_) node.mark = 0;
            mark_ = 0;
        }
        mark_ += 2;
    }

    void find_cycle(std::int32_t from, std::int32_t to) {
        next_marks();
        const std::uint32_t seen_from = mark_;
        const std::uint32_t seen_to = mark_ + 1;
        std::int32_t x = from;
        std::int32_t y = to;
        from_length_ = to_length_ = 0;
        at(x).mark = seen_from;
        at(y).mark = seen_to;
        // Both sides climb in turn, so the work is bounded by the longer side of the cycle, not by the depth.
        while (true) {
            if (x != root_) {
                from_path_[from_length_++] = x;
                x = at(x).parent;
                if (at(x).mark == seen_to) {
                    if (x != y) to_length_ = position(to_path_, to_length_, x);
                    return;
                }
                at(x).mark = seen_from;
            }
            if (y != root_) {
                to_path_[to_length_++] = y;
                y = at(y).parent;
                if (at(y).mark == seen_from) {
                    if (y != x) from_length_ = position(from_path_, from_length_, y);
                    return;
                }
                at(y).mark = seen_to;
            }
        }
    }

    static std::size_t position(const std::vector<std::int32_t>& path, std::size_t length, std::int32_t x) {
        while (path[length - 1] != x) --length;
        return length - 1;
    }

    std::vector<Node> nodes_;
    std::vector<std::int32_t> from_path_;
    std::vector<std::int32_t> to_path_;
    std::size_t from_length_ = 0;
    std::size_t to_length_ = 0;
    std::int32_t root_;
    std::uint32_t mark_ = 0;
};

}  // namespace meio::transport::detail
