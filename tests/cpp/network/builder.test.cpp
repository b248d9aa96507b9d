// SPDX-License-Identifier: MIT
#include <string>

#include <doctest/doctest.h>

#include <meio/network/builder.hpp>

using namespace meio;
using namespace meio::network;

namespace {

Builder sound() {
    Builder builder;
    builder.add(Facility{.name = "port", .supplier = true}).add(Facility{.name = "RNO1"})
        .add(LaneSpec{.from = "port", .to = "RNO1", .lead_time = 2})
        .add(Region{.name = "West"}).add(Speed{.name = "one_day"})
        .add(StorageSpec{.facility = "RNO1", .storage_type = "shelf", .capacity = 5})
        .add(ServiceSpec{.region = "West", .speed = "one_day", .facility = "RNO1", .cost = 3.1})
        .add(ProductSpec{.name = "kettle", .shortage_cost = 9, .storage_type = "shelf"});
    return builder;
}

}  // namespace

TEST_CASE("names become ids") {
    // Lanes, storage and services point at the rows that their names mean.
    const SupplyNetwork n = sound().build();
    CHECK(n.lanes[0].source == 0);
    CHECK(n.lanes[0].destination == 1);
    CHECK(n.services[0].facility == 1);
    CHECK(n.storage_types == std::vector<std::string>{"shelf"});
    CHECK(n.storage[0].storage_type == 0);
}

TEST_CASE("room is for a storage type that some product has") {
    // A misspelt type would limit nothing, so it is refused with the nearest; left out, it means the only type.
    Builder misspelt = sound();
    misspelt.add(StorageSpec{.facility = "RNO1", .storage_type = "shelv", .capacity = 1});
    try {
        (void)misspelt.build();
        FAIL("no error");
    } catch (const core::InputError& error) {
        CHECK(std::string(error.what()).find("did you mean 'shelf'?") != std::string::npos);
    }
    Builder only = sound();
    only.add(StorageSpec{.facility = "RNO1", .period = 2, .capacity = 1});
    CHECK(only.build().storage[1].storage_type == 0);
    only.add(ProductSpec{.name = "ice", .storage_type = "cold"});
    CHECK_THROWS_AS((void)only.build(), core::InputError);
}

TEST_CASE("unknown names are named with the nearest known one, together with everything else wrong") {
    // One error holds a misspelt facility, a misspelt speed and a negative lead time elsewhere.
    Builder builder = sound();
    builder.add(LaneSpec{.from = "port", .to = "RN01"})
        .add(ServiceSpec{.region = "West", .speed = "on_day", .facility = "RNO1"})
        .add(Facility{.name = "AVP3"})
        .add(LaneSpec{.from = "port", .to = "AVP3", .lead_time = -1});
    try {
        (void)builder.build();
        FAIL("no error");
    } catch (const core::InputError& error) {
        const std::string text = error.what();
        CHECK(text.find("did you mean 'RNO1'?") != std::string::npos);
        CHECK(text.find("did you mean 'one_day'?") != std::string::npos);
        CHECK(text.find("lanes.lead_time") != std::string::npos);
    }
}

TEST_CASE("edit distance") {
    // Known distances, symmetric.
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("RN01", "RNO1") == edit_distance("RNO1", "RN01"));
}
