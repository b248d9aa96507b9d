// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include <meio/core/error.hpp>
#include <meio/distributions/poisson.hpp>
#include <reference/distributions/table.hpp>

using namespace meio;
using distributions::Poisson;

TEST_CASE("poisson functions match 60-digit values") {
    // cdf, survival and the three losses to a relative 1e-12 from the centre deep into both tails; quantiles invert.
    reference::check_table("poisson", [](double a, double) { return Poisson(a); });
}

TEST_CASE("Poisson probabilities are the textbook's") {
    // pmf, its ratio, and nothing between or below the integers.
    const Poisson demand(2.5);
    double p = std::exp(-2.5);
    for (int k = 0; k < 20; ++k) {
        CHECK(std::abs(demand.pmf(k) / p - 1) < 1e-13);
        p *= demand.ratio(k);
    }
    CHECK(demand.pmf(1.5) == 0);
    CHECK(demand.pmf(-1) == 0);
    CHECK(demand.cdf(-0.1) == 0);
    CHECK(demand.cdf(3.9) == demand.cdf(3));
    CHECK(demand.quantile(0) == 0);
    CHECK(demand.quantile(1) == std::numeric_limits<double>::infinity());
}

TEST_CASE("Poisson quantiles are the smallest integers that reach p") {
    // On a grid of p and means, cdf(q) >= p > cdf(q - 1).
    for (const double mean : {1e-3, 0.4, 3.0, 75.0, 4e4})
        for (const double p : {1e-12, 0.01, 0.3, 0.5, 0.9, 0.999, 1 - 1e-13}) {
            const Poisson demand(mean);
            const double q = demand.quantile(p);
            REQUIRE(demand.cdf(q) >= p);
            REQUIRE((q == 0 || demand.cdf(q - 1) < p));
        }
}

TEST_CASE("Poisson draws have the moments, small and large") {
    // Both samplers, 100,000 draws within five standard errors.
    for (const double mean : {0.01, 2.0, 9.99, 10.0, 300.0, 1e6}) reference::check_samples(Poisson(mean));
    CHECK_THROWS_AS(Poisson(0), core::InputError);
}
