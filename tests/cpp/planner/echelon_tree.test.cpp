// SPDX-License-Identifier: MIT
#include <vector>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>
#include <meio/planner/echelon_tree.hpp>
#include <meio/planner/item_model.hpp>
#include <reference/planner/enumerate.hpp>

using namespace meio;
using namespace meio::planner;

TEST_CASE("serial system of the textbook") {
    // Snyder and Shen, Fundamentals of Supply Chain Theory, Example 6.1: one product on a line equals Clark and Scarf.
    Instance instance;
    instance.blocks.push_back({0, 0, 0, 0, 1});
    // Echelon holding 3, 2, 2 (downstream first) is local holding 7, 4, 2; in transit 5 x 1 x 4 + 5 x 1 x 2 = 30.
    instance.options.push_back({30.0, 0, 3, 0, 0});
    const auto normal = demand::Family::normal;
    instance.nodes = {{0, -1, normal, 10, 2, 2, 0, 0, 0}, {1, 0, normal, 5, 1, 4, 0, 0, 0}, {2, 1, normal, 5, 1, 7, 37.12, 0, 0}};
    FacilityTrees model(instance, 60000);
    const Choice& choice = model.choose(instance.blocks[0], {});
    CHECK(choice.priced == doctest::Approx(47.6601496).epsilon(2e-8));
    CHECK(option_cost(instance, instance.options[0], choice.positions) == doctest::Approx(47.6601496).epsilon(2e-8));
    CHECK(choice.positions[0].level == doctest::Approx(22.70).epsilon(1e-3));
    CHECK(choice.positions[2].level == doctest::Approx(6.49).epsilon(1e-3));

    // The default resolution costs at most 2e-5 of the optimum: levels are rounded to the lattice.
    FacilityTrees coarse(instance);
    CHECK(coarse.choose(instance.blocks[0], {}).priced == doctest::Approx(47.6601496).epsilon(2e-5));
}

TEST_CASE("random trees equal enumeration") {
    // Two- and three-level trees with Poisson and negative binomial demand: value, cost of its levels, root level.
    core::RandomStream draw(1, 2);
    for (int round = 0; round < 60; ++round) {
        CAPTURE(round);
        Instance instance;
        instance.blocks.push_back({0, 0, 0, 0, 1});
        const auto variance = [&](double mean) { return draw.uniform() < 0.5 ? mean : mean * (1 + 2 * draw.uniform()); };
        const auto counts = demand::Family::count;
        const double at_root = 4 * draw.uniform();
        instance.nodes.push_back({0, -1, counts, at_root, variance(at_root), 3 * draw.uniform(), 0, 0, 0});
        const bool three = draw.uniform() < 0.5;
        if (three) {
            const double mean = 3 * draw.uniform();
            instance.nodes.push_back({1, 0, counts, mean, variance(mean), instance.nodes[0].holding + draw.uniform(), 0, 0, 0});
        }
        const auto leaves = 1 + static_cast<std::int32_t>(draw.below(3));
        for (std::int32_t i = 0; i < leaves; ++i) {
            const double mean = 0.1 + 4 * draw.uniform();
            const std::int32_t parent = three && (i == 0 || draw.uniform() < 0.5) ? 1 : 0;
            instance.nodes.push_back({2 + i, parent, counts, mean, variance(mean), 4 * draw.uniform(), 3 + 20 * draw.uniform(), 0, 0});
        }
        instance.options.push_back({0.0, 0, static_cast<std::uint32_t>(instance.nodes.size()), 0, 0});
        FacilityTrees model(instance);
        const Choice& choice = model.choose(instance.blocks[0], {});
        const reference::Enumeration all(instance, instance.options[0], {});
        CHECK(choice.priced == doctest::Approx(all.value).epsilon(1e-9));
        CHECK(option_cost(instance, instance.options[0], choice.positions) == doctest::Approx(all.value).epsilon(1e-9));
        if (choice.positions.size() > 1)
            CHECK(all.root_cost(0, static_cast<int>(choice.positions[0].level)) == doctest::Approx(all.value).epsilon(1e-9));
    }
}
