// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include <meio/demand/forecast.hpp>
#include <meio/fulfilment/eligibility.hpp>
#include <meio/network/supply_network.hpp>
#include <meio/network/supply_tree.hpp>
#include <meio/planner/built_instance.hpp>
#include <meio/planner/detail/instance_builder.hpp>

namespace meio::planner {

/// Writes the planning instance of a network and a forecast.
///
/// Every class goes to its home: the open facility that serves it at least unit cost (purchase, lanes, shipping; ties to
/// the lower facility id). Model `independent`: a product's classes of one home form a pool, which may be served whole
/// from its home, from one of the cheapest alternatives, or (where all its sales may be lost) not at all. Model
/// `echelon`: the product is one block whose options are complete assignments, the home one first; `extra` adds more,
/// one per entry, each with a facility for every (product, class).
///
/// The network and the forecast must have been validated. Time and memory: O(products x periods x classes x options).
[[nodiscard]] inline BuiltInstance build_instance(const network::SupplyNetwork& network, const demand::Forecast& forecast,
                                                  const BuildOptions& options,
                                                  std::span<const std::vector<Assignment>> extra = {}) {
    BuiltInstance built;
    built.eligibility = fulfilment::make_eligibility(network);
    built.tree = network::supply_tree(network);
    detail::InstanceBuilder(network, forecast, options, extra, built).run();
    return built;
}

}  // namespace meio::planner
