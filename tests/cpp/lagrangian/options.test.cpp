// SPDX-License-Identifier: MIT
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include <meio/lagrangian/options.hpp>

using namespace meio;

TEST_CASE("wrong options are all named at once") {
    // One error lists every option that is out of range.
    lagrangian::Options options;
    options.max_calls = 0;
    options.cut_groups = 0;
    options.max_cuts = 1;
    options.relative_gap = -1;
    options.initial = {1.0, std::nan("")};
    try {
        options.validate(3);
        FAIL("no error");
    } catch (const core::InputError& error) {
        const std::string text = error.what();
        for (const char* name : {"max_calls", "cut_groups", "max_cuts", "relative_gap", "initial"})
            CHECK(text.find(name) != std::string::npos);
        CHECK(error.issues().size() == 6);
    }
    CHECK_NOTHROW(lagrangian::Options{}.validate(3));
}
