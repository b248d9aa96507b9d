// SPDX-License-Identifier: MIT
#include <cmath>
#include <functional>
#include <string>

#include <doctest/doctest.h>

#include <meio/network/validate.hpp>

using namespace meio;
using namespace meio::network;

namespace {

SupplyNetwork good() {
    SupplyNetwork n;
    n.facilities = {{.name = "supplier", .supplier = true}, {.name = "centre"}, {.name = "shop"}};
    n.storage_types = {"shelf"};
    n.storage = {{.facility = 2, .storage_type = 0, .capacity = 10}};
    n.lanes = {{.source = 0, .destination = 1, .lead_time = 2}, {.source = 1, .destination = 2, .lead_time = 1}};
    n.products = {{.name = "tea"}, {.name = "milk"}};
    n.regions = {{.name = "north"}};
    n.speeds = {{.name = "fast", .share = 0.3}, {.name = "slow", .share = 0.7}};
    n.services = {{.region = 0, .speed = 0, .facility = 2}, {.region = 0, .speed = 1, .facility = 2}};
    return n;
}

std::string complaint(const SupplyNetwork& n) {
    try {
        validate(n);
    } catch (const core::InputError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("a sound network passes") {
    // The network that the other cases corrupt has nothing wrong with it.
    CHECK(complaint(good()).empty());
}

TEST_CASE("each corruption is named") {
    // Every single mistake gives an error that names the table, the row and the mend.
    struct Mistake { const char* must_say; std::function<void(SupplyNetwork&)> make; };
    const Mistake mistakes[] = {
        {"appears twice", [](SupplyNetwork& n) { n.products[1].name = "tea"; }},
        {"lanes.lead_time[1] = -1", [](SupplyNetwork& n) { n.lanes[1].lead_time = -1; }},
        {"lanes.source[0]", [](SupplyNetwork& n) { n.lanes[0].source = 7; }},
        {"is listed twice", [](SupplyNetwork& n) { n.lanes.push_back(n.lanes[1]); }},
        {"centre -> shop -> centre", [](SupplyNetwork& n) { n.lanes.push_back({.source = 2, .destination = 1}); }},
        {"no lane leads to it", [](SupplyNetwork& n) { n.facilities.push_back({.name = "island"}); }},
        {"nothing travels to it", [](SupplyNetwork& n) { n.lanes.push_back({.source = 1, .destination = 0}); }},
        {"products.volume[milk]", [](SupplyNetwork& n) { n.products[1].volume = std::nan(""); }},
        {"storage.capacity[0]", [](SupplyNetwork& n) { n.storage[0].capacity = -3; }},
        {"must add up to 1", [](SupplyNetwork& n) { n.speeds[0].share = 0.5; }},
        {"must lie between 0 and 1", [](SupplyNetwork& n) { n.speeds[0].fill_rate = 1.5; }},
        {"is a supplier; customers", [](SupplyNetwork& n) { n.services[0].facility = 0; }},
        {"no service reaches it", [](SupplyNetwork& n) { n.regions.push_back({.name = "south"}); }},
        {"services.cutoff_minute[1]", [](SupplyNetwork& n) { n.services[1].cutoff_minute = 2000; }},
        {"24 weights", [](SupplyNetwork& n) { n.arrival_profile = {1, 2}; }},
    };
    for (const Mistake& mistake : mistakes) {
        CAPTURE(mistake.must_say);
        SupplyNetwork n = good();
        mistake.make(n);
        CHECK(complaint(n).find(mistake.must_say) != std::string::npos);
    }
}

TEST_CASE("two mistakes are found in one pass") {
    // The error lists both, so that nobody mends a table one row at a time.
    SupplyNetwork n = good();
    n.lanes[0].lead_time = -2;
    n.products[0].shortage_cost = -1;
    const std::string text = complaint(n);
    CHECK(text.find("2 problems") != std::string::npos);
    CHECK(text.find("lanes.lead_time") != std::string::npos);
    CHECK(text.find("products.shortage_cost") != std::string::npos);
}
