// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>
#include <meio/demand/fit.hpp>
#include <reference/demand/panel.hpp>

using namespace meio;
using namespace meio::demand;

namespace {

const double missing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("without shrinkage: sample moments of what was observed") {
    // Rows with holes give the mean and unbiased variance of their observed values; one value alone counts as Poisson.
    core::RandomStream draw(4, 4);
    const std::size_t series = 50, periods = 12;
    std::vector<double> history(series * periods);
    for (double& value : history) value = draw.uniform() < 0.3 ? missing : static_cast<double>(draw.below(9));
    for (std::size_t s = 0; s < series; ++s) history[s * periods] = 1;
    for (std::size_t t = 1; t < periods; ++t) history[t] = missing;
    const HistoryFit fit = fit_history(history, series, periods, {.shrink = false});
    for (std::size_t s = 0; s < series; ++s) {
        reference::Sample seen;
        for (std::size_t t = 0; t < periods; ++t)
            if (!std::isnan(history[s * periods + t])) seen.add(history[s * periods + t]);
        CHECK(fit.observations[s] == doctest::Approx(static_cast<double>(seen.values.size())));
        CHECK(fit.mean[s] == doctest::Approx(seen.mean()));
        CHECK(fit.variance[s] == doctest::Approx(s == 0 ? 1.0 : seen.variance()));
    }
}

TEST_CASE("half life") {
    // Weights 1/2 and 1 on the values 0 and 3: mean 2, and (3/2)^2 / (5/4) effective observations.
    const HistoryFit fit = fit_history(std::vector<double>{0, 3}, 1, 2, {.half_life = 1, .shrink = false});
    CHECK(fit.mean[0] == doctest::Approx(2));
    CHECK(fit.observations[0] == doctest::Approx(1.5 * 1.5 / 1.25));
}

TEST_CASE("the pool of a gamma-Poisson panel is recovered, and shrinkage pays") {
    // 4,000 short series with known rates: pool mean, spread and dispersion within 5 %, 10 % and 10 %; squared error of
    // the mean at most 0.8 of the sample mean's; fitted variances add up to the true ones within 5 %.
    core::RandomStream draw(8, 8);
    const std::size_t series = 4000, periods = 8;
    const double phi = 0.6;
    std::vector<double> rate(series), history(series * periods);
    for (std::size_t s = 0; s < series; ++s) {
        rate[s] = distributions::sample_gamma(draw, 2.0) * 0.5;  // mean 1, variance 1/2
        for (std::size_t t = 0; t < periods; ++t) {
            const double shock = distributions::sample_gamma(draw, 1 / phi) * phi;
            history[s * periods + t] = static_cast<double>(distributions::sample_poisson(draw, rate[s] * shock));
            if (draw.uniform() < 0.2) history[s * periods + t] = missing;
        }
    }
    for (std::size_t t = 0; t < periods; ++t) history[t] = missing;
    const HistoryFit pooled = fit_history(history, series, periods);
    CHECK(pooled.pool_mean == doctest::Approx(1).epsilon(0.05));
    CHECK(pooled.pool_variance == doctest::Approx(0.5).epsilon(0.1));
    CHECK(pooled.pool_dispersion == doctest::Approx(phi).epsilon(0.1));
    CHECK(pooled.mean[0] == doctest::Approx(pooled.pool_mean));  // never observed
    double with = 0, without = 0, fitted = 0, truth = 0;
    for (std::size_t s = 1; s < series; ++s) {
        reference::Sample seen;
        for (std::size_t t = 0; t < periods; ++t)
            if (!std::isnan(history[s * periods + t])) seen.add(history[s * periods + t]);
        if (seen.values.empty()) continue;
        with += std::pow(pooled.mean[s] - rate[s], 2);
        without += std::pow(seen.mean() - rate[s], 2);
        fitted += pooled.variance[s];
        truth += rate[s] + phi * rate[s] * rate[s];
        CHECK(pooled.variance[s] >= pooled.mean[s]);
    }
    CHECK(with < 0.8 * without);
    CHECK(fitted == doctest::Approx(truth).epsilon(0.05));
}

TEST_CASE("a pool of equal rates shrinks to one, and an empty one to zero") {
    // Constant series differ in nothing: pool variance 0 and every mean the pool's; no demand at all gives zeros.
    const HistoryFit same = fit_history(std::vector<double>(30, 2.0), 5, 6);
    CHECK(same.mean[3] == doctest::Approx(2));
    CHECK(same.variance[3] == doctest::Approx(2));
    const HistoryFit none = fit_history(std::vector<double>(30, 0.0), 5, 6);
    CHECK(none.mean[0] == 0);
    CHECK(none.variance[0] == 0);
    CHECK(fit_history(std::vector<double>(6, missing), 2, 3).mean[1] == 0);
    CHECK(fit_history({}, 0, 3).mean.empty());
}

TEST_CASE("wrong histories are refused in one pass") {
    // A negative value, an infinite one and a series without observations are three findings.
    const std::vector<double> history{1, -2, std::numeric_limits<double>::infinity(), 1, missing, missing};
    try {
        (void)fit_history(history, 3, 2, {.shrink = false});
        FAIL("no error");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 3);
    }
    CHECK_THROWS_AS((void)fit_history(history, 2, 2), core::InputError);
    CHECK_THROWS_AS((void)fit_history(history, 3, 2, {.half_life = 0}), core::InputError);
}
