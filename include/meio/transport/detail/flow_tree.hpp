// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <meio/transport/detail/flow_ring.hpp>

namespace meio::transport::detail {

/// Cost of a cycle in lexicographic order: artificial units first, then money. `size` is the sum of |money|, to judge
/// rounding by.
struct FlowCost {
    int artificial = 0;
    double money = 0;
    double size = 0;
};

/// A spanning tree with parents, sizes of subtrees and a ring through all nodes in preorder. Each node keeps what can still
/// be sent to its parent and back (units), so arcs with and without capacity, up and down, are all alike. Strongly feasible
/// (Cunningham 1976): something can be sent from every node to the root. Moving a subtree touches the path that turns round
/// and the two paths to the join; what changes below is left to the caller, who may as well change all the rest instead.
class FlowTree {
public:
    static constexpr std::int32_t artificial_up = -1;     ///< arc of a node that sends unrouted supply to the root
    static constexpr std::int32_t artificial_down = -2;   ///< ... that gets unrouted demand from the root

    /// What a walk along a cycle needs, half a line of cache.
    struct Node {
        double to_parent = 0;      ///< units that can still be sent to the parent
        double from_parent = 0;    ///< units that can still be sent here from the parent
        double step = 0;           ///< cost of a unit sent to the parent; potential = that of the parent + step
        std::int32_t parent = -1;
        std::int32_t size = 1;     ///< nodes of the subtree
    };

    /// What `pivot` did to the tree and the entering arc.
    struct Pivot {
        double amount = 0;               ///< pushed around the cycle; +inf: nothing limits it
        std::int32_t leaving = 0;        ///< arc that left; the entering one where it went from bound to bound
        bool flipped = false;            ///< the entering arc went from bound to bound
        bool leaves_at_upper = false;
        std::int32_t moved = -1;         ///< top of the subtree that hangs elsewhere now; see `each_below`
    };

    explicit FlowTree(std::size_t nodes)
        : nodes_(nodes + 1), arcs_(nodes + 1, artificial_up), ring_(nodes + 1), from_path_(nodes + 2), to_path_(nodes + 2),
          root_(static_cast<std::int32_t>(nodes)) {}

    [[nodiscard]] std::int32_t root() const { return root_; }
    [[nodiscard]] Node& at(std::int32_t x) { return nodes_[index(x)]; }
    [[nodiscard]] const Node& at(std::int32_t x) const { return nodes_[index(x)]; }
    [[nodiscard]] std::int32_t parent(std::int32_t x) const { return at(x).parent; }
    void set_parent(std::int32_t x, std::int32_t parent) { at(x).parent = parent; }
    [[nodiscard]] std::int32_t arc(std::int32_t x) const { return arcs_[index(x)]; }
    void set_arc(std::int32_t x, std::int32_t arc) { arcs_[index(x)] = arc; }

    /// Units on artificial arcs.
    [[nodiscard]] double unrouted() const {
        double total = 0;
        for (std::int32_t x = 0; x < root_; ++x) {
            if (arc(x) == artificial_up) total += at(x).from_parent;
            if (arc(x) == artificial_down) total += at(x).to_parent;
        }
        return total;
    }

    /// Cost of the cycle that sends a unit from tail to head at `cost` and back through the tree, summed over the cycle
    /// alone. `pivot` uses the same cycle.
    FlowCost walk(std::int32_t tail, std::int32_t head, double cost) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        FlowCost reduced{0, cost, std::abs(cost)};
        std::int32_t x = tail;
        std::int32_t y = head;
        std::size_t from = 0;
        std::size_t to = 0;
        // The node with the smaller subtree is not above the other one. Without a branch: which one it is is hard to guess.
        for (std::int32_t x_size = at(x).size, y_size = at(y).size; x != y;) {
            const bool first = x_size < y_size;
            from_path_[from] = x;
            to_path_[to] = y;
            from += first;
            to += !first;
            const std::int32_t above = at(first ? x : y).parent;
            const std::int32_t size = at(above).size;
            x = first ? above : x;
            y = first ? y : above;
            x_size = first ? size : x_size;
            y_size = first ? y_size : size;
        }
        from_length_ = from;
        to_length_ = to;
        from_room_ = to_room_ = infinity;
        // The last blocking arc along the cycle, seen from the join, keeps the tree strongly feasible.
        for (std::size_t s = 0; s < from; ++s) {
            const Node& node = at(from_path_[s]);
            if (node.from_parent < from_room_) {
                from_room_ = node.from_parent;
                from_leaving_ = s;
            }
            reduced.money -= node.step;
            reduced.size += std::abs(node.step);
        }
        for (std::size_t s = 0; s < to; ++s) {
            const Node& node = at(to_path_[s]);
            if (node.to_parent <= to_room_) {
                to_room_ = node.to_parent;
                to_leaving_ = s;
            }
            reduced.money += node.step;
            reduced.size += std::abs(node.step);
        }
        // Only the topmost arcs of the two paths can be artificial.
        if (from > 0) reduced.artificial -= artificial_cost(arc(from_path_[from - 1]));
        if (to > 0) reduced.artificial += artificial_cost(arc(to_path_[to - 1]));
        return reduced;
    }

    /// Sends what can be sent around the cycle of the last `walk`; `room` is what the entering arc can take from its
    /// bound. `upward(arc, x)` tells whether tree arc `arc` leads from x to its parent.
    template <class Upward>
    Pivot pivot(std::int32_t arc, std::int32_t tail, std::int32_t head, double cost, double room,
                Upward&& upward) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        enum { none, on_from, entering, on_to } where = none;
        double amount = from_room_;
        std::size_t leaving = from_leaving_;
        if (amount < infinity) where = on_from;
        if (room <= amount && room < infinity) {
            amount = room;
            where = entering;
        }
        if (to_room_ <= amount && to_room_ < infinity) {
            amount = to_room_;
            leaving = to_leaving_;
            where = on_to;
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
        result.leaving = this->arc(path[leaving]);
        // On the from side flow moved down and blocked: an arc that leads up is empty, one that leads down is full.
        if (result.leaving >= 0) result.leaves_at_upper = upward(result.leaving, path[leaving]) != from_side;
        result.moved = path[0];
        const std::int32_t total = at(path[leaving]).size;
        for (std::size_t s = leaving + 1; s < (from_side ? from_length_ : to_length_); ++s) at(path[s]).size -= total;
        for (std::size_t s = 0; s < (from_side ? to_length_ : from_length_); ++s)
            at((from_side ? to_path_ : from_path_)[s]).size += total;
        ring_.move(path, leaving, from_side ? head : tail, [this](std::int32_t x) { return at(x).parent; });
        // The new arc takes `amount` from its bound; seen from the side that is rehung, its way to the parent is along the
        // push on the from side and against it on the to side.
        const double left = room - amount;
        Node carry;
        carry.to_parent = from_side ? left : amount;
        carry.from_parent = from_side ? amount : left;
        carry.step = from_side ? cost : -cost;
        std::int32_t carried = arc;
        std::int32_t below = 0;   // size of the subtree that no longer hangs here
        std::int32_t parent = from_side ? head : tail;
        for (std::size_t s = 0; s <= leaving; ++s) {
            Node& node = at(path[s]);
            const Node old = node;
            node = {carry.to_parent, carry.from_parent, carry.step, parent, total - below};
            carry = {old.from_parent, old.to_parent, -old.step};
            below = old.size;
            std::swap(carried, arcs_[index(path[s])]);
            parent = path[s];
        }
        return result;
    }

    /// Arcs of the cycle of the last `walk` but for the entering one.
    [[nodiscard]] std::size_t cycle_length() const { return from_length_ + to_length_; }

    /// Arcs of the cycle of the last `walk`, with the entering `arc` first, in the direction of the push.
    [[nodiscard]] std::vector<std::int32_t> cycle_arcs(std::int32_t arc) const {
        std::vector<std::int32_t> arcs{arc};
        for (std::size_t s = 0; s < to_length_; ++s) arcs.push_back(this->arc(to_path_[s]));
        for (std::size_t s = from_length_; s-- > 0;) arcs.push_back(this->arc(from_path_[s]));
        return arcs;
    }

    /// Calls visit(x) for `top` and all below it.
    template <class Visit>
    void each_below(std::int32_t top, Visit&& visit) const {
        ring_.each(top, ring_.last(top), at(top).size, visit);
    }

    /// Calls visit(x) for all nodes but `top` and those below it.
    template <class Visit>
    void each_other(std::int32_t top, Visit&& visit) const {
        ring_.each(ring_.next(ring_.last(top)), ring_.previous(top), at(root_).size - at(top).size, visit);
    }

    /// Builds sizes and the ring from the parents.
    void link_all() {
        std::vector<std::int32_t> order = leaves_first();
        for (Node& node : nodes_) node.size = 1;
        for (const std::int32_t x : order) at(parent(x)).size += at(x).size;
        // Parents take the places of their subtrees; each child, the next free ones after its parent.
        std::vector<std::int32_t> place(nodes_.size(), 0);
        std::vector<std::int32_t> used(nodes_.size(), 1);
        for (std::size_t s = order.size(); s-- > 0;) {
            const std::size_t above = index(parent(order[s]));
            place[index(order[s])] = place[above] + used[above];
            used[above] += at(order[s]).size;
        }
        order.resize(nodes_.size());
        for (std::size_t x = 0; x < nodes_.size(); ++x) order[index(place[x])] = static_cast<std::int32_t>(x);
        for (std::size_t s = 0; s < order.size(); ++s) {
            ring_.join(order[s], order[s + 1 < order.size() ? s + 1 : 0]);
            ring_.set_last(order[s], order[s + index(at(order[s]).size) - 1]);
        }
    }

    /// Writes the potential of every node: money, and the artificial part (-1, 0 or 1).
    void potentials(std::vector<double>& money, std::vector<std::int8_t>& artificial) const {
        money[index(root_)] = 0;
        artificial[index(root_)] = 0;
        for (std::int32_t x = ring_.next(root_); x != root_; x = ring_.next(x)) {
            const std::size_t above = index(parent(x));
            money[index(x)] = money[above] + at(x).step;
            artificial[index(x)] = static_cast<std::int8_t>(artificial[above] + artificial_cost(arc(x)));
        }
    }

    /// Nodes with children before parents.
    [[nodiscard]] std::vector<std::int32_t> leaves_first() const {
        std::vector<std::int32_t> children(nodes_.size(), 0);
        for (std::int32_t x = 0; x < root_; ++x) ++children[index(parent(x))];
        std::vector<std::int32_t> order;
        order.reserve(nodes_.size());
        for (std::int32_t x = 0; x < root_; ++x)
            if (children[index(x)] == 0) order.push_back(x);
        for (std::size_t s = 0; s < order.size(); ++s) {
            const std::int32_t above = parent(order[s]);
            if (above != root_ && --children[index(above)] == 0) order.push_back(above);
        }
        return order;
    }

    static int artificial_cost(std::int32_t arc) { return arc == artificial_up ? 1 : arc == artificial_down ? -1 : 0; }

private:
    static std::size_t index(std::int32_t x) { return static_cast<std::size_t>(x); }

    std::vector<Node> nodes_;
    std::vector<std::int32_t> arcs_;   // by node: to its parent
    FlowRing ring_;
    std::vector<std::int32_t> from_path_;
    std::vector<std::int32_t> to_path_;
    std::size_t from_length_ = 0;
    std::size_t to_length_ = 0;
    double from_room_ = 0;
    double to_room_ = 0;
    std::size_t from_leaving_ = 0;
    std::size_t to_leaving_ = 0;
    std::int32_t root_;
};

}  // namespace meio::transport::detail
