// SPDX-License-Identifier: MIT
// Min-cost flow beside LEMON's network simplex under its rules, its cost scaling and its capacity scaling (where its
// headers are found), in one run: process CPU time, best of several, the same whole-number instances, equal objectives.
//   min_cost_flow [largest number of nodes, default 20000] [only names that contain this]
//   min_cost_flow warm             cold and warm starts after changes, beside LEMON from scratch
//   min_cost_flow dump FOLDER      writes the instances as text (nodes arcs, then "from to cost lower upper", then supplies)
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <meio/transport/min_cost_flow.hpp>
#include <reference/flow_families.hpp>

#include "min_cost_flow_lemon.hpp"
#include "transport_timing.hpp"

namespace {

using namespace meio;
using benchmark::best_of;
using benchmark::cpu_seconds;

int failures = 0;

void run(const std::string& name, const reference::FlowInstance& in) {
    const auto p = in.view();
    transport::FlowResult r;
    double megabytes = 0;
    {
        const benchmark::PeakMemory memory;
        r = transport::min_cost_flow(p);
        megabytes = memory.megabytes();
    }
    const double ours = best_of([&] {
        const double begin = cpu_seconds();
        r = transport::min_cost_flow(p);
        return cpu_seconds() - begin;
    }, 3);
    const bool proven = r.status == core::Status::optimal && r.certificate.gap == 0;
    failures += !proven;
    std::printf("| %s | %zu | %zu | %lld | %.2f%s | %.1f |", name.c_str(), p.nodes, p.arcs(), static_cast<long long>(r.pivots),
                1e3 * ours, proven ? "" : " NOT OPTIMAL", megabytes);
#ifdef MEIO_HAVE_LEMON
    using Flow = benchmark::LemonFlow;
    const benchmark::PeakMemory memory;
    Flow lemon(p);
    double best = 1e300;
    double setup = 0;
    const auto tell = [&](const benchmark::LemonRun& run) {
        std::printf(" %.2f%s", 1e3 * run.seconds, run.equal ? "" : " DIFFERS");
        failures += !run.equal;
        if (run.seconds < best) setup = run.setup;
        best = std::min(best, run.seconds);
    };
    std::vector<Flow::Simplex::PivotRule> rules{Flow::Simplex::BLOCK_SEARCH, Flow::Simplex::CANDIDATE_LIST, Flow::Simplex::ALTERING_LIST};
    if (p.nodes <= 2000) {
        rules.push_back(Flow::Simplex::FIRST_ELIGIBLE);
        rules.push_back(Flow::Simplex::BEST_ELIGIBLE);
    }
    for (const auto rule : rules) {
        if (rule != rules.front()) std::printf(" /");
        tell(lemon.simplex(rule, r.objective));
    }
    std::printf(" |");
    const double simplex_best = best;
    if (lemon.keeps())
        std::printf(" - | - |");
    else {
        tell(lemon.cost_scaling(r.objective));
        std::printf(" |");
        if (p.nodes <= 2000)
            tell(lemon.capacity_scaling(r.objective));
        else
            std::printf(" -");
        std::printf(" |");
    }
    std::printf(" %.2f | %.1f | %.2f | %.2f |", 1e3 * (lemon.graph_seconds + setup), memory.megabytes(), simplex_best / ours, best / ours);
#endif
    std::printf("\n");
    std::fflush(stdout);
}

void dump(const std::string& path, const reference::FlowInstance& in) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (file == nullptr) return;
    std::fprintf(file, "%zu %zu\n", in.nodes, in.costs.size());
    for (std::size_t a = 0; a < in.costs.size(); ++a)
        std::fprintf(file, "%d %d %.0f %.0f %.0f\n", in.from[a], in.to[a], in.costs[a], in.lower[a], std::min(in.upper[a], 1e12));
    for (const double b : in.supply) std::fprintf(file, "%.0f\n", b);
    std::fclose(file);
}

struct Family {
    std::string name;
    std::size_t nodes;
    std::function<reference::FlowInstance()> make;
};

std::vector<Family> families() {
    using namespace reference;
    return {{"netgen-8 1k", 1024, [] { return netgen({1024, 32, 32, 8192, 32000}, 1); }},
            {"netgen-8 4k", 4096, [] { return netgen({4096, 64, 64, 32768, 64000}, 1); }},
            {"netgen-8 16k", 16384, [] { return netgen({16384, 128, 128, 131072, 128000}, 1); }},
            {"netgen-8 65k", 65536, [] { return netgen({65536, 256, 256, 524288, 256000}, 1); }},
            {"netgen-sr 1k", 1024, [] { return netgen({1024, 32, 32, 32768, 32000}, 1); }},
            {"netgen-sr 4k", 4096, [] { return netgen({4096, 64, 64, 262144, 64000}, 1); }},
            {"netgen-lo 16k", 16384, [] { return netgen({16384, 128, 128, 131072, 1280}, 1); }},
            {"netgen, many ends, half capacitated", 8192, [] { return netgen({8192, 2000, 3000, 65536, 400000, 1000, 30, 50, 500}, 1); }},
            {"transshipment 1k", 1000, [] { return transshipment(1000, 6, 1); }},
            {"transshipment 10k", 10000, [] { return transshipment(10000, 6, 1); }},
            {"transshipment, sparse 16k", 16000, [] { return transshipment(16000, 3, 1); }},
            {"supply layers 0.5k", 532, [] { return layered(400, 6, 1); }},
            {"supply layers 4k", 3984, [] { return layered(3000, 6, 1); }},
            {"supply layers 16k", 15938, [] { return layered(12000, 6, 1); }},
            {"supply layers, sparse 16k", 15938, [] { return layered(12000, 2, 1); }},
            {"supply layers 80k", 79688, [] { return layered(60000, 6, 1); }},
            {"gridgraph 32 x 32", 1026, [] { return grid_graph(32, 32, 0.9, 1); }},
            {"gridgraph 128 x 128", 16386, [] { return grid_graph(128, 128, 0.9, 1); }},
            {"gridgraph 256 x 16", 4098, [] { return grid_graph(256, 16, 0.9, 1); }},
            {"gridgraph 16 x 1024", 16386, [] { return grid_graph(16, 1024, 0.9, 1); }},
            {"grid 32 x 32", 1024, [] { return grid(32, 32, 1); }},
            {"grid 16 x 256", 4096, [] { return grid(16, 256, 1); }},
            {"grid 128 x 128", 16384, [] { return grid(128, 128, 1); }},
            {"goto 1k", 1024, [] { return goto_like(32, 8, 0.9, 1); }},
            {"goto 4k", 4096, [] { return goto_like(64, 8, 0.9, 1); }},
            {"goto 16k", 16384, [] { return goto_like(128, 8, 0.9, 1); }}};
}

// Changes 1 % of one kind of data; the network stays feasible for most draws.
void change(reference::FlowInstance& in, int kind, reference::InstanceDraw& draw) {
    const std::size_t count = std::max<std::size_t>(1, in.costs.size() / 100);
    for (std::size_t k = 0; k < count; ++k) {
        const std::size_t a = draw.below(in.costs.size());
        const std::size_t u = draw.below(in.nodes);
        const std::size_t v = draw.below(in.nodes);
        if (kind == 0) in.costs[a] = std::ceil(in.costs[a] * draw.between(80, 125) / 100);
        if (kind == 1 && in.upper[a] < 1e15) in.upper[a] = std::max(in.lower[a], std::ceil(in.upper[a] * draw.between(90, 120) / 100));
        if (kind == 2 && in.supply[u] > 2 && in.supply[v] < -2) {
            in.supply[u] -= 1;
            in.supply[v] += 1;
        }
        if (kind == 3 && u != v) in.add(u, v, draw.between(1, 10000), 0, draw.between(1, 1000));
    }
}

void warm() {
    std::printf("| instance | change of 1 %% | pivots cold | warm | ms cold | warm | ratio |\n|---|---|--:|--:|--:|--:|--:|\n");
    for (const Family& family : families()) {
        if (family.nodes < 4000 || family.nodes > 17000) continue;
        const reference::FlowInstance base = family.make();
        const transport::FlowBasis basis = transport::min_cost_flow(base.view()).basis;
        const char* kinds[] = {"costs", "capacities", "supplies", "added arcs"};
        for (int kind = 0; kind < 4; ++kind) {
            reference::InstanceDraw draw(9);
            double cold = 0, hot = 0;
            std::int64_t cold_pivots = 0, hot_pivots = 0;
            int solved = 0;
            for (int k = 0; k < 3; ++k) {
                reference::FlowInstance in = base;
                change(in, kind, draw);
                double begin = cpu_seconds();
                const auto a = transport::min_cost_flow(in.view());
                cold += cpu_seconds() - begin;
                begin = cpu_seconds();
                const auto b = transport::min_cost_flow(in.view(), {}, {}, &basis);
                hot += cpu_seconds() - begin;
                cold_pivots += a.pivots;
                hot_pivots += b.pivots;
                ++solved;
                if (a.status != b.status || (a.status == core::Status::optimal && a.objective != b.objective)) {
                    ++failures;
                    std::printf("DIFFERS\n");
                }
            }
            std::printf("| %s | %s | %lld | %lld | %.2f | %.2f | %.1f |\n", family.name.c_str(), kinds[kind],
                        static_cast<long long>(cold_pivots / solved), static_cast<long long>(hot_pivots / solved), 1e3 * cold / solved,
                        1e3 * hot / solved, cold / hot);
            std::fflush(stdout);
        }
    }
}

}  // namespace

int main(int count, char** arguments) {
    const std::string first = count > 1 ? arguments[1] : "";
    if (first == "warm") {
        warm();
        return failures != 0;
    }
    const bool dumps = first == "dump" && count > 2;
    const std::size_t most = count > 1 && !dumps ? static_cast<std::size_t>(std::atoll(arguments[1])) : 20000;
    const std::string part = count > 2 && !dumps ? arguments[2] : "";
    if (!dumps) {
        std::printf("| instance | nodes | arcs | pivots | ours ms | MB |");
#ifdef MEIO_HAVE_LEMON
        std::printf(" LEMON block / candidate / altering (/ first / best) | cost scaling | capacity scaling | set-up | MB | ratio simplex | ratio best |");
#endif
        std::printf("\n");
    }
    for (const Family& family : families()) {
        if ((family.nodes > most && !dumps) || family.name.find(part) == std::string::npos) continue;
        const reference::FlowInstance in = family.make();
        if (dumps) {
            std::string file = family.name;
            for (char& c : file)
                if (c == ' ' || c == ',') c = '_';
            dump(std::string(arguments[2]) + "/" + file + ".txt", in);
        } else {
            run(family.name, in);
        }
    }
    return failures != 0;
}
