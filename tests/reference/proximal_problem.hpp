// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace reference {

/// The bundle's quadratic problem, solved by methods that share nothing with the library's:
///
///     max over low <= d <= high of  sum_g min_i (value + slope.d) - b.d - d'Md / (2 t)
///
/// For fixed weights of the planes, sweeps over the coordinates; over the weights, accelerated projected gradients.
struct ProximalProblem {
    struct Plane {
        double value;
        std::vector<double> slope;
    };
    std::vector<std::vector<Plane>> groups{};
    std::vector<double> b{}, low{}, high{};
    std::vector<std::vector<double>> metric{};
    double t = 1;

    [[nodiscard]] double quadratic(const std::vector<double>& d) const {
        double sum = 0;
        for (std::size_t i = 0; i < d.size(); ++i)
            for (std::size_t j = 0; j < d.size(); ++j) sum += d[i] * metric[i][j] * d[j];
        return sum / (2.0 * t);
    }
    /// What a step is worth.
    [[nodiscard]] double worth(const std::vector<double>& d) const {
        double sum = -quadratic(d);
        for (std::size_t k = 0; k < d.size(); ++k) sum -= b[k] * d[k];
        for (const auto& group : groups) {
            double least = std::numeric_limits<double>::infinity();
            for (const Plane& plane : group) least = std::min(least, at(plane, d));
            sum += least;
        }
        return sum;
    }
    /// The best step for an average slope (b taken off).
    [[nodiscard]] std::vector<double> place(const std::vector<double>& slope, std::vector<double> d) const {
        for (int sweep = 0; sweep < 3000; ++sweep) {
            double most = 0;
            for (std::size_t k = 0; k < d.size(); ++k) {
                double pull = t * slope[k];
                for (std::size_t j = 0; j < d.size(); ++j)
                    if (j != k) pull -= metric[k][j] * d[j];
                const double next = std::clamp(pull / metric[k][k], low[k], high[k]);
                most = std::max(most, std::abs(next - d[k]) / (1e-3 + std::abs(next)));
                d[k] = next;
            }
            if (most < 1e-14) break;
        }
        return d;
    }
    /// The least upper bound that weights give, found by accelerated projected gradients with restarts.
    [[nodiscard]] double lowest_bound() const {
        std::vector<std::vector<double>> weights;
        for (const auto& group : groups) weights.emplace_back(group.size(), 1.0 / static_cast<double>(group.size()));
        auto ahead = weights;
        std::vector<double> d(b.size(), 0.0);
        double best = bound(weights, d);
        double length = 1.0;
        double momentum = 1.0;
        for (int iteration = 0; iteration < 4000; ++iteration) {
            const double here = bound(ahead, d);
            std::vector<std::vector<double>> next;
            double there = 0;
            for (int halving = 0; halving < 60; ++halving) {
                next = ahead;
                double linear = 0;
                double square = 0;
                for (std::size_t g = 0; g < groups.size(); ++g) {
                    for (std::size_t i = 0; i < groups[g].size(); ++i) next[g][i] -= length * at(groups[g][i], d);
                    project(next[g]);
                    for (std::size_t i = 0; i < groups[g].size(); ++i) {
                        const double by = next[g][i] - ahead[g][i];
                        linear += by * at(groups[g][i], d);
                        square += by * by;
                    }
                }
                std::vector<double> trial = d;
                there = bound(next, trial);
                if (there <= here + linear + square / (2.0 * length) + 1e-13 * std::abs(here)) break;
                length *= 0.5;
            }
            const double grown = 0.5 * (1.0 + std::sqrt(1.0 + 4.0 * momentum * momentum));
            const bool worse = there > best;
            const double share = worse ? 0.0 : (momentum - 1.0) / grown;
            momentum = worse ? 1.0 : grown;
            for (std::size_t g = 0; g < groups.size(); ++g)
                for (std::size_t i = 0; i < groups[g].size(); ++i) ahead[g][i] = next[g][i] + share * (next[g][i] - weights[g][i]);
            weights = std::move(next);
            best = std::min(best, there);
        }
        return best;
    }
    /// What the weights promise at their best step `d`, which starts the search for it.
    [[nodiscard]] double bound(const std::vector<std::vector<double>>& weights, std::vector<double>& d) const {
        std::vector<double> slope(b.size());
        double sum = 0;
        for (std::size_t k = 0; k < b.size(); ++k) slope[k] = -b[k];
        for (std::size_t g = 0; g < groups.size(); ++g)
            for (std::size_t i = 0; i < groups[g].size(); ++i) {
                sum += weights[g][i] * groups[g][i].value;
                for (std::size_t k = 0; k < b.size(); ++k) slope[k] += weights[g][i] * groups[g][i].slope[k];
            }
        d = place(slope, std::move(d));
        for (std::size_t k = 0; k < b.size(); ++k) sum += slope[k] * d[k];
        return sum - quadratic(d);
    }

private:
    static double at(const Plane& plane, const std::vector<double>& d) {
        double sum = plane.value;
        for (std::size_t k = 0; k < d.size(); ++k) sum += plane.slope[k] * d[k];
        return sum;
    }
    // Nearest point of the simplex.
    static void project(std::vector<double>& x) {
        std::vector<double> sorted = x;
        std::sort(sorted.rbegin(), sorted.rend());
        double sum = 0;
        double shift = 0;
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            sum += sorted[i];
            const double level = (sum - 1.0) / static_cast<double>(i + 1);
            if (sorted[i] > level) shift = level;
        }
        for (double& entry : x) entry = std::max(0.0, entry - shift);
    }
};

}  // namespace reference
