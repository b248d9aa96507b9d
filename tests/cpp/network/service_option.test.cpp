// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <meio/network/service_option.hpp>

TEST_CASE("a fresh option is free, in time and unpriced") {
    // A policy that reads prices works without a plan: every price defaults to zero.
    const meio::network::ServiceOption option;
    CHECK(option.price == 0.0);
    CHECK(option.stock_value == 0.0);
    CHECK_FALSE(option.late);
    CHECK(meio::network::Fence{} == meio::network::Fence::none);
}
