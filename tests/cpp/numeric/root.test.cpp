// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <meio/numeric/root.hpp>

using namespace meio;
using namespace meio::numeric;

TEST_CASE("Brent's method finds roots to full precision in few evaluations") {
    // A cubic, an exponential, a steep step and a flat root; superlinear on the smooth ones.
    const Root cubic = find_root([](double x) { return x * x * x - 2; }, 0, 2);
    CHECK(cubic.status == core::Status::optimal);
    CHECK(std::abs(cubic.x - std::cbrt(2.0)) < 1e-15);
    CHECK(cubic.evaluations <= 12);
    const Root steep = find_root([](double x) { return std::exp(50 * x) - 3; }, -10, 10);
    CHECK(std::abs(steep.x - std::log(3.0) / 50) < 1e-16);
    const Root step = find_root([](double x) { return x < 0.3 ? -1.0 : 1.0; }, 0, 1);
    CHECK(std::abs(step.x - 0.3) < 1e-15);
    const Root flat = find_root([](double x) { return std::pow(x - 1, 9); }, -1, 4, 1e-3);
    CHECK(std::abs(flat.x - 1) < 1e-2);
    CHECK(find_root([](double x) { return x; }, 0, 1).x == 0);
}

TEST_CASE("what cannot be solved is a status") {
    // No sign change, not a number, and too few evaluations are told apart.
    CHECK(find_root([](double x) { return x * x + 1; }, -1, 1).status == core::Status::infeasible);
    CHECK(find_root([](double x) { return std::sqrt(x); }, -1, 1).status == core::Status::numerical_error);
    CHECK(find_root([](double x) { return std::exp(x) - 3; }, 0, 100, 0, 5).status == core::Status::iteration_limit);
    const auto square = [](double x) { return std::pair{x * x + 1, 2 * x}; };
    CHECK(find_root_newton(square, -1, 1, 0).status == core::Status::infeasible);
}

TEST_CASE("Newton's method stays in its bracket") {
    // A start from which plain Newton diverges still converges; a good start is quadratic.
    const auto arctangent = [](double x) { return std::pair{std::atan(x - 1), 1 / (1 + (x - 1) * (x - 1))}; };
    const Root far = find_root_newton(arctangent, -20, 30, 25);
    CHECK(far.status == core::Status::optimal);
    CHECK(std::abs(far.x - 1) < 1e-15);
    const auto cubic = [](double x) { return std::pair{x * x * x - 2, 3 * x * x}; };
    CHECK(find_root_newton(cubic, 0, 2, 1.2).evaluations <= 9);
    const auto falling = [](double x) { return std::pair{2 - x * x * x, -3 * x * x}; };
    CHECK(std::abs(find_root_newton(falling, 0, 2, 0.1).x - std::cbrt(2.0)) < 1e-15);
}

TEST_CASE("the integer search finds the first true") {
    // From any guess, with logarithmically many calls, and the end where there is none.
    for (const std::int64_t answer : {-7, 0, 1, 99, 100000})
        for (const std::int64_t guess : {-100, 0, 3, 98, 101, 1000000}) {
            int calls = 0;
            const auto found = first_integer([&](std::int64_t k) { ++calls; return k >= answer; }, -7, guess);
            REQUIRE(found == answer);
            REQUIRE(calls < 60);
        }
    CHECK(first_integer([](std::int64_t) { return false; }, 0, 5, 1000) == 1000);
    CHECK(first_integer([](std::int64_t) { return true; }, 3, 500) == 3);
}
