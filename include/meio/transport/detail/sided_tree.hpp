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

namespace meio::transport::detail {

/// A spanning tree of a transportation problem, rooted at an extra node, kept by parent pointers only.
///
/// All arcs lead from rows to columns, and those of the root from rows to it and from it to columns, so a node's side
/// tells the direction of the arc to its parent: a row's arc leads up, a column's down. Sides alternate along any path,
/// which is what makes a pivot cheap: losers of flow are every other node. Node x owns its arc's flow and `step`:
/// potential[x] = potential[parent] + step, +cost for a row and -cost for a column. Strongly feasible (Cunningham 1976).
class SidedTree {
public:
    SidedTree(std::size_t rows, std::size_t columns)
        : nodes_(rows + columns + 1), from_path_(rows + columns + 1), to_path_(rows + columns + 1), from_sum_(rows + columns + 2),
          to_sum_(rows + columns + 2), order_(rows + columns), next_order_(rows + columns),
          rows_(static_cast<std::int32_t>(rows)), root_(static_cast<std::int32_t>(rows + columns)) {
        std::iota(order_.begin(), order_.end(), 0);
    }

    [[nodiscard]] std::int32_t root() const noexcept { return root_; }
    [[nodiscard]] std::int32_t parent(std::int32_t x) const { return at(x).parent; }
    [[nodiscard]] double flow(std::int32_t x) const { return at(x).flow; }

    void hang_from_root(std::int32_t x, double flow, double step) { hang(x, root_, flow, step); }
    void hang(std::int32_t x, std::int32_t parent, double flow, double step) { at(x) = {flow, step, parent, at(x).mark}; }
    void set_step(std::int32_t x, double step) { at(x).step = step; }
    [[nodiscard]] double step(std::int32_t x) const { return at(x).step; }
    /// Nodes that are in the tree, parents before children as of the last call of `potentials`.
    [[nodiscard]] const std::vector<std::int32_t>& order() const noexcept { return order_; }

    /// Nodes that are in the tree; the others (without mass) are never touched.
    void keep(std::span<const std::int32_t> nodes) {
        order_.assign(nodes.begin(), nodes.end());
        next_order_.resize(order_.size());
    }

    /// Climbs from both ends of arc (row, column) to where the paths join; returns the arc's reduced cost, summed over the
    /// cycle alone and so right however stale the potentials are. `pivot` uses the same cycle.
    double walk(std::int32_t from, std::int32_t to, double cost) {
        next_marks(2);
        const std::uint32_t seen_from = mark_;
        const std::uint32_t seen_to = mark_ + 1;
        std::int32_t x = from;
        std::int32_t y = to;
        std::size_t a = 0;
        std::size_t b = 0;
        double up = 0;
        double down = 0;
        at(x).mark = seen_from;
        at(y).mark = seen_to;
        // Both sides climb in turn, so the work is bounded by the longer side of the cycle, not by the depth.
        while (true) {
            if (x != root_) {
                const Node& node = at(x);
                from_path_[a] = x;
                from_sum_[++a] = up += node.step;
                x = node.parent;
                if (at(x).mark == seen_to) {
                    if (x != y) b = position(to_path_, b, x);
                    break;
                }
                at(x).mark = seen_from;
            }
            if (y != root_) {
                const Node& node = at(y);
                to_path_[b] = y;
                to_sum_[++b] = down += node.step;
                y = node.parent;
                if (at(y).mark == seen_from) {
                    if (y != x) a = position(from_path_, a, y);
                    break;
                }
                at(y).mark = seen_to;
            }
        }
        from_length_ = a;
        to_length_ = b;
        return cost - from_sum_[a] + to_sum_[b];
    }

    /// Brings in the arc of the last `walk`; `to` may be the root.
    void pivot(std::int32_t from, std::int32_t to, double cost) { exchange(from, to, cost, blocking()); }

    /// Writes the potential of every node that is in the tree. Nodes are visited in the order of the last time, in which
    /// parents mostly come first.
    void potentials(double* potential) {
        next_marks(1);
        const std::uint32_t seen = mark_;
        potential[root_] = 0;
        at(root_).mark = seen;
        std::int32_t* done = next_order_.data();
        const auto visit = [&](std::int32_t x, Node& node) {
            potential[x] = potential[node.parent] + node.step;
            node.mark = seen;
            *done++ = x;
        };
        for (const std::int32_t start : order_) {
            Node& node = at(start);
            if (node.mark == seen) continue;
            if (at(node.parent).mark == seen) {
                visit(start, node);
                continue;
            }
            std::size_t height = 0;
            for (std::int32_t x = start; at(x).mark != seen; x = at(x).parent) from_path_[height++] = x;
            while (height > 0) {
                const std::int32_t x = from_path_[--height];
                visit(x, at(x));
            }
        }
        order_.swap(next_order_);
    }

    /// Flow between the root and rows, or the root and columns.
    [[nodiscard]] double flow_at_root(bool of_rows) const {
        double total = 0;
        for (const std::int32_t x : order_)
            if ((x < rows_) == of_rows && at(x).parent == root_) total += at(x).flow;
        return total;
    }

    /// Recomputes all flows from the nodes' net supplies, leaves first, to shed accumulated rounding (what is left of it
    /// below zero is cut off and shows as a residual). O(nodes).
    void recompute_flows(std::vector<double> net) {
        std::vector<std::int32_t> children(nodes_.size(), 0);
        for (const std::int32_t x : order_) ++children[static_cast<std::size_t>(at(x).parent)];
        std::vector<std::int32_t> leaves;
        leaves.reserve(nodes_.size());
        for (const std::int32_t x : order_)
            if (children[static_cast<std::size_t>(x)] == 0) leaves.push_back(x);
        net.resize(nodes_.size(), 0.0);
        for (std::size_t s = 0; s < leaves.size(); ++s) {
            const std::int32_t x = leaves[s];
            Node& node = at(x);
            const double surplus = net[static_cast<std::size_t>(x)];
            node.flow = std::max(0.0, x < rows_ ? surplus : -surplus);
            const auto parent = static_cast<std::size_t>(node.parent);
            net[parent] += surplus;
            if (node.parent != root_ && --children[parent] == 0) leaves.push_back(node.parent);
        }
    }

protected:
    struct Node {
        double flow = 0;
        double step = 0;
        std::int32_t parent = -1;
        std::uint32_t mark = 0;
    };

    // Which arc of the cycle leaves: the one at a place of the path from one end of the entering arc, and its flow.
    struct Leaving {
        double amount = std::numeric_limits<double>::infinity();
        std::size_t place = 0;
        bool on_from = true;
    };

    // Every other node loses flow. The last blocking arc along the cycle, seen from the join, keeps the tree strongly
    // feasible.
    [[nodiscard]] Leaving blocking() const {
        Leaving out;
        for (std::size_t s = 0; s < from_length_; s += 2)
            if (const double flow = at(from_path_[s]).flow; flow < out.amount) out = {flow, s, true};
        for (std::size_t s = 0; s < to_length_; s += 2)
            if (const double flow = at(to_path_[s]).flow; flow <= out.amount) out = {flow, s, false};
        return out;
    }

    Node& at(std::int32_t x) { return nodes_[static_cast<std::size_t>(x)]; }
    [[nodiscard]] const Node& at(std::int32_t x) const { return nodes_[static_cast<std::size_t>(x)]; }

    // `mark_` becomes the first of `count` marks that no node bears.
    void next_marks(std::uint32_t count) {
        if (last_mark_ > std::numeric_limits<std::uint32_t>::max() - 4) {
            for (Node& node : nodes_) node.mark = 0;
            last_mark_ = 0;
        }
        mark_ = last_mark_ + 1;
        last_mark_ += count;
    }

    static std::size_t position(const std::vector<std::int32_t>& path, std::size_t length, std::int32_t x) {
        while (path[length - 1] != x) --length;
        return length - 1;
    }

    // Moves `amount` around the cycle and hangs what lies below the leaving arc from the other end of the entering one.
    void exchange(std::int32_t from, std::int32_t to, double cost, const Leaving& leaving) {
        const auto [amount, place, on_from] = leaving;
        if (amount != 0) {
            for (std::size_t s = 0; s < from_length_; ++s) at(from_path_[s]).flow += s % 2 == 0 ? -amount : amount;
            for (std::size_t s = 0; s < to_length_; ++s) at(to_path_[s]).flow += s % 2 == 0 ? -amount : amount;
        }
        const std::vector<std::int32_t>& path = on_from ? from_path_ : to_path_;
        double flow = amount;
        double step = on_from ? cost : -cost;
        std::int32_t parent = on_from ? to : from;
        for (std::size_t s = 0; s <= place; ++s) {
            Node& node = at(path[s]);
            std::swap(node.flow, flow);
            std::swap(node.step, step);
            node.parent = parent;
            parent = path[s];
            step = -step;
        }
    }

    std::vector<Node> nodes_;
    std::vector<std::int32_t> from_path_, to_path_;  // from both ends of an arc up to the join
    std::vector<double> from_sum_, to_sum_;          // steps summed along them
    std::vector<std::int32_t> order_, next_order_;
    std::size_t from_length_ = 0;
    std::size_t to_length_ = 0;
    std::int32_t rows_;
    std::int32_t root_;
    std::uint32_t mark_ = 0;
    std::uint32_t last_mark_ = 0;
};

}  // namespace meio::transport::detail
