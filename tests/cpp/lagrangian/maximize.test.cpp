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
#include <reference/lagrangian_instances.hpp>

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
        options.method = Method::volume;
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
        REQUIRE(core::is_success(result.status));
        double cost = 0;
        std::vector<double> use(6, 0.0), mass(16, 0.0);
        for (const Weight& w : result.weights) {
            const auto& plan = plans.plans[w.group][w.tag];
            cost += w.weight * plan.cost;
            mass[w.group] += w.weight;
            for (std::size_t k = 0; k < 6; ++k) use[k] += w.weight * plan.use[k];
        }
        for (const double m : mass) CHECK(m == doctest::Approx(1));
        for (std::size_t k = 0; k < 6; ++k) CHECK(use[k] <= b[k] * (1 + 1e-4));
        CHECK(cost == doctest::Approx(result.bound).epsilon(1e-5));
        CHECK(cost == doctest::Approx(result.average_cost).epsilon(1e-9));
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
    const Result short_reply = maximize(Broken{"length"}, two);
    CHECK(short_reply.status == core::Status::numerical_error);
    CHECK(short_reply.diagnosis.find("group 1") != std::string::npos);
    CHECK_THROWS_AS(std::rethrow_exception(short_reply.failure), core::InputError);
    const Result thrown = maximize(Broken{"throw"}, two);
    CHECK(thrown.status == core::Status::numerical_error);
    CHECK(thrown.diagnosis.find("group 1 threw: shard is gone") != std::string::npos);
    CHECK_THROWS_AS(std::rethrow_exception(thrown.failure), std::runtime_error);
    CHECK_THROWS_AS((void)maximize(plans, two), core::InputError);
}

TEST_CASE("a fault keeps what was found before it") {
    // An oracle that fails on its fifth call: the bound, multipliers and state of the four calls before are there, and a
    // repaired oracle goes on from them.
    std::vector<double> b;
    const Plans plans = random_plans(8, 12, 4, b);
    struct Fragile {
        const Plans* plans;
        mutable std::atomic<int> left{4 * 12};
        [[nodiscard]] std::size_t size() const { return plans->size(); }
        [[nodiscard]] std::size_t groups() const { return plans->groups(); }
        void evaluate(std::span<const double> l, std::size_t g, Reply& reply) const {
            if (--left < 0) throw std::runtime_error("gone");
            plans->evaluate(l, g, reply);
        }
    };
    const Fragile fragile{&plans};
    const Result broken = maximize(fragile, Problem{b});
    CHECK(broken.status == core::Status::numerical_error);
    CHECK(broken.calls == 4);
    CHECK(broken.bound == doctest::Approx(dual_value(plans, b, broken.multipliers)).epsilon(1e-12));
    Options options;
    options.resume = &broken.state;
    const Result mended = maximize(plans, Problem{b}, options);
    CHECK(mended.bound == maximize(plans, Problem{b}).bound);
}

TEST_CASE("a killed solve resumes with the same bits") {
    // From the checkpoint of any call, through bytes, the search is the undisturbed one: bounds, multipliers, weights.
    std::vector<double> b;
    const Plans plans = random_plans(9, 40, 12, b);
    Options options;
    options.relative_gap = 1e-9;
    options.cut_groups = 2;
    const Result whole = maximize(plans, Problem{b}, options);
    REQUIRE(whole.calls > 12);
    for (int kill = 1; kill < whole.calls; ++kill) {
        CAPTURE(kill);
        std::vector<std::uint8_t> bytes;
        Options first = options;
        first.checkpoint_every = kill;
        first.checkpoint = [&](const State& state) {
            if (bytes.empty()) bytes = state.to_bytes();
        };
        first.max_calls = kill + kill % 2;
        const Result killed = maximize(plans, Problem{b}, first);
        REQUIRE(!bytes.empty());
        // From the checkpoint, or from the result of the solve that was cut short.
        const State state = State::from_bytes(kill % 3 == 0 ? killed.state.to_bytes() : bytes);
        Options second = options;
        second.resume = &state;
        const Result resumed = maximize(plans, Problem{b}, second);
        CHECK(resumed.bound == whole.bound);
        CHECK(resumed.multipliers == whole.multipliers);
        CHECK(resumed.calls == whole.calls);
        CHECK(resumed.average_use == whole.average_use);
        REQUIRE(resumed.weights.size() == whole.weights.size());
        for (std::size_t w = 0; w < whole.weights.size(); ++w) {
            CHECK(resumed.weights[w].tag == whole.weights[w].tag);
            CHECK(resumed.weights[w].weight == whole.weights[w].weight);
        }
        for (std::size_t h = 0; h < whole.history.size(); ++h) CHECK(resumed.history[h].value == whole.history[h].value);
    }
}

TEST_CASE("resumed and threaded with curvature: the same bits") {
    // In each metric, with bounds: a solve stopped after any call goes on with the same bits, on any number of threads.
    reference::Newsvendors model(400, 12, 3, true, 5);
    for (const Metric metric : {Metric::hessian, Metric::diagonal, Metric::usage, Metric::identity, Metric::lbfgs}) {
        CAPTURE(static_cast<int>(metric));
        model.hessian = metric == Metric::hessian;
        Options options;
        options.metric = metric;
        options.relative_gap = 1e-9;
        options.max_cuts = 6;
        options.max_idle = 4;
        options.threads = 1;
        const Result whole = maximize(model, Problem{model.b}, options);
        for (int kill = 1; kill < whole.calls; kill += 2) {
            CAPTURE(kill);
            Options first = options;
            first.max_calls = kill;
            const State state = State::from_bytes(maximize(model, Problem{model.b}, first).state.to_bytes());
            Options second = options;
            second.resume = &state;
            second.threads = kill % 3 == 0 ? 8 : 2;
            const Result resumed = maximize(model, Problem{model.b}, second);
            CHECK(resumed.calls == whole.calls);
            CHECK(resumed.status == whole.status);
            CHECK(resumed.bound == whole.bound);
            CHECK(resumed.model_upper == whole.model_upper);
            CHECK(resumed.predicted_gap == whole.predicted_gap);
            CHECK(resumed.residual == whole.residual);
            CHECK(resumed.average_cost == whole.average_cost);
            CHECK(resumed.inconsistency == whole.inconsistency);
            CHECK(resumed.multipliers == whole.multipliers);
            CHECK(resumed.average_use == whole.average_use);
        }
    }
}

TEST_CASE("a warm start after changed right-hand sides") {
    // With every capacity moved by up to 4 %, the cuts of the solve before leave little to do, and the bound is right.
    std::vector<double> b;
    const Plans plans = random_plans(10, 200, 8, b);
    Options options;
    const Result before = maximize(plans, Problem{b}, options);
    core::RandomStream draw(1, 1);
    for (double& value : b) value *= 0.96 + 0.06 * draw.uniform();
    const Result cold = maximize(plans, Problem{b}, options);
    options.start = &before.state;
    const Result warm = maximize(plans, Problem{b}, options);
    CHECK(warm.bound == doctest::Approx(cold.bound).epsilon(2e-6));
    CHECK(warm.calls <= cold.calls / 2);
}

TEST_CASE("a warm start after changed plans") {
    // Cuts of groups that are said to have changed are dropped; the bound is that of the new plans, never above.
    std::vector<double> b;
    Plans plans = random_plans(11, 30, 5, b);
    const Result before = maximize(plans, Problem{b});
    Options options;
    for (const std::size_t g : {std::size_t{3}, std::size_t{17}}) {
        for (auto& plan : plans.plans[g]) plan.cost *= 0.5;
        options.changed_groups.push_back(g);
    }
    options.relative_gap = 1e-9;
    const Result cold = maximize(plans, Problem{b}, options);
    options.start = &before.state;
    const Result warm = maximize(plans, Problem{b}, options);
    CHECK(warm.bound == doctest::Approx(cold.bound).epsilon(1e-8));
    CHECK(warm.bound == doctest::Approx(dual_value(plans, b, warm.multipliers)).epsilon(1e-12));
}

TEST_CASE("elastic capacity: the upper bound is a recomputed cost") {
    // With an overflow price on every resource the cuts certify an upper bound: the recovered plan's cost with its
    // overflow paid, recomputed here from the plans themselves.
    for (std::uint64_t seed = 30; seed < 40; ++seed) {
        CAPTURE(seed);
        std::vector<double> b;
        const Plans plans = random_plans(seed, 20, 6, b);
        Problem problem{b, {}, std::vector<double>(6, 0.4)};
        Options options;
        options.relative_gap = 1e-7;
        const Result result = maximize(plans, problem, options);
        REQUIRE(result.status == core::Status::optimal);
        double cost = 0;
        std::vector<double> use(6, 0.0);
        for (const Weight& w : result.weights) {
            cost += w.weight * plans.plans[w.group][w.tag].cost;
            for (std::size_t k = 0; k < 6; ++k) use[k] += w.weight * plans.plans[w.group][w.tag].use[k];
        }
        for (std::size_t k = 0; k < 6; ++k) cost += 0.4 * std::max(0.0, use[k] - b[k]);
        CHECK(result.model_upper >= result.bound * (1 - 1e-12));
        CHECK(cost == doctest::Approx(result.model_upper).epsilon(1e-7));
    }
}

TEST_CASE("wrong options and a wrong problem are one error") {
    // Options and right-hand sides are checked in one pass, so that nobody mends one to be told of the other.
    struct Constant {
        std::size_t size() const { return 1; }
        std::size_t groups() const { return 1; }
        void evaluate(std::span<const double>, std::size_t, Reply& reply) const {
            reply.value = 1;
            reply.gradient = {0.0};
        }
    };
    Options options;
    options.relative_gap = -1;
    try {
        (void)maximize(Constant{}, Problem{{std::nan("")}, {2.0}, {1.0}}, options);
        FAIL("no error");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 3);
    }
}
