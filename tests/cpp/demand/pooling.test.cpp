// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <meio/demand/pooling.hpp>
#include <reference/demand/panel.hpp>

using namespace meio;
using namespace meio::demand;

TEST_CASE("pooling rules") {
    // Count: Poisson adds, the excess adds as variances or as deviations; normal and gamma: whole variances or deviations.
    const std::vector<Moments> parts{{4, 8}, {9, 18}, {2, 1}};
    CHECK(pool(parts, Family::count, Correlation::independent).variance == doctest::Approx(15 + 4 + 9));
    CHECK(pool(parts, Family::count, Correlation::common).variance == doctest::Approx(15 + 25));
    CHECK(pool(parts, Family::normal, Correlation::independent).variance == doctest::Approx(27));
    CHECK(pool(parts, Family::gamma, Correlation::common).variance ==
          doctest::Approx(std::pow(std::sqrt(8.0) + std::sqrt(18.0) + 1.0, 2)));
    CHECK(pool(parts, Family::count, Correlation::common).mean == doctest::Approx(15));
    CHECK(pool({}, Family::count, Correlation::common).variance == 0);
}

TEST_CASE("splitting a thinned negative binomial and pooling it gives it back") {
    // Under a common shock, any split of national demand by shares has the national moments when pooled.
    const Moments national{30, 100};
    const std::vector<Moments> parts{thinned(national, 0.2), thinned(national, 0.5), thinned(national, 0.3)};
    const Moments back = pool(parts, Family::count, Correlation::common);
    CHECK(back.mean == doctest::Approx(30));
    CHECK(back.variance == doctest::Approx(100));
}

TEST_CASE("pooled intervals agree with a simulation unit by unit") {
    // Five thinned regions, a lead time uniform on 1, 2, 3 that all of them share: mean and variance within four standard
    // errors, for independent and for common shocks.
    const std::vector<double> means{3, 8, 1, 5, 4}, shares{1.0, 0.5, 0.25, 0.8, 0.6};
    const double phi = 0.4, lead_sd = std::sqrt(2.0 / 3.0);
    for (const bool common : {false, true}) {
        CAPTURE(common);
        Forecast f;
        f.correlation = common ? Correlation::common : Correlation::independent;
        std::vector<SeriesPart> parts;
        for (std::size_t r = 0; r < means.size(); ++r) {
            f.series.push_back({0, static_cast<std::int32_t>(r)});
            f.mean.push_back(means[r]);
            f.variance.push_back(means[r] + phi * means[r] * means[r]);
            parts.push_back({r, shares[r]});
        }
        const Moments exact = pooled_interval(f, parts, 0, 2, lead_sd, 1);
        const int runs = 60000;
        const reference::Sample sample = reference::pooled_lead_demand(17, means, shares, phi, common, runs);
        CHECK(std::abs(sample.mean() - exact.mean) < 4 * std::sqrt(exact.variance / runs));
        CHECK(std::abs(sample.variance() - exact.variance) < 4 * sample.variance_error());
    }
}

TEST_CASE("paths of common demand are added path by path") {
    // Two series that always move against each other pool to a constant; taken as independent, their variances add.
    Forecast f;
    f.samples = 4;
    f.series = {{0, 0}, {0, 1}};
    f.mean = {2.5, 2.5};
    f.variance = {5.0 / 3, 5.0 / 3};
    f.paths = {1, 2, 3, 4, 4, 3, 2, 1};
    const std::vector<SeriesPart> parts{{0, 1}, {1, 1}};
    f.correlation = Correlation::common;
    CHECK(pooled_interval(f, parts, 0, 0, 0, 1).mean == doctest::Approx(5));
    CHECK(pooled_interval(f, parts, 0, 0, 0, 1).variance == doctest::Approx(0));
    CHECK(pooled_interval(f, parts, 0, 0, 2, 1).variance == doctest::Approx(100));
    f.correlation = Correlation::independent;
    CHECK(pooled_interval(f, parts, 0, 0, 0, 1).variance == doctest::Approx(10.0 / 3));
    // Thinning adds the chance of each unit.
    f.correlation = Correlation::common;
    const std::vector<SeriesPart> halves{{0, 0.5}, {1, 0.5}};
    CHECK(pooled_interval(f, halves, 0, 0, 0, 1).variance == doctest::Approx(0.25 * 5));
}
