// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>

#include "register.hpp"

void register_lagrangian(pybind11::module_& module) {
    auto m = module.def_submodule("lagrangian");
    (void)m;
}
