// SPDX-License-Identifier: MIT
#include <meio/lagrangian/detail/cutting_model.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <meio/core/random.hpp>
#include <meio/lagrangian/detail/archive.hpp>
#include <meio/lagrangian/detail/limited_curvature.hpp>
#include <meio/lagrangian/detail/proximal.hpp>
#include <meio/lagrangian/detail/step_metric.hpp>
#include <reference/proximal_problem.hpp>

using meio::lagrangian::detail::CuttingModel;
using meio::lagrangian::detail::LimitedCurvature;
using meio::lagrangian::detail::Proximal;
using meio::lagrangian::detail::StepMetric;
using Matrix = std::vector<std::vector<double>>;

namespace {

enum class Kind { diagonal, pairs, hessian };

// A metric, and the same as a dense matrix made from its definition.
std::pair<StepMetric, Matrix> draw_metric(Kind kind, std::size_t size, meio::core::RandomStream& random) {
    std::vector<double> diagonal(size);
    for (double& d : diagonal) d = 0.2 + 2.0 * random.uniform();
    Matrix matrix(size, std::vector<double>(size, 0.0));
    for (std::size_t k = 0; k < size; ++k) matrix[k][k] = diagonal[k];
    if (kind == Kind::diagonal) return {StepMetric(diagonal), matrix};
    if (kind == Kind::hessian) {
        std::vector<double> rows(size * size, 0.0);
        for (int term = 0; term < 4; ++term) {
            std::vector<double> v(size);
            for (double& x : v) x = random.uniform() - 0.4;
            for (std::size_t i = 0; i < size; ++i)
                for (std::size_t j = 0; j < size; ++j) rows[i * size + j] += v[i] * v[j];
        }
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < size; ++j) matrix[i][j] = rows[i * size + j] + (i == j ? diagonal[i] : 0.0);
        return {StepMetric(rows, diagonal), matrix};
    }
    // The BFGS update, pair by pair.
    LimitedCurvature pairs;
    for (int pair = 0; pair < 3; ++pair) {
        std::vector<double> step(size), change(size), image(size, 0.0);
        for (std::size_t k = 0; k < size; ++k) {
            step[k] = random.uniform() - 0.5;
            change[k] = step[k] * (0.5 + 2.0 * random.uniform());
        }
        double along = 0;
        double curved = 0;
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = 0; j < size; ++j) image[i] += matrix[i][j] * step[j];
            along += image[i] * step[i];
            curved += change[i] * step[i];
        }
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < size; ++j)
                matrix[i][j] += change[i] * change[j] / curved - image[i] * image[j] / along;
        pairs.add(step, change);
    }
    pairs.prepare(diagonal);
    return {StepMetric(diagonal, pairs), matrix};
}

std::vector<double> draw_slope(std::size_t size, bool sparse, meio::core::RandomStream& random) {
    std::vector<double> slope(size, 0.0);
    for (double& s : slope)
        if (!sparse || random.uniform() < 0.2) s = 4.0 * random.uniform() - 2.0;
    return slope;
}

struct Instance {
    reference::ProximalProblem twin{};
    StepMetric metric{};
    std::vector<double> centre{}, lower{}, upper{};
};

Instance draw(Kind kind, std::size_t size, meio::core::RandomStream& random) {
    Instance made;
    auto [metric, matrix] = draw_metric(kind, size, random);
    made.metric = std::move(metric);
    made.twin.metric = std::move(matrix);
    made.twin.b = draw_slope(size, false, random);
    made.centre = draw_slope(size, false, random);
    const double boxed = random.uniform();
    for (std::size_t k = 0; k < size; ++k) {
        const bool below = boxed > 0.3 && random.uniform() < boxed;
        const bool above = boxed > 0.3 && random.uniform() < boxed;
        const double room = random.uniform() < 0.3 ? 0.0 : random.uniform();
        made.lower.push_back(below ? made.centre[k] - room : -std::numeric_limits<double>::infinity());
        made.upper.push_back(above ? made.centre[k] + random.uniform() : std::numeric_limits<double>::infinity());
        made.twin.low.push_back(made.lower[k] - made.centre[k]);
        made.twin.high.push_back(made.upper[k] - made.centre[k]);
    }
    return made;
}

}  // namespace

TEST_CASE("quadratic problem: the optimum of the slow twin in every metric, cut by cut") {
    // Cuts arrive at the step and elsewhere, some twice, with the step's weight changing: promise and step match the twin.
    for (const Kind kind : {Kind::diagonal, Kind::pairs, Kind::hessian})
        for (std::uint64_t seed = 0; seed < 25; ++seed) {
            CAPTURE(static_cast<int>(kind));
            CAPTURE(seed);
            meio::core::RandomStream random(17, seed);
            const std::size_t size = 1 + static_cast<std::size_t>(9.0 * random.uniform());
            const std::size_t groups = 1 + static_cast<std::size_t>(3.0 * random.uniform());
            const bool sparse = random.uniform() < 0.4;
            Instance made = draw(kind, size, random);
            made.twin.groups.resize(groups);
            CuttingModel model(groups, size, 100, 60);
            std::vector<double> step(size, 0.0);
            for (int round = 0; round < 4; ++round) {
                for (std::size_t g = 0; g < groups; ++g) {
                    std::vector<double> slope = draw_slope(size, sparse, random);
                    double value = random.uniform();
                    if (round == 2 && random.uniform() < 0.5) {
                        slope = made.twin.groups[g].front().slope;
                        value = made.twin.groups[g].front().value;
                    }
                    double there = value;
                    for (std::size_t k = 0; k < size; ++k) there += slope[k] * step[k];
                    made.twin.groups[g].push_back({value, slope});
                    model.add(g, value, there, slope, {0});
                }
                if (round == 0) model.recentre(true);
                if (round != 2) made.twin.t = 0.1 + 3.0 * random.uniform();
                Proximal proximal(made.centre, made.lower, made.upper, made.metric, made.twin.t);
                model.solve(proximal, made.twin.b, 0.0, 0.0, 1e-12, 1e-12);
                model.age();
                step = model.step();
                const double optimum = made.twin.lowest_bound();
                CHECK(std::abs(model.predicted() - optimum) <= 1e-7 * (1.0 + std::abs(optimum)));
                CHECK(made.twin.worth(step) >= optimum - 1e-7 * (1.0 + std::abs(optimum)));
                for (std::size_t k = 0; k < size; ++k) {
                    CHECK(step[k] >= made.twin.low[k]);
                    CHECK(step[k] <= made.twin.high[k]);
                }
            }
        }
}

TEST_CASE("quadratic problem: hundreds of coordinates at bounds, certified by its own duality") {
    // At sizes where blocks of rows are at work: what the weights promise is what the step is worth.
    for (const Kind kind : {Kind::diagonal, Kind::pairs, Kind::hessian}) {
        CAPTURE(static_cast<int>(kind));
        meio::core::RandomStream random(29, 0);
        const std::size_t size = 203;
        Instance made = draw(kind, size, random);
        made.twin.groups.resize(4);
        made.twin.t = 0.7;
        CuttingModel model(4, size, 100, 60);
        for (int round = 0; round < 6; ++round) {
            for (std::size_t g = 0; g < 4; ++g) {
                std::vector<double> slope = draw_slope(size, g == 0, random);
                const double value = 20.0 * random.uniform();
                double there = value;
                for (std::size_t k = 0; k < size; ++k) there += slope[k] * model.step()[k];
                made.twin.groups[g].push_back({value, slope});
                model.add(g, value, there, slope, {0});
            }
            if (round == 0) model.recentre(true);
            Proximal proximal(made.centre, made.lower, made.upper, made.metric, made.twin.t);
            model.solve(proximal, made.twin.b, 0.0, 0.0, 1e-12, 1e-12);
            const double worth = made.twin.worth(model.step());
            CHECK(std::abs(model.predicted() - worth) <= 1e-9 * std::abs(worth));
            const std::vector<double> placed = made.twin.place(model.average(), model.step());
            for (std::size_t k = 0; k < size; ++k) CHECK(std::abs(placed[k] - model.step()[k]) <= 1e-7);
        }
    }
}

TEST_CASE("quadratic problem: a model read back goes on with the same bits") {
    // A second model gets the first one's bytes between two solves, in every metric, and takes the same step.
    for (const Kind kind : {Kind::diagonal, Kind::pairs, Kind::hessian}) {
        CAPTURE(static_cast<int>(kind));
        meio::core::RandomStream random(31, 0);
        const std::size_t size = 41;
        Instance made = draw(kind, size, random);
        CuttingModel model(3, size, 100, 60);
        for (int round = 0; round < 12; ++round) {
            meio::lagrangian::detail::Writer out;
            model.write(out);
            const std::vector<std::uint8_t> bytes = out.bytes();
            meio::lagrangian::detail::Reader in(bytes);
            CuttingModel second(3, size, 100, 60);
            second.read(in);
            const double t = round % 3 == 2 ? 0.5 : 2.0;
            StepMetric again = made.metric;
            for (std::size_t g = 0; g < 3; ++g) {
                const std::vector<double> slope = draw_slope(size, g == 0, random);
                const double value = 3.0 * random.uniform();
                double there = value;
                for (std::size_t k = 0; k < size; ++k) there += slope[k] * model.step()[k];
                for (CuttingModel* one : {&model, &second}) one->add(g, value, there, slope, {0});
            }
            for (CuttingModel* one : {&model, &second}) {
                if (round == 0) one->recentre(true);
                Proximal proximal(made.centre, made.lower, made.upper, one == &model ? made.metric : again, t);
                one->solve(proximal, made.twin.b, 0.0, 0.0, 1e-3, 1e-10);
                one->age();
            }
            CHECK(model.step() == second.step());
            CHECK(model.average() == second.average());
            CHECK(model.predicted() == second.predicted());
        }
    }
}
