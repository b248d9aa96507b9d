// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/lagrangian/problem.hpp>
#include <meio/lagrangian/reply.hpp>
#include <meio/transport/linear_program.hpp>
#include <reference/linear_program.hpp>

namespace meio::reference {

/// A small random dual over listed plans with its optimum, found as a linear program: a mixture of plans in every group,
/// and what the mixture uses above b at the upper bounds' prices, below b at the lower bounds'.
///
/// Groups 1 to 16, plans 1 to 6, multipliers 1 to 6; costs and uses with ties, zeros and scales of all sorts; bounds of
/// every kind. A mixture with shares in eighths keeps the constraints exactly where they are hard. Some oracles tell a
/// curvature that has nothing to do with the dual, some are off by up to their `value_error`.
struct RandomDual {
    std::size_t group_count = 0, plan_count = 0, multipliers = 0;
    std::vector<double> cost{};              // group by group, plan by plan
    std::vector<std::vector<double>> use{};  // the same
    std::vector<double> diagonal{};          // told by every group; empty: none
    std::vector<double> hessian{};
    double error = 0;                        // of a value, told
    lagrangian::Problem problem{};
    double scale = 1;                        // of money

    explicit RandomDual(std::uint64_t seed) {
        core::RandomStream draw(seed, 77);
        constexpr double infinity = std::numeric_limits<double>::infinity();
        group_count = 1 + draw.below(16);
        plan_count = 1 + draw.below(6);
        multipliers = 1 + draw.below(6);
        const bool whole = draw.uniform() < 0.4;
        const double unit = whole ? 1.0 : std::pow(10.0, -2.0 + 6.0 * draw.uniform());
        for (std::size_t p = 0; p < group_count * plan_count; ++p) {
            cost.push_back(whole ? std::floor(15.0 * draw.uniform()) - 5.0 : unit * (draw.uniform() - 0.3));
            scale = std::max(scale, static_cast<double>(group_count) * std::abs(cost.back()));
            use.emplace_back();
            for (std::size_t k = 0; k < multipliers; ++k) {
                const double amount = -std::log(1.0 - draw.uniform());
                use.back().push_back(whole ? std::floor(5.0 * draw.uniform()) - 1.0
                                           : (draw.uniform() < 0.7 ? std::round(256.0 * amount) / 256.0 : 0.0));
            }
        }
        std::vector<double> b(multipliers, 0.0);
        for (std::size_t g = 0; g < group_count; ++g)
            for (int eighth = 0; eighth < 8; ++eighth) {
                const std::vector<double>& plan = use[g * plan_count + draw.below(plan_count)];
                for (std::size_t k = 0; k < multipliers; ++k) b[k] += plan[k] / 8.0;
            }
        problem.lower.assign(multipliers, 0.0);
        problem.upper.assign(multipliers, infinity);
        for (std::size_t k = 0; k < multipliers; ++k) {
            switch (draw.below(5)) {
                case 0: break;                                  // use <= b
                case 1: problem.lower[k] = -infinity; break;    // use = b
                case 2:                                         // use >= b
                    problem.lower[k] = -infinity;
                    problem.upper[k] = 0;
                    break;
                case 3:                                         // elastic
                    problem.upper[k] = unit * (0.1 + draw.uniform());
                    b[k] *= 0.5 + 0.5 * draw.uniform();
                    break;
                default:                                        // a box anywhere
                    problem.lower[k] = unit * (draw.uniform() - 0.7);
                    problem.upper[k] = problem.lower[k] + unit * draw.uniform();
                    b[k] += draw.uniform() - 0.5;
            }
        }
        problem.b = b;
        const std::uint64_t told = draw.below(4);
        if (told == 1 || told == 2)
            for (std::size_t k = 0; k < multipliers; ++k) diagonal.push_back(std::pow(10.0, 4.0 * draw.uniform() - 3.0) / unit);
        if (told == 2) {
            std::vector<double> v(multipliers);
            for (double& x : v) x = (draw.uniform() - 0.5) / std::sqrt(unit);
            for (std::size_t i = 0; i < multipliers * multipliers; ++i)
                hessian.push_back(v[i / multipliers] * v[i % multipliers] + (i / multipliers == i % multipliers ? diagonal[i % multipliers] : 0.0));
        }
        if (draw.below(5) == 0) error = 1e-3 * unit;
    }

    [[nodiscard]] std::size_t size() const { return multipliers; }
    [[nodiscard]] std::size_t groups() const { return group_count; }
    void evaluate(std::span<const double> l, std::size_t g, lagrangian::Reply& reply) const {
        reply.value = std::numeric_limits<double>::infinity();
        double shift = 0;
        for (std::size_t p = g * plan_count; p < (g + 1) * plan_count; ++p) {
            double value = cost[p];
            for (std::size_t k = 0; k < multipliers; ++k) value += l[k] * use[p][k];
            if (value >= reply.value) continue;
            reply.value = value;
            reply.gradient = use[p];
            reply.tag = p - g * plan_count;
        }
        for (const double x : l) shift += x;
        if (error > 0) reply.value += 0.5 * error * (1.0 + std::sin(1e3 * shift + static_cast<double>(g)));
        reply.value_error = error;
        if (!diagonal.empty()) reply.diagonal = diagonal;
        if (!hessian.empty()) reply.hessian = hessian;
    }

    /// The largest value of the dual.
    [[nodiscard]] double optimum() const {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        transport::LinearProgram lp;
        for (std::size_t k = 0; k < multipliers; ++k) lp.add_row(problem.b[k], problem.b[k]);
        for (std::size_t g = 0; g < group_count; ++g) lp.add_row(1.0, 1.0);
        std::vector<std::int32_t> rows(multipliers + 1);
        std::vector<double> values(multipliers + 1);
        for (std::size_t k = 0; k < multipliers; ++k) rows[k] = static_cast<std::int32_t>(k);
        for (std::size_t p = 0; p < cost.size(); ++p) {
            rows.back() = static_cast<std::int32_t>(multipliers + p / plan_count);
            std::copy(use[p].begin(), use[p].end(), values.begin());
            values.back() = 1.0;
            lp.add_variable(cost[p], 0.0, infinity, rows, values);
        }
        for (std::size_t k = 0; k < multipliers; ++k) {
            const std::vector<std::int32_t> row{static_cast<std::int32_t>(k)};
            if (problem.upper[k] < infinity) lp.add_variable(problem.upper[k], 0.0, infinity, row, std::vector<double>{-1.0});
            if (problem.lower[k] > -infinity) lp.add_variable(-problem.lower[k], 0.0, infinity, row, std::vector<double>{1.0});
        }
        const LinearTruth truth = solve_linear(lp);
        return truth.status == core::Status::optimal ? truth.objective : std::numeric_limits<double>::quiet_NaN();
    }
};

}  // namespace meio::reference
