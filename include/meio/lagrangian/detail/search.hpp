// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/error.hpp>
#include <meio/core/status.hpp>
#include <meio/lagrangian/detail/evaluation.hpp>
#include <meio/lagrangian/oracle.hpp>
#include <meio/lagrangian/options.hpp>
#include <meio/lagrangian/problem.hpp>
#include <meio/lagrangian/result.hpp>

namespace meio::lagrangian::detail {

/// Everything that both methods share: input checks, calls, the best point, history, upper bounds, and the one decision
/// why to stop.
template <Oracle O>
class Search {
public:
    Search(const O& oracle, const Problem& problem, const Options& options, const core::Context& context)
        : oracle_(oracle), problem_(problem), options_(options), context_(context) {
        const std::size_t size = oracle.size();
        options.validate(size);
        problem.validate(size);
        constexpr double infinity = std::numeric_limits<double>::infinity();
        lower = problem.lower.empty() ? std::vector<double>(size, 0.0) : problem.lower;
        upper = problem.upper.empty() ? std::vector<double>(size, infinity) : problem.upper;
        if (options.start != nullptr) result.multipliers = options.start->multipliers;
        else result.multipliers = options.initial.empty() ? std::vector<double>(size, 0.0) : options.initial;
        for (std::size_t k = 0; k < size; ++k)
            result.multipliers[k] = std::clamp(result.multipliers[k], lower[k], upper[k]);
        result.upper = options.upper;
    }

    /// One call of the oracle; keeps the best point. `step` is what the history tells of how it came here.
    Evaluation call(const std::vector<double>& multipliers, double step = 0) {
        Evaluation at = evaluate(oracle_, problem_, multipliers, options_.threads, context_);
        if (!at.fault.empty()) {
            fault_ = at.fault;
            result.failure = at.failure;
            return at;
        }
        if (at.outside) {
            outside_ = at.outside;
            return at;
        }
        result.upper = std::min(result.upper, at.upper);
        if (at.value > result.bound) {
            result.bound = at.value;
            result.multipliers = multipliers;
            error_at_best = at.error;
        }
        noise = std::max(noise, 8.0 * std::numeric_limits<double>::epsilon() * at.magnitude);
        result.history.push_back({result.calls, at.value, result.bound, result.upper, step, seconds()});
        ++result.calls;
        return at;
    }

    /// True where the last call gave no value: only `why_stop` is of use then.
    [[nodiscard]] bool cut_short() const { return !fault_.empty() || outside_.has_value(); }

    /// Offers the recovered primal to the callback, on every `primal_every`-th call, or at once where `now`.
    template <class Weights>
    void recover(const std::vector<double>& average_use, const Weights& weights, bool now = false) {
        if (!options_.primal || (!now && result.calls % options_.primal_every != 0) || recovered_at_ == result.calls) return;
        recovered_at_ = result.calls;
        const std::vector<Weight> shares = weights();
        const double cost = options_.primal({result.multipliers, average_use, shares, result.bound});
        if (!std::isnan(cost)) result.upper = std::min(result.upper, cost);
    }

    /// Ascent that is still expected, in money, by the caller's model; keeps it relative for the result.
    void predict(double ascent) {
        result.predicted_gap = std::max(ascent, 0.0) / scale();
        ascent_ = ascent;
    }

    /// The gap at which the search may end, in money.
    [[nodiscard]] double allowed() const { return std::max(options_.absolute_gap, options_.relative_gap * scale()); }

    /// Why the search must end now, or nothing. Precedence: fault, certificate, prediction, outside, noise, calls.
    [[nodiscard]] std::optional<core::Status> why_stop() {
        const auto because = [&](core::Status status, const char* why) {
            result.diagnosis = why;
            return status;
        };
        if (!fault_.empty()) {
            result.diagnosis = fault_;
            return core::Status::numerical_error;
        }
        if (result.calls > 0) {
            result.gap = (result.upper - result.bound) / scale();
            if (result.upper - result.bound <= allowed())
                return because(core::Status::optimal, "certified: a plan costs no more than the bound allows");
            if (result.model_upper - result.bound <= allowed())
                return because(core::Status::optimal, "certified: no dual value is higher by the cuts");
            if (ascent_ <= allowed())
                return because(core::Status::feasible, "predicted: the model expects no more ascent (not certified)");
        }
        if (outside_) return because(*outside_, *outside_ == core::Status::time_limit ? "deadline" : "asked to stop");
        if (const auto outside = context_.report({result.calls, result.bound, result.upper, seconds()}))
            return because(*outside, *outside == core::Status::time_limit ? "deadline" : "asked to stop");
        if (ascent_ <= noise + error_at_best)
            return because(core::Status::stalled, "the ascent left is hidden by rounding or by the oracle's value_error");
        if (result.calls >= options_.max_calls) return because(core::Status::iteration_limit, "max_calls");
        return std::nullopt;
    }

    Result finish(core::Status status) {
        result.status = status;
        if (result.calls > 0) result.gap = (result.upper - result.bound) / scale();
        if (!result.average_use.empty()) result.residual = norm_of_movable(result.average_use);
        if (!result.history.empty()) result.history.back().upper = result.upper;
        result.seconds = seconds();
        return std::move(result);
    }

    Result result{};
    std::vector<double> lower{}, upper{};
    double noise = 0;          // rounding of a value, at most
    double error_at_best = 0;  // the oracle's own

    /// Seconds since the solve began, those before a resume included.
    [[nodiscard]] double seconds() const { return before_ + watch_.seconds(); }

    /// What of the search a resumed solve needs besides the method's own memory.
    void write(Writer& out) const {
        out.write(result.calls);
        out.write(result.model_upper);
        out.write(result.predicted_gap);
        out.write(result.inconsistency);
        out.write(noise);
        out.write(error_at_best);
        out.write(ascent_);
        out.write(recovered_at_);
    }
    void read(Reader& in) {
        const State& from = *options_.resume;
        result.multipliers = from.multipliers;
        result.bound = from.bound;
        result.upper = std::min(result.upper, from.upper);
        result.history = from.history;
        if (!result.history.empty()) before_ = result.history.back().seconds;
        in.read(result.calls);
        in.read(result.model_upper);
        in.read(result.predicted_gap);
        in.read(result.inconsistency);
        in.read(noise);
        in.read(error_at_best);
        in.read(ascent_);
        in.read(recovered_at_);
    }

    /// Moves a reader past what `write` wrote.
    static void skip(Reader& in) {
        double number = 0;
        int count = 0;
        in.read(count);
        for (int k = 0; k < 6; ++k) in.read(number);
        in.read(count);
    }

    /// The state with a method's memory.
    [[nodiscard]] State state(std::vector<std::uint8_t> memory) const {
        return {options_.method, result.multipliers, result.bound, result.upper, result.history, std::move(memory)};
    }

    /// Hands a checkpoint to the callback on every `checkpoint_every`-th call; `memory()` is asked for only then.
    template <class Memory>
    void checkpoint(const Memory& memory) {
        if (options_.checkpoint && result.calls % options_.checkpoint_every == 0 && checkpointed_at_ != result.calls)
            options_.checkpoint(state(memory()));
        checkpointed_at_ = result.calls;
    }

private:
    [[nodiscard]] double scale() const { return std::max(std::abs(result.bound), 1e-12); }

    // Euclidean norm of the part of a direction along which the best multipliers can still move.
    [[nodiscard]] double norm_of_movable(const std::vector<double>& direction) const {
        double sum = 0;
        for (std::size_t k = 0; k < direction.size(); ++k) {
            const bool held = direction[k] < 0 ? result.multipliers[k] <= lower[k] : result.multipliers[k] >= upper[k];
            if (!held) sum += direction[k] * direction[k];
        }
        return std::sqrt(sum);
    }

    const O& oracle_;
    const Problem& problem_;
    const Options& options_;
    const core::Context& context_;
    core::Stopwatch watch_{};
    std::string fault_{};
    std::optional<core::Status> outside_{};
    double ascent_ = std::numeric_limits<double>::infinity();
    double before_ = 0;
    int recovered_at_ = -1;
    int checkpointed_at_ = -1;
};

}  // namespace meio::lagrangian::detail
