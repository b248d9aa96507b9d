// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/demand/forecast.hpp>
#include <meio/network/supply_network.hpp>
#include <meio/planner/build.hpp>
#include <meio/planner/detail/assignment_pricer.hpp>
#include <meio/planner/item_model.hpp>
#include <meio/planner/plan.hpp>
#include <meio/planner/shard.hpp>
#include <meio/planner/solve.hpp>
#include <meio/planner/tree_tables.hpp>

namespace meio::planner {

/// How to plan a network.
struct PlannerOptions {
    ItemModelKind item_model = ItemModelKind::independent;
    int alternatives = 3;       ///< independent: facilities besides its own that may serve a pool, >= 0
    int assignment_rounds = 2;  ///< echelon: times that priced assignments are added to every product, >= 0
    /// echelon: memory for demand tables; trees beyond it are slower, with the same answer
    std::size_t table_bytes = std::size_t{512} << 20;
    SolveOptions solve{};
};

/// A plan: levels, prices, and how good they are. The bound is certified for the model that was planned: the item
/// model, its pools or assignments, and demand given by its interval moments.
struct Plan {
    Solution solution{};
    BuiltInstance built{};
    PlanTables tables{};
};

/// Plans a network that is valid (network::validate, demand::validate).
class Planner {
public:
    explicit Planner(PlannerOptions options = {}) : options_(std::move(options)) {}

    [[nodiscard]] Plan solve(const network::SupplyNetwork& network, const demand::Forecast& forecast,
                             const core::Context& context = {}) const {
        const BuildOptions build{options_.item_model, options_.alternatives};
        std::vector<std::vector<Assignment>> extra;
        Plan plan;
        plan.built = build_instance(network, forecast, build);
        SolveOptions solve = options_.solve;
        plan.solution = solve_with_tables(plan.built.instance, solve, context);
        const int rounds = options_.item_model == ItemModelKind::echelon ? options_.assignment_rounds : 0;
        for (int round = 0; round < rounds && flow_is_priced(plan) && !context.stop_reason(); ++round) {
            extra.push_back(price_assignments(network, forecast, plan));
            BuiltInstance wider = build_instance(network, forecast, build, extra);
            solve.initial_prices = plan.solution.prices;
            Solution solution = solve_with_tables(wider.instance, solve, context);
            // More assignments can only lower the least cost; keep the plan that is cheaper, and the bound of its model.
            const bool better = solution.cost < plan.solution.cost;
            if (!better && std::isfinite(plan.solution.cost)) break;
            const double gain = plan.solution.cost - solution.cost;
            plan.built = std::move(wider);
            plan.solution = std::move(solution);
            if (gain < options_.solve.gap * std::abs(plan.solution.cost)) break;
        }
        plan.tables = read_plan(network, plan.built, forecast.periods, options_.item_model, plan.solution.plan,
                                options_.solve.lattice_points);
        return plan;
    }

private:
    [[nodiscard]] Solution solve_with_tables(const Instance& instance, const SolveOptions& solve,
                                             const core::Context& context) const {
        solve.validate(instance.resources.size());
        const auto tables =
            std::make_shared<const TreeTables>(instance, solve.lattice_points, options_.table_bytes, solve.threads);
        const auto make_model = [&instance, &tables] { return FacilityTrees(instance, tables); };
        return solve_instance(instance, solve, context, make_model, ThreadExecutor{solve.threads});
    }

    // Overused or priced flow is what other assignments can mend.
    static bool flow_is_priced(const Plan& plan) {
        for (std::size_t m = 0; m < plan.solution.prices.size(); ++m) {
            const ResourceKind kind = plan.built.instance.resources[m].kind;
            const bool flow = kind == ResourceKind::inbound || kind == ResourceKind::outbound || kind == ResourceKind::lane;
            if (flow && plan.solution.prices[m] > 0) return true;
        }
        return false;
    }

    static std::vector<Assignment> price_assignments(const network::SupplyNetwork& network, const demand::Forecast& forecast,
                                                     const Plan& plan) {
        std::vector<Assignment> result(network.products.size() * forecast.periods);
        detail::AssignmentPricer pricer(network, forecast, plan.built);
        for (std::size_t t = 0; t < forecast.periods; ++t) {
            pricer.set_prices(t, plan.solution.prices);
            for (std::size_t k = 0; k < network.products.size(); ++k)
                result[k * forecast.periods + t] = pricer.cheapest(k);
        }
        return result;
    }

    PlannerOptions options_;
};

}  // namespace meio::planner
