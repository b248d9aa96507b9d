// SPDX-License-Identifier: MIT
#include <meio/transport/result.hpp>

#include <doctest/doctest.h>

using namespace meio;

TEST_CASE("shipments spread into a matrix") {
    // Flows are row-major by source; what is not shipped is zero; a fresh cut is empty.
    transport::Result result;
    result.shipments = {{0, 2, 5.0}, {1, 0, 1.5}};
    CHECK(result.flows(2, 3) == std::vector<double>{0, 0, 5.0, 1.5, 0, 0});
    CHECK(result.shortage.empty());
}
