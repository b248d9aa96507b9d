// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include <meio/core/error.hpp>
#include <meio/distributions/gamma.hpp>
#include <reference/distributions/table.hpp>

using namespace meio;
using distributions::Gamma;

TEST_CASE("gamma functions match 60-digit values") {
    // cdf, survival and the three losses to a relative 1e-12 from the centre deep into both tails; quantiles invert.
    reference::check_table("gamma", [](double a, double b) { return Gamma(a, b); });
}

TEST_CASE("a gamma of shape 1 is exponential") {
    // Closed forms of the exponential: loss = scale exp(-y), second-order loss = scale^2 exp(-y), at any distance.
    const Gamma demand(1, 2.5);
    for (const double y : {0.1, 1.0, 5.0, 40.0, 300.0, 700.0}) {
        CHECK(std::abs(demand.survival(2.5 * y) / std::exp(-y) - 1) < 1e-13);
        CHECK(std::abs(demand.loss(2.5 * y) / (2.5 * std::exp(-y)) - 1) < 1e-13);
        CHECK(std::abs(demand.second_order_loss(2.5 * y) / (6.25 * std::exp(-y)) - 1) < 1e-13);
    }
}

TEST_CASE("gamma draws have the moments for shapes below and above 1") {
    // 100,000 draws within five standard errors; from_moments inverts the moments.
    reference::check_samples(Gamma(0.2, 3));
    reference::check_samples(Gamma(1, 3));
    reference::check_samples(Gamma(60, 0.1));
    CHECK(Gamma::from_moments(10, 40).shape() == doctest::Approx(2.5));
    CHECK(Gamma::from_moments(10, 40).scale() == doctest::Approx(4));
    CHECK_THROWS_AS(Gamma(0, 1), core::InputError);
}

TEST_CASE("gamma quantiles have their ends") {
    // 0 and infinity at the ends, NaN outside, x <= 0 outside the support.
    const Gamma demand(2, 3);
    CHECK(demand.quantile(0) == 0);
    CHECK(demand.quantile(1) == std::numeric_limits<double>::infinity());
    CHECK(std::isnan(demand.quantile(-1)));
    CHECK(demand.cdf(-1) == 0);
    CHECK(demand.complementary_loss(-1) == 0);
    CHECK(demand.loss(-1) == 7);
}
