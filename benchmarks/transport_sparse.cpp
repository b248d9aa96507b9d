// SPDX-License-Identifier: MIT
// Few warehouses and very many destinations with ten arcs each, loose (supply 30 % above demand) and tight (3 %), beside
// LEMON's network simplex (where its headers are found): process CPU time of the whole call for ours, of the run alone
// for LEMON, whose set-up of arcs has a column of its own. Memory is what a solve adds to the instance. Optima that several other
// solvers agreed on are checked.
// Usage: transport_sparse [--large] [--tiny] [--peers none|candidate|all]
//   --large runs 200 x 1,000,000 instead (10 M arcs; minutes for LEMON on the loose one, which the tight one is
//   spared); --tiny one small problem
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <meio/transport/warehouse.hpp>
#include <reference/transport_instances.hpp>

#include "transport_lemon.hpp"
#include "transport_timing.hpp"

namespace {

using benchmark::best_of;
using benchmark::cpu_seconds;

using meio::reference::ArcInstance;

meio::transport::ArcProblem view(const ArcInstance& in) {
    meio::transport::ArcProblem p;
    p.sources = in.sources;
    p.offsets = in.offsets;
    p.source_ids = in.ids;
    p.costs = in.costs;
    p.supply = in.supply;
    p.demand = in.demand;
    return p;
}

#ifdef MEIO_HAVE_LEMON
bool run_lemon(const ArcInstance& in, bool all_rules, double seconds, double objective) {
    const benchmark::PeakMemory memory;
    const double begin = cpu_seconds();
    benchmark::Lemon lemon(in.supply, in.demand, in.costs.size(), true, [&](auto&& add) {
        for (std::size_t j = 0; j < in.demand.size(); ++j)
            for (auto e = static_cast<std::size_t>(in.offsets[j]); e < static_cast<std::size_t>(in.offsets[j + 1]); ++e)
                add(static_cast<std::size_t>(in.ids[e]), j, in.costs[e]);
    });
    const double set_up = cpu_seconds() - begin;
    double best = 1e300;
    bool agree = true;
    for (const auto rule : {benchmark::Lemon::candidate, benchmark::Lemon::block}) {
        if (rule == benchmark::Lemon::block && !all_rules) {
            std::printf(" %9s", "-");
            continue;
        }
        const double peer = best_of([&] {
            const double start = cpu_seconds();
            (void)lemon.run(rule);
            return cpu_seconds() - start;
        });
        best = std::min(best, peer);
        agree = agree && lemon.objective() == objective;
        std::printf(" %9.3f", peer);
        std::fflush(stdout);
    }
    std::printf(" %9.3f %8.1f %8.1f%s", set_up, memory.megabytes(), best / seconds, agree ? "" : "  OBJECTIVES DIFFER");
    return agree;
}
#endif

}  // namespace

int main(int argc, char** argv) {
    struct Case {
        bool tight;
        std::size_t m, n;
        double optimum;  // 0: not known
    };
    std::vector<Case> cases = {{false, 50, 100000, 8878149624.0},
                               {false, 200, 100000, 8835023726.0},
                               {true, 50, 100000, 9290280935.0},
                               {true, 200, 100000, 9091229259.0}};
    std::string peers = "all";
    for (int a = 1; a < argc; ++a) {
        if (std::strcmp(argv[a], "--large") == 0) cases = {{false, 200, 1000000, 89000248849.0}, {true, 200, 1000000, 92393870233.0}};
        if (std::strcmp(argv[a], "--tiny") == 0) cases = {{true, 20, 1000, 0}};
        if (std::strcmp(argv[a], "--peers") == 0 && a + 1 < argc) peers = argv[++a];
    }
    std::printf("%-8s %-13s %13s %9s %8s %8s %9s %9s %9s %8s %8s\n", "family", "size", "objective", "meio s", "pivots", "MB", "candidate",
                "block s", "set-up", "MB", "ratio");
    bool wrong = false;
    for (const Case& c : cases) {
        const ArcInstance in = meio::reference::sparse_transport_instance(c.tight, c.m, c.n, 10, 1);
        const meio::transport::ArcProblem problem = view(in);
        meio::transport::ArcResult result;
        const benchmark::PeakMemory memory;
        const double seconds = best_of([&] {
            const double start = cpu_seconds();
            result = meio::transport::solve_arcs(problem);
            return cpu_seconds() - start;
        }, 3);
        const bool right = result.status == meio::core::Status::optimal && (c.optimum == 0 || result.objective == c.optimum);
        wrong = wrong || !right;
        std::printf("%-8s %4zu x %-7zu %12.0f %9.4f %8lld %8.1f%s", c.tight ? "sparset" : "sparse", c.m, c.n, result.objective, seconds,
                    static_cast<long long>(result.pivots), memory.megabytes(), right ? "" : "  NOT THE KNOWN OPTIMUM");
        std::fflush(stdout);
#ifdef MEIO_HAVE_LEMON
        if (peers != "none" && !(c.tight && c.n > 100000)) wrong = !run_lemon(in, peers == "all", seconds, result.objective) || wrong;
#endif
        std::printf("\n");
        std::fflush(stdout);
    }
    return wrong ? 1 : 0;
}
