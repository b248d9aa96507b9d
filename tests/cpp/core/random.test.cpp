// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <meio/core/random.hpp>

using namespace meio::core;

TEST_CASE("Philox4x32-10 gives the published vectors") {
    // The known answers of Random123 (kat_vectors): zero, all ones, and the digits of pi.
    using Block = std::array<std::uint32_t, 4>;
    CHECK(philox({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    constexpr std::uint32_t ones = 0xffffffff;
    CHECK(philox({ones, ones, ones, ones}, {ones, ones}) == Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a stream is a function of its name") {
    // Same name, same draws; a change of seed, a or b changes them; streams satisfy the standard's generator concept.
    static_assert(std::uniform_random_bit_generator<RandomStream>);
    const auto draws = [](RandomStream stream) {
        std::vector<std::uint32_t> values;
        for (int i = 0; i < 9; ++i) values.push_back(stream());
        return values;
    };
    const auto base = draws(RandomStream(7, 1, 2));
    CHECK(base == draws(RandomStream(7, 1, 2)));
    CHECK(base != draws(RandomStream(8, 1, 2)));
    CHECK(base != draws(RandomStream(7, 2, 2)));
    CHECK(base != draws(RandomStream(7, 2, 1)));
    CHECK(base != draws(RandomStream(7, 1, std::uint64_t{2} << 32)));
}

TEST_CASE("uniforms fill the unit interval evenly") {
    // Never 0 or 1; mean, variance and 64 cells agree with the uniform within 5 standard errors.
    RandomStream stream(1, 2);
    const int n = 200000;
    double sum = 0, squares = 0;
    std::array<int, 64> cells{};
    for (int i = 0; i < n; ++i) {
        const double u = stream.uniform();
        REQUIRE(u > 0);
        REQUIRE(u < 1);
        sum += u;
        squares += u * u;
        ++cells[static_cast<std::size_t>(u * 64)];
    }
    CHECK(std::abs(sum / n - 0.5) < 5 * std::sqrt(1.0 / 12 / n));
    CHECK(std::abs(squares / n - 1.0 / 3) < 5 * std::sqrt(4.0 / 45 / n));
    double chi = 0;
    for (const int count : cells) chi += std::pow(count - n / 64.0, 2) / (n / 64.0);
    CHECK(std::abs(chi - 63) < 5 * std::sqrt(2.0 * 63));
}

TEST_CASE("neighbouring streams are uncorrelated") {
    // The first draws of streams with consecutive names correlate neither along a, along b nor with the second draw.
    const int n = 50000;
    double along_a = 0, along_b = 0, within = 0;
    for (int i = 0; i < n; ++i) {
        const auto k = static_cast<std::uint64_t>(i);
        RandomStream here(3, k, 0), next(3, k + 1, 0), side(3, k, 1);
        const double u = here.uniform() - 0.5;
        along_a += u * (next.uniform() - 0.5);
        along_b += u * (side.uniform() - 0.5);
        within += u * (here.uniform() - 0.5);
    }
    const double five_errors = 5.0 / 12 * std::sqrt(static_cast<double>(n));
    CHECK(std::abs(along_a) < five_errors);
    CHECK(std::abs(along_b) < five_errors);
    CHECK(std::abs(within) < five_errors);
}

TEST_CASE("exponential, normal and integer draws have their moments") {
    // Means and variances within 5 standard errors; integers stay below n and reach both ends.
    RandomStream stream(5, 6);
    const int n = 200000;
    double exponential = 0, normal = 0, square = 0, fourth = 0;
    std::array<int, 7> seen{};
    for (int i = 0; i < n; ++i) {
        exponential += stream.exponential();
        const double z = stream.normal();
        normal += z;
        square += z * z;
        fourth += z * z * z * z;
        ++seen[stream.below(7)];
    }
    const double root = std::sqrt(static_cast<double>(n));
    CHECK(std::abs(exponential / n - 1) < 5 / root);
    CHECK(std::abs(normal / n) < 5 / root);
    CHECK(std::abs(square / n - 1) < 5 * std::sqrt(2.0) / root);
    CHECK(std::abs(fourth / n - 3) < 5 * std::sqrt(96.0) / root);
    for (const int count : seen) CHECK(std::abs(count - n / 7.0) < 5 * std::sqrt(n * 6.0 / 49));
}
