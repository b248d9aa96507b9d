// SPDX-License-Identifier: MIT
#include <meio/transport/options.hpp>

#include <doctest/doctest.h>

using namespace meio;

TEST_CASE("options out of range are all named") {
    // Four wrong options give four findings in one error; the defaults give none.
    const transport::Options wrong{transport::Relation::at_least, transport::Relation::at_most, -1, -1};
    try {
        wrong.validate();
        FAIL("nothing thrown");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 4);
    }
    CHECK_NOTHROW(transport::Options{}.validate());
}
