// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/demand/forecast.hpp>
#include <meio/demand/pooling.hpp>
#include <meio/network/supply_network.hpp>
#include <meio/network/supply_tree.hpp>
#include <meio/planner/built_instance.hpp>
#include <meio/planner/detail/block_writer.hpp>
#include <meio/planner/detail/class_terms.hpp>
#include <meio/planner/detail/resource_table.hpp>

namespace meio::planner::detail {

/// Writes the stock positions of an option: demand, cost rates and uses of each facility.
class NodeWriter {
public:
    using Classes = std::vector<std::int32_t>;

    NodeWriter(const network::SupplyNetwork& network, const demand::Forecast& forecast, BuiltInstance& built,
               const ResourceTable& resources, const TermTable& terms, BlockWriter& writer)
        : network_(network), forecast_(forecast), built_(built), resources_(resources), terms_(terms), writer_(writer) {}

    void write_leaf(std::size_t k, std::size_t t, std::int32_t facility, std::int32_t parent, const Classes& classes,
                    bool echelon) {
        const auto f = static_cast<std::size_t>(facility);
        const auto& product = network_.products[k];
        // A facility below an inner node of its own id is supplied from there at once.
        const bool own_stock = parent >= 0 && built_.instance.nodes.back().facility == facility;
        const auto lead = own_stock ? network::LeadTime{} : (echelon ? terms_.own_lead(facility) : terms_.path_lead(facility));
        const demand::Moments pool = pooled(t, classes, lead.mean, lead.standard_deviation, 1);
        const double interval = lead.mean + 1.0;

        double mean = 0;
        double shortage = 0;
        double flow_relief = 0;  // units of flow that a unit of expected shortage saves
        std::vector<double> unmet(network_.speeds.size(), 0.0);
        for (const std::int32_t c : classes) {
            const ClassTerms at = terms_.at(k, t, static_cast<std::size_t>(c), facility);
            const double rate = at.lost ? 1.0 / interval : 1.0;
            mean += at.mean;
            shortage += at.mean * rate * std::max(0.0, at.penalty - (at.lost ? at.serve : 0.0));
            if (at.lost) flow_relief += at.mean * rate;
            unmet[static_cast<std::size_t>(built_.eligibility.classes[static_cast<std::size_t>(c)].speed)] += at.mean * rate;
        }
        Node node;
        node.facility = facility;
        node.parent = parent;
        node.family = forecast_.family;
        node.mean = pool.mean;
        node.variance = pool.variance;
        node.holding = product.holding_cost + network_.facilities[f].storage_cost * product.volume;
        node.shortage = shortage / mean;
        writer_.begin_node(node);
        writer_.add_node_use(resources_.storage(f, product.storage_type, t), 0.0, product.volume, 0.0);
        const double relief = echelon ? 0.0 : flow_relief / mean;
        writer_.add_node_use(resources_.outbound(f, t), mean, 0.0, -relief);
        if (!own_stock) write_supply_flow(facility, t, mean, relief, !echelon);
        for (std::size_t v = 0; v < unmet.size(); ++v)
            if (unmet[v] > 0) writer_.add_node_use(resources_.speed(v, t), 0.0, 0.0, unmet[v] / mean);
    }

    void write_inner(std::size_t k, std::size_t t, std::int32_t facility, std::int32_t parent, const Classes& below,
                     const std::vector<Classes>& served, double lead_below) {
        const auto f = static_cast<std::size_t>(facility);
        const auto& product = network_.products[k];
        const auto lead = terms_.own_lead(facility);
        const demand::Moments pool = pooled(t - std::min(t, static_cast<std::size_t>(std::lround(lead_below))), below, lead.mean,
                                            lead.standard_deviation, 0);
        double mean = 0;
        for (const std::int32_t c : below) mean += terms_.at(k, t, static_cast<std::size_t>(c), -1).mean;
        double passed_on = mean;
        for (const std::int32_t c : served[f]) passed_on -= terms_.at(k, t, static_cast<std::size_t>(c), -1).mean;
        Node node;
        node.facility = facility;
        node.parent = parent;
        node.family = forecast_.family;
        node.mean = pool.mean;
        node.variance = pool.variance;
        node.holding = product.holding_cost + network_.facilities[f].storage_cost * product.volume;
        writer_.begin_node(node);
        writer_.add_node_use(resources_.storage(f, product.storage_type, t), 0.0, product.volume, 0.0);
        writer_.add_node_use(resources_.outbound(f, t), passed_on, 0.0, 0.0);
        write_supply_flow(facility, t, mean, 0.0, false);
    }

private:
    // Flow into a facility; with `whole_path` also through everything above it.
    void write_supply_flow(std::int32_t facility, std::size_t t, double mean, double relief, bool whole_path) {
        for (std::int32_t f = facility; f >= 0;) {
            const auto& feed = built_.tree.feeds[static_cast<std::size_t>(f)];
            writer_.add_node_use(resources_.inbound(static_cast<std::size_t>(f), t), mean, 0.0, -relief);
            if (feed.lane >= 0)
                writer_.add_node_use(resources_.lane(static_cast<std::size_t>(feed.lane), t), mean, 0.0, -relief);
            if (!whole_path || feed.parent < 0) return;
            f = feed.parent;
            writer_.add_node_use(resources_.outbound(static_cast<std::size_t>(f), t), mean, 0.0, -relief);
        }
    }

    // Demand of the classes over `lead` periods before t, and period t too with review 1.
    [[nodiscard]] demand::Moments pooled(std::size_t t, const Classes& classes, double lead, double lead_sd, int review) {
        parts_.clear();
        Classes by_region(classes);  // class ids run by region, so that the classes of one series become neighbours
        std::sort(by_region.begin(), by_region.end());
        for (const std::int32_t c : by_region) {
            const auto& cls = built_.eligibility.classes[static_cast<std::size_t>(c)];
            const auto series = static_cast<std::size_t>(terms_.series_of(cls.region));
            if (!parts_.empty() && parts_.back().series == series) {
                parts_.back().share += cls.share;
            } else {
                parts_.push_back({series, cls.share});
            }
        }
        return demand::pooled_interval(forecast_, parts_, t, lead, lead_sd, review);
    }

    const network::SupplyNetwork& network_;
    const demand::Forecast& forecast_;
    BuiltInstance& built_;
    const ResourceTable& resources_;
    const TermTable& terms_;
    BlockWriter& writer_;
    std::vector<demand::SeriesPart> parts_{};
};

}  // namespace meio::planner::detail
