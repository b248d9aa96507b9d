// SPDX-License-Identifier: MIT
// libFuzzer target: transport::RevisedSimplex, cold and warm, against the slow twin and its own proofs.
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Itests tests/fuzz/linear_program.cpp -o
//   fuzz
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <vector>

#include <meio/transport/revised_simplex.hpp>
#include <reference/linear_program.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace meio;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::size_t at = 0;
    const auto byte = [&]() -> unsigned { return at < size ? data[at++] : 0U; };
    const auto number = [&] { return static_cast<double>(byte() % 32) - 12; };
    const auto bounds = [&](double& low, double& high) {
        const unsigned kind = byte() % 5;
        low = kind == 0 || kind == 1 ? -infinity : number();
        high = kind == 0 || kind == 2 ? infinity : (kind == 3 ? low : (kind == 1 ? number() : low + byte() % 16));
    };
    const auto check = [](const transport::LinearProgram& lp, const transport::LinearResult& r) {
        const reference::LinearTruth truth = reference::solve_linear(lp);
        if (r.status != truth.status || !reference::fault(lp, r, 1e-7).empty()) std::abort();
        if (r.status == core::Status::optimal &&
            std::abs(r.objective - truth.objective) > 1e-9 * (1 + std::abs(truth.objective)))
            std::abort();
    };
    transport::LinearProgram lp;
    const std::size_t m = 1 + byte() % 5;
    const std::size_t n = 1 + byte() % 6;
    double low = 0;
    double high = 0;
    for (std::size_t i = 0; i < m; ++i) {
        bounds(low, high);
        lp.add_row(low, high);
    }
    for (std::size_t j = 0; j < n; ++j) {
        std::vector<std::int32_t> rows;
        std::vector<double> values;
        for (std::size_t i = 0; i < m; ++i) {
            const unsigned v = byte();
            if (v % 3 == 0) continue;
            rows.push_back(static_cast<std::int32_t>(i));
            values.push_back(static_cast<double>(v % 11) - 5);
        }
        bounds(low, high);
        lp.add_variable(number(), low, high, rows, values);
    }
    transport::RevisedSimplex solver(lp);
    check(lp, solver.solve());
    {  // the same program in units far apart has the same status and value
        transport::LinearProgram scaled = lp;
        const auto power = [&] { return std::ldexp(1.0, static_cast<int>(byte() % 61) - 30); };
        std::vector<double> row_unit(m);
        for (std::size_t i = 0; i < m; ++i) {
            row_unit[i] = power();
            scaled.row_lower[i] *= row_unit[i];
            scaled.row_upper[i] *= row_unit[i];
        }
        for (std::size_t j = 0; j < n; ++j) {
            const double unit = power();
            scaled.costs[j] *= unit;
            scaled.lower[j] /= unit;
            scaled.upper[j] /= unit;
            for (auto k = static_cast<std::size_t>(lp.starts[j]); k < static_cast<std::size_t>(lp.starts[j + 1]); ++k)
                scaled.values[k] *= unit * row_unit[static_cast<std::size_t>(lp.rows[k])];
        }
        const transport::LinearResult r = transport::solve_linear(scaled);
        const reference::LinearTruth truth = reference::solve_linear(lp);
        if (r.status == core::Status::optimal) {
            const double error = 1e-9 * (1 + std::abs(truth.objective));
            if (truth.status != r.status || std::abs(r.objective - truth.objective) > error) std::abort();
            if (r.bound > truth.objective + 1e-12 * (1 + std::abs(truth.objective))) std::abort();
        } else if (r.status != truth.status && r.status != core::Status::stalled) {
            std::abort();
        }
    }
    for (int edit = 0; edit < 4 && at < size; ++edit) {
        bounds(low, high);
        switch (byte() % 3) {
            case 0: solver.set_cost(static_cast<std::int32_t>(byte() % n), number()); break;
            case 1: solver.set_row_bounds(static_cast<std::int32_t>(byte() % m), low, high); break;
            default: solver.set_variable_bounds(static_cast<std::int32_t>(byte() % n), low, high);
        }
        check(solver.problem(), solver.solve());
    }
    return 0;
}
