// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/fulfilment/eligibility.hpp>

using namespace meio;

namespace {

// The definition, minute by minute, without windows.
std::set<std::int32_t> open_by_clock(const network::SupplyNetwork& net, std::int32_t region, std::int32_t speed, int minute) {
    std::set<std::int32_t> open;
    for (std::size_t row = 0; row < net.services.size(); ++row) {
        const auto& s = net.services[row];
        if (s.region != region || s.speed != speed) continue;
        const int utc = minute - net.regions[static_cast<std::size_t>(region)].utc_offset_minutes;
        int local = utc + net.facilities[static_cast<std::size_t>(s.facility)].utc_offset_minutes;
        while (local < 0) local += 1440;
        while (local >= 1440) local -= 1440;
        if (local <= s.cutoff_minute) open.insert(static_cast<std::int32_t>(row));
    }
    return open;
}

network::SupplyNetwork random_network(std::uint64_t seed) {
    core::RandomStream random(seed, 1);
    network::SupplyNetwork net;
    const int offsets[] = {-480, -300, 0, 330, 345, 765, -570, 60};
    for (int f = 0; f < 4; ++f) {
        network::Facility facility;
        facility.utc_offset_minutes = offsets[random.below(8)];
        net.facilities.push_back(facility);
    }
    for (int r = 0; r < 3; ++r) {
        network::Region region;
        region.utc_offset_minutes = offsets[random.below(8)];
        net.regions.push_back(region);
    }
    net.speeds = {{"same", 0.2}, {"one", 0.5}, {"two", 0.3}};
    const int cutoffs[] = {0, 1, 600, 840, 1080, 1438, 1439, 1440};
    for (std::int32_t r = 0; r < 3; ++r)
        for (std::int32_t s = 0; s < 3; ++s)
            for (std::int32_t f = 0; f < 4; ++f)
                if (random.below(4) != 0)
                    net.services.push_back({r, s, f, cutoffs[random.below(8)], 1.0, static_cast<double>(random.below(3))});
    if (random.below(2) == 0)
        for (int hour = 0; hour < 24; ++hour) net.arrival_profile.push_back(random.uniform());
    return net;
}

}  // namespace

TEST_CASE("windows equal the clock") {
    // At every minute of the day the class of an order lists exactly the facilities whose clock is within the cut-off.
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const auto net = random_network(seed);
        const auto built = fulfilment::make_eligibility(net);
        for (std::int32_t r = 0; r < 3; ++r)
            for (std::int32_t s = 0; s < 3; ++s) {
                const bool served = std::any_of(net.services.begin(), net.services.end(),
                                                [&](const auto& row) { return row.region == r && row.speed == s; });
                for (int minute = 0; minute < 1440; ++minute) {
                    const auto c = static_cast<std::size_t>(built.classify(r, s, minute));
                    REQUIRE(built.classes[c].region == r);
                    REQUIRE(built.classes[c].speed == s);
                    const auto open = open_by_clock(net, r, s, minute);
                    std::set<std::int32_t> listed;
                    for (const auto& option : built.options_of(c)) {
                        listed.insert(option.service);
                        REQUIRE(option.late == open.empty());
                        REQUIRE(option.days == (open.empty() ? 2.0 : 1.0));
                    }
                    if (open.empty()) {
                        REQUIRE(listed.empty() != served);
                    } else {
                        REQUIRE(listed == open);
                    }
                }
            }
    }
}

TEST_CASE("shares add up and match the arrival profile") {
    // Shares of a region's classes add up to one, and each is the profile's weight of the minutes classified to it.
    for (std::uint64_t seed = 100; seed < 140; ++seed) {
        const auto net = random_network(seed);
        const auto built = fulfilment::make_eligibility(net);
        std::vector<double> by_minute(built.classes.size(), 0.0);
        double total = 0;
        for (const double weight : net.arrival_profile) total += weight;
        for (std::int32_t r = 0; r < 3; ++r) {
            double sum = 0;
            for (const auto& c : built.classes)
                if (c.region == r) sum += c.share;
            CHECK(sum == doctest::Approx(1.0).epsilon(1e-13));
            for (std::int32_t s = 0; s < 3; ++s)
                for (int m = 0; m < 1440; ++m) {
                    const double weight =
                        net.arrival_profile.empty() ? 1.0 / 1440 : net.arrival_profile[static_cast<std::size_t>(m / 60)] / total / 60;
                    by_minute[static_cast<std::size_t>(built.classify(r, s, m))] += weight * net.speeds[static_cast<std::size_t>(s)].share;
                }
        }
        for (std::size_t c = 0; c < built.classes.size(); ++c)
            CHECK(built.classes[c].share == doctest::Approx(by_minute[c]).epsilon(1e-11));
    }
}

TEST_CASE("the cut-off is inclusive and read on the facility's clock") {
    // A facility three hours behind its region with a 14:00 cut-off is open until 17:00 there, and closed at 17:01.
    network::SupplyNetwork net;
    net.facilities.resize(1);
    net.facilities[0].utc_offset_minutes = -480;
    net.regions.resize(1);
    net.regions[0].utc_offset_minutes = -300;
    net.speeds = {{"one", 1.0}};
    net.services = {{0, 0, 0, 14 * 60, 1.0, 2.5}};
    const auto built = fulfilment::make_eligibility(net);
    REQUIRE(built.classes.size() == 2);
    const auto late = [&](int minute) {
        return built.options_of(static_cast<std::size_t>(built.classify(0, 0, minute))).front().late;
    };
    CHECK_FALSE(late(17 * 60 - 1));
    CHECK_FALSE(late(17 * 60));
    CHECK(late(17 * 60 + 1));
    CHECK(late(3 * 60 - 1));        // still the facility's evening
    CHECK_FALSE(late(3 * 60));      // its midnight: a new day
    const auto strict = fulfilment::make_eligibility(net, {.late_options = false});
    CHECK(strict.options_of(static_cast<std::size_t>(strict.classify(0, 0, 17 * 60 + 1))).empty());
}

TEST_CASE("options are sorted by cost, then facility") {
    // The cheapest facility comes first, so that a planner may take the front.
    const auto net = random_network(7);
    const auto built = fulfilment::make_eligibility(net);
    for (std::size_t c = 0; c < built.classes.size(); ++c) {
        const auto options = built.options_of(c);
        for (std::size_t i = 1; i < options.size(); ++i) {
            const bool rising = options[i - 1].cost < options[i].cost ||
                                (options[i - 1].cost == options[i].cost && options[i - 1].facility < options[i].facility);
            CHECK(rising);
        }
    }
}

TEST_CASE("wrong rows are all reported") {
    // One pass names every bad id, cut-off and profile.
    network::SupplyNetwork net;
    net.facilities.resize(2);
    net.facilities[1].supplier = true;
    net.regions.resize(1);
    net.speeds = {{"one", 1.0}};
    net.services = {{3, 0, 0}, {0, 2, 0}, {0, 0, 9}, {0, 0, 0, 2000}, {0, 0, 1}};
    net.arrival_profile = {1.0, -1.0};
    try {
        (void)fulfilment::make_eligibility(net);
        FAIL("no error");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 8);
    }
}
