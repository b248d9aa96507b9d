// SPDX-License-Identifier: MIT
#include <span>

#include <doctest/doctest.h>

#include <meio/planner/item_model.hpp>
#include <reference/planner/fixtures.hpp>

using namespace meio;
using namespace meio::planner;

TEST_CASE("usage is a supergradient of the value") {
    // The priced value at other prices never exceeds the linearisation by the reported use: what makes the bound valid.
    const Instance instance = reference::shared_storage(20, 100);
    FacilityTrees model(instance);
    core::RandomStream draw(2, 2);
    for (int round = 0; round < 200; ++round) {
        const double here[] = {draw.uniform(), draw.uniform()};
        const double there[] = {2 * draw.uniform(), 2 * draw.uniform()};
        const Block& block = instance.blocks[draw.below(20)];
        const Choice at = model.choose(block, here);
        double use[] = {0.0, 0.0};
        for_each_use(instance, instance.options_of(block)[at.option], at.positions,
                     [&](std::int32_t m, double amount) { use[m] += amount; });
        const double elsewhere = model.choose(block, there).priced;
        CHECK(elsewhere <= at.priced + use[0] * (there[0] - here[0]) + use[1] * (there[1] - here[1]) + 1e-9);
    }
}

TEST_CASE("the cheaper option wins, ties go to the first") {
    // An option without nodes costs its constant; equal constants keep the first.
    Instance instance = reference::shared_storage(1, 100);
    instance.blocks[0].last_option = 3;
    const double served = FacilityTrees(instance).choose({0, 0, 0, 0, 1}, std::vector<double>{0, 0}).priced;
    instance.options.push_back({served - 1, 1, 1, 1, 1});
    instance.options.push_back({served - 1, 1, 1, 1, 1});
    FacilityTrees model(instance);
    CHECK(model.choose(instance.blocks[0], std::vector<double>{0, 0}).option == 1);
    CHECK(model.choose(instance.blocks[0], std::vector<double>{0, 0}).positions.empty());
}

TEST_CASE("a user's own item model satisfies the concept") {
    // Anything with choose(block, prices) can plan.
    struct Fixed {
        Choice answer;
        const Choice& choose(const Block&, std::span<const double>) { return answer; }
    };
    CHECK(ItemModel<Fixed>);
    CHECK_FALSE(ItemModel<int>);
}
