// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/archive.hpp>
#include <meio/lagrangian/detail/dot.hpp>

namespace meio::lagrangian::detail {

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
        return dot_at(values_.data(), x);
    }
    /// Where slopes are sparse: the sum of products of `values`, one for each entry other than 0, with x there.
    [[nodiscard]] double dot_at(const double* values, const double* x) const {
        const std::uint32_t* at = places_.data();
        const std::size_t count = places_.size();
        double a = 0, b = 0, c = 0, d = 0;
        std::size_t e = 0;
        for (; e + 4 <= count; e += 4) {
            a += values[e] * x[at[e]];
            b += values[e + 1] * x[at[e + 1]];
            c += values[e + 2] * x[at[e + 2]];
            d += values[e + 3] * x[at[e + 3]];
        }
        for (; e < count; ++e) a += values[e] * x[at[e]];
        return (a + b) + (c + d);
    }
    /// Adds `factor` times the slope to `x`.
    void add_to(double* x, double factor) const {
        if (!sparse_) {
            add_scaled(x, factor, values_.data(), size_);
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
    [[nodiscard]] const std::vector<double>& values() const { return values_; }         // all, where not sparse
    [[nodiscard]] const std::vector<std::uint32_t>& places() const { return places_; }  // of the values, where sparse

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
