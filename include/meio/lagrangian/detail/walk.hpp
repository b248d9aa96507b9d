// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/lagrangian/detail/plan_average.hpp>
#include <meio/lagrangian/detail/search.hpp>
#include <meio/lagrangian/options.hpp>
#include <meio/lagrangian/problem.hpp>

namespace meio::lagrangian::detail {

/// In what units a subgradient step is measured: curvature where known and wanted, else right-hand side squared over
/// value, so that prices of scarce and plentiful resources move alike. Curvature counts nowhere as flatter than a hundredth
/// of the latter, or resources without any would run away, but what is steep elsewhere limits that.
inline std::vector<double> step_metric(const Evaluation& at, const Problem& problem, Metric wish) {
    std::vector<double> result(problem.b.size(), 1.0);
    if (wish == Metric::identity) return result;
    const double scale = std::max(std::abs(at.value), 1e-12);
    double steepest = 0;
    for (const double curvature : at.diagonal) steepest = std::max(steepest, curvature);
    for (std::size_t k = 0; k < result.size(); ++k) {
        const double use = std::max(std::abs(problem.b[k]), std::abs(at.gradient[k] + problem.b[k]));
        result[k] = (use > 0 ? use * use : 1.0) / scale;
        if (steepest > 0 && wish != Metric::usage)
            result[k] = std::max({at.diagonal[k], std::min(1e-2 * result[k], 1e-3 * steepest), 1e-6 * steepest});
    }
    return result;
}

/// What all subgradient methods share: points in the box, norms of what can move, the average, and the ascent that the
/// average cut still allows near the best point, on which they stop.
template <Oracle O>
class Walk {
public:
    Walk(Search<O>& search, const O& oracle, const Problem& problem, const Options& options)
        : search_(search), problem_(problem), options_(options), size_(oracle.size()), average_(size_, oracle.groups()),
          reach_(size_, 0.0) {}

protected:
    /// Squared length in the dual norm of the part of a direction along which `from` can move.
    [[nodiscard]] double squared_norm(std::span<const double> direction, std::span<const double> from) const {
        return product(direction, direction, from);
    }
    /// Product of two directions over the coordinates where the first can move from `from`.
    [[nodiscard]] double product(std::span<const double> x, std::span<const double> y, std::span<const double> from) const {
        double sum = 0;
        for (std::size_t k = 0; k < size_; ++k) {
            const bool held = x[k] < 0 ? from[k] <= search_.lower[k] : from[k] >= search_.upper[k];
            if (!held) sum += x[k] * y[k] / metric_[k];
        }
        return sum;
    }

    /// `from + step * direction`, moved into the box; `promised` is the ascent along it by linearity with `slope`.
    struct Trial {
        std::vector<double> point{};
        double length = 0;
        double promised = 0;
    };
    [[nodiscard]] Trial trial(std::span<const double> from, std::span<const double> direction, double step,
                              std::span<const double> slope) const {
        Trial result{std::vector<double>(size_), 0, 0};
        for (std::size_t k = 0; k < size_; ++k) {
            const double to = std::clamp(from[k] + step * direction[k] / metric_[k], search_.lower[k], search_.upper[k]);
            const double moved = to - from[k];
            result.point[k] = to;
            result.length += moved * moved;
            result.promised += slope[k] * moved;
        }
        result.length = std::sqrt(result.length);
        return result;
    }

    /// Notes how far a point lies that the oracle has answered.
    void reached(std::span<const double> from, std::span<const double> to) {
        for (std::size_t k = 0; k < size_; ++k)
            reach_[k] = std::max({reach_[k], std::abs(to[k] - from[k]), std::abs(to[k] - start_[k]), std::abs(to[k])});
    }

    void take_average(const Answer& at, std::span<const double> point, double share) {
        average_.add(at, point, share);
        const double proven = average_.highest(search_.lower, search_.upper) + search_.noise;
        search_.result.model_upper = std::min(search_.result.model_upper, proven);
    }

    /// Ascent that the average cut allows within the bounds and about as far from the best point as the walk has gone.
    [[nodiscard]] double expected_ascent() const {
        const std::vector<double>& best = search_.result.multipliers;
        double radius = 0;
        for (std::size_t k = 0; k < size_; ++k) radius += metric_[k] * reach_[k] * reach_[k];
        if (!(radius > 0)) return std::numeric_limits<double>::infinity();  // nothing tried yet
        radius = std::sqrt(radius);
        double near = average_.value_at(best) - search_.result.bound;
        double norm = 0;
        for (std::size_t k = 0; k < size_; ++k) {
            const double slope = average_.use()[k];
            if (slope == 0) continue;
            const double most = std::abs(slope) * (slope > 0 ? search_.upper[k] - best[k] : best[k] - search_.lower[k]);
            if (most <= std::abs(slope) * radius / std::sqrt(metric_[k])) {
                near += most;
            } else {
                norm += slope * slope / metric_[k];
            }
        }
        return near + radius * std::sqrt(norm);
    }

    [[nodiscard]] std::vector<Weight> weights() const { return average_.weights(); }

    /// `memory()` tells what a resumed solve needs; it is asked for where there has been a call.
    template <class Memory>
    Result finish(core::Status status, const Memory& memory) {
        if (!average_.empty()) {
            if (search_.result.failure == nullptr) search_.recover(average_.use(), [&] { return weights(); }, true);
            search_.result.weights = weights();
            search_.result.average_use = average_.use();
            search_.result.average_cost = average_.cost();
            status = search_.conclusion().value_or(status);
        }
        if (search_.result.calls > 0) search_.result.state = search_.state(memory());
        return search_.finish(status);
    }

    void write_walk(Writer& out) const {
        search_.write(out);
        out.write(marker);
        average_.write(out);
        out.write(metric_);
        out.write(start_);
        out.write(reach_);
    }
    void read_walk(Reader& in) {
        search_.read(in);
        std::uint64_t found = 0;
        in.read(found);
        average_.read(in);
        in.read(metric_);
        in.read(start_);
        in.read(reach_);
    }

    /// What stands in the memory of these methods where a bundle's has the number of its multipliers.
    static constexpr std::uint64_t marker = ~std::uint64_t{0};

    Search<O>& search_;
    const Problem& problem_;
    const Options& options_;
    std::size_t size_;
    PlanAverage average_;
    std::vector<double> metric_{};
    std::vector<double> start_{};
    std::vector<double> reach_;  // farthest that any point lay from where it was tried from, from the start, or from 0
};

}  // namespace meio::lagrangian::detail
