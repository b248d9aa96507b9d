// SPDX-License-Identifier: MIT
#include <meio/meio.hpp>

int resolve_threads_elsewhere() { return meio::core::resolve_threads(0); }
