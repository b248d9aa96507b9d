// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <meio/fulfilment/eligibility.hpp>
#include <meio/network/supply_tree.hpp>
#include <meio/planner/instance.hpp>

namespace meio::planner {

/// Which stock carries the plan.
enum class ItemModelKind : std::uint8_t {
    independent,  ///< stock only where customers are served; facilities above pass it through
    echelon       ///< stock at every facility of the supply tree, echelon base-stock levels
};

/// How tables become an instance.
struct BuildOptions {
    ItemModelKind item_model = ItemModelKind::independent;
    int alternatives = 3;  ///< independent: how many facilities besides its own may serve a pool, >= 0
};

/// Which facility serves a demand class; -1: nobody.
using Assignment = std::vector<std::int32_t>;

/// An instance and what its parts mean.
struct BuiltInstance {
    Instance instance{};
    fulfilment::Eligibility eligibility{};
    network::SupplyTree tree{};
    /// Which classes an option serves, and from where: option o owns entries [offset[o], offset[o + 1]).
    std::vector<std::uint32_t> served_offset{0};
    std::vector<std::int32_t> served_class{};
    std::vector<std::int32_t> served_facility{};
};

}  // namespace meio::planner
