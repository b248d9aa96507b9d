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
#include <meio/transport/arc_result.hpp>
#include <meio/transport/detail/exact_flow.hpp>
#include <meio/transport/detail/exact_transport.hpp>
#include <meio/transport/detail/warehouse_certificate.hpp>
#include <meio/transport/detail/warehouse_cuts.hpp>
#include <meio/transport/detail/warehouse_problem.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport::detail {

/// Solves a small problem anew in exact arithmetic and certifies it; leaves the result alone where that fails. `share`:
/// what may stay unserved as rounding, of what competes for the same arcs.
inline bool solve_exactly(const WarehouseProblem& p, double share, ArcResult& r) {
    const auto arcs = static_cast<std::size_t>(p.offsets[p.destinations]);
    if (!ExactFlow::suits(p.sources + p.destinations, arcs)) return false;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Options options;
    options.supply = p.supply_exact ? Relation::exactly : Relation::at_most;
    options.demand = p.demand_at_least ? Relation::at_least : Relation::exactly;
    const auto prices = [](const double* from, std::size_t count) { return std::span<const double>(from, from == nullptr ? 0 : count); };
    ExactTransport exact(options, {p.supply, p.sources}, {p.demand, p.destinations}, prices(p.shortage_prices, p.destinations),
                         prices(p.overflow_prices, p.sources));
    std::vector<std::size_t> known(arcs);
    const auto each = [&](auto&& visit) {
        for (std::size_t j = 0; j < p.destinations; ++j)
            for (auto e = static_cast<std::size_t>(p.offsets[j]); e < static_cast<std::size_t>(p.offsets[j + 1]); ++e)
                if (p.costs[e] < infinity) visit(static_cast<std::size_t>(p.ids[e]), j, e);
    };
    each([&](std::size_t i, std::size_t j, std::size_t e) { known[e] = exact.add_arc(i, j, p.costs[e], p.capacities == nullptr ? infinity : p.capacities[e]); });
    if (!exact.run()) return false;
    r.status = exact.served(share) ? core::Status::optimal : core::Status::infeasible;
    r.supply_duals = exact.supply_duals();
    r.demand_duals = exact.demand_duals();
    r.unserved = exact.unserved();
    r.overflow = exact.overflow();
    r.shipments.clear();
    std::vector<double> shipped(p.sources, 0.0), received(p.destinations, 0.0), by_arc(p.capacities == nullptr ? 0 : arcs, 0.0);
    core::CompensatedSum cost;
    ArcSums sums{shipped, received, by_arc, 0};
    each([&](std::size_t i, std::size_t j, std::size_t e) {
        const double amount = exact.flow(known[e]);
        if (!(amount > 0)) return;
        r.shipments.push_back({static_cast<std::int32_t>(i), static_cast<std::int32_t>(j), amount});
        cost.add(p.costs[e] * amount);
        sums.turnover += std::abs(p.costs[e]) * amount;
        shipped[i] += amount;
        received[j] += amount;
        if (p.capacities != nullptr) by_arc[e] = amount;
    });
    for (std::size_t j = 0; j < r.unserved.size(); ++j)
        if (r.unserved[j] > 0) cost.add(p.shortage_prices[j] * r.unserved[j]);
    for (std::size_t i = 0; i < r.overflow.size(); ++i)
        if (r.overflow[i] > 0) cost.add(p.overflow_prices[i] * r.overflow[i]);
    std::stable_sort(r.shipments.begin(), r.shipments.end(), [](const Shipment& a, const Shipment& b) { return a.source < b.source; });
    r.objective = cost.value();
    (void)certify_arcs(p, sums, r);
    if (r.status == core::Status::infeasible) find_arc_cuts(p, by_arc, shipped, received, 0.0, r);
    if (!(r.certificate.gap <= 1e-7)) r.certificate.gap = 0;  // what is left is the rounding of duals and objective
    return true;
}

}  // namespace meio::transport::detail
