// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>

namespace meio::reference {

/// A row of tests/data/distributions/reference.csv (mpmath, 60 digits).
struct Fact {
    double a, b, x, cdf, survival, loss, complementary_loss, second_order_loss;
};

[[nodiscard]] inline std::vector<Fact> facts_of(const std::string& family) {
    const auto file = std::filesystem::path(__FILE__).parent_path() / "../../data/distributions/reference.csv";
    std::ifstream in(file);
    REQUIRE_MESSAGE(in.good(), "cannot read ", file.string());
    std::vector<Fact> facts;
    for (std::string line; std::getline(in, line);) {
        if (line.rfind(family + ",", 0) != 0) continue;
        std::istringstream cells(line.substr(family.size() + 1));
        double values[8];
        std::string cell;
        for (double& value : values) {
            std::getline(cells, cell, ',');
            value = std::strtod(cell.c_str(), nullptr);
        }
        facts.push_back({values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]});
    }
    REQUIRE(facts.size() > 20);
    return facts;
}

/// Relative error; values below the range of normalised doubles count as met.
[[nodiscard]] inline double relative_error(double found, double expected) {
    return std::abs(expected) < 1e-290 ? std::abs(found) * 1e276 : std::abs(found / expected - 1);
}

/// Checks the five functions of `make(a, b)` against the table to a relative 1e-12, and that quantiles invert the cdf.
template <class Make>
void check_table(const std::string& family, Make&& make) {
    for (const Fact& fact : facts_of(family)) {
        CAPTURE(fact.a);
        CAPTURE(fact.b);
        CAPTURE(fact.x);
        const auto demand = make(fact.a, fact.b);
        CHECK(relative_error(demand.cdf(fact.x), fact.cdf) < 1e-12);
        CHECK(relative_error(demand.survival(fact.x), fact.survival) < 1e-12);
        CHECK(relative_error(demand.loss(fact.x), fact.loss) < 1e-12);
        CHECK(relative_error(demand.complementary_loss(fact.x), fact.complementary_loss) < 1e-12);
        CHECK(relative_error(demand.second_order_loss(fact.x), fact.second_order_loss) < 1e-12);
        if (fact.cdf < 1e-290 || fact.cdf > 0.999) continue;
        const double back = demand.quantile(demand.cdf(fact.x));
        if (demand.is_discrete()) {
            CHECK(back <= std::floor(fact.x));
            CHECK(demand.cdf(back) == demand.cdf(fact.x));
        } else {
            // A relative error of the cdf is worth cdf / density in x.
            CHECK(relative_error(demand.cdf(back), demand.cdf(fact.x)) < 1e-12 * (1 + 40 * std::abs(std::log(fact.cdf))));
        }
    }
}

/// Checks mean and variance of n draws within five standard errors.
template <class Demand>
void check_samples(const Demand& demand, int n = 100000) {
    core::RandomStream stream(11, 5);
    double sum = 0, squares = 0, fourth = 0;
    for (int i = 0; i < n; ++i) {
        const double gap = demand.sample(stream) - demand.mean();
        sum += gap;
        squares += gap * gap;
        fourth += gap * gap * gap * gap;
    }
    const double error = std::sqrt(std::fmax(fourth / n - std::pow(squares / n, 2), 0) / n);
    CHECK(std::abs(sum / n) <= 5 * std::sqrt(demand.variance() / n));
    CHECK(std::abs(squares / n - demand.variance()) <= 5 * error + 1e-12 * demand.variance());
}

}  // namespace meio::reference
