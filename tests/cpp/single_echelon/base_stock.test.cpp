// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/distributions/discrete.hpp>
#include <meio/distributions/gamma.hpp>
#include <meio/distributions/poisson.hpp>
#include <meio/single_echelon/base_stock.hpp>
#include <reference/single_echelon/grid_search.hpp>

using namespace meio;
using namespace meio::distributions;
using namespace meio::single_echelon;

TEST_CASE("the textbook's base-stock level comes out") {
    // Snyder and Shen, Example 4.4: lead time 4 and review 1 protect five periods; level 264.767, cost 4.46678.
    const BaseStock stock({.mean = 50, .variance = 64, .lead_time = 4, .holding = 0.18, .backorder = 0.70});
    const BaseStockResult best = stock.optimal();
    CHECK(best.status == core::Status::optimal);
    CHECK(best.level == doctest::Approx(264.76689437415484).epsilon(1e-12));
    CHECK(best.cost == doctest::Approx(4.466781004149577).epsilon(1e-12));
    CHECK(best.pipeline == 200);
    CHECK(best.safety_stock == doctest::Approx(14.76689437415484).epsilon(1e-10));
    CHECK(best.cycle_service == doctest::Approx(0.70 / 0.88).epsilon(1e-12));
}

TEST_CASE("a period-by-period run agrees") {
    // Cost and fill rate of simulated integer and gamma demand lie within four standard errors, for lead times 0 to 3
    // and reviews of 1 to 3 periods. Poisson and equal-scale gamma sums are exact, so nothing is fitted away.
    const Poisson counts(3);
    const Gamma amounts(1.5, 2);
    for (const int lead_time : {0, 1, 3})
        for (const int review : {1, 3}) {
            CAPTURE(lead_time);
            CAPTURE(review);
            for (const bool discrete : {true, false}) {
                BaseStockProblem problem{.family = discrete ? Family::count : Family::gamma,
                                         .mean = 3,
                                         .variance = discrete ? 3.0 : 6.0,
                                         .lead_time = static_cast<double>(lead_time),
                                         .review_period = review,
                                         .holding = 1,
                                         .backorder = 6};
                const BaseStockResult best = BaseStock(problem).optimal();
                const auto draw = [&](core::RandomStream& s) { return discrete ? counts.sample(s) : amounts.sample(s); };
                const auto seen = reference::simulate_base_stock(draw, best.level, lead_time, review, 1, 6, 100, 600);
                CHECK(std::abs(seen.cost - best.cost) < 4 * seen.cost_error);
                CHECK(std::abs(seen.fill_rate - best.fill_rate) < 4 * seen.fill_rate_error + 1e-6);
                CHECK(seen.on_hand == doctest::Approx(best.expected_on_hand).epsilon(0.05));
                CHECK(seen.backorders == doctest::Approx(best.expected_backorders).epsilon(0.1));
            }
        }
}

TEST_CASE("no other level is cheaper") {
    // Neighbouring integers, and a grid around continuous levels, with reviews longer than a period.
    for (const int review : {1, 2, 5}) {
        const BaseStock counts({.family = Family::count, .mean = 2, .variance = 7, .lead_time = 2.5, .review_period = review, .holding = 1, .backorder = 12});
        const BaseStockResult best = counts.optimal();
        CHECK(best.level == std::floor(best.level));
        CHECK(best.cost <= counts.evaluate(best.level + 1).cost);
        CHECK(best.cost <= counts.evaluate(best.level - 1).cost);
        const BaseStock gamma({.family = Family::gamma, .mean = 2, .variance = 7, .lead_time = 0.5, .review_period = review, .holding = 1, .backorder = 12});
        const BaseStockResult smooth = gamma.optimal();
        for (double shift = -3; shift <= 3; shift += 0.25) CHECK(smooth.cost <= gamma.evaluate(smooth.level + shift).cost * (1 + 1e-12));
    }
}

TEST_CASE("service targets are reached by the smallest level") {
    // Cycle service and fill rate, counts and gamma, reviews 1 and 4; a lower level misses.
    for (const int review : {1, 4})
        for (const Family family : {Family::count, Family::gamma})
            for (const double target : {0.3, 0.9, 0.995}) {
                const BaseStock stock({.family = family, .mean = 5, .variance = 20, .lead_time = 2, .review_period = review});
                const BaseStockResult fill = stock.for_fill_rate(target), cycle = stock.for_cycle_service(target);
                const double less = family == Family::count ? 1 : 1e-6;
                CHECK(fill.fill_rate >= target - 1e-12);
                CHECK(stock.evaluate(fill.level - less).fill_rate < target);
                CHECK(cycle.cycle_service >= target - 1e-12);
                CHECK(stock.evaluate(cycle.level - less).cycle_service < target);
            }
    CHECK_THROWS_AS((void)BaseStock({.mean = 1}).for_fill_rate(1), core::InputError);
}

TEST_CASE("a random lead time adds its variance") {
    // Var D = n v + Var(L) m^2, checked by drawing lead times of 1 or 3 periods with Poisson demand.
    const BaseStockProblem problem{.family = Family::count, .mean = 4, .variance = 4, .lead_time = 2, .lead_time_deviation = 1};
    const AnyDistribution interval = interval_demand(problem, 1);
    core::RandomStream stream(4, 4);
    double sum = 0, squares = 0;
    const int n = 200000;
    for (int i = 0; i < n; ++i) {
        const double draw = Poisson(stream.uniform() < 0.5 ? 8 : 16).sample(stream);
        sum += draw;
        squares += draw * draw;
    }
    CHECK(interval.mean() == doctest::Approx(sum / n).epsilon(0.01));
    CHECK(interval.variance() == doctest::Approx(squares / n - sum / n * (sum / n)).epsilon(0.02));
}

TEST_CASE("any distributions make a stock point, and wrong problems are refused") {
    // Zero lead time and review 1 is the newsvendor; every bad field is named.
    const Discrete demand(std::vector<double>{0, 3, 8}, std::vector<double>{0.5, 0.3, 0.2});
    const BaseStock stock({demand}, Discrete::point_mass(0), demand.mean(), 0, 1, 3);
    const NewsvendorResult single = newsvendor(demand, 3, 1);
    CHECK(stock.optimal().level == single.level);
    CHECK(stock.optimal().cost == doctest::Approx(single.cost));
    CHECK(stock.optimal().fill_rate == doctest::Approx(single.fill_rate));
    try {
        validate({.mean = 0, .variance = -1, .lead_time = -1, .review_period = 0, .holding = 0, .backorder = -1});
        FAIL("did not throw");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 6);
    }
}
