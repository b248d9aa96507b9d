// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/distributions/discrete.hpp>
#include <meio/distributions/gamma.hpp>
#include <meio/distributions/mixture.hpp>
#include <meio/distributions/normal.hpp>
#include <meio/distributions/poisson.hpp>
#include <reference/distributions/brute_force.hpp>
#include <reference/distributions/table.hpp>

using namespace meio;
using namespace meio::distributions;

TEST_CASE("a mixture is the weighted sum of its parts") {
    // Moments by conditioning, functions by weights, loss also by integration of the survival function.
    const Mixture demand({0.25, 0.75}, {Normal(10, 2), Gamma(3, 4)});
    CHECK(demand.mean() == doctest::Approx(0.25 * 10 + 0.75 * 12));
    CHECK(demand.variance() == doctest::Approx(0.25 * 4 + 0.75 * 48 + 0.25 * 0.75 * 4));
    CHECK_FALSE(demand.is_discrete());
    for (const double x : {-2.0, 4.0, 11.0, 30.0}) {
        CHECK(demand.cdf(x) == doctest::Approx(0.25 * Normal(10, 2).cdf(x) + 0.75 * Gamma(3, 4).cdf(x)).epsilon(1e-14));
        CHECK(demand.loss(x) == doctest::Approx(reference::integrated_survival(demand, x, 250)).epsilon(1e-8));
        CHECK(demand.loss(x) - demand.complementary_loss(x) == doctest::Approx(demand.mean() - x).epsilon(1e-12));
    }
    reference::check_samples(demand);
}

TEST_CASE("mixture quantiles are exact on atoms and between them") {
    // Zero-inflated continuous demand has an atom at 0; two count distributions give integers.
    const Mixture inflated({0.4, 0.6}, {Discrete::point_mass(0), Gamma(2, 3)});
    CHECK(inflated.quantile(0.3) == 0);
    CHECK(inflated.quantile(0.4) == 0);
    CHECK(inflated.quantile(0.7) == doctest::Approx(Gamma(2, 3).quantile(0.5)).epsilon(1e-13));
    const Mixture counts({0.5, 0.5}, {Poisson(2), Poisson(30)});
    CHECK(counts.is_discrete());
    for (double p = 0.01; p < 1; p += 0.01) {
        const double q = counts.quantile(p);
        REQUIRE(q == std::floor(q));
        REQUIRE(counts.cdf(q) >= p);
        REQUIRE((q == 0 || counts.cdf(q - 1) < p));
    }
    CHECK(counts.pmf(3) == doctest::Approx(0.5 * Poisson(2).pmf(3) + 0.5 * Poisson(30).pmf(3)));
}

TEST_CASE("mixtures nest, and weights are checked") {
    // A mixture is a component like any other; wrong weights are refused.
    const Mixture inner({0.5, 0.5}, {Poisson(1), Poisson(9)});
    const Mixture outer({1.0, 0.0}, {inner, Normal(1000, 1)});
    CHECK(outer.cdf(4) == doctest::Approx(inner.cdf(4)).epsilon(1e-15));
    CHECK(outer.quantile(0.8) == inner.quantile(0.8));
    CHECK_THROWS_AS(Mixture({0.5}, {Poisson(1), Poisson(2)}), core::InputError);
    CHECK_THROWS_AS(Mixture({0.5, 0.4}, {Poisson(1), Poisson(2)}), core::InputError);
    CHECK_THROWS_AS(Mixture({}, {}), core::InputError);
}
