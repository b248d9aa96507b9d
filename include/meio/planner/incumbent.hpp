// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <meio/planner/instance.hpp>
#include <meio/planner/item_model.hpp>
#include <meio/planner/shard.hpp>

namespace meio::planner {

/// A plan in the making: every block keeps the choice that it made at one of a few price vectors. Levels follow by
/// asking the item model again, so that the plan of a million blocks takes two bytes a block.
struct Incumbent {
    std::vector<std::vector<double>> price_sets{};
    std::vector<std::uint16_t> set_of_block{};
    std::vector<double> usage{};
    double cost = 0;  ///< without the instance's constant
};

/// Cost and usage of a plan, summed in block order over shards: the same bits for any executor.
template <class MakeModel, Executor Exec>
void recompute(const Instance& instance, MakeModel&& make_model, const Exec& executor, Incumbent& plan) {
    const auto shards = make_shards(instance);
    std::vector<ShardReply> parts(shards.size());
    executor.run(shards.size(), [&](std::size_t s) {
        auto model = make_model();
        ShardReply& part = parts[s];
        part.usage.assign(instance.resources.size(), 0.0);
        core::CompensatedSum cost;
        for (std::size_t b = shards[s].first; b < shards[s].last; ++b) {
            const Choice& choice = model.choose(instance.blocks[b], plan.price_sets[plan.set_of_block[b]]);
            const Option& option = instance.options_of(instance.blocks[b])[choice.option];
            cost.add(option_cost(instance, option, choice.positions));
            for_each_use(instance, option, choice.positions, [&](std::int32_t resource, double amount) {
                part.usage[static_cast<std::size_t>(resource)] += amount;
            });
        }
        part.cost = cost.value();
    });
    const ShardReply total = add_up(parts, instance.resources.size());
    plan.cost = total.cost;
    plan.usage = total.usage;
}

/// The plan in which every block follows the same prices.
template <class MakeModel, Executor Exec>
[[nodiscard]] Incumbent follow_prices(const Instance& instance, MakeModel&& make_model, const Exec& executor,
                                      std::span<const double> prices) {
    Incumbent plan;
    plan.price_sets.emplace_back(prices.begin(), prices.end());
    plan.set_of_block.assign(instance.blocks.size(), 0);
    recompute(instance, make_model, executor, plan);
    return plan;
}

/// Use above capacity that still counts as feasible: rounding only.
[[nodiscard]] inline double tolerance_of(const Resource& resource) { return 1e-9 * std::max(1.0, resource.capacity); }

/// Sum over resources of relative use above capacity; 0 for a feasible plan.
[[nodiscard]] inline double violation(const Instance& instance, std::span<const double> usage) {
    double total = 0;
    for (std::size_t m = 0; m < instance.resources.size(); ++m) {
        const double over = usage[m] - instance.resources[m].capacity;
        if (over > tolerance_of(instance.resources[m])) total += over / std::max(instance.resources[m].capacity, 1e-9);
    }
    return total;
}

}  // namespace meio::planner
