// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace meio::demand {

/// How demand that varies more than Poisson moves over regions.
enum class Correlation : std::uint8_t {
    independent,  ///< regions vary on their own
    common        ///< one shock a product and period moves all its regions (binomial thinning of a national demand)
};

/// The shape of demand over an interval, fitted by its mean and variance.
enum class Family : std::uint8_t {
    count,   ///< Poisson where variance <= mean, otherwise negative binomial; integer levels
    normal,  ///< normal; levels are continuous
    gamma    ///< gamma; levels are continuous
};

/// One demand stream.
struct Series {
    std::int32_t product = -1;
    std::int32_t region = -1;
};

/// Demand of every (product, region) by period: means and variances, and where the forecast came as sample paths, the
/// paths themselves. Rows are sorted by (product, region), so that the order of the input rows leaves no trace.
struct Forecast {
    std::size_t periods = 1;             ///< planning periods; 1 is the stationary case
    std::size_t samples = 0;             ///< sample paths per series; 0: moments only
    Family family = Family::count;
    Correlation correlation = Correlation::independent;
    std::vector<Series> series;          ///< sorted by product, then region; no duplicates
    std::vector<double> mean;            ///< series x periods, row-major, units a period, >= 0
    std::vector<double> variance;        ///< series x periods, row-major, >= 0
    std::vector<double> paths;           ///< series x samples x periods, row-major, or empty
};

}  // namespace meio::demand
