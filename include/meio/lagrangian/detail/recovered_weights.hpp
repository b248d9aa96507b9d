// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <meio/lagrangian/detail/cut.hpp>
#include <meio/lagrangian/result.hpp>

namespace meio::lagrangian::detail {

/// Sorts the entries from `begin` on by tag and joins those with the same.
inline void add_up_equal_tags(std::vector<Weight>& weights, std::size_t begin) {
    const auto from = weights.begin() + static_cast<std::ptrdiff_t>(begin);
    std::stable_sort(from, weights.end(), [](const Weight& x, const Weight& y) { return x.tag < y.tag; });
    std::size_t kept = begin;
    for (std::size_t i = begin; i < weights.size(); ++i) {
        if (kept > begin && weights[kept - 1].tag == weights[i].tag) {
            weights[kept - 1].weight += weights[i].weight;
        } else {
            weights[kept++] = weights[i];
        }
    }
    weights.resize(kept);
}

/// The recovered primal: for every shard its tags with their weights. `first(g)` is the first shard of group g.
template <class First>
[[nodiscard]] std::vector<Weight> recovered_weights(const std::vector<std::vector<Cut>>& cuts, const First& first) {
    std::vector<Weight> result;
    for (std::size_t g = 0; g < cuts.size(); ++g) {
        for (std::size_t s = first(g); s < first(g + 1); ++s) {
            const std::size_t begin = result.size();
            for (const Cut& cut : cuts[g])
                for (const Cut::Part& part : cut.parts)
                    if (cut.weight * part.share > 0)
                        result.push_back({s, (*part.tags)[s - first(g)], cut.weight * part.share});
            add_up_equal_tags(result, begin);
        }
    }
    return result;
}

}  // namespace meio::lagrangian::detail
