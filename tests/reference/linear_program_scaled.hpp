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

/// A linear program whose sizes spread over many powers of ten, with its optimum known exactly.
struct ScaledProgram {
    transport::LinearProgram lp;
    __extension__ __int128 optimum = 0;  ///< in units of 2^-exponent
    int exponent = 0;

    /// Whether a number is above the optimum, without rounding. Numbers far beyond are told by their size.
    [[nodiscard]] bool below(double v) const {
        const double units = std::ldexp(v, exponent);
        if (!(std::abs(units) < 0x1p120)) return v > 0;
        const double whole = std::floor(units);
        const auto floor = static_cast<__int128>(whole);
        return floor > optimum || (floor == optimum && units > whole);
    }

    [[nodiscard]] double value() const { return std::ldexp(static_cast<double>(optimum), -exponent); }
};

/// Entries are whole numbers up to 7 times powers of two, of the matrix up to 2^+-matrix_powers, of values and duals up
/// to 2^+-vector_powers; with matrix_powers + vector_powers <= 22 all sums that make bounds and costs are exact. The
/// program is built around a point and duals that meet the optimality conditions, which prove the optimum.
inline ScaledProgram scaled_linear_program(std::uint64_t seed, int matrix_powers, int vector_powers) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::mt19937_64 random(seed * 0x9E3779B97F4A7C15ull + 7);
    const auto whole = [&](int a, int b) {
        return a + static_cast<int>(random() % static_cast<std::uint64_t>(b - a + 1));
    };
    const auto number = [&](int powers) { return std::ldexp(whole(-7, 7), whole(-powers, powers)); };
    ScaledProgram result;
    transport::LinearProgram& lp = result.lp;
    const int m = whole(1, 6);
    const int n = whole(1, 9);
    std::vector<double> activity(static_cast<std::size_t>(m)), duals(static_cast<std::size_t>(m)), point;
    std::vector<int> kinds;
    for (int i = 0; i < m; ++i) {
        kinds.push_back(whole(0, 4));
        const double y = number(vector_powers);  // 0: equation, 1: lower binds, 2: upper binds, else neither
        duals[static_cast<std::size_t>(i)] = kinds.back() == 0 ? y : kinds.back() == 1 ? std::abs(y) : kinds.back() == 2 ? -std::abs(y) : 0.0;
        lp.add_row(0, 0);
    }
    const int density = whole(3, 10);
    for (int j = 0; j < n; ++j) {
        const double x = number(vector_powers);
        double cost = 0;
        std::vector<std::int32_t> rows;
        std::vector<double> values;
        for (int i = 0; i < m; ++i) {
            const double a = whole(1, 10) <= density ? number(matrix_powers) : 0.0;
            if (a == 0) continue;
            rows.push_back(i);
            values.push_back(a);
            activity[static_cast<std::size_t>(i)] += a * x;
            cost += a * duals[static_cast<std::size_t>(i)];
        }
        const double away = std::abs(number(vector_powers));
        double low = -infinity;
        double high = infinity;
        switch (whole(0, 4)) {
            case 0: break;
            case 1: low = x, cost += std::abs(number(vector_powers)); break;
            case 2: high = x, cost -= std::abs(number(vector_powers)); break;
            case 3: low = x - away, high = x + std::abs(number(vector_powers)); break;
            default: low = x - away; break;
        }
        lp.add_variable(cost, low, high, rows, values);
        point.push_back(x);
    }
    for (std::size_t i = 0; i < activity.size(); ++i) {
        const double away = std::abs(number(vector_powers));
        lp.row_lower[i] = kinds[i] == 2 ? -infinity : kinds[i] == 3 ? activity[i] - away : activity[i];
        lp.row_upper[i] = kinds[i] == 1 ? infinity : kinds[i] == 4 ? activity[i] + away : activity[i];
        if (kinds[i] == 3) lp.row_upper[i] = infinity;
        if (kinds[i] == 4) lp.row_lower[i] = -infinity;
    }
    result.exponent = matrix_powers + 2 * vector_powers;
    for (std::size_t j = 0; j < point.size(); ++j)
        result.optimum += static_cast<__int128>(std::ldexp(lp.costs[j], matrix_powers + vector_powers)) *
                          static_cast<__int128>(std::ldexp(point[j], vector_powers));
    return result;
}

}  // namespace meio::reference
