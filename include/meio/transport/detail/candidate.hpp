// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace meio::transport::detail {

/// An arc that may enter the basis.
struct Candidate {
    double score = 0;  ///< reduced cost by the stored potentials, artificial arcs weighted
    double cost = 0;
    std::int32_t from = -1;
    std::int32_t to = -1;
    int own_artificial = 0;  ///< of the arc itself
    int artificial = 0;      ///< of its reduced cost
};

}  // namespace meio::transport::detail
