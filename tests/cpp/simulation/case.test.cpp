// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include <meio/simulation/case.hpp>

using namespace meio;

namespace {
struct Constant {
    double value = 0;
    void score(std::span<const network::ServiceOption>, std::span<double> scores) const {
        for (double& score : scores) score = value;
    }
};
}  // namespace

TEST_CASE("any policy keeps its state and copies share it") {
    // A held policy scores with its own value through copies; the default scores cost.
    const simulation::AnyPolicy held = Constant{4.0};
    const simulation::AnyPolicy copy = held;
    std::vector<network::ServiceOption> options(2);
    options[1].cost = 3.0;
    std::vector<double> scores(2);
    copy.score(options, scores);
    CHECK(scores == std::vector<double>{4.0, 4.0});
    simulation::AnyPolicy{}.score(options, scores);
    CHECK(scores == std::vector<double>{0.0, 3.0});
}

TEST_CASE("a case is checked against the network") {
    // Sizes and non-finite values are found together; optional arrays may be empty.
    network::SupplyNetwork net;
    net.facilities.resize(2);
    net.products.resize(3);
    simulation::Case plan;
    plan.levels.base_stock.assign(6, 1.0);
    core::IssueList good;
    simulation::check_case(plan, net, good);
    CHECK(good.empty());
    plan.levels.echelon.assign(5, 1.0);
    plan.levels.base_stock[2] = std::numeric_limits<double>::quiet_NaN();
    core::IssueList bad;
    simulation::check_case(plan, net, bad);
    CHECK_THROWS_AS(bad.throw_if_any(), core::InputError);
}
