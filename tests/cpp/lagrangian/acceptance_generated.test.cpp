// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <meio/lagrangian/maximize.hpp>
#include <reference/lagrangian_instances.hpp>

using namespace meio;
using namespace meio::lagrangian;

namespace {

int calls_to(const Result& result, double target, double gap) {
    for (const HistoryEntry& entry : result.history)
        if (entry.bound >= target - gap * std::abs(target)) return entry.call + 1;
    return std::numeric_limits<int>::max();
}

Options tightly(double gap = 1e-9) {
    Options options;
    options.relative_gap = gap;
    options.threads = 1;
    return options;
}

}  // namespace

TEST_CASE("newsvendors on shared resources: certified by a plan") {
    // 1e5 products under 100 capacities: a feasible plan that knows nothing of the solver's cuts costs what the bound
    // says to 2e-6 (what scaling it down into the capacities costs), with the whole curvature and with its diagonal.
    reference::Newsvendors model(100000, 100, 3, false, 1);
    double best = 0;
    for (const bool whole : {true, false}) {
        CAPTURE(whole);
        model.hessian = whole;
        const Result result = maximize(model, Problem{model.b}, tightly());
        CHECK((core::is_success(result.status) || result.status == core::Status::stalled));
        const double plan = model.feasible_cost(result.multipliers);
        CHECK(result.bound <= plan);
        CHECK(plan - result.bound <= 2e-6 * plan);
        best = std::max(best, result.bound);
        CHECK(std::abs(result.bound - best) <= 1e-8 * best);
        if (whole) CHECK(calls_to(result, best, 1e-6) <= 5);
        else CHECK(calls_to(result, best, 1e-6) <= 9);
        CHECK(calls_to(result, best, 1e-6) <= 16);
    }
}

TEST_CASE("integer newsvendors: curvature of another function") {
    // Quantities are integers, the curvature that of the continuous problem: it shapes steps only. The recovered
    // primal, recomputed from its plans, keeps the capacities and costs what the bound says.
    struct Case {
        std::size_t products, resources;
        int calls;
    };
    for (const Case& c : {Case{100, 30, 45}, {2000, 30, 10}, {20000, 100, 12}}) {
        CAPTURE(c.products);
        reference::Logged<reference::Newsvendors> model(c.products, c.resources, 3, true, 2);
        model.hessian = true;
        const Result result = maximize(model, Problem{model.b}, tightly());
        CHECK((core::is_success(result.status) || result.status == core::Status::stalled));
        const auto recovered = model.recover(result.weights);
        CHECK(std::abs(recovered.cost - result.bound) <= 1e-6 * result.bound);
        for (std::size_t k = 0; k < c.resources; ++k) CHECK(recovered.use[k] <= model.b[k] * (1 + 1e-5));
        CHECK(calls_to(result, result.bound, 1e-6) <= c.calls);
        Options tight = tightly();
        tight.metric = Metric::identity;
        tight.max_calls = 1000;
        const Result other = maximize(model, Problem{model.b}, tight);
        CHECK(std::abs(other.bound - result.bound) <= 1e-7 * result.bound);
    }
}

TEST_CASE("newsvendors: a thousand capacities") {
    // The budget of 1000 multipliers with the diagonal, against the better of this and a quasi-Newton method.
    reference::Newsvendors model(100000, 1000, 3, false, 3);
    const Result result = maximize(model, Problem{model.b}, tightly(1e-8));
    CHECK((core::is_success(result.status) || result.status == core::Status::stalled));
    Options other = tightly(1e-8);
    other.method = Method::lbfgs;
    other.max_calls = 60;
    const double best = std::max(result.bound, maximize(model, Problem{model.b}, other).bound);
    CHECK(calls_to(result, best, 1e-6) <= 20);
}

TEST_CASE("newsvendors: ten thousand capacities") {
    // The budget of 10000 multipliers with the diagonal and default groups, against 60 calls. Takes a minute: MEIO_LONG=1.
    if (std::getenv("MEIO_LONG") == nullptr) return;
    reference::Newsvendors model(100000, 10000, 3, false, 1);
    Options options = tightly();
    options.max_calls = 60;
    const Result result = maximize(model, Problem{model.b}, options);
    CHECK(result.predicted_gap <= 1e-7);
    CHECK(calls_to(result, result.bound, 1e-6) <= 30);
}

TEST_CASE("newsvendors: a warm start") {
    // Every capacity moves by -3.3 to +0.4 %: the state of the old solve leads to the new optimum in four calls.
    reference::Newsvendors small(100000, 100, 3, false, 3);
    small.hessian = true;
    const Result before = maximize(small, Problem{small.b}, tightly());
    core::RandomStream draw(4, 0);
    for (double& b : small.b) b *= 0.967 + 0.037 * draw.uniform();
    Options warm = tightly();
    warm.start = &before.state;
    const Result after = maximize(small, Problem{small.b}, warm);
    const Result cold = maximize(small, Problem{small.b}, tightly());
    CHECK(std::abs(after.bound - cold.bound) <= 1e-8 * cold.bound);
    CHECK(calls_to(after, std::max(after.bound, cold.bound), 1e-6) <= 4);
}

TEST_CASE("one warehouse, two stores: the table of bounds and exact costs") {
    // Bound and best multiplier agree with an independent computation to all digits, and lie below the exact cost, which
    // a dynamic program over all three stocks finds. (Solved by hand on its two pieces, the second bound is
    // 39.9993524417; the table's last digit lies one lower.)
    struct Case {
        std::size_t periods, stock;
        std::vector<reference::Warehouse::Store> stores;
        double bound, multiplier, exact;
    };
    for (const Case& c : {Case{4, 16, {{2, 10}, {3, 10}}, 59.09118910, 8.324913, 62.21898057},
                          Case{4, 20, {{2, 10}, {3, 10}}, 39.99935243, 3.854071, 45.81874504},
                          Case{4, 24, {{2, 10}, {3, 10}}, 38.89584953, 0.423097, 42.34573797},
                          Case{3, 12, {{2, 4}, {3, 9}}, 29.06227982, 4.136103, 30.97973724}}) {
        CAPTURE(c.periods);
        CAPTURE(c.stock);
        reference::Logged<reference::Warehouse> model;
        model.periods = c.periods;
        model.stock = c.stock;
        model.stores = c.stores;
        const Result result = maximize(model, Problem{model.right_hand_side()}, tightly(1e-11));
        const double bound = result.bound + model.constant();
        CHECK(std::abs(bound - c.bound) <= 1.5e-8);
        CHECK(std::abs(result.multipliers[0] - c.multiplier) <= 1e-6);
        const double exact = reference::exact_cost(model);
        CHECK(std::abs(exact - c.exact) <= 1e-8);
        CHECK(bound <= exact);
        const auto recovered = model.recover(result.weights);
        CHECK(recovered.use[0] <= static_cast<double>(c.stock) + 1e-6);
        CHECK(std::abs(recovered.cost - result.bound) <= 1e-6);
    }
}
