// SPDX-License-Identifier: MIT
// The slow twin of the item models: probabilities from their formulas, levels by trying them all, allocations by
// trying every split. Shares nothing with include/meio/planner but the instance it reads.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include <meio/planner/instance.hpp>

namespace reference {

using meio::planner::Instance;
using meio::planner::Node;
using meio::planner::Option;

/// P(D = k), k = 0 .. n-1, for Poisson (variance <= mean) or negative binomial demand.
inline std::vector<double> count_pmf(double mean, double variance, int n) {
    std::vector<double> pmf(static_cast<std::size_t>(n));
    for (int k = 0; k < n; ++k) {
        double log_p = 0;
        if (mean <= 0) {
            pmf[static_cast<std::size_t>(k)] = k == 0 ? 1.0 : 0.0;
            continue;
        }
        if (variance <= mean * (1.0 + 1e-9)) {
            log_p = k * std::log(mean) - mean - std::lgamma(k + 1.0);
        } else {
            const double r = mean * mean / (variance - mean);
            const double p = mean / variance;
            log_p = std::lgamma(k + r) - std::lgamma(r) - std::lgamma(k + 1.0) + r * std::log(p) + k * std::log1p(-p);
        }
        pmf[static_cast<std::size_t>(k)] = std::exp(log_p);
    }
    return pmf;
}

/// One tree node: the cost of every position, and what it does in expectation.
struct Tabulated {
    std::vector<double> cost;     // at position low + n
    std::vector<int> children;
    std::vector<double> pmf;
    double holding = 0, shortage = 0, mean = 0;
};

/// Exhaustive optimum of one option at prices. Positions run from `low` to `high`; demand is cut at `points`.
class Enumeration {
public:
    Enumeration(const Instance& instance, const Option& option, std::span<const double> prices, int low = -120,
                int high = 160, int points = 120)
        : low_(low), high_(high) {
        const auto nodes = instance.nodes_of(option);
        constant = option.constant;
        for (const auto& use : instance.uses_of(option)) constant += prices[static_cast<std::size_t>(use.resource)] * use.constant;
        tables_.resize(nodes.size());
        for (std::size_t j = 0; j < nodes.size(); ++j) {
            Tabulated& table = tables_[j];
            table.pmf = count_pmf(nodes[j].mean, nodes[j].variance, points);
            table.holding = nodes[j].holding;
            table.shortage = nodes[j].shortage;
            table.mean = nodes[j].mean;
            for (const auto& use : instance.uses_of(nodes[j])) {
                const double price = prices[static_cast<std::size_t>(use.resource)];
                constant += price * use.constant;
                table.holding += price * use.per_on_hand;
                table.shortage += price * use.per_unmet;
            }
            if (nodes[j].parent >= 0) tables_[static_cast<std::size_t>(nodes[j].parent)].children.push_back(static_cast<int>(j));
        }
        value = constant;
        for (std::size_t j = nodes.size(); j-- > 0;) {
            tabulate(tables_[j]);
            if (nodes[j].parent >= 0) continue;
            int best = 0;
            for (int y = 0; y <= high_; ++y)
                if (cost_at(tables_[j], y) < cost_at(tables_[j], best) - 1e-11) best = y;
            root_level[static_cast<int>(j)] = best;
            value += cost_at(tables_[j], best);
        }
    }

    double constant = 0;
    double value = 0;                 ///< least priced cost
    std::map<int, int> root_level{};  ///< node -> optimal position (the smallest)

    /// Priced cost with the root at `level`.
    [[nodiscard]] double root_cost(std::size_t node, int level) const { return cost_at(tables_[node], level); }

private:
    [[nodiscard]] double cost_at(const Tabulated& table, int position) const {
        return table.cost[static_cast<std::size_t>(position - low_)];
    }

    void tabulate(Tabulated& table) {
        const auto size = static_cast<std::size_t>(high_ - low_ + 1);
        table.cost.assign(size, 0.0);
        if (table.children.empty()) {
            // Levels beyond the planner's documented cap are not in the decision space.
            double cdf = 0;
            int cap = -1;
            for (std::size_t d = 0; d < table.pmf.size() && cap < 0; ++d) {
                cdf += table.pmf[d];
                if (1.0 - cdf <= 1e-9) cap = static_cast<int>(d);
            }
            for (std::size_t n = 0; n < size; ++n) {
                const int y = low_ + static_cast<int>(n);
                if (cap >= 0 && y > cap) table.cost[n] = std::numeric_limits<double>::infinity();
                for (std::size_t d = 0; d < table.pmf.size(); ++d) {
                    const double left = y - static_cast<double>(d);
                    table.cost[n] += table.pmf[d] * (left > 0 ? table.holding * left : -table.shortage * left);
                }
            }
            return;
        }
        // Least cost of having x to share: child after child, every split; what is not shared stays here.
        std::vector<double> kept(size);
        bool first = true;
        for (const int child : table.children) {
            const auto& cost = tables_[static_cast<std::size_t>(child)].cost;
            if (first) {
                kept = cost;
                first = false;
                continue;
            }
            std::vector<double> next(size, std::numeric_limits<double>::infinity());
            for (int x = low_; x <= high_; ++x)
                for (int z = low_; z <= high_; ++z) {
                    const int rest = x - z;
                    if (rest < low_ || rest > high_) continue;
                    next[static_cast<std::size_t>(x - low_)] =
                        std::min(next[static_cast<std::size_t>(x - low_)],
                                 cost[static_cast<std::size_t>(z - low_)] + kept[static_cast<std::size_t>(rest - low_)]);
                }
            kept = next;
        }
        std::vector<double> shared(size, std::numeric_limits<double>::infinity());
        for (int x = low_; x <= high_; ++x)
            for (int total = low_; total <= x; ++total)
                shared[static_cast<std::size_t>(x - low_)] =
                    std::min(shared[static_cast<std::size_t>(x - low_)],
                             kept[static_cast<std::size_t>(total - low_)] + table.holding * (x - total));
        for (std::size_t n = 0; n < size; ++n) {
            const int y = low_ + static_cast<int>(n);
            for (std::size_t d = 0; d < table.pmf.size(); ++d) {
                const int x = std::max(y - static_cast<int>(d), low_);  // callers keep the mass that is cut negligible
                table.cost[n] += table.pmf[d] * shared[static_cast<std::size_t>(x - low_)];
            }
        }
    }

    int low_, high_;
    std::vector<Tabulated> tables_;
};

}  // namespace reference
