// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <fstream>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <meio/lagrangian/reply.hpp>
#include <reference/lagrangian_instances_plan.hpp>

namespace reference {

/// Trigeiro's lot sizing with the machine capacity relaxed: one multiplier >= 0 a period, one group an item, each an
/// uncapacitated lot-sizing problem solved by the recursion of Wagner and Whitin in O(T^2). A plan holds the lot of
/// every period.
struct LotSizing {
    struct Item {
        double holding = 0, setup_time = 0, setup_cost = 0;
    };
    std::size_t periods = 0;
    double capacity = 0;
    std::vector<Item> items{};
    std::vector<double> demand{};  // item-major

    explicit LotSizing(const std::string& path) {
        std::ifstream in(path);
        std::size_t count = 0;
        in >> count >> periods >> capacity;
        items.resize(count);
        double unit_time = 0;  // taken as 1 whatever the file says
        for (Item& item : items) in >> unit_time >> item.holding >> item.setup_time >> item.setup_cost;
        demand.resize(count * periods);
        for (std::size_t t = 0; t < periods; ++t)
            for (std::size_t i = 0; i < count; ++i) in >> demand[i * periods + t];
        if (!in) throw std::runtime_error("cannot read " + path);
    }
    [[nodiscard]] std::size_t size() const { return periods; }
    [[nodiscard]] std::size_t groups() const { return items.size(); }
    [[nodiscard]] std::vector<double> right_hand_side() const { return std::vector<double>(periods, capacity); }
    [[nodiscard]] Plan minimiser(std::span<const double> l, std::size_t i) const {
        const Item& item = items[i];
        const double* d = &demand[i * periods];
        std::vector<double> least(periods + 1, std::numeric_limits<double>::infinity());
        std::vector<std::size_t> lot(periods + 1, 0);
        least[0] = 0;
        for (std::size_t s = 0; s < periods; ++s) {
            double amount = 0, holding = 0;
            for (std::size_t e = s; e < periods; ++e) {
                amount += d[e];
                holding += item.holding * static_cast<double>(e - s) * d[e];
                const double setup = amount > 0 ? item.setup_cost + l[s] * item.setup_time : 0.0;
                const double value = least[s] + setup + l[s] * amount + holding;
                if (value < least[e + 1]) {
                    least[e + 1] = value;
                    lot[e + 1] = s;
                }
            }
        }
        Plan plan(periods, 0.0);
        for (std::size_t e = periods; e > 0; e = lot[e])
            for (std::size_t t = lot[e]; t < e; ++t) plan[lot[e]] += d[t];
        return plan;
    }
    double account(const Plan& plan, std::size_t i, std::span<double> use) const {
        double total = 0, stock = 0;
        for (std::size_t t = 0; t < periods; ++t) {
            stock += plan[t] - demand[i * periods + t];
            if (stock < 0) throw std::logic_error("a plan leaves demand unmet");
            total += items[i].holding * stock;
            if (plan[t] <= 0) continue;
            total += items[i].setup_cost;
            use[t] += items[i].setup_time + plan[t];
        }
        return total;
    }
    void evaluate(std::span<const double> l, std::size_t i, meio::lagrangian::Reply& reply) const {
        answer(*this, l, i, reply);
    }
};

/// OR-Library generalized assignment (least cost) with the assignment of jobs relaxed: one free multiplier a job, one
/// group an agent, each a 0-1 knapsack over integer resources solved by dynamic programming in O(jobs capacity).
/// theta(u) = sum_j u_j + sum_i min {sum_j (c_ij - u_j) x_j : sum_j a_ij x_j <= B_i}, so b = -1. A plan lists jobs.
struct Assignment {
    std::size_t agents = 0, jobs = 0;
    std::vector<double> cost{};           // agent-major
    std::vector<std::size_t> resource{};  // agent-major
    std::vector<std::size_t> capacity{};

    /// Reads every instance of a file.
    static std::vector<Assignment> read(const std::string& path) {
        std::ifstream in(path);
        std::size_t count = 0;
        in >> count;
        std::vector<Assignment> all(in ? count : 0);
        for (Assignment& a : all) {
            in >> a.agents >> a.jobs;
            a.cost.resize(a.agents * a.jobs);
            a.resource.resize(a.agents * a.jobs);
            a.capacity.resize(a.agents);
            for (double& c : a.cost) in >> c;
            for (std::size_t& r : a.resource) in >> r;
            for (std::size_t& c : a.capacity) in >> c;
        }
        if (!in) throw std::runtime_error("cannot read " + path);
        return all;
    }
    [[nodiscard]] std::size_t size() const { return jobs; }
    [[nodiscard]] std::size_t groups() const { return agents; }
    [[nodiscard]] std::vector<double> right_hand_side() const { return std::vector<double>(jobs, -1.0); }
    [[nodiscard]] Plan minimiser(std::span<const double> u, std::size_t i) const {
        const std::size_t room = capacity[i];
        std::vector<double> least(room + 1, 0.0);  // least cost within a capacity
        std::vector<std::vector<bool>> taken(jobs);
        for (std::size_t j = 0; j < jobs; ++j) {
            const double reduced = cost[i * jobs + j] - u[j];
            const std::size_t need = resource[i * jobs + j];
            taken[j].assign(room + 1, false);
            for (std::size_t r = room; reduced < 0 && r >= need; --r) {
                if (least[r - need] + reduced < least[r]) {
                    least[r] = least[r - need] + reduced;
                    taken[j][r] = true;
                }
                if (r == 0) break;
            }
        }
        Plan plan;
        for (std::size_t j = jobs, r = room; j-- > 0;)
            if (taken[j][r]) {
                plan.push_back(static_cast<double>(j));
                r -= resource[i * jobs + j];
            }
        return plan;
    }
    double account(const Plan& plan, std::size_t i, std::span<double> use) const {
        double total = 0;
        std::size_t room = 0;
        for (const double x : plan) {
            const auto j = static_cast<std::size_t>(x);
            use[j] -= 1.0;
            total += cost[i * jobs + j];
            room += resource[i * jobs + j];
        }
        if (room > capacity[i]) throw std::logic_error("a plan exceeds its agent's capacity");
        return total;
    }
    void evaluate(std::span<const double> u, std::size_t i, meio::lagrangian::Reply& reply) const {
        answer(*this, u, i, reply);
    }
};

}  // namespace reference
