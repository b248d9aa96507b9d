// SPDX-License-Identifier: MIT
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/transport/flow_basis.hpp>
#include <meio/transport/flow_problem.hpp>
#include <meio/transport/flow_result.hpp>
#include <meio/transport/min_cost_flow.hpp>
#include <meio/transport/options.hpp>

#include "bind_transport.hpp"

namespace py = pybind11;
using namespace meio;

namespace {

constexpr std::size_t few_arcs = 2000;

py::dict min_cost_flow(std::size_t nodes, const Indices& tails, const Indices& heads, const Array& costs, const Array& lower,
                       const Array& upper, const Array& supply, const Codes& relations, const Indices& parent_arcs,
                       const Codes& at_upper, double balance_tolerance, std::int64_t max_pivots,
                       std::optional<double> time_limit) {
    transport::FlowResult result =
        run_sized(static_cast<std::size_t>(tails.size()) <= few_arcs, limited(time_limit), [&](const core::Context& running) {
            std::vector<transport::Relation> kinds(static_cast<std::size_t>(relations.size()));
            std::transform(relations.data(), relations.data() + relations.size(), kinds.begin(),
                           [](std::uint8_t code) { return static_cast<transport::Relation>(code); });
            const transport::FlowProblem problem{nodes,       view(tails), view(heads),  view(costs),
                                                 view(lower), view(upper), view(supply), kinds};
            const transport::FlowBasis start{{parent_arcs.data(), parent_arcs.data() + parent_arcs.size()},
                                             {at_upper.data(), at_upper.data() + at_upper.size()}};
            return transport::min_cost_flow(problem, {balance_tolerance, max_pivots}, running, start.empty() ? nullptr : &start);
        });
    py::dict out;
    out["status"] = result.status;
    out["objective"] = result.objective;
    out["bound"] = result.bound;
    out["unrouted"] = result.unrouted;
    out["flows"] = owned(std::move(result.flows));
    out["potentials"] = owned(std::move(result.potentials));
    out["dual_violation"] = result.certificate.dual_violation;
    out["primal_residual"] = result.certificate.primal_residual;
    out["gap"] = result.certificate.gap;
    out["shortage"] = py::make_tuple(copy(result.shortage.nodes), result.shortage.amount);
    out["surplus"] = py::make_tuple(copy(result.surplus.nodes), result.surplus.amount);
    out["ray"] = copy(result.ray);
    out["basis"] = py::make_tuple(owned(std::move(result.basis.parent_arcs)), owned(std::move(result.basis.at_upper)));
    out["pivots"] = result.pivots;
    out["seconds"] = result.seconds;
    return out;
}

}  // namespace

void register_transport_flow(py::module_& module) {
    module.def("min_cost_flow", &min_cost_flow, py::arg("nodes"), py::arg("tails"), py::arg("heads"), py::arg("costs"),
               py::arg("lower"), py::arg("upper"), py::arg("supply"), py::arg("relations"), py::kw_only(),
               py::arg("parent_arcs"), py::arg("at_upper"), py::arg("balance_tolerance"), py::arg("max_pivots"),
               py::arg("time_limit"), "Arcs one by one, codes of Relation by node; empty arrays for what is not there.");
}
