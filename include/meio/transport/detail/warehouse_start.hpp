// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/detail/warehouse_scan.hpp>
#include <meio/transport/detail/warehouse_tree.hpp>

namespace meio::transport::detail {

/// Prices near those that fill every source: subgradient steps on a sample of the destinations, then a few on all. Only
/// a start: whatever they are, the simplex ends at the optimum.
class PriceCrash {
public:
    explicit PriceCrash(const WarehouseProblem& problem) : p_(problem), price_(problem.sources + 1, 0.0) {}

    [[nodiscard]] std::vector<double> run(std::size_t sample, int rounds, double shrink) {
        const std::size_t stride = std::max<std::size_t>(1, p_.destinations / std::max<std::size_t>(1, sample));
        double step = 0.3 * spread(stride);
        if (!(step > 0) || !(step < 1e300)) return std::move(price_);
        double total = 0;
        for (std::size_t j = 0; j < p_.destinations; ++j) total += p_.demand[j];
        double sampled = 0;
        for (std::size_t j = 0; j < p_.destinations; j += stride) sampled += p_.demand[j];
        if (!(sampled > 0)) return std::move(price_);
        for (int round = 0; round < rounds; ++round, step *= shrink) move(stride, total / sampled, step);
        return std::move(price_);
    }

private:
    // Mean distance of a cost from the least of its destination: the scale of price differences.
    [[nodiscard]] double spread(std::size_t stride) const {
        double sum = 0;
        double count = 0;
        for (std::size_t j = 0; j < p_.destinations; j += stride) {
            double least = std::numeric_limits<double>::infinity();
            for (auto e = p_.offsets[j]; e < p_.offsets[j + 1]; ++e) least = std::min(least, p_.costs[e]);
            for (auto e = p_.offsets[j]; e < p_.offsets[j + 1]; ++e)
                if (p_.costs[e] < std::numeric_limits<double>::infinity()) {
                    sum += p_.costs[e] - least;
                    ++count;
                }
        }
        return count > 0 ? sum / count : 0;
    }

    void move(std::size_t stride, double scale, double step) {
        load_.assign(p_.sources, 0.0);
        for (std::size_t j = 0; j < p_.destinations; j += stride) {
            const Choice c = choose(p_, j, price_.data());
            if (c.slot < 0 || (p_.shortage_prices != nullptr && p_.shortage_prices[j] < c.best)) continue;
            load_[static_cast<std::size_t>(p_.ids[p_.offsets[j] + c.slot])] += p_.demand[j];
        }
        for (std::size_t i = 0; i < p_.sources; ++i) {
            const double load = scale * load_[i];
            const double excess = p_.supply[i] > 0 ? (load - p_.supply[i]) / p_.supply[i] : (load > 0 ? 1.0 : 0.0);
            price_[i] -= step * std::clamp(excess, -1.0, 1.0);
            if (!p_.supply_exact) price_[i] = std::min(price_[i], 0.0);
            if (p_.overflow_prices != nullptr) price_[i] = std::max(price_[i], -p_.overflow_prices[i]);
        }
    }

    const WarehouseProblem& p_;
    std::vector<double> price_;
    std::vector<double> load_;
};

/// Hangs every destination below its cheapest source at the given prices; where a source is overrun, those that lose
/// least go elsewhere, and what fits nowhere hangs below the root. All sources hang below the root.
template <bool Bounded>
class Placement {
public:
    Placement(const WarehouseProblem& problem, const std::vector<double>& price, WarehouseTree<Bounded>& tree)
        : p_(problem), price_(price), tree_(tree), room_(problem.supply, problem.supply + problem.sources) {}

    void run() {
        if constexpr (Bounded) {
            for (std::size_t j = 0; j < p_.destinations; ++j)
                if (wanted(j)) place_split(j);
        } else {
            choose_all();
            evict();
            std::sort(evicted_.begin(), evicted_.end(), [](const Evicted& a, const Evicted& b) {
                return a.regret != b.regret ? a.regret > b.regret : a.destination < b.destination;
            });
            for (const Evicted& e : evicted_) place_whole(e.destination);
        }
        for (std::size_t i = 0; i < p_.sources; ++i) tree_.hang_source(i, room_[i], WarehouseTree<Bounded>::to_root);
    }

private:
    struct Evicted {
        float regret;
        std::uint32_t destination;
    };

    // Destinations without demand take no part, unless they may receive more.
    bool wanted(std::size_t j) {
        tree_.flows()[j] = p_.demand[j];
        tree_.slots()[j] = WarehouseTree<Bounded>::from_root;
        if (p_.demand[j] > 0) return true;
        tree_.slots()[j] = p_.demand_at_least ? WarehouseTree<Bounded>::to_root : WarehouseTree<Bounded>::absent;
        return false;
    }

    void choose_all() {
        regret_.assign(p_.destinations, 0.0F);
        double sum = 0;
        for (std::size_t j = 0; j < p_.destinations; ++j) {
            if (!wanted(j)) continue;
            const Choice c = choose(p_, j, price_.data());
            if (c.slot < 0 || (p_.shortage_prices != nullptr && p_.shortage_prices[j] < c.best)) continue;
            tree_.slots()[j] = c.slot;
            regret_[j] = static_cast<float>(std::min(c.second - c.best, 1e30));
            sum += std::min(c.second - c.best, 1e30);
            room_[static_cast<std::size_t>(p_.ids[tree_.arc(j, c.slot)])] -= p_.demand[j];
        }
        scale_ = sum > 0 ? static_cast<double>(p_.destinations) / sum : 0;
    }

    // Grades of regret, about logarithmic, so that every source can be cut at a threshold without sorting.
    [[nodiscard]] std::size_t grade(float regret) const {
        const double x = static_cast<double>(regret) * scale_;
        return x < 1 ? static_cast<std::size_t>(x * (grades / 2)) : std::min<std::size_t>(grades - 1, grades / 2 + static_cast<std::size_t>(x * 8));
    }

    void evict() {
        std::vector<std::size_t> row(p_.sources, 0);
        std::vector<double> excess;
        for (std::size_t i = 0; i < p_.sources; ++i)
            if (room_[i] < 0) {
                excess.push_back(-room_[i]);
                row[i] = excess.size();
            }
        if (excess.empty()) return;
        std::vector<double> amount(excess.size() * grades, 0.0);
        const auto source_of = [&](std::size_t j) { return static_cast<std::size_t>(p_.ids[tree_.arc(j, tree_.slots()[j])]); };
        for (std::size_t j = 0; j < p_.destinations; ++j)
            if (tree_.slots()[j] >= 0)
                if (const std::size_t r = row[source_of(j)]; r > 0) amount[(r - 1) * grades + grade(regret_[j])] += p_.demand[j];
        std::vector<std::size_t> threshold(excess.size());
        for (std::size_t r = 0; r < excess.size(); ++r) {
            double sum = 0;
            std::size_t g = 0;
            while (g + 1 < grades && sum + amount[r * grades + g] < excess[r]) sum += amount[r * grades + g++];
            threshold[r] = g;
        }
        for (std::size_t j = 0; j < p_.destinations; ++j) {
            if (tree_.slots()[j] < 0) continue;
            const std::size_t i = source_of(j);
            if (row[i] == 0) continue;
            const std::size_t g = grade(regret_[j]);
            const std::size_t t = threshold[row[i] - 1];
            if (g > t || (g == t && room_[i] >= 0)) continue;
            room_[i] += p_.demand[j];
            tree_.slots()[j] = WarehouseTree<Bounded>::from_root;
            evicted_.push_back({regret_[j], static_cast<std::uint32_t>(j)});
        }
        // Rounding of the thresholds: whoever is left too many goes as well.
        for (std::size_t j = 0; j < p_.destinations; ++j) {
            if (tree_.slots()[j] < 0) continue;
            const std::size_t i = source_of(j);
            if (room_[i] >= 0) continue;
            room_[i] += p_.demand[j];
            tree_.slots()[j] = WarehouseTree<Bounded>::from_root;
            evicted_.push_back({regret_[j], static_cast<std::uint32_t>(j)});
        }
    }

    void place_whole(std::size_t j) {
        double best = p_.shortage_prices != nullptr ? p_.shortage_prices[j] : std::numeric_limits<double>::infinity();
        std::int32_t slot = -1;
        for (auto e = p_.offsets[j]; e < p_.offsets[j + 1]; ++e) {
            const double value = p_.costs[e] - price_[static_cast<std::size_t>(p_.ids[e])];
            if (value < best && room_[static_cast<std::size_t>(p_.ids[e])] >= p_.demand[j]) {
                best = value;
                slot = static_cast<std::int32_t>(e - p_.offsets[j]);
            }
        }
        if (slot < 0) return;
        tree_.slots()[j] = slot;
        room_[static_cast<std::size_t>(p_.ids[tree_.arc(j, slot)])] -= p_.demand[j];
    }

    // With capacities: cheapest arcs first, filled to the brim, the last one basic.
    void place_split(std::size_t j) {
        order_.clear();
        for (auto e = p_.offsets[j]; e < p_.offsets[j + 1]; ++e)
            if (p_.costs[e] < std::numeric_limits<double>::infinity()) order_.push_back(static_cast<std::int32_t>(e - p_.offsets[j]));
        const auto value = [&](std::int32_t slot) {
            const std::size_t e = tree_.arc(j, slot);
            return p_.costs[e] - price_[static_cast<std::size_t>(p_.ids[e])];
        };
        std::sort(order_.begin(), order_.end(), [&](std::int32_t a, std::int32_t b) {
            return value(a) != value(b) ? value(a) < value(b) : a < b;
        });
        double& rest = tree_.flows()[j];
        for (const std::int32_t slot : order_) {
            const std::size_t e = tree_.arc(j, slot);
            double& room = room_[static_cast<std::size_t>(p_.ids[e])];
            if (p_.shortage_prices != nullptr && p_.shortage_prices[j] < value(slot)) return;
            if (rest <= p_.capacities[e]) {
                if (rest > room) continue;
                room -= rest;
                tree_.slots()[j] = slot;
                return;
            }
            if (p_.capacities[e] > room) continue;
            room -= p_.capacities[e];
            rest -= p_.capacities[e];
            tree_.full()[e] = 1;
        }
    }

    static constexpr std::size_t grades = 256;
    const WarehouseProblem& p_;
    const std::vector<double>& price_;
    WarehouseTree<Bounded>& tree_;
    std::vector<double> room_;
    std::vector<float> regret_;
    std::vector<Evicted> evicted_;
    std::vector<std::int32_t> order_;
    double scale_ = 0;
};

}  // namespace meio::transport::detail
