// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/simulation/detail/compiled_case.hpp>
#include <meio/simulation/detail/tally.hpp>
#include <meio/simulation/lead_time.hpp>
#include <meio/simulation/model.hpp>
#include <meio/simulation/orders.hpp>
#include <meio/simulation/rationing.hpp>

namespace meio::simulation::detail {

/// The stock of a group of products in one case and one run, period by period.
class World {
public:
    struct Clock {
        std::size_t warm_up = 0;
        std::size_t periods = 0;  // measured
        std::uint64_t seed = 0;
    };

    World(const Model& model, const CompiledCase& plan, const Clock& clock)
        : model_(model), net_(*model.network), plan_(plan), clock_(clock), nodes_(model.nodes.size()),
          scores_(model.options.size()), lane_left_(net_.lanes.size()), out_left_(net_.facilities.size()),
          in_left_(net_.facilities.size()) {}

    /// Starts the group `first .. last - 1` of products at its levels. `flow` [product x node]: expected units a period
    /// into each node, which fill the pipelines; empty: everything is on hand.
    void start(std::size_t first, std::size_t last, std::uint64_t run, std::span<const double> flow) {
        first_ = first;
        count_ = last - first;
        run_ = run;
        const std::size_t size = count_ * nodes_;
        on_hand_.assign(size, 0);
        transit_.assign(size, 0);
        position_.assign(size, 0);
        waiting_by_speed_.assign(size * net_.speeds.size(), 0);
        if (pipeline_.size() < size) pipeline_.resize(size);
        if (queue_.size() < size) queue_.resize(size);
        for (std::size_t i = 0; i < size; ++i) {
            pipeline_[i].clear();
            queue_[i].clear();
        }
        tally_.assign(count_, ProductTally{});
        for (std::size_t g = 0; g < count_; ++g)
            for (std::size_t n = 0; n < nodes_; ++n) fill(g, n, flow);
    }

    /// One period: receive and replenish from the top down, serve who waits, then the orders one by one.
    void step(std::size_t t, std::span<const Order> orders, RunTally& run) {
        measured_ = t >= clock_.warm_up;
        if (t == clock_.warm_up) account(run.opening, run.opening_backlog);
        now_ = static_cast<std::int32_t>(t);
        open_capacities();
        replenish(run);
        serve_waiting(run);
        const std::size_t plan_period = target(0);
        for (const Order& order : orders) serve(order, plan_period, run);
        if (measured_) close(t - clock_.warm_up, run);
        if (t + 1 == clock_.warm_up + clock_.periods) account(run.closing, run.closing_backlog);
    }

    /// Adds the group's money to the run. Call once, after the last period.
    void finish(RunTally& run) const {
        for (std::size_t g = 0; g < count_; ++g) run.add(tally_[g], net_.products[first_ + g]);
    }

private:
    static constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max() / 4;

    struct Shipment {
        std::int32_t due;
        std::int64_t units;
    };
    struct Request {
        std::size_t slot;
        std::size_t node;
    };
    // Options (rows of Model::options) of the customers who wait at a node for a product, first come first served.
    struct Queue {
        std::vector<std::uint32_t> option{};
        std::size_t head = 0;
        [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(option.size() - head); }
        void clear() {
            option.clear();
            head = 0;
        }
        std::uint32_t pop() {
            const std::uint32_t first = option[head++];
            if (head == option.size()) clear();
            return first;
        }
    };

    static std::int64_t room(double capacity) {
        return capacity < static_cast<double>(endless) ? static_cast<std::int64_t>(std::max(0.0, std::floor(capacity + 1e-9)))
                                                       : endless;
    }

    // The planning period served by what arrives `lead` periods from now.
    [[nodiscard]] std::size_t target(double lead) const {
        const auto at = static_cast<std::int64_t>(now_) - static_cast<std::int64_t>(clock_.warm_up) + std::llround(lead);
        return static_cast<std::size_t>(std::clamp<std::int64_t>(at, 0, static_cast<std::int64_t>(plan_.periods()) - 1));
    }

    void fill(std::size_t g, std::size_t n, std::span<const double> flow) {
        const StockNode& node = model_.nodes[n];
        const std::size_t k = first_ + g;
        std::int64_t own = plan_.level(k, n, 0);
        for (const std::int32_t child : node.children) own -= plan_.level(k, static_cast<std::size_t>(child), 0);
        const std::size_t i = g * nodes_ + n;
        const double rate = flow.empty() ? 0.0 : flow[k * nodes_ + n];
        // Steady: the period before, customers took a period's demand that is ordered only now.
        if (!node.feeds) own -= std::llround(rate);
        own = std::max<std::int64_t>(own, 0);
        const auto lead = static_cast<std::int32_t>(std::lround(node.lead_time));
        std::int64_t sent = 0;
        for (std::int32_t due = 0; due < lead && rate > 0; ++due) {
            const std::int64_t units =
                std::min(own, static_cast<std::int64_t>(std::floor((due + 1) * rate + 0.5)) - sent);
            if (units <= 0) continue;
            pipeline_[i].push_back({due, units});
            transit_[i] += units;
            sent += units;
            own -= units;
        }
        on_hand_[i] = own;
    }

    void account(std::int64_t& stock, std::int64_t& backlog) const {
        for (std::size_t i = 0; i < count_ * nodes_; ++i) {
            stock += on_hand_[i] + transit_[i];
            backlog += queue_[i].size();
        }
    }

    void open_capacities() {
        for (std::size_t l = 0; l < lane_left_.size(); ++l) lane_left_[l] = room(net_.lanes[l].capacity);
        for (std::size_t f = 0; f < out_left_.size(); ++f) {
            out_left_[f] = room(net_.facilities[f].outbound);
            in_left_[f] = room(net_.facilities[f].inbound);
        }
    }

    [[nodiscard]] std::int64_t shortfall(std::size_t g, std::size_t n) const {
        const std::size_t aim = target(model_.nodes[n].lead_time);
        return std::max<std::int64_t>(0, plan_.level(first_ + g, n, aim) - position_[g * nodes_ + n]);
    }

    void replenish(RunTally& run) {
        for (std::size_t g = 0; g < count_; ++g)
            for (std::size_t n = nodes_; n-- > 0;) {
                const std::size_t i = g * nodes_ + n;
                std::int64_t position = on_hand_[i] + transit_[i] - queue_[i].size();
                for (const std::int32_t child : model_.nodes[n].children)
                    position += position_[g * nodes_ + static_cast<std::size_t>(child)];
                position_[i] = position;
            }
        for (std::size_t f = 0; f < net_.facilities.size(); ++f) {
            if (!net_.facilities[f].supplier) continue;
            requests_.clear();
            wants_.clear();
            for (std::size_t g = 0; g < count_; ++g)
                for (std::size_t n = 0; n < nodes_; ++n)
                    if (model_.nodes[n].supplier == static_cast<std::int32_t>(f)) request(g, n, shortfall(g, n));
            dispatch(f, run);
        }
        for (std::size_t n = 0; n < nodes_; ++n) {
            receive(n);
            if (model_.nodes[n].feeds) allocate(n, run);
        }
    }

    void request(std::size_t g, std::size_t n, std::int64_t units) {
        if (units <= 0) return;
        requests_.push_back({g, n});
        wants_.push_back(units);
    }

    // What is on hand goes to the nodes below.
    void allocate(std::size_t n, RunTally& run) {
        const auto& children = model_.nodes[n].children;
        requests_.clear();
        wants_.clear();
        for (std::size_t g = 0; g < count_; ++g) {
            const std::int64_t stock = on_hand_[g * nodes_ + n];
            if (stock <= 0) continue;
            share_.clear();
            for (const std::int32_t child : children) share_.push_back(shortfall(g, static_cast<std::size_t>(child)));
            if (plan_.rationing() == Rationing::proportional) {
                ration(share_, stock);
            } else {
                goal_.clear();
                state_.clear();
                for (const std::int32_t child : children) {
                    const auto c = static_cast<std::size_t>(child);
                    goal_.push_back(plan_.level(first_ + g, c, target(model_.nodes[c].lead_time)));
                    state_.push_back(position_[g * nodes_ + c]);
                }
                ration_balanced(share_, state_, goal_, stock);
            }
            for (std::size_t c = 0; c < children.size(); ++c) {
                const auto child = static_cast<std::size_t>(children[c]);
                if (model_.nodes[child].lane >= 0) {
                    request(g, child, share_[c]);
                } else {  // the same building
                    on_hand_[g * nodes_ + n] -= share_[c];
                    on_hand_[g * nodes_ + child] += share_[c];
                }
            }
        }
        dispatch(static_cast<std::size_t>(model_.nodes[n].facility), run);
    }

    // Cuts `some` of the wants (those picked) down to a shared room.
    template <class Pick>
    void cut(std::int64_t available, Pick&& pick) {
        if (available >= endless) return;
        share_.clear();
        for (std::size_t r = 0; r < requests_.size(); ++r)
            if (pick(r)) share_.push_back(wants_[r]);
        ration(share_, available);
        for (std::size_t r = 0, s = 0; r < requests_.size(); ++r)
            if (pick(r)) wants_[r] = share_[s++];
    }

    void dispatch(std::size_t source, RunTally& run);
    void receive(std::size_t n);
    void serve_waiting(RunTally& run);
    void serve(const Order& order, std::size_t plan_period, RunTally& run);
    void close(std::size_t period, RunTally& run);

    const Model& model_;
    const network::SupplyNetwork& net_;
    const CompiledCase& plan_;
    Clock clock_;
    std::size_t nodes_;
    std::size_t first_ = 0;
    std::size_t count_ = 0;
    std::uint64_t run_ = 0;
    std::int32_t now_ = 0;
    bool measured_ = false;
    std::vector<std::int64_t> on_hand_{}, transit_{}, position_{};  // product of the group x node
    std::vector<std::int64_t> waiting_by_speed_{};                  // product of the group x node x speed
    std::vector<std::vector<Shipment>> pipeline_{};
    std::vector<Queue> queue_{};
    std::vector<ProductTally> tally_{};
    std::vector<double> scores_;
    std::vector<network::ServiceOption> open_{};
    std::vector<std::uint32_t> rows_{};
    std::vector<Request> requests_{};
    std::vector<std::int64_t> wants_{}, share_{}, goal_{}, state_{};
    std::vector<std::int64_t> lane_left_, out_left_, in_left_;
};

}  // namespace meio::simulation::detail

#include <meio/simulation/detail/world_steps.hpp>
