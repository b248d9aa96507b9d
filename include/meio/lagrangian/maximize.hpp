// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/status.hpp>
#include <meio/lagrangian/detail/cutting_model.hpp>
#include <meio/lagrangian/detail/evaluation.hpp>
#include <meio/lagrangian/oracle.hpp>
#include <meio/lagrangian/problem.hpp>

namespace meio::lagrangian {

namespace detail {

/// Everything that both methods share: evaluation, the best point, history, and the one decision why to stop.
template <Oracle O>
class Search {
public:
    Search(const O& oracle, const Problem& problem, const Options& options, const core::Context& context)
        : oracle_(oracle), problem_(problem), options_(options), context_(context) {
        const std::size_t size = oracle.size();
        options.validate(size);
        core::IssueList issues;
        const auto require_size = [&](const char* name, std::size_t found, bool may_be_empty) {
            if (found == size || (may_be_empty && found == 0)) return;
            issues.add(name, "", std::to_string(found) + " values", "must have one value a multiplier (" + std::to_string(size) + ")");
        };
        require_size("b", problem.b.size(), false);
        require_size("lower", problem.lower.size(), true);
        require_size("upper", problem.upper.size(), true);
        for (std::size_t k = 0; k < problem.b.size(); ++k)
            issues.require(std::isfinite(problem.b[k]), "b", k, problem.b[k], "must be finite");
        issues.throw_if_any();
        lower = problem.lower.empty() ? std::vector<double>(size, 0.0) : problem.lower;
        upper = problem.upper.empty() ? std::vector<double>(size, std::numeric_limits<double>::infinity()) : problem.upper;
        for (std::size_t k = 0; k < size; ++k)
            issues.require(lower[k] <= upper[k], "lower", k, lower[k], "must not exceed upper");
        issues.throw_if_any();
        result.multipliers = options.initial.empty() ? std::vector<double>(size, 0.0) : options.initial;
        for (std::size_t k = 0; k < size; ++k) result.multipliers[k] = std::clamp(result.multipliers[k], lower[k], upper[k]);
        result.upper = options.upper;
    }

    /// One call of the oracle; keeps the best point.
    Evaluation call(const std::vector<double>& multipliers) {
        Evaluation at = evaluate(oracle_, problem_, multipliers, options_.threads);
        if (!at.fault.empty()) {
            result.diagnosis = at.fault;
            return at;
        }
        if (at.value > result.bound) {
            result.bound = at.value;
            result.multipliers = multipliers;
        }
        result.history.push_back({result.calls, at.value, result.bound, watch_.seconds()});
        ++result.calls;
        return at;
    }

    /// Why the search must end now, or nothing. Precedence: fault, certified, predicted, outside, calls.
    [[nodiscard]] std::optional<core::Status> why_stop() {
        if (!result.diagnosis.empty()) return core::Status::numerical_error;
        const double scale = std::max(std::abs(result.bound), 1e-12);
        result.gap = (result.upper - result.bound) / scale;
        if (result.gap <= options_.relative_gap) return core::Status::optimal;
        if (result.predicted_gap <= options_.relative_gap) return core::Status::feasible;
        if (const auto outside = context_.report({result.calls, result.bound, result.upper, watch_.seconds()})) return outside;
        if (result.calls >= options_.max_calls) return core::Status::iteration_limit;
        return std::nullopt;
    }

    Result finish(core::Status status) {
        result.status = status;
        result.seconds = watch_.seconds();
        return std::move(result);
    }

    Result result{};
    std::vector<double> lower{}, upper{};

private:
    const O& oracle_;
    const Problem& problem_;
    const Options& options_;
    const core::Context& context_;
    core::Stopwatch watch_{};
};

/// Proximal bundle. Kiwiel (1990), Math. Programming 46, for the step control; Lemarechal and Sagastizabal (1997), SIAM
/// J. Optim. 7(2), for the variable metric.
template <Oracle O>
Result bundle(Search<O>& search, const O& oracle, const Problem& problem, const Options& options) {
    const std::size_t size = oracle.size();
    const std::size_t shards = oracle.groups();
    const std::size_t groups = std::min<std::size_t>(shards, static_cast<std::size_t>(options.cut_groups));
    CuttingModel model(std::max<std::size_t>(groups, 1), size, static_cast<std::size_t>(options.max_cuts));
    const auto add_cuts = [&](const Evaluation& at, const std::vector<double>& from_centre) {
        for (std::size_t g = 0; g < groups; ++g) {
            double value = 0;
            std::vector<double> slope(size, 0.0);
            for (std::size_t s = g * shards / groups; s < (g + 1) * shards / groups; ++s) {
                value += at.replies[s].value + at.replies[s].value_error;
                for (std::size_t k = 0; k < size; ++k) slope[k] += at.replies[s].gradient[k];
            }
            for (std::size_t k = 0; k < size; ++k) value -= slope[k] * from_centre[k];
            model.add(g, value, std::move(slope), at.replies[g * shards / groups].tag);
        }
    };

    std::vector<double> centre = search.result.multipliers;
    Evaluation at_centre = search.call(centre);
    if (const auto stop = search.why_stop()) return search.finish(*stop);
    add_cuts(at_centre, std::vector<double>(size, 0.0));
    std::vector<double> distance = metric(at_centre, problem);
    double t = 1.0;
    if (at_centre.diagonal.empty()) {
        double norm = 0;
        for (std::size_t k = 0; k < size; ++k) norm += at_centre.gradient[k] * at_centre.gradient[k] / distance[k];
        if (norm > 0) t = 0.05 * std::max(std::abs(at_centre.value), 1.0) / norm;
    }
    double predicted_before = std::numeric_limits<double>::infinity();
    int serious_in_a_row = 0;
    while (true) {
        double constant = 0;
        for (std::size_t k = 0; k < size; ++k) constant -= problem.b[k] * centre[k];
        const double scale = std::max(std::abs(at_centre.value), 1e-12);
        const double tolerance = std::max(1e-13 * scale, std::min(1e-2 * predicted_before, 1e-2 * scale));
        model.solve(problem.b, centre, search.lower, search.upper, distance, t, constant, tolerance);
        const double predicted = model.predicted() - at_centre.value;
        predicted_before = std::max(predicted, 0.0);
        search.result.predicted_gap = predicted / scale;
        search.result.average_use = model.average();
        if (const auto stop = search.why_stop()) {
            for (std::size_t g = 0; g < model.cuts().size(); ++g)
                for (const Cut& cut : model.cuts()[g])
                    if (cut.weight > 0) search.result.weights.push_back({g, cut.tag, cut.weight});
            return search.finish(*stop);
        }
        std::vector<double> trial(size);
        for (std::size_t k = 0; k < size; ++k)
            trial[k] = std::clamp(centre[k] + model.step()[k], search.lower[k], search.upper[k]);
        std::vector<double> step(size);
        for (std::size_t k = 0; k < size; ++k) step[k] = trial[k] - centre[k];
        Evaluation at = search.call(trial);
        if (!search.result.diagnosis.empty()) continue;
        add_cuts(at, step);
        const double gain = at.value - at_centre.value;
        // The step length that a quadratic through both values and the predicted ascent would take.
        const double fitted = t * predicted / (2.0 * std::max(predicted - gain, 1e-12 * predicted));
        if (gain >= 0.1 * predicted) {
            model.move_centre(step);
            centre = std::move(trial);
            at_centre = std::move(at);
            distance = metric(at_centre, problem);
            ++serious_in_a_row;
            if (gain >= 0.5 * predicted && fitted > t) {
                t = std::min(fitted, 10.0 * t);
            } else if (serious_in_a_row > 3) {
                t *= 2.0;
            }
        } else {
            serious_in_a_row = 0;
            double error = at.value - at_centre.value;
            for (std::size_t k = 0; k < size; ++k) error -= at.gradient[k] * step[k];
            if (error > predicted) t = std::max(fitted, t / 10.0);
        }
    }
}

/// Projected subgradient on a volume-averaged direction with Polyak steps towards a moving target. Held, Wolfe and
/// Crowder (1974), Math. Programming 6; Barahona and Anbil (2000), Math. Programming 87.
template <Oracle O>
Result subgradient(Search<O>& search, const O& oracle, const Problem& problem) {
    const std::size_t size = oracle.size();
    std::vector<double> point = search.result.multipliers;
    Evaluation at = search.call(point);
    std::vector<double> direction = at.gradient;
    double factor = 1.0;
    int without_gain = 0;
    while (true) {
        search.result.average_use = direction;
        if (const auto stop = search.why_stop()) return search.finish(*stop);
        const std::vector<double> distance = metric(at, problem);
        double norm = 0;
        for (std::size_t k = 0; k < size; ++k) {
            const double free = point[k] <= search.lower[k] ? std::max(direction[k], 0.0)
                                : point[k] >= search.upper[k] ? std::min(direction[k], 0.0)
                                                              : direction[k];
            norm += free * free / distance[k];
        }
        if (!(norm > 0)) return search.finish(core::Status::feasible);
        const double best = search.result.bound;
        const double target = std::isfinite(search.result.upper) ? std::min(search.result.upper, best + 0.05 * std::abs(best) + 1e-9)
                                                                 : best + 0.05 * std::abs(best) + 1e-9;
        const double step = factor * (target - at.value) / norm;
        for (std::size_t k = 0; k < size; ++k)
            point[k] = std::clamp(search.result.multipliers[k] + step * direction[k] / distance[k], search.lower[k], search.upper[k]);
        at = search.call(point);
        if (!search.result.diagnosis.empty()) continue;
        if (search.result.bound > best) {
            without_gain = 0;
            factor = std::min(1.1 * factor, 2.0);
        } else if (++without_gain >= 4) {
            without_gain = 0;
            factor *= 0.66;
        }
        for (std::size_t k = 0; k < size; ++k) direction[k] = 0.7 * direction[k] + 0.3 * at.gradient[k];
    }
}

}  // namespace detail

/// Maximises a concave dual `theta(l) - b.l` over a box. The bound returned is certified at every stop.
///
/// Throws `core::InputError` on wrong sizes or values; what the oracle throws passes through. A reply that is not finite
/// ends the solve with status `numerical_error` and a diagnosis that names the group; the best point so far is kept.
/// Status `optimal`: within `relative_gap` of `options.upper`; `feasible`: the expected ascent is within it (not
/// certified). Deterministic for any number of threads. Memory of the bundle: cut_groups x max_cuts x multipliers.
template <Oracle O>
[[nodiscard]] Result maximize(const O& oracle, const Problem& problem, const Options& options = {},
                              const core::Context& context = {}) {
    detail::Search<O> search(oracle, problem, options, context);
    return options.method == Method::bundle ? detail::bundle(search, oracle, problem, options)
                                            : detail::subgradient(search, oracle, problem);
}

}  // namespace meio::lagrangian
