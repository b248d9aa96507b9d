// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(MEIO_NO_SIMD)
#define MEIO_TRANSPORT_X86 1
#endif

/// Row operations of the dense kernels, in one clone an instruction set, chosen when the program runs. Every clone gives
/// the same bits: sums of two numbers, comparisons, ties to the lowest index; nothing that contraction could change.
namespace meio::transport::detail {

/// What one pass over a row of costs tells, gathered over rows.
struct RowScan {
    double largest = 0;                                         ///< |c|
    double smallest = std::numeric_limits<double>::infinity();  ///< |c| other than 0
    bool fractional = false;
    bool sound = true;  ///< no NaN, no infinity, no |c| above 1e300; else the others mean nothing
};

enum class InstructionSet : std::uint8_t { baseline, avx2, avx512 };

/// The best instruction set that this processor has and this header has a clone for.
[[nodiscard]] inline InstructionSet instruction_set() {
#ifdef MEIO_TRANSPORT_X86
    static const InstructionSet found = __builtin_cpu_supports("avx512f") ? InstructionSet::avx512
                                        : __builtin_cpu_supports("avx2")  ? InstructionSet::avx2
                                                                          : InstructionSet::baseline;
    return found;
#else
    return InstructionSet::baseline;
#endif
}

// The bodies are templates over the compiler's own vectors, inlined into one clone a width: left alone, compilers make
// scalar code of such loops, and the header of all intrinsics would cost every program half a second.
#ifdef MEIO_TRANSPORT_X86
#define MEIO_TRANSPORT_BODY __attribute__((always_inline)) inline
#else
#define MEIO_TRANSPORT_BODY inline
#endif

namespace body {

// Plain loops, for what vectors leave over and for processors without them.
MEIO_TRANSPORT_BODY double least_rest(const double* a, const double* b, std::size_t n) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < n; ++j) least = a[j] + b[j] < least ? a[j] + b[j] : least;
    return least + 0.0;  // -0 becomes 0: which of the two is seen first depends on the width
}

MEIO_TRANSPORT_BODY void scan_rest(const double* c, std::size_t begin, std::size_t end, double* column_least, RowScan& total) {
    constexpr double rounder = 0x1.8p52;  // adding it rounds to a whole number
    for (std::size_t j = begin; j < end; ++j) {
        const double size = std::abs(c[j]);
        total.sound = total.sound && size <= 1e300;
        total.largest = size > total.largest ? size : total.largest;
        total.smallest = size > 0 && size < total.smallest ? size : total.smallest;
        total.fractional = total.fractional || (size + rounder) - rounder != size;
        column_least[j] = c[j] < column_least[j] ? c[j] : column_least[j];
    }
}

MEIO_TRANSPORT_BODY std::size_t select_rest(const double* c, const double* p, std::size_t begin, std::size_t end, double limit,
                                            std::int32_t* out, std::size_t count) {
    for (std::size_t j = begin; j < end; ++j) {
        out[count] = static_cast<std::int32_t>(j);
        count += static_cast<std::size_t>(c[j] + p[j] <= limit);
    }
    return count;
}

#ifdef MEIO_TRANSPORT_X86
// Vectors of doubles by width; the loose ones need no alignment (as members: Clang drops an alignment below a type's own
// from an alias of it).
template <std::size_t Lanes>
struct Pack {
    static constexpr std::size_t lanes = Lanes;
    typedef double Vector __attribute__((vector_size(8 * Lanes)));  // GCC forgets the attribute of a `using` here
    struct __attribute__((packed, aligned(8), may_alias)) Loose {
        Vector lanes;
    };
    typedef std::int64_t Bits __attribute__((vector_size(8 * Lanes)));
};
using Two = Pack<2>;
using Four = Pack<4>;
using Eight = Pack<8>;

template <class Width>
MEIO_TRANSPORT_BODY double least_sum(const double* a, const double* b, std::size_t n) {
    using Vector = typename Width::Vector;
    using Loose = typename Width::Loose;
    constexpr std::size_t lanes = Width::lanes;
    if (n < lanes) return least_rest(a, b, n);
    Vector least0 = Vector{} + std::numeric_limits<double>::infinity();
    Vector least1 = least0;
    std::size_t j = 0;
    for (; j + 2 * lanes <= n; j += 2 * lanes) {
        const Vector sum0 = reinterpret_cast<const Loose*>(a + j)->lanes + reinterpret_cast<const Loose*>(b + j)->lanes;
        const Vector sum1 = reinterpret_cast<const Loose*>(a + j + lanes)->lanes + reinterpret_cast<const Loose*>(b + j + lanes)->lanes;
        least0 = sum0 < least0 ? sum0 : least0;
        least1 = sum1 < least1 ? sum1 : least1;
    }
    // What is left lies in at most two vectors, which may overlap what was seen.
    if (j + lanes < n) {
        const Vector sum = reinterpret_cast<const Loose*>(a + j)->lanes + reinterpret_cast<const Loose*>(b + j)->lanes;
        least0 = sum < least0 ? sum : least0;
    }
    if (j < n) {
        const Vector sum = reinterpret_cast<const Loose*>(a + n - lanes)->lanes + reinterpret_cast<const Loose*>(b + n - lanes)->lanes;
        least1 = sum < least1 ? sum : least1;
    }
    least0 = least1 < least0 ? least1 : least0;
    double least = least0[0];
    for (std::size_t l = 1; l < lanes; ++l) least = least0[l] < least ? least0[l] : least;
    return least + 0.0;
}

template <class Width>
MEIO_TRANSPORT_BODY void scan(const double* c, std::size_t n, double* column_least, RowScan& total) {
    using Vector = typename Width::Vector;
    using Loose = typename Width::Loose;
    using Bits = typename Width::Bits;
    constexpr std::size_t lanes = Width::lanes;
    constexpr double rounder = 0x1.8p52;
    const Bits magnitude = Bits{} + std::numeric_limits<std::int64_t>::max();
    const Vector bar = Vector{} + 1e300;
    const Vector far = Vector{} + std::numeric_limits<double>::infinity();
    Vector largest = {};
    Vector smallest = far;
    Bits sound = ~Bits{};
    Bits fractional = {};
    std::size_t j = 0;
    for (; j + lanes <= n; j += lanes) {
        const Vector x = reinterpret_cast<const Loose*>(c + j)->lanes;
        const Vector least = reinterpret_cast<const Loose*>(column_least + j)->lanes;
        const Vector size = reinterpret_cast<Vector>(reinterpret_cast<Bits>(x) & magnitude);
        sound &= size <= bar;
        largest = size > largest ? size : largest;
        const Vector positive = size > 0.0 ? size : far;
        smallest = positive < smallest ? positive : smallest;
        fractional |= (size + rounder) - rounder != size;
        reinterpret_cast<Loose*>(column_least + j)->lanes = x < least ? x : least;
    }
    for (std::size_t l = 0; l < lanes; ++l) {
        total.largest = largest[l] > total.largest ? largest[l] : total.largest;
        total.smallest = smallest[l] < total.smallest ? smallest[l] : total.smallest;
        total.fractional = total.fractional || fractional[l] != 0;
        total.sound = total.sound && sound[l] != 0;
    }
    scan_rest(c, j, n, column_least, total);
}
#endif

}  // namespace body

#ifdef MEIO_TRANSPORT_X86
namespace baseline {
// SSE2 belongs to every x86-64. Where nothing is found in a block of eight, nothing is written.
inline std::size_t select(const double* c, const double* p, std::size_t n, double limit, std::int32_t* out) {
    using Vector = body::Two::Vector;
    using Loose = body::Two::Loose;
    const Vector bar = Vector{} + limit;
    std::size_t count = 0;
    std::size_t j = 0;
    for (; j + 8 <= n; j += 8) {
        unsigned mask = 0;
        for (unsigned l = 0; l < 8; l += 2) {
            const Vector sum = reinterpret_cast<const Loose*>(c + j + l)->lanes + reinterpret_cast<const Loose*>(p + j + l)->lanes;
            mask |= static_cast<unsigned>(__builtin_ia32_movmskpd(reinterpret_cast<Vector>(sum <= bar))) << l;
        }
        for (; mask != 0; mask &= mask - 1) out[count++] = static_cast<std::int32_t>(j + static_cast<std::size_t>(std::countr_zero(mask)));
    }
    return body::select_rest(c, p, j, n, limit, out, count);
}
}  // namespace baseline

namespace avx2 {
__attribute__((target("avx2"))) inline double least_sum(const double* a, const double* b, std::size_t n) { return body::least_sum<body::Four>(a, b, n); }
__attribute__((target("avx2"))) inline void scan(const double* c, std::size_t n, double* least, RowScan& total) { body::scan<body::Four>(c, n, least, total); }

// For each set of lanes their numbers, packed.
alignas(16) inline constexpr std::int32_t packed_lanes[16][4] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}, {2, 0, 0, 0}, {0, 2, 0, 0},
                                                                 {1, 2, 0, 0}, {0, 1, 2, 0}, {3, 0, 0, 0}, {0, 3, 0, 0}, {1, 3, 0, 0}, {0, 1, 3, 0},
                                                                 {2, 3, 0, 0}, {0, 2, 3, 0}, {1, 2, 3, 0}, {0, 1, 2, 3}};

// Four at a time without a branch: what is written beyond the count is written over, or lies beyond the end.
__attribute__((target("avx2"))) inline std::size_t select(const double* c, const double* p, std::size_t n, double limit, std::int32_t* out) {
    using Vector = body::Four::Vector;
    using Loose = body::Four::Loose;
    using Numbers = std::int32_t __attribute__((vector_size(16)));
    struct __attribute__((packed, aligned(4), may_alias)) LooseNumbers {
        Numbers lanes;
    };
    const Vector bar = Vector{} + limit;
    Numbers first = {};
    std::size_t count = 0;
    std::size_t j = 0;
    for (; j + 4 <= n; j += 4) {
        const Vector sum = reinterpret_cast<const Loose*>(c + j)->lanes + reinterpret_cast<const Loose*>(p + j)->lanes;
        const auto mask = static_cast<unsigned>(__builtin_ia32_movmskpd256(reinterpret_cast<Vector>(sum <= bar)));
        reinterpret_cast<LooseNumbers*>(out + count)->lanes = reinterpret_cast<const LooseNumbers*>(packed_lanes[mask])->lanes + first;
        count += static_cast<std::size_t>(std::popcount(mask));
        first += 4;
    }
    return body::select_rest(c, p, j, n, limit, out, count);
}
}  // namespace avx2

namespace avx512 {
__attribute__((target("avx512f"))) inline double least_sum(const double* a, const double* b, std::size_t n) { return body::least_sum<body::Eight>(a, b, n); }
__attribute__((target("avx512f"))) inline void scan(const double* c, std::size_t n, double* least, RowScan& total) { body::scan<body::Eight>(c, n, least, total); }
}  // namespace avx512
#endif

/// min_j a[j] + b[j] over j < n, +inf for n = 0.
[[nodiscard]] inline double least_sum(const double* a, const double* b, std::size_t n) {
#ifdef MEIO_TRANSPORT_X86
    switch (instruction_set()) {
        case InstructionSet::avx512: return avx512::least_sum(a, b, n);
        case InstructionSet::avx2: return avx2::least_sum(a, b, n);
        case InstructionSet::baseline: break;
    }
    return body::least_sum<body::Two>(a, b, n);
#else
    return body::least_rest(a, b, n);
#endif
}

/// Lowers `column_least` to the row's entries and adds what the row tells to `total`.
inline void scan_row(const double* c, std::size_t n, double* column_least, RowScan& total) {
#ifdef MEIO_TRANSPORT_X86
    switch (instruction_set()) {
        case InstructionSet::avx512: return avx512::scan(c, n, column_least, total);
        case InstructionSet::avx2: return avx2::scan(c, n, column_least, total);
        case InstructionSet::baseline: return body::scan<body::Two>(c, n, column_least, total);
    }
#endif
    body::scan_rest(c, 0, n, column_least, total);
}

/// Writes the indices j < n with c[j] + p[j] <= limit to `out` (room for n + 4), ascending; returns how many.
[[nodiscard]] inline std::size_t select_up_to(const double* c, const double* p, std::size_t n, double limit, std::int32_t* out) {
#ifdef MEIO_TRANSPORT_X86
    switch (instruction_set()) {
        case InstructionSet::avx512:
        case InstructionSet::avx2: return avx2::select(c, p, n, limit, out);
        case InstructionSet::baseline: return baseline::select(c, p, n, limit, out);
    }
#endif
    return body::select_rest(c, p, 0, n, limit, out, 0);
}

}  // namespace meio::transport::detail
