// SPDX-License-Identifier: MIT
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>
#include <meio/lagrangian/maximize.hpp>

using namespace meio;
using namespace meio::lagrangian;

namespace {

/// Groups that pick the best of a few plans: theta_g(l) = min over plans of cost + l.use.
struct Plans {
    struct Plan {
        double cost;
        std::vector<double> use;
    };
    std::size_t multipliers = 0;
    std::vector<std::vector<Plan>> plans;

    [[nodiscard]] std::size_t size() const { return multipliers; }
    [[nodiscard]] std::size_t groups() const { return plans.size(); }
    void evaluate(std::span<const double> l, std::size_t g, Reply& reply) const {
        reply.value = std::numeric_limits<double>::infinity();
        for (std::size_t p = 0; p < plans[g].size(); ++p) {
            double value = plans[g][p].cost;
            for (std::size_t k = 0; k < multipliers; ++k) value += l[k] * plans[g][p].use[k];
            if (value < reply.value) {
                reply.value = value;
                reply.gradient = plans[g][p].use;
                reply.tag = p;
            }
        }
    }
};

Plans random_plans(std::uint64_t seed, std::size_t groups, std::size_t multipliers, std::vector<double>& b) {
    core::RandomStream draw(seed, 5);
    Plans result{multipliers, {}};
    b.assign(multipliers, 0.0);
    for (std::size_t g = 0; g < groups; ++g) {
        result.plans.emplace_back();
        for (int p = 0; p < 5; ++p) {
            Plans::Plan plan{10 * draw.uniform(), {}};
            for (std::size_t k = 0; k < multipliers; ++k) plan.use.push_back(p == 0 ? 0.0 : draw.uniform() * (10 - plan.cost));
            if (p == 0) plan.cost = 12;
            result.plans.back().push_back(plan);
        }
        for (double& value : b) value += 0.8;
    }
    return result;
}

double dual_value(const Plans& plans, std::span<const double> b, std::span<const double> l) {
    double value = 0;
    Reply reply;
    for (std::size_t g = 0; g < plans.groups(); ++g) {
        plans.evaluate(l, g, reply);
        value += reply.value;
    }
    for (std::size_t k = 0; k < b.size(); ++k) value -= l[k] * b[k];
    return value;
}

/// OR-Library facility location: theta(u) = sum u + sum_i min(0, F_i + sum_j min(0, c_ij - u_j)); relaxed: assignment.
struct FacilityLocation {
    std::size_t facilities = 0, customers = 0;
    std::vector<double> fixed, cost;

    explicit FacilityLocation(const std::string& path) {
        std::ifstream in(path);
        in >> facilities >> customers;
        std::string capacity;
        fixed.resize(facilities);
        for (double& f : fixed) in >> capacity >> f;
        cost.resize(facilities * customers);
        for (std::size_t j = 0; j < customers; ++j) {
            double demand = 0;
            in >> demand;
            for (std::size_t i = 0; i < facilities; ++i) in >> cost[i * customers + j];
        }
    }
    [[nodiscard]] std::size_t size() const { return customers; }
    [[nodiscard]] std::size_t groups() const { return facilities; }
    // Multipliers l = -u price "at most one", so that use <= b reads -sum_i x_ij <= -1.
    void evaluate(std::span<const double> u, std::size_t i, Reply& reply) const {
        reply.gradient.assign(customers, 0.0);
        double total = fixed[i];
        for (std::size_t j = 0; j < customers; ++j) total += std::min(0.0, cost[i * customers + j] - u[j]);
        reply.value = std::min(0.0, total);
        for (std::size_t j = 0; j < customers && total < 0; ++j)
            if (cost[i * customers + j] < u[j]) reply.gradient[j] = -1.0;
    }
};

std::string data_folder() {
    const char* folder = std::getenv("MEIO_DATA");
    return folder != nullptr ? folder : "../shared/data";
}

}  // namespace

TEST_CASE("one multiplier: the bound equals the best breakpoint") {
    // A concave piecewise linear function of one price peaks at a breakpoint; both methods come close, never above.
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        CAPTURE(seed);
        std::vector<double> b;
        const Plans plans = random_plans(seed, 8, 1, b);
        double best = dual_value(plans, b, std::vector<double>{0.0});
        for (const auto& group : plans.plans)
            for (const auto& p : group)
                for (const auto& q : group) {
                    const double l = (q.cost - p.cost) / (p.use[0] - q.use[0]);
                    if (std::isfinite(l) && l > 0) best = std::max(best, dual_value(plans, b, std::vector<double>{l}));
                }
        Options options;
        options.relative_gap = 1e-9;
        const Result bundle = maximize(plans, Problem{b}, options);
        CHECK(bundle.bound <= best + 1e-9 * std::abs(best));
        CHECK(bundle.bound >= best - 1e-7 * std::abs(best));
        CHECK(bundle.bound == doctest::Approx(dual_value(plans, b, bundle.multipliers)).epsilon(1e-12));
        options.method = Method::subgradient;
        options.max_calls = 300;
        const Result walk = maximize(plans, Problem{b}, options);
        CHECK(walk.bound <= best + 1e-9 * std::abs(best));
        CHECK(walk.bound >= best - 2e-2 * std::abs(best));
    }
}

TEST_CASE("many multipliers: weights recover a primal that certifies the bound") {
    // The convex combination of plans keeps the constraints and costs what the bound says: strong duality of the LP.
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        CAPTURE(seed);
        std::vector<double> b;
        const Plans plans = random_plans(seed, 16, 6, b);
        Options options;
        options.relative_gap = 1e-8;
        options.max_calls = 400;
        const Result result = maximize(plans, Problem{b}, options);
        REQUIRE(result.status == core::Status::feasible);
        double cost = 0;
        std::vector<double> use(6, 0.0), mass(16, 0.0);
        for (const Weight& w : result.weights) {
            const auto& plan = plans.plans[w.group][w.tag];
            cost += w.weight * plan.cost;
            mass[w.group] += w.weight;
            for (std::size_t k = 0; k < 6; ++k) use[k] += w.weight * plan.use[k];
        }
        for (const double m : mass) CHECK(m == doctest::Approx(1));
        for (std::size_t k = 0; k < 6; ++k) CHECK(use[k] <= b[k] * (1 + 1e-3));
        CHECK(cost == doctest::Approx(result.bound).epsilon(1e-3));
        CHECK(result.average_use[0] == doctest::Approx(use[0] - b[0]).epsilon(1e-6));
    }
}

TEST_CASE("same bits for any number of threads") {
    // The search is the same to the last bit on 1, 2 and 8 threads.
    std::vector<double> b;
    const Plans plans = random_plans(3, 40, 5, b);
    Options options;
    options.threads = 1;
    const Result one = maximize(plans, Problem{b}, options);
    for (const int threads : {2, 8}) {
        options.threads = threads;
        const Result more = maximize(plans, Problem{b}, options);
        CHECK(more.bound == one.bound);
        CHECK(more.multipliers == one.multipliers);
        CHECK(more.calls == one.calls);
    }
}

TEST_CASE("published facility location duals") {
    // cap71 and cap131: the Lagrangian bound equals the integer optimum; approached, never exceeded (skips without data).
    for (const auto& [name, value] : {std::pair{"cap71", 932615.750}, std::pair{"cap131", 793439.5625}}) {
        const std::string path = data_folder() + "/lagrangian/" + name + ".txt";
        if (!std::ifstream(path)) continue;
        const FacilityLocation oracle(path);
        Problem problem;
        problem.b.assign(oracle.size(), -1.0);
        problem.lower.assign(oracle.size(), -std::numeric_limits<double>::infinity());
        Options options;
        options.max_calls = 300;
        options.relative_gap = 1e-9;
        const Result result = maximize(oracle, problem, options);
        MESSAGE(name, " bound ", result.bound, " in ", result.calls, " calls");
        CHECK(result.bound <= value * (1 + 1e-10));
        CHECK(result.bound >= value * (1 - 1e-6));
    }
}

TEST_CASE("stops and faults") {
    // Deadlines, stop flags, certificates and broken oracles each end the search with their own status.
    std::vector<double> b;
    const Plans plans = random_plans(4, 10, 3, b);
    CHECK(maximize(plans, Problem{b}, {}, core::Context::with_time_limit(0)).status == core::Status::time_limit);
    std::atomic<bool> stop{true};
    core::Context context;
    context.stop = &stop;
    CHECK(maximize(plans, Problem{b}, {}, context).status == core::Status::interrupted);
    Options few;
    few.max_calls = 2;
    few.relative_gap = 0;
    CHECK(maximize(plans, Problem{b}, few).status == core::Status::iteration_limit);
    Options known;
    known.upper = maximize(plans, Problem{b}).bound * (1 + 1e-9);
    CHECK(maximize(plans, Problem{b}, known).status == core::Status::optimal);

    struct Broken {
        std::string how;
        [[nodiscard]] std::size_t size() const { return 2; }
        [[nodiscard]] std::size_t groups() const { return 3; }
        void evaluate(std::span<const double>, std::size_t g, Reply& reply) const {
            reply.gradient.assign(2, 1.0);
            if (g != 1) return;
            if (how == "nan") reply.value = std::nan("");
            if (how == "length") reply.gradient.resize(3);
            if (how == "throw") throw std::runtime_error("shard is gone");
        }
    };
    const Problem two{{1.0, 1.0}, {}, {}};
    const Result faulty = maximize(Broken{"nan"}, two);
    CHECK(faulty.status == core::Status::numerical_error);
    CHECK(faulty.diagnosis.find("group 1") != std::string::npos);
    CHECK_THROWS_AS((void)maximize(Broken{"length"}, two), core::InputError);
    CHECK_THROWS_AS((void)maximize(Broken{"throw"}, two), std::runtime_error);
    CHECK_THROWS_AS((void)maximize(plans, two), core::InputError);
}
