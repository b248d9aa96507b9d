// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <meio/core/parallel.hpp>
#include <meio/planner/instance.hpp>
#include <meio/planner/item_model.hpp>

namespace meio::planner {

/// Blocks [first, last) of an instance. A shard's answer is a pure function of (shard, prices).
struct Shard {
    std::size_t first = 0;
    std::size_t last = 0;
};

/// Runs `body(i)` for i = 0 .. n-1, in any order, each exactly once. Anything that can do so may carry a pass over the
/// products: this thread, a pool, or machines elsewhere.
template <class T>
concept Executor = requires(const T& executor, std::size_t n, void (*body)(std::size_t)) { executor.run(n, body); };

/// One shard after the other on the calling thread.
struct SerialExecutor {
    template <class Body>
    void run(std::size_t n, Body&& body) const {
        for (std::size_t i = 0; i < n; ++i) body(i);
    }
};

/// Shards handed out to a pool of threads.
struct ThreadExecutor {
    int threads = 0;  ///< 0: all the machine has

    template <class Body>
    void run(std::size_t n, Body&& body) const {
        core::parallel_for(n, threads, body);
    }
};

static_assert(Executor<SerialExecutor> && Executor<ThreadExecutor>);

/// Cuts an instance into shards; depends on the number of blocks only, so that sums have the same bits everywhere.
[[nodiscard]] inline std::vector<Shard> make_shards(const Instance& instance, std::size_t at_most = 64) {
    const std::size_t blocks = instance.blocks.size();
    const std::size_t count = std::clamp<std::size_t>(blocks / 16, 1, at_most);
    std::vector<Shard> shards(count);
    for (std::size_t s = 0; s < count; ++s) shards[s] = {blocks * s / count, blocks * (s + 1) / count};
    return shards;
}

/// What a shard answers to prices.
struct ShardReply {
    double value = 0;                   ///< sum of least priced costs
    double cost = 0;                    ///< the money in it, without prices
    std::vector<double> usage{};        ///< one a resource
    std::vector<double> curvature{};    ///< -d usage / d price (smoothed): of the own resource, or of all, by rows
};

/// How much of the curvature a pass tells.
enum class Curvature : std::uint8_t {
    none,
    diagonal,  ///< of each resource's usage in its own price
    whole      ///< in all prices: resources squared numbers
};

/// One pass over a shard. The usage is a supergradient of the value in the prices. O(sum of the model's cost).
template <ItemModel Model>
[[nodiscard]] ShardReply evaluate_shard(const Instance& instance, Model& model, const Shard& shard,
                                        std::span<const double> prices, Curvature wanted = Curvature::none) {
    ShardReply reply;
    reply.usage.assign(instance.resources.size(), 0.0);
    const std::size_t resources = instance.resources.size();
    const bool whole = wanted == Curvature::whole;
    if (wanted != Curvature::none) reply.curvature.assign(whole ? resources * resources : resources, 0.0);
    core::CompensatedSum value;
    core::CompensatedSum cost;
    for (std::size_t b = shard.first; b < shard.last; ++b) {
        const Block& block = instance.blocks[b];
        const Choice& choice = model.choose(block, prices);
        const Option& option = instance.options_of(block)[choice.option];
        value.add(choice.priced);
        cost.add(option_cost(instance, option, choice.positions));
        for_each_use(instance, option, choice.positions, [&](std::int32_t resource, double amount) {
            reply.usage[static_cast<std::size_t>(resource)] += amount;
        });
        if (wanted == Curvature::none) continue;
        // d usage / d price = -(per_on_hand F - per_unmet (1 - F))^2 / ((H + V) f) at an interior newsvendor level, with
        // F = V / (H + V) there (normal approximation of f for counts).
        const auto nodes = instance.nodes_of(option);
        for (std::size_t j = 0; j < nodes.size(); ++j) {
            if (choice.positions[j].density <= 0 || choice.positions[j].level <= 0) continue;
            double holding = nodes[j].holding;
            double shortage = nodes[j].shortage;
            for (const Use& use : instance.uses_of(nodes[j])) {
                holding += prices[static_cast<std::size_t>(use.resource)] * use.per_on_hand;
                shortage += prices[static_cast<std::size_t>(use.resource)] * use.per_unmet;
            }
            if (holding <= 0 || shortage <= 0) continue;
            const double ratio = shortage / (holding + shortage);
            const auto uses = instance.uses_of(nodes[j]);
            const auto response = [&](const Use& use) { return use.per_on_hand * ratio - use.per_unmet * (1.0 - ratio); };
            const double bend = 1.0 / ((holding + shortage) * choice.positions[j].density);
            for (const Use& use : uses) {
                const auto row = static_cast<std::size_t>(use.resource);
                const double scaled = response(use) * bend;
                if (!whole) {
                    reply.curvature[row] += response(use) * scaled;
                    continue;
                }
                for (const Use& other : uses)
                    reply.curvature[row * resources + static_cast<std::size_t>(other.resource)] += scaled * response(other);
            }
        }
    }
    reply.value = value.value();
    reply.cost = cost.value();
    return reply;
}

/// Adds shard replies in order: the same bits for any executor.
[[nodiscard]] inline ShardReply add_up(std::span<const ShardReply> parts, std::size_t resources) {
    ShardReply total;
    core::CompensatedSum value;
    core::CompensatedSum cost;
    std::vector<core::CompensatedSum> usage(resources);
    for (const ShardReply& part : parts) {
        value.add(part.value);
        cost.add(part.cost);
        for (std::size_t m = 0; m < resources; ++m) usage[m].add(part.usage[m]);
    }
    total.value = value.value();
    total.cost = cost.value();
    total.usage.resize(resources);
    for (std::size_t m = 0; m < resources; ++m) total.usage[m] = usage[m].value();
    return total;
}

}  // namespace meio::planner
