// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <set>
#include <string>

#include <meio/core/status.hpp>

using namespace meio::core;

TEST_CASE("every status has a word of its own") {
    // Names are distinct, known and stable, and only optimal and feasible count as success.
    std::set<std::string> words;
    for (const Status status : {Status::optimal, Status::feasible, Status::infeasible, Status::unbounded,
                                Status::iteration_limit, Status::time_limit, Status::interrupted, Status::stalled,
                                Status::numerical_error}) {
        words.insert(std::string(to_string(status)));
        CHECK(is_success(status) == (status == Status::optimal || status == Status::feasible));
    }
    CHECK(words.size() == 9);
    CHECK(words.count("unknown") == 0);
    CHECK(to_string(Status::time_limit) == "time_limit");
    static_assert(to_string(Status::optimal) == "optimal");
}
