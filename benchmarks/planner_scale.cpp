// SPDX-License-Identifier: MIT
// The planner at scale: products x facilities newsvendors that share three capacities a facility (two storage types and
// outbound flow). Usage: planner_scale [products] [facilities] [gap] [threads] [normal|count]
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <meio/core/random.hpp>
#include <meio/planner/solve.hpp>

using namespace meio;
using namespace meio::planner;

namespace {

/// Lognormal means and volumes; every capacity lies below what free capacity would use, so that all of them bind.
Instance make_instance(std::size_t products, std::size_t facilities, demand::Family family, int threads) {
    Instance instance;
    for (std::size_t f = 0; f < facilities; ++f) {
        const auto id = static_cast<std::int32_t>(f);
        for (std::int32_t type = 0; type < 2; ++type)
            instance.resources.push_back({ResourceKind::storage, id, type, -1, -1, 0, 0.0});
        instance.resources.push_back({ResourceKind::outbound, id, -1, -1, -1, 0, 0.0});
    }
    const std::size_t blocks = products * facilities;
    instance.blocks.reserve(blocks);
    instance.options.reserve(blocks);
    instance.nodes.reserve(blocks);
    instance.uses.reserve(2 * blocks);
    for (std::size_t k = 0; k < products; ++k) {
        core::RandomStream draw(5, k);
        const double scale = std::exp(1.0 + draw.normal());
        const double value = std::exp(2.0 + 0.7 * draw.normal());
        const double volume = std::exp(0.8 * draw.normal());
        const auto type = static_cast<std::int32_t>(draw.below(2));
        for (std::size_t f = 0; f < facilities; ++f) {
            const double mean = scale * std::exp(0.5 * draw.normal());
            const double interval = 2.0 + static_cast<double>(draw.below(2));
            const auto use = static_cast<std::uint32_t>(instance.uses.size());
            const auto base = static_cast<std::int32_t>(3 * f);
            instance.uses.push_back({base + type, 0.0, volume, 0.0});
            instance.uses.push_back({base + 2, mean, 0.0, -1.0 / interval});
            Node node;
            node.facility = static_cast<std::int32_t>(f);
            node.family = family;
            node.mean = interval * mean;
            node.variance = interval * (mean + 0.1 * mean * mean);
            node.holding = 0.01 * value;
            node.shortage = value / interval;
            node.first_use = use;
            node.last_use = use + 2;
            const auto at = static_cast<std::uint32_t>(instance.nodes.size());
            instance.nodes.push_back(node);
            instance.options.push_back({0.4 * value * mean, at, at + 1, use, use});
            instance.blocks.push_back({static_cast<std::int32_t>(k), 0, static_cast<std::int32_t>(f), at, at + 1});
        }
    }
    const auto make_model = [&] { return FacilityTrees(instance); };
    const std::vector<double> free(instance.resources.size(), 0.0);
    const Incumbent plan = follow_prices(instance, make_model, ThreadExecutor{threads}, free);
    core::RandomStream draw(6, 0);
    for (std::size_t m = 0; m < instance.resources.size(); ++m) {
        const bool flow = instance.resources[m].kind == ResourceKind::outbound;
        instance.resources[m].capacity = plan.usage[m] * (flow ? 0.90 + 0.08 * draw.uniform() : 0.6 + 0.3 * draw.uniform());
    }
    return instance;
}

}  // namespace

int main(int argc, char** argv) {
    const auto products = static_cast<std::size_t>(argc > 1 ? std::atol(argv[1]) : 100000);
    const auto facilities = static_cast<std::size_t>(argc > 2 ? std::atol(argv[2]) : 50);
    SolveOptions options;
    options.gap = argc > 3 ? std::atof(argv[3]) : 0.01;
    options.threads = argc > 4 ? std::atoi(argv[4]) : 0;
    const bool counts = argc > 5 && std::string(argv[5]) == "count";

    const core::Stopwatch building;
    const Instance instance =
        make_instance(products, facilities, counts ? demand::Family::count : demand::Family::normal, options.threads);
    std::printf("products %zu, facilities %zu, resources %zu, demand %s, built in %.2f s\n", products, facilities,
                instance.resources.size(), counts ? "count" : "normal", building.seconds());

    const auto make_model = [&] { return FacilityTrees(instance); };
    const std::vector<double> prices(instance.resources.size(), 0.01);
    const core::Stopwatch pass;
    const Incumbent once = follow_prices(instance, make_model, ThreadExecutor{options.threads}, prices);
    const double pass_seconds = pass.seconds();
    std::printf("one pass %.3f s: %.1f ns a product-location (wall, %d threads), cost %.6g\n", pass_seconds,
                1e9 * pass_seconds / static_cast<double>(products * facilities), core::resolve_threads(options.threads),
                once.cost);

    const Solution solution = solve_instance(instance, options);
    int priced = 0;
    double worst = 0;
    for (std::size_t m = 0; m < instance.resources.size(); ++m) {
        priced += solution.prices[m] > 0 ? 1 : 0;
        worst = std::max(worst, solution.plan.usage[m] / instance.resources[m].capacity - 1.0);
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("status %s  cost %.8g  bound %.8g  gap %.4f %%  dual passes %d  priced resources %d  worst overuse %.1e\n",
                std::string(core::to_string(solution.status)).c_str(), solution.cost, solution.bound, 100 * solution.gap,
                solution.passes, priced, worst);
    std::printf("solve %.2f s, peak memory %.2f GiB\n", solution.seconds, static_cast<double>(usage.ru_maxrss) / 1048576.0);
    return 0;
}
