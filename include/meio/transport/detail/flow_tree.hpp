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

/// A spanning tree with parents, depths and lists of children. Each node keeps what can still be sent to its parent and
/// back (units), so arcs with and without capacity, up and down, are all alike. Strongly feasible (Cunningham 1976):
/// something can be sent from every node to the root. Moving a subtree touches the path that turns round and the nodes
/// whose potentials change, nothing else.
class FlowTree {
public:
    static constexpr std::int32_t artificial_up = -1;     ///< arc of a node that sends unrouted supply to the root
    static constexpr std::int32_t artificial_down = -2;   ///< ... that gets unrouted demand from the root

    struct Node {
        double to_parent = 0;      ///< units that can still be sent to the parent
        double from_parent = 0;    ///< units that can still be sent here from the parent
        double step = 0;           ///< cost of a unit sent to the parent; potential = that of the parent + step
        std::int32_t arc = artificial_up;
        std::int32_t previous = -1;   ///< sibling
    };

    /// What climbing and descending need, apart, so that more of it stays in cache.
    struct Link {
        std::int32_t parent = -1;
        std::int32_t depth = 0;
        std::int32_t first_child = -1;
        std::int32_t next = -1;       ///< sibling
    };

    /// What `pivot` did to the tree and the entering arc.
    struct Pivot {
        double amount = 0;               ///< pushed around the cycle; +inf: nothing limits it
        std::int32_t leaving = 0;        ///< arc that left; the entering one where it went from bound to bound
        bool flipped = false;            ///< the entering arc went from bound to bound
        bool leaves_at_upper = false;
        std::int32_t moved = -1;         ///< top of the subtree that hangs elsewhere now; see `descend`
    };

    explicit FlowTree(std::size_t nodes)
        : nodes_(nodes + 1), links_(nodes + 1), from_path_(nodes + 2), to_path_(nodes + 2),
          root_(static_cast<std::int32_t>(nodes)) {}

    [[nodiscard]] std::int32_t root() const { return root_; }
    [[nodiscard]] Node& at(std::int32_t x) { return nodes_[static_cast<std::size_t>(x)]; }
    [[nodiscard]] const Node& at(std::int32_t x) const { return nodes_[static_cast<std::size_t>(x)]; }
    [[nodiscard]] std::int32_t parent(std::int32_t x) const { return link(x).parent; }
    void set_parent(std::int32_t x, std::int32_t parent) { link(x).parent = parent; }

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
    /// alone. `pivot` uses the same cycle.
    FlowCost walk(std::int32_t tail, std::int32_t head, double cost) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        FlowCost reduced{0, cost, std::abs(cost)};
        from_length_ = to_length_ = 0;
        from_room_ = to_room_ = infinity;
        std::int32_t x = tail;
        std::int32_t y = head;
        // The last blocking arc along the cycle, seen from the join, keeps the tree strongly feasible.
        const auto climb_from = [&] {
            const Node& node = at(x);
            if (node.from_parent < from_room_) {
                from_room_ = node.from_parent;
                from_leaving_ = from_length_;
            }
            reduced.money -= node.step;
            reduced.size += std::abs(node.step);
            from_path_[from_length_++] = x;
            x = link(x).parent;
        };
        const auto climb_to = [&] {
            const Node& node = at(y);
            if (node.to_parent <= to_room_) {
                to_room_ = node.to_parent;
                to_leaving_ = to_length_;
            }
            reduced.money += node.step;
            reduced.size += std::abs(node.step);
            to_path_[to_length_++] = y;
            y = link(y).parent;
        };
        while (x != y) {
            const std::int32_t deeper = link(x).depth - link(y).depth;
            if (deeper >= 0) climb_from();
            if (deeper <= 0) climb_to();
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
        Node carry;
        carry.to_parent = from_side ? left : amount;
        carry.from_parent = from_side ? amount : left;
        carry.step = from_side ? cost : -cost;
        carry.arc = arc;
        std::int32_t parent = from_side ? head : tail;
        for (std::size_t s = 0; s <= leaving; ++s) {
            Node& node = at(path[s]);
            const Node old = node;
            unlink(path[s]);
            node.to_parent = carry.to_parent;
            node.from_parent = carry.from_parent;
            node.step = carry.step;
            node.arc = carry.arc;
            hang(path[s], parent);
            carry.to_parent = old.from_parent;
            carry.from_parent = old.to_parent;
            carry.step = -old.step;
            carry.arc = old.arc;
            parent = path[s];
        }
        result.moved = path[0];
        return result;
    }

    /// Arcs of the cycle of the last `walk`, with the entering `arc` first, in the direction of the push.
    [[nodiscard]] std::vector<std::int32_t> cycle_arcs(std::int32_t arc) const {
        std::vector<std::int32_t> arcs{arc};
        for (std::size_t s = 0; s < to_length_; ++s) arcs.push_back(at(to_path_[s]).arc);
        for (std::size_t s = from_length_; s-- > 0;) arcs.push_back(at(from_path_[s]).arc);
        return arcs;
    }

    /// Calls visit(x) for `top` and all below it, parents first, and sets their depths.
    template <class Visit>
    void descend(std::int32_t top, Visit&& visit) {
        std::int32_t x = top;
        std::int32_t depth = x == root_ ? 0 : link(link(x).parent).depth + 1;
        while (true) {
            Link& here = link(x);
            here.depth = depth;
            visit(x);
            if (here.first_child >= 0) {
                x = here.first_child;
                ++depth;
                continue;
            }
            while (x != top && link(x).next < 0) {
                x = link(x).parent;
                --depth;
            }
            if (x == top) return;
            x = link(x).next;
        }
    }

    /// Builds the lists of children from the parents.
    void link_all() {
        for (Link& node : links_) node.first_child = -1;
        for (std::int32_t x = root_; x-- > 0;) hang(x, link(x).parent);
    }

    /// Writes the potential of every node: money, and the artificial part (-1, 0 or 1).
    void potentials(std::vector<double>& money, std::vector<std::int8_t>& artificial) {
        money[static_cast<std::size_t>(root_)] = 0;
        artificial[static_cast<std::size_t>(root_)] = 0;
        descend(root_, [&](std::int32_t x) {
            if (x == root_) return;
            const auto i = static_cast<std::size_t>(x);
            const auto above = static_cast<std::size_t>(link(x).parent);
            money[i] = money[above] + at(x).step;
            artificial[i] = static_cast<std::int8_t>(artificial[above] + artificial_cost(at(x).arc));
        });
    }

    /// Nodes with children before parents.
    [[nodiscard]] std::vector<std::int32_t> leaves_first() const {
        std::vector<std::int32_t> children(nodes_.size(), 0);
        for (std::int32_t x = 0; x < root_; ++x) ++children[static_cast<std::size_t>(link(x).parent)];
        std::vector<std::int32_t> order;
        order.reserve(nodes_.size());
        for (std::int32_t x = 0; x < root_; ++x)
            if (children[static_cast<std::size_t>(x)] == 0) order.push_back(x);
        for (std::size_t s = 0; s < order.size(); ++s) {
            const std::int32_t parent = link(order[s]).parent;
            if (parent != root_ && --children[static_cast<std::size_t>(parent)] == 0) order.push_back(parent);
        }
        return order;
    }

    static int artificial_cost(std::int32_t arc) { return arc == artificial_up ? 1 : arc == artificial_down ? -1 : 0; }

private:
    Link& link(std::int32_t x) { return links_[static_cast<std::size_t>(x)]; }
    [[nodiscard]] const Link& link(std::int32_t x) const { return links_[static_cast<std::size_t>(x)]; }

    void unlink(std::int32_t x) {
        const std::int32_t next = link(x).next;
        const std::int32_t previous = at(x).previous;
        if (previous >= 0)
            link(previous).next = next;
        else
            link(link(x).parent).first_child = next;
        if (next >= 0) at(next).previous = previous;
    }

    void hang(std::int32_t x, std::int32_t parent) {
        Link& here = link(x);
        here.parent = parent;
        here.next = link(parent).first_child;
        at(x).previous = -1;
        if (here.next >= 0) at(here.next).previous = x;
        link(parent).first_child = x;
    }

    std::vector<Node> nodes_;
    std::vector<Link> links_;
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
