// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>
#include <meio/planner/convex_lattice.hpp>

using namespace meio;
using namespace meio::planner;

namespace {

ConvexLattice random_function(core::RandomStream& draw) {
    ConvexLattice f;
    f.first = -3 + static_cast<long>(draw.below(6));
    f.value = 10 * draw.uniform();
    f.left_slope = -5 - 3 * draw.uniform();
    double slope = f.left_slope;
    for (std::uint64_t n = 3 + draw.below(5); n > 0; --n) {
        slope += 2 * draw.uniform();
        f.slopes.push_back(slope);
    }
    return f;
}

}  // namespace

TEST_CASE("allocation equals trying every split") {
    // The merged function is the least cost of sharing x among children, with the rest held at the node.
    core::RandomStream draw(3, 1);
    for (int round = 0; round < 200; ++round) {
        const ConvexLattice f = random_function(draw);
        const ConvexLattice g = random_function(draw);
        const double holding = 1.5 * draw.uniform();
        Allocation rule;
        const ConvexLattice* children[] = {&f, &g};
        const ConvexLattice merged = allocate(children, holding, rule);
        for (long x = merged.first - 4; x <= merged.last(); ++x) {
            double least = std::numeric_limits<double>::infinity();
            for (long y = -40; y <= f.last(); ++y)
                for (long z = -40; z <= std::min(g.last(), x - y); ++z)
                    least = std::min(least, f.at(y) + g.at(z) + holding * static_cast<double>(x - y - z));
            CHECK(merged.at(x) == doctest::Approx(least).epsilon(1e-12));
        }
        CHECK(std::is_sorted(merged.slopes.begin(), merged.slopes.end()));
    }
}

TEST_CASE("expectation after demand equals its sum") {
    // E f(y - D) from slopes equals the direct sum over demand, also where y - D leaves the table on either side.
    core::RandomStream draw(3, 2);
    for (int round = 0; round < 100; ++round) {
        const ConvexLattice f = random_function(draw);
        std::vector<double> pmf(1 + draw.below(5));
        double mass = 0;
        for (double& p : pmf) mass += p = draw.uniform();
        for (double& p : pmf) p /= mass;
        const double right = std::max(f.slopes.back(), 0.0) + 1.0;
        const ConvexLattice e = expect_after_demand(f, pmf, right, right, f.slopes.size() + pmf.size());
        for (long y = e.first - 2; y <= e.last(); ++y) {
            double sum = 0;
            for (std::size_t d = 0; d < pmf.size(); ++d) {
                const long x = y - static_cast<long>(d);
                const double beyond = static_cast<double>(std::max(0L, x - f.last()));
                sum += pmf[d] * (f.at(std::min(x, f.last())) + right * beyond);
            }
            CHECK(e.at(y) == doctest::Approx(sum).epsilon(1e-12));
        }
    }
}

TEST_CASE("expectation after demand equals the sum over demands") {
    // Table, slope, turn and value of random convex functions against E f(y - D) summed point by point.
    core::RandomStream draw(5, 5);
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        ConvexLattice f;
        f.first = static_cast<long>(draw.below(9)) - 4;
        f.value = 10 * draw.uniform();
        f.left_slope = -5 - draw.uniform();
        double slope = f.left_slope;
        const std::size_t size = draw.below(30);
        for (std::size_t n = 0; n < size; ++n) f.slopes.push_back(slope += 0.2 * draw.uniform());
        const double right_slope = std::max(slope, 0.0) + draw.uniform();
        std::vector<double> pmf(1 + draw.below(25));
        double mass = 0;
        for (double& p : pmf) mass += p = draw.uniform();
        for (double& p : pmf) p /= mass;
        const auto exact = [&](long y) {
            double total = 0;
            for (std::size_t d = 0; d < pmf.size(); ++d) {
                const long x = y - static_cast<long>(d);
                total += pmf[d] * (f.at(std::min(x, f.last())) + right_slope * static_cast<double>(std::max(0L, x - f.last())));
            }
            return total;
        };
        const double stop = 0.5 * right_slope;
        const std::size_t limit = f.slopes.size() + pmf.size();
        const ConvexLattice table = expect_after_demand(f, pmf, right_slope, stop, limit);
        CHECK(table.first == f.first);
        CHECK(table.value == doctest::Approx(exact(f.first)).epsilon(1e-12));
        for (std::size_t n = 0; n < limit; ++n) {
            const long y = f.first + static_cast<long>(n);
            const double rise = exact(y + 1) - exact(y);
            CHECK(slope_after_demand(f, pmf, right_slope, n) == doctest::Approx(rise).epsilon(1e-11));
            if (n < table.slopes.size()) CHECK(table.slopes[n] == doctest::Approx(rise).epsilon(1e-11));
        }
        CHECK(turn_after_demand(f, pmf, right_slope, stop, limit) == table.slopes.size());
        CHECK(expect_after_demand(f, pmf, right_slope, stop, 3).slopes.size() == std::min<std::size_t>(3, table.slopes.size()));
        for (long y = f.first - 6; y < f.last() + 30; ++y)
            CHECK(value_after_demand(f, pmf, right_slope, y) == doctest::Approx(exact(y)).epsilon(1e-12));
    }
}

TEST_CASE("units of many children go in rising slope, ties to the lower child") {
    // Any number of children, some without slopes: the order is that of a stable sort of all their slopes.
    core::RandomStream draw(3, 3);
    for (std::size_t count = 1; count <= 12; ++count) {
        std::vector<ConvexLattice> functions(count);
        std::vector<std::pair<double, int>> expected;
        std::vector<const ConvexLattice*> children;
        for (std::size_t c = 0; c < count; ++c) {
            functions[c].left_slope = -100;
            double slope = -9;
            for (std::uint64_t n = c % 4 == 1 ? 0 : 1 + draw.below(9); n > 0; --n) {
                slope += static_cast<double>(draw.below(3));
                functions[c].slopes.push_back(slope);
                if (slope < 2) expected.emplace_back(slope, static_cast<int>(c));
            }
            children.push_back(&functions[c]);
        }
        std::stable_sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        Allocation rule;
        const ConvexLattice merged = allocate(children, 2.0, rule);
        REQUIRE(rule.order.size() == expected.size());
        for (std::size_t n = 0; n < expected.size(); ++n) {
            CHECK(merged.slopes[n] == expected[n].first);
            CHECK(rule.order[n] == expected[n].second);
        }
    }
}
