// SPDX-License-Identifier: MIT
#include <pybind11/native_enum.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/transport/arc_result.hpp>
#include <meio/transport/arcs.hpp>
#include <meio/transport/batch.hpp>
#include <meio/transport/matrix_problem.hpp>
#include <meio/transport/solve.hpp>
#include <meio/transport/tiny.hpp>
#include <meio/transport/warehouse.hpp>

#include "bind_transport.hpp"
#include "interruptible.hpp"
#include "register.hpp"

namespace py = pybind11;
using namespace meio;

namespace {

// Problems of a millisecond or two (matrices) or less (arcs, whose nodes may be more): a thread would take a tenth as long.
constexpr py::ssize_t few_costs = 131072;
constexpr py::ssize_t few_arcs = 16384;

py::dict fields_of(transport::Result& result) {
    const auto count = static_cast<py::ssize_t>(result.shipments.size());
    py::array_t<std::int32_t> from(count);
    py::array_t<std::int32_t> to(count);
    py::array_t<double> amount(count);
    std::int32_t* source = from.mutable_data();
    std::int32_t* destination = to.mutable_data();
    double* shipped = amount.mutable_data();
    for (const transport::Shipment& shipment : result.shipments) {
        *source++ = shipment.source;
        *destination++ = shipment.destination;
        *shipped++ = shipment.amount;
    }
    const auto cut = [](const transport::Cut& c) -> py::object {
        if (c.empty()) return py::none();
        return py::make_tuple(copy(c.sources), copy(c.destinations), c.amount);
    };
    py::dict out;
    out["status"] = result.status;
    out["objective"] = result.objective;
    out["bound"] = result.bound;
    out["sources"] = from;
    out["destinations"] = to;
    out["amounts"] = amount;
    out["supply_duals"] = owned(std::move(result.supply_duals));
    out["demand_duals"] = owned(std::move(result.demand_duals));
    out["dual_violation"] = result.certificate.dual_violation;
    out["primal_residual"] = result.certificate.primal_residual;
    out["gap"] = result.certificate.gap;
    out["shortage"] = cut(result.shortage);
    out["surplus"] = cut(result.surplus);
    out["unserved"] = owned(std::move(result.unserved));
    out["overflow"] = owned(std::move(result.overflow));
    out["ray"] = py::make_tuple(result.ray.source, result.ray.destination);
    out["kernel"] = result.kernel;
    out["pivots"] = result.pivots;
    out["seconds"] = result.seconds;
    return out;
}

py::dict solve(const Array& costs, const Array& supply, const Array& demand, const Array& shortage_prices,
               const Array& overflow_prices, const transport::Options& options, std::optional<double> time_limit) {
    const transport::MatrixProblem problem{static_cast<std::size_t>(costs.shape(0)), static_cast<std::size_t>(costs.shape(1)),
                                           view(costs), view(supply), view(demand), view(shortage_prices), view(overflow_prices)};
    transport::Result result = run_sized(costs.size() <= few_costs, limited(time_limit), [&](const core::Context& running) {
        return transport::solve(problem, options, running);
    });
    return fields_of(result);
}

/// A lower bound that needs no sorted arcs: every destination served by its cheapest, whatever the supply.
double cheapest_service(std::span<const std::int32_t> to, std::span<const double> costs, std::span<const double> demand,
                        std::span<const double> shortage_prices, bool at_least) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::vector<double> least(demand.size(), infinity);
    std::copy(shortage_prices.begin(), shortage_prices.begin() + static_cast<std::ptrdiff_t>(std::min(shortage_prices.size(), least.size())),
              least.begin());
    for (std::size_t e = 0; e < std::min(to.size(), costs.size()); ++e) {
        if (to[e] < 0 || static_cast<std::size_t>(to[e]) >= least.size()) continue;
        if (at_least && costs[e] < 0) return -infinity;
        double& price = least[static_cast<std::size_t>(to[e])];
        if (costs[e] < price) price = costs[e];
    }
    double bound = 0;
    for (std::size_t j = 0; j < demand.size(); ++j)
        if (demand[j] > 0 && least[j] < infinity) bound += demand[j] * least[j];
    return bound;
}

py::dict solve_arcs(std::size_t sources, std::size_t destinations, const Indices& from, const Indices& to, const Array& costs,
                    const Array& supply, const Array& demand, const Array& capacities, const Array& shortage_prices,
                    const Array& overflow_prices, const std::optional<transport::ArcBasis>& start,
                    const transport::Options& options, std::optional<double> time_limit) {
    std::vector<std::int64_t> arcs;  // where each shipment's arc stands in the caller's list
    const bool small = costs.size() <= few_arcs;
    transport::ArcResult result = run_sized(small, limited(time_limit), [&](const core::Context& running) {
        const transport::ArcTable table =
            transport::make_arcs(sources, destinations, view(from), view(to), view(costs), view(capacities), running);
        transport::ArcProblem problem = table.problem(view(supply), view(demand));
        problem.shortage_prices = view(shortage_prices);
        problem.overflow_prices = view(overflow_prices);
        transport::ArcResult found = transport::solve_arcs(problem, options, running, start ? &*start : nullptr);
        if (table.stopped) {  // what was solved has no arcs: the status, the shapes and this bound are all that is known
            found.status = *table.stopped;
            found.bound = cheapest_service(view(to), view(costs), problem.demand, problem.shortage_prices,
                                           options.demand == transport::Relation::at_least);
            found.shortage = found.surplus = {};
            found.certificate.gap = std::numeric_limits<double>::infinity();
        }
        arcs.reserve(found.shipments.size());
        for (const transport::Shipment& shipment : found.shipments) {
            const auto j = static_cast<std::size_t>(shipment.destination);
            auto e = static_cast<std::size_t>(table.offsets[j]);
            while (table.source_ids[e] != shipment.source) ++e;
            arcs.push_back(table.positions[e]);
        }
        return found;
    });
    py::dict out = fields_of(result);
    transport::ArcBasis& basis = result.basis;
    out["arcs"] = owned(std::move(arcs));
    out["basis"] = py::make_tuple(owned(std::move(basis.slots)), owned(std::move(basis.source_parents)),
                                  owned(std::move(basis.source_slots)), owned(std::move(basis.full)), owned(std::move(basis.prices)));
    return out;
}

py::dict solve_batch(std::size_t scenarios, std::size_t sources, std::size_t destinations, const Array& costs, const Array& supply,
                     const Array& demand, const transport::BatchOptions& options, std::optional<double> time_limit) {
    transport::BatchResult result = run_interruptible(limited(time_limit), [&](const core::Context& running) {
        return transport::solve_batch({scenarios, sources, destinations, view(costs), view(supply), view(demand)}, options, running);
    });
    py::array_t<std::int32_t> statuses(static_cast<py::ssize_t>(scenarios));
    for (std::size_t s = 0; s < scenarios; ++s)
        statuses.mutable_at(static_cast<py::ssize_t>(s)) = static_cast<std::int32_t>(result.statuses[s]);
    py::dict out;
    out["status"] = result.status;
    out["statuses"] = statuses;
    out["objectives"] = copy(result.objectives);
    out["supply_duals"] = owned(std::move(result.supply_duals));
    out["demand_duals"] = owned(std::move(result.demand_duals));
    out["flows"] = owned(std::move(result.flows));
    out["pivots"] = result.pivots;
    out["seconds"] = result.seconds;
    return out;
}

/// A warm solver and the arrays that Python reads from it.
class WarmSolver {
public:
    WarmSolver(std::size_t sources, std::size_t destinations, transport::Relation supply) : solver_(sources, destinations, supply) {}

    core::Status solve(const Array& costs, const Array& supply, const Array& demand) {
        const py::gil_scoped_release release;
        return solver_.solve(view(costs), view(supply), view(demand));
    }
    core::Status resolve(const Array& supply, const Array& demand) {
        const py::gil_scoped_release release;
        return solver_.resolve(view(supply), view(demand));
    }
    core::Status resolve_costs(const Array& costs) {
        const py::gil_scoped_release release;
        return solver_.resolve_costs(view(costs));
    }
    [[nodiscard]] double objective() const { return solver_.objective(); }
    [[nodiscard]] std::int64_t pivots() const { return solver_.pivots(); }
    [[nodiscard]] py::array_t<double> supply_duals() const {
        std::vector<double> u(solver_.sources());
        solver_.supply_duals(u);
        return copy(u);
    }
    [[nodiscard]] py::array_t<double> demand_duals() const {
        std::vector<double> v(solver_.destinations());
        solver_.demand_duals(v);
        return copy(v);
    }
    [[nodiscard]] py::array_t<double> flows() const {
        py::array_t<double> x({static_cast<py::ssize_t>(solver_.sources()), static_cast<py::ssize_t>(solver_.destinations())});
        solver_.flows({x.mutable_data(), static_cast<std::size_t>(x.size())});
        return x;
    }

private:
    transport::TinySolver solver_;
};

}  // namespace

void register_transport(py::module_& module) {
    auto m = module.def_submodule("transport", "The transportation problem; use meio.transport.");
    py::native_enum<transport::Relation>(m, "Relation", "enum.Enum", "How shipped amounts relate to the given ones.")
        .value("AT_MOST", transport::Relation::at_most)
        .value("EXACTLY", transport::Relation::exactly)
        .value("AT_LEAST", transport::Relation::at_least)
        .finalize();
    py::native_enum<transport::Kernel>(m, "Kernel", "enum.Enum", "Which method solves a transportation problem.")
        .value("AUTOMATIC", transport::Kernel::automatic)
        .value("TINY", transport::Kernel::tiny)
        .value("DENSE", transport::Kernel::dense)
        .value("WAREHOUSE", transport::Kernel::warehouse)
        .value("FLOW", transport::Kernel::flow)
        .value("LINEAR", transport::Kernel::linear)
        .finalize();
    m.def(
        "solve",
        [](const Array& costs, const Array& supply, const Array& demand, const Array& shortage_prices, const Array& overflow_prices,
           transport::Relation supply_relation, transport::Relation demand_relation, double balance_tolerance, std::int64_t max_pivots,
           transport::Kernel kernel, std::optional<double> time_limit) {
            return solve(costs, supply, demand, shortage_prices, overflow_prices,
                         {supply_relation, demand_relation, balance_tolerance, max_pivots, kernel}, time_limit);
        },
        py::arg("costs"), py::arg("supply"), py::arg("demand"), py::kw_only(), py::arg("shortage_prices"), py::arg("overflow_prices"),
        py::arg("supply_relation"), py::arg("demand_relation"), py::arg("balance_tolerance"), py::arg("max_pivots"), py::arg("kernel"),
        py::arg("time_limit"),
        "Two-dimensional costs, one-dimensional amounts; returns the result's fields.");
    m.def(
        "solve_arcs",
        [](std::size_t sources, std::size_t destinations, const Indices& from, const Indices& to, const Array& costs,
           const Array& supply, const Array& demand, const Array& capacities, const Array& shortage_prices,
           const Array& overflow_prices, const std::optional<std::tuple<Indices, Indices, Indices, Codes, Array>>& start,
           transport::Relation supply_relation, transport::Relation demand_relation, double balance_tolerance,
           std::int64_t max_pivots, std::optional<double> time_limit) {
            std::optional<transport::ArcBasis> basis;
            if (start) {
                const auto values = [](const auto& array) { return std::vector(array.data(), array.data() + array.size()); };
                std::apply([&](const auto&... part) { basis.emplace(transport::ArcBasis{values(part)...}); }, *start);
            }
            return solve_arcs(sources, destinations, from, to, costs, supply, demand, capacities, shortage_prices, overflow_prices,
                              basis, {supply_relation, demand_relation, balance_tolerance, max_pivots}, time_limit);
        },
        py::arg("sources"), py::arg("destinations"), py::arg("source_ids"), py::arg("destination_ids"), py::arg("costs"),
        py::arg("supply"), py::arg("demand"), py::kw_only(), py::arg("capacities"), py::arg("shortage_prices"),
        py::arg("overflow_prices"), py::arg("start"), py::arg("supply_relation"), py::arg("demand_relation"),
        py::arg("balance_tolerance"), py::arg("max_pivots"), py::arg("time_limit"), "Arcs one by one, in any order; empty arrays for what is not there.");
    m.def(
        "solve_batch",
        [](std::size_t scenarios, std::size_t sources, std::size_t destinations, const Array& costs, const Array& supply,
           const Array& demand, transport::Relation supply_relation, bool duals, bool flows, int threads,
           std::optional<double> time_limit) {
            return solve_batch(scenarios, sources, destinations, costs, supply, demand, {supply_relation, duals, flows, threads},
                               time_limit);
        },
        py::arg("scenarios"), py::arg("sources"), py::arg("destinations"), py::arg("costs"), py::arg("supply"), py::arg("demand"),
        py::kw_only(), py::arg("supply_relation"), py::arg("duals"), py::arg("flows"), py::arg("threads"), py::arg("time_limit"),
        "Scenarios one after the other; returns the result's fields.");
    py::class_<WarmSolver>(m, "WarmSolver", "A small problem solved over and over.")
        .def(py::init<std::size_t, std::size_t, transport::Relation>(), py::arg("sources"), py::arg("destinations"),
             py::arg("supply_relation"))
        .def("solve", &WarmSolver::solve, py::arg("costs"), py::arg("supply"), py::arg("demand"))
        .def("resolve", &WarmSolver::resolve, py::arg("supply"), py::arg("demand"))
        .def("resolve_costs", &WarmSolver::resolve_costs, py::arg("costs"))
        .def_property_readonly("objective", &WarmSolver::objective)
        .def_property_readonly("pivots", &WarmSolver::pivots)
        .def_property_readonly("supply_duals", &WarmSolver::supply_duals)
        .def_property_readonly("demand_duals", &WarmSolver::demand_duals)
        .def_property_readonly("flows", &WarmSolver::flows);
    register_transport_flow(m);
    register_transport_linear(m);
}
