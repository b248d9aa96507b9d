// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/transport/detail/sided_tree.hpp>

namespace meio::transport::detail {

/// What the dual simplex needs of a tree besides pivots: its flows for other amounts, and what lies below a node. The
/// root has one child, on an arc without flow, so that no cycle ever passes it.
class TinyTree : public SidedTree {
public:
    TinyTree(std::size_t rows, std::size_t columns) : SidedTree(rows, columns), net_(rows + columns + 1), below_(rows + columns + 1) {}

    /// Recomputes all flows, which may turn negative. Wants `order()` up to date.
    void set_flows(const double* supply, const double* demand) {
        for (std::int32_t i = 0; i < rows_; ++i) net_[static_cast<std::size_t>(i)] = supply[i];
        for (std::int32_t j = rows_; j < root_; ++j) net_[static_cast<std::size_t>(j)] = -demand[j - rows_];
        for (std::size_t k = order_.size(); k-- > 0;) {
            const std::int32_t x = order_[k];
            Node& node = at(x);
            const double surplus = net_[static_cast<std::size_t>(x)];
            node.flow = x < rows_ ? surplus : -surplus;
            net_[static_cast<std::size_t>(node.parent)] += surplus;
        }
        at(order_[0]).flow = 0;  // balanced up to rounding
    }

    /// The node whose flow is most negative, below `limit` <= 0; -1 where there is none.
    [[nodiscard]] std::int32_t most_negative(double limit) const {
        std::int32_t worst = -1;
        for (std::int32_t x = 0; x < root_; ++x)
            if (at(x).flow < limit) {
                limit = at(x).flow;
                worst = x;
            }
        return worst;
    }

    void clear_negatives() {
        for (std::int32_t x = 0; x < root_; ++x)
            if (at(x).flow < 0) at(x).flow = 0;
    }

    /// Takes the flow off the arc above x: rounding that has no meaning.
    void clear(std::int32_t x) { at(x).flow = 0; }

    /// Marks x and what hangs below it. Wants `order()` up to date.
    void find_below(std::int32_t x) {
        below_[static_cast<std::size_t>(root_)] = 0;
        for (const std::int32_t y : order_)
            below_[static_cast<std::size_t>(y)] = y == x ? 1 : below_[static_cast<std::size_t>(at(y).parent)];
    }
    [[nodiscard]] bool is_below(std::size_t x) const { return below_[x] != 0; }

private:
    std::vector<double> net_;
    std::vector<std::uint8_t> below_;
};

}  // namespace meio::transport::detail
