// SPDX-License-Identifier: MIT
#include <meio/transport/flow_options.hpp>

#include <doctest/doctest.h>

using namespace meio;

TEST_CASE("flow options out of range are all named") {
    // Two wrong options give two findings in one error; the defaults give none.
    const transport::FlowOptions wrong{0.5, -1};
    try {
        wrong.validate();
        FAIL("nothing thrown");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 2);
    }
    CHECK_NOTHROW(transport::FlowOptions{}.validate());
}
