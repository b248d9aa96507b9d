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

/// The volume algorithm of Barahona and Anbil (2000), Math. Programming 87: steps from the best point along the use of
/// the averaged plan, whose weights converge to those of an optimal primal.
///
/// A step without gain is red, with gain green where the new supergradient agrees with the direction and else yellow:
/// the step factor becomes smaller after 10 reds, larger after two yellows and after every green. Two departures: the
/// target is the best known plan or the ascent that the averaged cut still allows, whichever is less, instead of five
/// per cent above the value; and where the factor has shrunk to nothing the search restarts it with a new average in
/// place of freezing.
template <Oracle O>
class Volume : private Walk<O> {
    using Base = Walk<O>;
    using Base::average_, Base::metric_, Base::options_, Base::problem_, Base::search_, Base::size_, Base::start_;

public:
    using Base::Base;

    Result run() {
        if (options_.resume == nullptr) {
            start_ = search_.result.multipliers;
            const Evaluation at = search_.call(start_);
            if (search_.cut_short()) return end(*search_.why_stop());
            metric_ = step_metric(at, problem_, options_.metric);
            best_gradient_ = at.gradient;
            this->take_average(Answer(at), start_, 1.0);
            level_.start(at.value, std::min(0.05 * std::max(std::abs(at.value), 1.0), std::max(search_.result.upper - at.value, 0.0)));
            checked_value_ = at.value;
        } else {
            Reader in(options_.resume->memory);
            read(in);
        }
        while (true) {
            search_.checkpoint([&] { return memory(); });
            search_.predict(this->expected_ascent());
            search_.recover(average_.use(), [&] { return this->weights(); });
            if (const auto stop = search_.why_stop()) return end(*stop);

            const std::vector<double> from = search_.result.multipliers;
            const double best = search_.result.bound;
            const double own = this->squared_norm(best_gradient_, from);
            std::vector<double> direction = average_.use();
            double norm = this->squared_norm(direction, from);
            if (!(norm > 1e-14 * own)) {
                direction = best_gradient_;
                norm = own;
            }
            const double wish = level_.target(best, search_.result.upper) - best;
            typename Base::Trial trial = this->trial(from, direction, factor_ * std::max(wish, search_.noise) / norm, best_gradient_);
            const Evaluation at = search_.call(trial.point, trial.length);
            if (search_.cut_short()) return end(*search_.why_stop());
            this->reached(from, trial.point);
            const bool peak = !(this->squared_norm(at.gradient, trial.point) > 0);  // no point of the box is better
            this->take_average(Answer(at), trial.point, peak ? 1.0 : share(at, trial.point));
            colour(at, direction, from, at.value - best, trial.promised);
        }
    }

private:
    // The share that makes the averaged direction shortest, kept within a tenth of the greatest share and that share.
    [[nodiscard]] double share(const Evaluation& at, const std::vector<double>& point) {
        double across = 0;
        double length = 0;
        for (std::size_t k = 0; k < size_; ++k) {
            const double old = average_.use()[k];
            const bool held = old < 0 && at.gradient[k] < 0 ? point[k] <= search_.lower[k] : old > 0 && at.gradient[k] > 0 && point[k] >= search_.upper[k];
            if (held) continue;
            const double change = at.gradient[k] - old;
            across -= old * change / metric_[k];
            length += change * change / metric_[k];
        }
        const double shortest = length > 0 ? across / length : greatest_share_;
        return std::clamp(shortest, 0.1 * greatest_share_, greatest_share_);
    }

    void colour(const Evaluation& at, const std::vector<double>& direction, const std::vector<double>& from, double gain,
                double promised) {
        const double best = search_.result.bound;
        if (gain > 0) {
            reds_ = 0;
            best_gradient_ = at.gradient;
            if (this->product(direction, at.gradient, from) >= 0) {
                factor_ = std::min(2.0 * factor_, 2.0);
            } else if (++yellows_ >= 2) {
                yellows_ = 0;
                factor_ = std::min(1.1 * factor_, 2.0);
            }
        } else {
            yellows_ = 0;
            if (++reds_ >= 10) {
                reds_ = 0;
                factor_ *= 0.67;
            }
        }
        level_.learn(best, at.value, gain, promised, 1 << 20, 3.0);
        if (++since_check_ >= 80) {
            if (best - checked_value_ < 0.01 * std::abs(best)) greatest_share_ = std::max(0.5 * greatest_share_, 1e-4);
            checked_value_ = best;
            since_check_ = 0;
        }
        if (factor_ * level_.height() < 0.1 * search_.allowed() || factor_ < 5e-4) restart();
    }

    void restart() {
        const double best = search_.result.bound;
        const double room = std::min(this->expected_ascent(), search_.result.upper - best);
        level_.start(best, std::max(0.5 * room, search_.allowed()));
        factor_ = 0.1;
        reds_ = yellows_ = 0;
    }

    Result end(core::Status status) {
        return this->finish(status, [&] { return memory(); });
    }

    [[nodiscard]] std::vector<std::uint8_t> memory() const {
        Writer out;
        this->write_walk(out);
        level_.write(out);
        out.all(best_gradient_, factor_, greatest_share_, checked_value_, since_check_, reds_, yellows_);
        return out.bytes();
    }
    void read(Reader& in) {
        this->read_walk(in);
        level_.read(in);
        in.all(best_gradient_, factor_, greatest_share_, checked_value_, since_check_, reds_, yellows_);
    }

    Level level_{};
    std::vector<double> best_gradient_{};
    double factor_ = 0.1;
    double greatest_share_ = 0.1;
    double checked_value_ = 0;
    int since_check_ = 0;
    int reds_ = 0;
    int yellows_ = 0;
};

}  // namespace meio::lagrangian::detail
