// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <reference/instance_draw.hpp>

namespace meio::reference {

/// A generated dense instance by the generator whose optima are published with the tests. Families: `unif`, `eucl`,
/// `sqeu` (square, balanced), `assign` (unit amounts), `unbal`, `unbalt` (Euclidean, supply 30 % and 3 % above demand),
/// `unbalu` (uniform, 30 % above).
struct TransportInstance {
    std::vector<double> supply, demand, costs;
};

inline TransportInstance transport_instance(std::string_view family, std::size_t m, std::size_t n, std::uint64_t seed) {
    InstanceDraw draw(seed * 1000003 + 31 * m + 17 * n);
    const bool unbalanced = family.substr(0, 5) == "unbal";
    std::vector<std::uint64_t> a(m, 1), b(n, 1);
    if (family != "assign") {
        for (auto& v : a) v = draw.whole(1, 1000);
        for (auto& v : b) v = draw.whole(1, 1000);
    }
    const auto sum_of = [](const std::vector<std::uint64_t>& v) {
        std::uint64_t total = 0;
        for (const auto w : v) total += w;
        return total;
    };
    if (unbalanced) {
        for (auto& v : b) v = draw.whole(1, 100);
        std::vector<double> share(m);
        double shares = 0;
        for (auto& w : share) shares += w = 0.5 + draw.unit();
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
    for (std::size_t i = 0; i < m; ++i) px[i] = draw.unit(), py[i] = draw.unit();
    for (std::size_t j = 0; j < n; ++j) qx[j] = draw.unit(), qy[j] = draw.unit();
    TransportInstance instance{{a.begin(), a.end()}, {b.begin(), b.end()}, std::vector<double>(m * n)};
    const bool uniform = family == "unif" || family == "assign" || family == "unbalu";
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            const double squared = (px[i] - qx[j]) * (px[i] - qx[j]) + (py[i] - qy[j]) * (py[i] - qy[j]);
            instance.costs[i * n + j] = uniform ? static_cast<double>(draw.whole(1, 10000))
                                        : family == "sqeu" ? std::round(1e5 * squared)
                                                           : std::round(1e5 * std::sqrt(squared));
        }
    return instance;
}

/// A generated instance by arcs, sorted by destination: `offsets[j]..offsets[j + 1]` go to destination j.
struct ArcInstance {
    std::size_t sources = 0;
    std::vector<std::int64_t> offsets{0};
    std::vector<std::int32_t> ids{};
    std::vector<double> costs{}, supply{}, demand{};
};

/// The sparse instances of the same generator: points in the unit square, `k` distinct sources a destination, supply 30 %
/// above demand (`sparse`) or 3 % (`sparset`: tight).
inline ArcInstance sparse_transport_instance(bool tight, std::size_t m, std::size_t n, std::size_t k, std::uint64_t seed) {
    InstanceDraw draw(seed * 1000003 + 31 * m + 17 * n + k);
    ArcInstance p;
    p.sources = m;
    p.supply.resize(m);
    p.demand.resize(n);
    for (std::size_t s = 0; s < m + n; ++s) (void)draw.next();  // amounts that the next lines redraw
    double total = 0;
    for (double& b : p.demand) total += b = static_cast<double>(draw.whole(1, 100));
    double weights = 0;
    for (double& w : p.supply) weights += w = 0.5 + draw.unit();
    for (double& w : p.supply) w = std::ceil((tight ? 1.03 : 1.3) * total * w / weights);
    std::vector<double> px(m), py(m), qx(n), qy(n);
    for (std::size_t i = 0; i < m; ++i) px[i] = draw.unit(), py[i] = draw.unit();
    for (std::size_t j = 0; j < n; ++j) qx[j] = draw.unit(), qy[j] = draw.unit();
    p.offsets.reserve(n + 1);
    p.ids.reserve(n * k);
    p.costs.reserve(n * k);
    std::vector<std::size_t> chosen;
    for (std::size_t j = 0; j < n; ++j) {
        chosen.clear();
        while (chosen.size() < k) {
            const std::size_t i = draw.below(m);
            if (std::find(chosen.begin(), chosen.end(), i) == chosen.end()) chosen.push_back(i);
        }
        std::sort(chosen.begin(), chosen.end());
        for (const std::size_t i : chosen) {
            p.ids.push_back(static_cast<std::int32_t>(i));
            p.costs.push_back(std::round(1e4 * std::sqrt((px[i] - qx[j]) * (px[i] - qx[j]) + (py[i] - qy[j]) * (py[i] - qy[j]))) + 1);
        }
        p.offsets.push_back(static_cast<std::int64_t>(p.ids.size()));
    }
    return p;
}

}  // namespace meio::reference
