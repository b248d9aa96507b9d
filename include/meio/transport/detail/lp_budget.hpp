// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

#include <meio/core/context.hpp>
#include <meio/core/status.hpp>

namespace meio::transport::detail {

/// How a simplex loop ended.
enum class LpOutcome : std::uint8_t {
    done,        ///< primal (dual simplex) or dual (primal simplex) feasible
    infeasible,  ///< a row cannot be met
    unbounded,   ///< nothing blocks an improving direction
    trouble,     ///< no pivot is numerically safe
    stopped      ///< the budget says why
};

/// Counts iterations, looks at the context every 32 of them, and remembers why it said no.
struct LpBudget {
    const core::Context* context = nullptr;
    std::int64_t user_limit = 0;   ///< 0: none
    std::int64_t stall_limit = std::numeric_limits<std::int64_t>::max();
    std::int64_t used = 0;
    core::Status reason = core::Status::iteration_limit;

    /// One more iteration? Sticky once refused.
    bool spend() {
        if (user_limit > 0 && used >= user_limit) {
            reason = core::Status::iteration_limit;
            return false;
        }
        if (used >= stall_limit) {
            reason = core::Status::stalled;
            return false;
        }
        if (context != nullptr && used % 32 == 0) {
            core::Progress progress;
            progress.iteration = static_cast<int>(used);
            if (const auto stop = context->report(progress)) {
                reason = *stop;
                return false;
            }
        }
        ++used;
        return true;
    }
};

}  // namespace meio::transport::detail
