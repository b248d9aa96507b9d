// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/lagrangian/method.hpp>
#include <meio/lagrangian/result.hpp>
#include <meio/lagrangian/state.hpp>

namespace meio::lagrangian {

/// In which norm the bundle measures a step.
enum class Metric : std::uint8_t {
    automatic,  ///< the whole curvature where the oracle tells it, else its diagonal, else `usage`
    identity,
    usage,      ///< right-hand side squared over value: prices of scarce and plentiful resources move alike
    diagonal,   ///< the diagonal of the oracle's curvature
    hessian,    ///< the oracle's whole curvature
    lbfgs       ///< compact BFGS pairs on `usage`, learnt from steps and gradients
};

/// What a primal callback sees.
struct PrimalPoint {
    std::span<const double> multipliers;  ///< the best so far
    std::span<const double> average_use;  ///< use of the recovered primal minus b
    std::span<const Weight> weights;      ///< the recovered primal
    double bound = 0;                     ///< the best so far
};

/// How to solve a dual. Defaults suit thousands of products and up to a few thousand multipliers.
struct Options {
    Method method = Method::bundle;
    Metric metric = Metric::automatic;
    std::vector<double> initial{};   ///< starting multipliers; empty: zero, moved into the bounds
    int max_calls = 500;             ///< full passes of the oracle, >= 1
    double relative_gap = 1e-6;      ///< stop once the certified or predicted gap is at most this share of |bound|, >= 0
    double absolute_gap = 0;         ///< the same in the objective's unit, >= 0; either of the two suffices
    double upper = std::numeric_limits<double>::infinity();  ///< cost of a known feasible plan: certificate and step target
    std::function<double(const PrimalPoint&)> primal = nullptr;  ///< makes a feasible plan, returns its cost (infinity: none)
    int primal_every = 10;           ///< calls of the oracle between two calls of `primal`, >= 1
    int cut_groups = 16;             ///< bundle: groups whose cuts are kept apart, >= 1
    int max_cuts = 100;              ///< bundle: cuts kept a group, >= 2
    int max_idle = 60;               ///< bundle: a cut without weight for this many calls is dropped, >= 1
    double sample_share = 0.05;      ///< adagrad: share of the shards in one step, in (0, 1]
    std::uint64_t seed = 1;          ///< adagrad: of the shards drawn
    int threads = 0;                 ///< 0: all the machine has
    /// Start a changed problem from this solve: its multipliers, metric and step length, and its cuts of groups whose
    /// oracle has not changed (a changed `b`, `lower` or `upper` leaves all of them valid). Bounds are found anew.
    const State* start = nullptr;
    std::vector<std::size_t> changed_groups{};  ///< groups of the oracle that have changed since `start`
    const State* resume = nullptr;   ///< go on with exactly this solve of the same problem, with the same bits
    std::function<void(const State&)> checkpoint = nullptr;  ///< gets a state from which the solve can be resumed
    int checkpoint_every = 10;       ///< calls of the oracle between two checkpoints, >= 1

    /// Throws `core::InputError` naming every wrong entry for a problem with `size` multipliers.
    void validate(std::size_t size) const {
        core::IssueList issues;
        check(size, issues);
        issues.throw_if_any();
    }

    /// Adds every wrong entry to `issues`.
    void check(std::size_t size, core::IssueList& issues) const {
        issues.require(max_calls >= 1, "max_calls", max_calls, "must be >= 1");
        issues.require(relative_gap >= 0, "relative_gap", relative_gap, "must be >= 0");
        issues.require(absolute_gap >= 0, "absolute_gap", absolute_gap, "must be >= 0");
        issues.require(!std::isnan(upper), "upper", upper, "must be a cost, or infinity");
        issues.require(primal_every >= 1, "primal_every", primal_every, "must be >= 1");
        issues.require(cut_groups >= 1, "cut_groups", cut_groups, "must be >= 1");
        issues.require(max_cuts >= 2, "max_cuts", max_cuts, "must be >= 2");
        issues.require(max_idle >= 1, "max_idle", max_idle, "must be >= 1");
        issues.require(sample_share > 0 && sample_share <= 1, "sample_share", sample_share, "must be in (0, 1]");
        issues.require(threads >= 0, "threads", threads, "must be >= 0");
        issues.require(checkpoint_every >= 1, "checkpoint_every", checkpoint_every, "must be >= 1");
        if (!initial.empty() && initial.size() != size)
            issues.add("initial", "", std::to_string(initial.size()) + " values",
                       "give one value a multiplier (" + std::to_string(size) + ") or none");
        for (std::size_t k = 0; k < initial.size(); ++k)
            issues.require(std::isfinite(initial[k]), "initial", k, initial[k], "must be finite");
        const auto require_state = [&](const char* name, const State* state) {
            if (state == nullptr || state->multipliers.size() == size) return;
            issues.add(name, "", std::to_string(state->multipliers.size()) + " multipliers",
                       "must come from a solve with as many multipliers (" + std::to_string(size) + ")");
        };
        require_state("start", start);
        require_state("resume", resume);
        if (resume != nullptr && start != nullptr)
            issues.add("resume", "", "together with start", "give one of the two: resume goes on, start begins anew");
        if (resume != nullptr && resume->multipliers.size() == size && resume->method != method)
            issues.add("resume", "", "of another method", "must come from a solve by the same method");
    }
};

}  // namespace meio::lagrangian
