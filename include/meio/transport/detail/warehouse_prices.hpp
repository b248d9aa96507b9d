// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <meio/transport/detail/warehouse_scan.hpp>
#include <meio/transport/detail/warehouse_problem.hpp>

namespace meio::transport::detail {

/// Prices of the sources near those that fill every source exactly: damped Newton steps on the dual, as in semi-discrete
/// optimal transport (Kitagawa, Merigot and Thibert 2019). Only a start: the simplex ends at the optimum whatever they are.
///
/// A destination goes to its cheapest source at the prices; how fast it would change sides is counted among those whose
/// two cheapest sources are less than a window apart. Rounds on a sample come first, with a wide window; later ones look
/// at all destinations, and skip those whose choice cannot have changed (the bound Hamerly, 2010, uses in clustering).
class PriceNewton {
public:
    explicit PriceNewton(const WarehouseProblem& problem)
        : p_(problem), price_(problem.sources + 1, 0.0), load_(problem.sources, 0.0),
          dense_(problem.sources <= dense_most) {}

    /// Starts from given prices instead of zero.
    void set_prices(const std::vector<double>& price) {
        price_ = price;
        for (std::size_t i = 0; i < p_.sources; ++i) {
            if (!p_.supply_exact) price_[i] = std::min(price_[i], 0.0);
            if (p_.overflow_prices != nullptr) price_[i] = std::max(price_[i], -p_.overflow_prices[i]);
        }
        price_.resize(p_.sources + 1, 0.0);
    }

    /// Rounds on a sample of the destinations, with a window that narrows from a third of the spread of costs. None: only
    /// sets the window as narrow as after the usual number of rounds.
    void sample_rounds(int rounds) {
        const std::size_t sample = std::max(sample_least, sample_share * p_.sources);
        const std::size_t stride = std::max<std::size_t>(1, p_.destinations / sample);
        window_ = first_window * spread(stride);
        if (!(window_ > 0) || !(window_ < 1e300)) window_ = 0;
        double total = 0;
        double sampled = 0;
        for (std::size_t j = 0; j < p_.destinations; ++j) total += p_.demand[j];
        for (std::size_t j = 0; j < p_.destinations; j += stride) sampled += p_.demand[j];
        if (rounds == 0) window_ *= 0.01;
        if (!(sampled > 0) || window_ == 0) return;
        for (int round = 0; round < rounds; ++round) {
            begin_round();
            std::fill(load_.begin(), load_.end(), 0.0);
            const double scale = total / sampled;
            for (std::size_t j = 0; j < p_.destinations; j += stride) {
                if (!(p_.demand[j] > 0)) continue;
                const Choice c = two_least(p_, j, price_.data());
                const double none = shortage(j);
                if (!(c.best < none)) continue;
                const std::size_t i = source(j, locate(p_, j, price_.data(), c.best));
                load_[i] += scale * p_.demand[j];
                if (std::min(c.second, none) - c.best < window_) meet(j, i, c, scale * p_.demand[j]);
            }
            if (take_back()) continue;
            step();
            window_ *= narrowing;
        }
    }

    /// Rounds on all destinations, or until `stop()` says so (false is returned then). `slot` and `margin` get their choices (-1: none) and how much more the next best costs.
    template <class Stop>
    bool full_rounds(int rounds, std::vector<std::int32_t>& slot, std::vector<float>& margin, Stop&& stop) {
        drift_ = 0;
        window_ *= widening;
        before_ = std::numeric_limits<double>::infinity();
        slot.assign(p_.destinations, -1);
        margin.assign(p_.destinations, -std::numeric_limits<float>::infinity());
        std::fill(load_.begin(), load_.end(), 0.0);
        for (int round = 0;; ++round) {
            if (stop()) return false;
            begin_round();
            const auto reach = static_cast<float>((drift_ + window_) * (1 + 0x1p-20));
            for (std::size_t j = 0; j < p_.destinations; ++j)
                if (!(reach < margin[j])) look(j, slot[j], margin[j]);
            if (round == rounds || window_ == 0 || overrun() <= good_enough) break;
            if (take_back()) continue;
            step();
            window_ *= cut_short_ ? 1.0 : narrowing;
        }
        const auto drift = static_cast<float>(drift_);
        for (float& x : margin) x -= drift;
        return true;
    }

    [[nodiscard]] const std::vector<double>& price() const noexcept { return price_; }
    [[nodiscard]] const std::vector<double>& load() const noexcept { return load_; }
    [[nodiscard]] double window() const noexcept { return window_; }

private:
    static constexpr std::size_t dense_most = 512;    // sources up to which pairs are counted, not sums only
    static constexpr std::size_t sample_least = 10000;
    static constexpr std::size_t sample_share = 50;   // destinations a source
    static constexpr double first_window = 2;         // times the mean difference of the two least costs
    static constexpr double narrowing = 0.5;
    static constexpr double widening = 2;             // the sample's prices are off by chance
    static constexpr double longest_step = 4;         // in windows
    static constexpr double good_enough = 5e-4;       // overrun at which the simplex takes over
    static constexpr double effort = 1e6;             // multiplications a round

    // Mean difference between the two least costs of a destination: the scale of price differences.
    [[nodiscard]] double spread(std::size_t stride) const {
        double sum = 0;
        double count = 0;
        for (std::size_t j = 0; j < p_.destinations; j += stride) {
            const Choice c = two_least(p_, j, price_.data());
            if (!(c.second < std::numeric_limits<double>::infinity())) continue;
            sum += c.second - c.best;
            ++count;
        }
        return count > 0 ? sum / count : 0;
    }

    [[nodiscard]] double shortage(std::size_t j) const {
        return p_.shortage_prices == nullptr ? std::numeric_limits<double>::infinity() : p_.shortage_prices[j];
    }

    [[nodiscard]] std::size_t source(std::size_t j, std::int32_t slot) const {
        return static_cast<std::size_t>(p_.ids[p_.offsets[j] + slot]);
    }

    void begin_round() {
        rate_.assign(dense_ ? p_.sources * p_.sources : 0, 0.0);
        own_rate_.assign(p_.sources, 0.0);
    }

    void look(std::size_t j, std::int32_t& slot, float& margin) {
        if (!(p_.demand[j] > 0)) {
            margin = std::numeric_limits<float>::infinity();
            return;
        }
        const Choice c = two_least(p_, j, price_.data());
        const double none = shortage(j);
        const std::int32_t found = c.best < none ? locate(p_, j, price_.data(), c.best) : -1;
        if (found != slot) {
            if (slot >= 0) load_[source(j, slot)] -= p_.demand[j];
            if (found >= 0) load_[source(j, found)] += p_.demand[j];
            slot = found;
        }
        const double gap = found >= 0 ? std::min(c.second, none) - c.best : c.best - none;
        margin = static_cast<float>((drift_ + gap) * (1 - 0x1p-20));
        if (found >= 0 && gap < window_) meet(j, source(j, found), c, p_.demand[j]);
    }

    // The destination would leave source i for its second choice after a price change within the window.
    void meet(std::size_t j, std::size_t i, const Choice& c, double amount) {
        own_rate_[i] += amount;
        if (shortage(j) <= c.second) return;
        std::int64_t e = p_.offsets[j];
        while (p_.costs[e] - price_[static_cast<std::size_t>(p_.ids[e])] != c.second || static_cast<std::size_t>(p_.ids[e]) == i) ++e;
        const auto k = static_cast<std::size_t>(p_.ids[e]);
        own_rate_[k] += amount;
        if (!dense_) return;
        rate_[i * p_.sources + k] += amount;
        rate_[k * p_.sources + i] += amount;
    }

    // The share of all demand that stands at sources with too much of it.
    [[nodiscard]] double overrun() const {
        double over = 0;
        double total = 0;
        for (std::size_t i = 0; i < p_.sources; ++i) {
            over += std::max(0.0, load_[i] - p_.supply[i]);
            total += load_[i];
        }
        return total > 0 ? over / total : 0;
    }

    void take(double share) {
        double rise = 0;
        double fall = 0;
        for (std::size_t i = 0; i < p_.sources; ++i) {
            const double x = share * change_[i];
            price_[i] += x;
            rise = std::max(rise, x);
            fall = std::max(fall, -x);
        }
        drift_ += rise + fall;
    }

    // A step that has made things worse was too long: takes half of it back. False where it has not.
    bool take_back() {
        const double now = overrun();
        const bool worse = now > before_;
        if (worse) {
            take(-0.5);
            for (double& x : change_) x *= 0.5;
        } else {
            before_ = now;
        }
        return worse;
    }

    // Solves for the price changes that would fill every priced source, by projected Gauss-Seidel, and takes them.
    void step() {
        const std::size_t m = p_.sources;
        const double lowest_rate = 1e-3 * average_rate();
        change_.assign(m, 0.0);
        const int sweeps = dense_ ? static_cast<int>(std::clamp(effort / static_cast<double>(m * m), 4.0, 40.0)) : 1;
        const double reach = longest_step * window_;
        wanted_.resize(m);
        for (std::size_t i = 0; i < m; ++i) wanted_[i] = 2 * window_ * (p_.supply[i] - load_[i]);
        bool cut_short = false;
        for (int sweep = 0; sweep < sweeps; ++sweep) {
            cut_short = false;
            for (std::size_t i = 0; i < m; ++i) {
                double x = wanted_[i] / std::max(own_rate_[i], lowest_rate);
                cut_short = cut_short || std::abs(x) > reach;
                x = std::clamp(x, -reach, reach);
                if (!p_.supply_exact) x = std::min(x, -price_[i]);
                if (p_.overflow_prices != nullptr) x = std::max(x, -p_.overflow_prices[i] - price_[i]);
                const double change = x - change_[i];
                change_[i] = x;
                if (!dense_ || std::abs(change) < 1e-4 * window_) continue;
                const double* rate = rate_.data() + i * m;
                for (std::size_t k = 0; k < m; ++k) wanted_[k] += rate[k] * change;
            }
        }
        cut_short_ = cut_short;
        take(dense_ ? 1.0 : 0.5);
    }

    [[nodiscard]] double average_rate() const {
        double sum = 0;
        for (const double x : own_rate_) sum += x;
        return sum > 0 ? sum / static_cast<double>(p_.sources) : 1.0;
    }

    const WarehouseProblem& p_;
    std::vector<double> price_, load_, wanted_, rate_, own_rate_, change_;
    double window_ = 0;
    double drift_ = 0;
    double before_ = std::numeric_limits<double>::infinity();  // overrun ahead of the last step
    bool dense_;
    bool cut_short_ = false;
};

}  // namespace meio::transport::detail
