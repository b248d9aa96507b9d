// SPDX-License-Identifier: MIT
#include <meio/transport/arc_result.hpp>

#include <vector>

#include <doctest/doctest.h>
#include <meio/transport/warehouse.hpp>

using namespace meio::transport;

TEST_CASE("an empty arc result claims nothing") {
    // Before any solve there is no optimum, no shipment, no basis to start from.
    const ArcResult result;
    CHECK_FALSE(meio::core::is_success(result.status));
    CHECK(result.shipments.empty());
    CHECK(result.basis.slots.empty());
}

TEST_CASE("a result's basis starts the next solve") {
    // From its own basis a solved problem needs no pivot and gives the same value.
    const std::vector<std::int32_t> from{0, 0, 1, 1};
    const std::vector<std::int32_t> to{0, 1, 0, 1};
    const std::vector<double> costs{1, 4, 2, 1};
    const std::vector<double> supply{6, 6};
    const std::vector<double> demand{8, 1};
    const ArcTable table = make_arcs(2, 2, from, to, costs);
    const ArcResult first = solve_arcs(table.problem(supply, demand));
    const ArcResult again = solve_arcs(table.problem(supply, demand), {}, {}, &first.basis);
    CHECK(first.objective == 11);
    CHECK(again.objective == 11);
    CHECK(again.pivots == 0);
}
