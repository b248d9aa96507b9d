// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <meio/lagrangian/maximize.hpp>
#include <reference/lagrangian_plan_choice.hpp>

using namespace meio;
using namespace meio::lagrangian;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// One group with listed plans over two resources. Refuses multipliers that are not finite.
struct Listed {
    std::vector<double> cost;
    std::vector<std::vector<double>> use;
    bool flat = false;  // tells a curvature of nothing

    [[nodiscard]] std::size_t size() const { return use.front().size(); }
    [[nodiscard]] std::size_t groups() const { return 1; }
    void evaluate(std::span<const double> l, std::size_t, Reply& reply) const {
        reply.value = infinity;
        for (std::size_t p = 0; p < cost.size(); ++p) {
            double value = cost[p];
            for (std::size_t k = 0; k < size(); ++k) {
                REQUIRE(std::isfinite(l[k]));
                value += l[k] * use[p][k];
            }
            if (value >= reply.value) continue;
            reply.value = value;
            reply.gradient = use[p];
            reply.tag = p;
        }
        if (flat) reply.diagonal = std::vector<double>(size(), 0.0);
    }
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Plans of which one group's values are too high by up to `lie`, without saying so.
struct Liar : reference::PlanChoice {
    using PlanChoice::PlanChoice;
    std::size_t liar = 0;
    double lie = 0;

    void evaluate(std::span<const double> l, std::size_t g, Reply& reply) const {
        PlanChoice::evaluate(l, g, reply);
        double sum = 0;
        for (const double x : l) sum += x;
        if (g == liar) reply.value += lie * std::abs(std::sin(1e4 * sum));
    }
};

}  // namespace

TEST_CASE("constraints that no plan keeps: unbounded, with the resource named and how much it lacks") {
    // The least use of the second resource is 2, of the first 1, and b = (4, 1.5): every method ends unbounded with finite
    // multipliers along the second one, which lacks 0.5.
    Listed plans{{1, 5, 2}, {{4, 3}, {3, 2}, {1, 5}}};
    for (const Method method : {Method::bundle, Method::newton, Method::lbfgs, Method::polyak, Method::held_wolfe_crowder,
                                Method::camerini_fratta_maffioli, Method::volume})
        for (const bool flat : {false, true}) {
            CAPTURE(static_cast<int>(method));
            CAPTURE(flat);
            plans.flat = flat;
            Options options;
            options.method = method;
            const Result result = maximize(plans, Problem{{4, 1.5}}, options);
            CAPTURE(result.diagnosis);
            CHECK(result.status == core::Status::unbounded);
            REQUIRE(result.ray.size() == 2);
            CHECK(result.ray[1] == 1.0);
            // Along the ray even the plan that uses least uses more than there is.
            double least = infinity;
            for (const auto& use : plans.use) least = std::min(least, result.ray[0] * (use[0] - 4) + (use[1] - 1.5));
            CHECK(least > 0);
            CHECK(contains(result.diagnosis, "b[1] more by 0.5"));
            for (const double x : result.multipliers) CHECK(std::isfinite(x));
            CHECK(result.calls < 200);
            CHECK(result.state.multipliers == result.multipliers);
        }
}

TEST_CASE("a plan a thousand million times as costly is not taken for none") {
    // Doing nothing costs nothing and misses b; the only plan that keeps it costs 1e9: the optimum is 8e8, and certified.
    const Listed plans{{0, 1e9}, {{0}, {-5}}};
    const Result result = maximize(plans, Problem{{-4}});
    CHECK(result.status == core::Status::optimal);
    CHECK(result.bound == doctest::Approx(8e8).epsilon(1e-9));
}

TEST_CASE("a known cost below the bound is refuted, not certified") {
    // Whoever tells of a plan cheaper than any can be hears so, by name, with a gap of 0 and status infeasible.
    const reference::PlanChoice plans(3, 20, 4);
    const double best = maximize(plans, Problem{plans.b}).bound;
    for (const bool given : {true, false}) {
        Options options;
        if (given) options.upper = 0.9 * best;
        else options.primal = [&](const PrimalPoint&) { return 0.9 * best; };
        const Result result = maximize(plans, Problem{plans.b}, options);
        CHECK(result.status == core::Status::infeasible);
        CHECK(contains(result.diagnosis, given ? "upper given" : "upper returned by primal"));
        CHECK(contains(result.diagnosis, "below the bound"));
        CHECK(result.gap >= 0);
        CHECK(result.bound <= best * (1 + 1e-6));
    }
}

TEST_CASE("a lying value error: the group is named and nothing is certified") {
    // Values of group 7 are too high by up to 1 and say they are exact. With its own cuts or among others', in the bundle
    // and in the methods that walk, the group is named; an honest oracle is not accused.
    for (const Method method : {Method::bundle, Method::volume, Method::polyak, Method::lbfgs})
        for (const int cut_groups : {2, 12}) {
            CAPTURE(static_cast<int>(method));
            CAPTURE(cut_groups);
            Liar plans(5, 12, 4);
            plans.liar = 7;
            Options options;
            options.method = method;
            options.cut_groups = cut_groups;
            options.max_calls = 60;
            const Result honest = maximize(plans, Problem{plans.b}, options);
            CHECK(!contains(honest.diagnosis, "contradicts"));
            CHECK(honest.inconsistency < 1e-9);
            plans.lie = 1;
            const Result lying = maximize(plans, Problem{plans.b}, options);
            CAPTURE(lying.diagnosis);
            CHECK(!core::is_success(lying.status));
            CHECK(contains(lying.diagnosis, "group 7 contradicts itself"));
            CHECK(lying.inconsistency > 0.1);
            CHECK(static_cast<int>(lying.state.history.size()) == lying.calls);
        }
}

TEST_CASE("the callback hears nothing after the end") {
    // One report a step, none after it has asked to stop, none after the last.
    const reference::PlanChoice plans(3, 20, 4);
    for (const Method method : {Method::bundle, Method::lbfgs, Method::polyak, Method::volume, Method::adagrad}) {
        CAPTURE(static_cast<int>(method));
        Options options;
        options.method = method;
        options.relative_gap = 0;
        options.max_calls = 60;
        int heard = 0;
        core::Context context;
        context.callback = [&](const core::Progress&) { return ++heard < 2; };
        const Result result = maximize(plans, Problem{plans.b}, options, context);
        CHECK(result.status == core::Status::interrupted);
        CHECK(heard == 2);
    }
}
