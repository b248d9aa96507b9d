// SPDX-License-Identifier: MIT
#include <meio/transport/linear_program.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

using namespace meio;
using transport::LinearProgram;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

LinearProgram small() {
    LinearProgram lp;
    lp.add_row(-infinity, 4);
    lp.add_row(1, 6);
    lp.add_variable(-3, 0, 3, {{0, 1}}, {{1.0, 1.0}});
    lp.add_variable(-2, 0, infinity, {{1, 0}}, {{3.0, 2.0}});
    return lp;
}

}  // namespace

TEST_CASE("rows and variables are appended in place") {
    // A row over existing variables lands behind the entries of each, and the others keep theirs.
    LinearProgram lp = small();
    CHECK(lp.add_row(0, 1, {{1}}, {{7.0}}) == 2);
    CHECK(lp.add_row(0, 1, {{1, 0}}, {{8.0, 9.0}}) == 3);
    CHECK(lp.add_variable(1, 0, 1) == 2);
    CHECK(lp.starts == std::vector<std::int32_t>{0, 3, 7, 7});
    CHECK(lp.rows == std::vector<std::int32_t>{0, 1, 3, 1, 0, 2, 3});
    CHECK(lp.values == std::vector<double>{1, 1, 9, 3, 2, 7, 8});
    CHECK_NOTHROW(lp.validate());
    CHECK_THROWS_AS(lp.add_row(0, 1, {{3}}, {{1.0}}), core::InputError);
    CHECK_THROWS_AS(lp.add_variable(0, 0, 1, {{0, 1}}, {{1.0}}), core::InputError);
}

TEST_CASE("every wrong entry is named in one pass") {
    // NaN with its position, crossed bounds, infinities where none may be, indices out of range and duplicates.
    LinearProgram lp = small();
    lp.costs[1] = std::nan("");
    lp.lower[0] = 5;
    lp.upper[1] = -infinity;
    lp.row_lower[0] = std::nan("");
    lp.row_upper[1] = 0.5;
    lp.rows[0] = 2;
    lp.rows[3] = 1;
    lp.values[1] = infinity;
    try {
        lp.validate();
        FAIL("nothing thrown");
    } catch (const core::InputError& error) {
        std::set<std::string> found;
        for (const core::Issue& issue : error.issues()) found.insert(issue.field + "[" + issue.row + "]");
        CHECK(found == std::set<std::string>{"costs[1]", "lower[0]", "upper[1]", "row_lower[0]", "row_lower[1]",
                                             "rows[0]", "rows[3]", "values[1]"});
    }
}

TEST_CASE("wrong shapes are named") {
    // Arrays of other lengths and falling starts are told apart, and nothing is read out of range.
    LinearProgram lp = small();
    lp.starts = {0, 3, 2};
    CHECK_THROWS_AS(lp.validate(), core::InputError);
    lp.starts = {0, 2};
    lp.upper.pop_back();
    lp.row_upper.push_back(1);
    lp.values.pop_back();
    try {
        lp.validate();
        FAIL("nothing thrown");
    } catch (const core::InputError& error) {
        CHECK(error.issues().size() == 4);
    }
    CHECK_NOTHROW(LinearProgram{}.validate());
}
