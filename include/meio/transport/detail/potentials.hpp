// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/detail/problem.hpp>

namespace meio::transport::detail {

/// Turns lexicographic potentials of a feasible optimum into money. Nodes still joined to the root by an artificial arc
/// without flow have money potentials up to a constant: adds the least multiple of the artificial part under which every
/// reduced cost is right.
inline void settle_potentials(const Problem& problem, const std::vector<std::int8_t>& count, std::vector<double>& money) {
    if (std::all_of(count.begin(), count.end(), [](std::int8_t k) { return k == 0; })) return;
    double shift = 0;
    const auto require = [&](std::size_t from, std::size_t to, double cost) {
        const int artificial = count[to] - count[from];
        if (artificial > 0) shift = std::max(shift, (money[from] - money[to] - cost) / artificial);
    };
    const std::size_t nodes = problem.rows + problem.columns;
    for (std::size_t x = 0; x < nodes; ++x) {
        problem.root_arcs(static_cast<std::int32_t>(x), [&](std::int32_t from, std::int32_t to) {
            require(static_cast<std::size_t>(from), static_cast<std::size_t>(to), 0.0);
        });
        if (x < problem.rows)
            for (std::size_t j = 0; j < problem.columns; ++j)
                require(x, problem.rows + j, problem.costs[x * problem.columns + j]);
    }
    for (std::size_t x = 0; x < nodes; ++x) money[x] += shift * count[x];
}

/// Whether an arc dearer than `cap` has a negative reduced cost.
[[nodiscard]] inline bool dearer_arc_improves(const Problem& problem, const std::vector<double>& money, double cap) {
    for (std::size_t i = 0; i < problem.rows; ++i)
        for (std::size_t j = 0; j < problem.columns; ++j) {
            const double c = problem.costs[i * problem.columns + j];
            if (c > cap && c < std::numeric_limits<double>::infinity() && c - money[i] + money[problem.rows + j] < 0)
                return true;
        }
    return false;
}

}  // namespace meio::transport::detail
