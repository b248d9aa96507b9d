// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/distributions/empirical.hpp>
#include <reference/distributions/table.hpp>

using namespace meio;
using distributions::Empirical;

TEST_CASE("an empirical distribution is its sample") {
    // Moments, order statistics and mean shortages of a sample with ties.
    const std::vector<double> sample{4, 1, 4, 9, 2};
    const Empirical demand(sample);
    CHECK(demand.size() == 5);
    CHECK(demand.mean() == doctest::Approx(4));
    CHECK(demand.variance() == doctest::Approx((0 + 9 + 0 + 25 + 4) / 5.0));
    CHECK(demand.cdf(3.9) == doctest::Approx(0.4));
    CHECK(demand.pmf(4) == doctest::Approx(0.4));
    CHECK(demand.quantile(0.39) == 2);
    CHECK(demand.quantile(0.41) == 4);
    CHECK(demand.quantile(1) == 9);
    CHECK(demand.loss(3) == doctest::Approx((1 + 1 + 6) / 5.0));
    CHECK(demand.complementary_loss(3) == doctest::Approx((2 + 1) / 5.0));
    CHECK(demand.second_order_loss(3) == doctest::Approx((1 + 1 + 36) / 10.0));
    CHECK(demand.survival(9) == 0);
    reference::check_samples(demand);
}

TEST_CASE("an empty or non-finite sample is refused") {
    // One observation is enough; none, or a NaN, is wrong input.
    CHECK(Empirical(std::vector<double>{3}).variance() == 0);
    CHECK_THROWS_AS(Empirical(std::vector<double>{}), core::InputError);
    CHECK_THROWS_AS(Empirical(std::vector<double>{1, NAN}), core::InputError);
}
