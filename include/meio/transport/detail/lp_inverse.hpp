// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

namespace meio::transport::detail {

/// The inverse of a small basis matrix, held by columns: entry (position i, row k) at `columns[k * size + i]`.
///
/// At these sizes the explicit inverse beats triangular factors: rows of it are the dual simplex's pivot rows, columns
/// times a short sparse column its pivot column, and a pivot touches only the columns with an entry in the pivot row.
struct LpInverse {
    std::size_t size = 0;
    std::vector<double> columns;

    void identity(std::size_t m) {
        size = m;
        columns.assign(m * m, 0.0);
        for (std::size_t i = 0; i < m; ++i) columns[i * m + i] = 1;
    }

    [[nodiscard]] const double* column(std::size_t k) const { return columns.data() + k * size; }
    [[nodiscard]] double* column(std::size_t k) { return columns.data() + k * size; }

    /// out += factor * column k.
    void add_column(std::size_t k, double factor, double* out) const {
        const double* c = column(k);
        for (std::size_t i = 0; i < size; ++i) out[i] += factor * c[i];
    }

    /// Row r into `out`.
    void row(std::size_t r, double* out) const {
        const double* c = columns.data() + r;
        for (std::size_t k = 0; k < size; ++k) out[k] = c[k * size];
    }

    /// Replaces the basis column at position r by one whose image is `alpha`; `rho` is row r before. Where `tau` is
    /// given, it becomes (old inverse) * rho on the way, which steepest-edge weights need.
    void pivot(std::size_t r, const double* alpha, const double* rho, double* tau) {
        const double reciprocal = 1 / alpha[r];
        for (std::size_t k = 0; k < size; ++k) {
            if (rho[k] == 0) continue;
            double* c = column(k);
            const double f = rho[k] * reciprocal;
            if (tau != nullptr) {
                const double t = rho[k];
                for (std::size_t i = 0; i < size; ++i) {
                    tau[i] += t * c[i];
                    c[i] -= f * alpha[i];
                }
            } else {
                for (std::size_t i = 0; i < size; ++i) c[i] -= f * alpha[i];
            }
            c[r] = f;
        }
    }
};

}  // namespace meio::transport::detail
