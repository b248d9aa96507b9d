// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/parallel.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/discrete.hpp>
#include <meio/distributions/distribution.hpp>
#include <meio/distributions/sampling.hpp>

namespace meio::distributions {

/// A Poisson number of customer orders, each of an independent integer size: lumpy demand.
///
/// The probabilities come from Panjer's recursion, whose terms are all positive: Panjer (1981), "Recursive evaluation of
/// a family of compound distributions", ASTIN Bulletin 12. Construction costs O(range * sizes). The table ends where the
/// probabilities have fallen below 1e-40: survival and losses are accurate to a relative 1e-12 down to survival 1e-24,
/// and zero beyond the table.
class CompoundPoisson {
public:
    /// `rate` > 0 orders in the interval; sizes are integers >= 0, not all zero.
    CompoundPoisson(double rate, const Discrete& size)
        : rate_(rate), size_(size), table_((check(rate, size), tabulate(rate, size))) {}

    [[nodiscard]] static constexpr bool is_discrete() noexcept { return true; }
    [[nodiscard]] double rate() const noexcept { return rate_; }
    [[nodiscard]] const Discrete& size() const noexcept { return size_; }
    [[nodiscard]] double mean() const noexcept { return rate_ * size_.mean(); }
    [[nodiscard]] double variance() const noexcept {
        return rate_ * (size_.variance() + size_.mean() * size_.mean());
    }
    [[nodiscard]] double pmf(double x) const { return table_.pmf(x); }
    [[nodiscard]] double cdf(double x) const { return table_.cdf(x); }
    [[nodiscard]] double survival(double x) const { return table_.survival(x); }
    [[nodiscard]] double quantile(double p) const {
        return p == 1 ? std::numeric_limits<double>::infinity() : table_.quantile(p);
    }
    [[nodiscard]] double loss(double x) const { return table_.loss(x); }
    [[nodiscard]] double complementary_loss(double x) const { return table_.complementary_loss(x); }
    [[nodiscard]] double second_order_loss(double x) const { return table_.second_order_loss(x); }
    [[nodiscard]] double sample(core::RandomStream& stream) const {
        double total = 0;
        for (std::int64_t n = sample_poisson(stream, rate_); n > 0; --n) total += size_.sample(stream);
        return total;
    }

private:
    static void check(double rate, const Discrete& size) {
        core::IssueList issues;
        issues.require(rate > 0 && std::isfinite(rate), "rate", rate, "must be finite and > 0");
        for (std::size_t i = 0; i < size.values().size(); ++i) {
            const double value = size.values()[i];
            issues.require(value >= 0 && value == std::floor(value) && value < 1e6, "size.values", i, value,
                           "must be an integer from 0 to 1e6");
        }
        if (issues.empty()) issues.require(size.mean() > 0, "size.mean", size.mean(), "must be > 0: not all orders empty");
        if (issues.empty())
            issues.require(rate * size.mean() < 1e7, "rate", rate, "makes a mean demand above 1e7; use a moment fit there");
        issues.throw_if_any();
    }

    /// pmf(k) = rate / k * sum over sizes j of j f_j pmf(k - j), from pmf(0) = exp(-rate (1 - f_0)). That start may
    /// underflow, so the recursion starts from 1, drops a factor 2^900 whenever it grows past that, and the table is
    /// divided by its sum at the end.
    static Discrete tabulate(double rate, const Discrete& size) {
        constexpr double shrink = 0x1p-900, log_shrink = -623.83246250395076;
        const double end = rate * size.mean() + size.values().back();
        const auto reach = static_cast<std::size_t>(size.values().back());
        std::vector<double> scaled{1.0};
        std::vector<int> level{0};  // scaled[k] is to be multiplied by 2^(900 level[k])
        const auto negligible = [&](std::size_t k) {
            return scaled[k] == 0 ||
                   std::log(scaled[k]) - level[k] * log_shrink - rate * (1 - size.pmf(0)) < -92;  // about 1e-40
        };
        std::size_t small = 0;  // how many of the last probabilities are negligible
        for (std::size_t k = 1; small < reach || static_cast<double>(k) <= end; ++k) {
            double sum = 0;
            int now = level[k - 1];
            for (std::size_t i = 0; i < size.values().size(); ++i) {
                const auto j = static_cast<std::size_t>(size.values()[i]);
                if (j == 0) continue;
                if (j > k) break;
                sum += static_cast<double>(j) * size.probabilities()[i] * rescale(scaled[k - j], now - level[k - j]);
            }
            double value = rate / static_cast<double>(k) * sum;
            if (value > 0x1p900) {
                value *= shrink;
                ++now;
            }
            scaled.push_back(value);
            level.push_back(now);
            small = negligible(k) ? small + 1 : 0;
        }
        core::CompensatedSum total;
        for (std::size_t k = 0; k < scaled.size(); ++k) {
            scaled[k] = rescale(scaled[k], level.back() - level[k]);
            total.add(scaled[k]);
        }
        std::vector<double> values, probabilities;
        for (std::size_t k = 0; k < scaled.size(); ++k) {
            const double p = scaled[k] / total.value();
            if (p > 0) values.push_back(static_cast<double>(k)), probabilities.push_back(p);
        }
        return {values, probabilities};
    }

    static double rescale(double value, int levels) noexcept {
        return levels == 0 ? value : levels == 1 ? value * 0x1p-900 : 0;
    }

    double rate_;
    Discrete size_;
    Discrete table_;
};

static_assert(DiscreteDistribution<CompoundPoisson>);

}  // namespace meio::distributions
