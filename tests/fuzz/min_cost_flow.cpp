// SPDX-License-Identifier: MIT
// libFuzzer target: transport::min_cost_flow against the slow twin, cold and warm.
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Itests tests/fuzz/min_cost_flow.cpp -o fuzz
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <vector>

#include <meio/transport/min_cost_flow.hpp>
#include <reference/flow_instances.hpp>
#include <reference/min_cost_flow.hpp>

namespace {

using namespace meio;

void require(bool ok) {
    if (!ok) std::abort();
}

void compare(const reference::FlowInstance& in, const std::vector<reference::FlowArc>& arcs,
             const std::vector<long long>& supply, const std::vector<std::uint8_t>& keeps, const transport::FlowResult& r) {
    const auto truth = reference::min_cost_flow(in.nodes, arcs, supply, keeps);
    if (!truth.feasible) {
        require(r.status == core::Status::infeasible);
        require(r.shortage.amount > 0 || r.surplus.amount > 0);
    } else if (truth.unbounded) {
        require(r.status == core::Status::unbounded && !r.ray.empty() && r.certificate.primal_residual == 0);
    } else {
        require(r.status == core::Status::optimal && r.objective == static_cast<double>(truth.cost));
        require(r.certificate.gap == 0 && r.certificate.dual_violation <= 0 && r.certificate.primal_residual == 0);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::size_t at = 0;
    const auto byte = [&]() -> unsigned { return at < size ? data[at++] : 0U; };
    reference::FlowInstance in;
    in.nodes = 1 + byte() % 8;
    const std::size_t count = byte() % 24;
    const long long shift = byte() % 16;
    std::vector<reference::FlowArc> arcs(count);
    std::vector<long long> supply(in.nodes);
    std::vector<std::uint8_t> keeps(in.nodes);
    for (auto& arc : arcs) {
        arc.from = byte() % in.nodes;
        arc.to = byte() % in.nodes;
        arc.cost = static_cast<long long>(byte() % 32) - shift;
        const unsigned bounds = byte();
        arc.lower = static_cast<long long>(bounds % 4);
        arc.upper = bounds >= 192 ? -1 : arc.lower + static_cast<long long>(bounds / 16);
        in.add(arc.from, arc.to, static_cast<double>(arc.cost), static_cast<double>(arc.lower),
               arc.upper < 0 ? std::numeric_limits<double>::infinity() : static_cast<double>(arc.upper));
    }
    in.relations.assign(in.nodes, transport::Relation::exactly);
    in.supply.assign(in.nodes, 0.0);
    const auto set_supply = [&](std::size_t i, long long b) {
        supply[i] = b;
        in.supply[i] = static_cast<double>(b);
        if (keeps[i] != 0) in.relations[i] = b >= 0 ? transport::Relation::at_most : transport::Relation::at_least;
    };
    long long total = 0;
    for (std::size_t i = 0; i < in.nodes; ++i) {
        const unsigned v = byte();
        keeps[i] = v >= 160;
        total += supply[i] = static_cast<long long>(v % 16) - 8;
    }
    if (byte() % 4 != 0) supply[0] -= total;
    for (std::size_t i = 0; i < in.nodes; ++i) set_supply(i, supply[i]);
    const transport::FlowResult cold = transport::min_cost_flow(in.view());
    compare(in, arcs, supply, keeps, cold);
    // Edits, and the basis of the first solve as a start.
    for (unsigned edits = byte() % 4; edits > 0 && count > 0; --edits) {
        const std::size_t a = byte() % count;
        arcs[a].cost += static_cast<long long>(byte() % 16) - 8;
        in.costs[a] = static_cast<double>(arcs[a].cost);
        if (arcs[a].upper >= 0) {
            arcs[a].upper = arcs[a].lower + byte() % 8;
            in.upper[a] = static_cast<double>(arcs[a].upper);
        }
        const std::size_t i = byte() % in.nodes;
        const std::size_t j = byte() % in.nodes;
        const auto move = static_cast<long long>(byte() % 4);
        set_supply(i, supply[i] + move);
        set_supply(j, supply[j] - move);
    }
    compare(in, arcs, supply, keeps, transport::min_cost_flow(in.view(), {}, {}, &cold.basis));
    return 0;
}
