// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <meio/planner/build.hpp>
#include <meio/planner/incumbent.hpp>
#include <meio/planner/item_model.hpp>
#include <meio/planner/solve.hpp>

namespace meio::planner {

/// What one product keeps at one facility in one period.
struct Level {
    std::int32_t product = -1;
    std::int32_t facility = -1;
    std::int32_t period = 0;
    double base_stock = 0;          ///< local order-up-to level for the facility's own customers
    double echelon_base_stock = 0;  ///< order-up-to level of the echelon: own stock and everything below it
    double on_hand = 0;             ///< expected units on hand at the end of the period
    double unmet = 0;               ///< expected units short at the end of the protection interval
};

/// The facility that serves a demand class.
struct Served {
    std::int32_t product = -1;
    std::int32_t demand_class = -1;
    std::int32_t facility = -1;  ///< -1: nobody
    std::int32_t period = 0;
};

/// A plan in the terms of the network.
struct PlanTables {
    std::vector<Level> levels{};   ///< sorted by product, facility, period
    std::vector<Served> served{};  ///< sorted by product, class, period
};

namespace detail {

/// Adds up the nodes of the chosen options; one product at a time.
class PlanReader {
public:
    PlanReader(const network::SupplyNetwork& network, const BuiltInstance& built, std::size_t periods, ItemModelKind kind)
        : network_(network), built_(built), periods_(periods), kind_(kind), rows_(network.facilities.size() * periods) {}

    void add(const Block& block, const Option& option, std::span<const Position> positions) {
        const auto t = static_cast<std::size_t>(block.period);
        const auto nodes = built_.instance.nodes_of(option);
        for (std::size_t j = 0; j < nodes.size(); ++j) {
            const bool inner = j + 1 < nodes.size() && has_child(nodes, j);
            Level& row = at(static_cast<std::size_t>(nodes[j].facility), t);
            row.on_hand += positions[j].on_hand;
            row.unmet += positions[j].unmet;
            if (inner) {
                row.echelon_base_stock += positions[j].level;
            } else {
                row.base_stock += positions[j].level;
                // A leaf counts in its own echelon, unless that is the inner node it hangs below.
                const bool own_inner =
                    nodes[j].parent >= 0 && nodes[static_cast<std::size_t>(nodes[j].parent)].facility == nodes[j].facility;
                if (!own_inner) row.echelon_base_stock += positions[j].level;
                if (kind_ == ItemModelKind::independent) pass_through(nodes[j].facility, t, positions[j].level);
            }
            used_ = true;
        }
    }

    /// Moves the rows of the product just read into the tables, with every level at the period its order aims at.
    void flush(std::int32_t product, PlanTables& tables) {
        if (!used_) return;
        for (std::size_t f = 0; f < network_.facilities.size(); ++f)
            for (std::size_t t = 0; t < periods_; ++t) {
                const std::size_t later = std::min(periods_ - 1, t + shift(f));
                Level row = at(f, t);
                row.product = product;
                row.facility = static_cast<std::int32_t>(f);
                row.period = static_cast<std::int32_t>(t);
                row.base_stock = at(f, later).base_stock;
                row.echelon_base_stock = at(f, later).echelon_base_stock;
                if (row.echelon_base_stock != 0 || row.base_stock != 0 || row.unmet != 0 || row.on_hand != 0)
                    tables.levels.push_back(row);
            }
        std::fill(rows_.begin(), rows_.end(), Level{});
        used_ = false;
    }

private:
    static bool has_child(std::span<const Node> nodes, std::size_t j) {
        for (std::size_t i = j + 1; i < nodes.size(); ++i)
            if (nodes[i].parent == static_cast<std::int32_t>(j)) return true;
        return false;
    }

    Level& at(std::size_t facility, std::size_t period) { return rows_[facility * periods_ + period]; }

    // Facilities above an independently planned one hold nothing, but their order-up-to level must cover it.
    void pass_through(std::int32_t facility, std::size_t t, double level) {
        for (std::int32_t f = built_.tree.feeds[static_cast<std::size_t>(facility)].parent; f >= 0;
             f = built_.tree.feeds[static_cast<std::size_t>(f)].parent)
            at(static_cast<std::size_t>(f), t).echelon_base_stock += level;
    }

    // Periods between the one a facility's order aims at and the one in which customers see it.
    [[nodiscard]] std::size_t shift(std::size_t f) const {
        double below = 0;
        if (kind_ == ItemModelKind::independent && !feeds_others(f)) {
            for (std::int32_t up = built_.tree.feeds[f].parent; up >= 0; up = built_.tree.feeds[static_cast<std::size_t>(up)].parent)
                below += built_.tree.feeds[static_cast<std::size_t>(up)].lead_time;
        } else {
            below = longest_below(f);
        }
        return static_cast<std::size_t>(std::lround(below));
    }

    [[nodiscard]] bool feeds_others(std::size_t f) const {
        return std::any_of(built_.tree.feeds.begin(), built_.tree.feeds.end(),
                           [&](const auto& feed) { return feed.parent == static_cast<std::int32_t>(f); });
    }

    [[nodiscard]] double longest_below(std::size_t f) const {
        double longest = 0;
        for (std::size_t i = 0; i < built_.tree.feeds.size(); ++i)
            if (built_.tree.feeds[i].parent == static_cast<std::int32_t>(f))
                longest = std::max(longest, built_.tree.feeds[i].lead_time + longest_below(i));
        return longest;
    }

    const network::SupplyNetwork& network_;
    const BuiltInstance& built_;
    std::size_t periods_;
    ItemModelKind kind_;
    std::vector<Level> rows_;
    bool used_ = false;
};

}  // namespace detail

/// Reads levels and served classes off a solution by asking the item model once more. One pass over the blocks.
[[nodiscard]] inline PlanTables read_plan(const network::SupplyNetwork& network, const BuiltInstance& built,
                                          std::size_t periods, ItemModelKind kind, const Incumbent& plan,
                                          std::size_t lattice_points) {
    PlanTables tables;
    FacilityTrees model(built.instance, lattice_points);
    detail::PlanReader reader(network, built, periods, kind);
    const Instance& instance = built.instance;
    for (std::size_t b = 0; b < instance.blocks.size(); ++b) {
        const Block& block = instance.blocks[b];
        const Choice& choice = model.choose(block, plan.price_sets[plan.set_of_block[b]]);
        const std::size_t o = block.first_option + choice.option;
        reader.add(block, instance.options[o], choice.positions);
        for (std::uint32_t n = built.served_offset[o]; n < built.served_offset[o + 1]; ++n)
            tables.served.push_back({block.product, built.served_class[n], built.served_facility[n], block.period});
        if (b + 1 == instance.blocks.size() || instance.blocks[b + 1].product != block.product)
            reader.flush(block.product, tables);
    }
    std::sort(tables.served.begin(), tables.served.end(), [](const Served& x, const Served& y) {
        if (x.product != y.product) return x.product < y.product;
        if (x.demand_class != y.demand_class) return x.demand_class < y.demand_class;
        return x.period < y.period;
    });
    return tables;
}

}  // namespace meio::planner
