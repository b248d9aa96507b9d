// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/transport/detail/input.hpp>

namespace meio::transport::detail {

inline constexpr const char* cost_rule = "must be a number of size at most 1e300, or +inf where there is no arc";

[[nodiscard]] inline bool valid_cost(double c) {
    return c >= -1e300 && (c <= 1e300 || c == std::numeric_limits<double>::infinity());
}

/// Adds findings up to a thousand, then only counts: millions of wrong arcs make one readable error.
class IssueLimit {
public:
    explicit IssueLimit(core::IssueList& issues) : issues_(issues) {}

    void add(const char* field, std::size_t row, double value, const char* fix) {
        if (++found_ <= most) issues_.add(field, std::to_string(row), number(value), fix);
    }

    void finish() {
        if (found_ > most) issues_.add("", "", "", std::to_string(found_ - most) + " further problems are not listed");
    }

private:
    static constexpr std::size_t most = 1000;
    core::IssueList& issues_;
    std::size_t found_ = 0;
};

/// Calls visit(destination, arc) for each arc that repeats an earlier one of its destination.
template <class Visit>
void for_each_repeated(std::size_t sources, std::span<const std::int64_t> offsets, std::span<const std::int32_t> ids, Visit&& visit) {
    if (offsets.empty()) return;
    // Sources that rise along each destination, as they mostly do, cannot repeat: compare neighbours only.
    std::size_t falls = 0;
    for (std::size_t e = 1; e < ids.size(); ++e) falls += static_cast<std::size_t>(ids[e] <= ids[e - 1]);
    for (std::size_t j = 1; j + 1 < offsets.size(); ++j) {
        const auto e = static_cast<std::size_t>(offsets[j]);
        if (offsets[j] < offsets[j + 1] && e > 0) falls -= static_cast<std::size_t>(ids[e] <= ids[e - 1]);
    }
    if (falls == 0) return;
    std::vector<std::int64_t> seen(sources, -1);
    for (std::size_t j = 0; j + 1 < offsets.size(); ++j)
        for (auto e = static_cast<std::size_t>(offsets[j]); e < static_cast<std::size_t>(offsets[j + 1]); ++e) {
            std::int64_t& last = seen[static_cast<std::size_t>(ids[e])];
            if (last == static_cast<std::int64_t>(j)) visit(j, e);
            last = static_cast<std::int64_t>(j);
        }
}

}  // namespace meio::transport::detail
