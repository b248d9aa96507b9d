// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include <meio/numeric/normal.hpp>

using namespace meio::numeric;

namespace {

double relative(double found, double expected) { return std::abs(found / expected - 1); }

struct Fact {
    double z, survival, loss, second;
};

// mpmath, 50 digits; see tests/data/distributions/make_reference.py for the formulas.
const std::vector<Fact> facts{
    {-37.0, 1.0, 37.0, 685.0},
    {-8.0, 0.999999999999999378, 8.00000000000000008, 32.5},
    {-3.0, 0.998650101968369905, 3.00038215431704772, 4.99989828245975654},
    {-1.0, 0.841344746068542949, 1.0833154705876863, 0.962330108328114623},
    {-0.125, 0.549738224830112893, 0.464554965048513596, 0.303903797730588546},
    {0.0, 0.5, 0.398942280401432678, 0.25},
    {0.5, 0.308537538725986896, 0.19779655740130603, 0.104819630012666941},
    {1.0, 0.158655253931457051, 0.0833154705876862984, 0.0376698916718853765},
    {1.75, 0.0400591568638170904, 0.0161737943148316062, 0.00587750840643088979},
    {2.5, 0.00620966532577613517, 0.00200413717912819944, 0.000599661188977818278},
    {2.875, 0.00202013748994600168, 0.000590225027128801327, 0.000161620268475348933},
    {3.0, 0.00134989803163009453, 0.000382154317047723596, 0.00010171754024346187},
    {3.125, 0.000889025299108432059, 0.000244053975484905911, 0.0000631783128590505433},
    {4.0, 0.0000316712418331199213, 7.14525843240566676e-6, 1.54510405174862711e-6},
    {6.0, 9.86587645037698141e-10, 1.56356979597096643e-10, 2.4222883727559142e-11},
    {8.0, 6.22096057427178412e-16, 7.55026241194649891e-17, 9.03753223572924963e-18},
    {12.0, 1.776482112077679e-33, 1.46052011698455478e-34, 1.19289858481066308e-35},
    {20.0, 2.7536241186062337e-89, 1.37001249472957994e-90, 6.79956457353690439e-92},
    {30.0, 4.90671392714818706e-198, 1.63195673409140119e-199, 5.42186243699174574e-201},
    {37.0, 5.72557122252457682e-300, 1.54519919051220246e-301, 4.1671088147138617e-303},
};

}  // namespace

TEST_CASE("normal kernels match 50-digit values into both tails") {
    // Survival, loss and second-order loss to a relative 1e-12 from z = -37 to 37.
    for (const Fact& fact : facts) {
        CAPTURE(fact.z);
        CHECK(relative(normal_survival(fact.z), fact.survival) < 1e-12);
        CHECK(relative(normal_cdf(-fact.z), fact.survival) < 1e-12);
        CHECK(relative(normal_loss(fact.z), fact.loss) < 1e-12);
        CHECK(relative(normal_complementary_loss(-fact.z), fact.loss) < 1e-12);
        CHECK(relative(normal_second_order_loss(fact.z), fact.second) < 1e-12);
    }
}

TEST_CASE("the quantile inverts the distribution function") {
    // Round trips to 1e-14 in z wherever the probability keeps the digits, and the ends of [0, 1].
    for (double z = -37; z <= 0; z += 0.0625) CHECK(std::abs(normal_quantile(normal_cdf(z)) - z) <= 2e-14 * (1 + std::abs(z)));
    CHECK(relative(normal_quantile(0.975), 1.9599639845400542355) < 1e-15);
    CHECK(normal_quantile(0.5) == 0);
    CHECK(normal_quantile(0) == -std::numeric_limits<double>::infinity());
    CHECK(normal_quantile(1) == std::numeric_limits<double>::infinity());
    CHECK(std::isnan(normal_quantile(-0.1)));
    CHECK(std::isnan(normal_quantile(1.1)));
}

TEST_CASE("the closed form and the continued fraction meet") {
    // Loss functions have no step where one formula takes over from the other.
    const double at = detail::normal_tail_start, next = std::nextafter(at, 4.0);
    CHECK(relative(normal_loss(next), normal_loss(at)) < 1e-13);
    CHECK(relative(normal_second_order_loss(next), normal_second_order_loss(at)) < 1e-12);
}

TEST_CASE("span versions equal the scalar ones") {
    // Entry by entry, also in place.
    std::vector<double> z{-2, 0, 1.5, 9}, out(4);
    normal_loss(std::span<const double>(z), std::span<double>(out));
    for (std::size_t i = 0; i < 4; ++i) CHECK(out[i] == normal_loss(z[i]));
    normal_cdf(std::span<const double>(z), std::span<double>(out));
    for (std::size_t i = 0; i < 4; ++i) CHECK(out[i] == normal_cdf(z[i]));
    normal_survival(std::span<const double>(z), std::span<double>(out));
    for (std::size_t i = 0; i < 4; ++i) CHECK(out[i] == normal_survival(z[i]));
    normal_second_order_loss(std::span<const double>(z), std::span<double>(out));
    for (std::size_t i = 0; i < 4; ++i) CHECK(out[i] == normal_second_order_loss(z[i]));
    std::vector<double> p{0.1, 0.5, 0.9};
    const std::vector<double> before = p;
    normal_quantile(std::span<const double>(p), std::span<double>(p));
    for (std::size_t i = 0; i < 3; ++i) CHECK(p[i] == normal_quantile(before[i]));
}
