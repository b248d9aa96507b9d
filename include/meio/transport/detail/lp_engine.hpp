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
#include <meio/transport/detail/lp_basis.hpp>
#include <meio/transport/detail/lp_budget.hpp>
#include <meio/transport/detail/lp_certificate.hpp>
#include <meio/transport/detail/lp_crash.hpp>
#include <meio/transport/detail/lp_dual.hpp>
#include <meio/transport/detail/lp_exact.hpp>
#include <meio/transport/detail/lp_factor.hpp>
#include <meio/transport/detail/lp_load.hpp>
#include <meio/transport/detail/lp_primal.hpp>
#include <meio/transport/detail/lp_rescue.hpp>
#include <meio/transport/detail/lp_scaling.hpp>
#include <meio/transport/detail/lp_state.hpp>
#include <meio/transport/linear_options.hpp>
#include <meio/transport/linear_program.hpp>
#include <meio/transport/linear_result.hpp>

namespace meio::transport::detail {

/// Joins the pieces: scales, finds a first basis, alternates the two simplex methods, reports in the user's units.
class LpEngine {
public:
    LpEngine() : dual_(state_), primal_(state_), exact_(state_), rescue_(state_, exact_) {}
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
        if (matrix_known_) store_basis(state_, basis_);
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
        const auto size = static_cast<std::int64_t>(lp.variable_count() + lp.row_count());
        LpBudget budget{&context, options.max_iterations, 20000 + 200 * size};
        forget_proofs(r);
        prepare(lp, options);
        proven_ = exact_point_ = false;
        loose_ = options.primal_tolerance > 1e-9 || options.dual_tolerance > 1e-9;
        r.status = run(lp, budget, options, r);
        bool doubt = r.status == core::Status::stalled;
        if (r.status == core::Status::optimal && !loose_ && !proven_ && !doubles_suffice()) doubt = !prove();
        if (!doubt) {
            report(lp, r);
            doubt = (r.status == core::Status::optimal && !confirmed(r)) ||
                    (r.status == core::Status::unbounded && !grounded());
        }
        if (doubt) {
            forget_proofs(r);
            budget.stall_limit = budget.used + 20000;
            r.status = rescue(lp, budget, r);
            report(lp, r);
            if (r.status == core::Status::optimal && !confirmed(r)) r.status = core::Status::stalled;
        }
        if (r.status == core::Status::unbounded && !grounded()) r.status = core::Status::stalled;
        if (!std::isfinite(r.objective) && r.status != core::Status::infeasible)
            r.status = core::Status::numerical_error;
        r.iterations = budget.used;
        r.factorizations = s.factorizations;
        r.seconds = watch.seconds();
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    static void forget_proofs(LinearResult& r) {
        r.farkas.clear();
        r.farkas_amount = 0;
        r.ray.clear();
        r.ray_cost = 0;
    }

    void copy(const LpEngine& other) {
        state_ = other.state_;
        scaling_ = other.scaling_;
        basis_ = other.basis_;
        matrix_known_ = other.matrix_known_;
    }

    void prepare(const LinearProgram& lp, const LinearOptions& options) {
        LpState& s = state_;
        const bool fresh = !matrix_known_;
        if (fresh) load_matrix(lp, scaling_, s);
        load_vectors(lp, scaling_, s);
        if (!fresh) {
            for (const std::int32_t c : s.nonbasic) s.rest(LpState::at(c), s.place[LpState::at(c)]);
            for (std::size_t i = 0; i < s.m; ++i) s.load_bounds(i);
            return;
        }
        basis_.empty() ? crash(s, options.crash) : place_basis(s, basis_);
        s.index_basis();
        refactor(s);
        matrix_known_ = true;
    }

    /// Alternates the methods until the refined values satisfy both, then once more with little but rounding tolerated.
    /// A claim that the input does not confirm is tried again from a fresh inverse.
    core::Status run(const LinearProgram& lp, LpBudget& budget, const LinearOptions& options, LinearResult& r) {
        LpState& s = state_;
        bool tight = loose_;
        int refuted = 0;
        for (int attempt = 0, limit = 25; attempt < limit; ++attempt) {
            if (attempt > 1 && s.updates > 0) refactor(s);
            s.compute_primal();
            s.compute_dual();
            if (!loose_ && s.within(1e-12)) return core::Status::optimal;
            LpOutcome outcome = LpOutcome::done;
            if (!s.primal_feasible()) {
                outcome = dual_.run(budget, options);
                const bool proof = outcome == LpOutcome::infeasible && infeasible(lp, r);
                if (s.shifted) s.restore_costs();
                if (proof) return core::Status::infeasible;
            } else if (!s.dual_feasible()) {
                outcome = primal_.run(budget, options);
                if (outcome == LpOutcome::unbounded && unbounded(lp, r)) return core::Status::unbounded;
            } else if (tight || prove()) {
                return core::Status::optimal;
            } else {
                tight = true;
                limit = attempt + 6;
                s.tighten(1e-12);
            }
            if (outcome == LpOutcome::stopped) return budget.reason;
            if (outcome == LpOutcome::infeasible || outcome == LpOutcome::unbounded) ++refuted;
            if (refuted == 4) break;
            if (outcome != LpOutcome::done) refactor(s);
        }
        return core::Status::stalled;
    }

    /// Data near one and a basis that magnifies nothing: rounding in doubles stays far below the tolerances.
    [[nodiscard]] bool doubles_suffice() const {
        if (!scaling_.tame()) return false;
        std::int64_t large = 0;
        for (const double v : state_.inverse.columns) large += std::abs(v) > 1e5 ? 1 : 0;
        return large == 0;
    }

    bool prove() { return proven_ = exact_point_ = exact_.proves_optimal(); }

    /// What the input does not confirm is not claimed: the methods' own tolerances hold on the scaled problem.
    [[nodiscard]] bool confirmed(const LinearResult& r) const {
        if (!certifier_.feasible || proven_) return certifier_.feasible && certifier_.consistent;
        return certifier_.complementary && r.certificate.gap <= (loose_ ? 1e-6 : 1e-9) &&
               (loose_ || r.bound > -infinity);
    }

    /// The point from which a ray goes is there: data far from one hide a violation from the scaled tolerances.
    [[nodiscard]] bool grounded() const { return scaling_.tame() ? certifier_.feasible : certifier_.exact; }

    /// Settles what doubles could not.
    core::Status rescue(const LinearProgram& lp, LpBudget& budget, LinearResult& r) {
        LpState& s = state_;
        switch (rescue_.run(budget)) {
            case LpOutcome::done: proven_ = exact_point_ = true; return core::Status::optimal;
            case LpOutcome::stopped: return budget.reason;
            case LpOutcome::infeasible:
                direction_.resize(s.m);
                for (std::size_t i = 0; i < s.m; ++i) direction_[i] = exact_.dual_is_rounding(i) ? 0.0 : exact_.dual[i].high * scaling_.row[i];
                if (certifier_.prove_infeasible(lp, direction_, 1e-12, 1e-14, r)) return core::Status::infeasible;
                break;
            case LpOutcome::unbounded:
                exact_point_ = true;
                for (std::size_t i = 0; i < s.m; ++i) s.alpha[i] = rescue_.rate(i);
                if (follow(lp, rescue_.entering, rescue_.direction, 1e-20, 1e-12, r)) return core::Status::unbounded;
                break;
            default: break;
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
            if (certifier_.prove_infeasible(lp, direction_, 1e-13, 1e-10, r)) return true;
        }
        return false;
    }

    bool unbounded(const LinearProgram& lp, LinearResult& r) {
        for (const double level : {1e-14, 1e-12, 1e-10, 1e-8})
            if (follow(lp, primal_.entering, primal_.direction, level, 1e-13, r)) return true;
        return false;
    }

    /// Tries as a ray what column q does when it enters, without what is below `level` times the largest part.
    bool follow(const LinearProgram& lp, std::size_t q, double way, double level, double forgiven, LinearResult& r) {
        const LpState& s = state_;
        double most = 1;
        for (std::size_t i = 0; i < s.m; ++i) most = std::max(most, std::abs(s.alpha[i]));
        direction_.assign(s.n, 0.0);
        if (q < s.n) direction_[q] = way * scaling_.column[q];
        for (std::size_t i = 0; i < s.m; ++i) {
            const std::size_t j = LpState::at(s.head[i]);
            if (j < s.n && std::abs(s.alpha[i]) > level * most)
                direction_[j] = -way * s.alpha[i] * scaling_.column[j];
        }
        return certifier_.prove_unbounded(lp, direction_, forgiven, r);
    }

    void report(const LinearProgram& lp, LinearResult& r) {
        LpState& s = state_;
        if (exact_point_) {
            for (std::size_t i = 0; i < s.m; ++i) {
                s.xb[i] = exact_.value[i].high;
                s.y[i] = exact_.dual[i].high;
            }
        } else if (r.status != core::Status::optimal) {
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
            r.x[j] = (exact_point_ || std::abs(near - v) <= 1e-14 * (1 + std::abs(v)) ? near : v) * unit;
        }
        for (std::size_t i = 0; i < s.m; ++i) {
            const double y = s.place[s.n + i] == LpPlace::basic ? 0.0 : or_zero(s.y[i]);
            // Nor is a dual of the size of rounding that asks for a bound that is not there.
            const bool rounding = exact_point_ ? exact_.dual_is_rounding(i) : std::abs(y) <= 1e-12;
            const bool without = rounding && std::abs(y > 0 ? lp.row_lower[i] : lp.row_upper[i]) == infinity;
            r.row_duals[i] = without ? 0.0 : y * scaling_.dual_unit(i);
        }
        store_basis(s, basis_);
        r.basis.variables = basis_.variables;
        r.basis.rows = basis_.rows;
        certifier_.certify(lp, scaling_, s.primal_tolerance, s.dual_tolerance, r);
        if (proven_) {
            const Wide total = exact_.objective() * (scaling_.cost_unit * scaling_.value_unit);
            r.objective = total.high;
            r.bound = rounded_down(total);
        }
        if (r.status == core::Status::infeasible) r.bound = infinity;
    }

    // Scaled values this small are rounding of rounding, where exact arithmetic has a zero.
    double or_zero(double value) const { return !exact_point_ && std::abs(value) <= 1e-24 ? 0.0 : value; }

    LpState state_;
    LpDual dual_;
    LpPrimal primal_;
    LpExact exact_;
    LpRescue rescue_;
    LpScaling scaling_;
    LpCertifier certifier_;
    LinearBasis basis_;
    std::vector<double> direction_;
    bool matrix_known_ = false;
    bool loose_ = false;   // the user asks for less than the usual exactness
    bool exact_point_ = false;  // the exact values belong to the basis
    bool proven_ = false;       // and show that it is optimal
};

}  // namespace meio::transport::detail
