// SPDX-License-Identifier: MIT
#include <cmath>
#include <map>
#include <utility>

#include <doctest/doctest.h>

#include <meio/planner/build.hpp>
#include <reference/planner/random_network.hpp>

using namespace meio;
using namespace meio::planner;

TEST_CASE("every unit of demand is in exactly one block") {
    // Served and unserved demand of each block's first option adds up to the forecast, for both item models.
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const auto p = reference::random_problem(seed, 5, seed % 2 == 0, seed % 3 == 0, 1 + seed % 3);
        double total = 0;
        for (const double mean : p.forecast.mean) total += mean;
        for (const ItemModelKind kind : {ItemModelKind::independent, ItemModelKind::echelon}) {
            BuildOptions options;
            options.item_model = kind;
            const BuiltInstance built = build_instance(p.network, p.forecast, options);
            std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> series;
            for (std::size_t s = 0; s < p.forecast.series.size(); ++s)
                series[{p.forecast.series[s].product, p.forecast.series[s].region}] = static_cast<std::int32_t>(s);
            double found = 0;
            for (const Block& block : built.instance.blocks)
                for (std::uint32_t n = built.served_offset[block.first_option]; n < built.served_offset[block.first_option + 1]; ++n) {
                    const auto& c = built.eligibility.classes[static_cast<std::size_t>(built.served_class[n])];
                    const auto s = static_cast<std::size_t>(series.at({block.product, c.region}));
                    found += c.share * p.forecast.mean[s * p.forecast.periods + static_cast<std::size_t>(block.period)];
                }
            CHECK(found == doctest::Approx(total).epsilon(1e-9));
        }
    }
}

TEST_CASE("pools of a national demand keep its negative binomial shape") {
    // Common excess: thinning a product's demand by shares gives each pool mean s m and variance s m + s^2 (v - m).
    auto p = reference::random_problem(4, 1, false, false);
    p.forecast.correlation = demand::Correlation::common;
    const double national = 10, excess = 30;
    const double count = static_cast<double>(p.forecast.series.size());
    for (std::size_t s = 0; s < p.forecast.series.size(); ++s) {
        p.forecast.mean[s] = national / count;
        p.forecast.variance[s] = national / count + excess / (count * count);
    }
    for (auto& lane : p.network.lanes) lane.lead_time = 0;
    const BuiltInstance built = build_instance(p.network, p.forecast, {});
    for (const Block& block : built.instance.blocks) {
        const Node& node = built.instance.nodes[built.instance.options[block.first_option].first_node];
        const double share = node.mean / national;
        CHECK(node.variance == doctest::Approx(share * national + share * share * excess).epsilon(1e-9));
    }
}

TEST_CASE("lost sales may go unserved, backorders may not") {
    // Only pools whose every region loses sales have an option without stock.
    for (const bool waits : {false, true}) {
        auto p = reference::random_problem(8, 3, false, false);
        for (auto& region : p.network.regions) region.shortage = waits ? network::Shortage::backorder : network::Shortage::lost;
        const BuiltInstance built = build_instance(p.network, p.forecast, {});
        for (const Block& block : built.instance.blocks) {
            bool without_stock = false;
            for (const Option& option : built.instance.options_of(block))
                without_stock = without_stock || built.instance.nodes_of(option).empty();
            CHECK(without_stock == !waits);
        }
    }
}

TEST_CASE("resources are the finite capacities, dated rows first") {
    // A storage row for one period overrides the row for all; unlimited capacities make no resource.
    auto p = reference::random_problem(2, 2, true, false, 3);
    p.network.storage = {{.facility = 2, .storage_type = 0, .capacity = 50}, {.facility = 2, .storage_type = 0, .period = 1, .capacity = 20}};
    p.network.facilities[3].outbound = 7;
    p.network.speeds[0].fill_rate = 0.9;
    const BuiltInstance built = build_instance(p.network, p.forecast, {});
    REQUIRE(built.instance.resources.size() == 9);
    double capacity[3] = {};
    for (const Resource& r : built.instance.resources)
        if (r.kind == ResourceKind::storage) capacity[r.period] = r.capacity;
    CHECK(capacity[0] == 50);
    CHECK(capacity[1] == 20);
    CHECK(capacity[2] == 50);
}

TEST_CASE("regions of a facility wait for the same deliveries") {
    // A random lead time adds its variance times the squared rate of the whole pool, not region by region.
    auto p = reference::random_problem(4, 1, false, false);
    p.forecast.correlation = demand::Correlation::independent;
    p.forecast.mean.assign(p.forecast.series.size(), 5.0);
    p.forecast.variance = p.forecast.mean;
    for (auto& lane : p.network.lanes) {
        lane.lead_time = 2;
        lane.lead_time_sd = 0.8;
    }
    const BuiltInstance built = build_instance(p.network, p.forecast, {});
    for (const Block& block : built.instance.blocks) {
        const Node& node = built.instance.nodes[built.instance.options[block.first_option].first_node];
        const double rate = node.mean / 3;
        CHECK(node.variance == doctest::Approx(node.mean + 0.64 * rate * rate).epsilon(1e-9));
    }
}
