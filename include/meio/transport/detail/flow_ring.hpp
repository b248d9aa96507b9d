// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace meio::transport::detail {

/// A ring through all nodes of a tree in preorder, both ways, and the last node of each subtree. A subtree is moved and
/// turned round at the price of the path that turns, and walked from both its ends at once.
class FlowRing {
public:
    explicit FlowRing(std::size_t nodes) : nodes_(nodes), last_(nodes) {}

    [[nodiscard]] std::int32_t next(std::int32_t x) const { return at(x).next; }
    [[nodiscard]] std::int32_t previous(std::int32_t x) const { return at(x).previous; }
    /// The last node below x; x itself where there is none.
    [[nodiscard]] std::int32_t last(std::int32_t x) const { return last_[static_cast<std::size_t>(x)]; }
    void set_last(std::int32_t x, std::int32_t last) { last_[static_cast<std::size_t>(x)] = last; }

    /// Puts y behind x.
    void join(std::int32_t x, std::int32_t y) {
        at(x).next = y;
        at(y).previous = x;
    }

    /// Calls visit(x) for `count` nodes from `first` to `last`: two chains of loads side by side instead of one.
    template <class Visit>
    void each(std::int32_t first, std::int32_t last, std::int32_t count, Visit&& visit) const {
        for (; count > 1; count -= 2) {
            visit(first);
            visit(last);
            first = next(first);
            last = previous(last);
        }
        if (count == 1) visit(first);
    }

    /// Moves the subtree of path[leaving] behind `parent`, turned round so that path[0] is its top: each node of the path is
    /// above the one before it. `above(x)` is the parent of x before the move, -1 for the root.
    template <class Above>
    void move(const std::vector<std::int32_t>& path, std::size_t leaving, std::int32_t parent, Above&& above) {
        const std::int32_t top = path[leaving];
        const std::int32_t before = previous(top);
        const std::int32_t top_last = last(top);
        join(before, next(top_last));
        for (std::int32_t p = above(top); p >= 0 && last(p) == top_last; p = above(p)) set_last(p, before);
        const std::int32_t after = next(parent);
        // First the subtree of path[0], then in turn what each larger one has before the one that it contains, and what it
        // has behind it.
        std::int32_t inner_previous = previous(path[0]);
        std::int32_t inner_last = last(path[0]);
        std::int32_t inner_next = next(inner_last);
        join(parent, path[0]);
        std::int32_t end = inner_last;
        for (std::size_t s = 1; s <= leaving; ++s) {
            const std::int32_t x = path[s];
            const std::int32_t outer_last = last(x);
            const std::int32_t outer_previous = previous(x);
            const std::int32_t outer_next = outer_last == inner_last ? inner_next : next(outer_last);
            join(end, x);
            end = inner_previous;
            if (outer_last != inner_last) {
                join(end, inner_next);
                end = outer_last;
            }
            inner_previous = outer_previous;
            inner_last = outer_last;
            inner_next = outer_next;
        }
        join(end, after);
        for (std::int32_t p = parent; p >= 0 && last(p) == parent; p = above(p)) set_last(p, end);
        for (std::size_t s = 0; s <= leaving; ++s) set_last(path[s], end);
    }

private:
    struct Node {
        std::int32_t next = 0;
        std::int32_t previous = 0;
    };

    Node& at(std::int32_t x) { return nodes_[static_cast<std::size_t>(x)]; }
    [[nodiscard]] const Node& at(std::int32_t x) const { return nodes_[static_cast<std::size_t>(x)]; }

    std::vector<Node> nodes_;
    std::vector<std::int32_t> last_;
};

}  // namespace meio::transport::detail
