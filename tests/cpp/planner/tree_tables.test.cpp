// SPDX-License-Identifier: MIT
#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include <meio/planner/item_model.hpp>
#include <meio/planner/planner.hpp>
#include <meio/planner/tree_tables.hpp>
#include <reference/planner/fixtures.hpp>
#include <reference/planner/random_network.hpp>

using namespace meio;
using namespace meio::planner;

namespace {

// Trees of every demand family, on fine and on coarse lattices.
Instance mixed_trees() {
    Instance instance = reference::shared_storage_trees(60, 0.0);
    const demand::Family families[] = {demand::Family::count, demand::Family::normal, demand::Family::gamma};
    for (std::size_t b = 0; b < instance.blocks.size(); ++b)
        for (std::size_t j = 0; j < 3; ++j) {
            Node& node = instance.nodes[3 * b + j];
            node.family = families[b % 3];
            if (b % 2 == 1) node.mean *= 400, node.variance *= 3000;
        }
    return instance;
}

}  // namespace

TEST_CASE("kept tables change no bit and respect the budget") {
    // Without tables, with room for some and with room for all, choices at random prices are equal to the last bit.
    const Instance instance = mixed_trees();
    const std::size_t all = TreeTables(instance, 256, std::size_t{1} << 30).bytes();
    CHECK(all > 0);
    for (const std::size_t budget : {std::size_t{0}, all / 3, std::size_t{1} << 30}) {
        CAPTURE(budget);
        const auto tables = std::make_shared<const TreeTables>(instance, 256, budget);
        CHECK(tables->bytes() <= budget);
        CHECK(tables->bytes() == TreeTables(instance, 256, budget, 1).bytes());
        std::size_t kept = 0;
        for (std::size_t o = 0; o < instance.options.size(); ++o) kept += tables->of(o).empty() ? 0 : 1;
        CHECK((kept == 0) == (budget == 0));
        CHECK((kept == instance.options.size()) == (budget > all));
        FacilityTrees with(instance, tables);
        FacilityTrees without(instance, 256);
        core::RandomStream draw(7, 1);
        for (int round = 0; round < 5; ++round) {
            const std::vector<double> prices = {draw.uniform(), 0.3 * round * draw.uniform()};
            for (const Block& block : instance.blocks) {
                const Choice& x = with.choose(block, prices);
                const Choice& y = without.choose(block, prices);
                REQUIRE(x.priced == y.priced);
                REQUIRE(x.positions.size() == y.positions.size());
                for (std::size_t j = 0; j < x.positions.size(); ++j) {
                    CHECK(x.positions[j].level == y.positions[j].level);
                    CHECK(x.positions[j].on_hand == y.positions[j].on_hand);
                    CHECK(x.positions[j].unmet == y.positions[j].unmet);
                    CHECK(x.positions[j].density == y.positions[j].density);
                }
            }
        }
    }
}

TEST_CASE("options of one facility keep no table") {
    // The closed form needs none, so that the independent model pays nothing.
    const Instance instance = reference::shared_storage(20, 100);
    const TreeTables tables(instance, 2048, std::size_t{1} << 30);
    CHECK(tables.bytes() == 0);
    CHECK(tables.of(3).empty());
}

TEST_CASE("plans have the same bits for any budget and number of threads") {
    // Cost, bound, prices and passes of an echelon plan do not depend on how it was computed.
    auto p = reference::random_problem(11, 40, true, false);
    reference::limit(p.network, 28, 60);
    PlannerOptions options;
    options.item_model = ItemModelKind::echelon;
    options.solve.threads = 1;
    const Plan first = Planner(options).solve(p.network, p.forecast);
    for (const int threads : {1, 2, 8})
        for (const std::size_t bytes : {std::size_t{0}, std::size_t{40000}, std::size_t{1} << 29}) {
            options.solve.threads = threads;
            options.table_bytes = bytes;
            const Plan plan = Planner(options).solve(p.network, p.forecast);
            CHECK(plan.solution.cost == first.solution.cost);
            CHECK(plan.solution.bound == first.solution.bound);
            CHECK(plan.solution.prices == first.solution.prices);
            CHECK(plan.solution.passes == first.solution.passes);
        }
}
