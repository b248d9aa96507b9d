// SPDX-License-Identifier: MIT
// Dense transportation problems beside LEMON's network simplex (where its headers are found), in one run: process CPU
// time, best of several, the same integer-valued instances. LEMON's set-up of arcs is left out of its time and shown on its own.
// Usage: transport_dense [size ...]        default 100 300 1000
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <string>
#include <vector>

#include <meio/transport/solve.hpp>
#include <reference/transport_instances.hpp>

#if __has_include(<lemon/network_simplex.h>)
#define HAVE_LEMON 1
#include <lemon/full_graph.h>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>
#endif

namespace {

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
struct Peer {
    double set_up = 0;
    double best = std::numeric_limits<double>::infinity();
    const char* rule = "";
    double objective = 0;
};

Peer run_lemon(const meio::reference::TransportInstance& in, bool unbalanced) {
    using Graph = lemon::SmartDigraph;
    using Simplex = lemon::NetworkSimplex<Graph, long long, long long>;
    const std::size_t m = in.supply.size();
    const std::size_t n = in.demand.size();
    Peer peer;
    const double begin = cpu_seconds();
    Graph graph;
    graph.reserveNode(static_cast<int>(m + n));
    graph.reserveArc(static_cast<int>(m * n));
    std::vector<Graph::Node> nodes;
    for (std::size_t x = 0; x < m + n; ++x) nodes.push_back(graph.addNode());
    Graph::ArcMap<long long> cost(graph);
    Graph::NodeMap<long long> supply(graph);
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < n; ++j)
            cost[graph.addArc(nodes[i], nodes[m + j])] = static_cast<long long>(in.costs[i * n + j]);
    for (std::size_t i = 0; i < m; ++i) supply[nodes[i]] = static_cast<long long>(in.supply[i]);
    for (std::size_t j = 0; j < n; ++j) supply[nodes[m + j]] = -static_cast<long long>(in.demand[j]);
    Simplex simplex(graph);
    simplex.costMap(cost).supplyMap(supply).supplyType(unbalanced ? Simplex::LEQ : Simplex::GEQ);
    peer.set_up = cpu_seconds() - begin;
    const std::pair<Simplex::PivotRule, const char*> rules[] = {
        {Simplex::BLOCK_SEARCH, "block"}, {Simplex::ALTERING_LIST, "altering"}, {Simplex::CANDIDATE_LIST, "candidate"}};
    for (const auto& [rule, name] : rules) {
        const double seconds = best_of([&] {
            const double start = cpu_seconds();
            simplex.run(rule);
            return cpu_seconds() - start;
        });
        if (seconds < peer.best) {
            peer.best = seconds;
            peer.rule = name;
        }
    }
    peer.objective = static_cast<double>(simplex.totalCost<long long>());
    return peer;
}
#endif

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::size_t> sizes;
    for (int a = 1; a < argc; ++a) sizes.push_back(static_cast<std::size_t>(std::atol(argv[a])));
    if (sizes.empty()) sizes = {100, 300, 1000};
    std::printf("%-8s %6s %12s %10s %8s %12s %10s %7s\n", "family", "n", "objective", "meio ms", "pivots", "LEMON ms", "rule", "ratio");
    for (const std::size_t n : sizes)
        for (const char* family : {"unif", "eucl", "sqeu", "assign", "unbal", "unbalu"}) {
            const bool unbalanced = std::string(family).substr(0, 5) == "unbal";
            const std::size_t m = n;
            const auto in = meio::reference::transport_instance(family, m, n, 1);
            meio::transport::Result result;
            const double seconds = best_of([&] {
                const double start = cpu_seconds();
                result = meio::transport::solve(in.costs, m, n, in.supply, in.demand);
                return cpu_seconds() - start;
            });
            std::printf("%-8s %6zu %12.0f %10.3f %8lld", family, n, result.objective, 1e3 * seconds,
                        static_cast<long long>(result.pivots));
#ifdef HAVE_LEMON
            const Peer peer = run_lemon(in, unbalanced);
            std::printf(" %12.3f %10s %7.2f%s", 1e3 * peer.best, peer.rule, peer.best / seconds,
                        peer.objective == result.objective ? "" : "  OBJECTIVES DIFFER");
#endif
            std::printf("\n");
            std::fflush(stdout);
        }
    return 0;
}
