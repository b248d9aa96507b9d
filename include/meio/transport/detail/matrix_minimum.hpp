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
        : open_(problem.stride, closed), left_supply_(problem.sources), left_demand_(problem.stride),
          least_((problem.sources + 3) / 4 * 4, closed), order_(problem.sources + problem.columns),
          column_bits_(static_cast<unsigned>(std::bit_width(problem.stride))),
          tag_bits_(column_bits_ + static_cast<unsigned>(std::bit_width(problem.sources))) {}

    /// Matrix minimum, nearly: the row whose least cost looked least when the row was last read ships to what is cheapest
    /// now. (To read again until the least of all is certain costs more in mispredicted branches than it saves in pivots.)
    /// A line that is used up hangs below the one that stays open. On ties the column goes, so that rows close empty:
    /// arcs without flow then lead up, which keeps the tree strongly feasible.
    void start(const TinyProblem& problem, TinyTree& tree) {
        std::size_t open_rows = problem.sources;
        std::size_t open_columns = problem.columns;
        std::copy(problem.supply.begin(), problem.supply.end(), left_supply_.begin());
        std::copy(problem.demand.begin(), problem.demand.end(), left_demand_.begin());
        for (std::size_t j = 0; j < problem.columns; ++j) open_[j] = 0;
        for (std::size_t i = 0; i < problem.sources; ++i) least_[i] = read(problem, i);
        for (std::size_t open = problem.sources + problem.columns; --open > 0;) {
            const std::size_t i = cheapest_row();
            const double found = read(problem, i);
            const std::size_t j = std::bit_cast<std::uint64_t>(found) & low_bits(column_bits_);
            const double c = problem.costs[i * problem.stride + j];
            const auto row = static_cast<std::int32_t>(i);
            const auto column = static_cast<std::int32_t>(problem.sources + j);
            const bool row_closes = open_columns == 1 || (open_rows > 1 && left_supply_[i] < left_demand_[j]);
            const double amount = row_closes ? left_supply_[i] : left_demand_[j];
            order_[open] = row_closes ? row : column;
            tree.hang(order_[open], row_closes ? column : row, amount, row_closes ? c : -c);
            left_supply_[i] -= amount;
            left_demand_[j] -= amount;
            least_[i] = row_closes ? closed : found;
            open_[j] = row_closes ? 0 : closed;
            (row_closes ? open_rows : open_columns) -= 1;
        }
        std::size_t last = 0;  // the line still open
        if (open_rows == 0)
            while (open_[last] != 0) ++last;
        else
            while (least_[last] == closed) ++last;
        order_[0] = static_cast<std::int32_t>(open_rows == 0 ? problem.sources + last : last);
        tree.hang_from_root(order_[0], 0.0, 0.0);
        tree.keep(order_);
    }

private:
    static constexpr double closed = 0x1p1023;  // above all costs; infinity would become a NaN
    [[nodiscard]] static std::uint64_t low_bits(unsigned count) { return (std::uint64_t{1} << count) - 1; }

    // A row's least cost bears row and column in its last bits, so that the least of all tells where it is without a branch.
    // That costs the last digits of the comparison, which a starting basis can do without.
    [[nodiscard]] double read(const TinyProblem& problem, std::size_t i) const {
        const double least = least_tagged(problem.costs.data() + i * problem.stride, open_.data(), problem.stride, low_bits(tag_bits_), set_);
        return std::bit_cast<double>(std::bit_cast<std::uint64_t>(least) | (i << column_bits_));
    }
    [[nodiscard]] std::size_t cheapest_row() const {
        double low[4] = {least_[0], least_[1], least_[2], least_[3]};
        for (std::size_t r = 4; r < least_.size(); r += 4)
            for (std::size_t l = 0; l < 4; ++l) low[l] = least_[r + l] < low[l] ? least_[r + l] : low[l];
        low[0] = low[1] < low[0] ? low[1] : low[0];
        low[2] = low[3] < low[2] ? low[3] : low[2];
        return (std::bit_cast<std::uint64_t>(low[2] < low[0] ? low[2] : low[0]) & low_bits(tag_bits_)) >> column_bits_;
    }

    std::vector<double> open_;  // 0 for an open column, huge for a closed one
    std::vector<double> left_supply_, left_demand_;
    std::vector<double> least_;  // by row, padded to a multiple of four
    std::vector<std::int32_t> order_;
    unsigned column_bits_, tag_bits_;
    InstructionSet set_ = instruction_set();
};

}  // namespace meio::transport::detail
