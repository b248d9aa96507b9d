// SPDX-License-Identifier: MIT
#include <cmath>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>
#include <meio/demand/interval.hpp>
#include <meio/distributions/sampling.hpp>

using namespace meio;
using namespace meio::demand;

TEST_CASE("random interval agrees with simulation") {
    // Demand over a random number of periods: the closed form lies within four standard errors of a simulation.
    core::RandomStream draw(11, 0);
    const int runs = 40000;
    double mean = 0, square = 0;
    for (int n = 0; n < runs; ++n) {
        const auto periods = 1 + draw.below(3);  // uniform on 1, 2, 3: mean 2, variance 2/3
        double total = 0;
        for (std::uint64_t t = 0; t < periods; ++t) total += static_cast<double>(distributions::sample_poisson(draw, 5.0));
        mean += total;
        square += total * total;
    }
    mean /= runs;
    const double variance = square / runs - mean * mean;
    const Moments exact = random_interval({5.0, 5.0}, 2.0, 2.0 / 3.0);
    CHECK(exact.mean == doctest::Approx(10));
    CHECK(std::abs(mean - exact.mean) < 4 * std::sqrt(exact.variance / runs));
    CHECK(std::abs(variance - exact.variance) < 0.05 * exact.variance);
}

TEST_CASE("an interval covers the lead time and the period it serves") {
    // Lead 2 with review covers periods t-2 .. t, without review the two periods before t; early periods repeat the first.
    Forecast f;
    f.periods = 4;
    f.series = {{0, 0}};
    f.mean = {1, 10, 100, 1000};
    f.variance = {2, 20, 200, 2000};
    CHECK(interval_moments(f, 0, 3, 2, 0, 1).mean == doctest::Approx(1110));
    CHECK(interval_moments(f, 0, 3, 2, 0, 1).variance == doctest::Approx(2220));
    CHECK(interval_moments(f, 0, 3, 2, 0, 0).mean == doctest::Approx(110));
    CHECK(interval_moments(f, 0, 0, 2, 0, 1).mean == doctest::Approx(3));
    CHECK(interval_moments(f, 0, 3, 0.5, 0, 1).mean == doctest::Approx(1050));
    CHECK(interval_moments(f, 0, 3, 0, 0, 0).mean == 0);
    // A random lead time adds its variance times the squared rate.
    CHECK(interval_moments(f, 0, 3, 1, 0.5, 1).variance == doctest::Approx(2200 + 0.25 * 550 * 550));
}

TEST_CASE("sample paths keep dependence between periods") {
    // Two perfectly dependent periods have four times, not twice, the variance of one.
    Forecast f;
    f.periods = 2;
    f.samples = 4;
    f.series = {{0, 0}};
    f.paths = {1, 1, 2, 2, 3, 3, 4, 4};
    f.mean = {2.5, 2.5};
    f.variance = {5.0 / 3.0, 5.0 / 3.0};
    const Moments two = interval_moments(f, 0, 1, 1, 0, 1);
    CHECK(two.mean == doctest::Approx(5));
    CHECK(two.variance == doctest::Approx(4 * 5.0 / 3.0));
}
