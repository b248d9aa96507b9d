// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
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
    static constexpr std::size_t longest = 64;

    explicit RowLists(std::size_t rows) : entries_(rows * longest), length_(rows, 0) {}

    [[nodiscard]] std::span<const Entry> row(std::size_t i) const { return {entries_.data() + i * longest, length_[i]}; }

    /// Fills the lists with the columns of least cost less the column's own least cost: 12 to 48 of them, half as many
    /// where there are few columns, found by a limit that mostly also does for the row after.
    void build(const double* costs, std::size_t n, std::vector<double> least) {
        for (double& value : least) value = -value;
        found_.resize(n + 4);
        start_length_ = std::min<std::size_t>(24, 10 + n / 64);
        const std::size_t most = 2 * start_length_;
        const auto suits = [&](std::size_t count) { return count >= std::min(n, start_length_ / 2) && count <= most; };
        double limit = n <= most ? std::numeric_limits<double>::max() : threshold(costs, least.data(), n);
        for (std::size_t i = 0; i < length_.size(); ++i) {
            const double* c = costs + i * n;
            std::size_t count = select_up_to(c, least.data(), n, limit, found_.data());
            for (int trial = 0; !suits(count) && trial < 4; ++trial) {
                // As if the number grew with the square of the distance from the row's least.
                const double base = least_sum(c, least.data(), n);
                const double factor = std::sqrt(static_cast<double>(start_length_) / (static_cast<double>(count) + 0.5));
                limit = limit > base ? base + (limit - base) * std::clamp(factor, 0.25, 4.0) : threshold(c, least.data(), n);
                count = select_up_to(c, least.data(), n, limit, found_.data());
            }
            if (count == 0) {
                limit = threshold(c, least.data(), n);
                count = select_up_to(c, least.data(), n, limit, found_.data());
            }
            keep(i, c, least.data(), count, most);
        }
    }

    /// Adds up to twelve of row i's arcs with the least cost + price, all below `limit`; returns how many. Where the list
    /// grows too long, only its better half stays.
    std::size_t grow(std::size_t i, const double* c, const double* price, std::size_t n, double limit) {
        constexpr std::size_t most = 12;
        const double base = least_sum(c, price, n);
        if (!(base < limit)) return 0;
        // Halving the distance to the least is cheaper than ranking hundreds.
        double width = 0.5 * (limit - base);
        std::size_t count = select_up_to(c, price, n, base + width, found_.data());
        for (int trial = 0; count > most && trial < 8; ++trial) {
            width *= count > 4 * most ? 0.25 : 0.5;
            count = select_up_to(c, price, n, base + width, found_.data());
        }
        if (length_[i] + std::min(count, most) > longest) shrink(i, price);
        return keep(i, c, price, count, most);
    }

private:
    // Appends the best of the first `count` columns found, at most `most`.
    std::size_t keep(std::size_t i, const double* c, const double* price, std::size_t count, std::size_t most) {
        if (count > most) {
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

    // A value that about 1.4 start_length_ of the row's columns do not exceed, read off at most 256 of them.
    double threshold(const double* c, const double* offset, std::size_t n) {
        const std::size_t size = std::clamp<std::size_t>(3 * n / 10, 32, 256);
        const std::size_t stride = (n + size - 1) / size;
        sample_.clear();
        for (std::size_t j = 0; j < n; j += stride) sample_.push_back(c[j] + offset[j]);
        const std::size_t rank = std::min(sample_.size() - 1, start_length_ * 14 * sample_.size() / (10 * n) + 1);
        std::nth_element(sample_.begin(), sample_.begin() + static_cast<std::ptrdiff_t>(rank), sample_.end());
        return sample_[rank];
    }

    std::vector<Entry> entries_;
    std::vector<std::size_t> length_;
    std::vector<std::int32_t> found_{};
    std::vector<double> sample_{};
    std::size_t start_length_ = 24;
};

}  // namespace meio::transport::detail
