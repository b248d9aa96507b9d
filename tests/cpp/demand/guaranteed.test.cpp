// SPDX-License-Identifier: MIT
#include <limits>

#include <doctest/doctest.h>

#include <meio/demand/guaranteed.hpp>

using namespace meio;
using namespace meio::demand;

TEST_CASE("guaranteed demand") {
    // The bound is mean t + z sd sqrt(t), 0 at 0, and subadditive: two intervals are guaranteed no less than their union.
    const GuaranteedBound bound{10, 4, 1.5};
    CHECK(bound.demand(0) == 0);
    CHECK(bound.demand(9) == doctest::Approx(90 + 1.5 * 4 * 3));
    CHECK(bound.safety_stock(4) == doctest::Approx(12));
    for (double a = 0; a < 5; a += 0.5)
        for (double b = 0; b < 5; b += 0.5) CHECK(bound.demand(a + b) <= bound.demand(a) + bound.demand(b) + 1e-12);
}

TEST_CASE("wrong bounds are refused") {
    // Every bad field is named at once.
    try {
        GuaranteedBound{-1, 2, std::numeric_limits<double>::quiet_NaN()}.validate();
        FAIL("no error");
    } catch (const core::InputError& error) {
        REQUIRE(error.issues().size() == 2);
        CHECK(error.issues()[0].field == "mean");
        CHECK(error.issues()[1].field == "safety_factor");
    }
    CHECK_NOTHROW(GuaranteedBound{}.validate());
}
