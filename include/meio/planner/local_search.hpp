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
#include <meio/core/random.hpp>
#include <meio/planner/incumbent.hpp>
#include <meio/planner/instance.hpp>
#include <meio/planner/item_model.hpp>
#include <meio/planner/shard.hpp>

namespace meio::planner {

/// Betters the plan of an instance with few blocks, where single choices are large beside the capacities and following
/// prices leaves much undone: a menu of choices for every block, from prices drawn around the dual ones, then exchanges
/// of one and of two blocks, from the plan and from random kicks of it. Iterated local search on a multiple-choice
/// knapsack with several constraints: Hifi, Michrafy and Sbihi (2004), J. Operational Research Society 55. Heuristic.
template <class MakeModel, Executor Exec>
class LocalSearch {
public:
    /// Beyond this many blocks no choice is large enough for a search to pay.
    static constexpr std::size_t most_blocks = 3000;

    LocalSearch(const Instance& instance, MakeModel make_model, const Exec& executor)
        : instance_(instance), make_model_(std::move(make_model)), executor_(executor) {}

    /// Lowers first the overuse and then the cost of the plan, until it is feasible and costs at most `enough`, the
    /// context says stop, or the work is spent: `menus` passes over the blocks and
    /// 100,000 exchanges and ten more a choice looked at.
    void improve(Incumbent& plan, std::span<const double> prices, int menus, double enough, const core::Context& context) {
        if (instance_.blocks.size() > most_blocks || plan.price_sets.size() + static_cast<std::size_t>(menus) > 60000) return;
        fill_menus(plan, prices, menus);
        usage_ = plan.usage;
        cost_ = plan.cost;
        violation_ = violation(instance_, usage_);
        work_ = 0;
        most_work_ = 100'000;
        for (const auto& menu : menus_) most_work_ += 10 * menu.size();
        descend(context);
        std::vector<std::size_t> best = chosen_;
        double best_cost = cost_;
        double best_violation = violation_;
        core::RandomStream draw(1, 0);
        while (!(best_violation == 0 && best_cost <= enough) && work_ < most_work_ && !context.stop_reason()) {
            ++work_;
            const std::size_t kicks = 1 + draw.below(std::min<std::size_t>(4, chosen_.size()));
            for (std::size_t n = 0; n < kicks; ++n) {
                const std::size_t b = draw.below(chosen_.size());
                take(b, draw.below(menus_[b].size()));
            }
            descend(context);
            if (is_better(violation_, cost_, best_violation, best_cost)) {
                best = chosen_;
                best_cost = cost_;
                best_violation = violation_;
            } else {
                for (std::size_t b = 0; b < best.size(); ++b)
                    if (chosen_[b] != best[b]) take(b, best[b]);
            }
        }
        for (std::size_t b = 0; b < best.size(); ++b) plan.set_of_block[b] = menus_[b][best[b]].set;
        recompute(instance_, make_model_, executor_, plan);
    }

private:
    struct Entry {
        double cost = 0;
        std::uint16_t set = 0;
        std::vector<std::pair<std::int32_t, double>> use{};  // by resource, each once
    };

    static bool is_better(double violation, double cost, double than_violation, double than_cost) {
        if (violation != than_violation) return violation < than_violation;
        return cost < than_cost - 1e-12 * std::abs(than_cost);
    }

    template <class Model>
    Entry entry_of(Model& model, std::size_t b, std::span<const double> prices, std::size_t set) const {
        const Choice& choice = model.choose(instance_.blocks[b], prices);
        const Option& option = instance_.options_of(instance_.blocks[b])[choice.option];
        Entry entry{option_cost(instance_, option, choice.positions), static_cast<std::uint16_t>(set), {}};
        for_each_use(instance_, option, choice.positions, [&](std::int32_t resource, double amount) {
            if (amount != 0) entry.use.emplace_back(resource, amount);
        });
        std::sort(entry.use.begin(), entry.use.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
        std::size_t kept = 0;
        for (std::size_t n = 0; n < entry.use.size(); ++n) {
            if (kept > 0 && entry.use[kept - 1].first == entry.use[n].first) entry.use[kept - 1].second += entry.use[n].second;
            else entry.use[kept++] = entry.use[n];
        }
        entry.use.resize(kept);
        return entry;
    }

    // The plan's choices first, then what every drawn price vector makes of each block, each choice once.
    void fill_menus(Incumbent& plan, std::span<const double> prices, int menus) {
        const std::size_t blocks = instance_.blocks.size();
        const std::size_t before = plan.price_sets.size();
        for (int n = 0; n < menus; ++n) {
            core::RandomStream draw(2, static_cast<std::uint64_t>(n));
            std::vector<double> drawn(prices.begin(), prices.end());
            const double spread = 0.25 * (1 + n % 8);
            for (std::size_t m = 0; m < drawn.size(); ++m) {
                const double scale = 0.05 * std::abs(plan.cost) / std::max(instance_.resources[m].capacity, 1e-9);
                const double sort = draw.uniform();
                const double factor = std::exp(spread * draw.normal());
                if (drawn[m] > 0) drawn[m] *= sort < 0.15 ? 0.0 : factor;
                else if (sort < 0.3) drawn[m] = scale * factor;
            }
            plan.price_sets.push_back(std::move(drawn));
        }
        std::vector<std::vector<Entry>> rows(static_cast<std::size_t>(menus) + 1);
        executor_.run(rows.size(), [&](std::size_t n) {
            auto model = make_model_();
            for (std::size_t b = 0; b < blocks; ++b) {
                const std::size_t set = n == 0 ? plan.set_of_block[b] : before + n - 1;
                rows[n].push_back(entry_of(model, b, plan.price_sets[set], set));
            }
        });
        menus_.assign(blocks, {});
        chosen_.assign(blocks, 0);
        for (std::size_t b = 0; b < blocks; ++b)
            for (auto& row : rows) {
                const bool known = std::any_of(menus_[b].begin(), menus_[b].end(), [&](const Entry& other) {
                    return other.cost == row[b].cost && other.use == row[b].use;
                });
                if (!known) menus_[b].push_back(std::move(row[b]));
            }
        users_.assign(instance_.resources.size(), {});
        for (std::size_t b = 0; b < blocks; ++b)
            for (const Entry& entry : menus_[b])
                for (const auto& [resource, amount] : entry.use) {
                    auto& users = users_[static_cast<std::size_t>(resource)];
                    if (users.empty() || users.back() != b) users.push_back(b);
                }
    }

    void add(const Entry& entry, double sign) {
        for (const auto& [resource, amount] : entry.use) usage_[static_cast<std::size_t>(resource)] += sign * amount;
    }

    [[nodiscard]] double over(std::size_t m) const {
        const double excess = usage_[m] - instance_.resources[m].capacity;
        return excess > tolerance_of(instance_.resources[m]) ? excess / std::max(instance_.resources[m].capacity, 1e-9) : 0.0;
    }

    // Puts an entry in the place of the chosen one and keeps count of cost and overuse.
    void take(std::size_t b, std::size_t e) {
        const Entry& from = menus_[b][chosen_[b]];
        const Entry& to = menus_[b][e];
        add(from, -1.0);
        add(to, 1.0);
        cost_ += to.cost - from.cost;
        chosen_[b] = e;
        violation_ = violation(instance_, usage_);
    }

    // Exchanges of one block, then of two, until none helps.
    void descend(const core::Context& context) {
        while (work_ < most_work_ && !context.stop_reason())
            if (!exchange_one() && !exchange_two()) return;
    }

    // The state before a trial, to return to.
    struct State {
        double cost, violation;
    };

    bool exchange_one() {
        bool any = false;
        for (std::size_t b = 0; b < chosen_.size(); ++b)
            for (std::size_t e = 0; e < menus_[b].size(); ++e) {
                if (e == chosen_[b]) continue;
                ++work_;
                if (violation_ == 0 && menus_[b][e].cost >= menus_[b][chosen_[b]].cost) continue;
                any |= keep_if_better(b, e);
            }
        return any;
    }

    bool keep_if_better(std::size_t b, std::size_t e) {
        const State before{cost_, violation_};
        const std::size_t old = chosen_[b];
        take(b, e);
        if (is_better(violation_, cost_, before.violation, before.cost)) return true;
        take(b, old);
        cost_ = before.cost;
        violation_ = before.violation;
        return false;
    }

    // Lets one block have what it wants and another one, among those who use what is then short, pay for it.
    bool exchange_two() {
        for (std::size_t b = 0; b < chosen_.size(); ++b)
            for (std::size_t e = 0; e < menus_[b].size(); ++e) {
                const State before{cost_, violation_};
                const std::size_t old = chosen_[b];
                if (e == old || (before.violation == 0 && menus_[b][e].cost >= menus_[b][old].cost)) continue;
                if (work_ > most_work_) return false;
                take(b, e);
                for (std::size_t m = 0; m < users_.size(); ++m) {
                    if (over(m) == 0) continue;
                    for (const std::size_t c : users_[m]) {
                        if (c == b) continue;
                        for (std::size_t f = 0; f < menus_[c].size(); ++f) {
                            ++work_;
                            const double cost = cost_ + menus_[c][f].cost - menus_[c][chosen_[c]].cost;
                            if (f == chosen_[c] || (before.violation == 0 && cost >= before.cost)) continue;
                            const State middle{cost_, violation_};
                            const std::size_t other = chosen_[c];
                            take(c, f);
                            if (is_better(violation_, cost_, before.violation, before.cost)) return true;
                            take(c, other);
                            cost_ = middle.cost;
                            violation_ = middle.violation;
                        }
                    }
                    break;
                }
                take(b, old);
                cost_ = before.cost;
                violation_ = before.violation;
            }
        return false;
    }

    const Instance& instance_;
    MakeModel make_model_;
    const Exec& executor_;
    std::vector<std::vector<Entry>> menus_{};      // a block's choices
    std::vector<std::size_t> chosen_{};            // one of them a block
    std::vector<std::vector<std::size_t>> users_{};  // blocks that use a resource in some choice
    std::vector<double> usage_{};
    double cost_ = 0;
    double violation_ = 0;
    std::size_t work_ = 0, most_work_ = 0;  // exchanges looked at
};

}  // namespace meio::planner
