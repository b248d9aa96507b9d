// SPDX-License-Identifier: MIT
#include <meio/transport/warehouse.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <meio/transport/solve.hpp>
#include <reference/transport.hpp>
#include <reference/transport_facts.hpp>
#include <reference/transport_instances.hpp>

using namespace meio;
using transport::ArcProblem;
using transport::ArcResult;
using transport::Options;
using transport::Relation;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// A problem that owns its data.
struct Owned {
    std::size_t sources = 0;
    std::vector<std::int64_t> offsets{0};
    std::vector<std::int32_t> ids;
    std::vector<double> costs, supply, demand, capacities, shortage, overflow;

    [[nodiscard]] ArcProblem view() const {
        return {sources, offsets, ids, costs, supply, demand, capacities, shortage, overflow};
    }
};

// Checks an optimal result against the input by definition, sharing no code with the solver.
void check_optimal(const Owned& p, const Options& options, const ArcResult& r, double tolerance) {
    const std::size_t m = p.sources;
    const std::size_t n = p.demand.size();
    REQUIRE(r.status == core::Status::optimal);
    const std::vector<double> x = r.flows(m, n);
    double primal = 0;
    double dual = 0;
    double worst = 0;
    std::vector<double> out(m, 0.0), in(n, 0.0);
    double counted = 0;
    for (std::size_t j = 0; j < n; ++j)
        for (auto e = static_cast<std::size_t>(p.offsets[j]); e < static_cast<std::size_t>(p.offsets[j + 1]); ++e) {
            const auto i = static_cast<std::size_t>(p.ids[e]);
            const double flow = x[i * n + j];
            const double capacity = p.capacities.empty() ? infinity : p.capacities[e];
            const double reduced = p.costs[e] - r.supply_duals[i] - r.demand_duals[j];
            CHECK(flow >= 0);
            CHECK(flow <= capacity + tolerance);
            if (flow > 0) {
                primal += p.costs[e] * flow;
                worst = std::max(worst, reduced);
            }
            if (flow < capacity) worst = std::max(worst, -reduced);
            if (reduced < 0 && capacity < infinity) dual += capacity * reduced;
            out[i] += flow;
            in[j] += flow;
            counted += flow;
        }
    double shipped = 0;
    for (const auto& s : r.shipments) shipped += s.amount;
    CHECK(std::abs(counted - shipped) <= tolerance);
    for (std::size_t i = 0; i < m; ++i) {
        const double extra = p.overflow.empty() ? 0.0 : r.overflow[i];
        CHECK(extra >= 0);
        if (extra > 0) primal += p.overflow[i] * extra;
        CHECK(out[i] <= p.supply[i] + extra + tolerance);
        if (options.supply == Relation::exactly) CHECK(out[i] >= p.supply[i] + extra - tolerance);
        if (options.supply == Relation::at_most) CHECK(r.supply_duals[i] <= tolerance);
        if (!p.overflow.empty()) CHECK(r.supply_duals[i] >= -p.overflow[i] - tolerance);
        if (r.supply_duals[i] != 0) dual += p.supply[i] * r.supply_duals[i];
    }
    for (std::size_t j = 0; j < n; ++j) {
        const double missing = p.shortage.empty() ? 0.0 : r.unserved[j];
        CHECK(missing >= 0);
        if (missing > 0) primal += p.shortage[j] * missing;
        CHECK(in[j] + missing >= p.demand[j] - tolerance);
        if (options.demand == Relation::exactly) CHECK(in[j] + missing <= p.demand[j] + tolerance);
        if (options.demand == Relation::at_least) CHECK(r.demand_duals[j] >= -tolerance);
        if (!p.shortage.empty()) CHECK(r.demand_duals[j] <= p.shortage[j] + tolerance);
        dual += p.demand[j] * r.demand_duals[j];
    }
    const double scale = tolerance * std::max(1.0, std::abs(primal));
    CHECK(worst <= tolerance);
    CHECK(std::abs(primal - dual) <= scale);
    CHECK(std::abs(primal - r.objective) <= scale);
    CHECK(r.bound <= r.objective);
    CHECK(r.certificate.gap <= 1e-12 + tolerance);
    CHECK(r.certificate.dual_violation <= tolerance);
    CHECK(r.certificate.primal_residual <= tolerance);
}

// A sparse instance of the generator whose optima are published with the tests.
Owned generated(bool tight, std::size_t m, std::size_t n, std::size_t k, std::uint64_t seed) {
    reference::ArcInstance drawn = reference::sparse_transport_instance(tight, m, n, k, seed);
    return {drawn.sources, std::move(drawn.offsets), std::move(drawn.ids), std::move(drawn.costs),
            std::move(drawn.supply), std::move(drawn.demand), {}, {}, {}};
}

// Whole numbers of every awkward kind. `kind` bits: 1 capacities, 2 shortage prices, 4 overflow prices.
Owned awkward(std::mt19937_64& random, int kind, int round) {
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<std::uint64_t>(n)); };
    Owned p;
    p.sources = static_cast<std::size_t>(below(round % 20 == 0 ? 2 : 6) + (round % 20 == 0 ? 0 : 1));
    const auto n = static_cast<std::size_t>(below(round % 7 == 0 ? 40 : 9) + (round % 30 == 0 ? 0 : 1));
    const int cost_range = round % 3 == 0 ? 3 : 50;
    const int absent = round % 4 == 0 ? 40 : (round % 4 == 1 ? 70 : 10);
    const int shift = round % 5 == 0 ? 20 : 0;
    const int mass = round % 2 == 0 ? 4 : 30;
    for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t i = 0; i < p.sources; ++i) {
            if (below(100) < absent) continue;
            p.ids.push_back(static_cast<std::int32_t>(i));
            p.costs.push_back(below(40) == 0 ? infinity : below(cost_range) - shift);
            if (kind & 1) p.capacities.push_back(below(6) == 0 ? infinity : below(mass));
        }
        p.offsets.push_back(static_cast<std::int64_t>(p.ids.size()));
        p.demand.push_back(below(mass));
        if (kind & 2) p.shortage.push_back(below(5) == 0 ? infinity : below(2 * cost_range));
    }
    double wanted = 0;
    for (const double b : p.demand) wanted += b;
    for (std::size_t i = 0; i < p.sources; ++i) {
        const double share = wanted / static_cast<double>(p.sources);
        p.supply.push_back(std::floor(share * (round % 4 == 3 ? 0.8 : 1.1)) + below(3) - (round % 9 == 0 ? share : 0));
        p.supply.back() = std::max(0.0, std::floor(p.supply.back()));
        if (kind & 4) p.overflow.push_back(below(4) == 0 ? infinity : below(cost_range));
    }
    return p;
}

// The same problem for the dense slow twin: an expensive source for shortages, a second copy of sources for overflow.
struct Expanded {
    std::vector<std::vector<long long>> cost;
    std::vector<std::vector<bool>> arc;
    std::vector<long long> supply, demand;
};

Expanded expand(const Owned& p) {
    Expanded x;
    const std::size_t n = p.demand.size();
    long long plenty = 1;
    for (const double b : p.demand) plenty += static_cast<long long>(b);
    const std::size_t copies = p.overflow.empty() ? 1 : 2;
    const std::size_t rows = copies * p.sources + (p.shortage.empty() ? 0 : 1);
    x.cost.assign(rows, std::vector<long long>(n, 0));
    x.arc.assign(rows, std::vector<bool>(n, false));
    for (std::size_t copy = 0; copy < copies; ++copy)
        for (std::size_t i = 0; i < p.sources; ++i) {
            const double extra = copy == 0 ? 0.0 : p.overflow[i];
            x.supply.push_back(copy == 0 ? static_cast<long long>(p.supply[i]) : plenty);
            for (std::size_t j = 0; j < n; ++j)
                for (auto e = static_cast<std::size_t>(p.offsets[j]); e < static_cast<std::size_t>(p.offsets[j + 1]); ++e)
                    if (p.ids[e] == static_cast<std::int32_t>(i) && p.costs[e] + extra < infinity) {
                        x.arc[copy * p.sources + i][j] = true;
                        x.cost[copy * p.sources + i][j] = static_cast<long long>(p.costs[e] + extra);
                    }
        }
    if (!p.shortage.empty()) {
        x.supply.push_back(plenty);
        for (std::size_t j = 0; j < n; ++j)
            if (p.shortage[j] < infinity) {
                x.arc[rows - 1][j] = true;
                x.cost[rows - 1][j] = static_cast<long long>(p.shortage[j]);
            }
    }
    for (const double b : p.demand) x.demand.push_back(static_cast<long long>(b));
    return x;
}

// Counts again what the cuts of an infeasible result claim.
void check_cuts(const Owned& p, const ArcResult& r) {
    REQUIRE(r.status == core::Status::infeasible);
    CHECK((r.shortage.amount > 0 || r.surplus.amount > 0));
    for (const bool shortage : {true, false}) {
        const transport::Cut& cut = shortage ? r.shortage : r.surplus;
        if (cut.empty()) continue;
        double balance = 0;
        std::vector<char> source_in(p.sources), destination_in(p.demand.size());
        for (const auto i : cut.sources) source_in[static_cast<std::size_t>(i)] = 1;
        for (const auto j : cut.destinations) destination_in[static_cast<std::size_t>(j)] = 1;
        for (std::size_t i = 0; i < p.sources; ++i) balance -= source_in[i] ? p.supply[i] : 0;
        for (std::size_t j = 0; j < p.demand.size(); ++j) {
            balance += destination_in[j] ? p.demand[j] : 0;
            for (auto e = static_cast<std::size_t>(p.offsets[j]); e < static_cast<std::size_t>(p.offsets[j + 1]); ++e) {
                if (!(p.costs[e] < infinity)) continue;
                const bool in = source_in[static_cast<std::size_t>(p.ids[e])] != 0;
                const bool crosses = shortage ? destination_in[j] && !in : !destination_in[j] && in;
                if (!crosses) continue;
                REQUIRE(!p.capacities.empty());
                balance += shortage ? -p.capacities[e] : p.capacities[e];
            }
        }
        CHECK(cut.amount > 0);
        CHECK(cut.amount == (shortage ? balance : -balance));
    }
}

}  // namespace

TEST_CASE("generated sparse problems with known optima") {
    // 50 x 100,000 with ten arcs each, loose and tight, give the optima that several other solvers agreed on, exactly.
    const Owned loose = generated(false, 50, 100000, 10, 1);
    const ArcResult a = transport::solve_arcs(loose.view());
    CHECK(a.objective == 8878149624.0);
    CHECK(a.status == core::Status::optimal);
    CHECK(a.certificate.gap == 0);
    CHECK(a.certificate.dual_violation == 0);
    const Owned tight = generated(true, 50, 100000, 10, 1);
    const ArcResult b = transport::solve_arcs(tight.view());
    CHECK(b.objective == 9290280935.0);
    CHECK(b.certificate.gap == 0);
    CHECK(b.certificate.primal_residual == 0);

    // From its own basis nothing is left to do; from its prices alone, little.
    const ArcResult again = transport::solve_arcs(tight.view(), {}, {}, &b.basis);
    CHECK(again.pivots == 0);
    CHECK(again.objective == b.objective);
    transport::ArcBasis prices;
    prices.prices = b.basis.prices;
    const ArcResult warm = transport::solve_arcs(tight.view(), {}, {}, &prices);
    CHECK(warm.objective == b.objective);
    CHECK(warm.pivots < b.pivots);
}

TEST_CASE("every sparse fact of the collection") {
    // tests/data/transport/generated.csv, exactly; 10 million arcs where MEIO_LARGE is set.
    for (const reference::GeneratedFact& fact : reference::generated_facts()) {
        if (fact.arcs_each == 0 || (fact.destinations > 100000 && std::getenv("MEIO_LARGE") == nullptr)) continue;
        CAPTURE(fact.family);
        CAPTURE(fact.sources);
        const Owned in = generated(fact.family == "sparset", fact.sources, fact.destinations, fact.arcs_each, 1);
        const ArcResult r = transport::solve_arcs(in.view());
        CHECK(r.objective == fact.optimum);
        CHECK(r.bound == fact.optimum);
        CHECK(r.kernel == transport::Kernel::warehouse);
    }
}

TEST_CASE("random whole-number problems equal the slow twin") {
    // 8,000 instances: ties, zero rows, absent arcs, infeasible ones, prices for shortage and overflow, exact and at most.
    std::mt19937_64 random(7);
    int infeasible = 0;
    for (int round = 0; round < 8000; ++round) {
        CAPTURE(round);
        const Owned p = awkward(random, 2 * (round / 7 % 4), round);
        const bool exactly = p.overflow.empty() && round % 6 == 5;
        const Options options{.supply = exactly ? Relation::exactly : Relation::at_most};
        const ArcResult r = transport::solve_arcs(p.view(), options);
        const Expanded x = expand(p);
        const auto truth = reference::transport(x.cost, x.arc, x.supply, x.demand);
        long long wanted = 0;
        for (const long long b : x.demand) wanted += b;
        if (exactly) {
            // The twin knows only <= for supply; optimal results prove themselves, infeasible ones by their cuts.
            if (r.status == core::Status::optimal) check_optimal(p, options, r, 0);
            else check_cuts(p, r);
            continue;
        }
        if (truth.shipped == wanted) {
            check_optimal(p, options, r, 0);
            CHECK(r.objective == static_cast<double>(truth.cost));
            continue;
        }
        ++infeasible;
        check_cuts(p, r);
        double served = 0;
        for (const auto& s : r.shipments) served += s.amount;
        for (const double y : r.unserved) served += y;
        CHECK(served == static_cast<double>(truth.shipped));
        CHECK(r.objective == static_cast<double>(truth.cost));
        CHECK(r.shortage.amount == static_cast<double>(wanted - truth.shipped));
    }
    CHECK(infeasible > 500);
}

TEST_CASE("every relation, price and capacity proves its own optimum") {
    // 12,000 instances with all options mixed: optimal ones satisfy complementary slackness by definition, infeasible
    // ones carry a cut that counts right.
    std::mt19937_64 random(19);
    int optimal = 0;
    int infeasible = 0;
    int unbounded = 0;
    for (int round = 0; round < 12000; ++round) {
        CAPTURE(round);
        const Owned p = awkward(random, round % 8, round / 8);
        Options options;
        options.supply = round / 64 % 2 == 0 ? Relation::at_most : Relation::exactly;
        options.demand = round / 128 % 2 == 0 ? Relation::exactly : Relation::at_least;
        const ArcResult r = transport::solve_arcs(p.view(), options);
        if (r.status == core::Status::optimal) {
            ++optimal;
            check_optimal(p, options, r, 0);
        } else if (r.status == core::Status::unbounded) {
            ++unbounded;
            REQUIRE(options.demand == Relation::at_least);
            const auto i = static_cast<std::size_t>(r.ray.source);
            double cost = infinity;
            for (auto e = static_cast<std::size_t>(p.offsets[static_cast<std::size_t>(r.ray.destination)]);
                 e < static_cast<std::size_t>(p.offsets[static_cast<std::size_t>(r.ray.destination) + 1]); ++e)
                if (p.ids[e] == r.ray.source && (p.capacities.empty() || p.capacities[e] == infinity)) cost = p.costs[e];
            CHECK(cost + p.overflow[i] < 0);
        } else {
            ++infeasible;
            check_cuts(p, r);
        }
    }
    CHECK(optimal > 4000);
    CHECK(infeasible > 1000);
    CHECK(unbounded > 10);
}

TEST_CASE("dense problems give the optimum of the dense kernel") {
    // 200 problems of real numbers, complete, balanced to rounding only: both kernels agree to 1e-11.
    std::mt19937_64 random(3);
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        Owned p;
        p.sources = 1 + random() % 12;
        const std::size_t n = 1 + random() % 60;
        std::vector<double> dense(p.sources * n);
        for (std::size_t j = 0; j < n; ++j) {
            for (std::size_t i = 0; i < p.sources; ++i) {
                p.ids.push_back(static_cast<std::int32_t>(i));
                p.costs.push_back(dense[i * n + j] = unit(random) - (round % 3 == 0 ? 0.5 : 0.0));
            }
            p.offsets.push_back(static_cast<std::int64_t>(p.ids.size()));
        }
        p.supply.resize(p.sources);
        p.demand.resize(n);
        double a = 0;
        double b = 0;
        for (double& v : p.supply) a += v = -std::log(1 - unit(random));
        for (double& v : p.demand) b += v = -std::log(1 - unit(random));
        for (double& v : p.supply) v /= a;
        for (double& v : p.demand) v /= b;
        const Options options{.supply = round % 2 == 0 ? Relation::exactly : Relation::at_most};
        const ArcResult r = transport::solve_arcs(p.view(), options);
        check_optimal(p, options, r, 1e-11);
        const auto other = transport::solve(dense, p.sources, n, p.supply, p.demand, options);
        CHECK(r.objective == doctest::Approx(other.objective).epsilon(1e-11));
    }
}

TEST_CASE("warm starts after edits equal cold solves") {
    // Costs, demands, supplies and arcs change at random; starting from the last basis never changes the optimum.
    std::mt19937_64 random(29);
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        Owned p = awkward(random, round % 8, 1 + 4 * (round % 5));
        transport::ArcBasis basis;
        for (int edit = 0; edit < 8; ++edit) {
            CAPTURE(edit);
            const ArcResult cold = transport::solve_arcs(p.view());
            const ArcResult warm = transport::solve_arcs(p.view(), {}, {}, &basis);
            REQUIRE(cold.status == warm.status);
            CHECK(cold.objective == warm.objective);
            if (warm.status == core::Status::optimal) check_optimal(p, {}, warm, 0);
            basis = warm.basis;
            for (double& c : p.costs)
                if (random() % 5 == 0) c = static_cast<double>(random() % 30);
            if (edit % 2 == 0)
                for (double& b : p.demand)
                    if (random() % 5 == 0) b = static_cast<double>(random() % 5);
            if (edit % 3 == 0)
                for (double& a : p.supply) a += static_cast<double>(random() % 3);
        }
    }
}

TEST_CASE("one huge cost does not disturb the others") {
    // A forbidding cost of 1e300 gives the answer of an absent arc, to the last bit; where needed, it is paid.
    Owned p = generated(false, 10, 300, 4, 5);
    std::vector<std::size_t> spoiled;
    const ArcResult plain = transport::solve_arcs(p.view());
    std::vector<char> used(p.ids.size());
    const std::vector<double> x = plain.flows(10, 300);
    for (std::size_t j = 0; j < 300; ++j)
        for (auto e = static_cast<std::size_t>(p.offsets[j]); e < static_cast<std::size_t>(p.offsets[j + 1]); ++e)
            if (x[static_cast<std::size_t>(p.ids[e]) * 300 + j] == 0 && spoiled.empty()) spoiled.push_back(e);
    p.costs[spoiled[0]] = 1e300;
    const ArcResult huge = transport::solve_arcs(p.view());
    CHECK(huge.status == core::Status::optimal);
    CHECK(huge.objective == plain.objective);
    CHECK(huge.certificate.gap == 0);

    // So too where all other costs are negative or zero.
    Owned negative = generated(false, 10, 300, 4, 6);
    for (double& c : negative.costs) c = -std::fmod(c, 3.0);
    const ArcResult before = transport::solve_arcs(negative.view());
    const double kept = negative.costs[7];
    negative.costs[7] = infinity;
    const ArcResult closed = transport::solve_arcs(negative.view());
    negative.costs[7] = 1e300;
    const ArcResult shunned = transport::solve_arcs(negative.view());
    CHECK(kept <= 0);
    CHECK(shunned.status == core::Status::optimal);
    CHECK(shunned.objective == closed.objective);
    CHECK(shunned.objective >= before.objective);
    check_optimal(negative, {}, shunned, 0);

    Owned forced;
    forced.sources = 2;
    forced.offsets = {0, 1, 3};
    forced.ids = {0, 0, 1};
    forced.costs = {1e300, 3, 5};
    forced.supply = {4, 9};
    forced.demand = {2, 3};
    const ArcResult paid = transport::solve_arcs(forced.view());
    CHECK(paid.status == core::Status::optimal);
    CHECK(paid.objective == 2e300);
    REQUIRE(paid.shipments.size() >= 2);
    CHECK(paid.certificate.primal_residual == 0);
}

TEST_CASE("stops leave a valid bound") {
    // A stop flag set beforehand and a pivot limit both return flows that respect supplies and a bound below the optimum.
    const Owned p = generated(true, 30, 3000, 6, 2);
    const double optimum = transport::solve_arcs(p.view()).objective;
    const std::atomic<bool> stop{true};
    core::Context context;
    context.stop = &stop;
    const ArcResult stopped = transport::solve_arcs(p.view(), {}, context);
    CHECK(stopped.status == core::Status::interrupted);
    CHECK(stopped.bound <= optimum);
    for (const int limit : {1, 5, 20}) {
        const ArcResult r = transport::solve_arcs(p.view(), {.max_pivots = limit});
        CHECK(r.status == core::Status::iteration_limit);
        CHECK(r.bound <= optimum);
        CHECK(r.bound >= 0.9 * optimum);
        std::vector<double> left = p.supply;
        for (const auto& s : r.shipments) left[static_cast<std::size_t>(s.source)] -= s.amount;
        CHECK(*std::min_element(left.begin(), left.end()) >= 0);
        const ArcResult onwards = transport::solve_arcs(p.view(), {}, {}, &r.basis);
        CHECK(onwards.objective == optimum);
    }
}

TEST_CASE("a stop with capacities leaves at least the bound of cheapest service") {
    // Whenever it comes, the bound is below the optimum and not below what destinations cost that are served, within the
    // capacities of arcs, by whoever is cheapest.
    Owned p = generated(true, 30, 3000, 6, 2);
    p.capacities.assign(p.costs.size(), 40.0);
    const ArcResult full = transport::solve_arcs(p.view());
    REQUIRE(full.status == core::Status::optimal);
    double least = 0;
    for (std::size_t j = 0; j < p.demand.size(); ++j) {
        std::vector<double> costs(p.costs.begin() + p.offsets[j], p.costs.begin() + p.offsets[j + 1]);
        std::sort(costs.begin(), costs.end());
        double wanted = p.demand[j];
        for (const double c : costs) {
            least += c * std::min(wanted, 40.0);
            wanted -= std::min(wanted, 40.0);
        }
    }
    CHECK(least < full.objective);
    const std::atomic<bool> stop{true};
    core::Context context;
    context.stop = &stop;
    for (const std::int64_t limit : {0, 1, 10, 100, 1000}) {
        const ArcResult r = limit == 0 ? transport::solve_arcs(p.view(), {}, context) : transport::solve_arcs(p.view(), {.max_pivots = limit});
        CHECK(r.status == (limit == 0 ? core::Status::interrupted : core::Status::iteration_limit));
        CHECK(r.bound >= least * (1 - 1e-12));
        CHECK(r.bound <= full.objective);
    }
}

TEST_CASE("ties and equal masses do not cycle") {
    // Unit demands, equal supplies and costs 0 or 1 make nearly every pivot degenerate; the guard is never reached.
    std::mt19937_64 random(5);
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        Owned p;
        p.sources = 2 + random() % 8;
        const std::size_t n = p.sources * (1 + random() % 6);
        for (std::size_t j = 0; j < n; ++j) {
            for (std::size_t i = 0; i < p.sources; ++i) {
                p.ids.push_back(static_cast<std::int32_t>(i));
                p.costs.push_back(static_cast<double>(random() % 2));
                if (round % 2 == 0) p.capacities.push_back(1);
            }
            p.offsets.push_back(static_cast<std::int64_t>(p.ids.size()));
            p.demand.push_back(1);
        }
        p.supply.assign(p.sources, static_cast<double>(n / p.sources));
        const Options options{.supply = round % 3 == 0 ? Relation::at_most : Relation::exactly};
        check_optimal(p, options, transport::solve_arcs(p.view(), options), 0);
    }
}

TEST_CASE("wrong entries are all named") {
    // Every kind of wrong entry appears in one error, and shapes are told apart from values.
    Owned p;
    p.sources = 2;
    p.offsets = {0, 2, 4};
    p.ids = {0, 0, 1, 0};
    p.costs = {1, std::nan(""), 2, -infinity};
    p.supply = {-1, 2};
    p.demand = {1, std::nan("")};
    p.capacities = {1, 1, -2, 1};
    p.shortage = {-3, 1};
    p.overflow = {1, std::nan("")};
    try {
        (void)transport::solve_arcs(p.view());
        FAIL("nothing thrown");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 8);
    }
    p.ids[1] = 7;
    p.ids[2] = -1;
    CHECK_THROWS_AS((void)transport::solve_arcs(p.view()), core::InputError);
    p.offsets = {0, 3, 2};
    CHECK_THROWS_AS((void)transport::solve_arcs(p.view()), core::InputError);
    p.offsets = {};
    CHECK_THROWS_AS((void)transport::solve_arcs(p.view()), core::InputError);
}

TEST_CASE("unlimited supply and empty problems") {
    // An unlimited source serves all; no destinations cost nothing; no sources leave all demand short.
    Owned p;
    p.sources = 2;
    p.offsets = {0, 2, 3};
    p.ids = {0, 1, 1};
    p.costs = {4, 6, 2};
    p.supply = {3, infinity};
    p.demand = {5, 7};
    const ArcResult r = transport::solve_arcs(p.view());
    CHECK(r.status == core::Status::optimal);
    CHECK(r.objective == 3 * 4 + 2 * 6 + 7 * 2);
    CHECK(r.supply_duals == std::vector<double>{-2, 0});
    CHECK(transport::reduced_costs(p.view(), r) == std::vector<double>{0, 0, 0});

    Owned none;
    CHECK(transport::solve_arcs(none.view()).status == core::Status::optimal);
    none.demand = {2};
    none.offsets = {0, 0};
    const ArcResult lacking = transport::solve_arcs(none.view());
    CHECK(lacking.status == core::Status::infeasible);
    CHECK(lacking.shortage.amount == 2);
}
