// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/metric.hpp>
#include <meio/lagrangian/detail/search.hpp>

namespace meio::lagrangian::detail {

/// Projected subgradient: Polyak steps from the best point, on a deflected direction, towards a level above the best
/// value, in a diagonal metric.
///
/// Held, Wolfe and Crowder (1974), Math. Programming 6, for the step; Barahona and Anbil (2000), Math. Programming 87, for
/// steps from the best point along averaged directions. The level is the upper bound where one is known, else it is
/// learnt: it rises wherever the dual turns out linear that far. Plans are averaged by the s^4 rule of Gustavsson,
/// Patriksson and Stromberg (2015), Math. Programming 150.
template <Oracle O>
class Subgradient {
public:
    Subgradient(Search<O>& search, const O& oracle, const Problem& problem)
        : search_(search), problem_(problem), size_(oracle.size()), shares_(oracle.groups()), average_use_(size_, 0.0) {}

    Result run() {
        best_point_ = search_.result.multipliers;
        Evaluation at = search_.call(best_point_);
        if (const auto stop = search_.why_stop()) return finish(*stop);
        std::vector<double> distance = diagonal_metric(at, problem_, Metric::automatic);
        std::vector<double> direction = at.gradient;
        std::vector<double> best_gradient = at.gradient;
        double level = std::max(0.05 * std::abs(at.value), 1e-6);
        double factor = 1.0;
        int without_gain = 0;
        average(at);
        while (true) {
            const double own_norm = squared_norm(best_gradient, distance);
            double norm = squared_norm(direction, distance);
            // A projected supergradient of 0: no point of the box is better.
            if (!(own_norm > 0)) search_.predict(0.0);
            search_.recover(average_use_, [&] { return weights(); });
            if (const auto stop = search_.why_stop()) return finish(*stop);
            if (!(norm > 1e-12 * own_norm)) {
                direction = best_gradient;
                norm = own_norm;
            }
            const double best = search_.result.bound;
            const double wish = std::min(level, search_.result.upper - best);
            const double step = factor * wish / norm;
            std::vector<double> point(size_);
            double moved = 0;
            double promised = 0;
            for (std::size_t k = 0; k < size_; ++k) {
                point[k] = std::clamp(best_point_[k] + step * direction[k] / distance[k], search_.lower[k], search_.upper[k]);
                moved += (point[k] - best_point_[k]) * (point[k] - best_point_[k]);
                promised += best_gradient[k] * (point[k] - best_point_[k]);
            }
            at = search_.call(point, std::sqrt(moved));
            if (search_.cut_short()) return finish(*search_.why_stop());
            average(at);
            const double gain = at.value - best;
            if (gain > 0) {
                without_gain = 0;
                factor = std::min(1.1 * factor, 2.0);
                // Hardly any bend on the whole way: the level is too low.
                if (gain > 0.75 * promised || gain > 0.5 * level) level = std::max(level, (gain > 0.9 * promised ? 8.0 : 2.0) * gain);
                best_point_ = std::move(point);
                best_gradient = at.gradient;
                distance = diagonal_metric(at, problem_, Metric::automatic);
            } else if (++without_gain >= 4) {
                without_gain = 0;
                factor *= 0.66;
            }
            for (std::size_t k = 0; k < size_; ++k) direction[k] = 0.7 * direction[k] + 0.3 * at.gradient[k];
        }
    }

private:
    // Squared length, in the dual of the metric, of the part along which the best point can move.
    [[nodiscard]] double squared_norm(const std::vector<double>& direction, const std::vector<double>& distance) const {
        double sum = 0;
        for (std::size_t k = 0; k < size_; ++k) {
            const bool held = direction[k] < 0 ? best_point_[k] <= search_.lower[k] : best_point_[k] >= search_.upper[k];
            if (!held) sum += direction[k] * direction[k] / distance[k];
        }
        return sum;
    }

    void average(const Evaluation& at) {
        ++averaged_;
        const double share = averaged_ == 1 ? 1.0 : 5.0 / (averaged_ + 4.0);
        for (std::size_t k = 0; k < size_; ++k) {
            average_use_[k] += share * (at.gradient[k] - average_use_[k]);
        }
        // Shares are kept relative to `mass_`, so that the old ones need no touch.
        mass_ = averaged_ == 1 ? 1.0 : mass_ / (1.0 - share);
        for (std::size_t s = 0; s < shares_.size(); ++s) shares_[s][at.replies[s].tag] += share * mass_;
    }

    [[nodiscard]] std::vector<Weight> weights() const {
        std::vector<Weight> result;
        for (std::size_t s = 0; s < shares_.size(); ++s)
            for (const auto& [tag, share] : shares_[s]) result.push_back({s, tag, share / mass_});
        return result;
    }

    Result finish(core::Status status) {
        if (averaged_ > 0) {
            if (search_.result.failure == nullptr) search_.recover(average_use_, [&] { return weights(); }, true);
            search_.result.weights = weights();
            search_.result.average_use = average_use_;
            if (!is_success(status))
                if (const auto better = search_.why_stop(); better && is_success(*better)) status = *better;
        }
        return search_.finish(status);
    }

    Search<O>& search_;
    const Problem& problem_;
    std::size_t size_;
    std::vector<std::map<std::uint64_t, double>> shares_;
    std::vector<double> average_use_;
    std::vector<double> best_point_{};
    double mass_ = 1;
    int averaged_ = 0;
};

}  // namespace meio::lagrangian::detail
