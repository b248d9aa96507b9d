// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <tuple>

namespace meio::transport::detail {

/// An arc that may enter the basis.
struct Candidate {
    double score = 0;  ///< reduced cost by the stored potentials, artificial arcs weighted
    double cost = 0;
    std::int32_t from = -1;
    std::int32_t to = -1;
    int own_artificial = 0;  ///< of the arc itself
    int artificial = 0;      ///< of its reduced cost; 0 where the score has it already

    /// Most promising first; ties by index, so that the order is the same everywhere.
    bool operator<(const Candidate& other) const {
        return std::tie(artificial, score, from, to) < std::tie(other.artificial, other.score, other.from, other.to);
    }
};

}  // namespace meio::transport::detail
