// SPDX-License-Identifier: MIT
#include <vector>

#include <doctest/doctest.h>

#include <meio/planner/shard.hpp>
#include <reference/planner/fixtures.hpp>

using namespace meio;
using namespace meio::planner;

TEST_CASE("shards cover every block once") {
    // Whatever the size, shard ranges join up from the first block to the last.
    for (const std::size_t blocks : {std::size_t{1}, std::size_t{17}, std::size_t{5000}}) {
        const auto shards = make_shards(reference::shared_storage(blocks, 1));
        CHECK(shards.front().first == 0);
        CHECK(shards.back().last == blocks);
        for (std::size_t s = 1; s < shards.size(); ++s) CHECK(shards[s].first == shards[s - 1].last);
        CHECK(shards.size() <= 64);
    }
}

TEST_CASE("curvature is the slope of usage") {
    // The reported curvature equals the finite difference of usage in the resource's own price (normal demand).
    const Instance instance = reference::shared_storage(40, 1);
    FacilityTrees model(instance);
    const Shard all{0, 40};
    std::vector<double> prices{0.3, 0.2};
    const ShardReply at = evaluate_shard(instance, model, all, prices, Curvature::diagonal);
    prices[0] += 1e-5;
    const ShardReply up = evaluate_shard(instance, model, all, prices);
    CHECK(at.curvature[0] == doctest::Approx((at.usage[0] - up.usage[0]) / 1e-5).epsilon(1e-3));
    CHECK(up.usage[1] == at.usage[1]);
}

TEST_CASE("executors give the same bits") {
    // A pass on one thread and on eight adds up to identical sums.
    const Instance instance = reference::shared_storage(3000, 1);
    const auto shards = make_shards(instance);
    const std::vector<double> prices{0.1, 0.7};
    const auto pass = [&](const auto& executor) {
        std::vector<ShardReply> parts(shards.size());
        executor.run(shards.size(), [&](std::size_t s) {
            FacilityTrees model(instance);
            parts[s] = evaluate_shard(instance, model, shards[s], prices);
        });
        return add_up(parts, 2);
    };
    const ShardReply serial = pass(SerialExecutor{});
    const ShardReply threads = pass(ThreadExecutor{8});
    CHECK(serial.value == threads.value);
    CHECK(serial.usage == threads.usage);
    CHECK(serial.value == doctest::Approx(serial.cost + prices[0] * serial.usage[0] + prices[1] * serial.usage[1]).epsilon(1e-12));
}
