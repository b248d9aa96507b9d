// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>
#include <meio/network/topology.hpp>

using namespace meio::network;

namespace {

Topology shape(std::size_t nodes, const std::vector<Graph::Arc>& arcs) { return classify(Graph(nodes, arcs)); }

}  // namespace

TEST_CASE("shapes are told apart") {
    // The most special name that fits each textbook network.
    CHECK(shape(3, {{0, 1}, {1, 2}}) == Topology::serial);
    CHECK(shape(1, {}) == Topology::serial);
    CHECK(shape(3, {{0, 2}, {1, 2}}) == Topology::assembly);
    CHECK(shape(3, {{0, 1}, {0, 2}}) == Topology::distribution);
    CHECK(shape(4, {{0, 1}, {2, 1}, {1, 3}, {2, 0}}) == Topology::acyclic);
    CHECK(shape(5, {{0, 2}, {1, 2}, {2, 3}, {2, 4}}) == Topology::tree);
    CHECK(shape(2, {}) == Topology::acyclic);
    CHECK(to_string(Topology::distribution) == "distribution");
    CHECK_THROWS_AS((void)shape(3, {{0, 1}, {1, 2}, {2, 0}}), meio::core::InputError);
}

TEST_CASE("order and echelons on random acyclic graphs") {
    // Every arc leads forward in the order; an echelon equals the closure found by repeated relaxation.
    meio::core::RandomStream draw(9, 9);
    for (int round = 0; round < 60; ++round) {
        const std::size_t nodes = 2 + draw.below(12);
        std::vector<std::int32_t> label(nodes);
        for (std::size_t i = 0; i < nodes; ++i) label[i] = static_cast<std::int32_t>(i);
        for (std::size_t i = nodes; i > 1; --i) std::swap(label[i - 1], label[draw.below(i)]);
        std::vector<Graph::Arc> arcs;
        for (std::size_t i = 0; i < nodes; ++i)
            for (std::size_t j = i + 1; j < nodes; ++j)
                if (draw.uniform() < 0.25) arcs.emplace_back(label[i], label[j]);
        const Graph g(nodes, arcs);
        const auto order = topological_order(g);
        std::vector<std::size_t> place(nodes);
        for (std::size_t i = 0; i < nodes; ++i) place[static_cast<std::size_t>(order[i])] = i;
        for (const auto& [from, to] : arcs) CHECK(place[static_cast<std::size_t>(from)] < place[static_cast<std::size_t>(to)]);
        const auto root = static_cast<std::int32_t>(draw.below(nodes));
        std::vector<bool> in(nodes, false);
        in[static_cast<std::size_t>(root)] = true;
        for (std::size_t repeat = 0; repeat < nodes; ++repeat)
            for (const auto& [from, to] : arcs)
                if (in[static_cast<std::size_t>(from)]) in[static_cast<std::size_t>(to)] = true;
        const auto members = echelon(g, root);
        CHECK(static_cast<std::ptrdiff_t>(members.size()) == std::count(in.begin(), in.end(), true));
        CHECK(std::all_of(members.begin(), members.end(), [&](std::int32_t i) { return in[static_cast<std::size_t>(i)]; }));
    }
}
