// SPDX-License-Identifier: MIT
#include <pybind11/native_enum.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/transport/solve.hpp>

#include "interruptible.hpp"
#include "register.hpp"

namespace py = pybind11;
using namespace meio;

namespace {

using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;

std::span<const double> view(const Array& array) { return {array.data(), static_cast<std::size_t>(array.size())}; }

template <class T>
py::array_t<T> copy(const std::vector<T>& values) {
    return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data());
}

py::dict solve(const Array& costs, const Array& supply, const Array& demand, const transport::Options& options,
               std::optional<double> time_limit) {
    const auto sources = static_cast<std::size_t>(costs.shape(0));
    const auto destinations = static_cast<std::size_t>(costs.shape(1));
    core::Context context;
    if (time_limit) context = core::Context::with_time_limit(*time_limit);
    const transport::Result result = run_interruptible(context, [&](const core::Context& running) {
        return transport::solve(view(costs), sources, destinations, view(supply), view(demand), options, running);
    });
    const auto count = static_cast<py::ssize_t>(result.shipments.size());
    py::array_t<std::int32_t> from(count);
    py::array_t<std::int32_t> to(count);
    py::array_t<double> amount(count);
    for (py::ssize_t s = 0; s < count; ++s) {
        const transport::Shipment& shipment = result.shipments[static_cast<std::size_t>(s)];
        from.mutable_at(s) = shipment.source;
        to.mutable_at(s) = shipment.destination;
        amount.mutable_at(s) = shipment.amount;
    }
    const auto cut = [](const transport::Cut& c) { return py::make_tuple(copy(c.sources), copy(c.destinations), c.amount); };
    py::dict out;
    out["status"] = result.status;
    out["objective"] = result.objective;
    out["bound"] = result.bound;
    out["sources"] = from;
    out["destinations"] = to;
    out["amounts"] = amount;
    out["supply_duals"] = copy(result.supply_duals);
    out["demand_duals"] = copy(result.demand_duals);
    out["dual_violation"] = result.certificate.dual_violation;
    out["primal_residual"] = result.certificate.primal_residual;
    out["gap"] = result.certificate.gap;
    out["shortage"] = cut(result.shortage);
    out["surplus"] = cut(result.surplus);
    out["pivots"] = result.pivots;
    out["seconds"] = result.seconds;
    return out;
}

}  // namespace

void register_transport(py::module_& module) {
    auto m = module.def_submodule("transport", "The transportation problem; use meio.transport.");
    py::native_enum<transport::Relation>(m, "Relation", "enum.Enum", "How shipped amounts relate to the given ones.")
        .value("AT_MOST", transport::Relation::at_most)
        .value("EXACTLY", transport::Relation::exactly)
        .value("AT_LEAST", transport::Relation::at_least)
        .finalize();
    m.def(
        "solve",
        [](const Array& costs, const Array& supply, const Array& demand, transport::Relation supply_relation,
           transport::Relation demand_relation, double balance_tolerance, std::int64_t max_pivots,
           std::optional<double> time_limit) {
            return solve(costs, supply, demand, {supply_relation, demand_relation, balance_tolerance, max_pivots}, time_limit);
        },
        py::arg("costs"), py::arg("supply"), py::arg("demand"), py::kw_only(), py::arg("supply_relation"),
        py::arg("demand_relation"), py::arg("balance_tolerance"), py::arg("max_pivots"), py::arg("time_limit"),
        "Two-dimensional costs, one-dimensional amounts; returns the result's fields.");
}
