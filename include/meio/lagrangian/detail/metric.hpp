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

/// The whole curvature where it is told and wanted, with the diagonal metric as the least of its diagonal and a trace of
/// that added throughout, so that it is positive definite. Empty: the diagonal alone.
inline std::vector<double> whole_metric(const Evaluation& at, const std::vector<double>& diagonal, Metric kind) {
    constexpr std::size_t largest = 512;  // beyond, factors cost more than the calls that they save
    const std::size_t size = diagonal.size();
    const bool wanted = kind == Metric::hessian || (kind == Metric::automatic && size <= largest);
    if (!wanted || at.hessian.empty()) return {};
    std::vector<double> result = at.hessian;
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < i; ++j)
            result[i * size + j] = result[j * size + i] = 0.5 * (at.hessian[i * size + j] + at.hessian[j * size + i]);
    for (std::size_t k = 0; k < size; ++k) result[k * size + k] = std::max(result[k * size + k], diagonal[k]) + 1e-6 * diagonal[k];
    return result;
}

}  // namespace meio::lagrangian::detail
