// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/error.hpp>
#include <meio/core/parallel.hpp>
#include <meio/simulation/case.hpp>
#include <meio/simulation/demand_source.hpp>
#include <meio/simulation/detail/world.hpp>
#include <meio/simulation/model.hpp>
#include <meio/simulation/orders.hpp>
#include <meio/simulation/result.hpp>

namespace meio::simulation {

/// How long, how often, how fine.
struct SimulationOptions {
    std::size_t warm_up = 0;     ///< periods before measuring begins, >= 0
    std::size_t periods = 52;    ///< measured periods, >= 1
    std::size_t runs = 30;       ///< independent repetitions, >= 1
    std::uint64_t seed = 0;
    int days_per_period = 7;     ///< days over which a period's orders spread, >= 1
    int threads = 0;             ///< 0: all; the answer does not depend on it
    double confidence = 0.95;    ///< of intervals, in (0, 1)
    bool together = false;       ///< simulate all products period by period even where no capacity is shared (slower)

    void validate() const {
        core::IssueList issues;
        issues.require(periods >= 1, "periods", static_cast<double>(periods), "must be >= 1");
        issues.require(warm_up + periods < (1U << 20), "periods", static_cast<double>(warm_up + periods),
                       "must be below 2^20, warm-up included");
        issues.require(runs >= 1, "runs", static_cast<double>(runs), "must be >= 1");
        issues.require(days_per_period >= 1, "days_per_period", days_per_period, "must be >= 1");
        issues.require(confidence > 0 && confidence < 1, "confidence", confidence, "must lie between 0 and 1");
        issues.throw_if_any();
    }
};

namespace detail {

/// Sums over runs that results report as means.
struct BlockTally {
    struct Part {
        std::vector<std::int64_t> out{}, lane_units{}, on_hand{};
        std::vector<double> volume{};
    };
    std::vector<Part> cases{};
};

template <class T>
void add_up(std::vector<T>& into, const std::vector<T>& from) {
    if (into.empty()) into.assign(from.size(), T{});
    for (std::size_t i = 0; i < from.size(); ++i) into[i] += from[i];
}

/// Expected units a period into each node (product x node), every class served by its cheapest facility.
[[nodiscard]] inline std::vector<double> steady_flow(const Model& model, std::span<const double> mean_demand) {
    const std::size_t regions = model.network->regions.size();
    const std::size_t nodes = model.nodes.size();
    std::vector<double> flow(mean_demand.empty() ? 0 : model.network->products.size() * nodes, 0.0);
    for (std::size_t k = 0; !flow.empty() && k < model.network->products.size(); ++k) {
        for (const OrderWindow& window : model.windows) {
            if (window.first_option == window.last_option) continue;
            const auto f = static_cast<std::size_t>(model.options[window.first_option].facility);
            flow[k * nodes + static_cast<std::size_t>(model.customer_node[f])] +=
                window.share * mean_demand[k * regions + static_cast<std::size_t>(window.region)];
        }
        for (std::size_t n = nodes; n-- > 0;)
            if (model.nodes[n].parent >= 0)
                flow[k * nodes + static_cast<std::size_t>(model.nodes[n].parent)] += flow[k * nodes + n];
    }
    return flow;
}

/// True where products compete for something inside a period.
[[nodiscard]] inline bool shares_capacity(const Model& model) {
    const auto& net = *model.network;
    const auto finite = [](double capacity) { return capacity < network::unlimited; };
    return std::any_of(net.facilities.begin(), net.facilities.end(),
                       [&](const auto& f) { return finite(f.outbound) || finite(f.inbound); }) ||
           std::any_of(net.lanes.begin(), net.lanes.end(), [&](const auto& l) { return finite(l.capacity); });
}

}  // namespace detail

/// Simulates every case on common random numbers: the same demand, orders (day, minute, speed) and lead times.
///
/// In a period: (1) shipments that are due arrive; (2) facilities order up to their levels, the upper ones first, and
/// send what they have on hand at once, rationed by `Case::rationing`; (3) orders are served one by one in the
/// order of time; (4) holding, storage and waiting are charged. Outbound, inbound and lane capacities bind: a facility
/// at its outbound capacity is fenced off, shipments that exceed a lane or a dock wait. Storage is recorded, not
/// enforced. The start: levels, with pipelines filled for `mean_demand` (product x region, units a period; empty: all
/// stock on hand).
///
/// Where no outbound, inbound or lane capacity is finite, products are simulated one by one; the answer has the same
/// bits as together. Same bits for any number of threads. A stop between products leaves the runs that were done.
/// Throws InputError for wrong sizes and options. Time: O(runs x cases x (products x facilities x periods + orders x
/// options)). Memory: one integer per product, facility and run block (16 at most), and the orders of one period.
[[nodiscard]] inline SimulationResult simulate(const Model& model, std::span<const Case> cases, const DemandSource& demand,
                                               const SimulationOptions& options = {},
                                               std::span<const double> mean_demand = {}, const core::Context& context = {}) {
    const network::SupplyNetwork& net = *model.network;
    options.validate();
    core::IssueList issues;
    for (const Case& plan : cases) check_case(plan, net, issues);
    issues.require(mean_demand.empty() || mean_demand.size() == net.products.size() * net.regions.size(), "mean_demand",
                   static_cast<double>(mean_demand.size()), "must be product x region, or empty");
    issues.throw_if_any();
    const core::Stopwatch watch;

    std::vector<detail::CompiledCase> plans;
    plans.reserve(cases.size());
    std::vector<std::vector<double>> capacity;
    for (const Case& plan : cases) {
        plans.emplace_back(model, plan);
        capacity.push_back(detail::storage_capacities(net, plan.levels.periods));
    }
    const std::vector<double> flow = detail::steady_flow(model, mean_demand);
    const std::size_t products = net.products.size();
    const std::size_t regions = net.regions.size();
    const std::size_t horizon = options.warm_up + options.periods;
    const std::size_t group = options.together || detail::shares_capacity(model) ? std::max<std::size_t>(products, 1) : 1;

    SimulationResult result;
    result.metric_names = metric_names(net);
    result.confidence = options.confidence;
    const std::size_t width = result.metric_names.size();
    for (const Case& plan : cases) {
        result.cases.emplace_back();
        result.cases.back().name = plan.name;
        result.cases.back().metrics.resize(options.runs * width);
    }
    std::vector<char> done(options.runs, 0);
    std::atomic<std::uint64_t> orders_served{0};
    std::atomic<int> stopped{-1};

    const std::size_t blocks = std::min<std::size_t>(options.runs, 16);
    const auto simulate_block = [&](std::size_t block) {
        detail::BlockTally sums;
        sums.cases.resize(cases.size());
        std::vector<detail::World> worlds;
        for (const auto& plan : plans)
            worlds.emplace_back(model, plan, detail::World::Clock{options.warm_up, options.periods, options.seed});
        OrderDrawer drawer(model, options.days_per_period, options.seed);
        std::vector<std::int32_t> counts(regions * horizon * std::min(group, std::max<std::size_t>(products, 1)));
        std::vector<std::int32_t> units(regions);
        std::vector<Order> orders;
        for (std::size_t run = block * options.runs / blocks; run < (block + 1) * options.runs / blocks; ++run) {
            std::vector<detail::RunTally> tallies(cases.size(), detail::RunTally(net, options.periods));
            std::uint64_t served = 0;
            for (std::size_t first = 0; first < products; first += group) {
                if (const auto reason = context.stop_reason()) stopped.store(static_cast<int>(*reason));
                if (stopped.load() >= 0) return sums;
                const std::size_t last = std::min(products, first + group);
                std::fill(counts.begin(), counts.end(), 0);
                for (std::size_t k = first; k < last; ++k)
                    demand(static_cast<std::int32_t>(k), run,
                           std::span(counts).subspan((k - first) * regions * horizon, regions * horizon));
                for (auto& world : worlds) world.start(first, last, run, flow);
                for (std::size_t t = 0; t < horizon; ++t) {
                    orders.clear();
                    for (std::size_t k = first; k < last; ++k) {
                        for (std::size_t r = 0; r < regions; ++r)
                            units[r] = counts[((k - first) * regions + r) * horizon + t];
                        drawer.draw(static_cast<std::int32_t>(k), static_cast<std::int32_t>(k - first), run, t, units, orders);
                    }
                    drawer.sort(orders);
                    served += orders.size() * cases.size();
                    for (std::size_t c = 0; c < worlds.size(); ++c) worlds[c].step(t, orders, tallies[c]);
                }
                for (std::size_t c = 0; c < worlds.size(); ++c) worlds[c].finish(tallies[c]);
            }
            for (std::size_t c = 0; c < cases.size(); ++c) {
                detail::write_metrics(tallies[c], capacity[c], plans[c].periods(), options.periods,
                                      std::span(result.cases[c].metrics).subspan(run * width, width));
                detail::add_up(sums.cases[c].out, tallies[c].out);
                detail::add_up(sums.cases[c].lane_units, tallies[c].lane_units);
                detail::add_up(sums.cases[c].on_hand, tallies[c].on_hand);
                detail::add_up(sums.cases[c].volume, tallies[c].volume);
            }
            done[run] = 1;
            orders_served += served;
        }
        return sums;
    };
    const auto merge = [](detail::BlockTally& into, const detail::BlockTally& from) {
        for (std::size_t c = 0; c < into.cases.size(); ++c) {
            detail::add_up(into.cases[c].out, from.cases[c].out);
            detail::add_up(into.cases[c].lane_units, from.cases[c].lane_units);
            detail::add_up(into.cases[c].on_hand, from.cases[c].on_hand);
            detail::add_up(into.cases[c].volume, from.cases[c].volume);
        }
    };
    const auto sums = core::parallel_reduce<detail::BlockTally>(blocks, options.threads, simulate_block, merge);

    // Runs that a stop left unfinished are dropped.
    for (std::size_t run = 0; run < options.runs; ++run) {
        if (done[run] == 0) continue;
        for (auto& one : result.cases)
            std::copy_n(one.metrics.begin() + static_cast<std::ptrdiff_t>(run * width), width,
                        one.metrics.begin() + static_cast<std::ptrdiff_t>(result.runs * width));
        ++result.runs;
    }
    if (stopped.load() >= 0) result.status = static_cast<core::Status>(stopped.load());
    const auto scaled = [](const auto& values, double by) {
        std::vector<double> means(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) means[i] = static_cast<double>(values[i]) * by;
        return means;
    };
    for (std::size_t c = 0; c < cases.size(); ++c) {
        auto& one = result.cases[c];
        one.metrics.resize(result.runs * width);
        const double by_run = result.runs == 0 ? 0.0 : 1.0 / static_cast<double>(result.runs);
        const double by_period = by_run / static_cast<double>(options.periods);
        one.on_hand = scaled(sums.cases[c].on_hand, by_period);
        one.shipped = scaled(sums.cases[c].out, by_period);
        one.lane_flow = scaled(sums.cases[c].lane_units, by_period);
        one.volume = scaled(sums.cases[c].volume, by_run);
    }
    result.orders = orders_served.load();
    result.node_periods = static_cast<std::uint64_t>(result.runs) * cases.size() * products * model.nodes.size() * horizon;
    result.seconds = watch.seconds();
    return result;
}

}  // namespace meio::simulation
