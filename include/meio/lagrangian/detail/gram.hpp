// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <meio/lagrangian/detail/dot.hpp>
#include <meio/lagrangian/detail/proximal.hpp>
#include <meio/lagrangian/detail/slope.hpp>
#include <meio/lagrangian/detail/step_metric.hpp>

namespace meio::lagrangian::detail {

/// Inner products of slopes in the inverse metric, over the coordinates that no bound holds: kept from solve to solve,
/// extended by a row per cut that comes into use, and computed anew, where asked for, once the metric or the free
/// coordinates change. Every cut goes through the metric once and is kept as its image. An entry is a function of its two
/// cuts and of which of them came first, so that a resumed solve which knows the `order` finds the same bits.
class Gram {
public:
    /// A slope, and what is taken off it first (may be empty): only cuts of a group are compared, and those of a smooth
    /// dual differ by little.
    struct Source {
        const Slope* slope = nullptr;
        const std::vector<double>* reference = nullptr;
    };

    /// Forgets everything: another metric, or other references.
    void clear() { slots_.clear(); }

    [[nodiscard]] std::vector<std::uint64_t> order() const {
        std::vector<std::uint64_t> ids;
        for (const Slot& slot : slots_) ids.push_back(slot.id);
        return ids;
    }
    /// Makes room for these cuts, whose slopes the next `keep` finds.
    void restore(const std::vector<std::uint64_t>& order) {
        slots_.clear();
        stamp_ = 1;
        for (const std::uint64_t id : order) {
            slots_.push_back({id, {}, {}, {}, {}, 0});
            make_room();
        }
    }

    /// Looks at the metric as it is restricted now; true where that has changed since.
    bool match(const Proximal& proximal) {
        metric_ = &proximal.metric();
        if (proximal.free() == free_) return false;
        free_ = proximal.free();
        ++stamp_;
        return true;
    }

    /// The row of a cut, which it makes room for. O(K) a cut in use, plus half a solve with the metric.
    std::size_t place(std::uint64_t id, const Source& source) {
        std::size_t s = 0;
        while (s < slots_.size() && slots_[s].id != id) ++s;
        if (s == slots_.size()) {
            slots_.push_back({id, source, {}, {}, {}, 0});
            make_room();
        }
        refresh(std::span(&s, 1));
        return s;
    }

    /// Sees to it that entries between these slots are those of the present free coordinates.
    void refresh(std::span<const std::size_t> slots) {
        stale_.clear();
        for (const std::size_t s : slots)
            if (slots_[s].stamp != stamp_) stale_.push_back(s);
        std::sort(stale_.begin(), stale_.end());
        if (metric_->is_hessian()) {
            for (std::size_t i = 0; i < stale_.size(); i += 4) reduce_four(std::span(stale_).subspan(i));
        } else {
            for (const std::size_t s : stale_) scale(slots_[s]);
        }
        for (const std::size_t s : stale_) {
            slots_[s].stamp = stamp_;
            spread(slots_[s]);
            for (std::size_t r = 0; r <= s; ++r)
                if (slots_[r].stamp == stamp_) set(s, r, product(slots_[r], slots_[s]));
            gather_in(slots_[s]);
            for (std::size_t r = s + 1; r < slots_.size(); ++r) {
                if (slots_[r].stamp != stamp_) continue;
                spread(slots_[r]);
                set(s, r, product(slots_[s], slots_[r]));
                gather_in(slots_[r]);
            }
        }
    }
    [[nodiscard]] const double* row(std::size_t slot) const { return &entries_[slot * room_]; }

    /// Drops the rows of all cuts but those that `find` knows; it tells where their slopes lie now.
    template <class Find>
    void keep(const Find& find) {
        std::vector<std::size_t> kept;
        for (std::size_t s = 0; s < slots_.size(); ++s) {
            slots_[s].source = find(slots_[s].id);
            if (slots_[s].source.slope != nullptr) kept.push_back(s);
        }
        for (std::size_t i = 0; i < kept.size(); ++i) {
            for (std::size_t j = 0; j < kept.size(); ++j) entries_[i * room_ + j] = entries_[kept[i] * room_ + kept[j]];
            if (i != kept[i]) slots_[i] = std::move(slots_[kept[i]]);
        }
        slots_.resize(kept.size());
    }

private:
    struct Slot {
        std::uint64_t id = 0;
        Source source{};
        std::vector<double> image{};  // aligned with the slope's places where that is sparse and no reference is taken off
        std::vector<double> rows{};   // products of the image with the rows that quasi-Newton pairs add
        std::vector<double> middle{};
        std::uint64_t stamp = 0;      // of the free coordinates that the image speaks of
    };

    [[nodiscard]] bool is_sparse(const Slot& slot) const {
        return slot.source.slope->is_sparse() && slot.source.reference->empty() && !metric_->is_hessian();
    }

    // The image in a metric that is diagonal but for quasi-Newton pairs.
    void scale(Slot& slot) {
        const Slope& slope = *slot.source.slope;
        const std::vector<double>& root = metric_->root();
        if (is_sparse(slot)) {
            slot.image = slope.values();
            for (std::size_t e = 0; e < slot.image.size(); ++e) slot.image[e] *= root[slope.places()[e]];
        } else {
            slot.image = slope.dense();
            const std::vector<double>& reference = *slot.source.reference;
            for (std::size_t k = 0; k < reference.size(); ++k) slot.image[k] -= reference[k];
            for (std::size_t k = 0; k < root.size(); ++k) slot.image[k] *= root[k];
        }
        slot.rows.clear();
        if (metric_->pairs().empty()) return;
        for (const std::vector<double>& row : metric_->pairs().rows())
            slot.rows.push_back(is_sparse(slot) ? slope.dot_at(slot.image.data(), row.data())
                                                : dot(slot.image.data(), row.data(), row.size()));
        slot.middle = slot.rows;
        metric_->pairs().solve_middle(slot.middle);
    }

    // Up to four images in a Hessian.
    void reduce_four(std::span<const std::size_t> slots) {
        const std::vector<std::size_t>& places = metric_->places();
        std::array<std::vector<double>, 4> images;
        for (std::size_t i = 0; i < 4; ++i) {
            images[i].assign(places.size(), 0.0);
            if (i >= slots.size()) continue;
            const Source& source = slots_[slots[i]].source;
            std::vector<double> dense = source.slope->dense();
            for (std::size_t k = 0; k < source.reference->size(); ++k) dense[k] -= (*source.reference)[k];
            for (std::size_t j = 0; j < places.size(); ++j) images[i][j] = dense[places[j]];
        }
        metric_->factor().reduce(images[0].data(), images[1].data(), images[2].data(), images[3].data());
        for (std::size_t i = 0; i < std::min<std::size_t>(4, slots.size()); ++i) {
            slots_[slots[i]].image = std::move(images[i]);
            slots_[slots[i]].rows.clear();
        }
    }

    // A sparse image's entries where the other factor of a product can find them, and back to zeros.
    void spread(const Slot& slot) {
        if (!is_sparse(slot)) return;
        spread_.resize(free_.size(), 0.0);
        for (std::size_t e = 0; e < slot.image.size(); ++e) spread_[slot.source.slope->places()[e]] = slot.image[e];
    }
    void gather_in(const Slot& slot) {
        if (!is_sparse(slot)) return;
        for (const std::uint32_t k : slot.source.slope->places()) spread_[k] = 0.0;
    }

    // `later` has been spread.
    [[nodiscard]] double product(const Slot& earlier, const Slot& later) const {
        const double pairs = dot(earlier.rows.data(), later.middle.data(), earlier.rows.size());
        if (is_sparse(earlier)) {
            const double* with = is_sparse(later) ? spread_.data() : later.image.data();
            return earlier.source.slope->dot_at(earlier.image.data(), with) + pairs;
        }
        if (is_sparse(later)) return later.source.slope->dot_at(later.image.data(), earlier.image.data()) + pairs;
        return dot(earlier.image.data(), later.image.data(), later.image.size()) + pairs;
    }
    void set(std::size_t s, std::size_t r, double value) { entries_[s * room_ + r] = entries_[r * room_ + s] = value; }

    void make_room() {
        if (slots_.size() <= room_) return;
        const std::size_t room = std::max<std::size_t>(32, 2 * room_);
        std::vector<double> entries(room * room, 0.0);
        for (std::size_t s = 0; s < room_; ++s) std::copy(row(s), row(s) + room_, &entries[s * room]);
        entries_ = std::move(entries);
        room_ = room;
    }

    const StepMetric* metric_ = nullptr;
    std::vector<char> free_{};
    std::uint64_t stamp_ = 1;  // counts sets of free coordinates
    std::vector<Slot> slots_{};
    std::vector<double> entries_{};  // `room_` a row
    std::size_t room_ = 0;
    std::vector<std::size_t> stale_{};
    std::vector<double> spread_{};
};

}  // namespace meio::lagrangian::detail
