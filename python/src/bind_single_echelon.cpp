// SPDX-License-Identifier: MIT
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <meio/distributions/any_distribution.hpp>
#include <meio/single_echelon/base_stock.hpp>
#include <meio/single_echelon/newsvendor.hpp>
#include <meio/single_echelon/newsvendor_batch.hpp>
#include <meio/single_echelon/service_level.hpp>

#include "family.hpp"
#include "register.hpp"

namespace py = pybind11;
using namespace meio;
using namespace meio::single_echelon;
using distributions::AnyDistribution;
using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;

void register_single_echelon(py::module_& module) {
    auto m = module.def_submodule("single_echelon", "One stock point; import meio.single_echelon instead.");

    py::class_<NewsvendorResult>(m, "NewsvendorResult")
        .def_readonly("status", &NewsvendorResult::status)
        .def_readonly("level", &NewsvendorResult::level)
        .def_readonly("cost", &NewsvendorResult::cost)
        .def_readonly("critical_ratio", &NewsvendorResult::critical_ratio)
        .def_readonly("cycle_service", &NewsvendorResult::cycle_service)
        .def_readonly("fill_rate", &NewsvendorResult::fill_rate)
        .def_readonly("expected_shortage", &NewsvendorResult::expected_shortage)
        .def_readonly("expected_leftover", &NewsvendorResult::expected_leftover);
    m.def("newsvendor", &newsvendor<AnyDistribution>);
    m.def("newsvendor_at", &newsvendor_at<AnyDistribution>);
    m.def("newsvendor_profit", [](const AnyDistribution& demand, double price, double cost, double salvage, double goodwill) {
        const NewsvendorProfit best = newsvendor_profit(demand, price, cost, salvage, goodwill);
        return py::make_tuple(best.newsvendor, best.profit);
    });
    m.def("level_for_cycle_service", &level_for_cycle_service<AnyDistribution>);
    m.def("level_for_fill_rate", &level_for_fill_rate<AnyDistribution>);

    m.def("newsvendor_batch", [](const std::string& family, const Array& mean, const Array& deviation,
                                 const Array& underage, const Array& overage, int threads, bool moments) {
        const auto in = [](const Array& a) { return std::span(a.data(), static_cast<std::size_t>(a.size())); };
        const auto out = [](Array& a) { return std::span(a.mutable_data(), static_cast<std::size_t>(a.size())); };
        Array level(mean.size()), cost(mean.size()), shortage(moments ? mean.size() : 0), second(moments ? mean.size() : 0);
        const NewsvendorBatch batch{family_of(family), in(mean), in(deviation), in(underage), in(overage), threads};
        const NewsvendorBatchOutput output{out(level), out(cost), out(shortage), out(second)};
        {
            // Spans into arrays that this frame holds; no Python object is touched in there.
            const py::gil_scoped_release release;
            newsvendor_batch(batch, output);
        }
        return py::make_tuple(level, cost, shortage, second);
    });

    py::class_<BaseStockResult>(m, "BaseStockResult")
        .def_readonly("status", &BaseStockResult::status)
        .def_readonly("level", &BaseStockResult::level)
        .def_readonly("cost", &BaseStockResult::cost)
        .def_readonly("critical_ratio", &BaseStockResult::critical_ratio)
        .def_readonly("cycle_service", &BaseStockResult::cycle_service)
        .def_readonly("fill_rate", &BaseStockResult::fill_rate)
        .def_readonly("expected_on_hand", &BaseStockResult::expected_on_hand)
        .def_readonly("expected_backorders", &BaseStockResult::expected_backorders)
        .def_readonly("pipeline", &BaseStockResult::pipeline)
        .def_readonly("safety_stock", &BaseStockResult::safety_stock);
    py::class_<BaseStock>(m, "BaseStock")
        .def(py::init([](const std::string& family, double mean, double variance, double lead_time,
                         double lead_time_deviation, int review_period, double holding, double backorder) {
            return BaseStock({.family = family_of(family),
                              .mean = mean,
                              .variance = variance,
                              .lead_time = lead_time,
                              .lead_time_deviation = lead_time_deviation,
                              .review_period = review_period,
                              .holding = holding,
                              .backorder = backorder});
        }))
        .def(py::init<std::vector<AnyDistribution>, AnyDistribution, double, double, double, double>())
        .def_property_readonly("protection_demand", &BaseStock::protection_demand)
        .def("evaluate", &BaseStock::evaluate)
        .def("optimal", &BaseStock::optimal)
        .def("for_cycle_service", &BaseStock::for_cycle_service)
        .def("for_fill_rate", &BaseStock::for_fill_rate);
}
