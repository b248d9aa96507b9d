// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <meio/transport/linear_program.hpp>

namespace meio::reference {

/// A random linear program of an awkward kind: whole or real numbers, ties, all sorts of bounds, empty rows and
/// columns, equality rows, dependent rows, badly scaled ones, transport with side rows; feasible, infeasible or
/// unbounded.
inline transport::LinearProgram random_linear_program(std::uint64_t seed, std::size_t max_rows,
                                                      std::size_t max_variables) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::mt19937_64 random(seed * 0x9E3779B97F4A7C15ull + 1);
    const auto below = [&](std::size_t k) { return static_cast<std::size_t>(random() % k); };
    const auto whole = [&](int a, int b) {
        return a + static_cast<int>(random() % static_cast<std::uint64_t>(b - a + 1));
    };
    const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    transport::LinearProgram lp;
    const std::size_t kind = below(8);
    if (kind == 0) {  // transport with side rows
        const std::size_t a = 1 + below(std::max<std::size_t>(1, max_rows / 3));
        const std::size_t b = 1 + below(std::max<std::size_t>(1, max_rows / 2));
        std::vector<double> demand(b), supply(a);
        double total = 0;
        for (double& v : demand) total += v = whole(0, 20);
        for (double& v : supply) v = whole(0, 10);
        for (int left = static_cast<int>(total) + whole(-3, 10); left > 0; --left) supply[below(a)] += 1;
        const bool exact = below(2) == 0;
        for (const double v : supply) lp.add_row(-infinity, v);
        for (const double v : demand) lp.add_row(v, exact ? v : infinity);
        const std::size_t side = below(3);
        for (std::size_t k = 0; k < side; ++k) lp.add_row(-infinity, whole(0, 40));
        for (std::size_t i = 0; i < a; ++i)
            for (std::size_t j = 0; j < b; ++j) {
                if (a * b > max_variables && below(a * b) >= max_variables) continue;
                std::vector<std::int32_t> rows{static_cast<std::int32_t>(i), static_cast<std::int32_t>(a + j)};
                std::vector<double> values{1, 1};
                for (std::size_t k = 0; k < side; ++k)
                    if (below(3) == 0) {
                        rows.push_back(static_cast<std::int32_t>(a + b + k));
                        values.push_back(whole(1, 3));
                    }
                lp.add_variable(whole(below(4) == 0 ? -5 : 0, 20), 0, below(3) == 0 ? whole(0, 12) : infinity, rows,
                                values);
            }
        return lp;
    }
    const std::size_t m = 1 + below(max_rows);
    const std::size_t n = 1 + below(max_variables);
    const bool real = kind == 1 || kind == 2;
    const bool wild = kind == 3;  // units that differ by many orders
    const std::size_t density = 1 + below(10);
    const auto number = [&](int range) {
        return real || wild ? (2 * unit() - 1) * range : static_cast<double>(whole(-range, range));
    };
    // A point that most rows are built around, so that not all are infeasible.
    std::vector<double> point(n), row_unit(m, 1.0), column_unit(n, 1.0), activity(m, 0.0);
    for (double& v : point) v = number(5);
    if (wild) {
        for (double& v : row_unit) v = std::pow(10.0, whole(-3, 3));
        for (double& v : column_unit) v = std::pow(10.0, whole(-3, 3));
    }
    for (std::size_t i = 0; i < m; ++i) lp.add_row(0, 0);
    // Most costs are built from duals whose signs suit the bounds, so that not all are unbounded.
    std::vector<std::size_t> row_kind(m), kinds(n);
    for (auto& v : row_kind) v = below(6);
    for (auto& v : kinds) v = below(7);
    std::vector<double> duals(m);
    for (std::size_t i = 0; i < m; ++i) {
        duals[i] = number(4);
        if (row_kind[i] == 1 || row_kind[i] == 5) duals[i] = std::abs(duals[i]);
        if (row_kind[i] == 2 || row_kind[i] == 4) duals[i] = -std::abs(duals[i]);
    }
    const bool bounded_cost = below(5) != 0;
    for (std::size_t j = 0; j < n; ++j) {
        std::vector<std::int32_t> rows;
        std::vector<double> values;
        double cost = number(6);
        if (bounded_cost) {
            cost = kinds[j] == 0 ? 0.0 : number(3);
            if (kinds[j] == 1) cost = -std::abs(cost);
            if (kinds[j] >= 4) cost = std::abs(cost);
        }
        for (std::size_t i = 0; i < m; ++i) {
            if (below(10) >= density) continue;
            const double v = number(kind == 4 ? 1 : 9) * row_unit[i] * column_unit[j];
            if (v == 0) continue;
            rows.push_back(static_cast<std::int32_t>(i));
            values.push_back(v);
            activity[i] += v * point[j] / column_unit[j];
            if (bounded_cost) cost += v / row_unit[i] / column_unit[j] * duals[i];
        }
        double low = -infinity;
        double high = infinity;
        const double at = point[j] / column_unit[j];
        switch (kinds[j]) {
            case 0: break;
            case 1: high = at + std::abs(number(4)) / column_unit[j]; break;
            case 2: low = high = at; break;
            case 3:
                low = at - std::abs(number(4)) / column_unit[j];
                high = at + std::abs(number(4)) / column_unit[j];
                break;
            case 4: low = at; break;
            default: low = kind == 5 ? 0 : at - std::abs(number(3)) / column_unit[j]; break;
        }
        lp.add_variable(cost * column_unit[j], low, high, rows, values);
    }
    for (std::size_t i = 0; i < m; ++i) {
        double low = -infinity;
        double high = infinity;
        const double off = below(25) == 0 ? number(20) * row_unit[i] : 0.0;  // sometimes off the point
        const double at = activity[i] + off;
        switch (row_kind[i]) {
            case 0: low = high = at; break;
            case 1: low = at - std::abs(number(5)) * row_unit[i]; break;
            case 2: high = at + std::abs(number(5)) * row_unit[i]; break;
            case 3: low = at - std::abs(number(5)) * row_unit[i]; high = at + std::abs(number(5)) * row_unit[i]; break;
            case 4: high = at; break;
            default: low = at; break;
        }
        lp.row_lower[i] = low;
        lp.row_upper[i] = high;
    }
    return lp;
}

}  // namespace meio::reference
