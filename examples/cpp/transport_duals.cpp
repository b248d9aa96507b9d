// SPDX-License-Identifier: MIT
// One block by itself: ship from three warehouses to four cities at least cost, and read off what stock is worth where.
#include <cstddef>
#include <cstdio>
#include <vector>

#include <meio/transport/solve.hpp>

using namespace meio;

int main() {
    const std::vector<double> costs{8, 6, 10, 9,   //
                                    9, 12, 13, 7,  //
                                    14, 9, 16, 5};
    const std::vector<double> supply{35, 50, 40};
    const std::vector<double> demand{45, 20, 30, 30};
    const transport::Result result = transport::solve(costs, 3, 4, supply, demand);

    std::printf("cost %g, proven to be least: bound %g\n\n", result.objective, result.bound);
    for (const transport::Shipment& shipment : result.shipments)
        std::printf("warehouse %d -> city %d: %2.0f\n", shipment.source + 1, shipment.destination + 1, shipment.amount);
    std::printf("\n");
    for (std::size_t i = 0; i < supply.size(); ++i)
        std::printf("one more unit in warehouse %zu would save %g\n", i + 1, 0.0 - result.supply_duals[i]);
    for (std::size_t j = 0; j < demand.size(); ++j)
        std::printf("one more unit of demand in city %zu would cost %g\n", j + 1, result.demand_duals[j]);
    return core::is_success(result.status) ? 0 : 1;
}
