// SPDX-License-Identifier: MIT
#include <array>
#include <cmath>
#include <cstdint>

#include <doctest/doctest.h>

#include <meio/demand/thinning.hpp>

using namespace meio;

TEST_CASE("thinned counts have the moments of the formula") {
    // Negative binomial counts split in three: means and variances of each class within four standard errors.
    core::RandomStream draw(5, 5);
    const std::array<double, 3> shares{0.5, 0.2, 0.1};
    const int runs = 40000;
    std::array<double, 3> mean{}, square{};
    for (int n = 0; n < runs; ++n) {
        const double rate = 6.0 * distributions::sample_gamma(draw, 2.0) / 2.0;
        std::array<std::int64_t, 3> out{};
        const std::int64_t count = distributions::sample_poisson(draw, rate);
        demand::thin(draw, count, shares, out);
        CHECK(out[0] + out[1] + out[2] <= count);
        for (std::size_t c = 0; c < 3; ++c) {
            mean[c] += static_cast<double>(out[c]) / runs;
            square[c] += static_cast<double>(out[c] * out[c]) / runs;
        }
    }
    for (std::size_t c = 0; c < 3; ++c) {
        const demand::Moments exact = demand::thinned({6.0, 6.0 + 18.0}, shares[c]);
        CHECK(std::abs(mean[c] - exact.mean) < 4 * std::sqrt(exact.variance / runs));
        CHECK(square[c] - mean[c] * mean[c] == doctest::Approx(exact.variance).epsilon(0.06));
    }
}

TEST_CASE("shares that add up to one lose no unit") {
    // With shares 1/3 three times every unit finds a class, for any count.
    core::RandomStream draw(6, 6);
    const std::array<double, 3> thirds{1.0 / 3, 1.0 / 3, 1.0 / 3};
    for (std::int64_t count = 0; count < 300; ++count) {
        std::array<std::int64_t, 3> out{};
        demand::thin(draw, count, thirds, out);
        CHECK(out[0] + out[1] + out[2] == count);
    }
}
