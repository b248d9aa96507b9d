// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <limits>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <meio/lagrangian/reply.hpp>
#include <reference/lagrangian_instances_plan.hpp>

namespace reference {

/// OR-Library facility location with the assignment of customers relaxed: one free multiplier a customer, one group a
/// facility. theta(u) = sum_j u_j + sum_i min(0, F_i + sum_j min(0, c_ij - u_j)), so b = -1. A plan lists the customers
/// that the facility serves.
struct FacilityLocation {
    std::size_t facilities = 0, customers = 0;
    std::vector<double> fixed{}, cost{};  // cost facility-major

    FacilityLocation() = default;
    explicit FacilityLocation(const std::string& path) {
        std::ifstream in(path);
        in >> facilities >> customers;
        std::string capacity;  // a number, or the word "capacity"
        fixed.resize(facilities);
        for (double& f : fixed) in >> capacity >> f;
        cost.resize(facilities * customers);
        for (std::size_t j = 0; j < customers; ++j) {
            double demand = 0;
            in >> demand;
            for (std::size_t i = 0; i < facilities; ++i) in >> cost[i * customers + j];
        }
        if (!in) throw std::runtime_error("cannot read " + path);
    }
    [[nodiscard]] std::size_t size() const { return customers; }
    [[nodiscard]] std::size_t groups() const { return facilities; }
    [[nodiscard]] std::vector<double> right_hand_side() const { return std::vector<double>(customers, -1.0); }
    [[nodiscard]] Plan minimiser(std::span<const double> u, std::size_t i) const {
        Plan plan;
        double total = fixed[i];
        for (std::size_t j = 0; j < customers; ++j)
            if (const double reduced = cost[i * customers + j] - u[j]; reduced < 0) {
                total += reduced;
                plan.push_back(static_cast<double>(j));
            }
        return total < 0 ? plan : Plan{};
    }
    double account(const Plan& plan, std::size_t i, std::span<double> use) const {
        double total = plan.empty() ? 0.0 : fixed[i];
        for (const double x : plan) {
            const auto j = static_cast<std::size_t>(x);
            use[j] -= 1.0;
            total += cost[i * customers + j];
        }
        return total;
    }
    void evaluate(std::span<const double> u, std::size_t i, meio::lagrangian::Reply& reply) const {
        answer(*this, u, i, reply);
    }
};

/// OR-Library p-median with the assignment relaxed: the multipliers of `FacilityLocation` and, last, one free price of
/// opening a median, so that each candidate is a group of its own. Choosing the best p candidates is a linear problem
/// with integer corners: relaxing their number costs nothing.
/// theta(u, m) = sum_j u_j - p m + sum_i min(0, m + sum_j min(0, d_ij - u_j)).
struct Median {
    std::size_t nodes = 0;
    double medians = 0;
    std::vector<double> distance{};

    explicit Median(const std::string& path) {
        std::ifstream in(path);
        std::size_t edges = 0;
        in >> nodes >> edges >> medians;
        distance.assign(nodes * nodes, std::numeric_limits<double>::infinity());
        for (std::size_t i = 0; i < nodes; ++i) distance[i * nodes + i] = 0;
        for (std::size_t e = 0; e < edges; ++e) {
            std::size_t i = 0, j = 0;
            double length = 0;
            in >> i >> j >> length;  // the last of repeated edges counts
            if (!in || i < 1 || j < 1 || i > nodes || j > nodes) throw std::runtime_error("cannot read " + path);
            distance[(i - 1) * nodes + j - 1] = distance[(j - 1) * nodes + i - 1] = length;
        }
        for (std::size_t k = 0; k < nodes; ++k)  // Floyd and Warshall
            for (std::size_t i = 0; i < nodes; ++i)
                for (std::size_t j = 0; j < nodes; ++j)
                    distance[i * nodes + j] =
                        std::min(distance[i * nodes + j], distance[i * nodes + k] + distance[k * nodes + j]);
    }
    [[nodiscard]] std::size_t size() const { return nodes + 1; }
    [[nodiscard]] std::size_t groups() const { return nodes; }
    [[nodiscard]] std::vector<double> right_hand_side() const {
        std::vector<double> b(nodes, -1.0);
        b.push_back(medians);
        return b;
    }
    [[nodiscard]] Plan minimiser(std::span<const double> u, std::size_t i) const {
        Plan plan{static_cast<double>(i)};  // an open median is a plan even where it serves nobody
        double total = u[nodes];
        for (std::size_t j = 0; j < nodes; ++j)
            if (const double reduced = distance[i * nodes + j] - u[j]; reduced < 0) {
                total += reduced;
                plan.push_back(static_cast<double>(j));
            }
        return total < 0 ? plan : Plan{};
    }
    double account(const Plan& plan, std::size_t i, std::span<double> use) const {
        double total = 0;
        for (std::size_t n = 1; n < plan.size(); ++n) {
            const auto j = static_cast<std::size_t>(plan[n]);
            use[j] -= 1.0;
            total += distance[i * nodes + j];
        }
        use[nodes] += plan.empty() ? 0.0 : 1.0;
        return total;
    }
    void evaluate(std::span<const double> u, std::size_t i, meio::lagrangian::Reply& reply) const {
        answer(*this, u, i, reply);
    }
};

/// The same as one group: theta(u) = sum_j u_j + the p best of sum_j min(0, d_ij - u_j). A plan lists, median by median,
/// its node and the nodes it serves, each list ended by -1.
struct WholeMedian : Median {
    using Median::Median;
    [[nodiscard]] std::size_t size() const { return nodes; }
    [[nodiscard]] std::size_t groups() const { return 1; }
    [[nodiscard]] std::vector<double> right_hand_side() const { return std::vector<double>(nodes, -1.0); }
    [[nodiscard]] Plan minimiser(std::span<const double> u, std::size_t) const {
        std::vector<double> gain(nodes, 0.0);
        for (std::size_t i = 0; i < nodes; ++i)
            for (std::size_t j = 0; j < nodes; ++j) gain[i] += std::min(0.0, distance[i * nodes + j] - u[j]);
        std::vector<std::size_t> order(nodes);
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t c) { return gain[a] < gain[c]; });
        Plan plan;
        for (std::size_t n = 0; n < static_cast<std::size_t>(medians); ++n) {
            plan.push_back(static_cast<double>(order[n]));
            for (std::size_t j = 0; j < nodes; ++j)
                if (distance[order[n] * nodes + j] < u[j]) plan.push_back(static_cast<double>(j));
            plan.push_back(-1.0);
        }
        return plan;
    }
    double account(const Plan& plan, std::size_t, std::span<double> use) const {
        double total = 0;
        for (std::size_t n = 0; n < plan.size(); ++n) {
            const auto i = static_cast<std::size_t>(plan[n]);
            while (plan[++n] >= 0) {
                const auto j = static_cast<std::size_t>(plan[n]);
                use[j] -= 1.0;
                total += distance[i * nodes + j];
            }
        }
        return total;
    }
    void evaluate(std::span<const double> u, std::size_t i, meio::lagrangian::Reply& reply) const {
        answer(*this, u, i, reply);
    }
};

}  // namespace reference
