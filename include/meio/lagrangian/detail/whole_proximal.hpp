// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace meio::lagrangian::detail {

/// The proximal term with bounds in a full metric: `max s.d - d'Hd / (2 t)` over low <= d <= high, H positive definite.
///
/// A primal-dual active set finds the step: guess which bounds hold, solve for the rest, correct the guess; where guesses
/// go round in a circle, coordinate descent (which cannot) finishes. The factor of H over the free coordinates is kept
/// while they stay the same. O(K^2) a step, O(K^3) where the free coordinates change.
class WholeProximal {
public:
    WholeProximal(std::span<const double> centre, std::span<const double> lower, std::span<const double> upper,
                  std::span<const double> hessian, double t)
        : low_(centre.size()), high_(centre.size()), hessian_(hessian), t_(t), held_(centre.size(), 0), step_(centre.size()),
          pull_(centre.size()), work_(centre.size()) {
        for (std::size_t k = 0; k < centre.size(); ++k) {
            low_[k] = lower[k] - centre[k];
            high_[k] = upper[k] - centre[k];
            free_.push_back(k);
        }
        factorise();
    }

    [[nodiscard]] std::size_t size() const { return low_.size(); }

    void place(std::span<const double> slope, std::span<double> step) const {
        find(slope);
        std::copy(step_.begin(), step_.end(), step.begin());
    }
    [[nodiscard]] double value(std::span<const double> slope, std::span<const double> step) const {
        double sum = 0;
        for (std::size_t k = 0; k < size(); ++k) sum += step[k] * (slope[k] - 0.5 * row_dot(k, step) / t_);
        return sum;
    }

    /// Least point in [0, longest] of `a -> offset a + value(slope + a change)`: Newton on its derivative in a bracket.
    [[nodiscard]] double line_search(double offset, std::span<const double> slope, std::span<const double> change,
                                     double longest) const {
        double at = 0;
        double low = 0;
        double high = longest;
        std::vector<double> point(size());
        std::vector<double> image;
        for (int newton = 0; newton < 30; ++newton) {
            for (std::size_t k = 0; k < size(); ++k) point[k] = slope[k] + at * change[k];
            find(point);
            double derivative = offset;
            for (std::size_t k = 0; k < size(); ++k) derivative += change[k] * step_[k];
            whiten(change, image);
            double curvature = 0;
            for (const double x : image) curvature += x * x;
            (derivative < 0 ? low : high) = at;
            if (at == 0 && derivative >= 0) return 0;
            const double wish = curvature > 0 ? at - derivative / curvature : (derivative < 0 ? high : low);
            const double next = wish >= high ? high : (wish > low ? wish : 0.5 * (low + high));
            if (std::abs(next - at) <= 1e-14 * longest || (next == high && at == high)) break;
            at = next;
        }
        return at;
    }

    /// Finds the free coordinates at a slope; true where they are not those of the last call.
    bool free_changed(std::span<const double> slope) const {
        find(slope);
        const bool changed = free_ != free_before_;
        free_before_ = free_;
        return changed;
    }
    /// `difference` as a vector whose squared length is its curvature over the free coordinates.
    void whiten(std::span<const double> difference, std::vector<double>& image) const {
        image.resize(free_.size());
        const double scale = std::sqrt(t_);
        for (std::size_t i = 0; i < free_.size(); ++i) image[i] = scale * difference[free_[i]];
        forward(image);
    }

private:
    static constexpr int rounds = 30;
    static constexpr int sweeps = 2000;

    [[nodiscard]] double row_dot(std::size_t k, std::span<const double> x) const {
        const double* row = hessian_.data() + k * size();
        double sum[4] = {0, 0, 0, 0};
        std::size_t j = 0;
        for (; j + 4 <= x.size(); j += 4)
            for (std::size_t l = 0; l < 4; ++l) sum[l] += row[j + l] * x[j + l];
        for (; j < x.size(); ++j) sum[0] += row[j] * x[j];
        return (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }

    void find(std::span<const double> slope) const {
        for (int round = 0; round < rounds; ++round) {
            for (std::size_t k = 0; k < size(); ++k) step_[k] = held_[k] < 0 ? low_[k] : held_[k] > 0 ? high_[k] : 0.0;
            const bool any_held = free_.size() < size();
            work_.resize(free_.size());
            for (std::size_t i = 0; i < free_.size(); ++i)
                work_[i] = t_ * slope[free_[i]] - (any_held ? row_dot(free_[i], step_) : 0.0);
            forward(work_);
            backward(work_);
            for (std::size_t i = 0; i < free_.size(); ++i) step_[free_[i]] = work_[i];
            bool changed = false;
            for (std::size_t k = 0; k < size(); ++k) {
                std::int8_t now = held_[k];
                if (now == 0) {
                    now = step_[k] < low_[k] ? -1 : step_[k] > high_[k] ? 1 : 0;
                } else {
                    const double pull = t_ * slope[k] - row_dot(k, step_);
                    if (now < 0 ? pull > 0 : pull < 0) now = 0;
                }
                changed = changed || now != held_[k];
                pull_[k] = now;
            }
            if (!changed) return;
            for (std::size_t k = 0; k < size(); ++k) held_[k] = static_cast<std::int8_t>(pull_[k]);
            set_free();
        }
        descend(slope);
    }

    void descend(std::span<const double> slope) const {
        for (std::size_t k = 0; k < size(); ++k) step_[k] = std::clamp(step_[k], low_[k], high_[k]);
        for (int sweep = 0; sweep < sweeps; ++sweep) {
            double moved = 0;
            double length = 0;
            for (std::size_t k = 0; k < size(); ++k) {
                const double own = hessian_[k * size() + k];
                const double next = std::clamp(step_[k] + (t_ * slope[k] - row_dot(k, step_)) / own, low_[k], high_[k]);
                moved = std::max(moved, std::abs(next - step_[k]));
                length = std::max(length, std::abs(next));
                step_[k] = next;
            }
            if (moved <= 1e-13 * length) break;
        }
        for (std::size_t k = 0; k < size(); ++k) held_[k] = step_[k] <= low_[k] ? -1 : step_[k] >= high_[k] ? 1 : 0;
        set_free();
    }

    void set_free() const {
        free_.clear();
        for (std::size_t k = 0; k < size(); ++k)
            if (held_[k] == 0) free_.push_back(k);
        factorise();
    }

    // Cholesky factor of H over the free coordinates, lower triangle by rows.
    void factorise() const {
        const std::size_t n = free_.size();
        factor_.resize(n * n);
        for (std::size_t i = 0; i < n; ++i) {
            double* row_i = &factor_[i * n];
            for (std::size_t j = 0; j <= i; ++j) {
                const double* row_j = &factor_[j * n];
                double sum[4] = {0, 0, 0, 0};
                std::size_t k = 0;
                for (; k + 4 <= j; k += 4)
                    for (std::size_t l = 0; l < 4; ++l) sum[l] += row_i[k + l] * row_j[k + l];
                for (; k < j; ++k) sum[0] += row_i[k] * row_j[k];
                const double entry = hessian_[free_[i] * size() + free_[j]];
                const double rest = entry - ((sum[0] + sum[1]) + (sum[2] + sum[3]));
                row_i[j] = i == j ? std::sqrt(std::max(rest, 1e-14 * entry)) : rest / row_j[j];
            }
        }
    }
    void forward(std::vector<double>& x) const {
        const std::size_t n = free_.size();
        for (std::size_t i = 0; i < n; ++i) {
            double sum = x[i];
            for (std::size_t k = 0; k < i; ++k) sum -= factor_[i * n + k] * x[k];
            x[i] = sum / factor_[i * n + i];
        }
    }
    void backward(std::vector<double>& x) const {
        const std::size_t n = free_.size();
        for (std::size_t i = n; i-- > 0;) {
            x[i] /= factor_[i * n + i];
            for (std::size_t k = 0; k < i; ++k) x[k] -= factor_[i * n + k] * x[i];
        }
    }

    std::vector<double> low_, high_;
    std::span<const double> hessian_;
    double t_;
    // What was found last: a start for the next, never part of the answer.
    mutable std::vector<std::int8_t> held_;  // -1 and 1: at the lower and upper bound
    mutable std::vector<std::size_t> free_{};
    mutable std::vector<std::size_t> free_before_{};
    mutable std::vector<double> factor_{};
    mutable std::vector<double> step_, pull_, work_;
};

}  // namespace meio::lagrangian::detail
