// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
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
        complementary = true;
        double objective = 0;
        double turnover = 0;
        double dual_turnover = 0;
        double primal = 0;
        double dual = 0;
        double bound = 0;
        bool bounded = true;
        const auto check = [&](double value, double low, double high, double unit, double rounding) {
            const double off = std::max(low - value, value - high);
            if (!(off > 0)) {
                feasible &= !std::isnan(off);
                return;
            }
            primal = std::max(primal, off);
            feasible &= off <= 3 * primal_tolerance * unit +
                                   std::max(1e-7, 3 * primal_tolerance) * std::abs(value < low ? low : high) + rounding;
        };
        const auto price = [&](double y, double value, double low, double high, double value_unit, double price_unit,
                               double known) {
            if (y == 0) return;
            const double size = std::abs(y);
            const double at = y > 0 ? low : high;
            const bool finite = std::abs(at) < infinity;
            if (finite) bound += y * at, dual_turnover += std::abs(y * at);
            if (finite && std::abs(value - at) <= 1e-6 * (value_unit + std::abs(at))) return;
            dual = std::max(dual, size);
            bounded &= finite || size <= dual_tolerance * price_unit;
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
            price(reduced, x, lp.lower[j], lp.upper[j], scaling.variable_unit(j), scaling.reduced_unit(j),
                  std::abs(lp.costs[j]));
        }
        for (std::size_t i = 0; i < m; ++i) {
            check(activity_[i], lp.row_lower[i], lp.row_upper[i], scaling.activity_unit(i), 1e-9 * size_[i]);
            price(r.row_duals[i], activity_[i], lp.row_lower[i], lp.row_upper[i],
                  scaling.activity_unit(i) + 1e-8 * size_[i], scaling.dual_unit(i), 0.0);
        }
        r.objective = objective;
        r.bound = bounded ? bound : -infinity;
        r.certificate.primal_violation = primal;
        r.certificate.dual_violation = dual;
        r.certificate.gap =
            objective == bound ? 0.0 : std::abs(objective - bound) / std::max({turnover, dual_turnover, 1e-300});
    }

    bool feasible = true;
    bool complementary = true;

    /// Tries `y` and -`y` as a proof of infeasibility; true, with the result filled, where one of them is.
    bool prove_infeasible(const LinearProgram& lp, std::span<const double> y, LinearResult& r) {
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
                if (std::abs(at) == infinity && std::abs(g) <= 1e-9 * terms) continue;
                amount -= g * at;
                size += std::abs(g * at);
            }
            if (amount > 1e-12 * size && amount < infinity) {
                r.farkas_amount = amount;
                return true;
            }
        }
        r.farkas.clear();
        return false;
    }

    /// True, with the result filled, where `ray` keeps every bound and lowers the cost.
    bool prove_unbounded(const LinearProgram& lp, std::span<const double> ray, LinearResult& r) {
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
            if (std::abs(activity_[i]) <= 1e-9 * size_[i]) continue;
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

    static std::size_t first(const LinearProgram& lp, std::size_t j) { return static_cast<std::size_t>(lp.starts[j]); }

    std::vector<double> activity_;
    std::vector<double> size_;
};

}  // namespace meio::transport::detail
