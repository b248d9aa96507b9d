// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/detail/row_lists.hpp>
#include <meio/transport/detail/simd.hpp>
#include <meio/transport/detail/sided_tree.hpp>

namespace meio::transport::detail {

/// Primal network simplex where every source reaches every destination at a finite cost and there is enough supply.
///
/// Then one artificial cost above all others is exact: whatever is not served could be served from what is unused at
/// less. One side (supply) may leave amounts over, at the root, at no cost; the other side (demand) must not. Rows are
/// sources, or, `reversed`, destinations; columns without mass stay out of the tree. Star start, shortlists, several pivots a pricing round,
/// each on the exact reduced cost of its cycle; the matrix is read only to build lists and to prove optimality.
class CompleteSimplex {
public:
    CompleteSimplex(const double* costs, std::span<const double> row_amounts, std::span<const double> column_amounts,
                    bool reversed, std::vector<double> column_least, double largest_cost, bool integral)
        : costs_(costs), rows_(row_amounts.size()), columns_(column_amounts.size()), row_amounts_(row_amounts),
          column_amounts_(column_amounts), tree_(rows_, columns_), lists_(rows_), potential_(rows_ + columns_ + 1, 0.0),
          taken_(columns_, 0), due_(rows_, 6), least_(std::move(column_least)), largest_(largest_cost), reversed_(reversed),
          integral_(integral) {}

    /// `optimal` with `unserved` as small as it can be, or why it stopped.
    core::Status run(const core::Context& context, std::int64_t max_pivots) {
        context_ = &context;
        const auto guard = static_cast<std::int64_t>(20000 + 2000 * (rows_ + columns_));
        max_pivots_ = max_pivots > 0 ? std::min(max_pivots, guard) : guard;
        for (std::size_t j = 0; j < columns_; ++j) {
            if (column_amounts_[j] > 0) continue;
            potential_[rows_ + j] = std::numeric_limits<double>::infinity();
            least_[j] = -std::numeric_limits<double>::infinity();
        }
        lists_.build(costs_, columns_, least_);
        start();
        std::size_t idle = 0;
        while (!stopped()) {
            const std::size_t priced = gather();
            idle = enter(priced) ? 0 : idle + priced;
            if (idle < rows_) continue;
            idle = 0;
            const auto added = grow();
            if (!added || *added == 0) break;
        }
        finish();
        if (!stop_) return core::Status::optimal;
        return *stop_ == core::Status::iteration_limit && max_pivots_ == guard ? core::Status::stalled : *stop_;
    }

    [[nodiscard]] const SidedTree& tree() const noexcept { return tree_; }
    [[nodiscard]] const std::vector<double>& potentials() const noexcept { return potential_; }
    [[nodiscard]] std::int64_t pivots() const noexcept { return pivots_; }
    /// Demand that stays on artificial arcs.
    [[nodiscard]] double unserved() const { return tree_.flow_at_root(reversed_); }

private:
    struct Candidate {
        double score = 0;
        double cost = 0;
        std::int32_t from = -1;  // a row, or the root
        std::int32_t to = -1;    // a column, or the root
        bool operator<(const Candidate& other) const {
            return score != other.score ? score < other.score : from != other.from ? from < other.from : to < other.to;
        }
    };

    // A star, but that in small problems each row first ships to its first choice what it can. Of the two the one that is
    // used up, on ties the column, hangs below the other: arcs without flow lead up, so the tree is strongly feasible.
    void start() {
        constexpr std::size_t few_rows = 512;  // beyond, the deeper tree costs more than the pivots saved
        std::vector<double> left(row_amounts_.begin(), row_amounts_.end());
        left.insert(left.end(), column_amounts_.begin(), column_amounts_.end());
        std::vector<char> used(rows_ + columns_, 0);
        std::vector<std::int32_t> below;
        for (std::size_t i = 0; i < rows_ && rows_ <= few_rows; ++i) {
            double best = std::numeric_limits<double>::infinity();
            const RowLists::Entry* arc = nullptr;
            for (const RowLists::Entry& entry : lists_.row(i)) {
                const auto j = static_cast<std::size_t>(entry.column);
                if (!(left[rows_ + j] > 0) || !(entry.cost - least_[j] < best)) continue;
                best = entry.cost - least_[j];
                arc = &entry;
            }
            if (arc == nullptr || !(left[i] > 0)) continue;
            const std::size_t column = rows_ + static_cast<std::size_t>(arc->column);
            const bool row_closes = left[i] < left[column];
            const std::size_t child = row_closes ? i : column;
            const std::size_t parent = row_closes ? column : i;
            used[child] = 1;
            below.push_back(static_cast<std::int32_t>(child));
            tree_.hang(below.back(), static_cast<std::int32_t>(parent), left[child], row_closes ? arc->cost : -arc->cost);
            left[parent] -= left[child];
            left[child] = 0;
        }
        const double artificial = integral_ ? largest_ + 1 : 1.0625 * largest_ + 1e-300;
        std::vector<std::int32_t> nodes;
        for (std::size_t x = 0; x < rows_ + columns_; ++x) {
            if (used[x] != 0 || (x >= rows_ && !(left[x] > 0))) continue;
            nodes.push_back(static_cast<std::int32_t>(x));
            tree_.hang_from_root(nodes.back(), left[x], reversed_ == (x < rows_) ? (reversed_ ? artificial : -artificial) : 0.0);
        }
        nodes.insert(nodes.end(), below.rbegin(), below.rend());
        tree_.keep(nodes);
        refresh();
    }

    void refresh() {
        tree_.potentials(potential_.data());
        if (integral_) return;
        double steepest = largest_;
        for (const double p : potential_)
            if (std::abs(p) < std::numeric_limits<double>::infinity()) steepest = std::max(steepest, std::abs(p));
        tolerance_ = 0x1p-48 * steepest;
    }

    [[nodiscard]] bool stopped() {
        if (!stop_) stop_ = context_->stop_reason();
        if (!stop_ && pivots_ >= max_pivots_) stop_ = core::Status::iteration_limit;
        return stop_.has_value();
    }

    // Prices rows, a twelfth at a time, until there are enough candidates for a round; returns how many rows.
    std::size_t gather() {
        const std::size_t batch = std::max<std::size_t>(16, rows_ / 12);
        const std::size_t enough = std::max<std::size_t>(16, rows_ / 100);
        candidates_.clear();
        std::size_t priced = 0;
        while (priced < rows_ && candidates_.size() < enough) {
            const std::size_t last = std::min(rows_, next_ + batch);
            price(next_, last);
            priced += last - next_;
            next_ = last;
            if (next_ < rows_) continue;
            next_ = 0;
            ++pass_;
        }
        credit_ = std::min(credit_ + 0.02 * static_cast<double>(priced), static_cast<double>(rows_));
        return priced;
    }

    // Each row's best listed arc. Lists built before prices were known lack what is needed later, on geometric costs more
    // than anything: a row whose list has nothing to offer is read whole, as long as such readings pay.
    void price(std::size_t first, std::size_t last) {
        const double* column_price = potential_.data() + rows_;
        const auto rest = static_cast<std::uint32_t>(12 + columns_ / 100);  // passes after reading a long row in vain
        for (std::size_t i = first; i < last; ++i) {
            const double own = potential_[i];
            const double limit = 0.0 - tolerance_ + own;
            double best = limit;
            const RowLists::Entry* arc = nullptr;
            const auto look = [&](std::span<const RowLists::Entry> list) {
                for (const RowLists::Entry& entry : list) {
                    const double value = entry.cost + column_price[entry.column];
                    if (value < best) {
                        best = value;
                        arc = &entry;
                    }
                }
            };
            look(lists_.row(i));
            if (arc == nullptr && pass_ >= due_[i] && credit_ > 0) {
                const std::size_t added = lists_.grow(i, costs_ + i * columns_, column_price, columns_, limit);
                look(lists_.row(i).last(added));
                due_[i] = pass_ + (added > 0 ? 1 : rest);
                credit_ += added > 0 ? 4 : -1;
            }
            const auto row = static_cast<std::int32_t>(i);
            if (arc != nullptr)
                candidates_.push_back({best - own, arc->cost, row, static_cast<std::int32_t>(rows_) + arc->column});
            if (!reversed_ && own > tolerance_) candidates_.push_back({-own, 0.0, row, tree_.root()});
        }
        for (std::size_t j = columns_ * first / rows_; reversed_ && j < columns_ * last / rows_; ++j)
            if (column_price[j] < -tolerance_)
                candidates_.push_back({column_price[j], 0.0, tree_.root(), static_cast<std::int32_t>(rows_ + j)});
    }

    // Pivots in order of promise. False where nothing moved.
    bool enter(std::size_t priced) {
        if (candidates_.empty()) return false;
        std::sort(candidates_.begin(), candidates_.end());
        const std::int64_t before = pivots_;
        ++round_;
        // A second arc into the same column is mostly spoilt by the first, unless columns are few.
        const std::uint32_t each = static_cast<std::uint32_t>(std::max<std::size_t>(1, priced / (4 * columns_)));
        for (const Candidate& arc : candidates_) {
            if (arc.to != tree_.root()) {
                std::uint64_t& taken = taken_[static_cast<std::size_t>(arc.to) - rows_];
                if (taken >> 32U != round_) taken = std::uint64_t{round_} << 32U;
                if ((++taken & 0xffffffffU) > each) continue;
            }
            const double reduced = tree_.walk(arc.from, arc.to, arc.cost);
            if (reduced > 0.3 * arc.score || !(reduced < -tolerance_)) continue;
            tree_.pivot(arc.from, arc.to, arc.cost);
            ++pivots_;
        }
        if (pivots_ == before) return false;
        refresh();
        return true;
    }

    // Adds each row's worst violators to its list. Nothing where stopped.
    std::optional<std::size_t> grow() {
        std::size_t added = 0;
        std::size_t since = 0;
        for (std::size_t i = 0; i < rows_; ++i) {
            added += lists_.grow(i, costs_ + i * columns_, potential_.data() + rows_, columns_, potential_[i] - tolerance_);
            since += columns_;
            if (since > 1000000) {
                since = 0;
                if (stopped()) return std::nullopt;
            }
        }
        return added;
    }

    void finish() {
        std::vector<double> net(row_amounts_.begin(), row_amounts_.end());
        for (const double amount : column_amounts_) net.push_back(-amount);
        tree_.recompute_flows(std::move(net));
        tree_.potentials(potential_.data());
        // Where nothing is left over, a common shift of all potentials is free: the dearest source gets 0.
        const auto middle = potential_.begin() + static_cast<std::ptrdiff_t>(rows_);
        const double shift = reversed_ ? std::max(0.0, *std::min_element(middle, potential_.end() - 1))
                                       : std::min(0.0, *std::max_element(potential_.begin(), middle));
        if (shift != 0 && std::isfinite(shift))
            for (double& p : potential_) p -= shift;
    }

    const double* costs_;
    std::size_t rows_, columns_;
    std::span<const double> row_amounts_, column_amounts_;
    SidedTree tree_;
    RowLists lists_;
    std::vector<double> potential_;
    std::vector<std::uint64_t> taken_;  // round, then candidates of it, that lead into a column
    std::vector<std::uint32_t> due_;  // the pass from which on a row may be read whole
    std::vector<double> least_;
    std::vector<Candidate> candidates_{};
    const core::Context* context_ = nullptr;
    std::optional<core::Status> stop_{};
    double largest_;
    double tolerance_ = 0.5;  // reduced costs of whole numbers are whole
    std::int64_t pivots_ = 0;
    std::int64_t max_pivots_ = 0;
    std::size_t next_ = 0;      // row to be priced next
    double credit_ = 0;         // whole rows that may be read
    std::uint32_t pass_ = 0;    // over all rows
    std::uint32_t round_ = 0;
    bool reversed_;
    bool integral_;
};

}  // namespace meio::transport::detail
