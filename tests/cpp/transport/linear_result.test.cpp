// SPDX-License-Identifier: MIT
#include <meio/transport/linear_result.hpp>

#include <doctest/doctest.h>

using namespace meio;

TEST_CASE("a fresh linear result claims nothing") {
    // No status of success, no bound, no proofs, no basis.
    const transport::LinearResult result;
    CHECK_FALSE(core::is_success(result.status));
    CHECK(result.bound == -std::numeric_limits<double>::infinity());
    CHECK(result.farkas.empty());
    CHECK(result.ray.empty());
    CHECK(result.basis.empty());
}
