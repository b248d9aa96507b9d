// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include <meio/core/error.hpp>
#include <meio/distributions/fit.hpp>

using namespace meio;
using namespace meio::distributions;

TEST_CASE("a fit has the moments asked for") {
    // Every family over six decades of means and variances; counts below Poisson's variance become Poisson.
    for (const double mean : {1e-3, 0.5, 20.0, 3e4})
        for (const double ratio : {0.2, 1.0, 1.5, 30.0})
            for (const Family family : {Family::normal, Family::gamma, Family::lognormal, Family::count, Family::poisson}) {
                const AnyDistribution demand = fit_moments(family, mean, mean * ratio);
                const double variance = family == Family::poisson ? mean : family == Family::count ? mean * std::max(1.0, ratio) : mean * ratio;
                CHECK(demand.mean() == doctest::Approx(mean).epsilon(1e-12));
                CHECK(demand.variance() == doctest::Approx(variance).epsilon(1e-10));
            }
    CHECK(fit_moments(Family::count, 3, 3).target<Poisson>() != nullptr);
    CHECK(fit_moments(Family::count, 3, 3 * (1 + 1e-13)).target<Poisson>() != nullptr);
    CHECK(fit_moments(Family::count, 3, 3.001).target<NegativeBinomial>() != nullptr);
}

TEST_CASE("no variance and no demand are point masses") {
    // Deterministic demand of continuous families, and products that do not sell.
    for (const Family family : {Family::normal, Family::gamma, Family::lognormal})
        CHECK(fit_moments(family, 7, 0).loss(5) == 2);
    for (const Family family : {Family::gamma, Family::lognormal, Family::count, Family::poisson})
        CHECK(fit_moments(family, 0, 0).quantile(0.99) == 0);
    CHECK(fit_moments(Family::normal, -3, 4).mean() == -3);
}

TEST_CASE("impossible moments are refused") {
    // Negative or non-finite moments, and variance without demand in a non-negative family.
    CHECK_THROWS_AS((void)fit_moments(Family::gamma, -1, 1), core::InputError);
    CHECK_THROWS_AS((void)fit_moments(Family::normal, 1, -1), core::InputError);
    CHECK_THROWS_AS((void)fit_moments(Family::count, NAN, 1), core::InputError);
    CHECK_THROWS_AS((void)fit_moments(Family::gamma, 0, 1), core::InputError);
}
