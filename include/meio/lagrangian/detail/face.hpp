// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/lagrangian/detail/cut.hpp>
#include <meio/lagrangian/detail/factor.hpp>
#include <meio/lagrangian/detail/gram.hpp>
#include <meio/lagrangian/detail/proximal.hpp>

namespace meio::lagrangian::detail {

/// Newton's method over the weights of the cuts in use, every group's adding up to 1.
///
/// In each group one cut carries the balance; the others are unknowns. Where a weight would turn negative the step ends
/// and the cut leaves. The matrix is that of inner products of slope differences over the coordinates that no bound holds;
/// its factor follows the cuts that come and go. It may be singular. A change costs O(n^2) for n cuts in use, a new set of
/// free coordinates O(n^2 K + n^3).
class Face {
public:
    Face(Proximal& proximal, Gram& gram) : proximal_(proximal), gram_(gram) {}

    void clear() { members_.clear(); stale_ = true; }
    void add(Cut& cut, std::size_t group, const std::vector<double>& reference) {
        members_.push_back({&cut, group, gram_.place(cut.id, {&cut.slope, &reference})});
        if (stale_) return;
        for (std::size_t b = 0; b < is_balance_.size(); ++b)
            if (is_balance_[b] && members_[b].group == group) {
                unknown_.push_back({members_.size() - 1, b});
                is_balance_.push_back(0);
                append_row();
                return;
            }
    }
    [[nodiscard]] bool holds(const Cut& cut) const {
        return std::any_of(members_.begin(), members_.end(), [&](const Member& m) { return m.cut == &cut; });
    }

    /// Lowers the objective over the face until its slack is at most `enough`; keeps `average` and `step` up to date.
    /// The cuts' `at_step` must be right on entry; without finite bounds their differences within a group are kept right.
    void descend(std::vector<double>& average, std::vector<double>& step, double enough) {
        std::vector<double> change(proximal_.size());
        for (std::size_t left = 2 * members_.size() + 40; left > 0; --left) {
            if (gram_.match(proximal_)) stale_ = true;
            if (stale_) rebuild();
            if (unknown_.empty()) return;
            gradient_.resize(unknown_.size());
            double slack = 0;
            for (std::size_t i = 0; i < unknown_.size(); ++i) {
                gradient_[i] = member(unknown_[i].own).at_step - member(unknown_[i].balance).at_step;
                slack = std::max(slack, std::abs(gradient_[i]));
            }
            if (slack <= enough) return;
            direction_ = gradient_;
            factor_.solve(direction_);
            move_.assign(members_.size(), 0.0);
            for (std::size_t i = 0; i < unknown_.size(); ++i) {
                move_[unknown_[i].own] -= direction_[i] / proximal_.t();
                move_[unknown_[i].balance] += direction_[i] / proximal_.t();
            }
            double longest = std::numeric_limits<double>::infinity();
            std::size_t blocking = members_.size();
            for (std::size_t m = 0; m < members_.size(); ++m)
                if (move_[m] < 0 && -member(m).weight / move_[m] < longest) {
                    longest = -member(m).weight / move_[m];
                    blocking = m;
                }
            if (blocking == members_.size()) return;
            double amount = 0;
            if (longest > 0) {
                amount = proximal_.bounded() ? walk_bounded(average, step, change, longest) : walk(std::min(1.0, longest));
                if (!(amount > 0)) return;
                for (std::size_t m = 0; m < members_.size(); ++m)
                    member(m).weight = std::max(0.0, member(m).weight + amount * move_[m]);
            }
            if (amount >= longest) drop(blocking);
        }
    }

private:
    struct Member {
        Cut* cut;
        std::size_t group;
        std::size_t slot;  // in the Gram matrix
    };
    struct Unknown {
        std::size_t own;
        std::size_t balance;  // the member that balances it
    };

    [[nodiscard]] Cut& member(std::size_t m) { return *members_[m].cut; }

    // Along the move without bounds everything is linear: values at the step follow from inner products alone.
    double walk(double amount) {
        if (factor_.is_exact()) {  // the move solves for the differences in a group, but for what was added to the matrix
            for (std::size_t i = 0; i < unknown_.size(); ++i)
                member(unknown_[i].own).at_step = member(unknown_[i].balance).at_step + (1.0 - amount) * gradient_[i] +
                                                  amount * factor_.raised(i) * direction_[i];
            return amount;
        }
        for (std::size_t m = 0; m < members_.size(); ++m) {
            double sum = 0;
            const double* row = gram_.row(members_[m].slot);
            for (std::size_t j = 0; j < members_.size(); ++j) sum += row[members_[j].slot] * move_[j];
            member(m).at_step += amount * proximal_.t() * sum;
        }
        return amount;
    }

    double walk_bounded(std::vector<double>& average, std::vector<double>& step, std::vector<double>& change, double longest) {
        double offset = 0;
        std::fill(change.begin(), change.end(), 0.0);
        for (std::size_t m = 0; m < members_.size(); ++m) {
            if (move_[m] == 0) continue;
            offset += move_[m] * member(m).value;
            member(m).slope.add_to(change.data(), move_[m]);
        }
        const double amount = proximal_.line_search(offset, average, change, longest, step);
        for (std::size_t m = 0; m < members_.size(); ++m)
            member(m).at_step = member(m).value + member(m).slope.times(step.data());
        return amount;
    }

    void drop(std::size_t m) {
        // What rounding left of the weight goes to another cut of the group: no mass may be lost.
        std::size_t heir = members_.size();
        for (std::size_t i = 0; i < members_.size(); ++i)
            if (i != m && members_[i].group == members_[m].group && (heir == members_.size() || member(i).weight > member(heir).weight))
                heir = i;
        member(heir).weight += member(m).weight;
        member(m).weight = 0;
        stale_ = stale_ || is_balance_[m] != 0;
        members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(m));
        if (stale_) return;
        is_balance_.erase(is_balance_.begin() + static_cast<std::ptrdiff_t>(m));
        std::size_t row = 0;
        for (std::size_t i = 0; i < unknown_.size(); ++i) {
            if (unknown_[i].own == m) row = i;
            if (unknown_[i].own > m) --unknown_[i].own;
            if (unknown_[i].balance > m) --unknown_[i].balance;
        }
        unknown_.erase(unknown_.begin() + static_cast<std::ptrdiff_t>(row));
        factor_.remove(row);
    }

    // The heaviest cut of each group becomes its balance; the factor is built row by row.
    void rebuild() {
        stale_ = false;
        std::vector<std::size_t> heaviest;
        for (std::size_t m = 0; m < members_.size(); ++m) {
            if (members_[m].group >= heaviest.size()) heaviest.resize(members_[m].group + 1, members_.size());
            std::size_t& h = heaviest[members_[m].group];
            if (h == members_.size() || member(m).weight > member(h).weight) h = m;
        }
        slots_.clear();
        for (const Member& m : members_) slots_.push_back(m.slot);
        gram_.refresh(slots_);
        unknown_.clear();
        factor_.clear();
        is_balance_.assign(members_.size(), 0);
        for (std::size_t m = 0; m < members_.size(); ++m) {
            const std::size_t h = heaviest[members_[m].group];
            if (m == h) {
                is_balance_[m] = 1;
                continue;
            }
            unknown_.push_back({m, h});
            append_row();
        }
    }

    // The row of the newest unknown: inner products of its slope difference with those before it.
    void append_row() {
        const Unknown& u = unknown_.back();
        const double* own = gram_.row(members_[u.own].slot);
        const double* balance = gram_.row(members_[u.balance].slot);
        row_.resize(unknown_.size());
        for (std::size_t i = 0; i < unknown_.size(); ++i) {
            const std::size_t x = members_[unknown_[i].own].slot;
            const std::size_t y = members_[unknown_[i].balance].slot;
            row_[i] = (own[x] - own[y]) - (balance[x] - balance[y]);
        }
        factor_.append(row_);
    }

    Proximal& proximal_;
    Gram& gram_;
    std::vector<Member> members_{};
    std::vector<Unknown> unknown_{};
    std::vector<char> is_balance_{};
    Factor factor_{};
    bool stale_ = true;
    std::vector<std::size_t> slots_{};
    std::vector<double> row_{}, gradient_{}, direction_{}, move_{};
};

}  // namespace meio::lagrangian::detail
