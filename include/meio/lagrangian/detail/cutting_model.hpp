// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace meio::lagrangian::detail {

/// Cuts of one group, each `theta_g(l) <= value + slope.(l - centre)`, and their weights (which add up to 1).
struct Cut {
    double value = 0;  // at the centre
    std::vector<double> slope{};
    std::uint64_t tag = 0;
    double weight = 0;
    int idle = 0;      // solves since the weight was last positive
};

/// The cutting-plane model of the dual, and the proximal problem over it:
///
///     max over d in the box of  sum_g min_i (value + slope.d) - b.d - d'Dd / (2 t)
///
/// solved in its dual over the weights: for fixed weights d has a closed form even with bounds, because the metric is
/// diagonal, so what remains is a smooth convex function over a product of simplices. Pairs of weights of one group
/// exchange mass with an exact line search, groups in turn. Any weights give a valid aggregate, so that an early stop
/// costs progress, never correctness.
class CuttingModel {
public:
    CuttingModel(std::size_t groups, std::size_t size, std::size_t max_cuts)
        : cuts_(groups), average_(size, 0.0), step_(size, 0.0), max_cuts_(max_cuts) {}

    [[nodiscard]] std::vector<std::vector<Cut>>& cuts() { return cuts_; }
    [[nodiscard]] const std::vector<double>& step() const { return step_; }       // d
    [[nodiscard]] const std::vector<double>& average() const { return average_; } // aggregate slope minus b
    [[nodiscard]] double predicted() const { return predicted_; }                 // dual objective: model value at d, bounded above

    void add(std::size_t group, double value_at_centre, std::vector<double> slope, std::uint64_t tag) {
        auto& cuts = cuts_[group];
        if (cuts.size() >= max_cuts_) {
            auto oldest = cuts.end();
            for (auto it = cuts.begin(); it != cuts.end(); ++it)
                if (it->weight <= 0 && (oldest == cuts.end() || it->idle > oldest->idle)) oldest = it;
            if (oldest == cuts.end()) {
                merge(cuts);
            } else {
                cuts.erase(oldest);
            }
        }
        cuts.push_back({value_at_centre, std::move(slope), tag, cuts.empty() ? 1.0 : 0.0, 0});
    }

    void move_centre(std::span<const double> by) {
        for (auto& group : cuts_)
            for (Cut& cut : group)
                for (std::size_t k = 0; k < by.size(); ++k) cut.value += cut.slope[k] * by[k];
    }

    /// Solves the proximal problem at `centre` to `tolerance` (absolute, in the objective). `constant` is -b.centre.
    void solve(std::span<const double> b, std::span<const double> centre, std::span<const double> lower,
               std::span<const double> upper, std::span<const double> metric, double t, double constant, double tolerance) {
        for (std::size_t k = 0; k < average_.size(); ++k) average_[k] = -b[k];
        for (const auto& group : cuts_)
            for (const Cut& cut : group)
                for (std::size_t k = 0; k < average_.size() && cut.weight > 0; ++k) average_[k] += cut.weight * cut.slope[k];
        const auto place = [&](std::size_t k, double slope) {
            return std::clamp(t * slope / metric[k], lower[k] - centre[k], upper[k] - centre[k]);
        };
        // d place / d slope: zero where a bound holds.
        const auto rate = [&](std::size_t k, double slope) {
            const double free = t * slope / metric[k];
            return free > lower[k] - centre[k] && free < upper[k] - centre[k] ? t / metric[k] : 0.0;
        };
        for (std::size_t k = 0; k < step_.size(); ++k) step_[k] = place(k, average_[k]);
        for (int sweep = 0; sweep < 400; ++sweep) {
            double slack = 0;
            for (auto& group : cuts_) slack += exchange(group, place, rate);
            if (slack <= tolerance) break;
        }
        double value = constant;
        for (auto& group : cuts_)
            for (Cut& cut : group) {
                value += cut.weight * cut.value;
                cut.idle = cut.weight > 0 ? 0 : cut.idle + 1;
            }
        for (std::size_t k = 0; k < step_.size(); ++k)
            value += average_[k] * step_[k] - 0.5 * metric[k] * step_[k] * step_[k] / t;
        predicted_ = value;
    }

private:
    // Moves weight from the worst cut in use to the best one, a few times; returns the group's duality slack before.
    template <class Place, class Rate>
    double exchange(std::vector<Cut>& cuts, const Place& place, const Rate& rate) {
        if (cuts.size() < 2) return 0.0;
        double first_slack = 0;
        for (int repeat = 0; repeat < 4; ++repeat) {
            std::size_t best = 0;
            std::size_t worst = cuts.size();
            double best_value = std::numeric_limits<double>::infinity();
            double worst_value = -best_value;
            double mean_value = 0;
            for (std::size_t i = 0; i < cuts.size(); ++i) {
                double value = cuts[i].value;
                for (std::size_t k = 0; k < step_.size(); ++k) value += cuts[i].slope[k] * step_[k];
                mean_value += cuts[i].weight * value;
                if (value < best_value) {
                    best_value = value;
                    best = i;
                }
                if (cuts[i].weight > 0 && value > worst_value) {
                    worst_value = value;
                    worst = i;
                }
            }
            if (repeat == 0) first_slack = mean_value - best_value;
            if (worst == cuts.size() || best == worst) break;
            // phi'(a) along the exchange = (best - worst values) at d(a), increasing in a: Newton within [0, weight].
            const auto& up = cuts[best].slope;
            const auto& down = cuts[worst].slope;
            double amount = 0;
            double low = 0;
            double high = cuts[worst].weight;
            const double offset = cuts[best].value - cuts[worst].value;
            for (int newton = 0; newton < 12; ++newton) {
                double slope = offset;
                double curvature = 0;
                for (std::size_t k = 0; k < step_.size(); ++k) {
                    const double change = up[k] - down[k];
                    if (change == 0) continue;
                    slope += change * place(k, average_[k] + amount * change);
                    curvature += change * change * rate(k, average_[k] + amount * change);
                }
                (slope < 0 ? low : high) = amount;
                const double newton_point = curvature > 0 ? amount - slope / curvature : high;
                const double next = newton_point >= high ? high : (newton_point > low ? newton_point : 0.5 * (low + high));
                if (std::abs(next - amount) <= 1e-15) break;
                amount = next;
            }
            if (amount <= 0) break;
            amount = std::min(amount, cuts[worst].weight);
            cuts[worst].weight -= amount;
            if (cuts[worst].weight < 1e-15) {
                amount += cuts[worst].weight;
                cuts[worst].weight = 0;
            }
            cuts[best].weight += amount;
            for (std::size_t k = 0; k < step_.size(); ++k) {
                average_[k] += amount * (up[k] - down[k]);
                step_[k] = place(k, average_[k]);
            }
        }
        return first_slack;
    }

    // All cuts are in use: the two of least weight become their average, which is a valid cut too.
    static void merge(std::vector<Cut>& cuts) {
        std::nth_element(cuts.begin(), cuts.begin() + 1, cuts.end(),
                         [](const Cut& x, const Cut& y) { return x.weight < y.weight; });
        Cut& a = cuts[0];
        const Cut& c = cuts[1];
        const double total = a.weight + c.weight;
        const double share = total > 0 ? a.weight / total : 0.5;
        a.value = share * a.value + (1.0 - share) * c.value;
        for (std::size_t k = 0; k < a.slope.size(); ++k) a.slope[k] = share * a.slope[k] + (1.0 - share) * c.slope[k];
        if (c.weight > a.weight) a.tag = c.tag;
        a.weight = total;
        cuts.erase(cuts.begin() + 1);
    }

    std::vector<std::vector<Cut>> cuts_;
    std::vector<double> average_;
    std::vector<double> step_;
    double predicted_ = 0;
    std::size_t max_cuts_;
};

}  // namespace meio::lagrangian::detail
