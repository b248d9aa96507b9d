// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/simulation/demand_source.hpp>

using namespace meio;

namespace {

struct Moments {
    double mean = 0, variance = 0, covariance = 0;
};

// Of region 0, and its covariance with region 1, over many runs of 10 periods.
Moments moments(const demand::Forecast& forecast, int runs = 20000) {
    const simulation::ForecastDemand source{&forecast, 2, 0, 7};
    double a = 0, b = 0, aa = 0, ab = 0;
    std::vector<std::int32_t> counts(20);
    for (int run = 0; run < runs; ++run) {
        std::fill(counts.begin(), counts.end(), 0);
        source(0, static_cast<std::uint64_t>(run), counts);
        for (std::size_t t = 0; t < 10; ++t) {
            const double x = counts[t];
            const double y = counts[10 + t];
            a += x;
            b += y;
            aa += x * x;
            ab += x * y;
        }
    }
    const double n = 10.0 * runs;
    return {a / n, aa / n - a / n * a / n, ab / n - a / n * b / n};
}

demand::Forecast forecast(double mean, double variance) {
    demand::Forecast f;
    f.series = {{0, 0}, {0, 1}};
    f.mean = {mean, mean};
    f.variance = {variance, variance};
    return f;
}

}  // namespace

TEST_CASE("drawn demand has the forecast's moments") {
    // Poisson below and above the switch of method, negative binomial, normal and gamma: mean and variance within noise.
    for (const double mean : {0.05, 0.3, 4.0, 9.99, 10.01, 300.0}) {
        auto f = forecast(mean, mean);
        auto seen = moments(f);
        CAPTURE(mean);
        CHECK(std::abs(seen.mean - mean) < 5.0 * std::sqrt(mean / 2e5));
        CHECK(seen.variance == doctest::Approx(mean).epsilon(0.02));
        CHECK(std::abs(seen.covariance) < 0.02 * mean);
        f = forecast(mean, 3.0 * mean);
        seen = moments(f);
        CHECK(std::abs(seen.mean - mean) < 5.0 * std::sqrt(3.0 * mean / 2e5));
        CHECK(seen.variance == doctest::Approx(3.0 * mean).epsilon(0.05));
        CHECK(std::abs(seen.covariance) < 0.05 * mean);
    }
    auto f = forecast(50.0, 100.0);
    f.family = demand::Family::normal;
    CHECK(moments(f).mean == doctest::Approx(50.0).epsilon(0.005));
    CHECK(moments(f).variance == doctest::Approx(100.17).epsilon(0.02));
    f.family = demand::Family::gamma;
    CHECK(moments(f).mean == doctest::Approx(50.0).epsilon(0.005));
    CHECK(moments(f).variance == doctest::Approx(100.17).epsilon(0.02));
}

TEST_CASE("a common shock moves regions together by the excess over Poisson") {
    // A thinned negative binomial: covariance of two equal regions is the excess variance of one.
    auto f = forecast(20.0, 60.0);
    f.correlation = demand::Correlation::common;
    auto seen = moments(f);
    CHECK(seen.variance == doctest::Approx(60.0).epsilon(0.03));
    CHECK(seen.covariance == doctest::Approx(40.0).epsilon(0.03));
    // Slow movers, where the total is drawn first; and unequal excess, where each region draws.
    f.mean = {0.4, 0.2};
    f.variance = {0.72, 0.28};
    seen = moments(f);
    CHECK(seen.mean == doctest::Approx(0.4).epsilon(0.02));
    CHECK(seen.variance == doctest::Approx(0.72).epsilon(0.04));
    CHECK(seen.covariance == doctest::Approx(0.16).epsilon(0.06));
    f.variance = {0.72, 0.2};
    seen = moments(f);
    CHECK(seen.variance == doctest::Approx(0.72).epsilon(0.04));
    CHECK(std::abs(seen.covariance) < 0.01);
}

TEST_CASE("paths are replayed whole, and history as it was") {
    // Every run of several planning periods is one of the paths; replay is the same in every run.
    demand::Forecast f;
    f.periods = 3;
    f.samples = 2;
    f.series = {{0, 0}};
    f.mean = f.variance = {1, 1, 1};
    f.paths = {1, 2, 3, 7, 8, 9};
    const simulation::ForecastDemand source{&f, 1, 0, 1};
    bool seen[2] = {false, false};
    for (std::uint64_t run = 0; run < 50; ++run) {
        std::vector<std::int32_t> counts(3);
        source(0, run, counts);
        const bool first = counts == std::vector<std::int32_t>{1, 2, 3};
        CHECK((first || counts == std::vector<std::int32_t>{7, 8, 9}));
        seen[first ? 0 : 1] = true;
    }
    CHECK((seen[0] && seen[1]));
    const auto history = simulation::replay({{3, 0}, {1, 0}, {2, 0}}, {9, 9, 4, 5, 7, 7}, 2);
    std::vector<std::int32_t> counts(2);
    history(1, 3, counts);
    CHECK(counts == std::vector<std::int32_t>{4, 5});
    CHECK_THROWS_AS((void)simulation::replay({{0, 0}}, {1, -1, 3}, 2), core::InputError);
}
