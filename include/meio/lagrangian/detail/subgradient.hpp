// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/level.hpp>
#include <meio/lagrangian/detail/walk.hpp>

namespace meio::lagrangian::detail {

/// Projected subgradient steps `l + f (target - theta(l)) / |d|^2 d` from point to point, in a diagonal metric.
///
/// Polyak (1969), USSR Comput. Math. and Math. Physics 9(3): f = 1, d the supergradient, the target a known plan's cost or
/// a `Level`. Held, Wolfe and Crowder (1974), Math. Programming 6: f starts at 2 and is halved where no gain is seen.
/// Camerini, Fratta and Maffioli (1975), Math. Programming Study 3: d deflected by 1.5 times what makes it turn back.
/// Plans are averaged by the s^4 rule of Gustavsson, Patriksson and Stromberg (2015), Math. Programming 150.
template <Oracle O>
class Subgradient : private Walk<O> {
    using Base = Walk<O>;
    using Base::average_, Base::metric_, Base::options_, Base::problem_, Base::search_, Base::size_, Base::start_;

public:
    using Base::Base;

    Result run() {
        if (options_.resume == nullptr) {
            start_ = point_ = search_.result.multipliers;
            const Evaluation at = search_.call(point_);
            if (search_.cut_short()) return end(*search_.why_stop());
            metric_ = step_metric(at, problem_, options_.metric);
            here_ = best_ = Answer(at);
            level_.start(at.value, first_height());
        } else {
            Reader in(options_.resume->memory);
            read(in);
        }
        while (true) {
            search_.checkpoint([&] { return memory(); });
            const bool peak = !(this->squared_norm(here_.gradient, point_) > 0);  // no point of the box is better
            if (peak || average_.empty()) this->take_average(here_, point_, 1.0);
            const double ascent = peak ? 0.0 : this->expected_ascent();
            search_.predict(ascent);
            search_.recover(average_.use(), [&] { return this->weights(); });
            if (const auto stop = search_.why_stop()) return end(*stop);
            if (factor_ * level_.height() < 0.5 * search_.allowed() || factor_ < 1e-3) restart(ascent);

            const std::vector<double> direction = deflected();
            const double best = search_.result.bound;
            const double wish = level_.target(best, search_.result.upper) - here_.value;
            const double step = factor_ * std::max(wish, search_.noise) / this->squared_norm(direction, point_);
            typename Base::Trial trial = this->trial(point_, direction, step, here_.gradient);
            const Evaluation at = search_.call(trial.point, trial.length);
            if (search_.cut_short()) return end(*search_.why_stop());
            average(step);
            this->reached(point_, trial.point);
            const double gain = at.value > best ? at.value - here_.value : 0.0;
            point_ = std::move(trial.point);
            here_ = Answer(at);
            last_direction_ = direction;
            if (at.value > best) best_ = here_;
            learn(gain, trial.promised);
        }
    }

private:
    // Without a known plan: a twentieth of the value, as the first step of the bundle.
    [[nodiscard]] double first_height() const {
        return std::min(0.05 * std::max(std::abs(here_.value), 1.0), std::max(search_.result.upper - here_.value, 0.0));
    }

    [[nodiscard]] bool halves_factor() const { return options_.method == Method::held_wolfe_crowder; }

    void learn(double gain, double promised) {
        const double best = search_.result.bound;
        if (!halves_factor()) {
            if (level_.learn(best, here_.value, gain, promised, patience, 10.0)) return_to_best();
            return;
        }
        // A level that is reached moves on; one that is not lets the factor shrink.
        without_gain_ = gain > 0 ? 0 : without_gain_ + 1;
        if (level_.learn(best, here_.value, gain, promised, 1 << 20, 10.0)) return;
        if (without_gain_ < patience / 2) return;
        without_gain_ = 0;
        factor_ *= 0.5;
        return_to_best();
    }

    // A deflected walk starts again from the best point; the others lose by it.
    void return_to_best() {
        if (options_.method != Method::camerini_fratta_maffioli) return;
        point_ = search_.result.multipliers;
        here_ = best_;
        last_direction_.clear();
    }

    // The level has shrunk below what is asked for, while the average cut still allows ascent: from there again.
    void restart(double ascent) {
        const double best = search_.result.bound;
        const double room = std::min(ascent, search_.result.upper - best);
        level_.start(best, std::max(0.5 * room, search_.allowed()));
        factor_ = 1.0;
        without_gain_ = 0;
        return_to_best();
    }

    [[nodiscard]] std::vector<double> deflected() const {
        std::vector<double> direction = here_.gradient;
        if (options_.method != Method::camerini_fratta_maffioli || last_direction_.empty()) return direction;
        const double turn = this->product(here_.gradient, last_direction_, point_);
        const double norm = this->product(last_direction_, last_direction_, point_);
        if (!(turn < 0) || !(norm > 0)) return direction;
        for (std::size_t k = 0; k < size_; ++k) direction[k] -= 1.5 * turn / norm * last_direction_[k];
        return this->squared_norm(direction, point_) > 1e-12 * this->squared_norm(here_.gradient, point_) ? direction : here_.gradient;
    }

    // Weights grow with the step taken from a point, for the use to telescope to the way gone, and with the calls, for
    // early plans to fade.
    void average(double step) {
        ++averaged_;
        const double weight = step * std::pow(averaged_, fade);
        total_weight_ += weight;
        this->take_average(here_, point_, weight / total_weight_);
    }

    Result end(core::Status status) {
        return this->finish(status, [&] { return memory(); });
    }

    [[nodiscard]] std::vector<std::uint8_t> memory() const {
        Writer out;
        this->write_walk(out);
        level_.write(out);
        out.write(point_);
        here_.write(out);
        best_.write(out);
        out.all(last_direction_, factor_, without_gain_, averaged_, total_weight_);
        return out.bytes();
    }
    void read(Reader& in) {
        this->read_walk(in);
        level_.read(in);
        in.read(point_);
        here_.read(in);
        best_.read(in);
        in.all(last_direction_, factor_, without_gain_, averaged_, total_weight_);
    }

    static constexpr int patience = 20;
    static constexpr double fade = 4;

    Level level_{};
    std::vector<double> point_{};
    Answer here_{};
    Answer best_{};
    std::vector<double> last_direction_{};
    double factor_ = options_.method == Method::held_wolfe_crowder ? 2.0 : 1.0;
    int without_gain_ = 0;
    int averaged_ = 0;
    double total_weight_ = 0;
};

}  // namespace meio::lagrangian::detail
