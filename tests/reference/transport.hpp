// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

namespace meio::reference {

/// Slow twin of `transport::solve` on whole numbers: successive shortest paths by Bellman-Ford on the residual network
/// source -> i -> j -> sink. Ships as much as can be shipped, at least cost. Handles <= and = (the caller compares
/// `shipped` with the totals). Costs may be negative (the network has no directed cycle before shipping).
struct TransportAnswer {
    long long shipped = 0;
    long long cost = 0;
};

inline TransportAnswer transport(const std::vector<std::vector<long long>>& cost, const std::vector<std::vector<bool>>& arc,
                                 const std::vector<long long>& supply, const std::vector<long long>& demand) {
    struct Arc {
        std::size_t from, to;
        long long room, cost;
    };
    const std::size_t m = supply.size();
    const std::size_t n = demand.size();
    const std::size_t source = m + n;
    const std::size_t sink = m + n + 1;
    std::vector<Arc> arcs;  // an arc and its reverse are neighbours
    const auto add = [&](std::size_t from, std::size_t to, long long room, long long c) {
        arcs.push_back({from, to, room, c});
        arcs.push_back({to, from, 0, -c});
    };
    constexpr long long plenty = std::numeric_limits<long long>::max() / 4;
    for (std::size_t i = 0; i < m; ++i) add(source, i, supply[i], 0);
    for (std::size_t j = 0; j < n; ++j) add(m + j, sink, demand[j], 0);
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (arc[i][j]) add(i, m + j, plenty, cost[i][j]);
    TransportAnswer answer;
    while (true) {
        std::vector<long long> distance(m + n + 2, plenty);
        std::vector<std::size_t> by(m + n + 2, arcs.size());
        distance[source] = 0;
        for (bool changed = true; changed;) {
            changed = false;
            for (std::size_t e = 0; e < arcs.size(); ++e)
                if (arcs[e].room > 0 && distance[arcs[e].from] < plenty &&
                    distance[arcs[e].from] + arcs[e].cost < distance[arcs[e].to]) {
                    distance[arcs[e].to] = distance[arcs[e].from] + arcs[e].cost;
                    by[arcs[e].to] = e;
                    changed = true;
                }
        }
        if (distance[sink] == plenty) return answer;
        long long amount = plenty;
        for (std::size_t x = sink; x != source; x = arcs[by[x]].from) amount = amount < arcs[by[x]].room ? amount : arcs[by[x]].room;
        for (std::size_t x = sink; x != source; x = arcs[by[x]].from) {
            arcs[by[x]].room -= amount;
            arcs[by[x] ^ 1].room += amount;
        }
        answer.shipped += amount;
        answer.cost += amount * distance[sink];
    }
}

}  // namespace meio::reference
