// SPDX-License-Identifier: MIT
#pragma once

#include <meio/core/context.hpp>
#include <meio/lagrangian/detail/adagrad.hpp>
#include <meio/lagrangian/detail/bundle.hpp>
#include <meio/lagrangian/detail/search.hpp>
#include <meio/lagrangian/detail/smooth.hpp>
#include <meio/lagrangian/detail/subgradient.hpp>
#include <meio/lagrangian/detail/volume.hpp>
#include <meio/lagrangian/oracle.hpp>
#include <meio/lagrangian/options.hpp>
#include <meio/lagrangian/problem.hpp>
#include <meio/lagrangian/result.hpp>

namespace meio::lagrangian {

/// Maximises a concave dual `theta(l) - b.l` over a box.
///
/// `Result::bound` is a lower bound on the least cost of the primal at every stop: the dual value at a point that the
/// oracle answered, with every group's `value_error` taken off. It is as true as the oracle: each group's minimum must
/// be found within `value_error`.
///
/// Status `optimal`: within the gap of a known plan's cost, or of what the cuts prove no dual value can exceed;
/// `feasible`: the ascent that the model still expects is within the gap (not certified); `stalled`: what ascent is
/// left is below rounding or below the oracle's own error; `iteration_limit`, `time_limit`, `interrupted`: the best so
/// far; `unbounded`: no mixture of the plans seen keeps the constraints, `ray` and `diagnosis` say along which multipliers
/// and what lacks; `infeasible`: a known plan's cost lies below the bound, so that it is none; `numerical_error`: the oracle
/// threw, a reply was not finite or of a wrong length, or values contradict gradients beyond their `value_error`. Then
/// `diagnosis` names the group, `failure` holds the exception, and the best so far is kept.
///
/// Throws `core::InputError` on wrong options and on a problem of wrong size. The same bits for any number of threads.
/// A call costs one evaluation of every group. The bundle's own work is O(n^2 K + n^3) a Newton step for n cuts in use
/// and K multipliers; its memory cut_groups x max_cuts x K.
template <Oracle O>
[[nodiscard]] Result maximize(const O& oracle, const Problem& problem, const Options& options = {},
                              const core::Context& context = {}) {
    detail::Search<O> search(oracle, problem, options, context);
    switch (options.method) {
        case Method::bundle: break;
        case Method::newton:
        case Method::lbfgs: return detail::Smooth<O>(search, oracle, problem, options).run();
        case Method::polyak:
        case Method::held_wolfe_crowder:
        case Method::camerini_fratta_maffioli: return detail::Subgradient<O>(search, oracle, problem, options).run();
        case Method::volume: return detail::Volume<O>(search, oracle, problem, options).run();
        case Method::adagrad: return detail::Adagrad<O>(search, oracle, problem, options, context).run();
    }
    return detail::Bundle<O>(search, oracle, problem, options).run();
}

}  // namespace meio::lagrangian
