// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/transport/detail/least_arc.hpp>
#include <meio/transport/detail/tiny_problem.hpp>
#include <meio/transport/detail/tiny_tree.hpp>

namespace meio::transport::detail {

/// The first basis of a small problem, written straight into its tree.
class MatrixMinimum {
public:
    explicit MatrixMinimum(const TinyProblem& problem)
        : open_(problem.stride, TinyProblem::absent), left_supply_(problem.sources), left_demand_(problem.stride),
          least_(problem.sources), least_at_(problem.sources), order_(problem.sources + problem.columns) {}

    /// Matrix minimum: the least open cost next; a line that is used up hangs below the one that stays open. On ties the
    /// column goes, so that rows close empty: arcs without flow then lead up, which keeps the tree strongly feasible.
    void start(const TinyProblem& problem, TinyTree& tree) {
        std::size_t open_rows = problem.sources;
        std::size_t open_columns = problem.columns;
        std::copy(problem.supply.begin(), problem.supply.end(), left_supply_.begin());
        std::copy(problem.demand.begin(), problem.demand.end(), left_demand_.begin());
        for (std::size_t j = 0; j < problem.columns; ++j) open_[j] = 0;
        for (std::size_t i = 0; i < problem.sources; ++i) rescan(problem, i);
        for (std::size_t open = problem.sources + problem.columns; open > 0; --open) {
            std::size_t i = 0;
            for (bool fresh = false; !fresh;) {
                i = 0;
                for (std::size_t r = 1; r < problem.sources; ++r) i = least_[r] < least_[i] ? r : i;
                fresh = open == 1 || open_[at(least_at_[i])] == 0;
                if (!fresh) rescan(problem, i);
            }
            if (open == 1) {
                std::int32_t last = 0;  // the line still open
                if (open_rows == 0)
                    while (open_[at(last)] != 0) ++last;
                else
                    while (least_[at(last)] == TinyProblem::absent) ++last;
                order_[0] = open_rows == 0 ? last + static_cast<std::int32_t>(problem.sources) : last;
                tree.hang_from_root(order_[0], 0.0, 0.0);
                break;
            }
            const auto j = at(least_at_[i]);
            const double c = problem.costs[i * problem.stride + j];
            const auto row = static_cast<std::int32_t>(i);
            const auto column = static_cast<std::int32_t>(problem.sources + j);
            if (open_columns == 1 || (open_rows > 1 && left_supply_[i] < left_demand_[j])) {
                order_[open - 1] = row;
                tree.hang(row, column, left_supply_[i], c);
                left_demand_[j] -= left_supply_[i];
                least_[i] = TinyProblem::absent;
                --open_rows;
            } else {
                order_[open - 1] = column;
                tree.hang(column, row, left_demand_[j], -c);
                left_supply_[i] -= left_demand_[j];
                open_[j] = TinyProblem::absent;
                --open_columns;
            }
        }
        tree.keep(order_);
    }

private:
    [[nodiscard]] static std::size_t at(std::int32_t x) { return static_cast<std::size_t>(x); }

    void rescan(const TinyProblem& problem, std::size_t i) {
        const PricedArc best = least_in_row(problem.costs.data() + i * problem.stride, open_.data(), problem.stride, set_);
        least_[i] = best.score;
        least_at_[i] = best.column;
    }

    std::vector<double> open_;  // 0 for an open column, infinite for a closed one
    std::vector<double> left_supply_, left_demand_;
    std::vector<double> least_;
    std::vector<std::int32_t> least_at_, order_;
    InstructionSet set_ = instruction_set();
};

}  // namespace meio::transport::detail
