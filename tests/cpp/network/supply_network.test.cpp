// SPDX-License-Identifier: MIT
#include <cmath>

#include <doctest/doctest.h>

#include <meio/network/supply_network.hpp>

TEST_CASE("defaults mean no limit and no cut-off") {
    // A facility, lane or service that says nothing is unlimited, free and open all day.
    const meio::network::Facility facility;
    const meio::network::Lane lane;
    const meio::network::Service service;
    CHECK(std::isinf(facility.inbound));
    CHECK(std::isinf(facility.outbound));
    CHECK(std::isinf(lane.capacity));
    CHECK(service.cutoff_minute == 24 * 60);
    CHECK(meio::network::Region{}.shortage == meio::network::Shortage::lost);
}
