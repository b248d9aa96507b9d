// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <meio/transport/detail/sided_tree.hpp>

namespace meio::transport::detail {

/// A tree that also keeps, as bits, the set of nodes below each node, which a pivot changes along its cycle alone: no
/// branch depends on the tree's shape, and prices change where they must. The root has one child, on an arc without flow,
/// so that no cycle ever passes it.
class TinyTree : public SidedTree {
public:
    TinyTree(std::size_t rows, std::size_t columns)
        : SidedTree(rows, columns), words_((rows + columns) / 64 + 1), sets_(rows + columns < 4096 ? (rows + columns + 1) * words_ : 0),
          below_(words_), net_(rows + columns + 1) {}

    /// Learns the arcs hung one by one; `order()` has parents before children.
    void keep(std::span<const std::int32_t> order) {
        SidedTree::keep(order);
        ordered_ = true;
        if (sets_.empty()) return;
        std::fill(sets_.begin(), sets_.end(), 0);
        for (std::size_t k = order.size(); k-- > 0;) {
            const std::int32_t x = order[k];
            std::uint64_t* own = set(x);
            std::uint64_t* above = set(at(x).parent);
            own[static_cast<std::size_t>(x) / 64] |= std::uint64_t{1} << (static_cast<unsigned>(x) % 64U);
            for (std::size_t w = 0; w < words_; ++w) above[w] |= own[w];
        }
    }

    /// Whether `order()` has parents before children.
    [[nodiscard]] bool ordered() const noexcept { return ordered_; }
    void potentials(double* potential) {
        SidedTree::potentials(potential);
        ordered_ = true;
    }

    /// Brings in the arc of the last `walk`; whether `from` lies in the part that moves, which `each_below` then visits.
    bool pivot(std::int32_t from, std::int32_t to, double cost) {
        const Leaving leaving = blocking();
        find_below((leaving.on_from ? from_path_ : to_path_)[leaving.place]);
        if (sets_.empty()) (void)walk(from, to, cost);  // which that may have overwritten
        move(from, to, cost, leaving);
        return leaving.on_from;
    }

    /// Brings in the arc of the last `walk` for the arc of x, which is on the cycle and gains `amount` from it, as the
    /// dual simplex wants it. Wants `find_below(x)`.
    void pivot_out(std::int32_t x, std::int32_t from, std::int32_t to, double cost, double amount) {
        for (std::size_t s = 1; s < from_length_; s += 2)
            if (from_path_[s] == x) return move(from, to, cost, {amount, s, true});
        for (std::size_t s = 1; s < to_length_; s += 2)
            if (to_path_[s] == x) return move(from, to, cost, {amount, s, false});
    }

    /// The primal pivot that Bland's rule asks for: of the nodes that block, the one of lowest index leaves.
    void pivot_lowest(std::int32_t from, std::int32_t to, double cost) {
        Leaving leaving;
        std::int32_t lowest = root_;
        for (const bool side : {true, false}) {
            const std::vector<std::int32_t>& path = side ? from_path_ : to_path_;
            for (std::size_t s = 0; s < (side ? from_length_ : to_length_); s += 2) {
                const double flow = at(path[s]).flow;
                if (!(flow < leaving.amount || (flow == leaving.amount && path[s] < lowest))) continue;
                leaving = {flow, s, side};
                lowest = path[s];
            }
        }
        if (!sets_.empty()) find_below((leaving.on_from ? from_path_ : to_path_)[leaving.place]);
        move(from, to, cost, leaving);
    }

    /// Recomputes all flows, which may turn negative. Wants `order()` up to date.
    void set_flows(const double* supply, const double* demand) {
        for (std::int32_t i = 0; i < rows_; ++i) net_[static_cast<std::size_t>(i)] = supply[i];
        for (std::int32_t j = rows_; j < root_; ++j) net_[static_cast<std::size_t>(j)] = -demand[j - rows_];
        for (std::size_t k = order_.size(); k-- > 0;) {
            const std::int32_t x = order_[k];
            Node& node = at(x);
            const double surplus = net_[static_cast<std::size_t>(x)];
            node.flow = x < rows_ ? surplus : -surplus;
            net_[static_cast<std::size_t>(node.parent)] += surplus;
        }
        at(order_[0]).flow = 0;  // balanced up to rounding
    }

    /// The node whose flow is most negative; -1 where none is below `limit` <= 0, and then all are made >= 0.
    [[nodiscard]] std::int32_t most_negative(double limit) {
        double least = 0;
        std::int32_t worst = -1;
        for (std::int32_t x = 0; x < root_; ++x) {
            const double flow = at(x).flow;
            worst = flow < least ? x : worst;
            least = flow < least ? flow : least;
        }
        if (least < limit) return worst;
        if (worst >= 0) clear_negatives();
        return -1;
    }

    /// Takes the flow off the arc above x: rounding that has no meaning.
    void clear(std::int32_t x) { at(x).flow = 0; }

    /// Takes x and what hangs below it for what `each_below` visits.
    void find_below(std::int32_t x) {
        if (!sets_.empty()) {
            std::copy_n(set(x), words_, below_.begin());
            return;
        }
        // Too many nodes to keep a set for each.
        if (!ordered_) potentials(net_.data());
        std::fill(below_.begin(), below_.end(), 0);
        const auto bit = [](std::int32_t y) { return std::uint64_t{1} << (static_cast<unsigned>(y) % 64U); };
        for (const std::int32_t y : order_)
            if (y == x || (below_[static_cast<std::size_t>(at(y).parent) / 64] & bit(at(y).parent)) != 0)
                below_[static_cast<std::size_t>(y) / 64] |= bit(y);
    }
    template <class Visit>
    void each_below(Visit&& visit) const {
        for (std::size_t w = 0; w < words_; ++w)
            for (std::uint64_t bits = below_[w]; bits != 0; bits &= bits - 1)
                visit(64 * w + static_cast<std::size_t>(std::countr_zero(bits)));
    }

private:
    void clear_negatives() {
        for (std::int32_t x = 0; x < root_; ++x)
            if (at(x).flow < 0) at(x).flow = 0;
    }

    std::uint64_t* set(std::int32_t x) { return sets_.data() + static_cast<std::size_t>(x) * words_; }

    void move(std::int32_t from, std::int32_t to, double cost, const Leaving& leaving) {
        const std::vector<std::int32_t>& path = leaving.on_from ? from_path_ : to_path_;
        const std::vector<std::int32_t>& other = leaving.on_from ? to_path_ : from_path_;
        const std::size_t length = leaving.on_from ? from_length_ : to_length_;
        const std::size_t other_length = leaving.on_from ? to_length_ : from_length_;
        for (std::size_t w = 0; !sets_.empty() && w < words_; ++w) {
            const std::uint64_t moved = below_[w];
            std::uint64_t* sets = sets_.data() + w;
            const auto word = [&](std::int32_t x) -> std::uint64_t& { return sets[static_cast<std::size_t>(x) * words_]; };
            std::uint64_t before = 0;
            for (std::size_t s = 0; s <= leaving.place; ++s) before = std::exchange(word(path[s]), moved & ~before);
            for (std::size_t s = leaving.place + 1; s < length; ++s) word(path[s]) &= ~moved;
            for (std::size_t s = 0; s < other_length; ++s) word(other[s]) |= moved;
        }
        exchange(from, to, cost, leaving);
        ordered_ = false;
    }

    std::size_t words_;
    std::vector<std::uint64_t> sets_, below_;
    std::vector<double> net_;
    bool ordered_ = false;
};

}  // namespace meio::transport::detail
