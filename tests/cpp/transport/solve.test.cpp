// SPDX-License-Identifier: MIT
#include <meio/transport/solve.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <reference/transport.hpp>
#include <reference/transport_instances.hpp>

using namespace meio;
using transport::Kernel;
using transport::MatrixProblem;
using transport::Options;
using transport::Relation;
using transport::Result;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Kernel kernels[] = {Kernel::automatic, Kernel::tiny, Kernel::dense, Kernel::warehouse, Kernel::flow, Kernel::linear};

struct Owner {
    std::size_t m = 0, n = 0;
    std::vector<double> costs{}, supply{}, demand{}, shortage{}, overflow{};
    [[nodiscard]] MatrixProblem view() const { return {m, n, costs, supply, demand, shortage, overflow}; }
};

// The result of a kernel, or nothing where it says that it cannot take the problem.
bool solved_by(Kernel kernel, const MatrixProblem& p, Options options, Result& result) {
    options.kernel = kernel;
    try {
        result = transport::solve(p, options);
    } catch (const core::InputError& error) {
        CHECK(std::string(error.what()).find("kernel") != std::string::npos);
        return false;
    }
    return true;
}

// Flows, shortage, overflow and duals against the definition.
void check_optimal(const MatrixProblem& p, const Options& options, const Result& r, double tolerance) {
    REQUIRE(r.status == core::Status::optimal);
    std::vector<double> left(p.supply.begin(), p.supply.end()), wanted(p.demand.begin(), p.demand.end());
    double cost = 0;
    double dual = 0;
    for (const auto& s : r.shipments) {
        const auto i = static_cast<std::size_t>(s.source);
        const auto j = static_cast<std::size_t>(s.destination);
        CHECK(s.amount > 0);
        left[i] -= s.amount;
        wanted[j] -= s.amount;
        cost += s.amount * p.costs[i * p.destinations + j];
        CHECK(p.costs[i * p.destinations + j] - r.supply_duals[i] - r.demand_duals[j] <= tolerance);
    }
    for (std::size_t i = 0; i < p.sources; ++i) {
        if (!r.overflow.empty() && r.overflow[i] > 0) left[i] += r.overflow[i], cost += r.overflow[i] * p.overflow_prices[i];
        CHECK(left[i] >= -tolerance);
        if (options.supply == Relation::exactly) CHECK(left[i] <= tolerance);
        else CHECK(r.supply_duals[i] <= tolerance);
        if (!p.overflow_prices.empty()) CHECK(r.supply_duals[i] >= -p.overflow_prices[i] - tolerance);
        if (p.supply[i] < infinity) dual += p.supply[i] * r.supply_duals[i];
    }
    for (std::size_t j = 0; j < p.destinations; ++j) {
        if (!r.unserved.empty() && r.unserved[j] > 0) wanted[j] -= r.unserved[j], cost += r.unserved[j] * p.shortage_prices[j];
        CHECK(wanted[j] <= tolerance);
        if (options.demand == Relation::exactly) CHECK(wanted[j] >= -tolerance);
        else CHECK(r.demand_duals[j] >= -tolerance);
        if (!p.shortage_prices.empty()) CHECK(r.demand_duals[j] <= p.shortage_prices[j] + tolerance);
        dual += p.demand[j] * r.demand_duals[j];
    }
    for (std::size_t e = 0; e < p.costs.size(); ++e)
        CHECK(p.costs[e] - r.supply_duals[e / p.destinations] - r.demand_duals[e % p.destinations] >= -tolerance);
    const double scale = std::max(1.0, std::abs(cost));
    CHECK(std::abs(cost - r.objective) <= tolerance * scale);
    CHECK(std::abs(cost - dual) <= 100 * tolerance * scale);
    CHECK(r.certificate.gap <= 1e-12 + 100 * tolerance);
    CHECK(r.certificate.dual_violation <= tolerance);
    CHECK(r.certificate.primal_residual <= tolerance);
    CHECK(r.bound <= r.objective);
}

}  // namespace

TEST_CASE("published problems by every kernel") {
    // Each kernel that can take a published problem reproduces its optimum with a certificate, and says its name.
    for (const reference::TransportFact& fact : reference::transport_facts()) {
        CAPTURE(fact.name);
        const Options options{.demand = fact.demand_relation};
        const MatrixProblem p{fact.supply.size(), fact.demand.size(), fact.costs, fact.supply, fact.demand};
        for (const Kernel kernel : kernels) {
            CAPTURE(static_cast<int>(kernel));
            Result r;
            REQUIRE(solved_by(kernel, p, options, r));
            CHECK(r.kernel == (kernel == Kernel::automatic ? Kernel::tiny : kernel));
            check_optimal(p, options, r, kernel == Kernel::linear ? 1e-8 : 1e-9);
            CHECK(r.objective == doctest::Approx(fact.optimum).epsilon(1e-9));
        }
    }
}

TEST_CASE("every kernel gives the same answer") {
    // 3,000 problems of whole numbers with all relations, absent arcs and prices: status and value do not depend on the
    // kernel, and each answer proves itself; the network kernels are exact.
    std::mt19937_64 random(11);
    const auto below = [&](int k) { return static_cast<int>(random() % static_cast<std::uint64_t>(k)); };
    int counts[6] = {};
    int refused = 0;
    for (int round = 0; round < 3000; ++round) {
        CAPTURE(round);
        Owner in;
        in.m = static_cast<std::size_t>(1 + below(6));
        in.n = static_cast<std::size_t>(1 + below(6));
        const int range = round % 3 == 0 ? 3 : 50;
        const int shift = round % 5 == 0 ? 20 : 0;
        for (std::size_t e = 0; e < in.m * in.n; ++e) in.costs.push_back(round % 4 == 0 && below(3) == 0 ? infinity : below(range) - shift);
        double wanted = 0;
        for (std::size_t j = 0; j < in.n; ++j) wanted += in.demand.emplace_back(below(20));
        in.supply.assign(in.m, 0.0);
        for (double left = wanted + (below(3) == 0 ? below(21) - 5 : 0); left > 0; --left) in.supply[static_cast<std::size_t>(below(static_cast<int>(in.m)))] += 1;
        if (round % 6 == 1 || round % 6 == 3)
            for (std::size_t j = 0; j < in.n; ++j) in.shortage.push_back(below(5) == 0 ? infinity : below(80));
        if (round % 6 == 2 || round % 6 == 3)
            for (std::size_t i = 0; i < in.m; ++i) in.overflow.push_back(below(3) == 0 ? infinity : below(80));
        Options options;
        if (below(3) == 0) options.supply = Relation::exactly;
        if (below(3) == 0) options.demand = Relation::at_least;
        Result first;
        REQUIRE(solved_by(Kernel::automatic, in.view(), options, first));
        CHECK(first.kernel != Kernel::automatic);
        for (const Kernel kernel : kernels) {
            CAPTURE(static_cast<int>(kernel));
            Result r;
            if (!solved_by(kernel, in.view(), options, r)) {
                CHECK((kernel == Kernel::tiny || kernel == Kernel::dense));
                ++refused;
                continue;
            }
            ++counts[static_cast<int>(kernel)];
            REQUIRE(r.status == first.status);
            if (r.status == core::Status::optimal) {
                CHECK(r.kernel == (kernel == Kernel::automatic ? first.kernel : kernel));
                check_optimal(in.view(), options, r, kernel == Kernel::linear ? 1e-8 : 0.0);
                if (kernel == Kernel::linear) CHECK(r.objective == doctest::Approx(first.objective).epsilon(1e-9));
                else CHECK(r.objective == first.objective);
            } else if (r.status == core::Status::infeasible) {
                CHECK((r.shortage.amount > 0 || r.surplus.amount > 0));
                CHECK(r.bound == infinity);
            } else {
                REQUIRE(r.status == core::Status::unbounded);
                const auto i = static_cast<std::size_t>(r.ray.source);
                CHECK(in.costs[i * in.n + static_cast<std::size_t>(r.ray.destination)] + in.overflow[i] < 0);
            }
        }
    }
    for (const int count : counts) CHECK(count > 1000);
    CHECK(refused > 100);
}

TEST_CASE("the choice follows the shape") {
    // Small, square, long and wide shapes go to the kernel measured fastest, and long ones give the same value as dense.
    struct Row {
        std::size_t m, n;
        Kernel expected;
    };
    for (const Row& row : {Row{3, 4, Kernel::tiny}, Row{40, 40, Kernel::tiny}, Row{50, 50, Kernel::dense}, Row{20, 400, Kernel::dense},
                           Row{10, 2000, Kernel::warehouse}, Row{2000, 10, Kernel::dense}, Row{50, 2000, Kernel::warehouse}}) {
        CAPTURE(row.m);
        CAPTURE(row.n);
        for (const char* family : {"unif", "unbal"}) {
            const auto in = reference::transport_instance(family, row.m, row.n, 1);
            const MatrixProblem p{row.m, row.n, in.costs, in.supply, in.demand};
            for (const Relation supply : {Relation::at_most, Relation::exactly})
                for (const Relation demand : {Relation::exactly, Relation::at_least}) {
                    if (supply == Relation::exactly && demand == Relation::exactly && family[4] == 'l') continue;
                    const Options options{supply, demand};
                    const Result r = transport::solve(p, options);
                    if (demand == Relation::exactly) CHECK(r.kernel == row.expected);
                    for (const Kernel kernel : {Kernel::dense, Kernel::warehouse}) {
                        Result other;
                        REQUIRE(solved_by(kernel, p, options, other));
                        CHECK(r.objective == other.objective);
                        check_optimal(p, options, other, 0.0);
                    }
                    check_optimal(p, options, r, 0.0);
                }
        }
    }
}

TEST_CASE("shortage and overflow are bought where they pay") {
    // One unit short: served dear, left short or sent beyond the supply, whichever is cheapest, with the price as dual.
    Owner in{2, 2, {1, 9, 9, 1}, {5, 4}, {5, 5}, {20, 6}, {infinity, 30}};
    const Result shortage = transport::solve(in.view());
    CHECK(shortage.objective == 15);
    CHECK(shortage.unserved == std::vector<double>{0, 1});
    CHECK(shortage.demand_duals[1] == 6);
    in.overflow = {infinity, 3};
    const Result overflow = transport::solve(in.view());
    CHECK(overflow.objective == 13);
    CHECK(overflow.overflow == std::vector<double>{0, 1});
    CHECK(overflow.supply_duals[1] == -3);
    in.shortage = in.overflow = {infinity, infinity};
    CHECK(transport::solve(in.view()).status == core::Status::infeasible);
}

TEST_CASE("unlimited supply by every kernel") {
    // An infinite supply never binds and has dual zero, whatever the method.
    const std::vector<double> costs{4, 7, 2, 1}, supply{infinity, 3}, demand{5, 6};
    for (const Kernel kernel : kernels) {
        CAPTURE(static_cast<int>(kernel));
        Result r;
        REQUIRE(solved_by(kernel, {2, 2, costs, supply, demand}, {}, r));
        CHECK(r.status == core::Status::optimal);
        CHECK(r.objective == doctest::Approx(44));
        CHECK(r.supply_duals[0] == 0);
    }
}

TEST_CASE("wrong prices are named with everything else") {
    // A negative price, a NaN cost and a negative supply appear in one error, by field and place.
    const Owner in{1, 2, {std::nan(""), 1}, {-1}, {1, 1}, {-3, 1}, {}};
    std::string text;
    try {
        (void)transport::solve(in.view());
    } catch (const core::InputError& error) {
        text = error.what();
    }
    for (const char* part : {"costs", "0,0", "supply", "shortage_prices"}) CHECK(text.find(part) != std::string::npos);
    const std::vector<double> three{1, 2, 3};
    MatrixProblem shape = in.view();
    shape.overflow_prices = three;
    CHECK_THROWS_AS((void)transport::solve(shape), core::InputError);
}

TEST_CASE("small problems honour stops too") {
    // A stop flag set beforehand leaves a small problem unsolved with a valid bound.
    const auto in = reference::transport_instance("unif", 5, 5, 1);
    std::atomic<bool> flag{true};
    core::Context stopped;
    stopped.stop = &flag;
    const Result r = transport::solve(in.costs, 5, 5, in.supply, in.demand, {}, stopped);
    CHECK(r.status == core::Status::interrupted);
    CHECK(r.bound <= transport::solve(in.costs, 5, 5, in.supply, in.demand).objective);
}
