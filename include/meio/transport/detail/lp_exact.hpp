// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/transport/detail/lp_state.hpp>
#include <meio/transport/detail/lp_wide.hpp>

namespace meio::transport::detail {

/// Values and duals of the basis in about 32 digits, by iterative refinement with the inverse at hand (Gleixner, Steffy
/// and Wolter 2016), and the signs they have beyond rounding: what is optimal here is so whatever the sizes of the data.
class LpExact {
public:
    explicit LpExact(LpState& state) : s_(state) {}

    std::vector<Wide> value, dual;     ///< of basic columns, by position; of rows
    std::vector<double> value_spread;  ///< sum of sizes of the terms that a value is made of
    std::vector<double> dual_spread;
    std::vector<Wide> inverse;         ///< like `LpInverse`; empty: that of the state serves
    static constexpr double digits = 1e-25;  ///< rounding, in the sizes of the terms
    double primal_ease = digits;        ///< violation taken for none, in spreads
    double dual_ease = digits;
    mutable bool doubtful = false;  ///< a sign was lost in rounding too large to be called none

    /// True where the basis of the state is optimal for its costs without a doubt; values and duals are then exact to
    /// far more digits than a double shows. O(entries + rows^2) a pass, mostly two.
    [[nodiscard]] bool proves_optimal() {
        inverse.clear();
        primal_ease = dual_ease = digits;
        doubtful = false;
        if (!find_values()) return false;
        for (std::size_t i = 0; i < s_.m; ++i)
            if (violation(i) != 0) return false;
        basic_cost.resize(s_.m);
        for (std::size_t i = 0; i < s_.m; ++i) basic_cost[i] = s_.cost[LpState::at(s_.head[i])];
        if (!find_duals()) return false;
        for (const std::int32_t c : s_.nonbasic)
            if (attraction(LpState::at(c), true, nullptr) > 0) return false;
        return !doubtful;
    }

    /// Solves for the basic values; false where refinement does not settle.
    [[nodiscard]] bool find_values() {
        const std::size_t m = s_.m;
        value.resize(m);
        for (std::size_t i = 0; i < m; ++i) value[i] = inverse.empty() ? Wide(s_.xb[i]) : Wide();
        correction_.resize(m);
        value_spread.assign(m, 0.0);
        for (int pass = 0; pass < passes; ++pass) {
            residual_.assign(m, Wide());
            size_.assign(m, 0.0);
            for (const std::int32_t c : s_.nonbasic) subtract(LpState::at(c), s_.x[LpState::at(c)]);
            for (std::size_t i = 0; i < m; ++i) subtract(LpState::at(s_.head[i]), value[i]);
            std::fill(correction_.begin(), correction_.end(), Wide());
            spread_.assign(m, 0.0);
            for (std::size_t k = 0; k < m; ++k) {
                if (size_[k] == 0) continue;
                for (std::size_t i = 0; i < m; ++i) {
                    const Wide v = entry(i, k);
                    if (v.high == 0) continue;
                    spread_[i] += std::abs(v.high) * size_[k];
                    correction_[i] += v * residual_[k];
                }
            }
            if (settle(value, value_spread)) return true;
        }
        return false;
    }

    /// Solves for the duals of `basic_cost`; false where refinement does not settle.
    [[nodiscard]] bool find_duals() {
        const std::size_t m = s_.m;
        dual.resize(m);
        for (std::size_t k = 0; k < m; ++k) dual[k] = Wide();
        correction_.resize(m);
        dual_spread.assign(m, 0.0);
        spread_.resize(m);
        residual_.resize(m);
        size_.resize(m);
        for (int pass = 0; pass < passes; ++pass) {
            for (std::size_t i = 0; i < m; ++i) {
                size_[i] = std::abs(basic_cost[i]);
                residual_[i] = reduced(LpState::at(s_.head[i]), basic_cost[i], size_[i]);
            }
            for (std::size_t k = 0; k < m; ++k) {
                Wide sum;
                double spread = 0;
                for (std::size_t i = 0; i < m; ++i) {
                    const Wide v = entry(i, k);
                    if (v.high == 0) continue;
                    sum += v * residual_[i];
                    spread += std::abs(v.high) * size_[i];
                }
                correction_[k] = sum;
                spread_[k] = spread;
            }
            if (settle(dual, dual_spread) && basics_free()) return true;
        }
        return false;
    }

    /// 0 where basic value i keeps its bounds; else by how much it misses: < 0 below the lower, > 0 above the upper.
    [[nodiscard]] double violation(std::size_t i) const {
        const std::size_t j = LpState::at(s_.head[i]);
        const double tolerated = primal_ease * value_spread[i];
        if (s_.lower[j] > -LpState::infinity) {
            const double below = (value[i] - Wide(s_.lower[j])).high;
            if (below < -tolerated) return below;
            doubtful |= lost_sign(below, value_spread[i], 1 + std::abs(s_.lower[j]));
        }
        if (s_.upper[j] < LpState::infinity) {
            const double above = (value[i] - Wide(s_.upper[j])).high;
            if (above > tolerated) return above;
            doubtful |= lost_sign(above, value_spread[i], 1 + std::abs(s_.upper[j]));
        }
        return 0;
    }

    /// By how much nonbasic column j asks to enter beyond rounding, or 0; `direction` says which way. Own costs count
    /// where `priced`.
    [[nodiscard]] double attraction(std::size_t j, bool priced, double* direction, double* tolerated = nullptr) const {
        if (s_.side[j] == 0 && j < s_.n) return 0;
        const double cost = priced ? s_.cost[j] : 0.0;
        double size = 0;
        const double d = reduced(j, cost, size).high;
        double spread = std::abs(cost);
        if (j >= s_.n) spread += dual_spread[j - s_.n];
        else
            for (auto k = LpState::at(s_.start[j]); k < LpState::at(s_.start[j + 1]); ++k)
                spread += std::abs(s_.value[k]) * dual_spread[LpState::at(s_.row[k])];
        if (direction != nullptr) *direction = d < 0 ? 1.0 : -1.0;
        if (tolerated != nullptr) *tolerated = spread;
        const double by = s_.side[j] == 2 ? std::abs(d) : -d * s_.side[j];
        doubtful |= lost_sign(d, spread, 1.0);
        return by > dual_ease * spread ? by : 0.0;
    }

    /// Costs' x, scaled. An error beyond the digits held is not known.
    [[nodiscard]] Wide objective() const {
        Wide sum;
        for (const std::int32_t c : s_.nonbasic)
            if (s_.cost[LpState::at(c)] != 0) sum += product(s_.cost[LpState::at(c)], s_.x[LpState::at(c)]);
        for (std::size_t i = 0; i < s_.m; ++i) sum += value[i] * s_.cost[LpState::at(s_.head[i])];
        return sum;
    }

    /// The row's dual is rounding of its terms.
    [[nodiscard]] bool dual_is_rounding(std::size_t i) const {
        return std::abs(dual[i].high) <= 10 * digits * dual_spread[i];
    }

    [[nodiscard]] Wide entry(std::size_t i, std::size_t k) const {
        return inverse.empty() ? Wide(s_.inverse.columns[k * s_.m + i]) : inverse[k * s_.m + i];
    }

    std::vector<double> basic_cost;  ///< by position

private:
    static constexpr int passes = 12;

    /// True where v is lost among terms of size `spread` although sizes like its own, or like its error, count.
    static bool lost_sign(double v, double spread, double unit) {
        return std::abs(v) <= digits * spread && std::max(std::abs(v), 1e-30 * spread) > 1e-9 * unit;
    }

    /// Adds the correction; true where it was rounding only, everywhere.
    bool settle(std::vector<Wide>& at, std::vector<double>& spread) {
        bool settled = true;
        for (std::size_t i = 0; i < s_.m; ++i) {
            at[i] += correction_[i];
            spread[i] = std::max(spread[i], spread_[i]);  // a zero is one beside what it came from
            settled &= std::abs(correction_[i].high) <= 1e-26 * spread[i] && at[i].finite();
        }
        return settled;
    }

    /// The basic columns' reduced costs, as they were before the last correction, are zero beside their own terms.
    bool basics_free() {
        for (std::size_t i = 0; i < s_.m; ++i)
            if (!(std::abs(residual_[i].high) <= std::max(1e-18 * size_[i], 1e-12))) return false;
        return true;
    }

    /// cost - a_j'dual, with the sizes of its terms added to `size`.
    Wide reduced(std::size_t j, double cost, double& size) const {
        Wide sum = cost;
        if (j >= s_.n) {
            size += std::abs(dual[j - s_.n].high);
            return sum - dual[j - s_.n];
        }
        for (auto k = LpState::at(s_.start[j]); k < LpState::at(s_.start[j + 1]); ++k) {
            const Wide term = dual[LpState::at(s_.row[k])] * s_.value[k];
            size += std::abs(term.high);
            sum -= term;
        }
        return sum;
    }

    void subtract(std::size_t j, Wide by) {
        if (by.high == 0) return;
        if (j >= s_.n) {
            residual_[j - s_.n] -= by;
            size_[j - s_.n] += std::abs(by.high);
            return;
        }
        for (auto k = LpState::at(s_.start[j]); k < LpState::at(s_.start[j + 1]); ++k) {
            const Wide term = by * s_.value[k];
            residual_[LpState::at(s_.row[k])] -= term;
            size_[LpState::at(s_.row[k])] += std::abs(term.high);
        }
    }

    LpState& s_;
    std::vector<Wide> residual_, correction_;
    std::vector<double> size_, spread_;
};

}  // namespace meio::transport::detail
