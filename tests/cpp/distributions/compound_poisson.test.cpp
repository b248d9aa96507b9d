// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/distributions/compound_poisson.hpp>
#include <meio/distributions/poisson.hpp>
#include <reference/distributions/brute_force.hpp>
#include <reference/distributions/table.hpp>

using namespace meio;
using distributions::CompoundPoisson;
using distributions::Discrete;

TEST_CASE("Panjer's recursion equals convolution") {
    // pmf, cdf and losses against the sum over order counts, with and without empty orders.
    for (const auto& size : {std::vector<double>{0, 0.5, 0.2, 0, 0, 0.3}, std::vector<double>{0.4, 0.1, 0.5}}) {
        std::vector<double> values;
        for (std::size_t j = 0; j < size.size(); ++j) values.push_back(static_cast<double>(j));
        const CompoundPoisson demand(3.5, Discrete(values, size));
        const reference::LatticeTwin twin{reference::compound_poisson_pmf(3.5, size, 160)};
        CHECK(demand.mean() == doctest::Approx(twin.loss(0)).epsilon(1e-12));
        for (double x = 0; x < 60; x += 1.5) {
            CAPTURE(x);
            CHECK(std::abs(demand.cdf(x) / twin.cdf(x) - 1) < 1e-12);
            CHECK(std::abs(demand.loss(x) / twin.loss(x) - 1) < 1e-12);
            CHECK(std::abs(demand.second_order_loss(x) / twin.second_order_loss(x) - 1) < 1e-12);
            if (x == std::floor(x)) CHECK(std::abs(demand.pmf(x) / twin.pmf[static_cast<std::size_t>(x)] - 1) < 1e-12);
        }
    }
}

TEST_CASE("orders of one unit make it Poisson, also where exp(-rate) underflows") {
    // Against the Poisson class at rates 0.3 to 5000, to survival 1e-20.
    for (const double rate : {0.3, 40.0, 1000.0, 5000.0}) {
        const CompoundPoisson demand(rate, Discrete::point_mass(1));
        const distributions::Poisson poisson(rate);
        for (double z = -6; z <= 9; z += 0.75) {
            const double x = std::floor(rate + z * std::sqrt(rate));
            if (x < 0) continue;
            CAPTURE(x);
            CHECK(std::abs(demand.cdf(x) / poisson.cdf(x) - 1) < 1e-12);
            CHECK(std::abs(demand.survival(x) / poisson.survival(x) - 1) < 1e-12);
            CHECK(std::abs(demand.loss(x) / poisson.loss(x) - 1) < 1e-12);
            if (x > 0) CHECK(std::abs(demand.complementary_loss(x) / poisson.complementary_loss(x) - 1) < 1e-12);
        }
        CHECK(demand.variance() == doctest::Approx(rate));
    }
}

TEST_CASE("compound Poisson draws have the moments") {
    // 100,000 draws within five standard errors, and the open end of the support.
    const CompoundPoisson demand(2, Discrete(std::vector<double>{1, 10}, std::vector<double>{0.8, 0.2}));
    reference::check_samples(demand);
    CHECK(demand.quantile(1) == std::numeric_limits<double>::infinity());
    CHECK(demand.quantile(0) == 0);
}

TEST_CASE("sizes must be whole and not all zero") {
    // Fractions, negative sizes, empty orders only, and a rate of 0 are refused.
    CHECK_THROWS_AS(CompoundPoisson(1, Discrete::point_mass(1.5)), core::InputError);
    CHECK_THROWS_AS(CompoundPoisson(1, Discrete::point_mass(-1)), core::InputError);
    CHECK_THROWS_AS(CompoundPoisson(1, Discrete::point_mass(0)), core::InputError);
    CHECK_THROWS_AS(CompoundPoisson(0, Discrete::point_mass(1)), core::InputError);
}
