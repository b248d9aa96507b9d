// SPDX-License-Identifier: MIT
#include <meio/transport/batch.hpp>

#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <doctest/doctest.h>
#include <meio/core/random.hpp>
#include <meio/transport/solve.hpp>

using namespace meio;
using namespace meio::transport;

namespace {

struct Scenarios {
    std::vector<double> costs, supply, demand;
    BatchProblem problem;
};

void fill(Scenarios& s, std::size_t scenarios, bool own_costs) {
    core::RandomStream draw(3, 1);
    s.costs.resize(12 * (own_costs ? scenarios : 1));
    s.demand.resize(4 * scenarios);
    for (double& c : s.costs) c = static_cast<double>(draw.below(50));
    for (double& b : s.demand) b = static_cast<double>(draw.below(12));
    s.supply = {10, 12, 14};
    s.problem = {scenarios, 3, 4, s.costs, s.supply, s.demand};
}

}  // namespace

TEST_CASE("a batch equals its scenarios solved one by one") {
    // Shared or own costs, feasible or not: status, value and duals of each are those of the general solver.
    for (const bool own_costs : {false, true}) {
        Scenarios s;
        fill(s, 500, own_costs);
        BatchOptions options;
        options.flows = true;
        const BatchResult batch = solve_batch(s.problem, options);
        CHECK(batch.status == core::Status::optimal);
        int infeasible = 0;
        for (std::size_t k = 0; k < 500; ++k) {
            const auto costs = std::span<const double>(s.costs).subspan(own_costs ? 12 * k : 0, 12);
            const auto demand = std::span<const double>(s.demand).subspan(4 * k, 4);
            const Result one = solve(costs, 3, 4, s.supply, demand);
            REQUIRE(batch.statuses[k] == one.status);
            infeasible += one.status == core::Status::infeasible;
            if (one.status != core::Status::optimal) {
                CHECK(std::isnan(batch.objectives[k]));
                continue;
            }
            CHECK(batch.objectives[k] == one.objective);
            double cost = 0;
            double dual = 0;
            for (std::size_t e = 0; e < 12; ++e) {
                cost += batch.flows[12 * k + e] * costs[e];
                CHECK(costs[e] - batch.supply_duals[3 * k + e / 4] - batch.demand_duals[4 * k + e % 4] >= 0);
            }
            for (std::size_t i = 0; i < 3; ++i) dual += batch.supply_duals[3 * k + i] * s.supply[i];
            for (std::size_t j = 0; j < 4; ++j) dual += batch.demand_duals[4 * k + j] * demand[j];
            CHECK(cost == one.objective);
            CHECK(dual == one.objective);
        }
        CHECK(infeasible > 0);
    }
}

TEST_CASE("a batch has the same bits for any number of threads") {
    // 1, 2 and 8 threads give identical duals, flows and pivots.
    Scenarios s;
    fill(s, 1000, false);
    BatchOptions options;
    options.flows = true;
    options.threads = 1;
    const BatchResult one = solve_batch(s.problem, options);
    for (const int threads : {2, 8}) {
        options.threads = threads;
        const BatchResult many = solve_batch(s.problem, options);
        CHECK(many.pivots == one.pivots);
        CHECK(std::memcmp(many.flows.data(), one.flows.data(), one.flows.size() * sizeof(double)) == 0);
        CHECK(std::memcmp(many.supply_duals.data(), one.supply_duals.data(), one.supply_duals.size() * sizeof(double)) == 0);
    }
}

TEST_CASE("a stopped batch says which scenarios are undone") {
    // With the stop flag set from the start nothing is solved, and every status says so.
    Scenarios s;
    fill(s, 100, false);
    const std::atomic<bool> stop{true};
    core::Context context;
    context.stop = &stop;
    const BatchResult batch = solve_batch(s.problem, {}, context);
    CHECK(batch.status == core::Status::interrupted);
    for (const core::Status status : batch.statuses) CHECK(status == core::Status::interrupted);
}

TEST_CASE("wrong entries of a batch are named by scenario") {
    // A NaN demand and a negative supply are both reported, with their places.
    Scenarios s;
    fill(s, 10, false);
    s.demand[4 * 7 + 2] = std::numeric_limits<double>::quiet_NaN();
    s.supply[1] = -1;
    try {
        (void)solve_batch(s.problem);
        FAIL("nothing thrown");
    } catch (const core::InputError& error) {
        const std::string text = error.what();
        CHECK(text.find("scenario 7, entry 2") != std::string::npos);
        CHECK(text.find("supply") != std::string::npos);
    }
}
