// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace meio::core {

/// Philox4x32-10: four 32-bit words that are a pure function of a 128-bit counter and a 64-bit key.
///
/// Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11, section 3.3.
[[nodiscard]] constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                                            std::array<std::uint32_t, 2> key) noexcept {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = std::uint64_t{0xD2511F53U} * counter[0];
        const std::uint64_t b = std::uint64_t{0xCD9E8D57U} * counter[2];
        counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
                   static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
        key[0] += 0x9E3779B9U;
        key[1] += 0xBB67AE85U;
    }
    return counter;
}

/// A random stream named by (seed, a, b): draws depend on nothing else, so that results do not change with the order
/// of work, the number of threads or shards. Typical names: (seed, product, scenario). Satisfies
/// `std::uniform_random_bit_generator`; each stream holds 2^34 draws.
class RandomStream {
public:
    using result_type = std::uint32_t;

    constexpr RandomStream(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0) noexcept
        : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)} {
        // One Philox block mixes the wide name into a key and three counter words.
        const auto low = philox({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(a >> 32),
                                 static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(b >> 32)}, key_);
        key_ = {low[0], low[1]};
        name_ = {low[2], low[3]};
    }

    static constexpr result_type min() noexcept { return 0; }
    static constexpr result_type max() noexcept { return 0xFFFFFFFFU; }

    constexpr result_type operator()() noexcept {
        if (used_ == 4) {
            block_ = philox({index_++, 0, name_[0], name_[1]}, key_);
            used_ = 0;
        }
        return block_[static_cast<std::size_t>(used_++)];
    }

    /// Uniform on (0, 1), 53 bits, never exactly 0 or 1.
    constexpr double uniform() noexcept {
        const std::uint64_t high = (*this)() >> 6;  // 26 bits
        const std::uint64_t low = (*this)() >> 5;   // 27 bits
        return (static_cast<double>((high << 27) | low) + 0.5) * 0x1p-53 * (1.0 - 0x1p-54);
    }

    /// Uniform integer on {0, ..., n - 1}; n >= 1. Multiply-shift; bias below n / 2^53.
    constexpr std::uint64_t below(std::uint64_t n) noexcept {
        return static_cast<std::uint64_t>(uniform() * static_cast<double>(n));
    }

    /// Standard exponential.
    double exponential() noexcept { return -std::log(uniform()); }

    /// Standard normal (Box-Muller, one draw used of the pair, so that the stream position stays easy to reason about).
    double normal() noexcept {
        const double radius = std::sqrt(2.0 * exponential());
        return radius * std::cos(2.0 * std::numbers::pi * uniform());
    }

private:
    std::array<std::uint32_t, 2> key_;
    std::array<std::uint32_t, 2> name_{};
    std::array<std::uint32_t, 4> block_{};
    std::uint32_t index_ = 0;
    int used_ = 4;
};

}  // namespace meio::core
