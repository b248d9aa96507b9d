// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/error.hpp>
#include <meio/core/status.hpp>
#include <meio/lagrangian/maximize.hpp>
#include <meio/planner/incumbent.hpp>
#include <meio/planner/instance.hpp>
#include <meio/planner/item_model.hpp>
#include <meio/planner/local_search.hpp>
#include <meio/planner/repair.hpp>
#include <meio/planner/shard.hpp>

namespace meio::planner {

/// How hard to plan.
struct SolveOptions {
    double gap = 5e-3;                 ///< stop once (cost - bound) / |cost| is at most this, >= 0
    int max_passes = 400;              ///< passes over all products in the dual, >= 1
    int passes_a_round = 40;           ///< dual passes between two repairs, >= 1
    int threads = 0;                   ///< 0: all the machine has
    std::size_t lattice_points = 2048; ///< resolution of echelon trees, >= 64 (see EchelonTree)
    std::vector<double> initial_prices{};  ///< one a resource, >= 0; empty: start from zero

    void validate(std::size_t resources) const {
        core::IssueList issues;
        issues.require(gap >= 0, "gap", gap, "must be >= 0");
        issues.require(max_passes >= 1, "max_passes", max_passes, "must be >= 1");
        issues.require(passes_a_round >= 1, "passes_a_round", passes_a_round, "must be >= 1");
        issues.require(lattice_points >= 64, "lattice_points", static_cast<double>(lattice_points), "must be >= 64");
        if (!initial_prices.empty() && initial_prices.size() != resources)
            issues.add("initial_prices", "", std::to_string(initial_prices.size()) + " values",
                       "give one price a resource (" + std::to_string(resources) + ") or none");
        for (std::size_t m = 0; m < initial_prices.size(); ++m)
            issues.require(initial_prices[m] >= 0 && std::isfinite(initial_prices[m]), "initial_prices", m,
                           initial_prices[m], "must be finite and >= 0");
        issues.throw_if_any();
    }
};

/// A capacity that the plan could not keep.
struct Shortfall {
    std::size_t resource = 0;
    double needed = 0;
    double available = 0;
};

/// One line of the solve's history.
struct HistoryEntry {
    int pass = 0;
    double bound = 0;  ///< best so far
    double cost = 0;   ///< best feasible plan so far, infinity before the first
    double seconds = 0;
};

/// The answer to an instance. `bound <= least cost <= cost`; the plan keeps every capacity within rounding unless the
/// status is `infeasible`.
struct Solution {
    core::Status status = core::Status::infeasible;
    double cost = std::numeric_limits<double>::infinity();    ///< of the plan: a feasible solution (heuristic)
    double bound = -std::numeric_limits<double>::infinity();  ///< certified lower bound on any plan of the instance
    double gap = std::numeric_limits<double>::infinity();     ///< (cost - bound) / |cost|
    std::vector<double> prices{};                             ///< one a resource, >= 0: money per unit of capacity
    Incumbent plan{};
    std::vector<Shortfall> shortfalls{};
    int passes = 0;
    double seconds = 0;
    std::vector<HistoryEntry> history{};
};

namespace detail {

/// The dual function of an instance as the Lagrangian solver sees it: one group a shard.
template <class MakeModel>
class PassOracle {
public:
    PassOracle(const Instance& instance, MakeModel make_model)
        : instance_(instance), make_model_(std::move(make_model)), shards_(make_shards(instance)) {}

    [[nodiscard]] std::size_t size() const { return instance_.resources.size(); }
    [[nodiscard]] std::size_t groups() const { return shards_.size(); }

    void evaluate(std::span<const double> prices, std::size_t group, lagrangian::Reply& reply) const {
        auto model = make_model_();
        const bool whole = size() <= most_whole;
        ShardReply part = evaluate_shard(instance_, model, shards_[group], prices, whole ? Curvature::whole : Curvature::diagonal);
        reply.value = part.value;
        reply.gradient = std::move(part.usage);
        if (whole) reply.hessian = std::move(part.curvature);
        else reply.diagonal = std::move(part.curvature);
    }

private:
    static constexpr std::size_t most_whole = 300;  // beyond, the shards' matrices cost more than the passes they save

    const Instance& instance_;
    MakeModel make_model_;
    std::vector<Shard> shards_;
};

inline double relative_gap(double cost, double bound) {
    return (cost - bound) / std::max(std::abs(cost), 1e-12);
}

/// The one place that decides why a solve ends.
inline core::Status why_stopped(const Solution& solution, double gap, std::optional<core::Status> outside) {
    if (std::isfinite(solution.cost) && solution.gap <= gap) return core::Status::optimal;
    if (outside && std::isfinite(solution.cost)) return *outside;
    if (std::isfinite(solution.cost)) return core::Status::feasible;
    return outside ? *outside : core::Status::infeasible;
}

}  // namespace detail

/// Solves an instance: Lagrangian dual over all products, a feasible plan near its prices, and the gap between them.
///
/// Rounds of dual passes alternate with repairs until the gap is met. `make_model()` gives each thread an item model;
/// `executor` runs the passes of the repair. Deterministic: the same bits for any executor and number of threads.
/// Everett (1963), Operations Research 11(3), for prices; Geoffrion (1974), Math. Programming Study 2, for the bound.
template <class MakeModel, Executor Exec>
[[nodiscard]] Solution solve_instance(const Instance& instance, const SolveOptions& options, const core::Context& context,
                                      MakeModel make_model, const Exec& executor) {
    options.validate(instance.resources.size());
    const core::Stopwatch watch;
    const std::size_t resources = instance.resources.size();
    Solution solution;
    solution.prices = options.initial_prices.empty() ? std::vector<double>(resources, 0.0) : options.initial_prices;
    const detail::PassOracle<MakeModel> oracle(instance, make_model);
    lagrangian::Problem problem;
    for (const Resource& resource : instance.resources) problem.b.push_back(resource.capacity);

    if (resources > 0) {
        // Prices beyond any money at stake only tell that no plan is feasible; a cap keeps the bound valid and finite.
        const Incumbent free = follow_prices(instance, make_model, executor, std::vector<double>(resources, 0.0));
        for (std::size_t m = 0; m < resources; ++m)
            problem.upper.push_back(1e4 * std::max(std::abs(free.cost), 1e-9) /
                                    std::max({instance.resources[m].capacity, free.usage[m], 1e-9}));
        ++solution.passes;
    }

    Repair<MakeModel, Exec> repair(instance, make_model, executor);
    LocalSearch<MakeModel, Exec> search(instance, make_model, executor);
    std::optional<core::Status> outside;
    bool repaired_before = false;
    double bound_before = solution.bound;
    while (true) {
        if (resources > 0) {
            lagrangian::Options dual;
            dual.initial = solution.prices;
            dual.max_calls = std::min(options.passes_a_round, options.max_passes - solution.passes);
            dual.relative_gap = 0.02 * options.gap;  // prices near the optimum leave little to repair
            dual.threads = options.threads;
            if (std::isfinite(solution.cost)) dual.upper = solution.cost - instance.constant;
            const auto found = lagrangian::maximize(oracle, problem, dual, context);
            for (const auto& entry : found.history)
                solution.history.push_back({solution.passes + entry.call + 1,
                                            std::max(solution.bound, entry.bound + instance.constant), solution.cost,
                                            watch.seconds()});
            solution.passes += found.calls;
            if (found.bound + instance.constant > solution.bound) {
                solution.bound = found.bound + instance.constant;
                solution.prices = found.multipliers;
            }
        }
        outside = context.report({solution.passes, solution.bound, solution.cost, watch.seconds()});
        Incumbent plan = follow_prices(instance, make_model, executor, solution.prices);
        if (resources == 0) {
            solution.bound = plan.cost + instance.constant;
            ++solution.passes;
        }
        const double enough = solution.bound / (1.0 - std::min(options.gap, 0.99)) - instance.constant;
        bool feasible = repair.make_feasible(plan, context);
        if (feasible) repair.improve(plan, enough, context);
        if (!feasible || plan.cost > enough) {
            search.improve(plan, solution.prices, std::clamp(solution.passes, 16, 64), enough, context);
            feasible = violation(instance, plan.usage) == 0;
        }
        const bool better = feasible && plan.cost + instance.constant < solution.cost;
        if (better) solution.cost = plan.cost + instance.constant;
        if (better || (!feasible && !std::isfinite(solution.cost))) solution.plan = std::move(plan);
        solution.gap = detail::relative_gap(solution.cost, solution.bound);
        solution.history.push_back({solution.passes, solution.bound, solution.cost, watch.seconds()});
        const bool met = std::isfinite(solution.cost) && solution.gap <= options.gap;
        const bool moved = solution.bound > bound_before + 1e-6 * std::abs(solution.bound) || better;
        if (met || outside || resources == 0 || solution.passes >= options.max_passes) break;
        if (repaired_before && !moved) break;
        repaired_before = true;
        bound_before = solution.bound;
    }
    for (std::size_t m = 0; m < resources && !std::isfinite(solution.cost); ++m) {
        const Resource& resource = instance.resources[m];
        if (solution.plan.usage[m] > resource.capacity + tolerance_of(resource))
            solution.shortfalls.push_back({m, solution.plan.usage[m], resource.capacity});
    }
    solution.status = detail::why_stopped(solution, options.gap, outside);
    solution.seconds = watch.seconds();
    return solution;
}

/// As above, with the planner's own item model on a pool of threads.
[[nodiscard]] inline Solution solve_instance(const Instance& instance, const SolveOptions& options = {},
                                             const core::Context& context = {}) {
    const auto make_model = [&instance, points = options.lattice_points] { return FacilityTrees(instance, points); };
    return solve_instance(instance, options, context, make_model, ThreadExecutor{options.threads});
}

}  // namespace meio::planner
