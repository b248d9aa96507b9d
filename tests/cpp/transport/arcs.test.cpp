// SPDX-License-Identifier: MIT
#include <meio/transport/arcs.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <meio/transport/warehouse.hpp>

using namespace meio;

TEST_CASE("arcs in any order become rows by destination") {
    // Six arcs out of order are sorted by destination, keep their order within it, and remember where they stood.
    const std::vector<std::int32_t> from{2, 0, 1, 1, 0, 2};
    const std::vector<std::int32_t> to{1, 3, 1, 0, 0, 3};
    const std::vector<double> costs{1, 2, 3, 4, 5, 6};
    const transport::ArcTable table = transport::make_arcs(3, 4, from, to, costs);
    CHECK(table.offsets == std::vector<std::int64_t>{0, 2, 4, 4, 6});
    CHECK(table.source_ids == std::vector<std::int32_t>{1, 0, 2, 1, 0, 2});
    CHECK(table.costs == std::vector<double>{4, 5, 1, 3, 2, 6});
    CHECK(table.positions == std::vector<std::int64_t>{3, 4, 0, 2, 1, 5});
    CHECK(table.capacities.empty());
    const std::vector<double> supply{9, 9, 9};
    const std::vector<double> demand{1, 1, 0, 1};
    const auto r = transport::solve_arcs(table.problem(supply, demand));
    CHECK(r.objective == 4 + 1 + 2);

    // With capacities the cheap arcs fill up.
    const std::vector<double> capacities{0.5, 1, 1, 0.25, 1, 1};
    const auto narrow = transport::make_arcs(3, 4, from, to, costs, capacities);
    CHECK(transport::solve_arcs(narrow.problem(supply, demand)).objective == 4 * 0.25 + 5 * 0.75 + 1 * 0.5 + 3 * 0.5 + 2);
}

TEST_CASE("wrong arcs are all named in one pass") {
    // Unknown ends, a repeated arc, NaN, -inf and a negative capacity: one error with every one of them by its position.
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::vector<std::int32_t> from{0, 5, 1, 1, 0, -1};
    const std::vector<std::int32_t> to{0, 0, 9, 1, 0, 1};
    const std::vector<double> costs{1, 1, 1, std::nan(""), 1, -infinity};
    const std::vector<double> capacities{1, 1, 1, 1, -1, infinity};
    try {
        (void)transport::make_arcs(2, 2, from, to, costs, capacities);
        FAIL("nothing thrown");
    } catch (const core::InputError& error) {
        REQUIRE(error.issues().size() == 7);
        CHECK(error.issues().back().row == "4");
        CHECK(error.issues().back().field == "from");
    }
    CHECK_THROWS_AS((void)transport::make_arcs(2, 2, from, to, std::vector<double>{1}), core::InputError);
}

TEST_CASE("millions of wrong arcs make one readable error") {
    // The first thousand are named, the rest is counted.
    const std::vector<std::int32_t> ends(5000, 7);
    const std::vector<double> costs(5000, 1.0);
    try {
        (void)transport::make_arcs(2, 8, ends, ends, costs);
        FAIL("nothing thrown");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 1001);
        CHECK(error.issues().back().fix == "4000 further problems are not listed");
    }
}

TEST_CASE("a stop leaves a table without arcs") {
    // A flag set beforehand and a deadline that has passed give reading up; an idle context changes nothing.
    const std::vector<std::int32_t> from{0, 1};
    const std::vector<std::int32_t> to{0, 0};
    const std::vector<double> costs{1, 2};
    const std::atomic<bool> stop{true};
    core::Context context;
    context.stop = &stop;
    const auto stopped = transport::make_arcs(2, 3, from, to, costs, {}, context);
    CHECK(stopped.stopped == core::Status::interrupted);
    CHECK(stopped.source_ids.empty());
    CHECK(stopped.offsets == std::vector<std::int64_t>(4, 0));
    CHECK(transport::make_arcs(2, 3, from, to, costs, {}, core::Context::with_time_limit(-1)).stopped == core::Status::time_limit);
    const auto whole = transport::make_arcs(2, 3, from, to, costs, {}, core::Context::with_time_limit(1000));
    CHECK_FALSE(whole.stopped.has_value());
    CHECK(whole.source_ids.size() == 2);
}
