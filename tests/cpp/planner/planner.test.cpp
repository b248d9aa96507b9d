// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include <doctest/doctest.h>

#include <meio/planner/planner.hpp>
#include <reference/planner/enumerate.hpp>
#include <reference/planner/fixtures.hpp>
#include <reference/planner/random_network.hpp>

using namespace meio;
using namespace meio::planner;

namespace {

reference::RandomProblem limited_problem(std::uint64_t seed) {
    auto p = reference::random_problem(seed, 2 + seed % 19, seed % 2 == 0, seed % 3 == 0);
    core::RandomStream draw(seed, 78);
    const double products = static_cast<double>(p.network.products.size());
    const double backorders_need_room = seed % 3 == 0 ? 10.0 : 1.0;
    reference::limit(p.network, products * (0.3 + 0.9 * draw.uniform()),
                     backorders_need_room * products * (0.8 + 1.6 * draw.uniform()));
    if (seed % 5 == 0) p.network.speeds[0].fill_rate = 0.8;
    return p;
}

PlannerOptions options_for(std::uint64_t seed) {
    PlannerOptions options;
    options.item_model = (seed / 2) % 2 == 0 ? ItemModelKind::independent : ItemModelKind::echelon;
    options.solve.threads = 1;
    options.solve.gap = 1e-3;
    options.solve.max_passes = 120;
    return options;
}

// Expected on hand and short of a single facility, summed from the probabilities.
void brute_position(const Node& node, double level, double& on_hand, double& unmet) {
    const auto pmf = reference::count_pmf(node.mean, node.variance, 400);
    on_hand = unmet = 0;
    for (std::size_t d = 0; d < pmf.size(); ++d) {
        const double left = level - static_cast<double>(d);
        (left > 0 ? on_hand : unmet) += pmf[d] * std::abs(left);
    }
}

}  // namespace

TEST_CASE("random small networks: choices equal enumeration") {
    // At random prices the chosen option's priced cost and levels equal those found by trying every option and level.
    int trees = 0;
    int singles = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const auto p = limited_problem(seed);
        BuildOptions build;
        build.item_model = options_for(seed).item_model;
        const BuiltInstance built = build_instance(p.network, p.forecast, build);
        core::RandomStream draw(seed, 79);
        std::vector<double> prices(built.instance.resources.size());
        for (std::size_t m = 0; m < prices.size(); ++m) {
            // Storage above customers stays cheapest, so that stock is never pushed down without need (see enumerate.hpp).
            const Resource& resource = built.instance.resources[m];
            const bool centre = p.network.facilities[static_cast<std::size_t>(std::max(resource.facility, 0))].name == "centre";
            const bool stock = resource.kind == ResourceKind::storage;
            prices[m] = draw.uniform() < 0.3 || (centre && stock) ? 0.0 : (stock ? 0.5 : 3.0) * draw.uniform();
        }
        FacilityTrees model(built.instance);
        const std::size_t limit = built.instance.blocks.size() > 12 ? 12 : built.instance.blocks.size();
        for (std::size_t b = 0; b < limit; ++b) {
            const Block& block = built.instance.blocks[b];
            const Choice& choice = model.choose(block, prices);
            double least = std::numeric_limits<double>::infinity();
            std::map<int, int> level;
            for (const Option& option : built.instance.options_of(block)) {
                const reference::Enumeration all(built.instance, option, prices, -160, 160, 160);
                if (all.value < least - 1e-10) {
                    least = all.value;
                    level = all.root_level;
                }
            }
            REQUIRE(choice.priced == doctest::Approx(least).epsilon(1e-9));
            for (const auto& [node, y] : level)
                CHECK(choice.positions[static_cast<std::size_t>(node)].level == doctest::Approx(y));
            (choice.positions.size() > 1 ? trees : singles) += 1;
            // The price part of the value is the use it reports.
            const Option& option = built.instance.options_of(block)[choice.option];
            double priced = option_cost(built.instance, option, choice.positions);
            for_each_use(built.instance, option, choice.positions, [&](std::int32_t m, double amount) {
                priced += prices[static_cast<std::size_t>(m)] * amount;
            });
            CHECK(priced == doctest::Approx(choice.priced).epsilon(1e-9));
        }
    }
    CHECK(trees > 200);
    CHECK(singles > 200);
}

TEST_CASE("random small networks: bound, feasibility and prices") {
    // On every instance the bound is at most the cost, capacities recomputed from the levels hold, slack is free.
    int binding = 0;
    double worst_gap = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        const auto p = limited_problem(seed);
        const PlannerOptions options = options_for(seed);
        const Plan plan = Planner(options).solve(p.network, p.forecast);
        const Solution& s = plan.solution;
        const Instance& instance = plan.built.instance;
        if (s.status == core::Status::infeasible) {
            CHECK(!s.shortfalls.empty());
            continue;
        }
        CHECK(s.bound <= s.cost * (1 + 1e-12));
        CHECK(s.gap == doctest::Approx((s.cost - s.bound) / s.cost));
        worst_gap = std::max(worst_gap, s.gap);
        std::vector<double> usage(instance.resources.size(), 0.0);
        double cost = instance.constant;
        FacilityTrees model(instance);
        for (std::size_t b = 0; b < instance.blocks.size(); ++b) {
            const Choice& choice = model.choose(instance.blocks[b], s.plan.price_sets[s.plan.set_of_block[b]]);
            const Option& option = instance.options_of(instance.blocks[b])[choice.option];
            std::vector<Position> positions = choice.positions;
            if (positions.size() == 1)
                brute_position(instance.nodes_of(option)[0], positions[0].level, positions[0].on_hand, positions[0].unmet);
            cost += option_cost(instance, option, positions);
            for_each_use(instance, option, positions,
                         [&](std::int32_t m, double amount) { usage[static_cast<std::size_t>(m)] += amount; });
        }
        CHECK(cost == doctest::Approx(s.cost).epsilon(1e-9));
        for (std::size_t m = 0; m < usage.size(); ++m) {
            const double capacity = instance.resources[m].capacity;
            CHECK(usage[m] <= capacity + 1e-6 * std::max(1.0, capacity));
            CHECK(s.prices[m] >= 0);
            if (s.prices[m] > 0 && usage[m] > 0.9 * capacity) ++binding;
        }
    }
    MESSAGE("binding resources ", binding, ", largest gap ", worst_gap);
    CHECK(binding > 100);
}

TEST_CASE("slow movers whose holding costs the same on both floors get prices") {
    // Free shops take every unit up to the cap; room for less must be priced, not taken for a converged dual at zero.
    Instance instance = reference::shared_storage_trees(600, 1e9);
    SolveOptions options;
    options.threads = 1;
    const Solution free = solve_instance(instance, options);
    REQUIRE(free.status == core::Status::optimal);
    for (Resource& resource : instance.resources) {
        const auto m = static_cast<std::size_t>(&resource - instance.resources.data());
        resource.capacity = 0.8 * free.plan.usage[m];
    }
    const Solution tight = solve_instance(instance, options);
    CHECK(tight.status == core::Status::optimal);
    CHECK(tight.gap <= options.gap);
    for (const double price : tight.prices) CHECK(price > 0);
    CHECK(tight.bound > free.cost * (1 + 1e-4));
}
