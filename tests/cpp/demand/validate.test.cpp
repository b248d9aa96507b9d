// SPDX-License-Identifier: MIT
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include <meio/demand/validate.hpp>

using namespace meio;
using namespace meio::demand;

TEST_CASE("wrong forecasts are named, all at once") {
    // Unknown ids, unsorted rows, NaN and negative values, and wrong sizes are one error that lists each.
    Forecast f;
    f.periods = 2;
    f.series = {{0, 1}, {0, 0}, {5, 0}};
    f.mean = {1, 1, -1, 1, 1, std::nan("")};
    f.variance = {1, 1, 1, 1};
    try {
        validate(f, 2, 2);
        FAIL("no error");
    } catch (const core::InputError& error) {
        const std::string text = error.what();
        for (const char* word : {"variance", "series.product[2]", "sorted", "mean[1]", "mean[2]"})
            CHECK(text.find(word) != std::string::npos);
    }
    f.series = {{0, 0}, {0, 1}, {1, 0}};
    f.mean = {1, 1, 1, 1, 1, 1};
    f.variance = f.mean;
    CHECK_NOTHROW(validate(f, 2, 2));
}

TEST_CASE("many bad values are counted, not listed") {
    // More than five bad values give five rows and a count.
    Forecast f;
    f.series.resize(20);
    for (std::size_t s = 0; s < 20; ++s) f.series[s] = {static_cast<std::int32_t>(s), 0};
    f.mean.assign(20, -1.0);
    f.variance.assign(20, 1.0);
    try {
        validate(f, 20, 1);
        FAIL("no error");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 6);
        CHECK(std::string(error.what()).find("20 values in all") != std::string::npos);
    }
}
