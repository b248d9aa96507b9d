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

    /// v * column k, in four sums side by side.
    [[nodiscard]] double dot(const double* v, std::size_t k) const {
        const double* c = column(k);
        double sum[4] = {0, 0, 0, 0};
        std::size_t i = 0;
        for (; i + 4 <= size; i += 4)
            for (std::size_t q = 0; q < 4; ++q) sum[q] += v[i + q] * c[i + q];
        for (; i < size; ++i) sum[0] += v[i] * c[i];
        return (sum[0] + sum[1]) + (sum[2] + sum[3]);
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
            std::size_t other = k + 1;  // two columns at a time, for they share what is read of alpha and tau
            while (tau != nullptr && other < size && rho[other] == 0) ++other;
            double* c = column(k);
            const double f = rho[k] * reciprocal;
            if (tau == nullptr) {
                for (std::size_t i = 0; i < size; ++i) c[i] -= f * alpha[i];
            } else if (other < size) {
                double* e = column(other);
                const double g = rho[other] * reciprocal;
                take_out(c, e, f, g, rho[k], rho[other], alpha, tau);
                e[r] = g;
            } else {
                const double t = rho[k];
                for (std::size_t i = 0; i < size; ++i) {
                    tau[i] += t * c[i];
                    c[i] -= f * alpha[i];
                }
            }
            c[r] = f;
            if (tau != nullptr) k = other;
        }
    }

private:
    void take_out(double* __restrict c, double* __restrict e, double f, double g, double s, double t,
                  const double* __restrict alpha, double* __restrict tau) const {
        for (std::size_t i = 0; i < size; ++i) {
            const double a = alpha[i];
            tau[i] = tau[i] + s * c[i] + t * e[i];
            c[i] -= f * a;
            e[i] -= g * a;
        }
    }
};

}  // namespace meio::transport::detail
