// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <vector>

#include <meio/core/random.hpp>
#include <meio/distributions/any_distribution.hpp>
#include <meio/distributions/normal.hpp>
#include <meio/distributions/poisson.hpp>

using namespace meio;
using namespace meio::distributions;

TEST_CASE("the erased type answers as the stored one") {
    // Every member, for a continuous and a discrete distribution, to the bit.
    const Poisson poisson(3.5);
    const AnyDistribution any = poisson;
    CHECK(any.is_discrete());
    CHECK(any.mean() == poisson.mean());
    CHECK(any.variance() == poisson.variance());
    for (const double x : {-1.0, 0.0, 2.5, 9.0}) {
        CHECK(any.pmf(x) == poisson.pmf(x));
        CHECK(any.cdf(x) == poisson.cdf(x));
        CHECK(any.survival(x) == poisson.survival(x));
        CHECK(any.loss(x) == poisson.loss(x));
        CHECK(any.complementary_loss(x) == poisson.complementary_loss(x));
        CHECK(any.second_order_loss(x) == poisson.second_order_loss(x));
    }
    CHECK(any.quantile(0.7) == poisson.quantile(0.7));
    core::RandomStream a(1, 2), b(1, 2);
    CHECK(any.sample(a) == poisson.sample(b));
    const AnyDistribution normal = Normal(1, 2);
    CHECK_FALSE(normal.is_discrete());
    CHECK(normal.pmf(1) == 0);
}

TEST_CASE("copies share, and the stored type can be asked for") {
    // A copy or an erased type in a vector is the same model, not a wrapper around a wrapper.
    const AnyDistribution any = Normal(1, 2);
    const std::vector<AnyDistribution> many(3, any);
    REQUIRE(many[2].target<Normal>() != nullptr);
    CHECK(many[2].target<Normal>() == any.target<Normal>());
    CHECK(any.target<Normal>()->standard_deviation() == 2);
    CHECK(any.target<Poisson>() == nullptr);
}
