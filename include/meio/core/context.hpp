// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <optional>

#include <meio/core/status.hpp>

namespace meio::core {

/// What a progress callback sees; one call an iteration at most, on the thread that called the solver.
struct Progress {
    int iteration = 0;
    double bound = -std::numeric_limits<double>::infinity();  ///< best proven bound so far
    double cost = std::numeric_limits<double>::infinity();    ///< cost of the best feasible solution so far
    double seconds = 0;                                       ///< wall time since the solve began
};

/// Deadline, stop flag and progress callback of one solve.
///
/// Solvers look at it between iterations (and at least every few milliseconds inside long ones). A stop is sticky for
/// the solve that saw it: the solver returns its best so far with status `time_limit` or `interrupted`. An empty
/// context costs one branch.
struct Context {
    using Clock = std::chrono::steady_clock;

    std::optional<Clock::time_point> deadline{};               ///< stop once this moment has passed
    const std::atomic<bool>* stop = nullptr;                   ///< stop once this is true; may be set from any thread
    std::function<bool(const Progress&)> callback = nullptr;   ///< called between iterations; false asks to stop

    /// A context whose deadline lies `seconds` from now; without one where that is no number or above 1e9 (30 years).
    [[nodiscard]] static Context with_time_limit(double seconds) {
        Context context;
        if (!(seconds <= 1e9)) return context;
        if (seconds < 0) seconds = 0;
        context.deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
        return context;
    }

    /// `interrupted`, `time_limit`, or nothing: go on. Does not call the callback.
    [[nodiscard]] std::optional<Status> stop_reason() const {
        if (stop != nullptr && stop->load(std::memory_order_relaxed)) return Status::interrupted;
        if (deadline && Clock::now() >= *deadline) return Status::time_limit;
        return std::nullopt;
    }

    /// Reports progress, then answers like `stop_reason`; a callback that returns false means `interrupted`.
    [[nodiscard]] std::optional<Status> report(const Progress& progress) const {
        if (callback && !callback(progress)) return Status::interrupted;
        return stop_reason();
    }
};

/// Wall time since construction, in seconds.
class Stopwatch {
public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(Context::Clock::now() - start_).count();
    }

private:
    Context::Clock::time_point start_ = Context::Clock::now();
};

}  // namespace meio::core
