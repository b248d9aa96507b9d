// SPDX-License-Identifier: MIT
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/fulfilment/eligibility.hpp>
#include <meio/fulfilment/record.hpp>

#include "register.hpp"

namespace py = pybind11;
namespace ful = meio::fulfilment;
using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Ids = py::array_t<std::int32_t, py::array::c_style | py::array::forcecast>;

namespace {

template <class Row, class T>
py::array_t<T> column(const std::vector<Row>& rows, T Row::*field) {
    py::array_t<T> values(static_cast<py::ssize_t>(rows.size()));
    T* out = values.mutable_data();
    for (const Row& row : rows) *out++ = row.*field;
    return values;
}

py::dict eligibility(const meio::network::SupplyNetwork& network, bool late_options) {
    const ful::Eligibility e = ful::make_eligibility(network, {late_options});
    py::dict result;
    result["region"] = column(e.classes, &ful::DemandClass::region);
    result["speed"] = column(e.classes, &ful::DemandClass::speed);
    result["window"] = column(e.classes, &ful::DemandClass::window);
    result["first_minute"] = column(e.classes, &ful::DemandClass::first_minute);
    result["last_minute"] = column(e.classes, &ful::DemandClass::last_minute);
    result["share"] = column(e.classes, &ful::DemandClass::share);
    result["offset"] = py::array_t<std::uint32_t>(static_cast<py::ssize_t>(e.offset.size()), e.offset.data());
    result["facility"] = column(e.options, &ful::ClassOption::facility);
    result["service"] = column(e.options, &ful::ClassOption::service);
    result["cost"] = column(e.options, &ful::ClassOption::cost);
    result["days"] = column(e.options, &ful::ClassOption::days);
    result["late"] = column(e.options, &ful::ClassOption::late);
    return result;
}

py::array_t<std::int32_t> classify(const meio::network::SupplyNetwork& network, const Ids& region, const Ids& speed,
                                   const Ids& minute) {
    const ful::Eligibility e = ful::make_eligibility(network);
    if (region.size() != speed.size() || region.size() != minute.size())
        throw py::value_error("region, speed and minute must have the same length");
    meio::core::IssueList issues;
    py::array_t<std::int32_t> result(region.size());
    for (py::ssize_t i = 0; i < region.size(); ++i) {
        const std::int32_t r = region.data()[i], s = speed.data()[i], m = minute.data()[i];
        const auto row = static_cast<std::size_t>(i);
        const bool known =
            issues.require(r >= 0 && r < static_cast<std::int32_t>(network.regions.size()), "region", row, r, "must be a region id") &&
            issues.require(s >= 0 && s < static_cast<std::int32_t>(network.speeds.size()), "speed", row, s, "must be a speed id") &&
            issues.require(m >= 0 && m < ful::minutes_per_day, "minute", row, m, "must be a minute of the day, 0 to 1439");
        result.mutable_data()[i] = known ? e.classify(r, s, m) : -1;
    }
    issues.throw_if_any();
    return result;
}

template <class P>
py::list explain(const P& policy, const std::vector<ful::Option>& options, const std::vector<ful::Fence>& fences,
                 std::string& reason) {
    const ful::Decision decision = ful::decide(policy, options, fences);
    reason = ful::to_string(decision.reason);
    py::list rows;
    for (const ful::Candidate& c : decision.candidates) {
        py::dict row;
        row["facility"] = c.option.facility;
        row["fence"] = std::string(ful::to_string(c.fence));
        row["shipping"] = c.terms.shipping;
        row["flow"] = c.terms.flow;
        row["stock"] = c.terms.stock;
        row["score"] = c.score;
        row["rank"] = c.rank;
        row["chosen"] = c.chosen;
        rows.append(row);
    }
    return rows;
}

py::tuple decide(const std::string& policy, const Ids& facility, const Array& cost, const Array& distance,
                 const Array& price, const Array& stock_value, const std::vector<std::string>& fence, double flow_weight,
                 double stock_weight) {
    const auto n = facility.size();
    if (cost.size() != n || distance.size() != n || price.size() != n || stock_value.size() != n ||
        static_cast<py::ssize_t>(fence.size()) != n)
        throw py::value_error("every column of a decision must have the same length");
    std::vector<ful::Option> options(static_cast<std::size_t>(n));
    std::vector<ful::Fence> fences(options.size(), ful::Fence::none);
    for (std::size_t i = 0; i < options.size(); ++i) {
        options[i].facility = facility.data()[i];
        options[i].cost = cost.data()[i];
        options[i].distance = distance.data()[i];
        options[i].price = price.data()[i];
        options[i].stock_value = stock_value.data()[i];
        if (fence[i].empty()) continue;
        bool known = false;
        for (const ful::Fence code : {ful::Fence::no_stock, ful::Fence::past_cutoff, ful::Fence::capacity_full})
            if (fence[i] == ful::to_string(code)) {
                fences[i] = code;
                known = true;
            }
        if (!known) throw py::value_error("fence must be '', 'NO_STOCK', 'PAST_CUTOFF' or 'CAPACITY_FULL', not '" + fence[i] + "'");
    }
    std::string reason;
    py::list rows;
    if (policy == "nearest") {
        rows = explain(ful::Nearest{}, options, fences, reason);
    } else if (policy == "cheapest") {
        rows = explain(ful::Cheapest{}, options, fences, reason);
    } else if (policy == "priced") {
        rows = explain(ful::Priced{flow_weight, stock_weight}, options, fences, reason);
    } else {
        throw py::value_error("policy must be 'nearest', 'cheapest' or 'priced', not '" + policy + "'");
    }
    return py::make_tuple(reason, rows);
}

}  // namespace

void register_fulfilment(py::module_& module) {
    auto m = module.def_submodule("fulfilment", "Demand classes, and who serves an order.");
    m.def("eligibility", &eligibility, py::arg("network"), py::kw_only(), py::arg("late_options") = true,
          "Demand classes and their options as a dict of arrays; options of class c are offset[c] to offset[c + 1].");
    m.def("classify", &classify, py::arg("network"), py::arg("region"), py::arg("speed"), py::arg("minute"),
          "The class of each order by region, speed and minute of the region's day.");
    m.def("decide", &decide, py::arg("policy"), py::kw_only(), py::arg("facility"), py::arg("cost"), py::arg("distance"),
          py::arg("price"), py::arg("stock_value"), py::arg("fence"), py::arg("flow_weight") = 1.0,
          py::arg("stock_weight") = 1.0, "Decide one order; the reason and one row per candidate.");
}
