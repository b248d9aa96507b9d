// SPDX-License-Identifier: MIT
#include <pybind11/functional.h>
#include <pybind11/native_enum.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <meio/planner/planner.hpp>

#include "interruptible.hpp"
#include "register.hpp"

namespace py = pybind11;
using namespace meio;
using namespace meio::planner;

namespace {

template <class T, class Rows, class Get>
py::array_t<T> column(const Rows& rows, Get&& get) {
    py::array_t<T> result(static_cast<py::ssize_t>(rows.size()));
    T* out = result.mutable_data();
    for (const auto& row : rows) *out++ = static_cast<T>(get(row));
    return result;
}

py::dict resource_columns(const std::vector<Resource>& rows) {
    py::dict d;
    d["kind"] = column<std::int32_t>(rows, [](const Resource& r) { return static_cast<std::int32_t>(r.kind); });
    d["facility"] = column<std::int32_t>(rows, [](const Resource& r) { return r.facility; });
    d["storage_type"] = column<std::int32_t>(rows, [](const Resource& r) { return r.storage_type; });
    d["lane"] = column<std::int32_t>(rows, [](const Resource& r) { return r.lane; });
    d["speed"] = column<std::int32_t>(rows, [](const Resource& r) { return r.speed; });
    d["period"] = column<std::int32_t>(rows, [](const Resource& r) { return r.period; });
    d["capacity"] = column<double>(rows, [](const Resource& r) { return r.capacity; });
    return d;
}

/// Keeps the plan alive for its columns.
struct PlanHandle {
    Plan plan;

    [[nodiscard]] py::dict levels() const {
        const auto& rows = plan.tables.levels;
        py::dict d;
        d["product"] = column<std::int32_t>(rows, [](const Level& r) { return r.product; });
        d["facility"] = column<std::int32_t>(rows, [](const Level& r) { return r.facility; });
        d["period"] = column<std::int32_t>(rows, [](const Level& r) { return r.period; });
        d["base_stock"] = column<double>(rows, [](const Level& r) { return r.base_stock; });
        d["echelon_base_stock"] = column<double>(rows, [](const Level& r) { return r.echelon_base_stock; });
        d["on_hand"] = column<double>(rows, [](const Level& r) { return r.on_hand; });
        d["unmet"] = column<double>(rows, [](const Level& r) { return r.unmet; });
        return d;
    }

    [[nodiscard]] py::dict prices() const {
        const auto& instance = plan.built.instance;
        py::dict d = resource_columns(instance.resources);
        std::vector<double> usage = plan.solution.plan.usage;
        usage.resize(instance.resources.size(), 0.0);
        d["usage"] = column<double>(usage, [](double v) { return v; });
        d["price"] = column<double>(plan.solution.prices, [](double v) { return v; });
        return d;
    }

    [[nodiscard]] py::dict shortfalls() const {
        std::vector<Resource> rows;
        for (const Shortfall& s : plan.solution.shortfalls) rows.push_back(plan.built.instance.resources[s.resource]);
        py::dict d = resource_columns(rows);
        d["needed"] = column<double>(plan.solution.shortfalls, [](const Shortfall& s) { return s.needed; });
        d["available"] = column<double>(plan.solution.shortfalls, [](const Shortfall& s) { return s.available; });
        return d;
    }

    [[nodiscard]] py::dict assignment() const {
        const auto& rows = plan.tables.served;
        const auto& classes = plan.built.eligibility.classes;
        const auto of = [&](const Served& s) -> const auto& { return classes[static_cast<std::size_t>(s.demand_class)]; };
        py::dict d;
        d["product"] = column<std::int32_t>(rows, [](const Served& r) { return r.product; });
        d["demand_class"] = column<std::int32_t>(rows, [](const Served& r) { return r.demand_class; });
        d["region"] = column<std::int32_t>(rows, [&](const Served& r) { return of(r).region; });
        d["speed"] = column<std::int32_t>(rows, [&](const Served& r) { return of(r).speed; });
        d["window"] = column<std::int32_t>(rows, [&](const Served& r) { return of(r).window; });
        d["facility"] = column<std::int32_t>(rows, [](const Served& r) { return r.facility; });
        d["period"] = column<std::int32_t>(rows, [](const Served& r) { return r.period; });
        return d;
    }

    [[nodiscard]] py::dict history() const {
        const auto& rows = plan.solution.history;
        py::dict d;
        d["pass"] = column<std::int32_t>(rows, [](const HistoryEntry& r) { return r.pass; });
        d["bound"] = column<double>(rows, [](const HistoryEntry& r) { return r.bound; });
        d["cost"] = column<double>(rows, [](const HistoryEntry& r) { return r.cost; });
        d["seconds"] = column<double>(rows, [](const HistoryEntry& r) { return r.seconds; });
        return d;
    }
};

PlanHandle solve(const network::SupplyNetwork& network, const demand::Forecast& forecast, bool echelon, int alternatives,
                 int assignment_rounds, double gap, int max_passes, int threads, std::size_t lattice_points,
                 std::optional<double> max_seconds, std::vector<double> initial_prices,
                 std::function<bool(int, double, double, double)> callback) {
    PlannerOptions options;
    options.item_model = echelon ? ItemModelKind::echelon : ItemModelKind::independent;
    options.alternatives = alternatives;
    options.assignment_rounds = assignment_rounds;
    options.solve.gap = gap;
    options.solve.max_passes = max_passes;
    options.solve.threads = threads;
    options.solve.lattice_points = lattice_points;
    options.solve.initial_prices = std::move(initial_prices);
    core::Context context = max_seconds ? core::Context::with_time_limit(*max_seconds) : core::Context{};
    if (callback)
        context.callback = [callback](const core::Progress& p) {
            const py::gil_scoped_acquire acquire;
            return callback(p.iteration, p.bound, p.cost, p.seconds);
        };
    // Network and forecast are immutable from Python and kept alive by the caller's references.
    return {run_interruptible(context, [&](const core::Context& c) { return Planner(options).solve(network, forecast, c); })};
}

}  // namespace

void register_planner(py::module_& module) {
    auto m = module.def_submodule("planner", "The capacity-constrained multi-item multi-echelon planner.");
    py::native_enum<ResourceKind>(m, "ResourceKind", "enum.Enum", "What a capacity limits.")
        .value("STORAGE", ResourceKind::storage)
        .value("INBOUND", ResourceKind::inbound)
        .value("OUTBOUND", ResourceKind::outbound)
        .value("LANE", ResourceKind::lane)
        .value("SERVICE", ResourceKind::service)
        .finalize();
    py::class_<PlanHandle>(m, "Plan", "A solved plan; tables are dicts of arrays with integer-coded ids (-1: none).")
        .def_property_readonly("status", [](const PlanHandle& h) { return h.plan.solution.status; })
        .def_property_readonly("cost", [](const PlanHandle& h) { return h.plan.solution.cost; })
        .def_property_readonly("bound", [](const PlanHandle& h) { return h.plan.solution.bound; })
        .def_property_readonly("gap", [](const PlanHandle& h) { return h.plan.solution.gap; })
        .def_property_readonly("passes", [](const PlanHandle& h) { return h.plan.solution.passes; })
        .def_property_readonly("seconds", [](const PlanHandle& h) { return h.plan.solution.seconds; })
        .def_property_readonly("levels", &PlanHandle::levels)
        .def_property_readonly("prices", &PlanHandle::prices)
        .def_property_readonly("shortfalls", &PlanHandle::shortfalls)
        .def_property_readonly("assignment", &PlanHandle::assignment)
        .def_property_readonly("history", &PlanHandle::history)
        .def("__repr__", [](const PlanHandle& h) {
            return "Plan(status=" + std::string(core::to_string(h.plan.solution.status)) +
                   ", cost=" + std::to_string(h.plan.solution.cost) + ", gap=" + std::to_string(h.plan.solution.gap) + ")";
        });
    m.def("solve", &solve, py::arg("network"), py::arg("forecast"), py::kw_only(), py::arg("echelon") = false,
          py::arg("alternatives") = 3, py::arg("assignment_rounds") = 2, py::arg("gap") = 5e-3, py::arg("max_passes") = 400,
          py::arg("threads") = 0, py::arg("lattice_points") = 2048, py::arg("max_seconds") = py::none(),
          py::arg("initial_prices") = std::vector<double>{}, py::arg("callback") = py::none(),
          "Plan a network. Ctrl-C returns the best so far with status INTERRUPTED.");
}
