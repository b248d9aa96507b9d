// SPDX-License-Identifier: MIT
// Min-cost flow beside LEMON's network simplex under its three rules that keep candidates (where its headers are found), in
// one run: process CPU time, best of several, the same whole-number instances. LEMON's graph is built outside its time; ours
// includes input checks, set-up and certificate. Usage: min_cost_flow [largest number of nodes, default 20000]
//   min_cost_flow dump FOLDER   writes the instances as text (nodes arcs, then "from to cost lower upper", then supplies)
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <string>
#include <vector>

#include <meio/transport/min_cost_flow.hpp>
#include <reference/flow_instances.hpp>

#if __has_include(<lemon/network_simplex.h>)
#define HAVE_LEMON 1
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>
#endif

namespace {

using namespace meio;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

template <class Body>
double best_of(Body&& body) {
    double best = std::numeric_limits<double>::infinity();
    double spent = 0;
    for (int repeat = 0; repeat < 25 && (repeat < 3 || spent < 1.0); ++repeat) {
        const double seconds = body();
        best = std::min(best, seconds);
        spent += seconds;
    }
    return best;
}

#ifdef HAVE_LEMON
void run_lemon(const transport::FlowProblem& p, double objective) {
    using Graph = lemon::SmartDigraph;
    using Simplex = lemon::NetworkSimplex<Graph, long long, long long>;
    Graph graph;
    std::vector<Graph::Node> nodes;
    for (std::size_t i = 0; i < p.nodes; ++i) nodes.push_back(graph.addNode());
    std::vector<Graph::Arc> arcs;
    for (std::size_t a = 0; a < p.arcs(); ++a)
        arcs.push_back(graph.addArc(nodes[static_cast<std::size_t>(p.from[a])], nodes[static_cast<std::size_t>(p.to[a])]));
    Graph::ArcMap<long long> cost(graph), lower(graph), upper(graph);
    Graph::NodeMap<long long> supply(graph);
    for (std::size_t a = 0; a < p.arcs(); ++a) {
        cost[arcs[a]] = static_cast<long long>(p.costs[a]);
        lower[arcs[a]] = static_cast<long long>(p.lower_bound(a));
        upper[arcs[a]] = p.upper_bound(a) < 1e15 ? static_cast<long long>(p.upper_bound(a)) : 1LL << 40;
    }
    bool keeps = false;
    for (std::size_t i = 0; i < p.nodes; ++i) {
        supply[nodes[i]] = static_cast<long long>(p.supply_of(i));
        keeps = keeps || p.may_keep(i);
    }
    for (const auto rule : {Simplex::BLOCK_SEARCH, Simplex::CANDIDATE_LIST, Simplex::ALTERING_LIST}) {
        bool equal = true;
        const double best = best_of([&] {
            Simplex simplex(graph);
            simplex.costMap(cost).lowerMap(lower).upperMap(upper).supplyMap(supply);
            if (keeps) simplex.supplyType(Simplex::LEQ);
            const double begin = cpu_seconds();
            const auto status = simplex.run(rule);
            const double seconds = cpu_seconds() - begin;
            equal = equal && status == Simplex::OPTIMAL && static_cast<double>(simplex.totalCost()) == objective;
            return seconds;
        });
        std::printf(" %10.3f%s", 1e3 * best, equal ? "" : " DIFFERS");
    }
}
#endif

void run(const char* name, const reference::FlowInstance& in) {
    const auto p = in.view();
    transport::FlowResult r;
    const double best = best_of([&] {
        const double begin = cpu_seconds();
        r = transport::min_cost_flow(p);
        return cpu_seconds() - begin;
    });
    std::printf("%-18s %7zu %8zu %16.0f %8lld %10.3f", name, p.nodes, p.arcs(), r.objective, static_cast<long long>(r.pivots),
                1e3 * best);
    if (r.status != core::Status::optimal || r.certificate.gap != 0) std::printf(" NOT OPTIMAL");
#ifdef HAVE_LEMON
    run_lemon(p, r.objective);
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

}  // namespace

int main(int count, char** arguments) {
    const bool dumps = count > 2 && std::string(arguments[1]) == "dump";
    const std::size_t most = count > 1 && !dumps ? static_cast<std::size_t>(std::atoll(arguments[1])) : 20000;
    if (!dumps) std::printf("instance             nodes     arcs        objective   pivots    ours ms  LEMON block  candidate   altering\n");
    const auto go = [&](const std::string& name, const reference::FlowInstance& in) {
        if (in.nodes > most) return;
        if (dumps)
            dump(std::string(arguments[2]) + "/" + name + ".txt", in);
        else
            run(name.c_str(), in);
    };
    for (const std::size_t n : {std::size_t{256}, std::size_t{1024}, std::size_t{4096}, std::size_t{16384}})
        go("netgen8_" + std::to_string(n), reference::netgen_like(n, 8, 1));
    go("netgen32_1024", reference::netgen_like(1024, 32, 1));
    go("netgen64_2048", reference::netgen_like(2048, 64, 1));
    for (const std::size_t n : {std::size_t{400}, std::size_t{3000}, std::size_t{12000}})
        go("layered_" + std::to_string(n), reference::layered(n, 6, 1));
    go("grid_32x32", reference::grid(32, 32, 1));
    go("grid_16x256", reference::grid(16, 256, 1));
    go("grid_128x128", reference::grid(128, 128, 1));
}
