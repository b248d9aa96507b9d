// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace meio::transport::detail {

/// A sum of doubles without any rounding, as parts that do not overlap (Shewchuk 1997, "Adaptive precision floating-point
/// arithmetic", theorem 10). Exact as long as nothing overflows.
class ExactSum {
public:
    void add(double term) {
        std::size_t kept = 0;
        for (const double part : parts_) {
            const double sum = term + part;
            const double given = sum - term;
            const double rest = (term - (sum - given)) + (part - given);
            if (rest != 0) parts_[kept++] = rest;
            term = sum;
        }
        parts_.resize(kept);
        if (term != 0) parts_.push_back(term);
    }
    void add(const ExactSum& other, double sign) {
        for (const double part : other.parts_) add(sign * part);
    }
    void clear() { parts_.clear(); }
    /// The nearest double, give or take one; its sign is that of the sum.
    [[nodiscard]] double value() const {
        double sum = 0;
        for (const double part : parts_) sum += part;
        return sum;
    }

private:
    std::vector<double> parts_;  // growing
};

/// Min-cost flow for small networks whose numbers differ by more orders of magnitude than doubles have digits. Costs of
/// paths are compared exactly, and amounts only ever change on the arcs of a path, so that none costs another its digits.
///
/// Successive shortest paths (Ahuja, Magnanti and Orlin 1993, section 9.7) by Bellman and Ford; no arc of negative cost is
/// left in the residual network at the end, which is the proof of optimality.
class ExactFlow {
public:
    /// Relaxations of arcs before it gives up: a second or less.
    static constexpr std::int64_t patience = 20000000;

    /// Whether a network is small enough to be solved within a second or so.
    [[nodiscard]] static bool suits(std::size_t nodes, std::size_t arcs) {
        return static_cast<double>(arcs + 1) * static_cast<double>(nodes) < 300000;
    }

    /// One node, numbered `nodes`, may send and take without limit.
    explicit ExactFlow(std::size_t nodes)
        : surplus_(nodes + 1, 0.0), given_(nodes + 1, 0.0), root_(nodes), distance_(nodes + 1), near_(nodes + 1), known_(nodes + 1), last_(nodes + 1) {}

    [[nodiscard]] std::size_t root() const noexcept { return root_; }

    /// Units that have to leave a node (> 0) or to reach it (< 0).
    void set_surplus(std::size_t node, double units) { surplus_[node] = given_[node] = units; }

    /// `flow` of at most `room` + `flow` units runs along it already.
    std::size_t add_arc(std::size_t from, std::size_t to, double cost, double room, double flow = 0) {
        arcs_.push_back({from, to, cost, room, flow});
        if (from == to) {  // no way to anywhere: full or empty, as it pays
            const bool endless = cost < 0 && room == std::numeric_limits<double>::infinity();
            if (endless) endless_ = {arcs_.size() - 1};
            arcs_.back().flow = cost < 0 && !endless ? flow + room : 0.0;
            arcs_.back().room = 0;
        }
        return arcs_.size() - 1;
    }

    /// False where it gave up, or where costs fall for ever.
    bool run() {
        if (!cancel_cycles()) return false;
        while (true) {
            bool moved = false;
            bool short_of = false;
            for (std::size_t x = 0; x < root_; ++x) {
                while (surplus_[x] > 0 && route(x)) moved = true;
                if (given_up()) return false;
                short_of = short_of || surplus_[x] < 0;
            }
            while (short_of && route(root_)) moved = true;
            if (given_up()) return false;
            if (!moved) return cancel_cycles();
        }
    }

    /// Arcs round which costs fall for ever, in order; empty where none were met. `run` does not look at loops at one node,
    /// but they are told here.
    [[nodiscard]] const std::vector<std::size_t>& endless() const noexcept { return endless_; }

    [[nodiscard]] double flow(std::size_t arc) const { return arcs_[arc].flow; }
    /// Units that have to leave a node, or to reach one, and cannot.
    [[nodiscard]] double left() const {
        double out = 0;
        double in = 0;
        for (std::size_t x = 0; x < root_; ++x) (surplus_[x] > 0 ? out : in) += std::abs(surplus_[x]);
        return std::max(out, in);
    }
    /// Marks the nodes with units left that must leave (`sign` 1) and all that these could still reach; or those that miss
    /// units (-1) and all that could still send them some.
    [[nodiscard]] std::vector<std::uint8_t> blocked(double sign) const {
        std::vector<std::uint8_t> inside(root_ + 1);
        bool grown = false;
        for (std::size_t x = 0; x < root_; ++x) {
            inside[x] = sign * surplus_[x] > 0;
            grown = grown || inside[x] != 0;
        }
        while (grown) {
            grown = false;
            for (const Arc& arc : arcs_) {
                // Units could move from `begin` to `end`.
                const auto reach = [&](std::size_t begin, std::size_t end, double room) {
                    const std::size_t known = sign > 0 ? begin : end;
                    const std::size_t other = sign > 0 ? end : begin;
                    if (!(room > 0) || inside[known] == 0 || inside[other] != 0) return;
                    inside[other] = 1;
                    grown = true;
                };
                reach(arc.from, arc.to, arc.room);
                reach(arc.to, arc.from, arc.flow);
            }
        }
        return inside;
    }
    /// Whether what is left is rounding: at most this share of all that waits in the same part of the network.
    [[nodiscard]] bool balanced(double share) const {
        for (const double sign : {-1.0, 1.0}) {
            const std::vector<std::uint8_t> inside = blocked(sign);
            double left = 0;
            double waiting = 0;
            for (std::size_t x = 0; x < root_; ++x) {
                if (inside[x] == 0) continue;
                if (sign * surplus_[x] > 0) left += std::abs(surplus_[x]);
                if (sign * given_[x] > 0) waiting += std::abs(given_[x]);
            }
            if (left > share * waiting) return false;
        }
        return true;
    }
    /// Change of the objective per further unit that leaves a node, against the root's.
    [[nodiscard]] double potential(std::size_t node) const {
        ExactSum p = distance_[root_];
        p.add(distance_[node], -1.0);
        return p.value() + 0.0;
    }

private:
    struct Arc {
        std::size_t from, to;
        double cost, room, flow;
    };

    [[nodiscard]] bool given_up() const { return relaxed_ > patience; }

    // Shortens the way to `head` by the way to `tail` and the arc, if it does.
    bool shorten(std::size_t arc, std::size_t tail, std::size_t head, double cost) {
        if (!known_[tail]) return false;
        ++relaxed_;
        if (known_[head]) {
            const double saved = near_[head] - (near_[tail] + cost);
            if (std::abs(saved) <= 0x1p-48 * (std::abs(near_[head]) + std::abs(near_[tail]) + std::abs(cost))) {
                trial_ = distance_[tail];
                trial_.add(cost);
                trial_.add(distance_[head], -1.0);
                if (!(trial_.value() < 0)) return false;
            } else if (saved < 0) {
                return false;
            }
        }
        distance_[head] = distance_[tail];
        distance_[head].add(cost);
        near_[head] = distance_[head].value();
        known_[head] = 1;
        last_[head] = arc;
        return true;
    }

    // One round over all arcs; a node that came nearer, or one past the last.
    std::size_t round() {
        std::size_t changed = root_ + 1;
        for (std::size_t a = 0; a < arcs_.size(); ++a) {
            const Arc& arc = arcs_[a];
            if (arc.from == arc.to) continue;
            if (arc.room > 0 && shorten(a, arc.from, arc.to, arc.cost)) changed = arc.to;
            if (arc.flow > 0 && shorten(a, arc.to, arc.from, -arc.cost)) changed = arc.from;
        }
        return changed;
    }

    void reset(bool known) {
        for (ExactSum& d : distance_) d.clear();
        std::fill(near_.begin(), near_.end(), 0.0);
        std::fill(known_.begin(), known_.end(), known ? std::uint8_t{1} : std::uint8_t{0});
        std::fill(last_.begin(), last_.end(), arcs_.size());
    }

    // The node from which the last arc of the way to `node` comes.
    [[nodiscard]] std::size_t before(std::size_t node) const {
        const Arc& arc = arcs_[last_[node]];
        return arc.to == node ? arc.from : arc.to;
    }

    // What can be moved along the way from `begin` to `end`.
    [[nodiscard]] double room_of(std::size_t begin, std::size_t end) const {
        double least = std::numeric_limits<double>::infinity();
        std::size_t x = end;
        do {
            const Arc& arc = arcs_[last_[x]];
            least = std::min(least, arc.to == x ? arc.room : arc.flow);
            x = before(x);
        } while (x != begin);
        return least;
    }
    void move(std::size_t begin, std::size_t end, double units) {
        std::size_t x = end;
        do {
            Arc& arc = arcs_[last_[x]];
            const double sign = arc.to == x ? 1.0 : -1.0;
            arc.flow += sign * units;
            arc.room -= sign * units;
            x = before(x);
        } while (x != begin);
    }

    // Sends units from a node by the shortest way: home to the root if it can, else to any that waits for some.
    bool route(std::size_t begin) {
        reset(false);
        known_[begin] = 1;
        while (round() <= root_)
            if (given_up()) return false;
        std::size_t end = root_;
        if (begin == root_ || !known_[root_])
            for (end = 0; end < root_ && !(known_[end] && surplus_[end] < 0);) ++end;
        if (end == root_ && (begin == root_ || !known_[root_])) return false;
        double units = room_of(begin, end);
        if (begin != root_) units = std::min(units, surplus_[begin]);
        if (end != root_) units = std::min(units, -surplus_[end]);
        if (!(units > 0)) return false;
        move(begin, end, units);
        if (begin != root_) surplus_[begin] -= units;
        if (end != root_) surplus_[end] += units;
        return true;
    }

    // Until no cycle of negative cost is left. Distances are those from all nodes at once.
    bool cancel_cycles() {
        while (!given_up()) {
            reset(true);
            std::size_t changed = 0;
            for (std::size_t k = 0; k <= root_ + 1 && changed <= root_; ++k) changed = round();
            if (changed > root_) return true;
            for (std::size_t k = 0; k <= root_; ++k) changed = before(changed);
            const double units = room_of(changed, changed);
            if (units == std::numeric_limits<double>::infinity()) {
                endless_.clear();
                std::size_t x = changed;
                do {
                    endless_.insert(endless_.begin(), last_[x]);
                    x = before(x);
                } while (x != changed);
                return false;
            }
            move(changed, changed, units);
        }
        return false;
    }

    std::vector<Arc> arcs_;
    std::vector<double> surplus_, given_;
    std::size_t root_;
    std::vector<ExactSum> distance_;
    std::vector<double> near_;          // the same, rounded
    std::vector<std::uint8_t> known_;   // has a way there
    std::vector<std::size_t> last_;     // arc of that way
    ExactSum trial_;
    std::int64_t relaxed_ = 0;
    std::vector<std::size_t> endless_;
};

}  // namespace meio::transport::detail
