// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <meio/lagrangian/maximize.hpp>
#include <reference/lagrangian_instances.hpp>

using namespace meio;
using namespace meio::lagrangian;

namespace {

/// The path of a published instance; empty, with a message, where the folder is absent.
std::string instance(const std::string& name) {
    const std::string path = reference::data_folder() + "/lagrangian/" + name;
    if (std::filesystem::exists(path)) return path;
    MESSAGE("skipped, not found: " << path);
    return {};
}

constexpr double free_below = -std::numeric_limits<double>::infinity();

template <class Model>
Problem problem_of(const Model& model, bool free) {
    Problem problem{model.right_hand_side()};
    if (free) problem.lower.assign(model.size(), free_below);
    return problem;
}

Options tightly(int groups = 16) {
    Options options;
    options.relative_gap = 1e-9;
    options.threads = 1;
    options.cut_groups = groups;
    return options;
}

template <class Model>
double value_at(const Model& model, const std::vector<double>& b, const std::vector<double>& l) {
    double value = 0;
    Reply reply;
    for (std::size_t g = 0; g < model.groups(); ++g) {
        reply = Reply{};
        model.evaluate(l, g, reply);
        value += reply.value;
    }
    for (std::size_t k = 0; k < b.size(); ++k) value -= l[k] * b[k];
    return value;
}

/// The first call whose bound lies within a relative gap of the target.
int calls_to(const Result& result, double target, double gap) {
    for (const HistoryEntry& entry : result.history)
        if (entry.bound >= target - gap * std::abs(target)) return entry.call + 1;
    return std::numeric_limits<int>::max();
}

/// The bound is the reference to 1e-8 and not above it, is what the oracle says at the multipliers, and the recovered
/// primal, accounted for anew from its plans, keeps the relaxed constraints and costs what the bound promises.
template <class Model>
void check(const Model& model, const Problem& problem, const Result& result, double reference) {
    CAPTURE(result.diagnosis);
    CHECK((core::is_success(result.status) || result.status == core::Status::stalled));
    CHECK(result.bound <= reference + 1e-13 * std::abs(reference));
    CHECK(result.bound >= reference - 1e-8 * std::abs(reference));
    CHECK(model.answers == static_cast<std::size_t>(result.calls) * model.groups());
    CHECK(std::abs(value_at(model, problem.b, result.multipliers) - result.bound) <= 1e-12 * std::abs(reference));
    const auto recovered = model.recover(result.weights);
    CHECK(std::abs(recovered.cost - result.average_cost) <= 1e-9 * std::abs(reference));
    CHECK(std::abs(recovered.cost - reference) <= 1e-6 * std::abs(reference));
    double scale = 1;
    for (const double b : problem.b) scale = std::max(scale, std::abs(b));
    for (std::size_t k = 0; k < problem.b.size(); ++k) {
        const double excess = recovered.use[k] - problem.b[k];
        CHECK(std::abs(excess - result.average_use[k]) <= 1e-9 * scale);
        CHECK(excess <= 1e-6 * scale);
        if (!problem.lower.empty() && problem.lower[k] == free_below) CHECK(excess >= -1e-6 * scale);
    }
}

}  // namespace

// Budgets of calls are those published with the instances.

TEST_CASE("facility location: published optima") {
    // The duals of cap71, cap131 and capa have no gap to the integer optimum; capa within its budget of calls.
    struct Case {
        const char* file;
        double value;
        int calls;
    };
    for (const Case& c : {Case{"cap71.txt", 932615.750, 45}, {"cap131.txt", 793439.5625, 45}, {"capa.txt", 17156454.4783, 95}}) {
        CAPTURE(std::string(c.file));
        const std::string path = instance(c.file);
        if (path.empty()) continue;
        const reference::Logged<reference::FacilityLocation> model(path);
        const Problem problem = problem_of(model, true);
        const Result result = maximize(model, problem, tightly());
        check(model, problem, result, c.value);
        CHECK(calls_to(result, c.value, 1e-6) <= c.calls);
        CHECK(calls_to(result, c.value, 1e-6) <= 95);
    }
}

TEST_CASE("facility location: one aggregated cut") {
    // With all facilities in one group the bound is the same.
    const std::string path = instance("cap131.txt");
    if (path.empty()) return;
    const reference::Logged<reference::FacilityLocation> model(path);
    const Problem problem = problem_of(model, true);
    const Result result = maximize(model, problem, tightly(1));
    check(model, problem, result, 793439.5625);
    CHECK(calls_to(result, 793439.5625, 1e-6) <= 100);
}

TEST_CASE("p-median: published optima") {
    // One group a candidate under a price of opening: the dual value is the integer optimum.
    for (const auto& [file, value] : {std::pair{"pmed1.txt", 5819.0}, {"pmed10.txt", 1255.0}}) {
        CAPTURE(std::string(file));
        const std::string path = instance(file);
        if (path.empty()) continue;
        const reference::Logged<reference::Median> model(path);
        const Problem problem = problem_of(model, true);
        check(model, problem, maximize(model, problem, tightly()), value);
    }
}

TEST_CASE("p-median: two forms, one dual value") {
    // The p best candidates as one group, and a group a candidate under a price of opening: the integer optimum.
    const std::string path = instance("pmed1.txt");
    if (path.empty()) return;
    const reference::Logged<reference::WholeMedian> model(path);
    const Problem problem = problem_of(model, true);
    check(model, problem, maximize(model, problem, tightly()), 5819.0);
    const reference::Logged<reference::Median> split(path);
    const Problem priced = problem_of(split, true);
    check(split, priced, maximize(split, priced, tightly()), 5819.0);
}

TEST_CASE("lot sizing: dual values of Trigeiro's instances") {
    // Capacity relaxed, Wagner and Whitin an item: the known dual values, item by item and with one aggregated cut.
    struct Case {
        const char* file;
        double value;
        int calls;
    };
    for (const Case& c : {Case{"tr6-15", 37201.196450508985, 10}, {"tr12-30", 130177.20096701106, 15},
                          {"tr24-15", 136365.6881045114, 10}}) {
        CAPTURE(std::string(c.file));
        const std::string path = instance(c.file);
        if (path.empty()) continue;
        const reference::Logged<reference::LotSizing> model(path);
        const Problem problem = problem_of(model, false);
        const Result result = maximize(model, problem, tightly(static_cast<int>(model.groups())));
        check(model, problem, result, c.value);
        CHECK(calls_to(result, c.value, 1e-6) <= c.calls);
        CHECK(calls_to(result, c.value, 1e-6) <= 15);
        const reference::Logged<reference::LotSizing> again(path);
        const Result aggregated = maximize(again, problem, tightly(1));
        check(again, problem, aggregated, c.value);
        CHECK(calls_to(aggregated, c.value, 1e-6) <= 65);
    }
}

TEST_CASE("lot sizing: elastic capacity") {
    // Where overtime may be bought, multipliers stop at its price, and the reported upper bound is the recovered plan's
    // cost with its overtime, recomputed from the plans.
    const std::string path = instance("tr6-15");
    if (path.empty()) return;
    for (const double price : {0.5, 2.0, 10.0}) {
        CAPTURE(price);
        const reference::Logged<reference::LotSizing> model(path);
        Problem problem = problem_of(model, false);
        problem.upper.assign(model.size(), price);
        const Result result = maximize(model, problem, tightly());
        CHECK(result.status == core::Status::optimal);
        const auto recovered = model.recover(result.weights);
        double cost = recovered.cost;
        for (std::size_t k = 0; k < recovered.use.size(); ++k)
            cost += price * std::max(0.0, recovered.use[k] - problem.b[k]);
        CHECK(std::abs(result.model_upper - cost) <= 1e-10 * cost);
        CHECK(cost >= result.bound - 1e-10 * cost);
        CHECK(cost <= result.bound + 1e-8 * cost);
        CHECK(result.bound <= 37201.196450508985 * (1 + 1e-13));  // a relaxation of the instance without overtime
    }
}

namespace {

void check_assignment(std::size_t number) {
    const std::string path = instance("gapc.txt");
    if (path.empty()) return;
    const std::vector<double> integer{1931, 3456, 1402, 2806, 1243, 2391};
    const std::vector<double> dual{5789.0 / 3.0, 0, 9799.0 / 7.0, 0, 3725.0 / 3.0, 0};
    const auto all = reference::Assignment::read(path);
    REQUIRE(all.size() == 6);
    CAPTURE(number);
    const reference::Logged<reference::Assignment> model{all[number]};
    const Problem problem = problem_of(model, true);
    const Result result = maximize(model, problem, tightly(static_cast<int>(model.groups())));
    check(model, problem, result, dual[number] > 0 ? dual[number] : result.bound);
    CHECK(result.bound <= integer[number]);
    CHECK(result.bound >= integer[number] - 3);
}

}  // namespace

TEST_CASE("generalized assignment: dual value with exact knapsacks") {
    // The fifth instance, twenty agents and a hundred jobs, reaches its known dual value.
    check_assignment(4);
}

TEST_CASE("generalized assignment: every instance") {
    // The dual values known (odd ones), and below the integer optimum (all).
    for (std::size_t n = 0; n < 6; ++n) check_assignment(n);
}
