// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <meio/transport/detail/simd.hpp>

namespace meio::transport::detail {

/// An arc that prices below zero: reduced cost and ends (row, column).
struct PricedArc {
    double score = std::numeric_limits<double>::infinity();
    std::int32_t row = -1;
    std::int32_t column = -1;

    bool operator<(const PricedArc& other) const { return score != other.score ? score < other.score : row < other.row; }
};

// A small matrix whose rows are padded to a multiple of 4 with columns of infinite price. Rows for which `skip` is not 0
// are left out (skip may be null).
namespace body {

template <std::size_t Lanes>
MEIO_TRANSPORT_BODY double least_of_lanes(const double* a, const double* b, std::size_t n) {
    double lanes[Lanes];
    for (std::size_t l = 0; l < Lanes; ++l) lanes[l] = a[l] + b[l];
    for (std::size_t j = Lanes; j < n; j += Lanes)
        for (std::size_t l = 0; l < Lanes; ++l) {
            const double sum = a[j + l] + b[j + l];
            lanes[l] = sum < lanes[l] ? sum : lanes[l];
        }
    for (std::size_t width = Lanes / 2; width > 0; width /= 2)
        for (std::size_t l = 0; l < width; ++l) lanes[l] = lanes[l + width] < lanes[l] ? lanes[l + width] : lanes[l];
    return lanes[0];
}

MEIO_TRANSPORT_BODY double padded_least(const double* a, const double* b, std::size_t n) {
    return n % 8 == 0 ? least_of_lanes<8>(a, b, n) : least_of_lanes<4>(a, b, n);
}

// The first j with a[j] + b[j] <= value, which exists.
MEIO_TRANSPORT_BODY std::int32_t first_at_most(const double* a, const double* b, double value) {
    for (std::size_t j = 0;; j += 4) {
        unsigned hit = 0;
        for (std::size_t l = 0; l < 4; ++l) hit |= static_cast<unsigned>(a[j + l] + b[j + l] <= value) << l;
        if (hit != 0) return static_cast<std::int32_t>(j) + std::countr_zero(hit);
    }
}

MEIO_TRANSPORT_BODY PricedArc least_in_row(const double* c, const double* price, std::size_t stride) {
    const double least = padded_least(c, price, stride);
    return {least, -1, least < std::numeric_limits<double>::infinity() ? first_at_most(c, price, least) : 0};
}

MEIO_TRANSPORT_BODY std::size_t least_arcs(const double* costs, const double* row_price, const double* column_price, std::size_t rows,
                                           std::size_t stride, double tolerance, PricedArc* out) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        const double* c = costs + i * stride;
        const double least = padded_least(c, column_price, stride);
        const double score = least - row_price[i];
        if (!(score < -tolerance)) continue;
        out[count++] = {score, static_cast<std::int32_t>(i), first_at_most(c, column_price, least)};
    }
    return count;
}

}  // namespace body

#ifdef MEIO_TRANSPORT_X86
namespace avx2 {
__attribute__((target("avx2"))) inline std::size_t least_arcs(const double* costs, const double* row_price, const double* column_price,
                                                              std::size_t rows, std::size_t stride, double tolerance, PricedArc* out) {
    return body::least_arcs(costs, row_price, column_price, rows, stride, tolerance, out);
}
__attribute__((target("avx2"))) inline PricedArc least_in_row(const double* c, const double* price, std::size_t stride) {
    return body::least_in_row(c, price, stride);
}
}  // namespace avx2
#endif

/// The least `cost + price` of a row, and its first column; row -1. The score is infinite where all are.
[[nodiscard]] inline PricedArc least_in_row(const double* c, const double* price, std::size_t stride, InstructionSet set) {
#ifdef MEIO_TRANSPORT_X86
    if (set != InstructionSet::baseline && stride > 8) return avx2::least_in_row(c, price, stride);
#else
    (void)set;
#endif
    return body::least_in_row(c, price, stride);
}

/// Writes each row's arc of least `cost - row_price + column_price` where that is below -tolerance; returns how many.
[[nodiscard]] inline std::size_t least_arcs(const double* costs, const double* row_price, const double* column_price, std::size_t rows,
                                            std::size_t stride, double tolerance, PricedArc* out, InstructionSet set) {
#ifdef MEIO_TRANSPORT_X86
    if (set != InstructionSet::baseline && stride > 8)
        return avx2::least_arcs(costs, row_price, column_price, rows, stride, tolerance, out);
#else
    (void)set;
#endif
    return body::least_arcs(costs, row_price, column_price, rows, stride, tolerance, out);
}

}  // namespace meio::transport::detail
