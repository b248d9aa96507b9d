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

/// The network as `ExactFlow` takes it; where not `priced`, arcs cost nothing.
inline ExactFlow exact_flow_of(const FlowProblem& in, bool priced) {
    ExactFlow exact(in.nodes);
    std::vector<ExactSum> net(in.nodes);
    for (std::size_t i = 0; i < in.nodes; ++i) net[i].add(in.supply_of(i));
    for (std::size_t a = 0; a < in.arcs(); ++a) {
        const auto u = static_cast<std::size_t>(in.from[a]);
        const auto v = static_cast<std::size_t>(in.to[a]);
        const double low = in.lower_bound(a);
        (void)exact.add_arc(u, v, priced ? in.costs[a] : 0.0, in.upper_bound(a) - low);
        net[u].add(-low);
        net[v].add(low);
    }
    // What may stay is there already, and leaves where it is worth while.
    for (std::size_t i = 0; i < in.nodes; ++i) {
        const double surplus = net[i].value();
        const bool keeps = in.may_keep(i);
        if (keeps) (void)exact.add_arc(i, exact.root(), 0.0, std::numeric_limits<double>::infinity(), std::max(surplus, 0.0));
        exact.set_surplus(i, keeps ? std::min(surplus, 0.0) : surplus);
    }
    return exact;
}

/// Tells what is infeasible, by flows that route what can be routed and cuts. False where all can be.
inline bool refuse_exactly(const FlowProblem& in, double share, const ExactFlow& exact, FlowResult& r) {
    if (exact.balanced(share)) return false;
    r.status = core::Status::infeasible;
    r.unrouted = exact.left();
    for (std::size_t a = 0; a < in.arcs(); ++a) r.flows[a] = std::min(in.lower_bound(a) + exact.flow(a), in.upper_bound(a));
    for (const int sign : {1, -1}) take_cut(in, exact.blocked(-sign), sign, 0.0, r);
    return true;
}

/// Solves a small network anew in exact arithmetic; certifies it; leaves the result alone where that fails.
/// `share`: what may stay unrouted as rounding, of what waits in the same part. The basis stays that of the simplex.
inline bool solve_exactly(const FlowProblem& in, const FlowScale& scale, double share, FlowResult& r) {
    if (!ExactFlow::suits(in.nodes, in.arcs())) return false;
    ExactFlow exact = exact_flow_of(in, true);
    const bool done = exact.run();
    const std::vector<std::size_t> ray = exact.endless();
    if (!done) {  // costs that fall for ever do not matter where nothing is feasible
        if (ray.empty()) return false;
        exact = exact_flow_of(in, false);
        if (!exact.run()) return false;
    }
    if (!refuse_exactly(in, share, exact, r)) {
        r.status = ray.empty() ? core::Status::optimal : core::Status::unbounded;
        r.unrouted = 0;
        r.ray.assign(ray.begin(), ray.end());
        for (std::size_t a = 0; a < in.arcs(); ++a) r.flows[a] = std::min(in.lower_bound(a) + exact.flow(a), in.upper_bound(a));
        for (std::size_t i = 0; i < in.nodes && done; ++i) r.potentials[i] = exact.potential(i);
    }
    (void)certify_flow(in, scale, r);
    if (r.status == core::Status::optimal) {
        if (!(r.certificate.gap <= 1e-7)) r.certificate.gap = 0;  // what is left is the rounding of potentials and objective
        r.bound = std::min(r.bound, r.objective);
    }
    return true;
}

}  // namespace meio::transport::detail
