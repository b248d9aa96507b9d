// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/distributions/compound_poisson.hpp>
#include <meio/distributions/discrete.hpp>
#include <meio/distributions/fit.hpp>
#include <meio/distributions/mixture.hpp>
#include <meio/single_echelon/newsvendor.hpp>
#include <reference/single_echelon/grid_search.hpp>

using namespace meio;
using namespace meio::distributions;
using namespace meio::single_echelon;

TEST_CASE("published newsvendors come out") {
    // Levels and costs of tests/data/single_echelon/newsvendor.csv within the tolerance of each row.
    std::ifstream in(std::filesystem::path(__FILE__).parent_path() / "../../data/single_echelon/newsvendor.csv");
    REQUIRE(in.good());
    int rows = 0;
    std::string line;
    std::getline(in, line);
    for (; std::getline(in, line); ++rows) {
        std::istringstream cells(line);
        std::string id, family, cell;
        std::getline(cells, id, ',');
        std::getline(cells, family, ',');
        std::vector<double> v;
        while (v.size() < 7 && std::getline(cells, cell, ',')) v.push_back(std::strtod(cell.c_str(), nullptr));
        CAPTURE(id);
        const AnyDistribution demand = family == "normal" ? AnyDistribution(Normal(v[0], v[1])) : AnyDistribution(Poisson(v[0]));
        const NewsvendorResult best = newsvendor(demand, v[3], v[2]);
        CHECK(best.status == core::Status::optimal);
        CHECK(std::abs(best.level / v[4] - 1) < v[6]);
        CHECK(std::abs(best.cost / v[5] - 1) < v[6]);
    }
    CHECK(rows == 6);
}

TEST_CASE("a tabulated demand gives Snyder and Shen, Problem 4.7b") {
    // Holding 500,000 and shortage 1,000,000 a unit: level 5, cost 1,225,000.
    const Discrete demand(std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8},
                          std::vector<double>{0.25, 0.05, 0.1, 0.2, 0.15, 0.1, 0.1, 0.05});
    const NewsvendorResult best = newsvendor(demand, 1e6, 5e5);
    CHECK(best.level == 5);
    CHECK(best.cost == doctest::Approx(1225000).epsilon(1e-12));
}

TEST_CASE("prices give costs and profit, Snyder and Shen, Problem 4.3b") {
    // Price 7, cost 2.5, salvage 1.5, normal(50, 10): level 59.0846, profit 210.4768; goodwill only raises the level.
    const NewsvendorProfit best = newsvendor_profit(Normal(50, 10), 7, 2.5, 1.5);
    CHECK(best.newsvendor.level == doctest::Approx(59.084578685373856).epsilon(1e-9));
    CHECK(best.profit == doctest::Approx(210.47680825231475).epsilon(1e-9));
    CHECK(newsvendor_profit(Normal(50, 10), 7, 2.5, 1.5, 3).newsvendor.level > best.newsvendor.level);
    CHECK_THROWS_AS((void)newsvendor_profit(Normal(50, 10), 2, 2.5, 1.5), core::InputError);
    CHECK_THROWS_AS((void)newsvendor_profit(Normal(50, 10), 7, 2.5, 2.5), core::InputError);
}

TEST_CASE("no level on a grid is cheaper") {
    // Against a search over levels that knows costs only, for every kind of distribution and lopsided costs.
    const Discrete size(std::vector<double>{1, 4}, std::vector<double>{0.7, 0.3});
    const std::vector<AnyDistribution> demands{Normal(20, 6), Gamma(0.6, 12), Lognormal(2, 0.8), Poisson(4.2),
                                               NegativeBinomial(0.4, 0.1), CompoundPoisson(2, size),
                                               Mixture({0.6, 0.4}, {Discrete::point_mass(0), Poisson(9)})};
    for (const AnyDistribution& demand : demands)
        for (const double underage : {0.3, 2.0, 60.0}) {
            const NewsvendorResult best = newsvendor(demand, underage, 1);
            const double step = demand.is_discrete() ? 1 : 0.01;
            const reference::GridPoint grid = reference::cheapest_on_grid(demand, underage, 1, 0, 150, step);
            CHECK(best.cost <= grid.cost * (1 + 1e-12));
            if (demand.is_discrete())
                CHECK(best.level == grid.level);
            else
                CHECK(std::abs(best.level - grid.level) < 0.02);
            CHECK(best.cost == doctest::Approx(best.expected_leftover + underage * best.expected_shortage));
            CHECK(best.fill_rate == doctest::Approx(1 - best.expected_shortage / demand.mean()));
            CHECK(best.cycle_service >= best.critical_ratio - 1e-12);
        }
}

TEST_CASE("wrong costs are refused together") {
    // Both costs must be finite and positive.
    try {
        (void)newsvendor(Poisson(3), 0, -1);
        FAIL("did not throw");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 2);
    }
}
