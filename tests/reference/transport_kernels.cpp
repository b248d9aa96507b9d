// SPDX-License-Identifier: MIT
// Every transport kernel on problems read from standard input, for tests that judge the answers elsewhere
// (tests/python/test_transport_highs.py, which also knows the format). A record is a header of 8 int32 and doubles; an
// answer is the number of kernels, then for each its number, its status and 2 + `size` doubles: objective, pivots, fields.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/transport/batch.hpp>
#include <meio/transport/dense.hpp>
#include <meio/transport/min_cost_flow.hpp>
#include <meio/transport/revised_simplex.hpp>
#include <meio/transport/solve.hpp>
#include <meio/transport/tiny.hpp>
#include <meio/transport/warehouse.hpp>
#include <reference/min_cost_flow.hpp>
#include <reference/transport.hpp>

namespace {

using namespace meio;
constexpr double infinity = std::numeric_limits<double>::infinity();
using Numbers = std::vector<double>;

enum Kernel : std::int32_t { tiny_cold, tiny_amounts, tiny_costs, batch, dense, front, warehouse, warehouse_warm, flow, flow_warm, linear, linear_rows, linear_costs, twin };
constexpr std::int32_t refused = -1;  // core::InputError

struct Reader {
    template <class T>
    bool read(T* to, std::size_t count) {
        return std::fread(to, sizeof(T), count, stdin) == count;
    }
    Numbers numbers(std::size_t count) {
        Numbers values(count);
        if (!read(values.data(), count)) std::exit(2);
        return values;
    }
};

/// The answers to one problem.
class Answers {
public:
    explicit Answers(std::size_t size) : size_(size) {}

    /// Adds an answer; `fields` is filled up with zeros.
    void add(Kernel kernel, std::int32_t status, double objective, double pivots, Numbers fields) {
        fields.resize(size_, 0.0);
        put(static_cast<std::int32_t>(kernel));
        put(status);
        put(objective);
        put(pivots);
        for (const double v : fields) put(v);
        ++count_;
    }

    void write() const {
        std::fwrite(&count_, sizeof count_, 1, stdout);
        std::fwrite(bytes_.data(), 1, bytes_.size(), stdout);
    }

private:
    template <class T>
    void put(T value) {
        const auto* from = reinterpret_cast<const unsigned char*>(&value);
        bytes_.insert(bytes_.end(), from, from + sizeof value);
    }

    std::size_t size_;
    std::int32_t count_ = 0;
    std::vector<unsigned char> bytes_;
};

void append(Numbers& to, std::span<const double> from) { to.insert(to.end(), from.begin(), from.end()); }

void append_mask(Numbers& to, std::span<const std::int32_t> members, std::size_t count) {
    const std::size_t start = to.size();
    to.resize(start + count, 0.0);
    for (const std::int32_t k : members) to[start + static_cast<std::size_t>(k)] = 1;
}

template <class Body>
void guarded(Answers& answers, Kernel kernel, Body&& body) {
    try {
        body();
    } catch (const core::InputError&) {
        answers.add(kernel, refused, 0, 0, {});
    }
}

std::int32_t code(core::Status status) { return static_cast<std::int32_t>(status); }

/// A transportation problem with everything that it may have; `other_*` is what it was before the edit.
struct Transport {
    std::size_t m, n;
    transport::Options options;
    bool whole, priced, bounded;
    Numbers costs, supply, demand, shortage_prices, overflow_prices, capacities, other_costs, other_supply, other_demand;

    Transport(Reader& in, const std::int32_t* head)
        : m(static_cast<std::size_t>(head[1])), n(static_cast<std::size_t>(head[2])), whole((head[5] & 1) != 0),
          priced((head[5] & 2) != 0), bounded((head[5] & 4) != 0) {
        options.supply = static_cast<transport::Relation>(head[3]);
        options.demand = static_cast<transport::Relation>(head[4]);
        costs = in.numbers(m * n);
        supply = in.numbers(m);
        demand = in.numbers(n);
        shortage_prices = in.numbers(n);
        overflow_prices = in.numbers(m);
        capacities = in.numbers(m * n);
        other_costs = in.numbers(m * n);
        other_supply = in.numbers(m);
        other_demand = in.numbers(n);
    }

    // Fields: flows, u, v, unserved, overflow, shortage cut (mask, amount), surplus cut (mask, amount).
    [[nodiscard]] std::size_t size() const { return m * n + 4 * (m + n) + 2; }

    [[nodiscard]] Numbers fields(const transport::Result& r, const Numbers& unserved, const Numbers& overflow) const {
        Numbers out = r.flows(m, n);
        append(out, r.supply_duals);
        append(out, r.demand_duals);
        append(out, unserved.empty() ? Numbers(n, 0.0) : unserved);
        append(out, overflow.empty() ? Numbers(m, 0.0) : overflow);
        for (const transport::Cut* cut : {&r.shortage, &r.surplus}) {
            append_mask(out, cut->sources, m);
            append_mask(out, cut->destinations, n);
            out.push_back(cut->amount);
        }
        return out;
    }

    void add_tiny(Answers& answers, Kernel kernel, const transport::TinySolver& solver) const {
        Numbers x(m * n), u(m), v(n);
        if (solver.status() == core::Status::optimal) {
            solver.flows(x);
            solver.supply_duals(u);
            solver.demand_duals(v);
        }
        append(x, u);
        append(x, v);
        answers.add(kernel, code(solver.status()), solver.objective(), static_cast<double>(solver.pivots()), x);
    }

    void run_tiny(Answers& answers) const {
        guarded(answers, tiny_cold, [&] {
            transport::TinySolver solver(m, n, options.supply);
            solver.solve(costs, supply, demand);
            add_tiny(answers, tiny_cold, solver);
        });
        guarded(answers, tiny_amounts, [&] {
            transport::TinySolver solver(m, n, options.supply);
            solver.solve(costs, other_supply, other_demand);
            solver.resolve(supply, demand);
            add_tiny(answers, tiny_amounts, solver);
        });
        guarded(answers, tiny_costs, [&] {
            transport::TinySolver solver(m, n, options.supply);
            solver.solve(other_costs, supply, demand);
            solver.resolve_costs(costs);
            add_tiny(answers, tiny_costs, solver);
        });
        guarded(answers, batch, [&] {
            Numbers supplies = other_supply, demands = other_demand;
            append(supplies, supply);
            append(demands, demand);
            const auto r = transport::solve_batch({2, m, n, costs, supplies, demands}, {options.supply, true, true, 1});
            Numbers out(r.flows.begin() + static_cast<std::ptrdiff_t>(m * n), r.flows.end());
            append(out, std::span(r.supply_duals).subspan(m));
            append(out, std::span(r.demand_duals).subspan(n));
            answers.add(batch, code(r.statuses[1]), r.objectives[1], static_cast<double>(r.pivots), out);
        });
    }

    void run_warehouse(Answers& answers) const {
        const auto solve = [&](const Numbers& c, const Numbers& a, const Numbers& b, const transport::ArcBasis* start) {
            std::vector<std::int32_t> from, to;
            Numbers arc_costs, arc_capacities;
            for (std::size_t e = 0; e < m * n; ++e) {
                if (costs[e] == infinity && other_costs[e] == infinity) continue;
                from.push_back(static_cast<std::int32_t>(e / n));
                to.push_back(static_cast<std::int32_t>(e % n));
                arc_costs.push_back(c[e]);
                if (bounded) arc_capacities.push_back(capacities[e]);
            }
            const auto table = transport::make_arcs(m, n, from, to, arc_costs, arc_capacities);
            auto problem = table.problem(a, b);
            if (priced) problem.shortage_prices = shortage_prices, problem.overflow_prices = overflow_prices;
            return transport::solve_arcs(problem, options, {}, start);
        };
        transport::ArcResult first;
        guarded(answers, warehouse, [&] {
            first = solve(costs, supply, demand, nullptr);
            answers.add(warehouse, code(first.status), first.objective, static_cast<double>(first.pivots), fields(first, first.unserved, first.overflow));
        });
        guarded(answers, warehouse_warm, [&] {
            const auto other = solve(other_costs, other_supply, other_demand, nullptr);
            const auto r = solve(costs, supply, demand, &other.basis);
            answers.add(warehouse_warm, code(r.status), r.objective, static_cast<double>(r.pivots), fields(r, r.unserved, r.overflow));
        });
    }

    // Where there are prices, one more node sends what is short or overflows and takes what is left or too much: so that
    // costs which fall for ever do so around a cycle.
    void run_flow(Answers& answers) const {
        using transport::Relation;
        std::vector<std::int32_t> from, to;
        std::vector<std::size_t> cell;
        Numbers arc_costs, earlier_costs, upper;
        const auto add = [&](std::size_t i, std::size_t j, double c, double earlier, double limit) {
            from.push_back(static_cast<std::int32_t>(i));
            to.push_back(static_cast<std::int32_t>(j));
            arc_costs.push_back(c);
            earlier_costs.push_back(earlier);
            upper.push_back(limit);
        };
        for (std::size_t e = 0; e < m * n; ++e) {
            if (costs[e] == infinity) continue;
            cell.push_back(e);
            add(e / n, m + e % n, costs[e], other_costs[e] < infinity ? other_costs[e] : costs[e], bounded ? capacities[e] : infinity);
        }
        for (std::size_t x = 0; priced && x < m + n; ++x) {
            const double price = x < m ? overflow_prices[x] : shortage_prices[x - m];
            if (price < infinity) add(m + n, x, price, price, infinity);
        }
        const std::size_t before_ends = from.size();
        for (std::size_t x = 0; priced && x < m + n; ++x)
            if ((x < m ? options.supply : options.demand) != Relation::exactly) add(x, m + n, 0, 0, infinity);
        std::vector<Relation> relations(m, priced ? Relation::exactly : options.supply);
        relations.insert(relations.end(), n, priced ? Relation::exactly : options.demand);
        relations.push_back(priced ? Relation::at_most : Relation::exactly);  // follows from the others, so it only has a sign
        const auto amounts = [&](const Numbers& a, const Numbers& b) {
            Numbers s(a);
            for (const double v : b) s.push_back(-v);
            double total = 0;
            for (const double v : s) total += v;
            s.push_back(priced && total < 0 ? -2 * total : 0.0);
            return s;
        };
        const auto report = [&](Kernel kernel, const transport::FlowResult& r) {
            Numbers out(m * n, 0.0), unserved(n, 0.0), overflow(m, 0.0);
            for (std::size_t a = 0; a < before_ends; ++a) {
                if (a < cell.size()) out[cell[a]] = r.flows[a];
                else if (static_cast<std::size_t>(to[a]) < m) overflow[static_cast<std::size_t>(to[a])] = r.flows[a];
                else unserved[static_cast<std::size_t>(to[a]) - m] = r.flows[a];
            }
            for (std::size_t x = 0; x < m + n; ++x) {
                const double price = r.potentials[x] - (priced ? r.potentials[m + n] : 0.0);
                out.push_back(x < m ? price : -price);
            }
            append(out, unserved);
            append(out, overflow);
            answers.add(kernel, code(r.status), r.objective, static_cast<double>(r.pivots), out);
        };
        transport::FlowResult other;
        const Numbers now = amounts(supply, demand);
        guarded(answers, flow, [&] { report(flow, transport::min_cost_flow({m + n + 1, from, to, arc_costs, {}, upper, now, relations})); });
        guarded(answers, flow_warm, [&] {
            const Numbers before = amounts(other_supply, other_demand);
            other = transport::min_cost_flow({m + n + 1, from, to, earlier_costs, {}, upper, before, relations});
            report(flow_warm, transport::min_cost_flow({m + n + 1, from, to, arc_costs, {}, upper, now, relations}, {}, {}, &other.basis));
        });
    }

    void run_linear(Answers& answers) const {
        const auto row_bounds = [&](std::size_t x, double amount) {
            const auto relation = x < m ? options.supply : options.demand;
            return std::pair{relation == transport::Relation::at_most ? -infinity : amount, relation == transport::Relation::at_least ? infinity : amount};
        };
        const auto program = [&](const Numbers& c, const Numbers& a, const Numbers& b) {
            transport::LinearProgram lp;
            for (std::size_t x = 0; x < m + n; ++x) {
                const auto [low, high] = row_bounds(x, x < m ? a[x] : b[x - m]);
                lp.add_row(low, high);
            }
            const double one[] = {1, 1};
            const double minus[] = {-1};
            for (std::size_t e = 0; e < m * n; ++e) {
                if (costs[e] == infinity) continue;
                const std::int32_t rows[] = {static_cast<std::int32_t>(e / n), static_cast<std::int32_t>(m + e % n)};
                lp.add_variable(c[e] < infinity ? c[e] : costs[e], 0, bounded ? capacities[e] : infinity, rows, one);
            }
            for (std::size_t x = 0; priced && x < m + n; ++x) {
                const double price = x < m ? overflow_prices[x] : shortage_prices[x - m];
                const std::int32_t rows[] = {static_cast<std::int32_t>(x)};
                if (price < infinity) lp.add_variable(price, 0, infinity, rows, x < m ? std::span<const double>(minus) : std::span<const double>(one, 1));
            }
            return lp;
        };
        const auto report = [&](Kernel kernel, const transport::LinearResult& r) {
            Numbers out(m * n, 0.0), unserved(n, 0.0), overflow(m, 0.0);
            std::size_t k = 0;
            for (std::size_t e = 0; e < m * n; ++e)
                if (costs[e] < infinity) out[e] = r.x[k++];
            for (std::size_t x = 0; priced && x < m + n; ++x)
                if ((x < m ? overflow_prices[x] : shortage_prices[x - m]) < infinity) (x < m ? overflow[x] : unserved[x - m]) = r.x[k++];
            append(out, r.row_duals);
            append(out, unserved);
            append(out, overflow);
            answers.add(kernel, code(r.status), r.objective, static_cast<double>(r.iterations), out);
        };
        guarded(answers, linear, [&] { report(linear, transport::solve_linear(program(costs, supply, demand))); });
        guarded(answers, linear_rows, [&] {
            transport::RevisedSimplex solver(program(costs, other_supply, other_demand));
            solver.solve();
            for (std::size_t x = 0; x < m + n; ++x) {
                const auto [low, high] = row_bounds(x, x < m ? supply[x] : demand[x - m]);
                solver.set_row_bounds(static_cast<std::int32_t>(x), low, high);
            }
            report(linear_rows, solver.solve());
        });
        guarded(answers, linear_costs, [&] {
            transport::RevisedSimplex solver(program(other_costs, supply, demand));
            solver.solve();
            solver.set_costs(program(costs, supply, demand).costs);
            report(linear_costs, solver.solve());
        });
    }

    void run_twin(Answers& answers) const {
        std::vector<std::vector<long long>> c(m, std::vector<long long>(n));
        std::vector<std::vector<bool>> arc(m, std::vector<bool>(n));
        for (std::size_t e = 0; e < m * n; ++e) {
            arc[e / n][e % n] = costs[e] < infinity;
            if (costs[e] < infinity) c[e / n][e % n] = static_cast<long long>(costs[e]);
        }
        const std::vector<long long> a(supply.begin(), supply.end()), b(demand.begin(), demand.end());
        const auto answer = reference::transport(c, arc, a, b);
        long long total_a = 0, total_b = 0;
        for (const long long v : a) total_a += v;
        for (const long long v : b) total_b += v;
        const bool feasible = answer.shipped == total_b && (options.supply == transport::Relation::at_most || answer.shipped == total_a);
        answers.add(twin, code(feasible ? core::Status::optimal : core::Status::infeasible), static_cast<double>(answer.cost), 0, {});
    }

    void run() const {
        Answers answers(size());
        const bool plain = !priced && !bounded;
        if (plain && options.demand == transport::Relation::exactly) run_tiny(answers);
        if (plain)
            guarded(answers, dense, [&] {
                const auto r = transport::solve_dense(costs, m, n, supply, demand, options);
                answers.add(dense, code(r.status), r.objective, static_cast<double>(r.pivots), fields(r, {}, {}));
            });
        if (!bounded)
            guarded(answers, front, [&] {
                transport::MatrixProblem problem{m, n, costs, supply, demand};
                if (priced) problem.shortage_prices = shortage_prices, problem.overflow_prices = overflow_prices;
                const auto r = transport::solve(problem, options);
                answers.add(front, code(r.status), r.objective, static_cast<double>(r.pivots), fields(r, r.unserved, r.overflow));
            });
        run_warehouse(answers);
        run_flow(answers);
        run_linear(answers);
        if (plain && whole && options.demand == transport::Relation::exactly) run_twin(answers);
        answers.write();
    }
};

/// A network: arcs with bounds, nodes that may keep units; supplies before the edit.
void run_network(Reader& in, const std::int32_t* head) {
    const auto nodes = static_cast<std::size_t>(head[1]);
    const auto arcs = static_cast<std::size_t>(head[2]);
    const bool whole = (head[5] & 1) != 0;
    const Numbers ends = in.numbers(2 * arcs), costs = in.numbers(arcs), lower = in.numbers(arcs), upper = in.numbers(arcs);
    const Numbers supply = in.numbers(nodes), keeps = in.numbers(nodes), other_supply = in.numbers(nodes), other_costs = in.numbers(arcs);
    std::vector<std::int32_t> from, to;
    for (std::size_t a = 0; a < arcs; ++a) {
        from.push_back(static_cast<std::int32_t>(ends[a]));
        to.push_back(static_cast<std::int32_t>(ends[arcs + a]));
    }
    std::vector<transport::Relation> relations;
    for (std::size_t i = 0; i < nodes; ++i)
        relations.push_back(keeps[i] == 0 ? transport::Relation::exactly : supply[i] >= 0 ? transport::Relation::at_most : transport::Relation::at_least);
    // Fields: flows, potentials, shortage cut (mask, amount), surplus cut (mask, amount), ray (mask of arcs).
    Answers answers(2 * arcs + 3 * nodes + 2);
    const auto report = [&](Kernel kernel, const transport::FlowResult& r) {
        Numbers out(r.flows);
        append(out, r.potentials);
        for (const transport::FlowCut* cut : {&r.shortage, &r.surplus}) {
            append_mask(out, cut->nodes, nodes);
            out.push_back(cut->amount);
        }
        append_mask(out, r.ray, arcs);
        answers.add(kernel, code(r.status), r.objective, static_cast<double>(r.pivots), out);
    };
    guarded(answers, flow, [&] { report(flow, transport::min_cost_flow({nodes, from, to, costs, lower, upper, supply, relations})); });
    guarded(answers, flow_warm, [&] {
        const std::vector<transport::Relation> plain(nodes, transport::Relation::exactly);
        const auto other = transport::min_cost_flow({nodes, from, to, other_costs, lower, upper, other_supply, plain});
        report(flow_warm, transport::min_cost_flow({nodes, from, to, costs, lower, upper, supply, relations}, {}, {}, &other.basis));
    });
    guarded(answers, linear, [&] {
        transport::LinearProgram lp;
        for (std::size_t i = 0; i < nodes; ++i) lp.add_row(keeps[i] != 0 ? -infinity : supply[i], supply[i]);
        for (std::size_t a = 0; a < arcs; ++a) {
            const std::int32_t rows[] = {from[a], to[a]};
            const double values[] = {1, -1};
            const bool loop = from[a] == to[a];
            lp.add_variable(costs[a], lower[a], upper[a], std::span(rows, loop ? 0 : 2), std::span(values, loop ? 0 : 2));
        }
        const auto r = transport::solve_linear(lp);
        Numbers out(r.x);
        append(out, r.row_duals);
        answers.add(linear, code(r.status), r.objective, static_cast<double>(r.iterations), out);
    });
    if (whole) {
        std::vector<reference::FlowArc> list;
        for (std::size_t a = 0; a < arcs; ++a)
            list.push_back({static_cast<std::size_t>(from[a]), static_cast<std::size_t>(to[a]), static_cast<long long>(costs[a]),
                            static_cast<long long>(lower[a]), upper[a] < infinity ? static_cast<long long>(upper[a]) : -1});
        const std::vector<long long> s(supply.begin(), supply.end());
        const std::vector<std::uint8_t> keep(keeps.begin(), keeps.end());
        const auto truth = reference::min_cost_flow(nodes, list, s, keep);
        const auto status = !truth.feasible ? core::Status::infeasible : truth.unbounded ? core::Status::unbounded : core::Status::optimal;
        answers.add(twin, code(status), static_cast<double>(truth.cost), 0, {});
    }
    answers.write();
}

/// A linear program, its matrix by columns and dense; bounds of rows and costs before the edits.
void run_linear(Reader& in, const std::int32_t* head) {
    const auto m = static_cast<std::size_t>(head[1]);
    const auto n = static_cast<std::size_t>(head[2]);
    const Numbers matrix = in.numbers(m * n), costs = in.numbers(n), lower = in.numbers(n), upper = in.numbers(n);
    const Numbers row_lower = in.numbers(m), row_upper = in.numbers(m), other_lower = in.numbers(m), other_upper = in.numbers(m), other_costs = in.numbers(n);
    const auto program = [&](const Numbers& c, const Numbers& low, const Numbers& high) {
        transport::LinearProgram lp;
        for (std::size_t i = 0; i < m; ++i) lp.add_row(low[i], high[i]);
        for (std::size_t j = 0; j < n; ++j) {
            std::vector<std::int32_t> rows;
            Numbers values;
            for (std::size_t i = 0; i < m; ++i)
                if (matrix[j * m + i] != 0) {
                    rows.push_back(static_cast<std::int32_t>(i));
                    values.push_back(matrix[j * m + i]);
                }
            lp.add_variable(c[j], lower[j], upper[j], rows, values);
        }
        return lp;
    };
    // Fields: x, row duals, Farkas multipliers, ray.
    Answers answers(2 * n + 2 * m);
    const auto report = [&](Kernel kernel, const transport::LinearResult& r) {
        Numbers out(r.x), farkas(r.farkas), ray(r.ray);
        farkas.resize(m, 0.0);
        ray.resize(n, 0.0);
        append(out, r.row_duals);
        append(out, farkas);
        append(out, ray);
        answers.add(kernel, code(r.status), r.objective, static_cast<double>(r.iterations), out);
    };
    guarded(answers, linear, [&] { report(linear, transport::solve_linear(program(costs, row_lower, row_upper))); });
    guarded(answers, linear_rows, [&] {
        transport::RevisedSimplex solver(program(costs, other_lower, other_upper));
        solver.solve();
        for (std::size_t i = 0; i < m; ++i) solver.set_row_bounds(static_cast<std::int32_t>(i), row_lower[i], row_upper[i]);
        report(linear_rows, solver.solve());
    });
    guarded(answers, linear_costs, [&] {
        transport::RevisedSimplex solver(program(other_costs, row_lower, row_upper));
        solver.solve();
        solver.set_costs(costs);
        report(linear_costs, solver.solve());
    });
    answers.write();
}

}  // namespace

int main() {
    Reader in;
    std::int32_t head[8];
    while (in.read(head, 8)) {
        if (head[0] == 0) Transport(in, head).run();
        if (head[0] == 1) run_network(in, head);
        if (head[0] == 2) run_linear(in, head);
    }
    return 0;
}
