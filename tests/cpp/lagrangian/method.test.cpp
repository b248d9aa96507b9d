// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <meio/lagrangian/method.hpp>
#include <meio/lagrangian/options.hpp>

TEST_CASE("the bundle is the default method") {
    // Who chooses nothing gets the method that certifies.
    CHECK(meio::lagrangian::Options{}.method == meio::lagrangian::Method::bundle);
    CHECK(meio::lagrangian::Options{}.metric == meio::lagrangian::Metric::automatic);
}
