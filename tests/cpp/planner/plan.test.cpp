// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <tuple>

#include <doctest/doctest.h>

#include <meio/planner/planner.hpp>
#include <reference/planner/random_network.hpp>

using namespace meio;
using namespace meio::planner;

TEST_CASE("levels add up along the supply tree") {
    // Independent plans: the centre's echelon level is the sum of the shops' levels. Echelon plans: it holds its own stock.
    const auto p = reference::random_problem(6, 6, true, false);
    PlannerOptions options;
    const Plan plan = Planner(options).solve(p.network, p.forecast);
    std::map<std::int32_t, double> below, centre;
    for (const Level& level : plan.tables.levels) {
        if (level.facility == 1) {
            centre[level.product] = level.echelon_base_stock;
            CHECK(level.base_stock == 0);
        } else {
            below[level.product] += level.base_stock;
            CHECK(level.echelon_base_stock == level.base_stock);
        }
    }
    CHECK(centre.size() == 6);
    for (const auto& [product, level] : centre) CHECK(level == doctest::Approx(below[product]));

    options.item_model = ItemModelKind::echelon;
    const Plan echelon = Planner(options).solve(p.network, p.forecast);
    double stock = 0;
    for (const Level& level : echelon.tables.levels)
        if (level.facility == 1) stock += level.echelon_base_stock;
    CHECK(stock > 0);
}

TEST_CASE("rows are sorted and each class is served once") {
    // Tables come in a fixed order; every (product, class, period) with demand appears exactly once.
    const auto p = reference::random_problem(7, 4, false, false, 2);
    const Plan plan = Planner().solve(p.network, p.forecast);
    const auto key = [](const Served& s) { return std::tuple(s.product, s.demand_class, s.period); };
    CHECK(std::is_sorted(plan.tables.served.begin(), plan.tables.served.end(),
                         [&](const Served& x, const Served& y) { return key(x) < key(y); }));
    CHECK(plan.tables.served.size() == 4 * 2 * plan.built.eligibility.classes.size());
    for (std::size_t n = 1; n < plan.tables.served.size(); ++n) CHECK(key(plan.tables.served[n - 1]) != key(plan.tables.served[n]));
}

TEST_CASE("levels of later periods serve later demand") {
    // A season that doubles demand in the last period raises the level indexed by that period.
    auto p = reference::random_problem(9, 3, false, false, 4);
    for (std::size_t s = 0; s < p.forecast.series.size(); ++s)
        for (std::size_t t = 0; t < 4; ++t) {
            p.forecast.mean[s * 4 + t] = t == 3 ? 8.0 : 4.0;
            p.forecast.variance[s * 4 + t] = p.forecast.mean[s * 4 + t];
        }
    const Plan plan = Planner().solve(p.network, p.forecast);
    std::map<std::int32_t, double> by_period;
    for (const Level& level : plan.tables.levels) by_period[level.period] += level.base_stock;
    CHECK(by_period[3] > by_period[1]);
    CHECK(by_period[0] == doctest::Approx(by_period[1]));
}
