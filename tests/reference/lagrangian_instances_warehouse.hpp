// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <meio/lagrangian/reply.hpp>
#include <reference/lagrangian_instances_plan.hpp>

namespace reference {

/// One warehouse with stock W and no supply feeds stores over T periods at zero lead time; stores start empty and lose
/// what they cannot serve. In a period a store is filled up to y >= x, meets Poisson demand (tail lumped at 14, stock at
/// most 14) and pays holding 1 a unit left and `lost` a unit lost; the warehouse pays 0.5 a unit it still holds after
/// shipping. One multiplier >= 0 prices the total shipped, one group a store:
/// theta(l) = T W / 2 - l W + sum_s V_s(0), where a unit shipped in period t costs l - (T - t) / 2 (t from 0).
struct Warehouse {
    static constexpr std::size_t most = 14;  // stock of a store, and demand
    struct Store {
        double mean = 0, lost = 0;
    };
    std::size_t periods = 0, stock = 0;
    std::vector<Store> stores{};

    [[nodiscard]] std::size_t size() const { return 1; }
    [[nodiscard]] std::size_t groups() const { return stores.size(); }
    [[nodiscard]] std::vector<double> right_hand_side() const { return {static_cast<double>(stock)}; }
    /// Cost of holding the warehouse's stock if nothing is ever shipped: not in the oracle's values.
    [[nodiscard]] double constant() const { return 0.5 * static_cast<double>(periods * stock); }

    [[nodiscard]] static std::vector<double> demand(double mean) {
        std::vector<double> p(most + 1, 0.0);
        double mass = std::exp(-mean), below = 0;
        for (std::size_t d = 0; d < most; ++d) {
            p[d] = mass;
            below += mass;
            mass *= mean / static_cast<double>(d + 1);
        }
        p[most] = 1.0 - below;
        return p;
    }
    /// A period's expected cost of a store filled up to y.
    [[nodiscard]] static double period_cost(const Store& store, const std::vector<double>& p, std::size_t y) {
        double cost = 0;
        for (std::size_t d = 0; d <= most; ++d)
            cost += p[d] * (d <= y ? static_cast<double>(y - d) : store.lost * static_cast<double>(d - y));
        return cost;
    }
    /// The fill-up level of every period and stock, period-major.
    [[nodiscard]] Plan minimiser(std::span<const double> l, std::size_t s) const {
        const std::vector<double> p = demand(stores[s].mean);
        std::vector<double> next(most + 1, 0.0), filled(most + 1, 0.0);
        Plan plan(periods * (most + 1), 0.0);
        for (std::size_t t = periods; t-- > 0;) {
            const double price = l[0] - 0.5 * static_cast<double>(periods - t);
            for (std::size_t y = 0; y <= most; ++y) {
                filled[y] = period_cost(stores[s], p, y) + price * static_cast<double>(y);
                for (std::size_t d = 0; d <= most; ++d) filled[y] += p[d] * next[y > d ? y - d : 0];
            }
            for (std::size_t x = 0; x <= most; ++x) {
                const auto y = std::min_element(filled.begin() + static_cast<std::ptrdiff_t>(x), filled.end());
                plan[t * (most + 1) + x] = static_cast<double>(y - filled.begin());
                next[x] = *y - price * static_cast<double>(x);
            }
        }
        return plan;
    }
    /// Follows the store's stock forward: the expected number shipped is the use.
    double account(const Plan& plan, std::size_t s, std::span<double> use) const {
        const std::vector<double> p = demand(stores[s].mean);
        std::vector<double> state(most + 1, 0.0);
        state[0] = 1.0;
        double total = 0;
        for (std::size_t t = 0; t < periods; ++t) {
            std::vector<double> after(most + 1, 0.0);
            for (std::size_t x = 0; x <= most; ++x) {
                const auto y = static_cast<std::size_t>(plan[t * (most + 1) + x]);
                const double shipped = state[x] * static_cast<double>(y - x);
                use[0] += shipped;
                total += state[x] * period_cost(stores[s], p, y) - 0.5 * static_cast<double>(periods - t) * shipped;
                for (std::size_t d = 0; d <= most; ++d) after[y > d ? y - d : 0] += state[x] * p[d];
            }
            state = after;
        }
        return total;
    }
    void evaluate(std::span<const double> l, std::size_t s, meio::lagrangian::Reply& reply) const {
        answer(*this, l, s, reply);
    }
};

/// The referee: the exact least expected cost of two stores, by dynamic programming over both stocks and the
/// warehouse's.
inline double exact_cost(const Warehouse& w) {
    constexpr std::size_t levels = Warehouse::most + 1;
    const std::vector<double> p = Warehouse::demand(w.stores[0].mean), q = Warehouse::demand(w.stores[1].mean);
    const auto at = [](std::size_t stock, std::size_t x, std::size_t y) { return (stock * levels + x) * levels + y; };
    std::vector<double> next((w.stock + 1) * levels * levels, 0.0), filled(next.size());
    for (std::size_t t = w.periods; t-- > 0;) {
        for (std::size_t r = 0; r <= w.stock; ++r)
            for (std::size_t x = 0; x < levels; ++x)
                for (std::size_t y = 0; y < levels; ++y) {
                    double value = 0.5 * static_cast<double>(r) + Warehouse::period_cost(w.stores[0], p, x) +
                                   Warehouse::period_cost(w.stores[1], q, y);
                    for (std::size_t d = 0; d < levels; ++d)
                        for (std::size_t e = 0; e < levels; ++e)
                            value += p[d] * q[e] * next[at(r, x > d ? x - d : 0, y > e ? y - e : 0)];
                    filled[at(r, x, y)] = value;
                }
        for (std::size_t r = 0; r <= w.stock; ++r)
            for (std::size_t x = 0; x < levels; ++x)
                for (std::size_t y = 0; y < levels; ++y) {
                    double least = std::numeric_limits<double>::infinity();
                    for (std::size_t m = 0; m <= r && x + m < levels; ++m)
                        for (std::size_t n = 0; m + n <= r && y + n < levels; ++n)
                            least = std::min(least, filled[at(r - m - n, x + m, y + n)]);
                    next[at(r, x, y)] = least;
                }
    }
    return next[at(w.stock, 0, 0)];
}

}  // namespace reference
