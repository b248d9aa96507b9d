// SPDX-License-Identifier: MIT
#include <vector>

#include <doctest/doctest.h>

#include <meio/planner/repair.hpp>
#include <reference/planner/fixtures.hpp>

using namespace meio;
using namespace meio::planner;

TEST_CASE("repair makes a plan feasible and improve never spoils it") {
    // From free prices, far over capacity, to a plan that fits; improving lowers cost and keeps every capacity.
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const Instance instance = reference::shared_storage(30, 30, seed);
        const auto make_model = [&] { return FacilityTrees(instance); };
        const ThreadExecutor executor{1};
        Incumbent plan = follow_prices(instance, make_model, executor, std::vector<double>{0.0, 0.0});
        REQUIRE(violation(instance, plan.usage) > 0);
        Repair repair(instance, make_model, executor);
        REQUIRE(repair.make_feasible(plan, {}));
        CHECK(violation(instance, plan.usage) == 0);
        const double before = plan.cost;
        repair.improve(plan, 0.0, {});
        CHECK(plan.cost <= before + 1e-9);
        CHECK(violation(instance, plan.usage) == 0);
        const Incumbent again = [&] {
            Incumbent copy = plan;
            recompute(instance, make_model, executor, copy);
            return copy;
        }();
        CHECK(again.cost == plan.cost);
    }
}
