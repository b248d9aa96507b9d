// SPDX-License-Identifier: MIT
#include <pybind11/native_enum.h>
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
#include <meio/transport/linear_options.hpp>
#include <meio/transport/linear_program.hpp>
#include <meio/transport/linear_result.hpp>
#include <meio/transport/revised_simplex.hpp>

#include "bind_transport.hpp"

namespace py = pybind11;
using namespace meio;

namespace {

// Below these a solve takes some milliseconds.
constexpr std::size_t few_rows = 60;
constexpr std::size_t few_variables = 2000;

template <class T, int flags>
std::vector<T> vector_of(const py::array_t<T, flags>& array) {
    return {array.data(), array.data() + array.size()};
}

transport::LinearProgram program(const Array& costs, const Array& lower, const Array& upper, const Array& row_lower,
                                 const Array& row_upper, const Indices& starts, const Indices& rows, const Array& values) {
    transport::LinearProgram lp;
    lp.costs = vector_of(costs);
    lp.lower = vector_of(lower);
    lp.upper = vector_of(upper);
    lp.row_lower = vector_of(row_lower);
    lp.row_upper = vector_of(row_upper);
    lp.starts = vector_of(starts);
    lp.rows = vector_of(rows);
    lp.values = vector_of(values);
    return lp;
}

Codes codes_of(const std::vector<transport::BasisStatus>& statuses) {
    Codes out(static_cast<py::ssize_t>(statuses.size()));
    std::transform(statuses.begin(), statuses.end(), out.mutable_data(),
                   [](transport::BasisStatus status) { return static_cast<std::uint8_t>(status); });
    return out;
}

std::vector<transport::BasisStatus> statuses_of(const Codes& codes) {
    std::vector<transport::BasisStatus> out(static_cast<std::size_t>(codes.size()));
    std::transform(codes.data(), codes.data() + codes.size(), out.begin(),
                   [](std::uint8_t code) { return static_cast<transport::BasisStatus>(code); });
    return out;
}

py::dict fields_of(const transport::LinearResult& result) {
    py::dict out;
    out["status"] = result.status;
    out["objective"] = result.objective;
    out["bound"] = result.bound;
    out["x"] = copy(result.x);
    out["row_duals"] = copy(result.row_duals);
    out["reduced_costs"] = copy(result.reduced_costs);
    out["basis"] = py::make_tuple(codes_of(result.basis.variables), codes_of(result.basis.rows));
    out["primal_violation"] = result.certificate.primal_violation;
    out["dual_violation"] = result.certificate.dual_violation;
    out["gap"] = result.certificate.gap;
    out["farkas"] = copy(result.farkas);
    out["farkas_amount"] = result.farkas_amount;
    out["ray"] = copy(result.ray);
    out["ray_cost"] = result.ray_cost;
    out["iterations"] = result.iterations;
    out["factorizations"] = result.factorizations;
    out["seconds"] = result.seconds;
    return out;
}

/// A solver and the conversions between it and Python's arrays.
class Simplex {
public:
    Simplex(const Array& costs, const Array& lower, const Array& upper, const Array& row_lower, const Array& row_upper,
            const Indices& starts, const Indices& rows, const Array& values, const transport::LinearOptions& options)
        : solver_(program(costs, lower, upper, row_lower, row_upper, starts, rows, values), options) {}

    py::dict solve(std::optional<double> time_limit) {
        const bool small = solver_.problem().row_count() <= few_rows && solver_.problem().variable_count() <= few_variables;
        run_sized(small, limited(time_limit), [&](const core::Context& running) {
            solver_.solve(running);
            return true;
        });
        return fields_of(solver_.result());
    }

    void set_cost(std::int32_t variable, double cost) { solver_.set_cost(variable, cost); }
    void set_costs(const Array& costs) { solver_.set_costs(view(costs)); }
    void set_variable_bounds(std::int32_t variable, double lower, double upper) {
        solver_.set_variable_bounds(variable, lower, upper);
    }
    void set_row_bounds(std::int32_t row, double lower, double upper) { solver_.set_row_bounds(row, lower, upper); }
    std::int32_t add_variable(double cost, double lower, double upper, const Indices& rows, const Array& coefficients) {
        return solver_.add_variable(cost, lower, upper, view(rows), view(coefficients));
    }
    std::int32_t add_row(double lower, double upper, const Indices& variables, const Array& coefficients) {
        return solver_.add_row(lower, upper, view(variables), view(coefficients));
    }
    void set_basis(const Codes& variables, const Codes& rows) { solver_.set_basis({statuses_of(variables), statuses_of(rows)}); }
    void forget_basis() { solver_.forget_basis(); }
    [[nodiscard]] std::size_t row_count() const { return solver_.problem().row_count(); }
    [[nodiscard]] std::size_t variable_count() const { return solver_.problem().variable_count(); }

private:
    transport::RevisedSimplex solver_;
};

}  // namespace

void register_transport_linear(py::module_& module) {
    py::native_enum<transport::Crash>(module, "Crash", "enum.Enum", "Where the revised simplex starts without a basis.")
        .value("AUTOMATIC", transport::Crash::automatic)
        .value("SLACK", transport::Crash::slack)
        .value("NETWORK", transport::Crash::network)
        .finalize();
    py::class_<Simplex>(module, "Simplex", "A linear program, its solver and the basis it ended with.")
        .def(py::init([](const Array& costs, const Array& lower, const Array& upper, const Array& row_lower,
                         const Array& row_upper, const Indices& starts, const Indices& rows, const Array& values,
                         double primal_tolerance, double dual_tolerance, std::int64_t max_iterations, int refactor_interval,
                         int bland_after, transport::Crash crash) {
                 return Simplex(costs, lower, upper, row_lower, row_upper, starts, rows, values,
                                {primal_tolerance, dual_tolerance, max_iterations, refactor_interval, bland_after, crash});
             }),
             py::arg("costs"), py::arg("lower"), py::arg("upper"), py::arg("row_lower"), py::arg("row_upper"),
             py::arg("starts"), py::arg("rows"), py::arg("values"), py::kw_only(), py::arg("primal_tolerance"),
             py::arg("dual_tolerance"), py::arg("max_iterations"), py::arg("refactor_interval"), py::arg("bland_after"),
             py::arg("crash"))
        .def("solve", &Simplex::solve, py::arg("time_limit"))
        .def("set_cost", &Simplex::set_cost, py::arg("variable"), py::arg("cost"))
        .def("set_costs", &Simplex::set_costs, py::arg("costs"))
        .def("set_variable_bounds", &Simplex::set_variable_bounds, py::arg("variable"), py::arg("lower"), py::arg("upper"))
        .def("set_row_bounds", &Simplex::set_row_bounds, py::arg("row"), py::arg("lower"), py::arg("upper"))
        .def("add_variable", &Simplex::add_variable, py::arg("cost"), py::arg("lower"), py::arg("upper"), py::arg("rows"),
             py::arg("coefficients"))
        .def("add_row", &Simplex::add_row, py::arg("lower"), py::arg("upper"), py::arg("variables"), py::arg("coefficients"))
        .def("set_basis", &Simplex::set_basis, py::arg("variables"), py::arg("rows"))
        .def("forget_basis", &Simplex::forget_basis)
        .def_property_readonly("row_count", &Simplex::row_count)
        .def_property_readonly("variable_count", &Simplex::variable_count);
}
