// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <meio/lagrangian/reply.hpp>

TEST_CASE("a reply starts empty and exact") {
    // An oracle that sets only value and gradient promises an exact value and no curvature.
    const meio::lagrangian::Reply reply;
    CHECK(reply.value_error == 0);
    CHECK(reply.gradient.empty());
    CHECK_FALSE(reply.diagonal.has_value());
}
