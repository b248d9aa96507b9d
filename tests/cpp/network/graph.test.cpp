// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <meio/network/graph.hpp>

using namespace meio::network;

TEST_CASE("both directions list the same arcs") {
    // Successors and predecessors agree, in the order given.
    const std::vector<Graph::Arc> arcs{{0, 2}, {0, 1}, {1, 2}};
    const Graph g(3, arcs);
    CHECK(g.size() == 3);
    CHECK(g.arcs() == 3);
    CHECK(std::vector<std::int32_t>(g.successors(0).begin(), g.successors(0).end()) == std::vector<std::int32_t>{2, 1});
    CHECK(std::vector<std::int32_t>(g.predecessors(2).begin(), g.predecessors(2).end()) == std::vector<std::int32_t>{0, 1});
    CHECK(g.predecessors(0).empty());
    CHECK(Graph().size() == 0);
}

TEST_CASE("wrong arcs are all named") {
    // An unknown node and a loop are one error with both arcs.
    const std::vector<Graph::Arc> arcs{{0, 5}, {1, 1}, {0, 1}};
    try {
        const Graph g(2, arcs);
        FAIL("no error");
    } catch (const meio::core::InputError& error) {
        CHECK(error.issues().size() == 2);
        CHECK(std::string(error.what()).find("0 -> 5") != std::string::npos);
    }
}
