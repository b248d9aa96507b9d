// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/lagrangian/reply.hpp>

namespace reference {

/// OR-Library facility location with the assignment of customers relaxed: one free multiplier a customer, one group a
/// facility. theta(u) = sum_j u_j + sum_i min(0, F_i + sum_j min(0, c_ij - u_j)), so b = -1.
struct FacilityLocation {
    std::size_t facilities = 0, customers = 0;
    std::vector<double> fixed{}, cost{};

    explicit FacilityLocation(const std::string& path) {
        std::ifstream in(path);
        in >> facilities >> customers;
        std::string capacity;
        fixed.resize(facilities);
        for (double& f : fixed) in >> capacity >> f;
        cost.resize(facilities * customers);
        for (std::size_t j = 0; j < customers; ++j) {
            double demand = 0;
            in >> demand;
            for (std::size_t i = 0; i < facilities; ++i) in >> cost[i * customers + j];
        }
    }
    [[nodiscard]] std::size_t size() const { return customers; }
    [[nodiscard]] std::size_t groups() const { return facilities; }
    void evaluate(std::span<const double> u, std::size_t i, meio::lagrangian::Reply& reply) const {
        reply.gradient.assign(customers, 0.0);
        reply.tag = 0;
        double total = fixed[i];
        for (std::size_t j = 0; j < customers; ++j) total += std::min(0.0, cost[i * customers + j] - u[j]);
        reply.value = std::min(0.0, total);
        if (total >= 0) return;
        for (std::size_t j = 0; j < customers; ++j)
            if (cost[i * customers + j] < u[j]) {
                reply.gradient[j] = -1.0;
                reply.tag = reply.tag * 1099511628211ULL + j + 1;
            }
    }
};

/// Trigeiro's lot sizing with the machine capacity relaxed: one multiplier >= 0 a period, one group an item, each an
/// uncapacitated lot-sizing problem solved by the recursion of Wagner and Whitin in O(T^2).
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
    }
    [[nodiscard]] std::size_t size() const { return periods; }
    [[nodiscard]] std::size_t groups() const { return items.size(); }
    void evaluate(std::span<const double> l, std::size_t i, meio::lagrangian::Reply& reply) const {
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
        reply.value = least[periods];
        reply.gradient.assign(periods, 0.0);
        reply.tag = 0;
        for (std::size_t e = periods; e > 0; e = lot[e]) {
            double amount = 0;
            for (std::size_t t = lot[e]; t < e; ++t) amount += d[t];
            if (amount > 0) {
                reply.gradient[lot[e]] = amount + item.setup_time;
                reply.tag |= std::uint64_t{1} << lot[e];
            }
        }
    }
};

/// Newsvendors NV(N, K, nz) that share K resources. Per product: mean exp(ln 20 + Z), deviation mean (0.2 + 0.6 U), unit
/// cost exp(ln 10 + 0.7 Z), underage cost (0.2 + 0.8 U), overage cost (0.02 + 0.2 U), volume exp(0.8 Z), and nz
/// resources used volume (0.5 + U) each. Capacities are use at price 0 times (tight + 1.2 (1 - tight) U).
class Newsvendors {
public:
    Newsvendors(std::size_t products, std::size_t resources, std::size_t nz, bool integer, std::uint64_t seed,
                double tight = 0.6, std::size_t groups = 16)
        : resources_(resources), nz_(nz), groups_(groups), integer_(integer), product_(products) {
        for (std::size_t i = 0; i < products; ++i) {
            meio::core::RandomStream draw(seed, i + 1);
            Product& p = product_[i];
            p.mean = 20.0 * std::exp(draw.normal());
            p.deviation = p.mean * (0.2 + 0.6 * draw.uniform());
            const double cost = 10.0 * std::exp(0.7 * draw.normal());
            p.underage = cost * (0.2 + 0.8 * draw.uniform());
            p.overage = cost * (0.02 + 0.2 * draw.uniform());
            const double volume = std::exp(0.8 * draw.normal());
            while (p.resource.size() < nz_) {
                const std::size_t k = draw.below(resources);
                if (std::find(p.resource.begin(), p.resource.end(), k) != p.resource.end()) continue;
                p.resource.push_back(k);
                p.use.push_back(volume * (0.5 + draw.uniform()));
            }
        }
        b.assign(resources, 0.0);
        meio::lagrangian::Reply reply;
        for (std::size_t g = 0; g < groups_; ++g) {
            evaluate(std::vector<double>(resources, 0.0), g, reply);
            for (std::size_t k = 0; k < resources; ++k) b[k] += reply.gradient[k];
        }
        meio::core::RandomStream draw(seed, 0);
        for (double& value : b) value *= tight + 1.2 * (1.0 - tight) * draw.uniform();
    }
    [[nodiscard]] std::size_t size() const { return resources_; }
    [[nodiscard]] std::size_t groups() const { return groups_; }
    void evaluate(std::span<const double> l, std::size_t group, meio::lagrangian::Reply& reply) const {
        reply.value = 0;
        reply.gradient.assign(resources_, 0.0);
        if (curvature) reply.diagonal.emplace(resources_, 0.0);
        const std::size_t n = product_.size();
        for (std::size_t i = group * n / groups_; i < (group + 1) * n / groups_; ++i) {
            const Product& p = product_[i];
            double w = 0;
            for (std::size_t j = 0; j < nz_; ++j) w += l[p.resource[j]] * p.use[j];
            const double ratio = (p.underage - w) / (p.underage + p.overage);
            const double z = ratio > 0 ? quantile(ratio) : -std::numeric_limits<double>::infinity();
            double q = std::max(0.0, p.mean + p.deviation * z);
            const bool interior = q > 0;
            double cost = expected_cost(p, q) + w * q;
            if (integer_) {
                const double low = std::floor(q);
                const double at_low = expected_cost(p, low) + w * low;
                const double at_high = expected_cost(p, low + 1) + w * (low + 1);
                q = at_low <= at_high ? low : low + 1;
                cost = std::min(at_low, at_high);
            }
            reply.value += cost;
            for (std::size_t j = 0; j < nz_; ++j) reply.gradient[p.resource[j]] += q * p.use[j];
            if (!curvature || !interior) continue;
            const double rate = p.deviation / (density(z) * (p.underage + p.overage));
            for (std::size_t j = 0; j < nz_; ++j) (*reply.diagonal)[p.resource[j]] += p.use[j] * p.use[j] * rate;
        }
    }

    std::vector<double> b{};
    bool curvature = true;  ///< answer the diagonal of the (continuous) curvature

private:
    struct Product {
        double mean = 0, deviation = 0, underage = 0, overage = 0;
        std::vector<std::size_t> resource{};
        std::vector<double> use{};
    };
    static double density(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi); }
    static double upper_tail(double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); }
    static double expected_cost(const Product& p, double q) {
        const double z = (q - p.mean) / p.deviation;
        const double loss = p.deviation * (density(z) - z * upper_tail(z));
        return p.underage * loss + p.overage * (q - p.mean + loss);
    }
    /// Newton on the distribution function from Hastings' approximation (Abramowitz and Stegun 26.2.23).
    static double quantile(double ratio) {
        const double tail = std::min(ratio, 1.0 - ratio);
        const double s = std::sqrt(-2.0 * std::log(tail));
        double z = s - (2.515517 + s * (0.802853 + s * 0.010328)) / (1.0 + s * (1.432788 + s * (0.189269 + s * 0.001308)));
        for (int k = 0; k < 3; ++k) z += (upper_tail(z) - tail) / density(z);
        return ratio < 0.5 ? -z : z;
    }

    std::size_t resources_, nz_, groups_;
    bool integer_;
    std::vector<Product> product_;
};

}  // namespace reference
