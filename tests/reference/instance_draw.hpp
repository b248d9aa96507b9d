// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace meio::reference {

/// The stream of numbers that transport and flow instances are drawn from (splitmix64).
class InstanceDraw {
public:
    explicit InstanceDraw(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 0x1234567ULL) {}

    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    /// In [0, 1).
    double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
    /// A whole number in 0..n - 1.
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
    /// A whole number in a..b.
    std::uint64_t whole(std::uint64_t a, std::uint64_t b) { return a + next() % (b - a + 1); }
    double between(int a, int b) { return a + static_cast<double>(below(static_cast<std::size_t>(b - a + 1))); }

private:
    std::uint64_t state_;
};

}  // namespace meio::reference
