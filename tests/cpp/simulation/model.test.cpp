// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include <meio/fulfilment/eligibility.hpp>
#include <meio/simulation/model.hpp>

using namespace meio;

namespace {

network::SupplyNetwork two_levels() {
    network::SupplyNetwork net;
    net.facilities.resize(4);
    net.facilities[0].supplier = true;
    net.facilities[2].utc_offset_minutes = -480;
    net.facilities[3].utc_offset_minutes = -300;
    net.lanes = {{0, 1, 2, 0, 1.0}, {1, 2, 1, 0, 1.0}, {1, 3, 1, 0, 1.0}, {0, 3, 5, 0, 2.0}};
    net.regions.resize(2);
    net.regions[1].utc_offset_minutes = -360;
    net.speeds = {{"one", 0.4}, {"two", 0.6}};
    net.services = {{0, 0, 2, 840}, {0, 0, 3, 600}, {0, 1, 3, 1440}, {1, 0, 3, 840}, {1, 1, 1, 900}, {1, 1, 2, 1200}};
    return net;
}

}  // namespace

TEST_CASE("the simulator's clock and the planner's windows agree") {
    // Built without shared code, both list the same facilities at every minute, and the windows' shares add up to one.
    const auto net = two_levels();
    const auto model = simulation::make_model(net);
    const auto classes = fulfilment::make_eligibility(net);
    for (std::size_t r = 0; r < 2; ++r) {
        double share = 0;
        for (const auto& window : model.windows)
            if (window.region == static_cast<std::int32_t>(r)) share += window.share;
        CHECK(share == doctest::Approx(1.0).epsilon(1e-12));
        for (std::size_t s = 0; s < 2; ++s)
            for (std::size_t minute = 0; minute < 1440; ++minute) {
                const auto& window = model.windows[model.window_of(r, s, minute)];
                const auto options = classes.options_of(static_cast<std::size_t>(classes.classify(
                    static_cast<std::int32_t>(r), static_cast<std::int32_t>(s), static_cast<std::int32_t>(minute))));
                REQUIRE(options.size() == window.last_option - window.first_option);
                for (std::size_t o = 0; o < options.size(); ++o) {
                    REQUIRE(options[o].service == model.options[window.first_option + o].service);
                    REQUIRE(options[o].late == model.options[window.first_option + o].late);
                    REQUIRE(options[o].days == model.options[window.first_option + o].days);
                }
            }
    }
}

TEST_CASE("nodes come from the top down, and a facility of both kinds has two") {
    // Facility 1 feeds 2 and 3 and serves a region: a stock to pass on and one for its customers; lanes are the cheapest.
    const auto net = two_levels();
    const auto model = simulation::make_model(net);
    REQUIRE(model.nodes.size() == 4);
    CHECK(model.feeding_node[1] == 0);
    CHECK(model.customer_node[1] == 1);
    CHECK(model.nodes[1].lane == -1);
    CHECK(model.nodes[static_cast<std::size_t>(model.customer_node[3])].lane == 2);
    CHECK(model.nodes[0].supplier == 0);
    const std::vector<std::int32_t> feed{-1, -1, -1, 3};
    const auto direct = simulation::make_model(net, feed);
    CHECK(direct.nodes[static_cast<std::size_t>(direct.customer_node[3])].supplier == 0);
}

TEST_CASE("networks that cannot run are refused") {
    // A facility that nothing feeds, a cycle, and shares that do not add up are named.
    auto net = two_levels();
    net.lanes.pop_back();
    net.lanes.erase(net.lanes.begin());
    CHECK_THROWS_AS((void)simulation::make_model(net), core::InputError);
    net = two_levels();
    net.lanes[0] = {2, 1};
    CHECK_THROWS_AS((void)simulation::make_model(net), core::InputError);
    net = two_levels();
    net.speeds[0].share = 0.7;
    CHECK_THROWS_AS((void)simulation::make_model(net), core::InputError);
}

TEST_CASE("great circles") {
    // New York to Los Angeles is 3,936 km; a point is at no distance from itself.
    CHECK(simulation::great_circle(-74.006, 40.7128, -118.2437, 34.0522) == doctest::Approx(3936).epsilon(0.001));
    CHECK(simulation::great_circle(5, 5, 5, 5) == 0.0);
}
