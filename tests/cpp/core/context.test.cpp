// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <thread>

#include <meio/core/context.hpp>

using namespace meio::core;

TEST_CASE("an empty context never stops a solve") {
    // Without deadline, flag and callback there is no reason to stop.
    const Context context;
    CHECK_FALSE(context.stop_reason().has_value());
    CHECK_FALSE(context.report({}).has_value());
}

TEST_CASE("a deadline stops with time_limit once it has passed") {
    // A limit in the past stops at once, one far off does not, one of 20 ms does after it.
    CHECK(Context::with_time_limit(-1).stop_reason() == Status::time_limit);
    CHECK_FALSE(Context::with_time_limit(1000).stop_reason().has_value());
    const Context soon = Context::with_time_limit(0.02);
    const Stopwatch watch;
    while (!soon.stop_reason() && watch.seconds() < 5) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    CHECK(watch.seconds() >= 0.019);
    CHECK(watch.seconds() < 5);
}

TEST_CASE("a limit beyond what a clock counts is none") {
    // Infinity, a number too large for the clock's ticks and NaN do not overflow into the past; minus infinity is past.
    for (const double seconds : {1e300, 1e11, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
        CHECK_FALSE(Context::with_time_limit(seconds).stop_reason().has_value());
    CHECK(Context::with_time_limit(-std::numeric_limits<double>::infinity()).stop_reason() == Status::time_limit);
}

TEST_CASE("the stop flag interrupts, also before a deadline that has passed") {
    // The flag may be set at any time; it wins over the deadline.
    std::atomic<bool> stop{false};
    Context context;
    context.stop = &stop;
    CHECK_FALSE(context.stop_reason().has_value());
    stop = true;
    context.deadline = Context::Clock::now() - std::chrono::seconds(1);
    CHECK(context.stop_reason() == Status::interrupted);
}

TEST_CASE("a callback sees the progress and stops by returning false") {
    // `report` calls it, `stop_reason` does not; false means interrupted.
    int calls = 0;
    Context context;
    context.callback = [&](const Progress& progress) {
        ++calls;
        return progress.iteration < 3;
    };
    Progress progress;
    CHECK_FALSE(context.report(progress).has_value());
    progress.iteration = 3;
    CHECK(context.report(progress) == Status::interrupted);
    CHECK_FALSE(context.stop_reason().has_value());
    CHECK(calls == 2);
}
