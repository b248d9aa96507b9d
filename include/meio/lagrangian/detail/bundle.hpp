// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/lagrangian/detail/archive.hpp>
#include <meio/lagrangian/detail/cutting_model.hpp>
#include <meio/lagrangian/detail/metric.hpp>
#include <meio/lagrangian/detail/proximal.hpp>
#include <meio/lagrangian/detail/search.hpp>
#include <meio/lagrangian/detail/whole_proximal.hpp>

namespace meio::lagrangian::detail {

/// Proximal bundle. Kiwiel (1990), Math. Programming 46, for the step control; Lemarechal and Sagastizabal (1997), SIAM
/// J. Optim. 7(2), for the variable metric; Frangioni (2002), SIAM J. Optim. 13(1), for cuts kept by group.
template <Oracle O>
class Bundle {
public:
    Bundle(Search<O>& search, const O& oracle, const Problem& problem, const Options& options)
        : search_(search), problem_(problem), options_(options), size_(oracle.size()), shards_(oracle.groups()),
          groups_(std::min(shards_, static_cast<std::size_t>(options.cut_groups))),
          model_(groups_, size_, static_cast<std::size_t>(options.max_cuts), options.max_idle) {}

    Result run() {
        if (options_.resume != nullptr) {
            Reader in(options_.resume->memory);
            search_.read(in);
            read(in);
        } else if (!begin()) {
            return finish(*search_.why_stop());
        }
        while (true) {
            search_.checkpoint([&] { return memory(); });
            if (!stepped_) {
                const core::Stopwatch own;
                next_step();
                stepped_ = true;
                search_.result.model_seconds += own.seconds();
            }
            search_.recover(model_.average(), [&] { return weights(); });
            if (const auto stop = search_.why_stop()) return finish(*stop);
            std::vector<double> trial(size_);
            double moved = 0;
            for (std::size_t k = 0; k < size_; ++k) {
                trial[k] = std::clamp(centre_[k] + step_[k], search_.lower[k], search_.upper[k]);
                step_[k] = trial[k] - centre_[k];
                moved += step_[k] * step_[k];
            }
            Evaluation at = search_.call(trial, std::sqrt(moved));
            if (search_.cut_short()) return finish(*search_.why_stop());
            const core::Stopwatch own;
            add_cuts(at, step_);
            judge(std::move(at), std::move(trial), step_);
            stepped_ = false;
            search_.result.model_seconds += own.seconds();
        }
    }

private:
    // The first call, and what a warm start brings. False where the search ends at once.
    bool begin() {
        centre_ = search_.result.multipliers;
        origin_ = centre_;
        reach_.assign(size_, 0.0);
        if (options_.start != nullptr && options_.start->method == Method::bundle) warm_start();
        at_centre_ = search_.call(centre_);
        if (search_.cut_short()) return false;
        add_cuts(at_centre_, std::vector<double>(size_, 0.0));
        set_metric();
        if (!(t_ > 0)) t_ = first_weight();
        return true;
    }

    // Cuts of the solve before, seen from its best multipliers. A cut speaks of its group's oracle alone, so that a changed
    // right-hand side leaves it valid.
    void warm_start() {
        Reader in(options_.start->memory);
        Search<O>::skip(in);
        Bundle old(search_, *this);
        old.read(in);
        if (old.centre_.size() != size_) return;
        std::vector<double> by(size_);
        for (std::size_t k = 0; k < size_; ++k) by[k] = centre_[k] - old.centre_[k];
        old.model_.move_centre(by);
        for (const std::size_t changed : options_.changed_groups)
            for (std::size_t g = 0; g < groups_; ++g)
                if (changed >= first_shard(g) && changed < first_shard(g + 1)) old.model_.forget(g);
        model_ = std::move(old.model_);
        t_ = old.t_;
        reach_ = old.reach_;
    }

    Bundle(Search<O>& search, const Bundle& like)
        : search_(search), problem_(like.problem_), options_(like.options_), size_(like.size_), shards_(like.shards_),
          groups_(like.groups_), model_(like.model_) {}

    // Solves the proximal problem. Where the proximal term hides what ascent is left, a weaker term shows it: that takes
    // no call.
    void next_step() {
        double constant = 0;
        for (std::size_t k = 0; k < size_; ++k) constant -= problem_.b[k] * centre_[k];
        for (double longer = 1.0; longer < 1e7; longer *= 10.0) {
            const auto solve = [&](const auto& proximal) { model_.solve(proximal, problem_.b, constant, at_centre_.value, 1e-3, search_.noise); };
            if (whole_.empty()) solve(Proximal(centre_, search_.lower, search_.upper, metric_, longer * t_));
            else solve(WholeProximal(centre_, search_.lower, search_.upper, whole_, longer * t_));
            predicted_ = model_.predicted() - at_centre_.value;
            for (std::size_t k = 0; k < size_; ++k)
                reach_[k] = std::max({reach_[k], std::abs(model_.step()[k]), std::abs(centre_[k] - origin_[k]), std::abs(centre_[k])});
            // Where the metric is curvature the promise itself measures what is left; thirtyfold, for curvature is a guess.
            const double ascent = curved_ ? std::min(expected_ascent(), 30.0 * predicted_ / std::min(longer * t_, 1.0)) : expected_ascent();
            search_.predict(ascent);
            if (predicted_ > std::max(search_.noise, 0.1 * search_.allowed()) || ascent <= search_.allowed()) {
                t_ *= longer;
                break;
            }
        }
        step_ = model_.step();
    }

    // Moves the centre where the trial keeps enough of its promise, and sets the length of the next step.
    void judge(Evaluation at, std::vector<double> trial, const std::vector<double>& step) {
        const double gain = at.value - at_centre_.value;
        // The length that a quadratic through both values and the predicted ascent would take.
        const double fitted = t_ * predicted_ / (2.0 * std::max(predicted_ - gain, 1e-12 * std::abs(predicted_)));
        if (gain >= 0.1 * predicted_ && gain > 0) {
            model_.move_centre(step);
            centre_ = std::move(trial);
            at_centre_ = std::move(at);
            set_metric();
            ++serious_in_a_row_;
            if (curved_) {
                if (gain >= 0.8 * predicted_ && t_ < 1.0) t_ = std::min(2.0 * t_, 1.0);
            } else if (gain >= 0.5 * predicted_ && fitted > t_) {
                t_ = std::min(fitted, (scaled_ ? 10.0 : 1000.0) * t_);
            } else if (serious_in_a_row_ > 3) {
                t_ *= 2.0;
            }
            return;
        }
        serious_in_a_row_ = 0;
        scaled_ = true;
        double error = gain;
        for (std::size_t k = 0; k < size_; ++k) error -= at.gradient[k] * step[k];
        if (predicted_ > search_.noise && error > predicted_)
            t_ = curved_ ? std::max(t_ / 3.0, 1e-3) : std::max(fitted, t_ / 10.0);
    }

    [[nodiscard]] std::vector<std::uint8_t> memory() const {
        Writer out;
        search_.write(out);
        out.all(centre_, origin_, at_centre_.value, at_centre_.gradient, metric_, whole_, curved_,
                reach_, t_, predicted_, serious_in_a_row_, scaled_, stepped_, step_);
        out.write(static_cast<std::uint64_t>(groups_));
        out.write(static_cast<std::uint64_t>(shards_));
        model_.write(out);
        return out.bytes();
    }
    // Leaves the centre empty where the memory is of another shape.
    void read(Reader& in) {
        in.all(centre_, origin_, at_centre_.value, at_centre_.gradient, metric_, whole_, curved_,
               reach_, t_, predicted_, serious_in_a_row_, scaled_, stepped_, step_);
        std::uint64_t groups = 0;
        std::uint64_t shards = 0;
        in.read(groups);
        in.read(shards);
        if (groups != groups_ || shards != shards_) {
            centre_.clear();
            return;
        }
        model_.read(in);
    }

    void set_metric() {
        metric_ = diagonal_metric(at_centre_, problem_, options_.metric);
        whole_ = whole_metric(at_centre_, metric_, options_.metric);
        curved_ = !at_centre_.diagonal.empty() && options_.metric != Metric::identity && options_.metric != Metric::usage;
    }

    [[nodiscard]] std::size_t first_shard(std::size_t group) const { return group * shards_ / groups_; }

    [[nodiscard]] std::vector<Weight> weights() const {
        return model_.weights([&](std::size_t group) { return first_shard(group); });
    }

    Result finish(core::Status status) {
        if (stepped_) {
            search_.result.average_use = model_.average();
            double cost = model_.aggregate();
            for (std::size_t k = 0; k < size_; ++k) cost -= model_.average()[k] * centre_[k];
            search_.result.average_cost = cost;
            if (search_.result.failure == nullptr) search_.recover(model_.average(), [&] { return weights(); }, true);
            search_.result.weights = weights();
            if (!is_success(status))
                if (const auto better = search_.why_stop(); better && is_success(*better)) status = *better;
        }
        if (!centre_.empty() && !at_centre_.gradient.empty()) search_.result.state = search_.state(memory());
        return search_.finish(status);
    }

    void add_cuts(const Evaluation& at, const std::vector<double>& from_centre) {
        for (std::size_t g = 0; g < groups_; ++g) {
            double value = 0;
            double least = 0;
            std::vector<double> slope(size_, 0.0);
            std::vector<std::uint64_t> tags;
            for (std::size_t s = first_shard(g); s < first_shard(g + 1); ++s) {
                value += at.replies[s].value;
                least += at.replies[s].value - at.replies[s].value_error;
                for (std::size_t k = 0; k < size_; ++k) slope[k] += at.replies[s].gradient[k];
                tags.push_back(at.replies[s].tag);
            }
            if (!model_.cuts()[g].empty())
                search_.result.inconsistency = std::max(search_.result.inconsistency, least - model_.value_at(g, from_centre));
            for (std::size_t k = 0; k < size_; ++k) value -= slope[k] * from_centre[k];
            model_.add(g, value, std::move(slope), std::move(tags));
        }
    }

    // 1 where the metric is curvature: a Newton step. Otherwise an ascent of a twentieth of the value.
    [[nodiscard]] double first_weight() const {
        if (curved_) return 1.0;
        double norm = 0;
        for (std::size_t k = 0; k < size_; ++k) norm += at_centre_.gradient[k] * at_centre_.gradient[k] / metric_[k];
        return norm > 0 ? 0.05 * std::max(std::abs(at_centre_.value), 1.0) / norm : 1.0;
    }

    // Ascent that the aggregate cut still allows within the bounds and as far from the centre as the search has ever
    // gone. The aggregate lies above the dual everywhere, so that over the whole box it gives a proven upper bound.
    [[nodiscard]] double expected_ascent() {
        double radius = 0;
        for (std::size_t k = 0; k < size_; ++k) radius += metric_[k] * reach_[k] * reach_[k];
        radius = std::sqrt(radius);
        const double error = model_.aggregate() - at_centre_.value;
        double boxed = 0;
        double near = 0;
        double norm = 0;
        for (std::size_t k = 0; k < size_; ++k) {
            const double slope = model_.average()[k];
            if (slope == 0) continue;
            const double room = slope > 0 ? search_.upper[k] - centre_[k] : centre_[k] - search_.lower[k];
            const double most = std::abs(slope) * room;
            boxed += most;
            if (most <= std::abs(slope) * radius / std::sqrt(metric_[k])) {
                near += most;
            } else {
                norm += slope * slope / metric_[k];
            }
        }
        search_.result.model_upper = std::min(search_.result.model_upper, at_centre_.value + error + boxed);
        return error + near + radius * std::sqrt(norm);
    }

    Search<O>& search_;
    const Problem& problem_;
    const Options& options_;
    std::size_t size_, shards_, groups_;
    CuttingModel model_;
    std::vector<double> centre_{};
    Evaluation at_centre_{};
    std::vector<double> metric_{};
    std::vector<double> origin_{};
    std::vector<double> reach_{};  // farthest that any trial or centre lay from a centre, the start or 0
    double t_ = 0;                 // length of the proximal step
    double predicted_ = 0;         // ascent that the model promised for the last trial
    int serious_in_a_row_ = 0;
    std::vector<double> whole_{};  // the whole metric; empty: `metric_` is its diagonal
    bool curved_ = false;          // the metric is curvature: a step of length 1 is Newton's
    bool scaled_ = false;          // a null step has told how far the dual is curved; before it, steps may grow fast
    std::vector<double> step_{};   // the next trial, from the centre, where `stepped_`
    bool stepped_ = false;
};

}  // namespace meio::lagrangian::detail
