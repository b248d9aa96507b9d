// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/random.hpp>
#include <meio/demand/forecast.hpp>
#include <meio/simulation/lead_time.hpp>

namespace meio::simulation {

/// Demand of one product in one run: fills `counts` (regions x periods, row-major, zeroed before the call) with units.
/// Must be a pure function of its arguments, safe to call from threads.
using DemandSource = std::function<void(std::int32_t product, std::uint64_t run, std::span<std::int32_t> counts)>;

/// A Poisson draw. Sequential search below 10, above it the transformed rejection PTRS of Hoermann (1993), "The
/// transformed rejection method for generating Poisson random variables". O(1).
[[nodiscard]] inline std::int32_t draw_poisson(double mean, core::RandomStream& random) {
    if (mean <= 0) return 0;
    if (mean < 10) {
        double probability = std::exp(-mean);
        double u = random.uniform();
        std::int32_t k = 0;
        while (u > probability && k < 1000) {
            u -= probability;
            probability *= mean / ++k;
        }
        return k;
    }
    const auto log_factorial = [](double k) {
        if (k < 10) {
            double product = 1;
            for (double i = 2; i <= k; ++i) product *= i;
            return std::log(product);
        }
        const double x = k + 1.0;  // Stirling's series, 1e-12 from 10 on
        return (x - 0.5) * std::log(x) - x + 0.91893853320467274 +
               (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / (1680 * x * x)) / (x * x)) / (x * x)) / x;
    };
    const double b = 0.931 + 2.53 * std::sqrt(mean);
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double squeeze = 0.9277 - 3.6224 / (b - 2.0);
    for (;;) {
        const double u = random.uniform() - 0.5;
        const double v = random.uniform();
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2.0 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= squeeze) return static_cast<std::int32_t>(k);
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <=
            k * std::log(mean) - mean - log_factorial(k))
            return static_cast<std::int32_t>(k);
    }
}

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

    [[nodiscard]] double draw(double mean, double variance, const std::array<std::uint32_t, 3>& shock,
                              core::RandomStream& own) const {
        if (mean <= 0) return 0;
        if (forecast->family == demand::Family::count && variance <= mean) return draw_poisson(mean, own);
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
                return draw_poisson(draw_gamma(shape, random) * (mean / shape), own);
            }
            case demand::Family::normal: return std::max(0.0, mean + std::sqrt(variance) * random.normal());
            case demand::Family::gamma:
                if (variance <= 0) return mean;
                return draw_gamma(mean * mean / variance, random) * (variance / mean);
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
    return [series = std::move(series), counts = std::move(counts), periods](std::int32_t product, std::uint64_t,
                                                                             std::span<std::int32_t> out) {
        for (std::size_t s = 0; s < series.size(); ++s)
            if (series[s].product == product)
                for (std::size_t t = 0; t < periods; ++t)
                    out[static_cast<std::size_t>(series[s].region) * periods + t] += counts[s * periods + t];
    };
}

}  // namespace meio::simulation
