// SPDX-License-Identifier: MIT
// The kernels behind transport::solve beside each other, each forced in turn, on the same four integer-valued instances of
// each family in turn: process CPU milliseconds an instance, best of several, set-up included. What the choice by shape rests
// on; a star marks what is chosen. One instance would mislead: times differ by two, and branches are learnt by heart.
// Usage: transport_kernels [sources destinations ...]        default a ladder of shapes
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <meio/transport/solve.hpp>
#include <reference/transport_instances.hpp>

#include "transport_timing.hpp"

using benchmark::cpu_seconds;
using meio::transport::Kernel;

int main(int argc, char** argv) {
    std::vector<std::pair<std::size_t, std::size_t>> shapes;
    for (int a = 1; a + 1 < argc; a += 2)
        shapes.emplace_back(static_cast<std::size_t>(std::atol(argv[a])), static_cast<std::size_t>(std::atol(argv[a + 1])));
    if (shapes.empty())
        shapes = {{3, 4}, {10, 20}, {30, 60}, {60, 60}, {80, 80}, {100, 100}, {10, 400}, {400, 10}, {20, 200}, {12, 500}, {10, 1000},
                  {1000, 10}, {20, 2000}, {50, 2000}, {50, 5000}, {5000, 50}, {100, 2000}, {100, 5000}, {200, 5000}};
    struct Row {
        Kernel kernel;
        const char* name;
        std::size_t largest;  // arcs
    };
    constexpr Row rows[] = {{Kernel::tiny, "tiny", 20000}, {Kernel::dense, "dense", 100000000}, {Kernel::warehouse, "warehouse", 100000000},
                            {Kernel::flow, "flow", 500000}, {Kernel::linear, "linear", 600}};
    std::printf("%-8s %6s %6s", "family", "m", "n");
    for (const Row& row : rows) std::printf(" %12s", row.name);
    std::printf("   objective\n");
    bool wrong = false;
    for (const auto& [m, n] : shapes)
        for (const char* family : {"unif", "eucl", "unbal", "unbalu"}) {
            std::vector<meio::reference::TransportInstance> instances;
            std::vector<meio::transport::Result> chosen;
            double total = 0;
            for (std::uint64_t seed = 1; seed <= 4; ++seed) {
                const auto& in = instances.emplace_back(meio::reference::transport_instance(family, m, n, seed));
                chosen.push_back(meio::transport::solve(in.costs, m, n, in.supply, in.demand));
                total += chosen.back().objective;
            }
            std::printf("%-8s %6zu %6zu", family, m, n);
            for (const Row& row : rows) {
                if (m * n > row.largest) {
                    std::printf(" %12s", "");
                    continue;
                }
                meio::transport::Options options;
                options.kernel = row.kernel;
                const int laps = m * n < 5000 ? 5 : 1;  // the clock ticks in microseconds
                const double seconds = benchmark::best_of([&] {
                    const double start = cpu_seconds();
                    for (int lap = 0; lap < laps; ++lap)
                        for (std::size_t k = 0; k < instances.size(); ++k) {
                            const auto& in = instances[k];
                            const auto result = meio::transport::solve(in.costs, m, n, in.supply, in.demand, options);
                            const double error = std::abs(result.objective - chosen[k].objective);
                            wrong = wrong || result.status != meio::core::Status::optimal ||
                                    error > (row.kernel == Kernel::linear ? 1e-9 * chosen[k].objective : 0.0);
                        }
                    return (cpu_seconds() - start) / (laps * static_cast<double>(instances.size()));
                }, 2);
                std::printf(" %11.4f%c", 1e3 * seconds, chosen.front().kernel == row.kernel ? '*' : ' ');
                std::fflush(stdout);
            }
            std::printf(" %11.0f%s\n", total, wrong ? "  DIFFERS" : "");
        }
    return wrong ? 1 : 0;
}
