// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <meio/numeric/normal.hpp>
#include <meio/planner/convex_lattice.hpp>
#include <meio/planner/instance.hpp>
#include <meio/planner/lattice_demand.hpp>
#include <meio/planner/tree_tables.hpp>

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
    /// `lattice_points` bounds the resolution (see lattice_step).
    explicit EchelonTree(std::size_t lattice_points = 2048) : lattice_points_(lattice_points) {}

    /// Finds the levels; returns the least priced cost (without the option's constants). `priced` aligns with `nodes`, and
    /// so do `tables`: demand as TreeTables keeps it for the same `lattice_points`, which must outlive the next call;
    /// empty: tabulated here. The answer has the same bits either way.
    double solve(std::span<const Node> nodes, std::span<const PricedNode> priced, std::span<const NodeTable> tables = {});

    /// Fills `positions` (aligned with nodes) for the levels found by the last `solve`: level is the echelon base-stock
    /// level of inner nodes and the local one of leaves.
    void positions(std::span<const Node> nodes, std::vector<Position>& positions);

private:
    struct Work {
        std::vector<int> children{};
        ConvexLattice cost{};            // of the node's echelon position; not of inner roots
        ConvexLattice allocated{};       // inner nodes: least cost of what remains after the lead time
        Allocation allocation{};
        LatticeDemand distribution{};    // of the node's position (forward pass)
        long root_level = 0;             // of roots
    };

    [[nodiscard]] const NodeTable& table(std::size_t j) const { return kept_.empty() ? own_[j] : kept_[j]; }

    void leaf(const PricedNode& priced, double stop_slope, const LossTable& losses, Work& work) const;
    static double leaf_root(const PricedNode& priced, const LossTable& losses, Work& work);
    void share_among_children(const PricedNode& priced, Work& work);
    void inner(const PricedNode& priced, double stop_slope, const LatticeDemand& demand, Work& work) const;
    double inner_root(const PricedNode& priced, const LatticeDemand& demand, Work& work) const;
    void share_out(const LatticeDemand& available, Work& work, Position& position);

    std::size_t lattice_points_;
    double step_ = 1;
    std::vector<Work> work_{};
    std::vector<const ConvexLattice*> children_{};
    std::span<const NodeTable> kept_{};  // tables of the last call, or empty
    std::vector<NodeTable> own_{};       // used where none are kept
};

inline double EchelonTree::solve(std::span<const Node> nodes, std::span<const PricedNode> priced,
                                 std::span<const NodeTable> tables) {
    step_ = lattice_step(nodes, lattice_points_);
    if (work_.size() < nodes.size()) work_.resize(nodes.size());
    for (std::size_t j = 0; j < nodes.size(); ++j) work_[j].children.clear();
    for (std::size_t j = 0; j < nodes.size(); ++j)
        if (nodes[j].parent >= 0) work_[static_cast<std::size_t>(nodes[j].parent)].children.push_back(static_cast<int>(j));
    kept_ = tables;
    if (kept_.empty()) {
        if (own_.size() < nodes.size()) own_.resize(nodes.size());
        for (std::size_t j = 0; j < nodes.size(); ++j) own_[j].reset(nodes[j], !work_[j].children.empty(), step_);
    }

    double value = 0;
    for (std::size_t j = nodes.size(); j-- > 0;) {
        const bool root = nodes[j].parent < 0;
        if (!work_[j].children.empty()) {
            share_among_children(priced[j], work_[j]);
            if (root) value += inner_root(priced[j], table(j).demand, work_[j]);
            else inner(priced[j], priced[static_cast<std::size_t>(nodes[j].parent)].holding * step_, table(j).demand, work_[j]);
        } else {
            leaf(priced[j], root ? 0.0 : priced[static_cast<std::size_t>(nodes[j].parent)].holding * step_, table(j).losses,
                 work_[j]);
            if (root) value += leaf_root(priced[j], table(j).losses, work_[j]);
        }
    }
    return value;
}

inline void EchelonTree::leaf(const PricedNode& priced, double stop_slope, const LossTable& losses, Work& work) const {
    ConvexLattice& cost = work.cost;
    cost.first = losses.first();
    cost.left_slope = -priced.shortage * step_;
    const auto value_at = [&](long n) {
        const LatticePoint point = losses.tabulated(n);
        return priced.holding * point.on_hand + priced.shortage * point.unmet;
    };
    cost.value = value_at(cost.first);
    cost.slopes.clear();
    double here = cost.value;
    double slope = cost.left_slope;
    for (long n = cost.first; n < losses.last(); ++n) {
        const double next = value_at(n + 1);
        slope = std::max(slope, next - here);  // rounding must not bend the function
        if (slope >= stop_slope) break;
        cost.slopes.push_back(slope);
        here = next;
    }
}

inline double EchelonTree::leaf_root(const PricedNode& priced, const LossTable& losses, Work& work) {
    work.root_level = std::max(work.cost.last(), 0L);
    const LatticePoint point = losses.tabulated(work.root_level);
    return priced.holding * point.on_hand + priced.shortage * point.unmet;
}

inline void EchelonTree::share_among_children(const PricedNode& priced, Work& work) {
    children_.clear();
    for (const int child : work.children) children_.push_back(&work_[static_cast<std::size_t>(child)].cost);
    work.allocated = allocate(children_, priced.holding * step_, work.allocation);
}

inline void EchelonTree::inner(const PricedNode& priced, double stop_slope, const LatticeDemand& demand, Work& work) const {
    const std::size_t limit = work.allocated.slopes.size() + demand.pmf.size();
    work.cost = expect_after_demand(work.allocated, demand.pmf, priced.holding * step_, stop_slope, limit);
    work.cost.first += demand.first;
}

// Nobody asks a root for more than its best level, so its cost is not tabulated.
inline double EchelonTree::inner_root(const PricedNode& priced, const LatticeDemand& demand, Work& work) const {
    const double holding = priced.holding * step_;
    const std::size_t limit = work.allocated.slopes.size() + demand.pmf.size();
    const std::size_t turn = turn_after_demand(work.allocated, demand.pmf, holding, 0.0, limit);
    work.root_level = std::max(work.allocated.first + demand.first + static_cast<long>(turn), 0L);
    return value_after_demand(work.allocated, demand.pmf, holding, work.root_level - demand.first);
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
            const LossTable& losses = table(j).losses;
            Position& position = positions[j];
            double mean_position = 0;
            for (std::size_t n = 0; n < z.pmf.size(); ++n) {
                const long point = z.first + static_cast<long>(n);
                position.on_hand += z.pmf[n] * losses.tabulated(point).on_hand;
                mean_position += z.pmf[n] * static_cast<double>(point) * step_;
            }
            position.unmet = std::max(0.0, nodes[j].mean - mean_position + position.on_hand);
            // The slope of the cdf at the level, from the demand's own probabilities. Where holding here costs no more than
            // above, the level is the cap, where demand is next to never: with the first price it falls back by
            // deviations, so beyond three of them the local slope says nothing of the response to prices.
            const double deviation = std::sqrt(std::max(nodes[j].variance, 0.0));
            const double least = deviation > 0 ? numeric::normal_pdf(3.0) / deviation : 0.0;
            const long at = std::lround(position.level / step_);
            const double bend = losses.tabulated(at + 1).unmet - 2.0 * losses.tabulated(at).unmet + losses.tabulated(at - 1).unmet;
            position.density = std::max(least, bend / (step_ * step_));
            continue;
        }
        // What is left of the position after the demand of the lead time.
        const LatticeDemand& demand = table(j).demand;
        LatticeDemand available;
        available.first = z.first - (demand.first + static_cast<long>(demand.pmf.size()) - 1);
        available.pmf.assign(z.pmf.size() + demand.pmf.size() - 1, 0.0);
        const std::size_t top = demand.pmf.size() - 1;
        for (std::size_t n = 0; n < z.pmf.size(); ++n)
            for (std::size_t d = 0; d <= top; ++d) available.pmf[n + top - d] += z.pmf[n] * demand.pmf[d];
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
    // Between two units of its own a child's position stands still: it gets the mass that passed meanwhile.
    double passed = 0;
    std::vector<double> passed_before(count, 0.0);
    const auto settle = [&](std::size_t c) {
        LatticeDemand& d = work_[static_cast<std::size_t>(work.children[c])].distribution;
        d.pmf[static_cast<std::size_t>(z[c] - d.first)] += passed - passed_before[c];
        passed_before[c] = passed;
    };
    LatticeDemand& short_one = work_[static_cast<std::size_t>(work.children[absorber])].distribution;
    std::size_t ordered = 0;
    for (std::size_t n = 0; n < available.pmf.size(); ++n) {
        const long x = available.first + static_cast<long>(n);
        while (ordered < rule.order.size() && rule.start + static_cast<long>(ordered) < x) {
            const auto child = static_cast<std::size_t>(rule.order[ordered++]);
            settle(child);
            ++z[child];
        }
        const double p = available.pmf[n];
        passed += p;
        if (x < rule.start) {
            short_one.pmf[static_cast<std::size_t>(rule.base[absorber] - (rule.start - x) - short_one.first)] += p;
            passed_before[absorber] = passed;
        }
        const long beyond = x - rule.start - static_cast<long>(rule.order.size());
        if (beyond > 0) position.on_hand += p * static_cast<double>(beyond) * step_;
    }
    for (std::size_t c = 0; c < count; ++c) settle(c);
}

}  // namespace meio::planner
