// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/archive.hpp>
#include <meio/lagrangian/detail/dot.hpp>

namespace meio::lagrangian::detail {

/// The low-rank terms of a BFGS matrix in compact form, `M = B - W C^-1 W'` with W = [B S, Y] over the last pairs of
/// steps S and changes of the gradient Y. Byrd, Nocedal and Schnabel (1994), Math. Programming 63.
class LimitedCurvature {
public:
    [[nodiscard]] bool empty() const { return steps_.empty(); }

    /// Takes a pair in; `change` is minus the change of the gradient. Pairs without curvature are left out.
    void add(std::vector<double> step, std::vector<double> change, std::size_t keep = 10) {
        const std::size_t n = step.size();
        const double curvature = dot(step.data(), change.data(), n);
        const double norms = std::sqrt(dot(step.data(), step.data(), n) * dot(change.data(), change.data(), n));
        if (!(curvature > 1e-8 * norms)) return;
        steps_.push_back(std::move(step));
        changes_.push_back(std::move(change));
        if (steps_.size() > keep) {
            steps_.erase(steps_.begin());
            changes_.erase(changes_.begin());
        }
    }

    /// Factor by which the newest pair would have the base matrix multiplied.
    [[nodiscard]] double scale(const std::vector<double>& base) const {
        const std::vector<double>& s = steps_.back();
        const std::vector<double>& y = changes_.back();
        double inverse = 0;
        for (std::size_t k = 0; k < base.size(); ++k) inverse += y[k] * y[k] / base[k];
        return inverse / dot(s.data(), y.data(), base.size());
    }

    /// Builds W and C on a base matrix; call after the last `add`.
    void prepare(const std::vector<double>& base) {
        const std::size_t m = steps_.size();
        const std::size_t n = base.size();
        columns_.assign(2 * m, std::vector<double>(n));
        middle_.assign(4 * m * m, 0.0);
        for (std::size_t i = 0; i < m; ++i) {
            for (std::size_t k = 0; k < n; ++k) columns_[i][k] = base[k] * steps_[i][k];
            columns_[m + i] = changes_[i];
        }
        for (std::size_t i = 0; i < m; ++i)
            for (std::size_t j = 0; j < m; ++j) {
                middle_[i * 2 * m + j] = dot(steps_[i].data(), columns_[j].data(), n);
                const double product = dot(steps_[i].data(), changes_[j].data(), n);
                if (i > j) middle_[i * 2 * m + m + j] = middle_[(m + j) * 2 * m + i] = product;
                if (i == j) middle_[(m + i) * 2 * m + m + i] = -product;
            }
        multiplier_ = Factor(middle_, 2 * m);
    }

    /// y -= W C^-1 W' x.
    void multiply(const std::vector<double>& base, const double* x, double* y) const {
        std::vector<double> z(columns_.size());
        for (std::size_t c = 0; c < z.size(); ++c) z[c] = dot(columns_[c].data(), x, base.size());
        multiplier_.solve(z);
        for (std::size_t c = 0; c < z.size(); ++c) add_scaled(y, -z[c], columns_[c].data(), base.size());
    }

    /// Sherman-Morrison-Woodbury on the free coordinates; `root` holds 1 / sqrt(base) there, 0 elsewhere. The inverse is
    /// root (I + Q' S^-1 Q) root then, with the columns of W times root for rows of Q.
    void restrict_to(const std::vector<double>& root) {
        const std::size_t m = columns_.size();
        scaled_ = columns_;
        for (std::vector<double>& column : scaled_)
            for (std::size_t k = 0; k < root.size(); ++k) column[k] *= root[k];
        std::vector<double> inner = middle_;
        for (std::size_t i = 0; i < m; ++i)
            for (std::size_t j = 0; j <= i; ++j) {
                const double product = dot(scaled_[i].data(), scaled_[j].data(), root.size());
                inner[i * m + j] -= product;
                if (i != j) inner[j * m + i] -= product;
            }
        solver_ = Factor(std::move(inner), m);
    }
    /// Rows of Q.
    [[nodiscard]] const std::vector<std::vector<double>>& rows() const { return scaled_; }
    /// z becomes S^-1 z.
    void solve_middle(std::vector<double>& z) const { solver_.solve(z); }
    /// y += Q' S^-1 Q y.
    void solve(std::vector<double>& y) const {
        std::vector<double> z(scaled_.size());
        for (std::size_t c = 0; c < z.size(); ++c) z[c] = dot(scaled_[c].data(), y.data(), y.size());
        solver_.solve(z);
        for (std::size_t c = 0; c < z.size(); ++c) add_scaled(y.data(), z[c], scaled_[c].data(), y.size());
    }

    void write(Writer& out) const {
        out.write(steps_);
        out.write(changes_);
    }
    void read(Reader& in) {
        in.read(steps_);
        in.read(changes_);
    }

private:
    // Gaussian elimination with row exchanges: C is symmetric but not definite.
    class Factor {
    public:
        Factor() = default;
        Factor(std::vector<double> matrix, std::size_t size) : lu_(std::move(matrix)), rows_(size), size_(size) {
            for (std::size_t i = 0; i < size_; ++i) rows_[i] = i;
            for (std::size_t c = 0; c < size_; ++c) {
                std::size_t pivot = c;
                for (std::size_t r = c + 1; r < size_; ++r)
                    if (std::abs(lu_[r * size_ + c]) > std::abs(lu_[pivot * size_ + c])) pivot = r;
                std::swap(rows_[c], rows_[pivot]);
                for (std::size_t k = 0; k < size_ && pivot != c; ++k) std::swap(lu_[c * size_ + k], lu_[pivot * size_ + k]);
                const double own = lu_[c * size_ + c];
                for (std::size_t r = c + 1; r < size_ && own != 0; ++r) {
                    const double factor = lu_[r * size_ + c] /= own;
                    for (std::size_t k = c + 1; k < size_; ++k) lu_[r * size_ + k] -= factor * lu_[c * size_ + k];
                }
            }
        }
        void solve(std::vector<double>& x) const {
            std::vector<double> z(size_);
            for (std::size_t i = 0; i < size_; ++i) z[i] = x[rows_[i]] - dot(&lu_[i * size_], z.data(), i);
            for (std::size_t i = size_; i-- > 0;) {
                double sum = z[i];
                for (std::size_t k = i + 1; k < size_; ++k) sum -= lu_[i * size_ + k] * z[k];
                z[i] = lu_[i * size_ + i] != 0 ? sum / lu_[i * size_ + i] : 0.0;
            }
            x = std::move(z);
        }

    private:
        std::vector<double> lu_{};
        std::vector<std::size_t> rows_{};
        std::size_t size_ = 0;
    };

    std::vector<std::vector<double>> steps_{};
    std::vector<std::vector<double>> changes_{};
    std::vector<std::vector<double>> columns_{}, scaled_{};
    std::vector<double> middle_{};
    Factor multiplier_{}, solver_{};
};

}  // namespace meio::lagrangian::detail
