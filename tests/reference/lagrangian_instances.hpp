// SPDX-License-Identifier: MIT
#pragma once

#include <reference/lagrangian_instances_location.hpp>
#include <reference/lagrangian_instances_newsvendors.hpp>
#include <reference/lagrangian_instances_plan.hpp>
#include <reference/lagrangian_instances_resources.hpp>
#include <reference/lagrangian_instances_warehouse.hpp>
