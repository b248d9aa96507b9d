// SPDX-License-Identifier: MIT
#include <cstddef>
#include <span>

#include <doctest/doctest.h>

#include <meio/lagrangian/oracle.hpp>

using namespace meio::lagrangian;

namespace {

struct Good {
    std::size_t size() const { return 1; }
    std::size_t groups() const { return 1; }
    void evaluate(std::span<const double>, std::size_t, Reply&) const {}
};

struct NoGroups {
    std::size_t size() const { return 1; }
    void evaluate(std::span<const double>, std::size_t, Reply&) const {}
};

}  // namespace

TEST_CASE("the concept tells oracles from other types") {
    // A user's own type is an oracle exactly where it has size, groups and evaluate.
    CHECK(Oracle<Good>);
    CHECK_FALSE(Oracle<NoGroups>);
    CHECK_FALSE(Oracle<int>);
}
