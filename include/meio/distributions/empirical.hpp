// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/discrete.hpp>
#include <meio/distributions/distribution.hpp>

namespace meio::distributions {

/// The distribution of a sample: each observation has probability 1/n. `variance()` divides by n, for it is the variance
/// of this distribution, not an estimate of another's.
class Empirical {
public:
    /// At least one finite observation, in any order.
    explicit Empirical(std::span<const double> samples) : table_(samples, uniform(samples.size())), size_(samples.size()) {}

    [[nodiscard]] static constexpr bool is_discrete() noexcept { return true; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }  ///< number of observations
    [[nodiscard]] double mean() const noexcept { return table_.mean(); }
    [[nodiscard]] double variance() const noexcept { return table_.variance(); }
    [[nodiscard]] double pmf(double x) const { return table_.pmf(x); }
    [[nodiscard]] double cdf(double x) const { return table_.cdf(x); }
    [[nodiscard]] double survival(double x) const { return table_.survival(x); }
    [[nodiscard]] double quantile(double p) const { return table_.quantile(p); }
    [[nodiscard]] double loss(double x) const { return table_.loss(x); }
    [[nodiscard]] double complementary_loss(double x) const { return table_.complementary_loss(x); }
    [[nodiscard]] double second_order_loss(double x) const { return table_.second_order_loss(x); }
    [[nodiscard]] double sample(core::RandomStream& stream) const { return table_.sample(stream); }

private:
    static std::vector<double> uniform(std::size_t n) {
        core::IssueList issues;
        if (n == 0) issues.add("samples", "", "0 entries", "must hold at least one observation");
        issues.throw_if_any();
        return std::vector<double>(n, 1.0 / static_cast<double>(n));
    }

    Discrete table_;
    std::size_t size_;
};

static_assert(DiscreteDistribution<Empirical>);

}  // namespace meio::distributions
