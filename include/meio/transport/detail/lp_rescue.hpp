// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/transport/detail/lp_budget.hpp>
#include <meio/transport/detail/lp_exact.hpp>
#include <meio/transport/detail/lp_state.hpp>
#include <meio/transport/detail/lp_wide.hpp>

namespace meio::transport::detail {

/// Primal simplex in about 32 digits for the few problems on which doubles leave a doubt: the sum of violations first
/// (composite phase one), then the costs; largest reduced cost, then Bland's rule once steps have no length.
///
/// Signs are judged beyond rounding alone. Only where the problem so read has no point, or no end, by less than the
/// rounding of its own data, is that much forgiven.
class LpRescue {
public:
    LpRescue(LpState& state, LpExact& exact) : s_(state), exact_(exact) {}

    /// Goes on from the basis of the state. `done`: optimal. `infeasible`: `exact.dual` is the proof. `unbounded`:
    /// `entering` moving by `direction` is the ray, with `alpha` its image. O(rows^2 + entries) a pivot.
    LpOutcome run(LpBudget& budget) {
        exact_.primal_ease = exact_.dual_ease = rounding;
        const std::vector<LpPlace> first = s_.place;
        const std::int64_t used = budget.used;
        invert();
        int still = 0;
        bool again = false;
        // What was not there but for rounding was sought in vain; the first basis serves as well as the last.
        const auto return_to_first = [&] {
            for (std::size_t j = 0; j < s_.n + s_.m; ++j) {
                if (first[j] == LpPlace::basic) s_.place[j] = LpPlace::basic;
                else s_.rest(j, first[j]);
            }
            s_.index_basis();
            invert();
            budget.used = used;
        };
        const auto begin_anew = [&] {
            if (again) return false;
            for (std::size_t j = 0; j < s_.n; ++j)
                if (s_.place[j] == LpPlace::basic) s_.rest(j, LpPlace::lower);
            for (std::size_t i = 0; i < s_.m; ++i) s_.place[s_.n + i] = LpPlace::basic;
            s_.index_basis();
            invert();
            return again = true;
        };
        const std::size_t limit = 200 + 20 * (s_.n + s_.m);
        for (std::size_t count = 0; count < limit; ++count) {
            exact_.doubtful = false;
            if (!exact_.find_values()) {
                if (begin_anew()) continue;
                return trouble();
            }
            double violated = 0;
            double spread = 0;
            exact_.basic_cost.assign(s_.m, 0.0);
            for (std::size_t i = 0; i < s_.m; ++i) {
                const double v = exact_.violation(i);
                if (v == 0) continue;
                violated += std::abs(v);
                spread += exact_.value_spread[i];
                exact_.basic_cost[i] = v < 0 ? -1.0 : 1.0;
            }
            const bool priced = violated == 0;
            priced_ = priced;
            if (priced)
                for (std::size_t i = 0; i < s_.m; ++i) exact_.basic_cost[i] = s_.cost[LpState::at(s_.head[i])];
            if (!exact_.find_duals()) {
                if (begin_anew()) continue;
                return trouble();
            }
            const std::size_t q = choose(priced, still > static_cast<int>(10 + s_.m));
            if (q == none && updates_ > 0) {  // a claim is judged with a fresh inverse
                invert();
                continue;
            }
            if (q == none) {
                if (priced) return exact_.doubtful ? trouble() : finish(LpOutcome::done);
                if (exact_.primal_ease == rounding && violated <= 1e-13 * spread) {
                    exact_.primal_ease = forgiven;
                    return_to_first();
                    continue;
                }
                return exact_.primal_ease == rounding ? finish(LpOutcome::infeasible) : trouble();
            }
            if (!budget.spend()) return finish(LpOutcome::stopped);
            image(q);
            double length = 0;
            const std::size_t r = leaving(length, still > static_cast<int>(10 + s_.m));
            const double range = s_.upper[q] - s_.lower[q];
            if (r == s_.m && range == LpState::infinity) {
                if (!priced) return trouble();
                double spread_of_cost = 0;
                const double gain = exact_.attraction(q, true, nullptr, &spread_of_cost);
                if (exact_.dual_ease == rounding && gain <= 1e-13 * spread_of_cost) {
                    exact_.dual_ease = forgiven;
                    return_to_first();
                    continue;
                }
                entering = q;
                return finish(LpOutcome::unbounded);
            }
            still = length > 0 ? 0 : still + 1;
            if (r == s_.m || range <= length) {
                s_.rest(q, s_.place[q] == LpPlace::lower ? LpPlace::upper : LpPlace::lower);
                continue;
            }
            const std::size_t p = LpState::at(s_.head[r]);
            const bool to_lower = to_lower_;
            pivot(r);
            s_.exchange(r, q);
            s_.rest(p, to_lower ? LpPlace::lower : LpPlace::upper);
            if (++updates_ >= 40) invert();
        }
        return trouble();
    }

    /// Part i of the ray's image, 0 where it is rounding.
    [[nodiscard]] double rate(std::size_t i) const {
        return std::abs(alpha[i].high) > pivot_rounding * alpha_spread_[i] ? alpha[i].high : 0.0;
    }

    std::size_t entering = 0;
    double direction = 1;
    std::vector<Wide> alpha;

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    static constexpr double rounding = LpExact::digits;
    static constexpr double forgiven = 1e-12;
    static constexpr double pivot_rounding = 1e-20;

    /// Inverts the basis by pivots from the logicals; columns without a pivot give way to logicals.
    void invert() {
        const std::size_t m = s_.m;
        updates_ = 0;
        exact_.inverse.assign(m * m, Wide());
        for (std::size_t i = 0; i < m; ++i) exact_.inverse[i * m + i] = 1.0;
        std::vector<std::int32_t> variables;
        std::vector<char> open(m);
        for (const std::int32_t c : s_.head)
            if (LpState::at(c) < s_.n) variables.push_back(c);
        for (std::size_t i = 0; i < m; ++i) open[i] = s_.place[s_.n + i] != LpPlace::basic;
        std::vector<std::int32_t> head(m);
        for (std::size_t i = 0; i < m; ++i) head[i] = static_cast<std::int32_t>(s_.n + i);
        for (const std::int32_t c : variables) {
            image(LpState::at(c));
            std::size_t best = m;
            for (std::size_t i = 0; i < m; ++i)
                if (open[i] && std::abs(alpha[i].high) > pivot_rounding * alpha_spread_[i] &&
                    (best == m || std::abs(alpha[i].high) > std::abs(alpha[best].high)))
                    best = i;
            if (best == m) {
                s_.rest(LpState::at(c), LpPlace::lower);
                continue;
            }
            pivot(best);
            open[best] = 0;
            head[best] = c;
        }
        for (const std::int32_t c : head) {
            s_.place[LpState::at(c)] = LpPlace::basic;
            s_.side[LpState::at(c)] = 0;
        }
        s_.head = head;
        std::int32_t others = 0;
        for (std::size_t i = 0; i < m; ++i) s_.slot[LpState::at(head[i])] = static_cast<std::int32_t>(i);
        for (std::size_t j = 0; j < s_.n + m; ++j)
            if (s_.place[j] != LpPlace::basic) {
                s_.slot[j] = others;
                s_.nonbasic[LpState::at(others++)] = static_cast<std::int32_t>(j);
            }
    }

    /// alpha = inverse * column j, with the sizes of its terms.
    void image(std::size_t j) {
        const std::size_t m = s_.m;
        alpha.assign(m, Wide());
        alpha_spread_.assign(m, 0.0);
        const auto add = [&](std::size_t k, double by) {
            for (std::size_t i = 0; i < m; ++i) {
                const Wide v = exact_.inverse[k * m + i];
                if (v.high == 0) continue;
                alpha[i] += v * by;
                alpha_spread_[i] += std::abs(v.high * by);
            }
        };
        if (j >= s_.n) add(j - s_.n, 1.0);
        else
            for (auto k = LpState::at(s_.start[j]); k < LpState::at(s_.start[j + 1]); ++k)
                add(LpState::at(s_.row[k]), s_.value[k]);
    }

    void pivot(std::size_t r) {
        const std::size_t m = s_.m;
        for (std::size_t k = 0; k < m; ++k) {
            Wide* column = exact_.inverse.data() + k * m;
            if (column[r].high == 0) continue;
            const Wide f = column[r] / alpha[r];
            for (std::size_t i = 0; i < m; ++i)
                if (alpha[i].high != 0) column[i] -= f * alpha[i];
            column[r] = f;
        }
    }

    std::size_t choose(bool priced, bool bland) {
        std::size_t best = none;
        double most = 0;
        for (std::size_t j = 0; j < s_.n + s_.m; ++j) {
            if (s_.place[j] == LpPlace::basic) continue;
            double towards = 1;
            const double v = exact_.attraction(j, priced, &towards);
            if (v <= most) continue;
            best = j;
            most = v;
            direction = towards;
            if (bland) break;
        }
        return best;
    }

    /// The basic column that blocks first, ties to the largest pivot (Bland: to the lowest column). One outside its
    /// bounds blocks where it comes in.
    std::size_t leaving(double& length, bool bland) {
        std::size_t best = s_.m;
        Wide least;
        for (std::size_t i = 0; i < s_.m; ++i) {
            if (rate(i) == 0) continue;
            const std::size_t j = LpState::at(s_.head[i]);
            const double outside = priced_ ? 0.0 : exact_.basic_cost[i];
            // Going down it meets its upper bound from above, else its lower one; going up the other way round.
            const bool down = direction * alpha[i].high > 0;
            if (outside != 0 && (outside < 0) == down) continue;
            const bool to_lower = outside != 0 ? outside < 0 : down;
            const double bound = to_lower ? s_.lower[j] : s_.upper[j];
            if (std::abs(bound) == LpState::infinity) continue;
            Wide t = (exact_.value[i] - Wide(bound)) / (direction > 0 ? alpha[i] : -alpha[i]);
            if (t.high < 0) t = Wide();
            const bool better = best == s_.m || t < least;
            const bool tie = !better && !(least < t) &&
                             (bland ? s_.head[i] < s_.head[best]
                                    : std::abs(alpha[i].high) > std::abs(alpha[best].high));
            if (!better && !tie) continue;
            best = i;
            least = t;
            to_lower_ = to_lower;
        }
        length = best == s_.m ? LpState::infinity : least.high;
        return best;
    }

    LpOutcome trouble() { return finish(LpOutcome::trouble); }

    /// Leaves the state as the methods in doubles expect it.
    LpOutcome finish(LpOutcome outcome) {
        s_.inverse.size = s_.m;
        s_.inverse.columns.resize(s_.m * s_.m);
        for (std::size_t k = 0; k < s_.m * s_.m; ++k) s_.inverse.columns[k] = exact_.inverse[k].high;
        for (std::size_t i = 0; i < s_.m; ++i) s_.load_bounds(i);
        s_.updates = 0;
        s_.weights_valid = false;
        ++s_.factorizations;
        return outcome;
    }

    LpState& s_;
    LpExact& exact_;
    std::vector<double> alpha_spread_;
    bool to_lower_ = false;
    bool priced_ = false;
    int updates_ = 0;
};

}  // namespace meio::transport::detail
