// SPDX-License-Identifier: MIT
#pragma once

/// Everything at once. A program that uses one block includes that block's header instead and compiles faster.

#include <meio/core/context.hpp>
#include <meio/core/error.hpp>
#include <meio/core/parallel.hpp>
#include <meio/core/random.hpp>
#include <meio/core/status.hpp>
#include <meio/demand/forecast.hpp>
#include <meio/network/supply_network.hpp>
#include <meio/version.hpp>
