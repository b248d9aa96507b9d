// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include <meio/core/error.hpp>
#include <meio/distributions/normal.hpp>
#include <reference/distributions/table.hpp>

using namespace meio;
using distributions::Normal;

TEST_CASE("normal functions match 60-digit values") {
    // cdf, survival and the three losses to a relative 1e-12 from the centre deep into both tails; quantiles invert.
    reference::check_table("normal", [](double a, double b) { return Normal(a, b); });
}

TEST_CASE("normal draws have the moments") {
    // Mean and variance of 100,000 draws within five standard errors.
    reference::check_samples(Normal(100, 15));
}

TEST_CASE("normal parameters are checked together") {
    // Both bad parameters are named at once; moments give the parameters back.
    try {
        Normal(std::numeric_limits<double>::quiet_NaN(), -1);
        FAIL("did not throw");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 2);
    }
    CHECK(Normal::from_moments(3, 16).standard_deviation() == 4);
}
