// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/lagrangian/detail/archive.hpp>
#include <meio/lagrangian/detail/evaluation.hpp>
#include <meio/lagrangian/result.hpp>

namespace meio::lagrangian::detail {

/// One call's answer: what has to be kept of it.
struct Answer {
    double value = 0;  // certified
    double error = 0;
    std::vector<double> gradient{};
    std::vector<std::uint64_t> tags{};  // one a group

    Answer() = default;
    explicit Answer(const Evaluation& at) : value(at.value), error(at.error), gradient(at.gradient) {
        for (const Reply& reply : at.replies) tags.push_back(reply.tag);
    }
    void write(Writer& out) const {
        out.write(value);
        out.write(error);
        out.write(gradient);
        out.write(tags);
    }
    void read(Reader& in) {
        in.read(value);
        in.read(error);
        in.read(gradient);
        in.read(tags);
    }
};

/// A convex combination of the plans that the oracle answered with, call by call: the ergodic primal.
///
/// Every answer is a cut `theta(l) - b.l <= cost + l.use` and so is any mixture of them: the average proves an upper
/// bound on the dual as well as it recovers a primal.
class PlanAverage {
public:
    PlanAverage(std::size_t size, std::size_t groups) : groups_(groups), use_(size, 0.0) {}

    [[nodiscard]] bool empty() const { return share_.empty(); }
    [[nodiscard]] const std::vector<double>& use() const { return use_; }  // minus b
    [[nodiscard]] double cost() const { return cost_; }

    /// The average becomes `(1 - share)` of itself and `share` of the plans found at `point`.
    void add(const Answer& at, std::span<const double> point, double share) {
        if (share_.empty()) share = 1.0;
        double cost = at.value + at.error;
        for (std::size_t k = 0; k < use_.size(); ++k) {
            cost -= point[k] * at.gradient[k];
            use_[k] += share * (at.gradient[k] - use_[k]);
        }
        cost_ = share == 1.0 ? cost : cost_ + share * (cost - cost_);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < share_.size(); ++i) {
            const double old = share_[i] * (1.0 - share);
            if (old < 1e-15) continue;  // of no weight beside rounding
            if (kept != i) {
                std::copy_n(tags_.begin() + static_cast<std::ptrdiff_t>(i * groups_), groups_,
                            tags_.begin() + static_cast<std::ptrdiff_t>(kept * groups_));
            }
            share_[kept++] = old;
        }
        share_.resize(kept);
        tags_.resize(kept * groups_);
        share_.push_back(share);
        tags_.insert(tags_.end(), at.tags.begin(), at.tags.end());
    }

    void clear() {
        share_.clear();
        tags_.clear();
    }

    /// The average cut at `point`: no dual value there is higher.
    [[nodiscard]] double value_at(std::span<const double> point) const {
        double value = cost_;
        for (std::size_t k = 0; k < use_.size(); ++k) value += point[k] * use_[k];
        return value;
    }

    /// The highest value of the average cut over the box: no dual value exceeds it.
    [[nodiscard]] double highest(std::span<const double> lower, std::span<const double> upper) const {
        double value = cost_;
        for (std::size_t k = 0; k < use_.size(); ++k)
            if (use_[k] != 0) value += use_[k] * (use_[k] > 0 ? upper[k] : lower[k]);
        return value;
    }

    [[nodiscard]] std::vector<Weight> weights() const {
        double total = 0;
        for (const double share : share_) total += share;
        std::vector<Weight> result;
        std::vector<Weight> own(share_.size());
        for (std::size_t g = 0; g < groups_; ++g) {
            for (std::size_t i = 0; i < own.size(); ++i) own[i] = {g, tags_[i * groups_ + g], share_[i] / total};
            std::stable_sort(own.begin(), own.end(), [](const Weight& x, const Weight& y) { return x.tag < y.tag; });
            for (std::size_t i = 0; i < own.size(); ++i) {
                if (i > 0 && own[i - 1].tag == own[i].tag) {
                    result.back().weight += own[i].weight;
                } else {
                    result.push_back(own[i]);
                }
            }
        }
        return result;
    }

    void write(Writer& out) const {
        out.write(use_);
        out.write(cost_);
        out.write(share_);
        out.write(tags_);
    }
    void read(Reader& in) {
        in.read(use_);
        in.read(cost_);
        in.read(share_);
        in.read(tags_);
    }

private:
    std::size_t groups_;
    std::vector<double> use_;
    double cost_ = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> share_{};        // of each call
    std::vector<std::uint64_t> tags_{};  // call by call, one a group
};

}  // namespace meio::lagrangian::detail
