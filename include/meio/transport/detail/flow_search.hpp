// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/transport/detail/flow_simplex.hpp>

// The search of the network simplex: pricing, pivots, and what the end of them means.
namespace meio::transport::detail {

// Computes all prices from the tree, in the way that fits the state of the search.
inline void FlowSimplex::reprice() {
    tree_.potentials(money_, artificial_);
    if (routed_ && !uniform_) {
        // An arc to the root counts as well, and the root's part is 0.
        const auto last = artificial_.end() - (arcs_.size() == real_arcs_ ? 1 : 0);
        uniform_ = std::adjacent_find(artificial_.begin(), last, std::not_equal_to<>()) == last;
        if (uniform_) lexicographic_ = false;
    }
    for (std::size_t x = 0; x < price_.size(); ++x) price_[x] = money_[x] + (uniform_ ? 0.0 : weight_ * artificial_[x]);
    checked_ = pivots_;
    work_ += static_cast<std::int64_t>(2 * in_.nodes);
}

// What is left on artificial arcs is rounding: forget it, and let none of them carry anything again.
inline void FlowSimplex::drop_artificials() {
    for (std::int32_t x = 0; x < tree_.root(); ++x) {
        FlowTree::Node& node = tree_.at(x);
        if (tree_.arc(x) >= 0) continue;
        tree_.set_arc(x, FlowTree::artificial_up);
        node.to_parent = std::numeric_limits<double>::infinity();
        node.from_parent = 0;
    }
    routed_ = true;
}

// Enters the arc where the cost of its cycle is negative beyond rounding. A cycle that nothing limits becomes the ray.
inline bool FlowSimplex::enter(std::int32_t entering) {
    const std::size_t a = index(entering);
    const Arc& arc = arcs_[a];
    const bool forward = side_[a] > 0;
    const std::int32_t tail = forward ? arc.from : arc.to;
    const std::int32_t head = forward ? arc.to : arc.from;
    const double cost = forward ? arc.cost : -arc.cost;
    const FlowCost cycle = tree_.walk(tail, head, cost);
    climbed_ += static_cast<std::int64_t>(tree_.cycle_length());
    work_ += static_cast<std::int64_t>(tree_.cycle_length());
    if (cycle.artificial > 0 || (cycle.artificial == 0 && money_ignored_)) return false;
    if (cycle.artificial == 0 && !(cycle.money < (settings_.exact ? 0.0 : -rounding_share * cycle.size))) return false;
    const FlowTree::Pivot done = tree_.pivot(entering, tail, head, cost, range(a), [this](std::int32_t tree_arc, std::int32_t x) {
        return upward(tree_arc, x);
    });
    if (done.amount == std::numeric_limits<double>::infinity()) {
        ray_ = tree_.cycle_arcs(entering);
        return false;
    }
    ++pivots_;
    if (done.flipped) {
        side_[a] = static_cast<std::int8_t>(-side_[a]);
        return true;
    }
    side_[a] = 0;
    if (done.leaving >= 0 && range(index(done.leaving)) > 0)
        side_[index(done.leaving)] = done.leaves_at_upper ? -1 : 1;
    // The arc that hangs the subtree is not artificial, and those within it are not either: all of it changes by the same.
    const std::size_t top = index(done.moved);
    const std::size_t above = index(tree_.parent(done.moved));
    const double step = tree_.at(done.moved).step;
    if (lexicographic_) {
        const double money = money_[above] + step - money_[top];
        const int count = artificial_[above] - artificial_[top];
        tree_.each_below(done.moved, [&](std::int32_t x) {
            money_[index(x)] += money;
            artificial_[index(x)] = static_cast<std::int8_t>(artificial_[index(x)] + count);
        });
        return true;
    }
    // Only differences of prices count: where the subtree is more than half of the tree, the rest changes instead.
    const double change = price_[above] + step - price_[top];
    work_ += std::min(tree_.at(done.moved).size, tree_.root() - tree_.at(done.moved).size);
    double* const price = price_.data();
    if (2 * tree_.at(done.moved).size > tree_.root() && std::abs(price_.back() - change) < most_drift_)
        tree_.each_other(done.moved, [=](std::int32_t x) { price[index(x)] -= change; });
    else
        tree_.each_below(done.moved, [=](std::int32_t x) { price[index(x)] += change; });
    return true;
}

// Tries all arcs, best first, once each: rounding may have made the best one attractive. False: none can enter.
inline bool FlowSimplex::enter_any() {
    constexpr std::size_t most = 4096;   // sorted in one go
    reprice();
    using Entry = std::pair<double, std::int32_t>;
    Entry last{-std::numeric_limits<double>::infinity(), -1};
    for (std::vector<Entry> best;; best.clear()) {
        for (std::size_t a = 0; a < arcs_.size(); ++a) {
            if (a % most == 0 && stops_after(most)) return false;
            const double key = lexicographic_ ? price<true>(a) : price<false>(a);
            if (!attractive(a, key) || !(last < Entry(key, static_cast<std::int32_t>(a)))) continue;
            best.emplace_back(key, static_cast<std::int32_t>(a));
            if (best.size() < 2 * most) continue;
            std::nth_element(best.begin(), best.begin() + most, best.end());
            best.resize(most);
        }
        std::sort(best.begin(), best.end());
        for (const Entry& candidate : best) {
            if (enter(candidate.second)) return true;
            if (!ray_.empty()) return false;
        }
        if (best.size() < most) return false;
        last = best.back();
    }
}

// Finds an arc worth entering: the best one left of the last scan while it is nearly as good as what that scan found, else
// the best of the next block of arcs that holds any. -1: there is none.
template <bool lexicographic>
std::int32_t FlowSimplex::find_candidate() {
    std::size_t kept = 0;
    std::size_t best = 0;
    for (std::size_t s = 0; s < list_size_; ++s) {
        const std::int32_t a = list_[s].arc;
        const double key = price<lexicographic>(index(a));
        if (!(key < 0)) continue;
        list_[kept] = {key, a};
        if (key < list_[best].key) best = kept;
        ++kept;
    }
    list_size_ = kept;
    if (kept > 0 && list_[best].key <= enough_ && attractive(index(list_[best].arc), list_[best].key)) {
        const std::int32_t found = list_[best].arc;
        list_[best] = list_[--list_size_];
        return found;
    }
    const std::size_t arcs = arcs_.size();
    std::size_t looked = 0;   // chunks
    double worst = 0;   // what an arc has to beat to be listed
    list_size_ = 0;
    do {
        const std::size_t begin = next_chunk_ * chunk_;
        const std::size_t end = std::min(begin + chunk_, arcs);
        next_chunk_ += stride_;
        if (next_chunk_ >= chunks_) next_chunk_ -= chunks_;
        fetch(next_chunk_ * chunk_);
        for (std::size_t a = begin; a < end; ++a) {
            const double key = price<lexicographic>(a);
            if (!(key < worst) || !attractive(a, key)) continue;
            // Insertion into a short list with the best at the end.
            std::size_t s = 0;
            if (list_size_ < list_.size()) {
                for (s = list_size_++; s > 0 && list_[s - 1].key <= key; --s) list_[s] = list_[s - 1];
            } else {
                for (; s + 1 < list_size_ && list_[s + 1].key > key; ++s) list_[s] = list_[s + 1];
            }
            list_[s] = {key, static_cast<std::int32_t>(a)};
            if (list_size_ == list_.size()) worst = list_[0].key;
        }
        ++looked;
        if (looked % block_ == 0 && stops_after(block_ * chunk_)) return -1;
    } while (looked < chunks_ && (list_size_ == 0 || looked % block_ != 0));
    if (list_size_ == 0) return -1;
    --list_size_;
    enough_ = 0.4 * list_[list_size_].key;
    return list_[list_size_].arc;
}

// Brings in the cheapest arc of each node that wants units, before any search.
inline void FlowSimplex::enter_cheapest() {
    std::vector<std::int32_t> cheapest(in_.nodes, -1);
    const bool stop = for_arcs_until_stop([&](std::size_t a) {
        const std::size_t v = index(arcs_[a].to);
        if (tree_.arc(arcs_[a].to) != FlowTree::artificial_down || side_[a] <= 0) return;
        if (cheapest[v] < 0 || arcs_[a].cost < arcs_[index(cheapest[v])].cost) cheapest[v] = static_cast<std::int32_t>(a);
    });
    if (stop) return;
    for (const std::int32_t a : cheapest) {
        if (a >= 0 && side_[index(a)] > 0 && price<false>(index(a)) < 0 && ray_.empty()) (void)enter(a);
        if (stops_after(1)) break;
    }
    ray_.clear();
}

inline core::Status FlowSimplex::run(std::int64_t max_pivots) {
    set_up();
    const core::Status status = stopped_ ? *stopped_ : search(max_pivots);
    if (!stopped_) return status;
    ray_.clear();
    return *stopped_;
}

inline core::Status FlowSimplex::search(std::int64_t max_pivots) {
    const std::int64_t endless = 1000000 + 300 * static_cast<std::int64_t>(in_.nodes + arcs_.size());
    const auto check_every = static_cast<std::int64_t>(in_.nodes + 64);
    reprice();
    if (max_pivots == 0 || max_pivots > static_cast<std::int64_t>(in_.nodes)) enter_cheapest();
    const bool warm = start_ != nullptr && !start_->empty();
    const auto patience = static_cast<std::int64_t>(in_.nodes / 8 + 256);
    while (!stops_after(1)) {
        if (work_ >= next_sweep_) {
            if (!walks_) walks_.emplace(in_, settings_.lifted);
            const bool more = walks_->sweep();
            next_sweep_ = more ? work_ + static_cast<std::int64_t>(64 * real_arcs_) : std::numeric_limits<std::int64_t>::max();
        }
        if (max_pivots > 0 && pivots_ >= max_pivots) return core::Status::iteration_limit;
        if (pivots_ > endless) return core::Status::stalled;
        if (!uniform_ && pivots_ - checked_ >= check_every) {
            if (!routed_ && tree_.unrouted() <= settings_.rounding) drop_artificials();
            if (routed_ && money_ignored_) break;
            reprice();
        }
        if (pivots_ >= next_look_) {
            // Where paths are as long as on a grid, arcs that are numbered in a row are near each other; pivots that follow
            // each other near by move far fewer nodes.
            next_look_ += 250;
            if (chunk_ < 1024 && climbed_ > 40 * pivots_) part(1024);
            // Where cycles are short and prices miss the cache, a pivot costs less than half a scan.
            const double scan = arcs_.size() > (1U << 18) && climbed_ < 12 * pivots_ ? 2 : 4;
            if (scan != scan_) {
                scan_ = scan;
                part(chunk_);
            }
            // On grids pivots on the deep tree of an earlier optimum cost several times those from nothing, whose tree stays
            // shallow: where more than a few are needed, the problem has changed too much.
            const double length = static_cast<double>(climbed_) / static_cast<double>(pivots_);
            gave_up_ = warm && pivots_ > patience && length > 40 && length > 2.4 * std::sqrt(static_cast<double>(in_.nodes));
            if (gave_up_) return core::Status::stalled;
        }
        const std::int32_t arc = lexicographic_ ? find_candidate<true>() : find_candidate<false>();
        if (arc >= 0) {
            if (enter(arc) || (ray_.empty() && enter_any())) continue;
            if (!ray_.empty()) {
                if (tree_.unrouted() <= settings_.tolerance) return core::Status::unbounded;
                // Is anything feasible? If so, that ray proves the rest.
                proven_ray_ = std::move(ray_);
                ray_.clear();
                money_ignored_ = lexicographic_ = true;
                reprice();
                continue;
            }
        }
        if (stopped_) break;
        if (!settings_.exact && pivots_ != checked_) {   // prices have been carried along: compute them anew before believing
            reprice();
            continue;
        }
        if (!routed_) {
            const double left = tree_.unrouted();
            if (left > settings_.tolerance) return core::Status::infeasible;
            drop_artificials();
            reprice();
            continue;
        }
        if (money_ignored_) break;
        if (uniform_ || lexicographic_) return core::Status::optimal;
        lexicographic_ = true;
        reprice();
    }
    ray_ = std::move(proven_ray_);
    return core::Status::unbounded;
}

}  // namespace meio::transport::detail
