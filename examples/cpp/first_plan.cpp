// SPDX-License-Identifier: MIT
// A first plan: two products, two facilities that share a supplier, and a shelf that is too small for both products.
// Prints what to keep where, what room and flow are worth, and how far from the best the plan can be.
#include <cstddef>
#include <cstdio>
#include <string>

#include <meio/demand/forecast.hpp>
#include <meio/network/builder.hpp>
#include <meio/planner/planner.hpp>

using namespace meio;

namespace {

network::SupplyNetwork make_network() {
    return network::Builder{}
        .add(network::Facility{.name = "port", .supplier = true})
        .add(network::Facility{.name = "RNO1", .storage_cost = 0.02})
        .add(network::Facility{.name = "IND1", .storage_cost = 0.02})
        .add(network::StorageSpec{.facility = "RNO1", .capacity = 25})  // in the unit of the products' volumes
        .add(network::LaneSpec{.from = "port", .to = "RNO1", .lead_time = 2, .cost = 0.4})
        .add(network::LaneSpec{.from = "port", .to = "IND1", .lead_time = 3, .cost = 0.7})
        .add(network::Region{.name = "West"})
        .add(network::Region{.name = "East"})
        .add(network::Speed{.name = "one_day"})
        .add(network::ServiceSpec{.region = "West", .speed = "one_day", .facility = "RNO1", .cost = 3.1})
        .add(network::ServiceSpec{.region = "West", .speed = "one_day", .facility = "IND1", .cost = 5.2})
        .add(network::ServiceSpec{.region = "East", .speed = "one_day", .facility = "IND1", .cost = 3.3})
        .add(network::ProductSpec{.name = "kettle", .volume = 1.0, .holding_cost = 0.1, .shortage_cost = 25})
        .add(network::ProductSpec{.name = "stove", .volume = 4.0, .holding_cost = 0.4, .shortage_cost = 70})
        .build();
}

// Mean and variance of a period's demand, for every product in every region; ids count as they were added.
demand::Forecast make_forecast() {
    demand::Forecast forecast;
    forecast.series = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    forecast.mean = {30, 20, 4, 3};
    forecast.variance = {45, 30, 6, 3};
    return forecast;
}

const char* kind_of(const planner::Resource& resource) {
    switch (resource.kind) {
        case planner::ResourceKind::storage: return "storage";
        case planner::ResourceKind::inbound: return "inbound";
        case planner::ResourceKind::outbound: return "outbound";
        case planner::ResourceKind::lane: return "lane";
        default: return "service";
    }
}

}  // namespace

int main() {
    const network::SupplyNetwork network = make_network();
    const planner::Plan plan = planner::Planner().solve(network, make_forecast());
    const planner::Solution& solution = plan.solution;

    std::printf("%s: cost %.2f a period; no plan of this model costs less than %.2f (gap %.2f %%)\n\n",
                std::string(core::to_string(solution.status)).c_str(), solution.cost, solution.bound, 100 * solution.gap);

    std::printf("%-8s %-6s %16s %16s\n", "product", "at", "order up to", "expect on hand");
    for (const planner::Level& level : plan.tables.levels)
        if (level.base_stock > 0)
            std::printf("%-8s %-6s %16.0f %16.2f\n", network.products[static_cast<std::size_t>(level.product)].name.c_str(),
                        network.facilities[static_cast<std::size_t>(level.facility)].name.c_str(), level.base_stock,
                        level.on_hand);

    std::printf("\n%-8s %-6s %10s %10s %22s\n", "capacity", "of", "there is", "used", "one more would save");
    for (std::size_t m = 0; m < solution.prices.size(); ++m) {
        const planner::Resource& resource = plan.built.instance.resources[m];
        std::printf("%-8s %-6s %10.2f %10.2f %22.4f\n", kind_of(resource),
                    network.facilities[static_cast<std::size_t>(resource.facility)].name.c_str(), resource.capacity,
                    solution.plan.usage[m], solution.prices[m]);
    }
    return core::is_success(solution.status) ? 0 : 1;
}
