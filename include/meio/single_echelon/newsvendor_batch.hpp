// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>

#include <meio/core/error.hpp>
#include <meio/core/parallel.hpp>
#include <meio/distributions/detail/gamma_kernels.hpp>
#include <meio/distributions/fit.hpp>
#include <meio/numeric/normal.hpp>
#include <meio/single_echelon/newsvendor.hpp>

namespace meio::single_echelon {

/// Many newsvendors at once; entry i of each span is product i.
struct NewsvendorBatch {
    distributions::Family family = distributions::Family::normal;  ///< shape of demand of all products
    std::span<const double> mean;                ///< units; finite, >= 0 (any sign for the normal)
    std::span<const double> standard_deviation;  ///< units, >= 0; not read by Family::poisson, which may leave it empty
    std::span<const double> underage;            ///< per unit short, > 0
    std::span<const double> overage;             ///< per unit left over, > 0
    int threads = 0;                             ///< 0: all; the answer has the same bits for any number
};

/// Where the answers go; spans may be left empty except `level` and `cost`.
struct NewsvendorBatchOutput {
    std::span<double> level;         ///< best order-up-to level
    std::span<double> cost;          ///< its expected cost
    std::span<double> shortage;      ///< E (D - level)^+
    std::span<double> second_order;  ///< E [((D - level)^+)^2] / 2
};

namespace detail {

struct BatchItem {
    double level = 0;
    double cost = 0;
};

/// Everything of one product by the distribution classes: the path for rare cases.
[[nodiscard]] inline BatchItem batch_item_general(distributions::Family family, double mean, double deviation, double u,
                                                  double o) {
    const auto demand = distributions::fit_moments(family, mean, deviation * deviation);
    const double level = demand.quantile(u / (u + o));
    return {level, o * demand.complementary_loss(level) + u * demand.loss(level)};
}

/// Level and cost of counts by one upward walk over p(k + 1) = p(k) (a + b k) / (k + 1), from p(0).
[[nodiscard]] inline BatchItem batch_item_walk(double start, double a, double b, double mean, double u, double o) {
    const double ratio = u / (u + o);
    double p = start, cdf = start, leftover = 0, k = 0;  // leftover = E (k - D)^+ grows by P(D <= k) a step
    while (cdf < ratio && p > 0) {
        p *= (a + b * k) / (k + 1);
        k += 1;
        leftover += cdf;
        cdf += p;
    }
    return {k, o * leftover + u * std::max(0.0, leftover + mean - k)};
}

/// Beyond these the walk rounds too much or is slower than the special functions.
inline constexpr double batch_walk_mean = 200;
inline constexpr double batch_walk_tail = 1e-9;

[[nodiscard]] inline BatchItem batch_item(distributions::Family family, double mean, double deviation, double u, double o) {
    using distributions::Family;
    const double variance = deviation * deviation;
    if (family == Family::normal && deviation > 0) {
        const double z = u < o ? numeric::normal_quantile(u / (u + o)) : -numeric::normal_quantile(o / (u + o));
        return {mean + deviation * z, (u + o) * deviation * numeric::normal_pdf(z)};  // cost at F(level) = u / (u + o)
    }
    if (family == Family::gamma && mean > 0 && deviation > 0) {
        const double shape = mean / deviation * (mean / deviation), scale = variance / mean;
        const auto at = distributions::detail::gamma_point(shape, u / (u + o), o / (u + o));
        return {scale * at.quantile, (u + o) * scale * at.density};  // cost at F(level) = u / (u + o)
    }
    const bool walks = mean > 0 && mean <= batch_walk_mean && o > batch_walk_tail * (u + o);
    if (walks && (family == Family::poisson || (family == Family::count && distributions::is_poisson(mean, variance))))
        return batch_item_walk(std::exp(-mean), mean, 0, mean, u, o);
    if (walks && family == Family::count) {
        const double excess = variance - mean, r = mean * (mean / excess), q = excess / variance;
        const double log_start = r * std::log1p(-q);
        if (log_start > -600) return batch_item_walk(std::exp(log_start), q * r, q, mean, u, o);
    }
    return batch_item_general(family, mean, deviation, u, o);
}

}  // namespace detail

/// Throws `InputError` with the first hundred problems of the batch.
inline void validate(const NewsvendorBatch& batch, const NewsvendorBatchOutput& out) {
    core::IssueList issues;
    const std::size_t n = batch.mean.size();
    const auto sized = [&](std::size_t size, const char* field, bool optional) {
        if (size != n && !(optional && size == 0))
            issues.add(field, "", std::to_string(size) + " entries", "must have as many as mean, " + std::to_string(n));
    };
    sized(batch.standard_deviation.size(), "standard_deviation", batch.family == distributions::Family::poisson);
    sized(batch.underage.size(), "underage", false);
    sized(batch.overage.size(), "overage", false);
    sized(out.level.size(), "level", false);
    sized(out.cost.size(), "cost", false);
    sized(out.shortage.size(), "shortage", true);
    sized(out.second_order.size(), "second_order", true);
    issues.throw_if_any();
    int found = 0;
    const bool normal = batch.family == distributions::Family::normal;
    const auto check = [&](bool ok, const char* field, std::size_t i, double value, const char* fix) {
        if (!ok && found++ < 100) issues.require(false, field, i, value, fix);
    };
    for (std::size_t i = 0; i < n; ++i) {
        const double m = batch.mean[i];
        check(std::isfinite(m) && (normal || m >= 0), "mean", i, m, normal ? "must be finite" : "must be finite and >= 0");
        if (!batch.standard_deviation.empty() && batch.family != distributions::Family::poisson) {
            const double s = batch.standard_deviation[i];
            check(std::isfinite(s) && s >= 0, "standard_deviation", i, s, "must be finite and >= 0");
            if (!normal) check(m != 0 || s == 0, "standard_deviation", i, s, "must be 0 where the mean is 0");
        }
        check(std::isfinite(batch.underage[i]) && batch.underage[i] > 0, "underage", i, batch.underage[i], "must be finite and > 0");
        check(std::isfinite(batch.overage[i]) && batch.overage[i] > 0, "overage", i, batch.overage[i], "must be finite and > 0");
    }
    if (found > 100) issues.add("batch", "", std::to_string(found) + " problems", "the first 100 are listed");
    issues.throw_if_any();
}

/// Solves the newsvendor of every product: exact, as `newsvendor` on `fit_moments`, but without its allocations. Normal
/// and gamma cost a quantile each, small counts a walk of `level` steps, the rest the distribution classes.
inline void newsvendor_batch(const NewsvendorBatch& batch, const NewsvendorBatchOutput& out) {
    validate(batch, out);
    constexpr std::size_t block = 512;
    const std::size_t n = batch.mean.size();
    core::parallel_for((n + block - 1) / block, batch.threads, [&](std::size_t b) {
        for (std::size_t i = b * block; i < std::min(n, (b + 1) * block); ++i) {
            const double mean = batch.mean[i], u = batch.underage[i], o = batch.overage[i];
            const double deviation = batch.family == distributions::Family::poisson ? std::sqrt(mean) : batch.standard_deviation[i];
            const detail::BatchItem item = detail::batch_item(batch.family, mean, deviation, u, o);
            out.level[i] = item.level;
            out.cost[i] = item.cost;
            if (!out.shortage.empty() || !out.second_order.empty()) {
                const auto demand = distributions::fit_moments(batch.family, mean, deviation * deviation);
                if (!out.shortage.empty()) out.shortage[i] = demand.loss(item.level);
                if (!out.second_order.empty()) out.second_order[i] = demand.second_order_loss(item.level);
            }
        }
    });
}

}  // namespace meio::single_echelon
