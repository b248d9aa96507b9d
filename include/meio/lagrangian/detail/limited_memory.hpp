// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/archive.hpp>

namespace meio::lagrangian::detail {

/// Curvature learnt from steps and the gradient changes that came with them: BFGS on a diagonal, the last pairs only.
///
/// Byrd, Nocedal and Schnabel (1994), Math. Programming 63. Kept as the diagonal and two signed vectors a pair, so that a
/// product costs O(m K) and a solution on a face of the box O(m^2 K + m^3) for m pairs.
class LimitedMemory {
public:
    LimitedMemory() = default;
    explicit LimitedMemory(std::vector<double> diagonal) : diagonal_(std::move(diagonal)) {}

    [[nodiscard]] bool empty() const { return steps_.empty(); }
    [[nodiscard]] double factor() const { return factor_; }

    /// Sets the diagonal that the pairs correct, and its factor.
    void set_diagonal(std::vector<double> diagonal, double factor) {
        diagonal_ = std::move(diagonal);
        factor_ = factor;
        rebuild();
    }
    void scale(double by) {
        factor_ *= by;
        rebuild();
    }

    /// Takes in a step and the fall of the gradient along it; false where it shows no curvature above `noise`.
    bool learn(std::vector<double> step, std::vector<double> change, double noise) {
        double bend = 0;
        double length = 0;
        double scaled = 0;
        for (std::size_t k = 0; k < step.size(); ++k) {
            bend += step[k] * change[k];
            length += step[k] * step[k] * diagonal_[k];
            scaled += change[k] * change[k] / diagonal_[k];
        }
        if (!(bend > noise) || !(bend * bend > 1e-20 * length * scaled)) return false;
        if (steps_.size() >= most) {
            steps_.erase(steps_.begin());
            changes_.erase(changes_.begin());
        }
        steps_.push_back(std::move(step));
        changes_.push_back(std::move(change));
        factor_ = scaled / bend;
        rebuild();
        return true;
    }

    void multiply(std::span<const double> x, std::span<double> out) const {
        for (std::size_t k = 0; k < diagonal_.size(); ++k) out[k] = factor_ * diagonal_[k] * x[k];
        for (std::size_t j = 0; j < vectors_.size(); ++j) {
            const double along = sign(j) * dot(vectors_[j], x);
            for (std::size_t k = 0; k < diagonal_.size(); ++k) out[k] += along * vectors_[j][k];
        }
    }

    /// Solves on the coordinates in `free` by the formula of Sherman, Morrison and Woodbury.
    void solve(std::span<const std::size_t> free, std::span<const double> rhs, std::span<double> out) const {
        const std::size_t n = vectors_.size();
        std::vector<double> inner(n * n);
        std::vector<double> right(n, 0.0);
        for (const std::size_t k : free) {
            const double inverse = 1.0 / (factor_ * diagonal_[k]);
            out[k] = rhs[k] * inverse;
            for (std::size_t i = 0; i < n; ++i) {
                const double scaled = vectors_[i][k] * inverse;
                right[i] += scaled * rhs[k];
                for (std::size_t j = 0; j <= i; ++j) inner[i * n + j] += scaled * vectors_[j][k];
            }
        }
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < i; ++j) inner[j * n + i] = inner[i * n + j];
            inner[i * n + i] += sign(i);
        }
        eliminate(inner, right);
        for (const std::size_t k : free) {
            double sum = 0;
            for (std::size_t j = 0; j < n; ++j) sum += vectors_[j][k] * right[j];
            out[k] -= sum / (factor_ * diagonal_[k]);
        }
    }

    void write(Writer& out) const {
        out.write(diagonal_);
        out.write(factor_);
        out.write(steps_);
        out.write(changes_);
    }
    void read(Reader& in) {
        in.read(diagonal_);
        in.read(factor_);
        in.read(steps_);
        in.read(changes_);
        rebuild();
    }

private:
    static constexpr std::size_t most = 20;

    [[nodiscard]] static double sign(std::size_t j) { return j % 2 == 0 ? -1.0 : 1.0; }
    [[nodiscard]] static double dot(std::span<const double> x, std::span<const double> y) {
        double sum = 0;
        for (std::size_t k = 0; k < x.size(); ++k) sum += x[k] * y[k];
        return sum;
    }

    void rebuild() {
        vectors_.clear();
        std::vector<double> product(diagonal_.size());
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            multiply(steps_[i], product);
            const double shrink = dot(steps_[i], product);
            const double bend = dot(steps_[i], changes_[i]);
            if (!(shrink > 0) || !(bend > 0)) continue;
            std::vector<double> change = changes_[i];
            for (double& entry : change) entry /= std::sqrt(bend);
            for (double& entry : product) entry /= std::sqrt(shrink);
            vectors_.push_back(product);
            vectors_.push_back(std::move(change));
        }
    }

    // Gaussian elimination with partial pivoting; the answer replaces the right-hand side.
    static void eliminate(std::vector<double>& matrix, std::vector<double>& right) {
        const std::size_t n = right.size();
        for (std::size_t c = 0; c < n; ++c) {
            std::size_t pivot = c;
            for (std::size_t r = c + 1; r < n; ++r)
                if (std::abs(matrix[r * n + c]) > std::abs(matrix[pivot * n + c])) pivot = r;
            if (matrix[pivot * n + c] == 0) continue;
            if (pivot != c) {
                std::swap(right[c], right[pivot]);
                for (std::size_t j = 0; j < n; ++j) std::swap(matrix[c * n + j], matrix[pivot * n + j]);
            }
            for (std::size_t r = c + 1; r < n; ++r) {
                const double share = matrix[r * n + c] / matrix[c * n + c];
                for (std::size_t j = c; j < n; ++j) matrix[r * n + j] -= share * matrix[c * n + j];
                right[r] -= share * right[c];
            }
        }
        for (std::size_t c = n; c-- > 0;) {
            for (std::size_t j = c + 1; j < n; ++j) right[c] -= matrix[c * n + j] * right[j];
            right[c] = matrix[c * n + c] != 0 ? right[c] / matrix[c * n + c] : 0.0;
        }
    }

    std::vector<double> diagonal_{};
    double factor_ = 1;
    std::vector<std::vector<double>> steps_{}, changes_{};  // oldest first
    std::vector<std::vector<double>> vectors_{};            // even: taken off, odd: added
};

}  // namespace meio::lagrangian::detail
