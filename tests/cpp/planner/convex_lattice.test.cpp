// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>
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
