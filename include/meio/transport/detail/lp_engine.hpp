// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/detail/lp_budget.hpp>
#include <meio/transport/detail/lp_certificate.hpp>
#include <meio/transport/detail/lp_crash.hpp>
#include <meio/transport/detail/lp_dual.hpp>
#include <meio/transport/detail/lp_factor.hpp>
#include <meio/transport/detail/lp_primal.hpp>
#include <meio/transport/detail/lp_scaling.hpp>
#include <meio/transport/detail/lp_state.hpp>
#include <meio/transport/linear_options.hpp>
#include <meio/transport/linear_program.hpp>
#include <meio/transport/linear_result.hpp>

namespace meio::transport::detail {

/// Joins the pieces: scales, finds a first basis, alternates the two simplex methods, reports in the user's units.
class LpEngine {
public:
    LpEngine() : dual_(state_), primal_(state_) {}
    LpEngine(const LpEngine& other) : LpEngine() { copy(other); }
    LpEngine& operator=(const LpEngine& other) {
        copy(other);
        return *this;
    }

    /// The next solve reads the matrix anew and starts cold.
    void forget() {
        matrix_known_ = false;
        basis_ = {};
    }

    /// The next solve reads the matrix anew and starts from the basis it has.
    void keep_basis() {
        if (matrix_known_) store_basis();
        matrix_known_ = false;
    }

    void adopt(const LinearBasis& basis) {
        matrix_known_ = false;
        basis_ = basis;
    }

    void solve(const LinearProgram& lp, const LinearOptions& options, const core::Context& context, LinearResult& r) {
        const core::Stopwatch watch;
        LpState& s = state_;
        s.factorizations = 0;
        s.primal_tolerance = options.primal_tolerance;
        s.dual_tolerance = options.dual_tolerance;
        LpBudget budget;
        budget.context = &context;
        budget.user_limit = options.max_iterations;
        budget.stall_limit = 20000 + 200 * static_cast<std::int64_t>(lp.variable_count() + lp.row_count());
        r.farkas.clear();
        r.farkas_amount = 0;
        r.ray.clear();
        r.ray_cost = 0;
        prepare(lp, options);
        r.status = run(lp, budget, options, r);
        report(lp, r);
        r.iterations = budget.used;
        r.factorizations = s.factorizations;
        r.seconds = watch.seconds();
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    void copy(const LpEngine& other) {
        state_ = other.state_;
        scaling_ = other.scaling_;
        basis_ = other.basis_;
        matrix_known_ = other.matrix_known_;
    }

    void prepare(const LinearProgram& lp, const LinearOptions& options) {
        LpState& s = state_;
        const bool fresh = !matrix_known_;
        if (fresh) load_matrix(lp);
        scaling_.make_units(lp);
        for (std::size_t j = 0; j < s.n; ++j) {
            const double per_unit = 1 / scaling_.variable_unit(j);  // a power of two: exact
            s.lower[j] = lp.lower[j] * per_unit;
            s.upper[j] = lp.upper[j] * per_unit;
            s.cost[j] = lp.costs[j] * (scaling_.column[j] / scaling_.cost_unit);
        }
        for (std::size_t i = 0; i < s.m; ++i) {
            const double factor = scaling_.row[i] / scaling_.value_unit;
            s.lower[s.n + i] = -lp.row_upper[i] * factor;
            s.upper[s.n + i] = -lp.row_lower[i] * factor;
            s.cost[s.n + i] = 0;
        }
        s.working = s.cost;
        s.shifted = false;
        if (!fresh) {
            for (const std::int32_t c : s.nonbasic) s.rest(LpState::at(c), s.place[LpState::at(c)]);
            for (std::size_t i = 0; i < s.m; ++i) s.load_bounds(i);
            return;
        }
        if (basis_.empty()) crash(options.crash);
        else place_basis();
        s.index_basis();
        refactor(s);
        matrix_known_ = true;
    }

    void load_matrix(const LinearProgram& lp) {
        LpState& s = state_;
        scaling_.make_factors(lp);
        s.resize(lp.row_count(), lp.variable_count());
        s.start = lp.starts;
        s.row = lp.rows;
        s.value.resize(lp.values.size());
        for (std::size_t j = 0; j < s.n; ++j)
            for (auto k = LpState::at(s.start[j]); k < LpState::at(s.start[j + 1]); ++k)
                s.value[k] = lp.values[k] * scaling_.column[j] * scaling_.row[LpState::at(s.row[k])];
        s.build_rows();
    }

    void crash(Crash wanted) {
        if (wanted == Crash::network || (wanted == Crash::automatic && !slack_is_dual_feasible(state_))) {
            const LpNetwork network(state_);
            if (network.dominates(state_)) {
                crash_network(state_, network);
                return;
            }
        }
        crash_slack(state_);
    }

    void place_basis() {
        LpState& s = state_;
        const auto place = [&](std::size_t j, BasisStatus status, bool negated) {
            if (status == BasisStatus::basic) s.place[j] = LpPlace::basic;
            else s.rest(j, (status == BasisStatus::at_upper) != negated ? LpPlace::upper : LpPlace::lower);
        };
        for (std::size_t j = 0; j < s.n; ++j)
            place(j,
                  j < basis_.variables.size() ? basis_.variables[j]
                                              : (s.cost[j] < 0 ? BasisStatus::at_upper : BasisStatus::at_lower),
                  false);
        for (std::size_t i = 0; i < s.m; ++i)
            place(s.n + i, i < basis_.rows.size() ? basis_.rows[i] : BasisStatus::basic, true);
    }

    void store_basis() {
        const LpState& s = state_;
        const auto status = [&](std::size_t j, bool negated) {
            switch (s.place[j]) {
                case LpPlace::basic: return BasisStatus::basic;
                case LpPlace::free: return BasisStatus::free;
                case LpPlace::upper: return negated ? BasisStatus::at_lower : BasisStatus::at_upper;
                case LpPlace::lower: return negated ? BasisStatus::at_upper : BasisStatus::at_lower;
                default: return BasisStatus::at_lower;
            }
        };
        basis_.variables.resize(s.n);
        basis_.rows.resize(s.m);
        for (std::size_t j = 0; j < s.n; ++j) basis_.variables[j] = status(j, false);
        for (std::size_t i = 0; i < s.m; ++i) basis_.rows[i] = status(s.n + i, true);
    }

    /// Alternates the methods until the refined values satisfy both. A claim that the input does not confirm is tried
    /// again from a fresh inverse.
    core::Status run(const LinearProgram& lp, LpBudget& budget, const LinearOptions& options, LinearResult& r) {
        LpState& s = state_;
        for (int attempt = 0; attempt < 25; ++attempt) {
            if (attempt > 1 && s.updates > 0) refactor(s);
            s.compute_primal();
            s.compute_dual();
            LpOutcome outcome = LpOutcome::done;
            if (!s.primal_feasible()) {
                outcome = dual_.run(budget, options);
                if (outcome == LpOutcome::infeasible && infeasible(lp, r)) {
                    if (s.shifted) s.restore_costs();
                    return core::Status::infeasible;
                }
                if (s.shifted) s.restore_costs();
            } else if (!s.dual_feasible()) {
                outcome = primal_.run(budget, options);
                if (outcome == LpOutcome::unbounded && unbounded(lp, r)) return core::Status::unbounded;
            } else {
                return core::Status::optimal;
            }
            if (outcome == LpOutcome::stopped) return budget.reason;
            if (outcome != LpOutcome::done) refactor(s);
        }
        return core::Status::stalled;
    }

    /// Rounding in the pivot row may ask for bounds that are not there: what is small beside the rest is left out, the
    /// least that makes a proof.
    bool infeasible(const LinearProgram& lp, LinearResult& r) {
        LpState& s = state_;
        direction_.resize(s.m);
        double most = 0;
        for (std::size_t i = 0; i < s.m; ++i) most = std::max(most, std::abs(s.rho[i]));
        for (const double level : {1e-14, 1e-12, 1e-10, 1e-8}) {
            for (std::size_t i = 0; i < s.m; ++i)
                direction_[i] = std::abs(s.rho[i]) <= level * most ? 0.0 : s.rho[i] * scaling_.row[i];
            if (certifier_.prove_infeasible(lp, direction_, r)) return true;
        }
        return false;
    }

    bool unbounded(const LinearProgram& lp, LinearResult& r) {
        LpState& s = state_;
        double most = 1;
        for (std::size_t i = 0; i < s.m; ++i) most = std::max(most, std::abs(s.alpha[i]));
        for (const double level : {1e-14, 1e-12, 1e-10, 1e-8}) {
            direction_.assign(s.n, 0.0);
            if (primal_.entering < s.n)
                direction_[primal_.entering] = primal_.direction * scaling_.column[primal_.entering];
            for (std::size_t i = 0; i < s.m; ++i) {
                const std::size_t j = LpState::at(s.head[i]);
                if (j < s.n && std::abs(s.alpha[i]) > level * most)
                    direction_[j] = -primal_.direction * s.alpha[i] * scaling_.column[j];
            }
            if (certifier_.prove_unbounded(lp, direction_, r)) return true;
        }
        return false;
    }

    void report(const LinearProgram& lp, LinearResult& r) {
        LpState& s = state_;
        if (r.status != core::Status::optimal) {
            s.compute_primal();
            s.compute_dual();
        }
        r.x.resize(s.n);
        r.row_duals.resize(s.m);
        for (std::size_t j = 0; j < s.n; ++j) {
            const double unit = scaling_.variable_unit(j);
            if (s.place[j] != LpPlace::basic) {
                r.x[j] = s.x[j] * unit;
                continue;
            }
            const double v = or_zero(s.xb[LpState::at(s.slot[j])]);
            // A violation of the size of rounding is not shown.
            const double near = std::clamp(v, s.lower[j], s.upper[j]);
            r.x[j] = (std::abs(near - v) <= 1e-14 * (1 + std::abs(v)) ? near : v) * unit;
        }
        for (std::size_t i = 0; i < s.m; ++i)
            r.row_duals[i] = s.place[s.n + i] == LpPlace::basic ? 0.0 : or_zero(s.y[i]) * scaling_.dual_unit(i);
        certifier_.certify(lp, scaling_, s.primal_tolerance, s.dual_tolerance, r);
        store_basis();
        r.basis.variables = basis_.variables;
        r.basis.rows = basis_.rows;
        if (r.status == core::Status::infeasible) r.bound = infinity;
        if (!std::isfinite(r.objective) && r.status != core::Status::infeasible)
            r.status = core::Status::numerical_error;
        // The methods' own tolerances hold on the scaled problem; what the input does not confirm is not claimed.
        const bool optimal = certifier_.feasible && certifier_.complementary && r.certificate.gap <= 1e-6;
        if (r.status == core::Status::optimal && !optimal) r.status = core::Status::stalled;
        if (r.status == core::Status::unbounded && !certifier_.feasible) r.status = core::Status::stalled;
    }

    // Scaled values this small are rounding of rounding, where exact arithmetic has a zero.
    static double or_zero(double value) { return std::abs(value) <= 1e-24 ? 0.0 : value; }

    LpState state_;
    LpDual dual_;
    LpPrimal primal_;
    LpScaling scaling_;
    LpCertifier certifier_;
    LinearBasis basis_;
    std::vector<double> direction_;
    bool matrix_known_ = false;
};

}  // namespace meio::transport::detail
