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

#include <meio/core/error.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/dense.hpp>
#include <meio/transport/detail/least_arc.hpp>
#include <meio/transport/detail/matrix_minimum.hpp>
#include <meio/transport/detail/tiny_problem.hpp>
#include <meio/transport/detail/tiny_tree.hpp>
#include <meio/transport/options.hpp>
#include <meio/transport/result.hpp>

namespace meio::transport {

/// Solves small transportation problems over and over: nothing is allocated after construction, and a changed problem
/// starts from the last basis. Exact; meant for up to about 64 x 256, right for any size.
///
///     minimise sum c_ij x_ij   subject to   sum_j x_ij <= (or =) supply_i,   sum_i x_ij = demand_j,   x >= 0
///
/// `solve` starts from the matrix minimum; `resolve` (other amounts, same costs) runs the dual simplex from the last
/// optimal basis, `resolve_costs` (other costs, same amounts) the primal simplex. Both fall back to `solve` where there is
/// none. Status `optimal`, `infeasible`, or `stalled` (rounding; not seen). The same bits on every processor.
/// Input is trusted but for sizes (checked), NaN and costs beyond 1e300 (`numerical_error`): `transport::solve` names
/// every wrong entry. Not for use from several threads at once: give each its own. Memory: (m + n)^2 bits and the costs.
class TinySolver {
public:
    /// For problems with `sources` and `destinations` >= 1. Where supply is `at_most`, what is left over goes to one more
    /// column at no cost. After `patience` pivots of one solve (0: plenty) the rule of lowest index takes over, which is
    /// slow but cannot cycle. Throws `core::InputError` where supply is neither `at_most` nor `exactly`.
    TinySolver(std::size_t sources, std::size_t destinations, Relation supply = Relation::at_most, std::int64_t patience = 0)
        : patience_(patience > 0 ? patience : static_cast<std::int64_t>(50 * (sources + destinations) + 1000)),
          problem_(sources, destinations, supply == Relation::at_most), tree_(sources, problem_.columns), start_(problem_),
          price_(sources + problem_.stride + 1, detail::TinyProblem::absent), masked_(price_), arcs_(sources) {
        core::IssueList issues;
        issues.require(sources >= 1, "sources", static_cast<double>(sources), "must be >= 1");
        issues.require(destinations >= 1, "destinations", static_cast<double>(destinations), "must be >= 1");
        if (supply == Relation::at_least) issues.add("supply", "", "at_least", "use at_most or exactly");
        issues.throw_if_any();
    }

    [[nodiscard]] std::size_t sources() const noexcept { return problem_.sources; }
    [[nodiscard]] std::size_t destinations() const noexcept { return problem_.destinations; }

    /// Cold start. Costs row-major, +inf where there is no arc; amounts >= 0 and finite.
    core::Status solve(std::span<const double> costs, std::span<const double> supply, std::span<const double> demand) {
        problem_.take_costs(costs);
        return take_amounts(supply, demand) ? start_and_run() : status_;
    }

    /// Other amounts at the costs of the last call: dual simplex from its basis.
    core::Status resolve(std::span<const double> supply, std::span<const double> demand) {
        if (!take_amounts(supply, demand)) return status_;
        general_.reset();
        return has_basis_ ? finish(run_dual()) : start_and_run();
    }

    /// Other costs for the amounts of the last call: primal simplex from its basis.
    core::Status resolve_costs(std::span<const double> costs) {
        problem_.take_costs(costs);
        if (!enough_) {
            has_basis_ = false;
            return status_;
        }
        if (!has_basis_ || status_ != core::Status::optimal || problem_.dwarfed || !problem_.valid) return start_and_run();
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
        if (general_) return (void)std::copy(general_->supply_duals.begin(), general_->supply_duals.end(), into.begin());
        const double zero = zero_price();
        for (std::size_t i = 0; i < problem_.sources; ++i) into[i] = price_[i] - zero + 0.0;
    }
    /// v, one a destination: change of the objective per further unit of demand; c - u - v >= 0.
    void demand_duals(std::span<double> into) const {
        if (general_) return (void)std::copy(general_->demand_duals.begin(), general_->demand_duals.end(), into.begin());
        const double zero = zero_price();
        for (std::size_t j = 0; j < problem_.destinations; ++j) into[j] = zero - price_[problem_.sources + j] + 0.0;
    }
    /// Flows, row-major, into sources x destinations numbers.
    void flows(std::span<double> into) const {
        std::fill(into.begin(), into.end(), 0.0);
        for (const Shipment& s : general_ ? general_->shipments : std::vector<Shipment>{})
            into[at(s.source) * destinations() + at(s.destination)] = s.amount;
        if (general_) return;
        for (const std::int32_t x : tree_.order()) {
            const std::int32_t y = tree_.parent(x);
            if (y == tree_.root()) continue;
            const auto i = at(std::min(x, y));
            const auto j = at(std::max(x, y)) - problem_.sources;
            if (j < problem_.destinations) into[i * problem_.destinations + j] = std::max(tree_.flow(x), 0.0);
        }
    }

private:
    [[nodiscard]] static std::size_t at(std::int32_t x) { return static_cast<std::size_t>(x); }
    [[nodiscard]] bool is_row(std::int32_t x) const { return at(x) < problem_.sources; }
    [[nodiscard]] double cost(std::int32_t row, std::int32_t column) const { return problem_.costs[at(row) * problem_.stride + at(column) - problem_.sources]; }
    [[nodiscard]] double* column_price() { return price_.data() + problem_.sources; }

    // The price at which supply is free: of the column of left-overs, else of the dearest source.
    [[nodiscard]] double zero_price() const {
        return problem_.columns > problem_.destinations ? price_[problem_.sources + problem_.destinations]
                                        : *std::max_element(price_.begin(), price_.begin() + static_cast<std::ptrdiff_t>(problem_.sources));
    }

    void refresh() {
        tree_.potentials(price_.data());
        price_[problem_.sources + problem_.columns] = detail::TinyProblem::absent;  // the root's, in the padding
    }
    // False, with `status_` set, where the amounts cannot be met.
    bool take_amounts(std::span<const double> supply, std::span<const double> demand) {
        pivots_ = 0;
        status_ = problem_.take_amounts(supply, demand);
        enough_ = status_ == core::Status::optimal;
        if (!enough_) objective_ = std::numeric_limits<double>::quiet_NaN();
        return enough_;
    }

    // A cost that dwarfs the others needs the kernel that ranks them apart.
    core::Status run_general() {
        Options options;
        options.supply = problem_.columns > destinations() ? Relation::at_most : Relation::exactly;
        general_ = solve_dense(problem_.given(), sources(), destinations(), problem_.supply,
                               std::span<const double>(problem_.demand).first(destinations()), options);
        pivots_ = general_->pivots;
        objective_ = general_->status == core::Status::optimal ? general_->objective : std::numeric_limits<double>::quiet_NaN();
        return status_ = general_->status;
    }
    void start() {
        start_.start(problem_, tree_);
        refresh();
    }
    core::Status start_and_run() {
        has_basis_ = false;
        general_.reset();
        pivots_ = 0;
        objective_ = std::numeric_limits<double>::quiet_NaN();
        if (!problem_.valid) return status_ = core::Status::numerical_error;
        if (problem_.dwarfed) return run_general();
        start();
        return finish(run_primal());
    }

    core::Status finish(core::Status status) {
        status_ = status;
        has_basis_ = status == core::Status::optimal;
        objective_ = 0;
        for (const std::int32_t x : tree_.order()) {
            const double step = is_row(x) ? tree_.step(x) : -tree_.step(x);
            if (step == problem_.big) {
                if (tree_.flow(x) <= problem_.balance_tolerance) tree_.clear(x);
                else status_ = core::Status::infeasible;
            }
            objective_ += std::max(tree_.flow(x), 0.0) * step;  // what is below zero is rounding
        }
        if (status_ == core::Status::infeasible && !problem_.original.empty()) {
            has_basis_ = false;
            return run_general();
        }
        if (status_ == core::Status::optimal && !std::isfinite(objective_)) status_ = core::Status::numerical_error;
        if (status_ != core::Status::optimal) objective_ = std::numeric_limits<double>::quiet_NaN();
        return status_;
    }

    // Rounds of pricing: each row's best arc, a few rows at a time until there are some, then pivots in order of promise on
    // exact reduced costs.
    core::Status run_primal() {
        const std::size_t rows = problem_.sources;
        const std::size_t batch = rows <= 12 ? rows : std::max<std::size_t>(8, rows / 6);
        std::size_t next = 0;
        std::size_t idle = 0;  // rows read since the last pivot
        while (true) {
            std::size_t found = 0;
            while (idle < rows && found < 4) {
                const std::size_t last = std::min(rows, next + batch);
                found += detail::least_arcs(problem_.costs.data(), price_.data(), column_price(), next, last, problem_.stride,
                                            problem_.tolerance, arcs_.data() + found, set_);
                idle += last - next;
                next = last == rows ? 0 : last;
            }
            if (found == 0) return core::Status::optimal;
            if (pivots_ >= patience_) return run_lowest();
            std::sort(arcs_.begin(), arcs_.begin() + static_cast<std::ptrdiff_t>(found));
            for (std::size_t k = 0; k < found; ++k) {
                const std::int32_t column = arcs_[k].column + static_cast<std::int32_t>(problem_.sources);
                const double c = cost(arcs_[k].row, column);
                const double reduced = c - price_[at(arcs_[k].row)] + price_[at(column)];
                if (!(reduced < -problem_.tolerance) || reduced > 0.3 * arcs_[k].score) continue;
                if (!(tree_.walk(arcs_[k].row, column, c) < -problem_.tolerance)) continue;
                shift_below(tree_.pivot(arcs_[k].row, column, c) ? reduced : -reduced);
                ++pivots_;
                idle = 0;
            }
            if (idle == 0 && !exact()) refresh();
        }
    }

    // Bland's rule.
    core::Status run_lowest() {
        for (std::int64_t k = 0; k < 1000 * patience_ + 100000; ++k) {
            std::int32_t row = -1, column = -1;
            for (std::size_t e = 0; e < problem_.sources * problem_.columns && row < 0; ++e) {
                const std::size_t i = e / problem_.columns, j = e % problem_.columns;
                if (problem_.costs[i * problem_.stride + j] - price_[i] + column_price()[j] >= -problem_.tolerance) continue;
                row = static_cast<std::int32_t>(i), column = static_cast<std::int32_t>(problem_.sources + j);
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
        if (!tree_.ordered()) refresh();
        tree_.set_flows(problem_.supply.data(), problem_.demand.data());
        while (pivots_ < patience_) {
            const std::int32_t worst = tree_.most_negative(-problem_.noise);
            if (worst < 0) {
                if (!exact()) refresh();
                return core::Status::optimal;
            }
            if (!swap_out(worst)) break;
            ++pivots_;
        }
        start();  // ties went round in a circle: the primal simplex does not
        return run_primal();
    }

    // Below x there is too much (a column's arc is negative) or too little. The cheapest arc that leads out of there, or
    // into it, takes the place of x's.
    bool swap_out(std::int32_t x) {
        tree_.find_below(x);
        const bool too_much = !is_row(x);
        constexpr double absent = detail::TinyProblem::absent;
        const auto middle = static_cast<std::ptrdiff_t>(problem_.sources);
        const std::ptrdiff_t open = too_much ? middle : 0;  // the side of which all but what is below may do
        std::fill(masked_.begin() + middle - open, too_much ? masked_.begin() + middle : masked_.end(), too_much ? -absent : absent);
        std::copy(price_.begin() + open, too_much ? price_.end() : price_.begin() + middle, masked_.begin() + open);
        tree_.each_below([&, closed = too_much ? absent : -absent](std::size_t y) { masked_[y] = (y < problem_.sources) == too_much ? price_[y] : closed; });
        const detail::PricedArc best =
            detail::least_arc(problem_.costs.data(), masked_.data(), masked_.data() + middle, problem_.sources, problem_.stride, set_);
        if (best.row < 0) return false;
        const std::int32_t column = best.column + static_cast<std::int32_t>(problem_.sources);
        const double c = cost(best.row, column);
        (void)tree_.walk(best.row, column, c);
        tree_.pivot_out(x, best.row, column, c, -tree_.flow(x));
        shift_below(too_much ? best.score : -best.score);
        return true;
    }

    [[nodiscard]] bool exact() const { return problem_.tolerance == 0.5; }  // whole prices, whose changes add up
    void shift_below(double by) {
        tree_.each_below([&](std::size_t y) { price_[y] += by; });
    }

    std::int64_t patience_;
    detail::TinyProblem problem_;
    detail::TinyTree tree_;
    detail::MatrixMinimum start_;
    std::vector<double> price_;   // rows, then columns, then infinite padding
    std::vector<double> masked_;  // the same, infinite where a dual pivot may not go
    std::vector<detail::PricedArc> arcs_;
    std::optional<Result> general_{};  // set where the general solver had to step in
    double objective_ = std::numeric_limits<double>::quiet_NaN();
    std::int64_t pivots_ = 0;
    core::Status status_ = core::Status::numerical_error;
    detail::InstructionSet set_ = detail::instruction_set();
    bool enough_ = false;     // the amounts balance
    bool has_basis_ = false;  // of an optimum at the present costs
};

}  // namespace meio::transport
