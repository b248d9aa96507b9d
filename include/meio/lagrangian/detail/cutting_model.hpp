// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/archive.hpp>
#include <meio/lagrangian/detail/cut.hpp>
#include <meio/lagrangian/detail/face.hpp>
#include <meio/lagrangian/detail/gram.hpp>
#include <meio/lagrangian/detail/proximal.hpp>

namespace meio::lagrangian::detail {

/// The cutting-plane model of the dual, and the proximal problem over it:
///
///     max over d in the box of  sum_g min_i (value + slope.d) - b.d - d'Md / (2 t)
///
/// solved in its dual over the weights, an active-set method: for fixed weights d solves a box-constrained quadratic, so
/// that what remains is a smooth, piecewise quadratic, convex function over a product of simplices. Cuts that the step
/// violates come in, one a group and round; Newton steps on the cuts in use (`Face`) do the rest. The weights of the
/// solve before are the start. Any weights give a valid aggregate: an early stop costs progress, never correctness.
class CuttingModel {
public:
    CuttingModel(std::size_t groups, std::size_t size, std::size_t max_cuts, int max_idle)
        : cuts_(groups), references_(groups), average_(size, 0.0), step_(size, 0.0), max_cuts_(max_cuts), max_idle_(max_idle) {}

    [[nodiscard]] const std::vector<std::vector<Cut>>& cuts() const { return cuts_; }
    [[nodiscard]] const std::vector<double>& step() const { return step_; }        // d
    [[nodiscard]] const std::vector<double>& average() const { return average_; }  // aggregate slope minus b
    [[nodiscard]] double predicted() const { return predicted_; }  // proximal value at d, from above
    [[nodiscard]] double aggregate() const { return aggregate_; }  // value of the aggregate cut at the centre
    [[nodiscard]] double slack() const { return slack_; }          // by how much the step may miss the best

    /// Everything that the next solve depends on.
    void write(Writer& out) const {
        out.write(average_);
        out.write(step_);
        out.write(aggregate_);
        out.write(predicted_);
        out.write(born_);
        out.write(references_);
        out.write(free_);
        out.write(at_high_);
        out.write(added_up_);
        out.write(priced_);
        out.write(gram_.order());
        for (const auto& group : cuts_) {
            out.write(static_cast<std::uint64_t>(group.size()));
            for (const Cut& cut : group) cut.write(out);
        }
    }
    void read(Reader& in) {
        in.read(average_);
        in.read(step_);
        in.read(aggregate_);
        in.read(predicted_);
        in.read(born_);
        in.read(references_);
        in.read(free_);
        in.read(at_high_);
        in.read(added_up_);
        in.read(priced_);
        std::vector<std::uint64_t> order;
        in.read(order);
        gram_.restore(order);
        for (auto& group : cuts_) {
            std::uint64_t count = 0;
            in.read(count);
            group.clear();
            for (; count > 0; --count) group.emplace_back().read(in);
        }
    }
    /// Call after the cuts of a new centre are in: their slopes are what the others are compared with from now on.
    void recentre(bool metric_changed) {
        bool dense = false;
        for (std::size_t g = 0; g < cuts_.size(); ++g) {
            const Slope& newest = cuts_[g].back().slope;
            dense = dense || !newest.is_sparse() || !references_[g].empty();
            references_[g] = newest.is_sparse() ? std::vector<double>{} : newest.dense();
        }
        if (dense || metric_changed) gram_.clear();
    }
    /// Drops the cuts of a group whose plans have changed.
    void forget(std::size_t group) {
        cuts_[group].clear();
        added_up_ = false;
    }

    void add(std::size_t group, double value_at_centre, double value_at_step, std::vector<double> slope, std::vector<std::uint64_t> tags) {
        auto& cuts = cuts_[group];
        if (cuts.empty()) added_up_ = false;
        if (cuts.size() >= max_cuts_) {
            auto oldest = cuts.end();
            for (auto it = cuts.begin(); it != cuts.end(); ++it)
                if (it->weight <= 0 && (oldest == cuts.end() || it->idle > oldest->idle)) oldest = it;
            if (oldest == cuts.end()) {
                merge(cuts);
            } else {
                cuts.erase(oldest);
            }
        }
        Cut cut{value_at_centre, Slope(std::move(slope)), {}, cuts.empty() ? 1.0 : 0.0, 0, born_++,
                value_at_step};
        cut.parts.push_back({std::make_shared<const std::vector<std::uint64_t>>(std::move(tags)), 1.0});
        cuts.push_back(std::move(cut));
    }

    /// Value of the group's model at `by` from the centre: an upper bound on what the group can be worth there.
    [[nodiscard]] double value_at(std::size_t group, std::span<const double> by) const {
        double least = std::numeric_limits<double>::infinity();
        for (const Cut& cut : cuts_[group]) least = std::min(least, cut.value + cut.slope.times(by.data()));
        return least;
    }
    /// The same at the last solve's step, which costs nothing.
    [[nodiscard]] double value_at_step(std::size_t group) const {
        double least = std::numeric_limits<double>::infinity();
        for (const Cut& cut : cuts_[group]) least = std::min(least, cut.at_step);
        return least;
    }

    void move_centre(std::span<const double> by) {
        for (auto& group : cuts_)
            for (Cut& cut : group) cut.value += cut.slope.times(by.data());
        added_up_ = priced_ = false;
    }
    /// Moves the centre by the last solve's step. Cuts added since must bring their value there.
    void move_centre_to_step() {
        for (auto& group : cuts_)
            for (Cut& cut : group) cut.value = cut.at_step;
        priced_ = false;
    }

    /// Solves the proximal problem until the slack is below `relative` times the ascent over `centre_value`, or below
    /// `noise`. `constant` is -b.centre.
    void solve(Proximal& proximal, std::span<const double> b, double constant, double centre_value, double relative,
               double noise) {
        find_again();
        proximal.start_from(free_, at_high_);
        if (!added_up_) add_up(b);
        price(proximal);
        (void)gram_.match(proximal);
        Face face(proximal, gram_);
        for (std::size_t g = 0; g < cuts_.size(); ++g)
            for (Cut& cut : cuts_[g])
                if (cut.weight > 0) face.add(cut, g, references_[g]);
        for (int round = 0; round < 200; ++round) {
            measure(proximal, constant);
            const double enough = std::max(noise, relative * (predicted_ - centre_value));
            if (slack_ <= enough) break;
            bool fresh = false;
            for (std::size_t g = 0; g < cuts_.size(); ++g) {
                if (excess_[g] * static_cast<double>(cuts_.size()) <= 0.1 * enough || face.holds(*worst_[g])) continue;
                face.add(*worst_[g], g, references_[g]);
                fresh = true;
            }
            const double before = predicted_;
            face.descend(average_, step_, 0.1 * enough);
            priced_ = false;
            add_up(b);
            price(proximal);
            measure(proximal, constant);
            if (!fresh && !(predicted_ < before)) break;  // rounding hides what slack is left
        }
        free_ = proximal.free();
        at_high_ = proximal.at_high();
    }

    /// Counts a solve for every cut, and drops those that no solve has used for long.
    void age() {
        for (auto& group : cuts_) {
            for (Cut& cut : group) cut.idle = cut.weight > 0 ? 0 : cut.idle + 1;
            std::erase_if(group, [&](const Cut& cut) { return cut.idle > max_idle_; });
        }
    }

private:
    void measure(const Proximal& proximal, double constant) {
        aggregate_ = constant;
        for (const auto& group : cuts_)
            for (const Cut& cut : group) aggregate_ += cut.weight * cut.value;
        predicted_ = aggregate_ + proximal.value(average_, step_);
    }

    // Weights that add up to 1 in every group, and the aggregate slope that they make.
    void add_up(std::span<const double> b) {
        for (std::size_t k = 0; k < average_.size(); ++k) average_[k] = -b[k];
        for (auto& group : cuts_) {
            double mass = 0;
            for (const Cut& cut : group) mass += cut.weight;
            for (Cut& cut : group) {
                if (cut.weight <= 0) continue;
                cut.weight /= mass;
                cut.slope.add_to(average_.data(), cut.weight);
            }
        }
        added_up_ = true;
    }

    // The step for the present weights, every cut's value there, and how far the weights are from the best.
    void price(Proximal& proximal) {
        last_step_ = step_;
        proximal.place(average_, step_);
        proximal.round(step_);
        const bool known = priced_ && step_ == last_step_;
        priced_ = true;
        slack_ = 0;
        worst_.assign(cuts_.size(), nullptr);
        excess_.assign(cuts_.size(), 0.0);
        for (std::size_t g = 0; g < cuts_.size(); ++g) {
            double mean = 0;
            double least = std::numeric_limits<double>::infinity();
            for (Cut& cut : cuts_[g]) {
                if (!known) cut.at_step = cut.value + cut.slope.times(step_.data());
                mean += cut.weight * cut.at_step;
                if (cut.at_step < least) {
                    least = cut.at_step;
                    worst_[g] = &cut;
                }
            }
            slack_ += mean - least;
            excess_[g] = mean - least;
        }
    }

    // Cuts lie elsewhere in memory since the last solve; rows of those long out of use are let go.
    void find_again() {
        std::vector<std::pair<std::uint64_t, Gram::Source>> places;
        for (std::size_t g = 0; g < cuts_.size(); ++g)
            for (const Cut& cut : cuts_[g])
                if (cut.weight > 0 || cut.idle < 4) places.push_back({cut.id, {&cut.slope, &references_[g]}});
        std::sort(places.begin(), places.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
        gram_.keep([&](std::uint64_t id) -> Gram::Source {
            const auto at = std::lower_bound(places.begin(), places.end(), id,
                                             [](const auto& place, std::uint64_t wanted) { return place.first < wanted; });
            return at != places.end() && at->first == id ? at->second : Gram::Source{};
        });
    }

    // All cuts are in use: the two of least weight become their average, which is a valid cut too.
    void merge(std::vector<Cut>& cuts) {
        std::nth_element(cuts.begin(), cuts.begin() + 1, cuts.end(),
                         [](const Cut& x, const Cut& y) { return x.weight < y.weight; });
        Cut& a = cuts[0];
        Cut& c = cuts[1];
        const double total = a.weight + c.weight;
        const double share = total > 0 ? a.weight / total : 0.5;
        a.value = share * a.value + (1.0 - share) * c.value;
        std::vector<double> slope(average_.size(), 0.0);
        a.slope.add_to(slope.data(), share);
        c.slope.add_to(slope.data(), 1.0 - share);
        a.slope = Slope(std::move(slope));
        a.id = born_++;
        for (Cut::Part& part : a.parts) part.share *= share;
        for (Cut::Part& part : c.parts) {
            part.share *= 1.0 - share;
            a.parts.push_back(std::move(part));
        }
        a.weight = total;
        cuts.erase(cuts.begin() + 1);
    }

    std::vector<std::vector<Cut>> cuts_;
    std::vector<std::vector<double>> references_;  // slopes near which a group's cuts lie; empty where these are sparse
    std::vector<double> average_;
    std::vector<double> step_;
    std::vector<double> last_step_{};
    std::vector<char> free_{};     // coordinates that no bound held in the last solve
    std::vector<char> at_high_{};  // of the others, those held by the upper bound
    bool added_up_ = false;        // the average is that of the weights
    bool priced_ = false;          // every cut's value at the step is right
    std::vector<Cut*> worst_{};     // of each group, at the step
    std::vector<double> excess_{};  // by how much the group's weights could do better
    Gram gram_{};
    std::uint64_t born_ = 0;
    double predicted_ = 0;
    double aggregate_ = 0;
    double slack_ = 0;
    std::size_t max_cuts_;
    int max_idle_;
};

}  // namespace meio::lagrangian::detail
