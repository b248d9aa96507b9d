// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/archive.hpp>
#include <meio/lagrangian/detail/evaluation.hpp>

namespace meio::lagrangian::detail {

/// Notices a dual without a largest value: constraints that no mixture of plans keeps.
///
/// Along such a ray of multipliers even the plans that use least use more than b allows, so that the value grows for
/// ever. An oracle cannot prove that, for a costly plan may still come into sight; it is taken for granted where what the
/// resources are worth is a million million times the cost of all plans seen, and 1e18 times what the value was at first.
class Ray {
public:
    /// True where the multipliers have run away. `lower` and `upper` are those of the problem.
    bool look(const Evaluation& at, std::span<const double> multipliers, std::span<const double> lower,
              std::span<const double> upper) {
        costs_ = std::max(costs_, at.spending);
        ++calls_;
        if (calls_ <= 2) first_ = std::max({first_, at.magnitude, std::abs(at.value)});
        double worth = 0;
        double held = 0;
        for (std::size_t k = 0; k < multipliers.size(); ++k) {
            const double product = multipliers[k] * at.gradient[k];
            if (is_open(multipliers[k], lower[k], upper[k])) worth += product;
            else held += std::abs(product);
        }
        if (calls_ <= 2 || !(worth > 1e12 * (costs_ + held)) || !(worth > 1e18 * first_)) return false;
        set(multipliers, at.gradient, lower, upper);
        return true;
    }

    /// True where a point lies so far out that an oracle could not answer.
    bool out_of_sight(std::span<const double> multipliers, std::span<const double> gradient, std::span<const double> lower,
                      std::span<const double> upper) {
        if (std::all_of(multipliers.begin(), multipliers.end(), [](double x) { return std::abs(x) <= farthest; })) return false;
        if (std::all_of(multipliers.begin(), multipliers.end(), [](double x) { return std::isfinite(x); }))
            set(multipliers, gradient, lower, upper);
        return true;
    }

    [[nodiscard]] const std::vector<double>& direction() const { return direction_; }

    /// Which multipliers, and what b lacks.
    [[nodiscard]] std::string text() const {
        if (direction_.empty()) return "the multipliers grow without limit";
        double excess = 0;
        std::vector<std::pair<double, std::size_t>> shares;
        for (std::size_t k = 0; k < direction_.size(); ++k) {
            excess += direction_[k] * gradient_[k];
            if (direction_[k] != 0) shares.push_back({-direction_[k] * gradient_[k], k});
        }
        std::sort(shares.begin(), shares.end());
        std::string ray, lack;
        for (std::size_t i = 0; i < shares.size() && i < 5; ++i) {
            const std::size_t k = shares[i].second;
            const std::string name = "[" + std::to_string(k) + "]";
            ray += (i > 0 ? ", " : "") + name + " " + number(direction_[k]);
            lack += (i > 0 ? ", or b" : "b") + name + (direction_[k] > 0 ? " more by " : " less by ") + number(excess / std::abs(direction_[k]));
        }
        if (shares.size() > 5) ray += " and " + std::to_string(shares.size() - 5) + " more";
        return "no mixture of the plans seen keeps the constraints: the dual grows without limit along multipliers " + ray +
               ", where the least use exceeds b by " + number(excess) + "; it would take " + lack;
    }

    void write(Writer& out) const { out.all(costs_, first_, calls_); }
    void read(Reader& in) { in.all(costs_, first_, calls_); }

private:
    static constexpr double farthest = 1e100;

    static bool is_open(double multiplier, double low, double high) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        return multiplier > 0 ? high == infinity : low == -infinity;
    }

    void set(std::span<const double> multipliers, std::span<const double> gradient, std::span<const double> lower,
             std::span<const double> upper) {
        double longest = 0;
        for (const double x : multipliers) longest = std::max(longest, std::abs(x));
        direction_.assign(multipliers.size(), 0.0);
        for (std::size_t k = 0; k < multipliers.size(); ++k)
            if (is_open(multipliers[k], lower[k], upper[k]) && std::abs(multipliers[k]) > 1e-6 * longest)
                direction_[k] = multipliers[k] / longest;
        gradient_.assign(gradient.begin(), gradient.end());
        gradient_.resize(multipliers.size(), 0.0);
    }

    static std::string number(double x) {
        char text[32];
        std::snprintf(text, sizeof text, "%.6g", x);
        return text;
    }

    double costs_ = 0;  // of the plans of any call, absolute
    double first_ = 1;  // what values were like at the start, or one unit of money
    int calls_ = 0;
    std::vector<double> direction_{};
    std::vector<double> gradient_{};
};

}  // namespace meio::lagrangian::detail
