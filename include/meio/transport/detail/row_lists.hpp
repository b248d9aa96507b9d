// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/transport/detail/simd.hpp>

namespace meio::transport::detail {

/// For each row of a complete cost matrix the few arcs worth looking at often, in one block of memory.
class RowLists {
public:
    struct Entry {
        double cost = 0;
        std::int32_t column = -1;
    };
    static constexpr std::size_t start_length = 24;
    static constexpr std::size_t longest = 64;

    explicit RowLists(std::size_t rows) : entries_(rows * longest), length_(rows, 0) {}

    [[nodiscard]] std::span<const Entry> row(std::size_t i) const { return {entries_.data() + i * longest, length_[i]}; }

    /// Fills the lists with the columns of least cost less the column's own least cost.
    void build(const double* costs, std::size_t n, std::vector<double> least) {
        for (double& value : least) value = -value;
        found_.resize(n);
        for (std::size_t i = 0; i < length_.size(); ++i) {
            const double* c = costs + i * n;
            keep(i, c, least.data(), select_up_to(c, least.data(), n, threshold(c, least.data(), n), found_.data()), start_length);
        }
    }

    /// Adds up to eight of row i's arcs with the least cost + price among those below `limit`; returns how many. Where the
    /// list grows too long, only its better half stays.
    std::size_t grow(std::size_t i, const double* c, const double* price, std::size_t n, double limit) {
        constexpr std::size_t block = 256;
        constexpr std::size_t most = 8;
        std::size_t count = 0;
        for (std::size_t b = 0; b < n; b += block) {
            const std::size_t end = std::min(n, b + block);
            if (!(least_sum(c + b, price + b, end - b) < limit)) continue;
            for (std::size_t j = b; j < end; ++j)
                if (c[j] + price[j] < limit) found_[count++] = static_cast<std::int32_t>(j);
        }
        if (count == 0) return 0;
        if (length_[i] + std::min(count, most) > longest) shrink(i, price);
        return keep(i, c, price, count, most);
    }

private:
    // Appends the best of the first `count` columns found, at most `most` (twice as many where ranking would cost more).
    std::size_t keep(std::size_t i, const double* c, const double* price, std::size_t count, std::size_t most) {
        const std::size_t allowed = length_[i] == 0 ? 2 * most : most;
        if (count > allowed) {
            const auto better = [&](std::int32_t a, std::int32_t b) {
                const double x = c[a] + price[a];
                const double y = c[b] + price[b];
                return x != y ? x < y : a < b;
            };
            std::nth_element(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(most),
                             found_.begin() + static_cast<std::ptrdiff_t>(count), better);
            count = most;
        }
        Entry* to = entries_.data() + i * longest + length_[i];
        for (std::size_t k = 0; k < count; ++k) to[k] = {c[found_[k]], found_[k]};
        length_[i] += count;
        return count;
    }

    void shrink(std::size_t i, const double* price) {
        Entry* begin = entries_.data() + i * longest;
        std::nth_element(begin, begin + longest / 2, begin + length_[i], [&](const Entry& a, const Entry& b) {
            const double x = a.cost + price[a.column];
            const double y = b.cost + price[b.column];
            return x != y ? x < y : a.column < b.column;
        });
        length_[i] = longest / 2;
    }

    // A value that about 1.4 start_length of the row's columns do not exceed, read off at most 256 of them.
    double threshold(const double* c, const double* offset, std::size_t n) {
        if (n <= 2 * start_length) return std::numeric_limits<double>::max();
        const std::size_t size = std::clamp<std::size_t>(3 * n / 10, 32, 256);
        const std::size_t stride = (n + size - 1) / size;
        sample_.clear();
        for (std::size_t j = 0; j < n; j += stride) sample_.push_back(c[j] + offset[j]);
        const std::size_t rank = std::min(sample_.size() - 1, start_length * 14 * sample_.size() / (10 * n) + 1);
        std::nth_element(sample_.begin(), sample_.begin() + static_cast<std::ptrdiff_t>(rank), sample_.end());
        return sample_[rank];
    }

    std::vector<Entry> entries_;
    std::vector<std::size_t> length_;
    std::vector<std::int32_t> found_{};
    std::vector<double> sample_{};
};

}  // namespace meio::transport::detail
