// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>

#include <meio/core/error.hpp>
#include <meio/distributions/gamma.hpp>
#include <meio/distributions/negative_binomial.hpp>
#include <meio/distributions/normal.hpp>
#include <meio/distributions/poisson.hpp>
#include <meio/single_echelon/service_level.hpp>

using namespace meio;
using namespace meio::distributions;
using namespace meio::single_echelon;

TEST_CASE("fill-rate levels of continuous demand meet the target exactly") {
    // loss(level) = (1 - target) mean to a relative 1e-9, from 1 % to one in a billion short.
    for (const double target : {0.01, 0.5, 0.9, 0.99, 1 - 1e-6, 1 - 1e-9}) {
        CAPTURE(target);
        const Normal normal(100, 30);
        const Gamma gamma(0.4, 50);
        CHECK(normal.loss(level_for_fill_rate(normal, target)) == doctest::Approx((1 - target) * 100).epsilon(1e-9));
        CHECK(gamma.loss(level_for_fill_rate(gamma, target)) == doctest::Approx((1 - target) * 20).epsilon(1e-9));
    }
    // Exponential demand in closed form: loss = scale exp(-y / scale).
    CHECK(level_for_fill_rate(Gamma(1, 5), 0.99) == doctest::Approx(5 * std::log(100.0)).epsilon(1e-12));
}

TEST_CASE("fill-rate levels of counts are the smallest integers") {
    // The target is met at the level and missed one below, also where one unit in stock is too few or none is enough.
    for (const double target : {0.001, 0.3, 0.95, 0.9999}) {
        const Poisson slow(0.02), fast(80);
        const NegativeBinomial lumpy(0.2, 0.05);
        const auto check = [&](const auto& demand) {
            const double level = level_for_fill_rate(demand, target);
            REQUIRE(level == std::floor(level));
            CHECK(demand.loss(level) <= (1 - target) * demand.mean());
            CHECK((level == 0 || demand.loss(level - 1) > (1 - target) * demand.mean()));
        };
        check(slow);
        check(fast);
        check(lumpy);
    }
}

TEST_CASE("cycle-service levels are quantiles, and targets are checked") {
    // 97.5 % of a standard normal is 1.96; targets of 0 and 1 are refused by name.
    CHECK(level_for_cycle_service(Normal(0, 1), 0.975) == doctest::Approx(1.959963984540054).epsilon(1e-14));
    CHECK(level_for_cycle_service(Poisson(3), 0.9) == 5);
    CHECK_THROWS_AS((void)level_for_cycle_service(Normal(0, 1), 1), core::InputError);
    CHECK_THROWS_AS((void)level_for_fill_rate(Normal(10, 1), 0), core::InputError);
    CHECK_THROWS_AS((void)level_for_fill_rate(Normal(-10, 1), 0.5), core::InputError);
}
