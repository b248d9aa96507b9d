// SPDX-License-Identifier: MIT
#include <meio/transport/flow_result.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace meio;

TEST_CASE("reduced costs are cost less price at the tail plus price at the head") {
    // Two arcs by hand; a fresh cut is empty.
    const std::vector<std::int32_t> from{0, 1}, to{1, 0};
    const std::vector<double> costs{4, -1};
    const transport::FlowProblem problem{2, from, to, costs, {}, {}, {}, {}};
    transport::FlowResult result;
    result.potentials = {3, 1};
    CHECK(result.reduced_costs(problem) == std::vector<double>{2, 1});
    CHECK(result.shortage.empty());
}
