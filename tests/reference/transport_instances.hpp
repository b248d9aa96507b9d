// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace meio::reference {

/// A generated dense instance by the generator whose optima are published with the tests. Families: `unif`, `eucl`,
/// `sqeu` (square, balanced), `assign` (unit amounts), `unbal`, `unbalt` (Euclidean, supply 30 % and 3 % above demand),
/// `unbalu` (uniform, 30 % above).
struct TransportInstance {
    std::vector<double> supply, demand, costs;
};

inline TransportInstance transport_instance(std::string_view family, std::size_t m, std::size_t n, std::uint64_t seed) {
    const std::uint64_t x = seed * 1000003 + 31 * m + 17 * n;
    std::uint64_t state = x * 0x9E3779B97F4A7C15ULL + 0x1234567ULL;
    const auto next = [&] {
        state += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    };
    const auto unit = [&] { return static_cast<double>(next() >> 11) * 0x1p-53; };
    const auto whole = [&](std::uint64_t a, std::uint64_t b) { return a + next() % (b - a + 1); };
    const bool unbalanced = family.substr(0, 5) == "unbal";
    std::vector<std::uint64_t> a(m, 1), b(n, 1);
    if (family != "assign") {
        for (auto& v : a) v = whole(1, 1000);
        for (auto& v : b) v = whole(1, 1000);
    }
    const auto sum_of = [](const std::vector<std::uint64_t>& v) {
        std::uint64_t total = 0;
        for (const auto w : v) total += w;
        return total;
    };
    if (unbalanced) {
        for (auto& v : b) v = whole(1, 100);
        std::vector<double> share(m);
        double shares = 0;
        for (auto& w : share) shares += w = 0.5 + unit();
        const double factor = family == "unbalt" ? 1.03 : 1.3;
        const auto total = static_cast<double>(sum_of(b));
        for (std::size_t i = 0; i < m; ++i)
            a[i] = static_cast<std::uint64_t>(std::ceil(factor * total * share[i] / shares));
    } else if (family != "assign") {
        if (sum_of(a) < 3 * n) {
            const std::uint64_t factor = 3 * n / sum_of(a) + 1;
            for (auto& v : a) v *= factor;
        }
        const std::uint64_t total_a = sum_of(a);
        const std::uint64_t total_b = sum_of(b);
        std::uint64_t sum = 0;
        for (auto& v : b) sum += v = std::max<std::uint64_t>(1, v * total_a / total_b);
        for (std::size_t j = 0; sum < total_a; j = (j + 1) % n) ++b[j], ++sum;
        for (std::size_t j = 0; sum > total_a; j = (j + 1) % n)
            if (b[j] > 1) --b[j], --sum;
    }
    std::vector<double> px(m), py(m), qx(n), qy(n);
    for (std::size_t i = 0; i < m; ++i) px[i] = unit(), py[i] = unit();
    for (std::size_t j = 0; j < n; ++j) qx[j] = unit(), qy[j] = unit();
    TransportInstance instance{{a.begin(), a.end()}, {b.begin(), b.end()}, std::vector<double>(m * n)};
    const bool uniform = family == "unif" || family == "assign" || family == "unbalu";
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            const double squared = (px[i] - qx[j]) * (px[i] - qx[j]) + (py[i] - qy[j]) * (py[i] - qy[j]);
            instance.costs[i * n + j] = uniform ? static_cast<double>(whole(1, 10000))
                                        : family == "sqeu" ? std::round(1e5 * squared)
                                                           : std::round(1e5 * std::sqrt(squared));
        }
    return instance;
}

}  // namespace meio::reference
