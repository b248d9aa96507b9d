// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/arc_result.hpp>
#include <meio/transport/detail/warehouse_tree.hpp>

namespace meio::transport::detail {

/// Number of sources between each source and the root; -1 where the parents form a circle.
template <bool Bounded>
[[nodiscard]] std::vector<int> source_depths(const WarehouseTree<Bounded>& tree, std::size_t sources) {
    constexpr int unknown = -2;
    std::vector<int> depth(sources + 1, unknown);
    depth[sources] = -1;
    std::vector<std::size_t> path;
    for (std::size_t i = 0; i < sources; ++i) {
        path.clear();
        std::size_t x = i;
        for (; depth[x] == unknown && path.size() <= sources; x = tree.station_above(x)) path.push_back(x);
        const bool circle = path.size() > sources;
        int d = depth[x];
        while (!path.empty()) {
            depth[path.back()] = circle || (x < sources && d < 0) ? -1 : ++d;
            path.pop_back();
        }
    }
    depth.pop_back();
    return depth;
}

/// Recomputes all flows from the tree, leaves first, to shed accumulated rounding. With `clip`, what is negative is cut
/// off (and shows as a residual). Returns whether the tree is strongly feasible as it was before clipping.
template <bool Bounded>
bool recompute_flows(const WarehouseProblem& p, WarehouseTree<Bounded>& tree, bool clip) {
    using Basis = WarehouseTree<Bounded>;
    std::vector<double> net(p.supply, p.supply + p.sources);
    std::vector<double>& flow = tree.flows();
    std::vector<std::uint8_t> joint(p.destinations, 0);  // has sources below
    for (std::size_t i = 0; i < p.sources; ++i)
        if (tree.sources()[i].parent >= 0) joint[static_cast<std::size_t>(tree.sources()[i].parent)] = 1;
    const auto settle = [&](std::size_t j) {
        const std::int32_t slot = tree.slots()[j];
        if (slot >= 0) net[static_cast<std::size_t>(p.ids[tree.arc(j, slot)])] -= flow[j];
        if (slot == Basis::to_root) flow[j] = -flow[j];
    };
    for (std::size_t j = 0; j < p.destinations; ++j) {
        flow[j] = p.demand[j];
        if constexpr (Bounded) {
            for (auto e = static_cast<std::size_t>(p.offsets[j]); e < static_cast<std::size_t>(p.offsets[j + 1]); ++e)
                if (tree.full()[e] != 0) {
                    flow[j] -= p.capacities[e];
                    net[static_cast<std::size_t>(p.ids[e])] -= p.capacities[e];
                }
        }
        if (joint[j] == 0) settle(j);
    }
    const std::vector<int> depth = source_depths(tree, p.sources);
    std::vector<std::size_t> order(p.sources);
    for (std::size_t i = 0; i < p.sources; ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return depth[a] != depth[b] ? depth[a] > depth[b] : a < b; });
    for (std::size_t s = 0; s < order.size();) {
        const std::size_t begin = s;
        for (; s < order.size() && depth[order[s]] == depth[order[begin]]; ++s) {
            auto& source = tree.sources()[order[s]];
            source.flow = source.slot == Basis::from_root ? -net[order[s]] : net[order[s]];
            if (source.parent >= 0) flow[static_cast<std::size_t>(source.parent)] -= source.flow;
        }
        for (std::size_t r = begin; r < s; ++r) {
            const std::int32_t parent = tree.sources()[order[r]].parent;
            if (parent < 0 || joint[static_cast<std::size_t>(parent)] == 0) continue;
            joint[static_cast<std::size_t>(parent)] = 0;
            settle(static_cast<std::size_t>(parent));
        }
    }
    bool strong = true;
    for (std::size_t i = 0; i < p.sources; ++i) {
        auto& source = tree.sources()[i];
        strong = strong && (source.slot == Basis::from_root ? source.flow > 0 : source.flow >= 0);
        if (Bounded && source.parent >= 0)
            strong = strong && source.flow < p.capacities[tree.arc(static_cast<std::size_t>(source.parent), source.slot)];
        if (clip) source.flow = std::max(source.flow, 0.0);
    }
    for (std::size_t j = 0; j < p.destinations; ++j) {
        const std::int32_t slot = tree.slots()[j];
        if (slot == Basis::absent) continue;
        strong = strong && (slot == Basis::to_root ? flow[j] >= 0 : flow[j] > 0);
        if (Bounded && slot >= 0) strong = strong && flow[j] <= p.capacities[tree.arc(j, slot)];
        if (clip) flow[j] = std::max(flow[j], 0.0);
    }
    return strong;
}

/// Takes over a basis of an earlier solve. False where it is none for this problem, or not strongly feasible for it;
/// the tree is then of no use.
template <bool Bounded>
bool restore_basis(const WarehouseProblem& p, const ArcBasis& basis, WarehouseTree<Bounded>& tree) {
    using Basis = WarehouseTree<Bounded>;
    if (basis.slots.size() != p.destinations || basis.source_parents.size() != p.sources ||
        basis.source_slots.size() != p.sources || basis.full.size() != tree.full().size())
        return false;
    const auto arc_exists = [&](std::size_t j, std::int32_t slot) {
        return slot >= 0 && slot < p.offsets[j + 1] - p.offsets[j] &&
               p.costs[p.offsets[j] + slot] < std::numeric_limits<double>::infinity();
    };
    for (std::size_t j = 0; j < p.destinations; ++j) {
        std::int32_t slot = basis.slots[j];
        if (!(p.demand[j] > 0) && !p.demand_at_least) slot = Basis::absent;
        else if (slot == Basis::absent) slot = Basis::from_root;
        if (slot >= 0 && !arc_exists(j, slot)) return false;
        if (slot < Basis::absent || (slot == Basis::to_root && !p.demand_at_least)) return false;
        tree.slots()[j] = slot;
    }
    for (std::size_t i = 0; i < p.sources; ++i) {
        const std::int32_t parent = basis.source_parents[i];
        const std::int32_t slot = basis.source_slots[i];
        if (parent >= 0) {
            const auto j = static_cast<std::size_t>(parent);
            if (j >= p.destinations || tree.slots()[j] == Basis::absent || !arc_exists(j, slot)) return false;
            if (p.ids[p.offsets[j] + slot] != static_cast<std::int32_t>(i) || tree.slots()[j] == slot) return false;
        } else if (slot != Basis::to_root && (slot != Basis::from_root || p.overflow_prices == nullptr)) {
            return false;
        } else if (slot == Basis::from_root && !(p.overflow_prices[i] < std::numeric_limits<double>::infinity())) {
            return false;
        }
        tree.sources()[i] = typename Basis::Source{0.0, 0.0, parent < 0 ? -1 : parent, slot, 0};
    }
    if constexpr (Bounded) {
        for (std::size_t e = 0; e < basis.full.size(); ++e)
            if (basis.full[e] > 1 || (basis.full[e] == 1 && !(p.capacities[e] < 1e300 && p.costs[e] < 1e300))) return false;
        tree.full() = basis.full;
        for (std::size_t j = 0; j < p.destinations; ++j) {
            if (tree.slots()[j] >= 0 && tree.full()[tree.arc(j, tree.slots()[j])] != 0) return false;
            if (tree.slots()[j] != Basis::absent) continue;
            for (auto e = static_cast<std::size_t>(p.offsets[j]); e < static_cast<std::size_t>(p.offsets[j + 1]); ++e)
                if (tree.full()[e] != 0) return false;
        }
        for (const auto& s : tree.sources())
            if (s.parent >= 0 && tree.full()[tree.arc(static_cast<std::size_t>(s.parent), s.slot)] != 0) return false;
    }
    const std::vector<int> depth = source_depths(tree, p.sources);
    if (std::any_of(depth.begin(), depth.end(), [](int d) { return d < 0; })) return false;
    if (!recompute_flows(p, tree, false)) return false;
    tree.set_weight(tree.weight());
    return true;
}

}  // namespace meio::transport::detail
