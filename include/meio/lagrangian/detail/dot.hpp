// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace meio::lagrangian::detail {

// Two numbers that compilers keep in one vector register of every machine; written out so that all of them do. The order
// of additions is fixed, and is that of the plain loops that other compilers get.
#if defined(__GNUC__) || defined(__clang__)
#define MEIO_LAGRANGIAN_PAIRS
using NumberPair = double __attribute__((vector_size(16), aligned(8), may_alias));
inline NumberPair& pair_at(double* x) { return *reinterpret_cast<NumberPair*>(x); }
inline const NumberPair& pair_at(const double* x) { return *reinterpret_cast<const NumberPair*>(x); }
#endif

/// Sum of products: eight running sums, then these two by two.
inline double dot(const double* x, const double* y, std::size_t size) {
    double sum[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    std::size_t k = 0;
#ifdef MEIO_LAGRANGIAN_PAIRS
    if (size >= 8) {
        NumberPair a = pair_at(x) * pair_at(y);
        NumberPair b = pair_at(x + 2) * pair_at(y + 2);
        NumberPair c = pair_at(x + 4) * pair_at(y + 4);
        NumberPair d = pair_at(x + 6) * pair_at(y + 6);
        for (k = 8; k + 8 <= size; k += 8) {
            a += pair_at(x + k) * pair_at(y + k);
            b += pair_at(x + k + 2) * pair_at(y + k + 2);
            c += pair_at(x + k + 4) * pair_at(y + k + 4);
            d += pair_at(x + k + 6) * pair_at(y + k + 6);
        }
        for (std::size_t j = 0; j < 2; ++j) {
            sum[j] = a[j];
            sum[2 + j] = b[j];
            sum[4 + j] = c[j];
            sum[6 + j] = d[j];
        }
    }
#else
    for (; k + 8 <= size; k += 8)
        for (std::size_t j = 0; j < 8; ++j) sum[j] += x[k + j] * y[k + j];
#endif
    for (; k < size; ++k) sum[0] += x[k] * y[k];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

/// Products of one vector with four: four running sums each, then these two by two.
inline void four_dots(const double* with, const double* a, const double* b, const double* c, const double* d,
                      std::size_t size, double sums[4]) {
    double part[4][4] = {};
    std::size_t k = 0;
#ifdef MEIO_LAGRANGIAN_PAIRS
    NumberPair a0{}, a1{}, b0{}, b1{}, c0{}, c1{}, d0{}, d1{};
    for (; k + 4 <= size; k += 4) {
        const NumberPair w0 = pair_at(with + k);
        const NumberPair w1 = pair_at(with + k + 2);
        a0 += w0 * pair_at(a + k);
        a1 += w1 * pair_at(a + k + 2);
        b0 += w0 * pair_at(b + k);
        b1 += w1 * pair_at(b + k + 2);
        c0 += w0 * pair_at(c + k);
        c1 += w1 * pair_at(c + k + 2);
        d0 += w0 * pair_at(d + k);
        d1 += w1 * pair_at(d + k + 2);
    }
    pair_at(part[0]) = a0;
    pair_at(part[0] + 2) = a1;
    pair_at(part[1]) = b0;
    pair_at(part[1] + 2) = b1;
    pair_at(part[2]) = c0;
    pair_at(part[2] + 2) = c1;
    pair_at(part[3]) = d0;
    pair_at(part[3] + 2) = d1;
#else
    for (; k + 4 <= size; k += 4)
        for (std::size_t j = 0; j < 4; ++j) {
            part[0][j] += with[k + j] * a[k + j];
            part[1][j] += with[k + j] * b[k + j];
            part[2][j] += with[k + j] * c[k + j];
            part[3][j] += with[k + j] * d[k + j];
        }
#endif
    for (; k < size; ++k) {
        part[0][0] += with[k] * a[k];
        part[1][0] += with[k] * b[k];
        part[2][0] += with[k] * c[k];
        part[3][0] += with[k] * d[k];
    }
    for (std::size_t r = 0; r < 4; ++r) sums[r] = (part[r][0] + part[r][1]) + (part[r][2] + part[r][3]);
}

/// x += factor y.
inline void add_scaled(double* x, double factor, const double* y, std::size_t size) {
    std::size_t k = 0;
#ifdef MEIO_LAGRANGIAN_PAIRS
    const NumberPair factors = {factor, factor};
    for (; k + 4 <= size; k += 4) {
        pair_at(x + k) += factors * pair_at(y + k);
        pair_at(x + k + 2) += factors * pair_at(y + k + 2);
    }
#endif
    for (; k < size; ++k) x[k] += factor * y[k];
}

/// (x, y) becomes (c x + s y, c y - s x).
inline void rotate(double* x, double* y, double c, double s, std::size_t size) {
    std::size_t k = 0;
#ifdef MEIO_LAGRANGIAN_PAIRS
    const NumberPair cc = {c, c};
    const NumberPair ss = {s, s};
    for (; k + 2 <= size; k += 2) {
        const NumberPair a = pair_at(x + k);
        const NumberPair b = pair_at(y + k);
        pair_at(x + k) = cc * a + ss * b;
        pair_at(y + k) = cc * b - ss * a;
    }
#endif
    for (; k < size; ++k) {
        const double a = x[k];
        const double b = y[k];
        x[k] = c * a + s * b;
        y[k] = c * b - s * a;
    }
}

}  // namespace meio::lagrangian::detail
