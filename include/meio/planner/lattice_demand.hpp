// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <meio/planner/newsvendor_node.hpp>

namespace meio::planner {

/// A demand on the lattice {step * n}: probabilities of first, first + 1, ...
struct LatticeDemand {
    long first = 0;
    std::vector<double> pmf{};
};

/// Expected overshoot E(D - x)+ and E(x - D)+ and cdf at one lattice point.
struct LatticePoint {
    double on_hand = 0;
    double unmet = 0;
};

namespace detail {

/// Counts whose pmf is walked term by term: exact and fast where the mean is small and the step is one unit.
inline bool walkable(demand::Family family, double mean, double variance, double step) {
    if (family != demand::Family::count || step != 1.0 || mean > 200) return false;
    return is_poisson(mean, variance) || mean * mean / (variance - mean) * std::log(mean / variance) > -600;
}

/// p(0), a and b of the Panjer recursion of a walkable count distribution.
struct Panjer {
    double p0, a, b;
};

inline Panjer panjer(double mean, double variance) {
    if (is_poisson(mean, variance)) return {std::exp(-mean), 0.0, mean};
    const double success = mean / variance;
    const double r = mean * mean / (variance - mean);
    return {std::exp(r * std::log(success)), 1.0 - success, (r - 1.0) * (1.0 - success)};
}

/// The first lattice point worth keeping: everything left of it is beyond reach of demand, to rounding.
inline long lowest_point(demand::Family family, double mean, double variance, double step) {
    const double low = mean - 9.0 * std::sqrt(variance);
    const double floor_at = family == demand::Family::normal ? low : std::max(low, 0.0);
    return static_cast<long>(std::floor(floor_at / step));
}

}  // namespace detail

/// Demand discretised on the lattice with its mean and variance: the weights are second differences of E(D - x)+.
/// Counts with step 1 keep their own probabilities. Elsewhere E f(D) of a smooth f is met to fourth order in the step
/// over the standard deviation. The tail beyond a mass of 1e-13 is lumped into the last point.
[[nodiscard]] inline LatticeDemand lattice_demand(demand::Family family, double mean, double variance, double step) {
    if (mean <= 0 && variance <= 0) return {0, {1.0}};
    LatticeDemand result;
    if (detail::walkable(family, mean, variance, step)) {
        const auto [p0, a, b] = detail::panjer(mean, variance);
        double pmf = p0;
        double mass = p0;
        result.pmf.push_back(p0);
        for (double k = 1; mass < 1.0 - 1e-13; k += 1) {
            pmf *= a + b / k;
            if (pmf < 1e-18 && k > mean) break;
            result.pmf.push_back(pmf);
            mass += pmf;
        }
        result.pmf.back() += std::max(0.0, 1.0 - mass);
        return result;
    }
    // Rounding to the lattice adds the variance of the distance to it; taking it off first keeps both moments exact.
    const double added = (step * step - (family == demand::Family::count ? 1.0 : 0.0)) / 6.0;
    if (added < 0.5 * variance) variance -= added;
    result.first = detail::lowest_point(family, mean, variance, step);
    const auto overshoot = [&](long n) {
        const double x = static_cast<double>(n) * step;
        if (x < 0 && family != demand::Family::normal) return mean - x;
        return position_at(family, mean, variance, x).unmet;
    };
    const double negligible = 1e-13 * std::max(std::sqrt(variance), step);
    double here = overshoot(result.first);
    double left = -step;  // left of the first point demand is certain to be larger
    double mass = 0;
    for (long n = result.first;; ++n) {
        const double after = overshoot(n + 1);
        const double weight = std::max(0.0, (after - here - left) / step);
        result.pmf.push_back(weight);
        mass += weight;
        left = after - here;
        here = after;
        if (here <= negligible) break;
    }
    result.pmf.back() += std::max(0.0, 1.0 - mass);
    return result;
}

/// E(x - D)+ and E(D - x)+ at lattice points first, first + 1, ..., tabulated once for the leaf of a tree.
class LossTable {
public:
    void reset(demand::Family family, double mean, double variance, double step) {
        family_ = family;
        mean_ = mean;
        variance_ = variance;
        step_ = step;
        first_ = detail::lowest_point(family, mean, variance, step);
        points_.clear();
        walk_ = mean > 0 && detail::walkable(family, mean, variance, step);
        if (walk_) {
            first_ = 0;
            const auto parts = detail::panjer(mean, variance);
            a_ = parts.a;
            b_ = parts.b;
            pmf_ = cdf_ = parts.p0;
        }
    }

    [[nodiscard]] long first() const { return first_; }

    /// The point at lattice index n; left of first() demand is certain to exceed it.
    [[nodiscard]] LatticePoint at(long n) {
        if (n < first_) return {0.0, mean_ - static_cast<double>(n) * step_};
        const auto index = static_cast<std::size_t>(n - first_);
        while (points_.size() <= index) extend();
        return points_[index];
    }

private:
    void extend() {
        const auto index = points_.size();
        if (!walk_) {
            const double x = static_cast<double>(first_ + static_cast<long>(index)) * step_;
            const Position position = position_at(family_, mean_, variance_, x);
            points_.push_back({position.on_hand, position.unmet});
            return;
        }
        if (index == 0) {
            points_.push_back({0.0, mean_});
            return;
        }
        // E(D - k)+ falls by 1 - F(k - 1) from k - 1 to k.
        const double unmet = std::max(0.0, points_.back().unmet - (1.0 - cdf_));
        const double k = static_cast<double>(index);
        points_.push_back({std::max(0.0, k - mean_ + unmet), unmet});
        pmf_ *= a_ + b_ / k;
        cdf_ = std::min(1.0, cdf_ + pmf_);
    }

    demand::Family family_ = demand::Family::count;
    double mean_ = 0, variance_ = 0, step_ = 1;
    long first_ = 0;
    bool walk_ = false;
    double a_ = 0, b_ = 0, pmf_ = 0, cdf_ = 0;
    std::vector<LatticePoint> points_{};
};

}  // namespace meio::planner
