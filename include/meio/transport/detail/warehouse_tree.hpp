// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/detail/warehouse_nodes.hpp>
#include <meio/transport/detail/warehouse_problem.hpp>

namespace meio::transport::detail {

/// Spanning tree of the bipartite problem under a root, whose arcs stand for unused, missing and surplus amounts.
///
/// Nearly all destinations are leaves below one source, so only sources carry prices; the price of a destination is that
/// of its parent less one cost. Cycles are climbed source by source, so their length is bounded by the sources whatever
/// the number of destinations. Zero arcs lead to the root and full arcs away from it (strongly feasible, Cunningham
/// 1976), hence no cycling.
template <bool Bounded>
class WarehouseTree : public WarehouseNodes<Bounded> {
    using Nodes = WarehouseNodes<Bounded>;

public:
    using typename Nodes::Source;

    /// An arc that may enter the basis, as seen by the cycle: flow grows from `from` to `to`.
    struct Entering {
        std::int32_t from = -1;
        std::int32_t to = -1;
        std::int32_t slot = -1;   ///< position among the arcs of its destination, or a slot constant
        double cost = 0;          ///< per unit in the direction from -> to
        double room = std::numeric_limits<double>::infinity();
        bool reversed = false;    ///< an arc at its capacity, of which flow is taken back
    };

    using Nodes::Nodes;
    using Nodes::absent;
    using Nodes::destination_of;
    using Nodes::from_root;
    using Nodes::node_of;
    using Nodes::source_step;
    using Nodes::station_of;
    using Nodes::to_root;

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

private:
    using Nodes::arc_or_root_cost;
    using Nodes::flow_at;
    using Nodes::flows_;
    using Nodes::full_;
    using Nodes::mark_;
    using Nodes::mark_at;
    using Nodes::next_marks;
    using Nodes::problem_;
    using Nodes::root_;
    using Nodes::slots_;
    using Nodes::sources_;

    struct Step {
        double flow, step, room;
        std::int32_t node, slot;
        bool up;
    };

    [[nodiscard]] double room(std::size_t e, double flow) const {
        if constexpr (Bounded)
            return problem_.capacities[e] - flow;
        else
            return std::numeric_limits<double>::infinity();
    }

    void push_destination(std::vector<Step>& path, std::size_t j) const {
        const std::int32_t slot = slots_[j];
        path.push_back({flows_[j], -arc_or_root_cost(j),
                        slot >= 0 ? room(this->arc(j, slot), flows_[j]) : std::numeric_limits<double>::infinity(), node_of(j), slot,
                        slot == to_root});
    }

    // Adds the arcs from station x to the next station above it; returns that.
    std::int32_t climb(std::vector<Step>& path, std::int32_t x) const {
        const Source& s = sources_[static_cast<std::size_t>(x)];
        const double space = s.parent >= 0 ? room(this->arc(static_cast<std::size_t>(s.parent), s.slot), s.flow)
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

    std::vector<Step> from_path_;
    std::vector<Step> to_path_;
};

}  // namespace meio::transport::detail
