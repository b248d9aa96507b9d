// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/status.hpp>
#include <meio/transport/detail/input.hpp>
#include <meio/transport/detail/simd.hpp>
#include <meio/transport/detail/tiny_costs.hpp>

namespace meio::transport::detail {

/// A small transportation problem in place: rows padded for vector code, a column for left-overs where supply may stay
/// unused, amounts balanced.
struct TinyProblem {
    static constexpr double absent = std::numeric_limits<double>::infinity();

    TinyProblem(std::size_t source_count, std::size_t destination_count, bool left_over)
        : sources(source_count), destinations(destination_count), columns(destination_count + (left_over ? 1 : 0)),
          stride(columns <= 4 ? 4 : (columns + 7) / 8 * 8), costs(sources * stride, absent), supply(sources), demand(stride, 0.0) {}

    /// Absent arcs get a cost that no path of real arcs reaches, so that they stay empty wherever they can. Costs that dwarf
    /// the others count as absent too, if they are as dear as that: `original` then has what was given.
    void take_costs(std::span<const double> given) {
        require_size("costs", given.size(), sources * destinations);
        original.clear();
        copy_costs(given);
        if (!dwarfed) return;
        const double cap = cost_caps(given, summarize(given)).front();
        std::vector<double> rest(given.begin(), given.end());
        double cheapest = absent;  // of the dear ones
        for (double& c : rest)
            if (c > cap) {
                cheapest = std::min(cheapest, c);
                c = absent;
            }
        if (!(cheapest > big_above(cap)) || cheapest == absent) return;
        original.assign(given.begin(), given.end());
        copy_costs(rest);
    }

    /// The costs without padding.
    [[nodiscard]] std::vector<double> given() const {
        std::vector<double> out(original);
        for (std::size_t i = 0; i < sources && original.empty(); ++i) {
            const double* row = costs.data() + i * stride;
            out.insert(out.end(), row, row + destinations);
        }
        return out;
    }

    /// `optimal` where the amounts balance, else what is wrong with them: `infeasible` or `numerical_error`.
    core::Status take_amounts(std::span<const double> sending, std::span<const double> taking) {
        require_size("supply", sending.size(), sources);
        require_size("demand", taking.size(), destinations);
        double sent = 0;
        double taken = 0;
        bool negative = false;
        bool whole = true;
        const auto look = [&](double amount) {
            negative |= !(amount >= 0);
            whole &= (amount + 0x1p52) - 0x1p52 == amount;
            return amount;
        };
        for (std::size_t j = 0; j < destinations; ++j) taken += demand[j] = look(taking[j]);
        for (std::size_t i = 0; i < sources; ++i) sent += supply[i] = look(sending[i]);
        if (columns > destinations && sent > 0x1p20 * taken) {
            // Supply beyond twice all demand never binds, and would cost demand its digits.
            sent = 0;
            for (double& a : supply) sent += a = taken > 0 ? std::min(a, 2 * taken) : a > 0 ? 1.0 : 0.0;
        }
        const double left = sent - taken;
        const bool exact = whole && sent + taken < 0x1p53;
        // Supply that may stay unused, however much, makes no shortage a trifle.
        balance_tolerance = exact ? 0.0 : 1e-9 * (columns > destinations ? taken : std::max(sent, taken));
        noise = exact ? 0.0 : 1e-12 * std::max(sent, taken);
        if (!valid || negative || !(std::abs(left) < absent)) return core::Status::numerical_error;
        if (left < -balance_tolerance || (columns == destinations && left > balance_tolerance))
            return core::Status::infeasible;
        // Rounding goes to the largest supply, so that the tree's flows add up.
        if (columns > destinations) demand[destinations] = std::max(left, 0.0);
        if (left < 0 || (columns == destinations && left > 0)) *std::max_element(supply.begin(), supply.end()) -= left;
        return core::Status::optimal;
    }

    std::size_t sources, destinations, columns;
    std::size_t stride;
    std::vector<double> costs, supply, demand;
    double big = 0;                ///< stands for an absent arc
    double tolerance = 0;          ///< reduced costs above minus this count as nonnegative
    double balance_tolerance = 0;  ///< amounts up to this that cannot be served are rounding
    double noise = 0;              ///< flows down to minus this are; whole amounts add up without any
    bool valid = false;            ///< no NaN, no -inf, nothing beyond 1e300 among the costs
    bool dwarfed = false;          ///< some costs are so large that rounding would hide the others
    std::vector<double> original;  ///< the costs as given, where some count as absent
    InstructionSet set = instruction_set();

private:
    [[nodiscard]] double big_above(double largest) const { return 2 * static_cast<double>(sources + columns) * largest + 1; }

    void copy_costs(std::span<const double> given) {
        const TinyCosts seen = detail::copy_costs(given.data(), sources, destinations, costs.data(), stride, set);
        const double largest = seen.largest;
        valid = seen.sound;
        const double nodes = static_cast<double>(sources + columns);
        big = big_above(largest);
        const bool exact = seen.whole && big * nodes < 0x1p50;
        tolerance = exact ? 0.5 : 0x1p-46 * largest;
        dwarfed = !exact && is_dwarfed(given, largest);
        if (seen.missing && !dwarfed)
            for (double& c : costs)
                if (c == absent) c = big;
        if (columns > destinations)
            for (std::size_t i = 0; i < sources; ++i) costs[i * stride + destinations] = 0;
    }

    // Whether the largest cost lies 24 powers of two above the geometric mean.
    static bool is_dwarfed(std::span<const double> given, double largest) {
        double exponents = 0;
        double count = 0;
        for (const double c : given)
            if (c != 0 && std::abs(c) < absent) {
                exponents += std::ilogb(c);
                count += 1;
            }
        return count > 0 && std::ilogb(largest) * count > exponents + 24 * count;
    }

    static void require_size(const char* what, std::size_t found, std::size_t expected) {
        if (found == expected) return;
        core::IssueList issues;
        issues.add(what, "", std::to_string(found) + " entries", "must have " + std::to_string(expected) + " entries");
        issues.throw_if_any();
    }
};

}  // namespace meio::transport::detail
