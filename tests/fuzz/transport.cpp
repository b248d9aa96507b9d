// SPDX-License-Identifier: MIT
// libFuzzer target: transport::solve by every network kernel and with prices, TinySolver (cold, other amounts, other costs) and transport::solve_arcs (cold and
// from an earlier basis) against the slow twin.
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Itests tests/fuzz/transport.cpp -o fuzz
// Without libFuzzer, -DMEIO_FUZZ_MAIN adds a driver: fuzz SECONDS feeds it random bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <vector>

#include <meio/transport/solve.hpp>
#include <meio/transport/tiny.hpp>
#include <meio/transport/warehouse.hpp>
#include <reference/transport.hpp>

namespace {

using namespace meio;

void require(bool true_statement) {
    if (!true_statement) std::abort();
}

// A problem of whole numbers, as the slow twin and as the solvers take it.
struct Problem {
    std::size_t m = 0, n = 0;
    bool exactly = false;
    std::vector<long long> a{}, b{};
    std::vector<std::vector<long long>> c{};
    std::vector<std::vector<bool>> arc{};
    std::vector<double> supply{}, demand{}, costs{};

    void convert() {
        supply.assign(a.begin(), a.end());
        demand.assign(b.begin(), b.end());
        costs.clear();
        for (std::size_t i = 0; i < m; ++i)
            for (std::size_t j = 0; j < n; ++j)
                costs.push_back(arc[i][j] ? static_cast<double>(c[i][j]) : std::numeric_limits<double>::infinity());
    }
};

struct Truth {
    bool feasible = false;
    double cost = 0;
};

Truth truth_of(const Problem& p) {
    const auto answer = reference::transport(p.c, p.arc, p.a, p.b);
    long long total_a = 0;
    long long total_b = 0;
    for (const long long v : p.a) total_a += v;
    for (const long long v : p.b) total_b += v;
    return {answer.shipped == total_b && (!p.exactly || answer.shipped == total_a), static_cast<double>(answer.cost)};
}

void check_result(const transport::Result& r, const Truth& truth) {
    require(r.status == (truth.feasible ? core::Status::optimal : core::Status::infeasible));
    if (truth.feasible) {
        require(r.objective == truth.cost);
        require(r.certificate.gap == 0 && r.certificate.dual_violation <= 0 && r.certificate.primal_residual <= 0);
    } else {
        require(r.shortage.amount > 0 || r.surplus.amount > 0);
    }
}

// Status, objective, flows and duals, recomputed here from the input.
void check_tiny(const transport::TinySolver& solver, const Problem& p, const Truth& truth) {
    require(solver.status() == (truth.feasible ? core::Status::optimal : core::Status::infeasible));
    if (!truth.feasible) return;
    require(solver.objective() == truth.cost);
    std::vector<double> x(p.m * p.n), u(p.m), v(p.n);
    solver.flows(x);
    solver.supply_duals(u);
    solver.demand_duals(v);
    double cost = 0;
    double bound = 0;
    std::vector<double> reached(p.n, 0.0);
    for (std::size_t i = 0; i < p.m; ++i) {
        double left = p.supply[i];
        for (std::size_t j = 0; j < p.n; ++j) {
            const double flow = x[i * p.n + j];
            require(flow >= 0 && (flow == 0 || p.arc[i][j]));
            if (flow > 0) cost += flow * p.costs[i * p.n + j];
            if (p.arc[i][j]) require(p.costs[i * p.n + j] - u[i] - v[j] >= 0);
            left -= flow;
            reached[j] += flow;
        }
        require(p.exactly ? left == 0 : left >= 0);
        require(p.exactly || u[i] <= 0);
        bound += u[i] * p.supply[i];
    }
    for (std::size_t j = 0; j < p.n; ++j) {
        require(reached[j] == p.demand[j]);
        bound += v[j] * p.demand[j];
    }
    require(cost == truth.cost && bound == truth.cost);
}

// The arcs that exist, by destination; `start` may be of another problem with the same arcs.
transport::ArcResult solve_arcs(const Problem& p, const transport::Options& options, const transport::ArcBasis* start) {
    std::vector<std::int64_t> offsets{0};
    std::vector<std::int32_t> ids;
    std::vector<double> costs;
    for (std::size_t j = 0; j < p.n; ++j) {
        for (std::size_t i = 0; i < p.m; ++i) {
            if (!p.arc[i][j]) continue;
            ids.push_back(static_cast<std::int32_t>(i));
            costs.push_back(p.costs[i * p.n + j]);
        }
        offsets.push_back(static_cast<std::int64_t>(ids.size()));
    }
    transport::ArcProblem arcs;
    arcs.sources = p.m;
    arcs.offsets = offsets;
    arcs.source_ids = ids;
    arcs.costs = costs;
    arcs.supply = p.supply;
    arcs.demand = p.demand;
    return transport::solve_arcs(arcs, options, {}, start);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::size_t at = 0;
    const auto byte = [&]() -> unsigned { return at < size ? data[at++] : 0U; };
    Problem p;
    p.m = 1 + byte() % 8;
    p.n = 1 + byte() % 8;
    p.exactly = byte() % 2 == 1;
    const long long shift = byte() % 32;
    const auto draw_amounts = [&] {
        p.a.resize(p.m);
        p.b.resize(p.n);
        for (auto& v : p.a) v = byte() % 16;
        for (auto& v : p.b) v = byte() % 16;
    };
    draw_amounts();
    p.c.assign(p.m, std::vector<long long>(p.n));
    p.arc.assign(p.m, std::vector<bool>(p.n));
    for (std::size_t i = 0; i < p.m; ++i)
        for (std::size_t j = 0; j < p.n; ++j) {
            const unsigned v = byte();
            p.arc[i][j] = v < 200;
            p.c[i][j] = static_cast<long long>(v % 50) - shift;
        }
    p.convert();
    transport::Options options;
    if (p.exactly) options.supply = transport::Relation::exactly;
    transport::TinySolver tiny(p.m, p.n, options.supply);

    Truth truth = truth_of(p);
    for (const auto kernel : {transport::Kernel::automatic, transport::Kernel::tiny, transport::Kernel::dense,
                              transport::Kernel::warehouse, transport::Kernel::flow}) {
        options.kernel = kernel;
        check_result(transport::solve(p.costs, p.m, p.n, p.supply, p.demand, options), truth);
    }
    options.kernel = transport::Kernel::automatic;
    tiny.solve(p.costs, p.supply, p.demand);
    check_tiny(tiny, p, truth);
    const transport::ArcResult first = solve_arcs(p, options, nullptr);
    check_result(first, truth);

    // With prices, whose truth is what two kernels agree on and prove.
    std::vector<double> shortage(p.n), overflow(p.m);
    for (double& v : shortage) v = byte() % 4 == 0 ? std::numeric_limits<double>::infinity() : byte() % 64;
    for (double& v : overflow) v = byte() % 4 != 0 ? std::numeric_limits<double>::infinity() : byte() % 64;
    const transport::MatrixProblem priced{p.m, p.n, p.costs, p.supply, p.demand, shortage, overflow};
    transport::Options other = options;
    if (byte() % 2 == 1) other.demand = transport::Relation::at_least;
    const transport::Result one = transport::solve(priced, other);
    other.kernel = transport::Kernel::flow;
    const transport::Result two = transport::solve(priced, other);
    other.kernel = transport::Kernel::warehouse;
    const transport::Result three = transport::solve(priced, other);
    for (const transport::Result* r : {&one, &two, &three}) {
        require(r->status == one.status);
        if (r->status != core::Status::optimal) continue;
        require(r->objective == one.objective && r->bound == one.objective);
        require(r->certificate.dual_violation <= 0 && r->certificate.primal_residual <= 0);
    }

    draw_amounts();  // same costs
    p.convert();
    truth = truth_of(p);
    tiny.resolve(p.supply, p.demand);
    check_tiny(tiny, p, truth);
    const transport::ArcResult second = solve_arcs(p, options, &first.basis);
    check_result(second, truth);

    for (auto& row : p.c)  // same amounts
        for (auto& cost : row) cost += static_cast<long long>(byte() % 8) - 3;
    p.convert();
    truth = truth_of(p);
    tiny.resolve_costs(p.costs);
    check_tiny(tiny, p, truth);
    check_result(solve_arcs(p, options, &second.basis), truth);
    return 0;
}

#ifdef MEIO_FUZZ_MAIN
#include <chrono>
#include <cstdio>
#include <random>

int main(int argc, char** argv) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(argc > 1 ? std::atoi(argv[1]) : 10);
    std::mt19937_64 random(1);
    long long runs = 0;
    while (std::chrono::steady_clock::now() < end) {
        std::vector<std::uint8_t> bytes(random() % 400);
        for (auto& b : bytes) b = static_cast<std::uint8_t>(random());
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        ++runs;
    }
    std::printf("%lld runs\n", runs);
    return 0;
}
#endif
