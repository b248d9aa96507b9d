// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace meio::core {

/// Why a solver stopped. Every result of meio leads with one of these; wrong input throws instead.
enum class Status {
    optimal,          ///< proven optimal within the stated tolerance
    feasible,         ///< a feasible solution whose optimality is not proven (see the result's gap)
    infeasible,       ///< no feasible solution exists or could be found; the result says what lacks how much
    unbounded,        ///< the objective has no finite optimum
    iteration_limit,  ///< the iteration (or oracle call) limit was reached; best so far is returned
    time_limit,       ///< the deadline passed; best so far is returned
    interrupted,      ///< the stop flag was set or the callback asked to stop; best so far is returned
    stalled,          ///< no further progress is numerically possible; best so far is returned
    numerical_error   ///< a non-finite value appeared; the diagnosis names where
};

/// The status as a lower-case word, stable across versions.
[[nodiscard]] constexpr std::string_view to_string(Status status) noexcept {
    switch (status) {
        case Status::optimal: return "optimal";
        case Status::feasible: return "feasible";
        case Status::infeasible: return "infeasible";
        case Status::unbounded: return "unbounded";
        case Status::iteration_limit: return "iteration_limit";
        case Status::time_limit: return "time_limit";
        case Status::interrupted: return "interrupted";
        case Status::stalled: return "stalled";
        case Status::numerical_error: return "numerical_error";
    }
    return "unknown";
}

/// True where the solution that comes with the status meets all constraints by the solver's own account.
[[nodiscard]] constexpr bool is_success(Status status) noexcept {
    return status == Status::optimal || status == Status::feasible;
}

}  // namespace meio::core
