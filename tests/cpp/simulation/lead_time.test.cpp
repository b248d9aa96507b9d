// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>

#include <meio/simulation/lead_time.hpp>

using meio::core::RandomStream;

TEST_CASE("lead times have their mean, and their spread up to rounding") {
    // Over 200,000 draws the mean is within four standard errors and the variance within the rounding's quarter.
    const double cases[][2] = {{2.0, 0.0}, {2.3, 0.0}, {2.0, 0.7}, {0.5, 0.8}, {6.0, 2.5}};
    std::uint64_t name = 0;
    for (const auto& [mean, sd] : cases) {
        RandomStream random(9, ++name);
        const int n = 200000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < n; ++i) {
            const double x = meio::simulation::draw_lead_time(mean, sd, random);
            REQUIRE(x >= 0);
            sum += x;
            squares += x * x;
        }
        const double seen = sum / n;
        const double variance = squares / n - seen * seen;
        CAPTURE(mean);
        CAPTURE(sd);
        CHECK(std::abs(seen - mean) <= 4.0 * std::sqrt((sd * sd + 0.25) / n));
        CHECK(variance >= sd * sd * 0.97 - 1e-9);
        CHECK(variance <= sd * sd * 1.03 + 0.25 + 1e-9);
    }
}

TEST_CASE("a whole lead time without spread is exact and draws nothing") {
    // The stream is where it was.
    RandomStream random(1, 1);
    RandomStream untouched(1, 1);
    for (int i = 0; i < 5; ++i) CHECK(meio::simulation::draw_lead_time(3.0, 0.0, random) == 3);
    CHECK(random() == untouched());
}
