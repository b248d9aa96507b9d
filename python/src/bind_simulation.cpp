// SPDX-License-Identifier: MIT
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/demand/forecast.hpp>
#include <meio/fulfilment/eligibility.hpp>
#include <meio/fulfilment/policy.hpp>
#include <meio/simulation/simulate.hpp>

#include "interruptible.hpp"
#include "register.hpp"

namespace py = pybind11;
namespace sim = meio::simulation;
namespace ful = meio::fulfilment;
using meio::network::ServiceOption;
using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Ids = py::array_t<std::int32_t, py::array::c_style | py::array::forcecast>;

namespace {

template <class T>
py::array_t<T> array_of(const std::vector<T>& values, std::vector<py::ssize_t> shape) {
    py::array_t<T> result(std::move(shape));
    std::copy(values.begin(), values.end(), result.mutable_data());
    return result;
}

std::vector<double> vector_of(const py::handle& values) {
    const auto array = py::cast<Array>(values);
    return {array.data(), array.data() + array.size()};
}

/// A Python callable: sees the options of an order as arrays, returns one score each. Runs under the GIL.
class PythonPolicy {
public:
    explicit PythonPolicy(py::object call)
        : held_(new Held{std::move(call), py::module_::import("types").attr("SimpleNamespace")}, [](const Held* held) {
              const py::gil_scoped_acquire acquire;
              delete held;
          }) {}

    void score(std::span<const ServiceOption> options, std::span<double> scores) const {
        const py::gil_scoped_acquire acquire;
        const auto column = [&](auto ServiceOption::*field) {
            using T = std::remove_cvref_t<decltype(options[0].*field)>;
            py::array_t<T> values(static_cast<py::ssize_t>(options.size()));
            for (std::size_t i = 0; i < options.size(); ++i) values.mutable_data()[i] = options[i].*field;
            return values;
        };
        py::dict view;
        view["facility"] = column(&ServiceOption::facility);
        view["service"] = column(&ServiceOption::service);
        view["late"] = column(&ServiceOption::late);
        view["cost"] = column(&ServiceOption::cost);
        view["days"] = column(&ServiceOption::days);
        view["distance"] = column(&ServiceOption::distance);
        view["price"] = column(&ServiceOption::price);
        view["stock_value"] = column(&ServiceOption::stock_value);
        view["on_hand"] = column(&ServiceOption::on_hand);
        view["product"] = options[0].product;
        view["region"] = options[0].region;
        view["speed"] = options[0].speed;
        view["period"] = options[0].period;
        view["minute"] = options[0].minute;
        const auto answer = py::cast<Array>(held_->call(held_->make(**view)));
        if (answer.size() != static_cast<py::ssize_t>(options.size()))
            throw py::value_error("a policy must return one score for each of " + std::to_string(options.size()) +
                                  " options, not " + std::to_string(answer.size()));
        std::copy(answer.data(), answer.data() + answer.size(), scores.begin());
    }

private:
    struct Held {
        py::object call;
        py::object make;
    };
    std::shared_ptr<const Held> held_;
};

/// A policy with what it refers to.
struct OwningTerritory {
    std::shared_ptr<const ful::Eligibility> eligibility;
    ful::Territory territory;
    void score(std::span<const ServiceOption> options, std::span<double> scores) const { territory.score(options, scores); }
};

class CaseReader {
public:
    explicit CaseReader(const meio::network::SupplyNetwork& network) : network_(network) {}

    sim::Case read(const py::dict& input) {
        static const char* const known[] = {"name", "base_stock", "echelon", "policy", "flow_price", "stock_value",
                                            "assigned", "flow_weight", "stock_weight", "rationing"};
        for (const auto& item : input) {
            const auto key = py::cast<std::string>(item.first);
            if (std::find(std::begin(known), std::end(known), key) == std::end(known))
                throw py::value_error("unknown key '" + key + "' in a case");
        }
        sim::Case plan;
        if (input.contains("name")) plan.name = py::cast<std::string>(input["name"]);
        plan.levels.base_stock = cube(input["base_stock"], plan.levels.periods);
        std::size_t periods = plan.levels.periods;
        if (given(input, "echelon")) {
            plan.levels.echelon = cube(input["echelon"], periods);
            if (periods != plan.levels.periods)
                throw py::value_error("base_stock and echelon must have the same number of periods");
        }
        if (given(input, "flow_price")) {
            const auto prices = py::cast<Array>(input["flow_price"]);
            plan.prices.flow = spread(vector_of(prices), prices.ndim() == 1, plan.levels.periods);
        }
        if (given(input, "stock_value")) {
            const auto values = py::cast<Array>(input["stock_value"]);
            plan.prices.stock = spread(vector_of(values), values.ndim() == 2, plan.levels.periods);
        }
        plan.policy = policy(input);
        if (given(input, "rationing")) {
            const auto rule = py::cast<std::string>(input["rationing"]);
            if (rule != "balanced" && rule != "proportional")
                throw py::value_error("rationing must be 'balanced' or 'proportional', not '" + rule + "'");
            plan.rationing = rule == "balanced" ? sim::Rationing::balanced : sim::Rationing::proportional;
        }
        return plan;
    }

private:
    static bool given(const py::dict& input, const char* key) { return input.contains(key) && !input[key].is_none(); }

    // (product, facility) or (product, facility, period).
    static std::vector<double> cube(const py::handle& values, std::size_t& periods) {
        const auto array = py::cast<Array>(values);
        if (array.ndim() != 2 && array.ndim() != 3)
            throw py::value_error("levels must have the shape (products, facilities) or (products, facilities, periods)");
        periods = array.ndim() == 3 ? static_cast<std::size_t>(array.shape(2)) : 1;
        return {array.data(), array.data() + array.size()};
    }

    // Repeats every value for each planning period.
    static std::vector<double> spread(std::vector<double> values, bool constant, std::size_t periods) {
        if (!constant || periods == 1) return values;
        std::vector<double> result;
        result.reserve(values.size() * periods);
        for (const double value : values) result.insert(result.end(), periods, value);
        return result;
    }

    sim::AnyPolicy policy(const py::dict& input) {
        if (!input.contains("policy")) return ful::Cheapest{};
        const py::object chosen = input["policy"];
        if (!py::isinstance<py::str>(chosen)) {
            if (!PyCallable_Check(chosen.ptr())) throw py::type_error("policy must be a name or a callable");
            return PythonPolicy(chosen);
        }
        const auto name = py::cast<std::string>(chosen);
        const auto weight = [&](const char* key) { return given(input, key) ? py::cast<double>(input[key]) : 1.0; };
        if (name == "nearest") return ful::Nearest{};
        if (name == "cheapest") return ful::Cheapest{};
        if (name == "priced") return ful::Priced{weight("flow_weight"), weight("stock_weight")};
        if (name != "territory")
            throw py::value_error("policy must be 'nearest', 'cheapest', 'priced', 'territory' or a callable, not '" + name + "'");
        if (!eligibility_) eligibility_ = std::make_shared<const ful::Eligibility>(ful::make_eligibility(network_));
        OwningTerritory result{eligibility_, ful::Territory::cheapest(*eligibility_)};
        if (given(input, "assigned")) {
            const auto assigned = py::cast<Ids>(input["assigned"]);
            const std::size_t classes = eligibility_->classes.size();
            const auto size = static_cast<std::size_t>(assigned.size());
            if (size != classes && size != classes * network_.products.size())
                throw py::value_error("assigned must have the shape (classes,) or (products, classes), with " +
                                      std::to_string(classes) + " classes");
            result.territory.assigned.assign(assigned.data(), assigned.data() + assigned.size());
        }
        return result;
    }

    const meio::network::SupplyNetwork& network_;
    std::shared_ptr<const ful::Eligibility> eligibility_{};
};

sim::DemandSource demand_of(const meio::network::SupplyNetwork& network, const meio::demand::Forecast* forecast,
                            const std::optional<std::tuple<Ids, Ids, Ids>>& history, const sim::SimulationOptions& options) {
    if ((forecast != nullptr) == history.has_value()) throw py::value_error("give either a forecast or a history");
    if (forecast != nullptr) return sim::ForecastDemand{forecast, network.regions.size(), options.warm_up, options.seed};
    const auto& [product, region, counts] = *history;
    const std::size_t horizon = options.warm_up + options.periods;
    if (counts.ndim() != 2 || counts.shape(0) != product.size() || region.size() != product.size() ||
        static_cast<std::size_t>(counts.shape(1)) != horizon)
        throw py::value_error("history must be (product, region, counts) with counts of shape (series, warm_up + periods)");
    std::vector<meio::demand::Series> series;
    for (py::ssize_t i = 0; i < product.size(); ++i) {
        const std::int32_t r = region.data()[i];
        if (r < 0 || static_cast<std::size_t>(r) >= network.regions.size())
            throw py::value_error("history: region " + std::to_string(r) + " of series " + std::to_string(i) + " is unknown");
        series.push_back({product.data()[i], r});
    }
    return sim::replay(std::move(series), {counts.data(), counts.data() + counts.size()}, horizon);
}

py::dict simulate(const meio::network::SupplyNetwork& network, const std::vector<py::dict>& cases,
                  const meio::demand::Forecast* forecast, const std::optional<std::tuple<Ids, Ids, Ids>>& history,
                  std::size_t warm_up, std::size_t periods, std::size_t runs, std::uint64_t seed, int days_per_period,
                  int threads, double confidence, const std::optional<Array>& mean_demand, const std::optional<Ids>& feed_lane,
                  const std::optional<double>& time_limit) {
    sim::SimulationOptions options;
    options.warm_up = warm_up;
    options.periods = periods;
    options.runs = runs;
    options.seed = seed;
    options.days_per_period = days_per_period;
    options.threads = threads;
    options.confidence = confidence;
    options.validate();
    CaseReader reader(network);
    std::vector<sim::Case> plans;
    for (const py::dict& input : cases) plans.push_back(reader.read(input));
    std::vector<std::int32_t> feed;
    if (feed_lane) feed.assign(feed_lane->data(), feed_lane->data() + feed_lane->size());
    std::vector<double> mean;
    if (mean_demand) mean = vector_of(*mean_demand);
    const sim::DemandSource demand = demand_of(network, forecast, history, options);
    // The network and the forecast are arguments of this call and never change: safe to read without the GIL.
    const sim::SimulationResult result =
        run_interruptible(time_limit ? meio::core::Context::with_time_limit(*time_limit) : meio::core::Context{},
                          [&](const meio::core::Context& context) {
                              const sim::Model model = sim::make_model(network, feed);
                              return sim::simulate(model, plans, demand, options, mean, context);
                          });
    const auto size = [](std::size_t n) { return static_cast<py::ssize_t>(n); };
    const py::ssize_t facilities = size(network.facilities.size());
    py::list list;
    for (const sim::CaseResult& one : result.cases) {
        py::dict entry;
        entry["name"] = one.name;
        entry["metrics"] = array_of(one.metrics, {size(result.runs), size(result.metric_names.size())});
        const bool any = result.runs > 0;
        entry["on_hand"] = array_of(one.on_hand, {any ? size(network.products.size()) : 0, facilities});
        entry["shipped"] = array_of(one.shipped, {size(one.shipped.size())});
        entry["lane_flow"] = array_of(one.lane_flow, {size(one.lane_flow.size())});
        entry["volume"] = array_of(one.volume, {any ? size(periods) : 0, facilities, size(network.storage_types.size())});
        list.append(entry);
    }
    py::dict output;
    output["status"] = std::string(meio::core::to_string(result.status));
    output["runs"] = result.runs;
    output["metric_names"] = result.metric_names;
    output["confidence"] = result.confidence;
    output["seconds"] = result.seconds;
    output["orders"] = result.orders;
    output["node_periods"] = result.node_periods;
    output["cases"] = list;
    return output;
}

py::tuple estimate(const Array& values, double confidence) {
    const auto e = sim::estimate({values.data(), static_cast<std::size_t>(values.size())}, confidence);
    return py::make_tuple(e.mean, e.sd, e.half_width, e.runs);
}

}  // namespace

void register_simulation(py::module_& module) {
    auto m = module.def_submodule("simulation", "The network simulator.");
    m.def("simulate", &simulate, py::arg("network"), py::arg("cases"), py::kw_only(), py::arg("forecast") = nullptr,
          py::arg("history") = std::nullopt, py::arg("warm_up") = 0, py::arg("periods") = 52, py::arg("runs") = 30,
          py::arg("seed") = 0, py::arg("days_per_period") = 7, py::arg("threads") = 0, py::arg("confidence") = 0.95,
          py::arg("mean_demand") = std::nullopt, py::arg("feed_lane") = std::nullopt, py::arg("time_limit") = std::nullopt,
          "Simulate every case on common random numbers; see meio.simulation.simulate.");
    m.def("estimate", &estimate, py::arg("values"), py::arg("confidence") = 0.95,
          "Mean, standard deviation, half width of Student's interval and number of values, NaN left out.");
}
