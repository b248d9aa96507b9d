// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <vector>

#include <meio/core/random.hpp>
#include <meio/fulfilment/record.hpp>

using namespace meio;
using fulfilment::Fence;
using fulfilment::Option;

namespace {

std::vector<Option> options(std::initializer_list<std::pair<double, double>> cost_and_value) {
    std::vector<Option> result;
    for (const auto& [cost, value] : cost_and_value) {
        Option o;
        o.facility = static_cast<std::int32_t>(result.size());
        o.cost = cost;
        o.stock_value = value;
        result.push_back(o);
    }
    return result;
}

}  // namespace

TEST_CASE("reasons follow from the terms") {
    // The cheapest, one saved by its stock value, one reached past a fence, and nobody: each has its code.
    const fulfilment::Priced policy;
    const std::vector<Fence> open{Fence::none, Fence::none};
    CHECK(decide(policy, options({{1, 0}, {2, 0}}), open).reason == fulfilment::Reason::cheapest_total);
    const auto saved = decide(policy, options({{1, 5}, {2, 0}}), open);
    CHECK(saved.chosen == 1);
    CHECK(to_string(saved.reason) == "PRESERVES_SCARCE_STOCK");
    const auto past = decide(policy, options({{1, 0}, {2, 0}}), std::vector<Fence>{Fence::no_stock, Fence::none});
    CHECK(past.chosen == 1);
    CHECK(to_string(past.reason) == "FALLBACK");
    CHECK(fulfilment::to_string(past.candidates[0].fence) == "NO_STOCK");
    const auto nobody = decide(policy, options({{1, 0}, {2, 0}}), std::vector<Fence>{Fence::no_stock, Fence::capacity_full});
    CHECK(nobody.chosen == -1);
    CHECK(to_string(nobody.reason) == "NOBODY");
}

TEST_CASE("the score is the sum of its terms and the choice is the best") {
    // On random decisions every score equals its terms' sum, ranks order the scores, and fenced rows have no rank.
    core::RandomStream random(5, 1);
    const fulfilment::Priced policy{0.7, 1.3};
    for (int trial = 0; trial < 300; ++trial) {
        std::vector<Option> list(1 + random.below(6));
        std::vector<Fence> fences(list.size(), Fence::none);
        for (std::size_t i = 0; i < list.size(); ++i) {
            list[i].cost = static_cast<double>(random.below(4));
            list[i].price = random.uniform();
            list[i].stock_value = static_cast<double>(random.below(3));
            if (random.below(3) == 0) fences[i] = Fence::no_stock;
        }
        const auto decision = decide(policy, list, fences);
        for (const auto& row : decision.candidates) {
            CHECK(row.score == row.terms.shipping + row.terms.flow + row.terms.stock);
            CHECK((row.rank >= 0) == (row.fence == Fence::none));
            if (decision.chosen >= 0 && row.fence == Fence::none)
                CHECK(decision.candidates[static_cast<std::size_t>(decision.chosen)].score <= row.score);
        }
    }
}
