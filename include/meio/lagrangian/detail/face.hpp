// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>


namespace meio::lagrangian::detail {

/// Newton's method over the weights of the cuts in use, every group's adding up to 1.
///
/// In each group the heaviest cut carries the balance; the others are unknowns. Where a weight would turn negative the
/// step ends and the cut leaves. The matrix is the Gram matrix of slope differences over the coordinates that no bound
/// holds; it may be singular. One step costs O(n^2 K + n^3) for n cuts.
template <class Prox>
class Face {
public:
    struct Member {
        double* weight = nullptr;
        const double* value = nullptr;
        const double* slope = nullptr;
        std::size_t group = 0;
    };

    /// `budget`: multiplications that matrices may take in all; where they are used up, `descend` leaves off.
    Face(const Prox& proximal, double budget) : proximal_(proximal), budget_(budget) {}

    void clear() { members_.clear(); }
    void add(const Member& member) { members_.push_back(member); }

    /// Lowers the objective over the face until its slack is at most `enough`; keeps `average` and `step` up to date.
    void descend(std::vector<double>& average, std::vector<double>& step, double enough) {
        const std::size_t size = proximal_.size();
        std::vector<double> change(size);
        bool rebuild = true;
        for (std::size_t left = members_.size() + 40; left > 0; --left) {
            if (rebuild) choose_unknowns();
            if (unknown_.empty()) return;
            const bool moved = proximal_.free_changed(average);
            if (moved || rebuild) {
                const auto n = static_cast<double>(unknown_.size());
                budget_ -= n * n * (0.5 * static_cast<double>(size) + n / 6.0);
                if (budget_ < 0) return;
                build_matrix();
            }
            rebuild = false;
            gradient_.resize(unknown_.size());
            double slack = 0;
            for (std::size_t i = 0; i < unknown_.size(); ++i) {
                const std::vector<double>& difference = difference_[i];
                double g = *members_[unknown_[i]].value - *members_[balance_[i]].value;
                for (std::size_t k = 0; k < size; ++k) g += difference[k] * step[k];
                gradient_[i] = g;
                slack = std::max(slack, std::abs(g));
            }
            if (slack <= enough) return;
            solve_newton();
            // Longest step that keeps the weights >= 0.
            move_.assign(members_.size(), 0.0);
            double offset = 0;
            std::fill(change.begin(), change.end(), 0.0);
            for (std::size_t i = 0; i < unknown_.size(); ++i) {
                if (direction_[i] == 0) continue;
                move_[unknown_[i]] += direction_[i];
                move_[balance_[i]] -= direction_[i];
                offset += direction_[i] * (*members_[unknown_[i]].value - *members_[balance_[i]].value);
                for (std::size_t k = 0; k < size; ++k) change[k] += direction_[i] * difference_[i][k];
            }
            double longest = std::numeric_limits<double>::infinity();
            std::size_t blocking = members_.size();
            for (std::size_t m = 0; m < members_.size(); ++m)
                if (move_[m] < 0 && -*members_[m].weight / move_[m] < longest) {
                    longest = -*members_[m].weight / move_[m];
                    blocking = m;
                }
            if (blocking == members_.size()) return;
            const double amount = proximal_.line_search(offset, average, change, longest);
            if (!(amount > 0)) return;
            for (std::size_t m = 0; m < members_.size(); ++m)
                *members_[m].weight = std::max(0.0, *members_[m].weight + amount * move_[m]);
            for (std::size_t k = 0; k < size; ++k) average[k] += amount * change[k];
            proximal_.place(average, step);
            if (amount >= longest) {
                *members_[blocking].weight = 0;
                members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(blocking));
                rebuild = true;
            }
        }
    }

private:
    void choose_unknowns() {
        unknown_.clear();
        balance_.clear();
        for (std::size_t begin = 0; begin < members_.size();) {
            std::size_t end = begin;
            std::size_t heaviest = begin;
            for (; end < members_.size() && members_[end].group == members_[begin].group; ++end)
                if (*members_[end].weight > *members_[heaviest].weight) heaviest = end;
            for (std::size_t m = begin; m < end; ++m)
                if (m != heaviest) {
                    unknown_.push_back(m);
                    balance_.push_back(heaviest);
                }
            begin = end;
        }
        const std::size_t size = proximal_.size();
        difference_.assign(unknown_.size(), std::vector<double>(size));
        for (std::size_t i = 0; i < unknown_.size(); ++i)
            for (std::size_t k = 0; k < size; ++k)
                difference_[i][k] = members_[unknown_[i]].slope[k] - members_[balance_[i]].slope[k];
    }

    void build_matrix() {
        const std::size_t n = unknown_.size();
        std::vector<std::vector<double>> scaled(n);
        for (std::size_t i = 0; i < n; ++i) proximal_.whiten(difference_[i], scaled[i]);
        matrix_.assign(n * n, 0.0);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j <= i; ++j) matrix_[i * n + j] = dot(scaled[i], scaled[j]);
        factorise();
    }

    // Four running sums: a fixed order of additions that compilers can keep in vector registers.
    static double dot(const std::vector<double>& x, const std::vector<double>& y) {
        double sum[4] = {0, 0, 0, 0};
        std::size_t k = 0;
        for (; k + 4 <= x.size(); k += 4)
            for (std::size_t j = 0; j < 4; ++j) sum[j] += x[k + j] * y[k + j];
        for (; k < x.size(); ++k) sum[0] += x[k] * y[k];
        return (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }

    // Cholesky in place (lower triangle). A pivot that vanishes is kept barely positive: the step then runs along the
    // dependent direction until a weight is zero, which is what rids the face of it.
    void factorise() {
        const std::size_t n = unknown_.size();
        for (std::size_t j = 0; j < n; ++j) {
            double* row_j = &matrix_[j * n];
            const double original = row_j[j];
            double pivot = original;
            for (std::size_t k = 0; k < j; ++k) pivot -= row_j[k] * row_j[k];
            row_j[j] = std::sqrt(std::max({pivot, 1e-11 * original, std::numeric_limits<double>::min()}));
            for (std::size_t i = j + 1; i < n; ++i) {
                double* row_i = &matrix_[i * n];
                double sum = row_i[j];
                for (std::size_t k = 0; k < j; ++k) sum -= row_i[k] * row_j[k];
                row_i[j] = sum / row_j[j];
            }
        }
    }

    void solve_newton() {
        const std::size_t n = unknown_.size();
        direction_.resize(n);
        for (std::size_t i = 0; i < n; ++i) {
            double sum = -gradient_[i];
            for (std::size_t k = 0; k < i; ++k) sum -= matrix_[i * n + k] * direction_[k];
            direction_[i] = sum / matrix_[i * n + i];
        }
        for (std::size_t i = n; i-- > 0;) {
            double sum = direction_[i];
            for (std::size_t k = i + 1; k < n; ++k) sum -= matrix_[k * n + i] * direction_[k];
            direction_[i] = sum / matrix_[i * n + i];
        }
    }

    const Prox& proximal_;
    double budget_;
    std::vector<Member> members_{};
    std::vector<std::size_t> unknown_{};  // members whose weights are unknowns
    std::vector<std::size_t> balance_{};  // the member that balances each
    std::vector<std::vector<double>> difference_{};
    std::vector<double> matrix_{};
    std::vector<double> gradient_{};
    std::vector<double> direction_{};
    std::vector<double> move_{};
};

}  // namespace meio::lagrangian::detail
