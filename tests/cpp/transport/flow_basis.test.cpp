// SPDX-License-Identifier: MIT
#include <meio/transport/flow_basis.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <meio/transport/min_cost_flow.hpp>

using namespace meio;

TEST_CASE("a basis is a forest of arcs") {
    // A fresh basis is empty; that of an optimum has at most one arc a node, each at its node, and says what is full.
    CHECK(transport::FlowBasis{}.empty());
    const std::vector<std::int32_t> from{0, 0, 1}, to{1, 2, 2};
    const std::vector<double> costs{1, 5, 1}, upper{4, 9, 9}, supply{6, 0, -6};
    const transport::FlowProblem problem{3, from, to, costs, {}, upper, supply, {}};
    const auto r = transport::min_cost_flow(problem);
    REQUIRE(r.basis.parent_arcs.size() == 3);
    int roots = 0;
    for (std::size_t x = 0; x < 3; ++x) {
        const auto a = r.basis.parent_arcs[x];
        if (a < 0)
            ++roots;
        else
            CHECK((from[static_cast<std::size_t>(a)] == static_cast<int>(x) || to[static_cast<std::size_t>(a)] == static_cast<int>(x)));
    }
    CHECK(roots == 1);
    CHECK(r.basis.at_upper == std::vector<std::uint8_t>{1, 0, 0});
}

TEST_CASE("any numbers will do as a start") {
    // Arcs that do not exist, arcs of other nodes, cycles, bounds of infinite arcs: what cannot be used is left out.
    const std::vector<std::int32_t> from{0, 1, 2, 1}, to{1, 2, 0, 1};
    const std::vector<double> costs{1, 1, 1, 1}, supply{3, 0, -3};
    const transport::FlowProblem problem{3, from, to, costs, {}, {}, supply, {}};
    for (const transport::FlowBasis& start :
         {transport::FlowBasis{{0, 1, 2}, {1, 1, 1, 1}}, transport::FlowBasis{{99, 3, -7, 5}, {}},
          transport::FlowBasis{{0, 0}, {1}}, transport::FlowBasis{{1, 2, 0}, {0, 0, 0, 0, 1, 1}}}) {
        const auto r = transport::min_cost_flow(problem, {}, {}, &start);
        CHECK(r.status == core::Status::optimal);
        CHECK(r.objective == 6);
    }
}
