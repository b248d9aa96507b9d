// SPDX-License-Identifier: MIT
#include <algorithm>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>
#include <meio/network/supply_tree.hpp>

using namespace meio;
using namespace meio::network;

TEST_CASE("the cheapest lane feeds a facility") {
    // Two lanes into one shop: the cheaper wins, then the shorter; suppliers are no parents.
    SupplyNetwork n;
    n.facilities = {{.name = "supplier", .supplier = true}, {.name = "centre"}, {.name = "shop"}, {.name = "island"}};
    n.lanes = {{.source = 0, .destination = 1, .lead_time = 3, .cost = 1},
               {.source = 0, .destination = 2, .lead_time = 9, .cost = 2},
               {.source = 1, .destination = 2, .lead_time = 2, .lead_time_sd = 0.5, .cost = 2}};
    const SupplyTree tree = supply_tree(n);
    CHECK(tree.feeds[1].parent == -1);
    CHECK(tree.feeds[2].parent == 1);
    CHECK(tree.feeds[2].lane == 2);
    CHECK(tree.feeds[2].lead_time_sd == 0.5);
    CHECK(tree.top_down == std::vector<std::int32_t>{1, 2});
    CHECK(tree.feeds[3].lane == -1);
}

TEST_CASE("parents come before children") {
    // On random forests of any numbering, every facility stands after the one that feeds it.
    core::RandomStream draw(1, 1);
    for (int round = 0; round < 100; ++round) {
        SupplyNetwork n;
        n.facilities.push_back({.name = "supplier", .supplier = true});
        const auto count = static_cast<std::int32_t>(2 + draw.below(30));
        std::vector<std::int32_t> order;
        for (std::int32_t i = 1; i <= count; ++i) order.push_back(i);
        for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[draw.below(i)]);
        n.facilities.resize(static_cast<std::size_t>(count) + 1);
        for (std::size_t i = 0; i < order.size(); ++i)
            n.lanes.push_back({.source = draw.uniform() < 0.2 || i == 0 ? 0 : order[draw.below(i)], .destination = order[i]});
        const SupplyTree tree = supply_tree(n);
        REQUIRE(tree.top_down.size() == order.size());
        for (std::size_t at = 0; at < tree.top_down.size(); ++at) {
            const std::int32_t parent = tree.feeds[static_cast<std::size_t>(tree.top_down[at])].parent;
            if (parent < 0) continue;
            const auto it = std::find(tree.top_down.begin(), tree.top_down.end(), parent);
            CHECK(static_cast<std::size_t>(it - tree.top_down.begin()) < at);
        }
    }
}
