// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/parallel.hpp>
#include <meio/transport/arc_result.hpp>
#include <meio/transport/arcs.hpp>
#include <meio/transport/detail/certificate.hpp>
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
    }

    [[nodiscard]] double turnover() const noexcept { return turnover_; }
    [[nodiscard]] const std::vector<double>& shipped() const noexcept { return shipped_; }
    [[nodiscard]] const std::vector<double>& received() const noexcept { return received_; }
    [[nodiscard]] const std::vector<double>& by_arc() const noexcept { return by_arc_; }  ///< only with capacities

private:
    // Calls f(destination, arc, amount) for each positive flow, by destination.
    template <class F>
    void visit(F&& f) const {
        // The rounding of a flow must not take it beyond what the arc can carry.
        const auto give = [&](std::size_t j, std::size_t e, double flow) {
            if constexpr (Bounded) flow = std::min(flow, p_.capacities[e]);
            if (flow > 0) f(j, e, flow);
        };
        std::size_t k = 0;
        for (std::size_t j = 0; j < p_.destinations; ++j) {
            const std::int32_t slot = tree_.slots()[j];
            if (slot >= 0) give(j, tree_.arc(j, slot), tree_.flows()[j]);
            for (; k < extra_.size() && tree_.sources()[extra_[k]].parent == static_cast<std::int32_t>(j); ++k)
                give(j, tree_.arc(j, tree_.sources()[extra_[k]].slot), tree_.sources()[extra_[k]].flow);
            if constexpr (Bounded) {
                for (auto e = static_cast<std::size_t>(p_.offsets[j]); e < static_cast<std::size_t>(p_.offsets[j + 1]); ++e)
                    if (tree_.full()[e] != 0 && p_.capacities[e] > 0) f(j, e, p_.capacities[e]);
            }
        }
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

/// The best lower bound at one of several prices of sources: what the problem costs where supply is not limited but paid
/// for, each destination served by what is cheapest for it, as far as its arcs reach. Sources beyond the end of a list of
/// prices are free.
class RelaxedBound {
public:
    RelaxedBound(const WarehouseProblem& p, std::initializer_list<std::span<const double>> prices) : p_(p) {
        for (const std::span<const double> u : prices) {
            std::vector<double> price(u.begin(), u.end());
            price.resize(p.sources, 0.0);
            for (std::size_t i = 0; i < p.sources; ++i) {
                if (!p.supply_exact) price[i] = std::min(price[i], 0.0);
                if (p.overflow_prices != nullptr) price[i] = std::max(price[i], -p.overflow_prices[i]);
            }
            if (std::find(prices_.begin(), prices_.end(), price) == prices_.end()) prices_.push_back(std::move(price));
        }
    }

    /// One pass over the arcs.
    [[nodiscard]] double value() {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        std::vector<core::CompensatedSum> bounds(prices_.size());
        std::vector<bool> endless(prices_.size(), false);
        for (std::size_t k = 0; k < prices_.size(); ++k)
            for (std::size_t i = 0; i < p_.sources; ++i) bounds[k].add(p_.supply[i] * prices_[k][i]);
        for (std::size_t j = 0; j < p_.destinations; ++j) {
            if (!(p_.demand[j] > 0) && !p_.demand_at_least) continue;
            for (std::size_t k = 0; k < prices_.size(); ++k) {
                if (serve_by_one(j, prices_[k], bounds[k])) continue;
                if (!serve(j, prices_[k], bounds[k])) endless[k] = true;
            }
        }
        double best = -infinity;
        for (std::size_t k = 0; k < prices_.size(); ++k)
            if (!endless[k]) best = std::max(best, bounds[k].value());
        return best;
    }

private:
    struct Offer {
        double cost, capacity;
    };

    // Where the cheapest offer takes all demand, as it mostly does.
    [[nodiscard]] bool serve_by_one(std::size_t j, const std::vector<double>& price, core::CompensatedSum& bound) const {
        const double shortage = p_.shortage_prices == nullptr ? std::numeric_limits<double>::infinity() : p_.shortage_prices[j];
        double cost = two_least(p_, j, price.data()).best;
        if (!(cost < shortage))
            cost = shortage;
        else if (p_.capacities != nullptr &&
                 p_.capacities[p_.offsets[j] + locate(p_, j, price.data(), cost)] < p_.demand[j])
            return false;
        if (cost == std::numeric_limits<double>::infinity()) return true;
        if (cost < 0 && p_.demand_at_least) return false;
        bound.add(p_.demand[j] * cost);
        return true;
    }

    // From the cheapest offer on. False: one pays for taking more than any demand.
    [[nodiscard]] bool serve(std::size_t j, const std::vector<double>& price, core::CompensatedSum& bound) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        offers_.clear();
        if (p_.shortage_prices != nullptr) offers_.push_back({p_.shortage_prices[j], infinity});
        for (std::int64_t e = p_.offsets[j]; e < p_.offsets[j + 1]; ++e)
            offers_.push_back({p_.costs[e] - price[static_cast<std::size_t>(p_.ids[e])], p_.capacities == nullptr ? infinity : p_.capacities[e]});
        double wanted = p_.demand[j];
        while (!offers_.empty()) {
            Offer& least = *std::min_element(offers_.begin(), offers_.end(), [](const Offer& a, const Offer& b) { return a.cost < b.cost; });
            const bool welcome = p_.demand_at_least && least.cost < 0 && least.capacity > 0;
            if ((!(wanted > 0) && !welcome) || least.cost == infinity) break;
            const double amount = welcome ? least.capacity : std::min(wanted, least.capacity);
            if (amount == infinity) return false;
            bound.add(amount * least.cost);
            wanted -= amount;
            least = offers_.back();
            offers_.pop_back();
        }
        return true;
    }

    const WarehouseProblem& p_;
    std::vector<std::vector<double>> prices_;
    std::vector<Offer> offers_;
};

/// What runs where, as the certificate needs it.
struct ArcSums {
    std::span<const double> shipped, received;  ///< by source and destination
    std::span<const double> by_arc;             ///< only with capacities
    double turnover = 0;                        ///< sum |cost| amount
};

/// Fills bound and certificate of a result whose objective, duals, shortage and overflow are known. Returns the gap as
/// `certify` does.
inline double certify_arcs(const WarehouseProblem& p, const ArcSums& sums, ArcResult& r) {
    double terms = sums.turnover;
    RowMisses misses;
    const auto miss = [&](double units, double amount, double dual) {
        misses.add(units, amount, dual);
        terms += std::abs(amount * dual);
    };
    for (std::size_t i = 0; i < p.sources; ++i) {
        const double over = sums.shipped[i] - p.supply[i] - (r.overflow.empty() ? 0.0 : r.overflow[i]);
        miss(p.supply_exact ? std::abs(over) : over, p.supply[i], r.supply_duals[i]);
    }
    for (std::size_t j = 0; j < p.destinations; ++j) {
        const double under = p.demand[j] - sums.received[j] - (r.unserved.empty() ? 0.0 : r.unserved[j]);
        miss(p.demand_at_least ? under : std::abs(under), p.demand[j], r.demand_duals[j]);
    }
    for (std::size_t e = 0; e < sums.by_arc.size(); ++e) misses.most = std::max(misses.most, sums.by_arc[e] - p.capacities[e]);
    r.certificate.primal_residual = misses.most;
    r.bound = repaired_bound(p, r.supply_duals, r.demand_duals, sums.by_arc, &r.certificate.dual_violation);
    if (!std::isfinite(r.bound)) r.bound = -std::numeric_limits<double>::infinity();  // products beyond all doubles
    const double scale = std::max({std::abs(r.objective), sums.turnover, 1e-300});
    const double apart = r.objective == r.bound ? 0.0 : std::abs(r.objective - r.bound);
    r.certificate.gap = gap_beyond_rounding(apart, terms, misses.worth.value(), scale);
    return misses.rough ? std::numeric_limits<double>::infinity() : apart / scale;
}

}  // namespace meio::transport::detail
