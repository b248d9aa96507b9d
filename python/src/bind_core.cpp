// SPDX-License-Identifier: MIT
#include <pybind11/native_enum.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <meio/core/error.hpp>
#include <meio/core/status.hpp>

#include "register.hpp"

namespace py = pybind11;
using namespace meio;

void register_core(py::module_& module) {
    auto m = module.def_submodule("core", "Status and errors shared by every block.");

    py::native_enum<core::Status>(m, "Status", "enum.Enum", "Why a solver stopped.")
        .value("OPTIMAL", core::Status::optimal)
        .value("FEASIBLE", core::Status::feasible)
        .value("INFEASIBLE", core::Status::infeasible)
        .value("UNBOUNDED", core::Status::unbounded)
        .value("ITERATION_LIMIT", core::Status::iteration_limit)
        .value("TIME_LIMIT", core::Status::time_limit)
        .value("INTERRUPTED", core::Status::interrupted)
        .value("STALLED", core::Status::stalled)
        .value("NUMERICAL_ERROR", core::Status::numerical_error)
        .finalize();

    // The Python class meio.InputError (a ValueError) is raised with the findings as a list of
    // (field, row, value, fix); meio/errors.py builds it.
    py::register_local_exception_translator([](std::exception_ptr pointer) {
        try {
            if (pointer) std::rethrow_exception(pointer);
        } catch (const core::InputError& error) {
            py::list findings;
            for (const core::Issue& issue : error.issues())
                findings.append(py::make_tuple(issue.field, issue.row, issue.value, issue.fix));
            const py::object type = py::module_::import("meio.errors").attr("InputError");
            const py::object instance = type.attr("from_core")(findings);
            PyErr_SetObject(type.ptr(), instance.ptr());
        }
    });
}
