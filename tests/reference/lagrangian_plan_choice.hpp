// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/lagrangian/reply.hpp>

namespace reference {

/// Groups that pick the cheapest of a few random plans, theta_g(l) = min over plans of cost + l.use; the tag is the plan's
/// index. The first plan of a group uses nothing, so that a plan that keeps `b` exists.
struct PlanChoice {
    struct Plan {
        double cost = 0;
        std::vector<double> use{};
    };
    std::size_t multipliers = 0;
    std::vector<std::vector<Plan>> plans{};
    std::vector<double> b{};

    PlanChoice(std::uint64_t seed, std::size_t groups, std::size_t size) : multipliers(size), b(size, 0.8 * static_cast<double>(groups)) {
        meio::core::RandomStream draw(seed, 5);
        for (std::size_t g = 0; g < groups; ++g) {
            plans.emplace_back();
            plans.back().push_back({12.0, std::vector<double>(size, 0.0)});
            for (int p = 1; p < 5; ++p) {
                Plan plan{10 * draw.uniform(), {}};
                for (std::size_t k = 0; k < size; ++k) plan.use.push_back(draw.uniform() * (10 - plan.cost));
                plans.back().push_back(plan);
            }
        }
    }
    [[nodiscard]] std::size_t size() const { return multipliers; }
    [[nodiscard]] std::size_t groups() const { return plans.size(); }
    void evaluate(std::span<const double> l, std::size_t g, meio::lagrangian::Reply& reply) const {
        reply.value = std::numeric_limits<double>::infinity();
        for (std::size_t p = 0; p < plans[g].size(); ++p) {
            double value = plans[g][p].cost;
            for (std::size_t k = 0; k < multipliers; ++k) value += l[k] * plans[g][p].use[k];
            if (value >= reply.value) continue;
            reply.value = value;
            reply.gradient = plans[g][p].use;
            reply.tag = p;
        }
    }
    [[nodiscard]] double dual_value(std::span<const double> l) const {
        double value = 0;
        meio::lagrangian::Reply reply;
        for (std::size_t g = 0; g < groups(); ++g) {
            evaluate(l, g, reply);
            value += reply.value;
        }
        for (std::size_t k = 0; k < multipliers; ++k) value -= l[k] * b[k];
        return value;
    }
};

}  // namespace reference
