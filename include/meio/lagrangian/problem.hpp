// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <meio/core/error.hpp>

namespace meio::lagrangian {

/// What is added to the oracle: maximise `theta(l) - b.l` over `lower <= l <= upper`.
struct Problem {
    std::vector<double> b{};      ///< right-hand sides of the relaxed constraints, finite
    std::vector<double> lower{};  ///< empty: 0 (constraints `use <= b`); -inf for equations
    std::vector<double> upper{};  ///< empty: no limit; an overflow price makes capacity elastic

    /// Throws `core::InputError` naming every wrong entry of a problem with `size` multipliers.
    void validate(std::size_t size) const {
        core::IssueList issues;
        check(size, issues);
        issues.throw_if_any();
    }

    /// Adds every wrong entry to `issues`.
    void check(std::size_t size, core::IssueList& issues) const {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        const auto require_size = [&](const char* name, std::size_t found, bool may_be_empty) {
            if (found == size || (may_be_empty && found == 0)) return true;
            issues.add(name, "", std::to_string(found) + " values",
                       "must have one value a multiplier (" + std::to_string(size) + ")");
            return false;
        };
        if (require_size("b", b.size(), false))
            for (std::size_t k = 0; k < size; ++k) issues.require(std::isfinite(b[k]), "b", k, b[k], "must be finite");
        const bool lower_fits = require_size("lower", lower.size(), true);
        const bool upper_fits = require_size("upper", upper.size(), true);
        for (std::size_t k = 0; k < size && lower_fits && upper_fits; ++k) {
            const double low = lower.empty() ? 0.0 : lower[k];
            const double high = upper.empty() ? infinity : upper[k];
            issues.require(low < infinity, "lower", k, low, "must be a number below infinity");
            issues.require(high > -infinity, "upper", k, high, "must be a number above -infinity");
            issues.require(std::isnan(low) || std::isnan(high) || low <= high, "lower", k, low, "must not exceed upper");
        }
    }
};

}  // namespace meio::lagrangian
