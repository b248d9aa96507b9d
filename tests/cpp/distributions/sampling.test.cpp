// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <boost/math/distributions/binomial.hpp>

#include <meio/core/random.hpp>
#include <meio/distributions/gamma.hpp>
#include <meio/distributions/poisson.hpp>
#include <meio/distributions/sampling.hpp>

using namespace meio;
using namespace meio::distributions;

namespace {

/// Kolmogorov distance of n draws from a cdf on the integers around the mean, times sqrt(n): above 2 once in 3000.
template <class Draw, class Cdf>
double distance(Draw&& draw, Cdf&& cdf, double low, double high, int n = 100000) {
    core::RandomStream stream(21, 4);
    const auto cells = static_cast<std::size_t>(high - low + 2);
    std::vector<int> counts(cells, 0);
    int below = 0;
    for (int i = 0; i < n; ++i) {
        const double value = draw(stream);
        if (value < low) ++below;
        else if (value <= high) ++counts[static_cast<std::size_t>(value - low)];
    }
    double worst = 0, seen = below;
    for (std::size_t k = 0; k + 1 < cells; ++k) {
        seen += counts[k];
        worst = std::max(worst, std::abs(seen / n - cdf(low + static_cast<double>(k))));
    }
    return worst * std::sqrt(static_cast<double>(n));
}

}  // namespace

TEST_CASE("binomial draws follow the binomial distribution") {
    // Inversion and rejection, rare and common successes, against the cdf over the whole range.
    for (const auto& [n, p] : std::vector<std::pair<int, double>>{{1, 0.5}, {7, 0.9}, {40, 0.2}, {40, 0.26}, {100, 0.5}, {1000, 0.97}, {20000, 0.3}}) {
        CAPTURE(n);
        CAPTURE(p);
        const boost::math::binomial law(n, p);
        const double spread = 8 * std::sqrt(n * p * (1 - p)) + 2;
        const double low = std::floor(std::max(0.0, n * p - spread)), high = std::min<double>(n, std::floor(n * p + spread));
        CHECK(distance([&, n = n, p = p](auto& s) { return static_cast<double>(sample_binomial(s, n, p)); },
                       [&](double k) { return boost::math::cdf(law, k); }, low, high) < 2);
    }
    core::RandomStream stream(1, 1);
    CHECK(sample_binomial(stream, 0, 0.5) == 0);
    CHECK(sample_binomial(stream, 9, 0) == 0);
    CHECK(sample_binomial(stream, 9, 1) == 9);
}

TEST_CASE("Poisson draws follow the Poisson distribution") {
    // Both samplers and the change from one to the other.
    for (const double mean : {0.2, 5.0, 9.9, 10.1, 25.0, 900.0}) {
        CAPTURE(mean);
        const Poisson law(mean);
        const double spread = 8 * std::sqrt(mean) + 2;
        CHECK(distance([&](auto& s) { return static_cast<double>(sample_poisson(s, mean)); },
                       [&](double k) { return law.cdf(k); }, std::floor(std::max(0.0, mean - spread)), std::floor(mean + spread)) < 2);
    }
    core::RandomStream stream(1, 1);
    CHECK(sample_poisson(stream, 0) == 0);
}

TEST_CASE("gamma draws follow the gamma distribution") {
    // Shapes from 0.1 to 1000, binned into 200 equally likely cells.
    for (const double shape : {0.1, 0.7, 1.0, 3.0, 1000.0}) {
        CAPTURE(shape);
        const Gamma law(shape, 1);
        CHECK(distance([&](auto& s) { return std::floor(200 * law.cdf(sample_gamma(s, shape))); },
                       [](double k) { return std::min(1.0, (k + 1) / 200); }, 0, 199) < 2);
    }
}

TEST_CASE("log factorials are accurate") {
    // Table and Stirling's series against sums of logarithms, to 1e-13 relative.
    double sum = 0;
    for (int k = 1; k < 3000; ++k) {
        sum += std::log(k);
        REQUIRE(std::abs(detail::log_factorial(k) - sum) <= 1e-13 * (1 + sum));
    }
}
