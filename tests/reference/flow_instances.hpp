// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <meio/transport/flow_problem.hpp>
#include <reference/instance_draw.hpp>

namespace meio::reference {

/// A min-cost flow problem that owns its data.
struct FlowInstance {
    std::size_t nodes = 0;
    std::vector<std::int32_t> from, to;
    std::vector<double> costs, lower, upper, supply;
    std::vector<transport::Relation> relations;

    void add(std::size_t u, std::size_t v, double cost, double low, double high) {
        from.push_back(static_cast<std::int32_t>(u));
        to.push_back(static_cast<std::int32_t>(v));
        costs.push_back(cost);
        lower.push_back(low);
        upper.push_back(high);
    }
    [[nodiscard]] transport::FlowProblem view() const { return {nodes, from, to, costs, lower, upper, supply, relations}; }
};

/// After NETGEN (Klingman, Napier and Stutz 1974), family "8": root-of-n sources and sinks, a skeleton of dear chains that
/// can carry all, random arcs of cost 1 to 10000 and capacity 1 to 1000 on top; `degree` arcs a node.
inline FlowInstance netgen_like(std::size_t nodes, std::size_t degree, std::uint64_t seed) {
    InstanceDraw draw(seed);
    FlowInstance in;
    in.nodes = nodes;
    in.supply.assign(nodes, 0.0);
    const auto ends = static_cast<std::size_t>(std::sqrt(static_cast<double>(nodes)));
    double total = 0;
    for (std::size_t s = 0; s < ends; ++s) total += in.supply[s] = draw.between(500, 1500);
    double left = total;
    for (std::size_t t = 0; t < ends; ++t) {
        const double part = t + 1 == ends ? left : std::min(left, draw.between(500, 1500));
        in.supply[nodes - 1 - t] = -part;
        left -= part;
    }
    std::vector<std::size_t> between(nodes - 2 * ends);
    std::iota(between.begin(), between.end(), ends);
    for (std::size_t s = between.size(); s > 1; --s) std::swap(between[s - 1], between[draw.below(s)]);
    std::vector<std::size_t> tail(ends);
    std::iota(tail.begin(), tail.end(), std::size_t{0});
    const auto dear = [&] { return draw.below(2) == 0 ? 10000.0 : draw.between(1, 10000); };
    for (const std::size_t x : between) {
        const std::size_t s = draw.below(ends);
        in.add(tail[s], x, dear(), 0, in.supply[s]);
        tail[s] = x;
    }
    // The ends of the chains reach sinks around a ring, so that everything can be routed.
    for (std::size_t s = 0; s < ends; ++s)
        for (std::size_t k = 0; k < 3; ++k) in.add(tail[s], nodes - 1 - draw.below(ends), dear(), 0, in.supply[s]);
    for (std::size_t s = 0; s < ends; ++s) in.add(tail[s], nodes - 1 - s, 10000, 0, total);
    for (std::size_t t = 0; t < ends; ++t) in.add(nodes - 1 - t, nodes - 1 - (t + 1) % ends, 10000, 0, total);
    while (in.from.size() < degree * nodes) {
        const std::size_t u = draw.below(nodes);
        const std::size_t v = draw.below(nodes);
        if (u != v) in.add(u, v, draw.between(1, 10000), 0, draw.between(1, 1000));
    }
    return in;
}

/// Plants, hubs, depots and shops with lanes between neighbouring layers, bounded below on a few: `shops` at the end, each
/// next layer a quarter of the one below; supply may stay, whole numbers. Unmet demand is bought at 20000 from a last node.
inline FlowInstance layered(std::size_t shops, std::size_t degree, std::uint64_t seed) {
    InstanceDraw draw(seed);
    FlowInstance in;
    std::vector<std::size_t> sizes{std::max<std::size_t>(2, shops / 64), std::max<std::size_t>(2, shops / 16),
                                   std::max<std::size_t>(3, shops / 4), shops};
    std::vector<std::size_t> begin{0};
    for (const std::size_t size : sizes) begin.push_back(begin.back() + size);
    in.nodes = begin.back() + 1;
    in.supply.assign(in.nodes, 0.0);
    in.relations.assign(in.nodes, transport::Relation::exactly);
    double total = 0;
    for (std::size_t x = begin[3]; x < begin[4]; ++x) total -= in.supply[x] = -draw.between(1, 100);
    for (std::size_t x = 0; x < begin[1]; ++x) {
        in.supply[x] = std::ceil(1.2 * total / static_cast<double>(sizes[0]));
        in.relations[x] = transport::Relation::at_most;
    }
    for (std::size_t layer = 0; layer < 3; ++layer)
        for (std::size_t v = begin[layer + 1]; v < begin[layer + 2]; ++v)
            for (std::size_t k = 0; k < degree; ++k) {
                const std::size_t u = begin[layer] + draw.below(sizes[layer]);
                const double mean = total / static_cast<double>(sizes[layer + 1]);
                const double high = std::ceil(mean * draw.between(20, 150) / 100);
                in.add(u, v, draw.between(1, 1000), layer == 1 && draw.below(20) == 0 ? std::floor(high / 10) : 0.0, high);
            }
    for (std::size_t x = begin[3]; x < begin[4]; ++x) in.add(in.nodes - 1, x, 20000, 0, std::numeric_limits<double>::infinity());
    in.supply[in.nodes - 1] = total;
    in.relations[in.nodes - 1] = transport::Relation::at_most;
    return in;
}

/// A grid of rows x columns, arcs right, up and down, from the left edge to the right one: long paths.
inline FlowInstance grid(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    InstanceDraw draw(seed);
    FlowInstance in;
    in.nodes = rows * columns;
    in.supply.assign(in.nodes, 0.0);
    const auto node = [&](std::size_t i, std::size_t j) { return i * columns + j; };
    for (std::size_t i = 0; i < rows; ++i) {
        in.supply[node(i, 0)] += 100;
        in.supply[node(i, columns - 1)] -= 100;
        for (std::size_t j = 0; j < columns; ++j) {
            if (j + 1 < columns) in.add(node(i, j), node(i, j + 1), draw.between(1, 1000), 0, draw.between(100, 400));
            if (i + 1 < rows) in.add(node(i, j), node(i + 1, j), draw.between(1, 1000), 0, draw.between(20, 400));
            if (i > 0) in.add(node(i, j), node(i - 1, j), draw.between(1, 1000), 0, draw.between(20, 400));
        }
    }
    return in;
}

}  // namespace meio::reference
