// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/evaluation.hpp>
#include <meio/lagrangian/detail/step_metric.hpp>
#include <meio/lagrangian/options.hpp>
#include <meio/lagrangian/problem.hpp>

namespace meio::lagrangian::detail {

/// Makes the bundle's metric from what the oracle tells, as `Options::metric` asks.
class MetricChoice {
public:
    MetricChoice(const Problem& problem, Metric wish) : problem_(&problem), wish_(wish) {}

    /// True where the metric estimates the dual's own curvature: then a step of length 1 is Newton's.
    [[nodiscard]] bool is_curvature() const { return curved_; }

    /// Sets the metric at a new centre; `step` led there from where the gradient was `before`, both empty at the start.
    /// False where the present metric stays.
    [[nodiscard]] bool update(const Evaluation& at, const std::vector<double>& step,
                              const std::vector<double>& before, StepMetric& metric) {
        const std::size_t size = problem_->b.size();
        if (step.empty()) base_ = usage(at);
        const Metric kind = resolve(at);
        curved_ = kind == Metric::hessian || kind == Metric::diagonal;
        if (kind == Metric::hessian) {
            std::vector<double> floor(size);
            for (std::size_t k = 0; k < size; ++k) floor[k] = floor_of(at.hessian[k * size + k], k);
            metric = StepMetric(at.hessian, floor);
            return true;
        }
        if (kind == Metric::diagonal) {
            std::vector<double> diagonal(size);
            for (std::size_t k = 0; k < size; ++k) diagonal[k] = at.diagonal[k] + floor_of(at.diagonal[k], k);
            // What the diagonal leaves out, the gradients tell: a few quasi-Newton pairs on top of it.
            if (!step.empty() && size <= most_with_pairs) add_pair(at, step, before, diagonal, 1e3, 6);
            if (!pairs_.empty()) {
                pairs_.prepare(diagonal);
                metric = StepMetric(std::move(diagonal), pairs_);
                return true;
            }
            metric = StepMetric(std::move(diagonal));
            return true;
        }
        if (kind == Metric::lbfgs && !step.empty()) {
            add_pair(at, step, before, base_, 1e6, 10);
            if (pairs_.empty()) return false;
            curved_ = true;
            metric = with_pairs();
            return true;
        }
        curved_ = kind == Metric::lbfgs && !pairs_.empty();
        if (metric.size() == size) return false;
        metric = curved_ ? with_pairs() : StepMetric(base_);
        return true;
    }

    void write(Writer& out) const {
        out.write(base_);
        out.write(curved_);
        pairs_.write(out);
    }
    void read(Reader& in) {
        in.read(base_);
        in.read(curved_);
        pairs_.read(in);
    }

private:
    static constexpr std::size_t most_with_pairs = 3000;  // beyond, their share of the model's work outweighs the calls saved

    // A pair over a kink is no curvature: it says that the dual bends without limit, or across the step more than along
    // it, and many such make a matrix that rounding turns indefinite. Only what is within reason of `base` is taken in.
    void add_pair(const Evaluation& at, const std::vector<double>& step, const std::vector<double>& before,
                  const std::vector<double>& base, double reason, std::size_t keep) {
        std::vector<double> change(step.size());
        double length = 0, along = 0, across = 0;
        for (std::size_t k = 0; k < step.size(); ++k) {
            change[k] = before[k] - at.gradient[k];
            length += base[k] * step[k] * step[k];
            along += step[k] * change[k];
            across += change[k] * change[k] / base[k];
        }
        if (!(along > 0) || along * along < 1e-4 * length * across) return;
        if (along > reason * length || reason * along < length) return;
        pairs_.add(step, std::move(change), std::min(keep, std::max<std::size_t>(1, step.size() / 2)));
    }

    [[nodiscard]] StepMetric with_pairs() {
        std::vector<double> diagonal = base_;
        const double scale = pairs_.scale(base_);
        for (double& d : diagonal) d *= scale;
        pairs_.prepare(diagonal);
        return StepMetric(std::move(diagonal), pairs_);
    }

    [[nodiscard]] Metric resolve(const Evaluation& at) const {
        Metric kind = wish_;
        if (kind == Metric::automatic || kind == Metric::hessian) kind = at.hessian.empty() ? Metric::diagonal : Metric::hessian;
        if (kind == Metric::diagonal && at.diagonal.empty()) kind = Metric::usage;
        return kind;
    }

    // What the diagonal of a curvature is raised by: rounding's share, and more where nothing is known to bend.
    [[nodiscard]] double floor_of(double curvature, std::size_t k) const {
        return 1e-6 * curvature + (curvature > 1e-4 * base_[k] ? 0.0 : 1e-2 * base_[k]);
    }

    [[nodiscard]] std::vector<double> usage(const Evaluation& at) const {
        const std::size_t size = problem_->b.size();
        if (wish_ == Metric::identity) return std::vector<double>(size, 1.0);
        const double scale = at.value != 0 ? std::max(std::abs(at.value), 1e-12) : 1.0;
        double mean = 0;
        for (const double b : problem_->b) mean += std::abs(b) / static_cast<double>(size);
        std::vector<double> result(size);
        for (std::size_t k = 0; k < size; ++k) {
            double use = std::abs(problem_->b[k]);
            if (!(use > 1e-3 * mean)) use = std::max(std::abs(at.gradient[k]), 1e-3 * mean);
            result[k] = use > 0 ? use * use / scale : 1.0 / scale;
        }
        return result;
    }

    const Problem* problem_;
    Metric wish_;
    std::vector<double> base_{};
    bool curved_ = false;
    LimitedCurvature pairs_{};
};

}  // namespace meio::lagrangian::detail
