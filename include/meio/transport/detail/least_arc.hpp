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

// A small matrix whose rows are padded to a multiple of 4 with columns of infinite price. Every clone finds the same arcs:
// of equal ones that of the lowest row, then column.
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

// Where the lowest bits that `mask` covers make room for the column: NaN never counts as less.
MEIO_TRANSPORT_BODY double least_tagged_plain(const double* a, const double* b, std::size_t n, std::uint64_t mask) {
    double least = 0x1.8p1023;
    for (std::size_t j = 0; j < n; ++j) {
        const double tagged = std::bit_cast<double>((std::bit_cast<std::uint64_t>(a[j] + b[j]) & ~mask) | j);
        least = tagged < least ? tagged : least;
    }
    return least;
}

#ifdef MEIO_TRANSPORT_X86
template <class Width>
MEIO_TRANSPORT_BODY double least_tagged(const double* a, const double* b, std::size_t n, std::uint64_t mask) {
    using Vector = typename Width::Vector;
    using Loose = typename Width::Loose;
    using Bits = typename Width::Bits;
    const Bits kept = Bits{} + static_cast<std::int64_t>(~mask);
    Bits column = {};
    for (std::size_t l = 0; l < Width::lanes; ++l) column[l] = static_cast<std::int64_t>(l);
    Vector least = Vector{} + 0x1.8p1023;
    for (std::size_t j = 0; j < n; j += Width::lanes) {
        const Vector sum = reinterpret_cast<const Loose*>(a + j)->lanes + reinterpret_cast<const Loose*>(b + j)->lanes;
        const Vector tagged = reinterpret_cast<Vector>((reinterpret_cast<Bits>(sum) & kept) | column);
        least = tagged < least ? tagged : least;
        column += static_cast<std::int64_t>(Width::lanes);
    }
    double lanes[Width::lanes];
    for (std::size_t l = 0; l < Width::lanes; ++l) lanes[l] = least[l];
    for (std::size_t width = Width::lanes / 2; width > 0; width /= 2)
        for (std::size_t l = 0; l < width; ++l) lanes[l] = lanes[l + width] < lanes[l] ? lanes[l + width] : lanes[l];
    return lanes[0];
}
#endif

}  // namespace body

#ifdef MEIO_TRANSPORT_X86
namespace avx2 {

__attribute__((target("avx2"))) inline double least_tagged(const double* a, const double* b, std::size_t n, std::uint64_t mask) {
    return body::least_tagged<body::Four>(a, b, n, mask);
}

__attribute__((target("avx2"))) inline double padded_least(const double* a, const double* b, std::size_t n) {
    using Vector = body::Four::Vector;
    using Loose = body::Four::Loose;
    Vector least = reinterpret_cast<const Loose*>(a)->lanes + reinterpret_cast<const Loose*>(b)->lanes;
    Vector other = least;
    std::size_t j = 4;
    for (; j + 8 <= n; j += 8) {
        const Vector sum = reinterpret_cast<const Loose*>(a + j)->lanes + reinterpret_cast<const Loose*>(b + j)->lanes;
        const Vector next = reinterpret_cast<const Loose*>(a + j + 4)->lanes + reinterpret_cast<const Loose*>(b + j + 4)->lanes;
        least = sum < least ? sum : least;
        other = next < other ? next : other;
    }
    if (j < n) {
        const Vector sum = reinterpret_cast<const Loose*>(a + j)->lanes + reinterpret_cast<const Loose*>(b + j)->lanes;
        least = sum < least ? sum : least;
    }
    least = other < least ? other : least;
    const double low = least[1] < least[0] ? least[1] : least[0];
    const double high = least[3] < least[2] ? least[3] : least[2];
    return high < low ? high : low;
}

__attribute__((target("avx2"))) inline std::int32_t first_at_most(const double* a, const double* b, double value) {
    using Vector = body::Four::Vector;
    using Loose = body::Four::Loose;
    const Vector bar = Vector{} + value;
    for (std::size_t j = 0;; j += 4) {
        const Vector sum = reinterpret_cast<const Loose*>(a + j)->lanes + reinterpret_cast<const Loose*>(b + j)->lanes;
        const auto hit = static_cast<unsigned>(__builtin_ia32_movmskpd256(reinterpret_cast<Vector>(sum <= bar)));
        if (hit != 0) return static_cast<std::int32_t>(j) + std::countr_zero(hit);
    }
}

}  // namespace avx2
#endif

// Rows by either clone: `least` and `first` are its two functions above.
namespace body {

template <class Least, class First>
MEIO_TRANSPORT_BODY std::size_t least_arcs(const double* costs, const double* row_price, const double* column_price, std::size_t begin, std::size_t end,
                                           std::size_t stride, double tolerance, PricedArc* out, Least least, First first) {
    std::size_t count = 0;
    for (std::size_t i = begin; i < end; ++i) {
        const double* c = costs + i * stride;
        const double value = least(c, column_price, stride);
        const double score = value - row_price[i];
        if (!(score < -tolerance)) continue;
        out[count++] = {score, static_cast<std::int32_t>(i), first(c, column_price, value)};
    }
    return count;
}

template <class Least, class First>
MEIO_TRANSPORT_BODY PricedArc least_arc(const double* costs, const double* row_price, const double* column_price, std::size_t rows,
                                        std::size_t stride, Least least, First first) {
    PricedArc best;
    double value = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        const double here = least(costs + i * stride, column_price, stride);
        const double score = here - row_price[i];
        if (!(score < best.score)) continue;
        best = {score, static_cast<std::int32_t>(i), 0};
        value = here;
    }
    if (best.row >= 0) best.column = first(costs + static_cast<std::size_t>(best.row) * stride, column_price, value);
    return best;
}

}  // namespace body

#ifdef MEIO_TRANSPORT_X86
namespace avx2 {
__attribute__((target("avx2"))) inline std::size_t least_arcs(const double* costs, const double* row_price, const double* column_price,
                                                              std::size_t begin, std::size_t end, std::size_t stride, double tolerance, PricedArc* out) {
    return body::least_arcs(costs, row_price, column_price, begin, end, stride, tolerance, out, padded_least, first_at_most);
}
__attribute__((target("avx2"))) inline PricedArc least_arc(const double* costs, const double* row_price, const double* column_price,
                                                           std::size_t rows, std::size_t stride) {
    return body::least_arc(costs, row_price, column_price, rows, stride, padded_least, first_at_most);
}
}  // namespace avx2
#endif

/// The least finite `cost + price` of a row with the column in those of its last bits that `mask` covers (2^k - 1 > every
/// column).
[[nodiscard]] inline double least_tagged(const double* c, const double* price, std::size_t stride, std::uint64_t mask, InstructionSet set) {
#ifdef MEIO_TRANSPORT_X86
    return set != InstructionSet::baseline ? avx2::least_tagged(c, price, stride, mask) : body::least_tagged<body::Two>(c, price, stride, mask);
#else
    (void)set;
    return body::least_tagged_plain(c, price, stride, mask);
#endif
}

/// Writes the arc of least `cost - row_price + column_price` of each row from `begin` to `end` where that is below -tolerance;
/// returns how many.
[[nodiscard]] inline std::size_t least_arcs(const double* costs, const double* row_price, const double* column_price, std::size_t begin, std::size_t end,
                                            std::size_t stride, double tolerance, PricedArc* out, InstructionSet set) {
#ifdef MEIO_TRANSPORT_X86
    if (set != InstructionSet::baseline && stride > 8)
        return avx2::least_arcs(costs, row_price, column_price, begin, end, stride, tolerance, out);
#else
    (void)set;
#endif
    return body::least_arcs(costs, row_price, column_price, begin, end, stride, tolerance, out, body::padded_least, body::first_at_most);
}

/// The arc of least `cost - row_price + column_price` of all; row -1 where that is infinite. Infinite prices leave a column
/// out, minus infinite ones a row.
[[nodiscard]] inline PricedArc least_arc(const double* costs, const double* row_price, const double* column_price, std::size_t rows,
                                         std::size_t stride, InstructionSet set) {
#ifdef MEIO_TRANSPORT_X86
    if (set != InstructionSet::baseline && stride > 8) return avx2::least_arc(costs, row_price, column_price, rows, stride);
#else
    (void)set;
#endif
    return body::least_arc(costs, row_price, column_price, rows, stride, body::padded_least, body::first_at_most);
}

}  // namespace meio::transport::detail
