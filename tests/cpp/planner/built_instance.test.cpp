// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <meio/planner/build.hpp>
#include <reference/planner/random_network.hpp>

using namespace meio::planner;

TEST_CASE("every option knows the classes it serves") {
    // Offsets cover all options, and options of one block speak of the same classes.
    const auto p = reference::random_problem(5, 4, true, false);
    const BuiltInstance built = build_instance(p.network, p.forecast, {});
    REQUIRE(built.served_offset.size() == built.instance.options.size() + 1);
    CHECK(built.served_offset.back() == built.served_class.size());
    CHECK(built.served_class.size() == built.served_facility.size());
    for (const Block& block : built.instance.blocks)
        for (std::uint32_t o = block.first_option; o < block.last_option; ++o) {
            CHECK(built.served_offset[o + 1] - built.served_offset[o] ==
                  built.served_offset[block.first_option + 1] - built.served_offset[block.first_option]);
            CHECK(built.served_class[built.served_offset[o]] == built.served_class[built.served_offset[block.first_option]]);
        }
}
