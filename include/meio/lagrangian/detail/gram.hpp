// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/cut.hpp>
#include <meio/lagrangian/detail/proximal.hpp>

namespace meio::lagrangian::detail {

/// Inner products of slopes in the inverse metric, over the coordinates that no bound holds: kept from solve to solve,
/// extended by a row per cut that comes into use, and computed anew only where the metric or the free coordinates change.
/// Every entry is a function of its two cuts alone, so that a resumed solve finds the same bits.
class Gram {
public:
    /// Forgets everything: another metric, or cuts that moved in memory.
    void clear() { slots_.clear(); }

    /// Recomputes all entries where the free coordinates have changed since; true where it did.
    bool match(const Proximal& proximal) {
        proximal_ = &proximal;
        if (proximal.free() == free_) return false;
        free_ = proximal.free();
        for (std::size_t s = 0; s < slots_.size(); ++s) {
            solve_for(s);
            for (std::size_t r = 0; r < slots_.size(); ++r)
                if (slots_[r].id <= slots_[s].id) set(s, r, times_image(slots_[r]));
        }
        return true;
    }

    /// The row of a cut, which it makes room for. O(K) a cut in use, plus a solve with the metric.
    /// `reference` (may be empty) is taken off the slope first: the caller compares cuts of a group only, and cuts of a
    /// smooth dual differ by little.
    std::size_t place(const Cut& cut, const std::vector<double>& reference) {
        for (std::size_t s = 0; s < slots_.size(); ++s)
            if (slots_[s].id == cut.id) return s;
        const std::size_t s = slots_.size();
        slots_.push_back({cut.id, &cut.slope, {}, {}});
        if (!reference.empty()) {
            std::vector<double> difference = cut.slope.dense();
            for (std::size_t k = 0; k < difference.size(); ++k) difference[k] -= reference[k];
            slots_[s].difference = std::move(difference);
        }
        solve_for(s);
        for (std::size_t r = 0; r <= s; ++r)
            if (slots_[r].id <= cut.id) set(s, r, times_image(slots_[r]));
        for (std::size_t r = 0; r < s; ++r) {
            if (slots_[r].id <= cut.id) continue;
            solve_for(r);
            set(s, r, times_image(slots_[s]));
        }
        return s;
    }
    [[nodiscard]] const double* row(std::size_t slot) const { return slots_[slot].entries.data(); }

    /// Drops the rows of all cuts but these; `slopes` tells where theirs lie now.
    template <class Find>
    void keep(const Find& find) {
        std::vector<std::size_t> kept;
        for (std::size_t s = 0; s < slots_.size(); ++s) {
            slots_[s].slope = find(slots_[s].id);
            if (slots_[s].slope != nullptr) kept.push_back(s);
        }
        for (std::size_t i = 0; i < kept.size(); ++i) {
            for (std::size_t j = 0; j < kept.size(); ++j) slots_[kept[i]].entries[j] = slots_[kept[i]].entries[kept[j]];
            slots_[kept[i]].entries.resize(kept.size());
            if (i != kept[i]) slots_[i] = std::move(slots_[kept[i]]);
        }
        slots_.resize(kept.size());
    }

private:
    struct Slot {
        std::uint64_t id;
        const Slope* slope;
        std::vector<double> difference;  // from the reference; empty: the slope itself counts
        std::vector<double> entries;
    };

    // The younger of two cuts goes through the metric, whichever came into use first.
    void solve_for(std::size_t s) {
        image_.resize(proximal_->size());
        if (!slots_[s].difference.empty()) {
            proximal_->solve(slots_[s].difference.data(), image_.data());
            return;
        }
        const std::vector<double> dense = slots_[s].slope->dense();
        proximal_->solve(dense.data(), image_.data());
    }
    [[nodiscard]] double times_image(const Slot& slot) const {
        if (slot.difference.empty()) return slot.slope->times(image_.data());
        return dot(slot.difference.data(), image_.data(), image_.size());
    }
    void set(std::size_t s, std::size_t r, double product) {
        for (const auto& [row, column] : {std::pair{s, r}, std::pair{r, s}}) {
            std::vector<double>& entries = slots_[row].entries;
            if (entries.size() <= column) entries.resize(column + 1);
            entries[column] = product;
        }
    }

    const Proximal* proximal_ = nullptr;
    std::vector<char> free_{};
    std::vector<Slot> slots_{};
    std::vector<double> image_{};
};

}  // namespace meio::lagrangian::detail
