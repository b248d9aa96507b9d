// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include <meio/simulation/estimate.hpp>

using namespace meio::simulation;

TEST_CASE("Student quantiles are those of the tables") {
    // Two-sided 95 and 99 percent points for 1, 2, 5, 30 and 1000 degrees of freedom.
    CHECK(student_quantile(0.95, 1) == doctest::Approx(12.706204736174694).epsilon(1e-12));
    CHECK(student_quantile(0.95, 2) == doctest::Approx(4.302652729749462).epsilon(1e-12));
    CHECK(student_quantile(0.95, 5) == doctest::Approx(2.570581835636314).epsilon(1e-12));
    CHECK(student_quantile(0.95, 30) == doctest::Approx(2.0422724563012373).epsilon(1e-12));
    CHECK(student_quantile(0.99, 30) == doctest::Approx(2.7499956535672277).epsilon(1e-12));
    CHECK(student_quantile(0.95, 1000) == doctest::Approx(1.9623390808264078).epsilon(1e-11));
    CHECK(student_quantile(0.95, 5000000) == doctest::Approx(1.96).epsilon(2e-4));
}

TEST_CASE("an estimate is mean, deviation and interval by hand") {
    // 1, 2, 3, 6: mean 3, variance 14/3; missing values are left out; one value has no interval.
    const std::vector<double> values{1, 2, std::numeric_limits<double>::quiet_NaN(), 3, 6};
    const auto seen = estimate(values);
    CHECK(seen.runs == 4);
    CHECK(seen.mean == 3.0);
    CHECK(seen.sd == doctest::Approx(std::sqrt(14.0 / 3.0)));
    CHECK(seen.half_width == doctest::Approx(3.182446305284263 * std::sqrt(14.0 / 3.0) / 2.0));
    CHECK(std::isinf(estimate(std::vector<double>{4.0}).half_width));
    CHECK(std::isnan(estimate(std::vector<double>{}).mean));
    const std::vector<double> base{1, 1, 1};
    const auto difference = paired_difference(std::vector<double>{2, 2, 2}, base);
    CHECK(difference.mean == 1.0);
    CHECK(difference.half_width == 0.0);
}
