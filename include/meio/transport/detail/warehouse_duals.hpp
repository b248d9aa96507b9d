// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/detail/warehouse_scan.hpp>
#include <meio/transport/detail/warehouse_tree.hpp>

namespace meio::transport::detail {

/// Duals of all destinations at given prices of the sources; the weight of unserved demand is `missing`.
template <bool Bounded>
void destination_duals(const WarehouseProblem& p, const WarehouseTree<Bounded>& tree, const std::vector<double>& price, double missing,
                       std::vector<double>& v) {
    using Basis = WarehouseTree<Bounded>;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    v.resize(p.destinations);
    for (std::size_t j = 0; j < p.destinations; ++j) {
        const std::int32_t slot = tree.slots()[j];
        double value = 0;
        if (slot >= 0) {
            const std::size_t e = tree.arc(j, slot);
            value = p.costs[e] - price[static_cast<std::size_t>(p.ids[e])];
        } else if (slot == Basis::from_root) {
            value = tree.artificial_destination(j) ? missing : p.shortage_prices[j];
        } else if (slot == Basis::absent) {
            // Without demand any dual does that keeps reduced costs right: the largest.
            value = std::min(two_least(p, j, price.data()).best, tree.shortage_price(j));
            if (value == infinity) value = 0;
        }
        v[j] = value + 0.0;  // turns -0 into 0
    }
}

/// Duals of the tree as it stands, unserved demand at the kernel's weight.
template <bool Bounded>
void raw_duals(const WarehouseProblem& p, WarehouseTree<Bounded>& tree, std::vector<double>& u, std::vector<double>& v) {
    tree.prices(u);
    destination_duals(p, tree, u, tree.weight(), v);
    u.pop_back();
}

/// Duals of a feasible optimum. Nodes still joined to the root by an artificial arc without flow have prices up to a
/// constant: they get the least multiple of the weight under which every reduced cost is right.
template <bool Bounded>
void settle_duals(const WarehouseProblem& p, WarehouseTree<Bounded>& tree, std::vector<double>& u, std::vector<double>& v) {
    using Basis = WarehouseTree<Bounded>;
    std::vector<int> count;
    tree.prices(u, &count);
    bool any = std::any_of(count.begin(), count.end(), [](int k) { return k != 0; });
    for (std::size_t j = 0; j < p.destinations && !any; ++j) any = tree.slots()[j] == Basis::from_root && tree.artificial_destination(j);
    destination_duals(p, tree, u, 0.0, v);
    if (any) {
        double weight = 0;
        // u_i and v_j hold money; each grows by its count times the weight; need cost >= u + v.
        const auto require = [&](double reduced, int grows) {
            if (grows < 0) weight = std::max(weight, reduced / grows);
        };
        for (std::size_t i = 0; i < p.sources; ++i) {
            if (!p.supply_exact) require(-u[i], count[i]);
            if (p.overflow_prices != nullptr && p.overflow_prices[i] < std::numeric_limits<double>::infinity())
                require(p.overflow_prices[i] + u[i], -count[i]);
        }
        const auto destination_count = [&](std::size_t j) {
            const std::int32_t slot = tree.slots()[j];
            if (slot >= 0) return -count[static_cast<std::size_t>(p.ids[tree.arc(j, slot)])];
            return slot == Basis::from_root && tree.artificial_destination(j) ? 1 : 0;
        };
        for (std::size_t j = 0; j < p.destinations; ++j) {
            if (tree.slots()[j] == Basis::absent) continue;
            const int grows = destination_count(j);
            if (p.demand_at_least) require(v[j], -grows);
            if (tree.shortage_price(j) < std::numeric_limits<double>::infinity()) require(tree.shortage_price(j) - v[j], grows);
            for (auto e = static_cast<std::size_t>(p.offsets[j]); e < static_cast<std::size_t>(p.offsets[j + 1]); ++e) {
                if (!(p.costs[e] < std::numeric_limits<double>::infinity())) continue;
                const auto i = static_cast<std::size_t>(p.ids[e]);
                const double reduced = p.costs[e] - u[i] - v[j];
                const int both = count[i] + grows;
                if (Bounded && tree.full()[e] != 0)
                    require(-reduced, -both);
                else
                    require(reduced, both);
            }
        }
        for (std::size_t i = 0; i < p.sources; ++i) u[i] += weight * count[i];
        destination_duals(p, tree, u, weight, v);
    }
    for (double& x : u) x += 0.0;
    u.pop_back();
}

}  // namespace meio::transport::detail
