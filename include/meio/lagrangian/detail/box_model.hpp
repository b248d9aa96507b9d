// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace meio::lagrangian::detail {

/// A curvature matrix held densely. Answers what `maximise_model` asks: products, and solutions on a face of the box.
class DenseCurvature {
public:
    /// `matrix` by rows, symmetric; every diagonal entry is raised to at least `least` and by a millionth of itself.
    DenseCurvature(std::span<const double> matrix, std::span<const double> least) : size_(least.size()), matrix_(matrix.begin(), matrix.end()) {
        for (std::size_t k = 0; k < size_; ++k) {
            double& entry = matrix_[k * size_ + k];
            entry = std::max(entry * (1.0 + 1e-6), least[k]);
        }
    }

    void multiply(std::span<const double> x, std::span<double> out) const {
        for (std::size_t i = 0; i < size_; ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < size_; ++j) sum += matrix_[i * size_ + j] * x[j];
            out[i] = sum;
        }
    }

    /// Solves the rows and columns in `free` for the right-hand sides there, by Cholesky: O(n^3 / 3).
    void solve(std::span<const std::size_t> free, std::span<const double> rhs, std::span<double> out) const {
        const std::size_t n = free.size();
        std::vector<double> factor(n * n);
        for (std::size_t j = 0; j < n; ++j) {
            for (std::size_t i = j; i < n; ++i) factor[i * n + j] = matrix_[free[i] * size_ + free[j]];
        }
        std::vector<double> x(n);
        for (std::size_t i = 0; i < n; ++i) {
            double* row = &factor[i * n];
            const double original = row[i];
            for (std::size_t j = 0; j < i; ++j) {
                const double* other = &factor[j * n];
                row[j] = (row[j] - dot(row, other, j)) / other[j];
            }
            const double pivot = original - dot(row, row, i);
            row[i] = std::sqrt(std::max({pivot, 1e-12 * original, std::numeric_limits<double>::min()}));
            x[i] = (rhs[free[i]] - dot(row, x.data(), i)) / row[i];
        }
        for (std::size_t i = n; i-- > 0;) {
            x[i] /= factor[i * n + i];
            for (std::size_t j = 0; j < i; ++j) x[j] -= factor[i * n + j] * x[i];
        }
        for (std::size_t i = 0; i < n; ++i) out[free[i]] = x[i];
    }

private:
    // Four running sums: a fixed order of additions that compilers can keep in vector registers.
    static double dot(const double* x, const double* y, std::size_t n) {
        double sum[4] = {0, 0, 0, 0};
        std::size_t k = 0;
        for (; k + 4 <= n; k += 4)
            for (std::size_t j = 0; j < 4; ++j) sum[j] += x[k + j] * y[k + j];
        for (; k < n; ++k) sum[0] += x[k] * y[k];
        return (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }

    std::size_t size_;
    std::vector<double> matrix_;
};

/// The step of a quadratic model and what it promises.
struct ModelStep {
    std::vector<double> step{};
    double slope = 0;      // gradient.step: ascent by linearity
    double predicted = 0;  // gradient.step - step.B step / 2
};

/// Maximises `gradient.d - d.B d / 2` over low <= d <= high by the two-metric projection of Bertsekas (1982), SIAM J.
/// Control and Optim. 20(2): a Newton step on the coordinates that no bound holds, projected, shortened until the model
/// gains. No call of the oracle; a few factorisations, one for each change of the face.
template <class Curvature>
ModelStep maximise_model(const Curvature& curvature, std::span<const double> gradient, std::span<const double> low,
                         std::span<const double> high) {
    const std::size_t size = gradient.size();
    ModelStep result{std::vector<double>(size, 0.0), 0, 0};
    std::vector<double>& d = result.step;
    std::vector<double> bent(size, 0.0);  // B d
    std::vector<double> rest(size);
    std::vector<double> newton(size);
    std::vector<double> next(size);
    std::vector<std::size_t> free;
    const auto value = [&](const std::vector<double>& at, const std::vector<double>& product) {
        double sum = 0;
        for (std::size_t k = 0; k < size; ++k) sum += at[k] * (gradient[k] - 0.5 * product[k]);
        return sum;
    };
    double best = 0;
    std::vector<double> next_bent(size);
    for (int round = 0; round < 60; ++round) {
        free.clear();
        for (std::size_t k = 0; k < size; ++k) {
            rest[k] = gradient[k] - bent[k];
            const bool held = rest[k] < 0 ? d[k] <= low[k] : d[k] >= high[k];
            if (!held) free.push_back(k);
        }
        if (free.empty()) break;
        curvature.solve(free, rest, newton);
        double promised = 0;
        for (const std::size_t k : free) promised += rest[k] * newton[k];
        if (!(promised > 1e-14 * std::max(best, 0.0)) || !(promised > 0)) break;
        bool gained = false;
        bool whole = false;
        for (double share = 1.0; share > 1e-6 && !gained; share *= 0.5) {
            next = d;
            whole = share == 1.0;
            for (const std::size_t k : free) {
                const double wish = d[k] + share * newton[k];
                next[k] = std::clamp(wish, low[k], high[k]);
                whole = whole && next[k] == wish;
            }
            curvature.multiply(next, next_bent);
            const double found = value(next, next_bent);
            if (found <= best) continue;
            gained = found > best;
            best = found;
            d = next;
            bent = next_bent;
        }
        if (!gained) break;
        if (whole && free.size() == size) break;  // the unbounded maximiser
    }
    for (std::size_t k = 0; k < size; ++k) result.slope += gradient[k] * d[k];
    result.predicted = best;
    return result;
}

}  // namespace meio::lagrangian::detail
