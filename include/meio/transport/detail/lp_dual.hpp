// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <meio/transport/detail/lp_budget.hpp>
#include <meio/transport/detail/lp_factor.hpp>
#include <meio/transport/detail/lp_ratio.hpp>
#include <meio/transport/detail/lp_state.hpp>
#include <meio/transport/linear_options.hpp>

namespace meio::transport::detail {

/// Bounded dual simplex: steepest-edge pricing (Forrest and Goldfarb 1992), bound-flipping ratio test with Harris
/// tolerances (Maros 2003; Koberstein 2005), random cost perturbation when degenerate, then Bland's rule.
class LpDual {
public:
    explicit LpDual(LpState& state) : s_(state), ratio_(state) {}

    /// Runs from a basis, making it dual feasible first by flips and shifted costs (`state.shifted` tells).
    /// `done`: no bound is violated. `infeasible`: `state.rho` is the proof.
    LpOutcome run(LpBudget& budget, const LinearOptions& options) {
        make_dual_feasible();
        if (!s_.weights_valid) s_.compute_weights();
        int degenerate = 0;
        bool perturbed = false;
        bool fresh_retry = false;
        for (;;) {
            const bool bland = degenerate >= options.bland_after;
            const std::size_t r = bland ? first_violated() : most_violated();
            if (r == s_.m) return LpOutcome::done;
            if (!budget.spend()) return LpOutcome::stopped;
            const double sign = s_.xb[r] > s_.ub[r] ? 1.0 : -1.0;
            s_.inverse.row(r, s_.rho.data());
            s_.price_row(s_.rho.data());
            const std::size_t q = bland ? ratio_.first_of_least(sign) : ratio_.longest_step(r, sign);
            if (q == LpRatio::none) {
                ratio_.flips.clear();
                if (s_.updates == 0 || fresh_retry) return LpOutcome::infeasible;
                fresh_retry = true;
                restart();
                continue;
            }
            s_.image(q, s_.alpha.data());
            const double pivot = s_.alpha[r];
            if (s_.updates > 0 && (std::abs(pivot - s_.price[q]) > 1e-9 * (1 + std::abs(pivot)) ||
                                   std::abs(pivot) < 1e-7)) {
                ratio_.flips.clear();
                restart();
                continue;
            }
            if (std::abs(pivot) < LpState::pivot_tolerance) {
                ratio_.flips.clear();
                return LpOutcome::trouble;
            }
            const bool moved = step(r, q, sign);
            degenerate = moved ? 0 : degenerate + 1;
            if (degenerate > perturb_after && !perturbed) {
                perturb();
                perturbed = true;
            }
            if (s_.updates >= options.refactor_interval) restart();
        }
    }

private:
    static constexpr int perturb_after = 15;

    void make_dual_feasible() {
        bool flipped = false;
        for (const std::int32_t c : s_.nonbasic) {
            const std::size_t j = LpState::at(c);
            if (s_.attraction(j) <= s_.dual_tolerance) continue;
            if (s_.lower[j] > -LpState::infinity && s_.upper[j] < LpState::infinity) {
                s_.rest(j, s_.place[j] == LpPlace::lower ? LpPlace::upper : LpPlace::lower);
                flipped = true;
            } else {
                s_.shift_cost(j, 0.0);
            }
        }
        if (flipped) s_.compute_primal();
    }

    void restart() {
        refactor(s_);
        s_.compute_dual();
        s_.compute_primal();
        make_dual_feasible();
        s_.compute_weights();
    }

    [[nodiscard]] std::size_t most_violated() const {
        std::size_t best = s_.m;
        double most = 0;
        for (std::size_t i = 0; i < s_.m; ++i) {
            double v = 0;
            if (s_.xb[i] < s_.lb_tolerated[i]) v = s_.lb[i] - s_.xb[i];
            else if (s_.xb[i] > s_.ub_tolerated[i]) v = s_.xb[i] - s_.ub[i];
            else continue;
            // Compared without dividing: v^2 / weight against the best so far.
            if (best == s_.m || v * v * s_.weight[best] > most * most * s_.weight[i]) {
                best = i;
                most = v;
            }
        }
        return best;
    }

    [[nodiscard]] std::size_t first_violated() const {
        std::size_t best = s_.m;
        for (std::size_t i = 0; i < s_.m; ++i)
            if ((s_.xb[i] < s_.lb_tolerated[i] || s_.xb[i] > s_.ub_tolerated[i]) &&
                (best == s_.m || s_.head[i] < s_.head[best]))
                best = i;
        return best;
    }

    /// One pivot; true where the dual objective rose.
    bool step(std::size_t r, std::size_t q, double sign) {
        if (!ratio_.flips.empty()) {
            std::fill_n(s_.tau.begin(), s_.m, 0.0);
            for (const std::int32_t c : ratio_.flips) {
                const std::size_t j = LpState::at(c);
                const double from = s_.x[j];
                s_.rest(j, s_.place[j] == LpPlace::lower ? LpPlace::upper : LpPlace::lower);
                const double by = s_.x[j] - from;
                if (j >= s_.n) s_.tau[j - s_.n] += by;
                else
                    for (auto k = LpState::at(s_.start[j]); k < LpState::at(s_.start[j + 1]); ++k)
                        s_.tau[LpState::at(s_.row[k])] += by * s_.value[k];
            }
            for (std::size_t k = 0; k < s_.m; ++k)
                if (s_.tau[k] != 0) s_.inverse.add_column(k, -s_.tau[k], s_.xb.data());
        }
        const std::size_t p = LpState::at(s_.head[r]);
        const double pivot = s_.alpha[r];
        // A reduced cost on the wrong side (within tolerance) would let the objective fall: shift it to zero instead.
        if (sign * s_.d[q] * pivot < 0) s_.shift_cost(q, 0.0);
        const double theta = s_.d[q] / pivot;
        if (theta != 0)
            for (std::size_t j = 0; j < s_.n + s_.m; ++j) s_.d[j] -= theta * s_.price[j];
        s_.d[q] = 0;
        s_.d[p] = -theta;

        const double target = sign > 0 ? s_.ub[r] : s_.lb[r];
        const double by = (s_.xb[r] - target) / pivot;
        for (std::size_t i = 0; i < s_.m; ++i) s_.xb[i] -= by * s_.alpha[i];
        s_.xb[r] = s_.x[q] + by;
        s_.rest(p, sign > 0 ? LpPlace::upper : LpPlace::lower);

        double norm = 0;
        for (std::size_t k = 0; k < s_.m; ++k) norm += s_.rho[k] * s_.rho[k];
        std::fill_n(s_.tau.begin(), s_.m, 0.0);
        s_.inverse.pivot(r, s_.alpha.data(), s_.rho.data(), s_.tau.data());
        const double reciprocal = 1 / pivot;
        for (std::size_t i = 0; i < s_.m; ++i) {
            const double f = s_.alpha[i] * reciprocal;
            s_.weight[i] = std::max(s_.weight[i] + f * (f * norm - 2 * s_.tau[i]), 1e-8);
        }
        s_.weight[r] = norm * reciprocal * reciprocal;
        s_.exchange(r, q);
        s_.load_bounds(r);
        ++s_.updates;
        return std::abs(theta) > 1e-12;
    }

    /// Moves reduced costs away from zero by random amounts that keep their signs; the primal method repairs the end.
    void perturb() {
        std::uint64_t z = 0x9E3779B97F4A7C15ull;
        for (const std::int32_t c : s_.nonbasic) {
            const std::size_t j = LpState::at(c);
            z ^= z << 13;
            z ^= z >> 7;
            z ^= z << 17;
            const double by = 1e-6 * (1 + std::abs(s_.working[j])) * (0.5 + static_cast<double>(z >> 11) * 0x1p-53);
            if (s_.place[j] == LpPlace::lower) s_.shift_cost(j, std::max(s_.d[j], 0.0) + by);
            else if (s_.place[j] == LpPlace::upper) s_.shift_cost(j, std::min(s_.d[j], 0.0) - by);
        }
    }

    LpState& s_;
    LpRatio ratio_;
};

}  // namespace meio::transport::detail
