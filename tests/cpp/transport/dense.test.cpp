// SPDX-License-Identifier: MIT
#include <meio/core/random.hpp>
#include <meio/transport/dense.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <reference/transport.hpp>
#include <reference/transport_facts.hpp>
#include <reference/transport_instances.hpp>

using namespace meio;
using transport::Options;
using transport::Relation;
using transport::Result;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Result solve(const std::vector<double>& costs, const std::vector<double>& supply, const std::vector<double>& demand,
             const Options& options = {}) {
    return transport::solve_dense(costs, supply.size(), demand.size(), supply, demand, options);
}

// Checks the result against the input by definition, sharing no code with the solver.
void check_optimal(const std::vector<double>& costs, const std::vector<double>& supply, const std::vector<double>& demand,
                   const Options& options, const Result& r, double tolerance) {
    const std::size_t m = supply.size();
    const std::size_t n = demand.size();
    REQUIRE(r.status == core::Status::optimal);
    const std::vector<double> x = r.flows(m, n);
    double primal = 0;
    double dual = 0;
    double worst = 0;
    for (std::size_t i = 0; i < m; ++i) {
        double out = 0;
        for (std::size_t j = 0; j < n; ++j) {
            const double reduced = costs[i * n + j] - r.supply_duals[i] - r.demand_duals[j];
            worst = std::max(worst, -reduced);
            if (x[i * n + j] > 0) {
                primal += costs[i * n + j] * x[i * n + j];
                worst = std::max(worst, reduced);
            }
            CHECK(x[i * n + j] >= 0);
            out += x[i * n + j];
        }
        CHECK(out <= supply[i] + tolerance);
        if (options.supply == Relation::exactly) CHECK(out >= supply[i] - tolerance);
        if (options.supply == Relation::at_most) CHECK(r.supply_duals[i] <= tolerance);
        dual += supply[i] * r.supply_duals[i];
    }
    for (std::size_t j = 0; j < n; ++j) {
        double in = 0;
        for (std::size_t i = 0; i < m; ++i) in += x[i * n + j];
        CHECK(in >= demand[j] - tolerance);
        if (options.demand == Relation::exactly) CHECK(in <= demand[j] + tolerance);
        if (options.demand == Relation::at_least) CHECK(r.demand_duals[j] >= -tolerance);
        dual += demand[j] * r.demand_duals[j];
    }
    CHECK(worst <= tolerance);
    CHECK(std::abs(primal - dual) <= tolerance * std::max(1.0, std::abs(primal)));
    CHECK(std::abs(primal - r.objective) <= tolerance * std::max(1.0, std::abs(primal)));
    CHECK(r.bound <= r.objective);
    CHECK(r.certificate.gap <= 1e-12 + tolerance);
    CHECK(r.certificate.dual_violation <= tolerance);
    CHECK(r.certificate.primal_residual <= tolerance);
}

}  // namespace

TEST_CASE("published problems") {
    // Every published optimum of the collection is reproduced, with a certificate.
    for (const reference::TransportFact& fact : reference::transport_facts()) {
        CAPTURE(fact.name);
        const Result r = solve(fact.costs, fact.supply, fact.demand, {.demand = fact.demand_relation});
        check_optimal(fact.costs, fact.supply, fact.demand, {.demand = fact.demand_relation}, r, 1e-9);
        CHECK(r.objective == doctest::Approx(fact.optimum).epsilon(1e-9));
    }
}

TEST_CASE("generated problems with known optima") {
    // The two dense families at n = 100 and 300 give the optima that five other solvers agreed on, exactly.
    struct Row {
        const char* family;
        std::size_t n;
        double optimum;
    };
    for (const Row& row : {Row{"unif", 100, 10030152}, Row{"unif", 300, 11303589}, Row{"eucl", 100, 488148242},
                           Row{"eucl", 300, 1275574636}}) {
        CAPTURE(row.family);
        CAPTURE(row.n);
        const auto instance = reference::transport_instance(row.family, row.n, row.n, 1);
        const Result r = solve(instance.costs, instance.supply, instance.demand);
        check_optimal(instance.costs, instance.supply, instance.demand, {}, r, 0);
        CHECK(r.objective == row.optimum);
    }
}

TEST_CASE("random whole-number problems equal the slow twin") {
    // 12,000 instances of every awkward kind: ties, zero rows, absent arcs, infeasible, all relations, both orientations.
    std::mt19937_64 random(7);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<std::uint64_t>(n)); };
    int infeasible = 0;
    for (int round = 0; round < 12000; ++round) {
        CAPTURE(round);
        const auto m = static_cast<std::size_t>(1 + below(round % 10 == 0 ? 14 : 6));
        const auto n = static_cast<std::size_t>(1 + below(round % 7 == 0 ? 14 : 6));
        const int cost_range = round % 3 == 0 ? 3 : 50;
        const int absent = round % 4 == 0 ? 40 : (round % 4 == 1 ? 70 : 0);
        const int shift = round % 5 == 0 ? 20 : 0;
        const int mass_range = round % 2 == 0 ? 4 : 30;
        std::vector<std::vector<long long>> c(m, std::vector<long long>(n));
        std::vector<std::vector<bool>> arc(m, std::vector<bool>(n));
        std::vector<double> costs;
        for (std::size_t i = 0; i < m; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                c[i][j] = below(cost_range) - shift;
                arc[i][j] = below(100) >= absent;
                costs.push_back(arc[i][j] ? static_cast<double>(c[i][j]) : infinity);
            }
        std::vector<long long> a(m), b(n);
        long long total_a = 0;
        long long total_b = 0;
        for (auto& v : b) total_b += v = below(mass_range);
        for (auto& v : a) total_a += v = below(mass_range);
        while (round % 6 < 4 && total_a < total_b) ++a[static_cast<std::size_t>(below(static_cast<int>(m)))], ++total_a;
        const bool exactly = round % 6 == 2 || round % 6 == 5;
        while (round % 6 == 2 && total_b < total_a) ++b[static_cast<std::size_t>(below(static_cast<int>(n)))], ++total_b;
        const std::vector<double> supply(a.begin(), a.end());
        const std::vector<double> demand(b.begin(), b.end());
        const Options options{.supply = exactly ? Relation::exactly : Relation::at_most};
        const Result r = solve(costs, supply, demand, options);
        const auto truth = reference::transport(c, arc, a, b);
        const bool feasible = truth.shipped == total_b && (!exactly || truth.shipped == total_a);
        if (feasible) {
            check_optimal(costs, supply, demand, options, r, 0);
            CHECK(r.objective == static_cast<double>(truth.cost));
            continue;
        }
        ++infeasible;
        REQUIRE(r.status == core::Status::infeasible);
        double shipped = 0;
        for (const auto& s : r.shipments) shipped += s.amount;
        if (!exactly) {
            CHECK(shipped == static_cast<double>(truth.shipped));
            CHECK(r.objective == static_cast<double>(truth.cost));
        }
        // The cut proves it: count again what reaches its destinations.
        CHECK((r.shortage.amount > 0 || r.surplus.amount > 0));
        if (!exactly) CHECK(r.shortage.amount == static_cast<double>(total_b - truth.shipped));
        for (const bool shortage : {true, false}) {
            const transport::Cut& cut = shortage ? r.shortage : r.surplus;
            if (cut.empty()) continue;
            double balance = 0;
            std::vector<char> source_in(m), destination_in(n);
            for (const auto i : cut.sources) source_in[static_cast<std::size_t>(i)] = 1;
            for (const auto j : cut.destinations) destination_in[static_cast<std::size_t>(j)] = 1;
            for (std::size_t i = 0; i < m; ++i) balance -= source_in[i] ? supply[i] : 0;
            for (std::size_t j = 0; j < n; ++j) balance += destination_in[j] ? demand[j] : 0;
            CHECK(cut.amount > 0);
            CHECK(cut.amount == (shortage ? balance : -balance));
            for (std::size_t i = 0; i < m; ++i)
                for (std::size_t j = 0; j < n; ++j)
                    if (arc[i][j]) {
                        if (shortage) CHECK((!destination_in[j] || source_in[i]));
                        if (!shortage) CHECK((!source_in[i] || destination_in[j]));
                    }
        }
    }
    CHECK(infeasible > 1000);
}

TEST_CASE("surplus demand equals an explicit enumeration of demands") {
    // Demand >= with supply = ships everything: the best over all exact demands that dominate the given one.
    std::mt19937_64 random(11);
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        const std::size_t m = 1 + random() % 4;
        const std::size_t n = 1 + random() % 4;
        std::vector<double> costs(m * n), supply(m), demand(n);
        for (double& v : costs) v = static_cast<double>(random() % 10) - 4;
        double spare = 0;
        for (double& v : supply) spare += v = static_cast<double>(random() % 4);
        for (double& v : demand) spare -= v = static_cast<double>(random() % 3);
        const Options options{.supply = Relation::exactly, .demand = Relation::at_least};
        const Result r = solve(costs, supply, demand, options);
        if (spare < 0) {
            CHECK(r.status == core::Status::infeasible);
            continue;
        }
        double best = infinity;
        std::vector<double> exact = demand;
        const auto enumerate = [&](auto&& self, std::size_t j, double left) -> void {
            if (j + 1 == n) {
                exact[j] = demand[j] + left;
                best = std::min(best, solve(costs, supply, exact, {.supply = Relation::exactly}).objective);
                return;
            }
            for (double extra = 0; extra <= left; ++extra) {
                exact[j] = demand[j] + extra;
                self(self, j + 1, left - extra);
            }
        };
        enumerate(enumerate, 0, spare);
        check_optimal(costs, supply, demand, options, r, 0);
        CHECK(r.objective == best);
    }
}

TEST_CASE("supply duals price one more unit") {
    // On a problem without degeneracy a dual equals the difference quotient of the optimum.
    const std::vector<double> costs{8, 6, 10, 9, 9, 12, 13, 7, 14, 9, 16, 5};
    const std::vector<double> supply{35.3, 50.7, 41.1};
    std::vector<double> demand{45, 20, 30, 30};
    const Result base = solve(costs, supply, demand);
    for (std::size_t i = 0; i < supply.size(); ++i) {
        std::vector<double> more = supply;
        more[i] += 0.25;
        CHECK((solve(costs, more, demand).objective - base.objective) / 0.25 ==
              doctest::Approx(base.supply_duals[i]).epsilon(1e-9));
    }
    demand[2] += 0.25;
    CHECK((solve(costs, supply, demand).objective - base.objective) / 0.25 ==
          doctest::Approx(base.demand_duals[2]).epsilon(1e-9));
}

TEST_CASE("one huge cost does not disturb the others") {
    // A forbidding cost of 1e300 gives the same answer as an absent arc, to the last bit.
    std::mt19937_64 random(3);
    std::uniform_real_distribution<double> uniform(0, 1);
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 12;
        std::vector<double> costs(n * n), mass(n);
        for (double& v : costs) v = uniform(random);
        double total = 0;
        for (double& v : mass) total += v = -std::log(1 - uniform(random));
        for (double& v : mass) v /= total;
        std::vector<double> demand(mass.rbegin(), mass.rend());
        const auto at = static_cast<std::size_t>(random() % costs.size());
        costs[at] = infinity;
        const Result absent = solve(costs, mass, demand);
        for (const double huge : {1e12, 1e32, 1e300}) {
            costs[at] = huge;
            const Result r = solve(costs, mass, demand);
            REQUIRE(r.status == core::Status::optimal);
            CHECK(r.objective == absent.objective);
            CHECK(r.certificate.gap < 1e-12);
        }
    }
}

TEST_CASE("a huge cost is paid where nothing else is feasible") {
    // Two destinations, one reachable only by a dear arc: it is used, and the answer is still optimal.
    const std::vector<double> costs{1, 1e32, 2, infinity};
    const Result r = solve(costs, {5, 5}, {5, 3});
    REQUIRE(r.status == core::Status::optimal);
    CHECK(r.objective == doctest::Approx(3e32));
    CHECK(r.flows(2, 2) == std::vector<double>{2, 3, 3, 0});
    const Result dearest = solve({1, 1e300, 2, infinity}, {5, 5}, {5, 3});
    REQUIRE(dearest.status == core::Status::optimal);
    CHECK(dearest.flows(2, 2) == std::vector<double>{2, 3, 3, 0});
    CHECK(solve({1e300, 1e300}, {1e10}, {5e9, 5e9}).status == core::Status::numerical_error);
}

TEST_CASE("real-valued problems balanced to rounding are feasible") {
    // 500 instances normalised to one, and totals short by 1e-12, are solved; 1e-6 is not rounding.
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> uniform(0, 1);
    for (int round = 0; round < 500; ++round) {
        CAPTURE(round);
        const std::size_t m = 3 + random() % 20;
        const std::size_t n = 3 + random() % 20;
        std::vector<double> costs(m * n), supply(m), demand(n);
        std::vector<double> px(m), py(m), qx(n), qy(n);
        for (auto* v : {&px, &py, &qx, &qy})
            for (double& e : *v) e = uniform(random);
        for (std::size_t i = 0; i < m; ++i)
            for (std::size_t j = 0; j < n; ++j) costs[i * n + j] = std::hypot(px[i] - qx[j], py[i] - qy[j]);
        for (auto* v : {&supply, &demand}) {
            double total = 0;
            for (double& e : *v) total += e = -std::log(1 - uniform(random));
            for (double& e : *v) e /= total;
        }
        const Options options{.supply = round % 2 == 0 ? Relation::at_most : Relation::exactly};
        check_optimal(costs, supply, demand, options, solve(costs, supply, demand, options), 1e-12);
        for (double& e : supply) e *= 1 - 1e-12;
        check_optimal(costs, supply, demand, options, solve(costs, supply, demand, options), 1e-11);
        for (double& e : supply) e *= 1 - 1e-6;
        const Result short_by = solve(costs, supply, demand, options);
        CHECK(short_by.status == core::Status::infeasible);
        CHECK(short_by.shortage.amount == doctest::Approx(1e-6).epsilon(1e-4));
    }
}

TEST_CASE("nodes without mass get the tightest duals") {
    // A destination that wants nothing is priced at its cheapest way of being served.
    const Result r = solve({4, 7, 6, 3}, {10, 10}, {5, 0});
    REQUIRE(r.status == core::Status::optimal);
    CHECK(r.demand_duals == std::vector<double>{4, 3});
    CHECK(r.supply_duals == std::vector<double>{0, 0});
}

TEST_CASE("unlimited supply") {
    // An infinite supply never binds and has dual zero.
    const Result r = solve({1, 2, 5, 1}, {infinity, 3}, {4, 4});
    REQUIRE(r.status == core::Status::optimal);
    CHECK(r.objective == 9);
    CHECK(r.supply_duals[0] == 0);
    CHECK_THROWS_AS(static_cast<void>(solve({1}, {infinity}, {1}, {.supply = Relation::exactly})), core::InputError);
}

TEST_CASE("empty problems") {
    // No demand costs nothing; demand without sources is a shortage.
    CHECK(transport::solve_dense({}, 0, 0, {}, {}).status == core::Status::optimal);
    CHECK(solve({}, {1, 2}, {}).status == core::Status::optimal);
    CHECK(solve({}, {}, {0, 0}).status == core::Status::optimal);
    const Result r = solve({}, {}, {1, 0, 2});
    CHECK(r.status == core::Status::infeasible);
    CHECK(r.shortage.amount == 3);
    CHECK(r.shortage.destinations == std::vector<std::int32_t>{0, 2});
}

TEST_CASE("wrong input names every entry") {
    // One pass finds all of it, with positions.
    const double nan = std::numeric_limits<double>::quiet_NaN();
    try {
        static_cast<void>(solve({1, nan, -infinity, 2}, {-1, nan}, {1, infinity}));
        FAIL("nothing thrown");
    } catch (const core::InputError& error) {
        REQUIRE(error.issues().size() == 5);
        CHECK(error.issues()[0].row == "0,1");
        CHECK(error.issues()[1].row == "1,0");
        CHECK(error.issues()[2].field == "supply");
        CHECK(error.issues()[3].row == "1");
        CHECK(error.issues()[4].field == "demand");
    }
    CHECK_THROWS_AS(static_cast<void>(solve({1, 2, 3}, {1, 2}, {1, 2})), core::InputError);
}

TEST_CASE("one bad cost anywhere is refused") {
    // Rows are read by vectors: every lane and every rest must see a NaN or a cost out of range, whatever comes after it.
    for (const std::size_t n : {1U, 2U, 3U, 7U, 8U, 9U, 21U})
        for (std::size_t e = 0; e < n * n; ++e)
            for (const double bad : {std::numeric_limits<double>::quiet_NaN(), -infinity, 2e300}) {
                std::vector<double> costs(n * n, 3.0);
                costs[e] = bad;
                try {
                    static_cast<void>(solve(costs, std::vector<double>(n, 1.0), std::vector<double>(n, 1.0)));
                    FAIL("nothing thrown");
                } catch (const core::InputError& error) {
                    REQUIRE(error.issues().size() == 1);
                    CHECK(error.issues()[0].row == std::to_string(e / n) + "," + std::to_string(e % n));
                }
            }
}

TEST_CASE("stops are honoured and leave a valid bound") {
    // A deadline in the past, a stop flag and a pivot limit each return at once; the bound never exceeds the optimum.
    const auto instance = reference::transport_instance("unif", 200, 200, 1);
    const auto run = [&](const Options& options, const core::Context& context) {
        return transport::solve_dense(instance.costs, 200, 200, instance.supply, instance.demand, options, context);
    };
    const double optimum = run({}, {}).objective;
    CHECK(run({}, core::Context::with_time_limit(-1)).status == core::Status::time_limit);
    std::atomic<bool> stop{true};
    core::Context flagged;
    flagged.stop = &stop;
    CHECK(run({}, flagged).status == core::Status::interrupted);
    for (const std::int64_t limit : {1, 100, 500, 900}) {
        const Result r = run({.max_pivots = limit}, {});
        CHECK(r.status == core::Status::iteration_limit);
        CHECK(r.bound <= optimum);
    }
}

TEST_CASE("every instruction set gives the same bits") {
    // Sums, scans and selections of the vector clones equal the plain loops on ties, odd lengths and infinities.
    namespace detail = transport::detail;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        meio::core::RandomStream draw(21, seed);
        const std::size_t n = draw.below(70);
        std::vector<double> a(n), b(n);
        for (double& x : a) x = draw.below(3) == 0 ? draw.uniform() : static_cast<double>(draw.below(4)) - 1;
        if (n > 0 && draw.below(4) == 0) a[draw.below(n)] = draw.below(2) == 0 ? std::numeric_limits<double>::quiet_NaN() : 1e301;
        for (double& x : b) x = draw.below(9) == 0 ? std::numeric_limits<double>::infinity() : static_cast<double>(draw.below(4));
        const double least = detail::body::least_rest(a.data(), b.data(), n);
        std::vector<std::int32_t> plain(n + 4);
        const std::size_t count = detail::body::select_rest(a.data(), b.data(), 0, n, 2.0, plain.data(), 0);
        detail::RowScan expected;
        std::vector<double> column_least(n, 2.5);
        detail::body::scan_rest(a.data(), 0, n, column_least.data(), expected);
        const auto check = [&](double found_least, auto&& select, auto&& scan) {
            CHECK(found_least == least);
            std::vector<std::int32_t> found(n + 4);
            REQUIRE(select(found.data()) == count);
            CHECK(std::equal(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count), plain.begin()));
            detail::RowScan seen;
            std::vector<double> lowered(n, 2.5);
            scan(lowered.data(), seen);
            CHECK(lowered == column_least);
            CHECK(seen.largest == expected.largest);
            CHECK(seen.smallest == expected.smallest);
            CHECK(seen.fractional == expected.fractional);
            CHECK(seen.sound == expected.sound);
        };
        check(detail::least_sum(a.data(), b.data(), n),
              [&](std::int32_t* out) { return detail::select_up_to(a.data(), b.data(), n, 2.0, out); },
              [&](double* lowered, detail::RowScan& seen) { detail::scan_row(a.data(), n, lowered, seen); });
#ifdef MEIO_TRANSPORT_X86
        check(detail::body::least_sum<detail::body::Two>(a.data(), b.data(), n),
              [&](std::int32_t* out) { return detail::baseline::select(a.data(), b.data(), n, 2.0, out); },
              [&](double* lowered, detail::RowScan& seen) { detail::body::scan<detail::body::Two>(a.data(), n, lowered, seen); });
        if (detail::instruction_set() != detail::InstructionSet::baseline)
            check(detail::avx2::least_sum(a.data(), b.data(), n),
                  [&](std::int32_t* out) { return detail::avx2::select(a.data(), b.data(), n, 2.0, out); },
                  [&](double* lowered, detail::RowScan& seen) { detail::avx2::scan(a.data(), n, lowered, seen); });
#endif
    }
}
