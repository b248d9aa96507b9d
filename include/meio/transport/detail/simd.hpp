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
    double largest = 0;    ///< |c|; NaN or infinity where an entry is
    double smallest = std::numeric_limits<double>::infinity();  ///< |c| other than 0
    bool fractional = false;
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

// The bodies are plain loops over eight lanes that compilers turn into vectors of whatever width the clone allows.
namespace body {

#ifdef MEIO_TRANSPORT_X86
#define MEIO_TRANSPORT_BODY __attribute__((always_inline)) inline
#else
#define MEIO_TRANSPORT_BODY inline
#endif

MEIO_TRANSPORT_BODY double least_sum(const double* a, const double* b, std::size_t n) {
    double lanes[16];
    for (double& lane : lanes) lane = std::numeric_limits<double>::infinity();
    std::size_t j = 0;
    for (; j + 16 <= n; j += 16)
        for (std::size_t l = 0; l < 16; ++l) {
            const double sum = a[j + l] + b[j + l];
            lanes[l] = sum < lanes[l] ? sum : lanes[l];
        }
    double least = lanes[0];
    for (std::size_t l = 1; l < 16; ++l) least = lanes[l] < least ? lanes[l] : least;
    for (; j < n; ++j) least = a[j] + b[j] < least ? a[j] + b[j] : least;
    return least;
}

MEIO_TRANSPORT_BODY void scan(const double* c, std::size_t n, double* column_least, RowScan& total) {
    constexpr double rounder = 0x1.8p52;  // adding it rounds to a whole number
    double largest[8] = {};
    double fraction[8] = {};
    double smallest[8];
    for (double& lane : smallest) lane = total.smallest;
    std::size_t j = 0;
    for (; j + 8 <= n; j += 8)
        for (std::size_t l = 0; l < 8; ++l) {
            const double x = c[j + l];
            const double size = std::abs(x);
            const double positive = size > 0 ? size : std::numeric_limits<double>::infinity();
            smallest[l] = positive < smallest[l] ? positive : smallest[l];
            // Keeps a NaN once seen: the comparison is false then.
            largest[l] = size <= largest[l] ? largest[l] : size;
            const double off = std::abs(((size + rounder) - rounder) - size);
            fraction[l] = off > fraction[l] ? off : fraction[l];
            column_least[j + l] = x < column_least[j + l] ? x : column_least[j + l];
        }
    for (; j < n; ++j) {
        const double size = std::abs(c[j]);
        if (size > 0 && size < smallest[0]) smallest[0] = size;
        largest[0] = size <= largest[0] ? largest[0] : size;
        const double off = std::abs(((size + rounder) - rounder) - size);
        fraction[0] = off > fraction[0] ? off : fraction[0];
        column_least[j] = c[j] < column_least[j] ? c[j] : column_least[j];
    }
    for (std::size_t l = 0; l < 8; ++l) {
        total.largest = largest[l] <= total.largest ? total.largest : largest[l];
        total.smallest = smallest[l] < total.smallest ? smallest[l] : total.smallest;
        total.fractional = total.fractional || fraction[l] != 0;
    }
}

// Indices j with c[j] + p[j] <= limit, ascending; `out` has room for n.
MEIO_TRANSPORT_BODY std::size_t select(const double* c, const double* p, std::size_t n, double limit, std::int32_t* out) {
    std::size_t count = 0;
    for (std::size_t j = 0; j < n; ++j) {
        out[count] = static_cast<std::int32_t>(j);
        count += static_cast<std::size_t>(c[j] + p[j] <= limit);
    }
    return count;
}

}  // namespace body

#ifdef MEIO_TRANSPORT_X86
// Vectors by the compiler's own extension: the header of all intrinsics would cost half a second in every program.
namespace baseline {
// SSE2 belongs to every x86-64: a block of eight is looked into only where a comparison holds in it.
inline std::size_t select(const double* c, const double* p, std::size_t n, double limit, std::int32_t* out) {
    using Pair = double __attribute__((vector_size(16)));
    const Pair bar = {limit, limit};
    std::size_t count = 0;
    std::size_t j = 0;
    for (; j + 8 <= n; j += 8) {
        unsigned mask = 0;
        for (unsigned l = 0; l < 8; l += 2) {
            Pair x, y;
            std::memcpy(&x, c + j + l, sizeof x);
            std::memcpy(&y, p + j + l, sizeof y);
            mask |= static_cast<unsigned>(__builtin_ia32_movmskpd(reinterpret_cast<Pair>(x + y <= bar))) << l;
        }
        for (; mask != 0; mask &= mask - 1) out[count++] = static_cast<std::int32_t>(j + static_cast<std::size_t>(std::countr_zero(mask)));
    }
    for (; j < n; ++j)
        if (c[j] + p[j] <= limit) out[count++] = static_cast<std::int32_t>(j);
    return count;
}
}  // namespace baseline

namespace avx2 {
__attribute__((target("avx2"))) inline double least_sum(const double* a, const double* b, std::size_t n) { return body::least_sum(a, b, n); }
__attribute__((target("avx2"))) inline void scan(const double* c, std::size_t n, double* least, RowScan& total) { body::scan(c, n, least, total); }
__attribute__((target("avx2"))) inline std::size_t select(const double* c, const double* p, std::size_t n, double limit, std::int32_t* out) {
    using Four = double __attribute__((vector_size(32)));
    const Four bar = {limit, limit, limit, limit};
    std::size_t count = 0;
    std::size_t j = 0;
    for (; j + 8 <= n; j += 8) {
        Four x[2], y[2];
        std::memcpy(&x, c + j, sizeof x);
        std::memcpy(&y, p + j, sizeof y);
        unsigned mask = static_cast<unsigned>(__builtin_ia32_movmskpd256(reinterpret_cast<Four>(x[0] + y[0] <= bar))) |
                        static_cast<unsigned>(__builtin_ia32_movmskpd256(reinterpret_cast<Four>(x[1] + y[1] <= bar))) << 4U;
        for (; mask != 0; mask &= mask - 1) out[count++] = static_cast<std::int32_t>(j + static_cast<std::size_t>(std::countr_zero(mask)));
    }
    for (; j < n; ++j)
        if (c[j] + p[j] <= limit) out[count++] = static_cast<std::int32_t>(j);
    return count;
}
}  // namespace avx2

namespace avx512 {
__attribute__((target("avx512f"))) inline double least_sum(const double* a, const double* b, std::size_t n) { return body::least_sum(a, b, n); }
__attribute__((target("avx512f"))) inline void scan(const double* c, std::size_t n, double* least, RowScan& total) { body::scan(c, n, least, total); }
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
#endif
    return body::least_sum(a, b, n);
}

/// Lowers `column_least` to the row's entries and adds what the row tells to `total`.
inline void scan_row(const double* c, std::size_t n, double* column_least, RowScan& total) {
#ifdef MEIO_TRANSPORT_X86
    switch (instruction_set()) {
        case InstructionSet::avx512: return avx512::scan(c, n, column_least, total);
        case InstructionSet::avx2: return avx2::scan(c, n, column_least, total);
        case InstructionSet::baseline: break;
    }
#endif
    body::scan(c, n, column_least, total);
}

/// Writes the indices j < n with c[j] + p[j] <= limit to `out` (room for n), ascending; returns how many.
[[nodiscard]] inline std::size_t select_up_to(const double* c, const double* p, std::size_t n, double limit, std::int32_t* out) {
#ifdef MEIO_TRANSPORT_X86
    switch (instruction_set()) {
        case InstructionSet::avx512:
        case InstructionSet::avx2: return avx2::select(c, p, n, limit, out);
        case InstructionSet::baseline: return baseline::select(c, p, n, limit, out);
    }
#endif
    return body::select(c, p, n, limit, out);
}

}  // namespace meio::transport::detail
