// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <limits>

#include <meio/lagrangian/detail/archive.hpp>

namespace meio::lagrangian::detail {

/// The value a Polyak step aims at: the best dual value and a height above it, never beyond a known plan's cost.
///
/// After Brannlund (1993) and Goffin and Kiwiel (1999), Math. Programming 85: where the dual gains half the height it
/// stays, where it does not within `patience` calls the height is halved. Two things are added. The height rises where the dual
/// turns out almost linear as far as it reaches, and falls where a step overshoots badly. And where it has shrunk below what is asked for, it is set back to the
/// ascent that the average cut still allows, so that a height halved too early costs calls, not the answer.
class Level {
public:
    /// Starts anew above `best`.
    void start(double best, double height) {
        mark_ = best;
        height_ = height;
        idle_ = 0;
    }
    [[nodiscard]] double height() const { return height_; }
    [[nodiscard]] double target(double best, double upper) const { return std::min(best + height_, std::max(upper, best)); }

    /// Takes in a call that found `value` where linearity promised a gain of `promised` and `gain` came; `best` is the
    /// best value so far. A value more than `overshoot` heights below the best halves the height at once. True where
    /// patience ended.
    bool learn(double best, double value, double gain, double promised, int patience, double overshoot) {
        if (gain > 0.75 * promised) height_ = std::max(height_, (gain > 0.95 * promised ? 8.0 : 2.0) * gain);
        if (value < best - overshoot * height_) height_ *= 0.5;
        ++idle_;
        if (best >= mark_ + 0.5 * height_) {
            mark_ = best;
            idle_ = 0;
            return false;
        }
        if (idle_ < patience) return false;
        height_ *= 0.5;
        mark_ = best;
        idle_ = 0;
        return true;
    }

    void write(Writer& out) const {
        out.write(height_);
        out.write(mark_);
        out.write(idle_);
    }
    void read(Reader& in) {
        in.read(height_);
        in.read(mark_);
        in.read(idle_);
    }

private:
    double height_ = std::numeric_limits<double>::infinity();
    double mark_ = -std::numeric_limits<double>::infinity();  // best value when the height was set or last earned
    int idle_ = 0;                                            // calls since
};

}  // namespace meio::lagrangian::detail
