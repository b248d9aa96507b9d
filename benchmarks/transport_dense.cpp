// SPDX-License-Identifier: MIT
// Dense transportation problems beside LEMON's network simplex (where its headers are found), in one run: process CPU
// time, best of several, the same integer-valued instances. The ratio leaves LEMON's set-up of arcs, which has a column
// of its own, out of its time. Memory is what a solve adds to the instance.
// Usage: transport_dense [--family NAME] [size ...]        default 100 300 1000
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <meio/transport/solve.hpp>
#include <reference/transport_instances.hpp>

#include "transport_lemon.hpp"
#include "transport_timing.hpp"

using benchmark::best_of;
using benchmark::cpu_seconds;

int main(int argc, char** argv) {
    std::vector<std::size_t> sizes;
    std::vector<std::string> families;
    for (int a = 1; a < argc; ++a) {
        if (std::string(argv[a]) == "--family" && a + 1 < argc) families.emplace_back(argv[++a]);
        else sizes.push_back(static_cast<std::size_t>(std::atol(argv[a])));
    }
    if (sizes.empty()) sizes = {100, 300, 1000};
    if (families.empty()) families = {"unif", "eucl", "sqeu", "assign", "unbal", "unbalu"};
    std::printf("%-8s %6s %12s %10s %8s %8s %10s %10s %10s %10s %8s %7s\n", "family", "n", "objective", "meio ms", "pivots", "MB",
                "block ms", "altering", "candidate", "set-up", "MB", "ratio");
    bool wrong = false;
    for (const std::size_t n : sizes)
        for (const std::string& family : families) {
            const auto in = meio::reference::transport_instance(family, n, n, 1);
            meio::transport::Result result;
            const benchmark::PeakMemory memory;
            const double seconds = best_of([&] {
                const double start = cpu_seconds();
                result = meio::transport::solve(in.costs, n, n, in.supply, in.demand);
                return cpu_seconds() - start;
            }, 3);
            wrong = wrong || result.status != meio::core::Status::optimal;
            std::printf("%-8s %6zu %12.0f %10.3f %8lld %8.1f", family.c_str(), n, result.objective, 1e3 * seconds,
                        static_cast<long long>(result.pivots), memory.megabytes());
            std::fflush(stdout);
#ifdef MEIO_HAVE_LEMON
            const benchmark::PeakMemory peer_memory;
            const double begin = cpu_seconds();
            benchmark::Lemon lemon(in.supply, in.demand, n * n, family.substr(0, 5) == "unbal", [&](auto&& add) {
                for (std::size_t i = 0; i < n; ++i)
                    for (std::size_t j = 0; j < n; ++j) add(i, j, in.costs[i * n + j]);
            });
            const double set_up = cpu_seconds() - begin;
            double best = 1e300;
            bool agree = true;
            for (const auto rule : {benchmark::Lemon::block, benchmark::Lemon::altering, benchmark::Lemon::candidate}) {
                const double peer = best_of([&] {
                    const double start = cpu_seconds();
                    (void)lemon.run(rule);
                    return cpu_seconds() - start;
                });
                best = std::min(best, peer);
                agree = agree && lemon.objective() == result.objective;
                std::printf(" %10.3f", 1e3 * peer);
                std::fflush(stdout);
            }
            wrong = wrong || !agree;
            std::printf(" %10.3f %8.1f %7.2f%s", 1e3 * set_up, peer_memory.megabytes(), best / seconds, agree ? "" : "  OBJECTIVES DIFFER");
#endif
            std::printf("\n");
        }
    return wrong ? 1 : 0;
}
