// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/planner/incumbent.hpp>
#include <meio/planner/instance.hpp>
#include <meio/planner/item_model.hpp>
#include <meio/planner/shard.hpp>

namespace meio::planner {

/// Turns a plan that follows dual prices into one that keeps every capacity, and then spends what room is left.
///
/// Both directions are the same move: offer every block the choice it would make at other prices, sort the offers by
/// cost per unit of what they mend, and take them in that order while they help. Heuristic; a handful of passes.
template <class MakeModel, Executor Exec>
class Repair {
public:
    Repair(const Instance& instance, MakeModel make_model, const Exec& executor)
        : instance_(instance), make_model_(std::move(make_model)), executor_(executor), shards_(make_shards(instance)) {}

    /// Removes overuse by raising the prices of overused resources step by step. Returns true where the plan is
    /// feasible in the end.
    bool make_feasible(Incumbent& plan, const core::Context& context) {
        double step = 0.01;
        for (int round = 0; round < 48 && violation(instance_, plan.usage) > 0; ++round, step *= 1.7) {
            if (context.stop_reason()) break;
            std::vector<double> prices = plan.price_sets.front();
            for (std::size_t m = 0; m < prices.size(); ++m) {
                const Resource& resource = instance_.resources[m];
                const double room = resource.capacity - plan.usage[m];
                const bool over = room < -tolerance_of(resource);
                const bool full = room < 2e-3 * resource.capacity;  // must not be where the others flee to
                if (over) prices[m] += step * std::max(prices[m], price_scale(m));
                if (!over && full) prices[m] += 0.5 * step * std::max(prices[m], price_scale(m));
            }
            move(plan, std::move(prices), true);
        }
        return violation(instance_, plan.usage) == 0;
    }

    /// Lowers the cost of a feasible plan by offering choices at lower prices of resources that have room, until it is at
    /// most `enough`.
    void improve(Incumbent& plan, double enough, const core::Context& context) {
        for (const double discount : {0.02, 0.1, 0.3, 0.6, 1.0}) {
            if (plan.cost <= enough || context.stop_reason()) return;
            std::vector<double> prices = plan.price_sets.front();
            bool any = false;
            for (std::size_t m = 0; m < prices.size(); ++m) {
                if (prices[m] <= 0 || instance_.resources[m].capacity - plan.usage[m] <= tolerance_of(instance_.resources[m]))
                    continue;
                prices[m] *= 1.0 - discount;
                any = true;
            }
            if (any) move(plan, std::move(prices), false);
        }
        if (plan.cost > enough && !context.stop_reason() && plan.price_sets.size() > 1)
            move(plan, std::vector<double>(plan.price_sets.front()), false);
    }

private:
    struct Offer {
        double rate;
        std::size_t block;
    };

    struct Change {
        double cost = 0;
        std::vector<std::pair<std::int32_t, double>> use{};  // resource, change
    };

    // What a price of this resource is measured in where its dual price is zero: money at stake per unit of capacity.
    [[nodiscard]] double price_scale(std::size_t m) const {
        return 1e-2 * std::abs(scale_) / std::max(instance_.resources[m].capacity, 1e-9);
    }

    template <class Model>
    void add_choice(Model& model, std::size_t b, std::span<const double> prices, double sign, Change& change) const {
        const Choice& choice = model.choose(instance_.blocks[b], prices);
        const Option& option = instance_.options_of(instance_.blocks[b])[choice.option];
        change.cost += sign * option_cost(instance_, option, choice.positions);
        for_each_use(instance_, option, choice.positions, [&](std::int32_t resource, double amount) {
            if (amount != 0) change.use.emplace_back(resource, sign * amount);
        });
    }

    template <class Model>
    void change_of(Model& model, const Incumbent& plan, std::size_t b, std::span<const double> prices, Change& change) const {
        change.cost = 0;
        change.use.clear();
        add_choice(model, b, prices, 1.0, change);
        add_choice(model, b, plan.price_sets[plan.set_of_block[b]], -1.0, change);
        std::sort(change.use.begin(), change.use.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
        std::size_t kept = 0;
        for (std::size_t n = 0; n < change.use.size(); ++n) {
            if (kept > 0 && change.use[kept - 1].first == change.use[n].first) {
                change.use[kept - 1].second += change.use[n].second;
            } else {
                change.use[kept++] = change.use[n];
            }
        }
        change.use.resize(kept);
    }

    // How much overuse, relative to capacity, a change removes on balance: what it adds elsewhere counts against it.
    [[nodiscard]] double mended(const Incumbent& plan, const Change& change) const {
        double total = 0;
        for (const auto& [resource, amount] : change.use) {
            const auto m = static_cast<std::size_t>(resource);
            const double room = instance_.resources[m].capacity - plan.usage[m];
            total += (std::max(0.0, -room) - std::max(0.0, amount - room)) / std::max(instance_.resources[m].capacity, 1e-9);
        }
        return total;
    }

    [[nodiscard]] bool fits(const Incumbent& plan, const Change& change) const {
        for (const auto& [resource, amount] : change.use) {
            const auto m = static_cast<std::size_t>(resource);
            if (amount > 0 && plan.usage[m] + amount > instance_.resources[m].capacity) return false;
        }
        return true;
    }

    void move(Incumbent& plan, std::vector<double> prices, bool feasibility) {
        if (plan.price_sets.size() >= std::numeric_limits<std::uint16_t>::max()) return;
        scale_ = plan.cost;
        std::vector<std::vector<Offer>> parts(shards_.size());
        executor_.run(shards_.size(), [&](std::size_t s) {
            auto model = make_model_();
            Change change;
            for (std::size_t b = shards_[s].first; b < shards_[s].last; ++b) {
                change_of(model, plan, b, prices, change);
                if (feasibility) {
                    const double gain = mended(plan, change);
                    if (gain > 0) parts[s].push_back({change.cost / gain, b});
                } else if (change.cost < 0) {
                    double taken = 0;
                    for (const auto& [resource, amount] : change.use)
                        taken += std::max(amount, 0.0) * plan.price_sets.front()[static_cast<std::size_t>(resource)];
                    parts[s].push_back({change.cost / (taken - 1e-3 * change.cost), b});
                }
            }
        });
        std::vector<Offer> offers;
        for (const auto& part : parts) offers.insert(offers.end(), part.begin(), part.end());
        std::sort(offers.begin(), offers.end(), [](const Offer& x, const Offer& y) {
            return x.rate != y.rate ? x.rate < y.rate : x.block < y.block;
        });
        const auto set = static_cast<std::uint16_t>(plan.price_sets.size());
        auto model = make_model_();
        Change change;
        bool used = false;
        for (const Offer& offer : offers) {
            if (feasibility && used && violation(instance_, plan.usage) == 0) break;
            change_of(model, plan, offer.block, prices, change);
            if (feasibility ? mended(plan, change) <= 0 : change.cost >= 0 || !fits(plan, change)) continue;
            for (const auto& [resource, amount] : change.use) plan.usage[static_cast<std::size_t>(resource)] += amount;
            plan.cost += change.cost;
            plan.set_of_block[offer.block] = set;
            used = true;
        }
        if (!used) return;
        plan.price_sets.push_back(std::move(prices));
        recompute(instance_, make_model_, executor_, plan);
    }

    const Instance& instance_;
    MakeModel make_model_;
    const Exec& executor_;
    std::vector<Shard> shards_;
    double scale_ = 1;
};

}  // namespace meio::planner
