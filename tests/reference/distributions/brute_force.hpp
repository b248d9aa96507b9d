// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <vector>

#include <meio/distributions/distribution.hpp>

namespace meio::reference {

/// Loss functions by plain summation of a pmf given from 0 upwards: slow, obviously right.
struct LatticeTwin {
    std::vector<double> pmf;

    [[nodiscard]] double cdf(double x) const {
        double sum = 0;
        for (std::size_t k = 0; k < pmf.size() && static_cast<double>(k) <= x; ++k) sum += pmf[k];
        return sum;
    }
    [[nodiscard]] double loss(double x) const {
        double sum = 0;
        for (std::size_t k = pmf.size(); k-- > 0;) sum += std::fmax(0, static_cast<double>(k) - x) * pmf[k];
        return sum;
    }
    [[nodiscard]] double second_order_loss(double x) const {
        double sum = 0;
        for (std::size_t k = pmf.size(); k-- > 0;) sum += 0.5 * std::pow(std::fmax(0, static_cast<double>(k) - x), 2) * pmf[k];
        return sum;
    }
};

/// The pmf of a Poisson sum of independent sizes: convolutions weighted by the Poisson probabilities.
[[nodiscard]] inline std::vector<double> compound_poisson_pmf(double rate, const std::vector<double>& size, std::size_t length) {
    std::vector<double> power(length, 0), total(length, 0);
    power[0] = 1;
    double weight = std::exp(-rate);
    for (int n = 0; n < 400; ++n) {
        for (std::size_t k = 0; k < length; ++k) total[k] += weight * power[k];
        std::vector<double> next(length, 0);
        for (std::size_t k = 0; k < length; ++k)
            for (std::size_t j = 0; j < size.size() && j + k < length; ++j) next[k + j] += power[k] * size[j];
        power = next;
        weight *= rate / (n + 1);
    }
    return total;
}

/// E (D - x)^+ as the integral of the survival function by Simpson's rule up to `end`.
template <distributions::Distribution D>
[[nodiscard]] double integrated_survival(const D& demand, double x, double end, int intervals = 20000) {
    const double h = (end - x) / intervals;
    double sum = demand.survival(x) + demand.survival(end);
    for (int i = 1; i < intervals; ++i) sum += (i % 2 == 1 ? 4 : 2) * demand.survival(x + i * h);
    return sum * h / 3;
}

}  // namespace meio::reference
