// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace meio::reference {

/// An arc of a whole-number min-cost flow problem; `upper` < 0: no upper bound.
struct FlowArc {
    std::size_t from = 0, to = 0;
    long long cost = 0, lower = 0, upper = -1;
};

struct FlowAnswer {
    bool feasible = false;
    bool unbounded = false;
    long long cost = 0;
};

/// Slow twin of `transport::min_cost_flow` on whole numbers, built the other way round: a maximum flow from all supplies
/// (and lower bounds) to all demands along shortest paths by Bellman-Ford, then negative cycles are cancelled, one at a
/// time, until there are none or one has no limit. `keeps[i]`: units may vanish at node i.
inline FlowAnswer min_cost_flow(std::size_t nodes, const std::vector<FlowArc>& arcs, const std::vector<long long>& supply,
                                const std::vector<std::uint8_t>& keeps) {
    struct Residual {
        std::size_t from, to;
        long long room, cost;
    };
    constexpr long long plenty = 1LL << 40;
    const std::size_t source = nodes;
    const std::size_t sink = nodes + 1;
    const std::size_t drain = nodes + 2;   // takes what may vanish
    std::vector<Residual> residual;        // an arc and its reverse are neighbours
    const auto add = [&](std::size_t from, std::size_t to, long long room, long long cost) {
        residual.push_back({from, to, room, cost});
        residual.push_back({to, from, 0, -cost});
    };
    FlowAnswer answer;
    std::vector<long long> net(supply);
    for (const FlowArc& arc : arcs) {
        add(arc.from, arc.to, arc.upper < 0 ? plenty : arc.upper - arc.lower, arc.cost);
        net[arc.from] -= arc.lower;
        net[arc.to] += arc.lower;
        answer.cost += arc.lower * arc.cost;
    }
    long long needed = 0;
    long long all = 0;
    for (std::size_t i = 0; i < nodes; ++i) {
        all += net[i];
        if (net[i] > 0) add(source, i, net[i], 0);
        if (net[i] < 0) add(i, sink, -net[i], 0);
        if (net[i] > 0) needed += net[i];
        if (keeps[i] != 0) add(i, drain, plenty, 0);
    }
    if (all < 0) return answer;
    add(drain, sink, all, 0);
    constexpr long long far = std::numeric_limits<long long>::max() / 4;
    long long sent = 0;
    // Feasibility ignores costs: negative cycles are there still.
    while (true) {
        std::vector<std::size_t> by(nodes + 3, residual.size());
        std::vector<std::size_t> reached{source};
        for (std::size_t s = 0; s < reached.size(); ++s)
            for (std::size_t e = 0; e < residual.size(); ++e)
                if (residual[e].from == reached[s] && residual[e].room > 0 && residual[e].to != source &&
                    by[residual[e].to] == residual.size()) {
                    by[residual[e].to] = e;
                    reached.push_back(residual[e].to);
                }
        if (by[sink] == residual.size()) break;
        long long amount = far;
        for (std::size_t x = sink; x != source; x = residual[by[x]].from)
            if (residual[by[x]].room < amount) amount = residual[by[x]].room;
        for (std::size_t x = sink; x != source; x = residual[by[x]].from) {
            residual[by[x]].room -= amount;
            residual[by[x] ^ 1].room += amount;
            answer.cost += amount * residual[by[x]].cost;
        }
        sent += amount;
    }
    // Every unit of supply must leave, and every demand be met: the drain takes exactly the difference.
    answer.feasible = sent == needed;
    if (!answer.feasible) return answer;
    // A loop without limit is looked for among arcs without upper bounds, then cycles are cancelled.
    const auto cycle = [&](auto&& usable) {
        const std::size_t count = nodes + 3;
        std::vector<long long> distance(count, 0);
        std::vector<std::size_t> by(count, residual.size());
        std::size_t last = count;
        for (std::size_t round = 0; round <= count; ++round) {
            last = count;
            for (std::size_t e = 0; e < residual.size(); ++e)
                if (usable(e) && distance[residual[e].from] + residual[e].cost < distance[residual[e].to]) {
                    distance[residual[e].to] = distance[residual[e].from] + residual[e].cost;
                    by[residual[e].to] = e;
                    last = residual[e].to;
                }
            if (last == count) return std::vector<std::size_t>{};
        }
        for (std::size_t s = 0; s < count; ++s) last = residual[by[last]].from;
        std::vector<std::size_t> found;
        std::size_t x = last;
        do {
            found.push_back(by[x]);
            x = residual[by[x]].from;
        } while (x != last);
        return found;
    };
    answer.unbounded = !cycle([&](std::size_t e) { return e % 2 == 0 && e / 2 < arcs.size() && arcs[e / 2].upper < 0; }).empty();
    if (answer.unbounded) return answer;
    while (true) {
        const std::vector<std::size_t> found = cycle([&](std::size_t e) { return residual[e].room > 0; });
        if (found.empty()) return answer;
        long long amount = far;
        for (const std::size_t e : found)
            if (residual[e].room < amount) amount = residual[e].room;
        for (const std::size_t e : found) {
            residual[e].room -= amount;
            residual[e ^ 1].room += amount;
            answer.cost += amount * residual[e].cost;
        }
    }
}

}  // namespace meio::reference
