// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <meio/core/parallel.hpp>
#include <meio/core/random.hpp>
#include <meio/planner/local_search.hpp>
#include <meio/planner/solve.hpp>

using namespace meio;
using namespace meio::planner;

namespace {

constexpr std::size_t blocks = 6;
constexpr std::uint32_t options = 4;
constexpr std::uint32_t resources = 2;

/// Blocks without stock: a multiple-choice knapsack with two capacities. Dearer options use less.
Instance knapsack(std::uint64_t seed) {
    core::RandomStream draw(seed, 0);
    Instance instance;
    for (std::size_t m = 0; m < resources; ++m)
        instance.resources.push_back({ResourceKind::outbound, static_cast<std::int32_t>(m), -1, -1, -1, 0, 8.0 + 6.0 * draw.uniform()});
    for (std::size_t b = 0; b < blocks; ++b) {
        const auto first = static_cast<std::uint32_t>(instance.options.size());
        for (std::size_t o = 0; o < options; ++o) {
            const auto use = static_cast<std::uint32_t>(instance.uses.size());
            const double much = 1.0 + static_cast<double>(o);
            for (std::int32_t m = 0; m < static_cast<std::int32_t>(resources); ++m)
                instance.uses.push_back({m, much * (0.4 + draw.uniform()), 0.0, 0.0});
            instance.options.push_back({20.0 - 3.0 * much + 4.0 * draw.uniform(), 0, 0, use, use + resources});
        }
        instance.blocks.push_back({static_cast<std::int32_t>(b), 0, 0, first, first + options});
    }
    return instance;
}

/// Least cost over every combination of options that keeps the capacities.
double enumerate(const Instance& instance) {
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t code = 0; code < 4096; ++code) {
        double cost = 0;
        std::vector<double> usage(resources, 0.0);
        std::size_t rest = code;
        for (const Block& block : instance.blocks) {
            const Option& option = instance.options_of(block)[rest % options];
            rest /= options;
            cost += option.constant;
            for (const Use& use : instance.uses_of(option)) usage[static_cast<std::size_t>(use.resource)] += use.constant;
        }
        if (violation(instance, usage) == 0 && cost < best) best = cost;
    }
    return best;
}

}  // namespace

TEST_CASE("local search: nearly the best of all combinations") {
    // From the plan at zero prices, which keeps no capacity, the search ends feasible wherever a plan is, never below the
    // cheapest of all combinations, and at it in most instances.
    int feasible = 0;
    int best = 0;
    double excess = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        CAPTURE(seed);
        const Instance instance = knapsack(seed);
        const double least = enumerate(instance);
        const auto make_model = [&instance] { return FacilityTrees(instance); };
        const ThreadExecutor executor{1};
        const std::vector<double> prices{0.5, 0.5};
        Incumbent plan = follow_prices(instance, make_model, executor, std::vector<double>(resources, 0.0));
        LocalSearch search(instance, make_model, executor);
        search.improve(plan, prices, 64, 0.0, {});
        const bool kept = violation(instance, plan.usage) == 0;
        CHECK(kept == std::isfinite(least));
        if (!kept) continue;
        ++feasible;
        CHECK(plan.cost >= least * (1 - 1e-12));
        if (plan.cost <= least * (1 + 1e-9)) ++best;
        excess += (plan.cost - least) / least;
        Incumbent again = plan;
        recompute(instance, make_model, executor, again);
        CHECK(again.cost == plan.cost);
    }
    MESSAGE("feasible ", feasible, ", best of all ", best, ", mean excess ", excess / feasible);
    CHECK(feasible > 60);
    CHECK(best > feasible * 6 / 10);
    CHECK(excess / feasible < 0.02);
}

TEST_CASE("local search: the same plan on any number of threads") {
    // Menus are drawn and filled by number, not by thread.
    const Instance instance = knapsack(7);
    const auto make_model = [&instance] { return FacilityTrees(instance); };
    const std::vector<double> prices{0.5, 0.5};
    std::vector<Incumbent> plans;
    for (const int threads : {1, 3}) {
        const ThreadExecutor executor{threads};
        plans.push_back(follow_prices(instance, make_model, executor, prices));
        LocalSearch(instance, make_model, executor).improve(plans.back(), prices, 20, 0.0, {});
    }
    CHECK(plans[0].cost == plans[1].cost);
    CHECK(plans[0].set_of_block == plans[1].set_of_block);
}

TEST_CASE("local search: a better plan for small instances") {
    // The planner, which calls it where following prices leaves a gap, plans within 3 % of the best of all combinations.
    int poor = 0;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const Instance instance = knapsack(seed);
        const double least = enumerate(instance);
        SolveOptions how;
        how.threads = 1;
        how.gap = 0;
        const Solution solution = solve_instance(instance, how);
        if (!std::isfinite(least)) continue;
        CHECK(solution.bound <= least * (1 + 1e-9));
        REQUIRE(core::is_success(solution.status));
        CHECK(solution.cost >= least * (1 - 1e-9));
        if (solution.cost > least * 1.03) ++poor;
    }
    CHECK(poor <= 3);
}
