// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/detail/warehouse_problem.hpp>

namespace meio::transport::detail {

/// The nodes of `WarehouseTree`: who hangs below whom by which arc, flows, and the prices that follow. Nodes are
/// numbered sources, root, destinations.
template <bool Bounded>
class WarehouseNodes {
public:
    static constexpr std::int32_t to_root = -1;    ///< slot: a source's unused supply, a destination's surplus
    static constexpr std::int32_t from_root = -2;  ///< slot: a source's overflow, a destination's shortage
    static constexpr std::int32_t absent = -3;     ///< slot: a destination without demand, left out

    struct Source {
        double flow = 0;
        double step = 0;                 ///< price less the price of its parent
        std::int32_t parent = -1;        ///< destination, or -1: root
        std::int32_t slot = to_root;     ///< position of the arc among those of the parent
        std::uint32_t mark = 0;
    };

    explicit WarehouseNodes(const WarehouseProblem& problem)
        : problem_(problem), sources_(problem.sources + 1), slots_(problem.destinations), flows_(problem.destinations),
          full_(Bounded ? static_cast<std::size_t>(problem.offsets[problem.destinations]) : 0),
          root_(static_cast<std::int32_t>(problem.sources)) {}

    [[nodiscard]] std::int32_t root() const noexcept { return root_; }
    [[nodiscard]] std::int32_t node_of(std::size_t destination) const { return root_ + 1 + static_cast<std::int32_t>(destination); }
    [[nodiscard]] std::size_t destination_of(std::int32_t node) const { return static_cast<std::size_t>(node - root_ - 1); }
    [[nodiscard]] std::vector<Source>& sources() noexcept { return sources_; }
    [[nodiscard]] const std::vector<Source>& sources() const noexcept { return sources_; }
    [[nodiscard]] std::vector<std::int32_t>& slots() noexcept { return slots_; }
    [[nodiscard]] const std::vector<std::int32_t>& slots() const noexcept { return slots_; }
    [[nodiscard]] std::vector<double>& flows() noexcept { return flows_; }
    [[nodiscard]] const std::vector<double>& flows() const noexcept { return flows_; }
    [[nodiscard]] std::vector<std::uint8_t>& full() noexcept { return full_; }
    [[nodiscard]] const std::vector<std::uint8_t>& full() const noexcept { return full_; }
    [[nodiscard]] double weight() const noexcept { return weight_; }

    /// The cost of a unit that cannot be served, or cannot leave.
    void set_weight(double weight) {
        weight_ = weight;
        for (std::size_t i = 0; i < problem_.sources; ++i) sources_[i].step = source_step(i);
    }

    [[nodiscard]] bool artificial_source(std::size_t i) const {
        return sources_[i].parent < 0 && sources_[i].slot == to_root && problem_.supply_exact;
    }
    [[nodiscard]] bool artificial_destination(std::size_t j) const {
        return slots_[j] == from_root && shortage_price(j) == std::numeric_limits<double>::infinity();
    }
    [[nodiscard]] double shortage_price(std::size_t j) const {
        return problem_.shortage_prices == nullptr ? std::numeric_limits<double>::infinity() : problem_.shortage_prices[j];
    }
    [[nodiscard]] std::size_t arc(std::size_t j, std::int32_t slot) const {
        return static_cast<std::size_t>(problem_.offsets[j] + slot);
    }

    /// What the arc between a destination and the root costs.
    [[nodiscard]] double root_cost(std::size_t j, std::int32_t slot) const {
        if (slot != from_root) return 0.0;
        const double price = shortage_price(j);
        return price < std::numeric_limits<double>::infinity() ? price : weight_;
    }

    /// What the basic arc of a destination costs, less the price of its source: minus the destination's price.
    [[nodiscard]] double value(std::size_t j, const double* price) const {
        const std::int32_t slot = slots_[j];
        if (slot >= 0) {
            const std::size_t e = arc(j, slot);
            return problem_.costs[e] - price[problem_.ids[e]];
        }
        return root_cost(j, slot);
    }

    [[nodiscard]] double source_step(std::size_t i) const {
        const Source& s = sources_[i];
        if (s.parent >= 0) return problem_.costs[arc(static_cast<std::size_t>(s.parent), s.slot)];
        if (s.slot == from_root) return -problem_.overflow_prices[i];
        return problem_.supply_exact ? weight_ : 0.0;
    }

    /// The source above a destination, or the root (numbered after the sources).
    [[nodiscard]] std::size_t station_of(std::size_t j) const {
        return slots_[j] >= 0 ? static_cast<std::size_t>(problem_.ids[arc(j, slots_[j])]) : problem_.sources;
    }

    /// The next source above a source, or the root.
    [[nodiscard]] std::size_t station_above(std::size_t i) const {
        return sources_[i].parent < 0 ? problem_.sources : station_of(static_cast<std::size_t>(sources_[i].parent));
    }

    /// Hangs a source below the root.
    void hang_source(std::size_t i, double flow, std::int32_t slot) {
        sources_[i] = Source{flow, 0.0, -1, slot, 0};
        sources_[i].step = source_step(i);
    }

    /// Writes the prices of all sources, the root's being 0; with `counted`, the number of artificial arcs above each
    /// source goes there and their weight is left out.
    void prices(std::vector<double>& price, std::vector<int>* counted = nullptr) {
        next_marks();
        price.resize(sources_.size());
        price[problem_.sources] = 0;
        if (counted != nullptr) counted->assign(sources_.size(), 0);
        sources_[problem_.sources].mark = mark_;
        for (std::size_t i = 0; i < problem_.sources; ++i) {
            stack_.clear();
            for (std::size_t x = i; sources_[x].mark != mark_; x = station_above(x)) stack_.push_back(static_cast<std::int32_t>(x));
            while (!stack_.empty()) {
                const auto x = static_cast<std::size_t>(stack_.back());
                stack_.pop_back();
                Source& s = sources_[x];
                s.mark = mark_;
                const std::size_t above = station_above(x);
                double step = s.step;
                int count = 0;
                if (counted != nullptr) {
                    count = (*counted)[above];
                    if (artificial_source(x)) {
                        step = 0;
                        ++count;
                    }
                }
                double p = price[above];
                if (s.parent >= 0) {
                    const auto d = static_cast<std::size_t>(s.parent);
                    if (counted != nullptr && artificial_destination(d))
                        --count;
                    else
                        p -= arc_or_root_cost(d);
                }
                p += step;
                price[x] = p;
                if (counted != nullptr) (*counted)[x] = count;
            }
        }
    }

    /// Amount on arcs that stand for demand that must be served, or supply that must leave.
    [[nodiscard]] double artificial_flow() const {
        double total = 0;
        for (std::size_t i = 0; i < problem_.sources; ++i)
            if (artificial_source(i)) total += sources_[i].flow;
        for (std::size_t j = 0; j < problem_.destinations; ++j)
            if (slots_[j] == from_root && artificial_destination(j)) total += flows_[j];
        return total;
    }

protected:
    [[nodiscard]] double arc_or_root_cost(std::size_t j) const {
        return slots_[j] >= 0 ? problem_.costs[arc(j, slots_[j])] : root_cost(j, slots_[j]);
    }

    double& flow_at(std::int32_t x) {
        return x < root_ ? sources_[static_cast<std::size_t>(x)].flow : flows_[destination_of(x)];
    }

    std::uint32_t& mark_at(std::int32_t x) { return sources_[static_cast<std::size_t>(x)].mark; }

    void next_marks() {
        if (mark_ > std::numeric_limits<std::uint32_t>::max() - 4) {
            for (Source& s : sources_) s.mark = 0;
            mark_ = 0;
        }
        mark_ += 2;
    }

    WarehouseProblem problem_;
    std::vector<Source> sources_;  // and the root
    std::vector<std::int32_t> slots_;
    std::vector<double> flows_;
    std::vector<std::uint8_t> full_;
    std::int32_t root_;
    std::uint32_t mark_ = 0;
    double weight_ = 1;

private:
    std::vector<std::int32_t> stack_;
};

}  // namespace meio::transport::detail
