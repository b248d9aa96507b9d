// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <meio/lagrangian/reply.hpp>
#include <meio/lagrangian/result.hpp>

namespace reference {

/// The folder of the published instances: the variable MEIO_DATA, else shared/data here or in a folder above; empty
/// where there is none.
inline std::string data_folder() {
    if (const char* folder = std::getenv("MEIO_DATA"); folder != nullptr) return folder;
    std::filesystem::path above = ".";
    for (int level = 0; level < 8; ++level, above /= "..")
        if (std::filesystem::is_directory(above / "shared/data")) return (above / "shared/data").string();
    return {};
}

/// One group's plan in the model's own words (customers served, lot sizes, jobs, order quantities).
using Plan = std::vector<double>;

/// The same number for the same plan, in practice another number for another plan.
inline std::uint64_t tag_of(const Plan& plan) {
    std::uint64_t tag = plan.size();
    for (const double x : plan) {
        tag = (tag ^ std::bit_cast<std::uint64_t>(x)) * 0x9E3779B97F4A7C15ULL;
        tag ^= tag >> 29;
    }
    return tag;
}

/// Answers from the two halves of a model: `minimiser(l, g)` finds the plan, `account(plan, g, use)` adds what the plan
/// uses and returns what it costs, knowing nothing of prices.
template <class Model>
void answer(const Model& model, std::span<const double> l, std::size_t group, meio::lagrangian::Reply& reply) {
    const Plan plan = model.minimiser(l, group);
    reply.gradient.assign(l.size(), 0.0);
    reply.value = model.account(plan, group, reply.gradient);
    for (std::size_t k = 0; k < l.size(); ++k)
        if (reply.gradient[k] != 0) reply.value += l[k] * reply.gradient[k];
    reply.tag = tag_of(plan);
}

/// A model that keeps every plan it has answered by its tag, as an oracle's owner would to use the recovered primal.
template <class Model>
struct Logged : Model {
    using Model::Model;
    Logged() = default;
    explicit Logged(Model model) : Model(std::move(model)) {}
    void evaluate(std::span<const double> l, std::size_t group, meio::lagrangian::Reply& reply) const {
        Model::evaluate(l, group, reply);
        Plan plan = Model::minimiser(l, group);
        const std::scoped_lock lock(*mutex);
        ++answers;
        plans[{group, reply.tag}] = std::move(plan);
    }

    /// Cost and use of the convex combination, accounted for anew from the plans. Throws where a tag is unknown or the
    /// weights of a group are not a convex combination.
    struct Recovered {
        double cost = 0;
        std::vector<double> use{};
    };
    [[nodiscard]] Recovered recover(std::span<const meio::lagrangian::Weight> weights) const {
        Recovered total{0, std::vector<double>(Model::size(), 0.0)};
        std::vector<double> sum(Model::groups(), 0.0);
        for (const meio::lagrangian::Weight& w : weights) {
            std::vector<double> use(Model::size(), 0.0);
            total.cost += w.weight * Model::account(plans.at({w.group, w.tag}), w.group, use);
            for (std::size_t k = 0; k < use.size(); ++k) total.use[k] += w.weight * use[k];
            sum[w.group] += w.weight;
            if (!(w.weight > 0)) throw std::logic_error("a weight is not positive");
        }
        for (const double s : sum)
            if (std::abs(s - 1.0) > 1e-9) throw std::logic_error("the weights of a group do not add up to 1");
        return total;
    }

    mutable std::map<std::pair<std::size_t, std::uint64_t>, Plan> plans{};
    mutable std::size_t answers = 0;

private:
    std::shared_ptr<std::mutex> mutex = std::make_shared<std::mutex>();
};

}  // namespace reference
