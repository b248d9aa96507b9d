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

/// The first lattice point worth keeping: everything left of it is beyond reach of demand, to rounding.
inline long lowest_point(demand::Family family, double mean, double variance, double step) {
    const double low = mean - 9.0 * std::sqrt(variance);
    const double floor_at = family == demand::Family::normal ? low : std::max(low, 0.0);
    return static_cast<long>(std::floor(floor_at / step));
}

/// Walks the integers upwards from where a count demand begins to matter: probability by the Panjer (a, b, 0) recursion
/// p(k + 1) = p(k) (a + b / (k + 1)), which covers Poisson (a = 0) and negative binomial, cdf and E(D - k)+ by sums.
class CountWalk {
public:
    CountWalk() = default;

    CountWalk(double mean, double variance) {
        k_ = std::max(0.0, std::floor(mean - 9.0 * std::sqrt(variance)));
        unmet_ = mean - k_;
        if (mean <= 0) {
            pmf_ = cdf_ = k_ == 0 ? 1.0 : 0.0;
        } else if (is_poisson(mean, variance)) {
            const distributions::Poisson d(mean);
            b_ = mean;
            pmf_ = d.pmf(k_);
            cdf_ = d.cdf(k_);
        } else {
            const auto d = distributions::NegativeBinomial::from_moments(mean, variance);
            a_ = 1.0 - mean / variance;
            b_ = (mean * mean / (variance - mean) - 1.0) * a_;
            pmf_ = d.pmf(k_);
            cdf_ = d.cdf(k_);
        }
    }

    void next() {
        unmet_ = std::max(0.0, unmet_ - (1.0 - cdf_));  // E(D - k)+ falls by P(D > k)
        k_ += 1.0;
        pmf_ *= a_ + b_ / k_;
        cdf_ = std::min(1.0, cdf_ + pmf_);
    }

    [[nodiscard]] double k() const { return k_; }
    [[nodiscard]] double pmf() const { return pmf_; }
    [[nodiscard]] double cdf() const { return cdf_; }
    [[nodiscard]] double unmet() const { return unmet_; }

private:
    double k_ = 0, pmf_ = 1, cdf_ = 1, unmet_ = 0, a_ = 0, b_ = 0;
};

}  // namespace detail

/// Demand discretised on the lattice with its mean and variance: by the density (normal) or by second differences of
/// E(D - x)+ (gamma).
/// Counts with step 1 keep their own probabilities; counts with wider steps share each unit's mass between its two
/// lattice neighbours. Elsewhere E f(D) of a smooth f is met to fourth order in the step
/// over the standard deviation. The tail beyond a mass of 1e-13 is lumped into the last point.
[[nodiscard]] inline LatticeDemand lattice_demand(demand::Family family, double mean, double variance, double step) {
    if (mean <= 0 && variance <= 0) return {0, {1.0}};
    LatticeDemand result;
    if (family == demand::Family::normal) {
        // Sampling the density is spectrally accurate for a normal: moments are met to rounding below one deviation a step.
        const double deviation = std::sqrt(variance);
        result.first = detail::lowest_point(family, mean, variance, step);
        double mass = 0;
        for (long n = result.first; static_cast<double>(n) * step < mean + 9.0 * deviation; ++n) {
            result.pmf.push_back(numeric::normal_pdf((static_cast<double>(n) * step - mean) / deviation));
            mass += result.pmf.back();
        }
        for (double& p : result.pmf) p /= mass;
        return result;
    }
    // Rounding to the lattice adds the variance of the distance to it; taking it off first keeps both moments exact.
    const double added = (step * step - (family == demand::Family::count ? 1.0 : 0.0)) / 6.0;
    if (added < 0.5 * variance) variance -= added;
    if (family == demand::Family::count) {
        detail::CountWalk walk(mean, variance);
        result.first = static_cast<long>(std::floor(walk.k() / step));
        double mass = 0;
        while (mass < 1.0 - 1e-13) {
            // A unit between two lattice points is shared between them, so that the mean is kept.
            const double at = walk.k() / step - static_cast<double>(result.first);
            const auto below = static_cast<std::size_t>(at);
            const double part = at - static_cast<double>(below);
            if (result.pmf.size() < below + 2) result.pmf.resize(below + 2, 0.0);
            result.pmf[below] += walk.pmf() * (1.0 - part);
            result.pmf[below + 1] += walk.pmf() * part;
            mass += walk.pmf();
            if (walk.k() > mean && walk.pmf() < 1e-18) break;
            walk.next();
        }
        while (result.pmf.size() > 1 && result.pmf.back() == 0) result.pmf.pop_back();
        result.pmf.back() += std::max(0.0, 1.0 - mass);
        return result;
    }
    result.first = detail::lowest_point(family, mean, variance, step);
    const auto overshoot = [&](long n) {
        const double x = static_cast<double>(n) * step;
        return x < 0 ? mean - x : position_at(family, mean, variance, x).unmet;
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
        last_ = first_;
        points_.clear();
        if (family == demand::Family::count) walk_ = detail::CountWalk(mean, variance);
    }

    /// Extends the table to the last level that a tree considers, the first with P(D > n) <= 1 - level_cap and not
    /// below 0, and one point further.
    void tabulate() {
        last_ = first_;
        while (at(last_).unmet - at(last_ + 1).unmet > (1.0 - level_cap) * step_) ++last_;
        (void)at(std::max(last_, 0L) + 1);
    }

    void shrink() { points_.shrink_to_fit(); }

    [[nodiscard]] long first() const { return first_; }

    /// The level at the cap, once tabulated.
    [[nodiscard]] long last() const { return last_; }

    /// As `at`, where the table is known to reach: n <= max(last(), 0) + 1.
    [[nodiscard]] LatticePoint tabulated(long n) const {
        if (n < first_) return {0.0, mean_ - static_cast<double>(n) * step_};
        return points_[static_cast<std::size_t>(n - first_)];
    }

    [[nodiscard]] std::size_t heap_bytes() const { return points_.capacity() * sizeof(LatticePoint); }

    /// The point at lattice index n; left of first() demand is certain to exceed it.
    [[nodiscard]] LatticePoint at(long n) {
        if (n < first_) return {0.0, mean_ - static_cast<double>(n) * step_};
        const auto index = static_cast<std::size_t>(n - first_);
        while (points_.size() <= index) extend();
        return points_[index];
    }

private:
    void extend() {
        const double x = static_cast<double>(first_ + static_cast<long>(points_.size())) * step_;
        if (family_ != demand::Family::count) {
            const Position position = position_at(family_, mean_, variance_, x);
            points_.push_back({position.on_hand, position.unmet});
            return;
        }
        while (walk_.k() < x) walk_.next();
        const double unmet = walk_.k() > x ? mean_ - x : walk_.unmet();  // left of the walk demand is certain to exceed x
        points_.push_back({std::max(0.0, x - mean_ + unmet), unmet});
    }

    demand::Family family_ = demand::Family::count;
    double mean_ = 0, variance_ = 0, step_ = 1;
    long first_ = 0;
    long last_ = 0;
    detail::CountWalk walk_{};
    std::vector<LatticePoint> points_{};
};

}  // namespace meio::planner
