// SPDX-License-Identifier: MIT
// Slow twins for demand: the moments of pooled intervals by simulation, sample moments by the definition.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/distributions/sampling.hpp>

namespace reference {

/// Running mean and variance by the definition, from all values kept.
struct Sample {
    std::vector<double> values{};
    void add(double value) { values.push_back(value); }
    [[nodiscard]] double mean() const {
        double sum = 0;
        for (const double v : values) sum += v;
        return sum / static_cast<double>(values.size());
    }
    [[nodiscard]] double variance() const {
        const double m = mean();
        double sum = 0;
        for (const double v : values) sum += (v - m) * (v - m);
        return sum / static_cast<double>(values.size() - 1);
    }
    /// Standard error of `variance`, from the fourth central moment.
    [[nodiscard]] double variance_error() const {
        const double m = mean(), v = variance();
        double fourth = 0;
        for (const double x : values) fourth += std::pow(x - m, 4);
        return std::sqrt((fourth / static_cast<double>(values.size()) - v * v) / static_cast<double>(values.size()));
    }
};

/// Units of one facility over a random lead time (uniform on 1, 2, 3) and the period of review: each period every region
/// draws gamma-Poisson demand with dispersion `phi`, from one shock of all (common) or its own, and each unit is kept
/// with the region's share. Unit by unit.
inline Sample pooled_lead_demand(std::uint64_t seed, const std::vector<double>& means, const std::vector<double>& shares,
                                 double phi, bool common, int runs) {
    using namespace meio;
    core::RandomStream draw(seed, 1);
    Sample sample;
    for (int n = 0; n < runs; ++n) {
        const std::uint64_t periods = 2 + draw.below(3);
        std::int64_t kept = 0;
        for (std::uint64_t t = 0; t < periods; ++t) {
            double shock = distributions::sample_gamma(draw, 1 / phi) * phi;
            for (std::size_t r = 0; r < means.size(); ++r) {
                if (!common) shock = distributions::sample_gamma(draw, 1 / phi) * phi;
                const std::int64_t units = distributions::sample_poisson(draw, means[r] * shock);
                for (std::int64_t u = 0; u < units; ++u) kept += draw.uniform() < shares[r] ? 1 : 0;
            }
        }
        sample.add(static_cast<double>(kept));
    }
    return sample;
}

}  // namespace reference
