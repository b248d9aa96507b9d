// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <meio/core/error.hpp>

namespace meio::transport {

/// Where `RevisedSimplex` starts without a basis. The answer's value does not depend on it.
enum class Crash : std::uint8_t {
    automatic,  ///< `network` where it applies and dual simplex has no free start, else `slack`
    slack,      ///< all rows basic, each variable at the bound its cost asks for
    network     ///< cheapest arcs first on the rows that form a transport problem; `slack` where there are none
};

/// Options of `RevisedSimplex`. Tolerances hold on the scaled problem (coefficients, bounds and costs near one); up to
/// 1e-9 they steer the pivots only, and the answer is settled to rounding; above, it is as good as they ask.
struct LinearOptions {
    double primal_tolerance = 1e-9;    ///< accepted violation of a bound, times (1 + |bound|); in [1e-12, 1e-3]
    double dual_tolerance = 1e-9;      ///< accepted wrong sign of a reduced cost; in [1e-12, 1e-3]
    std::int64_t max_iterations =
        0;  ///< stop after this many pivots and flips with `iteration_limit`; 0: none of the user's
    int refactor_interval = 100;       ///< pivots after which the basis is inverted afresh; >= 1
    int bland_after = 60;  ///< pivots in a row without progress after which Bland's rule, which cannot cycle, takes
                           ///< over until there is some; small random costs are tried before it; >= 0
    Crash crash = Crash::automatic;    ///< first basis of a cold start

    /// Throws `core::InputError` naming every option out of range.
    void validate() const {
        core::IssueList issues;
        issues.require(primal_tolerance >= 1e-12 && primal_tolerance <= 1e-3, "primal_tolerance", primal_tolerance,
                       "must lie in [1e-12, 1e-3]");
        issues.require(dual_tolerance >= 1e-12 && dual_tolerance <= 1e-3, "dual_tolerance", dual_tolerance,
                       "must lie in [1e-12, 1e-3]");
        issues.require(max_iterations >= 0, "max_iterations", static_cast<double>(max_iterations), "must be >= 0");
        issues.require(refactor_interval >= 1, "refactor_interval", refactor_interval, "must be >= 1");
        issues.require(bland_after >= 0, "bland_after", bland_after, "must be >= 0");
        issues.throw_if_any();
    }
};

}  // namespace meio::transport
