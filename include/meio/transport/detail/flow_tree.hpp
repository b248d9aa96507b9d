// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace meio::transport::detail {

/// Cost of a cycle in lexicographic order: artificial units first, then money. `size` is the sum of |money|, to judge
/// rounding by.
struct FlowCost {
    int artificial = 0;
    double money = 0;
    double size = 0;
};

/// A spanning tree with parent pointers only: no thread, no subtree sizes, no children. Each node keeps what can still be
/// sent to its parent and back (units), so arcs with and without capacity, up and down, are all alike. Strongly feasible
/// (Cunningham 1976): something can be sent from every node to the root.
class FlowTree {
public:
    static constexpr std::int32_t artificial_up = -1;     ///< arc of a node that sends unrouted supply to the root
    static constexpr std::int32_t artificial_down = -2;   ///< ... that gets unrouted demand from the root

    struct Node {
        double to_parent = 0;      ///< units that can still be sent to the parent
        double from_parent = 0;    ///< units that can still be sent here from the parent
        double step = 0;           ///< cost of a unit sent to the parent; potential = that of the parent + step
        std::int32_t parent = -1;
        std::int32_t arc = artificial_up;
    };

    /// What `pivot` did to the tree and the entering arc.
    struct Pivot {
        double amount = 0;               ///< pushed around the cycle; +inf: nothing limits it
        std::int32_t leaving = 0;        ///< arc that left; the entering one where it went from bound to bound
        bool flipped = false;            ///< the entering arc went from bound to bound
        bool leaves_at_upper = false;
    };

    explicit FlowTree(std::size_t nodes)
        : nodes_(nodes + 1), marks_(nodes + 1, 0), from_path_(nodes + 2), to_path_(nodes + 2),
          root_(static_cast<std::int32_t>(nodes)) {}

    [[nodiscard]] std::int32_t root() const { return root_; }
    [[nodiscard]] Node& at(std::int32_t x) { return nodes_[static_cast<std::size_t>(x)]; }
    [[nodiscard]] const Node& at(std::int32_t x) const { return nodes_[static_cast<std::size_t>(x)]; }

    /// Units on artificial arcs.
    [[nodiscard]] double unrouted() const {
        double total = 0;
        for (std::int32_t x = 0; x < root_; ++x) {
            const Node& node = at(x);
            if (node.arc == artificial_up) total += node.from_parent;
            if (node.arc == artificial_down) total += node.to_parent;
        }
        return total;
    }

    /// Cost of the cycle that sends a unit from tail to head at `cost` and back through the tree, summed over the cycle
    /// alone and so right however stale the potentials are. `pivot` uses the same cycle.
    FlowCost walk(std::int32_t tail, std::int32_t head, double cost) {
        find_cycle(tail, head);
        FlowCost reduced{0, cost, std::abs(cost)};
        for (std::size_t s = 0; s < from_length_; ++s) {
            const Node& node = at(from_path_[s]);
            reduced.money -= node.step;
            reduced.size += std::abs(node.step);
        }
        for (std::size_t s = 0; s < to_length_; ++s) {
            const Node& node = at(to_path_[s]);
            reduced.money += node.step;
            reduced.size += std::abs(node.step);
        }
        // Only the topmost arcs of the two paths can be artificial.
        if (from_length_ > 0) reduced.artificial -= artificial_cost(at(from_path_[from_length_ - 1]).arc);
        if (to_length_ > 0) reduced.artificial += artificial_cost(at(to_path_[to_length_ - 1]).arc);
        return reduced;
    }

    /// Sends what can be sent around the cycle of the last `walk`; `room` is what the entering arc can take from its
    /// bound. `upward(arc, x)` tells whether tree arc `arc` leads from x to its parent.
    template <class Upward>
    Pivot pivot(std::int32_t arc, std::int32_t tail, std::int32_t head, double cost, double room,
                Upward&& upward) {
        double amount = std::numeric_limits<double>::infinity();
        std::size_t leaving = 0;
        enum { none, on_from, entering, on_to } where = none;
        // The last blocking arc along the cycle, seen from the join, keeps the tree strongly feasible.
        for (std::size_t s = 0; s < from_length_; ++s) {
            const Node& node = at(from_path_[s]);
            if (node.from_parent < amount) {
                amount = node.from_parent;
                leaving = s;
                where = on_from;
            }
        }
        if (room <= amount && room < std::numeric_limits<double>::infinity()) {
            amount = room;
            where = entering;
        }
        for (std::size_t s = 0; s < to_length_; ++s) {
            const Node& node = at(to_path_[s]);
            if (node.to_parent <= amount && node.to_parent < std::numeric_limits<double>::infinity()) {
                amount = node.to_parent;
                leaving = s;
                where = on_to;
            }
        }
        Pivot result;
        result.amount = amount;
        result.leaving = arc;
        if (where == none) return result;
        if (amount != 0) {
            for (std::size_t s = 0; s < from_length_; ++s) {
                Node& node = at(from_path_[s]);
                node.from_parent -= amount;
                node.to_parent += amount;
            }
            for (std::size_t s = 0; s < to_length_; ++s) {
                Node& node = at(to_path_[s]);
                node.to_parent -= amount;
                node.from_parent += amount;
            }
        }
        if (where == entering) {
            result.flipped = true;
            return result;
        }
        const bool from_side = where == on_from;
        const std::vector<std::int32_t>& path = from_side ? from_path_ : to_path_;
        {
            const std::int32_t x = path[leaving];
            const Node& node = at(x);
            result.leaving = node.arc;
            // On the from side flow moved down and blocked: an arc that leads up is empty, one that leads down is full.
            if (node.arc >= 0) result.leaves_at_upper = upward(node.arc, x) != from_side;
        }
        // The new arc takes `amount` from its bound; seen from the side that is rehung, its way to the parent is along the
        // push on the from side and against it on the to side.
        const double left = room - amount;
        Node carry = from_side ? Node{left, amount, cost, head, arc} : Node{amount, left, -cost, tail, arc};
        for (std::size_t s = 0; s <= leaving; ++s) {
            Node& node = at(path[s]);
            const Node old = node;
            node = carry;
            carry = Node{old.from_parent, old.to_parent, -old.step, path[s], old.arc};
        }
        return result;
    }

    /// Arcs of the cycle of the last `walk`, with the entering `arc` first, in the direction of the push.
    [[nodiscard]] std::vector<std::int32_t> cycle_arcs(std::int32_t arc) const {
        std::vector<std::int32_t> arcs{arc};
        for (std::size_t s = 0; s < to_length_; ++s) arcs.push_back(at(to_path_[s]).arc);
        for (std::size_t s = from_length_; s-- > 0;) arcs.push_back(at(from_path_[s]).arc);
        return arcs;
    }

    /// Writes the potential of every node: money, and the artificial part (-1, 0 or 1).
    void potentials(std::vector<double>& money, std::vector<std::int8_t>& artificial) {
        next_marks();
        const auto root = static_cast<std::size_t>(root_);
        money[root] = 0;
        artificial[root] = 0;
        marks_[root] = mark_;
        for (std::int32_t x = 0; x < root_; ++x) {
            std::size_t height = 0;
            for (std::int32_t y = x; marks_[static_cast<std::size_t>(y)] != mark_; y = at(y).parent) from_path_[height++] = y;
            while (height > 0) {
                const std::int32_t z = from_path_[--height];
                const Node& node = at(z);
                const auto parent = static_cast<std::size_t>(node.parent);
                money[static_cast<std::size_t>(z)] = money[parent] + node.step;
                artificial[static_cast<std::size_t>(z)] =
                    static_cast<std::int8_t>(artificial[parent] + artificial_cost(node.arc));
                marks_[static_cast<std::size_t>(z)] = mark_;
            }
        }
    }

    /// Nodes with children before parents.
    [[nodiscard]] std::vector<std::int32_t> leaves_first() const {
        std::vector<std::int32_t> children(nodes_.size(), 0);
        for (std::int32_t x = 0; x < root_; ++x) ++children[static_cast<std::size_t>(at(x).parent)];
        std::vector<std::int32_t> order;
        order.reserve(nodes_.size());
        for (std::int32_t x = 0; x < root_; ++x)
            if (children[static_cast<std::size_t>(x)] == 0) order.push_back(x);
        for (std::size_t s = 0; s < order.size(); ++s) {
            const std::int32_t parent = at(order[s]).parent;
            if (parent != root_ && --children[static_cast<std::size_t>(parent)] == 0) order.push_back(parent);
        }
        return order;
    }

private:
    static int artificial_cost(std::int32_t arc) { return arc == artificial_up ? 1 : arc == artificial_down ? -1 : 0; }

    void next_marks() {
        if (mark_ > std::numeric_limits<std::uint32_t>::max() - 4) {
            std::fill(marks_.begin(), marks_.end(), 0U);
            mark_ = 0;
        }
        mark_ += 2;
    }

    void find_cycle(std::int32_t tail, std::int32_t head) {
        from_length_ = to_length_ = 0;
        if (tail == head) return;
        next_marks();
        const std::uint32_t seen_from = mark_;
        const std::uint32_t seen_to = mark_ + 1;
        std::int32_t x = tail;
        std::int32_t y = head;
        marks_[static_cast<std::size_t>(x)] = seen_from;
        marks_[static_cast<std::size_t>(y)] = seen_to;
        // Both sides climb in turn, so the work is bounded by the longer side of the cycle, not by the depth.
        while (true) {
            if (x != root_) {
                from_path_[from_length_++] = x;
                x = at(x).parent;
                if (marks_[static_cast<std::size_t>(x)] == seen_to) {
                    if (x != y) to_length_ = position(to_path_, to_length_, x);
                    return;
                }
                marks_[static_cast<std::size_t>(x)] = seen_from;
            }
            if (y != root_) {
                to_path_[to_length_++] = y;
                y = at(y).parent;
                if (marks_[static_cast<std::size_t>(y)] == seen_from) {
                    if (y != x) from_length_ = position(from_path_, from_length_, y);
                    return;
                }
                marks_[static_cast<std::size_t>(y)] = seen_to;
            }
        }
    }

    static std::size_t position(const std::vector<std::int32_t>& path, std::size_t length, std::int32_t x) {
        while (path[length - 1] != x) --length;
        return length - 1;
    }

    std::vector<Node> nodes_;
    std::vector<std::uint32_t> marks_;
    std::vector<std::int32_t> from_path_;
    std::vector<std::int32_t> to_path_;
    std::size_t from_length_ = 0;
    std::size_t to_length_ = 0;
    std::int32_t root_;
    std::uint32_t mark_ = 0;
};

}  // namespace meio::transport::detail
