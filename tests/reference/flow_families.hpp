// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <meio/transport/min_cost_flow.hpp>

#include <reference/flow_instances.hpp>
#include <reference/instance_draw.hpp>

// Families of networks after published generators, drawn from a stream of our own: whole numbers throughout.
namespace meio::reference {

/// What NETGEN is told (Klingman, Napier and Stutz 1974).
struct NetgenShape {
    std::size_t nodes = 0, sources = 0, sinks = 0, arcs = 0;
    double total = 0;         ///< supply
    int most_cost = 10000;    ///< costs are 1 .. most_cost
    int dear = 30;            ///< % of skeleton arcs at the highest cost
    int capacitated = 100;    ///< % of arcs with a capacity
    int most_capacity = 1000;
};

/// After NETGEN: each source heads a chain of nodes that ends at several sinks and can carry all its supply; random arcs
/// from everywhere on top.
inline FlowInstance netgen(const NetgenShape& shape, std::uint64_t seed) {
    InstanceDraw draw(seed);
    FlowInstance in;
    in.nodes = shape.nodes;
    in.supply.assign(in.nodes, 0.0);
    const auto each = static_cast<std::size_t>(shape.total) / shape.sources;
    for (std::size_t s = 0; s < shape.sources; ++s) {
        const std::size_t own = 1 + draw.below(each);
        in.supply[s] += static_cast<double>(own);
        in.supply[draw.below(shape.sources)] += static_cast<double>(each - own);
    }
    // Chains: the first 60 % of the nodes between go round the sources, the others anywhere.
    const std::size_t first_sink = in.nodes - shape.sinks;
    const std::size_t between = first_sink - shape.sources;
    std::vector<std::size_t> order(between);
    std::iota(order.begin(), order.end(), shape.sources);
    for (std::size_t s = between; s > 1; --s) std::swap(order[s - 1], order[draw.below(s)]);
    std::vector<std::vector<std::size_t>> chain(shape.sources);
    for (std::size_t k = 0; k < between; ++k)
        chain[10 * k < 6 * between ? k % shape.sources : draw.below(shape.sources)].push_back(order[k]);
    const auto percent = [&](int share) { return draw.below(100) < static_cast<std::size_t>(share); };
    const auto cost = [&] { return draw.between(1, shape.most_cost); };
    constexpr double endless = std::numeric_limits<double>::infinity();
    std::size_t unserved = first_sink;
    for (std::size_t s = 0; s < shape.sources; ++s) {
        const double all = std::max(in.supply[s], 1.0);
        const auto skeleton = [&](std::size_t u, std::size_t v) {
            in.add(u, v, percent(shape.dear) ? shape.most_cost : cost(), 0, percent(shape.capacitated) ? all : endless);
        };
        std::size_t x = s;
        for (const std::size_t y : chain[s]) {
            skeleton(x, y);
            x = y;
        }
        // Twice its share of the sinks, those that no chain has reached before first; the last chain takes what is left.
        std::size_t count = std::max<std::size_t>(1, 2 * shape.sinks / shape.sources);
        if (s + 1 == shape.sources) count = std::max(count, in.nodes - unserved);
        double left = in.supply[s];
        for (std::size_t k = 0; k < count; ++k) {
            const std::size_t sink = unserved < in.nodes && 2 * k <= count ? unserved++ : first_sink + draw.below(shape.sinks);
            const double part = k + 1 == count ? left : std::floor(left * draw.between(10, 60) / 100);
            in.supply[sink] -= part;
            left -= part;
            skeleton(k % 2 == 0 || chain[s].empty() ? x : chain[s][draw.below(chain[s].size())], sink);
        }
    }
    for (; unserved < in.nodes; ++unserved) in.add(0, unserved, shape.most_cost, 0, endless);
    while (in.costs.size() < shape.arcs) {
        const std::size_t u = draw.below(first_sink);
        const std::size_t v = shape.sources + draw.below(in.nodes - shape.sources);
        if (u != v) in.add(u, v, cost(), 0, percent(shape.capacitated) ? draw.between(1, shape.most_capacity) : endless);
    }
    return in;
}

/// Sets the supply of `source` and `sink` to a share of the most that can flow between them.
inline void fill(FlowInstance& in, std::size_t source, std::size_t sink, double share) {
    FlowInstance most = in;
    std::fill(most.costs.begin(), most.costs.end(), 0.0);
    most.supply.assign(in.nodes, 0.0);
    most.add(sink, source, -1, 0, 1e12);
    const double amount = std::max(1.0, std::floor(share * transport::min_cost_flow(most.view()).flows.back()));
    in.supply.assign(in.nodes, 0.0);
    in.supply[source] = amount;
    in.supply[sink] = -amount;
}

/// After GRIDGRAPH (Resende and Veiga 1991): length x width, arcs ahead, up and down, one source before the first column and
/// one sink behind the last; costs 1 .. 10000, capacities 1 .. 1000; a share of the largest flow is sent.
inline FlowInstance grid_graph(std::size_t length, std::size_t width, double share, std::uint64_t seed) {
    InstanceDraw draw(seed);
    FlowInstance in;
    in.nodes = length * width + 2;
    const std::size_t source = length * width;
    const auto add = [&](std::size_t u, std::size_t v) { in.add(u, v, draw.between(1, 10000), 0, draw.between(1, 1000)); };
    for (std::size_t i = 0; i < length; ++i)
        for (std::size_t j = 0; j < width; ++j) {
            const std::size_t x = i * width + j;
            if (i + 1 < length) add(x, x + width);
            if (j + 1 < width) add(x, x + 1);
            if (j > 0) add(x, x - 1);
        }
    for (std::size_t j = 0; j < width; ++j) {
        add(source, j);
        add((length - 1) * width + j, source + 1);
    }
    fill(in, source, source + 1, share);
    return in;
}

/// After GOTO, "grid on torus" (Goldberg and Kharitonov 1993): each node has `degree` arcs to nodes ahead on a torus, near
/// ones cheap and narrow, far ones dear and wide; from one corner to the one half way round.
inline FlowInstance goto_like(std::size_t side, std::size_t degree, double share, std::uint64_t seed) {
    InstanceDraw draw(seed);
    FlowInstance in;
    in.nodes = side * side;
    for (std::size_t i = 0; i < side; ++i)
        for (std::size_t j = 0; j < side; ++j)
            for (std::size_t k = 0; k < degree; ++k) {
                const std::size_t down = k == 1 ? 0 : 1 + draw.below(1 + side / 8);
                const std::size_t right = k == 0 ? 0 : 1 + draw.below(k < 4 ? 2 : 1 + side / 8);
                const double length = static_cast<double>(down + right);
                const double cost = std::ceil(length * draw.between(1, 10000) / (k < 2 ? 1.0 : 8.0)) + (k < 2 ? 0 : 1000 * length);
                in.add(i * side + j, (i + down) % side * side + (j + right) % side, cost, 0, k < 2 ? 1e4 : draw.between(1, 1000));
            }
    fill(in, 0, side / 2 * side + side / 2, share);
    return in;
}

/// Transshipment: every node has supply or demand or passes on, arcs both ways between near ones on a ring with long cuts,
/// every third bounded below, every second above; lower bounds alone are a feasible flow's start.
inline FlowInstance transshipment(std::size_t nodes, std::size_t degree, std::uint64_t seed) {
    InstanceDraw draw(seed);
    FlowInstance in;
    in.nodes = nodes;
    in.supply.assign(nodes, 0.0);
    constexpr double endless = std::numeric_limits<double>::infinity();
    // Around the ring everything can be routed.
    for (std::size_t x = 0; x < nodes; ++x) in.add(x, (x + 1) % nodes, draw.between(500, 5000), 0, endless);
    while (in.costs.size() < degree * nodes) {
        const std::size_t u = draw.below(nodes);
        const std::size_t v = (u + 1 + draw.below(draw.below(4) == 0 ? nodes - 1 : std::min<std::size_t>(nodes - 1, 50))) % nodes;
        const double low = draw.below(3) == 0 ? draw.between(1, 20) : 0;
        in.add(u, v, draw.between(1, 1000), low, draw.below(2) == 0 ? low + draw.between(0, 200) : endless);
    }
    for (std::size_t k = 0; k < nodes / 2; ++k) {
        const double amount = draw.between(1, 100);
        in.supply[draw.below(nodes)] += amount;
        in.supply[draw.below(nodes)] -= amount;
    }
    return in;
}

}  // namespace meio::reference
