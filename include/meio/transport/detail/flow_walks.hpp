// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/flow_problem.hpp>

namespace meio::transport::detail {

/// A lower bound that needs no tree and little time. The label of a node after k sweeps is the least cost of a walk that
/// ends there after k arcs or begins at a node with units to give; labels rise from sweep to sweep, and those of any sweep
/// leave no arc a reduced cost below its own cost or 0. So every sweep's bound is valid, and no worse than the one before.
class FlowWalks {
public:
    /// `lifted`: a lower bound is not 0.
    FlowWalks(const FlowProblem& problem, bool lifted)
        : in_(problem), labels_(problem.nodes, 0.0), next_(problem.nodes), gives_(problem.nodes) {
        std::vector<double> net(in_.nodes);
        for (std::size_t i = 0; i < in_.nodes; ++i) net[i] = in_.supply_of(i);
        for (std::size_t a = 0; lifted && a < in_.arcs(); ++a) {
            if (in_.lower[a] == 0) continue;
            net[index(in_.from[a])] -= in_.lower[a];
            net[index(in_.to[a])] += in_.lower[a];
        }
        for (std::size_t i = 0; i < in_.nodes; ++i) gives_[i] = net[i] > 0;
    }

    /// One pass over the arcs. False: no label has risen, and none will.
    bool sweep() {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        constexpr double most = 1e300;
        if (settled_) return false;
        for (std::size_t i = 0; i < in_.nodes; ++i) next_[i] = gives_[i] != 0 ? 0.0 : infinity;
        for (std::size_t a = 0; a < in_.arcs(); ++a) {
            const std::size_t u = index(in_.from[a]);
            const std::size_t v = index(in_.to[a]);
            const double cost = labels_[u] + std::max(in_.costs[a], 0.0);
            if (cost < next_[v] && u != v) next_[v] = cost;
        }
        double dearest = 0;
        for (const double label : next_)
            if (label < infinity) dearest = std::max(dearest, label);
        dearest = std::min(dearest, most);
        for (double& label : next_) label = std::min(label, dearest);  // where no arc enters, any label will do
        ++sweeps_;
        settled_ = next_ == labels_;
        labels_.swap(next_);
        return !settled_;
    }

    [[nodiscard]] std::int64_t sweeps() const { return sweeps_; }

    [[nodiscard]] std::vector<double> potentials() const {
        std::vector<double> p(labels_.size());
        for (std::size_t i = 0; i < p.size(); ++i) p[i] = 0.0 - labels_[i];
        return p;
    }

private:
    static std::size_t index(std::int32_t x) { return static_cast<std::size_t>(x); }

    const FlowProblem& in_;
    std::vector<double> labels_;
    std::vector<double> next_;
    std::vector<std::uint8_t> gives_;   // by node: its supply exceeds what its arcs must carry away
    std::int64_t sweeps_ = 0;
    bool settled_ = false;
};

}  // namespace meio::transport::detail
