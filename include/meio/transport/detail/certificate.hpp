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
#include <meio/core/status.hpp>
#include <meio/transport/detail/problem.hpp>
#include <meio/transport/options.hpp>
#include <meio/transport/result.hpp>

namespace meio::transport::detail {

/// The input as given, in the caller's orientation; everything below is computed from it and the result alone.
struct Instance {
    std::span<const double> costs;
    std::size_t sources = 0;
    std::size_t destinations = 0;
    std::span<const double> supply;
    std::span<const double> demand;
    Options options;
    std::span<const double> shortage_prices = {};
    std::span<const double> overflow_prices = {};

    [[nodiscard]] const double* row(std::size_t i) const { return costs.data() + i * destinations; }
};

/// Gives nodes without mass the tightest duals: any that keeps reduced costs right is optimal for them.
inline void tighten_massless_duals(const Instance& in, Result& r) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < in.destinations; ++j) {
        if (in.demand[j] != 0) continue;
        double least = infinity;
        for (std::size_t i = 0; i < in.sources; ++i) least = std::min(least, in.row(i)[j] - r.supply_duals[i]);
        if (least < infinity) r.demand_duals[j] = least;
    }
    std::vector<double> negated(in.destinations);
    std::transform(r.demand_duals.begin(), r.demand_duals.end(), negated.begin(), [](double v) { return -v; });
    for (std::size_t i = 0; i < in.sources; ++i) {
        if (in.supply[i] != 0) continue;
        const double least = least_sum(in.row(i), negated.data(), in.destinations);
        if (least < infinity) r.supply_duals[i] = in.options.supply == Relation::at_most ? std::min(0.0, least) : least;
    }
}

/// By destination, what its dual cannot exceed: the price of a shortage, and of any arc with overflow. Empty without prices.
[[nodiscard]] inline std::vector<double> dual_ceiling(const Instance& in) {
    if (in.shortage_prices.empty() && in.overflow_prices.empty()) return {};
    std::vector<double> ceiling(in.shortage_prices.begin(), in.shortage_prices.end());
    ceiling.resize(in.destinations, std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < in.overflow_prices.size(); ++i)
        for (std::size_t j = 0; j < in.destinations; ++j) ceiling[j] = std::min(ceiling[j], in.row(i)[j] + in.overflow_prices[i]);
    return ceiling;
}

/// The relative gap between a cost and its bound, less what rounding explains: of sums whose terms have this size in all,
/// and of rows whose residuals are worth `missing`, which are judged apart from it.
[[nodiscard]] inline double gap_beyond_rounding(double apart, double terms, double missing, double scale) {
    const double rounding = missing + 0x1p-46 * terms;
    if (!std::isfinite(rounding)) return apart / scale;
    return std::max(apart - rounding, 0.0) / scale;
}

/// By how much rows miss their amounts.
struct RowMisses {
    double most = 0;             ///< units
    bool rough = false;          ///< a millionth of some amount
    core::CompensatedSum worth;  ///< in money, at the rows' duals

    void add(double units, double amount, double dual) {
        most = std::max(most, units);
        rough = rough || (amount != 0 && units > 1e-6 * std::abs(amount));
        if (units > 0) worth.add(units * std::abs(dual));
    }
};

/// Fills objective, bound and certificate. The bound repairs the duals to exact feasibility first, so it holds whatever
/// state the solve was left in. Returns the gap before what rounding explains is taken off, or +inf where a row misses a
/// millionth of its amount: what a solver of more precision may still improve.
inline double certify(const Instance& in, Result& r) {
    core::CompensatedSum objective;
    core::CompensatedSum turnover;
    std::vector<double> shipped(in.sources, 0.0);
    std::vector<double> received(in.destinations, 0.0);
    for (const Shipment& s : r.shipments) {
        const auto i = static_cast<std::size_t>(s.source);
        const auto j = static_cast<std::size_t>(s.destination);
        objective.add(in.row(i)[j] * s.amount);
        turnover.add(std::abs(in.row(i)[j]) * s.amount);
        shipped[i] += s.amount;
        received[j] += s.amount;
    }
    const auto charge = [&](std::span<const double> amounts, std::span<const double> prices, std::vector<double>& sums, double sign) {
        for (std::size_t k = 0; k < amounts.size(); ++k) {
            if (amounts[k] == 0) continue;
            objective.add(prices[k] * amounts[k]);
            turnover.add(std::abs(prices[k] * amounts[k]));
            sums[k] += sign * amounts[k];
        }
    };
    charge(r.unserved, in.shortage_prices, received, 1.0);
    charge(r.overflow, in.overflow_prices, shipped, -1.0);
    r.objective = objective.value();

    RowMisses misses;
    for (std::size_t i = 0; i < in.sources; ++i) {
        const double over = shipped[i] - in.supply[i];
        misses.add(in.options.supply == Relation::at_most ? over : std::abs(over), in.supply[i], r.supply_duals[i]);
    }
    for (std::size_t j = 0; j < in.destinations; ++j) {
        const double under = in.demand[j] - received[j];
        misses.add(in.options.demand == Relation::at_least ? under : std::abs(under), in.demand[j], r.demand_duals[j]);
    }

    double violation = 0;
    core::CompensatedSum bound;
    double terms = turnover.value();
    const auto earn = [&](double amount, double dual) {
        bound.add(amount * dual);
        terms += std::abs(amount * dual);
    };
    std::vector<double> negated(in.destinations);
    const std::vector<double> ceiling = dual_ceiling(in);
    bool endless = false;  // overflow into surplus at a profit
    for (std::size_t j = 0; j < in.destinations; ++j) {
        double v = r.demand_duals[j];
        if (!ceiling.empty()) {
            violation = std::max(violation, v - ceiling[j]);
            v = std::min(v, ceiling[j]);
            endless = endless || (ceiling[j] < 0 && in.options.demand == Relation::at_least);
        }
        if (in.options.demand == Relation::at_least) {
            violation = std::max(violation, -v);
            v = std::max(v, 0.0);
        }
        negated[j] = -v;
        earn(in.demand[j], v);
    }
    for (std::size_t i = 0; i < in.sources; ++i) {
        double u = least_sum(in.row(i), negated.data(), in.destinations);
        if (in.options.supply == Relation::at_most) u = std::min(u, 0.0);
        violation = std::max(violation, r.supply_duals[i] - u);
        if (!in.overflow_prices.empty()) {
            violation = std::max(violation, -in.overflow_prices[i] - r.supply_duals[i]);
            u = std::max(u, -in.overflow_prices[i]);  // what the ceiling of v allows, but for rounding
        }
        if (in.supply[i] > 0 && u < std::numeric_limits<double>::infinity()) earn(in.supply[i], u);
    }
    const double scale = std::max({std::abs(r.objective), turnover.value(), 1e-300});
    // Products beyond all doubles prove nothing.
    const double proven = endless || !std::isfinite(bound.value()) ? -std::numeric_limits<double>::infinity() : bound.value();
    r.certificate.dual_violation = violation;
    r.certificate.primal_residual = misses.most;
    const double apart = r.objective == proven ? 0.0 : std::abs(r.objective - proven);
    r.certificate.gap = gap_beyond_rounding(apart, terms, misses.worth.value(), scale);
    // Both sides are rounded sums; a bound above a feasible cost could only be rounding.
    r.bound = r.status == core::Status::optimal ? std::min(proven, r.objective) : proven;
    return misses.rough ? std::numeric_limits<double>::infinity() : apart / scale;
}

/// Whether a solver of more precision might find a better solution; `plain_gap` as `certify` returned it.
template <class Solution>
[[nodiscard]] bool doubtful(const Solution& r, double plain_gap) {
    return r.status == core::Status::stalled ||
           (r.status == core::Status::optimal && !(plain_gap <= 1e-10) && std::isfinite(r.objective));
}

/// Whether a certificate proves an optimum: no gap, and rows missed by no more than is `tolerated`, or than rounding of all
/// units `moved`; else it is no plan, whatever its gap.
[[nodiscard]] inline bool proves_optimum(const Certificate& proof, double tolerated, double moved) {
    return proof.gap <= 1e-7 && proof.primal_residual <= std::max(tolerated, 1e-12 * moved);
}

/// Finds the cuts of an infeasible result: everything that the unserved nodes can reach. A node is unserved where it misses
/// more than `tolerance` units and more than this share of its own.
inline void find_cuts(const Instance& in, double tolerance, double share, Result& r) {
    std::vector<double> open_supply(in.supply.begin(), in.supply.end());
    std::vector<double> open_demand(in.demand.begin(), in.demand.end());
    std::vector<std::vector<std::int32_t>> fed(in.sources);        // destinations by source, where something flows
    std::vector<std::vector<std::int32_t>> feeders(in.destinations);
    for (const Shipment& s : r.shipments) {
        open_supply[static_cast<std::size_t>(s.source)] -= s.amount;
        open_demand[static_cast<std::size_t>(s.destination)] -= s.amount;
        fed[static_cast<std::size_t>(s.source)].push_back(s.destination);
        feeders[static_cast<std::size_t>(s.destination)].push_back(s.source);
    }
    // Along arcs a shortage spreads from destinations to all sources that have an arc, and from sources to what they
    // feed; a surplus the other way round.
    const auto spread = [&](bool shortage) {
        std::vector<char> source_in(in.sources, 0);
        std::vector<char> destination_in(in.destinations, 0);
        std::vector<std::int32_t> queue;  // sources as i, destinations as -1 - j
        const auto reach_source = [&](std::size_t i) {
            if (!source_in[i]) queue.push_back(static_cast<std::int32_t>(i));
            source_in[i] = 1;
        };
        const auto reach_destination = [&](std::size_t j) {
            if (!destination_in[j]) queue.push_back(-1 - static_cast<std::int32_t>(j));
            destination_in[j] = 1;
        };
        for (std::size_t i = 0; i < in.sources; ++i)
            if (const double room = std::max(tolerance, share * in.supply[i]);
                shortage ? open_supply[i] < -room : in.options.supply == Relation::exactly && open_supply[i] > room)
                reach_source(i);
        for (std::size_t j = 0; j < in.destinations; ++j)
            if (const double room = std::max(tolerance, share * in.demand[j]);
                shortage ? open_demand[j] > room : in.options.demand == Relation::exactly && open_demand[j] < -room)
                reach_destination(j);
        while (!queue.empty()) {
            const std::int32_t x = queue.back();
            queue.pop_back();
            if (x >= 0) {
                const auto i = static_cast<std::size_t>(x);
                if (shortage) {
                    for (const std::int32_t j : fed[i]) reach_destination(static_cast<std::size_t>(j));
                } else {
                    for (std::size_t j = 0; j < in.destinations; ++j)
                        if (in.row(i)[j] < std::numeric_limits<double>::infinity()) reach_destination(j);
                }
            } else {
                const auto j = static_cast<std::size_t>(-1 - x);
                if (!shortage) {
                    for (const std::int32_t i : feeders[j]) reach_source(static_cast<std::size_t>(i));
                } else {
                    for (std::size_t i = 0; i < in.sources; ++i)
                        if (in.row(i)[j] < std::numeric_limits<double>::infinity()) reach_source(i);
                }
            }
        }
        Cut cut;
        core::CompensatedSum demand_less_supply;
        for (std::size_t i = 0; i < in.sources; ++i)
            if (source_in[i]) {
                cut.sources.push_back(static_cast<std::int32_t>(i));
                demand_less_supply.add(-in.supply[i]);
            }
        for (std::size_t j = 0; j < in.destinations; ++j)
            if (destination_in[j]) {
                cut.destinations.push_back(static_cast<std::int32_t>(j));
                demand_less_supply.add(in.demand[j]);
            }
        cut.amount = shortage ? demand_less_supply.value() : -demand_less_supply.value();
        return cut.amount > 0 ? cut : Cut{};  // what proves nothing is no cut
    };
    r.shortage = spread(true);
    r.surplus = spread(false);
}

}  // namespace meio::transport::detail
