// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include <meio/core/random.hpp>

namespace meio::simulation {

/// A standard gamma draw of the given shape > 0. Marsaglia and Tsang (2000), "A simple method for generating gamma
/// variables", ACM TOMS 26(3); for shapes below one with their power of a uniform.
[[nodiscard]] inline double draw_gamma(double shape, core::RandomStream& random) {
    if (shape < 1.0) return draw_gamma(shape + 1.0, random) * std::pow(random.uniform(), 1.0 / shape);
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    for (;;) {
        const double x = random.normal();
        const double root = 1.0 + c * x;
        if (root <= 0) continue;
        const double v = root * root * root;
        if (std::log(random.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
    }
}

/// Whole periods until a shipment arrives, >= 0.
///
/// With `sd` = 0 the lead time is `mean`, otherwise gamma with that mean and standard deviation. A value between whole
/// periods is rounded up with the probability of its fraction, so that the mean is exact; rounding adds at most 1/4 to the
/// variance. Draws nothing where the lead time is a whole number without spread.
[[nodiscard]] inline std::int32_t draw_lead_time(double mean, double sd, core::RandomStream& random) {
    double time = mean;
    if (sd > 0 && mean > 0) time = draw_gamma((mean / sd) * (mean / sd), random) * (sd * sd / mean);
    const double whole = std::floor(time);
    const double fraction = time - whole;
    const bool up = fraction > 0 && random.uniform() < fraction;
    return static_cast<std::int32_t>(whole) + (up ? 1 : 0);
}

}  // namespace meio::simulation
