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
#include <meio/transport/detail/candidate.hpp>
#include <meio/transport/detail/potentials.hpp>
#include <meio/transport/detail/problem.hpp>
#include <meio/transport/detail/shortlist.hpp>
#include <meio/transport/detail/tree.hpp>

namespace meio::transport::detail {

/// Primal network simplex on a dense cost matrix: star start, shortlists, several pivots a pricing round, exact reduced
/// costs from the cycle. Artificial arcs are counted, not priced: `weight_` only steers which arc is tried first.
class DenseSimplex {
public:
    explicit DenseSimplex(const Problem& problem)
        : problem_(problem), nodes_(problem.rows + problem.columns), tree_(nodes_), lists_(problem.rows),
          potential_(nodes_ + 1), count_(nodes_ + 1), price_(nodes_ + 1), tries_(nodes_ + 1) {}

    /// Runs to optimality, infeasibility (least unserved amount, then least cost), or a stop.
    core::Status run(const core::Context& context, std::int64_t max_pivots) {
        context_ = &context;
        // Strongly feasible trees end by themselves; the guard is for rounding only.
        const auto guard = static_cast<std::int64_t>(20000 + 2000 * nodes_);
        max_pivots_ = max_pivots > 0 ? std::min(max_pivots, guard) : guard;
        start();
        set_cap(0);
        while (true) {
            if (!improve() || !sweep()) {
                finish();
                return *stop_ == core::Status::iteration_limit && max_pivots_ == guard ? core::Status::stalled : *stop_;
            }
            if (swept_pivots_ > 0) continue;
            const bool last = cap_index_ + 1 == problem_.caps.size();
            const bool served = tree_.artificial_flow() <= problem_.tolerance;
            if (served) {
                finish();
                settle_potentials(problem_, count_, potential_);
                if (last || !dearer_arc_improves(problem_, potential_, cap_)) return core::Status::optimal;
            } else if (last) {
                finish();
                return core::Status::infeasible;
            }
            set_cap(cap_index_ + 1);
        }
    }

    [[nodiscard]] const Tree& tree() const noexcept { return tree_; }
    [[nodiscard]] const std::vector<double>& potentials() const noexcept { return potential_; }
    [[nodiscard]] std::int64_t pivots() const noexcept { return pivots_; }

private:
    [[nodiscard]] std::int32_t column_node(std::size_t j) const { return static_cast<std::int32_t>(problem_.rows + j); }

    void start() {
        for (std::size_t i = 0; i < problem_.rows; ++i)
            tree_.hang_from_root(static_cast<std::int32_t>(i), problem_.row_amounts[i], true,
                                 problem_.row_relation != Relation::at_most ? 1 : 0);
        for (std::size_t j = 0; j < problem_.columns; ++j) {
            const double amount = problem_.column_amounts[j];
            // Without flow the arc must lead to the root, or the tree would not be strongly feasible. To overfill a
            // column counts double, so that it never stands in for amounts that cannot be served.
            if (amount > 0)
                tree_.hang_from_root(column_node(j), amount, false, problem_.column_relation != Relation::at_most ? 1 : 0);
            else
                tree_.hang_from_root(column_node(j), 0.0, true, problem_.column_relation != Relation::at_least ? 2 : 0);
        }
    }

    void set_cap(std::size_t index) {
        cap_index_ = index;
        cap_ = problem_.caps[index];
        double largest = 0;
        const std::size_t cells = problem_.rows * problem_.columns;
        for (std::size_t e = 0; e < cells; ++e) {
            const double c = problem_.costs[e];
            const double size = c <= cap_ ? std::abs(c) : 0.0;
            largest = size > largest ? size : largest;
        }
        weight_ = 2 * largest + 1;
        heaviest_ = std::min(0x1p30 * weight_, 1e306);
        lists_.build(problem_, cap_);
        refresh();
    }

    void refresh() {
        tree_.potentials(potential_, count_);
        double largest = 0;
        for (std::size_t x = 0; x <= nodes_; ++x) {
            price_[x] = potential_[x] + weight_ * count_[x];
            largest = std::max(largest, std::abs(price_[x]));
        }
        tolerance_ = problem_.integral_costs ? 0.5 : 0x1p-48 * largest;
    }

    [[nodiscard]] bool stopped() {
        if (!stop_) stop_ = context_->stop_reason();
        if (!stop_ && pivots_ >= max_pivots_) stop_ = core::Status::iteration_limit;
        return stop_.has_value();
    }

    // Pivots if the arc truly improves and, `share` > 0, by at least that share of what its score promised.
    bool try_arc(const Candidate& arc, double share) {
        const LexCost reduced = tree_.walk(arc.from, arc.to, arc.cost, arc.own_artificial);
        const double tolerance = problem_.integral_costs ? 0.5 : 0x1p-50 * reduced.size;
        if (reduced.artificial > 0 || (reduced.artificial == 0 && !(reduced.money < -tolerance))) return false;
        if (share > 0 && reduced.money + weight_ * reduced.artificial > share * arc.score) return false;
        if (!tree_.pivot(arc.from, arc.to, arc.cost, arc.own_artificial)) return false;
        ++pivots_;
        return true;
    }

    void consider(std::int32_t from, std::int32_t to, double cost) {
        const double score = cost - price_[static_cast<std::size_t>(from)] + price_[static_cast<std::size_t>(to)];
        if (score < -tolerance_) candidates_.push_back({score, cost, from, to, 0, 0});
    }

    std::int64_t price_batch(std::size_t first, std::size_t last) {
        candidates_.clear();
        const double* column_prices = price_.data() + problem_.rows;
        for (std::size_t i = first; i < last; ++i) {
            double best = std::numeric_limits<double>::infinity();
            const Shortlist::Entry* arc = nullptr;
            for (const Shortlist::Entry& entry : lists_.row(i)) {
                const double value = entry.cost + column_prices[entry.column];
                if (value < best) {
                    best = value;
                    arc = &entry;
                }
            }
            const auto row = static_cast<std::int32_t>(i);
            if (arc != nullptr) consider(row, column_node(static_cast<std::size_t>(arc->column)), arc->cost);
            problem_.root_arcs(row, [&](std::int32_t from, std::int32_t to) { consider(from, to, 0.0); });
        }
        if (problem_.column_relation != Relation::exactly)
            for (std::size_t j = problem_.columns * first / problem_.rows; j < problem_.columns * last / problem_.rows; ++j)
                problem_.root_arcs(column_node(j), [&](std::int32_t from, std::int32_t to) { consider(from, to, 0.0); });
        std::sort(candidates_.begin(), candidates_.end());
        const std::int64_t before = pivots_;
        // A second arc into the same column is mostly spoilt by the first, unless columns are few.
        const std::size_t each = std::max<std::size_t>(1, (last - first) / (4 * std::max<std::size_t>(1, problem_.columns)));
        for (const Candidate& arc : candidates_) tries_[static_cast<std::size_t>(arc.to)] = 0;
        for (const Candidate& arc : candidates_) {
            std::size_t& tries = tries_[static_cast<std::size_t>(arc.to)];
            if (arc.to != tree_.root() && ++tries > each) continue;
            try_arc(arc, 0.3);
        }
        if (pivots_ > before) refresh();
        return pivots_ - before;
    }

    // Works on the lists, growing them from the matrix, until neither yields a pivot. False where stopped.
    bool improve() {
        const std::size_t batch = std::max<std::size_t>(8, problem_.rows / 16);
        std::size_t next = 0;
        while (true) {
            bool pivoted = false;
            for (std::size_t idle = 0; idle < problem_.rows;) {
                if (stopped()) return false;
                const std::size_t last = std::min(problem_.rows, next + batch);
                const bool progress = price_batch(next, last) > 0;
                pivoted = pivoted || progress;
                idle = progress ? 0 : idle + (last - next);
                next = last == problem_.rows ? 0 : last;
            }
            if (exhausted_ && !pivoted) return true;
            const auto added = grow_lists();
            if (!added) return false;
            // Arcs that price well but whose cycle does not improve would come back forever: let the sweep judge them.
            exhausted_ = true;
            if (*added == 0) return true;
        }
    }

    // Adds each row's worst violators to its list. Nothing where stopped.
    std::optional<std::size_t> grow_lists() {
        std::size_t added = 0;
        std::size_t since = 0;
        for (std::size_t i = 0; i < problem_.rows; ++i) {
            added += lists_.grow(problem_, i, price_.data() + problem_.rows, price_[i] - tolerance_, cap_);
            since += problem_.columns;
            if (since > 1000000) {
                since = 0;
                if (stopped()) return std::nullopt;
            }
        }
        return added;
    }

    // Judges every arc in exact lexicographic order and pivots on each row's best. False where stopped.
    bool sweep() {
        constexpr double tiny = 0x1p-50;
        exhausted_ = false;
        candidates_.clear();
        const std::size_t n = problem_.columns;
        const bool uniform = std::all_of(count_.begin(), count_.end() - 1, [&](std::int8_t k) { return k == count_[0]; });
        const double* column_potentials = potential_.data() + problem_.rows;
        std::size_t since = 0;
        const auto judge = [&](std::int32_t from, std::int32_t to, double cost, int own, Candidate& best) {
            const auto f = static_cast<std::size_t>(from);
            const auto t = static_cast<std::size_t>(to);
            const int artificial = own + count_[t] - count_[f];
            if (artificial > best.artificial) return;
            const double money = cost - potential_[f] + potential_[t];
            const double noise = problem_.integral_costs
                ? 0.5 : tiny * (std::abs(cost) + std::abs(potential_[f]) + std::abs(potential_[t]));
            if (artificial == 0 && !(money < -noise)) return;
            if (artificial < best.artificial || money < best.score) best = {money, cost, from, to, own, artificial};
        };
        for (std::size_t x = 0; x < nodes_; ++x) {
            Candidate best;
            const auto node = static_cast<std::int32_t>(x);
            problem_.root_arcs(node, [&](std::int32_t from, std::int32_t to) { judge(from, to, 0.0, 0, best); });
            // What cannot be served may still move to where it saves most, so artificial arcs may come back.
            const bool row = x < problem_.rows;
            if ((row ? problem_.row_relation : problem_.column_relation) != Relation::at_most)
                judge(row ? node : tree_.root(), row ? tree_.root() : node, 0.0, 1, best);
            if (row) {
                const double* c = problem_.costs + x * n;
                if (!uniform || least_sum(c, column_potentials, n) < potential_[x])
                    for (std::size_t j = 0; j < n; ++j)
                        if (c[j] <= cap_) judge(node, column_node(j), c[j], 0, best);
                since += n;
                if (since > 1000000) {
                    since = 0;
                    if (stopped()) return false;
                }
            }
            if (best.from >= 0) candidates_.push_back(best);
        }
        std::sort(candidates_.begin(), candidates_.end());
        const std::int64_t before = pivots_;
        for (const Candidate& arc : candidates_) {
            if (stopped()) return false;
            try_arc(arc, 0.0);
        }
        swept_pivots_ = pivots_ - before;
        if (swept_pivots_ > 0) {
            if (!uniform) weight_ = std::min(4 * weight_, heaviest_);
            refresh();
        }
        return true;
    }

    void finish() {
        std::vector<double> net(nodes_);
        for (std::size_t i = 0; i < problem_.rows; ++i) net[i] = problem_.row_amounts[i];
        for (std::size_t j = 0; j < problem_.columns; ++j) net[problem_.rows + j] = -problem_.column_amounts[j];
        tree_.recompute_flows(std::move(net));
        tree_.potentials(potential_, count_);
    }

    const Problem& problem_;
    std::size_t nodes_;
    Tree tree_;
    Shortlist lists_;
    std::vector<double> potential_;      ///< money part
    std::vector<std::int8_t> count_;     ///< artificial part
    std::vector<double> price_;          ///< money + weight_ * artificial: steers pricing, decides nothing
    std::vector<std::size_t> tries_;     ///< candidates of this round that lead into a node
    std::vector<Candidate> candidates_;
    const core::Context* context_ = nullptr;
    std::optional<core::Status> stop_;
    double weight_ = 1;
    double heaviest_ = 1;
    double tolerance_ = 0;
    double cap_ = 0;
    std::size_t cap_index_ = 0;
    std::int64_t pivots_ = 0;
    std::int64_t max_pivots_ = 0;
    std::int64_t swept_pivots_ = 0;
    bool exhausted_ = false;
};

}  // namespace meio::transport::detail
