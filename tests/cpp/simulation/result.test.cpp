// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <meio/simulation/result.hpp>

using namespace meio;

TEST_CASE("metrics are read by name") {
    // Columns come out per case; an unknown name lists what there is.
    simulation::SimulationResult result;
    result.metric_names = {"a", "b"};
    result.runs = 3;
    result.cases.push_back({"x", {1, 10, 2, 20, 3, 30}, {}, {}, {}, {}});
    result.cases.push_back({"y", {2, 10, 3, 21, 4, 35}, {}, {}, {}, {}});
    CHECK(result.values(0, "b") == std::vector<double>{10, 20, 30});
    CHECK(result.kpi(0, "a").mean == 2.0);
    CHECK(result.difference(1, 0, "a").mean == 1.0);
    CHECK(result.difference(1, 0, "a").half_width == 0.0);
    CHECK(result.difference(1, 0, "b").mean == 2.0);
    CHECK_THROWS_AS((void)result.metric("c"), core::InputError);
}

TEST_CASE("every name has its value") {
    // write_metrics fills exactly the named metrics, and the strictest storage row of a period holds.
    network::SupplyNetwork net;
    net.facilities.resize(2);
    net.storage_types = {"a"};
    net.storage = {{1, 0, -1, 5.0}, {1, 0, 1, 2.0}};
    net.speeds = {{"fast", 0.5}, {"slow", 0.5}};
    net.products.resize(1);
    simulation::detail::RunTally run(net, 3);
    run.demanded = {4, 0};
    run.filled = {3, 0};
    run.on_time = {2, 0};
    run.lost = {1, 0};
    run.shipping = 6;
    run.shipped = 3;
    run.volume = {0, 4, 0, 4, 0, 2};  // facility 1 in periods 0, 1, 2
    const auto capacity = simulation::detail::storage_capacities(net, 2);
    const auto names = simulation::metric_names(net);
    std::vector<double> values(names.size(), -77.0);
    simulation::detail::write_metrics(run, capacity, 2, 3, values);
    for (const double value : values) CHECK(value != -77.0);
    simulation::SimulationResult result;
    result.metric_names = names;
    result.runs = 1;
    result.cases.push_back({"x", values, {}, {}, {}, {}});
    CHECK(result.values(0, "fill_rate")[0] == 0.75);
    CHECK(result.values(0, "on_time_rate[fast]")[0] == 0.5);
    CHECK(result.kpi(0, "fill_rate[slow]").runs == 0);
    CHECK(result.values(0, "cost_per_unit")[0] == 2.0);
    CHECK(result.values(0, "storage_violations")[0] == 1.0);
    CHECK(result.values(0, "storage_worst")[0] == 2.0);
    CHECK(result.values(0, "storage_excess")[0] == 2.0);
}
