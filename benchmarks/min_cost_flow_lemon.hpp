// SPDX-License-Identifier: MIT
// LEMON's algorithms for min-cost flow of whole numbers, where its headers are found; the graph is built once a problem.
#pragma once

#if __has_include(<lemon/network_simplex.h>)
#define MEIO_HAVE_LEMON 1

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

// LEMON 1.3 calls members of std::allocator that C++20 took away; within its namespace they are found here.
namespace lemon::std {
using namespace ::std;
template <class T>
struct allocator : ::std::allocator<T> {
    template <class... Arguments>
    void construct(T* place, Arguments&&... arguments) {
        ::new (static_cast<void*>(place)) T(::std::forward<Arguments>(arguments)...);
    }
    void destroy(T* place) { place->~T(); }
};
}  // namespace lemon::std

#include <lemon/capacity_scaling.h>
#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <meio/transport/flow_problem.hpp>

#include "transport_timing.hpp"

namespace benchmark {

/// What a run of LEMON took: its set-up from the graph, and the algorithm alone.
struct LemonRun {
    double setup = 0, seconds = 0;
    bool equal = false;   ///< to the objective expected
};

class LemonFlow {
public:
    using Graph = lemon::SmartDigraph;
    using Simplex = lemon::NetworkSimplex<Graph, long long, long long>;
    using CostScaling = lemon::CostScaling<Graph, long long, long long>;
    using CapacityScaling = lemon::CapacityScaling<Graph, long long, long long>;

    explicit LemonFlow(const meio::transport::FlowProblem& p) : cost_(graph_), lower_(graph_), upper_(graph_), supply_(graph_) {
        const double begin = cpu_seconds();
        graph_.reserveNode(static_cast<int>(p.nodes));
        graph_.reserveArc(static_cast<int>(p.arcs()));
        for (std::size_t i = 0; i < p.nodes; ++i) {
            const Graph::Node node = graph_.addNode();
            supply_[node] = static_cast<long long>(p.supply_of(i));
            keeps_ = keeps_ || p.may_keep(i);
        }
        for (std::size_t a = 0; a < p.arcs(); ++a) {
            const Graph::Arc arc = graph_.addArc(graph_.nodeFromId(p.from[a]), graph_.nodeFromId(p.to[a]));
            cost_[arc] = static_cast<long long>(p.costs[a]);
            lower_[arc] = static_cast<long long>(p.lower_bound(a));
            upper_[arc] = p.upper_bound(a) < 1e15 ? static_cast<long long>(p.upper_bound(a)) : 1LL << 40;
        }
        graph_seconds = cpu_seconds() - begin;
    }
    LemonFlow(const LemonFlow&) = delete;
    LemonFlow& operator=(const LemonFlow&) = delete;

    /// True where units may stay at a node: only the network simplex takes that.
    [[nodiscard]] bool keeps() const { return keeps_; }

    LemonRun simplex(Simplex::PivotRule rule, double objective) {
        return measure<Simplex>([&](Simplex& s) {
            if (keeps_) s.supplyType(Simplex::LEQ);
        }, [&](Simplex& s) { return s.run(rule) == Simplex::OPTIMAL; }, objective);
    }
    LemonRun cost_scaling(double objective) {
        return measure<CostScaling>([](CostScaling&) {}, [](CostScaling& s) { return s.run() == CostScaling::OPTIMAL; }, objective);
    }
    LemonRun capacity_scaling(double objective) {
        return measure<CapacityScaling>([](CapacityScaling&) {}, [](CapacityScaling& s) { return s.run() == CapacityScaling::OPTIMAL; },
                                        objective);
    }

    double graph_seconds = 0;

private:
    template <class Algorithm, class Prepare, class Run>
    LemonRun measure(Prepare&& prepare, Run&& run, double objective) {
        LemonRun result;
        result.equal = true;
        result.seconds = best_of([&] {
            const double begin = cpu_seconds();
            Algorithm algorithm(graph_);
            algorithm.costMap(cost_).lowerMap(lower_).upperMap(upper_).supplyMap(supply_);
            prepare(algorithm);
            const double middle = cpu_seconds();
            result.equal = run(algorithm) && static_cast<double>(algorithm.totalCost()) == objective && result.equal;
            result.setup = middle - begin;
            return cpu_seconds() - middle;
        });
        return result;
    }

    Graph graph_;
    Graph::ArcMap<long long> cost_, lower_, upper_;
    Graph::NodeMap<long long> supply_;
    bool keeps_ = false;
};

}  // namespace benchmark

#endif
