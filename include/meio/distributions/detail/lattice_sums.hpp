// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

namespace meio::distributions::detail {

/// First and second partial moments beyond x.
struct PartialMoments {
    double first = 0;
    double second = 0;  ///< half the expected square
};

/// Sums over the integers above x from the pmf there and its ratio p(k + 1) / p(k): no cancellation, so that tails keep
/// full relative accuracy. Meant for x >= mean, where terms fall.
template <class Distribution>
PartialMoments sum_above(const Distribution& d, double x) {
    PartialMoments sums;
    double k = std::floor(x) + 1.0;
    double p = d.pmf(k);
    while (p > 0) {
        const double over = k - x;
        sums.first += over * p;
        sums.second += 0.5 * over * over * p;
        const double ratio = d.ratio(k);
        // What is left is at most a geometric tail of the next ratio.
        if (ratio < 1.0 && p * over * over / ((1.0 - ratio) * (1.0 - ratio)) < 1e-18 * sums.second) break;
        p *= ratio;
        k += 1.0;
    }
    return sums;
}

/// Sums over the integers below x, downwards. Meant for x <= mean.
template <class Distribution>
PartialMoments sum_below(const Distribution& d, double x) {
    PartialMoments sums;
    double k = std::ceil(x) - 1.0;
    double p = k >= 0 ? d.pmf(k) : 0.0;
    while (k >= 0 && p > 0) {
        const double under = x - k;
        sums.first += under * p;
        sums.second += 0.5 * under * under * p;
        if (k > 0) p /= d.ratio(k - 1.0);
        k -= 1.0;
        if (p * (x - k) * (x - k) * (k + 2.0) < 1e-20 * sums.second) break;
    }
    return sums;
}

template <class Distribution>
double lattice_loss(const Distribution& d, double x) {
    if (x >= d.mean()) return sum_above(d, x).first;
    return d.mean() - x + sum_below(d, x).first;
}

template <class Distribution>
double lattice_complementary_loss(const Distribution& d, double x) {
    if (x <= 0) return 0.0;
    if (x <= d.mean()) return sum_below(d, x).first;
    return x - d.mean() + sum_above(d, x).first;
}

template <class Distribution>
double lattice_second_order_loss(const Distribution& d, double x) {
    if (x >= d.mean()) return sum_above(d, x).second;
    const double gap = d.mean() - x;
    return 0.5 * (d.variance() + gap * gap) - sum_below(d, x).second;
}

/// The smallest integer k >= 0 with cdf(k) >= p: gallop from a guess, then bisect. O(log distance) cdf calls.
template <class Distribution>
double lattice_quantile(const Distribution& d, double p, double guess) {
    const auto reached = [&](double k) { return p > 0.5 ? d.survival(k) <= 1.0 - p : d.cdf(k) >= p; };
    double high = std::fmax(0.0, std::floor(guess));
    double step = 1.0;
    double low = -1.0;
    if (reached(high)) {
        while (true) {
            const double next = high - step;
            if (next < 0) break;
            if (!reached(next)) {
                low = next;
                break;
            }
            high = next;
            step *= 2.0;
        }
    } else {
        while (!reached(high)) {
            low = high;
            high += step;
            step *= 2.0;
        }
    }
    while (high - low > 1.0) {
        const double middle = std::floor(0.5 * (low + high));
        (reached(middle) ? high : low) = middle;
    }
    return high;
}

}  // namespace meio::distributions::detail
