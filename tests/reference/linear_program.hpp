// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <meio/core/status.hpp>
#include <meio/transport/linear_program.hpp>
#include <meio/transport/linear_result.hpp>

namespace meio::reference {

/// Status and value of a linear program, found slowly: all variables split or shifted to x >= 0, all rows to
/// equalities, a dense two-phase tableau in long double with Bland's rule. Shares no code with the library.
struct LinearTruth {
    core::Status status = core::Status::stalled;
    double objective = 0;
};

namespace detail {

struct Tableau {
    std::size_t rows = 0;
    std::size_t columns = 0;  // without the right side
    std::vector<long double> a;
    std::vector<std::size_t> basis;

    long double& at(std::size_t i, std::size_t j) { return a[i * (columns + 1) + j]; }

    void pivot(std::size_t r, std::size_t q) {
        const long double p = at(r, q);
        for (std::size_t j = 0; j <= columns; ++j) at(r, j) /= p;
        for (std::size_t i = 0; i <= rows; ++i) {
            if (i == r) continue;
            const long double f = at(i, q);
            if (f == 0) continue;
            for (std::size_t j = 0; j <= columns; ++j) at(i, j) -= f * at(r, j);
        }
        basis[r] = q;
    }

    /// Row `rows` holds the reduced costs. False: unbounded.
    bool run(std::size_t usable) {
        for (;;) {
            std::size_t q = usable;
            for (std::size_t j = 0; j < usable && q == usable; ++j)
                if (at(rows, j) < -1e-11L) q = j;
            if (q == usable) return true;
            std::size_t r = rows;
            for (std::size_t i = 0; i < rows; ++i) {
                if (at(i, q) <= 1e-10L) continue;
                if (r == rows) {
                    r = i;
                    continue;
                }
                const long double here = at(i, columns) / at(i, q);
                const long double best = at(r, columns) / at(r, q);
                if (here < best - 1e-13L || (here <= best + 1e-13L && basis[i] < basis[r])) r = i;
            }
            if (r == rows) return false;
            pivot(r, q);
        }
    }
};

}  // namespace detail

inline LinearTruth solve_linear(const transport::LinearProgram& lp) {
    const std::size_t n = lp.variable_count();
    const std::size_t m = lp.row_count();
    std::vector<std::vector<long double>> matrix(m, std::vector<long double>(n, 0));
    for (std::size_t j = 0; j < n; ++j)
        for (auto k = static_cast<std::size_t>(lp.starts[j]); k < static_cast<std::size_t>(lp.starts[j + 1]); ++k)
            matrix[static_cast<std::size_t>(lp.rows[k])][j] = lp.values[k];
    // x_j = base_j + sum of its parts' factors times parts >= 0.
    struct Part {
        std::size_t variable;
        long double factor;
    };
    std::vector<Part> parts;
    std::vector<long double> base(n, 0);
    struct Row {
        std::vector<long double> a;  // over parts
        int sense;                   // -1: <=, 0: =, 1: >=
        long double right;
    };
    std::vector<Row> list;
    std::vector<std::pair<std::size_t, long double>> ranges;  // part <= range
    for (std::size_t j = 0; j < n; ++j) {
        if (std::isfinite(lp.lower[j])) {
            base[j] = lp.lower[j];
            if (std::isfinite(lp.upper[j]))
                ranges.push_back({parts.size(), static_cast<long double>(lp.upper[j]) - lp.lower[j]});
            parts.push_back({j, 1});
        } else if (std::isfinite(lp.upper[j])) {
            base[j] = lp.upper[j];
            parts.push_back({j, -1});
        } else {
            parts.push_back({j, 1});
            parts.push_back({j, -1});
        }
    }
    for (std::size_t i = 0; i < m; ++i) {
        std::vector<long double> a(parts.size());
        for (std::size_t p = 0; p < parts.size(); ++p) a[p] = matrix[i][parts[p].variable] * parts[p].factor;
        long double constant = 0;
        for (std::size_t j = 0; j < n; ++j) constant += matrix[i][j] * base[j];
        if (lp.row_lower[i] == lp.row_upper[i]) {
            list.push_back({a, 0, lp.row_lower[i] - constant});
            continue;
        }
        if (std::isfinite(lp.row_lower[i])) list.push_back({a, 1, lp.row_lower[i] - constant});
        if (std::isfinite(lp.row_upper[i])) list.push_back({a, -1, lp.row_upper[i] - constant});
    }
    for (const auto& [p, range] : ranges) {
        std::vector<long double> a(parts.size(), 0);
        a[p] = 1;
        list.push_back({a, -1, range});
    }
    std::size_t slacks = 0;
    for (const Row& row : list) slacks += row.sense != 0;
    detail::Tableau t;
    t.rows = list.size();
    const std::size_t real = parts.size() + slacks;
    t.columns = real + t.rows;
    t.a.assign((t.rows + 1) * (t.columns + 1), 0);
    t.basis.resize(t.rows);
    std::size_t slack = parts.size();
    long double scale = 1;
    for (std::size_t i = 0; i < t.rows; ++i) {
        const long double sign = list[i].right < 0 ? -1 : 1;
        for (std::size_t p = 0; p < parts.size(); ++p) t.at(i, p) = sign * list[i].a[p];
        if (list[i].sense != 0) t.at(i, slack++) = sign * (list[i].sense < 0 ? 1 : -1);
        t.at(i, real + i) = 1;
        t.at(i, t.columns) = sign * list[i].right;
        scale = std::max(scale, std::abs(list[i].right));
        t.basis[i] = real + i;
        for (std::size_t j = 0; j <= t.columns; ++j)
            if (j < real || j == t.columns) t.at(t.rows, j) -= t.at(i, j);
    }
    t.run(real);
    if (-t.at(t.rows, t.columns) > 1e-9L * scale) return {core::Status::infeasible, 0};
    for (std::size_t i = 0; i < t.rows; ++i) {
        if (t.basis[i] < real) continue;
        for (std::size_t j = 0; j < real; ++j)
            if (std::abs(t.at(i, j)) > 1e-9L) {
                t.pivot(i, j);
                break;
            }
    }
    long double fixed = 0;
    for (std::size_t j = 0; j < n; ++j) fixed += lp.costs[j] * base[j];
    for (std::size_t j = 0; j <= t.columns; ++j) t.at(t.rows, j) = 0;
    for (std::size_t p = 0; p < parts.size(); ++p) t.at(t.rows, p) = lp.costs[parts[p].variable] * parts[p].factor;
    for (std::size_t i = 0; i < t.rows; ++i) {
        const long double f = t.at(t.rows, t.basis[i]);
        if (f == 0) continue;
        for (std::size_t j = 0; j <= t.columns; ++j) t.at(t.rows, j) -= f * t.at(i, j);
    }
    if (!t.run(real)) return {core::Status::unbounded, 0};
    return {core::Status::optimal, static_cast<double>(fixed - t.at(t.rows, t.columns))};
}

/// What is wrong with a result, by definition, or an empty string. `tolerance` is relative to the terms of each sum.
inline std::string fault(const transport::LinearProgram& lp, const transport::LinearResult& r, double tolerance) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::size_t n = lp.variable_count();
    const std::size_t m = lp.row_count();
    const auto product = [&](const std::vector<double>& x, std::vector<double>& size) {
        std::vector<double> sums(m, 0.0);
        size.assign(m, 1.0);
        for (std::size_t j = 0; j < n; ++j)
            for (auto k = static_cast<std::size_t>(lp.starts[j]); k < static_cast<std::size_t>(lp.starts[j + 1]); ++k) {
                sums[static_cast<std::size_t>(lp.rows[k])] += lp.values[k] * x[j];
                size[static_cast<std::size_t>(lp.rows[k])] += std::abs(lp.values[k] * x[j]);
            }
        return sums;
    };
    const auto transposed = [&](const std::vector<double>& y, std::vector<double>& size) {
        std::vector<double> sums(n, 0.0);
        size.assign(n, 0.0);
        for (std::size_t j = 0; j < n; ++j)
            for (auto k = static_cast<std::size_t>(lp.starts[j]); k < static_cast<std::size_t>(lp.starts[j + 1]); ++k) {
                sums[j] += lp.values[k] * y[static_cast<std::size_t>(lp.rows[k])];
                size[j] += std::abs(lp.values[k] * y[static_cast<std::size_t>(lp.rows[k])]);
            }
        return sums;
    };
    std::vector<double> size;
    if (r.status == core::Status::optimal) {
        const std::vector<double> activity = product(r.x, size);
        for (std::size_t i = 0; i < m; ++i) {
            const double slack = tolerance * size[i];
            if (activity[i] < lp.row_lower[i] - slack || activity[i] > lp.row_upper[i] + slack)
                return "row " + std::to_string(i) + " violated";
            if (r.row_duals[i] > tolerance && activity[i] > lp.row_lower[i] + slack)
                return "row " + std::to_string(i) + ": dual > 0 off its lower bound";
            if (r.row_duals[i] < -tolerance && activity[i] < lp.row_upper[i] - slack)
                return "row " + std::to_string(i) + ": dual < 0 off its upper bound";
        }
        const std::vector<double> priced = transposed(r.row_duals, size);
        double objective = 0;
        double total = 1;
        for (std::size_t j = 0; j < n; ++j) {
            const double reduced = lp.costs[j] - priced[j];
            const double slack = tolerance * (1 + std::abs(r.x[j]));
            const double small = tolerance * (1 + size[j] + std::abs(lp.costs[j]));
            if (!(r.x[j] >= lp.lower[j] - slack && r.x[j] <= lp.upper[j] + slack))
                return "variable " + std::to_string(j) + " out of bounds";
            if (reduced > small && r.x[j] > lp.lower[j] + slack)
                return "variable " + std::to_string(j) + ": cost > 0 off its lower bound";
            if (reduced < -small && r.x[j] < lp.upper[j] - slack)
                return "variable " + std::to_string(j) + ": cost < 0 off its upper bound";
            if (std::abs(reduced - r.reduced_costs[j]) > small) return "reduced cost " + std::to_string(j);
            objective += lp.costs[j] * r.x[j];
            total += std::abs(lp.costs[j] * r.x[j]);
        }
        if (std::abs(objective - r.objective) > tolerance * total) return "objective";
        return "";
    }
    if (r.status == core::Status::infeasible) {
        if (r.farkas.size() != m) return "no Farkas multipliers";
        double amount = 0;
        double total = 0;
        for (std::size_t i = 0; i < m; ++i) {
            if (r.farkas[i] == 0) continue;
            const double term = r.farkas[i] * (r.farkas[i] > 0 ? lp.row_lower[i] : lp.row_upper[i]);
            amount += term;
            total += std::abs(term);
        }
        const std::vector<double> g = transposed(r.farkas, size);
        for (std::size_t j = 0; j < n; ++j) {
            const double bound = g[j] > 0 ? lp.upper[j] : lp.lower[j];
            if (g[j] == 0 || (std::abs(bound) == infinity && std::abs(g[j]) <= tolerance * size[j])) continue;
            amount -= g[j] * bound;
            total += std::abs(g[j] * bound);
        }
        if (!(amount > 0) || amount == infinity) return "Farkas multipliers prove nothing";
        if (std::abs(amount - r.farkas_amount) > tolerance * total) return "Farkas amount";
        return "";
    }
    if (r.status == core::Status::unbounded) {
        if (r.ray.size() != n) return "no ray";
        const std::vector<double> activity = product(r.ray, size);
        double cost = 0;
        for (std::size_t j = 0; j < n; ++j) {
            if (r.ray[j] > 0 && lp.upper[j] < infinity) return "ray leaves an upper bound";
            if (r.ray[j] < 0 && lp.lower[j] > -infinity) return "ray leaves a lower bound";
            cost += lp.costs[j] * r.ray[j];
        }
        for (std::size_t i = 0; i < m; ++i) {
            if (activity[i] > tolerance * size[i] && lp.row_upper[i] < infinity)
                return "ray leaves a row's upper bound";
            if (activity[i] < -tolerance * size[i] && lp.row_lower[i] > -infinity)
                return "ray leaves a row's lower bound";
        }
        if (!(cost < 0)) return "ray does not pay";
        // It must start somewhere feasible.
        const std::vector<double> here = product(r.x, size);
        for (std::size_t i = 0; i < m; ++i)
            if (here[i] < lp.row_lower[i] - tolerance * size[i] || here[i] > lp.row_upper[i] + tolerance * size[i])
                return "ray starts outside";
        return "";
    }
    return "status " + std::string(core::to_string(r.status));
}

}  // namespace meio::reference
