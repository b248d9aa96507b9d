// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/error.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/detail/lp_engine.hpp>
#include <meio/transport/linear_options.hpp>
#include <meio/transport/linear_program.hpp>
#include <meio/transport/linear_result.hpp>

namespace meio::transport {

/// Solves a small linear program exactly, and again after changes from the basis it ended with.
///
/// The basis inverse is explicit and dense: meant for up to about 200 rows (a pivot costs O(rows^2), memory 8 rows^2
/// bytes). From a dual feasible basis (changed bounds, added rows) dual simplex runs; from a primal feasible one
/// (changed costs, added variables) primal simplex; from neither, dual simplex on shifted costs, then primal simplex on
/// the true ones. Where the data lie far from one, or the answer leaves a doubt, it is proven in twice the digits by
/// refinement, and a simplex in twice the digits goes on where that fails: `optimal` does not depend on the sizes of the
/// data, and what is out of reach even so is `stalled`. Between solves of like shape nothing is allocated. One solver serves one thread.
///
///     transport::RevisedSimplex solver(lp);
///     double cost = solver.solve().objective;
///     solver.set_row_bounds(0, 0.0, 5.0);
///     cost = solver.solve().objective;       // a few pivots from the last basis
///
/// References: Koberstein (2005), The dual simplex method; Maros (2003); Forrest and Goldfarb (1992), steepest edge;
/// Harris (1973); Gleixner, Steffy and Wolter (2016), refinement. Worst case exponential, in practice a few times the
/// rows in pivots.
class RevisedSimplex {
public:
    /// Takes the problem. Throws `core::InputError` naming every wrong entry and option.
    explicit RevisedSimplex(LinearProgram problem, const LinearOptions& options = {})
        : problem_(std::move(problem)), options_(options) {
        options_.validate();
        problem_.validate();
    }

    [[nodiscard]] const LinearProgram& problem() const noexcept { return problem_; }

    /// Replaces the problem, keeping memory, not the basis. Throws `core::InputError` and keeps the old one where
    /// wrong.
    void load(const LinearProgram& problem) {
        problem.validate();
        problem_ = problem;
        engine_.forget();
    }

    /// The next solve starts cold.
    void forget_basis() { engine_.forget(); }

    /// The next solve starts from `basis`; throws where its sizes differ from the problem's. Wrong numbers of basics
    /// and dependent ones are repaired.
    void set_basis(const LinearBasis& basis) {
        core::IssueList issues;
        if (basis.variables.size() != problem_.variable_count())
            issues.add("basis.variables", "", std::to_string(basis.variables.size()) + " entries",
                       "must have " + std::to_string(problem_.variable_count()));
        if (basis.rows.size() != problem_.row_count())
            issues.add("basis.rows", "", std::to_string(basis.rows.size()) + " entries",
                       "must have " + std::to_string(problem_.row_count()));
        issues.throw_if_any();
        engine_.adopt(basis);
    }

    /// New cost of one variable, or of all. Throws `core::InputError` where not finite or out of range.
    void set_cost(std::int32_t variable, double cost) {
        core::IssueList issues;
        check_index(issues, "variable", variable, problem_.variable_count());
        issues.require(std::isfinite(cost), "cost", cost, "must be finite");
        issues.throw_if_any();
        problem_.costs[static_cast<std::size_t>(variable)] = cost;
    }
    void set_costs(std::span<const double> costs) {
        core::IssueList issues;
        if (costs.size() != problem_.variable_count())
            issues.add("costs", "", std::to_string(costs.size()) + " entries",
                       "must have " + std::to_string(problem_.variable_count()));
        for (std::size_t j = 0; j < costs.size(); ++j)
            issues.require(std::isfinite(costs[j]), "costs", j, costs[j], "must be finite");
        issues.throw_if_any();
        std::copy(costs.begin(), costs.end(), problem_.costs.begin());
    }

    /// New bounds of one variable or row. Throws `core::InputError` where NaN, crossed or out of range.
    void set_variable_bounds(std::int32_t variable, double least, double most) {
        core::IssueList issues;
        check_index(issues, "variable", variable, problem_.variable_count());
        check_bounds(issues, least, most);
        issues.throw_if_any();
        problem_.lower[static_cast<std::size_t>(variable)] = least;
        problem_.upper[static_cast<std::size_t>(variable)] = most;
    }
    void set_row_bounds(std::int32_t row, double least, double most) {
        core::IssueList issues;
        check_index(issues, "row", row, problem_.row_count());
        check_bounds(issues, least, most);
        issues.throw_if_any();
        problem_.row_lower[static_cast<std::size_t>(row)] = least;
        problem_.row_upper[static_cast<std::size_t>(row)] = most;
    }

    /// Adds a variable, nonbasic in the basis kept; returns its index. Throws `core::InputError` where wrong.
    std::int32_t add_variable(double cost, double least, double most, std::span<const std::int32_t> rows,
                              std::span<const double> coefficients) {
        LinearProgram alone;  // checked on its own, so that a wrong one leaves the problem as it was
        alone.row_lower.assign(problem_.row_count(), 0.0);
        alone.row_upper.assign(problem_.row_count(), 0.0);
        alone.add_variable(cost, least, most, rows, coefficients);
        alone.validate();
        engine_.keep_basis();
        return problem_.add_variable(cost, least, most, rows, coefficients);
    }

    /// Adds a row, basic in the basis kept; returns its index. Throws `core::InputError` where wrong.
    std::int32_t add_row(double least, double most, std::span<const std::int32_t> variables,
                         std::span<const double> coefficients) {
        core::IssueList issues;
        check_bounds(issues, least, most);
        for (std::size_t k = 0; k < coefficients.size(); ++k)
            issues.require(std::isfinite(coefficients[k]), "coefficients", k, coefficients[k], "must be finite");
        for (std::size_t k = 0; k < variables.size(); ++k)
            issues.require(std::count(variables.begin(), variables.end(), variables[k]) == 1, "variables", k,
                           variables[k], "must be given once");
        issues.throw_if_any();
        engine_.keep_basis();
        return problem_.add_row(least, most, variables, coefficients);
    }

    /// Solves, warm where there is a basis. The result lives until the next solve. The context is looked at before the
    /// first and then every 32 pivots; a stopped solve keeps its basis, so that the next one goes on.
    const LinearResult& solve(const core::Context& context = {}) {
        engine_.solve(problem_, options_, context, result_);
        return result_;
    }

    [[nodiscard]] const LinearResult& result() const noexcept { return result_; }

private:
    static void check_index(core::IssueList& issues, const char* field, std::int32_t index, std::size_t count) {
        issues.require(index >= 0 && static_cast<std::size_t>(index) < count, field, index, "is out of range");
    }

    static void check_bounds(core::IssueList& issues, double least, double most) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        const bool low_right = issues.require(least < infinity, "least", least, "must be a number or -infinity");
        const bool high_right = issues.require(most > -infinity, "most", most, "must be a number or +infinity");
        if (low_right && high_right) issues.require(least <= most, "least", least, "must not be above most");
    }

    LinearProgram problem_;
    LinearOptions options_;
    detail::LpEngine engine_;
    LinearResult result_;
};

/// Solves one linear program. Exact; throws `core::InputError` naming every wrong entry.
[[nodiscard]] inline LinearResult solve_linear(LinearProgram problem, const LinearOptions& options = {},
                                               const core::Context& context = {}) {
    return RevisedSimplex(std::move(problem), options).solve(context);
}

}  // namespace meio::transport
