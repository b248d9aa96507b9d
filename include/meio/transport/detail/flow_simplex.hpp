// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/detail/flow_tree.hpp>
#include <meio/transport/detail/flow_walks.hpp>
#include <meio/transport/flow_basis.hpp>
#include <meio/transport/flow_problem.hpp>

namespace meio::transport::detail {

/// Primal network simplex on a general network. Lower bounds are shifted away; unrouted units run over artificial arcs
/// that are ranked before money, so no big number enters. Entering arcs come from scans of a few chunks of arcs all over
/// the network and a short list of the best they found; before a pivot the exact cost of the cycle decides.
class FlowSimplex {
public:
    struct Settings {
        bool exact = false;           ///< sums of costs are exact: no tolerance
        bool lifted = false;          ///< a lower bound is not 0
        double largest_cost = 0;      ///< |c|
        double tolerance = 0;         ///< unrouted units that count as rounding where nothing better is found
        double rounding = 0;          ///< unrouted units that count as rounding at once
    };

    /// `costs` may differ from those of the problem; all must outlive the kernel.
    FlowSimplex(const FlowProblem& problem, std::span<const double> costs, const Settings& settings,
                const FlowBasis* start, const core::Context& context)
        : in_(problem), costs_(costs), settings_(settings), start_(start), context_(context), real_arcs_(problem.arcs()),
          tree_(problem.nodes), money_(problem.nodes + 1), artificial_(problem.nodes + 1), price_(problem.nodes + 1),
          slack_(problem.nodes, -1) {}

    /// `optimal`, `infeasible`, `unbounded` (see `ray`), or why it stopped early.
    core::Status run(std::int64_t max_pivots);

    /// Whether `run` ended because the start looks worse than none.
    [[nodiscard]] bool gave_up() const { return gave_up_; }

    [[nodiscard]] std::int64_t pivots() const { return pivots_; }

    [[nodiscard]] double unrouted() const {
        if (built_) return tree_.unrouted();
        double total = 0;
        const std::vector<double> net = surplus();
        for (std::size_t i = 0; i < in_.nodes; ++i)
            if (net[i] < 0 || !in_.may_keep(i)) total += std::abs(net[i]);
        return total;
    }

    [[nodiscard]] const std::vector<std::int32_t>& ray() const { return ray_; }

    /// Flows by arc, within their bounds; recomputed from the tree unless `as_kept`, to shed accumulated rounding.
    [[nodiscard]] std::vector<double> flows(bool as_kept) const;

    /// Potentials that are right for money alone: where a unit more cannot be routed at all, its price is made as high as
    /// the arcs ask for.
    [[nodiscard]] std::vector<double> potentials();

    /// Potentials that prove a bound however early the search has ended: `FlowWalks` for a part of the time spent so far.
    [[nodiscard]] std::vector<double> walk_potentials() {
        constexpr std::int64_t least = 2;
        constexpr std::int64_t most = 30000000;
        const auto arcs = static_cast<std::int64_t>(std::max<std::size_t>(real_arcs_, 1));
        const std::int64_t sweeps = std::max(least, std::min(most, work_ / 8) / arcs);
        if (!walks_) walks_.emplace(in_, settings_.lifted);
        while (walks_->sweeps() < sweeps && walks_->sweep()) {
        }
        return walks_->potentials();
    }

    [[nodiscard]] FlowBasis basis() const {
        FlowBasis basis;
        if (!built_) return start_ != nullptr ? *start_ : basis;
        basis.parent_arcs.resize(in_.nodes);
        for (std::size_t x = 0; x < in_.nodes; ++x) {
            const std::int32_t arc = tree_.arc(static_cast<std::int32_t>(x));
            basis.parent_arcs[x] = arc >= 0 && index(arc) < real_arcs_ ? arc : -1;
        }
        basis.at_upper.resize(real_arcs_);
        for (std::size_t a = 0; a < real_arcs_; ++a) basis.at_upper[a] = side_[a] < 0;
        return basis;
    }

private:
    struct Arc {
        std::int32_t from, to;
        double cost;
    };

    struct Candidate {
        double key = 0;         ///< reduced cost, negative
        std::int32_t arc = -1;
    };

    static std::size_t index(std::int32_t x) { return static_cast<std::size_t>(x); }
    [[nodiscard]] double range(std::size_t a) const {
        if (a >= real_arcs_ || in_.upper.empty()) return std::numeric_limits<double>::infinity();
        return in_.upper[a] - in_.lower_bound(a);
    }
    [[nodiscard]] bool upward(std::int32_t arc, std::int32_t x) const { return arcs_[index(arc)].from == x; }

    // Units each node has to get rid of through the tree: supplies, less lower bounds and arcs at their upper bounds.
    [[nodiscard]] std::vector<double> surplus() const {
        std::vector<double> net(in_.nodes + 1, 0.0);
        for (std::size_t i = 0; i < in_.nodes; ++i) net[i] = in_.supply_of(i);
        if (!settings_.lifted && (in_.upper.empty() || (start_ == nullptr && pivots_ == 0))) return net;
        for (std::size_t a = 0; a < real_arcs_; ++a) {
            const double flow = built_ && side_[a] < 0 ? in_.upper[a] : in_.lower_bound(a);
            if (flow == 0 || in_.from[a] == in_.to[a]) continue;
            net[index(in_.from[a])] -= flow;
            net[index(in_.to[a])] += flow;
        }
        return net;
    }

    // Parts the arcs into chunks of a size. A scan looks at chunks all over the network, `scan_` sqrt(arcs) arcs in all.
    void part(std::size_t chunk) {
        chunk_ = chunk;
        chunks_ = (arcs_.size() + chunk_ - 1) / chunk_;
        block_ = std::max<std::size_t>(1, static_cast<std::size_t>(scan_ * std::sqrt(static_cast<double>(arcs_.size()))) / chunk_);
        stride_ = static_cast<std::size_t>(0.618 * static_cast<double>(chunks_)) + 1;
        while (std::gcd(stride_, chunks_) > 1) ++stride_;
        if (chunks_ > 0) stride_ %= std::max<std::size_t>(chunks_, 2);
        next_chunk_ = 0;
    }

    // Counts work (arcs priced, nodes moved) and looks at the context about every millisecond of it. True: stop.
    bool stops_after(std::size_t work) {
        constexpr std::int64_t often = 1 << 18;
        work_ += static_cast<std::int64_t>(work);
        if (work_ >= next_stop_look_ && !stopped_) {
            next_stop_look_ = work_ + often;
            stopped_ = context_.stop_reason();
        }
        return stopped_.has_value();
    }

    // Calls visit(a) for all arcs of the problem but where a stop comes first. True: stop.
    template <class Visit>
    bool for_arcs_until_stop(Visit&& visit) {
        constexpr std::size_t block = 1 << 16;
        for (std::size_t begin = 0; begin < real_arcs_; begin += block) {
            const std::size_t end = std::min(begin + block, real_arcs_);
            for (std::size_t a = begin; a < end; ++a) visit(a);
            if (stops_after(end - begin)) return true;
        }
        return stopped_.has_value();
    }

    void set_up();
    void build();
    void hang(std::int32_t x, double surplus);
    void reprice();
    void drop_artificials();
    template <bool lexicographic>
    std::int32_t find_candidate();
    bool enter(std::int32_t arc);
    bool enter_any();
    void enter_cheapest();
    core::Status search(std::int64_t max_pivots);

    // Reduced cost of the arc as seen from the bound it is at.
    template <bool lexicographic>
    [[nodiscard]] double price(std::size_t a) const {
        const Arc& arc = arcs_[a];
        const double side = side_[a];
        const std::size_t u = index(arc.from);
        const std::size_t v = index(arc.to);
        if constexpr (!lexicographic) return side * (arc.cost - price_[u] + price_[v]);
        const int count = artificial_[v] - artificial_[u];
        return side * (count != 0 ? count * 1e307 : arc.cost - money_[u] + money_[v]);
    }

    // Asks for the arcs of a chunk before they are needed: the hardware does not guess where a scan goes next.
    void fetch(std::size_t begin) const {
#if defined(__GNUC__)
        if (begin >= arcs_.size()) return;
        constexpr std::size_t line = 64;
        const char* const first = reinterpret_cast<const char*>(arcs_.data() + begin);
        const std::size_t bytes = std::min(chunk_, arcs_.size() - begin) * sizeof(Arc);
        for (std::size_t k = 0; k < bytes; k += line) __builtin_prefetch(first + k);
        __builtin_prefetch(side_.data() + begin);
#else
        (void)begin;
#endif
    }

    // Whether a negative `price` is worth a pivot.
    [[nodiscard]] bool attractive(std::size_t a, double key) const {
        if (!(key < 0)) return false;
        const Arc& arc = arcs_[a];
        const std::size_t u = index(arc.from);
        const std::size_t v = index(arc.to);
        const auto beyond = [&](double reduced, double p, double q) {
            return settings_.exact ? reduced < 0 : reduced < -rounding_share * (std::abs(arc.cost) + std::abs(p) + std::abs(q));
        };
        if (!lexicographic_) return beyond(key, price_[u], price_[v]);
        const int count = side_[a] * (artificial_[v] - artificial_[u]);
        if (count != 0 || money_ignored_) return count < 0;
        return beyond(side_[a] * (arc.cost - money_[u] + money_[v]), money_[u], money_[v]);
    }

    static constexpr double rounding_share = 1e-12;

    const FlowProblem& in_;
    std::span<const double> costs_;
    Settings settings_;
    const FlowBasis* start_;
    const core::Context& context_;
    std::optional<core::Status> stopped_;
    std::int64_t work_ = 0;
    std::int64_t next_stop_look_ = 0;     // in work
    std::int64_t next_sweep_ = 100000000; // of `walks_`, in work: not before the search takes about a second
    std::optional<FlowWalks> walks_;
    std::size_t real_arcs_;
    bool built_ = false;
    FlowTree tree_;
    std::vector<Arc> arcs_;               // those of the problem, then one to the root for each node that may keep units
    std::vector<std::int8_t> side_;       // 1 at the lower bound, -1 at the upper, 0 in the tree or fixed
    std::vector<double> money_;           // potentials, in two parts
    std::vector<std::int8_t> artificial_;
    std::vector<double> price_;           // both in one number, to price with
    std::vector<std::int32_t> slack_;     // by node: its arc to the root, or -1
    std::vector<std::int32_t> ray_;
    std::vector<std::int32_t> proven_ray_;
    double weight_ = 1;
    std::array<Candidate, 4> list_;          // the best of the last scan, but for the one taken
    std::size_t list_size_ = 0;
    double enough_ = 0;                   // a key that makes a listed arc worth taking without another scan
    double scan_ = 4;                     // length of a scan
    std::size_t chunk_ = 32;              // arcs priced in a row
    std::size_t chunks_ = 0;
    std::size_t stride_ = 1;              // from chunk to chunk, so that a scan sees all parts of the network
    std::size_t next_chunk_ = 0;
    std::int64_t climbed_ = 0;            // nodes on the cycles of all walks
    std::int64_t next_look_ = 250;        // at the length of the cycles, in pivots
    std::size_t block_ = 1;               // chunks of a scan
    std::int64_t checked_ = 0;            // pivots at the last look at the artificial arcs
    std::int64_t pivots_ = 0;
    double most_drift_ = 0;               // of the root's price
    bool gave_up_ = false;
    bool routed_ = false;                 // artificial arcs are empty, for good
    bool uniform_ = false;                // ... and their number is the same on every node's way to the root
    bool lexicographic_ = false;          // price in two parts
    bool money_ignored_ = false;          // a ray is known; only whether a flow exists is open
};

inline std::vector<double> FlowSimplex::flows(bool as_kept) const {
    std::vector<double> flow(real_arcs_);
    for (std::size_t a = 0; a < real_arcs_; ++a) flow[a] = built_ && side_[a] < 0 ? in_.upper[a] : in_.lower_bound(a);
    if (!built_) return flow;
    std::vector<double> net;
    if (!as_kept) net = surplus();
    const auto set = [&](std::int32_t x) {
        const FlowTree::Node& node = tree_.at(x);
        if (tree_.arc(x) < 0 || index(tree_.arc(x)) >= real_arcs_) return;
        const std::size_t a = index(tree_.arc(x));
        const bool up = upward(tree_.arc(x), x);
        double amount = up ? node.from_parent : node.to_parent;
        if (!as_kept) {
            amount = std::min(std::max(up ? net[index(x)] : -net[index(x)], 0.0), range(a));
            net[index(tree_.parent(x))] += up ? amount : -amount;
        }
        flow[a] = std::min(in_.lower_bound(a) + amount, in_.upper_bound(a));
    };
    for (const std::int32_t x : tree_.leaves_first()) set(x);
    return flow;
}

inline std::vector<double> FlowSimplex::potentials() {
    if (!built_) return std::vector<double>(in_.nodes, 0.0);
    tree_.potentials(money_, artificial_);
    double price = 0;
    for (std::size_t a = 0; a < arcs_.size(); ++a) {
        const std::size_t u = index(arcs_[a].from);
        const std::size_t v = index(arcs_[a].to);
        const int count = side_[a] * (artificial_[v] - artificial_[u]);
        if (count > 0) price = std::max(price, -side_[a] * (arcs_[a].cost - money_[u] + money_[v]) / count);
    }
    std::vector<double> p(in_.nodes);
    for (std::size_t x = 0; x < in_.nodes; ++x) p[x] = money_[x] + price * artificial_[x] + 0.0;
    return p;
}

}  // namespace meio::transport::detail
