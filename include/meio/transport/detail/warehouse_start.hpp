// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/detail/warehouse_prices.hpp>
#include <meio/transport/detail/warehouse_scan.hpp>
#include <meio/transport/detail/warehouse_tree.hpp>

namespace meio::transport::detail {

/// The first tree, at given prices of the sources.
///
/// Every destination hangs below its cheapest source. Then priced sources, dearest first, are filled exactly: destinations
/// that cost least to move come in or go, the last one in part, and the source hangs below it. So the tree has about the
/// prices it was made from. What is left over at the sources that stay below the root goes where there is room, or hangs
/// below the root itself.
template <bool Bounded>
class Placement {
public:
    using Tree = WarehouseTree<Bounded>;

    Placement(const WarehouseProblem& problem, const std::vector<double>& price, Tree& tree)
        : p_(problem), price_(price), tree_(tree), room_(problem.supply, problem.supply + problem.sources) {}

    /// From choices and margins of `PriceNewton`; `window` is how large a margin counts as small.
    void run(const std::vector<std::int32_t>& choice, const std::vector<float>& margin, double window) {
        static_assert(!Bounded);
        hang_choices(choice);
        gather(margin, window);
        fill_priced_sources();
        evict(margin);
        if (overrun()) {
            // Nothing but shared destinations left to evict: start over without sharing.
            room_.assign(p_.supply, p_.supply + p_.sources);
            hung_.assign(p_.sources, 0);
            shared_.assign(p_.destinations, 0);
            hang_choices(choice);
            evict(margin);
        }
        hang_rest();
    }

    /// Nothing shipped.
    void run_empty() {
        hung_.assign(p_.sources, 0);
        for (std::size_t j = 0; j < p_.destinations; ++j) hang_unserved(j);
        hang_rest();
    }

    /// With capacities: each destination in turn, cheapest arcs first, filled to the brim, the last one basic.
    void run_split() {
        static_assert(Bounded);
        hung_.assign(p_.sources, 0);
        for (std::size_t j = 0; j < p_.destinations; ++j)
            if (hang_unserved(j)) place_split(j);
        hang_rest();
    }

private:
    struct Near {
        float gap;
        std::int32_t destination;
        std::int32_t first, second;  // sources
    };

    struct Evicted {
        float margin;
        std::int32_t destination;
    };

    [[nodiscard]] std::size_t source(std::size_t j) const { return static_cast<std::size_t>(p_.ids[tree_.arc(j, tree_.slots()[j])]); }

    [[nodiscard]] bool overrun() const {
        return std::any_of(room_.begin(), room_.end(), [](double room) { return room < 0; });
    }

    // Destinations without demand take no part, unless they may receive more.
    bool hang_unserved(std::size_t j) {
        tree_.flows()[j] = p_.demand[j];
        tree_.slots()[j] = Tree::from_root;
        if (p_.demand[j] > 0) return true;
        tree_.slots()[j] = p_.demand_at_least ? Tree::to_root : Tree::absent;
        return false;
    }

    void hang_choices(const std::vector<std::int32_t>& choice) {
        shared_.assign(p_.destinations, 0);
        hung_.assign(p_.sources, 0);
        for (std::size_t j = 0; j < p_.destinations; ++j) {
            if (!hang_unserved(j) || choice[j] < 0) continue;
            tree_.slots()[j] = choice[j];
            room_[source(j)] -= p_.demand[j];
        }
    }

    // A margin that about a hundred destinations a source do not exceed, from a sample.
    [[nodiscard]] float enough(const std::vector<float>& margin) const {
        const std::size_t stride = margin.size() / 4096 + 1;
        std::vector<float> sample;
        for (std::size_t j = 0; j < margin.size(); j += stride) sample.push_back(margin[j]);
        const std::size_t rank = 100 * p_.sources / stride;
        if (rank >= sample.size()) return std::numeric_limits<float>::infinity();
        std::nth_element(sample.begin(), sample.begin() + static_cast<std::ptrdiff_t>(rank), sample.end());
        return sample[rank];
    }

    // Lists, by source, the destinations that its two cheapest sources would both do for, smallest difference first.
    void gather(const std::vector<float>& margin, double window) {
        const auto limit = std::min(static_cast<float>(window), enough(margin));
        std::vector<Near> near;
        for (std::size_t j = 0; j < p_.destinations; ++j) {
            if (!(margin[j] < limit) || tree_.slots()[j] < 0) continue;
            const Choice c = two_least(p_, j, price_.data());
            if (!(static_cast<float>(c.second - c.best) < limit)) continue;
            const std::size_t i = source(j);
            std::int64_t e = p_.offsets[j];
            while (p_.costs[e] - price_[static_cast<std::size_t>(p_.ids[e])] != c.second || static_cast<std::size_t>(p_.ids[e]) == i)
                if (++e == p_.offsets[j + 1]) break;
            if (e == p_.offsets[j + 1]) continue;
            near.push_back({static_cast<float>(c.second - c.best), static_cast<std::int32_t>(j), static_cast<std::int32_t>(i), p_.ids[e]});
        }
        std::sort(near.begin(), near.end(), [](const Near& a, const Near& b) {
            return a.gap != b.gap ? a.gap < b.gap : a.destination < b.destination;
        });
        first_.assign(p_.sources + 1, 0);
        for (const Near& x : near) {
            ++first_[static_cast<std::size_t>(x.first) + 1];
            ++first_[static_cast<std::size_t>(x.second) + 1];
        }
        for (std::size_t i = 0; i < p_.sources; ++i) first_[i + 1] += first_[i];
        std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
        near_.resize(2 * near.size());
        for (const Near& x : near)
            for (const std::int32_t i : {x.first, x.second}) near_[next[static_cast<std::size_t>(i)]++] = x;
    }

    void fill_priced_sources() {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < p_.sources; ++i)
            if (price_[i] < 0 || p_.supply_exact) order.push_back(i);
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return price_[a] != price_[b] ? price_[a] < price_[b] : a < b;
        });
        for (const std::size_t i : order)
            for (std::size_t s = first_[i]; s < first_[i + 1] && hung_[i] == 0; ++s) exchange(i, near_[s]);
    }

    // Moves a destination, or part of it, between source i and a source still below the root, if that brings i nearer to
    // being filled exactly.
    void exchange(std::size_t i, const Near& x) {
        const auto j = static_cast<std::size_t>(x.destination);
        const auto other = static_cast<std::size_t>(static_cast<std::size_t>(x.first) == i ? x.second : x.first);
        if (hung_[other] != 0 || shared_[j] != 0) return;
        const bool here = source(j) == i;
        const double want = p_.demand[j];
        if (here ? room_[i] >= 0 : room_[i] < 0) return;
        const std::size_t to = here ? other : i;
        const std::int32_t slot_here = slot_of(j, i);
        const double amount = here ? -room_[i] : room_[i];  // to move across
        if (want <= amount) {
            tree_.slots()[j] = slot_of(j, to);
            room_[i] += here ? want : -want;
            room_[other] += here ? -want : want;
            return;
        }
        // The part that goes on coming from i keeps i below the destination.
        tree_.slots()[j] = slot_of(j, other);
        tree_.flows()[j] = here ? amount : want - amount;
        room_[other] += here ? -amount : amount;
        room_[i] = 0;
        auto& s = tree_.sources()[i];
        s = typename Tree::Source{here ? want - amount : amount, 0.0, x.destination, slot_here, 0};
        s.step = tree_.source_step(i);
        hung_[i] = 1;
        shared_[j] = 1;
    }

    [[nodiscard]] std::int32_t slot_of(std::size_t j, std::size_t i) const {
        std::int64_t e = p_.offsets[j];
        while (static_cast<std::size_t>(p_.ids[e]) != i) ++e;
        return static_cast<std::int32_t>(e - p_.offsets[j]);
    }

    // From sources that are overrun, the destinations that lose least go where there is room, or below the root.
    void evict(const std::vector<float>& margin) {
        if (!overrun()) return;
        std::vector<Evicted> leaving;
        for (std::size_t j = 0; j < p_.destinations; ++j)
            if (tree_.slots()[j] >= 0 && shared_[j] == 0 && room_[source(j)] < 0)
                leaving.push_back({margin[j], static_cast<std::int32_t>(j)});
        std::sort(leaving.begin(), leaving.end(), [](const Evicted& a, const Evicted& b) {
            return a.margin != b.margin ? a.margin < b.margin : a.destination < b.destination;
        });
        std::vector<std::size_t> homeless;
        for (const Evicted& x : leaving) {
            const auto j = static_cast<std::size_t>(x.destination);
            const std::size_t i = source(j);
            if (room_[i] >= 0) continue;
            room_[i] += p_.demand[j];
            tree_.slots()[j] = Tree::from_root;
            homeless.push_back(j);
        }
        for (std::size_t k = homeless.size(); k-- > 0;) place_whole(homeless[k]);
    }

    void place_whole(std::size_t j) {
        double best = tree_.shortage_price(j);
        std::int32_t slot = -1;
        for (auto e = p_.offsets[j]; e < p_.offsets[j + 1]; ++e) {
            const auto i = static_cast<std::size_t>(p_.ids[e]);
            const double value = p_.costs[e] - price_[i];
            if (value < best && hung_[i] == 0 && room_[i] >= p_.demand[j]) {
                best = value;
                slot = static_cast<std::int32_t>(e - p_.offsets[j]);
            }
        }
        if (slot < 0) return;
        tree_.slots()[j] = slot;
        room_[source(j)] -= p_.demand[j];
    }

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

    void hang_rest() {
        for (std::size_t i = 0; i < p_.sources; ++i)
            if (hung_[i] == 0) tree_.hang_source(i, room_[i], Tree::to_root);
    }

    const WarehouseProblem& p_;
    const std::vector<double>& price_;
    Tree& tree_;
    std::vector<double> room_;
    std::vector<std::uint8_t> hung_;    // sources no longer below the root
    std::vector<std::uint8_t> shared_;  // destinations served by two sources
    std::vector<Near> near_;
    std::vector<std::size_t> first_;
    std::vector<std::int32_t> order_;
};

}  // namespace meio::transport::detail
