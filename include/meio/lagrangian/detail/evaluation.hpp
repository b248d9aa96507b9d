// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/parallel.hpp>
#include <meio/lagrangian/oracle.hpp>
#include <meio/lagrangian/problem.hpp>

namespace meio::lagrangian::detail {

/// The replies of all groups to one call, and their sum with the affine part.
struct Evaluation {
    std::vector<Reply> replies{};
    double value = 0;                 // certified: errors taken off
    std::vector<double> gradient{};   // with -b
    std::vector<double> diagonal{};   // empty where no group knows it
    std::string fault{};              // what is wrong, naming the group; empty: nothing
};

template <Oracle O>
Evaluation evaluate(const O& oracle, const Problem& problem, std::span<const double> multipliers, int threads) {
    const std::size_t size = multipliers.size();
    Evaluation result;
    result.replies.resize(oracle.groups());
    core::parallel_for(oracle.groups(), threads,
                       [&](std::size_t g) { oracle.evaluate(multipliers, g, result.replies[g]); });
    core::CompensatedSum value;
    std::vector<core::CompensatedSum> gradient(size);
    std::vector<core::CompensatedSum> diagonal(size);
    bool curved = !result.replies.empty();
    for (std::size_t g = 0; g < result.replies.size(); ++g) {
        const Reply& reply = result.replies[g];
        const std::string name = "group " + std::to_string(g);
        if (reply.gradient.size() != size || (reply.diagonal && reply.diagonal->size() != size)) {
            core::IssueList issues;
            issues.add("oracle reply", name, std::to_string(reply.gradient.size()) + " gradient entries",
                       "must have one entry a multiplier (" + std::to_string(size) + ")");
            issues.throw_if_any();
        }
        if (!std::isfinite(reply.value) || !(reply.value_error >= 0)) result.fault = name + " returned a value that is not finite";
        value.add(reply.value - reply.value_error);
        curved = curved && reply.diagonal.has_value();
        for (std::size_t k = 0; k < size; ++k) {
            if (!std::isfinite(reply.gradient[k]))
                result.fault = name + " returned a gradient that is not finite at multiplier " + std::to_string(k);
            gradient[k].add(reply.gradient[k]);
            if (curved) diagonal[k].add((*reply.diagonal)[k]);
        }
    }
    for (std::size_t k = 0; k < size; ++k) value.add(-multipliers[k] * problem.b[k]);
    result.value = value.value();
    result.gradient.resize(size);
    for (std::size_t k = 0; k < size; ++k) result.gradient[k] = gradient[k].value() - problem.b[k];
    if (curved) {
        result.diagonal.resize(size);
        for (std::size_t k = 0; k < size; ++k) result.diagonal[k] = diagonal[k].value();
    }
    return result;
}

/// The metric in which steps are measured: curvature where known, never flatter than capacity squared over value.
inline std::vector<double> metric(const Evaluation& at, const Problem& problem) {
    std::vector<double> result(problem.b.size());
    const double scale = std::max(std::abs(at.value), 1e-12);
    for (std::size_t k = 0; k < result.size(); ++k) {
        const double use = std::max(std::abs(problem.b[k]), std::abs(at.gradient[k] + problem.b[k]));
        const double floor_at = use > 0 ? use * use / scale : 1.0 / scale;
        result[k] = at.diagonal.empty() ? floor_at : std::max(at.diagonal[k], 1e-2 * floor_at);
    }
    return result;
}

}  // namespace meio::lagrangian::detail
