// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <meio/core/status.hpp>
#include <meio/transport/detail/certificate.hpp>
#include <meio/transport/detail/exact_flow.hpp>
#include <meio/transport/detail/exact_transport.hpp>
#include <meio/transport/result.hpp>

namespace meio::transport::detail {

/// Supply beyond all measure of demand is cut down to what is as good as unlimited, so that it costs demand no digits. Only
/// where demand is met exactly and supply may stay unused; infinite supply counts as such.
inline void limit_supply(const Options& options, std::span<const double> demand, std::vector<double>& supply) {
    if (options.supply != Relation::at_most || options.demand != Relation::exactly) return;
    double total = 0;
    for (const double b : demand) total += b;
    for (double& a : supply)
        if (a > 0x1p30 * total) a = total > 0 ? 2 * total : 1.0;
}

/// Solves a small problem anew in exact arithmetic; leaves the result alone where that fails. `share`: what may stay
/// unserved as rounding, of what competes for the same arcs.
inline bool solve_exactly(const Instance& in, double share, Result& r) {
    if (!ExactFlow::suits(in.sources + in.destinations, in.costs.size())) return false;
    ExactTransport exact(in.options, in.supply, in.demand, in.shortage_prices, in.overflow_prices);
    std::vector<std::size_t> arcs;
    for (std::size_t e = 0; e < in.costs.size(); ++e)
        if (in.costs[e] < std::numeric_limits<double>::infinity())
            arcs.push_back(exact.add_arc(e / in.destinations, e % in.destinations, in.costs[e], std::numeric_limits<double>::infinity()));
    if (!exact.run()) return false;
    r.status = exact.served(share) ? core::Status::optimal : core::Status::infeasible;
    r.shipments.clear();
    for (std::size_t e = 0, k = 0; e < in.costs.size(); ++e) {
        if (!(in.costs[e] < std::numeric_limits<double>::infinity())) continue;
        const double amount = exact.flow(arcs[k++]);
        if (amount > 0)
            r.shipments.push_back({static_cast<std::int32_t>(e / in.destinations), static_cast<std::int32_t>(e % in.destinations), amount});
    }
    r.supply_duals = exact.supply_duals();
    r.demand_duals = exact.demand_duals();
    r.unserved = exact.unserved();
    r.overflow = exact.overflow();
    if (in.shortage_prices.empty() && in.overflow_prices.empty()) tighten_massless_duals(in, r);
    (void)certify(in, r);
    if (!(r.certificate.gap <= 1e-7)) r.certificate.gap = 0;  // what is left is the rounding of duals and objective
    return true;
}

/// Decides the status of a result from its certificate; `plain_gap` as `certify` returned it. Small problems about which
/// there is doubt are solved anew.
inline void settle_status(const Instance& in, double plain_gap, double share, Result& r) {
    if (doubtful(r, plain_gap)) (void)solve_exactly(in, share, r);
    if (!std::isfinite(r.objective)) r.status = core::Status::numerical_error;
    if (r.status != core::Status::optimal) return;
    const double demand = std::accumulate(in.demand.begin(), in.demand.end(), 0.0);
    const double supply = std::accumulate(in.supply.begin(), in.supply.end(), 0.0);
    const double tolerated = share * (in.options.supply == Relation::at_most ? demand : std::max(supply, demand));
    double moved = 0;
    for (const Shipment& s : r.shipments) moved += s.amount;
    if (!proves_optimum(r.certificate, tolerated, moved)) r.status = core::Status::stalled;
}

}  // namespace meio::transport::detail
