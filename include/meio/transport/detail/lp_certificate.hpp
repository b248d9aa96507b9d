// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/transport/detail/lp_scaling.hpp>
#include <meio/transport/linear_program.hpp>
#include <meio/transport/linear_result.hpp>

namespace meio::transport::detail {

/// Checks of a linear program's answer, from the input and the answer alone.
class LpCertifier {
public:
    /// Fills reduced costs, objective, bound and certificate from `x` and `row_duals`. A wrong sign up to
    /// `dual_tolerance` scaled units towards an absent bound counts as rounding in `bound`. Afterwards `feasible` and
    /// `complementary` tell whether x meets all bounds, and the duals' signs suit it, about to the methods' own
    /// tolerances.
    void certify(const LinearProgram& lp, const LpScaling& scaling, double primal_tolerance, double dual_tolerance,
                 LinearResult& r) {
        const std::size_t n = lp.variable_count();
        const std::size_t m = lp.row_count();
        activity_.assign(m, 0.0);
        size_.assign(m, 0.0);
        r.reduced_costs.resize(n);
        feasible = true;
        exact = true;
        complementary = true;
        consistent = true;
        double objective = 0;
        double turnover = 0;
        double dual_turnover = 0;
        double primal = 0;
        double dual = 0;
        double bound = 0;
        bool bounded = true;
        bool whole = scaling.whole;
        terms_.resize(n);
        const auto check = [&](double value, double low, double high, double unit, double rounding) {
            const double off = std::max(low - value, value - high);
            if (!(off > 0)) {
                feasible &= !std::isnan(off);
                exact &= !std::isnan(off);
                return;
            }
            primal = std::max(primal, off);
            exact &= off <= rounding + 1e-9 * std::abs(value < low ? low : high);
            feasible &= off <= 3 * primal_tolerance * unit +
                                   std::max(1e-7, 3 * primal_tolerance) * std::abs(value < low ? low : high) + rounding;
        };
        const auto price = [&](double y, double value, double low, double high, double value_unit, double price_unit,
                               double terms, double known) {
            if (y == 0) return;
            const double size = std::abs(y);
            const double at = y > 0 ? low : high;
            const bool finite = std::abs(at) < infinity;
            if (finite) {
                bound += y * at;
                dual_turnover += std::abs(y * at);
                whole = whole && is_whole(y) && is_whole(at);
            } else {
                bounded &= size <= 1e-13 * terms;  // zero but for rounding?
                whole = false;
            }
            if (finite && std::abs(value - at) <= 1e-6 * (value_unit + std::abs(at))) return;
            dual = std::max(dual, size);
            consistent &= size <= 1e-9 * (price_unit + terms);
            complementary &= size <= 100 * dual_tolerance * (price_unit + known);
        };
        for (std::size_t j = 0; j < n; ++j) {
            const double x = r.x[j];
            double reduced = lp.costs[j];
            double terms = std::abs(reduced);
            for (auto k = first(lp, j); k < first(lp, j + 1); ++k) {
                const auto i = static_cast<std::size_t>(lp.rows[k]);
                activity_[i] += lp.values[k] * x;
                size_[i] += std::abs(lp.values[k] * x);
                const double priced = lp.values[k] * r.row_duals[i];
                reduced -= priced;
                terms += std::abs(priced);
            }
            if (std::abs(reduced) <= 1e-15 * terms) reduced = 0;  // what is left of a cancellation is rounding
            r.reduced_costs[j] = reduced;
            objective += lp.costs[j] * x;
            turnover += std::abs(lp.costs[j] * x);
            check(x, lp.lower[j], lp.upper[j], scaling.variable_unit(j), 0.0);
            price(reduced, x, lp.lower[j], lp.upper[j], scaling.variable_unit(j), scaling.reduced_unit(j), terms,
                  std::abs(lp.costs[j]));
            whole = whole && is_whole(lp.costs[j]);
            terms_[j] = terms;
        }
        for (std::size_t i = 0; i < m; ++i) {
            check(activity_[i], lp.row_lower[i], lp.row_upper[i], scaling.activity_unit(i), 1e-9 * size_[i]);
            price(r.row_duals[i], activity_[i], lp.row_lower[i], lp.row_upper[i],
                  scaling.activity_unit(i) + 1e-8 * size_[i], scaling.dual_unit(i), 0.0, 0.0);
        }
        r.objective = objective;
        r.certificate.primal_violation = primal;
        r.certificate.dual_violation = dual;
        r.certificate.gap =
            objective == bound ? 0.0 : std::abs(objective - bound) / std::max({turnover, dual_turnover, 1e-300});
        // Whole numbers of moderate size add up without rounding.
        if (!(whole && turnover + dual_turnover < 0x1p50)) bound -= doubt(lp, r, dual_turnover);
        r.bound = bounded ? bound : -infinity;
    }

    bool feasible = true;
    bool exact = true;       ///< feasible beside the terms of each row and bound alone
    bool complementary = true;
    bool consistent = true;  ///< like `complementary`, beside the terms of each reduced cost

    /// Tries `y` and -`y` as a proof of infeasibility; true, with the result filled, where one of them is. What asks for
    /// a bound that is not there is rounding up to `forgiven` times its terms; the proof must weigh more than `least`
    /// times its own.
    bool prove_infeasible(const LinearProgram& lp, std::span<const double> y, double forgiven, double least,
                          LinearResult& r) {
        double most = 0;
        for (const double v : y) most = std::max(most, std::abs(v));
        for (const double sign : {1.0, -1.0}) {
            r.farkas.assign(y.begin(), y.end());
            for (double& v : r.farkas) v *= sign;
            double amount = 0;
            double size = 0;
            for (std::size_t i = 0; i < lp.row_count(); ++i) {
                double& v = r.farkas[i];
                if (v == 0) continue;
                const double at = v > 0 ? lp.row_lower[i] : lp.row_upper[i];
                // Rounding must not ask for a bound that is not there.
                if (std::abs(at) == infinity && std::abs(v) <= 1e-9 * most) v = 0;
                else amount += v * at, size += std::abs(v * at);
            }
            for (std::size_t j = 0; j < lp.variable_count(); ++j) {
                double g = 0;
                double terms = 0;
                for (auto k = first(lp, j); k < first(lp, j + 1); ++k) {
                    const double v = lp.values[k] * r.farkas[static_cast<std::size_t>(lp.rows[k])];
                    g += v;
                    terms += std::abs(v);
                }
                if (g == 0) continue;
                const double at = g > 0 ? lp.upper[j] : lp.lower[j];
                if (std::abs(at) == infinity && std::abs(g) <= forgiven * terms) continue;
                amount -= g * at;
                size += std::abs(g * at);
            }
            if (amount > least * size && amount < infinity) {
                r.farkas_amount = amount;
                return true;
            }
        }
        r.farkas.clear();
        return false;
    }

    /// True, with the result filled, where `ray` keeps every bound and lowers the cost. A row that moves by up to
    /// `forgiven` times its terms stands still.
    bool prove_unbounded(const LinearProgram& lp, std::span<const double> ray, double forgiven, LinearResult& r) {
        r.ray.assign(ray.begin(), ray.end());
        activity_.assign(lp.row_count(), 0.0);
        size_.assign(lp.row_count(), 0.0);
        bool right = true;
        double cost = 0;
        for (std::size_t j = 0; j < lp.variable_count(); ++j) {
            const double v = r.ray[j];
            if (v == 0) continue;
            right &= v > 0 ? lp.upper[j] == infinity : lp.lower[j] == -infinity;
            cost += lp.costs[j] * v;
            for (auto k = first(lp, j); k < first(lp, j + 1); ++k) {
                activity_[static_cast<std::size_t>(lp.rows[k])] += lp.values[k] * v;
                size_[static_cast<std::size_t>(lp.rows[k])] += std::abs(lp.values[k] * v);
            }
        }
        for (std::size_t i = 0; i < lp.row_count(); ++i) {
            if (std::abs(activity_[i]) <= forgiven * size_[i]) continue;
            right &= activity_[i] > 0 ? lp.row_upper[i] == infinity : lp.row_lower[i] == -infinity;
        }
        r.ray_cost = cost;
        if (right && cost < 0) return true;
        r.ray.clear();
        r.ray_cost = 0;
        return false;
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    /// By how much rounding may have raised the bound: that of its sum, and that of each reduced cost times what it may
    /// be worth, which is also all that a wrong sign of that size can hide.
    double doubt(const LinearProgram& lp, const LinearResult& r, double turnover) const {
        double largest = 0;
        for (const double x : r.x) largest = std::max(largest, std::abs(x));
        double sum = 0x1p-53 * static_cast<double>(r.x.size() + r.row_duals.size() + 4) * turnover;
        for (std::size_t j = 0; j < r.x.size(); ++j) {
            const double d = r.reduced_costs[j];
            const double at = d > 0 ? lp.lower[j] : lp.upper[j];
            const double error = 0x1p-52 * terms_[j] * static_cast<double>(lp.starts[j + 1] - lp.starts[j] + 2);
            sum += error * std::abs(r.x[j]);
            if (std::abs(at) < infinity) sum += error * std::abs(at);
            else sum += std::abs(d) * (std::abs(r.x[j]) + largest);
        }
        return sum;
    }

    static bool is_whole(double v) { return std::abs(v) < 0x1p40 && v == static_cast<double>(static_cast<std::int64_t>(v)); }

    static std::size_t first(const LinearProgram& lp, std::size_t j) { return static_cast<std::size_t>(lp.starts[j]); }

    std::vector<double> activity_;
    std::vector<double> size_;
    std::vector<double> terms_;  // sizes of what each reduced cost is the sum of
};

}  // namespace meio::transport::detail
