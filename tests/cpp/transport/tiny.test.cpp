// SPDX-License-Identifier: MIT
#include <meio/transport/tiny.hpp>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>
#include <meio/core/random.hpp>
#include <meio/transport/solve.hpp>
#include <reference/transport_facts.hpp>
#include <reference/transport_instances.hpp>

using namespace meio;
using namespace meio::transport;

namespace {

struct Small {
    std::size_t m = 0, n = 0;
    bool may_stay = false;
    std::vector<double> costs, supply, demand;

    void draw_costs(core::RandomStream& draw, bool keep_missing) {
        for (double& c : costs)
            if (!keep_missing || c < 1e9) c = static_cast<double>(draw.below(20)) - 3;
    }
    void draw_amounts(core::RandomStream& draw) {
        double sent = 0;
        double taken = 0;
        for (double& a : supply) sent += a = static_cast<double>(draw.below(9));
        for (double& b : demand) taken += b = static_cast<double>(draw.below(9));
        if (may_stay) {
            if (draw.below(4) != 0) supply[0] += std::max(0.0, taken - sent);  // else it may be too little
        } else {
            (sent < taken ? supply[0] : demand[0]) += std::abs(sent - taken);
        }
    }
    [[nodiscard]] Result slow() const {
        Options options;
        options.supply = may_stay ? Relation::at_most : Relation::exactly;
        return solve(costs, m, n, supply, demand, options);
    }
};

Small small_problem(core::RandomStream& draw) {
    Small p;
    p.m = 1 + draw.below(6);
    p.n = 1 + draw.below(8);
    p.may_stay = draw.below(2) == 1;
    p.costs.resize(p.m * p.n);
    p.supply.resize(p.m);
    p.demand.resize(p.n);
    p.draw_costs(draw, false);
    if (draw.below(3) == 0)
        for (double& c : p.costs)
            if (draw.below(4) == 0) c = std::numeric_limits<double>::infinity();
    p.draw_amounts(draw);
    return p;
}

// Everything that makes an answer right, recomputed from the input.
void check_answer(const TinySolver& solver, const Small& p, double expected, double tolerance) {
    CHECK(std::abs(solver.objective() - expected) <= tolerance);
    std::vector<double> u(p.m), v(p.n), x(p.m * p.n);
    solver.supply_duals(u);
    solver.demand_duals(v);
    solver.flows(x);
    double dual = 0;
    double primal = 0;
    for (std::size_t i = 0; i < p.m; ++i) {
        double sent = 0;
        for (std::size_t j = 0; j < p.n; ++j) {
            CHECK(p.costs[i * p.n + j] - u[i] - v[j] >= -tolerance);
            CHECK(x[i * p.n + j] >= 0);
            sent += x[i * p.n + j];
            if (x[i * p.n + j] > 0) primal += x[i * p.n + j] * p.costs[i * p.n + j];
        }
        CHECK(sent <= p.supply[i] + tolerance);
        if (p.may_stay) CHECK(u[i] <= tolerance);
        dual += u[i] * p.supply[i];
    }
    for (std::size_t j = 0; j < p.n; ++j) {
        double received = 0;
        for (std::size_t i = 0; i < p.m; ++i) received += x[i * p.n + j];
        CHECK(std::abs(received - p.demand[j]) <= tolerance);
        dual += v[j] * p.demand[j];
    }
    CHECK(std::abs(primal - solver.objective()) <= tolerance);
    CHECK(std::abs(dual - solver.objective()) <= tolerance);
}

}  // namespace

TEST_CASE("cold and warm solves equal the general solver") {
    // Cold, with other amounts (dual simplex), with other costs (primal simplex), degenerate, missing arcs, too little
    // supply: status, value, flows and duals are right every time.
    int infeasible = 0;
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        core::RandomStream draw(9, seed);
        Small p = small_problem(draw);
        TinySolver solver(p.m, p.n, p.may_stay ? Relation::at_most : Relation::exactly);
        for (int step = 0; step < 5; ++step) {
            CAPTURE(seed);
            CAPTURE(step);
            if (step == 2 || step == 4) p.draw_costs(draw, true);
            if (step == 1 || step == 3) p.draw_amounts(draw);
            const core::Status status = step == 0 ? solver.solve(p.costs, p.supply, p.demand)
                                        : step % 2 == 0 ? solver.resolve_costs(p.costs)
                                                        : solver.resolve(p.supply, p.demand);
            const Result slow = p.slow();
            REQUIRE(status == slow.status);
            infeasible += status == core::Status::infeasible;
            if (status == core::Status::optimal) check_answer(solver, p, slow.objective, 1e-9);
        }
    }
    CHECK(infeasible > 500);
}

TEST_CASE("real amounts and costs") {
    // Without whole numbers the answer is right to rounding, warm as cold.
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        core::RandomStream draw(10, seed);
        Small p = small_problem(draw);
        for (double& c : p.costs) c = draw.uniform();
        TinySolver solver(p.m, p.n, p.may_stay ? Relation::at_most : Relation::exactly);
        for (int step = 0; step < 4; ++step) {
            CAPTURE(seed);
            double sent = 0;
            double taken = 0;
            for (double& a : p.supply) sent += a = draw.uniform();
            for (double& b : p.demand) taken += b = draw.uniform();
            for (double& b : p.demand) b *= (p.may_stay ? 0.9 : 1.0) * sent / taken;
            const core::Status status = step == 0 ? solver.solve(p.costs, p.supply, p.demand) : solver.resolve(p.supply, p.demand);
            REQUIRE(status == core::Status::optimal);
            check_answer(solver, p, p.slow().objective, 1e-9);
        }
    }
}

TEST_CASE("many nodes") {
    // Beyond some thousands of nodes sets of nodes are found anew instead of kept; results stay those of the general solver.
    const std::size_t m = 3;
    const std::size_t n = 4200;
    meio::core::RandomStream draw(31, 0);
    std::vector<double> costs(m * n), supply(m), demand(n);
    for (double& c : costs) c = 1 + static_cast<double>(draw.below(1000));
    const auto check = [&](transport::TinySolver& solver, auto&& run) {
        for (double& b : demand) b = static_cast<double>(draw.below(30));
        double left = std::accumulate(demand.begin(), demand.end(), 0.0);
        for (double& a : supply) a = std::ceil(left * (0.3 + 0.2 * draw.uniform()));
        REQUIRE(run() == core::Status::optimal);
        const auto truth = transport::solve(costs, m, n, supply, demand);
        if (truth.status == core::Status::optimal) CHECK(solver.objective() == truth.objective);
    };
    transport::TinySolver solver(m, n);
    check(solver, [&] {
        supply[0] += 1e6;
        return solver.solve(costs, supply, demand);
    });
    for (int k = 0; k < 3; ++k)
        check(solver, [&] {
            supply[static_cast<std::size_t>(k)] += 1e6;
            return solver.resolve(supply, demand);
        });
}

TEST_CASE("the rule of lowest index ends where patience is short") {
    // With one pivot's patience nearly all work is done by Bland's rule: right answers on degenerate problems, among
    // them one on which careless rules cycle (Gassner 1964).
    for (const reference::TransportFact& fact : reference::transport_facts()) {
        if (fact.demand_relation != Relation::exactly) continue;
        TinySolver solver(fact.supply.size(), fact.demand.size(), Relation::at_most, 1);
        REQUIRE(solver.solve(fact.costs, fact.supply, fact.demand) == core::Status::optimal);
        CHECK(solver.objective() == doctest::Approx(fact.optimum).epsilon(1e-9));
    }
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        core::RandomStream draw(11, seed);
        const std::size_t n = 2 + draw.below(7);
        std::vector<double> costs(n * n);
        for (double& c : costs) c = static_cast<double>(draw.below(4));
        const std::vector<double> ones(n, 1.0);
        TinySolver hasty(n, n, Relation::exactly, 1);
        TinySolver usual(n, n, Relation::exactly);
        REQUIRE(hasty.solve(costs, ones, ones) == core::Status::optimal);
        REQUIRE(usual.solve(costs, ones, ones) == core::Status::optimal);
        CHECK(hasty.objective() == usual.objective());
    }
}

TEST_CASE("a cost that dwarfs the others") {
    // One cost of 1e300 that nobody needs leaves the answer alone.
    const std::vector<double> costs{0.3, 1e300, 0.1, 0.7};
    const std::vector<double> amounts{1.5, 2.5};
    TinySolver solver(2, 2);
    REQUIRE(solver.solve(costs, amounts, amounts) == core::Status::optimal);
    CHECK(solver.objective() == doctest::Approx(1.5 * 0.3 + 2.5 * 0.7).epsilon(1e-12));
    std::vector<double> x(4);
    solver.flows(x);
    CHECK(x[1] == 0);
}

TEST_CASE("wrong input to a tiny solver") {
    // Sizes throw; a NaN, a negative amount or -inf is a status, never an answer.
    CHECK_THROWS_AS(TinySolver(0, 3), core::InputError);
    CHECK_THROWS_AS(TinySolver(2, 3, Relation::at_least), core::InputError);
    TinySolver solver(1, 2);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS((void)solver.solve(std::vector<double>{1}, std::vector<double>{1}, std::vector<double>{1, 1}), core::InputError);
    CHECK(solver.solve(std::vector<double>{1, nan}, std::vector<double>{2}, std::vector<double>{1, 1}) == core::Status::numerical_error);
    CHECK(solver.solve(std::vector<double>{1, 1e301}, std::vector<double>{2}, std::vector<double>{1, 1}) == core::Status::numerical_error);
    CHECK(solver.solve(std::vector<double>{1, 2}, std::vector<double>{-2}, std::vector<double>{1, 1}) == core::Status::numerical_error);
    CHECK(solver.solve(std::vector<double>{1, 2}, std::vector<double>{2}, std::vector<double>{nan, 1}) == core::Status::numerical_error);
    CHECK(std::isnan(solver.objective()));
    CHECK(solver.solve(std::vector<double>{1, 2}, std::vector<double>{2}, std::vector<double>{1, 1}) == core::Status::optimal);
}

TEST_CASE("small matrices, every instruction set") {
    // Copying and tagged minima of the vector clones equal plain loops, with missing and wrong entries and ties.
    namespace detail = transport::detail;
    std::vector sets{detail::InstructionSet::baseline};
    if (detail::instruction_set() != sets[0]) sets.push_back(detail::instruction_set());
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        core::RandomStream draw(22, seed);
        const std::size_t m = 1 + draw.below(4);
        const std::size_t n = 1 + draw.below(20);
        const std::size_t stride = (n + 3) / 4 * 4;
        std::vector<double> costs(m * n);
        for (double& c : costs) c = draw.below(5) == 0 ? draw.uniform() : static_cast<double>(draw.below(4)) - 1;
        if (seed % 3 == 0)
            for (double& c : costs) c = std::floor(c);
        constexpr double odd[] = {infinity, -infinity, nan, 1e301, -1e301, 0x1p51, 1e300};
        if (draw.below(2) == 0) costs[draw.below(costs.size())] = odd[draw.below(7)];
        detail::TinyCosts expected;
        std::vector<double> plain(m * stride, infinity);
        for (std::size_t i = 0; i < m; ++i) detail::body::copy_rest(costs.data() + i * n, 0, n, plain.data() + i * stride, expected);
        std::vector<double> open(stride, 0x1p1023);
        for (std::size_t j = 0; j < n; ++j) open[j] = draw.below(3) == 0 ? 0x1p1023 : 0.0;
        for (const detail::InstructionSet set : sets) {
            std::vector<double> copied(m * stride, infinity);
            const detail::TinyCosts seen = detail::copy_costs(costs.data(), m, n, copied.data(), stride, set);
            CHECK(seen.largest == expected.largest);
            CHECK(seen.whole == (expected.whole && expected.largest < 0x1p51));
            CHECK(seen.missing == expected.missing);
            CHECK(seen.sound == expected.sound);
            for (std::size_t e = 0; e < copied.size(); ++e) CHECK((copied[e] == plain[e] || (std::isnan(copied[e]) && std::isnan(plain[e]))));
            for (std::size_t i = 0; i < m; ++i) {
                const double* c = plain.data() + i * stride;
                CHECK(detail::least_tagged(c, open.data(), stride, 63, set) == detail::body::least_tagged_plain(c, open.data(), stride, 63));
            }
        }
    }
}
