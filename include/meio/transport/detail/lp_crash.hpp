// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/transport/detail/lp_state.hpp>
#include <meio/transport/linear_options.hpp>

namespace meio::transport::detail {

/// All logicals basic; each variable at the bound that its cost asks for.
inline void crash_slack(LpState& s) {
    for (std::size_t j = 0; j < s.n; ++j) s.rest(j, s.cost[j] < 0 ? LpPlace::upper : LpPlace::lower);
    for (std::size_t i = 0; i < s.m; ++i) s.place[s.n + i] = LpPlace::basic;
}

/// True where the slack basis needs no shifted costs: dual simplex starts from it at once.
inline bool slack_is_dual_feasible(const LpState& s) {
    for (std::size_t j = 0; j < s.n; ++j)
        if (s.cost[j] < 0 ? s.upper[j] == LpState::infinity : s.cost[j] > 0 && s.lower[j] == -LpState::infinity)
            return false;
    return true;
}

/// The largest set of leading rows (taken greedily by index) with unit entries only in which no variable has more than
/// two entries: the transport part, where side rows come after it. Variables with two entries in it are its arcs.
struct LpNetwork {
    std::vector<char> in;               // per row
    std::vector<std::int32_t> entries;  // per variable, entries within those rows
    std::size_t rows = 0;
    std::size_t arcs = 0;

    explicit LpNetwork(const LpState& s) : in(s.m, 0), entries(s.n, 0) {
        for (std::size_t i = 0; i < s.m; ++i) {
            const auto from = LpState::at(s.row_start[i]);
            const auto to = LpState::at(s.row_start[i + 1]);
            bool fits = to > from;
            for (auto k = from; fits && k < to; ++k)
                fits = s.row_value[k] == 1 && entries[LpState::at(s.column[k])] < 2;
            if (!fits) continue;
            in[i] = 1;
            ++rows;
            for (auto k = from; k < to; ++k) ++entries[LpState::at(s.column[k])];
        }
        for (const std::int32_t e : entries) arcs += e == 2;
    }

    /// Most rows and most variables belong to it.
    [[nodiscard]] bool dominates(const LpState& s) const {
        return rows >= 3 && 3 * rows >= 2 * s.m && 3 * arcs >= 2 * s.n;
    }
};

/// Least cost first on the network's rows (the matrix-minimum rule): each arc takes what both rows leave open and
/// becomes basic for the row that it closes, so the basis is a forest, hence triangular. Other rows keep their
/// logicals.
inline void crash_network(LpState& s, const LpNetwork& network) {
    crash_slack(s);
    std::vector<double> open(s.m, 0.0);
    for (std::size_t i = 0; i < s.m; ++i) {
        if (!network.in[i]) continue;
        const std::size_t logical = s.n + i;  // bounds of the logical are those of the row, negated
        open[i] = s.lower[logical] > -LpState::infinity ? -s.lower[logical] : -s.upper[logical];
        for (auto k = LpState::at(s.row_start[i]); k < LpState::at(s.row_start[i + 1]); ++k)
            open[i] -= s.x[LpState::at(s.column[k])];
    }
    std::vector<std::int32_t> order;
    for (std::size_t j = 0; j < s.n; ++j)
        if (network.entries[j] == 2 && s.place[j] == LpPlace::lower) order.push_back(static_cast<std::int32_t>(j));
    std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        const double ca = s.cost[LpState::at(a)];
        const double cb = s.cost[LpState::at(b)];
        return ca != cb ? ca < cb : a < b;
    });
    for (const std::int32_t c : order) {
        const std::size_t j = LpState::at(c);
        std::size_t ends[2] = {s.m, s.m};
        std::size_t found = 0;
        for (auto k = LpState::at(s.start[j]); k < LpState::at(s.start[j + 1]); ++k)
            if (network.in[LpState::at(s.row[k])]) ends[found++] = LpState::at(s.row[k]);
        if (found != 2 || s.place[s.n + ends[0]] != LpPlace::basic || s.place[s.n + ends[1]] != LpPlace::basic)
            continue;
        const std::size_t closing = open[ends[0]] <= open[ends[1]] ? ends[0] : ends[1];
        const double amount = std::max(0.0, open[closing]);
        if (amount == 0) continue;
        if (s.upper[j] - s.lower[j] <= amount) {
            s.rest(j, LpPlace::upper);
            open[ends[0]] -= s.upper[j] - s.lower[j];
            open[ends[1]] -= s.upper[j] - s.lower[j];
            continue;
        }
        open[ends[0]] -= amount;
        open[ends[1]] -= amount;
        s.place[j] = LpPlace::basic;
        const std::size_t logical = s.n + closing;
        s.rest(logical, s.lower[logical] > -LpState::infinity ? LpPlace::lower : LpPlace::upper);
    }
}

/// The first basis that the user asks for.
inline void crash(LpState& s, Crash wanted) {
    if (wanted == Crash::network || (wanted == Crash::automatic && !slack_is_dual_feasible(s))) {
        const LpNetwork network(s);
        if (network.dominates(s)) {
            crash_network(s, network);
            return;
        }
    }
    crash_slack(s);
}

}  // namespace meio::transport::detail
