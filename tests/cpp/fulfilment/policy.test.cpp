// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <span>
#include <vector>

#include <meio/fulfilment/policy.hpp>

using namespace meio;
using fulfilment::Option;

namespace {

struct Custom {
    double weight = 0.4;
    void score(std::span<const Option> options, std::span<double> scores) const {
        for (std::size_t i = 0; i < options.size(); ++i) scores[i] = options[i].cost + weight * options[i].price;
    }
};

static_assert(fulfilment::Policy<Custom>);
static_assert(fulfilment::ExplainedPolicy<fulfilment::Nearest> && fulfilment::ExplainedPolicy<fulfilment::Cheapest>);
static_assert(fulfilment::ExplainedPolicy<fulfilment::Priced> && fulfilment::ExplainedPolicy<fulfilment::Territory>);

Option option(std::int32_t facility, double cost, double distance, double price, double value) {
    Option o;
    o.facility = facility;
    o.region = 0;
    o.speed = 0;
    o.product = 0;
    o.cost = cost;
    o.distance = distance;
    o.price = price;
    o.stock_value = value;
    return o;
}

}  // namespace

TEST_CASE("each policy scores what it says") {
    // Nearest reads the distance, Cheapest the cost, Priced cost plus weighted prices.
    const std::vector<Option> options{option(0, 5, 100, 1, 2), option(1, 4, 300, 3, 4)};
    std::vector<double> scores(2);
    fulfilment::Nearest{}.score(options, scores);
    CHECK(scores == std::vector<double>{100, 300});
    fulfilment::Cheapest{}.score(options, scores);
    CHECK(scores == std::vector<double>{5, 4});
    fulfilment::Priced{}.score(options, scores);
    CHECK(scores == std::vector<double>{8, 11});
    fulfilment::Priced{2.0, 0.5}.score(options, scores);
    CHECK(scores == std::vector<double>{8, 12});
    Custom{1.0}.score(options, scores);
    CHECK(scores == std::vector<double>{6, 7});
}

TEST_CASE("a territory refuses all but its facility") {
    // By class and by product x class, the assigned facility scores its cost and the others infinity.
    network::SupplyNetwork net;
    net.facilities.resize(2);
    net.regions.resize(1);
    net.speeds = {{"one", 1.0}};
    net.services = {{0, 0, 0, 1440, 1, 5.0}, {0, 0, 1, 1440, 1, 4.0}};
    const auto eligibility = fulfilment::make_eligibility(net);
    auto territory = fulfilment::Territory::cheapest(eligibility);
    CHECK(territory.assigned == std::vector<std::int32_t>{1});
    std::vector<Option> options{option(0, 5, 0, 0, 0), option(1, 4, 0, 0, 0)};
    std::vector<double> scores(2);
    territory.score(options, scores);
    CHECK(std::isinf(scores[0]));
    CHECK(scores[1] == 4);
    territory.assigned = {1, 0};
    options[0].product = options[1].product = 1;
    territory.score(options, scores);
    CHECK(scores[0] == 5);
    CHECK(std::isinf(scores[1]));
}
