// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/detail/warehouse_start.hpp>
#include <meio/transport/detail/warehouse_tree.hpp>

namespace meio::transport::detail {

/// Primal network simplex for few sources and very many destinations.
///
/// Destinations are priced in sweeps. Each keeps how far prices may drift before one of its arcs can improve, so that
/// later sweeps skip nearly all of them (the bound Hamerly, 2010, uses in clustering).
template <bool Bounded>
class WarehouseSimplex {
public:
    using Tree = WarehouseTree<Bounded>;
    using Entering = typename Tree::Entering;

    struct Settings {
        double largest = 0;          ///< |finite cost| and price
        bool integral = false;       ///< costs and prices are whole numbers
        double tolerance = 0;        ///< amount left unserved that counts as rounding
        std::int64_t max_pivots = 0;
    };

    WarehouseSimplex(const WarehouseProblem& problem, const Settings& settings)
        : p_(problem), settings_(settings), tree_(problem), best_(problem.sources + root_places),
          wake_(problem.destinations, -std::numeric_limits<float>::infinity()) {
        set_scale(settings.largest, settings.integral);
        const auto arcs = static_cast<std::size_t>(p_.offsets[p_.destinations]);
        batch_ = std::clamp<std::size_t>(batch * p_.destinations / std::max<std::size_t>(1, arcs), 100, 10000);
    }

    /// Tells the largest cost or price anew, where more arcs have been opened.
    void set_scale(double largest, bool integral) {
        settings_.largest = largest;
        settings_.integral = integral;
        exact_weight_ = (2 * static_cast<double>(p_.sources) + 6) * largest + 1;
        tree_.set_weight(std::min(exact_weight_, first_weight * largest + 1));
    }

    [[nodiscard]] Tree& tree() noexcept { return tree_; }
    [[nodiscard]] std::vector<double>& price() noexcept { return price_; }
    [[nodiscard]] std::int64_t pivots() const noexcept { return pivots_; }

    /// Tells by how much each destination's choice beats its next best at given prices of the sources, so that the first
    /// sweep need not look at those that are safe. Only where demand is `exactly`.
    void set_margins(std::vector<float>&& margin, const std::vector<double>& price, const std::vector<std::int32_t>& choice) {
        double largest = settings_.largest;
        for (const double x : price) largest = std::max(largest, settings_.largest - x);
        if (p_.demand_at_least || !(largest < tree_.weight())) return;
        tree_.prices(price_);
        double rise = 0;
        double fall = 0;
        for (std::size_t i = 0; i < p_.sources; ++i) {
            rise = std::max(rise, price_[i] - price[i]);
            fall = std::max(fall, price[i] - price_[i]);
        }
        const auto moved = static_cast<float>((rise + fall) * (1 + 0x1p-20));
        wake_ = std::move(margin);
        for (std::size_t j = 0; j < p_.destinations; ++j)
            wake_[j] = tree_.slots()[j] == choice[j] && choice[j] >= 0 ? wake_[j] - moved : -std::numeric_limits<float>::infinity();
        seeded_ = true;
    }

    /// Runs from the tree as it stands to optimality, infeasibility (least unserved amount at least cost) or a stop.
    core::Status run(const core::Context& context) {
        const std::int64_t guard = 20000 + 2000 * static_cast<std::int64_t>(p_.sources + p_.destinations);
        limit_ = settings_.max_pivots > 0 ? std::min(settings_.max_pivots, guard) : guard;
        restart();
        std::size_t next = 0;
        std::size_t idle = 0;  // destinations passed since the last pivot
        while (true) {
            if (const auto reason = context.stop_reason()) return *reason;
            if (pivots_ >= limit_) return limit_ == guard ? core::Status::stalled : core::Status::iteration_limit;
            std::size_t passed = 0;
            sweep(next, passed);
            idle += passed;
            if (pivot_candidates()) {
                idle = 0;
                refresh();
                continue;
            }
            if (idle < p_.destinations) continue;
            if (tree_.artificial_flow() <= settings_.tolerance) return core::Status::optimal;
            if (tree_.weight() >= exact_weight_) return core::Status::infeasible;
            tree_.set_weight(std::min(exact_weight_, 8 * tree_.weight()));
            restart();
            idle = 0;
        }
    }

private:
    static constexpr std::size_t root_places = 64;
    static constexpr double first_weight = 4;     // of unserved demand, in largest costs; raised where it proves too little
    static constexpr double share = 0.2;          // of what its price promised that a pivot must hold
    static constexpr std::size_t batch = 20000;   // arcs looked at between two rounds of pivots

    struct Candidate {
        double score = 0;
        Entering arc;
    };

    // Prices from scratch; every destination must be looked at again.
    void restart() {
        tree_.prices(price_);
        drift_ = 0;
        if (!std::exchange(seeded_, false)) std::fill(wake_.begin(), wake_.end(), -std::numeric_limits<float>::infinity());
        set_tolerance();
    }

    void set_tolerance() {
        double largest = settings_.largest;
        for (const double x : price_) largest = std::max(largest, std::abs(x));
        tolerance_ = settings_.integral ? 0.5 : 0x1p-46 * largest;
    }

    void refresh() {
        before_ = price_;
        tree_.prices(price_);
        double rise = 0;
        double fall = 0;
        for (std::size_t i = 0; i < p_.sources; ++i) {
            rise = std::max(rise, price_[i] - before_[i]);
            fall = std::max(fall, before_[i] - price_[i]);
        }
        drift_ += rise + fall;
        if (!settings_.integral) set_tolerance();
    }

    // Arcs between a destination and the root compete within groups of destinations.
    [[nodiscard]] std::size_t root_place(std::size_t j) const { return p_.sources + j % root_places; }

    void offer(std::size_t place, double score, const Entering& arc) {
        if (score < best_[place].score) best_[place] = {score, arc};
    }

    // Looks at the next destinations that may have something to offer, about `batch` of them, at most one round.
    void sweep(std::size_t& next, std::size_t& passed) {
        for (Candidate& c : best_) c.score = -tolerance_;
        root_candidates();
        const auto drift = static_cast<float>(drift_ * (1 + 0x1p-20));
        const std::size_t n = p_.destinations;
        std::size_t looked = 0;
        while (looked < batch_ && passed < n) {
            const std::size_t end = std::min(n, next + (n - passed));
            std::size_t j = next;
            for (; j < end && looked < batch_; ++j) {
                if (drift < wake_[j]) continue;
                ++looked;
                look(j);
            }
            passed += j - next;
            next = j == n ? 0 : j;
        }
    }

    void root_candidates() {
        for (std::size_t i = 0; i < p_.sources; ++i) {
            const auto x = static_cast<std::int32_t>(i);
            const double unused = p_.supply_exact ? tree_.weight() : 0.0;
            if (unused - price_[i] < -tolerance_) offer(i, unused - price_[i], {x, tree_.root(), Tree::to_root, unused});
            if (p_.overflow_prices != nullptr && p_.overflow_prices[i] + price_[i] < -tolerance_)
                offer(i, p_.overflow_prices[i] + price_[i], {tree_.root(), x, Tree::from_root, p_.overflow_prices[i]});
        }
    }

    void look(std::size_t j) {
        if (tree_.slots()[j] == Tree::absent) {
            wake_[j] = std::numeric_limits<float>::infinity();
            return;
        }
        const double value = tree_.value(j, price_.data());
        double margin = std::numeric_limits<double>::infinity();
        if constexpr (Bounded) {
            margin = look_bounded(j, value);
        } else {
            const Choice c = two_least(p_, j, price_.data());
            if (c.best - value < -tolerance_) {
                const std::int32_t slot = locate(p_, j, price_.data(), c.best);
                const std::size_t e = tree_.arc(j, slot);
                offer(static_cast<std::size_t>(p_.ids[e]), c.best - value, {p_.ids[e], tree_.node_of(j), slot, p_.costs[e]});
                return;
            }
            // The basic arc is the best one, or as good as it.
            margin = (tree_.slots()[j] >= 0 ? c.second : c.best) - value;
        }
        if (p_.demand_at_least) {
            if (value < -tolerance_) offer(root_place(j), value, {tree_.node_of(j), tree_.root(), Tree::to_root, 0.0});
            margin = std::min(margin, value);
        }
        const double missing = tree_.root_cost(j, Tree::from_root);
        if (missing - value < -tolerance_)
            offer(root_place(j), missing - value, {tree_.root(), tree_.node_of(j), Tree::from_root, missing});
        margin = std::min(margin, missing - value);
        wake_[j] = static_cast<float>((drift_ + margin) * (1 - 0x1p-20));
    }

    double look_bounded(std::size_t j, double value) {
        double margin = std::numeric_limits<double>::infinity();
        const std::int64_t first = p_.offsets[j];
        for (std::int64_t e = first; e < p_.offsets[j + 1]; ++e) {
            const auto slot = static_cast<std::int32_t>(e - first);
            if (slot == tree_.slots()[j]) continue;
            const std::int32_t i = p_.ids[e];
            const bool full = tree_.full()[static_cast<std::size_t>(e)] != 0;
            const double reduced = p_.costs[e] - price_[static_cast<std::size_t>(i)] - value;
            const double score = full ? -reduced : reduced;
            margin = std::min(margin, score);
            if (score >= -tolerance_) continue;
            if (sources_above(j, i, slot)) continue;
            const std::int32_t x = tree_.node_of(j);
            const double capacity = p_.capacities[e];
            if (full)
                offer(static_cast<std::size_t>(i), score, {x, i, slot, -p_.costs[e], capacity, true});
            else
                offer(static_cast<std::size_t>(i), score, {i, x, slot, p_.costs[e], capacity, false});
        }
        return margin;
    }

    // Whether the arc is the basic one of a source that hangs below the destination.
    [[nodiscard]] bool sources_above(std::size_t j, std::int32_t i, std::int32_t slot) const {
        const auto& s = tree_.sources()[static_cast<std::size_t>(i)];
        return s.parent == static_cast<std::int32_t>(j) && s.slot == slot;
    }

    bool pivot_candidates() {
        chosen_.clear();
        for (const Candidate& c : best_)
            if (c.score < -tolerance_) chosen_.push_back(c);
        std::sort(chosen_.begin(), chosen_.end(), [](const Candidate& a, const Candidate& b) {
            return a.score != b.score ? a.score < b.score : a.arc.from < b.arc.from;
        });
        bool any = false;
        for (const Candidate& c : chosen_) {
            double size = 0;
            const double reduced = tree_.walk(c.arc, size);
            const double tolerance = settings_.integral ? 0.5 : 0x1p-50 * size;
            if (!(reduced < -tolerance) || reduced > share * c.score) continue;
            if (!tree_.pivot(c.arc, [&](std::size_t j) { wake_[j] = -std::numeric_limits<float>::infinity(); })) continue;
            wake_touched(c.arc);
            ++pivots_;
            any = true;
        }
        return any;
    }

    void wake_touched(const Entering& arc) {
        for (const std::int32_t x : {arc.from, arc.to})
            if (x > tree_.root()) wake_[tree_.destination_of(x)] = -std::numeric_limits<float>::infinity();
    }

    WarehouseProblem p_;
    Settings settings_;
    Tree tree_;
    std::vector<double> price_;
    std::vector<double> before_;
    std::vector<Candidate> best_;
    std::vector<Candidate> chosen_;
    std::vector<float> wake_;
    bool seeded_ = false;
    double drift_ = 0;
    double tolerance_ = 0;
    double exact_weight_ = 0;
    std::size_t batch_ = 0;
    std::int64_t limit_ = 0;
    std::int64_t pivots_ = 0;
};

}  // namespace meio::transport::detail
