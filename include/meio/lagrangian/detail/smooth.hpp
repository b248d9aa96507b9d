// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/bundle.hpp>
#include <meio/lagrangian/detail/box_model.hpp>
#include <meio/lagrangian/detail/limited_memory.hpp>
#include <meio/lagrangian/detail/walk.hpp>

namespace meio::lagrangian::detail {

/// Newton and quasi-Newton steps for a differentiable dual: each maximises a quadratic model over the box, then Armijo
/// decides.
///
/// With `Method::newton` the model is the oracle's curvature: Bertsekas (1982), SIAM J. Control and Optim. 20(2). Where
/// the oracle tells a diagonal only, or nothing, and with `Method::lbfgs`, it is a limited-memory BFGS matrix on that
/// diagonal: Byrd, Lu, Nocedal and Zhu (1995), SIAM J. Sci. Comput. 16(5), with the model maximised over the box instead
/// of along the projected gradient and then on one face. The first step is the model's own, or a Polyak step towards a
/// known plan, or one that promises a twentieth of the value.
///
/// A dual that is not differentiable shows: three steps in a row that gain next to nothing of what the model promised, or
/// whose new supergradient is worse at the old point than the model allows, or a model without ascent at a point that is
/// no maximum. Then a bundle goes on from the best point, and the calls spent count.
template <Oracle O>
class Smooth : private Walk<O> {
    using Base = Walk<O>;
    using Base::average_, Base::metric_, Base::options_, Base::problem_, Base::search_, Base::size_, Base::start_;

public:
    Smooth(Search<O>& search, const O& oracle, const Problem& problem, const Options& options)
        : Base(search, oracle, problem, options), oracle_(oracle) {}

    Result run() {
        if (options_.resume == nullptr) {
            start_ = point_ = search_.result.multipliers;
            Evaluation at = search_.call(point_);
            if (search_.cut_short()) return end(*search_.why_stop());
            metric_ = step_metric(at, problem_, Metric::usage);
            pairs_.set_diagonal(first_diagonal(at), 1.0);
            accept(at);
            if (at.diagonal.empty()) pairs_.scale(first_factor());
        } else {
            if (fell_back()) return bundle(options_);
            Reader in(options_.resume->memory);
            read(in);
        }
        std::vector<double> low(size_);
        std::vector<double> high(size_);
        while (true) {
            search_.checkpoint([&] { return memory(); });
            for (std::size_t k = 0; k < size_; ++k) {
                low[k] = search_.lower[k] - point_[k];
                high[k] = search_.upper[k] - point_[k];
            }
            const bool peak = !(this->squared_norm(here_.gradient, point_) > 0);
            const ModelStep model = peak ? ModelStep{std::vector<double>(size_, 0.0), 0, 0} : best_step(low, high);
            // Only a model that has just foretold a gain is believed about what is left, and only where the slope has all
            // but vanished: to the root of what is left, as on a parabola. A kink keeps its slope.
            if (peak) {
                search_.predict(0.0);
            } else if (trusted_) {
                const double left = std::max(quasi() ? 2.0 * model.predicted : model.predicted, 0.0);
                const double slope = this->expected_ascent();
                const double worth = std::max(std::abs(here_.value), 1e-12);
                search_.predict(left, slope * slope <= worth * std::min(1e4 * std::max(search_.allowed(), search_.noise), 1e-2 * worth));
            }
            search_.recover(average_.use(), [&] { return this->weights(); });
            if (const auto stop = search_.why_stop()) return end(*stop);
            if (!(model.predicted > search_.noise)) return fall_back();

            std::vector<double> point(size_);
            double moved = 0;
            double slope = 0;
            for (std::size_t k = 0; k < size_; ++k) {
                point[k] = std::clamp(point_[k] + share_ * model.step[k], search_.lower[k], search_.upper[k]);
                const double step = point[k] - point_[k];
                moved += step * step;
                slope += here_.gradient[k] * step;
            }
            const double predicted = share_ * (model.slope - share_ * (model.slope - model.predicted));
            const Evaluation at = search_.call(point, std::sqrt(moved));
            if (search_.cut_short()) return end(*search_.why_stop());
            this->reached(point_, point);
            if (!learn(at, point, slope, predicted)) return fall_back();
        }
    }

private:
    // The oracle's diagonal where it knows one, never flatter than a hundredth of what right-hand sides suggest.
    [[nodiscard]] std::vector<double> first_diagonal(const Evaluation& at) const {
        return at.diagonal.empty() ? metric_ : step_metric(at, problem_, Metric::diagonal);
    }

    // Makes the first step, were it free, promise what a known plan leaves, or else a twentieth of the value.
    [[nodiscard]] double first_factor() const {
        const double wish = std::min(0.05 * std::max(std::abs(here_.value), 1.0), std::max(search_.result.upper - here_.value, search_.noise));
        const double norm = this->squared_norm(here_.gradient, point_);
        return norm > 0 ? norm / (2.0 * wish) : 1.0;
    }

    [[nodiscard]] bool quasi() const { return curvature_.empty(); }

    [[nodiscard]] ModelStep best_step(const std::vector<double>& low, const std::vector<double>& high) const {
        if (quasi()) return maximise_model(pairs_, here_.gradient, low, high);
        double steepest = 0;
        for (std::size_t k = 0; k < size_; ++k) steepest = std::max(steepest, curvature_[k * (size_ + 1)]);
        std::vector<double> least(size_);
        for (std::size_t k = 0; k < size_; ++k) least[k] = std::max(std::min(1e-2 * metric_[k], 1e-3 * steepest), 1e-6 * steepest);
        return maximise_model(DenseCurvature(curvature_, least), here_.gradient, low, high);
    }

    void accept(const Evaluation& at) {
        here_ = Answer(at);
        if (options_.method == Method::newton) curvature_ = at.hessian;
        this->take_average(here_, point_, 1.0);
    }

    // Takes in a trial; false where the dual shows that it is not smooth.
    bool learn(const Evaluation& at, std::vector<double>& point, double slope, double predicted) {
        const double gain = at.value - here_.value;
        std::vector<double> step(size_);
        std::vector<double> change(size_);
        double bend = 0;
        for (std::size_t k = 0; k < size_; ++k) {
            step[k] = point[k] - point_[k];
            change[k] = here_.gradient[k] - at.gradient[k];
            bend += step[k] * change[k];
        }
        const double error = bend - (slope - gain);  // of the new linearisation at the old point
        const bool first = pairs_.empty() && quasi();
        const bool curved = quasi() && pairs_.learn(std::move(step), std::move(change), search_.noise);
        trusted_ = std::abs(gain - predicted) <= 0.5 * predicted && error <= 3.0 * std::max(predicted, search_.noise);
        const bool rises = gain >= 1e-4 * slope && gain > 0;
        const bool poor = !rises || gain < 0.1 * predicted;
        poor_ = poor && !first ? poor_ + 1 : 0;
        if (rises) {
            if (quasi() && !curved && gain > 0.9 * slope) pairs_.scale(0.1);  // a straight line so far
            share_ = 1.0;
            point_ = std::move(point);
            if (quasi() && !at.diagonal.empty()) pairs_.set_diagonal(first_diagonal(at), pairs_.factor());
            accept(at);
        } else if (quasi()) {
            if (!curved) pairs_.scale(4.0);
        } else {
            share_ *= std::clamp(bend > 0 ? slope / bend : 0.5, 0.1, 0.5);
        }
        if (first && !rises) poor_ = 1;
        return poor_ < 3 && !(poor_ == 2 && error > 4.0 * std::max(predicted, search_.noise));
    }

    Result fall_back() {
        bundle_options_ = options_;
        bundle_options_.resume = nullptr;
        return bundle(bundle_options_);
    }
    Result bundle(const Options& options) {
        Result result = Bundle<O>(search_, oracle_, problem_, options).run();
        result.diagnosis = "not smooth, so a bundle from the best point: " + result.diagnosis;
        return result;
    }

    // True where the solve to resume had already fallen back: a bundle's memory has no marker.
    [[nodiscard]] bool fell_back() const {
        Reader in(options_.resume->memory);
        Search<O>::skip(in);
        std::uint64_t found = 0;
        in.read(found);
        return found != Base::marker;
    }

    Result end(core::Status status) {
        return this->finish(status, [&] { return memory(); });
    }

    [[nodiscard]] std::vector<std::uint8_t> memory() const {
        Writer out;
        this->write_walk(out);
        pairs_.write(out);
        here_.write(out);
        out.write(curvature_);
        out.write(point_);
        out.write(share_);
        out.write(poor_);
        out.write(trusted_);
        return out.bytes();
    }
    void read(Reader& in) {
        this->read_walk(in);
        pairs_.read(in);
        here_.read(in);
        in.read(curvature_);
        in.read(point_);
        in.read(share_);
        in.read(poor_);
        in.read(trusted_);
    }

    const O& oracle_;
    Options bundle_options_{};
    LimitedMemory pairs_{};
    Answer here_{};
    std::vector<double> curvature_{};  // of the oracle at the point; empty: learnt
    std::vector<double> point_{};
    double share_ = 1;      // of the model's step that is tried
    int poor_ = 0;          // trials in a row that gained next to nothing
    bool trusted_ = false;  // the model foretold the last gain
};

}  // namespace meio::lagrangian::detail
