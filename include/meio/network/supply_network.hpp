// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace meio::network {

inline constexpr double unlimited = std::numeric_limits<double>::infinity();

/// A place that holds stock, or a supplier (unlimited source that holds none).
struct Facility {
    std::string name;
    bool supplier = false;         ///< true: unlimited source outside the planned network
    double longitude = 0;          ///< degrees east
    double latitude = 0;           ///< degrees north
    double storage_cost = 0;       ///< money per unit of volume held at the end of a period, >= 0
    double inbound = unlimited;    ///< units that may arrive in a period, >= 0
    double outbound = unlimited;   ///< units that may leave in a period, >= 0
    int utc_offset_minutes = 0;    ///< local clock minus UTC; cut-offs are read on this clock
};

/// Room for one storage type at one facility, shared by all products of that type.
struct Storage {
    std::int32_t facility = -1;
    std::int32_t storage_type = -1;
    std::int32_t period = -1;      ///< planning period, or -1: every period
    double capacity = unlimited;   ///< volume of expected on-hand stock at the end of a period, >= 0
};

/// A way for stock to travel from one facility to the next.
struct Lane {
    std::int32_t source = -1;
    std::int32_t destination = -1;
    double lead_time = 0;          ///< mean, in periods, >= 0
    double lead_time_sd = 0;       ///< standard deviation, in periods, >= 0
    double cost = 0;               ///< money per unit
    double capacity = unlimited;   ///< units that may travel in a period, >= 0
};

/// What is sold.
struct Product {
    std::string name;
    double volume = 1;             ///< volume per unit, >= 0
    double unit_cost = 0;          ///< money per unit bought
    double holding_cost = 0;       ///< money per unit on hand or in transit per period, >= 0
    double shortage_cost = 0;      ///< money per unit short (lost), or per unit and period (backordered), >= 0
    std::int32_t storage_type = 0;
};

/// What happens to demand that stock cannot meet.
enum class Shortage : std::uint8_t {
    lost,     ///< the sale is lost, at the shortage cost a unit
    backorder ///< the customer waits, at the shortage cost a unit and period
};

/// Where customers are.
struct Region {
    std::string name;
    double longitude = 0;
    double latitude = 0;
    Shortage shortage = Shortage::lost;
    int utc_offset_minutes = 0;    ///< customers' local clock minus UTC
};

/// A delivery speed promised to customers.
struct Speed {
    std::string name;
    double share = 1;              ///< share of demand that asks for this speed; shares of all speeds add up to 1
    double shortage_factor = 1;    ///< multiplies the product's shortage cost, >= 0
    double fill_rate = 0;          ///< target share of demand met from stock, 0 (none) to 1
};

/// A facility may serve a region at a speed, if the order comes before the cut-off.
struct Service {
    std::int32_t region = -1;
    std::int32_t speed = -1;
    std::int32_t facility = -1;
    int cutoff_minute = 24 * 60;   ///< minute of the facility's local day up to which (inclusive) it can serve; 1440: none
    double days = 0;               ///< days to delivery
    double cost = 0;               ///< money per unit shipped
};

/// The whole network, integer-coded: ids are positions in these vectors. Build it with `network::Builder`, which takes
/// names and checks everything, or fill it and call `validate`.
struct SupplyNetwork {
    std::vector<Facility> facilities;
    std::vector<std::string> storage_types;
    std::vector<Storage> storage;
    std::vector<Lane> lanes;
    std::vector<Product> products;
    std::vector<Region> regions;
    std::vector<Speed> speeds;
    std::vector<Service> services;
    std::vector<double> arrival_profile;  ///< 24 weights: when in a region's local day orders come; empty: uniform
};

}  // namespace meio::network
