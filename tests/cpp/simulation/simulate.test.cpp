// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <meio/simulation/simulate.hpp>
#include <reference/simulation/naive.hpp>

using namespace meio;

namespace {

struct PriceAware {
    void score(std::span<const network::ServiceOption> options, std::span<double> scores) const {
        for (std::size_t i = 0; i < options.size(); ++i) scores[i] = options[i].cost + options[i].price;
    }
};
struct ByDistance {
    void score(std::span<const network::ServiceOption> options, std::span<double> scores) const {
        for (std::size_t i = 0; i < options.size(); ++i) scores[i] = options[i].distance;
    }
};

struct Instance {
    network::SupplyNetwork net{};
    std::vector<double> base_stock{}, echelon{}, flow{};
    demand::Forecast forecast{};
};

// A random tree of facilities (facility 0 the supplier), some serving customers, some of them feeding others too.
Instance random_instance(std::uint64_t seed, bool capacities) {
    core::RandomStream random(seed, 77);
    Instance made;
    auto& net = made.net;
    const auto pick = [&](std::uint64_t n) { return static_cast<std::int32_t>(random.below(n)); };
    const std::int32_t facilities = 3 + pick(4);
    const std::int32_t regions = 1 + pick(3);
    const std::int32_t products = 1 + pick(3);
    net.facilities.resize(static_cast<std::size_t>(facilities));
    net.facilities[0].supplier = true;
    net.storage_types = {"any"};
    for (std::int32_t f = 0; f < facilities; ++f) {
        auto& facility = net.facilities[static_cast<std::size_t>(f)];
        facility.utc_offset_minutes = 60 * (pick(5) - 2);
        facility.longitude = 10.0 * pick(9);
        facility.storage_cost = 0.25 * pick(3);
        if (capacities && pick(2) == 0) facility.outbound = 1 + pick(12);
        if (capacities && pick(3) == 0) facility.inbound = 1 + pick(9);
        if (f == 0) continue;
        network::Lane lane{f == 1 ? 0 : pick(static_cast<std::uint64_t>(f)), f, static_cast<double>(pick(3)), 0.0, 0.5 * pick(4)};
        if (pick(3) == 0) lane.lead_time_sd = 0.7;
        if (pick(4) == 0) lane.lead_time += 0.5;
        if (capacities && pick(3) == 0) lane.capacity = 1 + pick(8);
        net.lanes.push_back(lane);
    }
    net.storage.push_back({1, 0, -1, 4.0});
    net.speeds = {{"fast", 0.5, 2.0}, {"slow", 0.5, 1.0}};
    for (std::int32_t r = 0; r < regions; ++r) {
        network::Region region;
        region.shortage = pick(2) == 0 ? network::Shortage::lost : network::Shortage::backorder;
        region.utc_offset_minutes = 60 * (pick(5) - 2);
        net.regions.push_back(region);
        for (std::int32_t s = 0; s < 2; ++s)
            for (std::int32_t f = 1; f < facilities; ++f)
                if (pick(2) == 0) net.services.push_back({r, s, f, pick(2) == 0 ? 1440 : 600, 1.0, 1.0 + 0.5 * pick(5)});
    }
    net.services.push_back({0, 0, facilities - 1, 840, 1.0, 2.0});
    for (int hour = 0; hour < 24; ++hour) net.arrival_profile.push_back(hour < 6 ? 0.2 : 1.0);
    for (std::int32_t k = 0; k < products; ++k) {
        net.products.push_back({"", 0.5 + 0.25 * pick(4), 0.5 * pick(4), 0.25 * (1 + pick(3)), 2.0 + pick(5), 0});
        for (std::int32_t r = 0; r < regions; ++r) {
            made.forecast.series.push_back({k, r});
            made.forecast.mean.push_back(0.5 + 2.0 * random.uniform());
            made.forecast.variance.push_back(made.forecast.mean.back());
        }
        for (std::int32_t f = 0; f < facilities; ++f) {
            made.base_stock.push_back(pick(7));
            made.echelon.push_back(pick(25));
        }
    }
    for (std::int32_t f = 0; f < facilities; ++f) made.flow.push_back(0.5 * pick(4));
    return made;
}

simulation::SimulationOptions quick(std::size_t warm_up, std::size_t periods, std::size_t runs) {
    simulation::SimulationOptions options;
    options.warm_up = warm_up;
    options.periods = periods;
    options.runs = runs;
    options.days_per_period = 3;
    options.threads = 1;
    options.seed = 5;
    return options;
}

// The first `count` runs against the twin.
void check_against_twin(std::uint64_t seed, bool capacities) {
    const Instance made = random_instance(seed, capacities);
    const auto model = simulation::make_model(made.net);
    const auto options = quick(3, 12, 2);
    const simulation::ForecastDemand demand{&made.forecast, made.net.regions.size(), options.warm_up, options.seed};
    simulation::Case plan{"plan", {1, made.base_stock, made.echelon}, PriceAware{}, {made.flow, {}}};
    if (seed % 3 == 0) plan.rationing = simulation::Rationing::proportional;
    const auto result = simulation::simulate(model, std::span(&plan, 1), demand, options);
    const std::size_t facilities = made.net.facilities.size();
    simulation::OrderDrawer drawer(model, options.days_per_period, options.seed);
    std::vector<double> on_hand(made.net.products.size() * facilities, 0.0);
    for (std::size_t run = 0; run < options.runs; ++run) {
        reference::NaiveSimulation twin;
        twin.net = made.net;
        twin.proportional = seed % 3 == 0;
        const auto at = [&](int k, int f) { return static_cast<std::size_t>(k) * facilities + static_cast<std::size_t>(f); };
        twin.base_stock = [&](int k, int f) { return made.base_stock[at(k, f)]; };
        twin.echelon = [&](int k, int f) { return made.echelon[at(k, f)]; };
        twin.score = [&](int f, double cost) { return cost + made.flow[static_cast<std::size_t>(f)]; };
        twin.lead = [&](int k, int lane, int period) {
            core::RandomStream random(options.seed ^ 0x6C616E65U, static_cast<std::uint64_t>(k),
                                      (static_cast<std::uint64_t>(run) << 40) ^ (static_cast<std::uint64_t>(lane) << 20) ^
                                          static_cast<std::uint64_t>(period));
            const auto& l = made.net.lanes[static_cast<std::size_t>(lane)];
            return static_cast<int>(simulation::draw_lead_time(l.lead_time, l.lead_time_sd, random));
        };
        twin.start();
        const std::size_t horizon = options.warm_up + options.periods;
        const std::size_t regions = made.net.regions.size();
        std::vector<std::vector<std::int32_t>> counts;
        for (std::size_t k = 0; k < made.net.products.size(); ++k) {
            counts.emplace_back(regions * horizon, 0);
            demand(static_cast<std::int32_t>(k), run, counts.back());
        }
        long opening = 0;
        for (std::size_t t = 0; t < horizon; ++t) {
            std::vector<simulation::Order> orders;
            for (std::size_t k = 0; k < counts.size(); ++k) {
                std::vector<std::int32_t> units(regions);
                for (std::size_t r = 0; r < regions; ++r) units[r] = counts[k][r * horizon + t];
                drawer.draw(static_cast<std::int32_t>(k), static_cast<std::int32_t>(k), run, t, units, orders);
            }
            drawer.sort(orders);
            std::vector<reference::NaiveOrder> plain;
            for (const auto& order : orders) {
                const auto& window = model.windows[order.window];
                plain.push_back({order.slot, window.region, window.speed, order.minute});
            }
            if (t == options.warm_up) opening = twin.stock();
            twin.step(static_cast<int>(t), plain, t >= options.warm_up);
        }
        const auto got = [&](const char* name) { return result.values(0, name)[run]; };
        CAPTURE(seed);
        CAPTURE(run);
        REQUIRE(got("units_demanded") == static_cast<double>(twin.demanded));
        REQUIRE(got("units_filled") == static_cast<double>(twin.filled));
        REQUIRE(got("units_shipped") == static_cast<double>(twin.shipped));
        REQUIRE(got("units_lost") == static_cast<double>(twin.lost));
        REQUIRE(got("units_backordered") == static_cast<double>(twin.backordered));
        if (twin.demanded > 0)
            REQUIRE(got("on_time_rate") == static_cast<double>(twin.on_time) / static_cast<double>(twin.demanded));
        REQUIRE(got("opening") == static_cast<double>(opening));
        REQUIRE(got("closing") == static_cast<double>(twin.stock()));
        REQUIRE(got("closing_backlog") == static_cast<double>(twin.backlog()));
        // Money is in quarters: exact in any order of adding.
        REQUIRE(got("purchase") == twin.purchase);
        REQUIRE(got("lane") == twin.lane_cost);
        REQUIRE(got("holding") == twin.holding);
        REQUIRE(got("storage") == twin.storage);
        REQUIRE(got("shipping") == twin.shipping);
        REQUIRE(got("shortage") == twin.shortage);
        for (const auto& [where, sum] : twin.on_hand_sum)
            on_hand[at(where.first, where.second)] += static_cast<double>(sum);
    }
    for (std::size_t i = 0; i < on_hand.size(); ++i)
        REQUIRE(result.cases[0].on_hand[i] ==
                doctest::Approx(on_hand[i] / static_cast<double>(options.runs * options.periods)).epsilon(1e-12));
}

// One facility behind a supplier, one region, one speed.
Instance single(double mean, double lead, network::Shortage shortage) {
    Instance made;
    made.net.facilities.resize(2);
    made.net.facilities[0].supplier = true;
    made.net.storage_types = {"any"};
    made.net.lanes = {{0, 1, lead}};
    made.net.products = {{"p", 1.0, 0.0, 1.0, 9.0, 0}};
    made.net.regions.resize(1);
    made.net.regions[0].shortage = shortage;
    made.net.speeds = {{"any"}};
    made.net.services = {{0, 0, 1}};
    made.forecast.series = {{0, 0}};
    made.forecast.mean = {mean};
    made.forecast.variance = {mean};
    return made;
}

// h E(y - D)+ + p E(D - y)+ for Poisson D.
double newsvendor_cost(double mean, double y, double h, double p) {
    double cost = 0;
    double probability = std::exp(-mean);
    for (int d = 0; d < 400; ++d) {
        cost += probability * (d < y ? h * (y - d) : p * (d - y));
        probability *= mean / (d + 1);
    }
    return cost;
}

simulation::Estimate cost_per_period(const Instance& made, simulation::Levels levels, std::size_t runs) {
    const auto model = simulation::make_model(made.net);
    auto options = quick(20, 100, runs);
    options.confidence = 0.999;
    const simulation::ForecastDemand demand{&made.forecast, 1, options.warm_up, 9};
    simulation::Case plan;
    plan.levels = std::move(levels);
    return simulation::simulate(model, std::span(&plan, 1), demand, options).kpi(0, "cost_per_period");
}

}  // namespace

TEST_CASE("the simulator equals its slow twin without capacities") {
    // Every unit, rate and cost of random networks (mixed facilities, random lead times, both shortages) is the twin's.
    for (std::uint64_t seed = 0; seed < 120; ++seed) check_against_twin(seed, false);
}

TEST_CASE("the simulator equals its slow twin with capacities") {
    // The same with outbound, inbound and lane capacities that bind and ration products against each other.
    for (std::uint64_t seed = 1000; seed < 1120; ++seed) check_against_twin(seed, true);
}

TEST_CASE("backorders cost what the closed form says") {
    // A base-stock facility with lead time L costs h E(S - D)+ + b E(D - S)+ over L + 1 periods of Poisson demand.
    for (const double lead : {0.0, 1.0, 3.0}) {
        const double mean = 5.0 * (lead + 1.0);
        const double level = std::floor(mean + 1.3 * std::sqrt(mean));
        const auto made = single(5.0, lead, network::Shortage::backorder);
        const auto seen = cost_per_period(made, {1, {0.0, level}, {}}, 200);
        const double exact = newsvendor_cost(mean, level, 1.0, 9.0);
        CAPTURE(lead);
        CHECK(std::abs(seen.mean - exact) <= seen.half_width);
        CHECK(seen.half_width < 0.05 * exact);
    }
}

TEST_CASE("lost sales without lead time are the newsvendor") {
    // With L = 0 every period starts at the level, so that its cost is the newsvendor's.
    const auto made = single(12.0, 0.0, network::Shortage::lost);
    const auto seen = cost_per_period(made, {1, {0.0, 15.0}, {}}, 200);
    const double exact = newsvendor_cost(12.0, 15.0, 1.0, 9.0);
    CHECK(std::abs(seen.mean - exact) <= seen.half_width);
    CHECK(seen.half_width < 0.05 * exact);
}

TEST_CASE("a facility that passes everything on only adds lead time") {
    // Two stages with the upper one empty are one stage with both lead times, plus holding on the lane between.
    auto made = single(5.0, 2.0, network::Shortage::backorder);
    made.net.facilities.resize(3);
    made.net.lanes.push_back({1, 2, 1.0});
    made.net.services = {{0, 0, 2}};
    const auto seen = cost_per_period(made, {1, {0.0, 0.0, 25.0}, {}}, 200);
    const double exact = newsvendor_cost(20.0, 25.0, 1.0, 9.0) + 5.0 * 1.0;
    CHECK(std::abs(seen.mean - exact) <= seen.half_width);
}

TEST_CASE("a policy against itself differs by exactly nothing") {
    // Common random numbers: equal cases agree bit by bit, and different ones differ with a sharper interval than alone.
    const Instance made = random_instance(4, false);
    const auto model = simulation::make_model(made.net);
    const simulation::ForecastDemand demand{&made.forecast, made.net.regions.size(), 3, 1};
    std::vector<simulation::Case> cases(3, {"a", {1, made.base_stock, made.echelon}, PriceAware{}, {made.flow, {}}});
    cases[2].policy = ByDistance{};
    const auto result = simulation::simulate(model, cases, demand, quick(3, 30, 20));
    for (const std::string& name : result.metric_names) {
        const auto difference = result.difference(1, 0, name);
        if (difference.runs == 0) continue;
        CHECK(difference.mean == 0.0);
        CHECK(difference.half_width == 0.0);
    }
    CHECK(result.difference(2, 0, "cost").half_width < result.kpi(0, "cost").half_width);
}

TEST_CASE("any number of threads, together or apart: the same bits") {
    // 1, 2 and 8 threads, and products simulated one by one or together, give identical metrics and arrays.
    const Instance made = random_instance(11, false);
    const auto model = simulation::make_model(made.net);
    const simulation::ForecastDemand demand{&made.forecast, made.net.regions.size(), 2, 1};
    simulation::Case plan{"plan", {1, made.base_stock, made.echelon}, ByDistance{}, {}};
    plan.levels.base_stock[1] += 0.5;
    auto options = quick(2, 20, 40);
    const auto one = simulation::simulate(model, std::span(&plan, 1), demand, options);
    for (const int threads : {1, 2, 8})
        for (const bool together : {false, true}) {
            options.threads = threads;
            options.together = together;
            const auto other = simulation::simulate(model, std::span(&plan, 1), demand, options);
            for (std::size_t i = 0; i < one.cases[0].metrics.size(); ++i) {
                const double a = one.cases[0].metrics[i];
                const double b = other.cases[0].metrics[i];
                REQUIRE((a == b || (std::isnan(a) && std::isnan(b))));
            }
            CHECK(one.cases[0].on_hand == other.cases[0].on_hand);
            CHECK(one.cases[0].volume == other.cases[0].volume);
            CHECK(one.cases[0].lane_flow == other.cases[0].lane_flow);
        }
}

TEST_CASE("stock and demand are conserved") {
    // opening + bought - shipped = closing, and demand = filled + backordered + lost, in every run.
    for (std::uint64_t seed = 200; seed < 260; ++seed) {
        const Instance made = random_instance(seed, seed % 2 == 0);
        const auto model = simulation::make_model(made.net);
        const simulation::ForecastDemand demand{&made.forecast, made.net.regions.size(), 4, seed};
        simulation::Case plan{"plan", {1, made.base_stock, made.echelon}, {}, {}};
        auto mean = made.forecast.mean;
        const auto result = simulation::simulate(model, std::span(&plan, 1), demand, quick(4, 25, 3), mean);
        const auto of = [&](const char* name, std::size_t run) { return result.values(0, name)[run]; };
        for (std::size_t run = 0; run < 3; ++run) {
            CHECK(of("opening", run) + of("bought", run) - of("units_shipped", run) == of("closing", run));
            CHECK(of("units_filled", run) + of("units_backordered", run) + of("units_lost", run) == of("units_demanded", run));
            CHECK(of("opening_backlog", run) + of("units_backordered", run) - of("closing_backlog", run) ==
                  of("units_shipped", run) - of("units_filled", run));
            CHECK(of("cost", run) == doctest::Approx(of("purchase", run) + of("lane", run) + of("holding", run) +
                                                     of("storage", run) + of("shipping", run) + of("shortage", run)));
        }
    }
}

TEST_CASE("levels follow the planning period they serve") {
    // With lead time 1 the order of measured period 0 aims at the level of planning period 1.
    auto made = single(4.0, 1.0, network::Shortage::lost);
    const auto model = simulation::make_model(made.net);
    const auto demand = simulation::replay({{0, 0}}, std::vector<std::int32_t>(6, 0), 6);
    simulation::Case plan;
    plan.levels = {3, {0, 0, 0, 2, 5, 9}, {}};
    auto options = quick(0, 6, 1);
    // Starts at 2 on hand; orders 3 in period 0 (level 5), 4 in period 1 (level 9), nothing more; arrivals a period later.
    const auto result = simulation::simulate(model, std::span(&plan, 1), demand, options);
    CHECK(result.values(0, "bought")[0] == 7.0);
    CHECK(result.values(0, "holding")[0] == 2 + 5 + 9 + 9 + 9 + 9);
}

TEST_CASE("cut-offs decide promises, storage is recorded, and late orders still ship") {
    // Half of a uniform day's orders come after a 12:00 cut-off; every period ends above a capacity of 30.
    auto made = single(40.0, 0.0, network::Shortage::lost);
    made.net.services = {{0, 0, 1, 12 * 60 - 1}};
    made.net.storage = {{1, 0, -1, 30.0}};
    const auto model = simulation::make_model(made.net);
    const simulation::ForecastDemand demand{&made.forecast, 1, 0, 3};
    simulation::Case plan;
    plan.levels = {1, {0.0, 200.0}, {}};
    const auto result = simulation::simulate(model, std::span(&plan, 1), demand, quick(0, 50, 20));
    CHECK(result.kpi(0, "fill_rate").mean == 1.0);
    CHECK(std::abs(result.kpi(0, "on_time_rate").mean - 0.5) < 0.01);
    CHECK(result.kpi(0, "storage_violations").mean == 50.0);
    CHECK(result.kpi(0, "storage_worst").mean > 4.0);
    CHECK(result.kpi(0, "storage_excess").mean / 50.0 == doctest::Approx(130.0).epsilon(0.02));
}

TEST_CASE("a steady start needs no warm-up") {
    // With pipelines filled for the mean demand, the cost of the first periods is that of the long run.
    const auto made = single(20.0, 3.0, network::Shortage::backorder);
    const auto model = simulation::make_model(made.net);
    auto options = quick(0, 4, 3000);
    options.confidence = 0.999;
    const simulation::ForecastDemand demand{&made.forecast, 1, 0, 3};
    simulation::Case plan;
    plan.levels = {1, {0.0, 92.0}, {}};
    const std::vector<double> mean{20.0};
    const auto seen = simulation::simulate(model, std::span(&plan, 1), demand, options, mean).values(0, "on_hand");
    // E(S - D)+ over four periods of mean 20 would be 13.9; the first periods have a pipeline without noise: 12 + (noise).
    const double mean_on_hand = simulation::estimate(seen, 0.999).mean;
    CHECK(mean_on_hand > 12.0);
    CHECK(mean_on_hand < 13.9);
}

TEST_CASE("a stop keeps the runs that were done") {
    // A stop flag raised beforehand gives no runs and the status; wrong sizes name their fields together.
    const auto made = single(5.0, 0.0, network::Shortage::lost);
    const auto model = simulation::make_model(made.net);
    const simulation::ForecastDemand demand{&made.forecast, 1, 0, 3};
    simulation::Case plan;
    plan.levels = {1, {0.0, 5.0}, {}};
    std::atomic<bool> stop{true};
    core::Context context;
    context.stop = &stop;
    const auto result = simulation::simulate(model, std::span(&plan, 1), demand, quick(0, 5, 5), {}, context);
    CHECK(result.status == core::Status::interrupted);
    CHECK(result.runs == 0);
    plan.levels.base_stock.pop_back();
    plan.prices.flow = {1.0};
    try {
        (void)simulation::simulate(model, std::span(&plan, 1), demand, quick(0, 5, 5));
        FAIL("no error");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 2);
    }
}
