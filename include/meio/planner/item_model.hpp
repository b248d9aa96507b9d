// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <meio/planner/echelon_tree.hpp>
#include <meio/planner/instance.hpp>
#include <meio/planner/newsvendor_node.hpp>
#include <meio/planner/tree_tables.hpp>

namespace meio::planner {

/// The best answer of one block to given prices.
struct Choice {
    std::size_t option = 0;             ///< within the block
    double priced = 0;                  ///< cost plus priced use
    std::vector<Position> positions{};  ///< one a node of the option
};

/// An item model answers prices with the best option and levels of a block. It may keep a workspace and is used by one
/// thread at a time; its answer is a pure function of (block, prices). `FacilityTrees` satisfies it.
template <class Model>
concept ItemModel = requires(Model model, const Block& block, std::span<const double> prices) {
    { model.choose(block, prices) } -> std::same_as<const Choice&>;
};

/// Calls `visit(resource, amount)` for everything that a choice uses.
template <class Visit>
void for_each_use(const Instance& instance, const Option& option, std::span<const Position> positions, Visit&& visit) {
    for (const Use& use : instance.uses_of(option)) visit(use.resource, use.constant);
    const auto nodes = instance.nodes_of(option);
    for (std::size_t j = 0; j < nodes.size(); ++j)
        for (const Use& use : instance.uses_of(nodes[j]))
            visit(use.resource, use.constant + use.per_on_hand * positions[j].on_hand + use.per_unmet * positions[j].unmet);
}

/// Money of an option at given positions, without prices.
[[nodiscard]] inline double option_cost(const Instance& instance, const Option& option,
                                        std::span<const Position> positions) {
    double cost = option.constant;
    const auto nodes = instance.nodes_of(option);
    for (std::size_t j = 0; j < nodes.size(); ++j)
        cost += nodes[j].holding * positions[j].on_hand + nodes[j].shortage * positions[j].unmet;
    return cost;
}

/// The item model of the planner: every option is a tree of facilities, solved exactly. A single facility is a
/// newsvendor in closed form (item model `independent`), a deeper tree an echelon system (item model `echelon`).
class FacilityTrees {
public:
    explicit FacilityTrees(const Instance& instance, std::size_t lattice_points = 2048)
        : instance_(&instance), tree_(lattice_points), best_tree_(lattice_points) {}

    /// Reads demand from tables of the same instance, shared by the models of all threads; the answers have the same bits.
    FacilityTrees(const Instance& instance, std::shared_ptr<const TreeTables> tables)
        : FacilityTrees(instance, tables->lattice_points()) {
        tables_ = std::move(tables);
    }

    /// The best option and levels at these prices; ties go to the first option. The reference is valid until the next
    /// call. Cost: one newsvendor an option, or one tree recursion an option with several nodes.
    const Choice& choose(const Block& block, std::span<const double> prices) {
        best_.priced = std::numeric_limits<double>::infinity();
        const auto options = instance_->options_of(block);
        bool best_is_tree = false;
        for (std::size_t o = 0; o < options.size(); ++o) {
            const double constant = price_nodes(options[o], prices);
            const auto nodes = instance_->nodes_of(options[o]);
            if (nodes.size() <= 1) {
                Position position;
                double value = constant;
                if (!nodes.empty()) {
                    position = newsvendor_position(nodes[0].family, nodes[0].mean, nodes[0].variance,
                                                   priced_[0].holding, priced_[0].shortage);
                    value += priced_[0].holding * position.on_hand + priced_[0].shortage * position.unmet;
                }
                if (o == 0 || value < best_.priced) {
                    best_.priced = value;
                    best_.option = o;
                    best_.positions.assign(nodes.size(), position);
                    best_is_tree = false;
                }
            } else {
                const double value = constant + tree_.solve(nodes, priced_, tables_of(block.first_option + o));
                if (o == 0 || value < best_.priced) {
                    best_.priced = value;
                    best_.option = o;
                    best_is_tree = true;
                    std::swap(tree_, best_tree_);
                }
            }
        }
        if (best_is_tree) best_tree_.positions(instance_->nodes_of(options[best_.option]), best_.positions);
        return best_;
    }

private:
    [[nodiscard]] std::span<const NodeTable> tables_of(std::size_t option) const {
        return tables_ ? tables_->of(option) : std::span<const NodeTable>();
    }

    // Adds prices to the nodes' cost rates; returns what does not depend on levels.
    double price_nodes(const Option& option, std::span<const double> prices) {
        double constant = option.constant;
        for (const Use& use : instance_->uses_of(option)) constant += prices[static_cast<std::size_t>(use.resource)] * use.constant;
        const auto nodes = instance_->nodes_of(option);
        priced_.resize(nodes.size());
        for (std::size_t j = 0; j < nodes.size(); ++j) {
            PricedNode priced{nodes[j].holding, nodes[j].shortage};
            for (const Use& use : instance_->uses_of(nodes[j])) {
                const double price = prices[static_cast<std::size_t>(use.resource)];
                constant += price * use.constant;
                priced.holding += price * use.per_on_hand;
                priced.shortage += price * use.per_unmet;
            }
            priced_[j] = priced;
        }
        return constant;
    }

    const Instance* instance_;
    std::shared_ptr<const TreeTables> tables_{};
    EchelonTree tree_;
    EchelonTree best_tree_;
    std::vector<PricedNode> priced_{};
    Choice best_{};
};

static_assert(ItemModel<FacilityTrees>);

}  // namespace meio::planner
