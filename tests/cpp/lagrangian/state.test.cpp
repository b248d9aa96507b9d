// SPDX-License-Identifier: MIT
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <meio/lagrangian/state.hpp>

using namespace meio;
using lagrangian::State;

namespace {

State example() {
    State state;
    state.method = lagrangian::Method::volume;
    state.multipliers = {1.5, -2.0};
    state.bound = 3.25;
    state.history = {{0, 1.0, 1.0, 9.0, 0.0, 0.5}, {1, 3.25, 3.25, 9.0, 2.0, 0.75}};
    state.memory = {1, 2, 3};
    return state;
}

}  // namespace

TEST_CASE("a state survives its bytes") {
    // What comes back equals what went in, and gives the same bytes again.
    const State state = example();
    const std::vector<std::uint8_t> bytes = state.to_bytes();
    const State back = State::from_bytes(bytes);
    CHECK(back.method == state.method);
    CHECK(back.multipliers == state.multipliers);
    CHECK(back.bound == state.bound);
    CHECK(back.memory == state.memory);
    REQUIRE(back.history.size() == 2);
    CHECK(back.history[1].step == 2.0);
    CHECK(back.to_bytes() == bytes);
}

TEST_CASE("damaged bytes are refused") {
    // Cut short anywhere or with any one byte flipped: an error, never a state.
    const std::vector<std::uint8_t> bytes = example().to_bytes();
    for (std::size_t length = 0; length < bytes.size(); ++length)
        CHECK_THROWS_AS((void)State::from_bytes({bytes.data(), length}), core::InputError);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::vector<std::uint8_t> wrong = bytes;
        wrong[at] ^= 0x40U;
        CHECK_THROWS_AS((void)State::from_bytes(wrong), core::InputError);
    }
}
