// SPDX-License-Identifier: MIT
#include <meio/transport/solve.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <reference/transport.hpp>
#include <reference/transport_facts.hpp>
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
    for (const Row& row : {Row{3, 4, Kernel::tiny}, Row{60, 60, Kernel::tiny}, Row{70, 70, Kernel::dense}, Row{100, 20, Kernel::dense},
                           Row{10, 400, Kernel::tiny}, Row{20, 450, Kernel::dense}, Row{12, 500, Kernel::tiny}, Row{12, 900, Kernel::warehouse},
                           Row{2000, 10, Kernel::dense}, Row{50, 2000, Kernel::warehouse}}) {
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

TEST_CASE("generated problems with known optima by every kernel") {
    // tests/data/transport/generated.csv, exactly: up to 100 x 100 by all network kernels, 300 x 300 by three of them,
    // larger ones as the front end chooses (4000 x 4000 where MEIO_LARGE is set).
    int solved = 0;
    for (const reference::GeneratedFact& fact : reference::generated_facts()) {
        if (fact.arcs_each != 0 || (fact.sources > 2000 && std::getenv("MEIO_LARGE") == nullptr)) continue;
        CAPTURE(fact.family);
        CAPTURE(fact.sources);
        const auto in = reference::transport_instance(fact.family, fact.sources, fact.destinations, 1);
        const MatrixProblem p{fact.sources, fact.destinations, in.costs, in.supply, in.demand};
        std::vector<Kernel> chosen{Kernel::automatic};
        if (fact.sources <= 300) chosen.insert(chosen.end(), {Kernel::dense, Kernel::warehouse, Kernel::flow});
        if (fact.sources <= 100) chosen.push_back(Kernel::tiny);
        for (const Kernel kernel : chosen) {
            CAPTURE(static_cast<int>(kernel));
            Result r;
            REQUIRE(solved_by(kernel, p, {}, r));
            CHECK(r.status == core::Status::optimal);
            CHECK(r.objective == fact.optimum);
            CHECK(r.bound == fact.optimum);
            CHECK(r.certificate.primal_residual <= 0);
            CHECK(r.certificate.dual_violation <= 0);
            ++solved;
        }
    }
    CHECK(solved >= 18);
}

TEST_CASE("one monstrous entry never brings a wrong optimum") {
    // One cost, supply or demand of every evil kind, in whole and real data, by every kernel: the optimum of the problem as
    // it stands, or one error that names the field and the place.
    std::mt19937_64 random(3);
    const auto below = [&](int k) { return static_cast<int>(random() % static_cast<std::uint64_t>(k)); };
    const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    struct Evil {
        const char* field;
        double value;
        bool wrong;
    };
    constexpr double denormal = 5e-324;
    const Evil evils[] = {{"costs", std::nan(""), true}, {"costs", -infinity, true}, {"costs", 1e308, true}, {"costs", -1.1e300, true},
                          {"costs", 1e300, false}, {"costs", -1e300, false}, {"costs", 1e32, false}, {"costs", -1e32, false},
                          {"costs", 1e12, false}, {"costs", -1e12, false}, {"costs", infinity, false}, {"costs", denormal, false},
                          {"costs", -denormal, false}, {"supply", -1, true}, {"supply", std::nan(""), true}, {"supply", 1e308, true},
                          {"supply", 1e300, false}, {"demand", -denormal, true}, {"demand", std::nan(""), true},
                          {"demand", infinity, true}, {"demand", 1e308, true}, {"demand", -0.0, false}};
    for (const Evil& evil : evils)
        for (int round = 0; round < 60; ++round) {
            CAPTURE(evil.field);
            CAPTURE(evil.value);
            CAPTURE(round);
            const bool whole = round % 2 == 0;
            Options options;
            if (round % 4 < 2) options.supply = Relation::exactly;
            Owner in;
            in.m = static_cast<std::size_t>(1 + below(5));
            in.n = static_cast<std::size_t>(1 + below(5));
            for (std::size_t e = 0; e < in.m * in.n; ++e) in.costs.push_back(whole ? below(20) : unit());
            double wanted = 0;
            for (std::size_t j = 0; j < in.n; ++j) wanted += in.demand.emplace_back(whole ? below(9) + 1 : unit());
            in.supply.assign(in.m, whole ? 0.0 : wanted / static_cast<double>(in.m));
            for (double k = 0; whole && k < wanted; ++k) in.supply[static_cast<std::size_t>(below(static_cast<int>(in.m)))] += 1;
            if (options.supply == Relation::at_most) in.supply[0] += whole ? 3 : 0.3;
            const std::string field = evil.field;
            std::vector<double>& values = field == "costs" ? in.costs : field == "supply" ? in.supply : in.demand;
            const auto place = static_cast<std::size_t>(below(static_cast<int>(values.size())));
            values[place] = evil.value;
            std::string expected = std::to_string(place);
            if (field == "costs") expected = std::to_string(place / in.n) + "," + std::to_string(place % in.n);
            double best = 0;
            core::Status status{};
            for (const Kernel kernel : kernels) {
                CAPTURE(static_cast<int>(kernel));
                options.kernel = kernel;
                if (evil.wrong) {
                    std::string text;
                    try {
                        (void)transport::solve(in.view(), options);
                    } catch (const core::InputError& error) {
                        text = error.what();
                    }
                    CHECK(text.find(field) != std::string::npos);
                    // A total above the limit is not the fault of one entry.
                    if (std::abs(evil.value) != 1e308 || field == "costs") CHECK(text.find(expected) != std::string::npos);
                    continue;
                }
                const Result r = transport::solve(in.view(), options);
                if (kernel == Kernel::automatic) {
                    status = r.status;
                    best = r.objective;
                    REQUIRE((status == core::Status::optimal || status == core::Status::infeasible));
                }
                if (kernel == Kernel::flow && r.status == core::Status::stalled) continue;  // says that it proves nothing
                REQUIRE(r.status == status);
                if (status != core::Status::optimal) continue;
                CHECK(std::abs(r.objective - best) <= 1e-9 * std::abs(best) + 1e-300);
                CHECK(r.certificate.gap <= 1e-9);
                CHECK(r.certificate.primal_residual <= 1e-9 * wanted);
            }
        }
}

TEST_CASE("scales do not matter") {
    // The same problem in units of 1e-300 to 1e299: every kernel finds it optimal, with the value in these units.
    const auto in = reference::transport_instance("unif", 4, 6, 2);
    const double total = std::accumulate(in.supply.begin(), in.supply.end(), 0.0);
    for (const double money : {1e-300, 1e-30, 1.0, 1e30, 1e290})
        for (const double units : {1e-300, 1e-30, 1.0, 1e30, 1e290}) {
            CAPTURE(money);
            CAPTURE(units);
            Owner scaled{4, 6, in.costs, in.supply, in.demand};
            for (double& c : scaled.costs) c *= money;
            for (double& a : scaled.supply) a *= units;
            for (double& b : scaled.demand) b *= units;
            const double value = transport::solve(in.costs, 4, 6, in.supply, in.demand).objective;
            for (const Kernel kernel : kernels) {
                CAPTURE(static_cast<int>(kernel));
                Result r;
                REQUIRE(solved_by(kernel, scaled.view(), {}, r));
                const double expected = value * money * units;
                if (std::isinf(expected)) {
                    CHECK(r.status == core::Status::numerical_error);
                } else {
                    CHECK(r.status == core::Status::optimal);
                    CHECK(std::abs(r.objective - expected) <= 1e-9 * expected);
                    CHECK(r.certificate.primal_residual <= 1e-9 * total * units);
                }
            }
        }
}

TEST_CASE("balance is judged by scale, by every kernel") {
    // Real totals short by 1e-12 of themselves are rounding, by 1e-6 not; whole numbers have no tolerance, however large.
    std::mt19937_64 random(5);
    for (int round = 0; round < 200; ++round) {
        Owner in;
        in.m = 1 + random() % 6;
        in.n = 1 + random() % 6;
        for (std::size_t e = 0; e < in.m * in.n; ++e) in.costs.push_back(static_cast<double>(random() % 1000) / 7);
        for (std::size_t i = 0; i < in.m; ++i) in.supply.push_back(static_cast<double>(1 + random() % 1000) / 13);
        const double total = std::accumulate(in.supply.begin(), in.supply.end(), 0.0);
        in.demand.assign(in.n, total / static_cast<double>(in.n));
        for (const Kernel kernel : kernels) {
            CAPTURE(static_cast<int>(kernel));
            for (const Relation supply : {Relation::at_most, Relation::exactly})
                for (const double lack : {0.0, 1e-12, 1e-6}) {
                    CAPTURE(lack);
                    Owner changed = in;
                    for (double& b : changed.demand) b *= 1 + lack;
                    Result r;
                    REQUIRE(solved_by(kernel, changed.view(), {.supply = supply}, r));
                    CHECK(r.status == (lack > 1e-7 ? core::Status::infeasible : core::Status::optimal));
                }
        }
    }
    const Owner whole{1, 2, {1, 2}, {0x1p50}, {0x1p49, 0x1p49 + 1}};
    for (const Kernel kernel : {Kernel::automatic, Kernel::tiny, Kernel::dense, Kernel::warehouse, Kernel::flow}) {
        Result r;
        REQUIRE(solved_by(kernel, whole.view(), {}, r));
        CHECK(r.status == core::Status::infeasible);
        CHECK(r.shortage.amount == 1);
    }
}

TEST_CASE("whole numbers are exact up to the last bit") {
    // Amounts and costs whose products and sums reach 2^53: the value is that of integer arithmetic by every network kernel.
    std::mt19937_64 random(9);
    for (int round = 0; round < 300; ++round) {
        const std::size_t m = 1 + random() % 5;
        const std::size_t n = 1 + random() % 5;
        std::vector<std::vector<long long>> c(m, std::vector<long long>(n));
        std::vector<long long> a(m), b(n, 0);
        std::vector<double> costs;
        for (auto& row : c)
            for (auto& v : row) costs.push_back(static_cast<double>(v = static_cast<long long>(random() % 1000000)));
        for (auto& v : a) v = static_cast<long long>(random() % 1000000000);
        for (std::size_t i = 0; i < m; ++i) {
            long long left = a[i];
            for (std::size_t j = 0; j + 1 < n; ++j) {
                const long long part = left == 0 ? 0 : static_cast<long long>(random() % static_cast<std::uint64_t>(left));
                b[j] += part;
                left -= part;
            }
            b[n - 1] += left;
        }
        const auto truth = reference::transport(c, std::vector<std::vector<bool>>(m, std::vector<bool>(n, true)), a, b);
        if (truth.cost >= 1LL << 53) continue;
        const std::vector<double> supply(a.begin(), a.end()), demand(b.begin(), b.end());
        for (const Kernel kernel : {Kernel::automatic, Kernel::tiny, Kernel::dense, Kernel::warehouse, Kernel::flow}) {
            CAPTURE(static_cast<int>(kernel));
            Result r;
            REQUIRE(solved_by(kernel, {m, n, costs, supply, demand}, {}, r));
            CHECK(r.objective == static_cast<double>(truth.cost));
            CHECK(r.bound == r.objective);
        }
    }
}

namespace {

// Solves by every network kernel that can, and by arcs with and without capacities; each answer goes to `look`.
template <class Look>
void by_all(std::size_t m, std::size_t n, const std::vector<double>& costs, const std::vector<double>& supply,
            const std::vector<double>& demand, Options options, Look&& look) {
    for (const Kernel kernel : {Kernel::automatic, Kernel::tiny, Kernel::dense, Kernel::warehouse, Kernel::flow}) {
        CAPTURE(static_cast<int>(kernel));
        Result r;
        if (solved_by(kernel, {m, n, costs, supply, demand}, options, r)) look(r);
    }
}

}  // namespace

TEST_CASE("an optimum at the level of rounding is an optimum") {
    // The cost is an eps and the duals come from costs of 3: no sum of them can prove it, exact arithmetic does.
    by_all(3, 2, {0x1p-52, 0x1p-52, 1, 3, 3, 0}, {1, 0, 1}, {1, 0}, {}, [](const Result& r) {
        REQUIRE(r.status == core::Status::optimal);
        CHECK(r.objective == 0x1p-52);
        CHECK(r.certificate.gap <= 1e-7);
    });
    // A demand of 1e-300 beside others, at a cost that makes it all that counts.
    by_all(1, 4, {1e150, 0, 0, 0}, {13}, {1e-300, 1e-300, 41.0 / 7, 23.0 / 7}, {}, [](const Result& r) {
        REQUIRE(r.status == core::Status::optimal);
        CHECK(r.objective == doctest::Approx(1e-150).epsilon(1e-12));
    });
}

TEST_CASE("a supply beyond all measure does not hide what is short, nor cost demand its digits") {
    // From 1e26 to 1e299 beside demands of about one: the optimum, or the cut, of what matters.
    for (const double huge : {1e26, 1e32, 1e136, 1e299}) {
        CAPTURE(huge);
        by_all(2, 2, {1, 3, 2, 5}, {huge, 0.5}, {0.1, 0.7}, {}, [](const Result& r) {
            REQUIRE(r.status == core::Status::optimal);
            CHECK(r.objective == doctest::Approx(2.2).epsilon(1e-14));
            CHECK(r.certificate.primal_residual <= 1e-15);
        });
        // Only the small source reaches the second destination: half of what it wants is a shortage, not rounding.
        by_all(2, 2, {1, infinity, 2, 5}, {huge, 0.35}, {0.1, 0.7}, {}, [](const Result& r) {
            REQUIRE(r.status == core::Status::infeasible);
            CHECK(r.shortage.amount == doctest::Approx(0.35));
            CHECK(r.shortage.destinations == std::vector<std::int32_t>{1});
        });
    }
}

TEST_CASE("the largest costs that are allowed are solved and proven like others") {
    // Alone, needed among others, and not needed.
    Options options;
    options.demand = Relation::at_least;
    options.supply = Relation::exactly;
    by_all(1, 1, {1e299}, {2.5e-8}, {2.5e-8}, options, [](const Result& r) {
        REQUIRE(r.status == core::Status::optimal);
        CHECK(r.objective == doctest::Approx(2.5e291));
    });
    // Needed: it is paid. Not needed: it is as if it were not there.
    by_all(2, 2, {1e300, infinity, 0.3, 0.4}, {0.1, 0.5}, {0.1, 0.5}, {}, [](const Result& r) {
        REQUIRE(r.status == core::Status::optimal);
        CHECK(r.objective == doctest::Approx(1e299));
        CHECK(r.shipments.size() == 2);
    });
    by_all(2, 2, {1e300, 0.2, 0.3, 0.4}, {0.1, 0.5}, {0.1, 0.5}, {}, [](const Result& r) {
        REQUIRE(r.status == core::Status::optimal);
        CHECK(r.objective == doctest::Approx(0.1 * 0.2 + 0.1 * 0.3 + 0.4 * 0.4).epsilon(1e-14));
    });
}

TEST_CASE("a shortage far below the rounding of the totals still has its cut") {
    // Nothing leads to the first and third destination, which want little beside what the second has to take.
    Options options;
    options.demand = Relation::at_least;
    options.supply = Relation::exactly;
    by_all(2, 3, {infinity, 4, infinity, infinity, 1, infinity}, {0, 7.3e106}, {0.08, 104.8, 800.1}, options, [](const Result& r) {
        REQUIRE(r.status == core::Status::infeasible);
        CHECK(r.shortage.amount == doctest::Approx(800.18));
        CHECK(r.shortage.destinations == std::vector<std::int32_t>{0, 2});
    });
    // A source that ships 1e21, by rounding more than it has, does not belong to what is short elsewhere.
    options.supply = Relation::at_most;
    by_all(2, 3, {infinity, -7.15e10, -2e-10, 1e-13, 7.7e-4, 4.1e4}, {2.399981246801053e21, 1.1e-9}, {5, 6, 6.829106913703054}, options,
           [](const Result& r) {
               REQUIRE(r.status == core::Status::infeasible);
               CHECK(r.shortage.amount == doctest::Approx(5));
               CHECK(r.shortage.destinations == std::vector<std::int32_t>{0});
           });
}

TEST_CASE("a bound whose terms overflow is no bound, but the optimum stands") {
    // Duals of 1e300 at an amount of 1e150, which cancel: infinity less infinity must not become a bound.
    by_all(2, 5, {12, 0, 0, 0, 0, 1e300, 1e300, 1e300, 1e300, 1e300}, {1e150, 10}, {12, 6.5, 2.75, 1e150, 10}, {}, [](const Result& r) {
        REQUIRE(r.status == core::Status::optimal);
        CHECK(r.objective == doctest::Approx(1e301));
        CHECK(r.bound == -infinity);
        CHECK(r.certificate.gap <= 1e-7);
    });
}
