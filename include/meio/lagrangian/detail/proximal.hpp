// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace meio::lagrangian::detail {

/// The proximal term with bounds: `max s.d - d'Dd / (2 t)` over low <= d <= high, coordinate by coordinate.
class Proximal {
public:
    Proximal(std::span<const double> centre, std::span<const double> lower, std::span<const double> upper,
             std::span<const double> metric, double t)
        : low_(centre.size()), high_(centre.size()), rate_(centre.size()) {
        for (std::size_t k = 0; k < centre.size(); ++k) {
            low_[k] = lower[k] - centre[k];
            high_[k] = upper[k] - centre[k];
            rate_[k] = t / metric[k];
        }
    }

    [[nodiscard]] std::size_t size() const { return rate_.size(); }

    [[nodiscard]] double place(std::size_t k, double slope) const {
        return std::clamp(rate_[k] * slope, low_[k], high_[k]);
    }
    /// Finds the coordinates that no bound holds at a slope; true where they are not those of the last call.
    bool free_changed(std::span<const double> slope) const {
        bool changed = free_.empty();
        free_.resize(rate_.size(), 0);
        for (std::size_t k = 0; k < rate_.size(); ++k) {
            const double d = rate_[k] * slope[k];
            const char now = d > low_[k] && d < high_[k] ? 1 : 0;
            changed = changed || now != free_[k];
            free_[k] = now;
        }
        return changed;
    }
    /// `difference` as a vector whose squared length is its curvature over those coordinates.
    void whiten(std::span<const double> difference, std::vector<double>& image) const {
        image.clear();
        for (std::size_t k = 0; k < rate_.size(); ++k)
            if (free_[k] != 0) image.push_back(difference[k] * std::sqrt(rate_[k]));
    }
    void place(std::span<const double> slope, std::span<double> step) const {
        for (std::size_t k = 0; k < rate_.size(); ++k) step[k] = place(k, slope[k]);
    }
    [[nodiscard]] double value(std::span<const double> slope, std::span<const double> step) const {
        double sum = 0;
        for (std::size_t k = 0; k < rate_.size(); ++k) sum += step[k] * (slope[k] - 0.5 * step[k] / rate_[k]);
        return sum;
    }

    /// Least point in [0, longest] of `a -> offset a + value(slope + a change)`, a convex piecewise quadratic: Newton on
    /// its derivative, kept inside a shrinking bracket.
    [[nodiscard]] double line_search(double offset, std::span<const double> slope, std::span<const double> change,
                                     double longest) const {
        double at = 0;
        double low = 0;
        double high = longest;
        for (int newton = 0; newton < 30; ++newton) {
            double derivative = offset;
            double curvature = 0;
            for (std::size_t k = 0; k < rate_.size(); ++k) {
                if (change[k] == 0) continue;
                const double free = rate_[k] * (slope[k] + at * change[k]);
                const double d = std::clamp(free, low_[k], high_[k]);
                derivative += change[k] * d;
                if (free == d) curvature += change[k] * change[k] * rate_[k];
            }
            (derivative < 0 ? low : high) = at;
            if (at == 0 && derivative >= 0) return 0;
            const double wish = curvature > 0 ? at - derivative / curvature : (derivative < 0 ? high : low);
            const double next = wish >= high ? high : (wish > low ? wish : 0.5 * (low + high));
            if (std::abs(next - at) <= 1e-15 * longest) break;
            if (next == high && at == high) break;
            at = next;
        }
        return at;
    }

private:
    std::vector<double> low_;
    std::vector<double> high_;
    std::vector<double> rate_;
    mutable std::vector<char> free_{};
};

}  // namespace meio::lagrangian::detail
