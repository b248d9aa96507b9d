// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/random.hpp>
#include <meio/demand/forecast.hpp>
#include <meio/distributions/sampling.hpp>

namespace meio::simulation {

/// Demand of one product in one run: fills `counts` (regions x periods, row-major, zeroed before the call) with units.
/// Must be a pure function of its arguments, safe to call from threads.
using DemandSource = std::function<void(std::int32_t product, std::uint64_t run, std::span<std::int32_t> counts)>;

/// Draws demand from a forecast: sample paths where it has them, otherwise its family with its means and variances.
///
/// `count` is Poisson, or Poisson with a gamma-distributed rate (negative binomial) where the variance exceeds the mean.
/// With `Correlation::common` all regions of a product and period take their gamma or normal variate from the same random
/// words: one shock where their relative excess variance is equal (a thinned negative binomial), close to comonotone
/// otherwise. Draws of `normal` (cut off at 0), `gamma` and of paths are rounded to whole units without bias.
///
/// The first `warm_up` periods have the distribution of planning period 0, those beyond the last that of the last. With
/// paths and several planning periods a run follows one sample id, the same for all products; with one planning period
/// each period draws a sample id.
struct ForecastDemand {
    const demand::Forecast* forecast = nullptr;  ///< must outlive the source
    std::size_t regions = 0;
    std::size_t warm_up = 0;
    std::uint64_t seed = 0;

    void operator()(std::int32_t product, std::uint64_t run, std::span<std::int32_t> counts) const {
        const demand::Forecast& f = *forecast;
        const std::size_t periods = counts.size() / regions;
        const auto first = std::lower_bound(f.series.begin(), f.series.end(), product,
                                            [](const demand::Series& s, std::int32_t k) { return s.product < k; });
        core::RandomStream random(seed ^ 0x64656D616E64U, static_cast<std::uint64_t>(product), run);
        for (std::size_t t = 0; t < periods; ++t) {
            const std::size_t p = std::min(t < warm_up ? 0 : t - warm_up, f.periods - 1);
            const std::array<std::uint32_t, 3> shock{random(), random(), random()};
            if (draw_total(first, product, p, shock, random, counts, t)) continue;
            const std::size_t sample = f.samples == 0 ? 0 : sample_of(run, f.periods > 1 && t >= warm_up ? 0 : t + 1);
            for (auto series = first; series != f.series.end() && series->product == product; ++series) {
                const auto row = static_cast<std::size_t>(series - f.series.begin());
                double value = 0;
                if (f.samples > 0) {
                    value = f.paths[(row * f.samples + sample) * f.periods + p];
                } else {
                    value = draw(f.mean[row * f.periods + p], f.variance[row * f.periods + p], shock, random);
                }
                const double whole = std::floor(value);
                const bool up = value > whole && random.uniform() < value - whole;
                counts[static_cast<std::size_t>(series->region) * periods + t] = static_cast<std::int32_t>(whole) + (up ? 1 : 0);
            }
        }
    }

private:
    [[nodiscard]] std::size_t sample_of(std::uint64_t run, std::size_t period) const {
        core::RandomStream random(seed ^ 0x70617468U, run, period);
        return static_cast<std::size_t>(random.below(forecast->samples));
    }

    // Many series of small mean: where all of a product and period are Poisson, or share one gamma shock (a thinned negative
    // binomial), their total is drawn first and its units are then dealt out by the means. The distribution is the same.
    bool draw_total(std::vector<demand::Series>::const_iterator first, std::int32_t product, std::size_t p,
                    const std::array<std::uint32_t, 3>& shock, core::RandomStream& random, std::span<std::int32_t> counts,
                    std::size_t t) const {
        const demand::Forecast& f = *forecast;
        if (f.family != demand::Family::count || f.samples > 0) return false;
        thread_local std::vector<double> until;
        until.clear();
        double total = 0;
        double excess = -1;  // relative excess variance over Poisson, the same for all
        for (auto series = first; series != f.series.end() && series->product == product; ++series) {
            const auto row = static_cast<std::size_t>(series - f.series.begin()) * f.periods + p;
            const double mean = f.mean[row];
            until.push_back(total += mean);
            if (mean <= 0) continue;
            const double own = f.variance[row] <= mean ? 0.0 : (f.variance[row] - mean) / (mean * mean);
            if (excess < 0) excess = own;
            if (std::abs(own - excess) > 1e-12 * excess) return false;
        }
        if (total > 2.0 * static_cast<double>(until.size())) return false;
        if (excess > 0 && f.correlation != demand::Correlation::common) return false;
        if (total <= 0) return true;
        double rate = total;
        if (excess > 0) {
            core::RandomStream common((std::uint64_t{shock[0]} << 32) | shock[1], shock[2]);
            rate *= distributions::sample_gamma(common, 1.0 / excess) * excess;
        }
        const std::size_t periods = counts.size() / regions;
        for (std::int64_t units = distributions::sample_poisson(random, rate); units > 0; --units) {
            const auto place = std::upper_bound(until.begin(), until.end(), random.uniform() * total);
            const auto series = std::min(static_cast<std::ptrdiff_t>(place - until.begin()),
                                         static_cast<std::ptrdiff_t>(until.size()) - 1);
            ++counts[static_cast<std::size_t>((first + series)->region) * periods + t];
        }
        return true;
    }

    [[nodiscard]] double draw(double mean, double variance, const std::array<std::uint32_t, 3>& shock,
                              core::RandomStream& own) const {
        if (mean <= 0) return 0;
        if (forecast->family == demand::Family::count && variance <= mean)
            return static_cast<double>(distributions::sample_poisson(own, mean));
        if (forecast->correlation == demand::Correlation::common) {
            core::RandomStream common((std::uint64_t{shock[0]} << 32) | shock[1], shock[2]);
            return draw_varied(mean, variance, common, own);
        }
        return draw_varied(mean, variance, own, own);
    }

    [[nodiscard]] double draw_varied(double mean, double variance, core::RandomStream& random, core::RandomStream& own) const {
        switch (forecast->family) {
            case demand::Family::count: {
                const double shape = mean * mean / (variance - mean);
                const double rate = distributions::sample_gamma(random, shape) * (mean / shape);
                return static_cast<double>(distributions::sample_poisson(own, rate));
            }
            case demand::Family::normal: return std::max(0.0, mean + std::sqrt(variance) * random.normal());
            case demand::Family::gamma:
                if (variance <= 0) return mean;
                return distributions::sample_gamma(random, mean * mean / variance) * (variance / mean);
        }
        return 0;
    }
};

/// Demand that happened: the same in every run. `counts` is series x periods, in whole units >= 0.
///
/// Throws InputError where sizes do not match or a value is negative.
[[nodiscard]] inline DemandSource replay(std::vector<demand::Series> series, std::vector<std::int32_t> counts,
                                         std::size_t periods) {
    core::IssueList issues;
    issues.require(counts.size() == series.size() * periods, "counts", static_cast<double>(counts.size()),
                   "must be series x periods");
    for (std::size_t i = 0; i < counts.size(); ++i) issues.require(counts[i] >= 0, "counts", i, counts[i], "must be >= 0");
    issues.throw_if_any();
    std::vector<std::size_t> rows(series.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::stable_sort(rows.begin(), rows.end(),
                     [&](std::size_t a, std::size_t b) { return series[a].product < series[b].product; });
    return [series = std::move(series), counts = std::move(counts), rows = std::move(rows), periods](
               std::int32_t product, std::uint64_t, std::span<std::int32_t> out) {
        auto row = std::lower_bound(rows.begin(), rows.end(), product,
                                    [&](std::size_t s, std::int32_t k) { return series[s].product < k; });
        for (; row != rows.end() && series[*row].product == product; ++row)
            for (std::size_t t = 0; t < periods; ++t)
                out[static_cast<std::size_t>(series[*row].region) * periods + t] += counts[*row * periods + t];
    };
}

}  // namespace meio::simulation
