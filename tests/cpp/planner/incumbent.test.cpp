// SPDX-License-Identifier: MIT
#include <vector>

#include <doctest/doctest.h>

#include <meio/planner/incumbent.hpp>
#include <reference/planner/fixtures.hpp>

using namespace meio;
using namespace meio::planner;

TEST_CASE("a plan is the sum of its blocks") {
    // Cost and usage of a mixed plan equal the block by block sum of the item model's answers.
    const Instance instance = reference::shared_storage(50, 10);
    const auto make_model = [&] { return FacilityTrees(instance); };
    Incumbent plan = follow_prices(instance, make_model, SerialExecutor{}, std::vector<double>{0.0, 0.0});
    plan.price_sets.push_back({1.0, 0.5});
    for (std::size_t b = 0; b < 50; b += 3) plan.set_of_block[b] = 1;
    recompute(instance, make_model, ThreadExecutor{2}, plan);
    FacilityTrees model(instance);
    double cost = 0;
    std::vector<double> usage(2, 0.0);
    for (std::size_t b = 0; b < 50; ++b) {
        const Choice& choice = model.choose(instance.blocks[b], plan.price_sets[plan.set_of_block[b]]);
        cost += option_cost(instance, instance.options[b], choice.positions);
        for_each_use(instance, instance.options[b], choice.positions,
                     [&](std::int32_t m, double amount) { usage[static_cast<std::size_t>(m)] += amount; });
    }
    CHECK(plan.cost == doctest::Approx(cost).epsilon(1e-12));
    CHECK(plan.usage[0] == doctest::Approx(usage[0]).epsilon(1e-12));
    CHECK(violation(instance, plan.usage) > 0);
}
