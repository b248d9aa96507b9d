// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include <meio/core/random.hpp>
#include <meio/distributions/sampling.hpp>

namespace meio::simulation {

/// Whole periods until a shipment arrives, >= 0.
///
/// With `sd` = 0 the lead time is `mean`, otherwise gamma with that mean and standard deviation. A value between whole
/// periods is rounded up with the probability of its fraction, so that the mean is exact; rounding adds at most 1/4 to the
/// variance. Draws nothing where the lead time is a whole number without spread.
[[nodiscard]] inline std::int32_t draw_lead_time(double mean, double sd, core::RandomStream& random) {
    double time = mean;
    if (sd > 0 && mean > 0) time = distributions::sample_gamma(random, (mean / sd) * (mean / sd)) * (sd * sd / mean);
    const double whole = std::floor(time);
    const double fraction = time - whole;
    const bool up = fraction > 0 && random.uniform() < fraction;
    return static_cast<std::int32_t>(whole) + (up ? 1 : 0);
}

}  // namespace meio::simulation
