// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>
#include <meio/lagrangian/maximize.hpp>
#include <reference/lagrangian_instances.hpp>
#include <reference/lagrangian_plan_choice.hpp>

using namespace meio;
using namespace meio::lagrangian;

namespace {

/// theta(l) = c.l - l.Q l / 2 with Q a sum of outer products, one a group.
struct Quadratic {
    std::vector<std::vector<double>> rows{};
    std::vector<double> c{};
    bool curvature = true;

    Quadratic(std::uint64_t seed, std::size_t size, std::size_t groups) : c(size) {
        core::RandomStream draw(seed, 1);
        for (double& entry : c) entry = draw.normal();
        rows.assign(groups, std::vector<double>(size));
        for (auto& row : rows)
            for (double& entry : row) entry = draw.normal();
    }
    [[nodiscard]] std::size_t size() const { return c.size(); }
    [[nodiscard]] std::size_t groups() const { return rows.size(); }
    void evaluate(std::span<const double> l, std::size_t g, Reply& reply) const {
        double along = 0;
        for (std::size_t k = 0; k < c.size(); ++k) along += rows[g][k] * l[k];
        const double share = 1.0 / static_cast<double>(rows.size());
        reply.value = -0.5 * along * along;
        reply.gradient.assign(c.size(), 0.0);
        if (curvature) reply.hessian.emplace(c.size() * c.size());
        for (std::size_t k = 0; k < c.size(); ++k) {
            reply.value += share * c[k] * l[k];
            reply.gradient[k] = share * c[k] - along * rows[g][k];
            for (std::size_t j = 0; curvature && j < c.size(); ++j) (*reply.hessian)[k * c.size() + j] = rows[g][k] * rows[g][j];
        }
    }
    /// The maximum over a box by coordinate ascent, slow and sure.
    [[nodiscard]] std::vector<double> slow_maximiser(double low, double high) const {
        std::vector<double> l(c.size(), 0.0);
        for (int sweep = 0; sweep < 20000; ++sweep)
            for (std::size_t k = 0; k < c.size(); ++k) {
                double slope = c[k];
                double bend = 0;
                for (const auto& row : rows) {
                    double along = 0;
                    for (std::size_t j = 0; j < c.size(); ++j) along += row[j] * l[j];
                    slope -= along * row[k];
                    bend += row[k] * row[k];
                }
                l[k] = std::min(high, std::max(low, l[k] + slope / bend));
            }
        return l;
    }
};

int calls_to(const Result& result, double best, double gap) {
    for (const HistoryEntry& entry : result.history)
        if (entry.bound >= best - gap * std::abs(best)) return entry.call + 1;
    return std::numeric_limits<int>::max();
}

}  // namespace

TEST_CASE("smooth methods: a quadratic over a box") {
    // Newton needs one step on a quadratic, bounds and all: its model is maximised over the box. L-BFGS finds the same.
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        CAPTURE(seed);
        Quadratic dual(seed, 6, 9);
        const Problem problem{std::vector<double>(6, 0.0), std::vector<double>(6, 0.0), std::vector<double>(6, 0.3)};
        const std::vector<double> best = dual.slow_maximiser(0.0, 0.3);
        Options options;
        options.method = Method::newton;
        options.relative_gap = 1e-9;
        const Result newton = maximize(dual, problem, options);
        CHECK(newton.calls <= 4);
        CHECK(is_success(newton.status));
        dual.curvature = false;
        options.method = Method::lbfgs;
        const Result quasi = maximize(dual, problem, options);
        for (std::size_t k = 0; k < 6; ++k) {
            CHECK(newton.multipliers[k] == doctest::Approx(best[k]).epsilon(1e-5).scale(0.1));
            CHECK(quasi.multipliers[k] == doctest::Approx(best[k]).epsilon(1e-3).scale(0.3));
        }
        CHECK(quasi.bound <= newton.bound * (1 + 1e-8));
    }
}

TEST_CASE("smooth methods: calls on newsvendors") {
    // Budgets of the reference table: Newton 4 to 7 calls to 1e-6, L-BFGS 6 to 10; no fallback; the plan at the end uses
    // what the gradient says.
    for (const std::size_t resources : {std::size_t{10}, std::size_t{100}}) {
        CAPTURE(resources);
        reference::Newsvendors model(40000, resources, 3, false, 1);
        const Problem problem{model.b};
        model.curvature = false;
        model.hessian = true;
        Options options;
        options.method = Method::newton;
        options.relative_gap = 1e-11;
        options.max_calls = 15;
        const double best = maximize(model, problem, options).bound;
        options.relative_gap = 1e-6;
        const auto solve = [&](Method method, bool diagonal, bool hessian) {
            model.curvature = diagonal;
            model.hessian = hessian;
            options.method = method;
            Result result = maximize(model, problem, options);
            CHECK(result.status == core::Status::feasible);
            CHECK(result.diagnosis.find("not smooth") == std::string::npos);
            CHECK(result.bound <= best * (1 + 1e-12));
            CHECK(result.weights.size() == model.groups());
            return calls_to(result, best, 1e-6);
        };
        CHECK(solve(Method::newton, false, true) <= 6);
        CHECK(solve(Method::newton, true, false) <= 8);
        CHECK(solve(Method::lbfgs, false, false) <= 10);
    }
}

TEST_CASE("smooth methods: kinks send them to the bundle") {
    // From 0 on facility location and on random piecewise linear duals; the optimum is found, the calls before count.
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        CAPTURE(seed);
        const reference::PlanChoice plans(seed, 10, 4);
        Options options;
        options.relative_gap = 1e-9;
        const double best = maximize(plans, Problem{plans.b}, options).bound;
        for (const Method method : {Method::newton, Method::lbfgs}) {
            options.method = method;
            const Result result = maximize(plans, Problem{plans.b}, options);
            CHECK(result.diagnosis.find("not smooth") == 0);
            CHECK(result.bound == doctest::Approx(best).epsilon(1e-8));
            CHECK(result.bound == doctest::Approx(plans.dual_value(result.multipliers)).epsilon(1e-12));
            CHECK(static_cast<int>(result.history.size()) == result.calls);
        }
    }
    const std::string path = reference::data_folder() + "/lagrangian/cap71.txt";
    if (!std::filesystem::exists(path)) {
        MESSAGE("skipped, not found: " << path);
        return;
    }
    const reference::FacilityLocation location(path);
    Problem problem{location.right_hand_side()};
    problem.lower.assign(location.size(), -std::numeric_limits<double>::infinity());
    Options options;
    options.method = Method::lbfgs;
    const Result result = maximize(location, problem, options);
    CHECK(result.diagnosis.find("not smooth") == 0);
    CHECK(result.bound == doctest::Approx(932615.75).epsilon(1e-6));
    CHECK(result.calls <= 100);
}

TEST_CASE("smooth methods: kill and resume before and after the fallback, any number of threads") {
    // Every checkpoint leads to the bits of the undisturbed solve.
    const reference::PlanChoice plans(5, 12, 5);
    reference::Newsvendors model(3000, 8, 3, true, 2);
    const auto check = [](const auto& oracle, const Problem& problem, Method method) {
        Options options;
        options.method = method;
        options.threads = 1;
        options.relative_gap = 1e-9;
        options.max_calls = 80;
        std::vector<State> kept;
        options.checkpoint = [&](const State& state) { kept.push_back(state); };
        options.checkpoint_every = 1;
        const Result whole = maximize(oracle, problem, options);
        options.checkpoint = nullptr;
        const auto check_same = [&](const Result& other) {
            CHECK(other.bound == whole.bound);
            CHECK(other.calls == whole.calls);
            CHECK(other.multipliers == whole.multipliers);
            CHECK(other.average_use == whole.average_use);
            CHECK(other.diagnosis == whole.diagnosis);
        };
        REQUIRE(kept.size() >= 3);
        for (const State& state : kept) {
            options.resume = &state;
            check_same(maximize(oracle, problem, options));
        }
        options.resume = nullptr;
        for (const int threads : {2, 8}) {
            options.threads = threads;
            check_same(maximize(oracle, problem, options));
        }
    };
    for (const Method method : {Method::newton, Method::lbfgs}) {
        CAPTURE(static_cast<int>(method));
        check(plans, Problem{plans.b}, method);
        check(model, Problem{model.b}, method);
        model.hessian = !model.hessian;
    }
}
