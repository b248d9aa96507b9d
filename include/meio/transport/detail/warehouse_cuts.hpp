// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/core/parallel.hpp>
#include <meio/transport/arc_result.hpp>
#include <meio/transport/detail/warehouse_problem.hpp>
#include <meio/transport/result.hpp>

namespace meio::transport::detail {

/// Finds the cuts of an infeasible result: everything that the nodes left over can reach through arcs with room.
class ArcCuts {
public:
    ArcCuts(const WarehouseProblem& p, std::span<const double> by_arc, const ArcResult& r)
        : p_(p), by_arc_(by_arc), r_(r), first_(p.sources + 1, 0), feeder_first_(p.destinations + 1, 0), feeders_(r.shipments.size()) {
        for (const Shipment& s : r.shipments) {
            ++first_[static_cast<std::size_t>(s.source) + 1];
            ++feeder_first_[static_cast<std::size_t>(s.destination) + 1];
        }
        for (std::size_t i = 0; i < p.sources; ++i) first_[i + 1] += first_[i];
        for (std::size_t j = 0; j < p.destinations; ++j) feeder_first_[j + 1] += feeder_first_[j];
        std::vector<std::size_t> next(feeder_first_);
        for (const Shipment& s : r.shipments) feeders_[next[static_cast<std::size_t>(s.destination)]++] = s.source;
    }

    // A node is short where it misses more than `tolerance` units and more than this share of its own.

    /// A shortage spreads from destinations to all sources with room towards them, and from sources to what they feed.
    [[nodiscard]] Cut shortage(std::span<const double> received, double tolerance, double share) {
        begin();
        for (std::size_t j = 0; j < p_.destinations; ++j)
            if (p_.demand[j] - received[j] > std::max(tolerance, share * p_.demand[j]) && must_be_served(j)) reach_destination(j);
        while (!queue_.empty()) {
            const std::size_t j = queue_.back();
            queue_.pop_back();
            for (std::int64_t e = p_.offsets[j]; e < p_.offsets[j + 1]; ++e) {
                const auto i = static_cast<std::size_t>(p_.ids[e]);
                if (source_in_[i] != 0 || !has_room(e)) continue;
                source_in_[i] = 1;
                for (std::size_t s = first_[i]; s < first_[i + 1]; ++s)
                    reach_destination(static_cast<std::size_t>(r_.shipments[s].destination));
            }
        }
        return collect(1.0);
    }

    /// A surplus of supply that must leave spreads from sources to all destinations they have room towards, and from
    /// these to their feeders.
    [[nodiscard]] Cut surplus(std::span<const double> shipped, double tolerance, double share) {
        begin();
        for (std::size_t i = 0; i < p_.sources; ++i)
            if (p_.supply_exact && p_.supply[i] - shipped[i] > std::max(tolerance, share * p_.supply[i])) source_in_[i] = 1;
        for (bool grown = true; grown;) {
            grown = false;
            for (std::size_t j = 0; j < p_.destinations; ++j) {
                if (destination_in_[j] != 0) continue;
                for (std::int64_t e = p_.offsets[j]; e < p_.offsets[j + 1] && destination_in_[j] == 0; ++e)
                    destination_in_[j] = static_cast<char>(source_in_[static_cast<std::size_t>(p_.ids[e])] != 0 && has_room(e));
                if (destination_in_[j] == 0) continue;
                for (std::size_t s = feeder_first_[j]; s < feeder_first_[j + 1]; ++s) {
                    char& in = source_in_[static_cast<std::size_t>(feeders_[s])];
                    grown = grown || in == 0;
                    in = 1;
                }
            }
        }
        return collect(-1.0);
    }

private:
    void begin() {
        source_in_.assign(p_.sources, 0);
        destination_in_.assign(p_.destinations, 0);
        queue_.clear();
    }

    [[nodiscard]] bool must_be_served(std::size_t j) const {
        return p_.shortage_prices == nullptr || p_.shortage_prices[j] == std::numeric_limits<double>::infinity();
    }

    [[nodiscard]] bool has_room(std::int64_t e) const {
        if (!(p_.costs[e] < std::numeric_limits<double>::infinity())) return false;
        return by_arc_.empty() || by_arc_[static_cast<std::size_t>(e)] < p_.capacities[e];
    }

    void reach_destination(std::size_t j) {
        if (destination_in_[j] == 0) queue_.push_back(j);
        destination_in_[j] = 1;
    }

    // `sign` 1: demand less supply less what else may come in; -1: supply less demand less what else may go out.
    [[nodiscard]] Cut collect(double sign) const {
        Cut cut;
        core::CompensatedSum amount;
        for (std::size_t i = 0; i < p_.sources; ++i)
            if (source_in_[i] != 0) {
                cut.sources.push_back(static_cast<std::int32_t>(i));
                amount.add(-sign * p_.supply[i]);
            }
        for (std::size_t j = 0; j < p_.destinations; ++j) {
            if (destination_in_[j] != 0) {
                cut.destinations.push_back(static_cast<std::int32_t>(j));
                amount.add(sign * p_.demand[j]);
            }
            if (by_arc_.empty()) continue;
            for (std::int64_t e = p_.offsets[j]; e < p_.offsets[j + 1]; ++e) {
                const bool in = source_in_[static_cast<std::size_t>(p_.ids[e])] != 0;
                const bool crosses = sign > 0 ? destination_in_[j] != 0 && !in : destination_in_[j] == 0 && in;
                if (crosses && p_.costs[e] < std::numeric_limits<double>::infinity()) amount.add(-p_.capacities[e]);
            }
        }
        cut.amount = cut.empty() ? 0.0 : amount.value();
        return cut;
    }

    const WarehouseProblem& p_;
    std::span<const double> by_arc_;
    const ArcResult& r_;
    std::vector<std::size_t> first_, feeder_first_;
    std::vector<std::int32_t> feeders_;
    std::vector<char> source_in_, destination_in_;
    std::vector<std::size_t> queue_;
};

/// Fills the cuts of an infeasible result, unless they are there. Where no node is short by more than `noise`, the rounding of
/// the totals, that of its own amount counts.
inline void find_arc_cuts(const WarehouseProblem& p, std::span<const double> by_arc, std::span<const double> shipped,
                          std::span<const double> received, double noise, ArcResult& r) {
    ArcCuts cuts(p, by_arc, r);
    for (const bool total : {true, false}) {
        if (!r.shortage.empty() || !r.surplus.empty()) return;
        const double share = total || noise == 0 ? 0.0 : 0x1p-45;
        r.shortage = cuts.shortage(received, total ? noise : 0.0, share);
        r.surplus = cuts.surplus(shipped, total ? noise : 0.0, share);
    }
}

}  // namespace meio::transport::detail
