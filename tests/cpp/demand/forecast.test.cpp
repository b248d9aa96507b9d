// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <meio/demand/forecast.hpp>

TEST_CASE("a forecast starts stationary, independent and counted") {
    // The defaults that the documentation promises.
    const meio::demand::Forecast forecast;
    CHECK(forecast.periods == 1);
    CHECK(forecast.samples == 0);
    CHECK(forecast.family == meio::demand::Family::count);
    CHECK(forecast.correlation == meio::demand::Correlation::independent);
}
