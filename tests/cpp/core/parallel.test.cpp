// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include <meio/core/parallel.hpp>

using namespace meio::core;

TEST_CASE("parallel_for visits each index once") {
    // For any number of threads, also more threads than work and no work at all.
    for (const int threads : {0, 1, 2, 8})
        for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
            std::vector<int> visits(n, 0);
            parallel_for(n, threads, [&](std::size_t i) { ++visits[i]; });
            for (const int count : visits) REQUIRE(count == 1);
        }
    CHECK(resolve_threads(0) >= 1);
}

TEST_CASE("the exception of the lowest failing index reaches the caller") {
    // Whatever the threads, the failure reported is the first by index.
    for (const int threads : {1, 2, 8})
        for (int round = 0; round < 20; ++round) {
            std::string seen;
            try {
                parallel_for(500, threads, [](std::size_t i) {
                    if (i == 40 || i == 41 || i == 300) throw std::runtime_error(std::to_string(i));
                });
            } catch (const std::runtime_error& error) {
                seen = error.what();
            }
            REQUIRE(seen == "40");
        }
}

TEST_CASE("a reduction has the same bits for any number of threads") {
    // Floating-point addition is not associative; the fixed tree makes the answer independent of timing.
    const auto total = [](std::size_t blocks, int threads) {
        return parallel_reduce<double>(
            blocks, threads, [](std::size_t b) { return std::sin(static_cast<double>(b) * 1e3) * std::exp(static_cast<double>(b % 40)); },
            [](double& into, double from) { into += from; });
    };
    for (const std::size_t blocks : {std::size_t{1}, std::size_t{7}, std::size_t{64}, std::size_t{1001}})
        for (const int threads : {2, 8}) REQUIRE(total(blocks, threads) == total(blocks, 1));
    CHECK(total(0, 2) == 0);
}

TEST_CASE("a compensated sum keeps what a plain sum loses") {
    // 1 + 1e100 + 1 - 1e100 is 2, and a million tenths are 1e5 to the last bit.
    CompensatedSum cancelling;
    for (const double term : {1.0, 1e100, 1.0, -1e100}) cancelling.add(term);
    CHECK(cancelling.value() == 2);
    CompensatedSum tenths;
    for (int i = 0; i < 1000000; ++i) tenths.add(0.1);
    CHECK(tenths.value() == doctest::Approx(1e5).epsilon(1e-15));
}
