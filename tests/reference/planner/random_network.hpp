// SPDX-License-Identifier: MIT
// Small random planning problems with two or three levels, for tests.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include <meio/core/random.hpp>
#include <meio/demand/forecast.hpp>
#include <meio/network/supply_network.hpp>

namespace reference {

struct RandomProblem {
    meio::network::SupplyNetwork network;
    meio::demand::Forecast forecast;
};

/// One supplier, an optional middle level, 2-3 facilities with customers, 2-20 products. `backorders`: some regions wait.
inline RandomProblem random_problem(std::uint64_t seed, std::size_t products, bool three_levels, bool backorders,
                                    std::size_t periods = 1) {
    using namespace meio;
    core::RandomStream draw(seed, 77);
    RandomProblem p;
    auto& n = p.network;
    n.storage_types = {"shelf", "cold"};
    n.facilities.push_back({.name = "supplier", .supplier = true});
    std::int32_t source = 0;
    if (three_levels) {
        n.facilities.push_back({.name = "centre", .storage_cost = 0.1 * draw.uniform()});
        n.lanes.push_back({.source = 0, .destination = 1, .lead_time = static_cast<double>(1 + draw.below(2)), .cost = 0.2});
        source = 1;
    }
    const auto shops = static_cast<std::int32_t>(2 + draw.below(2));
    const auto first = static_cast<std::int32_t>(n.facilities.size());
    for (std::int32_t i = 0; i < shops; ++i) {
        n.facilities.push_back({.name = "shop" + std::to_string(i), .storage_cost = 0.1 + 0.4 * draw.uniform()});
        n.lanes.push_back({.source = source, .destination = first + i, .lead_time = static_cast<double>(draw.below(2)),
                           .cost = 0.5 * draw.uniform()});
    }
    n.speeds = {{.name = "fast", .share = 0.4, .shortage_factor = 1.5}, {.name = "slow", .share = 0.6}};
    for (std::int32_t r = 0; r < shops + 1; ++r) {
        n.regions.push_back({.name = "region" + std::to_string(r)});
        if (backorders && draw.uniform() < 0.5) n.regions.back().shortage = network::Shortage::backorder;
        for (std::int32_t i = 0; i < shops; ++i)
            for (std::int32_t v = 0; v < 2; ++v)
                if (v == 1 || i == r % shops)
                    n.services.push_back({.region = r, .speed = v, .facility = first + i, .days = 1.0,
                                          .cost = 1.0 + 2.0 * draw.uniform() + (i == r % shops ? 0.0 : 1.0)});
    }
    p.forecast.periods = periods;
    p.forecast.correlation = draw.uniform() < 0.5 ? demand::Correlation::common : demand::Correlation::independent;
    for (std::size_t k = 0; k < products; ++k) {
        n.products.push_back({.name = "product" + std::to_string(k), .volume = 0.5 + draw.uniform(), .unit_cost = 2.0,
                              .holding_cost = 0.2 + 0.3 * draw.uniform(), .shortage_cost = 12.0 + 15.0 * draw.uniform(),
                              .storage_type = static_cast<std::int32_t>(draw.below(2))});
        const double scale = 0.2 + 1.3 * draw.uniform();
        const double dispersion = draw.uniform() < 0.5 ? 0.0 : draw.uniform();
        for (std::int32_t r = 0; r < shops + 1; ++r) {
            p.forecast.series.push_back({static_cast<std::int32_t>(k), r});
            for (std::size_t t = 0; t < periods; ++t) {
                const double mean = scale * (0.3 + draw.uniform());
                p.forecast.mean.push_back(mean);
                p.forecast.variance.push_back(mean + dispersion * mean * mean);
            }
        }
    }
    return p;
}

/// Storage and flow limits at `tightness` (0 .. 1) of what the unconstrained plan uses.
inline void limit(meio::network::SupplyNetwork& network, double storage, double outbound) {
    for (std::size_t f = 0; f < network.facilities.size(); ++f) {
        if (network.facilities[f].supplier) continue;
        if (std::isfinite(outbound)) network.facilities[f].outbound = outbound;
        for (std::int32_t type = 0; type < 2 && std::isfinite(storage); ++type)
            network.storage.push_back({.facility = static_cast<std::int32_t>(f), .storage_type = type, .capacity = storage});
    }
}

}  // namespace reference
