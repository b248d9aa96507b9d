// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <meio/core/error.hpp>

namespace meio::network {

/// A directed graph on nodes 0 .. size-1 in compressed rows, both ways. Immutable.
class Graph {
public:
    using Arc = std::pair<std::int32_t, std::int32_t>;  // from, to

    Graph() = default;

    /// Throws `core::InputError` naming every arc whose end is no node, and loops. O(nodes + arcs).
    Graph(std::size_t nodes, std::span<const Arc> arcs) : successor_offset_(nodes + 1, 0), predecessor_offset_(nodes + 1, 0) {
        core::IssueList issues;
        for (std::size_t a = 0; a < arcs.size(); ++a) {
            const auto [from, to] = arcs[a];
            const bool known = from >= 0 && to >= 0 && static_cast<std::size_t>(from) < nodes && static_cast<std::size_t>(to) < nodes;
            const std::string text = std::to_string(from) + " -> " + std::to_string(to);
            if (!known) issues.add("arcs", std::to_string(a), text, "both ends must be nodes, 0 to " + std::to_string(nodes) + " exclusive");
            if (known && from == to) issues.add("arcs", std::to_string(a), text, "a node cannot feed itself");
        }
        issues.throw_if_any();
        for (const auto& [from, to] : arcs) {
            ++successor_offset_[static_cast<std::size_t>(from) + 1];
            ++predecessor_offset_[static_cast<std::size_t>(to) + 1];
        }
        for (std::size_t i = 0; i < nodes; ++i) {
            successor_offset_[i + 1] += successor_offset_[i];
            predecessor_offset_[i + 1] += predecessor_offset_[i];
        }
        successors_.resize(arcs.size());
        predecessors_.resize(arcs.size());
        auto next_out = successor_offset_;
        auto next_in = predecessor_offset_;
        for (const auto& [from, to] : arcs) {
            successors_[next_out[static_cast<std::size_t>(from)]++] = to;
            predecessors_[next_in[static_cast<std::size_t>(to)]++] = from;
        }
    }

    [[nodiscard]] std::size_t size() const { return successor_offset_.size() - 1; }
    [[nodiscard]] std::size_t arcs() const { return successors_.size(); }
    /// Nodes that `node` feeds, in the order their arcs were given.
    [[nodiscard]] std::span<const std::int32_t> successors(std::size_t node) const {
        return {successors_.data() + successor_offset_[node], successor_offset_[node + 1] - successor_offset_[node]};
    }
    /// Nodes that feed `node`.
    [[nodiscard]] std::span<const std::int32_t> predecessors(std::size_t node) const {
        return {predecessors_.data() + predecessor_offset_[node], predecessor_offset_[node + 1] - predecessor_offset_[node]};
    }

private:
    std::vector<std::size_t> successor_offset_{0};
    std::vector<std::size_t> predecessor_offset_{0};
    std::vector<std::int32_t> successors_{};
    std::vector<std::int32_t> predecessors_{};
};

}  // namespace meio::network
