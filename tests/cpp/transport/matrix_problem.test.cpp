// SPDX-License-Identifier: MIT
#include <meio/transport/matrix_problem.hpp>

#include <doctest/doctest.h>

using namespace meio;

TEST_CASE("a fresh matrix problem is empty") {
    // No nodes, no costs, no prices.
    const transport::MatrixProblem problem;
    CHECK(problem.sources == 0);
    CHECK(problem.destinations == 0);
    CHECK(problem.costs.empty());
    CHECK(problem.shortage_prices.empty());
    CHECK(problem.overflow_prices.empty());
}
