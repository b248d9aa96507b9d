// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/slope.hpp>

namespace meio::lagrangian::detail {

/// Cholesky factor of a matrix whose rows come and go. A pivot that vanishes is kept barely positive: a solution then is
/// long along the dependent direction, which is what the caller wants.
class Factor {
public:
    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    void clear() {
        rows_.clear();
        largest_ = 0;
    }

    /// Appends a row (its diagonal entry last). O(n^2).
    void append(std::vector<double> row) {
        const std::size_t n = rows_.size();
        for (std::size_t j = 0; j < n; ++j) row[j] = (row[j] - dot(row.data(), rows_[j].data(), j)) / rows_[j][j];
        const double own = row[n];
        largest_ = std::max(largest_, own);
        row[n] = std::sqrt(std::max({own - dot(row.data(), row.data(), n), 1e-11 * own, 1e-14 * largest_}));
        if (!(row[n] > smallest)) row[n] = 1.0;  // nothing bends: any length will do, the first weight at 0 ends the step
        rows_.push_back(std::move(row));
    }

    /// Removes a row and column by plane rotations. O(n^2).
    void remove(std::size_t at) {
        rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(at));
        std::vector<std::pair<double, double>> rotations;
        for (std::size_t i = at; i < rows_.size(); ++i) {
            std::vector<double>& row = rows_[i];  // one entry too long
            for (std::size_t r = 0; r < rotations.size(); ++r) {
                const auto [c, s] = rotations[r];
                const double x = row[at + r];
                const double y = row[at + r + 1];
                row[at + r] = c * x + s * y;
                row[at + r + 1] = c * y - s * x;
            }
            const double length = std::hypot(row[i], row[i + 1]);
            rotations.push_back(length > 0 ? std::pair{row[i] / length, row[i + 1] / length} : std::pair{1.0, 0.0});
            row[i] = std::max(length, std::sqrt(1e-14 * largest_));
            if (!(row[i] > smallest)) row[i] = 1.0;
            row.pop_back();
        }
    }

    /// Replaces x by the solution.
    void solve(std::vector<double>& x) const {
        for (std::size_t i = 0; i < rows_.size(); ++i)
            x[i] = (x[i] - dot(rows_[i].data(), x.data(), i)) / rows_[i][i];
        for (std::size_t i = rows_.size(); i-- > 0;) {
            x[i] /= rows_[i][i];
            for (std::size_t j = 0; j < i; ++j) x[j] -= rows_[i][j] * x[i];
        }
    }

private:
    static constexpr double smallest = 1e-150;
    std::vector<std::vector<double>> rows_{};
    double largest_ = 0;
};

}  // namespace meio::lagrangian::detail
