// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <meio/demand/forecast.hpp>

namespace meio::planner {

/// What a capacity limits.
enum class ResourceKind : std::uint8_t {
    storage,   ///< volume of expected on-hand stock of one storage type at a facility
    inbound,   ///< expected units that arrive at a facility in a period
    outbound,  ///< expected units that leave a facility in a period
    lane,      ///< expected units that travel over a lane in a period
    service    ///< expected unmet units of a delivery speed in a period
};

/// One shared capacity. Ids that do not apply are -1.
struct Resource {
    ResourceKind kind = ResourceKind::storage;
    std::int32_t facility = -1;
    std::int32_t storage_type = -1;
    std::int32_t lane = -1;
    std::int32_t speed = -1;
    std::int32_t period = 0;
    double capacity = 0;  ///< finite, >= 0, in the unit of the kind
};

/// What a node uses of a resource: `constant + per_on_hand * E(on hand) + per_unmet * E(short)`.
struct Use {
    std::int32_t resource = -1;
    double constant = 0;
    double per_on_hand = 0;  ///< >= 0
    double per_unmet = 0;    ///< negative where a unit short frees capacity
};

/// One stock position. A node without children faces customers: its cost is that of a newsvendor on the demand of its
/// protection interval. A node with children is allocated among them once the demand of its own lead time is known.
struct Node {
    std::int32_t facility = -1;
    std::int32_t parent = -1;  ///< node index within the option, -1: fed by a supplier; parents come before children
    demand::Family family = demand::Family::count;
    double mean = 0;           ///< mean demand over the interval, >= 0
    double variance = 0;       ///< its variance, >= 0
    double holding = 0;        ///< money per unit on hand at the end of a period, >= 0
    double shortage = 0;       ///< money per unit of expected shortage, >= 0; read at nodes without children
    std::uint32_t first_use = 0;
    std::uint32_t last_use = 0;  ///< uses [first_use, last_use) of the instance
};

/// One way to serve a block: a tree of nodes, or no node at all (demand is not served).
struct Option {
    double constant = 0;  ///< money per period that does not depend on levels
    std::uint32_t first_node = 0;
    std::uint32_t last_node = 0;
    std::uint32_t first_use = 0;  ///< uses that belong to the option as a whole; only `constant` is read
    std::uint32_t last_use = 0;
};

/// Demand of one product in one period that is served by exactly one of its options.
struct Block {
    std::int32_t product = -1;
    std::int32_t period = 0;
    std::int32_t pool = 0;  ///< which pool of the product's demand: its home facility, or -1 for the whole product
    std::uint32_t first_option = 0;
    std::uint32_t last_option = 0;
};

/// A planning problem in the form that the Lagrangian sees: blocks that touch each other only through resources.
///
///     min  sum over blocks of cost(option, levels)   subject to   sum over blocks of use <= capacity
///
/// Memory: about 64 bytes a node, 32 a use, 32 an option, 20 a block.
struct Instance {
    std::vector<Resource> resources;
    std::vector<Block> blocks;
    std::vector<Option> options;
    std::vector<Node> nodes;
    std::vector<Use> uses;
    double constant = 0;  ///< money that no decision changes

    [[nodiscard]] std::span<const Option> options_of(const Block& block) const {
        return {options.data() + block.first_option, block.last_option - block.first_option};
    }
    [[nodiscard]] std::span<const Node> nodes_of(const Option& option) const {
        return {nodes.data() + option.first_node, option.last_node - option.first_node};
    }
    [[nodiscard]] std::span<const Use> uses_of(const Node& node) const {
        return {uses.data() + node.first_use, node.last_use - node.first_use};
    }
    [[nodiscard]] std::span<const Use> uses_of(const Option& option) const {
        return {uses.data() + option.first_use, option.last_use - option.first_use};
    }
};

}  // namespace meio::planner
