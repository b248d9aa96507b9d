// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/core/parallel.hpp>
#include <meio/core/random.hpp>
#include <meio/lagrangian/detail/bundle.hpp>
#include <meio/lagrangian/detail/walk.hpp>

namespace meio::lagrangian::detail {

/// Some groups of an oracle as an oracle of their own.
template <Oracle O>
struct SampleOracle {
    const O* whole = nullptr;
    std::vector<std::size_t> chosen{};

    [[nodiscard]] std::size_t size() const { return whole->size(); }
    [[nodiscard]] std::size_t groups() const { return chosen.size(); }
    void evaluate(std::span<const double> multipliers, std::size_t group, Reply& reply) const {
        whole->evaluate(multipliers, chosen[group], reply);
    }
};

/// AdaGrad over sampled shards: Duchi, Hazan and Singer (2011), JMLR 12, on supergradients that a few shards give.
///
/// The first sample of shards is solved by itself, with its share of b, for the scale of the multipliers and a start. Then
/// rounds of 1, 1, 2, 4, ... passes: each pass asks every shard once, in an order drawn anew, a sample at each step, so
/// that its plans are a convex combination in every group. The average of a round's points gets a full call, which alone
/// makes a bound. Ends where two rounds in a row gain less than a tenth of what the average plan still allows: what is left is the
/// bundle's work. `Result::calls` counts shards asked over shards there are, rounded up.
template <Oracle O>
class Adagrad : private Walk<O> {
    using Base = Walk<O>;
    using Base::average_, Base::metric_, Base::options_, Base::problem_, Base::search_, Base::size_, Base::start_;

public:
    Adagrad(Search<O>& search, const O& oracle, const Problem& problem, const Options& options, const core::Context& context)
        : Base(search, oracle, problem, options), oracle_(oracle), context_(context), groups_(oracle.groups()) {}

    Result run() {
        if (options_.resume == nullptr) {
            start_ = point_ = search_.result.multipliers;
            metric_.assign(size_, 1.0);
            if (options_.max_calls > 1) solve_sample();
        } else {
            Reader in(options_.resume->memory);
            read(in);
        }
        while (true) {
            const int left = options_.max_calls - calls() - 1;
            const int passes = std::min(next_passes(), left);
            if (round_ > 0) {
                search_.checkpoint([&] { return memory(); });
                if (const auto stop = search_.why_stop()) return end(*stop);
                if (passes < 1) return end(core::Status::iteration_limit, "max_calls");
                if (idle_ >= 2) return end(core::Status::stalled, "sampling gains no more");
            }
            const double before = search_.result.bound;
            const std::vector<double> from = point_;
            bool whole = true;
            for (int p = 0; p < passes && whole; ++p) whole = pass(p);
            if (const auto outside = context_.stop_reason(); !whole && outside) {
                return end(search_.why_stop().value_or(*outside));
            }
            // A shard that failed fails again here, and is named.
            if (whole && passes > 0) point_ = mean_;
            double moved = 0;
            for (std::size_t k = 0; k < size_; ++k) {
                const double step = point_[k] - from[k];
                moved += step * step;
            }
            evaluations_ += groups_;
            const Evaluation at = search_.call(point_, std::sqrt(moved));
            count();
            if (search_.cut_short()) return end(*search_.why_stop());
            this->reached(from, point_);
            metric_ = step_metric(at, problem_, options_.metric);
            this->take_average(Answer(at), point_, 1.0 / (averaged_ + 1.0));
            const double ascent = this->squared_norm(at.gradient, point_) > 0 ? this->expected_ascent() : 0.0;
            search_.predict(ascent);
            search_.recover(average_.use(), [&] { return this->weights(); });
            const double gain = search_.result.bound - before;
            idle_ = round_ > 0 && gain < 0.1 * ascent ? idle_ + 1 : 0;
            if (at.value < search_.result.bound) rate_ *= 0.5;
            point_ = search_.result.multipliers;
            ++round_;
        }
    }

private:
    [[nodiscard]] int next_passes() const { return round_ < 2 ? 1 : 1 << std::min(round_ - 1, 20); }
    [[nodiscard]] int calls() const { return static_cast<int>((evaluations_ + groups_ - 1) / groups_); }
    void count() { search_.result.calls = calls(); }

    [[nodiscard]] std::size_t batch() const {
        const auto wish = static_cast<std::size_t>(std::ceil(options_.sample_share * static_cast<double>(groups_)));
        return std::clamp<std::size_t>(wish, 1, groups_);
    }

    [[nodiscard]] std::vector<std::size_t> shuffled(std::uint64_t name) const {
        std::vector<std::size_t> order(groups_);
        std::iota(order.begin(), order.end(), std::size_t{0});
        core::RandomStream draw(options_.seed, name);
        for (std::size_t i = groups_; i > 1; --i) std::swap(order[i - 1], order[draw.below(i)]);
        return order;
    }

    // A start and a scale: a third of the median price of resources, each in units of its own capacity.
    void solve_sample() {
        std::vector<std::size_t> order = shuffled(0);
        order.resize(batch());
        const double share = static_cast<double>(order.size()) / static_cast<double>(groups_);
        Problem problem = problem_;
        for (double& value : problem.b) value *= share;
        Options options;
        options.max_calls = std::clamp(static_cast<int>(1.0 / share), 1, 15);
        options.relative_gap = 1e-3;
        options.initial = point_;
        options.threads = options_.threads;
        core::Context context = context_;
        context.callback = nullptr;
        const SampleOracle<O> sample{&oracle_, order};
        Search<SampleOracle<O>> search(sample, problem, options, context);
        const Result found = Bundle<SampleOracle<O>>(search, sample, problem, options).run();
        evaluations_ += static_cast<std::uint64_t>(found.calls) * order.size();
        // A few shards alone may have no mixture of plans that keeps their share: then their dual grows without limit.
        const bool useful = found.calls > 0 && found.predicted_gap <= 1.0;
        std::vector<double> worth;
        for (std::size_t k = 0; k < size_ && useful; ++k) {
            const double price = std::max(std::abs(found.multipliers[k]), std::abs(found.multipliers[k] - point_[k]));
            if (price > 0) worth.push_back(price * unit(k));
        }
        if (!worth.empty()) {
            const auto middle = worth.begin() + static_cast<std::ptrdiff_t>(worth.size() / 2);
            std::nth_element(worth.begin(), middle, worth.end());
            rate_ = *middle / 3.0;
        }
        if (useful) point_ = found.multipliers;
    }

    [[nodiscard]] double unit(std::size_t k) const { return problem_.b[k] != 0 ? std::abs(problem_.b[k]) : 1.0; }

    // One step for each sample of shards; false where it was cut short.
    bool pass(int number) {
        const std::vector<std::size_t> order = shuffled(++passes_);
        if (number == 0) {
            squares_.assign(size_, 0.0);
            mean_ = point_;
            steps_ = 0;
            averaged_ = 0;
        }
        Answer plans{};
        plans.gradient.assign(size_, 0.0);
        plans.tags.assign(groups_, 0);
        for (std::size_t first = 0; first < groups_; first += batch()) {
            const std::size_t count = std::min(batch(), groups_ - first);
            std::vector<Reply> replies(count);
            if (!ask(std::span(order).subspan(first, count), replies)) return false;
            std::vector<double> use(size_, 0.0);
            for (std::size_t i = 0; i < count; ++i) {
                plans.value += replies[i].value;
                plans.tags[order[first + i]] = replies[i].tag;
                for (std::size_t k = 0; k < size_; ++k) use[k] += replies[i].gradient[k];
            }
            const double scale = static_cast<double>(groups_) / static_cast<double>(count);
            ++steps_;
            const double share = 2.0 / (static_cast<double>(steps_) + 1.0);  // weights grow with the steps
            for (std::size_t k = 0; k < size_; ++k) {
                const double worth = point_[k] * use[k];
                plans.value -= worth;
                plans.error += 4.0 * std::numeric_limits<double>::epsilon() * std::abs(worth);
                plans.gradient[k] += use[k];
                mean_[k] += share * (point_[k] - mean_[k]);
                const double slope = scale * use[k] - problem_.b[k];
                squares_[k] += slope * slope;
                if (!(squares_[k] > 0)) continue;
                const double to = point_[k] + rate_ / unit(k) * slope / std::sqrt(squares_[k]);
                point_[k] = std::clamp(to, search_.lower[k], search_.upper[k]);
            }
        }
        for (std::size_t k = 0; k < size_; ++k) plans.gradient[k] -= problem_.b[k];
        this->take_average(plans, std::vector<double>(size_, 0.0), 1.0 / ++averaged_);
        return true;
    }

    bool ask(std::span<const std::size_t> shards, std::vector<Reply>& replies) {
        std::vector<char> failed(shards.size(), 0);
        core::parallel_for(shards.size(), options_.threads, [&](std::size_t i) {
            if (context_.stop_reason()) {
                failed[i] = 1;
                return;
            }
            Evaluation checked;
            try {
                oracle_.evaluate(point_, shards[i], replies[i]);
                failed[i] = check_reply(replies[i], shards[i], size_, checked) ? 0 : 1;
            } catch (...) {
                failed[i] = 1;
            }
        });
        evaluations_ += shards.size();
        return std::none_of(failed.begin(), failed.end(), [](char f) { return f != 0; });
    }

    Result end(core::Status status, const char* why = nullptr) {
        if (why != nullptr) search_.result.diagnosis = why;
        Result result = this->finish(status, [&] { return memory(); });
        result.diagnosis += " (" + std::to_string(evaluations_) + " evaluations of one of " + std::to_string(groups_) + " shards)";
        return result;
    }

    [[nodiscard]] std::vector<std::uint8_t> memory() const {
        Writer out;
        this->write_walk(out);
        out.write(point_);
        out.write(rate_);
        out.write(evaluations_);
        out.write(passes_);
        out.write(round_);
        out.write(averaged_);
        out.write(idle_);
        return out.bytes();
    }
    void read(Reader& in) {
        this->read_walk(in);
        in.read(point_);
        in.read(rate_);
        in.read(evaluations_);
        in.read(passes_);
        in.read(round_);
        in.read(averaged_);
        in.read(idle_);
    }

    const O& oracle_;
    const core::Context& context_;
    std::size_t groups_;
    std::vector<double> point_{};
    std::vector<double> squares_{};
    std::vector<double> mean_{};  // of the round's points
    double rate_ = 1;             // longest first step, in units of value
    std::uint64_t steps_ = 0;
    std::uint64_t evaluations_ = 0;
    std::uint64_t passes_ = 0;
    int round_ = 0;
    int averaged_ = 0;
    int idle_ = 0;  // rounds in a row without enough gain
};

}  // namespace meio::lagrangian::detail
