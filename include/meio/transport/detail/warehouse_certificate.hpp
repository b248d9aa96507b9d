// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/core/parallel.hpp>
#include <meio/transport/arc_result.hpp>
#include <meio/transport/arcs.hpp>
#include <meio/transport/detail/warehouse_scan.hpp>
#include <meio/transport/detail/warehouse_tree.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport::detail {

/// Reads shipments, shortage, overflow and objective off the tree; costs are those of `p`, the caller's own.
template <bool Bounded>
class ArcFlows {
public:
    ArcFlows(const WarehouseProblem& p, const WarehouseTree<Bounded>& tree) : p_(p), tree_(tree) {}

    void unpack(ArcResult& r) {
        for (std::size_t i = 0; i < p_.sources; ++i)
            if (tree_.sources()[i].parent >= 0 && tree_.sources()[i].flow > 0) extra_.push_back(i);
        std::sort(extra_.begin(), extra_.end(), [&](std::size_t a, std::size_t b) {
            const std::int32_t x = tree_.sources()[a].parent;
            const std::int32_t y = tree_.sources()[b].parent;
            return x != y ? x < y : a < b;
        });
        std::vector<std::size_t> next(p_.sources + 1, 0);
        visit([&](std::size_t, std::size_t e, double) { ++next[static_cast<std::size_t>(p_.ids[e]) + 1]; });
        for (std::size_t i = 0; i < p_.sources; ++i) next[i + 1] += next[i];
        r.shipments.resize(next[p_.sources]);
        if (p_.capacities != nullptr) by_arc_.assign(static_cast<std::size_t>(p_.offsets[p_.destinations]), 0.0);
        shipped_.assign(p_.sources, 0.0);
        received_.assign(p_.destinations, 0.0);
        core::CompensatedSum cost;
        core::CompensatedSum size;
        visit([&](std::size_t j, std::size_t e, double amount) {
            const auto i = static_cast<std::size_t>(p_.ids[e]);
            r.shipments[next[i]++] = {p_.ids[e], static_cast<std::int32_t>(j), amount};
            cost.add(p_.costs[e] * amount);
            size.add(std::abs(p_.costs[e]) * amount);
            shipped_[i] += amount;
            received_[j] += amount;
            if (p_.capacities != nullptr) by_arc_[e] = amount;
        });
        if (p_.shortage_prices != nullptr) r.unserved.assign(p_.destinations, 0.0);
        if (p_.overflow_prices != nullptr) r.overflow.assign(p_.sources, 0.0);
        for (std::size_t j = 0; j < p_.destinations; ++j)
            if (tree_.slots()[j] == tree_.from_root && !tree_.artificial_destination(j)) {
                r.unserved[j] = tree_.flows()[j];
                cost.add(p_.shortage_prices[j] * r.unserved[j]);
            }
        for (std::size_t i = 0; i < p_.sources; ++i)
            if (tree_.sources()[i].parent < 0 && tree_.sources()[i].slot == tree_.from_root) {
                r.overflow[i] = tree_.sources()[i].flow;
                cost.add(p_.overflow_prices[i] * r.overflow[i]);
            }
        r.objective = cost.value();
        turnover_ = size.value();
        residual(r);
    }

    [[nodiscard]] double turnover() const noexcept { return turnover_; }
    [[nodiscard]] const std::vector<double>& shipped() const noexcept { return shipped_; }
    [[nodiscard]] const std::vector<double>& received() const noexcept { return received_; }
    [[nodiscard]] const std::vector<double>& by_arc() const noexcept { return by_arc_; }  ///< only with capacities

private:
    // Calls f(destination, arc, amount) for each positive flow, by destination.
    template <class F>
    void visit(F&& f) const {
        std::size_t k = 0;
        for (std::size_t j = 0; j < p_.destinations; ++j) {
            const std::int32_t slot = tree_.slots()[j];
            if (slot >= 0 && tree_.flows()[j] > 0) f(j, tree_.arc(j, slot), tree_.flows()[j]);
            for (; k < extra_.size() && tree_.sources()[extra_[k]].parent == static_cast<std::int32_t>(j); ++k)
                f(j, tree_.arc(j, tree_.sources()[extra_[k]].slot), tree_.sources()[extra_[k]].flow);
            if constexpr (Bounded) {
                for (auto e = static_cast<std::size_t>(p_.offsets[j]); e < static_cast<std::size_t>(p_.offsets[j + 1]); ++e)
                    if (tree_.full()[e] != 0 && p_.capacities[e] > 0) f(j, e, p_.capacities[e]);
            }
        }
    }

    void residual(ArcResult& r) const {
        double worst = 0;
        for (std::size_t i = 0; i < p_.sources; ++i) {
            const double over = shipped_[i] - p_.supply[i] - (r.overflow.empty() ? 0.0 : r.overflow[i]);
            worst = std::max(worst, p_.supply_exact ? std::abs(over) : over);
        }
        for (std::size_t j = 0; j < p_.destinations; ++j) {
            const double under = p_.demand[j] - received_[j] - (r.unserved.empty() ? 0.0 : r.unserved[j]);
            worst = std::max(worst, p_.demand_at_least ? under : std::abs(under));
        }
        for (std::size_t e = 0; e < by_arc_.size(); ++e) worst = std::max(worst, by_arc_[e] - p_.capacities[e]);
        r.certificate.primal_residual = worst;
    }

    const WarehouseProblem& p_;
    const WarehouseTree<Bounded>& tree_;
    std::vector<std::size_t> extra_;
    std::vector<double> shipped_, received_, by_arc_;
    double turnover_ = 0;
};

/// A lower bound that any prices of sources and destinations give: they are made feasible first. `violation` gets the
/// largest amount by which they were not; `by_arc` is empty without capacities.
inline double repaired_bound(const WarehouseProblem& p, std::span<const double> u, std::span<const double> v,
                             std::span<const double> by_arc, double* violation) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::vector<double> fixed(u.begin(), u.end());
    double wrong = 0;
    if (p.demand_at_least)
        for (std::int64_t e = 0; e < p.offsets[p.destinations]; ++e)
            if (p.capacities == nullptr || p.capacities[e] == infinity) {
                double& x = fixed[static_cast<std::size_t>(p.ids[e])];
                x = std::min(x, p.costs[e]);
            }
    for (std::size_t i = 0; i < p.sources; ++i) {
        if (!p.supply_exact) fixed[i] = std::min(fixed[i], 0.0);
        if (p.overflow_prices != nullptr) fixed[i] = std::max(fixed[i], -p.overflow_prices[i]);
        if (!p.supply_exact) wrong = std::max(wrong, u[i]);
        if (p.overflow_prices != nullptr) wrong = std::max(wrong, -p.overflow_prices[i] - u[i]);
    }
    const bool same = std::equal(fixed.begin(), fixed.end(), u.begin());
    core::CompensatedSum bound;
    for (std::size_t i = 0; i < p.sources; ++i) bound.add(p.supply[i] * fixed[i]);
    for (std::size_t j = 0; j < p.destinations; ++j) {
        const double price = p.shortage_prices == nullptr ? infinity : p.shortage_prices[j];
        double least = infinity;
        if (p.capacities == nullptr) {
            const double given = two_least(p, j, u.data()).best;
            wrong = std::max(wrong, v[j] - given);
            least = same ? given : two_least(p, j, fixed.data()).best;
        } else {
            least = v[j];
            for (std::int64_t e = p.offsets[j]; e < p.offsets[j + 1]; ++e) {
                const auto i = static_cast<std::size_t>(p.ids[e]);
                if (by_arc[static_cast<std::size_t>(e)] < p.capacities[e]) wrong = std::max(wrong, v[j] - (p.costs[e] - u[i]));
                if (p.capacities[e] == infinity) least = std::min(least, p.costs[e] - fixed[i]);
            }
        }
        wrong = std::max(wrong, v[j] - price);
        least = std::min(least, price);
        if (p.demand_at_least) {
            wrong = std::max(wrong, -v[j]);
            least = std::max(least, 0.0);
        }
        if (p.demand[j] > 0) bound.add(p.demand[j] * least);
        if (p.capacities == nullptr) continue;
        for (std::int64_t e = p.offsets[j]; e < p.offsets[j + 1]; ++e) {
            const double reduced = p.costs[e] - fixed[static_cast<std::size_t>(p.ids[e])] - least;
            if (reduced < 0 && p.capacities[e] < infinity) bound.add(p.capacities[e] * reduced);
        }
    }
    if (violation != nullptr) *violation = wrong;
    return bound.value();
}

/// The best lower bound at these prices of sources: what the problem costs where supply is not limited but paid for, each
/// destination served by what is cheapest for it, as far as its arcs reach. Sources beyond the end of `u` are free.
inline double relaxed_bound(const WarehouseProblem& p, std::span<const double> u) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::vector<double> price(u.begin(), u.end());
    price.resize(p.sources, 0.0);
    for (std::size_t i = 0; i < p.sources; ++i) {
        if (!p.supply_exact) price[i] = std::min(price[i], 0.0);
        if (p.overflow_prices != nullptr) price[i] = std::max(price[i], -p.overflow_prices[i]);
    }
    struct Offer {
        double cost, capacity;
    };
    std::vector<Offer> offers;
    core::CompensatedSum bound;
    for (std::size_t i = 0; i < p.sources; ++i) bound.add(p.supply[i] * price[i]);
    for (std::size_t j = 0; j < p.destinations; ++j) {
        offers.clear();
        if (p.shortage_prices != nullptr) offers.push_back({p.shortage_prices[j], infinity});
        for (std::int64_t e = p.offsets[j]; e < p.offsets[j + 1]; ++e)
            offers.push_back({p.costs[e] - price[static_cast<std::size_t>(p.ids[e])], p.capacities == nullptr ? infinity : p.capacities[e]});
        double wanted = p.demand[j];
        while (!offers.empty()) {
            Offer& least = *std::min_element(offers.begin(), offers.end(), [](const Offer& a, const Offer& b) { return a.cost < b.cost; });
            const bool welcome = p.demand_at_least && least.cost < 0 && least.capacity > 0;
            if ((!(wanted > 0) && !welcome) || least.cost == infinity) break;
            const double amount = welcome ? least.capacity : std::min(wanted, least.capacity);
            if (amount == infinity) return -infinity;  // paid to take more than any demand
            bound.add(amount * least.cost);
            wanted -= amount;
            least = offers.back();
            offers.pop_back();
        }
    }
    return bound.value();
}

}  // namespace meio::transport::detail
