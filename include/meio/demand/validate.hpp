// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/demand/forecast.hpp>

namespace meio::demand {

/// Checks a forecast against the number of products and regions; throws `core::InputError` with everything wrong.
inline void validate(const Forecast& forecast, std::size_t products, std::size_t regions) {
    core::IssueList issues;
    const std::size_t cells = forecast.series.size() * forecast.periods;
    issues.require(forecast.periods >= 1, "periods", static_cast<double>(forecast.periods), "must be >= 1");
    issues.require(forecast.mean.size() == cells, "mean", static_cast<double>(forecast.mean.size()),
                   "must have one value a series and period");
    issues.require(forecast.variance.size() == cells, "variance", static_cast<double>(forecast.variance.size()),
                   "must have one value a series and period");
    issues.require(forecast.paths.size() == cells * forecast.samples, "paths", static_cast<double>(forecast.paths.size()),
                   "must have one value a series, sample and period");
    for (std::size_t s = 0; s < forecast.series.size(); ++s) {
        const Series& now = forecast.series[s];
        issues.require(now.product >= 0 && static_cast<std::size_t>(now.product) < products, "series.product", s,
                       static_cast<double>(now.product), "is no product");
        issues.require(now.region >= 0 && static_cast<std::size_t>(now.region) < regions, "series.region", s,
                       static_cast<double>(now.region), "is no region");
        if (s == 0) continue;
        const Series& before = forecast.series[s - 1];
        const bool sorted = before.product < now.product || (before.product == now.product && before.region < now.region);
        issues.require(sorted, "series", s, static_cast<double>(now.product), "must be sorted by product and region, each pair once");
    }
    const auto finite = [&](const char* field, const std::vector<double>& values, std::size_t per_series) {
        std::size_t bad = 0;
        for (std::size_t i = 0; i < values.size() && per_series > 0; ++i)
            if (!(values[i] >= 0) || !std::isfinite(values[i]))
                if (++bad <= 5) issues.add(field, std::to_string(i / per_series), std::to_string(values[i]), "must be finite and >= 0");
        if (bad > 5) issues.add(field, "", std::to_string(bad) + " values in all", "must be finite and >= 0");
    };
    finite("mean", forecast.mean, forecast.periods);
    finite("variance", forecast.variance, forecast.periods);
    finite("paths", forecast.paths, forecast.periods * forecast.samples);
    issues.throw_if_any();
}

}  // namespace meio::demand
