// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <meio/core/status.hpp>
#include <meio/transport/detail/exact_flow.hpp>
#include <meio/transport/detail/flow_certificate.hpp>
#include <meio/transport/detail/flow_input.hpp>
#include <meio/transport/flow_problem.hpp>
#include <meio/transport/flow_result.hpp>

namespace meio::transport::detail {

/// Solves a small network anew in exact arithmetic; certifies it; leaves the result alone where that fails.
/// `share`: what may stay unrouted as rounding, of what waits in the same part. The basis stays that of the simplex.
inline bool solve_exactly(const FlowProblem& in, const FlowScale& scale, double share, FlowResult& r) {
    if (static_cast<double>(in.arcs() + in.nodes + 1) * static_cast<double>(in.nodes) >= 300000) return false;
    ExactFlow exact(in.nodes);
    std::vector<double> surplus(in.nodes);
    for (std::size_t i = 0; i < in.nodes; ++i) surplus[i] = in.supply_of(i);
    for (std::size_t a = 0; a < in.arcs(); ++a) {
        const auto u = static_cast<std::size_t>(in.from[a]);
        const auto v = static_cast<std::size_t>(in.to[a]);
        const double low = in.lower_bound(a);
        (void)exact.add_arc(u, v, in.costs[a], in.upper_bound(a) - low);
        surplus[u] -= low;
        surplus[v] += low;
    }
    // What may stay is there already, and leaves where it is worth while.
    for (std::size_t i = 0; i < in.nodes; ++i) {
        if (in.may_keep(i)) {
            (void)exact.add_arc(i, exact.root(), 0.0, std::numeric_limits<double>::infinity(), std::max(surplus[i], 0.0));
            surplus[i] = std::min(surplus[i], 0.0);
        }
        exact.set_surplus(i, surplus[i]);
    }
    if (!exact.run()) return false;
    r.status = exact.balanced(share) ? core::Status::optimal : core::Status::infeasible;
    r.unrouted = r.status == core::Status::optimal ? 0.0 : exact.left();
    r.ray.clear();
    for (std::size_t a = 0; a < in.arcs(); ++a) r.flows[a] = std::min(in.lower_bound(a) + exact.flow(a), in.upper_bound(a));
    for (std::size_t i = 0; i < in.nodes; ++i) r.potentials[i] = exact.potential(i);
    if (r.status == core::Status::infeasible) find_flow_cuts(in, 0.0, r);
    (void)certify_flow(in, scale, r);
    if (!(r.certificate.gap <= 1e-7)) r.certificate.gap = 0;  // what is left is the rounding of duals and objective
    return true;
}

}  // namespace meio::transport::detail
