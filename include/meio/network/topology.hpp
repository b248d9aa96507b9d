// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/network/graph.hpp>

namespace meio::network {

/// The shape of a supply network, from the most special to the most general.
enum class Topology : std::uint8_t {
    serial,        ///< a line: everybody has at most one supplier and one customer
    assembly,      ///< everybody has at most one customer; one final stage
    distribution,  ///< everybody has at most one supplier; one source
    tree,          ///< connected without cycles when directions are ignored
    acyclic        ///< any other network without directed cycles
};

[[nodiscard]] constexpr std::string_view to_string(Topology topology) noexcept {
    switch (topology) {
        case Topology::serial: return "serial";
        case Topology::assembly: return "assembly";
        case Topology::distribution: return "distribution";
        case Topology::tree: return "tree";
        case Topology::acyclic: return "acyclic";
    }
    return "unknown";
}

/// Nodes so that each comes after all that feed it (upstream first); ties by id. Throws `core::InputError` that lists the
/// nodes on or behind cycles. O(nodes log nodes + arcs). Kahn (1962), Comm. ACM 5(11).
[[nodiscard]] inline std::vector<std::int32_t> topological_order(const Graph& graph) {
    std::vector<std::size_t> waiting(graph.size());
    std::vector<std::int32_t> ready;
    for (std::size_t i = 0; i < graph.size(); ++i) {
        waiting[i] = graph.predecessors(i).size();
        if (waiting[i] == 0) ready.push_back(static_cast<std::int32_t>(i));
    }
    std::vector<std::int32_t> order;
    const auto later = [](std::int32_t x, std::int32_t y) { return x > y; };
    std::make_heap(ready.begin(), ready.end(), later);
    while (!ready.empty()) {
        std::pop_heap(ready.begin(), ready.end(), later);
        const std::int32_t node = ready.back();
        ready.pop_back();
        order.push_back(node);
        for (const std::int32_t next : graph.successors(static_cast<std::size_t>(node)))
            if (--waiting[static_cast<std::size_t>(next)] == 0) {
                ready.push_back(next);
                std::push_heap(ready.begin(), ready.end(), later);
            }
    }
    if (order.size() < graph.size()) {
        core::IssueList issues;
        for (std::size_t i = 0; i < graph.size(); ++i)
            if (waiting[i] > 0) issues.add("arcs", "", "node " + std::to_string(i), "lies on or behind a cycle; arcs must lead downstream");
        issues.throw_if_any();
    }
    return order;
}

/// The most special shape that fits. Parallel arcs count as two. Throws on cycles, as `topological_order` does.
[[nodiscard]] inline Topology classify(const Graph& graph) {
    (void)topological_order(graph);
    bool one_supplier = true;
    bool one_customer = true;
    std::size_t sources = 0;
    std::size_t sinks = 0;
    std::vector<std::size_t> root(graph.size());
    for (std::size_t i = 0; i < root.size(); ++i) root[i] = i;
    const auto find = [&](std::size_t i) {
        while (root[i] != i) i = root[i] = root[root[i]];
        return i;
    };
    bool forest = true;
    std::size_t parts = graph.size();
    for (std::size_t i = 0; i < graph.size(); ++i) {
        one_supplier = one_supplier && graph.predecessors(i).size() <= 1;
        one_customer = one_customer && graph.successors(i).size() <= 1;
        sources += graph.predecessors(i).empty() ? 1 : 0;
        sinks += graph.successors(i).empty() ? 1 : 0;
        for (const std::int32_t to : graph.successors(i)) {
            const std::size_t a = find(i);
            const std::size_t b = find(static_cast<std::size_t>(to));
            forest = forest && a != b;
            if (a != b) --parts;
            root[a] = b;
        }
    }
    if (!forest || parts > 1) return Topology::acyclic;
    if (one_supplier && one_customer) return Topology::serial;
    if (one_customer && sinks == 1) return Topology::assembly;
    if (one_supplier && sources == 1) return Topology::distribution;
    return Topology::tree;
}

/// The echelon of a node: itself and everything downstream of it, sorted. O(nodes + arcs).
[[nodiscard]] inline std::vector<std::int32_t> echelon(const Graph& graph, std::int32_t node) {
    std::vector<std::int32_t> members{node};
    std::vector<bool> seen(graph.size(), false);
    seen[static_cast<std::size_t>(node)] = true;
    for (std::size_t n = 0; n < members.size(); ++n)
        for (const std::int32_t next : graph.successors(static_cast<std::size_t>(members[n])))
            if (!seen[static_cast<std::size_t>(next)]) {
                seen[static_cast<std::size_t>(next)] = true;
                members.push_back(next);
            }
    std::sort(members.begin(), members.end());
    return members;
}

}  // namespace meio::network
