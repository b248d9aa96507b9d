// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <meio/lagrangian/detail/evaluation.hpp>
#include <meio/lagrangian/options.hpp>
#include <meio/lagrangian/problem.hpp>

namespace meio::lagrangian::detail {

/// The diagonal in which steps are measured. Right-hand sides squared, relative to the largest, where nothing is known of
/// curvature: a constant, so that step lengths keep their meaning. Else the curvature, nowhere flatter than a hundredth of
/// capacity squared over the objective's terms, or resources without any would run away.
inline std::vector<double> diagonal_metric(const Evaluation& at, const Problem& problem, Metric kind) {
    const std::size_t size = problem.b.size();
    if (kind == Metric::identity) return std::vector<double>(size, 1.0);
    double largest = 0;
    for (const double b : problem.b) largest = std::max(largest, std::abs(b));
    double steepest = 0;
    if (kind != Metric::usage)
        for (const double curvature : at.diagonal) steepest = std::max(steepest, curvature);
    std::vector<double> result(size);
    for (std::size_t k = 0; k < size; ++k) {
        const double share = largest > 0 ? std::max(std::abs(problem.b[k]) / largest, 1e-3) : 1.0;
        result[k] = share * share;
        if (!(steepest > 0)) continue;
        const double least = 1e-2 * result[k] * largest * largest / std::max(at.magnitude, 1e-300);
        result[k] = std::max({at.diagonal[k], std::min(least, steepest), 1e-6 * steepest});
    }
    return result;
}

}  // namespace meio::lagrangian::detail
