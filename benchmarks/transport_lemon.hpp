// SPDX-License-Identifier: MIT
// LEMON's network simplex on a transportation problem of whole numbers, where its headers are found. Costs and amounts
// are 64-bit integers, its fastest exact choice. One object is built for each problem and reused by all runs.
#pragma once

#if __has_include(<lemon/network_simplex.h>)
#define MEIO_HAVE_LEMON 1

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

namespace benchmark {

class Lemon {
public:
    using Graph = lemon::SmartDigraph;
    using Simplex = lemon::NetworkSimplex<Graph, long long, long long>;
    using Rule = Simplex::PivotRule;
    static constexpr Rule block = Simplex::BLOCK_SEARCH;
    static constexpr Rule altering = Simplex::ALTERING_LIST;
    static constexpr Rule candidate = Simplex::CANDIDATE_LIST;

    /// `arc(add)` calls add(source, destination, cost) for every arc. With `at_most`, supply may remain.
    template <class Arcs>
    Lemon(std::span<const double> supply, std::span<const double> demand, std::size_t arcs, bool at_most, Arcs&& arc)
        : sources_(supply.size()), cost_(graph_), supply_(graph_) {
        graph_.reserveNode(static_cast<int>(supply.size() + demand.size()));
        graph_.reserveArc(static_cast<int>(arcs));
        for (std::size_t x = 0; x < supply.size() + demand.size(); ++x) nodes_.push_back(graph_.addNode());
        arc([&](std::size_t i, std::size_t j, double c) {
            cost_[graph_.addArc(nodes_[i], nodes_[sources_ + j])] = static_cast<long long>(c);
        });
        simplex_ = std::make_unique<Simplex>(graph_);
        simplex_->supplyType(at_most ? Simplex::LEQ : Simplex::GEQ);
        simplex_->costMap(cost_);
        set_amounts(supply, demand);
    }
    Lemon(const Lemon&) = delete;
    Lemon& operator=(const Lemon&) = delete;

    void set_amounts(std::span<const double> supply, std::span<const double> demand) {
        for (std::size_t i = 0; i < supply.size(); ++i) supply_[nodes_[i]] = static_cast<long long>(supply[i]);
        for (std::size_t j = 0; j < demand.size(); ++j) supply_[nodes_[sources_ + j]] = -static_cast<long long>(demand[j]);
        simplex_->supplyMap(supply_);
    }

    void set_costs(std::span<const double> costs) {
        for (std::size_t e = 0; e < costs.size(); ++e) cost_[graph_.arcFromId(static_cast<int>(e))] = static_cast<long long>(costs[e]);
        simplex_->costMap(cost_);
    }

    bool run(Rule rule) { return simplex_->run(rule) == Simplex::OPTIMAL; }
    [[nodiscard]] double objective() const { return static_cast<double>(simplex_->totalCost<long long>()); }

private:
    std::size_t sources_;
    std::vector<Graph::Node> nodes_;
    Graph graph_;
    Graph::ArcMap<long long> cost_;
    Graph::NodeMap<long long> supply_;
    std::unique_ptr<Simplex> simplex_{};  // made once the graph is complete
};

}  // namespace benchmark

#endif
