// SPDX-License-Identifier: MIT
// Small transportation problems solved over and over, beside LEMON's network simplex (where its headers are found):
// thousand solves a second of process CPU time, best of several.
//   one    the same problem from scratch
//   many   64 problems from scratch in turn: costs and amounts change, so that no branch predictor learns them by heart
//   warm   256 scenarios of one problem's demand, scaled by U(0.7, 1.3) and rebalanced, each from the basis of the last
// LEMON has no warm start: it solves every scenario anew. Handing it the data is left out of its time.
// Usage: transport_tiny [seconds a measurement]        default 0.2
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/transport/tiny.hpp>
#include <reference/transport_instances.hpp>

#include "transport_lemon.hpp"
#include "transport_timing.hpp"

namespace {

using Instance = meio::reference::TransportInstance;
using meio::transport::Relation;
using meio::transport::TinySolver;

/// Least seconds a call of `body(k)`, k = 0, 1, ..., `cycle` - 1, over rounds that fill `budget` seconds.
template <class Body>
double seconds_each(std::size_t cycle, double budget, Body&& body) {
    std::size_t laps = 1;
    double best = std::numeric_limits<double>::infinity();
    const double end = benchmark::cpu_seconds() + budget;
    while (true) {
        const double begin = benchmark::cpu_seconds();
        for (std::size_t lap = 0; lap < laps; ++lap)
            for (std::size_t k = 0; k < cycle; ++k) body(k);
        const double now = benchmark::cpu_seconds();
        if (now - begin < 0.005) laps *= 2;  // the clock ticks in microseconds
        else best = std::min(best, (now - begin) / static_cast<double>(laps * cycle));
        if (now > end && best < 1e300) return best;
    }
}

std::vector<Instance> scenarios_of(const Instance& base, std::size_t count) {
    std::vector<Instance> scenarios(count, base);
    meio::core::RandomStream draw(1, 0);
    const double total = std::accumulate(base.supply.begin(), base.supply.end(), 0.0);
    for (Instance& s : scenarios) {
        for (double& b : s.demand) b *= 0.7 + 0.6 * draw.uniform();
        const double factor = total / std::accumulate(s.demand.begin(), s.demand.end(), 0.0);
        double left = total;
        for (double& b : s.demand) left -= b = std::max(1.0, std::floor(b * factor));
        for (std::size_t j = 0; left != 0; j = (j + 1) % s.demand.size()) {
            const double step = left > 0 ? 1.0 : -1.0;
            if (s.demand[j] + step >= 1) s.demand[j] += step, left -= step;
        }
    }
    return scenarios;
}

struct Row {
    double solver = 0;
    double block = 0;
    double altering = 0;
};

bool differ = false;

#ifdef MEIO_HAVE_LEMON
// Both rules on `problems` of one shape; the objectives must be those of `expected`.
void run_lemon(const std::vector<Instance>& problems, bool same_costs, double budget, const std::vector<double>& expected, Row& row) {
    const Instance& base = problems.front();
    benchmark::Lemon lemon(base.supply, base.demand, base.costs.size(), false, [&](auto&& add) {
        for (std::size_t e = 0; e < base.costs.size(); ++e) add(e / base.demand.size(), e % base.demand.size(), base.costs[e]);
    });
    const auto hand_over = [&](std::size_t k) {
        if (problems.size() == 1) return;
        if (!same_costs) lemon.set_costs(problems[k].costs);
        lemon.set_amounts(problems[k].supply, problems[k].demand);
    };
    const double set_up = seconds_each(problems.size(), budget / 2, hand_over);
    for (const auto& [rule, seconds] : {std::pair{benchmark::Lemon::block, &row.block}, std::pair{benchmark::Lemon::altering, &row.altering}}) {
        const auto chosen = rule;
        const double both = seconds_each(problems.size(), budget, [&](std::size_t k) {
            hand_over(k);
            (void)lemon.run(chosen);
        });
        *seconds = both - set_up;
        for (std::size_t k = 0; k < problems.size(); ++k) {
            hand_over(k);
            differ = differ || !lemon.run(rule) || lemon.objective() != expected[k];
        }
    }
}
#endif

void report(const char* what, std::size_t m, std::size_t n, const Row& row) {
    std::printf("%4zu x %-4zu %-6s %12.1f", m, n, what, 1e-3 / row.solver);
    if (row.block > 0)
        std::printf(" %12.1f %12.1f %8.2f", 1e-3 / row.block, 1e-3 / row.altering, std::min(row.block, row.altering) / row.solver);
    std::printf("%s\n", differ ? "  OBJECTIVES DIFFER" : "");
    std::fflush(stdout);
}

void measure(const char* what, std::size_t m, std::size_t n, const std::vector<Instance>& problems, bool warm, double budget) {
    TinySolver solver(m, n, Relation::exactly);
    std::vector<double> expected;
    for (const Instance& p : problems) {
        differ = differ || solver.solve(p.costs, p.supply, p.demand) != meio::core::Status::optimal;
        expected.push_back(solver.objective());
    }
    if (warm)
        for (std::size_t k = 0; k < problems.size(); ++k) {
            (void)solver.resolve(problems[k].supply, problems[k].demand);
            differ = differ || solver.objective() != expected[k];
        }
    Row row;
    row.solver = seconds_each(problems.size(), budget, [&](std::size_t k) {
        const Instance& p = problems[k];
        if (warm) (void)solver.resolve(p.supply, p.demand);
        else (void)solver.solve(p.costs, p.supply, p.demand);
    });
#ifdef MEIO_HAVE_LEMON
    run_lemon(problems, warm, budget, expected, row);
#endif
    report(what, m, n, row);
}

}  // namespace

int main(int argc, char** argv) {
    const double budget = argc > 1 ? std::atof(argv[1]) : 0.2;
    std::printf("%-11s %-6s %12s %12s %12s %8s\n", "size", "start", "meio k/s", "LEMON block", "altering", "ratio");
    const std::size_t sizes[][2] = {{3, 4}, {5, 10}, {10, 20}, {20, 50}};
    for (const auto& [m, n] : sizes) {
        std::vector<Instance> many;
        for (std::uint64_t seed = 1; seed <= 64; ++seed) many.push_back(meio::reference::transport_instance("unif", m, n, seed));
        measure("one", m, n, {many.front()}, false, budget);
        measure("many", m, n, many, false, budget);
        measure("warm", m, n, scenarios_of(many.front(), 256), true, budget);
    }
    return differ ? 1 : 0;
}
