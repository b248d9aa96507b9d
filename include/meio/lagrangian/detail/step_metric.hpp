// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/archive.hpp>
#include <meio/lagrangian/detail/limited_curvature.hpp>
#include <meio/lagrangian/detail/slope.hpp>

namespace meio::lagrangian::detail {

/// The matrix M of a step's length d'Md: a diagonal, a diagonal with low-rank quasi-Newton terms, or all of a Hessian.
/// Symmetric positive definite. Solves with the rows and columns of any set of coordinates, the free ones.
class StepMetric {
public:
    StepMetric() = default;
    explicit StepMetric(std::vector<double> diagonal) : diagonal_(std::move(diagonal)) {}
    /// A Hessian by rows; `floor` (per coordinate, > 0) is what the diagonal is raised by.
    StepMetric(std::vector<double> hessian, const std::vector<double>& floor) : matrix_(std::move(hessian)) {
        const std::size_t size = floor.size();
        diagonal_.resize(size);
        for (std::size_t k = 0; k < size; ++k) {
            for (std::size_t j = 0; j < k; ++j) {
                const double mean = 0.5 * (matrix_[k * size + j] + matrix_[j * size + k]);
                matrix_[k * size + j] = matrix_[j * size + k] = mean;
            }
            matrix_[k * size + k] += floor[k];
            diagonal_[k] = matrix_[k * size + k];
        }
    }
    StepMetric(std::vector<double> diagonal, LimitedCurvature pairs)
        : diagonal_(std::move(diagonal)), pairs_(std::move(pairs)) {}

    [[nodiscard]] std::size_t size() const { return diagonal_.size(); }
    [[nodiscard]] bool is_diagonal() const { return matrix_.empty() && pairs_.empty(); }
    [[nodiscard]] const std::vector<double>& diagonal() const { return diagonal_; }

    /// y = M x.
    void multiply(const double* x, double* y) const {
        const std::size_t n = size();
        if (!matrix_.empty()) {
            for (std::size_t k = 0; k < n; ++k) y[k] = dot(&matrix_[k * n], x, n);
            return;
        }
        for (std::size_t k = 0; k < n; ++k) y[k] = diagonal_[k] * x[k];
        if (!pairs_.empty()) pairs_.multiply(diagonal_, x, y);
    }

    /// From now on `solve` speaks of these coordinates. O(n^3) for a Hessian, O(n m^2) for m quasi-Newton pairs.
    void restrict_to(const std::vector<char>& free) {
        if (free == free_) return;
        free_ = free;
        if (!pairs_.empty()) pairs_.restrict_to(diagonal_, free_);
        if (matrix_.empty()) return;
        const std::size_t n = size();
        places_.clear();
        for (std::size_t k = 0; k < n; ++k)
            if (free_[k]) places_.push_back(k);
        const std::size_t m = places_.size();
        factor_.assign(m * m, 0.0);
        for (std::size_t i = 0; i < m; ++i) {
            double* row = &factor_[i * m];
            const double* from = &matrix_[places_[i] * n];
            for (std::size_t j = 0; j < i; ++j)
                row[j] = (from[places_[j]] - dot(row, &factor_[j * m], j)) / factor_[j * m + j];
            const double own = from[places_[i]];
            row[i] = std::sqrt(std::max({own - dot(row, row, i), 1e-13 * own, std::numeric_limits<double>::min()}));
        }
    }

    /// y = inverse of the free part of M times the free part of x; 0 elsewhere.
    void solve(const double* x, double* y) const {
        const std::size_t n = size();
        if (matrix_.empty()) {
            for (std::size_t k = 0; k < n; ++k) y[k] = free_[k] ? x[k] / diagonal_[k] : 0.0;
            if (!pairs_.empty()) pairs_.solve(diagonal_, free_, y);
            return;
        }
        const std::size_t m = places_.size();
        std::vector<double> z(m);
        for (std::size_t i = 0; i < m; ++i)
            z[i] = (x[places_[i]] - dot(z.data(), &factor_[i * m], i)) / factor_[i * m + i];
        for (std::size_t i = m; i-- > 0;) {
            z[i] /= factor_[i * m + i];
            for (std::size_t j = 0; j < i; ++j) z[j] -= factor_[i * m + j] * z[i];
        }
        std::fill(y, y + n, 0.0);
        for (std::size_t i = 0; i < m; ++i) y[places_[i]] = z[i];
    }

    void write(Writer& out) const {
        out.write(diagonal_);
        out.write(matrix_);
        pairs_.write(out);
    }
    void read(Reader& in) {
        in.read(diagonal_);
        in.read(matrix_);
        pairs_.read(in);
        if (!pairs_.empty()) pairs_.prepare(diagonal_);
        free_.clear();
    }

private:
    std::vector<double> diagonal_{};
    std::vector<double> matrix_{};
    LimitedCurvature pairs_{};
    std::vector<char> free_{};
    std::vector<std::size_t> places_{};  // of the free coordinates
    std::vector<double> factor_{};       // Cholesky, lower, of the free part
};

}  // namespace meio::lagrangian::detail
