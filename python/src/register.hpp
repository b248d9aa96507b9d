// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

void register_core(pybind11::module_& module);
void register_network(pybind11::module_& module);
void register_distributions(pybind11::module_& module);
void register_transport(pybind11::module_& module);
void register_lagrangian(pybind11::module_& module);
void register_demand(pybind11::module_& module);
void register_single_echelon(pybind11::module_& module);
void register_fulfilment(pybind11::module_& module);
void register_simulation(pybind11::module_& module);
void register_planner(pybind11::module_& module);
