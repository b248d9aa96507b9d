// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <meio/simulation/orders.hpp>

using namespace meio;

namespace {

network::SupplyNetwork one_region() {
    network::SupplyNetwork net;
    net.facilities.resize(2);
    net.facilities[0].supplier = true;
    net.lanes = {{0, 1}};
    net.regions.resize(2);
    net.regions[1].utc_offset_minutes = -300;
    net.speeds = {{"one", 0.25}, {"two", 0.75}};
    net.services = {{0, 0, 1, 720}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}};
    net.arrival_profile.assign(24, 0.0);
    net.arrival_profile[10] = 1.0;
    net.arrival_profile[20] = 3.0;
    return net;
}

}  // namespace

TEST_CASE("orders follow the arrival profile and the speed shares") {
    // A quarter in hour 10 and the rest in hour 20, a quarter at the first speed, on the region's own clock.
    const auto net = one_region();
    const auto model = simulation::make_model(net);
    const simulation::OrderDrawer drawer(model, 7, 3);
    std::vector<simulation::Order> orders;
    const std::vector<std::int32_t> units{20000, 20000};
    drawer.draw(4, 0, 0, 0, units, orders);
    REQUIRE(orders.size() == 40000);
    double early = 0, first = 0;
    for (const auto& order : orders) {
        const int hour = order.minute / 60;
        REQUIRE((hour == 10 || hour == 20));
        early += hour == 10 ? 1 : 0;
        const auto& window = model.windows[order.window];
        first += window.speed == 0 ? 1 : 0;
        const auto utc = static_cast<int>(order.time) - 1440 + (window.region == 1 ? -300 : 0);
        REQUIRE(utc % 1440 == order.minute);
        REQUIRE(utc / 1440 < 7);
    }
    CHECK(std::abs(early / 40000 - 0.25) < 0.01);
    CHECK(std::abs(first / 40000 - 0.25) < 0.01);
}

TEST_CASE("both sorts keep the order of one minute's orders") {
    // Above and below the switch of method the result is the stable sort by time.
    const auto net = one_region();
    const auto model = simulation::make_model(net);
    simulation::OrderDrawer drawer(model, 2, 3);
    for (const std::int32_t count : {50, 4000}) {
        std::vector<simulation::Order> orders;
        const std::vector<std::int32_t> units{count, count};
        drawer.draw(0, 0, 1, 2, units, orders);
        for (std::size_t i = 0; i < orders.size(); ++i) orders[i].slot = static_cast<std::int32_t>(i);
        drawer.sort(orders);
        for (std::size_t i = 1; i < orders.size(); ++i)
            REQUIRE((orders[i - 1].time < orders[i].time ||
                     (orders[i - 1].time == orders[i].time && orders[i - 1].slot < orders[i].slot)));
    }
}
