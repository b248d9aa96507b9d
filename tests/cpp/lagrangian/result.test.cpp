// SPDX-License-Identifier: MIT
#include <cmath>

#include <doctest/doctest.h>

#include <meio/lagrangian/result.hpp>

TEST_CASE("an empty result claims nothing") {
    // Before any call the bound is minus infinity, the gap infinite, and the status no success.
    const meio::lagrangian::Result result;
    CHECK_FALSE(meio::core::is_success(result.status));
    CHECK(std::isinf(result.bound));
    CHECK(result.bound < 0);
    CHECK(result.gap > 0);
    CHECK(std::isnan(result.average_cost));
}
