// SPDX-License-Identifier: MIT
#pragma once

/// The one version literal of the project; CMake and the Python build read this line.
#define MEIO_VERSION "0.1.0"
