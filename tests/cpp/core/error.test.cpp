// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include <meio/core/error.hpp>

using namespace meio::core;

TEST_CASE("an input error lists every problem") {
    // All findings of a pass are carried and named in the text, with field, row, value and fix.
    IssueList issues;
    CHECK(issues.empty());
    CHECK_NOTHROW(issues.throw_if_any());
    CHECK(issues.require(true, "mean", 1.0, "must be > 0"));
    CHECK(issues.empty());
    CHECK_FALSE(issues.require(false, "lanes.lead_time", 7, -2.0, "must be >= 0"));
    CHECK_FALSE(issues.require(false, "tolerance", -1.0, "must be > 0"));
    issues.add("products", "", "", "must have a row");
    try {
        issues.throw_if_any();
        FAIL("did not throw");
    } catch (const InputError& error) {
        CHECK(error.issues().size() == 3);
        CHECK(error.issues()[0].row == "7");
        const std::string text = error.what();
        CHECK(text.rfind("3 problems", 0) == 0);
        for (const char* part : {"lanes.lead_time[7] = -2", "must be >= 0", "tolerance", "products: must have a row"})
            CHECK(text.find(part) != std::string::npos);
    }
}

TEST_CASE("an input error is an invalid argument") {
    // Callers that know nothing of meio catch it by the standard's type.
    CHECK_THROWS_AS(throw InputError({{"a", "", "", "b"}}), std::invalid_argument);
}
