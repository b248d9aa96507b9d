// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include <meio/core/error.hpp>
#include <meio/distributions/negative_binomial.hpp>
#include <reference/distributions/table.hpp>

using namespace meio;
using distributions::NegativeBinomial;

TEST_CASE("negative_binomial functions match 60-digit values") {
    // cdf, survival and the three losses to a relative 1e-12 from the centre deep into both tails; quantiles invert.
    reference::check_table("negative_binomial", [](double a, double b) { return NegativeBinomial(a, b); });
}

TEST_CASE("negative binomial moments are fitted exactly, also next to Poisson") {
    // from_moments inverts mean and variance where the variance exceeds the mean by a factor 1 + 1e-9 to 1e4.
    for (const double excess : {1e-9, 1e-3, 1.0, 1e4})
        for (const double mean : {1e-3, 5.0, 2e4}) {
            const auto demand = NegativeBinomial::from_moments(mean, mean * (1 + excess));
            CHECK(std::abs(demand.mean() / mean - 1) < 1e-13);
            CHECK(std::abs(demand.variance() / (mean * (1 + excess)) - 1) < 1e-13);
        }
    CHECK_THROWS_AS((void)NegativeBinomial::from_moments(5, 5), core::InputError);
    CHECK_THROWS_AS(NegativeBinomial(0, 1), core::InputError);
}

TEST_CASE("r = 1 is geometric") {
    // Closed forms of the geometric far into the tail: P(D > n) = q^(n+1), E (D - n)^+ = q^(n+1) / p.
    const NegativeBinomial demand(1, 0.25);
    for (const double n : {0.0, 5.0, 60.0, 800.0}) {
        const double tail = std::pow(0.75, n + 1);
        CHECK(std::abs(demand.survival(n) / tail - 1) < 1e-12);
        CHECK(std::abs(demand.loss(n) / (4 * tail) - 1) < 1e-12);
        CHECK(std::abs(demand.second_order_loss(n) / (tail * 14) - 1) < 1e-12);  // E [(D - n)^2 | D > n] = 28
        CHECK(std::abs(demand.pmf(n) / (0.25 * std::pow(0.75, n)) - 1) < 1e-12);
    }
}

TEST_CASE("negative binomial quantiles are the smallest integers that reach p") {
    // On a grid, skewed and nearly Poisson, cdf(q) >= p > cdf(q - 1).
    for (const auto& demand : {NegativeBinomial(0.05, 0.01), NegativeBinomial(3, 0.5), NegativeBinomial(500, 0.999)})
        for (const double p : {1e-9, 0.2, 0.5, 0.95, 1 - 1e-10}) {
            const double q = demand.quantile(p);
            REQUIRE(demand.cdf(q) >= p);
            REQUIRE((q == 0 || demand.cdf(q - 1) < p));
        }
}

TEST_CASE("negative binomial draws have the moments") {
    // 100,000 draws within five standard errors, for skewed and nearly Poisson demand.
    reference::check_samples(NegativeBinomial(0.3, 0.1));
    reference::check_samples(NegativeBinomial(5, 0.5));
    reference::check_samples(NegativeBinomial(200, 0.97));
}
