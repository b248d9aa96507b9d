// SPDX-License-Identifier: MIT
#include <meio/transport/linear_options.hpp>

#include <doctest/doctest.h>

using namespace meio;

TEST_CASE("linear options out of range are all named") {
    // Five wrong options give five findings in one error; the defaults give none.
    const transport::LinearOptions wrong{0, 1, -1, 0, -1};
    try {
        wrong.validate();
        FAIL("nothing thrown");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 5);
    }
    CHECK_NOTHROW(transport::LinearOptions{}.validate());
}
