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
/// of the returned `last()` the slope is `holding`. Ties go to the lower child. O(n log n) in the number of slopes.
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
        allocation.base[i] = base;
        merged.first += base;
        merged.value += value;
    }
    std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.slope < b.slope; });
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
/// O(points x size of pmf).
[[nodiscard]] inline ConvexLattice expect_after_demand(const ConvexLattice& f, std::span<const double> pmf,
                                                       double right_slope, double stop_slope, std::size_t max_points) {
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
    for (std::size_t n = 0; n < max_points; ++n) {
        if (n < pmf.size()) tail -= pmf[n];
        if (n >= size && n - size < pmf.size()) right += pmf[n - size];
        double slope = std::max(tail, 0.0) * f.left_slope + right * right_slope;
        const std::size_t low = n >= size ? n - size + 1 : 0;
        const std::size_t high = std::min(n + 1, pmf.size());
        for (std::size_t d = low; d < high; ++d) slope += pmf[d] * f.slopes[n - d];
        if (slope >= stop_slope) break;
        result.slopes.push_back(slope);
    }
    return result;
}

}  // namespace meio::planner
