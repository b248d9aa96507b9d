// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <meio/lagrangian/detail/dot.hpp>

namespace meio::lagrangian::detail {

/// Cholesky factor LL' of some rows and columns of a symmetric matrix. Four rows, or four right-hand sides, go through
/// the factor together: each of its entries is fetched once for four products.
class Cholesky {
public:
    [[nodiscard]] std::size_t size() const { return size_; }

    /// Factor of the rows and columns in `places` of a matrix of `stride` entries a row. A pivot that vanishes is kept
    /// barely positive. O(n^3 / 6).
    void factorise(const double* matrix, std::size_t stride, const std::vector<std::size_t>& places) {
        size_ = places.size();
        entries_.resize(size_ * size_);
        reciprocals_.resize(size_);
        for (std::size_t begin = 0; begin < size_; begin += 4) {
            const std::size_t end = std::min(begin + 4, size_);
            for (std::size_t i = begin; i < end; ++i)
                for (std::size_t j = 0; j <= i; ++j) row(i)[j] = matrix[places[i] * stride + places[j]];
            if (end - begin == 4) reduce(row(begin), row(begin + 1), row(begin + 2), row(begin + 3), begin);
            for (std::size_t i = begin; i < end; ++i) {
                double* own = row(i);
                for (std::size_t j = end - begin == 4 ? begin : 0; j < i; ++j)
                    own[j] = (own[j] - dot(own, row(j), j)) * reciprocals_[j];
                const double pivot = own[i];
                own[i] = std::sqrt(std::max({pivot - dot(own, own, i), 1e-13 * pivot, std::numeric_limits<double>::min()}));
                reciprocals_[i] = 1.0 / own[i];
            }
        }
    }

    /// Replaces each of four vectors by L^-1 times it. Every one's bits depend on itself alone.
    void reduce(double* a, double* b, double* c, double* d) const { reduce(a, b, c, d, size_); }

    /// Replaces z by the solution. O(n^2).
    void solve(std::vector<double>& z) const {
        for (std::size_t i = 0; i < size_; ++i) z[i] = (z[i] - dot(z.data(), row(i), i)) * reciprocals_[i];
        for (std::size_t i = size_; i-- > 0;) {
            z[i] *= reciprocals_[i];
            add_scaled(z.data(), -z[i], row(i), i);
        }
    }

private:
    [[nodiscard]] double* row(std::size_t i) { return &entries_[i * size_]; }
    [[nodiscard]] const double* row(std::size_t i) const { return &entries_[i * size_]; }

    // The first `count` entries of L^-1 times each vector.
    void reduce(double* a, double* b, double* c, double* d, std::size_t count) const {
        for (std::size_t j = 0; j < count; ++j) {
            const double* with = row(j);
            double sums[4] = {0, 0, 0, 0};
            four_dots(with, a, b, c, d, j, sums);
            a[j] = (a[j] - sums[0]) * reciprocals_[j];
            b[j] = (b[j] - sums[1]) * reciprocals_[j];
            c[j] = (c[j] - sums[2]) * reciprocals_[j];
            d[j] = (d[j] - sums[3]) * reciprocals_[j];
        }
    }

    std::vector<double> entries_{};      // L by rows
    std::vector<double> reciprocals_{};  // of its diagonal
    std::size_t size_ = 0;
};

}  // namespace meio::lagrangian::detail
