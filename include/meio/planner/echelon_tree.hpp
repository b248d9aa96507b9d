// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <meio/planner/convex_lattice.hpp>
#include <meio/planner/instance.hpp>
#include <meio/planner/lattice_demand.hpp>

namespace meio::planner {

/// Holding and shortage cost of a node once resource prices are added.
struct PricedNode {
    double holding = 0;
    double shortage = 0;
};

/// Optimal echelon base-stock levels of one product on a forest of facilities (one tree a supplied root) under the
/// allocation (balance) assumption.
///
/// Every node's cost as a function of its echelon position is convex; a node with children allocates what its lead time
/// leaves among them at least cost (the induced penalty), so the functions pass up the tree by infimal convolution and
/// expectation, and the root's level is where its slope turns. Clark and Scarf (1960), Management Science 6(4) for
/// serial systems; Federgruen and Zipkin (1984), Operations Research 32(4), section 2 for the allocation problem, which
/// makes the value a lower bound on the cost of any policy where the tree branches and exact where it does not.
///
/// Works on a lattice: exact for counts whose lattice step is one unit, otherwise the cost of linear interpolation (see
/// lattice_demand). Time: O(sum of level x size of lead-time demand) a node.
class EchelonTree {
public:
    /// `lattice_points` bounds the resolution: the step is one unit (counts), or the spread of demand over that many
    /// points where that is coarser (counts) or finer (continuous).
    explicit EchelonTree(std::size_t lattice_points = 2048) : lattice_points_(lattice_points) {}

    /// Finds the levels; returns the least priced cost (without the option's constants). `priced` aligns with `nodes`.
    double solve(std::span<const Node> nodes, std::span<const PricedNode> priced);

    /// Fills `positions` (aligned with nodes) for the levels found by the last `solve`: level is the echelon base-stock
    /// level of inner nodes and the local one of leaves.
    void positions(std::span<const Node> nodes, std::vector<Position>& positions);

    /// The lattice step of a tree; depends on the nodes only, never on prices.
    [[nodiscard]] double step(std::span<const Node> nodes) const;

private:
    struct Work {
        std::vector<int> children{};
        ConvexLattice cost{};            // of the node's echelon position
        ConvexLattice allocated{};       // inner nodes: least cost of what remains after the lead time
        Allocation allocation{};
        LatticeDemand demand{};
        LossTable losses{};
        LatticeDemand distribution{};    // of the node's position (forward pass)
        long root_level = 0;             // of roots
    };

    void leaf(const Node& node, const PricedNode& priced, double stop_slope, Work& work);
    void inner(const PricedNode& priced, double stop_slope, Work& work);
    double root_value(const PricedNode& priced, Work& work) const;
    void share_out(const LatticeDemand& available, Work& work, Position& position);

    std::size_t lattice_points_;
    double step_ = 1;
    std::vector<Work> work_{};
};

inline double EchelonTree::step(std::span<const Node> nodes) const {
    double spread = 0;
    bool counts = true;
    for (const Node& node : nodes) {
        spread += 18.0 * std::sqrt(std::max(node.variance, 0.0));
        counts = counts && node.family == demand::Family::count;
    }
    const double resolution = spread / static_cast<double>(lattice_points_);
    if (counts) return std::max(1.0, std::ceil(resolution));
    return resolution > 0 ? resolution : 1.0;
}

inline double EchelonTree::solve(std::span<const Node> nodes, std::span<const PricedNode> priced) {
    step_ = step(nodes);
    if (work_.size() < nodes.size()) work_.resize(nodes.size());
    for (std::size_t j = 0; j < nodes.size(); ++j) work_[j].children.clear();
    for (std::size_t j = 0; j < nodes.size(); ++j)
        if (nodes[j].parent >= 0) work_[static_cast<std::size_t>(nodes[j].parent)].children.push_back(static_cast<int>(j));

    double value = 0;
    for (std::size_t j = nodes.size(); j-- > 0;) {
        const bool root = nodes[j].parent < 0;
        const double stop = root ? 0.0 : priced[static_cast<std::size_t>(nodes[j].parent)].holding * step_;
        Work& work = work_[j];
        if (work.children.empty()) {
            leaf(nodes[j], priced[j], stop, work);
        } else {
            work.demand = lattice_demand(nodes[j].family, nodes[j].mean, nodes[j].variance, step_);
            inner(priced[j], stop, work);
        }
        if (root) value += root_value(priced[j], work);
    }
    return value;
}

inline double EchelonTree::root_value(const PricedNode& priced, Work& work) const {
    work.root_level = std::max(work.cost.last(), 0L);
    if (work.root_level == work.cost.last()) return work.cost.at(work.root_level);
    // Level zero already lies right of the optimum; its cost needs slopes that were not tabulated.
    if (work.children.empty()) {
        const LatticePoint point = work.losses.at(0);
        return priced.holding * point.on_hand + priced.shortage * point.unmet;
    }
    double value = 0;
    const long last = work.allocated.last();
    for (std::size_t d = 0; d < work.demand.pmf.size(); ++d) {
        const long x = -(work.demand.first + static_cast<long>(d));
        value += work.demand.pmf[d] * (work.allocated.at(std::min(x, last)) +
                                       priced.holding * step_ * static_cast<double>(std::max(0L, x - last)));
    }
    return value;
}

inline void EchelonTree::leaf(const Node& node, const PricedNode& priced, double stop_slope, Work& work) {
    work.losses.reset(node.family, node.mean, node.variance, step_);
    ConvexLattice& cost = work.cost;
    cost.first = work.losses.first();
    cost.left_slope = -priced.shortage * step_;
    const auto value_at = [&](long n) {
        const LatticePoint point = work.losses.at(n);
        return priced.holding * point.on_hand + priced.shortage * point.unmet;
    };
    cost.value = value_at(cost.first);
    cost.slopes.clear();
    double here = cost.value;
    for (long n = cost.first;; ++n) {
        // Another unit is short of use beyond the cap: P(D > n) <= 1 - level_cap.
        if (work.losses.at(n).unmet - work.losses.at(n + 1).unmet <= (1.0 - level_cap) * step_) break;
        const double next = value_at(n + 1);
        double slope = next - here;
        if (!cost.slopes.empty()) slope = std::max(slope, cost.slopes.back());  // rounding must not bend the function
        slope = std::max(slope, cost.left_slope);
        if (slope >= stop_slope) break;
        cost.slopes.push_back(slope);
        here = next;
    }
}

inline void EchelonTree::inner(const PricedNode& priced, double stop_slope, Work& work) {
    std::vector<const ConvexLattice*> children;
    children.reserve(work.children.size());
    for (const int child : work.children) children.push_back(&work_[static_cast<std::size_t>(child)].cost);
    const double holding = priced.holding * step_;
    work.allocated = allocate(children, holding, work.allocation);
    const std::size_t limit = work.allocated.slopes.size() + work.demand.pmf.size();
    work.cost = expect_after_demand(work.allocated, work.demand.pmf, holding, stop_slope, limit);
    work.cost.first += work.demand.first;
}

inline void EchelonTree::positions(std::span<const Node> nodes, std::vector<Position>& positions) {
    positions.assign(nodes.size(), Position{});
    for (std::size_t j = 0; j < nodes.size(); ++j) {
        if (nodes[j].parent >= 0) continue;
        work_[j].distribution = {work_[j].root_level, {1.0}};
        positions[j].level = static_cast<double>(work_[j].root_level) * step_;
    }
    for (std::size_t j = 0; j < nodes.size(); ++j) {
        Work& work = work_[j];
        const LatticeDemand& z = work.distribution;
        if (work.children.empty()) {
            Position& position = positions[j];
            double mean_position = 0;
            for (std::size_t n = 0; n < z.pmf.size(); ++n) {
                const long point = z.first + static_cast<long>(n);
                position.on_hand += z.pmf[n] * work.losses.at(point).on_hand;
                mean_position += z.pmf[n] * static_cast<double>(point) * step_;
            }
            position.unmet = std::max(0.0, nodes[j].mean - mean_position + position.on_hand);
            // The slope of the cdf at the level, from the demand's own probabilities.
            const long at = std::lround(position.level / step_);
            position.density = std::max(0.0, work.losses.at(at + 1).unmet - 2.0 * work.losses.at(at).unmet +
                                                 work.losses.at(at - 1).unmet) /
                               (step_ * step_);
            continue;
        }
        // What is left of the position after the demand of the lead time.
        LatticeDemand available;
        available.first = z.first - (work.demand.first + static_cast<long>(work.demand.pmf.size()) - 1);
        available.pmf.assign(z.pmf.size() + work.demand.pmf.size() - 1, 0.0);
        const std::size_t top = work.demand.pmf.size() - 1;
        for (std::size_t n = 0; n < z.pmf.size(); ++n)
            for (std::size_t d = 0; d <= top; ++d) available.pmf[n + top - d] += z.pmf[n] * work.demand.pmf[d];
        share_out(available, work, positions[j]);
        std::vector<long> level(work.allocation.base);
        for (const int child : work.allocation.order) ++level[static_cast<std::size_t>(child)];
        for (std::size_t c = 0; c < work.children.size(); ++c)
            positions[static_cast<std::size_t>(work.children[c])].level = static_cast<double>(level[c]) * step_;
    }
}

inline void EchelonTree::share_out(const LatticeDemand& available, Work& work, Position& position) {
    const Allocation& rule = work.allocation;
    const auto count = work.children.size();
    std::vector<long> z(rule.base);
    const long lowest = std::min(available.first, rule.start);
    const auto absorber = static_cast<std::size_t>(rule.absorber);
    std::vector<long> caps(rule.base);
    for (const int child : rule.order) ++caps[static_cast<std::size_t>(child)];
    for (std::size_t c = 0; c < count; ++c) {
        const long first = c == absorber ? rule.base[c] - (rule.start - lowest) : rule.base[c];
        work_[static_cast<std::size_t>(work.children[c])].distribution = {
            first, std::vector<double>(static_cast<std::size_t>(caps[c] - first + 1), 0.0)};
    }
    std::size_t ordered = 0;
    for (std::size_t n = 0; n < available.pmf.size(); ++n) {
        const long x = available.first + static_cast<long>(n);
        while (ordered < rule.order.size() && rule.start + static_cast<long>(ordered) < x)
            ++z[static_cast<std::size_t>(rule.order[ordered++])];
        const double p = available.pmf[n];
        if (p == 0) continue;
        for (std::size_t c = 0; c < count; ++c) {
            LatticeDemand& d = work_[static_cast<std::size_t>(work.children[c])].distribution;
            const long at = c == absorber && x < rule.start ? rule.base[c] - (rule.start - x) : z[c];
            d.pmf[static_cast<std::size_t>(at - d.first)] += p;
        }
        const long beyond = x - rule.start - static_cast<long>(rule.order.size());
        if (beyond > 0) position.on_hand += p * static_cast<double>(beyond) * step_;
    }
}

}  // namespace meio::planner
