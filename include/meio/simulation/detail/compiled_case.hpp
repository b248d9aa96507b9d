// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <meio/simulation/case.hpp>
#include <meio/simulation/model.hpp>

namespace meio::simulation::detail {

/// A case in the terms of the model's nodes.
class CompiledCase {
public:
    CompiledCase(const Model& model, const Case& plan)
        : plan_(plan), nodes_(model.nodes.size()), facilities_(model.network->facilities.size()),
          periods_(plan.levels.periods), level_(model.network->products.size() * nodes_ * periods_) {
        const auto whole = [](double value) { return static_cast<std::int32_t>(std::max(0.0, std::floor(value + 0.5))); };
        for (std::size_t k = 0; k < model.network->products.size(); ++k)
            for (std::size_t n = nodes_; n-- > 0;) {
                const StockNode& node = model.nodes[n];
                for (std::size_t t = 0; t < periods_; ++t) {
                    const std::size_t at = (k * facilities_ + static_cast<std::size_t>(node.facility)) * periods_ + t;
                    std::int32_t& own = level_[(k * nodes_ + n) * periods_ + t];
                    if (!node.feeds) {
                        own = whole(plan.levels.base_stock[at]);
                    } else if (!plan.levels.echelon.empty()) {
                        own = whole(plan.levels.echelon[at]);
                    } else {
                        for (const std::int32_t child : node.children)
                            own += level_[(k * nodes_ + static_cast<std::size_t>(child)) * periods_ + t];
                    }
                }
            }
    }

    [[nodiscard]] std::size_t periods() const { return periods_; }
    [[nodiscard]] Rationing rationing() const { return plan_.rationing; }
    [[nodiscard]] const AnyPolicy& policy() const { return plan_.policy; }

    [[nodiscard]] std::int64_t level(std::size_t product, std::size_t node, std::size_t period) const {
        return level_[(product * nodes_ + node) * periods_ + period];
    }
    [[nodiscard]] double flow_price(std::size_t facility, std::size_t period) const {
        return plan_.prices.flow.empty() ? 0.0 : plan_.prices.flow[facility * periods_ + period];
    }
    [[nodiscard]] double stock_value(std::size_t product, std::size_t facility, std::size_t period) const {
        return plan_.prices.stock.empty() ? 0.0
                                          : plan_.prices.stock[(product * facilities_ + facility) * periods_ + period];
    }

private:
    const Case& plan_;
    std::size_t nodes_;
    std::size_t facilities_;
    std::size_t periods_;
    std::vector<std::int32_t> level_;
};

}  // namespace meio::simulation::detail
