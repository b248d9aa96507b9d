// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include <meio/core/error.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/distribution.hpp>
#include <meio/numeric/normal.hpp>

namespace meio::distributions {

/// Normal demand with the given mean and standard deviation > 0.
///
/// ```
/// meio::distributions::Normal demand(100, 15);
/// double level = demand.quantile(0.95);        // 124.67...
/// double shortage = demand.loss(level);        // expected units short of that level
/// ```
class Normal {
public:
    Normal(double mean, double standard_deviation) : mean_(mean), deviation_(standard_deviation) {
        core::IssueList issues;
        issues.require(std::isfinite(mean), "mean", mean, "must be finite");
        issues.require(standard_deviation > 0 && std::isfinite(standard_deviation), "standard_deviation",
                       standard_deviation, "must be finite and > 0");
        issues.throw_if_any();
    }
    [[nodiscard]] static Normal from_moments(double mean, double variance) { return {mean, std::sqrt(variance)}; }

    [[nodiscard]] static constexpr bool is_discrete() noexcept { return false; }
    [[nodiscard]] double mean() const noexcept { return mean_; }
    [[nodiscard]] double standard_deviation() const noexcept { return deviation_; }
    [[nodiscard]] double variance() const noexcept { return deviation_ * deviation_; }
    [[nodiscard]] double cdf(double x) const noexcept { return numeric::normal_cdf(standard(x)); }
    [[nodiscard]] double survival(double x) const noexcept { return numeric::normal_survival(standard(x)); }
    [[nodiscard]] double quantile(double p) const noexcept { return mean_ + deviation_ * numeric::normal_quantile(p); }
    [[nodiscard]] double loss(double x) const noexcept { return deviation_ * numeric::normal_loss(standard(x)); }
    [[nodiscard]] double complementary_loss(double x) const noexcept {
        return deviation_ * numeric::normal_complementary_loss(standard(x));
    }
    [[nodiscard]] double second_order_loss(double x) const noexcept {
        return variance() * numeric::normal_second_order_loss(standard(x));
    }
    [[nodiscard]] double sample(core::RandomStream& stream) const noexcept {
        return mean_ + deviation_ * stream.normal();
    }

private:
    [[nodiscard]] double standard(double x) const noexcept { return (x - mean_) / deviation_; }

    double mean_;
    double deviation_;
};

static_assert(Distribution<Normal>);

}  // namespace meio::distributions
