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
#include <meio/lagrangian/detail/contradiction.hpp>
#include <meio/lagrangian/detail/evaluation.hpp>
#include <meio/lagrangian/detail/ray.hpp>
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
        core::IssueList issues;
        options.check(size, issues);
        problem.check(size, issues);
        issues.throw_if_any();
        constexpr double infinity = std::numeric_limits<double>::infinity();
        lower = problem.lower.empty() ? std::vector<double>(size, 0.0) : problem.lower;
        upper = problem.upper.empty() ? std::vector<double>(size, infinity) : problem.upper;
        if (options.start != nullptr) result.multipliers = options.start->multipliers;
        else result.multipliers = options.initial.empty() ? std::vector<double>(size, 0.0) : options.initial;
        for (std::size_t k = 0; k < size; ++k)
            result.multipliers[k] = std::clamp(result.multipliers[k], lower[k], upper[k]);
        result.upper = options.upper;
        upper_from_ = "given";
    }

    /// One call of the oracle; keeps the best point. `step` is what the history tells of how it came here.
    Evaluation call(const std::vector<double>& multipliers, double step = 0) {
        if (ray_.out_of_sight(multipliers, last_gradient_, lower, upper)) {
            unbounded_ = true;
            return {};
        }
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
        improve_upper(at.upper, "told by the groups");
        if (at.value > result.bound) {
            result.bound = at.value;
            result.multipliers = multipliers;
            error_at_best = at.error;
        }
        noise = std::max(noise, 8.0 * std::numeric_limits<double>::epsilon() * at.magnitude);
        result.history.push_back({result.calls, at.value, result.bound, result.upper, step, seconds()});
        ++result.calls;
        contradiction_.look(multipliers, at.replies);
        unbounded_ = ray_.look(at, multipliers, lower, upper);
        last_gradient_ = at.gradient;
        return at;
    }

    /// True where the last call leads nowhere: only `why_stop` is of use then.
    [[nodiscard]] bool cut_short() const { return !fault_.empty() || outside_.has_value() || unbounded_; }

    /// Takes in that a value exceeded a cut of the groups `first` to `last` by `amount`, rounding included.
    void contradicted(std::size_t first, std::size_t last, double amount) {
        result.inconsistency = std::max(result.inconsistency, amount);
        contradiction_.note(first, last, amount);
    }

    /// Offers the recovered primal to the callback, on every `primal_every`-th call, or at once where `now`.
    template <class Weights>
    void recover(const std::vector<double>& average_use, const Weights& weights, bool now = false) {
        if (!options_.primal || (!now && result.calls % options_.primal_every != 0) || recovered_at_ == result.calls) return;
        recovered_at_ = result.calls;
        const std::vector<Weight> shares = weights();
        const double cost = options_.primal({result.multipliers, average_use, shares, result.bound});
        improve_upper(cost, "returned by primal");
    }

    /// Ascent that is still expected, in money, by the caller's model; keeps it relative for the result. Where it is not
    /// `believed` it stops nothing.
    void predict(double ascent, bool believed = true) {
        believed_ = believed;
        result.predicted_gap = std::max(ascent, 0.0) / scale();
        ascent_ = ascent;
    }

    /// The gap at which the search may end, in money.
    [[nodiscard]] double allowed() const { return std::max(options_.absolute_gap, options_.relative_gap * scale()); }

    /// Why the search must end now, or nothing. Precedence: fault, certificate, prediction, outside, noise, calls.
    [[nodiscard]] std::optional<core::Status> why_stop() {
        if (const auto status = conclusion()) return status;
        if (outside_) return because(*outside_, *outside_ == core::Status::time_limit ? "deadline" : "asked to stop");
        if (const auto outside = context_.report({result.calls, result.bound, result.upper, seconds()}))
            return because(*outside, *outside == core::Status::time_limit ? "deadline" : "asked to stop");
        if (believed_ && ascent_ <= noise + error_at_best)
            return because(core::Status::stalled, "the ascent left is hidden by rounding or by the oracle's value_error");
        if (result.calls >= options_.max_calls) return because(core::Status::iteration_limit, "max_calls");
        return std::nullopt;
    }

    /// The same as far as it follows from what is known, without a report to the caller.
    [[nodiscard]] std::optional<core::Status> conclusion() {
        if (!fault_.empty()) return because(core::Status::numerical_error, fault_);
        if (unbounded_) {
            result.ray = ray_.direction();
            return because(core::Status::unbounded, ray_.text());
        }
        if (result.calls == 0) return std::nullopt;
        result.gap = std::max(result.upper - result.bound, 0.0) / scale();
        const double beaten = result.bound - error_of_plans() - result.upper;
        if (beaten > 0)
            return because(core::Status::infeasible, "the upper " + upper_from_ + ", " + std::to_string(result.upper) +
                                                         ", lies below the bound " + std::to_string(result.bound) +
                                                         ": no plan that keeps the constraints costs so little");
        const bool plan = result.upper - result.bound <= allowed();
        const bool cuts = result.model_upper - result.bound <= allowed();
        const bool model = believed_ && ascent_ <= allowed();
        if (!plan && !cuts && !model) return std::nullopt;
        if (is_contradicted()) return because(core::Status::numerical_error, "the replies disagree");
        if (plan) return because(core::Status::optimal, "certified: a plan costs no more than the bound allows");
        if (cuts) return because(core::Status::optimal, "certified: no dual value is higher by the cuts");
        return because(core::Status::feasible, "predicted: the model expects no more ascent (not certified)");
    }

    Result finish(core::Status status) {
        result.status = status;
        if (result.calls > 0) result.gap = std::max(result.upper - result.bound, 0.0) / scale();
        if (is_contradicted()) {
            result.inconsistency = std::max(result.inconsistency, contradiction_.amount());
            result.diagnosis += "; " + contradiction_.text();
        }
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
        out.write(believed_);
        ray_.write(out);
    }
    void read(Reader& in) {
        const State& from = *options_.resume;
        result.multipliers = from.multipliers;
        result.bound = from.bound;
        improve_upper(from.upper, "of the solve resumed");
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
        in.read(believed_);
        ray_.read(in);
    }

    /// Moves a reader past what `write` wrote.
    static void skip(Reader& in) {
        double number = 0;
        int count = 0;
        in.read(count);
        for (int k = 0; k < 6; ++k) in.read(number);
        in.read(count);
        bool believed = false;
        in.read(believed);
        Ray().read(in);
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

    [[nodiscard]] core::Status because(core::Status status, const std::string& why) {
        result.diagnosis = why;
        return status;
    }

    void improve_upper(double cost, const char* from) {
        if (!(cost < result.upper)) return;
        result.upper = cost;
        upper_from_ = from;
    }

    // What a plan may cost less than the bound by rounding, and by keeping the constraints up to a tolerance.
    [[nodiscard]] double error_of_plans() const { return std::max(allowed(), 1e-7 * scale()) + 100.0 * noise; }

    // More than rounding, and more than the answer may be wrong by.
    [[nodiscard]] bool is_contradicted() const {
        return std::max(contradiction_.amount(), result.inconsistency) > std::max(0.5 * allowed(), 1e-9 * scale()) + 100.0 * noise;
    }

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
    std::string upper_from_{};
    std::vector<double> last_gradient_{};
    Contradiction contradiction_{};
    Ray ray_{};
    bool unbounded_ = false;
    std::optional<core::Status> outside_{};
    double ascent_ = std::numeric_limits<double>::infinity();
    double before_ = 0;
    bool believed_ = true;
    int recovered_at_ = -1;
    int checkpointed_at_ = -1;
};

}  // namespace meio::lagrangian::detail
