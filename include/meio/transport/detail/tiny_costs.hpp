// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <meio/transport/detail/simd.hpp>

namespace meio::transport::detail {

/// What copying a small matrix tells.
struct TinyCosts {
    double largest = 0;       ///< |c| over costs of arcs that are there
    bool whole = true;        ///< all of them whole numbers below 2^51
    bool missing = false;     ///< some entry is +inf, or wrong
    bool sound = true;        ///< no NaN, no -inf, nothing beyond 1e300
};

namespace body {

MEIO_TRANSPORT_BODY void copy_rest(const double* from, std::size_t begin, std::size_t end, double* to, TinyCosts& total) {
    constexpr double rounder = 0x1.8p52;  // adding it rounds to a whole number
    for (std::size_t j = begin; j < end; ++j) {
        const double size = std::abs(from[j]);
        const bool finite = size <= 1e300;
        to[j] = from[j];
        total.largest = finite && size > total.largest ? size : total.largest;
        total.whole &= !finite || (size + rounder) - rounder == size;
        total.missing |= !finite;
        total.sound &= finite || from[j] == std::numeric_limits<double>::infinity();
    }
}

#ifdef MEIO_TRANSPORT_X86
template <class Width>
MEIO_TRANSPORT_BODY void copy_costs(const double* from, std::size_t rows, std::size_t columns, double* to, std::size_t stride, TinyCosts& total) {
    using Vector = typename Width::Vector;
    using Loose = typename Width::Loose;
    using Bits = typename Width::Bits;
    constexpr std::size_t lanes = Width::lanes;
    constexpr double rounder = 0x1.8p52;
    const Bits magnitude = Bits{} + std::numeric_limits<std::int64_t>::max();
    const Vector bar = Vector{} + 1e300;
    const Vector far = Vector{} + std::numeric_limits<double>::infinity();
    Vector largest = {};
    Bits fractional = {};
    Bits missing = {};
    Bits wrong = {};
    for (std::size_t i = 0; i < rows; ++i, from += columns, to += stride) {
        std::size_t j = 0;
        for (; j + lanes <= columns; j += lanes) {
            const Vector x = reinterpret_cast<const Loose*>(from + j)->lanes;
            const Bits finite = reinterpret_cast<Vector>(reinterpret_cast<Bits>(x) & magnitude) <= bar;
            const Vector size = reinterpret_cast<Vector>(reinterpret_cast<Bits>(x) & magnitude & finite);
            reinterpret_cast<Loose*>(to + j)->lanes = x;
            largest = size > largest ? size : largest;
            fractional |= (size + rounder) - rounder != size;
            missing |= ~finite;
            wrong |= ~finite & (x != far);
        }
        copy_rest(from, j, columns, to, total);
    }
    for (std::size_t l = 0; l < lanes; ++l) {
        total.largest = largest[l] > total.largest ? largest[l] : total.largest;
        total.whole &= fractional[l] == 0;
        total.missing |= missing[l] != 0;
        total.sound &= wrong[l] == 0;
    }
}
#endif

}  // namespace body

#ifdef MEIO_TRANSPORT_X86
namespace avx2 {
__attribute__((target("avx2"))) inline void copy_costs(const double* from, std::size_t rows, std::size_t columns, double* to, std::size_t stride,
                                                       TinyCosts& total) {
    body::copy_costs<body::Four>(from, rows, columns, to, stride, total);
}
}  // namespace avx2
#endif

/// Copies rows x columns numbers into rows that are `stride` apart.
[[nodiscard]] inline TinyCosts copy_costs(const double* from, std::size_t rows, std::size_t columns, double* to, std::size_t stride,
                                          InstructionSet set) {
    TinyCosts total;
#ifdef MEIO_TRANSPORT_X86
    if (set != InstructionSet::baseline) avx2::copy_costs(from, rows, columns, to, stride, total);
    else body::copy_costs<body::Two>(from, rows, columns, to, stride, total);
#else
    (void)set;
    for (std::size_t i = 0; i < rows; ++i) body::copy_rest(from + i * columns, 0, columns, to + i * stride, total);
#endif
    total.whole &= total.largest < 0x1p51;
    return total;
}

}  // namespace meio::transport::detail
