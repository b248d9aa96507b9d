// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <meio/lagrangian/detail/dot.hpp>

namespace meio::lagrangian::detail {

/// Cholesky factor R'R of a matrix whose rows and columns come and go. R lies by rows, so that every inner loop runs along
/// memory. A pivot that vanishes is kept barely positive: a solution then is long along the dependent direction, which is
/// what the caller wants.
class Factor {
public:
    [[nodiscard]] std::size_t size() const { return size_; }
    /// By how much the matrix of the factor exceeds, in this diagonal entry, the one that was asked for.
    [[nodiscard]] double raised(std::size_t i) const { return raised_[i]; }
    /// True where `raised` tells all the difference.
    [[nodiscard]] bool is_exact() const { return exact_; }
    void clear() {
        size_ = 0;
        raised_.clear();
        exact_ = true;
        largest_ = 0;
    }

    /// Appends a row and column (its diagonal entry last); `row` is used up. O(n^2).
    void append(std::vector<double>& row) {
        if (size_ == room_) grow();
        const std::size_t n = size_;
        double own = row[n];
        largest_ = std::max(largest_, own);
        const double least = std::max(1e-11 * own, 1e-14 * largest_);
        for (std::size_t i = 0; i < n; ++i) {
            const double* from = &entries_[i * room_];
            row[i] /= from[i];
            add_scaled(row.data() + i + 1, -row[i], from + i + 1, n - i - 1);
        }
        own -= dot(row.data(), row.data(), n);
        row[n] = std::sqrt(std::max(own, least));
        if (!(row[n] > smallest)) row[n] = 1.0;  // nothing bends: any length will do, the first weight at 0 ends the step
        raised_.push_back(own > least ? 0.0 : row[n] * row[n] - own);
        for (std::size_t i = 0; i <= n; ++i) entries_[i * room_ + n] = row[i];
        ++size_;
    }

    /// Removes a row and column by plane rotations. O(n^2).
    void remove(std::size_t at) {
        for (std::size_t i = 0; i < size_; ++i) {
            double* row = &entries_[i * room_];
            std::copy(row + std::max(i, at + 1), row + size_, row + std::max(i, at + 1) - 1);
        }
        --size_;
        raised_.erase(raised_.begin() + static_cast<std::ptrdiff_t>(at));
        for (std::size_t i = at; i < size_; ++i) {  // the row below begins in column i now
            double* upper = &entries_[i * room_] + i;
            double* lower = &entries_[(i + 1) * room_] + i;
            const double length = std::sqrt(upper[0] * upper[0] + lower[0] * lower[0]);
            if (length > 0) rotate(upper, lower, upper[0] / length, lower[0] / length, size_ - i);
            upper[0] = std::max(length, std::sqrt(1e-14 * largest_));
            if (!(upper[0] > smallest)) upper[0] = 1.0;
            exact_ = exact_ && upper[0] == length;
        }
    }

    /// Replaces x by the solution.
    void solve(std::vector<double>& x) const {
        for (std::size_t i = 0; i < size_; ++i) {
            const double* row = &entries_[i * room_];
            x[i] /= row[i];
            add_scaled(x.data() + i + 1, -x[i], row + i + 1, size_ - i - 1);
        }
        for (std::size_t i = size_; i-- > 0;) {
            const double* row = &entries_[i * room_];
            x[i] = (x[i] - dot(row + i + 1, x.data() + i + 1, size_ - i - 1)) / row[i];
        }
    }

private:
    void grow() {
        const std::size_t room = std::max<std::size_t>(16, 2 * room_);
        std::vector<double> entries(room * room);
        for (std::size_t i = 0; i < size_; ++i)
            std::copy(&entries_[i * room_] + i, &entries_[i * room_] + size_, &entries[i * room] + i);
        entries_ = std::move(entries);
        room_ = room;
    }

    static constexpr double smallest = 1e-150;
    std::vector<double> entries_{};  // row i from column i on
    std::size_t size_ = 0;
    std::size_t room_ = 0;
    std::vector<double> raised_{};
    bool exact_ = true;
    double largest_ = 0;
};

}  // namespace meio::lagrangian::detail
