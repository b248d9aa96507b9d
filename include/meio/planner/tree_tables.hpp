// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/parallel.hpp>
#include <meio/planner/instance.hpp>
#include <meio/planner/lattice_demand.hpp>

namespace meio::planner {

/// The lattice step of a tree: one unit (counts), or the spread of its demand over `lattice_points` where that is
/// coarser (counts) or finer (continuous). Depends on the nodes only, never on prices.
[[nodiscard]] inline double lattice_step(std::span<const Node> nodes, std::size_t lattice_points) {
    double spread = 0;
    bool counts = true;
    for (const Node& node : nodes) {
        spread += 18.0 * std::sqrt(std::max(node.variance, 0.0));
        counts = counts && node.family == demand::Family::count;
    }
    const double resolution = spread / static_cast<double>(lattice_points);
    if (counts) return std::max(1.0, std::ceil(resolution));
    return resolution > 0 ? resolution : 1.0;
}

/// What a node of a tree needs to know of its demand, whatever the prices: losses where it faces customers,
/// probabilities of the lead time's demand where it feeds other nodes.
struct NodeTable {
    LossTable losses{};
    LatticeDemand demand{};

    void reset(const Node& node, bool feeds_others, double step) {
        if (feeds_others) {
            demand = lattice_demand(node.family, node.mean, node.variance, step);
        } else {
            losses.reset(node.family, node.mean, node.variance, step);
            losses.tabulate();
        }
    }

    void shrink() {
        losses.shrink();
        demand.pmf.shrink_to_fit();
    }

    /// Memory that the table holds, itself included.
    [[nodiscard]] std::size_t bytes() const {
        return sizeof(NodeTable) + losses.heap_bytes() + demand.pmf.capacity() * sizeof(double);
    }
};

/// Demand tables of the trees of an instance, built once and read by every pass and thread.
///
/// At most `byte_budget` is kept; options beyond it have no table and are tabulated anew each time, with the same bits.
/// Options of a single node need none. Immutable once built. Time: that of one pass without tables.
class TreeTables {
public:
    TreeTables(const Instance& instance, std::size_t lattice_points, std::size_t byte_budget, int threads = 0)
        : lattice_points_(lattice_points) {
        const auto is_tree = [](const Option& option) { return option.last_node - option.first_node > 1; };
        if (std::none_of(instance.options.begin(), instance.options.end(), is_tree)) return;
        const std::size_t count = instance.options.size();
        tables_.resize(count);
        // Each part of the options has its share of the budget, so that what is kept does not depend on threads.
        const std::size_t parts = std::clamp<std::size_t>(count / 16, 1, 64);
        std::vector<std::size_t> used(parts, 0);
        core::parallel_for(parts, threads, [&](std::size_t part) {
            std::vector<NodeTable> built;
            for (std::size_t o = count * part / parts; o < count * (part + 1) / parts; ++o) {
                if (!is_tree(instance.options[o])) continue;
                build(instance.nodes_of(instance.options[o]), built);
                std::size_t bytes = 0;
                for (const NodeTable& table : built) bytes += table.bytes();
                if (used[part] + bytes > byte_budget / parts) break;
                used[part] += bytes;
                tables_[o] = std::move(built);
                built.clear();
            }
        });
        bytes_ = std::accumulate(used.begin(), used.end(), std::size_t{0});
    }

    /// One table a node of an option of the instance (its index there), or empty where none is kept.
    [[nodiscard]] std::span<const NodeTable> of(std::size_t option) const {
        return option < tables_.size() ? std::span<const NodeTable>(tables_[option]) : std::span<const NodeTable>();
    }

    [[nodiscard]] std::size_t lattice_points() const { return lattice_points_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    void build(std::span<const Node> nodes, std::vector<NodeTable>& built) const {
        const double step = lattice_step(nodes, lattice_points_);
        std::vector<bool> feeds(nodes.size(), false);
        for (const Node& node : nodes)
            if (node.parent >= 0) feeds[static_cast<std::size_t>(node.parent)] = true;
        built.assign(nodes.size(), NodeTable{});
        for (std::size_t j = 0; j < nodes.size(); ++j) {
            built[j].reset(nodes[j], feeds[j], step);
            built[j].shrink();
        }
    }

    std::size_t lattice_points_;
    std::size_t bytes_ = 0;
    std::vector<std::vector<NodeTable>> tables_{};
};

}  // namespace meio::planner
