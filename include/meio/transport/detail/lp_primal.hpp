// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/transport/detail/lp_budget.hpp>
#include <meio/transport/detail/lp_factor.hpp>
#include <meio/transport/detail/lp_state.hpp>
#include <meio/transport/linear_options.hpp>

namespace meio::transport::detail {

/// Bounded primal simplex from a primal feasible basis: Devex pricing, two-pass Harris ratio test, bound flips, and
/// Bland's rule (1977) once a run of degenerate pivots grows long, until a step has length.
class LpPrimal {
public:
    explicit LpPrimal(LpState& state) : s_(state) {}

    /// `done`: no reduced cost has a wrong sign. `unbounded`: `entering` moving by `direction` is the ray, with
    /// `state.alpha` its image.
    LpOutcome run(LpBudget& budget, const LinearOptions& options) {
        s_.weights_valid = false;
        reference_.assign(s_.n + s_.m, 1.0);
        int degenerate = 0;
        for (;;) {
            const bool bland = degenerate >= options.bland_after;
            const std::size_t q = bland ? first_attractive() : most_attractive();
            if (q == none) return LpOutcome::done;
            if (!budget.spend()) return LpOutcome::stopped;
            direction = s_.d[q] < 0 ? 1.0 : -1.0;
            s_.image(q, s_.alpha.data());
            double length = 0;
            const std::size_t r = bland ? first_of_least(length) : leaving(length);
            const double range = s_.upper[q] - s_.lower[q];
            if (r == s_.m && range == LpState::infinity) {
                if (s_.updates > 0) {
                    restart();
                    continue;
                }
                entering = q;
                return LpOutcome::unbounded;
            }
            if (r == s_.m || range <= length) {
                flip(q, range);
                degenerate = 0;
                continue;
            }
            const double pivot = s_.alpha[r];
            if (s_.updates > 0 && std::abs(pivot) < 1e-7) {
                restart();
                continue;
            }
            s_.inverse.row(r, s_.rho.data());
            s_.price_row(s_.rho.data());
            if (s_.updates > 0 && std::abs(pivot - s_.price[q]) > 1e-9 * (1 + std::abs(pivot))) {
                restart();
                continue;
            }
            step(r, q, length);
            degenerate = length > 1e-12 ? 0 : degenerate + 1;
            if (s_.updates >= options.refactor_interval) restart();
        }
    }

    std::size_t entering = 0;
    double direction = 1;

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    void restart() {
        refactor(s_);
        s_.compute_dual();
        s_.compute_primal();
    }

    [[nodiscard]] std::size_t most_attractive() const {
        std::size_t best = none;
        double most = 0;
        for (std::size_t j = 0; j < s_.n + s_.m; ++j) {
            const double v = s_.attraction(j);
            if (v <= s_.dual_tolerance) continue;
            if (best == none || v * v * reference_[best] > most * most * reference_[j]) {
                best = j;
                most = v;
            }
        }
        return best;
    }

    [[nodiscard]] std::size_t first_attractive() const {
        for (std::size_t j = 0; j < s_.n + s_.m; ++j)
            if (s_.attraction(j) > s_.dual_tolerance) return j;
        return none;
    }

    /// How far the entering column may go before position i blocks, with its bound eased by `ease` tolerances.
    [[nodiscard]] double room(std::size_t i, bool eased) const {
        const double rate = direction * s_.alpha[i];
        if (rate > LpState::pivot_tolerance) return (s_.xb[i] - (eased ? s_.lb_tolerated[i] : s_.lb[i])) / rate;
        if (rate < -LpState::pivot_tolerance) return ((eased ? s_.ub_tolerated[i] : s_.ub[i]) - s_.xb[i]) / -rate;
        return LpState::infinity;
    }

    std::size_t leaving(double& length) const {
        double limit = LpState::infinity;
        for (std::size_t i = 0; i < s_.m; ++i) limit = std::min(limit, room(i, true));
        std::size_t best = s_.m;
        length = LpState::infinity;
        if (limit == LpState::infinity) return best;
        double size = 0;
        for (std::size_t i = 0; i < s_.m; ++i) {
            const double a = std::abs(s_.alpha[i]);
            if (a <= size) continue;
            const double t = room(i, false);
            if (t <= limit && t < LpState::infinity) {
                best = i;
                size = a;
                length = t;
            }
        }
        length = std::max(length, 0.0);
        return best;
    }

    /// Bland: the least ratio, ties to the lowest column.
    std::size_t first_of_least(double& length) const {
        std::size_t best = s_.m;
        length = LpState::infinity;
        for (std::size_t i = 0; i < s_.m; ++i) {
            const double t = std::max(0.0, room(i, false));
            if (t < length || (best < s_.m && t == length && s_.head[i] < s_.head[best])) {
                best = i;
                length = t;
            }
        }
        return best;
    }

    void flip(std::size_t q, double range) {
        for (std::size_t i = 0; i < s_.m; ++i) s_.xb[i] -= direction * range * s_.alpha[i];
        s_.rest(q, s_.place[q] == LpPlace::lower ? LpPlace::upper : LpPlace::lower);
    }

    void step(std::size_t r, std::size_t q, double length) {
        const std::size_t p = LpState::at(s_.head[r]);
        const double pivot = s_.alpha[r];
        const double theta = s_.d[q] / pivot;
        const double weight = reference_[q];
        const double reciprocal = 1 / pivot;
        for (std::size_t j = 0; j < s_.n + s_.m; ++j) {
            const double a = s_.price[j];
            s_.d[j] -= theta * a;
            const double f = a * reciprocal;
            reference_[j] = std::max(reference_[j], f * f * weight);
        }
        s_.d[q] = 0;
        s_.d[p] = -theta;
        reference_[p] = std::max(1.0, weight / (pivot * pivot));

        const double by = direction * length;
        for (std::size_t i = 0; i < s_.m; ++i) s_.xb[i] -= by * s_.alpha[i];
        s_.xb[r] = s_.x[q] + by;
        // The leaving column stops at the bound that it moved towards.
        s_.rest(p, direction * pivot > 0 ? LpPlace::lower : LpPlace::upper);
        s_.inverse.pivot(r, s_.alpha.data(), s_.rho.data(), nullptr);
        s_.exchange(r, q);
        s_.load_bounds(r);
        ++s_.updates;
    }

    LpState& s_;
    std::vector<double> reference_;
};

}  // namespace meio::transport::detail
