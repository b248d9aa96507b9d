// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include <meio/core/error.hpp>

namespace meio::demand {

/// The demand up to which a stage guarantees its service: over t periods, mean t + safety_factor sd sqrt(t).
///
/// What exceeds it is met by other means (overtime, expediting). Concave in t and subadditive, which is what the
/// guaranteed-service model needs. Kimball (1988), Journal of Manufacturing and Operations Management 1; Graves and
/// Willems (2000), Manufacturing & Service Operations Management 2(1), section 2.
struct GuaranteedBound {
    double mean = 0;                ///< units a period, >= 0
    double standard_deviation = 0;  ///< of one period's demand, units, >= 0
    double safety_factor = 0;       ///< standard deviations covered, >= 0; 1.645 covers 95 % of normal demand

    /// Throws `core::InputError` with every field that is out of range.
    void validate() const {
        core::IssueList issues;
        const auto check = [&](const char* field, double value) {
            issues.require(value >= 0 && std::isfinite(value), field, value, "must be finite and >= 0");
        };
        check("mean", mean);
        check("standard_deviation", standard_deviation);
        check("safety_factor", safety_factor);
        issues.throw_if_any();
    }

    /// Largest guaranteed demand of `periods` >= 0 periods, units. O(1).
    [[nodiscard]] double demand(double periods) const { return mean * periods + safety_stock(periods); }

    /// Expected stock that covers a net replenishment time of `periods` >= 0 periods, units. O(1).
    [[nodiscard]] double safety_stock(double periods) const {
        return safety_factor * standard_deviation * std::sqrt(periods);
    }
};

}  // namespace meio::demand
