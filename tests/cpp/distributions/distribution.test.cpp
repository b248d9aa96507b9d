// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>

#include <meio/core/random.hpp>
#include <meio/distributions/any_distribution.hpp>
#include <meio/distributions/distribution.hpp>
#include <meio/distributions/mixture.hpp>

namespace {

/// A user's own type: demand uniform on [0, width].
struct Uniform {
    double width;
    [[nodiscard]] static bool is_discrete() { return false; }
    [[nodiscard]] double mean() const { return width / 2; }
    [[nodiscard]] double variance() const { return width * width / 12; }
    [[nodiscard]] double cdf(double x) const { return std::clamp(x / width, 0.0, 1.0); }
    [[nodiscard]] double survival(double x) const { return 1 - cdf(x); }
    [[nodiscard]] double quantile(double p) const { return p * width; }
    [[nodiscard]] double loss(double x) const { return x < 0 ? mean() - x : x > width ? 0 : (width - x) * (width - x) / (2 * width); }
    [[nodiscard]] double complementary_loss(double x) const { return loss(x) + x - mean(); }
    [[nodiscard]] double second_order_loss(double x) const {
        return x < 0 ? 0.5 * (variance() + (mean() - x) * (mean() - x))
                     : x > width ? 0 : (width - x) * (width - x) * (width - x) / (6 * width);
    }
    [[nodiscard]] double sample(meio::core::RandomStream& stream) const { return width * stream.uniform(); }
};

struct NoLoss {
    double mean() const { return 0; }
};

}  // namespace

using namespace meio::distributions;

TEST_CASE("a user's own type is a distribution like any other") {
    // It satisfies the concept, can be erased, and be part of a mixture; a type that lacks members does not.
    static_assert(Distribution<Uniform>);
    static_assert(!DiscreteDistribution<Uniform>);
    static_assert(!Distribution<NoLoss>);
    const Mixture demand({0.5, 0.5}, {Uniform{10}, Uniform{20}});
    CHECK(demand.mean() == doctest::Approx(7.5));
    CHECK(demand.loss(10) == doctest::Approx(0.5 * 100.0 / 40));
    CHECK(demand.quantile(0.75) == doctest::Approx(10));
}
