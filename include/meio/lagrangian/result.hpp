// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <string>
#include <vector>

#include <meio/core/status.hpp>
#include <meio/lagrangian/state.hpp>

namespace meio::lagrangian {

/// A plan of the oracle and its share in the convex combination that recovers the primal.
struct Weight {
    std::size_t group = 0;
    std::uint64_t tag = 0;
    double weight = 0;  ///< > 0; adds up to 1 in every group
};

/// The answer. `bound` is valid at every stop: the dual value at `multipliers`, less the oracle's own error.
struct Result {
    core::Status status = core::Status::iteration_limit;
    std::vector<double> multipliers{};  ///< the best found
    double bound = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();  ///< cost of the best plan: given, from replies, or callback
    double gap = std::numeric_limits<double>::infinity();    ///< (upper - bound) / |bound|, certified
    /// No dual value exceeds this, by the cuts; finite where every multiplier with a slope is bounded. With elastic
    /// capacity it is the cost of the recovered plan with its overflow paid.
    double model_upper = std::numeric_limits<double>::infinity();
    double predicted_gap = std::numeric_limits<double>::infinity();  ///< ascent still expected, relative; not certified
    double residual = std::numeric_limits<double>::infinity();       ///< norm of `average_use` where multipliers can move
    std::vector<double> average_use{};  ///< use of the recovered primal minus b: <= 0 where it keeps the constraint
    double average_cost = std::numeric_limits<double>::quiet_NaN();  ///< cost of the recovered primal, overflow not paid
    std::vector<Weight> weights{};      ///< the recovered primal, a convex combination in every group
    int calls = 0;
    double seconds = 0;
    double model_seconds = 0;           ///< of them, in the solver itself: quadratic problems and metric
    double inconsistency = 0;           ///< largest amount by which a supergradient was contradicted; 0 up to rounding
    /// Status `unbounded`: the direction of multipliers, its longest entry 1, along which the dual grows without limit. Every
    /// plan seen uses more of this combination of resources than there is.
    std::vector<double> ray{};
    std::string diagnosis{};            ///< which test ended the solve, or what went wrong in which group
    std::exception_ptr failure = nullptr;  ///< what the oracle threw, where it did
    std::vector<HistoryEntry> history{};
    State state{};                      ///< to go on from here, or to start a changed problem
};

}  // namespace meio::lagrangian
