// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/detail/problem.hpp>

namespace meio::transport::detail {

/// For each row the few arcs worth looking at often. Pricing reads these; whole rows are read only to prove optimality
/// or to find what the lists lack.
class Shortlist {
public:
    struct Entry {
        double cost = 0;
        std::int32_t column = -1;
    };
    static constexpr std::size_t start_length = 24;
    static constexpr std::size_t longest = 96;

    explicit Shortlist(std::size_t rows) : lists_(rows) {}

    [[nodiscard]] const std::vector<Entry>& row(std::size_t i) const { return lists_[i]; }

    /// Fills the lists with the columns of least cost less the column's own least cost, among arcs up to `cap`.
    void build(const Problem& problem, double cap) {
        const std::size_t n = problem.columns;
        std::vector<double> offset(n, std::numeric_limits<double>::infinity());
        for (std::size_t i = 0; i < problem.rows; ++i) {
            const double* c = problem.costs + i * n;
            for (std::size_t j = 0; j < n; ++j) offset[j] = c[j] < offset[j] ? c[j] : offset[j];
        }
        for (double& o : offset) o = o < std::numeric_limits<double>::infinity() ? -o : 0.0;
        std::vector<Ranked> ranked;
        std::vector<double> sample;
        for (std::size_t i = 0; i < problem.rows; ++i) {
            const double* c = problem.costs + i * n;
            const double threshold = n <= 2 * start_length ? std::numeric_limits<double>::infinity()
                                                           : sampled_threshold(c, offset, n, sample);
            ranked.clear();
            for (std::size_t j = 0; j < n; ++j)
                if (c[j] + offset[j] <= threshold && c[j] <= cap)
                    ranked.push_back({c[j] + offset[j], static_cast<std::int32_t>(j)});
            if (ranked.size() > 2 * start_length) keep_least(ranked, start_length);
            lists_[i].clear();
            for (const Ranked& r : ranked) lists_[i].push_back({c[r.column], r.column});
        }
    }

    /// Adds up to eight of row i's arcs up to `cap` with the least cost + column price, if below `limit`; returns how
    /// many. Where the list grows too long, only its better half stays.
    std::size_t grow(const Problem& problem, std::size_t i, const double* column_prices, double limit, double cap) {
        constexpr std::size_t block = 256;
        constexpr std::size_t most = 8;
        const std::size_t n = problem.columns;
        const double* c = problem.costs + i * n;
        found_.clear();
        for (std::size_t b = 0; b < n; b += block) {
            const std::size_t end = std::min(n, b + block);
            if (!(least_sum(c + b, column_prices + b, end - b) < limit)) continue;
            for (std::size_t j = b; j < end; ++j)
                if (c[j] + column_prices[j] < limit && c[j] <= cap)
                    found_.push_back({c[j] + column_prices[j], static_cast<std::int32_t>(j)});
        }
        keep_least(found_, most);
        std::vector<Entry>& list = lists_[i];
        if (list.size() + found_.size() > longest) {
            std::vector<Ranked> ranked;
            for (const Entry& e : list) ranked.push_back({e.cost + column_prices[e.column], e.column});
            keep_least(ranked, longest / 2);
            list.clear();
            for (const Ranked& r : ranked) list.push_back({c[r.column], r.column});
        }
        for (const Ranked& r : found_) list.push_back({c[r.column], r.column});
        return found_.size();
    }

private:
    struct Ranked {
        double value = 0;
        std::int32_t column = -1;
        bool operator<(const Ranked& other) const {
            return value != other.value ? value < other.value : column < other.column;
        }
    };

    static void keep_least(std::vector<Ranked>& ranked, std::size_t count) {
        if (ranked.size() <= count) return;
        std::nth_element(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count), ranked.end());
        ranked.resize(count);
    }

    // A value that about 1.4 start_length of the row's columns do not exceed, read off at most 256 of them.
    static double sampled_threshold(const double* c, const std::vector<double>& offset, std::size_t n,
                                    std::vector<double>& sample) {
        const std::size_t stride = (n + 255) / 256;
        sample.clear();
        for (std::size_t j = 0; j < n; j += stride) sample.push_back(c[j] + offset[j]);
        const std::size_t rank = std::min(sample.size() - 1, start_length * 14 * sample.size() / (10 * n) + 1);
        std::nth_element(sample.begin(), sample.begin() + static_cast<std::ptrdiff_t>(rank), sample.end());
        return sample[rank];
    }

    std::vector<std::vector<Entry>> lists_;
    std::vector<Ranked> found_;
};

}  // namespace meio::transport::detail
