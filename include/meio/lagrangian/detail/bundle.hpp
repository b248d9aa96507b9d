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
#include <meio/lagrangian/detail/metric_choice.hpp>
#include <meio/lagrangian/detail/proximal.hpp>
#include <meio/lagrangian/detail/recovered_weights.hpp>
#include <meio/lagrangian/detail/search.hpp>
#include <meio/lagrangian/detail/step_length.hpp>

namespace meio::lagrangian::detail {

/// Proximal bundle. Kiwiel (1990), Math. Programming 46, for the step control; Lemarechal and Sagastizabal (1997), SIAM
/// J. Optim. 7(2), for the variable metric; Frangioni (2002), SIAM J. Optim. 13(1), for cuts kept by group.
template <Oracle O>
class Bundle {
public:
    Bundle(Search<O>& search, const O& oracle, const Problem& problem, const Options& options)
        : search_(search), problem_(problem), options_(options), size_(oracle.size()), shards_(oracle.groups()),
          groups_(std::min(shards_, static_cast<std::size_t>(options.cut_groups))),
          model_(groups_, size_, static_cast<std::size_t>(options.max_cuts), options.max_idle),
          choice_(problem, options.metric) {}

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
            const std::vector<double>& step = model_.step();
            std::vector<double> trial(size_);
            for (std::size_t k = 0; k < size_; ++k)
                trial[k] = std::clamp(centre_[k] + step[k], search_.lower[k], search_.upper[k]);
            Evaluation at = search_.call(trial, std::sqrt(dot(step.data(), step.data(), size_)));
            if (search_.cut_short()) return finish(*search_.why_stop());
            const core::Stopwatch own;
            add_cuts(at, &step);
            judge(std::move(at), std::move(trial), step);
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
        add_cuts(at_centre_, nullptr);
        model_.recentre(choice_.update(at_centre_, {}, {}, metric_));
        if (!(length_.value() > 0) || choice_.is_curvature()) length_.set(first_weight());
        return true;
    }

    // Cuts of the solve before. A cut speaks of its group's oracle alone: a changed right-hand side leaves it valid.
    void warm_start() {
        Reader in(options_.start->memory);
        Search<O>::skip(in);
        Bundle old(search_, *this);
        old.read(in);
        if (old.centre_.size() != size_) return;
        std::vector<double> by(size_);
        for (std::size_t k = 0; k < size_; ++k) by[k] = centre_[k] - old.centre_[k];
        old.model_.move_centre(by);
        for (std::size_t g = 0; g < groups_; ++g)
            for (const std::size_t changed : options_.changed_groups)
                if (changed >= first_shard(g) && changed < first_shard(g + 1)) old.model_.forget(g);
        model_ = std::move(old.model_);
        length_.set(old.length_.value());
        choice_ = std::move(old.choice_);
        reach_ = old.reach_;
    }

    Bundle(Search<O>& search, const Bundle& like)
        : search_(search), problem_(like.problem_), options_(like.options_), size_(like.size_), shards_(like.shards_),
          groups_(like.groups_),
          model_(groups_, size_, static_cast<std::size_t>(options_.max_cuts), options_.max_idle),
          choice_(like.problem_, like.options_.metric) {}

    // Solves the proximal problem. Where its term hides what ascent is left, a weaker one shows it without a call; where it
    // is so weak that rounding of the weights decides the step, a stronger one helps.
    void next_step() {
        const double constant = -dot(problem_.b.data(), centre_.data(), size_);
        int shorter = 0;
        for (double longer = 1.0; longer < 1e7; longer *= 10.0) {
            Proximal proximal(centre_, search_.lower, search_.upper, metric_, longer * length_.value());
            model_.solve(proximal, problem_.b, constant, at_centre_.value, 1e-2, 0.1 * search_.noise);
            predicted_ = model_.predicted() - at_centre_.value;
            if (model_.slack() > std::max(search_.noise, 0.1 * predicted_) && shorter < 12) {
                ++shorter;
                length_.set(0.1 * length_.value());
                longer *= 0.1;
                continue;
            }
            rise_ = predicted_ + proximal.squared_length(model_.step()) / (2.0 * proximal.t());
            for (std::size_t k = 0; k < size_; ++k)
                reach_[k] = std::max({reach_[k], std::abs(model_.step()[k]), std::abs(centre_[k] - origin_[k]), std::abs(centre_[k])});
            double ascent = expected_ascent();
            // Where the metric is curvature and has just foretold a gain, the promise itself measures what is left; thirtyfold,
            // for curvature is a guess.
            if (choice_.is_curvature() && foretold_) ascent = std::min(ascent, 30.0 * predicted_ / std::min(longer * length_.value(), 1.0));
            // A Newton step is worth its call long before its promise falls that low.
            const double least = std::max(search_.noise, (choice_.is_curvature() ? 1e-3 : 0.1) * search_.allowed());
            // How far to look is known only where something has held a step back.
            const bool believed = limited_ || (predicted_ <= least && longer > 9e5);
            search_.predict(ascent, believed);
            if (predicted_ > least || (believed && ascent <= search_.allowed())) {
                length_.set(longer * length_.value());
                break;
            }
        }
        model_.age();
    }

    // Moves the centre where the trial keeps enough of its promise, and sets the length of the next step.
    void judge(Evaluation at, std::vector<double> trial, const std::vector<double>& step) {
        const double gain = at.value - at_centre_.value;
        const bool curved = choice_.is_curvature();
        limited_ = gain < 0.9 * rise_;
        foretold_ = gain >= 0.5 * predicted_ && gain <= 1.5 * predicted_ + search_.noise;
        if (gain >= 0.1 * predicted_ && gain > 0) {
            model_.recentre(choice_.update(at, step, at_centre_.gradient, metric_));
            model_.move_centre_to_step();
            centre_ = std::move(trial);
            at_centre_ = std::move(at);
            length_.moved(gain, predicted_, rise_, curved, choice_.is_curvature());
        } else {
            length_.stayed(gain, predicted_, gain - dot(at.gradient.data(), step.data(), size_), search_.noise, curved);
        }
    }

    [[nodiscard]] std::vector<std::uint8_t> memory() const {
        Writer out;
        search_.write(out);
        out.write(centre_);
        out.write(origin_);
        out.write(at_centre_.value);
        out.write(at_centre_.gradient);
        metric_.write(out);
        choice_.write(out);
        out.write(reach_);
        length_.write(out);
        out.all(predicted_, rise_, stepped_, foretold_, limited_);
        out.write(static_cast<std::uint64_t>(groups_));
        out.write(static_cast<std::uint64_t>(shards_));
        model_.write(out);
        return out.bytes();
    }
    // Leaves the centre empty where the memory is of another shape.
    void read(Reader& in) {
        in.read(centre_);
        in.read(origin_);
        in.read(at_centre_.value);
        in.read(at_centre_.gradient);
        metric_.read(in);
        choice_.read(in);
        in.read(reach_);
        length_.read(in);
        in.all(predicted_, rise_, stepped_, foretold_, limited_);
        std::uint64_t groups = 0, shards = 0;
        in.read(groups);
        in.read(shards);
        if (groups != groups_ || shards != shards_) centre_.clear();
        else model_.read(in);
    }

    [[nodiscard]] std::size_t first_shard(std::size_t group) const { return group * shards_ / groups_; }

    [[nodiscard]] std::vector<Weight> weights() const {
        return recovered_weights(model_.cuts(), [&](std::size_t g) { return first_shard(g); });
    }

    Result finish(core::Status status) {
        if (stepped_) {
            search_.result.average_use = model_.average();
            search_.result.average_cost = model_.aggregate() - dot(model_.average().data(), centre_.data(), size_);
            if (search_.result.failure == nullptr) search_.recover(model_.average(), [&] { return weights(); }, true);
            search_.result.weights = weights();
            status = search_.conclusion().value_or(status);
        }
        if (!centre_.empty() && !at_centre_.gradient.empty()) search_.result.state = search_.state(memory());
        return search_.finish(status);
    }

    // One cut a group from the replies at the model's step (nothing: at the centre).
    void add_cuts(const Evaluation& at, const std::vector<double>* step) {
        for (std::size_t g = 0; g < groups_; ++g) {
            core::CompensatedSum value;
            core::CompensatedSum error;
            std::vector<double> slope(size_, 0.0);
            std::vector<std::uint64_t> tags;
            for (std::size_t s = first_shard(g); s < first_shard(g + 1); ++s) {
                value.add(at.replies[s].value);
                error.add(at.replies[s].value_error);
                for (std::size_t k = 0; k < size_; ++k) slope[k] += at.replies[s].gradient[k];
                tags.push_back(at.replies[s].tag);
            }
            double at_centre = value.value();
            if (step != nullptr) {
                search_.contradicted(first_shard(g), first_shard(g + 1) - 1, value.value() - error.value() - model_.value_at_step(g));
                at_centre -= dot(slope.data(), step->data(), size_);
            }
            model_.add(g, at_centre, value.value(), std::move(slope), std::move(tags));
        }
    }

    // 1 where the metric is curvature: a Newton step. Otherwise an ascent of a twentieth of the value.
    [[nodiscard]] double first_weight() const {
        if (choice_.is_curvature()) return 1.0;
        double norm = 0;
        for (std::size_t k = 0; k < size_; ++k)
            norm += at_centre_.gradient[k] * at_centre_.gradient[k] / metric_.diagonal()[k];
        return norm > 0 ? 0.05 * std::max(std::abs(at_centre_.value), 1.0) / norm : 1.0;
    }

    // Ascent that the aggregate cut allows within the bounds and as far from the centre as the search has ever gone. The
    // aggregate lies above the dual everywhere: over the whole box it proves an upper bound.
    [[nodiscard]] double expected_ascent() {
        double radius = 0;
        for (std::size_t k = 0; k < size_; ++k) radius += metric_.diagonal()[k] * reach_[k] * reach_[k];
        radius = std::sqrt(radius);
        const double error = model_.aggregate() - at_centre_.value;
        double boxed = 0, near = 0, norm = 0;
        for (std::size_t k = 0; k < size_; ++k) {
            const double slope = model_.average()[k];
            if (slope == 0) continue;
            const double room = slope > 0 ? search_.upper[k] - centre_[k] : centre_[k] - search_.lower[k];
            const double most = std::abs(slope) * room;
            boxed += most;
            if (most <= std::abs(slope) * radius / std::sqrt(metric_.diagonal()[k])) {
                near += most;
            } else {
                norm += slope * slope / metric_.diagonal()[k];
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
    StepMetric metric_{};
    MetricChoice choice_;
    std::vector<double> origin_{};
    std::vector<double> reach_{};  // farthest that any trial or centre lay from a centre, the start or 0
    StepLength length_{};
    double rise_ = 0;              // the same without the proximal term
    double predicted_ = 0;         // ascent that the model promised for the last trial
    bool foretold_ = false;        // the last trial gained about what was predicted
    bool limited_ = false;         // it gained clearly less than a linear dual would have
    bool stepped_ = false;         // the model's step is the next trial
};

}  // namespace meio::lagrangian::detail
