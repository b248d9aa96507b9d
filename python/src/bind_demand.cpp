// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>

#include "register.hpp"

void register_demand(pybind11::module_& module) {
    auto m = module.def_submodule("demand");
    (void)m;
}
