// SPDX-License-Identifier: MIT
#include <meio/transport/min_cost_flow.hpp>
#include <meio/transport/solve.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <reference/flow_families.hpp>
#include <reference/flow_instances.hpp>
#include <reference/instance_draw.hpp>
#include <reference/min_cost_flow.hpp>
#include <reference/transport_facts.hpp>
#include <reference/transport_instances.hpp>

using namespace meio;
using core::Status;
using reference::InstanceDraw;
using reference::FlowInstance;
using transport::FlowResult;
using transport::Relation;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t at(std::int32_t x) { return static_cast<std::size_t>(x); }

FlowResult solve(const FlowInstance& in, const transport::FlowBasis* start = nullptr) {
    return transport::min_cost_flow(in.view(), {}, {}, start);
}

// Checks an optimal result by definition, sharing no code with the solver: rows, bounds, complementary slackness, duality.
void check_optimal(const FlowInstance& in, const FlowResult& r, double tolerance) {
    REQUIRE(r.status == Status::optimal);
    const auto p = in.view();
    std::vector<double> net(in.nodes, 0.0);
    double primal = 0;
    double dual = 0;
    double worst = 0;
    for (std::size_t a = 0; a < p.arcs(); ++a) {
        const double x = r.flows[a];
        const double reduced = in.costs[a] - r.potentials[at(in.from[a])] + r.potentials[at(in.to[a])];
        CHECK(x >= p.lower_bound(a));
        CHECK(x <= p.upper_bound(a));
        if (x > p.lower_bound(a)) worst = std::max(worst, reduced);
        if (x < p.upper_bound(a)) worst = std::max(worst, -reduced);
        net[at(in.from[a])] += x;
        net[at(in.to[a])] -= x;
        primal += in.costs[a] * x;
        if (std::abs(reduced) > tolerance) dual += reduced * (reduced > 0 ? p.lower_bound(a) : p.upper_bound(a));
    }
    for (std::size_t i = 0; i < in.nodes; ++i) {
        const double over = net[i] - p.supply_of(i);
        CHECK(over <= tolerance);
        if (!p.may_keep(i)) CHECK(over >= -tolerance);
        if (p.may_keep(i)) CHECK(r.potentials[i] <= tolerance);
        dual += p.supply_of(i) * r.potentials[i];
    }
    CHECK(worst <= tolerance);
    CHECK(primal == doctest::Approx(r.objective).epsilon(1e-12));
    CHECK(std::abs(primal - dual) <= tolerance * std::max(1.0, std::abs(primal)));
    CHECK(r.bound <= r.objective);
    CHECK(r.unrouted == 0);
    CHECK(r.certificate.dual_violation <= tolerance);
    CHECK(r.certificate.primal_residual <= tolerance);
    CHECK(r.certificate.gap <= tolerance);
}

// The cut's amount by its definition.
double amount_of(const FlowInstance& in, const transport::FlowCut& cut, bool shortage) {
    const auto p = in.view();
    std::vector<bool> inside(in.nodes);
    double amount = 0;
    for (const auto i : cut.nodes) {
        inside[at(i)] = true;
        amount += shortage ? -p.supply_of(at(i)) : p.supply_of(at(i));
    }
    for (std::size_t a = 0; a < p.arcs(); ++a) {
        const bool enters = !inside[at(in.from[a])] && inside[at(in.to[a])];
        const bool leaves = inside[at(in.from[a])] && !inside[at(in.to[a])];
        if (shortage ? enters : leaves) amount -= p.upper_bound(a);
        if (shortage ? leaves : enters) amount += p.lower_bound(a);
    }
    return amount;
}

// A small problem of any shape, and the same for the slow twin.
struct Small {
    FlowInstance in;
    std::vector<reference::FlowArc> arcs;
    std::vector<long long> supply;
    std::vector<std::uint8_t> keeps;

    explicit Small(InstanceDraw& draw) {
        in.nodes = 1 + draw.below(8);
        const std::size_t count = draw.below(20);
        const bool free_costs = draw.below(2) == 1;
        const bool lows = draw.below(2) == 1;
        const bool endless = draw.below(2) == 1;
        const bool keep = draw.below(2) == 1;
        for (std::size_t a = 0; a < count; ++a) {
            reference::FlowArc arc;
            arc.from = draw.below(in.nodes);
            arc.to = draw.below(in.nodes);
            arc.cost = static_cast<long long>(draw.below(20)) - (free_costs ? 7 : 0);
            arc.lower = lows ? static_cast<long long>(draw.below(4)) - 1 : 0;
            arc.upper = arc.lower + static_cast<long long>(draw.below(9));
            if (endless && draw.below(2) == 1 && (arc.cost >= 0 || draw.below(4) == 0)) arc.upper = -1;
            if (arc.upper < arc.lower && arc.upper >= 0) arc.upper = arc.lower;
            if (arc.upper < 0 && !(endless)) arc.upper = std::max(arc.lower, 0LL);
            arcs.push_back(arc);
            in.add(arc.from, arc.to, static_cast<double>(arc.cost), static_cast<double>(arc.lower),
                   arc.upper < 0 ? infinity : static_cast<double>(arc.upper));
        }
        supply.assign(in.nodes, 0);
        keeps.assign(in.nodes, 0);
        for (int k = 0; k < 3; ++k) {
            const auto v = static_cast<long long>(draw.below(6));
            supply[draw.below(in.nodes)] += v;
            supply[draw.below(in.nodes)] -= v;
        }
        if (draw.below(3) == 0) supply[draw.below(in.nodes)] += static_cast<long long>(draw.below(3));
        for (std::size_t i = 0; i < in.nodes; ++i) {
            in.supply.push_back(static_cast<double>(supply[i]));
            in.relations.push_back(Relation::exactly);
            if (!keep || draw.below(2) == 0) continue;
            keeps[i] = 1;
            in.relations[i] = supply[i] >= 0 ? Relation::at_most : Relation::at_least;
        }
    }
};

// LEMON's 12-node test network (min_cost_flow_test.cc of LEMON 1.3, Boost licence), costs and bounds by column.
struct TwelveNodes {
    static constexpr int rows[21][7] = {
        {1, 2, 70, 11, 0, 8, 8},   {1, 3, 150, 3, 0, 1, 0},  {1, 4, 80, 15, 0, 2, 2},    {2, 8, 80, 12, 0, 0, 0},
        {3, 5, 140, 5, 0, 3, 1},   {4, 6, 60, 10, 0, 1, 0},  {4, 7, 80, 2, 0, 0, 0},     {4, 8, 110, 3, 0, 0, 0},
        {5, 7, 60, 14, 0, 0, 0},   {5, 11, 120, 12, 0, 0, 0}, {6, 3, 0, 3, 0, 0, 0},     {6, 9, 140, 4, 0, 0, 0},
        {6, 10, 90, 8, 0, 0, 0},   {7, 1, 30, 5, 0, 0, -5},  {8, 12, 60, 16, 0, 4, 3},   {9, 12, 50, 6, 0, 0, 0},
        {10, 12, 70, 13, 0, 5, 2}, {10, 2, 100, 7, 0, 0, 0}, {10, 7, 60, 10, 0, 0, -3},  {11, 10, 20, 14, 0, 6, -20},
        {12, 11, 30, 10, 0, 0, -10}};
    static constexpr int supplies[6][12] = {
        {20, -4, 0, 0, 9, -6, 0, 0, 3, -2, 0, -20}, {27, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -27},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},        {30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -30},
        {20, -8, 0, 0, 6, -5, 0, 0, 0, -7, -10, -30}, {30, -3, 0, 0, 11, -6, 0, 3, 0, -2, 0, -20}};

    // `low` 1 to 3, `sup` 1 to 6; `plain`: unit costs; `capped`: the capacities count. `keep`: units may vanish anywhere;
    // `reversed`: the network turned round, which makes "at least" out of "at most".
    static FlowInstance make(int low, int sup, bool plain, bool capped, bool keep, bool reversed) {
        FlowInstance in;
        in.nodes = 12;
        for (const auto& row : rows) {
            const auto u = static_cast<std::size_t>(row[reversed ? 1 : 0] - 1);
            const auto v = static_cast<std::size_t>(row[reversed ? 0 : 1] - 1);
            in.add(u, v, plain ? 1 : row[2], row[3 + low], capped ? row[3] : infinity);
        }
        for (int i = 0; i < 12; ++i) {
            in.supply.push_back(reversed ? -supplies[sup - 1][i] : supplies[sup - 1][i]);
            in.relations.push_back(!keep ? Relation::exactly : in.supply.back() >= 0 ? Relation::at_most : Relation::at_least);
        }
        return in;
    }
};

}  // namespace

TEST_CASE("published networks") {
    // Published optima are reproduced with a proof: a textbook network, a transshipment test, LEMON's own tests.
    FlowInstance textbook;  // Bradley, Hax and Magnanti (1977), chapter 8
    textbook.nodes = 5;
    textbook.supply = {20, 0, 0, -5, -15};
    textbook.add(0, 1, 4, 0, 15);
    textbook.add(0, 2, 4, 0, 8);
    textbook.add(1, 2, 2, 0, infinity);
    textbook.add(1, 3, 2, 0, 4);
    textbook.add(1, 4, 6, 0, 10);
    textbook.add(2, 3, 1, 0, 15);
    textbook.add(2, 4, 3, 0, 5);
    textbook.add(3, 4, 2, 0, infinity);
    textbook.add(4, 2, 1, 0, 4);
    const FlowResult bradley = solve(textbook);
    check_optimal(textbook, bradley, 0);
    CHECK(bradley.objective == 150);

    FlowInstance transshipment;  // networkx, its test of transshipment: a..h are 0..7, r is 8; demand turned to supply
    transshipment.nodes = 9;
    transshipment.supply = {-1, 2, 2, -3, 4, 4, -3, -2, -3};
    const double arcs[14][3] = {{0, 2, 3}, {8, 0, 2}, {1, 0, 9}, {8, 2, 0}, {1, 8, -6}, {2, 3, 5}, {4, 8, 4},
                                {4, 5, 3}, {7, 1, 4}, {5, 3, 7}, {5, 7, 12}, {6, 3, 12}, {5, 6, -1}, {7, 6, -10}};
    for (const auto& arc : arcs)
        transshipment.add(static_cast<std::size_t>(arc[0]), static_cast<std::size_t>(arc[1]), arc[2], 0, infinity);
    const FlowResult networkx = solve(transshipment);
    check_optimal(transshipment, networkx, 0);
    CHECK(networkx.objective == 41);

    const struct {
        int low, sup;
        bool plain, capped, keep, reversed;
        double optimum;  // < 0: infeasible
    } tests[] = {{1, 1, false, true, false, false, 5240}, {1, 2, false, true, false, false, 7620},
                 {2, 1, false, true, false, false, 5970}, {2, 2, false, true, false, false, 8010},
                 {1, 1, true, false, false, false, 74},   {2, 2, true, false, false, false, 94},
                 {1, 3, true, false, false, false, 0},    {2, 3, true, true, false, false, -1},
                 {3, 4, false, true, false, false, 6360}, {1, 5, false, true, true, true, 3530},
                 {2, 5, false, true, true, true, 4540},   {2, 6, false, true, true, true, -1},
                 {1, 6, false, true, true, false, 5080},  {2, 6, false, true, true, false, 5930},
                 {2, 5, false, true, true, false, -1}};
    for (const auto& test : tests) {
        CAPTURE(test.optimum);
        const FlowInstance in = TwelveNodes::make(test.low, test.sup, test.plain, test.capped, test.keep, test.reversed);
        const FlowResult r = solve(in);
        if (test.optimum < 0) {
            CHECK(r.status == Status::infeasible);
            continue;
        }
        check_optimal(in, r, 0);
        CHECK(r.objective == test.optimum);
    }

    // Two with negative costs: a cycle that pays for ever, and the same with lower bounds against it or a capacity.
    for (const bool bounded : {false, true}) {
        FlowInstance in;
        in.nodes = 7;
        in.supply = {100, 0, 0, -100, 0, 0, 0};
        const double high = bounded ? 5000 : infinity;
        const double rows[9][3] = {{1, 2, 100}, {1, 3, 30}, {2, 4, 20}, {3, 4, 80}, {3, 2, 50},
                                   {5, 3, 10},  {5, 6, 80}, {6, 7, 30}, {7, 5, -120}};
        for (const auto& row : rows)
            in.add(static_cast<std::size_t>(row[0] - 1), static_cast<std::size_t>(row[1] - 1), row[2], 0, high);
        const FlowResult r = solve(in);
        if (bounded) {
            check_optimal(in, r, 0);
            CHECK(r.objective == -40000);
        } else {
            CHECK(r.status == Status::unbounded);
            std::vector<std::int32_t> ray = r.ray;
            std::sort(ray.begin(), ray.end());
            CHECK(ray == std::vector<std::int32_t>{6, 7, 8});
            CHECK(r.certificate.primal_residual == 0);
        }
    }
}

TEST_CASE("published transportation problems as flows") {
    // The transport facts give the same optimum as networks: arcs from sources to destinations.
    for (const reference::TransportFact& fact : reference::transport_facts()) {
        CAPTURE(fact.name);
        const std::size_t m = fact.supply.size();
        const std::size_t n = fact.demand.size();
        FlowInstance in;
        in.nodes = m + n;
        in.supply = fact.supply;
        for (const double b : fact.demand) in.supply.push_back(-b);
        in.relations.assign(m, Relation::at_most);
        in.relations.insert(in.relations.end(), n, fact.demand_relation);
        for (std::size_t i = 0; i < m; ++i)
            for (std::size_t j = 0; j < n; ++j)
                if (fact.costs[i * n + j] < infinity) in.add(i, m + j, fact.costs[i * n + j], 0, infinity);
        const FlowResult r = solve(in);
        REQUIRE(r.status == Status::optimal);
        CHECK(r.objective == doctest::Approx(fact.optimum).epsilon(1e-9));
        CHECK(r.certificate.gap <= 1e-12);
    }
}

TEST_CASE("equal to the slow twin on random networks") {
    // 30,000 small networks of all kinds: status, value and proofs agree with augmenting paths and cancelled cycles.
    InstanceDraw draw(1);
    int optimal = 0;
    int infeasible = 0;
    int unbounded = 0;
    for (int k = 0; k < 30000; ++k) {
        CAPTURE(k);
        const Small small(draw);
        const auto truth = reference::min_cost_flow(small.in.nodes, small.arcs, small.supply, small.keeps);
        const FlowResult r = solve(small.in);
        if (!truth.feasible) {
            ++infeasible;
            REQUIRE(r.status == Status::infeasible);
            CHECK((!r.shortage.empty() || !r.surplus.empty()));
            CHECK(r.bound == infinity);
            CHECK(r.unrouted > 0);
            for (const bool shortage : {true, false}) {
                const transport::FlowCut& cut = shortage ? r.shortage : r.surplus;
                if (cut.empty()) continue;
                CHECK(cut.amount > 0);
                CHECK(amount_of(small.in, cut, shortage) == cut.amount);
                if (!shortage)
                    for (const auto i : cut.nodes) CHECK(!small.in.view().may_keep(at(i)));
            }
        } else if (truth.unbounded) {
            ++unbounded;
            REQUIRE(r.status == Status::unbounded);
            REQUIRE(!r.ray.empty());
            double cost = 0;
            for (std::size_t s = 0; s < r.ray.size(); ++s) {
                const std::size_t a = at(r.ray[s]);
                cost += small.in.costs[a];
                CHECK(small.in.upper[a] == infinity);
                CHECK(small.in.to[a] == small.in.from[at(r.ray[(s + 1) % r.ray.size()])]);
            }
            CHECK(cost < 0);
            CHECK(r.unrouted == 0);
            CHECK(r.certificate.primal_residual == 0);
            CHECK(r.bound == -infinity);
        } else {
            ++optimal;
            check_optimal(small.in, r, 0);
            CHECK(r.objective == static_cast<double>(truth.cost));
        }
    }
    CHECK(optimal > 5000);
    CHECK(infeasible > 5000);
    CHECK(unbounded > 300);
}

TEST_CASE("larger networks prove their optimum") {
    // NETGEN-like, layered and grid networks: the certificate closes exactly, with capacities and lower bounds at work.
    for (const FlowInstance& in : {reference::netgen_like(300, 8, 1), reference::netgen_like(1000, 8, 2),
                                   reference::layered(400, 5, 1), reference::grid(20, 30, 1)})
        check_optimal(in, solve(in), 0);
}

TEST_CASE("families after published generators prove their optimum") {
    // Sources and sinks at the end of chains, grids filled nearly to the brim, a torus, lower bounds everywhere.
    for (const FlowInstance& in : {reference::netgen({600, 20, 25, 4000, 20000}, 1), reference::netgen({500, 60, 120, 3000, 30000, 100, 30, 50}, 2),
                                   reference::grid_graph(20, 15, 0.9, 1), reference::grid_graph(60, 60, 0.8, 2),
                                   reference::goto_like(16, 8, 0.9, 1), reference::transshipment(800, 5, 1)}) {
        const FlowResult r = solve(in);
        check_optimal(in, r, 0);
        // Arcs in another order, from the basis translated: the same value without a pivot.
        FlowInstance turned = in;
        const auto last = static_cast<std::int32_t>(in.costs.size()) - 1;
        for (auto* values : {&turned.costs, &turned.lower, &turned.upper}) std::reverse(values->begin(), values->end());
        std::reverse(turned.from.begin(), turned.from.end());
        std::reverse(turned.to.begin(), turned.to.end());
        transport::FlowBasis basis = r.basis;
        std::reverse(basis.at_upper.begin(), basis.at_upper.end());
        for (auto& a : basis.parent_arcs)
            if (a >= 0) a = last - a;
        const FlowResult again = solve(turned, &basis);
        CHECK(again.objective == r.objective);
        CHECK(again.pivots == 0);
    }
}

TEST_CASE("a warm start ends where a cold one does") {
    // After edits of costs, bounds and supplies, and with arcs and nodes added, warm equals cold; few pivots remain.
    InstanceDraw draw(7);
    std::int64_t warm_pivots = 0;
    std::int64_t cold_pivots = 0;
    int solved = 0;
    for (int k = 0; k < 60; ++k) {
        CAPTURE(k);
        FlowInstance in = k % 2 == 0 ? reference::netgen_like(200, 8, static_cast<std::uint64_t>(k)) :
                                       reference::layered(120, 4, static_cast<std::uint64_t>(k));
        transport::FlowBasis basis = solve(in).basis;
        for (int edit = 0; edit < 5; ++edit) {
            for (int change = 0; change < 4; ++change) {
                const std::size_t a = draw.below(in.costs.size());
                const std::size_t u = draw.below(in.nodes);
                const std::size_t v = draw.below(in.nodes);
                switch (draw.below(5)) {
                    case 0: in.costs[a] += draw.between(-500, 500); break;
                    case 1:
                        if (in.upper[a] < infinity) in.upper[a] = std::max(in.lower[a], in.upper[a] + draw.between(-50, 50));
                        break;
                    case 2:
                        if (in.supply[u] > 0 && in.supply[v] < 0) {
                            in.supply[u] += 3;
                            in.supply[v] -= 3;
                        }
                        break;
                    case 3: in.lower[a] = std::min(in.upper[a], draw.between(0, 3)); break;
                    default: in.add(u, v, draw.between(1, 3000), 0, 50);
                }
            }
            if (edit == 4) {  // a new node with a little demand
                in.supply.push_back(-2);
                if (!in.relations.empty()) in.relations.push_back(Relation::exactly);
                for (std::size_t i = 0; i < in.nodes; ++i)
                    if (in.supply[i] > 0) {
                        in.supply[i] += 2;
                        break;
                    }
                in.add(draw.below(in.nodes), in.nodes, 700, 0, infinity);
                ++in.nodes;
            }
            const FlowResult warm = solve(in, &basis);
            const FlowResult cold = solve(in);
            REQUIRE(warm.status == cold.status);
            warm_pivots += warm.pivots;
            cold_pivots += cold.pivots;
            if (cold.status == Status::optimal) {
                ++solved;
                CHECK(warm.objective == cold.objective);
                check_optimal(in, warm, 0);
            }
            basis = warm.basis;
        }
    }
    CHECK(solved > 200);
    CHECK(warm_pivots * 50 < cold_pivots);

    const FlowInstance same = reference::netgen_like(500, 8, 3);
    const FlowResult first = solve(same);
    CHECK(solve(same, &first.basis).pivots == 0);
}

TEST_CASE("a start is dropped where the network has become another one") {
    // Short cuts across a grid: the warm start ends at the cold one's optimum, soon; stopped early, it keeps its feasible flow.
    const FlowInstance base = reference::grid(16, 128, 1);
    const FlowResult before = solve(base);
    FlowInstance in = base;
    InstanceDraw draw(9);
    for (int k = 0; k < 60; ++k) in.add(draw.below(in.nodes), draw.below(in.nodes), draw.between(1, 1000), 0, draw.between(1, 1000));
    const FlowResult cold = solve(in);
    const FlowResult warm = solve(in, &before.basis);
    check_optimal(in, warm, 1e-9);
    CHECK(warm.objective == cold.objective);
    CHECK(warm.pivots > cold.pivots);
    CHECK(warm.pivots <= cold.pivots + static_cast<std::int64_t>(in.nodes / 8 + 256 + 250));
    transport::FlowOptions options;
    options.max_pivots = warm.pivots - cold.pivots + cold.pivots / 2;
    const FlowResult stopped = transport::min_cost_flow(in.view(), options, {}, &before.basis);
    CHECK(stopped.status == Status::iteration_limit);
    CHECK(stopped.pivots == options.max_pivots);
    CHECK(stopped.unrouted == 0);
    CHECK(stopped.objective < before.objective);
    CHECK(stopped.bound <= cold.objective);
}

TEST_CASE("degenerate assignment does not cycle") {
    // Unit supplies, few distinct costs, every vertex massively degenerate: always an end, always the same value.
    InstanceDraw draw(11);
    for (int k = 0; k < 40; ++k) {
        const std::size_t n = 5 + draw.below(40);
        FlowInstance in;
        in.nodes = 2 * n;
        in.supply.assign(n, 1.0);
        in.supply.insert(in.supply.end(), n, -1.0);
        std::vector<double> costs;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                costs.push_back(static_cast<double>(draw.below(1 + static_cast<std::size_t>(k) % 4)));
                in.add(i, n + j, costs.back(), 0, k % 2 == 0 ? infinity : 1.0);
            }
        const FlowResult r = solve(in);
        check_optimal(in, r, 0);
        CHECK(r.pivots < static_cast<std::int64_t>(20 * n * n));
        const std::vector<double> ones(n, 1.0);
        CHECK(r.objective == transport::solve(costs, n, n, ones, ones).objective);
    }

    // No supply at all: a circulation in which only cycles of cost zero and below exist.
    FlowInstance circle;
    circle.nodes = 50;
    for (std::size_t i = 0; i < 50; ++i)
        for (std::size_t d = 1; d < 6; ++d) circle.add(i, (i + d) % 50, d == 5 ? -4.0 : 1.0, 0, d == 5 ? 3 : infinity);
    const FlowResult r = solve(circle);
    check_optimal(circle, r, 0);
    CHECK(r.objective == -600);
}

TEST_CASE("real numbers keep their proofs") {
    // Fractions everywhere and supplies balanced only to rounding: optimal, with residual and gap at rounding level.
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        FlowInstance in = seed % 2 == 0 ? reference::netgen_like(200, 6, seed) : reference::layered(100, 4, seed);
        InstanceDraw draw(seed + 100);
        for (double& c : in.costs) c *= 0.1 + 1e-3 * draw.between(0, 100) / 7;
        double scale = 0;
        for (double& b : in.supply) {
            b *= 0.37;
            scale += std::abs(b);
        }
        for (double& low : in.lower) low *= 0.37;
        for (double& high : in.upper) high *= 0.37;
        const FlowResult r = solve(in);
        REQUIRE(r.status == Status::optimal);
        CHECK(r.certificate.gap <= 1e-12);
        CHECK(r.certificate.dual_violation <= 1e-9);
        CHECK(r.certificate.primal_residual <= 1e-12 * scale);
        CHECK(std::abs(r.bound - r.objective) <= 1e-11 * std::abs(r.objective));
    }
}

TEST_CASE("balance is judged by scale") {
    // A total short by 1e-12 of itself is rounding, by 1e-3 it is not; whole numbers have no tolerance.
    FlowInstance in;
    in.nodes = 3;
    in.supply = {0.1e6, 0.2e6, -0.3e6 * (1 + 1e-12)};
    in.add(0, 2, 1, 0, infinity);
    in.add(1, 2, 2, 0, infinity);
    const FlowResult rounded = solve(in);
    CHECK(rounded.status == Status::optimal);
    CHECK(rounded.certificate.primal_residual <= 1e-6);
    CHECK(rounded.objective == doctest::Approx(0.5e6));
    in.supply[2] = -0.3e6 * 1.001;
    const FlowResult shortage = solve(in);
    CHECK(shortage.status == Status::infeasible);
    CHECK(shortage.shortage.nodes == std::vector<std::int32_t>{0, 1, 2});
    CHECK(shortage.shortage.amount == doctest::Approx(300));
    in.supply = {1e9, 1e9, -2e9 + 1};
    const FlowResult surplus = solve(in);
    CHECK(surplus.status == Status::infeasible);
    CHECK(surplus.surplus.amount == 1);
    CHECK(surplus.shortage.empty());
}

TEST_CASE("a cut names what is short") {
    // Two depots behind a narrow arc: the cut is the depots, the amount their demand less what the arc carries.
    FlowInstance in;
    in.nodes = 4;
    in.supply = {100, 0, -30, -40};
    in.relations = {Relation::at_most, Relation::exactly, Relation::exactly, Relation::at_least};
    in.add(0, 1, 1, 0, 50);
    in.add(1, 2, 1, 0, infinity);
    in.add(1, 3, 1, 0, infinity);
    const FlowResult r = solve(in);
    CHECK(r.status == Status::infeasible);
    CHECK(r.shortage.nodes == std::vector<std::int32_t>{1, 2, 3});
    CHECK(r.shortage.amount == 20);
    CHECK(r.surplus.empty());
    CHECK(r.unrouted == 20);
    CHECK(r.flows[0] == 50);
    CHECK(r.objective == 100);
}

TEST_CASE("huge costs cost no accuracy") {
    // Forbidden arcs at 1e300: the digits of the rest stay; where one is needed, it is paid; it may be negative too.
    FlowInstance in;
    in.nodes = 4;
    in.supply = {0.7, 0.3, -0.5, -0.5};
    in.add(0, 2, 0.1, 0, infinity);
    in.add(0, 3, 0.2, 0, infinity);
    in.add(1, 2, 0.30000000001, 0, infinity);
    in.add(1, 3, 0.3, 0, infinity);
    in.add(2, 3, 1e300, 0, infinity);
    in.add(3, 0, 1e300, 0, infinity);
    const FlowResult r = solve(in);
    REQUIRE(r.status == Status::optimal);
    CHECK(r.objective == doctest::Approx(0.5 * 0.1 + 0.2 * 0.2 + 0.3 * 0.3).epsilon(1e-14));
    CHECK(r.certificate.gap <= 1e-14);
    in.costs[1] = in.costs[2] = in.costs[3] = 1e300;
    const FlowResult paid = solve(in);
    REQUIRE(paid.status == Status::optimal);
    CHECK(paid.objective == doctest::Approx(0.5e300));
    in.costs = {0.1, 0.2, 0.3, 0.3, 1e300, 1e300};
    in.costs[3] = -1e300;
    in.upper[3] = 0.2;
    const FlowResult lured = solve(in);
    REQUIRE(lured.status == Status::optimal);
    CHECK(lured.flows[3] == 0.2);
}

TEST_CASE("loops and parallel arcs") {
    // A loop stays at its lower bound, fills where it pays, and is a ray where nothing holds it; the cheaper twin fills first.
    FlowInstance in;
    in.nodes = 2;
    in.supply = {9, -9};
    in.add(0, 1, 3, 0, infinity);
    in.add(0, 1, 1, 0, 4);
    in.add(0, 0, 2, 1, 5);
    in.add(1, 1, -2, 0, 5);
    const FlowResult r = solve(in);
    check_optimal(in, r, 0);
    CHECK(r.flows == std::vector<double>{5, 4, 1, 5});
    CHECK(r.objective == 15 + 4 + 2 - 10);
    in.upper[3] = infinity;
    const FlowResult endless = solve(in);
    CHECK(endless.status == Status::unbounded);
    CHECK(endless.ray == std::vector<std::int32_t>{3});
}

TEST_CASE("nothing to do") {
    // No nodes, no arcs, no supply: optimal at once with empty answers; lone supply is a surplus.
    CHECK(transport::min_cost_flow({}).status == Status::optimal);
    FlowInstance in;
    in.nodes = 3;
    CHECK(solve(in).status == Status::optimal);
    in.supply = {1, 0, 0};
    CHECK(solve(in).surplus.nodes == std::vector<std::int32_t>{0});
    in.relations = {Relation::at_most, Relation::exactly, Relation::exactly};
    CHECK(solve(in).status == Status::optimal);
}

TEST_CASE("a stopped solve keeps a feasible flow and a bound") {
    // A deadline, a stop flag and a pivot limit: the bound lies below the optimum, the flow (once routed) above it.
    const FlowInstance in = reference::netgen_like(600, 8, 5);
    const FlowResult best = solve(in);
    REQUIRE(best.status == Status::optimal);
    bool routed = false;
    for (std::int64_t limit = 1; limit < best.pivots; limit += 1 + best.pivots / 20) {
        transport::FlowOptions options;
        options.max_pivots = limit;
        const FlowResult r = transport::min_cost_flow(in.view(), options);
        if (r.status == Status::optimal) continue;
        CHECK(r.status == Status::iteration_limit);
        CHECK(r.bound <= best.objective);
        CHECK(std::isfinite(r.bound));
        if (r.unrouted == 0) {
            routed = true;
            CHECK(r.certificate.primal_residual == 0);
            CHECK(r.objective >= best.objective);
        } else {
            CHECK(r.certificate.primal_residual > 0);
        }
        CHECK(solve(in, &r.basis).objective == best.objective);
    }
    CHECK(routed);
    std::atomic<bool> stop{true};
    core::Context stopped;
    stopped.stop = &stop;
    CHECK(transport::min_cost_flow(in.view(), {}, stopped).status == Status::interrupted);
    CHECK(transport::min_cost_flow(in.view(), {}, core::Context::with_time_limit(-1)).status == Status::time_limit);
}

// The Lagrangian at the result's potentials by definition: what they prove where no arc of negative cost is endless.
double proven_by(const FlowInstance& in, const FlowResult& r) {
    const auto p = in.view();
    double most = 0;   // no vertex of a feasible problem without endless negative arcs sends more over an arc
    for (std::size_t a = 0; a < p.arcs(); ++a) {
        const double range = p.upper_bound(a) - p.lower_bound(a);
        if (in.costs[a] < 0) most += range;
    }
    std::vector<double> net = in.supply;
    for (std::size_t a = 0; a < p.arcs(); ++a) {
        net[at(in.from[a])] -= p.lower_bound(a);
        net[at(in.to[a])] += p.lower_bound(a);
    }
    for (const double b : net) most += std::max(b, 0.0);
    double bound = 0;
    for (std::size_t i = 0; i < in.nodes; ++i) bound += p.supply_of(i) * (p.may_keep(i) ? std::min(r.potentials[i], 0.0) : r.potentials[i]);
    for (std::size_t a = 0; a < p.arcs(); ++a) {
        const auto price = [&](std::int32_t x) { return p.may_keep(at(x)) ? std::min(r.potentials[at(x)], 0.0) : r.potentials[at(x)]; };
        const double reduced = in.costs[a] - price(in.from[a]) + price(in.to[a]);
        const double low = p.lower_bound(a);
        bound += reduced * (reduced > 0 ? low : reduced < 0 ? std::min(p.upper_bound(a), low + most) : 0.0);
    }
    return bound;
}

TEST_CASE("a solve stopped before its first pivot proves a bound") {
    // Walks of a few arcs: never above the optimum, whatever the bounds, signs and relations; far above 0 on a network.
    std::atomic<bool> stop{true};
    core::Context stopped;
    stopped.stop = &stop;
    int proven = 0;
    InstanceDraw draw(77);
    for (int k = 0; k < 3000; ++k) {
        const Small small(draw);
        const FlowResult best = solve(small.in);
        const FlowResult r = transport::min_cost_flow(small.in.view(), {}, stopped);
        REQUIRE(r.status == Status::interrupted);
        REQUIRE(r.pivots == 0);
        if (best.status != Status::optimal) continue;
        REQUIRE(r.bound <= best.objective + 1e-9);
        for (std::size_t a = 0; a < r.flows.size(); ++a) REQUIRE(r.flows[a] == small.in.view().lower_bound(a));
        if (std::isfinite(r.bound)) REQUIRE(r.bound == doctest::Approx(proven_by(small.in, r)));
        proven += std::isfinite(r.bound);
        const FlowResult again = solve(small.in, &r.basis);
        REQUIRE(again.objective == best.objective);
    }
    CHECK(proven > 500);
    for (const FlowInstance& in : {reference::netgen({1024, 32, 32, 8192, 32000}, 1), reference::transshipment(2000, 6, 1),
                                   reference::layered(400, 6, 1)}) {
        const FlowResult best = solve(in);
        const FlowResult r = transport::min_cost_flow(in.view(), {}, stopped);
        CHECK(r.bound <= best.objective);
        CHECK(r.bound >= 0.15 * best.objective);
        CHECK(r.bound == doctest::Approx(proven_by(in, r)));
        CHECK(r.unrouted > 0);
        // Later on the bound is better, and proven by the potentials as well.
        for (const double share : {0.2, 0.6, 0.98}) {
            transport::FlowOptions options;
            options.max_pivots = static_cast<std::int64_t>(share * static_cast<double>(best.pivots));
            const FlowResult later = transport::min_cost_flow(in.view(), options);
            CHECK(later.bound <= best.objective);
            CHECK(later.bound >= 0.3 * best.objective);
            CHECK(later.bound == doctest::Approx(proven_by(in, later)));
        }
    }
}

TEST_CASE("wrong networks are all named in one pass") {
    // Unknown nodes, NaN, infinities, crossed bounds, relations against the sign: each by field and position.
    FlowInstance in;
    in.nodes = 3;
    in.supply = {5, std::nan(""), -5};
    in.relations = {Relation::at_least, Relation::exactly, Relation::at_most};
    in.add(0, 7, 1, 0, 1);
    in.add(0, 1, infinity, 0, 1);
    in.add(0, 1, std::nan(""), -infinity, 1);
    in.add(1, 2, 1, 3, 2);
    in.add(1, 2, 1, 0, std::nan(""));
    in.from[4] = -1;
    try {
        (void)solve(in);
        FAIL("nothing thrown");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 10);
        CHECK(error.issues().front().field == "to");
        CHECK(error.issues().front().row == "0");
    }
    in.costs.pop_back();
    CHECK_THROWS_AS((void)solve(in), core::InputError);
}

TEST_CASE("numbers of any size, exactly") {
    // Costs near the largest there are: the weight of artificial arcs stays above them.
    const std::vector<std::int32_t> from{0}, to{1};
    const std::vector<double> dear{1e299}, some{2.5e-8, -2.5e-8};
    FlowResult r = transport::min_cost_flow({2, from, to, dear, {}, {}, some, {}});
    REQUIRE(r.status == Status::optimal);
    CHECK(r.objective == doctest::Approx(2.5e291));
    // A supply that may stay unused makes no lack a trifle.
    const std::vector<Relation> keeps{Relation::at_most, Relation::exactly, Relation::exactly};
    const std::vector<double> cheap{1}, plenty{1e136, -1e123, -1e123};
    r = transport::min_cost_flow({3, from, to, cheap, {}, {}, plenty, keeps});
    REQUIRE(r.status == Status::infeasible);
    CHECK(r.shortage.nodes == std::vector<std::int32_t>{2});
    CHECK(r.shortage.amount == 1e123);
    // Nor does one that has to leave, elsewhere in the network.
    const std::vector<std::int32_t> two_from{0, 2}, two_to{1, 3};
    const std::vector<double> two_costs{1, 1}, apart{1e54, -1e54, 1e-16, -5.7};
    r = transport::min_cost_flow({4, two_from, two_to, two_costs, {}, {}, apart, {}});
    REQUIRE(r.status == Status::infeasible);
    CHECK(r.shortage.amount == doctest::Approx(5.7));
    // A path of 1e300 there and back again leaves the eps between two parallel ones.
    const std::vector<std::int32_t> around_from{0, 1, 0, 1}, around_to{1, 2, 1, 2};
    const std::vector<double> around{1e300, -1e300 * (1 - 0x1p-53), 1e300, -1e300}, unit{1, 0, -1};
    r = transport::min_cost_flow({3, around_from, around_to, around, {}, {}, unit, {}});
    REQUIRE(r.status == Status::optimal);
    CHECK(r.objective == 0);
    CHECK(r.flows[3] == 1);
}

TEST_CASE("exact sums and exact flows") {
    // Parts that no double can add: the sum is what remains, whatever the order.
    transport::detail::ExactSum sum;
    for (const double term : {1e300, 1.0, 0x1p-1074, -1e300, -1.0}) sum.add(term);
    CHECK(sum.value() == 0x1p-1074);
    // Amounts of all sizes along three arcs in a row and one beside them; a loop that pays is full.
    transport::detail::ExactFlow flow(3);
    const std::size_t far = flow.add_arc(0, 1, 1.0, infinity);
    const std::size_t near = flow.add_arc(0, 1, 0x1p-60, 1e-300);
    const std::size_t loop = flow.add_arc(2, 2, -1.0, 5.0);
    (void)flow.add_arc(1, 2, 0.0, infinity);
    flow.set_surplus(0, 1e30);
    flow.set_surplus(2, -1e30);
    REQUIRE(flow.run());
    CHECK(flow.balanced(0.0));
    CHECK(flow.flow(near) == 1e-300);
    CHECK(flow.flow(far) == 1e30);
    CHECK(flow.flow(loop) == 5.0);
    // Costs that fall for ever are no solution.
    transport::detail::ExactFlow endless(2);
    (void)endless.add_arc(0, 1, -1.0, infinity);
    (void)endless.add_arc(1, 0, 0.5, infinity);
    CHECK_FALSE(endless.run());
}

TEST_CASE("a cycle is endless only at the costs as they are") {
    // Two dear arcs of a cycle, capped to one price against the third, seem to cancel; in truth the cycle costs 1.3e13.
    const std::vector<std::int32_t> from{0, 1, 2}, to{1, 2, 0};
    const std::vector<double> costs{1.3e13, -2.6e-15, -6.8e7}, none{0, 0, 0}, dear{1.3e13, -2.6e-15, -6.8e14};
    const FlowResult r = transport::min_cost_flow({3, from, to, costs, {}, {}, none, {}});
    REQUIRE(r.status == Status::optimal);
    CHECK(r.objective == 0);
    const FlowResult endless = transport::min_cost_flow({3, from, to, dear, {}, {}, none, {}});
    REQUIRE(endless.status == Status::unbounded);
    CHECK(endless.ray.size() == 3);
}

TEST_CASE("loops take nothing from the rest of the network") {
    // A fixed flow of 1e149 round a node does not hide the three units that pass it.
    const std::vector<std::int32_t> from{0, 1, 1}, to{1, 1, 2};
    const std::vector<double> costs{1, 1, 1}, lower{0, -7.5e149, 0}, upper{infinity, -7.5e149, infinity}, supply{3.5, 0, -3.5};
    const FlowResult r = transport::min_cost_flow({3, from, to, costs, lower, upper, supply, {}});
    REQUIRE(r.status == Status::optimal);
    CHECK(r.flows == std::vector<double>{3.5, -7.5e149, 3.5});
    CHECK(r.certificate.primal_residual == 0);
    // Where costs fall for ever round a loop, but nothing is feasible, the cut says so.
    const std::vector<std::int32_t> at_home{0};
    const std::vector<double> gain{-1}, wanted{-1e-9};
    const FlowResult lacking = transport::min_cost_flow({1, at_home, at_home, gain, {}, {}, wanted, {}});
    REQUIRE(lacking.status == Status::infeasible);
    CHECK(lacking.shortage.amount == 1e-9);
    CHECK(lacking.shortage.nodes == std::vector<std::int32_t>{0});
    // Beside a price that dwarfs its cost, a loop that pays for ever is seen.
    const std::vector<std::int32_t> beside_from{0, 1, 1}, beside_to{1, 1, 2};
    const std::vector<double> beside{-1.7e116, -9, 0}, one{1, 0, -1};
    const FlowResult endless = transport::min_cost_flow({3, beside_from, beside_to, beside, {}, {}, one, {}});
    REQUIRE(endless.status == Status::unbounded);
    CHECK(endless.certificate.primal_residual == 0);
    CHECK(endless.ray == std::vector<std::int32_t>{1});
    // The reduced cost of a loop is its cost, however large the potential of its node.
    const std::vector<std::int32_t> two_from{0, 1, 1}, two_to{0, 0, 1};
    const std::vector<double> small{-1.5e-79, -7.2e-45, -7.2e-45}, low{1, 1, 1}, high{5.8e92, infinity, 1}, moved{-2, 2};
    const FlowResult full = transport::min_cost_flow({2, two_from, two_to, small, low, high, moved, {}});
    REQUIRE(full.status == Status::optimal);
    CHECK(full.objective == doctest::Approx(-8.7e13));
    CHECK(full.bound <= full.objective);
    CHECK(full.bound == doctest::Approx(full.objective));
}
