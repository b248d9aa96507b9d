// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <meio/demand/forecast.hpp>
#include <meio/network/supply_network.hpp>
#include <meio/planner/built_instance.hpp>
#include <meio/planner/detail/block_writer.hpp>
#include <meio/planner/detail/class_terms.hpp>
#include <meio/planner/detail/node_writer.hpp>
#include <meio/planner/detail/resource_table.hpp>

namespace meio::planner::detail {

/// Walks products, periods and classes and writes blocks.
class InstanceBuilder {
public:
    InstanceBuilder(const network::SupplyNetwork& network, const demand::Forecast& forecast, const BuildOptions& options,
                    std::span<const std::vector<Assignment>> extra, BuiltInstance& built)
        : network_(network), forecast_(forecast), options_(options), extra_(extra), built_(built),
          resources_(network, forecast), writer_(built.instance), terms_(network, forecast, built),
          nodes_(network, forecast, built, resources_, terms_, writer_) {}

    void run() {
        for (std::size_t k = 0; k < network_.products.size(); ++k) {
            terms_.select_product(k);
            for (std::size_t t = 0; t < forecast_.periods; ++t) {
                if (options_.item_model == ItemModelKind::independent) {
                    pools(k, t);
                } else {
                    whole_product(k, t);
                }
            }
        }
        built_.instance.resources = std::move(resources_.resources);
    }

private:
    using Classes = std::vector<std::int32_t>;

    [[nodiscard]] bool served_from(std::int32_t c, std::int32_t facility) const {
        for (const auto& option : built_.eligibility.options_of(static_cast<std::size_t>(c)))
            if (option.facility == facility) return true;
        return false;
    }

    // ---- independent ------------------------------------------------------------------------------------------------

    void pools(std::size_t k, std::size_t t) {
        std::vector<Classes> pool_of(network_.facilities.size());
        for (std::size_t c = 0; c < built_.eligibility.classes.size(); ++c) {
            const ClassTerms nobody = terms_.at(k, t, c, -1);
            if (nobody.mean <= 0) continue;
            const std::int32_t facility = terms_.home(k, c);
            if (facility < 0) {
                never_served(k, t, c);
            } else {
                pool_of[static_cast<std::size_t>(facility)].push_back(static_cast<std::int32_t>(c));
            }
        }
        for (std::size_t f = 0; f < pool_of.size(); ++f) {
            if (pool_of[f].empty()) continue;
            writer_.begin_block(static_cast<std::int32_t>(k), static_cast<std::int32_t>(t), static_cast<std::int32_t>(f));
            for (const std::int32_t candidate : candidates(k, t, pool_of[f], static_cast<std::int32_t>(f))) {
                Assignment facility_of(pool_of[f].size());
                for (std::size_t n = 0; n < facility_of.size(); ++n)
                    facility_of[n] = served_from(pool_of[f][n], candidate) ? candidate : -1;
                write_option(k, t, pool_of[f], facility_of, false);
            }
            if (all_lost(pool_of[f])) write_option(k, t, pool_of[f], Assignment(pool_of[f].size(), -1), false);
            writer_.end_block();
        }
    }

    // The home first, then the alternatives by what the whole pool would cost there.
    [[nodiscard]] Classes candidates(std::size_t k, std::size_t t, const Classes& pool, std::int32_t own) const {
        struct Candidate {
            double cost;
            std::int32_t facility;
        };
        std::vector<Candidate> others;
        for (std::size_t f = 0; f < network_.facilities.size() && options_.alternatives > 0; ++f) {
            const auto facility = static_cast<std::int32_t>(f);
            if (facility == own || network_.facilities[f].supplier) continue;
            double cost = 0;
            bool any = false;
            bool allowed = true;
            for (const std::int32_t c : pool) {
                const bool open = served_from(c, facility);
                const ClassTerms at = terms_.at(k, t, static_cast<std::size_t>(c), open ? facility : -1);
                allowed = allowed && (open || at.lost);
                any = any || open;
                cost += at.mean * (open ? at.serve : at.penalty);
            }
            if (any && allowed) others.push_back({cost, facility});
        }
        std::stable_sort(others.begin(), others.end(), [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
        Classes result{own};
        for (const Candidate& other : others) {
            if (result.size() > static_cast<std::size_t>(options_.alternatives)) break;
            result.push_back(other.facility);
        }
        return result;
    }

    [[nodiscard]] bool all_lost(const Classes& classes) const {
        return std::all_of(classes.begin(), classes.end(), [&](std::int32_t c) {
            const auto region = built_.eligibility.classes[static_cast<std::size_t>(c)].region;
            return network_.regions[static_cast<std::size_t>(region)].shortage == network::Shortage::lost;
        });
    }

    // ---- echelon ----------------------------------------------------------------------------------------------------

    void whole_product(std::size_t k, std::size_t t) {
        Classes classes;
        Assignment homes;
        for (std::size_t c = 0; c < built_.eligibility.classes.size(); ++c) {
            if (terms_.at(k, t, c, -1).mean <= 0) continue;
            const std::int32_t facility = terms_.home(k, c);
            if (facility < 0) {
                never_served(k, t, c);
                continue;
            }
            classes.push_back(static_cast<std::int32_t>(c));
            homes.push_back(facility);
        }
        if (classes.empty()) return;
        writer_.begin_block(static_cast<std::int32_t>(k), static_cast<std::int32_t>(t), -1);
        write_option(k, t, classes, homes, true);
        for (const auto& patterns : extra_) {
            const Assignment& by_class = patterns[k * forecast_.periods + t];
            if (by_class.empty()) continue;
            Assignment chosen(classes.size());
            for (std::size_t n = 0; n < classes.size(); ++n) chosen[n] = by_class[static_cast<std::size_t>(classes[n])];
            write_option(k, t, classes, chosen, true);
        }
        if (all_lost(classes)) write_option(k, t, classes, Assignment(classes.size(), -1), true);
        writer_.end_block();
    }

    // ---- both -------------------------------------------------------------------------------------------------------

    // Demand that no facility may serve at any time of day is a cost that no decision changes.
    void never_served(std::size_t k, std::size_t t, std::size_t c) {
        const ClassTerms nobody = terms_.at(k, t, c, -1);
        built_.instance.constant += nobody.mean * nobody.penalty;
    }

    // One option: the classes with facilities become the leaves of a forest, the others go unserved.
    void write_option(std::size_t k, std::size_t t, const Classes& classes, const Assignment& facility_of, bool echelon) {
        writer_.begin_option();
        const auto speeds = network_.speeds.size();
        std::vector<double> unserved(speeds, 0.0);
        std::vector<Classes> served(network_.facilities.size());
        for (std::size_t n = 0; n < classes.size(); ++n) {
            const auto c = static_cast<std::size_t>(classes[n]);
            built_.served_class.push_back(classes[n]);
            built_.served_facility.push_back(facility_of[n]);
            const ClassTerms at = terms_.at(k, t, c, facility_of[n]);
            if (facility_of[n] >= 0) {
                writer_.add_constant(at.mean * at.serve);
                served[static_cast<std::size_t>(facility_of[n])].push_back(classes[n]);
            } else {
                writer_.add_constant(at.mean * at.penalty);
                unserved[static_cast<std::size_t>(built_.eligibility.classes[c].speed)] += at.mean;
            }
        }
        built_.served_offset.push_back(static_cast<std::uint32_t>(built_.served_class.size()));
        for (std::size_t v = 0; v < speeds; ++v) writer_.add_option_use(resources_.speed(v, t), unserved[v]);
        if (echelon) {
            write_forest(k, t, served);
        } else {
            for (std::size_t f = 0; f < served.size(); ++f)
                if (!served[f].empty()) nodes_.write_leaf(k, t, static_cast<std::int32_t>(f), -1, served[f], false);
        }
    }

    // Facilities with customers and everything above them, parents first, one tree after the other.
    void write_forest(std::size_t k, std::size_t t, const std::vector<Classes>& served) {
        const std::size_t count = served.size();
        std::vector<Classes> below(count);  // classes served from a facility or from any below it
        for (auto it = built_.tree.top_down.rbegin(); it != built_.tree.top_down.rend(); ++it) {
            const auto f = static_cast<std::size_t>(*it);
            below[f].insert(below[f].end(), served[f].begin(), served[f].end());
            const std::int32_t parent = built_.tree.feeds[f].parent;
            if (parent >= 0) {
                auto& up = below[static_cast<std::size_t>(parent)];
                up.insert(up.end(), below[f].begin(), below[f].end());
            }
        }
        // Longest lead time from a facility down to where customers are served: its level acts that much later.
        std::vector<double> lead_below(count, 0.0);
        for (auto it = built_.tree.top_down.rbegin(); it != built_.tree.top_down.rend(); ++it) {
            const auto& feed = built_.tree.feeds[static_cast<std::size_t>(*it)];
            if (feed.parent < 0 || below[static_cast<std::size_t>(*it)].empty()) continue;
            double& up = lead_below[static_cast<std::size_t>(feed.parent)];
            up = std::max(up, lead_below[static_cast<std::size_t>(*it)] + feed.lead_time);
        }
        std::int32_t next = 0;
        std::vector<std::int32_t> node_of(count, -1);
        for (const std::int32_t id : built_.tree.top_down) {
            const auto f = static_cast<std::size_t>(id);
            if (below[f].empty()) continue;
            const std::int32_t parent = built_.tree.feeds[f].parent;
            const std::int32_t above = parent >= 0 ? node_of[static_cast<std::size_t>(parent)] : -1;
            const bool feeds_others = below[f].size() > served[f].size();
            if (feeds_others) {
                node_of[f] = next++;
                nodes_.write_inner(k, t, id, above, below[f], served, lead_below[f]);
                // Customers of a facility that also feeds others draw on a stock of their own there.
                if (!served[f].empty()) {
                    nodes_.write_leaf(k, t, id, node_of[f], served[f], true);
                    ++next;
                }
            } else {
                node_of[f] = next++;
                nodes_.write_leaf(k, t, id, above, served[f], true);
            }
        }
    }

    const network::SupplyNetwork& network_;
    const demand::Forecast& forecast_;
    const BuildOptions& options_;
    std::span<const std::vector<Assignment>> extra_;
    BuiltInstance& built_;
    ResourceTable resources_;
    BlockWriter writer_;
    TermTable terms_;
    NodeWriter nodes_;
};

}  // namespace meio::planner::detail
