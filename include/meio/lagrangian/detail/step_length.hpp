// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>

#include <meio/lagrangian/detail/archive.hpp>

namespace meio::lagrangian::detail {

/// How far the bundle may step: the factor t of its metric, set by what a trial gained of what the model promised.
///
/// Kiwiel (1990), Math. Programming 46: a parabola through both values and the predicted ascent tells the next length.
/// Where the metric is curvature, 1 is Newton's step and the length falls below it only where the dual bends more.
class StepLength {
public:
    [[nodiscard]] double value() const { return t_; }
    void set(double t) { t_ = t; }

    /// The centre moved. `predicted` is the ascent that the model promised, `rise` the same without the proximal term;
    /// `curved`: the metric was curvature when the step was made, `now_curved`: it is from here on.
    void moved(double gain, double predicted, double rise, bool curved, bool now_curved) {
        const double parabola = fitted(gain, predicted);
        ++serious_in_a_row_;
        linear_in_a_row_ = gain > 0.98 * rise ? linear_in_a_row_ + 1 : 0;
        if (curved) {
            // More than promised: the dual bends less than its curvature says, as one made of few plans does.
            if (gain - predicted > 0.5 * (rise - predicted)) {
                t_ *= linear_in_a_row_ > 1 ? std::pow(10.0, std::min(linear_in_a_row_ - 1, 3)) : 4.0;
            } else if (gain > 0.5 * predicted) {
                t_ = std::max(t_, std::min({parabola, 10.0 * t_, 1.0}));
            }
        } else if (now_curved) {
            t_ = 1.0;  // the first estimate of the curvature
        } else if (gain >= 0.5 * predicted && parabola > t_) {
            t_ = std::min(parabola, std::pow(10.0, std::clamp(linear_in_a_row_, 1, 3)) * t_);
        } else if (serious_in_a_row_ > 3) {
            t_ *= 2.0;
        }
    }

    /// The centre stayed. `error` is that of the new cut at the centre: no more than what was promised, and the model has
    /// learnt enough to try again as far.
    void stayed(double gain, double predicted, double error, double noise, bool curved) {
        serious_in_a_row_ = 0;
        linear_in_a_row_ = 0;
        if (!(predicted > noise && error > predicted)) return;
        const double parabola = fitted(gain, predicted);
        t_ = curved ? std::max(std::clamp(parabola, t_ / (gain < -predicted ? 100.0 : 10.0), t_ / 3.0), 1e-3)
                    : std::max(parabola, t_ / 10.0);
    }

    void write(Writer& out) const { out.all(t_, serious_in_a_row_, linear_in_a_row_); }
    void read(Reader& in) { in.all(t_, serious_in_a_row_, linear_in_a_row_); }

private:
    [[nodiscard]] double fitted(double gain, double predicted) const {
        return t_ * predicted / (2.0 * std::max(predicted - gain, 1e-12 * std::abs(predicted)));
    }

    double t_ = 0;
    int serious_in_a_row_ = 0;
    int linear_in_a_row_ = 0;  // of them the last ones, along which the dual hardly bent
};

}  // namespace meio::lagrangian::detail
