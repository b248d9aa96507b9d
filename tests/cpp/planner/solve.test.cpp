// SPDX-License-Identifier: MIT
#include <atomic>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <meio/planner/solve.hpp>
#include <reference/planner/fixtures.hpp>

using namespace meio;
using namespace meio::planner;

namespace {

SolveOptions tight() {
    SolveOptions options;
    options.gap = 1e-5;
    options.threads = 1;
    options.max_passes = 300;
    return options;
}

}  // namespace

TEST_CASE("a price brackets what one more unit saves") {
    // Cost is convex in capacity: price(C) >= (cost(C) - cost(C + d)) / d >= price(C + d), within the gaps.
    const double capacity = 100, more = 5;
    Instance before = reference::shared_storage(60, capacity);
    const Solution at = solve_instance(before, tight());
    REQUIRE(at.prices[0] > 0);
    Instance after = before;
    after.resources[0].capacity += more;
    const Solution next = solve_instance(after, tight());
    const double saved = (at.bound - next.bound) / more;
    const double slack = (at.cost - at.bound + next.cost - next.bound) / more;
    CHECK(at.prices[0] >= saved - slack);
    CHECK(saved >= next.prices[0] - slack);
    CHECK(at.gap < 2e-3);
}

TEST_CASE("slack capacity is free, binding capacity is full") {
    // Complementary slackness: room left means price 0; a priced resource is used up to the gap.
    Instance instance = reference::shared_storage(80, 60);
    instance.resources[1].capacity = 1e5;
    const Solution s = solve_instance(instance, tight());
    CHECK(s.prices[1] == doctest::Approx(0).epsilon(1e-12));
    CHECK(s.prices[0] > 0);
    CHECK(s.plan.usage[0] == doctest::Approx(60).epsilon(0.01));
    CHECK(s.bound <= s.cost);
}

TEST_CASE("same bits for any number of threads") {
    // Cost, bound, prices and choices of a plan do not depend on 1, 2 or 8 threads.
    const Instance instance = reference::shared_storage(400, 500);
    SolveOptions options = tight();
    options.gap = 1e-3;
    const Solution one = solve_instance(instance, options);
    for (const int threads : {2, 8}) {
        options.threads = threads;
        const Solution more = solve_instance(instance, options);
        CHECK(more.cost == one.cost);
        CHECK(more.bound == one.bound);
        CHECK(more.prices == one.prices);
        CHECK(more.plan.set_of_block == one.plan.set_of_block);
    }
}

TEST_CASE("without resources the plan is exact in one pass") {
    // No capacity: bound equals cost, status optimal.
    Instance instance = reference::shared_storage(10, 1);
    instance.resources.clear();
    for (Node& node : instance.nodes) node.last_use = node.first_use;
    const Solution s = solve_instance(instance, tight());
    CHECK(s.status == core::Status::optimal);
    CHECK(s.bound == s.cost);
    CHECK(s.passes == 1);
}

TEST_CASE("infeasible capacity says what lacks how much") {
    // Demand that must flow through too small a capacity: status, shortfall, and adding exactly that mends it.
    Instance instance = reference::shared_storage(20, 1e6);
    double flow = 0;
    instance.resources.push_back({ResourceKind::outbound, 0, -1, -1, -1, 0, 10.0});
    std::vector<Use> uses;
    for (std::size_t b = 0; b < 20; ++b) {
        Node& node = instance.nodes[b];
        node.first_use = static_cast<std::uint32_t>(uses.size());
        uses.push_back(instance.uses[b]);
        uses.push_back({2, node.mean, 0.0, 0.0});
        node.last_use = static_cast<std::uint32_t>(uses.size());
        flow += node.mean;
    }
    instance.uses = uses;
    const Solution s = solve_instance(instance, tight());
    CHECK(s.status == core::Status::infeasible);
    REQUIRE(s.shortfalls.size() == 1);
    CHECK(s.shortfalls[0].resource == 2);
    CHECK(s.shortfalls[0].needed == doctest::Approx(flow));
    instance.resources[2].capacity = s.shortfalls[0].needed;
    CHECK(is_success(solve_instance(instance, tight()).status));
}

TEST_CASE("stops keep the best so far") {
    // A stop flag and a callback that says no end the solve as interrupted, a deadline as time_limit, with a valid bound.
    const Instance instance = reference::shared_storage(200, 200);
    std::atomic<bool> stop{true};
    core::Context context;
    context.stop = &stop;
    SolveOptions options = tight();
    options.gap = 0;
    CHECK(solve_instance(instance, options, context).status == core::Status::interrupted);
    CHECK(solve_instance(instance, options, core::Context::with_time_limit(0)).status == core::Status::time_limit);
    int calls = 0;
    core::Context polite;
    polite.callback = [&](const core::Progress&) { return ++calls < 3; };
    const Solution s = solve_instance(instance, options, polite);
    CHECK(s.status == core::Status::interrupted);
    CHECK(std::isfinite(s.bound));
    CHECK_THROWS_AS((void)solve_instance(instance, {.gap = -1}), core::InputError);
    CHECK_THROWS_AS((void)solve_instance(instance, {.initial_prices = {1.0}}), core::InputError);
}
