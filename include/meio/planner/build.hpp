// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <meio/demand/forecast.hpp>
#include <meio/fulfilment/eligibility.hpp>
#include <meio/network/supply_network.hpp>
#include <meio/network/supply_tree.hpp>
#include <meio/planner/detail/block_writer.hpp>
#include <meio/planner/detail/pooled_demand.hpp>
#include <meio/planner/detail/resource_table.hpp>
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

/// Writes the planning instance of a network and a forecast.
///
/// Every class goes to its home: the open facility that serves it at least unit cost (purchase, lanes, shipping; ties to
/// the lower facility id). Model `independent`: a product's classes of one home form a pool, which may be served whole
/// from its home, from one of the cheapest alternatives, or (where all its sales may be lost) not at all. Model
/// `echelon`: the product is one block whose options are complete assignments, the home one first; `extra` adds more,
/// one per entry, each with a facility for every (product, class).
///
/// The network and the forecast must have been validated. Time and memory: O(products x periods x classes x options).
[[nodiscard]] BuiltInstance build_instance(const network::SupplyNetwork& network, const demand::Forecast& forecast,
                                           const BuildOptions& options, std::span<const std::vector<Assignment>> extra = {});

}  // namespace meio::planner

#include <meio/planner/detail/build.ipp>
