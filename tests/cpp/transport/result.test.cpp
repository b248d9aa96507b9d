// SPDX-License-Identifier: MIT
#include <meio/transport/result.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include <meio/transport/detail/settle.hpp>

using namespace meio;

TEST_CASE("shipments spread into a matrix") {
    // Flows are row-major by source; what is not shipped is zero; a fresh cut is empty.
    transport::Result result;
    result.shipments = {{0, 2, 5.0}, {1, 0, 1.5}};
    CHECK(result.flows(2, 3) == std::vector<double>{0, 0, 5.0, 1.5, 0, 0});
    CHECK(result.shortage.empty());
}

TEST_CASE("a plan that misses its rows is not called optimal, though its gap is nothing") {
    // The last check before a result is handed out sees what a faulty kernel leaves unserved, where costs hide it.
    const std::size_t n = 400;
    const std::vector<double> costs(n * n, 0.0), amounts(n, 0.5);
    const transport::Options options;
    const transport::detail::Instance instance{costs, n, n, amounts, amounts, options, {}, {}};
    for (const double served : {1.0, 0.999}) {
        transport::Result result;
        result.status = core::Status::optimal;
        for (std::int32_t i = 0; i < static_cast<std::int32_t>(n); ++i) result.shipments.push_back({i, i, served * 0.5});
        result.supply_duals.assign(n, 0.0);
        result.demand_duals.assign(n, 0.0);
        const double gap = transport::detail::certify(instance, result);
        transport::detail::settle_status(instance, gap, options.balance_tolerance, result);
        CHECK(result.certificate.gap == 0);
        CHECK((result.status == core::Status::optimal) == (served == 1.0));
    }
}
