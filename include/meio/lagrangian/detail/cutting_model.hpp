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
#include <meio/lagrangian/detail/face.hpp>
#include <meio/lagrangian/result.hpp>

namespace meio::lagrangian::detail {

/// Cut of one group of shards, `theta_g(l) <= value + slope.(l - centre)`, and its weight (a group's add up to 1).
struct Cut {
    // Minimisers of the group's shards at one call; a merged cut is a mixture of several.
    struct Part {
        std::shared_ptr<const std::vector<std::uint64_t>> tags{};
        double share = 1;
    };
    double value = 0;  // at the centre
    std::vector<double> slope{};
    std::vector<Part> parts{};
    double weight = 0;
    int idle = 0;  // solves since the weight was last positive
};

/// The cutting-plane model of the dual, and the proximal problem over it:
///
///     max over d in the box of  sum_g min_i (value + slope.d) - b.d - d'Dd / (2 t)
///
/// solved in its dual over the weights: for fixed weights d has a closed form even with bounds, because the metric is
/// diagonal, so what remains is a smooth, piecewise quadratic, convex function over a product of simplices. A sweep in
/// which pairs of weights of one group exchange mass brings new cuts in; Newton steps on the cuts in use (`Face`) do the
/// rest. Any weights give a valid aggregate, so that an early stop costs progress, never correctness.
class CuttingModel {
public:
    CuttingModel(std::size_t groups, std::size_t size, std::size_t max_cuts, int max_idle)
        : cuts_(groups), average_(size, 0.0), step_(size, 0.0), max_cuts_(max_cuts), max_idle_(max_idle) {}

    [[nodiscard]] const std::vector<std::vector<Cut>>& cuts() const { return cuts_; }
    [[nodiscard]] const std::vector<double>& step() const { return step_; }        // d
    [[nodiscard]] const std::vector<double>& average() const { return average_; }  // aggregate slope minus b
    [[nodiscard]] double predicted() const { return predicted_; }  // proximal value at d, from above
    [[nodiscard]] double aggregate() const { return aggregate_; }  // value of the aggregate cut at the centre

    /// Everything that the next solve depends on.
    void write(Writer& out) const {
        out.write(average_);
        out.write(aggregate_);
        out.write(predicted_);
        for (const auto& group : cuts_) {
            out.write(static_cast<std::uint64_t>(group.size()));
            for (const Cut& cut : group) {
                out.write(cut.value);
                out.write(cut.slope);
                out.write(cut.weight);
                out.write(cut.idle);
                out.write(static_cast<std::uint64_t>(cut.parts.size()));
                for (const Cut::Part& part : cut.parts) {
                    out.write(*part.tags);
                    out.write(part.share);
                }
            }
        }
    }
    void read(Reader& in) {
        in.read(average_);
        in.read(aggregate_);
        in.read(predicted_);
        for (auto& group : cuts_) {
            std::uint64_t count = 0;
            in.read(count);
            group.clear();
            for (; count > 0; --count) {
                Cut cut;
                in.read(cut.value);
                in.read(cut.slope);
                in.read(cut.weight);
                in.read(cut.idle);
                std::uint64_t parts = 0;
                in.read(parts);
                for (; parts > 0; --parts) {
                    std::vector<std::uint64_t> tags;
                    Cut::Part part;
                    in.read(tags);
                    in.read(part.share);
                    part.tags = std::make_shared<const std::vector<std::uint64_t>>(std::move(tags));
                    cut.parts.push_back(std::move(part));
                }
                group.push_back(std::move(cut));
            }
        }
    }
    /// Drops the cuts of a group whose plans have changed.
    void forget(std::size_t group) { cuts_[group].clear(); }

    void add(std::size_t group, double value_at_centre, std::vector<double> slope, std::vector<std::uint64_t> tags) {
        auto& cuts = cuts_[group];
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
        Cut cut{value_at_centre, std::move(slope), {}, cuts.empty() ? 1.0 : 0.0, 0};
        cut.parts.push_back({std::make_shared<const std::vector<std::uint64_t>>(std::move(tags)), 1.0});
        cuts.push_back(std::move(cut));
    }

    /// Value of the group's model at `by` from the centre: an upper bound on what the group can be worth there.
    [[nodiscard]] double value_at(std::size_t group, std::span<const double> by) const {
        double least = std::numeric_limits<double>::infinity();
        for (const Cut& cut : cuts_[group]) {
            double value = cut.value;
            for (std::size_t k = 0; k < by.size(); ++k) value += cut.slope[k] * by[k];
            least = std::min(least, value);
        }
        return least;
    }

    void move_centre(std::span<const double> by) {
        for (auto& group : cuts_)
            for (Cut& cut : group)
                for (std::size_t k = 0; k < by.size(); ++k) cut.value += cut.slope[k] * by[k];
    }

    /// Solves the proximal problem until the slack is below `relative` times the ascent over `centre_value`, or below
    /// `noise`. `constant` is -b.centre.
    template <class Prox>
    void solve(const Prox& proximal, std::span<const double> b, double constant, double centre_value, double relative,
               double noise) {
        const std::size_t size = average_.size();
        for (std::size_t k = 0; k < size; ++k) average_[k] = -b[k];
        for (const auto& group : cuts_)
            for (const Cut& cut : group)
                for (std::size_t k = 0; k < size && cut.weight > 0; ++k) average_[k] += cut.weight * cut.slope[k];
        proximal.place(average_, step_);
        Face<Prox> face(proximal, 3e8);
        for (int round = 0; round < 60; ++round) {
            double slack = 0;
            for (auto& group : cuts_) slack += exchange(group, proximal);
            measure(proximal, constant);
            const double enough = std::max(noise, relative * (predicted_ - centre_value));
            if (slack <= enough) break;
            face.clear();
            for (std::size_t g = 0; g < cuts_.size(); ++g)
                for (Cut& cut : cuts_[g])
                    if (cut.weight > 0) face.add({&cut.weight, &cut.value, cut.slope.data(), g});
            face.descend(average_, step_, 0.1 * enough);
        }
        measure(proximal, constant);
        for (auto& group : cuts_) {
            for (Cut& cut : group) cut.idle = cut.weight > 0 ? 0 : cut.idle + 1;
            std::erase_if(group, [&](const Cut& cut) { return cut.idle > max_idle_; });
        }
    }

    /// The recovered primal: for every shard its tags with their weights. `first(g)` is the first shard of group g.
    template <class First>
    [[nodiscard]] std::vector<Weight> weights(const First& first) const {
        std::vector<Weight> result;
        for (std::size_t g = 0; g < cuts_.size(); ++g) {
            for (std::size_t s = first(g); s < first(g + 1); ++s) {
                const std::size_t begin = result.size();
                for (const Cut& cut : cuts_[g])
                    for (const Cut::Part& part : cut.parts)
                        if (cut.weight * part.share > 0)
                            result.push_back({s, (*part.tags)[s - first(g)], cut.weight * part.share});
                add_up_equal_tags(result, begin);
            }
        }
        return result;
    }

    /// Sorts the entries from `begin` on by tag and joins those with the same.
    static void add_up_equal_tags(std::vector<Weight>& weights, std::size_t begin) {
        const auto from = weights.begin() + static_cast<std::ptrdiff_t>(begin);
        std::stable_sort(from, weights.end(), [](const Weight& x, const Weight& y) { return x.tag < y.tag; });
        std::size_t kept = begin;
        for (std::size_t i = begin; i < weights.size(); ++i) {
            if (kept > begin && weights[kept - 1].tag == weights[i].tag) {
                weights[kept - 1].weight += weights[i].weight;
            } else {
                weights[kept++] = weights[i];
            }
        }
        weights.resize(kept);
    }

private:
    template <class Prox>
    void measure(const Prox& proximal, double constant) {
        aggregate_ = constant;
        for (const auto& group : cuts_)
            for (const Cut& cut : group) aggregate_ += cut.weight * cut.value;
        predicted_ = aggregate_ + proximal.value(average_, step_);
    }

    // Moves weight from the worst cut in use to the best one, twice; returns the group's duality slack before.
    template <class Prox>
    double exchange(std::vector<Cut>& cuts, const Prox& proximal) {
        if (cuts.size() < 2) return 0.0;
        double first_slack = 0;
        std::vector<double> change(step_.size());
        for (int repeat = 0; repeat < 2; ++repeat) {
            std::size_t best = 0;
            std::size_t worst = cuts.size();
            double best_value = std::numeric_limits<double>::infinity();
            double worst_value = -best_value;
            double mean_value = 0;
            for (std::size_t i = 0; i < cuts.size(); ++i) {
                double value = cuts[i].value;
                for (std::size_t k = 0; k < step_.size(); ++k) value += cuts[i].slope[k] * step_[k];
                mean_value += cuts[i].weight * value;
                if (value < best_value) {
                    best_value = value;
                    best = i;
                }
                if (cuts[i].weight > 0 && value > worst_value) {
                    worst_value = value;
                    worst = i;
                }
            }
            if (repeat == 0) first_slack = mean_value - best_value;
            if (worst == cuts.size() || best == worst || !(worst_value > best_value)) break;
            for (std::size_t k = 0; k < step_.size(); ++k) change[k] = cuts[best].slope[k] - cuts[worst].slope[k];
            double amount = proximal.line_search(cuts[best].value - cuts[worst].value, average_, change, cuts[worst].weight);
            if (amount <= 0) break;
            if (cuts[worst].weight - amount < 1e-15) amount = cuts[worst].weight;
            cuts[worst].weight -= amount;
            cuts[best].weight += amount;
            for (std::size_t k = 0; k < step_.size(); ++k) average_[k] += amount * change[k];
            proximal.place(average_, step_);
        }
        return first_slack;
    }

    // All cuts are in use: the two of least weight become their average, which is a valid cut too.
    static void merge(std::vector<Cut>& cuts) {
        std::nth_element(cuts.begin(), cuts.begin() + 1, cuts.end(),
                         [](const Cut& x, const Cut& y) { return x.weight < y.weight; });
        Cut& a = cuts[0];
        Cut& c = cuts[1];
        const double total = a.weight + c.weight;
        const double share = total > 0 ? a.weight / total : 0.5;
        a.value = share * a.value + (1.0 - share) * c.value;
        for (std::size_t k = 0; k < a.slope.size(); ++k) a.slope[k] = share * a.slope[k] + (1.0 - share) * c.slope[k];
        for (Cut::Part& part : a.parts) part.share *= share;
        for (Cut::Part& part : c.parts) {
            part.share *= 1.0 - share;
            a.parts.push_back(std::move(part));
        }
        a.weight = total;
        cuts.erase(cuts.begin() + 1);
    }

    std::vector<std::vector<Cut>> cuts_;
    std::vector<double> average_;
    std::vector<double> step_;
    double predicted_ = 0;
    double aggregate_ = 0;
    std::size_t max_cuts_;
    int max_idle_;
};

}  // namespace meio::lagrangian::detail
