// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/status.hpp>

namespace meio::lagrangian {

/// What is added to the oracle: maximise `theta(l) - b.l` over `lower <= l <= upper`.
struct Problem {
    std::vector<double> b{};      ///< right-hand sides of the relaxed constraints, finite
    std::vector<double> lower{};  ///< empty: 0 (constraints `use <= b`); -inf for equations
    std::vector<double> upper{};  ///< empty: no limit; an overflow price makes capacity elastic
};

/// How the next multipliers are found.
enum class Method : std::uint8_t {
    bundle,      ///< proximal bundle with cuts per shard group and a diagonal metric
    subgradient  ///< projected subgradient with Polyak steps on a deflected direction, and averaging
};

/// How to solve a dual. Defaults suit thousands of products and up to a few thousand multipliers.
struct Options {
    Method method = Method::bundle;
    std::vector<double> initial{};   ///< starting multipliers; empty: zero, moved into the bounds
    int max_calls = 200;             ///< full passes of the oracle, >= 1
    double relative_gap = 1e-6;      ///< stop once the certified or predicted gap is at most this, >= 0
    double upper = std::numeric_limits<double>::infinity();  ///< cost of a known feasible plan, for the certificate
    int cut_groups = 16;             ///< bundle: groups whose cuts are kept apart, >= 1
    int max_cuts = 60;               ///< bundle: cuts kept a group, >= 2
    int threads = 0;                 ///< 0: all the machine has

    void validate(std::size_t size) const {
        core::IssueList issues;
        issues.require(max_calls >= 1, "max_calls", max_calls, "must be >= 1");
        issues.require(relative_gap >= 0, "relative_gap", relative_gap, "must be >= 0");
        issues.require(cut_groups >= 1, "cut_groups", cut_groups, "must be >= 1");
        issues.require(max_cuts >= 2, "max_cuts", max_cuts, "must be >= 2");
        if (!initial.empty() && initial.size() != size)
            issues.add("initial", "", std::to_string(initial.size()) + " values",
                       "give one value a multiplier (" + std::to_string(size) + ") or none");
        for (std::size_t k = 0; k < initial.size(); ++k)
            issues.require(std::isfinite(initial[k]), "initial", k, initial[k], "must be finite");
        issues.throw_if_any();
    }
};

/// One call of the oracle.
struct HistoryEntry {
    int call = 0;       ///< 0, 1, ...
    double value = 0;   ///< of the dual at this call, certified
    double bound = 0;   ///< best so far
    double seconds = 0;
};

/// A plan of the oracle and its share in the convex combination that recovers the primal.
struct Weight {
    std::size_t group = 0;
    std::uint64_t tag = 0;
    double weight = 0;
};

/// The answer. `bound` is always valid: the dual value at `multipliers`, less the oracle's own error.
struct Result {
    core::Status status = core::Status::iteration_limit;
    std::vector<double> multipliers{};  ///< the best found
    double bound = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();  ///< as given
    double gap = std::numeric_limits<double>::infinity();    ///< (upper - bound) / |bound|
    double predicted_gap = std::numeric_limits<double>::infinity();  ///< ascent still expected, relative; not certified
    std::vector<double> average_use{};  ///< use of the recovered primal minus b: <= 0 where it keeps the constraint
    std::vector<Weight> weights{};      ///< of the recovered primal, a convex combination in every group
    int calls = 0;
    double seconds = 0;
    std::string diagnosis{};            ///< why, where the status is numerical_error
    std::vector<HistoryEntry> history{};
};

}  // namespace meio::lagrangian
