// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/dot.hpp>
#include <meio/lagrangian/detail/step_metric.hpp>

namespace meio::lagrangian::detail {

/// The proximal term with bounds: `max s.d - d'Md / (2 t)` over low <= d <= high.
///
/// Coordinate by coordinate where M is diagonal, else by block principal pivoting (Judice and Pires 1994, Computers and
/// Operations Research 21): exact up to rounding, and finite because single pivots take over where blocks do not help.
class Proximal {
public:
    Proximal(std::span<const double> centre, std::span<const double> lower, std::span<const double> upper,
             StepMetric& metric, double t)
        : metric_(metric), centre_(centre), low_(centre.size()), high_(centre.size()), free_(centre.size(), 1),
          at_high_(centre.size(), 0), t_(t) {
        for (std::size_t k = 0; k < centre.size(); ++k) {
            low_[k] = lower[k] - centre[k];
            high_[k] = upper[k] - centre[k];
            bounded_ = bounded_ || std::isfinite(low_[k]) || std::isfinite(high_[k]);
            if (!(low_[k] < high_[k])) free_[k] = 0;
        }
    }
    /// Starts from the coordinates that were free in another solve, and the bounds that held the others.
    void start_from(const std::vector<char>& free, const std::vector<char>& at_high) {
        if (free.size() != size()) return;
        for (std::size_t k = 0; k < size(); ++k) {
            if (free[k] || !(low_[k] < high_[k]) || !std::isfinite(at_high[k] ? high_[k] : low_[k])) continue;
            free_[k] = 0;
            at_high_[k] = at_high[k];
        }
    }

    [[nodiscard]] std::size_t size() const { return low_.size(); }
    [[nodiscard]] double t() const { return t_; }
    [[nodiscard]] bool bounded() const { return bounded_; }  // some bound is finite
    [[nodiscard]] const std::vector<char>& free() const { return free_; }
    [[nodiscard]] const std::vector<char>& at_high() const { return at_high_; }  // of those held, which by the upper bound
    [[nodiscard]] const StepMetric& metric() const { return metric_; }

    /// The maximiser for slope s; remembers which coordinates no bound holds.
    void place(std::span<const double> slope, std::vector<double>& step) {
        if (metric_.is_diagonal()) {
            for (std::size_t k = 0; k < size(); ++k) {
                const double d = t_ * slope[k] / metric_.diagonal()[k];
                free_[k] = d > low_[k] && d < high_[k] ? 1 : 0;
                at_high_[k] = d >= high_[k] ? 1 : 0;
                step[k] = std::clamp(d, low_[k], high_[k]);
            }
            metric_.restrict_to(free_);
            return;
        }
        pivot(slope, step, false);
    }

    /// Rounds a step so that the centre plus the step is a number: what the oracle will be asked is what was planned.
    void round(std::vector<double>& step) const {
        for (std::size_t k = 0; k < size(); ++k) {
            const double trial = centre_[k] + step[k];
            step[k] = std::clamp(trial - centre_[k], low_[k], high_[k]);
        }
    }

    [[nodiscard]] double value(std::span<const double> slope, const std::vector<double>& step) const {
        return dot(slope.data(), step.data(), size()) - squared_length(step) / (2.0 * t_);
    }
    /// d'Md.
    [[nodiscard]] double squared_length(const std::vector<double>& step) const {
        std::vector<double> image(size());
        metric_.multiply(step.data(), image.data());
        return dot(image.data(), step.data(), size());
    }

    /// Least point in [0, longest] of `a -> offset a + max(slope + a change)`, a convex piecewise quadratic: Newton on its
    /// derivative, kept inside a shrinking bracket. `step` ends as the maximiser there and `slope` moves along.
    double line_search(double offset, std::vector<double>& slope, std::span<const double> change, double longest,
                       std::vector<double>& step) {
        trial_.assign(slope.begin(), slope.end());
        double at = 0;
        double low = 0;
        double high = longest;
        for (int newton = 0; newton < 30; ++newton) {
            const double derivative = offset + dot(change.data(), step.data(), size());
            if (at == 0 && derivative >= 0) return 0;
            (derivative < 0 ? low : high) = at;
            metric_.solve(change.data(), direction_);
            const double curvature = t_ * dot(change.data(), direction_.data(), size());
            const double wish = curvature > 0 ? at - derivative / curvature : (derivative < 0 ? high : low);
            const double next = wish >= high ? high : (wish > low ? wish : 0.5 * (low + high));
            if (std::abs(next - at) <= 1e-14 * longest) break;
            for (std::size_t k = 0; k < size(); ++k) trial_[k] = slope[k] + next * change[k];
            was_free_ = free_;
            was_at_high_ = at_high_;
            if (metric_.is_diagonal()) {
                place(trial_, step);
            } else {
                add_scaled(step.data(), t_ * (next - at), direction_.data(), size());
                pivot(trial_, step, true);
            }
            at = next;
            // Where the same bounds hold at both ends, the derivative is linear in what it says at both.
            if (free_ == was_free_ && at_high_ == was_at_high_ && (next == wish || next == longest)) break;
        }
        slope.swap(trial_);
        return at;
    }

private:
    // `solved`: the step is right for the present free coordinates already.
    void pivot(std::span<const double> slope, std::vector<double>& step, bool solved) {
        const std::size_t n = size();
        right_.resize(n);
        image_.resize(n);
        std::size_t fewest = n + 1;
        int patience = 8;
        for (std::size_t round = 0; round < 50 + 4 * n; ++round) {
            metric_.restrict_to(free_);
            if (!solved) solve_free(slope, step);
            solved = false;
            metric_.multiply_held(step.data(), image_.data());
            wrong_.clear();
            for (std::size_t k = 0; k < n; ++k) {
                if (free_[k]) {
                    if (step[k] < low_[k] || step[k] > high_[k]) wrong_.push_back(k);
                    continue;
                }
                const double slack = 1e-12 * (std::abs(t_ * slope[k]) + std::abs(image_[k]));
                const double pull = t_ * slope[k] - image_[k];
                if (low_[k] < high_[k] && (at_high_[k] ? pull < -slack : pull > slack)) wrong_.push_back(k);
            }
            if (wrong_.empty()) return;
            if (wrong_.size() < fewest) {
                fewest = wrong_.size();
                patience = 8;
            } else if (--patience < 0) {
                wrong_.front() = wrong_.back();
                wrong_.resize(1);
            }
            for (const std::size_t k : wrong_) {
                at_high_[k] = free_[k] && step[k] > high_[k] ? 1 : 0;
                free_[k] = free_[k] ? 0 : 1;
            }
        }
        metric_.restrict_to(free_);
        for (std::size_t k = 0; k < n; ++k) step[k] = std::clamp(step[k], low_[k], high_[k]);
    }

    // The maximiser with the held coordinates at their bounds and no others.
    void solve_free(std::span<const double> slope, std::vector<double>& step) {
        const std::size_t n = size();
        bool held = false;
        for (std::size_t k = 0; k < n; ++k) {
            step[k] = free_[k] ? 0.0 : (at_high_[k] ? high_[k] : low_[k]);
            held = held || step[k] != 0;
            right_[k] = t_ * slope[k];
        }
        if (held) {
            metric_.multiply(step.data(), image_.data());
            for (std::size_t k = 0; k < n; ++k) right_[k] -= image_[k];
        }
        metric_.solve(right_.data(), direction_);
        for (std::size_t k = 0; k < n; ++k)
            if (free_[k]) step[k] = direction_[k];
    }

    StepMetric& metric_;
    std::span<const double> centre_;
    std::vector<double> low_;
    std::vector<double> high_;
    std::vector<char> free_;
    std::vector<char> at_high_;
    std::vector<char> was_free_{}, was_at_high_{};
    std::vector<std::size_t> wrong_{};
    std::vector<double> trial_{}, direction_{}, right_{}, image_{};
    double t_;
    bool bounded_ = false;
};

}  // namespace meio::lagrangian::detail
