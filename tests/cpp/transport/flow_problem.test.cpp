// SPDX-License-Identifier: MIT
#include <meio/transport/flow_problem.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace meio;

TEST_CASE("what is left out has its plain meaning") {
    // No bounds: 0 and +inf; no supplies: 0; no relations: exactly. What is given is read.
    const std::vector<std::int32_t> from{0, 1}, to{1, 0};
    const std::vector<double> costs{1, 2}, lower{1, -2}, upper{4, 5}, supply{3, -3};
    const std::vector<transport::Relation> relations{transport::Relation::at_most, transport::Relation::exactly};
    const transport::FlowProblem plain{2, from, to, costs, {}, {}, {}, {}};
    CHECK(plain.arcs() == 2);
    CHECK(plain.lower_bound(1) == 0);
    CHECK(plain.upper_bound(1) == std::numeric_limits<double>::infinity());
    CHECK(plain.supply_of(1) == 0);
    CHECK(!plain.may_keep(0));
    const transport::FlowProblem full{2, from, to, costs, lower, upper, supply, relations};
    CHECK(full.lower_bound(1) == -2);
    CHECK(full.upper_bound(0) == 4);
    CHECK(full.supply_of(1) == -3);
    CHECK(full.may_keep(0));
    CHECK(!full.may_keep(1));
}
