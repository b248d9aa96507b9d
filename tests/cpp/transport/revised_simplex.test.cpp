// SPDX-License-Identifier: MIT
#include <meio/transport/revised_simplex.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <reference/linear_program.hpp>
#include <reference/linear_program_instances.hpp>
#include <reference/linear_program_scaled.hpp>
#include <reference/transport_facts.hpp>
#include <reference/transport_instances.hpp>

using namespace meio;
using transport::Crash;
using transport::LinearOptions;
using transport::LinearProgram;
using transport::LinearResult;
using transport::RevisedSimplex;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Rows a x >= or <= b given densely: {coefficients..., bound}.
LinearProgram at_most(const std::vector<double>& costs, const std::vector<std::vector<double>>& table) {
    LinearProgram lp;
    for (const auto& row : table) lp.add_row(-infinity, row.back());
    for (std::size_t j = 0; j < costs.size(); ++j) {
        std::vector<std::int32_t> rows;
        std::vector<double> values;
        for (std::size_t i = 0; i < table.size(); ++i)
            if (table[i][j] != 0) {
                rows.push_back(static_cast<std::int32_t>(i));
                values.push_back(table[i][j]);
            }
        lp.add_variable(costs[j], 0, infinity, rows, values);
    }
    return lp;
}

LinearProgram transport_rows(const std::vector<double>& costs, const std::vector<double>& supply,
                             const std::vector<double>& demand) {
    LinearProgram lp;
    for (const double v : supply) lp.add_row(-infinity, v);
    for (const double v : demand) lp.add_row(v, v);
    for (std::size_t i = 0; i < supply.size(); ++i)
        for (std::size_t j = 0; j < demand.size(); ++j) {
            const std::vector<std::int32_t> rows{static_cast<std::int32_t>(i),
                                                 static_cast<std::int32_t>(supply.size() + j)};
            lp.add_variable(costs[i * demand.size() + j], 0, infinity, rows, std::vector<double>{1, 1});
        }
    return lp;
}

// Status by two methods, value equal, proof checked by definition.
void check_against(const LinearProgram& lp, const LinearResult& r, const reference::LinearTruth& truth) {
    REQUIRE(core::to_string(r.status) == core::to_string(truth.status));
    CHECK(reference::fault(lp, r, 1e-7) == "");
    if (truth.status != core::Status::optimal) return;
    CHECK(std::abs(r.objective - truth.objective) <= 1e-9 * std::max(1.0, std::abs(truth.objective)));
    CHECK(r.certificate.gap <= 1e-9);
    CHECK(r.certificate.dual_violation <= 1e-6);
}

}  // namespace

TEST_CASE("a textbook problem with its duals") {
    // Wyndor Glass (Hillier, Lieberman): optimum 36 at (2, 6), shadow prices 0, 3/2, 1, here of a minimum.
    const LinearProgram lp = at_most({-3, -5}, {{1, 0, 4}, {0, 2, 12}, {3, 2, 18}});
    const LinearResult r = transport::solve_linear(lp);
    REQUIRE(r.status == core::Status::optimal);
    CHECK(r.objective == doctest::Approx(-36).epsilon(1e-14));
    CHECK(r.x[0] == doctest::Approx(2).epsilon(1e-14));
    CHECK(r.x[1] == doctest::Approx(6).epsilon(1e-14));
    CHECK(r.row_duals[0] == 0);
    CHECK(r.row_duals[1] == doctest::Approx(-1.5).epsilon(1e-14));
    CHECK(r.row_duals[2] == doctest::Approx(-1).epsilon(1e-14));
    CHECK(r.bound <= r.objective + 1e-12);
    CHECK(reference::fault(lp, r, 1e-12) == "");
}

TEST_CASE("published transport problems, from both first bases") {
    // Every published optimum of the collection, as a linear program, from the slack and from the network basis.
    for (const reference::TransportFact& fact : reference::transport_facts()) {
        if (fact.demand_relation != transport::Relation::exactly) continue;
        if (*std::max_element(fact.costs.begin(), fact.costs.end()) > 1e9) continue;
        CAPTURE(fact.name);
        const LinearProgram lp = transport_rows(fact.costs, fact.supply, fact.demand);
        for (const Crash crash : {Crash::automatic, Crash::slack, Crash::network}) {
            const LinearResult r = transport::solve_linear(lp, {.crash = crash});
            REQUIRE(r.status == core::Status::optimal);
            CHECK(r.objective == doctest::Approx(fact.optimum).epsilon(1e-9));
            CHECK(reference::fault(lp, r, 1e-9) == "");
        }
    }
}

TEST_CASE("random problems equal the slow twin, with every proof checked") {
    // 20,000 problems of every awkward kind; optimal, infeasible and unbounded ones, from both first bases.
    int count[3] = {0, 0, 0};
    for (std::uint64_t seed = 0; seed < 20000; ++seed) {
        CAPTURE(seed);
        const LinearProgram lp = reference::random_linear_program(seed, 6, 8);
        const reference::LinearTruth truth = reference::solve_linear(lp);
        check_against(lp, transport::solve_linear(lp, {.crash = seed % 2 == 0 ? Crash::automatic : Crash::network}),
                      truth);
        ++count[truth.status == core::Status::optimal ? 0 : (truth.status == core::Status::infeasible ? 1 : 2)];
    }
    CHECK(count[0] > 8000);
    CHECK(count[1] > 1000);
    CHECK(count[2] > 1000);
}

TEST_CASE("warm starts equal cold ones after random edits") {
    // Costs, bounds, rows and variables change 12 times in a row; every answer equals the slow twin's.
    for (std::uint64_t seed = 0; seed < 1500; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        const auto below = [&](std::size_t k) { return static_cast<std::size_t>(random() % k); };
        const auto whole = [&](int a, int b) {
            return a + static_cast<int>(random() % static_cast<std::uint64_t>(b - a + 1));
        };
        RevisedSimplex solver(reference::random_linear_program(seed, 5, 6));
        solver.solve();
        for (int edit = 0; edit < 12; ++edit) {
            CAPTURE(edit);
            const LinearProgram& lp = solver.problem();
            const auto j = static_cast<std::int32_t>(below(std::max<std::size_t>(1, lp.variable_count())));
            const auto i = static_cast<std::int32_t>(below(lp.row_count()));
            const bool any = lp.variable_count() > 0;
            switch (below(6)) {
                case 0:
                    if (any) solver.set_cost(j, whole(-9, 9));
                    break;
                case 1: {
                    const double low = whole(-9, 5);
                    if (any)
                        solver.set_variable_bounds(j, below(3) == 0 ? -infinity : low,
                                                   below(2) == 0 ? infinity : low + whole(0, 9));
                    break;
                }
                case 2: {
                    const double low = whole(-20, 20);
                    solver.set_row_bounds(i, below(3) == 0 ? -infinity : low,
                                          below(3) == 0 ? infinity : low + whole(0, 9));
                    break;
                }
                case 3: {
                    std::vector<std::int32_t> variables;
                    std::vector<double> values;
                    for (std::size_t k = 0; k < lp.variable_count(); ++k)
                        if (below(2) == 0) {
                            variables.push_back(static_cast<std::int32_t>(k));
                            values.push_back(whole(-5, 5));
                        }
                    const double low = whole(-20, 10);
                    solver.add_row(low, low + whole(0, 30), variables, values);
                    break;
                }
                case 4: {
                    std::vector<std::int32_t> rows;
                    std::vector<double> values;
                    for (std::size_t k = 0; k < lp.row_count(); ++k)
                        if (below(2) == 0) {
                            rows.push_back(static_cast<std::int32_t>(k));
                            values.push_back(whole(-5, 5));
                        }
                    solver.add_variable(whole(-3, 9), 0, below(2) == 0 ? infinity : 7.0, rows, values);
                    break;
                }
                default: {
                    std::vector<double> costs(lp.costs);
                    for (double& c : costs) c += whole(-2, 2);
                    solver.set_costs(costs);
                }
            }
            check_against(solver.problem(), solver.solve(), reference::solve_linear(solver.problem()));
        }
    }
}

TEST_CASE("a basis carries over to another solver") {
    // From the optimal basis no pivot is left; from senseless ones the answer is the same.
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        CAPTURE(seed);
        const LinearProgram lp = reference::random_linear_program(seed, 8, 12);
        const LinearResult first = transport::solve_linear(lp);
        if (first.status != core::Status::optimal) continue;
        RevisedSimplex other(lp);
        other.set_basis(first.basis);
        CHECK(other.solve().status == core::Status::optimal);
        CHECK(other.result().iterations == 0);
        CHECK(other.result().objective == doctest::Approx(first.objective).epsilon(1e-9));
        std::mt19937_64 random(seed);
        transport::LinearBasis wild = first.basis;
        for (auto* part : {&wild.variables, &wild.rows})
            for (auto& s : *part) s = static_cast<transport::BasisStatus>(random() % 4);
        other.set_basis(wild);
        check_against(lp, other.solve(), {core::Status::optimal, first.objective});
        std::fill(wild.variables.begin(), wild.variables.end(), transport::BasisStatus::basic);
        std::fill(wild.rows.begin(), wild.rows.end(), transport::BasisStatus::at_lower);
        other.set_basis(wild);
        check_against(lp, other.solve(), {core::Status::optimal, first.objective});
    }
}

TEST_CASE("a sensitivity price equals the difference quotient") {
    // Raising a binding bound by a little changes the optimum by dual times that.
    LinearProgram lp = at_most({-3, -5}, {{1, 0, 4}, {0, 2, 12.3}, {3, 2, 18}});
    const LinearResult base = transport::solve_linear(lp);
    for (std::size_t i = 0; i < 3; ++i) {
        LinearProgram more = lp;
        more.row_upper[i] += 0.01;
        CHECK((transport::solve_linear(more).objective - base.objective) / 0.01 ==
              doctest::Approx(base.row_duals[i]).epsilon(1e-9));
    }
}

TEST_CASE("problems on which simple rules cycle end") {
    // Beale (1955), Marshall and Suurballe (1969), Kuhn (see Balinski, Tucker 1969), Chvatal (1983): known to cycle
    // under Dantzig's rule.
    const LinearProgram beale =
        at_most({-0.75, 150, -0.02, 6}, {{0.25, -60, -0.04, 9, 0}, {0.5, -90, -0.02, 3, 0}, {0, 0, 1, 0, 1}});
    const LinearProgram chvatal =
        at_most({-10, 57, 9, 24}, {{0.5, -5.5, -2.5, 9, 0}, {0.5, -1.5, -0.5, 1, 0}, {1, 0, 0, 0, 1}});
    const LinearProgram kuhn =
        at_most({-2, -3, 1, 12}, {{-2, -9, 1, 9, 0}, {1.0 / 3, 1, -1.0 / 3, -2, 0}, {2, 3, -1, -12, 2}});
    const LinearProgram marshall =
        at_most({-0.4, -0.4, 1.8, 0},
                {{0.6, -6.4, 4.8, 0, 0}, {0.2, -1.8, 0.6, 0, 0}, {0.4, -1.6, 0.2, 0, 0}, {0, 1, 0, 0, 1}});
    for (const LinearProgram& lp : {beale, chvatal, kuhn, marshall})
        for (const int bland_after : {0, 1, 5, 60, 1000000}) {
            CAPTURE(bland_after);
            const LinearResult r = transport::solve_linear(lp, {.bland_after = bland_after});
            check_against(lp, r, reference::solve_linear(lp));
            CHECK(r.iterations < 60);
        }
    CHECK(transport::solve_linear(beale).objective == doctest::Approx(-0.05).epsilon(1e-12));
    CHECK(transport::solve_linear(chvatal).objective == doctest::Approx(-1).epsilon(1e-12));
    CHECK(transport::solve_linear(kuhn).objective == doctest::Approx(-2).epsilon(1e-12));
}

TEST_CASE("Bland's rule alone, and a fresh inverse at every pivot, reach the same answers") {
    // The fall-back of degenerate runs is a whole method: from the first pivot on it solves every awkward kind. So does
    // a solver that never updates its inverse.
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        CAPTURE(seed);
        const LinearProgram lp = reference::random_linear_program(seed, 6, 8);
        const reference::LinearTruth truth = reference::solve_linear(lp);
        check_against(lp, transport::solve_linear(lp, {.bland_after = 0}), truth);
        check_against(lp, transport::solve_linear(lp, {.refactor_interval = 1}), truth);
    }
}

TEST_CASE("highly degenerate assignments end at the right cost") {
    // Assignment problems (all ties at unit supplies), alone and with a side row, from both first bases.
    std::mt19937_64 random(17);
    for (int round = 0; round < 30; ++round) {
        CAPTURE(round);
        const std::size_t n = 3 + random() % 10;
        std::vector<double> costs(n * n);
        for (double& c : costs)
            c = static_cast<double>(random() % (round % 2 == 0 ? 3 : 50)) - (round % 3 == 0 ? 20 : 0);
        const std::vector<double> ones(n, 1.0);
        LinearProgram lp = transport_rows(costs, ones, ones);
        if (round % 2 == 1) {
            std::vector<std::int32_t> all;
            std::vector<double> values;
            for (std::size_t j = 0; j < n * n; ++j)
                if (random() % 2 == 0) {
                    all.push_back(static_cast<std::int32_t>(j));
                    values.push_back(static_cast<double>(1 + random() % 3));
                }
            lp.add_row(-infinity, static_cast<double>(n), all, values);
        }
        const LinearResult slack = transport::solve_linear(lp, {.crash = Crash::slack});
        const LinearResult network = transport::solve_linear(lp, {.crash = Crash::network});
        CHECK(slack.status == network.status);
        CHECK(slack.objective == doctest::Approx(network.objective).epsilon(1e-9));
        CHECK(reference::fault(lp, slack, 1e-9) == "");
        CHECK(reference::fault(lp, network, 1e-9) == "");
        CHECK(slack.iterations < static_cast<std::int64_t>(60 * n));
        CHECK(network.iterations < static_cast<std::int64_t>(60 * n));
        if (n <= 6) check_against(lp, slack, reference::solve_linear(lp));
    }
}

TEST_CASE("whole-number transport problems are exact") {
    // The basis of a network has entries -1, 0 and 1: flows and duals of whole numbers come out whole, to the last bit.
    std::mt19937_64 random(23);
    for (int round = 0; round < 200; ++round) {
        std::vector<double> supply(4), demand(6), costs(24);
        for (double& v : demand) v = static_cast<double>(random() % 20);
        for (double& v : supply) v = 30 + static_cast<double>(random() % 20);
        for (double& v : costs) v = static_cast<double>(random() % 100);
        const LinearResult r = transport::solve_linear(transport_rows(costs, supply, demand));
        REQUIRE(r.status == core::Status::optimal);
        for (const double v : r.x) CHECK(v == std::floor(v));
        for (const double v : r.row_duals) CHECK(v == std::floor(v));
        CHECK(r.certificate.gap == 0);
        CHECK(r.certificate.primal_violation == 0);
        CHECK(r.certificate.dual_violation == 0);
    }
}

TEST_CASE("units do not matter") {
    // Money and goods in other units give the same plan, and badly scaled rows and columns the same value.
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        CAPTURE(seed);
        const LinearProgram lp = reference::random_linear_program(seed, 6, 9);
        const LinearResult base = transport::solve_linear(lp);
        for (const double money : {1e-7, 1e7})
            for (const double goods : {1e-6, 1e6}) {
                LinearProgram other = lp;
                for (double& c : other.costs) c *= money;
                for (auto* bounds : {&other.lower, &other.upper, &other.row_lower, &other.row_upper})
                    for (double& b : *bounds) b *= goods;
                const LinearResult r = transport::solve_linear(other);
                REQUIRE(core::to_string(r.status) == core::to_string(base.status));
                if (r.status == core::Status::optimal)
                    CHECK(std::abs(r.objective / (money * goods) - base.objective) <=
                          1e-9 * std::max(1.0, std::abs(base.objective)));
            }
    }
}

TEST_CASE("an optimum is right and its bound below it, over twelve powers of ten") {
    // Sizes spread over 2 to 12 powers of ten; the optimum is known exactly by construction, so that a bound above it by
    // less than a rounding shows too.
    int stalled = 0;
    for (const auto& [matrix_powers, vector_powers] : {std::pair{3, 3}, {7, 7}, {10, 10}, {13, 9}, {16, 6}, {19, 3}})
        for (std::uint64_t seed = 0; seed < 2500; ++seed) {
            CAPTURE(seed);
            CAPTURE(matrix_powers);
            const reference::ScaledProgram scaled = reference::scaled_linear_program(seed, matrix_powers, vector_powers);
            const LinearResult r = transport::solve_linear(scaled.lp);
            CHECK(!scaled.below(r.bound));
            if (r.status == core::Status::stalled) {
                ++stalled;
                continue;
            }
            REQUIRE(r.status == core::Status::optimal);
            CHECK(std::abs(r.objective - scaled.value()) <= 1e-12 * std::abs(scaled.value()));
            double terms = 0;  // an optimum may be zero as a difference of large terms
            for (std::size_t i = 0; i < scaled.lp.row_count(); ++i)
                if (const double y = r.row_duals[i]; y != 0)
                    terms += std::abs(y * (y > 0 ? scaled.lp.row_lower[i] : scaled.lp.row_upper[i]));
            for (std::size_t j = 0; j < r.x.size(); ++j)
                terms += (std::abs(scaled.lp.costs[j]) + std::abs(r.reduced_costs[j])) * std::abs(r.x[j]);
            CHECK(r.bound >= r.objective - 1e-9 * std::max(1.0, terms));
        }
    CHECK(stalled <= 3);
}

TEST_CASE("a cost far below the others counts") {
    // The second variable is worth 2e-7 a unit beside costs of 1e5, and nothing bounds it but its rows: idle is not
    // optimal. The optimum is the cost times the ratio of the second row.
    LinearProgram lp;
    lp.add_row(-infinity, 28930.303473906999);
    lp.add_row(-infinity, 45652.273222215001);
    lp.add_variable(160107.231141892, 0, infinity, {{0, 1}}, {{9.7852386009999996, 0.419235672}});
    lp.add_variable(-2.18e-07, 0, infinity, {{0, 1}}, {{-0.034300177000000001, 0.0063808049999999998}});
    lp.add_variable(27598.974729821999, 0, infinity, {{0, 1}}, {{2.2000759410000001, 0.001013878}});
    const LinearResult r = transport::solve_linear(lp);
    REQUIRE(r.status == core::Status::optimal);
    CHECK(r.objective == doctest::Approx(-2.18e-07 * (45652.273222215001 / 0.0063808049999999998)).epsilon(1e-14));
    CHECK(r.bound <= r.objective);
}

TEST_CASE("no ray goes from a point that misses a tiny row") {
    // The fixed variable gives the row 4.5e-8, its limit is 1.2e-8: infeasible, whatever the free variable is worth.
    LinearProgram lp;
    lp.add_row(-infinity, 0x1.ap-27);
    lp.add_variable(-0x1.8p-27, -0x1.8p33, -0x1.8p33, {{0}}, {{-0x1p-58}});
    lp.add_variable(-0x1.8p-27, -infinity, infinity);
    const LinearResult r = transport::solve_linear(lp);
    REQUIRE(r.status == core::Status::infeasible);
    CHECK(r.farkas_amount > 0);
}

TEST_CASE("one huge cost does not disturb the others") {
    // A forbidding cost of up to 1e300 on an unneeded variable leaves the optimum alone.
    for (const double huge : {1e12, 1e32, 1e300}) {
        LinearProgram lp = at_most({-3, -5, huge}, {{1, 0, 1, 4}, {0, 2, 1, 12}, {3, 2, 1, 18}});
        const LinearResult r = transport::solve_linear(lp);
        REQUIRE(r.status == core::Status::optimal);
        CHECK(r.objective == doctest::Approx(-36).epsilon(1e-12));
        CHECK(r.certificate.gap < 1e-12);
    }
}

TEST_CASE("monstrous entries never bring a false claim") {
    // One cost, coefficient or bound of 5e-324 to 1.7e308: the answer is right or says that it is none.
    std::mt19937_64 random(1);
    const std::vector<double> monsters{1e300, -1e300, 1e150, 1e20,  -1e20,  1e-300,
                                       1e-20, 1e12,   -1e12, 1e-12, 5e-324, 1.7e308};
    int claims = 0;
    for (std::uint64_t seed = 0; seed < 6000; ++seed) {
        CAPTURE(seed);
        LinearProgram lp = reference::random_linear_program(seed, 6, 8);
        const double monster = monsters[random() % monsters.size()];
        const std::size_t j = random() % lp.variable_count();
        const std::size_t i = random() % lp.row_count();
        switch (random() % 4) {
            case 0: lp.costs[j] = monster; break;
            case 1:
                if (!lp.values.empty()) lp.values[random() % lp.values.size()] = monster;
                break;
            case 2: (monster >= lp.lower[j] ? lp.upper[j] : lp.lower[j]) = monster; break;
            default: (monster >= lp.row_lower[i] ? lp.row_upper[i] : lp.row_lower[i]) = monster;
        }
        const LinearResult r = transport::solve_linear(lp);
        if (r.status == core::Status::stalled || r.status == core::Status::numerical_error) continue;
        ++claims;
        CHECK(reference::fault(lp, r, 1e-6) == "");
    }
    CHECK(claims > 5000);
}

TEST_CASE("small and empty problems") {
    // No rows, no variables, free and fixed variables, empty rows: statuses by inspection.
    LinearProgram lp;
    CHECK(transport::solve_linear(lp).status == core::Status::optimal);
    lp.add_row(-1, 1);
    CHECK(transport::solve_linear(lp).status == core::Status::optimal);
    lp.add_row(1, infinity);
    LinearResult r = transport::solve_linear(lp);
    CHECK(r.status == core::Status::infeasible);
    CHECK(reference::fault(lp, r, 1e-12) == "");
    LinearProgram box;
    box.add_variable(1, -2, 5);
    box.add_variable(-1, -2, 5);
    box.add_variable(0, -infinity, infinity);
    box.add_variable(7, 3, 3);
    r = transport::solve_linear(box);
    CHECK(r.status == core::Status::optimal);
    CHECK(r.x == std::vector<double>{-2, 5, 0, 3});
    box.add_variable(-1, 0, infinity);
    r = transport::solve_linear(box);
    CHECK(r.status == core::Status::unbounded);
    CHECK(reference::fault(box, r, 1e-12) == "");
}

TEST_CASE("a stopped solve says why, and the next one goes on") {
    // Limit of pivots, passed deadline, set flag, callback that refuses; then the optimum after all.
    std::mt19937_64 random(3);
    std::vector<double> costs(100);
    for (double& c : costs) c = static_cast<double>(random() % 1000);
    const std::vector<double> mass(10, 10.0);
    const LinearProgram lp = transport_rows(costs, mass, mass);
    const double optimum = transport::solve_linear(lp).objective;
    RevisedSimplex solver(lp, {.max_iterations = 4});
    LinearResult r = solver.solve();
    CHECK(r.status == core::Status::iteration_limit);
    CHECK(r.iterations == 4);
    CHECK(r.bound <= optimum);
    CHECK(r.bound > -infinity);
    for (int k = 0; k < 100 && solver.result().status == core::Status::iteration_limit; ++k) {
        CHECK(solver.result().bound <= optimum + 1e-9);
        solver.solve();
    }
    CHECK(solver.result().status == core::Status::optimal);
    CHECK(solver.result().objective == optimum);

    RevisedSimplex another(lp);
    core::Context late;
    late.deadline = core::Context::Clock::now() - std::chrono::seconds(1);
    CHECK(another.solve(late).status == core::Status::time_limit);
    const std::atomic<bool> stop{true};
    core::Context flagged;
    flagged.stop = &stop;
    CHECK(another.solve(flagged).status == core::Status::interrupted);
    core::Context refused;
    refused.callback = [](const core::Progress&) { return false; };
    CHECK(another.solve(refused).status == core::Status::interrupted);
    CHECK(another.solve().objective == optimum);
}

TEST_CASE("wrong edits throw and change nothing") {
    // Every edit checks its input; the problem and its answer stay as they were.
    RevisedSimplex solver(at_most({-3, -5}, {{1, 0, 4}, {0, 2, 12}, {3, 2, 18}}));
    const double before = solver.solve().objective;
    const double nan = std::nan("");
    CHECK_THROWS_AS(solver.set_cost(2, 1), core::InputError);
    CHECK_THROWS_AS(solver.set_cost(0, nan), core::InputError);
    CHECK_THROWS_AS(solver.set_costs(std::vector<double>{1}), core::InputError);
    CHECK_THROWS_AS(solver.set_variable_bounds(0, 2, 1), core::InputError);
    CHECK_THROWS_AS(solver.set_row_bounds(-1, 0, 1), core::InputError);
    CHECK_THROWS_AS(solver.set_row_bounds(0, nan, 1), core::InputError);
    CHECK_THROWS_AS(solver.add_variable(nan, 0, 1, {}, {}), core::InputError);
    CHECK_THROWS_AS(solver.add_variable(0, 0, 1, {{3}}, {{1.0}}), core::InputError);
    CHECK_THROWS_AS(solver.add_row(0, 1, {{0, 0}}, {{1.0, 1.0}}), core::InputError);
    CHECK_THROWS_AS(solver.add_row(0, 1, {{0}}, {{nan}}), core::InputError);
    CHECK_THROWS_AS(solver.set_basis({}), core::InputError);
    CHECK_THROWS_AS(RevisedSimplex(LinearProgram{}, {.primal_tolerance = 0}), core::InputError);
    CHECK(solver.solve().objective == before);
    CHECK(solver.result().iterations == 0);
    const RevisedSimplex copy = solver;
    CHECK(RevisedSimplex(copy).solve().objective == before);
}
