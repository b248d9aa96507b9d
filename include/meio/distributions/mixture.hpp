// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/parallel.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/any_distribution.hpp>
#include <meio/distributions/distribution.hpp>

namespace meio::distributions {

/// With probability weights[i], demand is a draw of components[i]: seasons, promotions, zero-inflated demand.
class Mixture {
public:
    /// Weights >= 0 that sum to 1 within 1e-9 (then scaled), one for each component.
    Mixture(std::vector<double> weights, std::vector<AnyDistribution> components)
        : weights_(std::move(weights)), components_(std::move(components)) {
        core::IssueList issues;
        if (weights_.size() != components_.size() || weights_.empty())
            issues.add("weights", "", std::to_string(weights_.size()) + " entries",
                       "must be as many as components (" + std::to_string(components_.size()) + "), and at least one");
        core::CompensatedSum total;
        for (std::size_t i = 0; i < weights_.size(); ++i)
            if (issues.require(weights_[i] >= 0 && std::isfinite(weights_[i]), "weights", i, weights_[i],
                               "must be finite and >= 0"))
                total.add(weights_[i]);
        if (issues.empty())
            issues.require(std::abs(total.value() - 1) <= 1e-9, "weights", total.value(), "must sum to 1");
        issues.throw_if_any();
        for (double& weight : weights_) weight /= total.value();
    }

    [[nodiscard]] const std::vector<double>& weights() const noexcept { return weights_; }
    [[nodiscard]] const std::vector<AnyDistribution>& components() const noexcept { return components_; }
    /// True where all components are discrete.
    [[nodiscard]] bool is_discrete() const {
        return std::all_of(components_.begin(), components_.end(), [](const auto& c) { return c.is_discrete(); });
    }
    [[nodiscard]] double mean() const {
        return average([](const AnyDistribution& c) { return c.mean(); });
    }
    [[nodiscard]] double variance() const {
        const double centre = mean();
        return average([&](const AnyDistribution& c) {
            return c.variance() + (c.mean() - centre) * (c.mean() - centre);
        });
    }
    [[nodiscard]] double pmf(double x) const {
        return average([&](const AnyDistribution& c) { return c.pmf(x); });
    }
    [[nodiscard]] double cdf(double x) const {
        return std::min(1.0, average([&](const AnyDistribution& c) { return c.cdf(x); }));
    }
    [[nodiscard]] double survival(double x) const {
        return std::min(1.0, average([&](const AnyDistribution& c) { return c.survival(x); }));
    }
    /// Smallest x with cdf(x) >= p. It lies between the components' quantiles; bisection between those, ending at
    /// neighbouring doubles, is exact also where a component has atoms.
    [[nodiscard]] double quantile(double p) const {
        if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
        double low = std::numeric_limits<double>::infinity(), high = -low;
        for (std::size_t i = 0; i < components_.size(); ++i) {
            if (weights_[i] == 0) continue;
            const double q = components_[i].quantile(p);
            low = std::min(low, q);
            high = std::max(high, q);
        }
        if (p == 0) return low;
        if (p == 1 || low == high || cdf(low) >= p) return p == 1 ? high : low;
        // Rounding may leave cdf(high) an ulp short of p; walk on in that case.
        for (double step = std::max(std::abs(high) * 1e-15, 1e-300); !(cdf(high) >= p); step *= 2) high += step;
        while (true) {
            const double middle = low + 0.5 * (high - low);
            if (!(middle > low && middle < high)) return high;
            (cdf(middle) >= p ? high : low) = middle;
        }
    }
    [[nodiscard]] double loss(double x) const {
        return average([&](const AnyDistribution& c) { return c.loss(x); });
    }
    [[nodiscard]] double complementary_loss(double x) const {
        return average([&](const AnyDistribution& c) { return c.complementary_loss(x); });
    }
    [[nodiscard]] double second_order_loss(double x) const {
        return average([&](const AnyDistribution& c) { return c.second_order_loss(x); });
    }
    [[nodiscard]] double sample(core::RandomStream& stream) const {
        double left = stream.uniform();
        std::size_t i = 0, last = 0;
        for (; i < weights_.size(); ++i) {
            if (weights_[i] > 0) last = i;
            if (left < weights_[i]) break;
            left -= weights_[i];
        }
        return components_[i < weights_.size() ? i : last].sample(stream);
    }

private:
    template <class Function>
    [[nodiscard]] double average(Function&& f) const {
        core::CompensatedSum sum;
        for (std::size_t i = 0; i < components_.size(); ++i)
            if (weights_[i] > 0) sum.add(weights_[i] * f(components_[i]));
        return sum.value();
    }

    std::vector<double> weights_;
    std::vector<AnyDistribution> components_;
};

static_assert(DiscreteDistribution<Mixture>);

}  // namespace meio::distributions
