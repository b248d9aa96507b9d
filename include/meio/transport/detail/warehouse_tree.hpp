// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/detail/warehouse_problem.hpp>

namespace meio::transport::detail {

/// Spanning tree of the bipartite problem under a root, whose arcs stand for unused, missing and surplus amounts.
///
/// Nearly all destinations are leaves below one source, so only sources carry prices; the price of a destination is that
/// of its parent less one cost. Cycles are climbed source by source, so their length is bounded by the sources whatever
/// the number of destinations. Zero arcs lead to the root and full arcs away from it (strongly feasible, Cunningham
/// 1976), hence no cycling.
template <bool Bounded>
class WarehouseTree {
public:
    static constexpr std::int32_t to_root = -1;    ///< slot: a source's unused supply, a destination's surplus
    static constexpr std::int32_t from_root = -2;  ///< slot: a source's overflow, a destination's shortage
    static constexpr std::int32_t absent = -3;     ///< slot: a destination without demand, left out

    struct Source {
        double flow = 0;
        double step = 0;                 ///< price less the price of its parent
        std::int32_t parent = -1;        ///< destination, or -1: root
        std::int32_t slot = to_root;     ///< position of the arc among those of the parent
        std::uint32_t mark = 0;
    };

    /// An arc that may enter the basis, as seen by the cycle: flow grows from `from` to `to`.
    struct Entering {
        std::int32_t from = -1;
        std::int32_t to = -1;
        std::int32_t slot = -1;   ///< position among the arcs of its destination, or a slot constant
        double cost = 0;          ///< per unit in the direction from -> to
        double room = std::numeric_limits<double>::infinity();
        bool reversed = false;    ///< an arc at its capacity, of which flow is taken back
    };

    explicit WarehouseTree(const WarehouseProblem& problem)
        : problem_(problem), sources_(problem.sources + 1), slots_(problem.destinations), flows_(problem.destinations),
          full_(Bounded ? static_cast<std::size_t>(problem.offsets[problem.destinations]) : 0),
          root_(static_cast<std::int32_t>(problem.sources)) {}

    [[nodiscard]] std::int32_t root() const noexcept { return root_; }
    [[nodiscard]] std::int32_t node_of(std::size_t destination) const { return root_ + 1 + static_cast<std::int32_t>(destination); }
    [[nodiscard]] std::size_t destination_of(std::int32_t node) const { return static_cast<std::size_t>(node - root_ - 1); }
    [[nodiscard]] std::vector<Source>& sources() noexcept { return sources_; }
    [[nodiscard]] const std::vector<Source>& sources() const noexcept { return sources_; }
    [[nodiscard]] std::vector<std::int32_t>& slots() noexcept { return slots_; }
    [[nodiscard]] const std::vector<std::int32_t>& slots() const noexcept { return slots_; }
    [[nodiscard]] std::vector<double>& flows() noexcept { return flows_; }
    [[nodiscard]] const std::vector<double>& flows() const noexcept { return flows_; }
    [[nodiscard]] std::vector<std::uint8_t>& full() noexcept { return full_; }
    [[nodiscard]] const std::vector<std::uint8_t>& full() const noexcept { return full_; }
    [[nodiscard]] double weight() const noexcept { return weight_; }

    /// The cost of a unit that cannot be served, or cannot leave.
    void set_weight(double weight) {
        weight_ = weight;
        for (std::size_t i = 0; i < problem_.sources; ++i) sources_[i].step = source_step(i);
    }

    [[nodiscard]] bool artificial_source(std::size_t i) const {
        return sources_[i].parent < 0 && sources_[i].slot == to_root && problem_.supply_exact;
    }
    [[nodiscard]] bool artificial_destination(std::size_t j) const {
        return slots_[j] == from_root && shortage_price(j) == std::numeric_limits<double>::infinity();
    }
    [[nodiscard]] double shortage_price(std::size_t j) const {
        return problem_.shortage_prices == nullptr ? std::numeric_limits<double>::infinity() : problem_.shortage_prices[j];
    }
    [[nodiscard]] std::size_t arc(std::size_t j, std::int32_t slot) const {
        return static_cast<std::size_t>(problem_.offsets[j] + slot);
    }

    /// What the arc between a destination and the root costs.
    [[nodiscard]] double root_cost(std::size_t j, std::int32_t slot) const {
        if (slot != from_root) return 0.0;
        const double price = shortage_price(j);
        return price < std::numeric_limits<double>::infinity() ? price : weight_;
    }

    /// What the basic arc of a destination costs, less the price of its source: minus the destination's price.
    [[nodiscard]] double value(std::size_t j, const double* price) const {
        const std::int32_t slot = slots_[j];
        if (slot >= 0) {
            const std::size_t e = arc(j, slot);
            return problem_.costs[e] - price[problem_.ids[e]];
        }
        return root_cost(j, slot);
    }

    [[nodiscard]] double source_step(std::size_t i) const {
        const Source& s = sources_[i];
        if (s.parent >= 0) return problem_.costs[arc(static_cast<std::size_t>(s.parent), s.slot)];
        if (s.slot == from_root) return -problem_.overflow_prices[i];
        return problem_.supply_exact ? weight_ : 0.0;
    }

    /// The source above a destination, or the root (numbered after the sources).
    [[nodiscard]] std::size_t station_of(std::size_t j) const {
        return slots_[j] >= 0 ? static_cast<std::size_t>(problem_.ids[arc(j, slots_[j])]) : problem_.sources;
    }

    /// The next source above a source, or the root.
    [[nodiscard]] std::size_t station_above(std::size_t i) const {
        return sources_[i].parent < 0 ? problem_.sources : station_of(static_cast<std::size_t>(sources_[i].parent));
    }

    /// Hangs a source below the root.
    void hang_source(std::size_t i, double flow, std::int32_t slot) {
        sources_[i] = Source{flow, 0.0, -1, slot, 0};
        sources_[i].step = source_step(i);
    }

    /// Writes the prices of all sources, the root's being 0; with `counted`, the number of artificial arcs above each
    /// source goes there and their weight is left out.
    void prices(std::vector<double>& price, std::vector<int>* counted = nullptr) {
        next_marks();
        price.resize(sources_.size());
        price[problem_.sources] = 0;
        if (counted != nullptr) counted->assign(sources_.size(), 0);
        sources_[problem_.sources].mark = mark_;
        for (std::size_t i = 0; i < problem_.sources; ++i) {
            stack_.clear();
            for (std::size_t x = i; sources_[x].mark != mark_; x = station_above(x)) stack_.push_back(static_cast<std::int32_t>(x));
            while (!stack_.empty()) {
                const auto x = static_cast<std::size_t>(stack_.back());
                stack_.pop_back();
                Source& s = sources_[x];
                s.mark = mark_;
                const std::size_t above = station_above(x);
                double step = s.step;
                int count = 0;
                if (counted != nullptr) {
                    count = (*counted)[above];
                    if (artificial_source(x)) {
                        step = 0;
                        ++count;
                    }
                }
                double p = price[above];
                if (s.parent >= 0) {
                    const auto d = static_cast<std::size_t>(s.parent);
                    if (counted != nullptr && artificial_destination(d))
                        --count;
                    else
                        p -= arc_or_root_cost(d);
                }
                p += step;
                price[x] = p;
                if (counted != nullptr) (*counted)[x] = count;
            }
        }
    }

    /// Climbs from both ends of the arc to where the paths join; returns its reduced cost, summed over the cycle alone
    /// and so right however stale the prices are. `size` gets the sum of absolute terms.
    double walk(const Entering& arc, double& size) {
        find_cycle(arc.from, arc.to);
        double reduced = arc.cost;
        size = arc.cost < 0 ? -arc.cost : arc.cost;
        for (const Step& s : from_path_) {
            reduced -= s.step;
            size += s.step < 0 ? -s.step : s.step;
        }
        for (const Step& s : to_path_) {
            reduced += s.step;
            size += s.step < 0 ? -s.step : s.step;
        }
        return reduced;
    }

    /// Brings in the arc of the last `walk`; calls `moved(j)` for each destination whose parent changed. False where
    /// nothing limits the flow.
    template <class Moved>
    bool pivot(const Entering& arc, Moved&& moved) {
        double amount = std::numeric_limits<double>::infinity();
        std::size_t leaving = 0;
        int side = 0;  // -1: from, 0: the entering arc itself, 1: to
        // The last blocking arc along the cycle, seen from the join, keeps the tree strongly feasible.
        for (std::size_t s = 0; s < from_path_.size(); ++s) {
            const double limit = from_path_[s].up ? from_path_[s].flow : from_path_[s].room;
            if (limit < amount) {
                amount = limit;
                leaving = s;
                side = -1;
            }
        }
        if (Bounded && arc.room <= amount && arc.room < std::numeric_limits<double>::infinity()) {
            amount = arc.room;
            side = 0;
        }
        for (std::size_t s = 0; s < to_path_.size(); ++s) {
            const double limit = to_path_[s].up ? to_path_[s].room : to_path_[s].flow;
            if (limit <= amount && limit < std::numeric_limits<double>::infinity()) {
                amount = limit;
                leaving = s;
                side = 1;
            }
        }
        if (amount == std::numeric_limits<double>::infinity()) return false;
        if (amount != 0) {
            for (Step& s : from_path_) flow_at(s.node) = s.flow += s.up ? -amount : amount;
            for (Step& s : to_path_) flow_at(s.node) = s.flow += s.up ? amount : -amount;
        }
        if constexpr (Bounded) {
            if (arc.slot >= 0) {
                const std::size_t e = this->arc(destination_of(arc.reversed ? arc.from : arc.to), arc.slot);
                full_[e] = static_cast<std::uint8_t>(side == 0 && !arc.reversed);
            }
            if (side == 0) return true;
        }
        const std::vector<Step>& path = side < 0 ? from_path_ : to_path_;
        if constexpr (Bounded) {
            const Step& out = path[leaving];
            const bool gained = out.up == (side > 0);
            if (gained && out.slot >= 0) {
                const std::int32_t x = out.node;
                const std::size_t j = x < root_ ? static_cast<std::size_t>(sources_[static_cast<std::size_t>(x)].parent) : destination_of(x);
                full_[this->arc(j, out.slot)] = 1;
            }
        }
        std::int32_t above = side < 0 ? arc.to : arc.from;
        std::int32_t slot = arc.slot;
        double flow = arc.reversed ? arc.room - amount : amount;
        for (std::size_t s = 0; s <= leaving; ++s) {
            const Step& step = path[s];
            const std::int32_t x = step.node;
            if (x < root_) {
                Source& source = sources_[static_cast<std::size_t>(x)];
                source.flow = flow;
                source.slot = slot;
                source.parent = above == root_ ? -1 : static_cast<std::int32_t>(destination_of(above));
                source.step = source_step(static_cast<std::size_t>(x));
            } else {
                const std::size_t j = destination_of(x);
                flows_[j] = flow;
                slots_[j] = slot;
                moved(j);
            }
            above = x;
            slot = step.slot;
            flow = step.flow;
        }
        return true;
    }

    /// Amount on arcs that stand for demand that must be served, or supply that must leave.
    [[nodiscard]] double artificial_flow() const {
        double total = 0;
        for (std::size_t i = 0; i < problem_.sources; ++i)
            if (artificial_source(i)) total += sources_[i].flow;
        for (std::size_t j = 0; j < problem_.destinations; ++j)
            if (slots_[j] == from_root && artificial_destination(j)) total += flows_[j];
        return total;
    }

private:
    struct Step {
        double flow, step, room;
        std::int32_t node, slot;
        bool up;
    };

    [[nodiscard]] double arc_or_root_cost(std::size_t j) const {
        return slots_[j] >= 0 ? problem_.costs[arc(j, slots_[j])] : root_cost(j, slots_[j]);
    }

    double& flow_at(std::int32_t x) {
        return x < root_ ? sources_[static_cast<std::size_t>(x)].flow : flows_[destination_of(x)];
    }

    [[nodiscard]] double room(std::size_t e, double flow) const {
        if constexpr (Bounded)
            return problem_.capacities[e] - flow;
        else
            return std::numeric_limits<double>::infinity();
    }

    void push_destination(std::vector<Step>& path, std::size_t j) const {
        const std::int32_t slot = slots_[j];
        path.push_back({flows_[j], -arc_or_root_cost(j),
                        slot >= 0 ? room(arc(j, slot), flows_[j]) : std::numeric_limits<double>::infinity(), node_of(j), slot,
                        slot == to_root});
    }

    // Adds the arcs from station x to the next station above it; returns that.
    std::int32_t climb(std::vector<Step>& path, std::int32_t x) const {
        const Source& s = sources_[static_cast<std::size_t>(x)];
        const double space = s.parent >= 0 ? room(arc(static_cast<std::size_t>(s.parent), s.slot), s.flow)
                                           : std::numeric_limits<double>::infinity();
        path.push_back({s.flow, s.step, space, x, s.slot, s.slot != from_root});
        if (s.parent < 0) return root_;
        push_destination(path, static_cast<std::size_t>(s.parent));
        return static_cast<std::int32_t>(station_of(static_cast<std::size_t>(s.parent)));
    }

    // The first station of a path.
    std::int32_t enter(std::vector<Step>& path, std::int32_t x) const {
        path.clear();
        if (x <= root_) return x;
        push_destination(path, destination_of(x));
        return static_cast<std::int32_t>(station_of(destination_of(x)));
    }

    static void cut_before(std::vector<Step>& path, std::int32_t x) {
        for (std::size_t s = path.size(); s-- > 0;)
            if (path[s].node == x) path.resize(s);
    }

    void find_cycle(std::int32_t from, std::int32_t to) {
        next_marks();
        const std::uint32_t seen_from = mark_;
        const std::uint32_t seen_to = mark_ + 1;
        std::int32_t x = enter(from_path_, from);
        std::int32_t y = enter(to_path_, to);
        mark_at(x) = seen_from;
        if (x != y) {
            mark_at(y) = seen_to;
            // Both sides climb in turn, so the work is bounded by the longer side of the cycle, not by the depth.
            while (true) {
                if (x != root_) {
                    x = climb(from_path_, x);
                    if (mark_at(x) == seen_to) {
                        if (x != y) cut_before(to_path_, x);
                        break;
                    }
                    mark_at(x) = seen_from;
                }
                if (y != root_) {
                    y = climb(to_path_, y);
                    if (mark_at(y) == seen_from) {
                        if (y != x) cut_before(from_path_, y);
                        break;
                    }
                    mark_at(y) = seen_to;
                }
            }
        }
        // Both may have come up through the same destination: that is where they join.
        if (!from_path_.empty() && !to_path_.empty() && from_path_.back().node == to_path_.back().node) {
            from_path_.pop_back();
            to_path_.pop_back();
        }
    }

    std::uint32_t& mark_at(std::int32_t x) { return sources_[static_cast<std::size_t>(x)].mark; }

    void next_marks() {
        if (mark_ > std::numeric_limits<std::uint32_t>::max() - 4) {
            for (Source& s : sources_) s.mark = 0;
            mark_ = 0;
        }
        mark_ += 2;
    }

    WarehouseProblem problem_;
    std::vector<Source> sources_;
    std::vector<std::int32_t> slots_;
    std::vector<double> flows_;
    std::vector<std::uint8_t> full_;
    std::vector<Step> from_path_;
    std::vector<Step> to_path_;
    std::vector<std::int32_t> stack_;
    std::int32_t root_;
    std::uint32_t mark_ = 0;
    double weight_ = 1;
};

}  // namespace meio::transport::detail
