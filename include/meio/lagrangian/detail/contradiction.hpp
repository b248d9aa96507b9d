// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <meio/lagrangian/detail/slope.hpp>
#include <meio/lagrangian/reply.hpp>

namespace meio::lagrangian::detail {

/// Finds the group whose replies contradict each other: no value may exceed, by more than its own error, what the
/// supergradient of another call allows. Compares every call with the one before, both ways.
class Contradiction {
public:
    /// O(groups x size) a call, and as much memory; beyond a million numbers nothing is compared.
    void look(std::span<const double> point, std::span<const Reply> replies) {
        const std::size_t size = point.size();
        if (replies.size() * size > 1000000) return;
        if (!point_.empty()) {
            by_.resize(size);
            for (std::size_t k = 0; k < size; ++k) by_[k] = point[k] - point_[k];
            for (std::size_t g = 0; g < replies.size(); ++g) {
                const Reply& now = replies[g];
                const Kept& before = kept_[g];
                const double there = before.value + dot(before.gradient.data(), by_.data(), size);
                const double back = now.value - dot(now.gradient.data(), by_.data(), size);
                note(g, g, now.value - now.value_error - there);
                note(g, g, before.value - before.error - back);
            }
        }
        point_.assign(point.begin(), point.end());
        kept_.resize(replies.size());
        for (std::size_t g = 0; g < replies.size(); ++g)
            kept_[g] = {replies[g].value, replies[g].value_error, replies[g].gradient};
    }

    /// Takes in what a cut of groups `first` to `last` was contradicted by.
    void note(std::size_t first, std::size_t last, double amount) {
        if (amount > amount_) {
            amount_ = amount;
            first_ = first;
            last_ = last;
        }
        if (first == last && amount > single_amount_) {
            single_amount_ = amount;
            single_ = first;
        }
    }

    [[nodiscard]] double amount() const { return amount_; }

    /// Names one group where one alone explains a tenth of it, else the groups of the cut.
    [[nodiscard]] std::string text() const {
        if (!(amount_ > 0)) return "the replies before the resumption contradict each other";
        const bool alone = first_ == last_ || (single_amount_ >= 0.1 * amount_ && single_ >= first_ && single_ <= last_);
        const std::string name = alone ? "group " + std::to_string(first_ == last_ ? first_ : single_)
                                       : "one of the groups " + std::to_string(first_) + " to " + std::to_string(last_);
        return name + " contradicts itself by " + std::to_string(alone && first_ != last_ ? single_amount_ : amount_) +
               ": a value lies above what the gradient of another call allows (value_error too small, or not the minimum)";
    }

private:
    struct Kept {
        double value = 0;
        double error = 0;
        std::vector<double> gradient{};
    };
    std::vector<double> point_{};
    std::vector<double> by_{};
    std::vector<Kept> kept_{};
    double amount_ = 0;
    double single_amount_ = 0;
    std::size_t first_ = 0, last_ = 0, single_ = 0;
};

}  // namespace meio::lagrangian::detail
