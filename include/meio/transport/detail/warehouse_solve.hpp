// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/arc_result.hpp>
#include <meio/transport/arcs.hpp>
#include <meio/transport/detail/input.hpp>
#include <meio/transport/detail/settle.hpp>
#include <meio/transport/detail/warehouse_basis.hpp>
#include <meio/transport/detail/warehouse_certificate.hpp>
#include <meio/transport/detail/warehouse_cuts.hpp>
#include <meio/transport/detail/warehouse_duals.hpp>
#include <meio/transport/detail/warehouse_exact.hpp>
#include <meio/transport/detail/warehouse_prices.hpp>
#include <meio/transport/detail/warehouse_simplex.hpp>
#include <meio/transport/detail/warehouse_start.hpp>
#include <meio/transport/options.hpp>

namespace meio::transport::detail {

/// One solve: the caller's problem, the kernel's view of it, and what the result needs from both.
template <bool Bounded>
class ArcSolve {
public:
    ArcSolve(const ArcProblem& problem, const Options& options, const CostSummary& summary)
        : problem_(problem), options_(options), summary_(summary) {
        demand_ = std::accumulate(problem.demand.begin(), problem.demand.end(), 0.0);
        // An unlimited source gets more than all demand: its constraint can never bind.
        limited_.assign(problem.supply.begin(), problem.supply.end());
        limit_supply(options, problem.demand, limited_);
        total_ = std::max(demand_, std::accumulate(limited_.begin(), limited_.end(), 0.0));
        whole_ = 2 * total_ < 0x1p53 && all_whole(limited_) && all_whole(problem.demand) && all_whole(problem.capacities);
        share_ = whole_ ? 0.0 : options.balance_tolerance;
        given_ = view();
        given_.costs = problem.costs.data();
        find_ray();
        given_.overflow_prices = overflow_.empty() ? nullptr : overflow_.data();
        caps_ = price_caps();
        work_ = given_;
        if (dwarfed_ || closed_arcs()) copy_prices();
    }

    ArcResult run(const core::Context& context, const ArcBasis* start) {
        ArcResult r;
        r.kernel = Kernel::warehouse;
        mask(caps_[0]);
        WarehouseSimplex<Bounded> kernel(work_, settings(caps_[0]));
        const auto stopped = begin(kernel, start, context);
        for (std::size_t k = 0;; ++k) {
            if (k > 0) {
                mask(caps_[k]);
                const auto s = settings(caps_[k]);
                kernel.set_scale(s.largest, s.integral);
            }
            r.status = stopped ? *stopped : kernel.run(context);
            if (r.status != core::Status::optimal && r.status != core::Status::infeasible) break;
            if (!whole_) recompute_flows(work_, kernel.tree(), true);
            if (r.status == core::Status::optimal) settle_duals(work_, kernel.tree(), r.supply_duals, r.demand_duals);
            if (k + 1 == caps_.size()) break;
            if (r.status == core::Status::optimal && !dearer_improves(r, caps_[k])) break;
        }
        r.pivots = kernel.pivots();
        finish(kernel, r);
        return r;
    }

private:
    static constexpr int sample_rounds = 6;
    static constexpr int full_rounds = 5;

    [[nodiscard]] WarehouseProblem view() const {
        WarehouseProblem w;
        w.sources = problem_.sources;
        w.destinations = problem_.destinations();
        w.offsets = problem_.offsets.data();
        w.ids = problem_.source_ids.data();
        w.capacities = Bounded ? problem_.capacities.data() : nullptr;
        w.supply = limited_.data();
        w.demand = problem_.demand.data();
        w.shortage_prices = problem_.shortage_prices.empty() ? nullptr : problem_.shortage_prices.data();
        w.supply_exact = options_.supply == Relation::exactly;
        w.demand_at_least = options_.demand == Relation::at_least;
        return w;
    }

    // Overflow into surplus along an uncapacitated arc of negative total cost is the only way to be unbounded. Its price
    // is raised until the problem is bounded, to learn whether it is feasible.
    void find_ray() {
        overflow_.assign(problem_.overflow_prices.begin(), problem_.overflow_prices.end());
        if (overflow_.empty() || options_.demand != Relation::at_least) return;
        for (std::size_t j = 0; j < given_.destinations; ++j)
            for (std::int64_t e = given_.offsets[j]; e < given_.offsets[j + 1]; ++e) {
                const std::int32_t i = given_.ids[e];
                double& price = overflow_[static_cast<std::size_t>(i)];
                if (Bounded && given_.capacities[e] < std::numeric_limits<double>::infinity()) continue;
                if (!(price < -given_.costs[e])) continue;
                price = -given_.costs[e];
                ray_ = {i, static_cast<std::int32_t>(j), 1.0};
            }
    }

    [[nodiscard]] bool closed_arcs() const {
        return std::any_of(problem_.capacities.begin(), problem_.capacities.end(), [](double c) { return c == 0; });
    }

    // As `cost_caps`, over costs and prices together.
    [[nodiscard]] std::vector<double> price_caps() {
        prices_ = summarize(problem_.shortage_prices);
        const CostSummary over = summarize(overflow_);
        prices_.largest = std::max(prices_.largest, over.largest);
        prices_.smallest = std::min(prices_.smallest, over.smallest);
        prices_.integral = prices_.integral && over.integral;
        CostSummary all = summary_;
        all.largest = std::max(all.largest, prices_.largest);
        all.smallest = std::min(all.smallest, prices_.smallest);
        if (all.largest <= 1e9 * all.smallest) return {all.largest};
        dwarfed_ = true;
        std::vector<double> values(problem_.costs.begin(), problem_.costs.end());
        values.insert(values.end(), problem_.shortage_prices.begin(), problem_.shortage_prices.end());
        values.insert(values.end(), overflow_.begin(), overflow_.end());
        // Sizes, so that the gap above costs which are all negative is seen too.
        for (double& c : values) c = std::abs(c);
        return cost_caps(values, all);
    }

    void copy_prices() {
        costs_.resize(problem_.costs.size());
        shortage_.resize(problem_.shortage_prices.size());
        masked_overflow_.resize(overflow_.size());
        work_.costs = costs_.data();
        if (!shortage_.empty()) work_.shortage_prices = shortage_.data();
        if (!masked_overflow_.empty()) work_.overflow_prices = masked_overflow_.data();
    }

    // Closes what is dearer than the cap, and arcs without capacity.
    void mask(double cap) {
        if (work_.costs == given_.costs) return;
        constexpr double infinity = std::numeric_limits<double>::infinity();
        const auto close = [&](std::span<const double> from, std::vector<double>& to) {
            std::transform(from.begin(), from.end(), to.begin(), [&](double c) { return c <= cap ? c : infinity; });
        };
        close(problem_.costs, costs_);
        close(problem_.shortage_prices, shortage_);
        close(overflow_, masked_overflow_);
        for (std::size_t e = 0; e < problem_.capacities.size(); ++e)
            if (problem_.capacities[e] == 0) costs_[e] = infinity;
        if (!dwarfed_) return;
        for (std::size_t j = 0; j < given_.destinations; ++j)
            for (std::int64_t e = given_.offsets[j]; e < given_.offsets[j + 1]; ++e)
                if (!can_receive(j) || !can_send(static_cast<std::size_t>(given_.ids[e]))) costs_[static_cast<std::size_t>(e)] = infinity;
    }

    // Nodes without mass stay out where costs differ by orders, or an arc at -1e300 would cost the others digits.
    [[nodiscard]] bool can_send(std::size_t i) const {
        return limited_[i] > 0 || (!overflow_.empty() && overflow_[i] < std::numeric_limits<double>::infinity());
    }
    [[nodiscard]] bool can_receive(std::size_t j) const { return given_.demand[j] > 0 || given_.demand_at_least; }

    // Gives them the tightest duals that hold in spite of rounding.
    void tighten(ArcResult& r) const {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        std::vector<double> least(given_.sources, given_.supply_exact ? infinity : 0.0);
        for (std::size_t j = 0; j < given_.destinations; ++j) {
            double v = given_.shortage_prices == nullptr ? infinity : given_.shortage_prices[j];
            for (std::int64_t e = given_.offsets[j]; e < given_.offsets[j + 1]; ++e) {
                const auto i = static_cast<std::size_t>(given_.ids[e]);
                if (can_send(i)) v = std::min(v, given_.costs[e] - r.supply_duals[i]);
            }
            if (!can_receive(j) && v < infinity) r.demand_duals[j] = v - 0x1p-50 * std::abs(v);
            for (std::int64_t e = given_.offsets[j]; e < given_.offsets[j + 1]; ++e) {
                double& u = least[static_cast<std::size_t>(given_.ids[e])];
                u = std::min(u, given_.costs[e] - r.demand_duals[j]);
            }
        }
        for (std::size_t i = 0; i < given_.sources; ++i)
            if (!can_send(i) && least[i] < infinity) r.supply_duals[i] = least[i] - 0x1p-50 * std::abs(least[i]);
    }

    [[nodiscard]] typename WarehouseSimplex<Bounded>::Settings settings(double cap) const {
        typename WarehouseSimplex<Bounded>::Settings s;
        s.largest = cap;
        if (dwarfed_) {
            s.largest = 0;
            for (const auto* values : {&costs_, &shortage_, &masked_overflow_})
                for (const double c : *values)
                    if (c < std::numeric_limits<double>::infinity()) s.largest = std::max(s.largest, std::abs(c));
        }
        s.integral = summary_.integral && prices_.integral && s.largest * 16 * (static_cast<double>(given_.sources) + 4) < 0x1p50;
        s.tolerance = share_ * amounts();
        s.max_pivots = options_.max_pivots;
        return s;
    }

    [[nodiscard]] double amounts() const { return options_.supply == Relation::at_most ? demand_ : total_; }

    // Makes the first tree; says why where it was stopped, with nothing shipped.
    std::optional<core::Status> begin(WarehouseSimplex<Bounded>& kernel, const ArcBasis* start, const core::Context& context) {
        WarehouseTree<Bounded>& tree = kernel.tree();
        if (start != nullptr && restore_basis(work_, *start, tree)) return std::nullopt;
        std::fill(tree.full().begin(), tree.full().end(), std::uint8_t{0});
        PriceNewton newton(work_);
        const bool priced = start != nullptr && start->prices.size() == given_.sources &&
                            std::all_of(start->prices.begin(), start->prices.end(), [](double x) { return std::abs(x) < 1e300; });
        if (priced) newton.set_prices(start->prices);
        std::vector<std::int32_t> choice;
        std::vector<float> margin;
        std::optional<core::Status> reason = context.stop_reason();
        const auto stop = [&] { return (reason = context.stop_reason()).has_value(); };
        if (!reason) newton.sample_rounds(priced ? 0 : sample_rounds);
        const bool placed = !reason && newton.full_rounds(full_rounds, choice, margin, stop);
        start_ = newton.price();
        Placement<Bounded> placement(work_, start_, tree);
        if (!placed) {
            placement.run_empty();
        } else if constexpr (Bounded) {
            placement.run_split();
        } else {
            placement.run(choice, margin, 2 * newton.window());
            kernel.set_margins(std::move(margin), start_, choice);
        }
        return reason;
    }

    [[nodiscard]] bool dearer_improves(const ArcResult& r, double cap) const {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        for (std::size_t j = 0; j < given_.destinations; ++j) {
            if (given_.shortage_prices != nullptr && given_.shortage_prices[j] > cap && given_.shortage_prices[j] < r.demand_duals[j]) return true;
            for (std::int64_t e = given_.offsets[j]; e < given_.offsets[j + 1]; ++e)
                if (given_.costs[e] > cap && given_.costs[e] < infinity &&
                    given_.costs[e] - r.supply_duals[static_cast<std::size_t>(given_.ids[e])] - r.demand_duals[j] < 0)
                    return true;
        }
        for (std::size_t i = 0; i < overflow_.size(); ++i)
            if (overflow_[i] > cap && -overflow_[i] > r.supply_duals[i]) return true;
        return false;
    }

    void finish(WarehouseSimplex<Bounded>& kernel, ArcResult& r) {
        WarehouseTree<Bounded>& tree = kernel.tree();
        ArcFlows<Bounded> flows(given_, tree);
        flows.unpack(r);
        if (r.status != core::Status::optimal) raw_duals(work_, tree, r.supply_duals, r.demand_duals);
        else if (dwarfed_) tighten(r);
        const double plain_gap = certify_arcs(given_, {flows.shipped(), flows.received(), flows.by_arc(), flows.turnover()}, r);
        if (r.status != core::Status::optimal && r.status != core::Status::infeasible) {  // prices on the way may prove less
            r.bound = std::max(r.bound, RelaxedBound(given_, {r.supply_duals, start_, std::span<const double>()}).value());
            r.certificate.gap = std::abs(r.objective - r.bound) / std::max({std::abs(r.objective), flows.turnover(), 1e-300});
        }
        if (doubtful(r, plain_gap)) (void)solve_exactly(given_, share_, r);
        if (r.status == core::Status::optimal) {
            r.bound = std::min(r.bound, r.objective);
            const double moved = std::accumulate(flows.shipped().begin(), flows.shipped().end(), 0.0);
            if (!proves_optimum(r.certificate, share_ * amounts(), moved)) r.status = core::Status::stalled;
            if (ray_.source >= 0 && r.status == core::Status::optimal) {
                r.status = core::Status::unbounded;
                r.ray = ray_;
                r.bound = -std::numeric_limits<double>::infinity();
            }
        }
        if (r.status == core::Status::infeasible) {
            find_arc_cuts(given_, flows.by_arc(), flows.shipped(), flows.received(), whole_ ? 0.0 : 0x1p-40 * total_, r);
            r.bound = r.certificate.gap = std::numeric_limits<double>::infinity();
        }
        if (!std::isfinite(r.objective)) r.status = core::Status::numerical_error;
        r.basis.prices = r.supply_duals;
        r.basis.full = tree.full();
        r.basis.slots = tree.slots();
        for (const auto& s : tree.sources()) {
            r.basis.source_parents.push_back(s.parent);
            r.basis.source_slots.push_back(s.slot);
        }
        r.basis.source_parents.pop_back();
        r.basis.source_slots.pop_back();
    }

    const ArcProblem& problem_;
    const Options& options_;
    CostSummary summary_;
    CostSummary prices_;
    std::vector<double> limited_, overflow_, costs_, shortage_, masked_overflow_, caps_, start_;
    WarehouseProblem given_;  ///< as the caller has it
    WarehouseProblem work_;   ///< as the kernel sees it: without what is too dear for now
    Shipment ray_;
    double total_ = 0, demand_ = 0, share_ = 0;  ///< `share_`: of demand, what may stay unserved as rounding
    bool whole_ = false, dwarfed_ = false;  ///< whole amounts; costs that differ by many orders
};

}  // namespace meio::transport::detail
