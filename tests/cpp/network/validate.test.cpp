// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>
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
        {"services[fast] = no row for region north", [](SupplyNetwork& n) { n.services.erase(n.services.begin()); }},
        {"services.cutoff_minute[1]", [](SupplyNetwork& n) { n.services[1].cutoff_minute = 2000; }},
        {"24 weights", [](SupplyNetwork& n) { n.arrival_profile = {1, 2}; }},
        {"arrival_profile[3]", [](SupplyNetwork& n) { n.arrival_profile.assign(24, 1.0); n.arrival_profile[3] = std::nan(""); }},
        {"some hour", [](SupplyNetwork& n) { n.arrival_profile.assign(24, 0.0); }},
        {"lanes.cost[0]", [](SupplyNetwork& n) { n.lanes[0].cost = std::nan(""); }},
        {"products.storage_type[tea] = 9", [](SupplyNetwork& n) { n.products[0].storage_type = 9; }},
        {"products.storage_type[tea] = -1", [](SupplyNetwork& n) { n.products[0].storage_type = -1; }},
        {"storage.period[0]", [](SupplyNetwork& n) { n.storage[0].period = -5; }},
        {"storage[1]: the same facility", [](SupplyNetwork& n) { n.storage.push_back(n.storage[0]); }},
        {"storage_types[1] = 'shelf'", [](SupplyNetwork& n) { n.storage_types.push_back("shelf"); }},
        {"facilities.longitude[centre]", [](SupplyNetwork& n) { n.facilities[1].longitude = std::nan(""); }},
        {"regions.latitude[north]", [](SupplyNetwork& n) { n.regions[0].latitude = INFINITY; }},
        {"has no name", [](SupplyNetwork& n) { n.products[0].name.clear(); }},
        {"shop -> shop", [](SupplyNetwork& n) { n.lanes.push_back({.source = 2, .destination = 2}); }},
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

TEST_CASE("cycles and unreachable facilities are found exactly where the closure says") {
    // On random graphs: an error about a cycle if and only if some facility reaches itself, and one about reachability
    // for exactly the facilities outside the transitive closure (Warshall) of the supplier.
    core::RandomStream draw(3, 14);
    for (int round = 0; round < 300; ++round) {
        const std::size_t count = 3 + draw.below(5);
        SupplyNetwork n;
        n.facilities.push_back({.name = "supplier", .supplier = true});
        for (std::size_t f = 1; f < count; ++f) n.facilities.push_back({.name = "f" + std::to_string(f)});
        std::vector<std::vector<bool>> reaches(count, std::vector<bool>(count, false));
        for (std::size_t a = 0; a < count; ++a)
            for (std::size_t b = 1; b < count; ++b)
                if (a != b && draw.uniform() < 0.2) {
                    n.lanes.push_back({.source = static_cast<std::int32_t>(a), .destination = static_cast<std::int32_t>(b)});
                    reaches[a][b] = true;
                }
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t a = 0; a < count; ++a)
                for (std::size_t b = 0; b < count; ++b)
                    if (reaches[a][k] && reaches[k][b]) reaches[a][b] = true;
        const std::string text = complaint(n);
        bool cyclic = false;
        for (std::size_t f = 1; f < count; ++f) {
            cyclic = cyclic || reaches[f][f];
            const bool named = text.find("facilities[f" + std::to_string(f) + "]: no lane") != std::string::npos;
            CHECK(named == !reaches[0][f]);
        }
        CHECK((text.find("is a cycle") != std::string::npos) == cyclic);
    }
}

TEST_CASE("a speed that a region lacks is one finding, and only where somebody asks for it") {
    // Seven regions without the fast speed are one line that names five; share 0 asks for nothing; a region without any
    // service is reported as such and not once more for every speed.
    SupplyNetwork n = good();
    for (std::int32_t r = 1; r <= 7; ++r) {
        n.regions.push_back({.name = "r" + std::to_string(r)});
        n.services.push_back({.region = r, .speed = 1, .facility = 2});
    }
    const std::string said = complaint(n);
    CHECK(said.find("no row for region r1, r2, r3, r4, r5 and 2 more") != std::string::npos);
    CHECK(said.find("orders at this speed could never be served there") != std::string::npos);
    CHECK(said.find("services[slow]") == std::string::npos);
    n.speeds[0].share = 0;
    n.speeds[1].share = 1;
    CHECK(complaint(n).empty());
    n.speeds[0].share = 1;
    n.speeds[1].share = 0;
    n.services.resize(2);
    n.regions.resize(2);
    CHECK(complaint(n).find("no service reaches it") != std::string::npos);
    CHECK(complaint(n).find("no row for region") == std::string::npos);
}
