// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/parallel.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/distribution.hpp>

namespace meio::distributions {

/// Finitely many values with probabilities. One value is a point mass (deterministic demand).
///
/// Construction sorts: O(n log n). Everything else is a binary search: O(log n), from sums kept of both tails, all of
/// whose terms are positive.
class Discrete {
public:
    /// Values in any order, repeats added up; probabilities >= 0 that sum to 1 within 1e-9 (then scaled to sum to 1).
    Discrete(std::span<const double> values, std::span<const double> probabilities) {
        core::IssueList issues;
        if (values.size() != probabilities.size() || values.empty())
            issues.add("probabilities", "", std::to_string(probabilities.size()) + " entries",
                       "must be as many as values (" + std::to_string(values.size()) + "), and at least one");
        core::CompensatedSum total;
        for (std::size_t i = 0; i < values.size(); ++i) issues.require(std::isfinite(values[i]), "values", i, values[i], "must be finite");
        for (std::size_t i = 0; i < probabilities.size(); ++i) {
            const double p = probabilities[i];
            if (issues.require(p >= 0 && std::isfinite(p), "probabilities", i, p, "must be finite and >= 0")) total.add(p);
        }
        if (issues.empty())
            issues.require(std::abs(total.value() - 1) <= 1e-9, "probabilities", total.value(), "must sum to 1");
        issues.throw_if_any();
        build(values, probabilities, total.value());
    }

    /// The distribution with all its mass at `value`.
    [[nodiscard]] static Discrete point_mass(double value) {
        const double one = 1;
        return {std::span(&value, 1), std::span(&one, 1)};
    }

    [[nodiscard]] static constexpr bool is_discrete() noexcept { return true; }
    [[nodiscard]] const std::vector<double>& values() const noexcept { return values_; }
    [[nodiscard]] const std::vector<double>& probabilities() const noexcept { return probabilities_; }
    [[nodiscard]] double mean() const noexcept { return mean_; }
    [[nodiscard]] double variance() const noexcept { return variance_; }
    [[nodiscard]] double pmf(double x) const {
        const auto at = std::lower_bound(values_.begin(), values_.end(), x);
        return at == values_.end() || *at != x ? 0 : probabilities_[index(at)];
    }
    [[nodiscard]] double cdf(double x) const { return below_[above(x)].mass; }
    [[nodiscard]] double survival(double x) const {
        const std::size_t i = above(x);
        return i == values_.size() ? 0 : above_[i].mass;
    }
    [[nodiscard]] double quantile(double p) const {
        if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
        std::size_t low = 0, high = values_.size() - 1;  // smallest i with cdf(values[i]) >= p
        while (low < high) {
            const std::size_t middle = (low + high) / 2;
            if (below_[middle + 1].mass >= p)
                high = middle;
            else
                low = middle + 1;
        }
        return values_[low];
    }
    [[nodiscard]] double loss(double x) const {
        const std::size_t i = above(x);
        if (i == values_.size()) return 0;
        return above_[i].first + (values_[i] - x) * above_[i].mass;
    }
    [[nodiscard]] double complementary_loss(double x) const {
        const std::size_t i = above(x);
        if (i == 0) return 0;
        return below_[i].first + (x - values_[i - 1]) * below_[i].mass;
    }
    [[nodiscard]] double second_order_loss(double x) const {
        const std::size_t i = above(x);
        if (i == values_.size()) return 0;
        const double gap = values_[i] - x;
        return above_[i].second + gap * above_[i].first + 0.5 * gap * gap * above_[i].mass;
    }
    [[nodiscard]] double sample(core::RandomStream& stream) const { return quantile(stream.uniform()); }

private:
    struct Tail {
        double mass = 0, first = 0, second = 0;  ///< probability, E excess and E excess^2 / 2 at the boundary value
    };

    template <class Iterator>
    [[nodiscard]] std::size_t index(Iterator at) const {
        return static_cast<std::size_t>(at - values_.begin());
    }
    /// Index of the first value > x.
    [[nodiscard]] std::size_t above(double x) const {
        return index(std::upper_bound(values_.begin(), values_.end(), x));
    }

    void build(std::span<const double> values, std::span<const double> probabilities, double total) {
        std::vector<std::size_t> order(values.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
        for (const std::size_t i : order) {
            if (probabilities[i] == 0) continue;
            if (!values_.empty() && values_.back() == values[i]) {
                probabilities_.back() += probabilities[i] / total;
            } else {
                values_.push_back(values[i]);
                probabilities_.push_back(probabilities[i] / total);
            }
        }
        const std::size_t n = values_.size();
        above_.resize(n);  // above_[i]: values i.. measured from value i
        below_.resize(n + 1);  // below_[i]: values ..i-1 measured from value i-1
        core::CompensatedSum mass;
        for (std::size_t i = n; i-- > 0;) {
            mass.add(probabilities_[i]);
            above_[i].mass = mass.value();
            if (i + 1 < n) shift(above_[i + 1], values_[i + 1] - values_[i], above_[i]);
        }
        mass = {};
        for (std::size_t i = 0; i < n; ++i) {
            mass.add(probabilities_[i]);
            below_[i + 1].mass = std::min(1.0, mass.value());
            if (i > 0) shift(below_[i], values_[i] - values_[i - 1], below_[i + 1]);
        }
        below_[n].mass = 1;
        core::CompensatedSum first, second;
        for (std::size_t i = 0; i < n; ++i) first.add(values_[i] * probabilities_[i]);
        mean_ = first.value();
        for (std::size_t i = 0; i < n; ++i) second.add((values_[i] - mean_) * (values_[i] - mean_) * probabilities_[i]);
        variance_ = second.value();
    }

    /// Excess moments when the point they are measured from moves away by `gap`.
    static void shift(const Tail& from, double gap, Tail& to) {
        to.first = from.first + gap * from.mass;
        to.second = from.second + gap * from.first + 0.5 * gap * gap * from.mass;
    }

    std::vector<double> values_;
    std::vector<double> probabilities_;
    std::vector<Tail> above_;
    std::vector<Tail> below_;
    double mean_ = 0;
    double variance_ = 0;
};

static_assert(DiscreteDistribution<Discrete>);

}  // namespace meio::distributions
