// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/archive.hpp>

namespace meio::lagrangian::detail {

/// Sum of products in a fixed order of additions that compilers can keep in vector registers.
inline double dot(const double* x, const double* y, std::size_t size) {
    double sum[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    std::size_t k = 0;
    for (; k + 8 <= size; k += 8)
        for (std::size_t j = 0; j < 8; ++j) sum[j] += x[k + j] * y[k + j];
    for (; k < size; ++k) sum[0] += x[k] * y[k];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

/// The slope of a cut: its entries other than 0 where these are few, else all of them.
class Slope {
public:
    Slope() = default;
    explicit Slope(std::vector<double> dense) : size_(dense.size()) {
        std::size_t filled = 0;
        for (const double x : dense) filled += x != 0 ? 1 : 0;
        if (3 * filled > size_) {
            values_ = std::move(dense);
            return;
        }
        sparse_ = true;
        values_.reserve(filled);
        places_.reserve(filled);
        for (std::size_t k = 0; k < size_; ++k)
            if (dense[k] != 0) {
                places_.push_back(static_cast<std::uint32_t>(k));
                values_.push_back(dense[k]);
            }
    }

    [[nodiscard]] double times(const double* x) const {
        if (!sparse_) return dot(values_.data(), x, size_);
        double sum[4] = {0, 0, 0, 0};
        std::size_t e = 0;
        for (; e + 4 <= values_.size(); e += 4)
            for (std::size_t j = 0; j < 4; ++j) sum[j] += values_[e + j] * x[places_[e + j]];
        for (; e < values_.size(); ++e) sum[0] += values_[e] * x[places_[e]];
        return (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
    /// Adds `factor` times the slope to `x`.
    void add_to(double* x, double factor) const {
        if (!sparse_) {
            for (std::size_t k = 0; k < size_; ++k) x[k] += factor * values_[k];
            return;
        }
        for (std::size_t e = 0; e < values_.size(); ++e) x[places_[e]] += factor * values_[e];
    }
    [[nodiscard]] std::vector<double> dense() const {
        std::vector<double> result(size_, 0.0);
        add_to(result.data(), 1.0);
        return result;
    }

    [[nodiscard]] bool is_sparse() const { return sparse_; }

    void write(Writer& out) const {
        out.write(static_cast<std::uint64_t>(size_));
        out.write(sparse_);
        out.write(places_);
        out.write(values_);
    }
    void read(Reader& in) {
        std::uint64_t size = 0;
        in.read(size);
        size_ = static_cast<std::size_t>(size);
        in.read(sparse_);
        in.read(places_);
        in.read(values_);
    }

private:
    std::size_t size_ = 0;
    bool sparse_ = false;
    std::vector<std::uint32_t> places_{};
    std::vector<double> values_{};
};

}  // namespace meio::lagrangian::detail
