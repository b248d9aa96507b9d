// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include <meio/lagrangian/problem.hpp>

using namespace meio;

TEST_CASE("wrong problems are described at once") {
    // A NaN right-hand side and crossed bounds are both named with their place; wrong lengths too.
    lagrangian::Problem problem{{1.0, std::nan("")}, {0.0, 3.0}, {1.0, 2.0}};
    try {
        problem.validate(2);
        FAIL("no error");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 2);
        CHECK(std::string(error.what()).find("must not exceed upper") != std::string::npos);
    }
    CHECK_THROWS_AS((lagrangian::Problem{{1.0}, {}, {}}.validate(2)), core::InputError);
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK_NOTHROW((lagrangian::Problem{{1.0, 2.0}, {-infinity, 0.0}, {}}.validate(2)));
    CHECK_THROWS_AS((lagrangian::Problem{{1.0}, {infinity}, {}}.validate(1)), core::InputError);
}
