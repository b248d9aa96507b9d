// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace meio::network {

/// Why a facility may not serve an order now. Fences are hard: a policy never sees past them.
enum class Fence : std::uint8_t {
    none,          ///< open
    no_stock,      ///< nothing on hand
    past_cutoff,   ///< the order came after the facility's cut-off, and another facility can still keep the promise
    capacity_full  ///< the facility's outbound capacity of the period is used up
};

/// One facility that could serve one order, as an assignment policy sees it.
struct ServiceOption {
    std::int32_t facility = -1;
    std::int32_t service = -1;   ///< row of `SupplyNetwork::services`
    std::int32_t product = -1;
    std::int32_t region = -1;
    std::int32_t speed = -1;
    std::int32_t period = 0;     ///< planning period
    std::int32_t minute = 0;     ///< minute of the region's local day at which the order came, 0 .. 1439
    bool late = false;           ///< the promise of the speed is missed: the order ships a day later
    double cost = 0;             ///< money to ship one unit
    double days = 0;             ///< days to delivery
    double distance = 0;         ///< great-circle distance, kilometres
    double price = 0;            ///< price of one unit of flow out of the facility, money; 0 without a plan
    double stock_value = 0;      ///< marginal value of the unit taken, money; 0 without a plan
    double on_hand = 0;          ///< units of the product on hand at the facility
};

}  // namespace meio::network
