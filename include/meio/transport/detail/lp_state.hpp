// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <meio/transport/detail/lp_inverse.hpp>
#include <meio/transport/linear_options.hpp>

namespace meio::transport::detail {

/// Where a column stands in the working basis; `fixed` is a nonbasic column with equal bounds, which never enters.
enum class LpPlace : std::uint8_t { basic, lower, upper, free, fixed };

/// The scaled problem  A x + s = 0  with bounds on x and s, a basis of it, and what the two simplex methods share.
///
/// Columns 0..n-1 are the variables, n..n+m-1 the logicals s = -A x. All scales are powers of two, so scaling is exact.
struct LpState {
    std::size_t m = 0;
    std::size_t n = 0;
    std::vector<std::int32_t> start, row;          // the matrix by columns
    std::vector<double> value;
    std::vector<std::int32_t> row_start, column;   // and by rows
    std::vector<double> row_value;
    std::vector<double> lower, upper, cost;        // per column, scaled
    std::vector<double> working;                   // costs in use: shifted or perturbed
    std::vector<double> x, d;                      // values of nonbasic columns; reduced costs
    std::vector<LpPlace> place;
    std::vector<double> side;                      // 1 at lower, -1 at upper, 2 free, 0 where it cannot enter
    std::vector<std::int32_t> head, nonbasic;      // basic columns by position; the others
    std::vector<std::int32_t> slot;                // position in head, or in nonbasic
    std::vector<double> xb, lb, ub;                // values and bounds by basis position
    std::vector<double> lb_tolerated, ub_tolerated;
    std::vector<double> weight;                    // dual steepest edge, by position
    bool weights_valid = false;
    LpInverse inverse;
    std::int64_t updates = 0;                      // pivots since the inverse was made afresh
    std::int64_t factorizations = 0;
    std::vector<double> rho, alpha, tau, price, scratch, y;
    std::vector<double> dense;                     // work of the inversion
    std::vector<std::int32_t> swaps, chosen, place_of_row;
    double primal_tolerance = 1e-9;
    double dual_tolerance = 1e-9;
    bool shifted = false;
    bool one_sided = false;                        // most columns lack one bound, none both

    static constexpr double infinity = std::numeric_limits<double>::infinity();
    static constexpr double pivot_tolerance = 1e-9;

    [[nodiscard]] static std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }

    /// Sizes everything for m rows and n variables; the matrix is filled by the caller.
    void resize(std::size_t rows, std::size_t variables) {
        m = rows;
        n = variables;
        const std::size_t all = n + m;
        for (auto* v : {&lower, &upper, &cost, &working, &x, &d, &price, &side}) v->resize(all);
        for (auto* v : {&xb, &lb, &ub, &lb_tolerated, &ub_tolerated, &weight, &rho, &alpha, &tau, &scratch, &y})
            v->resize(m);
        place.resize(all);
        slot.resize(all);
        head.resize(m);
        nonbasic.resize(n);
    }

    /// Fills the row-wise copy from the columns.
    void build_rows() {
        row_start.assign(m + 1, 0);
        for (const std::int32_t r : row) ++row_start[at(r) + 1];
        for (std::size_t i = 0; i < m; ++i) row_start[i + 1] += row_start[i];
        column.resize(row.size());
        row_value.resize(row.size());
        place_of_row.assign(row_start.begin(), row_start.end());
        for (std::size_t j = 0; j < n; ++j)
            for (auto k = at(start[j]); k < at(start[j + 1]); ++k) {
                const auto to = at(place_of_row[at(row[k])]++);
                column[to] = static_cast<std::int32_t>(j);
                row_value[to] = value[k];
            }
    }

    /// The nonbasic place that bounds allow, nearest to the one wanted, and the value there.
    void rest(std::size_t j, LpPlace wanted) {
        if (lower[j] == upper[j]) wanted = LpPlace::fixed;
        else if (lower[j] == -infinity && upper[j] == infinity) wanted = LpPlace::free;
        else if (lower[j] == -infinity) wanted = LpPlace::upper;
        else if (upper[j] == infinity || wanted != LpPlace::upper) wanted = LpPlace::lower;
        place[j] = wanted;
        side[j] =
            wanted == LpPlace::lower ? 1.0 : (wanted == LpPlace::upper ? -1.0 : (wanted == LpPlace::free ? 2.0 : 0.0));
        x[j] = wanted == LpPlace::free ? 0.0 : (wanted == LpPlace::upper ? upper[j] : lower[j]);
    }

    /// Builds `head` and `nonbasic` from the places; the caller inverts. Too many or too few basics are repaired there.
    void index_basis() {
        std::size_t basics = 0;
        std::size_t others = 0;
        for (std::size_t j = n + m; j-- > 0;) {
            if (place[j] == LpPlace::basic && basics == m) rest(j, LpPlace::lower);
            if (place[j] == LpPlace::basic) ++basics;
        }
        for (std::size_t j = n; basics < m; ++j)
            if (place[j] != LpPlace::basic) {
                place[j] = LpPlace::basic;
                ++basics;
            }
        basics = 0;
        for (std::size_t j = 0; j < n + m; ++j) {
            const bool in = place[j] == LpPlace::basic;
            auto& list = in ? head : nonbasic;
            auto& count = in ? basics : others;
            if (in) side[j] = 0;
            slot[j] = static_cast<std::int32_t>(count);
            list[count++] = static_cast<std::int32_t>(j);
        }
    }

    /// Copies bounds of a basic column to its position.
    void load_bounds(std::size_t i) {
        const std::size_t j = at(head[i]);
        lb[i] = lower[j];
        ub[i] = upper[j];
        lb_tolerated[i] = lower[j] - primal_tolerance * (1 + std::abs(lower[j]));
        ub_tolerated[i] = upper[j] + primal_tolerance * (1 + std::abs(upper[j]));
    }

    /// Column q takes position r of the basis; the one that was there becomes nonbasic. Sets no values.
    void exchange(std::size_t r, std::size_t q) {
        const std::size_t p = at(head[r]);
        nonbasic[at(slot[q])] = static_cast<std::int32_t>(p);
        slot[p] = slot[q];
        head[r] = static_cast<std::int32_t>(q);
        slot[q] = static_cast<std::int32_t>(r);
        place[q] = LpPlace::basic;
        side[q] = 0;
    }

    /// out = inverse * column j.
    void image(std::size_t j, double* out) const {
        if (j >= n) {
            std::copy_n(inverse.column(j - n), m, out);
            return;
        }
        std::fill_n(out, m, 0.0);
        for (auto k = at(start[j]); k < at(start[j + 1]); ++k) inverse.add_column(at(row[k]), value[k], out);
    }

    /// price = r' [A I] over all columns (basic ones are to be ignored); rows with r = 0 cost nothing.
    void price_row(const double* r) {
        std::fill_n(price.begin(), n, 0.0);
        for (std::size_t i = 0; i < m; ++i) {
            const double f = r[i];
            price[n + i] = f;
            if (f == 0) continue;
            for (auto k = at(row_start[i]); k < at(row_start[i + 1]); ++k) price[at(column[k])] += f * row_value[k];
        }
    }

    /// Values of basic columns from those of the others, refined once against the matrix.
    void compute_primal() {
        std::fill_n(scratch.begin(), m, 0.0);
        for (const std::int32_t c : nonbasic) subtract_column(at(c), x[at(c)]);
        std::fill_n(xb.begin(), m, 0.0);
        for (std::size_t k = 0; k < m; ++k)
            if (scratch[k] != 0) inverse.add_column(k, scratch[k], xb.data());
        for (std::size_t i = 0; i < m; ++i) subtract_column(at(head[i]), xb[i]);
        for (std::size_t k = 0; k < m; ++k)
            if (scratch[k] != 0) inverse.add_column(k, scratch[k], xb.data());
    }

    /// y and reduced costs from the working costs, refined once.
    void compute_dual() {
        for (std::size_t i = 0; i < m; ++i) scratch[i] = working[at(head[i])];
        for (std::size_t k = 0; k < m; ++k) y[k] = inverse.dot(scratch.data(), k);
        bool refine = false;
        for (std::size_t i = 0; i < m; ++i) {
            scratch[i] = reduced(at(head[i]));
            refine |= scratch[i] != 0;
        }
        if (refine)
            for (std::size_t k = 0; k < m; ++k) y[k] += inverse.dot(scratch.data(), k);
        for (const std::int32_t c : nonbasic) d[at(c)] = reduced(at(c));
        for (const std::int32_t c : head) d[at(c)] = 0;
    }

    /// Exact steepest-edge weights: squared norms of the inverse's rows.
    void compute_weights() {
        std::fill_n(weight.begin(), m, 0.0);
        for (std::size_t k = 0; k < m; ++k) {
            const double* c = inverse.column(k);
            for (std::size_t i = 0; i < m; ++i) weight[i] += c[i] * c[i];
        }
        weights_valid = true;
    }

    /// Tolerates no more than `least` from now on.
    void tighten(double least) {
        primal_tolerance = std::min(primal_tolerance, least);
        dual_tolerance = std::min(dual_tolerance, least);
        for (std::size_t i = 0; i < m; ++i) load_bounds(i);
    }

    /// Both methods would be done even so.
    [[nodiscard]] bool within(double least) const {
        for (std::size_t i = 0; i < m; ++i)
            if (xb[i] < lb[i] - least * (1 + std::abs(lb[i])) || xb[i] > ub[i] + least * (1 + std::abs(ub[i])))
                return false;
        for (std::size_t j = 0; j < n + m; ++j)
            if (attraction(j) > least) return false;
        return true;
    }

    [[nodiscard]] bool primal_feasible() const {
        for (std::size_t i = 0; i < m; ++i)
            if (xb[i] < lb_tolerated[i] || xb[i] > ub_tolerated[i]) return false;
        return true;
    }

    /// By how much the reduced cost of a nonbasic column asks to leave its bound; <= 0: not at all.
    [[nodiscard]] double attraction(std::size_t j) const { return side[j] == 2 ? std::abs(d[j]) : -d[j] * side[j]; }

    [[nodiscard]] bool dual_feasible() const {
        for (std::size_t j = 0; j < n + m; ++j)
            if (attraction(j) > dual_tolerance) return false;
        return true;
    }

    /// Sets a shifted cost so that the reduced cost of nonbasic column j becomes `wanted`.
    void shift_cost(std::size_t j, double wanted) {
        working[j] += wanted - d[j];
        d[j] = wanted;
        shifted = true;
    }

    void restore_costs() {
        working = cost;
        shifted = false;
        compute_dual();
    }

private:
    [[nodiscard]] double reduced(std::size_t j) const {
        if (j >= n) return working[j] - y[j - n];
        double sum = working[j];
        for (auto k = at(start[j]); k < at(start[j + 1]); ++k) sum -= y[at(row[k])] * value[k];
        return sum;
    }

    void subtract_column(std::size_t j, double by) {
        if (by == 0) return;
        if (j >= n) {
            scratch[j - n] -= by;
            return;
        }
        for (auto k = at(start[j]); k < at(start[j + 1]); ++k) scratch[at(row[k])] -= by * value[k];
    }
};

}  // namespace meio::transport::detail
