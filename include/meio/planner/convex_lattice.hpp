// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace meio::planner {

/// A convex function on an integer lattice, linear left of `first` and defined up to `first + slopes.size()`:
/// value(first) is known, `slopes[n]` is value(first + n + 1) - value(first + n), and each step further left adds
/// `-left_slope`.
struct ConvexLattice {
    long first = 0;
    double value = 0;        ///< at `first`
    double left_slope = 0;   ///< change per step to the right, left of `first`; <= slopes.front()
    std::vector<double> slopes{};

    [[nodiscard]] long last() const { return first + static_cast<long>(slopes.size()); }

    /// The value at a lattice point <= last(). O(distance from first).
    [[nodiscard]] double at(long point) const {
        if (point <= first) return value + left_slope * static_cast<double>(point - first);
        double total = value;
        for (long n = 0; n < point - first; ++n) total += slopes[static_cast<std::size_t>(n)];
        return total;
    }
};

/// How a node shares what it has among its children: `order[n]` is the child that gets the n-th unit above `start`.
/// Below `start` the child `absorber` goes short alone.
struct Allocation {
    long start = 0;                 ///< position of the node at which the ordered units begin
    int absorber = 0;               ///< the child whose shortage costs least
    std::vector<long> base{};       ///< position of each child at `start`
    std::vector<int> order{};       ///< child of each further unit
};

/// min { sum f_i(z_i) + holding (x - sum z_i) : sum z_i <= x } as a function of x: the infimal convolution of convex
/// functions is the merge of their slopes in rising order. Units whose slope reaches `holding` stay at the node; right
/// of the returned `last()` the slope is `holding`. Ties go to the lower child. O(slopes x log children).
[[nodiscard]] inline ConvexLattice allocate(std::span<const ConvexLattice* const> children, double holding,
                                            Allocation& allocation) {
    struct Step {
        double slope;
        int child;
    };
    ConvexLattice merged;
    allocation.absorber = 0;
    for (std::size_t i = 1; i < children.size(); ++i)
        if (children[i]->left_slope > children[static_cast<std::size_t>(allocation.absorber)]->left_slope)
            allocation.absorber = static_cast<int>(i);
    merged.left_slope = children[static_cast<std::size_t>(allocation.absorber)]->left_slope;
    allocation.base.assign(children.size(), 0);
    std::vector<Step> steps;
    std::vector<std::size_t> ends;  // of each child's run in steps
    for (std::size_t i = 0; i < children.size(); ++i) {
        const ConvexLattice& child = *children[i];
        long base = child.first;
        double value = child.value;
        for (const double slope : child.slopes) {
            if (slope >= holding) break;
            if (slope < merged.left_slope) {  // worth more than the absorber's shortage: always filled first
                ++base;
                value += slope;
            } else {
                steps.push_back({slope, static_cast<int>(i)});
            }
        }
        ends.push_back(steps.size());
        allocation.base[i] = base;
        merged.first += base;
        merged.value += value;
    }
    // Each child's slopes rise already: merge them two by two. Merging is stable, so ties go to the lower child.
    std::vector<Step> merging(steps.size());
    while (ends.size() > 1) {
        std::size_t kept = 0;
        std::size_t begin = 0;
        for (std::size_t r = 0; r < ends.size(); r += 2) {
            const std::size_t middle = ends[r];
            const std::size_t end = r + 1 < ends.size() ? ends[r + 1] : middle;
            const auto at = [&](std::size_t n) { return steps.begin() + static_cast<std::ptrdiff_t>(n); };
            std::merge(at(begin), at(middle), at(middle), at(end), merging.begin() + static_cast<std::ptrdiff_t>(begin),
                       [](const Step& a, const Step& b) { return a.slope < b.slope; });
            ends[kept++] = end;
            begin = end;
        }
        ends.resize(kept);
        steps.swap(merging);
    }
    allocation.start = merged.first;
    allocation.order.clear();
    merged.slopes.clear();
    for (const Step& step : steps) {
        allocation.order.push_back(step.child);
        merged.slopes.push_back(step.slope);
    }
    return merged;
}

/// E f(y - D) for D on the lattice with probabilities `pmf` (index = steps, sums to 1), tabulated from `f.first` up to
/// the first slope >= `stop_slope` or `max_points` points. Right of `f.last()` the slope of f is `right_slope`.
/// O(points x size of pmf), several points side by side.
[[nodiscard]] inline ConvexLattice expect_after_demand(const ConvexLattice& f, std::span<const double> pmf,
                                                       double right_slope, double stop_slope, std::size_t max_points) {
    constexpr std::size_t width = 8;  // points side by side: independent sums, which compilers turn into vectors
    ConvexLattice result;
    result.first = f.first;
    result.left_slope = f.left_slope;
    double mean = 0;
    for (std::size_t d = 0; d < pmf.size(); ++d) mean += static_cast<double>(d) * pmf[d];
    result.value = f.value - f.left_slope * mean;
    double tail = 0;  // sum of pmf[d] for d > n: demand that puts y - d left of f.first
    for (const double p : pmf) tail += p;
    double right = 0;  // probability that y - d lies right of f.last()
    const std::size_t size = f.slopes.size();
    // Zeros on both sides let every point of a batch run over the same demands; they add nothing.
    std::vector<double> padded(size + 2 * width, 0.0);
    std::copy(f.slopes.begin(), f.slopes.end(), padded.begin() + static_cast<std::ptrdiff_t>(width));
    for (std::size_t start = 0; start < max_points; start += width) {
        double sums[width] = {};
        const std::size_t low = start >= size ? start - size + 1 : 0;
        const std::size_t high = std::min(start + width, pmf.size());
        for (std::size_t d = low; d < high; ++d) {
            const double p = pmf[d];
            const double* slopes = padded.data() + (width + start - d);
            for (std::size_t i = 0; i < width; ++i) sums[i] += p * slopes[i];
        }
        for (std::size_t n = start; n < std::min(start + width, max_points); ++n) {
            if (n < pmf.size()) tail -= pmf[n];
            if (n >= size && n - size < pmf.size()) right += pmf[n - size];
            const double slope = std::max(tail, 0.0) * f.left_slope + right * right_slope + sums[n - start];
            if (slope >= stop_slope) return result;
            result.slopes.push_back(slope);
        }
    }
    return result;
}

/// Slope of E f(y - D) from y = f.first + n to the next point; arguments as of `expect_after_demand`. O(size of pmf).
[[nodiscard]] inline double slope_after_demand(const ConvexLattice& f, std::span<const double> pmf, double right_slope,
                                               std::size_t n) {
    const std::size_t size = f.slopes.size();
    const std::size_t low = std::min(n >= size ? n - size + 1 : 0, pmf.size());
    const std::size_t high = std::max(low, std::min(n + 1, pmf.size()));
    // Four sums side by side: one alone would wait for each addition.
    const auto sum = [](std::size_t from, std::size_t to, auto&& term) {
        double parts[4] = {};
        std::size_t d = from;
        for (; d + 4 <= to; d += 4)
            for (std::size_t i = 0; i < 4; ++i) parts[i] += term(d + i);
        for (; d < to; ++d) parts[0] += term(d);
        return (parts[0] + parts[1]) + (parts[2] + parts[3]);
    };
    const auto probability = [&](std::size_t d) { return pmf[d]; };
    const double right = sum(0, low, probability);
    const double slope = sum(low, high, [&](std::size_t d) { return pmf[d] * f.slopes[n - d]; });
    const double left = sum(high, pmf.size(), probability);
    return left * f.left_slope + slope + right * right_slope;
}

/// The least n <= max_points at which the slope of E f(y - D) right of f.first + n reaches `stop_slope`: the end of the
/// table that `expect_after_demand` would make, found by bisection as slopes rise. O(size of pmf x log max_points).
[[nodiscard]] inline std::size_t turn_after_demand(const ConvexLattice& f, std::span<const double> pmf, double right_slope,
                                                   double stop_slope, std::size_t max_points) {
    std::size_t low = 0;
    std::size_t high = max_points;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (slope_after_demand(f, pmf, right_slope, middle) >= stop_slope) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/// E f(y - D) at any lattice point y; D = n with probability pmf[n]. O(size of f and pmf).
[[nodiscard]] inline double value_after_demand(const ConvexLattice& f, std::span<const double> pmf, double right_slope,
                                               long y) {
    double total = 0;
    double value = f.value;  // of f at the point reached so far, which rises as demand falls
    long reached = f.first;
    for (std::size_t d = pmf.size(); d-- > 0;) {
        const long x = y - static_cast<long>(d);
        if (x <= f.first) {
            total += pmf[d] * (f.value + f.left_slope * static_cast<double>(x - f.first));
            continue;
        }
        for (; reached < std::min(x, f.last()); ++reached) value += f.slopes[static_cast<std::size_t>(reached - f.first)];
        total += pmf[d] * (value + right_slope * static_cast<double>(std::max(0L, x - f.last())));
    }
    return total;
}

}  // namespace meio::planner
