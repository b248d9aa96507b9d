// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/detail/input.hpp>
#include <meio/transport/detail/least_arc.hpp>
#include <meio/transport/detail/tiny_tree.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport {

/// Solves small transportation problems over and over: nothing is allocated after construction, and a changed problem
/// starts from the last basis. Exact; meant for up to about 64 x 256, right for any size.
///
///     minimise sum c_ij x_ij   subject to   sum_j x_ij <= (or =) supply_i,   sum_i x_ij = demand_j,   x >= 0
///
/// `solve` starts from the matrix minimum; `resolve` (other amounts, same costs) runs the dual simplex from the last
/// optimal basis, `resolve_costs` (other costs, same amounts) the primal simplex. Both fall back to `solve` where there is
/// none. Status `optimal`, `infeasible`, or `stalled` (rounding; not seen). The same bits on every processor.
/// Input is trusted but for sizes (checked) and NaN (status `numerical_error`): `transport::solve` is the one that names
/// every wrong entry. Not for use from several threads at once: give each its own.
class TinySolver {
public:
    /// For problems with `sources` and `destinations` >= 1. Where supply is `at_most`, what is left over goes to one more
    /// column at no cost. After `patience` pivots of one solve (0: plenty) the rule of lowest index takes over, which is
    /// slow but cannot cycle. Throws `core::InputError` where supply is neither `at_most` nor `exactly`.
    TinySolver(std::size_t sources, std::size_t destinations, Relation supply = Relation::at_most, std::int64_t patience = 0)
        : patience_(patience > 0 ? patience : static_cast<std::int64_t>(50 * (sources + destinations) + 1000)),
          sources_(sources), destinations_(destinations), columns_(destinations + (supply == Relation::at_most ? 1 : 0)),
          stride_(columns_ <= 4 ? 4 : (columns_ + 7) / 8 * 8), costs_(sources * stride_, absent), supply_(sources), demand_(stride_, 0.0),
          price_(sources + stride_ + 1, absent), tree_(sources, columns_), order_(sources + columns_), least_(sources),
          least_at_(sources), arcs_(sources) {
        core::IssueList issues;
        issues.require(sources >= 1, "sources", static_cast<double>(sources), "must be >= 1");
        issues.require(destinations >= 1, "destinations", static_cast<double>(destinations), "must be >= 1");
        if (supply == Relation::at_least) issues.add("supply", "", "at_least", "use at_most or exactly");
        issues.throw_if_any();
    }

    [[nodiscard]] std::size_t sources() const noexcept { return sources_; }
    [[nodiscard]] std::size_t destinations() const noexcept { return destinations_; }

    /// Cold start. Costs row-major, +inf where there is no arc; amounts >= 0 and finite.
    core::Status solve(std::span<const double> costs, std::span<const double> supply, std::span<const double> demand) {
        take_costs(costs);
        return take_amounts(supply, demand) ? start_and_run() : status_;
    }

    /// Other amounts at the costs of the last call: dual simplex from its basis.
    core::Status resolve(std::span<const double> supply, std::span<const double> demand) {
        if (!take_amounts(supply, demand)) return status_;
        return has_basis_ ? finish(run_dual()) : start_and_run();
    }

    /// Other costs for the amounts of the last call: primal simplex from its basis.
    core::Status resolve_costs(std::span<const double> costs) {
        take_costs(costs);
        if (!enough_) {
            has_basis_ = false;
            return status_;
        }
        if (!has_basis_ || status_ != core::Status::optimal) return start_and_run();
        for (const std::int32_t x : tree_.order()) {
            const std::int32_t y = tree_.parent(x);
            if (y == tree_.root()) continue;
            const double c = is_row(x) ? cost(x, y) : cost(y, x);
            tree_.set_step(x, is_row(x) ? c : -c);
        }
        refresh();
        return finish(run_primal());
    }

    [[nodiscard]] core::Status status() const noexcept { return status_; }
    /// Cost of the flows; NaN where there is no solution.
    [[nodiscard]] double objective() const noexcept { return objective_; }
    /// Pivots of the last call.
    [[nodiscard]] std::int64_t pivots() const noexcept { return pivots_; }

    /// u, one a source: change of the objective per further unit of supply, <= 0 where supply is `at_most`.
    void supply_duals(std::span<double> into) const {
        const double zero = zero_price();
        for (std::size_t i = 0; i < sources_; ++i) into[i] = price_[i] - zero + 0.0;
    }
    /// v, one a destination: change of the objective per further unit of demand; c - u - v >= 0.
    void demand_duals(std::span<double> into) const {
        const double zero = zero_price();
        for (std::size_t j = 0; j < destinations_; ++j) into[j] = zero - price_[sources_ + j] + 0.0;
    }
    /// Flows, row-major, into sources x destinations numbers.
    void flows(std::span<double> into) const {
        std::fill(into.begin(), into.end(), 0.0);
        for (const std::int32_t x : tree_.order()) {
            const std::int32_t y = tree_.parent(x);
            if (y == tree_.root()) continue;
            const auto i = at(std::min(x, y));
            const auto j = at(std::max(x, y)) - sources_;
            if (j < destinations_) into[i * destinations_ + j] = tree_.flow(x);
        }
    }

private:
    static constexpr double absent = std::numeric_limits<double>::infinity();

    [[nodiscard]] static std::size_t at(std::int32_t x) { return static_cast<std::size_t>(x); }
    [[nodiscard]] bool is_row(std::int32_t x) const { return at(x) < sources_; }
    [[nodiscard]] double cost(std::int32_t row, std::int32_t column) const { return costs_[at(row) * stride_ + at(column) - sources_]; }
    [[nodiscard]] double* column_price() { return price_.data() + sources_; }

    // The price at which supply is free: of the column of left-overs, else of the dearest source.
    [[nodiscard]] double zero_price() const {
        return columns_ > destinations_ ? price_[sources_ + destinations_]
                                        : *std::max_element(price_.begin(), price_.begin() + static_cast<std::ptrdiff_t>(sources_));
    }

    void refresh() {
        tree_.potentials(price_.data());
        price_[sources_ + columns_] = absent;  // the root's place lies in the padding
    }

    static void require_size(const char* what, std::size_t found, std::size_t expected) {
        if (found == expected) return;
        core::IssueList issues;
        issues.add(what, "", std::to_string(found) + " entries", "must have " + std::to_string(expected) + " entries");
        issues.throw_if_any();
    }

    // Absent arcs get a cost that no path of real arcs reaches, so that they stay empty wherever they can.
    void take_costs(std::span<const double> costs) {
        require_size("costs", costs.size(), sources_ * destinations_);
        double largest = 0;
        bool whole = true;
        bool missing = false;
        valid_ = true;
        for (std::size_t i = 0; i < sources_; ++i) {
            const double* from = costs.data() + i * destinations_;
            double* to = costs_.data() + i * stride_;
            for (std::size_t j = 0; j < destinations_; ++j) {
                const double size = std::abs(from[j]);
                const bool finite = size < absent;
                to[j] = from[j];
                largest = finite && size > largest ? size : largest;
                whole &= (size + 0x1.8p52) - 0x1.8p52 == size || !finite;
                missing |= !finite;
                valid_ &= finite || from[j] == absent;
            }
        }
        const double nodes = static_cast<double>(sources_ + columns_);
        big_ = 2 * nodes * largest + 1;
        tolerance_ = whole && big_ * nodes < 0x1p50 ? 0.5 : 0x1p-46 * largest;
        if (missing)
            for (double& c : costs_)
                if (c == absent) c = big_;
        if (columns_ > destinations_)
            for (std::size_t i = 0; i < sources_; ++i) costs_[i * stride_ + destinations_] = 0;
    }

    // False, with `status_` set, where the amounts cannot be met.
    bool take_amounts(std::span<const double> supply, std::span<const double> demand) {
        require_size("supply", supply.size(), sources_);
        require_size("demand", demand.size(), destinations_);
        double sent = 0;
        double taken = 0;
        bool negative = false;
        for (std::size_t i = 0; i < sources_; ++i) {
            sent += supply_[i] = supply[i];
            negative |= !(supply[i] >= 0);
        }
        for (std::size_t j = 0; j < destinations_; ++j) {
            taken += demand_[j] = demand[j];
            negative |= !(demand[j] >= 0);
        }
        const double left = sent - taken;
        balance_tolerance_ = 1e-9 * std::max(sent, taken);
        enough_ = false;
        pivots_ = 0;
        if (!valid_ || negative || !(std::abs(left) < absent)) return refuse(core::Status::numerical_error);
        if (left < -balance_tolerance_ || (columns_ == destinations_ && left > balance_tolerance_))
            return refuse(core::Status::infeasible);
        enough_ = true;
        // Rounding goes to the largest supply, so that the tree's flows add up.
        if (columns_ > destinations_) demand_[destinations_] = std::max(left, 0.0);
        if (left < 0 || (columns_ == destinations_ && left > 0)) *std::max_element(supply_.begin(), supply_.end()) -= left;
        return true;
    }

    bool refuse(core::Status status) {
        status_ = status;
        objective_ = std::numeric_limits<double>::quiet_NaN();
        return false;
    }

    core::Status start_and_run() {
        has_basis_ = false;
        pivots_ = 0;
        if (!valid_) {
            refuse(core::Status::numerical_error);
            return status_;
        }
        start();
        return finish(run_primal());
    }

    core::Status finish(core::Status status) {
        status_ = status;
        has_basis_ = status == core::Status::optimal;
        objective_ = 0;
        for (const std::int32_t x : tree_.order()) {
            const double step = is_row(x) ? tree_.step(x) : -tree_.step(x);
            objective_ += tree_.flow(x) * step;
            if (step == big_ && tree_.flow(x) > balance_tolerance_) status_ = core::Status::infeasible;
        }
        if (status_ == core::Status::infeasible) objective_ = std::numeric_limits<double>::quiet_NaN();
        return status_;
    }

    // Matrix minimum: the least open cost next; a line that is used up hangs below the one that stays open. On ties the
    // column goes, so that rows close empty: arcs without flow then lead up, which keeps the tree strongly feasible.
    void start() {
        std::size_t open_rows = sources_;
        std::size_t open_columns = columns_;
        std::copy(supply_.begin(), supply_.end(), left_supply_.begin());
        std::copy(demand_.begin(), demand_.end(), left_demand_.begin());
        for (std::size_t j = 0; j < columns_; ++j) column_price()[j] = 0;
        for (std::size_t i = 0; i < sources_; ++i) rescan(i);
        for (std::size_t open = sources_ + columns_; open > 0; --open) {
            std::size_t i = 0;
            for (bool fresh = false; !fresh;) {
                i = 0;
                for (std::size_t r = 1; r < sources_; ++r) i = least_[r] < least_[i] ? r : i;
                fresh = open == 1 || column_price()[least_at_[i]] == 0;
                if (!fresh) rescan(i);
            }
            if (open == 1) {
                std::int32_t last = 0;  // the line still open
                if (open_rows == 0)
                    while (column_price()[at(last) ] != 0) ++last;
                else
                    while (least_[at(last)] == absent) ++last;
                order_[0] = open_rows == 0 ? last + static_cast<std::int32_t>(sources_) : last;
                tree_.hang_from_root(order_[0], 0.0, 0.0);
                break;
            }
            const auto j = at(least_at_[i]);
            const double c = costs_[i * stride_ + j];
            const auto row = static_cast<std::int32_t>(i);
            const auto column = static_cast<std::int32_t>(sources_ + j);
            if (open_columns == 1 || (open_rows > 1 && left_supply_[i] < left_demand_[j])) {
                order_[open - 1] = row;
                tree_.hang(row, column, left_supply_[i], c);
                left_demand_[j] -= left_supply_[i];
                least_[i] = absent;
                --open_rows;
            } else {
                order_[open - 1] = column;
                tree_.hang(column, row, left_demand_[j], -c);
                left_supply_[i] -= left_demand_[j];
                column_price()[j] = absent;
                --open_columns;
            }
        }
        tree_.keep(order_);
        refresh();
    }

    void rescan(std::size_t i) {
        const detail::PricedArc best = detail::least_in_row(costs_.data() + i * stride_, column_price(), stride_, set_);
        least_[i] = best.score;
        least_at_[i] = best.column;
    }

    // Rounds of pricing: each row's best arc, then pivots in order of promise on exact reduced costs.
    core::Status run_primal() {
        while (true) {
            const std::size_t found = detail::least_arcs(costs_.data(), price_.data(), column_price(), sources_, stride_, tolerance_,
                                                         arcs_.data(), set_);
            if (found == 0) return core::Status::optimal;
            if (pivots_ >= patience_) return run_lowest();
            std::sort(arcs_.begin(), arcs_.begin() + static_cast<std::ptrdiff_t>(found));
            for (std::size_t k = 0; k < found; ++k) {
                const std::int32_t column = arcs_[k].column + static_cast<std::int32_t>(sources_);
                const double c = cost(arcs_[k].row, column);
                const double reduced = tree_.walk(arcs_[k].row, column, c);
                if (!(reduced < -tolerance_) || reduced > 0.3 * arcs_[k].score) continue;
                tree_.pivot(arcs_[k].row, column, c);
                ++pivots_;
            }
            refresh();
        }
    }

    // Bland's rule. The first arc of a round is always exact, so every round of the above pivots; this one ends.
    core::Status run_lowest() {
        for (std::int64_t k = 0; k < 1000 * patience_ + 100000; ++k) {
            std::int32_t row = -1;
            std::int32_t column = -1;
            for (std::size_t e = 0; e < sources_ * columns_ && row < 0; ++e) {
                const std::size_t i = e / columns_;
                const std::size_t j = e % columns_;
                if (costs_[i * stride_ + j] - price_[i] + column_price()[j] >= -tolerance_) continue;
                row = static_cast<std::int32_t>(i);
                column = static_cast<std::int32_t>(sources_ + j);
            }
            if (row < 0) return core::Status::optimal;
            (void)tree_.walk(row, column, cost(row, column));
            tree_.pivot_lowest(row, column, cost(row, column));
            ++pivots_;
            refresh();
        }
        return core::Status::stalled;
    }

    core::Status run_dual() {
        tree_.set_flows(supply_.data(), demand_.data());
        // Whole amounts add up without rounding; others may leave a trace of it.
        const double noise = -1e-3 * balance_tolerance_;
        while (pivots_ < patience_) {
            const std::int32_t worst = tree_.most_negative(noise);
            if (worst < 0) {
                tree_.clear_negatives();
                return core::Status::optimal;
            }
            if (!swap_out(worst)) break;
            ++pivots_;
            refresh();
        }
        start();  // ties went round in a circle: the primal simplex does not
        return run_primal();
    }

    // Below x there is too much (a column's arc is negative) or too little. The cheapest arc that leads out of there, or
    // into it, takes the place of x's.
    bool swap_out(std::int32_t x) {
        tree_.find_below(x);
        const bool too_much = !is_row(x);
        for (std::size_t j = 0; j < stride_; ++j)
            masked_[j] = j < columns_ && tree_.is_below(sources_ + j) != too_much ? column_price()[j] : absent;
        detail::PricedArc best;
        for (std::size_t i = 0; i < sources_; ++i) {
            if (tree_.is_below(i) != too_much) continue;
            const detail::PricedArc arc = detail::least_in_row(costs_.data() + i * stride_, masked_.data(), stride_, set_);
            if (arc.score - price_[i] < best.score) best = {arc.score - price_[i], static_cast<std::int32_t>(i), arc.column};
        }
        if (best.row < 0) return false;
        const std::int32_t column = best.column + static_cast<std::int32_t>(sources_);
        const double c = cost(best.row, column);
        (void)tree_.walk(best.row, column, c);
        tree_.pivot_out(x, best.row, column, c, -tree_.flow(x));
        return true;
    }

    std::int64_t patience_;
    std::size_t sources_, destinations_, columns_, stride_;
    std::vector<double> costs_, supply_, demand_;
    std::vector<double> price_;  // rows, then columns, then infinite padding
    detail::TinyTree tree_;
    std::vector<std::int32_t> order_;
    std::vector<double> least_;
    std::vector<std::int32_t> least_at_;
    std::vector<detail::PricedArc> arcs_;
    std::vector<double> left_supply_ = std::vector<double>(sources_);
    std::vector<double> left_demand_ = std::vector<double>(stride_);
    std::vector<double> masked_ = std::vector<double>(stride_);
    double big_ = 0;
    double tolerance_ = 0;
    double balance_tolerance_ = 0;
    double objective_ = std::numeric_limits<double>::quiet_NaN();
    std::int64_t pivots_ = 0;
    core::Status status_ = core::Status::numerical_error;
    detail::InstructionSet set_ = detail::instruction_set();
    bool valid_ = false;
    bool enough_ = false;
    bool has_basis_ = false;
};

}  // namespace meio::transport
