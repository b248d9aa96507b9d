// SPDX-License-Identifier: MIT
#include <cmath>

#include <doctest/doctest.h>

#include <meio/planner/lattice_demand.hpp>

using namespace meio;
using namespace meio::planner;

TEST_CASE("lattice demand keeps mean and variance") {
    // Every family, on fine and on coarse lattices: mass 1, mean exact, variance exact where the step allows.
    using demand::Family;
    struct Case { Family family; double mean, variance, step; };
    for (const Case& c : {Case{Family::count, 4, 4, 1}, Case{Family::count, 4, 9, 1}, Case{Family::count, 900, 2500, 1},
                          Case{Family::count, 900, 2500, 7}, Case{Family::normal, 100, 400, 0.5}, Case{Family::normal, -3, 4, 0.1},
                          Case{Family::gamma, 50, 300, 0.5}}) {
        CAPTURE(c.mean);
        CAPTURE(c.step);
        const LatticeDemand d = lattice_demand(c.family, c.mean, c.variance, c.step);
        double mass = 0, mean = 0, square = 0;
        for (std::size_t n = 0; n < d.pmf.size(); ++n) {
            const double x = static_cast<double>(d.first + static_cast<long>(n)) * c.step;
            CHECK(d.pmf[n] >= 0);
            mass += d.pmf[n];
            mean += d.pmf[n] * x;
            square += d.pmf[n] * (x - c.mean) * (x - c.mean);
        }
        CHECK(mass == doctest::Approx(1).epsilon(1e-11));
        CHECK(mean == doctest::Approx(c.mean).epsilon(1e-8));
        CHECK(square == doctest::Approx(c.variance).epsilon(1e-3));
    }
}

TEST_CASE("loss table equals the distribution") {
    // On-hand and unmet at lattice points equal the distribution's own losses, left of the table too.
    for (const double step : {1.0, 3.0}) {
        LossTable table;
        table.reset(demand::Family::count, 30, 75, step);
        for (long n = 0; n < 60; ++n) {
            const Position exact = position_at(demand::Family::count, 30, 75, static_cast<double>(n) * step);
            CHECK(table.at(n).unmet == doctest::Approx(exact.unmet).epsilon(1e-9));
            CHECK(table.at(n).on_hand == doctest::Approx(exact.on_hand).epsilon(1e-9));
        }
        CHECK(table.at(-4).unmet == doctest::Approx(30 + 4 * step));
    }
}
