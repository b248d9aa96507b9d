// SPDX-License-Identifier: MIT
// libFuzzer target: transport::solve against the slow twin.
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Itests tests/fuzz/transport.cpp -o fuzz
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <vector>

#include <meio/transport/solve.hpp>
#include <reference/transport.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace meio;
    std::size_t at = 0;
    const auto byte = [&]() -> unsigned { return at < size ? data[at++] : 0U; };
    const std::size_t m = 1 + byte() % 8;
    const std::size_t n = 1 + byte() % 8;
    const bool exactly = byte() % 2 == 1;
    const long long shift = byte() % 32;
    std::vector<long long> a(m), b(n);
    std::vector<std::vector<long long>> c(m, std::vector<long long>(n));
    std::vector<std::vector<bool>> arc(m, std::vector<bool>(n));
    std::vector<double> costs;
    long long total_a = 0;
    long long total_b = 0;
    for (auto& v : a) total_a += v = byte() % 16;
    for (auto& v : b) total_b += v = byte() % 16;
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            const unsigned v = byte();
            arc[i][j] = v < 200;
            c[i][j] = static_cast<long long>(v % 50) - shift;
            costs.push_back(arc[i][j] ? static_cast<double>(c[i][j]) : std::numeric_limits<double>::infinity());
        }
    const std::vector<double> supply(a.begin(), a.end());
    const std::vector<double> demand(b.begin(), b.end());
    transport::Options options;
    if (exactly) options.supply = transport::Relation::exactly;
    const transport::Result r = transport::solve(costs, m, n, supply, demand, options);
    const auto truth = reference::transport(c, arc, a, b);
    const bool feasible = truth.shipped == total_b && (!exactly || truth.shipped == total_a);
    if (feasible != (r.status == core::Status::optimal)) std::abort();
    if (!feasible && r.status != core::Status::infeasible) std::abort();
    if (feasible && r.objective != static_cast<double>(truth.cost)) std::abort();
    if (feasible && (r.certificate.gap != 0 || r.certificate.dual_violation > 0 || r.certificate.primal_residual > 0)) std::abort();
    if (!feasible && !(r.shortage.amount > 0) && !(r.surplus.amount > 0)) std::abort();
    return 0;
}
