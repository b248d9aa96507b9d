// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>

#include <meio/version.hpp>

#include "register.hpp"

// The table of contents of the extension: one submodule a folder of include/meio.
PYBIND11_MODULE(_meio, module, pybind11::mod_gil_not_used()) {
    module.doc() = "Compiled core of meio; import the package `meio` instead.";
    module.attr("__version__") = MEIO_VERSION;
    register_core(module);
    register_network(module);
    register_distributions(module);
    register_transport(module);
    register_lagrangian(module);
    register_demand(module);
    register_single_echelon(module);
    register_fulfilment(module);
    register_simulation(module);
    register_planner(module);
}
