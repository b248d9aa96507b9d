// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <meio/transport/detail/lp_state.hpp>

namespace meio::transport::detail {

/// Ratio tests of the dual simplex on the pivot row in `state.price`: which column enters. `sign` is 1 where the leaving
/// variable is above its upper bound, -1 where below its lower one.
class LpRatio {
public:
    explicit LpRatio(LpState& state) : s_(state) {}

    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::vector<std::int32_t> flips;  ///< columns that go to their other bound on the way

    /// The entering column, or none. Bound flipping, with Harris's tolerance (Maros 2003): columns passed on the
    /// way are listed in `flips`.
    std::size_t longest_step(std::size_t r, double sign) {
        flips.clear();
        double limit = s_.one_sided ? list_nearest(sign) : list_all(sign);
        double slope = sign > 0 ? s_.xb[r] - s_.ub[r] : s_.lb[r] - s_.xb[r];
        const double tolerated = sign > 0 ? s_.ub_tolerated[r] - s_.ub[r] : s_.lb[r] - s_.lb_tolerated[r];
        std::size_t live = candidates_.size();
        while (live > 0) {
            // Those within the limit go to the back; the largest pivot among them may enter.
            std::size_t keep = 0;
            std::size_t back = live;
            double drop = 0;
            double next_limit = LpState::infinity;
            while (keep < back) {
                if (candidates_[keep].ratio > limit) {
                    next_limit = std::min(next_limit, candidates_[keep].eased);
                    ++keep;
                    continue;
                }
                const std::size_t j = LpState::at(candidates_[keep].column);
                drop += candidates_[keep].size * (s_.upper[j] - s_.lower[j]);
                std::swap(candidates_[keep], candidates_[--back]);
            }
            if (!(slope - drop > 0) || keep == 0) {
                // Past the last breakpoint of all nothing would block: the remaining slope proves infeasibility.
                if (slope - drop > tolerated) return none;
                std::size_t best = back;
                for (std::size_t c = back; c < live; ++c)
                    if (candidates_[c].size > candidates_[best].size ||
                        (candidates_[c].size == candidates_[best].size &&
                         candidates_[c].column < candidates_[best].column))
                        best = c;
                return LpState::at(candidates_[best].column);
            }
            slope -= drop;
            for (std::size_t c = back; c < live; ++c) flips.push_back(candidates_[c].column);
            live = back;
            limit = next_limit;
        }
        return none;
    }

    /// Bland: the least ratio, ties to the lowest column.
    std::size_t first_of_least(double sign) {
        flips.clear();
        std::size_t best = none;
        double least = LpState::infinity;
        for (std::size_t j = 0; j < s_.n + s_.m; ++j) {
            const double size = blocks(j, sign);
            if (!(size > LpState::pivot_tolerance)) continue;
            const double ratio = s_.side[j] == 2 ? 0.0 : std::max(0.0, s_.d[j] * s_.side[j]) / size;
            if (ratio < least) {
                least = ratio;
                best = j;
            }
        }
        return best;
    }

private:
    struct Candidate {
        double size;
        double ratio;
        double eased;  // with the tolerance
        std::int32_t column;
    };

    /// By how much column j gives way when the leaving variable moves, or something <= 0.
    [[nodiscard]] double blocks(std::size_t j, double sign) const {
        const double a = sign * s_.price[j];
        return s_.side[j] == 2 ? std::abs(a) : a * s_.side[j];
    }

    /// Adds column j, which gives way by `size`, to the candidates; returns up to where it would be the first.
    double add_candidate(std::size_t j, double size) {
        const double reciprocal = 1 / size;
        const double ratio = s_.side[j] == 2 ? 0.0 : std::max(0.0, s_.d[j] * s_.side[j]) * reciprocal;
        const double eased = ratio + s_.dual_tolerance * reciprocal;
        candidates_.push_back({size, ratio, eased, static_cast<std::int32_t>(j)});
        return eased;
    }

    /// Lists all columns that block; returns the first limit.
    double list_all(double sign) {
        // Which columns block is unpredictable, so the list is written without a branch.
        blocking_.resize(s_.n + s_.m);
        std::size_t count = 0;
        for (std::size_t j = 0; j < s_.n + s_.m; ++j) {
            blocking_[count] = static_cast<std::int32_t>(j);
            count += blocks(j, sign) > LpState::pivot_tolerance ? 1 : 0;
        }
        candidates_.clear();
        double limit = LpState::infinity;
        for (std::size_t c = 0; c < count; ++c) {
            const std::size_t j = LpState::at(blocking_[c]);
            limit = std::min(limit, add_candidate(j, std::abs(s_.price[j])));
        }
        return limit;
    }

    /// Lists the columns that block no later than the first one that cannot flip: none beyond is reached. For columns
    /// that mostly lack a bound, none of them both.
    double list_nearest(double sign) {
        candidates_.clear();
        double limit = LpState::infinity;
        double reached = 1e300;
        constexpr std::size_t width = 16;
        const double* price = s_.price.data();
        const double* side = s_.side.data();
        const double* d = s_.d.data();
        const auto look = [&](std::size_t j) {
            const double size = sign * price[j] * side[j];
            if (!(size > LpState::pivot_tolerance && d[j] * side[j] <= reached * size)) return;
            const double eased = add_candidate(j, size);
            limit = std::min(limit, eased);
            if (s_.upper[j] - s_.lower[j] == LpState::infinity) reached = std::min(reached, eased);
        };
        const std::size_t all = s_.n + s_.m;
        std::size_t j = 0;
        for (; j + width <= all; j += width) {
            // A column counts where neither difference is negative: all their sign bits in one word.
            std::uint64_t signs = ~std::uint64_t{0};
            for (std::size_t k = j; k < j + width; ++k) {
                const double size = sign * price[k] * side[k];
                signs &= std::bit_cast<std::uint64_t>(size - LpState::pivot_tolerance) |
                         std::bit_cast<std::uint64_t>(reached * size - d[k] * side[k]);
            }
            if (signs >> 63 != 0) continue;
            for (std::size_t k = j; k < j + width; ++k) look(k);
        }
        for (; j < all; ++j) look(j);
        return limit;
    }

    LpState& s_;
    std::vector<Candidate> candidates_;
    std::vector<std::int32_t> blocking_;
};

}  // namespace meio::transport::detail
