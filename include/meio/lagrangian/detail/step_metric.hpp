// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/archive.hpp>
#include <meio/lagrangian/detail/cholesky.hpp>
#include <meio/lagrangian/detail/dot.hpp>
#include <meio/lagrangian/detail/limited_curvature.hpp>

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
    /// The same where only the rows of coordinates that are not free matter; other rows of y may be anything.
    void multiply_held(const double* x, double* y) const {
        if (matrix_.empty()) return multiply(x, y);
        const std::size_t n = size();
        for (std::size_t k = 0; k < n; ++k)
            if (!free_[k]) y[k] = dot(&matrix_[k * n], x, n);
    }

    /// From now on `solve` speaks of these coordinates. O(n^3) for a Hessian, O(n m^2) for m quasi-Newton pairs.
    void restrict_to(const std::vector<char>& free) {
        if (free == free_) return;
        free_ = free;
        const std::size_t n = size();
        if (matrix_.empty()) {
            root_.resize(n);
            for (std::size_t k = 0; k < n; ++k) root_[k] = free_[k] ? 1.0 / std::sqrt(diagonal_[k]) : 0.0;
            if (!pairs_.empty()) pairs_.restrict_to(root_);
            return;
        }
        places_.clear();
        for (std::size_t k = 0; k < n; ++k)
            if (free_[k]) places_.push_back(k);
        factor_.factorise(matrix_.data(), n, places_);
    }

    /// y = inverse of the free part of M times the free part of x; 0 elsewhere.
    void solve(const double* x, std::vector<double>& y) const {
        const std::size_t n = size();
        y.resize(n);
        if (matrix_.empty()) {
            for (std::size_t k = 0; k < n; ++k) y[k] = root_[k] * x[k];
            if (!pairs_.empty()) pairs_.solve(y);
            for (std::size_t k = 0; k < n; ++k) y[k] *= root_[k];
            return;
        }
        std::vector<double> z(places_.size());
        for (std::size_t i = 0; i < z.size(); ++i) z[i] = x[places_[i]];
        factor_.solve(z);
        std::fill(y.begin(), y.end(), 0.0);
        for (std::size_t i = 0; i < z.size(); ++i) y[places_[i]] = z[i];
    }

    /// Inner products in the inverse of the free part are sums of products of images: of `root` times a vector and, with
    /// quasi-Newton pairs, of what these add, or of the factor's answer to the `places` where M is a Hessian.
    [[nodiscard]] bool is_hessian() const { return !matrix_.empty(); }
    [[nodiscard]] const std::vector<double>& root() const { return root_; }
    [[nodiscard]] const LimitedCurvature& pairs() const { return pairs_; }
    [[nodiscard]] const std::vector<std::size_t>& places() const { return places_; }
    [[nodiscard]] const Cholesky& factor() const { return factor_; }

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
    std::vector<double> root_{};         // 1 / sqrt(diagonal) at free coordinates, else 0; without a Hessian
    std::vector<std::size_t> places_{};  // of the free coordinates
    Cholesky factor_{};                  // of the free part of the Hessian
};

}  // namespace meio::lagrangian::detail
