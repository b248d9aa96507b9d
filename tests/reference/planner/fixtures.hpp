// SPDX-License-Identifier: MIT
// Small instances written by hand, for tests of the planner's parts.
#pragma once

#include <cmath>
#include <cstdint>

#include <meio/core/random.hpp>
#include <meio/planner/instance.hpp>

namespace reference {

/// `blocks` normal newsvendors that share one storage resource per facility; two facilities.
inline meio::planner::Instance shared_storage(std::size_t blocks, double capacity, std::uint64_t seed = 1) {
    using namespace meio::planner;
    Instance instance;
    for (std::int32_t f = 0; f < 2; ++f)
        instance.resources.push_back({ResourceKind::storage, f, 0, -1, -1, 0, capacity});
    meio::core::RandomStream draw(seed, 9);
    for (std::size_t b = 0; b < blocks; ++b) {
        const auto at = static_cast<std::uint32_t>(b);
        const auto facility = static_cast<std::int32_t>(b % 2);
        const double mean = 5 + 20 * draw.uniform();
        instance.uses.push_back({facility, 0.0, 0.5 + draw.uniform(), 0.0});
        Node node;
        node.facility = facility;
        node.family = meio::demand::Family::normal;
        node.mean = mean;
        node.variance = mean * (1 + draw.uniform());
        node.holding = 0.1 + 0.2 * draw.uniform();
        node.shortage = 4 + 4 * draw.uniform();
        node.first_use = at;
        node.last_use = at + 1;
        instance.nodes.push_back(node);
        instance.options.push_back({2 * mean, at, at + 1, at, at});
        instance.blocks.push_back({static_cast<std::int32_t>(b), 0, facility, at, at + 1});
    }
    return instance;
}

/// `blocks` slow movers, each on a tree of a centre and two shops whose storage is shared by all; holding costs the same
/// on both floors.
inline meio::planner::Instance shared_storage_trees(std::size_t blocks, double capacity, std::uint64_t seed = 1) {
    using namespace meio::planner;
    Instance instance;
    for (std::int32_t f = 0; f < 2; ++f)
        instance.resources.push_back({ResourceKind::storage, 1 + f, 0, -1, -1, 0, capacity});
    meio::core::RandomStream draw(seed, 10);
    for (std::size_t b = 0; b < blocks; ++b) {
        const double holding = 0.2 + 0.5 * draw.uniform();
        const double shortage = 40 + 60 * draw.uniform();
        const double volume = 0.5 + draw.uniform();
        for (std::int32_t j = 0; j < 3; ++j) {
            Node node;
            node.facility = j;
            node.parent = j == 0 ? -1 : 0;
            node.mean = j == 0 ? 0.6 + draw.uniform() : 0.2 + draw.uniform();
            node.variance = node.mean * (1 + draw.uniform());
            node.holding = holding;
            node.shortage = j == 0 ? 0.0 : shortage;
            node.first_use = static_cast<std::uint32_t>(instance.uses.size());
            if (j > 0) instance.uses.push_back({j - 1, 0.0, volume, 0.0});
            node.last_use = static_cast<std::uint32_t>(instance.uses.size());
            instance.nodes.push_back(node);
        }
        const auto at = static_cast<std::uint32_t>(b);
        instance.options.push_back({0.0, 3 * at, 3 * at + 3, 0, 0});
        instance.blocks.push_back({static_cast<std::int32_t>(b), 0, -1, at, at + 1});
    }
    return instance;
}

}  // namespace reference
