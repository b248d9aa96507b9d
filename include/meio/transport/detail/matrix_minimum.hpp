// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
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
          least_((problem.sources + 3) / 4 * 4, closed), least_at_(problem.sources), order_(problem.sources + problem.columns) {}

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
                i = cheapest_row();
                fresh = open == 1 || open_[at(least_at_[i])] == 0;
                if (!fresh) rescan(problem, i);
            }
            if (open == 1) {
                std::int32_t last = 0;  // the line still open
                if (open_rows == 0)
                    while (open_[at(last)] != 0) ++last;
                else
                    while (least_[at(last)] == closed) ++last;
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
                least_[i] = closed;
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

    // A row's least cost bears the row in its last bits, so that the least of all tells where it is without a branch. That
    // costs the last digits of the comparison, which a starting basis can do without.
    static constexpr std::uint64_t row_bits = 0x3fffffff;
    static constexpr double closed = 0x1p1023;  // above all costs; infinity would become a NaN
    [[nodiscard]] static double tagged(double cost, std::size_t row) {
        const double finite = cost < 0x1p1022 ? cost : 0x1p1022;
        return std::bit_cast<double>((std::bit_cast<std::uint64_t>(finite) & ~row_bits) | (row & row_bits));
    }
    [[nodiscard]] std::size_t cheapest_row() const {
        double low[4] = {least_[0], least_[1], least_[2], least_[3]};
        for (std::size_t r = 4; r < least_.size(); r += 4)
            for (std::size_t l = 0; l < 4; ++l) low[l] = least_[r + l] < low[l] ? least_[r + l] : low[l];
        low[0] = low[1] < low[0] ? low[1] : low[0];
        low[2] = low[3] < low[2] ? low[3] : low[2];
        return std::bit_cast<std::uint64_t>(low[2] < low[0] ? low[2] : low[0]) & row_bits;
    }

    void rescan(const TinyProblem& problem, std::size_t i) {
        const PricedArc best = least_in_row(problem.costs.data() + i * problem.stride, open_.data(), problem.stride, set_);
        least_[i] = tagged(best.score, i);
        least_at_[i] = best.column;
    }

    std::vector<double> open_;  // 0 for an open column, infinite for a closed one
    std::vector<double> left_supply_, left_demand_;
    std::vector<double> least_;  // by row, padded to a multiple of four
    std::vector<std::int32_t> least_at_, order_;
    InstructionSet set_ = instruction_set();
};

}  // namespace meio::transport::detail
