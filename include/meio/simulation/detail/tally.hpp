// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/network/supply_network.hpp>

namespace meio::simulation::detail {

/// Sums of one product in one run. Money is added up per product in the order of time, and over products in the order
/// of their ids, so that simulating products one by one or together gives the same bits.
struct ProductTally {
    std::int64_t bought = 0;
    std::int64_t held = 0;      // unit-periods on hand
    std::int64_t travelling = 0;  // unit-periods on lanes between stocking facilities
    double lane = 0;
    double storage = 0;
    double shipping = 0;
    double shortage = 0;
};

/// Sums of one run, over its measured periods.
struct RunTally {
    RunTally() = default;
    RunTally(const network::SupplyNetwork& network, std::size_t periods)
        : demanded(network.speeds.size()), filled(demanded), on_time(demanded), lost(demanded), backordered(demanded),
          out(network.facilities.size()), lane_units(network.lanes.size()),
          on_hand(network.products.size() * network.facilities.size()),
          volume(periods * network.facilities.size() * network.storage_types.size()) {}

    double purchase = 0, lane = 0, holding = 0, storage = 0, shipping = 0, shortage = 0;
    std::int64_t bought = 0, shipped = 0, held = 0, travelling = 0;
    std::int64_t opening = 0, closing = 0, opening_backlog = 0, closing_backlog = 0;
    std::vector<std::int64_t> demanded{}, filled{}, on_time{}, lost{}, backordered{};  // by speed
    std::vector<std::int64_t> out{};         // by facility, to customers
    std::vector<std::int64_t> lane_units{};  // by lane
    std::vector<std::int64_t> on_hand{};     // unit-periods, product x facility
    std::vector<double> volume{};            // at the end of a period: period x facility x storage type

    void add(const ProductTally& part, const network::Product& product) {
        purchase += product.unit_cost * static_cast<double>(part.bought);
        holding += product.holding_cost * static_cast<double>(part.held + part.travelling);
        lane += part.lane;
        storage += part.storage;
        shipping += part.shipping;
        shortage += part.shortage;
        bought += part.bought;
        held += part.held;
        travelling += part.travelling;
    }
};

}  // namespace meio::simulation::detail
