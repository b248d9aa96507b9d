// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <meio/transport/detail/exact_flow.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport::detail {

/// A transportation problem for `ExactFlow`: sources, then destinations; what is left over, bought or sold goes by the root.
class ExactTransport {
public:
    /// Prices may be empty.
    ExactTransport(const Options& options, std::span<const double> supply, std::span<const double> demand,
                   std::span<const double> shortage_prices, std::span<const double> overflow_prices)
        : sources_(supply.size()), destinations_(demand.size()), flow_(sources_ + destinations_) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < sources_; ++i) {
            if (options.supply == Relation::at_most)
                (void)flow_.add_arc(i, flow_.root(), 0.0, infinity, supply[i]);
            else
                flow_.set_surplus(i, supply[i]);
        }
        for (std::size_t j = 0; j < destinations_; ++j) {
            flow_.set_surplus(sources_ + j, -demand[j]);
            if (options.demand == Relation::at_least) (void)flow_.add_arc(sources_ + j, flow_.root(), 0.0, infinity);
        }
        for (std::size_t i = 0; i < overflow_prices.size(); ++i)
            overflow_.push_back(overflow_prices[i] < infinity ? flow_.add_arc(flow_.root(), i, overflow_prices[i], infinity) : none);
        for (std::size_t j = 0; j < shortage_prices.size(); ++j)
            unserved_.push_back(shortage_prices[j] < infinity ? flow_.add_arc(flow_.root(), sources_ + j, shortage_prices[j], infinity) : none);
    }

    /// Returns the number by which `flow` knows the arc.
    std::size_t add_arc(std::size_t source, std::size_t destination, double cost, double capacity) {
        return flow_.add_arc(source, sources_ + destination, cost, capacity);
    }

    /// False where it gave up, or where costs fall for ever.
    bool run() { return flow_.run(); }
    /// Whether all is served but for this share of what competes for the same arcs.
    [[nodiscard]] bool served(double share) const { return flow_.balanced(share); }

    [[nodiscard]] double flow(std::size_t arc) const { return flow_.flow(arc); }
    [[nodiscard]] std::vector<double> overflow() const { return amounts(overflow_); }
    [[nodiscard]] std::vector<double> unserved() const { return amounts(unserved_); }
    [[nodiscard]] std::vector<double> supply_duals() const {
        std::vector<double> u(sources_);
        for (std::size_t i = 0; i < sources_; ++i) u[i] = flow_.potential(i);
        return u;
    }
    [[nodiscard]] std::vector<double> demand_duals() const {
        std::vector<double> v(destinations_);
        for (std::size_t j = 0; j < destinations_; ++j) v[j] = -flow_.potential(sources_ + j) + 0.0;
        return v;
    }

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    [[nodiscard]] std::vector<double> amounts(const std::vector<std::size_t>& arcs) const {
        std::vector<double> out(arcs.size(), 0.0);
        for (std::size_t k = 0; k < arcs.size(); ++k)
            if (arcs[k] != none) out[k] = flow_.flow(arcs[k]);
        return out;
    }

    std::size_t sources_, destinations_;
    ExactFlow flow_;
    std::vector<std::size_t> overflow_, unserved_;
};

}  // namespace meio::transport::detail
