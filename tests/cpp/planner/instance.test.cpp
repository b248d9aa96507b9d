// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <reference/planner/fixtures.hpp>

TEST_CASE("ranges lead from blocks to uses") {
    // Each view returns exactly the rows that the ranges name.
    const auto instance = reference::shared_storage(4, 1);
    const auto options = instance.options_of(instance.blocks[2]);
    REQUIRE(options.size() == 1);
    const auto nodes = instance.nodes_of(options[0]);
    REQUIRE(nodes.size() == 1);
    CHECK(&nodes[0] == &instance.nodes[2]);
    CHECK(&instance.uses_of(nodes[0])[0] == &instance.uses[2]);
    CHECK(instance.uses_of(options[0]).empty());
}
