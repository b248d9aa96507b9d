// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>

namespace meio::transport {

/// A linear program:  min costs' x  subject to  row_lower <= A x <= row_upper,  lower <= x <= upper.
///
/// Bounds may be infinite on either side; equal bounds make an equality row or a fixed variable. `A` is held by
/// columns: variable j has the entries k in [starts[j], starts[j+1]) with row `rows[k]` and value `values[k]`, in any
/// order, each row once. Meant for small problems (up to a few hundred rows), such as transport with a few coupling
/// rows.
///
///     transport::LinearProgram lp;                              // max 3x + 2y: x + y <= 4, x + 3y <= 6, x <= 3
///     lp.add_row(-infinity, 4);
///     lp.add_row(-infinity, 6);
///     lp.add_variable(-3, 0, 3, {{0, 1}}, {{1.0, 1.0}});
///     lp.add_variable(-2, 0, infinity, {{0, 1}}, {{1.0, 3.0}});
struct LinearProgram {
    std::vector<double> costs;              ///< per variable; finite; money per unit
    std::vector<double> lower;              ///< per variable; -infinity where there is none
    std::vector<double> upper;              ///< per variable; +infinity where there is none
    std::vector<double> row_lower;          ///< per row; -infinity where there is none
    std::vector<double> row_upper;          ///< per row; +infinity where there is none
    std::vector<std::int32_t> starts{0};    ///< variables + 1 positions into `rows` and `values`
    std::vector<std::int32_t> rows;         ///< row of each entry
    std::vector<double> values;             ///< coefficient of each entry; finite

    [[nodiscard]] std::size_t variable_count() const noexcept { return costs.size(); }
    [[nodiscard]] std::size_t row_count() const noexcept { return row_lower.size(); }

    /// Appends a row without entries; returns its index. O(1) amortised.
    std::int32_t add_row(double least, double most) {
        row_lower.push_back(least);
        row_upper.push_back(most);
        return static_cast<std::int32_t>(row_lower.size()) - 1;
    }

    /// Appends a row over existing variables; returns its index. Throws `core::InputError` where the spans differ in
    /// length or an index is out of range. O(entries of A).
    std::int32_t add_row(double least, double most, std::span<const std::int32_t> variables,
                         std::span<const double> coefficients) {
        core::IssueList issues;
        if (variables.size() != coefficients.size())
            issues.add("coefficients", "", std::to_string(coefficients.size()), "must be as many as variables");
        for (std::size_t k = 0; k < variables.size(); ++k)
            issues.require(variables[k] >= 0 && static_cast<std::size_t>(variables[k]) < variable_count(), "variables",
                           k, variables[k], "must be the index of a variable");
        issues.throw_if_any();
        const std::int32_t row = add_row(least, most);
        // Entries move from the back, so that each is touched once.
        std::vector<std::int32_t> extra(variable_count() + 1, 0);
        for (const std::int32_t j : variables) ++extra[static_cast<std::size_t>(j) + 1];
        for (std::size_t j = 0; j < variable_count(); ++j) extra[j + 1] += extra[j];
        rows.resize(rows.size() + variables.size());
        values.resize(rows.size());
        for (std::size_t j = variable_count(); j-- > 0;) {
            for (std::int32_t k = starts[j + 1]; k-- > starts[j];) {
                rows[static_cast<std::size_t>(k + extra[j])] = rows[static_cast<std::size_t>(k)];
                values[static_cast<std::size_t>(k + extra[j])] = values[static_cast<std::size_t>(k)];
            }
        }
        std::vector<std::int32_t> next(variable_count());
        for (std::size_t j = 0; j < variable_count(); ++j) next[j] = starts[j + 1] + extra[j];
        for (std::size_t k = 0; k < variables.size(); ++k) {
            const auto at = static_cast<std::size_t>(next[static_cast<std::size_t>(variables[k])]++);
            rows[at] = row;
            values[at] = coefficients[k];
        }
        for (std::size_t j = 0; j <= variable_count(); ++j) starts[j] += extra[j];
        return row;
    }

    /// Appends a variable; returns its index. Throws `core::InputError` where the spans differ in length. O(its
    /// entries).
    std::int32_t add_variable(double cost, double least, double most, std::span<const std::int32_t> its_rows = {},
                              std::span<const double> coefficients = {}) {
        core::IssueList issues;
        if (its_rows.size() != coefficients.size())
            issues.add("coefficients", "", std::to_string(coefficients.size()), "must be as many as rows");
        issues.throw_if_any();
        costs.push_back(cost);
        lower.push_back(least);
        upper.push_back(most);
        rows.insert(rows.end(), its_rows.begin(), its_rows.end());
        values.insert(values.end(), coefficients.begin(), coefficients.end());
        starts.push_back(static_cast<std::int32_t>(rows.size()));
        return static_cast<std::int32_t>(costs.size()) - 1;
    }

    /// Throws `core::InputError` naming every wrong entry: shapes, NaN, infinite costs or coefficients, lower above
    /// upper, indices out of range, rows given twice within a variable. O(entries + variables + rows).
    void validate() const {
        core::IssueList issues;
        const std::size_t n = variable_count();
        const std::size_t m = row_count();
        const auto size_is = [&](const char* field, std::size_t found, std::size_t wanted) {
            if (found != wanted)
                issues.add(field, "", std::to_string(found) + " entries", "must have " + std::to_string(wanted));
        };
        size_is("lower", lower.size(), n);
        size_is("upper", upper.size(), n);
        size_is("row_upper", row_upper.size(), m);
        size_is("starts", starts.size(), n + 1);
        size_is("values", values.size(), rows.size());
        bool columns_readable = starts.size() == n + 1 && values.size() == rows.size();
        if (columns_readable) {
            columns_readable &= issues.require(starts[0] == 0, "starts", 0, starts[0], "must be 0");
            for (std::size_t j = 0; j < n; ++j)
                columns_readable &= issues.require(starts[j] <= starts[j + 1], "starts", j + 1, starts[j + 1],
                                                   "must not be below the entry before it");
            columns_readable &= issues.require(static_cast<std::size_t>(starts[n]) == rows.size(), "starts", n,
                                               starts[n], "must be the number of entries");
        }
        for (std::size_t j = 0; j < n; ++j)
            issues.require(std::isfinite(costs[j]), "costs", j, costs[j], "must be finite");
        if (lower.size() == n && upper.size() == n) check_bounds(issues, lower, upper, "lower", "upper");
        if (row_upper.size() == m) check_bounds(issues, row_lower, row_upper, "row_lower", "row_upper");
        if (columns_readable) check_entries(issues);
        issues.throw_if_any();
    }

private:
    static void check_bounds(core::IssueList& issues, const std::vector<double>& low, const std::vector<double>& high,
                             const char* low_name, const char* high_name) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k < low.size(); ++k) {
            if (low[k] <= high[k] && low[k] < infinity && high[k] > -infinity) continue;
            const bool low_right =
                issues.require(low[k] < infinity, low_name, k, low[k], "must be a number or -infinity");
            const bool high_right =
                issues.require(high[k] > -infinity, high_name, k, high[k], "must be a number or +infinity");
            if (low_right && high_right)
                issues.add(low_name, std::to_string(k), std::to_string(low[k]),
                           std::string("must not be above ") + high_name + " = " + std::to_string(high[k]));
        }
    }

    void check_entries(core::IssueList& issues) const {
        const auto m = static_cast<std::int32_t>(row_count());
        std::vector<std::int32_t> last;  // made only where a column is out of order
        for (std::size_t j = 0; j < variable_count(); ++j) {
            const auto from = static_cast<std::size_t>(starts[j]);
            const auto to = static_cast<std::size_t>(starts[j + 1]);
            bool rising = true;
            for (std::size_t k = from; k < to; ++k) {
                issues.require(rows[k] >= 0 && rows[k] < m, "rows", k, rows[k], "must be the index of a row");
                issues.require(std::isfinite(values[k]), "values", k, values[k], "must be finite");
                if (k > from && rows[k] <= rows[k - 1]) rising = false;
            }
            if (rising) continue;
            last.assign(row_count(), -1);
            for (std::size_t k = from; k < to; ++k) {
                if (rows[k] < 0 || rows[k] >= m) continue;
                const auto row = static_cast<std::size_t>(rows[k]);
                issues.require(last[row] < 0, "rows", k, rows[k], "is given twice for one variable");
                last[row] = 1;
            }
        }
    }
};

}  // namespace meio::transport
