// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>
#include <meio/lagrangian/maximize.hpp>
#include <reference/lagrangian_random.hpp>

using namespace meio;
using namespace meio::lagrangian;

namespace {

bool same(const Result& x, const Result& y) {
    const auto equal = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    bool weights = x.weights.size() == y.weights.size();
    for (std::size_t i = 0; weights && i < x.weights.size(); ++i)
        weights = x.weights[i].tag == y.weights[i].tag && x.weights[i].weight == y.weights[i].weight;
    bool history = x.history.size() == y.history.size();
    for (std::size_t i = 0; history && i < x.history.size(); ++i) history = x.history[i].value == y.history[i].value;
    return weights && history && x.status == y.status && x.calls == y.calls && x.bound == y.bound &&
           x.multipliers == y.multipliers && x.average_use == y.average_use && equal(x.average_cost, y.average_cost) &&
           x.model_upper == y.model_upper && x.predicted_gap == y.predicted_gap;
}

}  // namespace

TEST_CASE("random duals: every method's bound is below the linear program's value, and a killed solve goes on the same") {
    // All methods and metrics, any number of groups and cut groups, starved memories, value errors, boxes of every kind.
    // Bounds from below, cuts from above, certificates within what they certify. MEIO_FUZZ=3000 for a longer run,
    // MEIO_FUZZ_FROM for its first seed.
    const auto number = [](const char* name, std::uint64_t otherwise) {
        const char* text = std::getenv(name);
        return text == nullptr ? otherwise : static_cast<std::uint64_t>(std::strtoull(text, nullptr, 10));
    };
    const std::uint64_t from = number("MEIO_FUZZ_FROM", 0);
    const std::uint64_t count = number("MEIO_FUZZ", 60);
    for (std::uint64_t seed = from; seed < from + count; ++seed) {
        const reference::RandomDual dual(seed);
        const double optimum = dual.optimum();
        REQUIRE(std::isfinite(optimum));
        const double scale = std::max(dual.scale, std::abs(optimum));
        core::RandomStream draw(seed, 78);
        for (int m = 0; m < 12; ++m) {
            Options options;
            options.method = m < 5 ? Method::bundle : static_cast<Method>(m - 4);
            constexpr Metric metrics[] = {Metric::identity, Metric::usage, Metric::diagonal, Metric::hessian, Metric::lbfgs};
            if (m < 5) options.metric = metrics[m];
            options.cut_groups = 1 + static_cast<int>(draw.below(20));
            if (draw.below(4) == 0) options.max_cuts = 4 + static_cast<int>(draw.below(8));
            if (draw.below(4) == 0) options.max_idle = 1 + static_cast<int>(draw.below(10));
            options.max_calls = m < 7 ? 300 : 60;
            options.relative_gap = 1e-9;
            options.absolute_gap = 1e-10 * scale;
            options.threads = 1;
            const Result whole = maximize(dual, dual.problem, options);
            const std::string name = "seed " + std::to_string(seed) + " method " + std::to_string(m) + " groups " + std::to_string(options.cut_groups) + " cuts " + std::to_string(options.max_cuts);
            CAPTURE(name);
            CAPTURE(whole.diagnosis);
            CAPTURE(whole.calls);
            CHECK(whole.bound <= optimum + 1e-9 * scale);
            CHECK(whole.model_upper >= optimum - 1e-9 * scale);
            const double wrong = 1e-9 * scale + (whole.status == core::Status::optimal ? 1e-9 * std::abs(optimum) + 1e-10 * scale : 0.0);
            if (whole.status == core::Status::optimal) CHECK(whole.bound >= optimum - wrong);
            if (m < 7 && dual.error == 0) {
                const bool ended = core::is_success(whole.status) || whole.status == core::Status::stalled;
                if (options.max_cuts > 20) CHECK(ended);
                if (ended) CHECK(whole.bound >= optimum - 1e-6 * scale);
            }
            if (whole.calls < 2) continue;
            Options first = options;
            first.max_calls = 1 + static_cast<int>(draw.below(static_cast<std::uint64_t>(whole.calls - 1)));
            State kept;
            first.checkpoint_every = 1 + static_cast<int>(draw.below(5));
            first.checkpoint = [&](const State& state) { kept = state; };
            const Result killed = maximize(dual, dual.problem, first);
            if (kept.history.empty() || draw.below(2) == 0) kept = killed.state;
            const State state = State::from_bytes(kept.to_bytes());
            Options second = options;
            second.resume = &state;
            second.threads = 1 + static_cast<int>(draw.below(3));
            if (m < 11) CHECK(same(maximize(dual, dual.problem, second), whole));
        }
    }
}
