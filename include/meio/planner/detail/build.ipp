// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace meio::planner::detail {

/// What serving one unit of a class from a facility means for one product.
struct ClassTerms {
    double mean = 0;           // units a period
    double serve = 0;          // money per unit served: purchase, lanes, in transit, shipping
    double penalty = 0;        // money per unit not served
    bool lost = true;
};

/// Walks products, periods and classes and writes blocks.
class InstanceBuilder {
public:
    InstanceBuilder(const network::SupplyNetwork& network, const demand::Forecast& forecast, const BuildOptions& options,
                    std::span<const std::vector<Assignment>> extra, BuiltInstance& built)
        : network_(network), forecast_(forecast), options_(options), extra_(extra), built_(built),
          resources_(network, forecast), writer_(built.instance) {
        built_.eligibility = fulfilment::make_eligibility(network);
        built_.tree = network::supply_tree(network);
        series_of_region_.assign(network.regions.size(), -1);
        path_cost_.assign(network.facilities.size(), 0.0);
        for (const std::int32_t f : built_.tree.top_down) {
            const auto& feed = built_.tree.feeds[static_cast<std::size_t>(f)];
            const double above = feed.parent >= 0 ? path_cost_[static_cast<std::size_t>(feed.parent)] : 0.0;
            path_cost_[static_cast<std::size_t>(f)] = above + network.lanes[static_cast<std::size_t>(feed.lane)].cost;
        }
    }

    void run() {
        std::size_t s = 0;
        for (std::size_t k = 0; k < network_.products.size(); ++k) {
            std::fill(series_of_region_.begin(), series_of_region_.end(), -1);
            for (; s < forecast_.series.size() && forecast_.series[s].product == static_cast<std::int32_t>(k); ++s)
                series_of_region_[static_cast<std::size_t>(forecast_.series[s].region)] = static_cast<std::int32_t>(s);
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

    /// Terms of a class at a facility (or of not serving it: facility -1).
    [[nodiscard]] ClassTerms terms(std::size_t k, std::size_t t, std::size_t c, std::int32_t facility) const {
        const auto& cls = built_.eligibility.classes[c];
        const auto& product = network_.products[k];
        const std::int32_t series = series_of_region_[static_cast<std::size_t>(cls.region)];
        ClassTerms result;
        result.mean = series < 0 ? 0.0 : forecast_.mean[static_cast<std::size_t>(series) * forecast_.periods + t] * cls.share;
        result.lost = network_.regions[static_cast<std::size_t>(cls.region)].shortage == network::Shortage::lost;
        result.penalty = product.shortage_cost * network_.speeds[static_cast<std::size_t>(cls.speed)].shortage_factor;
        if (facility < 0) return result;
        for (const auto& option : built_.eligibility.options_of(c))
            if (option.facility == facility) {
                result.serve = option.cost + supply_cost(k, facility);
                break;
            }
        return result;
    }

    /// Purchase, lanes and holding in transit of one unit at a facility.
    [[nodiscard]] double supply_cost(std::size_t k, std::int32_t facility) const {
        const auto& product = network_.products[k];
        double cost = product.unit_cost + path_cost_[static_cast<std::size_t>(facility)];
        for (std::int32_t f = facility; f >= 0; f = built_.tree.feeds[static_cast<std::size_t>(f)].parent) {
            const auto& feed = built_.tree.feeds[static_cast<std::size_t>(f)];
            if (feed.parent >= 0) cost += product.holding_cost * feed.lead_time;
        }
        return cost;
    }

    /// Home facility of a class: least unit cost; -1 where nobody may serve it.
    [[nodiscard]] std::int32_t home(std::size_t k, std::size_t c) const {
        std::int32_t best = -1;
        double least = std::numeric_limits<double>::infinity();
        for (const auto& option : built_.eligibility.options_of(c)) {
            const double cost = option.cost + supply_cost(k, option.facility);
            if (cost < least || (cost == least && option.facility < best)) {
                least = cost;
                best = option.facility;
            }
        }
        return best;
    }

    void select_product(std::size_t k) {
        std::fill(series_of_region_.begin(), series_of_region_.end(), -1);
        const auto first = std::lower_bound(forecast_.series.begin(), forecast_.series.end(), static_cast<std::int32_t>(k),
                                            [](const demand::Series& s, std::int32_t product) { return s.product < product; });
        for (auto it = first; it != forecast_.series.end() && it->product == static_cast<std::int32_t>(k); ++it)
            series_of_region_[static_cast<std::size_t>(it->region)] = static_cast<std::int32_t>(it - forecast_.series.begin());
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
            const ClassTerms nobody = terms(k, t, c, -1);
            if (nobody.mean <= 0) continue;
            const std::int32_t facility = home(k, c);
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
                const ClassTerms at = terms(k, t, static_cast<std::size_t>(c), open ? facility : -1);
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
            if (terms(k, t, c, -1).mean <= 0) continue;
            const std::int32_t facility = home(k, c);
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
        const ClassTerms nobody = terms(k, t, c, -1);
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
            const ClassTerms at = terms(k, t, c, facility_of[n]);
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
                if (!served[f].empty()) write_leaf(k, t, static_cast<std::int32_t>(f), -1, served[f], false);
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
                write_inner(k, t, id, above, below[f], served, lead_below[f]);
                // Customers of a facility that also feeds others draw on a stock of their own there.
                if (!served[f].empty()) {
                    write_leaf(k, t, id, node_of[f], served[f], true);
                    ++next;
                }
            } else {
                node_of[f] = next++;
                write_leaf(k, t, id, above, served[f], true);
            }
        }
    }

    void write_leaf(std::size_t k, std::size_t t, std::int32_t facility, std::int32_t parent, const Classes& classes,
                    bool echelon) {
        const auto f = static_cast<std::size_t>(facility);
        const auto& product = network_.products[k];
        // A facility below an inner node of its own id is supplied from there at once.
        const bool own_stock = parent >= 0 && built_.instance.nodes.back().facility == facility;
        const auto lead = own_stock ? network::LeadTime{} : (echelon ? own_lead(facility) : path_lead(facility));
        const demand::Moments pool = pooled(t, classes, lead.mean, lead.standard_deviation, 1);
        const double interval = lead.mean + 1.0;

        double mean = 0;
        double shortage = 0;
        double flow_relief = 0;  // units of flow that a unit of expected shortage saves
        std::vector<double> unmet(network_.speeds.size(), 0.0);
        for (const std::int32_t c : classes) {
            const ClassTerms at = terms(k, t, static_cast<std::size_t>(c), facility);
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
        const auto lead = own_lead(facility);
        const demand::Moments pool = pooled(t - std::min(t, static_cast<std::size_t>(std::lround(lead_below))), below, lead.mean,
                                            lead.standard_deviation, 0);
        double mean = 0;
        for (const std::int32_t c : below) mean += terms(k, t, static_cast<std::size_t>(c), -1).mean;
        double passed_on = mean;
        for (const std::int32_t c : served[f]) passed_on -= terms(k, t, static_cast<std::size_t>(c), -1).mean;
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

    [[nodiscard]] network::LeadTime own_lead(std::int32_t facility) const {
        const auto& feed = built_.tree.feeds[static_cast<std::size_t>(facility)];
        return {feed.lead_time, feed.lead_time_sd};
    }

    [[nodiscard]] network::LeadTime path_lead(std::int32_t facility) const {
        double mean = 0;
        double variance = 0;
        for (std::int32_t f = facility; f >= 0; f = built_.tree.feeds[static_cast<std::size_t>(f)].parent) {
            const auto& feed = built_.tree.feeds[static_cast<std::size_t>(f)];
            mean += feed.lead_time;
            variance += feed.lead_time_sd * feed.lead_time_sd;
        }
        return {mean, std::sqrt(variance)};
    }

    // Demand of the classes over `lead` periods before t, and period t too with review 1.
    [[nodiscard]] demand::Moments pooled(std::size_t t, const Classes& classes, double lead, double lead_sd, int review) {
        shares_.clear();
        for (const std::int32_t c : classes) {
            const auto& cls = built_.eligibility.classes[static_cast<std::size_t>(c)];
            const std::int32_t series = series_of_region_[static_cast<std::size_t>(cls.region)];
            shares_.push_back({static_cast<std::size_t>(series), cls.share});
        }
        return pooled_demand(forecast_, shares_, t, lead, lead_sd, review);
    }

    const network::SupplyNetwork& network_;
    const demand::Forecast& forecast_;
    const BuildOptions& options_;
    std::span<const std::vector<Assignment>> extra_;
    BuiltInstance& built_;
    ResourceTable resources_;
    BlockWriter writer_;
    std::vector<std::int32_t> series_of_region_{};
    std::vector<double> path_cost_{};
    std::vector<SeriesShare> shares_{};
};

}  // namespace meio::planner::detail

namespace meio::planner {

inline BuiltInstance build_instance(const network::SupplyNetwork& network, const demand::Forecast& forecast,
                                    const BuildOptions& options, std::span<const std::vector<Assignment>> extra) {
    BuiltInstance built;
    detail::InstanceBuilder(network, forecast, options, extra, built).run();
    return built;
}

namespace detail {

/// Finds, for one product, the cheapest facility of every class when flow has prices: the next assignment worth
/// offering. Classes whose sales may be lost go to -1 where serving costs more than the sale is worth.
class AssignmentPricer {
public:
    AssignmentPricer(const network::SupplyNetwork& network, const demand::Forecast& forecast, const BuiltInstance& built)
        : network_(network), built_(built), terms_(network, forecast, options_, {}, scratch_) {}

    void set_prices(std::size_t period, std::span<const double> prices) {
        period_ = period;
        through_.assign(network_.facilities.size(), 0.0);
        for (std::size_t m = 0; m < prices.size(); ++m) {
            const Resource& resource = built_.instance.resources[m];
            if (static_cast<std::size_t>(resource.period) != period) continue;
            const auto f = static_cast<std::size_t>(resource.facility);
            const bool flow = resource.kind == ResourceKind::inbound || resource.kind == ResourceKind::outbound;
            if (flow || (resource.kind == ResourceKind::lane && built_.tree.feeds[f].lane == resource.lane))
                through_[f] += prices[m];
        }
        for (const std::int32_t f : built_.tree.top_down) {
            const std::int32_t parent = built_.tree.feeds[static_cast<std::size_t>(f)].parent;
            if (parent >= 0) through_[static_cast<std::size_t>(f)] += through_[static_cast<std::size_t>(parent)];
        }
    }

    [[nodiscard]] Assignment cheapest(std::size_t product) {
        terms_.select_product(product);
        Assignment result(built_.eligibility.classes.size(), -1);
        for (std::size_t c = 0; c < result.size(); ++c) {
            const ClassTerms nobody = terms_.terms(product, period_, c, -1);
            if (nobody.mean <= 0) continue;
            double least = nobody.lost ? nobody.penalty : std::numeric_limits<double>::infinity();
            for (const auto& option : built_.eligibility.options_of(c)) {
                const double cost = option.cost + terms_.supply_cost(product, option.facility) +
                                    through_[static_cast<std::size_t>(option.facility)];
                if (cost < least) {
                    least = cost;
                    result[c] = option.facility;
                }
            }
        }
        return result;
    }

private:
    const network::SupplyNetwork& network_;
    const BuiltInstance& built_;
    BuildOptions options_{};
    BuiltInstance scratch_{};
    InstanceBuilder terms_;
    std::size_t period_ = 0;
    std::vector<double> through_{};
};

}  // namespace detail

}  // namespace meio::planner
