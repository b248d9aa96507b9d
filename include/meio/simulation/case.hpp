// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/network/service_option.hpp>
#include <meio/network/supply_network.hpp>
#include <meio/simulation/rationing.hpp>

namespace meio::simulation {

/// An assignment policy: scores the facilities that passed the fences; the lowest finite score wins, the first of equal
/// ones. `fulfilment` has several. Must be safe to call from threads.
template <class P>
concept AssignmentPolicy =
    requires(const P& policy, std::span<const network::ServiceOption> options, std::span<double> scores) {
        policy.score(options, scores);
    };

/// Any assignment policy behind one type; copies share it.
class AnyPolicy {
public:
    /// The cheapest facility with stock.
    AnyPolicy() : AnyPolicy(ByCost{}) {}

    template <AssignmentPolicy P>
        requires(!std::same_as<std::remove_cvref_t<P>, AnyPolicy>)
    AnyPolicy(P policy)  // NOLINT(google-explicit-constructor): a policy is meant to be passed as it is
        : held_(std::make_shared<const P>(std::move(policy))),
          call_([](const void* held, std::span<const network::ServiceOption> options, std::span<double> scores) {
              static_cast<const P*>(held)->score(options, scores);
          }) {}

    void score(std::span<const network::ServiceOption> options, std::span<double> scores) const {
        call_(held_.get(), options, scores);
    }

private:
    struct ByCost {
        void score(std::span<const network::ServiceOption> options, std::span<double> scores) const {
            for (std::size_t i = 0; i < options.size(); ++i) scores[i] = options[i].cost;
        }
    };

    std::shared_ptr<const void> held_;
    void (*call_)(const void*, std::span<const network::ServiceOption>, std::span<double>);
};

/// Order-up-to levels, product x facility x planning period, row-major; rounded to whole units, halves up.
///
/// The order placed in period s over a lane of mean lead time L raises the position to the level of planning period
/// min(s + L, periods - 1), rounded to a whole period.
struct Levels {
    std::size_t periods = 1;
    std::vector<double> base_stock{};  ///< local: the stock that a facility keeps for its own customers
    std::vector<double> echelon{};     ///< echelon: of facilities that feed others, everything below included; empty:
                                       ///< the sum of the levels below, so that they pass everything on
};

/// Prices of a plan, shown to policies. Empty arrays mean zero.
struct Prices {
    std::vector<double> flow{};   ///< facility x planning period: money per unit that leaves a facility
    std::vector<double> stock{};  ///< product x facility x planning period: marginal value of a unit on hand, money
};

/// What is simulated: levels and a policy. Several cases of one call see the same demand, orders and lead times.
struct Case {
    std::string name = "plan";
    Levels levels{};
    AnyPolicy policy{};
    Prices prices{};
    Rationing rationing = Rationing::balanced;  ///< of stock that is short upstream
};

/// Checks sizes and values of a case; adds what is wrong to `issues`.
inline void check_case(const Case& plan, const network::SupplyNetwork& network, core::IssueList& issues) {
    const std::size_t facilities = network.facilities.size();
    const std::size_t flow = facilities * plan.levels.periods;
    const std::size_t all = flow * network.products.size();
    issues.require(plan.levels.periods >= 1, "levels.periods", static_cast<double>(plan.levels.periods), "must be >= 1");
    const auto sized = [&](const std::vector<double>& values, std::size_t size, bool optional, const char* field,
                           const char* shape) {
        if (!(optional && values.empty()))
            issues.require(values.size() == size, field, static_cast<double>(values.size()), shape);
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!std::isfinite(values[i])) {
                issues.require(false, field, i, values[i], "must be finite");
                break;
            }
    };
    sized(plan.levels.base_stock, all, false, "levels.base_stock", "must be product x facility x period");
    sized(plan.levels.echelon, all, true, "levels.echelon", "must be product x facility x period, or empty");
    sized(plan.prices.flow, flow, true, "prices.flow", "must be facility x period, or empty");
    sized(plan.prices.stock, all, true, "prices.stock", "must be product x facility x period, or empty");
}

}  // namespace meio::simulation
