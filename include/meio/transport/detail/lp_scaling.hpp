// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/linear_program.hpp>

namespace meio::transport::detail {

/// Powers of two that bring coefficients, bounds and costs near one, so that absolute tolerances mean the same for any
/// units. Exact, and left at one where the data are tame.
struct LpScaling {
    std::vector<double> row;     ///< factor of each row of A
    std::vector<double> column;  ///< factor of each column of A; x = column * value_unit * scaled x
    double value_unit = 1;
    double cost_unit = 1;
    bool whole = true;        ///< the matrix holds whole numbers only
    bool matrix_tame = true;  ///< sizes within a few powers of two of one
    bool values_tame = true;
    bool costs_tame = true;

    [[nodiscard]] bool tame() const { return matrix_tame && values_tame && costs_tame; }

    /// Factors of rows and columns, from the matrix alone.
    void make_factors(const LinearProgram& lp) {
        row.assign(lp.row_count(), 1.0);
        column.assign(lp.variable_count(), 1.0);
        scale_matrix(lp);
    }

    /// Units of values and costs, given the factors.
    void make_units(const LinearProgram& lp) {
        scale_values(lp);
        scale_costs(lp);
    }

    /// One scaled unit of a variable, a row activity, a reduced cost and a row dual, in the user's units.
    [[nodiscard]] double variable_unit(std::size_t j) const { return column[j] * value_unit; }
    [[nodiscard]] double activity_unit(std::size_t i) const { return value_unit / row[i]; }
    [[nodiscard]] double reduced_unit(std::size_t j) const { return cost_unit / column[j]; }
    [[nodiscard]] double dual_unit(std::size_t i) const { return cost_unit * row[i]; }

private:
    /// Geometric means of the extremes, rows and columns in turn (Fulkerson and Wolfe 1962).
    void scale_matrix(const LinearProgram& lp) {
        matrix_tame = true;
        whole = true;
        for (const double v : lp.values) whole &= std::abs(v) < 0x1p30 && v == static_cast<double>(static_cast<int>(v));
        for (const double v : lp.values) matrix_tame &= v == 0 || (std::abs(v) >= 0x1p-6 && std::abs(v) <= 0x1p6);
        if (matrix_tame) return;
        const std::size_t n = lp.variable_count();
        const std::size_t m = lp.row_count();
        exponents_.resize(lp.values.size());
        for (std::size_t k = 0; k < lp.values.size(); ++k)
            exponents_[k] = static_cast<int>((std::bit_cast<std::uint64_t>(lp.values[k]) >> 52) & 0x7FF) - 1023;
        std::vector<int> low, high, by_row(m, 0), by_column(n, 0);
        const auto middle = [](int least, int most) { return least > most ? 0 : -((least + most) / 2); };
        for (int pass = 0; pass < 3; ++pass) {
            low.assign(m, 5000);
            high.assign(m, -5000);
            for (std::size_t j = 0; j < n; ++j)
                for (auto k = first(lp, j); k < first(lp, j + 1); ++k) {
                    if (!informative(exponents_[k])) continue;
                    const auto i = static_cast<std::size_t>(lp.rows[k]);
                    low[i] = std::min(low[i], exponents_[k] + by_column[j]);
                    high[i] = std::max(high[i], exponents_[k] + by_column[j]);
                }
            for (std::size_t i = 0; i < m; ++i) by_row[i] = middle(low[i], high[i]);
            for (std::size_t j = 0; j < n; ++j) {
                int least = 5000;
                int most = -5000;
                for (auto k = first(lp, j); k < first(lp, j + 1); ++k) {
                    if (!informative(exponents_[k])) continue;
                    const int e = exponents_[k] + by_row[static_cast<std::size_t>(lp.rows[k])];
                    least = std::min(least, e);
                    most = std::max(most, e);
                }
                by_column[j] = middle(least, most);
            }
        }
        const auto power = [](int e) { return std::ldexp(1.0, std::clamp(e, -12, 12)); };
        for (std::size_t i = 0; i < m; ++i) row[i] = power(by_row[i]);
        for (std::size_t j = 0; j < n; ++j) column[j] = power(by_column[j]);
    }

    /// Entries beyond any physical range (and zeros) do not steer the scales of the others.
    static bool informative(int exponent) { return exponent >= -33 && exponent <= 33; }

    static std::size_t first(const LinearProgram& lp, std::size_t j) { return static_cast<std::size_t>(lp.starts[j]); }

    void scale_values(const LinearProgram& lp) {
        const auto visit = [&](auto&& look) {
            for (std::size_t j = 0; j < lp.variable_count(); ++j) {
                look(std::abs(lp.lower[j]) / column[j]);
                look(std::abs(lp.upper[j]) / column[j]);
            }
            for (std::size_t i = 0; i < lp.row_count(); ++i) {
                look(std::abs(lp.row_lower[i]) * row[i]);
                look(std::abs(lp.row_upper[i]) * row[i]);
            }
        };
        value_unit = unit_of(visit, values_tame);
    }

    void scale_costs(const LinearProgram& lp) {
        const auto visit = [&](auto&& look) {
            for (std::size_t j = 0; j < lp.variable_count(); ++j) look(std::abs(lp.costs[j]) * column[j]);
        };
        cost_unit = unit_of(visit, costs_tame);
    }

    /// One where all finite sizes other than zero are tame; else the power of two below their median, so that one huge
    /// entry does not drown the rest.
    template <class Visit>
    [[nodiscard]] double unit_of(Visit&& visit, bool& tame) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        tame = true;
        visit([&](double size) { tame &= (size >= 0x1p-7 && size <= 0x1p12) || size == 0 || size == infinity; });
        if (tame) return 1;
        sizes_.clear();
        visit([&](double size) {
            if (size > 0 && size < infinity) sizes_.push_back(size);
        });
        if (sizes_.empty()) return 1;
        const auto middle = sizes_.begin() + static_cast<std::ptrdiff_t>((sizes_.size() - 1) / 2);
        std::nth_element(sizes_.begin(), middle, sizes_.end());
        return std::ldexp(1.0, std::clamp(std::ilogb(*middle), -900, 900));
    }

    std::vector<double> sizes_;
    std::vector<int> exponents_;
};

}  // namespace meio::transport::detail
