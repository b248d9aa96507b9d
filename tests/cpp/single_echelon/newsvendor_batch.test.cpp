// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/fit.hpp>
#include <meio/single_echelon/newsvendor_batch.hpp>

using namespace meio;
using namespace meio::distributions;
using namespace meio::single_echelon;

namespace {

struct Products {
    std::vector<double> mean, deviation, underage, overage, level, cost, shortage, second;

    Products(std::size_t n, double scale) : mean(n), deviation(n), underage(n), overage(n), level(n), cost(n), shortage(n), second(n) {
        core::RandomStream stream(9, 9);
        for (std::size_t i = 0; i < n; ++i) {
            mean[i] = scale * std::pow(10, 4 * stream.uniform() - 3);
            deviation[i] = std::sqrt(mean[i] * (0.5 + 4 * stream.uniform()));
            underage[i] = std::pow(10, 4 * stream.uniform() - 1);
            overage[i] = std::pow(10, 2 * stream.uniform() - 1);
        }
    }
    void solve(Family family, int threads) {
        newsvendor_batch({family, mean, deviation, underage, overage, threads}, {level, cost, shortage, second});
    }
};

}  // namespace

TEST_CASE("a batch gives each product the scalar answer") {
    // All families, means from 0.001 to 1000 and critical ratios up to 0.9999: costs to 1e-10, levels of equal cost.
    for (const Family family : {Family::normal, Family::gamma, Family::lognormal, Family::count, Family::poisson}) {
        Products products(300, 100);
        products.solve(family, 1);
        for (std::size_t i = 0; i < products.mean.size(); ++i) {
            const double variance = family == Family::poisson ? products.mean[i] : products.deviation[i] * products.deviation[i];
            const AnyDistribution demand = fit_moments(family, products.mean[i], variance);
            const NewsvendorResult one = newsvendor(demand, products.underage[i], products.overage[i]);
            CAPTURE(products.mean[i]);
            REQUIRE(std::abs(products.cost[i] - one.cost) <= 1e-10 * one.cost);
            REQUIRE(std::abs(newsvendor_at(demand, products.level[i], products.underage[i], products.overage[i]).cost - one.cost) <= 1e-10 * one.cost);
            REQUIRE(std::abs(products.shortage[i] - demand.loss(products.level[i])) <= 1e-10 * products.shortage[i]);
            REQUIRE(std::abs(products.second[i] - demand.second_order_loss(products.level[i])) <= 1e-10 * products.second[i]);
        }
    }
}

TEST_CASE("a batch has the same bits for any number of threads") {
    // 1, 2 and 8 threads over more products than a block.
    for (const Family family : {Family::normal, Family::gamma, Family::count}) {
        Products one(3000, 10), two(3000, 10), eight(3000, 10);
        one.solve(family, 1);
        two.solve(family, 2);
        eight.solve(family, 8);
        CHECK(one.level == two.level);
        CHECK(one.level == eight.level);
        CHECK(one.cost == two.cost);
        CHECK(one.cost == eight.cost);
        CHECK(one.second == eight.second);
    }
}

TEST_CASE("deterministic and dead products pass through") {
    // No variance: stock the mean at no cost. No demand: stock nothing.
    std::vector<double> mean{7, 0}, deviation{0, 0}, costs{2, 2}, level(2), cost(2);
    for (const Family family : {Family::normal, Family::gamma, Family::lognormal}) {
        newsvendor_batch({family, mean, deviation, costs, costs, 1}, {level, cost, {}, {}});
        CHECK(level == mean);
        CHECK(cost == std::vector<double>{0, 0});
    }
    newsvendor_batch({Family::poisson, mean, {}, costs, costs, 1}, {level, cost, {}, {}});
    CHECK(level == std::vector<double>{7, 0});
    CHECK(cost[1] == 0);
}

TEST_CASE("a batch names its bad rows") {
    // Sizes first; then every bad value with its row, at most a hundred.
    std::vector<double> mean(200, -1), good(200, 1), level(200), cost(200);
    try {
        newsvendor_batch({Family::gamma, mean, good, good, good, 1}, {level, cost, {}, {}});
        FAIL("did not throw");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 101);
        CHECK(error.issues()[3].row == "3");
    }
    CHECK_THROWS_AS(newsvendor_batch({Family::gamma, good, {}, good, good, 1}, {level, cost, {}, {}}), core::InputError);
}
