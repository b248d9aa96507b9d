// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <exception>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/error.hpp>
#include <meio/core/parallel.hpp>
#include <meio/lagrangian/oracle.hpp>
#include <meio/lagrangian/problem.hpp>

namespace meio::lagrangian::detail {

/// The replies of all groups to one call, and their sum with the affine part.
struct Evaluation {
    std::vector<Reply> replies{};
    double value = 0;                 // certified: errors taken off
    double error = 0;                 // sum of the groups' errors, and of rounding where it counts
    double magnitude = 0;             // sum of absolute terms: what rounding is relative to
    double spending = 0;              // sum of the absolute costs of the groups' plans
    double upper = std::numeric_limits<double>::infinity();
    std::vector<double> gradient{};   // with -b
    std::vector<double> diagonal{};   // curvature, scaled up from the groups that tell theirs; empty where none does
    std::vector<double> hessian{};    // the whole of it, K x K, likewise
    std::string fault{};              // what is wrong, naming the group; empty: nothing
    std::exception_ptr failure = nullptr;
    std::optional<core::Status> outside{};  // asked to stop before all groups had answered
};

/// Checks one reply; what is wrong goes to `result`.
inline bool check_reply(const Reply& reply, std::size_t group, std::size_t size, Evaluation& result) {
    const std::string name = "group " + std::to_string(group);
    const auto require_length = [&](std::size_t found, const char* what) {
        if (found == size) return true;
        const std::string text = std::to_string(found) + " entries";
        const std::string fix = "must have one entry a multiplier (" + std::to_string(size) + ")";
        core::IssueList issues;
        issues.add(std::string("oracle reply.") + what, name, text, fix);
        try {
            issues.throw_if_any();
        } catch (...) {
            result.failure = std::current_exception();
        }
        result.fault = name + " returned a " + what + " of " + text + "; it " + fix;
        return false;
    };
    if (!require_length(reply.gradient.size(), "gradient")) return false;
    if (reply.diagonal && !require_length(reply.diagonal->size(), "diagonal")) return false;
    if (reply.hessian && reply.hessian->size() != size * size) {
        result.fault = name + " returned a hessian of " + std::to_string(reply.hessian->size()) + " entries; it must have " +
                       std::to_string(size * size);
        return false;
    }
    if (reply.upper && std::isnan(*reply.upper)) {
        result.fault = name + " returned an upper that is not a number";
        return false;
    }
    const auto complain = [&](const std::string& what) {
        result.fault = name + " returned " + what;
        return false;
    };
    if (!std::isfinite(reply.value)) return complain("a value that is not finite");
    if (!(reply.value_error >= 0) || !std::isfinite(reply.value_error)) return complain("a value_error that is not >= 0 and finite");
    if (reply.hessian)
        for (std::size_t e = 0; e < size * size; ++e)
            if (!std::isfinite((*reply.hessian)[e]))
                return complain("a hessian that is not finite at entry " + std::to_string(e / size) + "," + std::to_string(e % size));
    for (std::size_t k = 0; k < size; ++k) {
        if (!std::isfinite(reply.gradient[k])) return complain("a gradient that is not finite at multiplier " + std::to_string(k));
        if (reply.diagonal && !((*reply.diagonal)[k] >= 0 && std::isfinite((*reply.diagonal)[k])))
            return complain("a diagonal that is not >= 0 and finite at multiplier " + std::to_string(k));
    }
    return true;
}

/// Names the group that threw and what, where that is known.
inline void record_failure(std::size_t group, std::exception_ptr failure, Evaluation& result) {
    result.failure = failure;
    result.fault = "group " + std::to_string(group) + " threw";
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        result.fault += std::string(": ") + error.what();
    } catch (...) {
    }
}

/// Fetches all replies; false where one threw or the solve was asked to stop meanwhile.
template <Oracle O>
bool ask(const O& oracle, std::span<const double> multipliers, int threads, const core::Context& context, Evaluation& result) {
    if constexpr (BatchOracle<O>) {
        result.outside = context.stop_reason();
        if (result.outside) return false;
        try {
            oracle.evaluate_all(multipliers, std::span<Reply>(result.replies));
        } catch (const std::exception& error) {
            result.failure = std::current_exception();
            result.fault = std::string("the oracle threw: ") + error.what();
        } catch (...) {
            result.failure = std::current_exception();
            result.fault = "the oracle threw";
        }
        return result.fault.empty();
    } else {
        const std::size_t groups = result.replies.size();
        std::vector<std::exception_ptr> failures(groups);
        std::atomic<bool> skip{false};
        core::parallel_for(groups, threads, [&](std::size_t g) {
            if (skip.load(std::memory_order_relaxed) || context.stop_reason()) {
                skip.store(true, std::memory_order_relaxed);
                return;
            }
            try {
                oracle.evaluate(multipliers, g, result.replies[g]);
            } catch (...) {
                failures[g] = std::current_exception();
                skip.store(true, std::memory_order_relaxed);
            }
        });
        for (std::size_t g = 0; g < groups; ++g)
            if (failures[g]) {
                record_failure(g, failures[g], result);
                return false;
            }
        if (skip.load()) result.outside = context.stop_reason().value_or(core::Status::interrupted);
        return !result.outside;
    }
}

/// Calls all groups, then adds up in the order of the groups with compensation: the same bits for any number of threads.
template <Oracle O>
Evaluation evaluate(const O& oracle, const Problem& problem, std::span<const double> multipliers, int threads,
                    const core::Context& context) {
    const std::size_t size = multipliers.size();
    const std::size_t groups = oracle.groups();
    Evaluation result;
    result.replies.resize(groups);
    if (!ask(oracle, multipliers, threads, context, result)) return result;
    core::CompensatedSum value;
    core::CompensatedSum upper;
    std::vector<core::CompensatedSum> gradient(size);
    std::vector<core::CompensatedSum> diagonal(size);
    std::size_t curved = 0;
    std::size_t curved_whole = 0;
    bool costed = groups > 0;
    double terms = 0;  // absolute ones that the value is made of
    for (std::size_t g = 0; g < groups; ++g) {
        const Reply& reply = result.replies[g];
        if (!check_reply(reply, g, size, result)) return result;
        value.add(reply.value);
        value.add(-reply.value_error);
        result.error += reply.value_error;
        result.magnitude += std::abs(reply.value);
        double worth = 0;
        double turnover = 0;
        for (std::size_t k = 0; k < size; ++k) {
            const double product = reply.gradient[k] * multipliers[k];
            worth += product;
            turnover += std::abs(product);
        }
        result.spending += std::abs(reply.value - worth);
        terms += std::max(turnover, std::abs(reply.value));
        costed = costed && reply.upper.has_value();
        if (costed) upper.add(*reply.upper);
        curved += reply.diagonal ? 1 : 0;
        for (std::size_t k = 0; k < size; ++k) {
            gradient[k].add(reply.gradient[k]);
            if (reply.diagonal) diagonal[k].add((*reply.diagonal)[k]);
        }
        if (!reply.hessian) continue;
        ++curved_whole;
        if (result.hessian.empty()) result.hessian.assign(size * size, 0.0);
        for (std::size_t e = 0; e < size * size; ++e) result.hessian[e] += (*reply.hessian)[e];
    }
    for (std::size_t k = 0; k < size; ++k) {
        // The product's own rounding error goes in too: with many large multipliers it is what would break the bound.
        const double product = multipliers[k] * problem.b[k];
        value.add(-product);
        value.add(-std::fma(multipliers[k], problem.b[k], -product));
        result.magnitude += std::abs(product);
        terms += std::abs(product);
    }
    result.value = value.value();
    // Far out large terms cancel, in the oracle too, and their rounding could lift the value above the dual's largest.
    const double rounding = 4.0 * std::numeric_limits<double>::epsilon() * terms;
    if (rounding > 1e-12 * std::abs(result.value)) {
        result.value -= rounding;
        result.error += 2.0 * rounding;
    }
    if (costed) result.upper = upper.value();
    result.gradient.resize(size);
    for (std::size_t k = 0; k < size; ++k) {
        gradient[k].add(-problem.b[k]);
        result.gradient[k] = gradient[k].value();
    }
    const double share = static_cast<double>(groups);
    for (double& h : result.hessian) h *= share / static_cast<double>(curved_whole);
    if (curved > 0) {
        result.diagonal.resize(size);
        for (std::size_t k = 0; k < size; ++k) result.diagonal[k] = diagonal[k].value() * share / static_cast<double>(curved);
    } else if (curved_whole > 0) {
        for (std::size_t k = 0; k < size; ++k) result.diagonal.push_back(std::max(0.0, result.hessian[k * size + k]));
    }
    return result;
}

}  // namespace meio::lagrangian::detail
