// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace meio::transport::detail {

/// A number held as the sum of two doubles, about 32 digits (Dekker 1971; Knuth). Not a number once it has overflowed.
struct Wide {
    double high = 0;
    double low = 0;

    constexpr Wide() = default;
    constexpr Wide(double value) : high(value) {}  // NOLINT: doubles are wide numbers
    constexpr Wide(double h, double l) : high(h), low(l) {}

    [[nodiscard]] bool finite() const { return std::isfinite(high) && std::isfinite(low); }
};

/// a + b without error, where |a| >= |b|.
inline Wide ordered_sum(double a, double b) {
    const double s = a + b;
    return {s, b - (s - a)};
}

/// a + b without error.
inline Wide exact_sum(double a, double b) {
    const double s = a + b;
    const double of_b = s - a;
    return {s, (a - (s - of_b)) + (b - of_b)};
}

/// a b to about 32 digits. Split by bits, so that neither contraction nor large numbers disturb it.
inline Wide product(double a, double b) {
    const auto front = [](double v) {
        return std::bit_cast<double>(std::bit_cast<std::uint64_t>(v) & 0xFFFFFFFFF8000000ull);
    };
    const double p = a * b;
    const double a1 = front(a);
    const double b1 = front(b);
    const double a2 = a - a1;
    const double b2 = b - b1;
    return {p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2};
}

inline Wide operator-(Wide a) { return {-a.high, -a.low}; }

inline Wide operator+(Wide a, Wide b) {
    Wide s = exact_sum(a.high, b.high);
    const Wide t = exact_sum(a.low, b.low);
    s = ordered_sum(s.high, s.low + t.high);
    return ordered_sum(s.high, s.low + t.low);
}

inline Wide operator-(Wide a, Wide b) { return a + (-b); }

inline Wide operator*(Wide a, double b) {
    const Wide p = product(a.high, b);
    return ordered_sum(p.high, p.low + a.low * b);
}

inline Wide operator*(Wide a, Wide b) {
    const Wide p = product(a.high, b.high);
    return ordered_sum(p.high, p.low + (a.high * b.low + a.low * b.high));
}

inline Wide operator/(Wide a, Wide b) {
    const double first = a.high / b.high;
    const Wide rest = a - b * first;
    const double second = rest.high / b.high;
    const double third = (rest - b * second).high / b.high;
    return ordered_sum(first, second) + Wide(third);
}

inline Wide& operator+=(Wide& a, Wide b) { return a = a + b; }
inline Wide& operator-=(Wide& a, Wide b) { return a = a - b; }

inline bool operator<(Wide a, Wide b) { return a.high < b.high || (a.high == b.high && a.low < b.low); }

/// The largest double that is not above it.
inline double rounded_down(Wide a) { return a.low < 0 ? std::nextafter(a.high, -HUGE_VAL) : a.high; }

}  // namespace meio::transport::detail
