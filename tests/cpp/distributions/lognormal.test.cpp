// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include <meio/core/error.hpp>
#include <meio/distributions/lognormal.hpp>
#include <reference/distributions/table.hpp>

using namespace meio;
using distributions::Lognormal;

TEST_CASE("lognormal functions match 60-digit values") {
    // cdf, survival and the three losses to a relative 1e-12 from the centre deep into both tails; quantiles invert.
    reference::check_table("lognormal", [](double a, double b) { return Lognormal(a, b); });
}

TEST_CASE("lognormal moments are fitted exactly") {
    // from_moments inverts mean() and variance(), for tiny and large variation.
    for (const double variance : {1e-8, 1.0, 400.0, 1e5}) {
        const Lognormal demand = Lognormal::from_moments(20, variance);
        CHECK(std::abs(demand.mean() / 20 - 1) < 1e-13);
        CHECK(std::abs(demand.variance() / variance - 1) < 1e-12);
    }
    CHECK_THROWS_AS((void)Lognormal::from_moments(0, -1), core::InputError);
}

TEST_CASE("lognormal draws have the moments, and nothing lies below zero") {
    // Moments of 100,000 draws within five standard errors; the support starts at 0.
    const Lognormal demand(1, 0.4);
    reference::check_samples(demand);
    CHECK(demand.cdf(0) == 0);
    CHECK(demand.survival(-3) == 1);
    CHECK(demand.quantile(0) == 0);
    CHECK(demand.loss(-2) == doctest::Approx(demand.mean() + 2));
}

TEST_CASE("lognormal losses do not step where formulas change") {
    // Across sigma = 1 (quadrature against closed form) the losses agree.
    const Lognormal below(0, 1.0), above(0, std::nextafter(1.0, 2.0));
    for (const double x : {0.01, 0.3, 1.0, 5.0, 80.0, 2000.0}) {
        CHECK(std::abs(below.loss(x) / above.loss(x) - 1) < 1e-12);
        CHECK(std::abs(below.second_order_loss(x) / above.second_order_loss(x) - 1) < 1e-12);
        CHECK(std::abs(below.complementary_loss(x) / above.complementary_loss(x) - 1) < 1e-12);
    }
}
