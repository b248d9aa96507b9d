// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/lagrangian/reply.hpp>
#include <reference/lagrangian_instances_plan.hpp>

namespace reference {

/// Newsvendors NV(N, K, nz) that share K resources. Per product: mean exp(ln 20 + Z), deviation mean (0.2 + 0.6 U), unit
/// cost exp(ln 10 + 0.7 Z), underage cost (0.2 + 0.8 U), overage cost (0.02 + 0.2 U), volume exp(0.8 Z), and nz
/// resources used volume (0.5 + U) each. Capacities are use at price 0 times (tight + 1.2 (1 - tight) U). A plan holds
/// the order quantities of the group's products; in integer mode they are integers, and the curvature stays that of the
/// continuous problem.
class Newsvendors {
public:
    Newsvendors(std::size_t products, std::size_t resources, std::size_t nz, bool integer, std::uint64_t seed,
                double tight = 0.6, std::size_t groups = 16)
        : resources_(resources), nz_(nz), groups_(groups), integer_(integer), product_(products) {
        resource_.reserve(products * nz);
        use_.reserve(products * nz);
        for (std::size_t i = 0; i < products; ++i) {
            meio::core::RandomStream draw(seed, i + 1);
            Product& p = product_[i];
            p.mean = 20.0 * std::exp(draw.normal());
            p.deviation = p.mean * (0.2 + 0.6 * draw.uniform());
            const double cost = 10.0 * std::exp(0.7 * draw.normal());
            p.underage = cost * (0.2 + 0.8 * draw.uniform());
            p.overage = cost * (0.02 + 0.2 * draw.uniform());
            const double volume = std::exp(0.8 * draw.normal());
            while (resource_.size() < (i + 1) * nz_) {
                const std::size_t k = draw.below(resources);
                const auto first = resource_.begin() + static_cast<std::ptrdiff_t>(i * nz_);
                if (std::find(first, resource_.end(), k) != resource_.end()) continue;
                resource_.push_back(k);
                use_.push_back(volume * (0.5 + draw.uniform()));
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
    [[nodiscard]] const std::vector<double>& right_hand_side() const { return b; }
    [[nodiscard]] Plan minimiser(std::span<const double> l, std::size_t group) const {
        Plan plan;
        for (std::size_t i = begin(group); i < begin(group + 1); ++i) plan.push_back(best(i, price(l, i)).quantity);
        return plan;
    }
    double account(const Plan& plan, std::size_t group, std::span<double> use) const {
        double total = 0;
        for (std::size_t i = begin(group); i < begin(group + 1); ++i) {
            const double q = plan[i - begin(group)];
            total += expected_cost(product_[i], q);
            for (std::size_t j = i * nz_; j < (i + 1) * nz_; ++j) use[resource_[j]] += q * use_[j];
        }
        return total;
    }
    void evaluate(std::span<const double> l, std::size_t group, meio::lagrangian::Reply& reply) const {
        reply.value = 0;
        reply.gradient.assign(resources_, 0.0);
        if (curvature) reply.diagonal.emplace(resources_, 0.0);
        if (hessian) reply.hessian.emplace(resources_ * resources_, 0.0);
        reply.tag = group;
        for (std::size_t i = begin(group); i < begin(group + 1); ++i) {
            const double w = price(l, i);
            const Choice choice = best(i, w);
            reply.value += expected_cost(product_[i], choice.quantity) + w * choice.quantity;
            reply.tag = (reply.tag ^ std::bit_cast<std::uint64_t>(choice.quantity)) * 0x9E3779B97F4A7C15ULL;
            reply.tag ^= reply.tag >> 29;
            for (std::size_t j = i * nz_; j < (i + 1) * nz_; ++j)
                reply.gradient[resource_[j]] += choice.quantity * use_[j];
            if (choice.rate <= 0) continue;
            for (std::size_t j = i * nz_; j < (i + 1) * nz_; ++j) {
                if (curvature) (*reply.diagonal)[resource_[j]] += use_[j] * use_[j] * choice.rate;
                if (!hessian) continue;
                double* row = reply.hessian->data() + resource_[j] * resources_;
                for (std::size_t m = i * nz_; m < (i + 1) * nz_; ++m) row[resource_[m]] += use_[j] * use_[m] * choice.rate;
            }
        }
    }

    /// Cost of the minimisers at l, each scaled down by the scarcest of its resources: a plan that keeps all capacities.
    [[nodiscard]] double feasible_cost(std::span<const double> l) const {
        std::vector<double> quantity(product_.size()), use(resources_, 0.0);
        for (std::size_t i = 0; i < product_.size(); ++i) {
            quantity[i] = best(i, price(l, i)).quantity;
            for (std::size_t j = i * nz_; j < (i + 1) * nz_; ++j) use[resource_[j]] += quantity[i] * use_[j];
        }
        double cost = 0;
        for (std::size_t i = 0; i < product_.size(); ++i) {
            double share = 1;
            for (std::size_t j = i * nz_; j < (i + 1) * nz_; ++j)
                share = std::min(share, b[resource_[j]] / use[resource_[j]]);
            cost += expected_cost(product_[i], quantity[i] * share);
        }
        return cost;
    }

    std::vector<double> b{};
    bool curvature = true;  ///< answer the diagonal of the curvature
    bool hessian = false;   ///< answer the whole curvature

private:
    struct Product {
        double mean = 0, deviation = 0, underage = 0, overage = 0;
    };
    struct Choice {
        double quantity = 0;
        double rate = 0;  // -d quantity / d price, where the quantity moves at all
    };
    [[nodiscard]] std::size_t begin(std::size_t group) const { return group * product_.size() / groups_; }
    [[nodiscard]] double price(std::span<const double> l, std::size_t i) const {
        double w = 0;
        for (std::size_t j = i * nz_; j < (i + 1) * nz_; ++j) w += l[resource_[j]] * use_[j];
        return w;
    }
    [[nodiscard]] Choice best(std::size_t i, double w) const {
        const Product& p = product_[i];
        const double ratio = (p.underage - w) / (p.underage + p.overage);
        const double z = ratio > 0 ? quantile(ratio) : -std::numeric_limits<double>::infinity();
        Choice choice{std::max(0.0, p.mean + p.deviation * z), 0.0};
        if (choice.quantity > 0) choice.rate = p.deviation / (density(z) * (p.underage + p.overage));
        if (!integer_) return choice;
        const double low = std::floor(choice.quantity);
        const double at_low = expected_cost(p, low) + w * low;
        const double at_high = expected_cost(p, low + 1) + w * (low + 1);
        choice.quantity = at_low <= at_high ? low : low + 1;
        return choice;
    }
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
    std::vector<std::size_t> resource_{};  // product-major, nz a product
    std::vector<double> use_{};
};

}  // namespace reference
