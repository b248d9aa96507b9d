// SPDX-License-Identifier: MIT
// libFuzzer target: transport::solve on any doubles at all, by every kernel. Either one error, or a status that holds: what
// is called optimal ships what was asked for, and no kernel's optimum is below another's.
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/transport_input.cpp -o fuzz
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/transport/solve.hpp>

namespace {

using namespace meio;

void require(bool true_statement) {
    if (!true_statement) std::abort();
}

// By how much objectives of plans may differ: what the residuals of one are worth at the duals of another, and rounding.
struct Room {
    long double residual = 0, duals = 0, rounding = 0;
};

// Ships every demand within its tolerance, from no more than there is.
void check_flows(const transport::MatrixProblem& p, const transport::Result& r, Room& room) {
    long double total = 0;
    for (const double b : p.demand) total += b;
    for (const double a : p.supply)
        if (a < std::numeric_limits<double>::infinity()) total = std::max<long double>(total, a);
    std::vector<long double> left(p.supply.begin(), p.supply.end()), wanted(p.demand.begin(), p.demand.end());
    for (const auto& s : r.shipments) {
        const auto i = static_cast<std::size_t>(s.source);
        const auto j = static_cast<std::size_t>(s.destination);
        require(s.amount > 0 && p.costs[i * p.destinations + j] < std::numeric_limits<double>::infinity());
        left[i] -= s.amount;
        wanted[j] -= s.amount;
    }
    for (const long double x : left) require(x >= -1e-8L * total);
    for (const long double x : wanted) require(std::abs(x) <= 1e-8L * total);
    long double residual = 0, duals = 0, rounding = 0;
    for (std::size_t i = 0; i < p.sources; ++i) {
        residual += std::max(-left[i], 0.0L);
        duals += std::abs(r.supply_duals[i]);
    }
    for (std::size_t j = 0; j < p.destinations; ++j) {
        residual += std::abs(wanted[j]);
        duals += std::abs(r.demand_duals[j]);
    }
    for (const auto& s : r.shipments) {
        const auto i = static_cast<std::size_t>(s.source);
        const auto j = static_cast<std::size_t>(s.destination);
        rounding += 0x1p-44L * s.amount * (std::abs(p.costs[i * p.destinations + j]) + std::abs(r.supply_duals[i]) + std::abs(r.demand_duals[j]));
    }
    room = {std::max(room.residual, residual), std::max(room.duals, duals), std::max(room.rounding, rounding)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::size_t at = 0;
    const auto byte = [&]() -> unsigned { return at < size ? data[at++] : 0U; };
    // Mostly tame numbers, some of any bit pattern.
    const auto number = [&]() -> double {
        const unsigned kind = byte();
        if (kind < 200) return static_cast<double>(kind % 50) / (kind < 100 ? 1.0 : 7.0);
        constexpr double infinity = std::numeric_limits<double>::infinity();
        constexpr double evils[] = {1e300, -1e300, 1e32, -1e32, infinity, 5e-324, 1e-300, 1e12, -1e12, 0.0, 1e150, 1e-12};
        if (kind < 248) return evils[kind % 12];
        std::uint64_t bits = 0;
        for (int k = 0; k < 8; ++k) bits = bits << 8U | byte();
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        return value;
    };
    const std::size_t m = 1 + byte() % 5;
    const std::size_t n = 1 + byte() % 5;
    std::vector<double> costs(m * n), supply(m), demand(n);
    for (double& v : supply) v = number();
    for (double& v : demand) v = number();
    for (double& v : costs) v = number();
    const transport::MatrixProblem problem{m, n, costs, supply, demand};
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    double scale = 0;
    Room room;
    int wrong = 0;
    using transport::Kernel;
    for (const Kernel kernel : {Kernel::automatic, Kernel::tiny, Kernel::dense, Kernel::warehouse, Kernel::flow, Kernel::linear}) {
        transport::Options options;
        options.kernel = kernel;
        try {
            const transport::Result r = transport::solve(problem, options);
            if (r.status != core::Status::optimal) continue;
            check_flows(problem, r, room);
            require(r.certificate.gap <= 1e-7 && r.bound <= r.objective);
            least = std::min(least, r.objective);
            most = std::max(most, r.objective);
            double turnover = 0;
            for (const auto& s : r.shipments)
                turnover += s.amount * std::abs(costs[static_cast<std::size_t>(s.source) * n + static_cast<std::size_t>(s.destination)]);
            scale = std::max(scale, turnover);
        } catch (const core::InputError&) {
            ++wrong;
        }
    }
    require(wrong == 0 || wrong == 6);
    if (most >= least) require(most - least <= 1e-6 * scale + 2 * (room.residual * room.duals + room.rounding) + 1e-300);
    return 0;
}
