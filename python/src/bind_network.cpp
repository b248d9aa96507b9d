// SPDX-License-Identifier: MIT
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <string>
#include <vector>

#include <meio/network/supply_network.hpp>
#include <meio/network/validate.hpp>

#include "register.hpp"

namespace py = pybind11;
using namespace meio::network;

namespace {

/// A column of a table given as dict of columns; absent columns take the default of the struct's field.
template <class T>
std::vector<T> column(const py::dict& table, const char* name, std::size_t rows, T fallback) {
    if (!table.contains(name)) return std::vector<T>(rows, fallback);
    auto values = py::cast<std::vector<T>>(table[name]);
    if (values.size() != rows) throw py::value_error(std::string("column ") + name + " has a different length");
    return values;
}

std::size_t rows_of(const py::dict& table, const char* key) {
    return table.contains(key) ? py::len(table[key]) : std::size_t{0};
}

SupplyNetwork build(const std::vector<std::string>& facility_names, const std::vector<std::string>& product_names,
                    const std::vector<std::string>& region_names, const std::vector<std::string>& speed_names,
                    const std::vector<std::string>& storage_types, const py::dict& tables,
                    const std::vector<double>& arrival_profile) {
    const auto table = [&](const char* name) { return py::cast<py::dict>(tables[name]); };
    const py::dict facilities = table("facilities"), products = table("products"), regions = table("regions"),
                   speeds = table("speeds"), storage = table("storage"), lanes = table("lanes"), services = table("services");
    SupplyNetwork n;
    n.storage_types = storage_types;
    n.arrival_profile = arrival_profile;
    {
        const auto rows = facility_names.size();
        const Facility d;
        const auto supplier = column<bool>(facilities, "supplier", rows, false);
        const auto longitude = column<double>(facilities, "longitude", rows, 0);
        const auto latitude = column<double>(facilities, "latitude", rows, 0);
        const auto storage_cost = column<double>(facilities, "storage_cost", rows, d.storage_cost);
        const auto inbound = column<double>(facilities, "inbound", rows, d.inbound);
        const auto outbound = column<double>(facilities, "outbound", rows, d.outbound);
        const auto offset = column<int>(facilities, "utc_offset_minutes", rows, 0);
        for (std::size_t i = 0; i < rows; ++i)
            n.facilities.push_back({facility_names[i], supplier[i], longitude[i], latitude[i], storage_cost[i], inbound[i],
                                    outbound[i], offset[i]});
    }
    {
        const auto rows = rows_of(storage, "facility");
        const auto facility = column<std::int32_t>(storage, "facility", rows, -1);
        const auto type = column<std::int32_t>(storage, "storage_type", rows, 0);
        const auto period = column<std::int32_t>(storage, "period", rows, -1);
        const auto capacity = column<double>(storage, "capacity", rows, unlimited);
        for (std::size_t i = 0; i < rows; ++i) n.storage.push_back({facility[i], type[i], period[i], capacity[i]});
    }
    {
        const auto rows = rows_of(lanes, "source");
        const auto source = column<std::int32_t>(lanes, "source", rows, -1);
        const auto destination = column<std::int32_t>(lanes, "destination", rows, -1);
        const auto lead_time = column<double>(lanes, "lead_time", rows, 0);
        const auto lead_time_sd = column<double>(lanes, "lead_time_sd", rows, 0);
        const auto cost = column<double>(lanes, "cost", rows, 0);
        const auto capacity = column<double>(lanes, "capacity", rows, unlimited);
        for (std::size_t i = 0; i < rows; ++i)
            n.lanes.push_back({source[i], destination[i], lead_time[i], lead_time_sd[i], cost[i], capacity[i]});
    }
    {
        const auto rows = product_names.size();
        const auto volume = column<double>(products, "volume", rows, 1);
        const auto unit_cost = column<double>(products, "unit_cost", rows, 0);
        const auto holding_cost = column<double>(products, "holding_cost", rows, 0);
        const auto shortage_cost = column<double>(products, "shortage_cost", rows, 0);
        const auto type = column<std::int32_t>(products, "storage_type", rows, 0);
        for (std::size_t i = 0; i < rows; ++i)
            n.products.push_back({product_names[i], volume[i], unit_cost[i], holding_cost[i], shortage_cost[i], type[i]});
    }
    {
        const auto rows = region_names.size();
        const auto longitude = column<double>(regions, "longitude", rows, 0);
        const auto latitude = column<double>(regions, "latitude", rows, 0);
        const auto backorder = column<bool>(regions, "backorder", rows, false);
        const auto offset = column<int>(regions, "utc_offset_minutes", rows, 0);
        for (std::size_t i = 0; i < rows; ++i)
            n.regions.push_back({region_names[i], longitude[i], latitude[i], backorder[i] ? Shortage::backorder : Shortage::lost,
                                 offset[i]});
    }
    {
        const auto rows = speed_names.size();
        const auto share = column<double>(speeds, "share", rows, 1);
        const auto factor = column<double>(speeds, "shortage_factor", rows, 1);
        const auto fill_rate = column<double>(speeds, "fill_rate", rows, 0);
        for (std::size_t i = 0; i < rows; ++i) n.speeds.push_back({speed_names[i], share[i], factor[i], fill_rate[i]});
    }
    {
        const auto rows = rows_of(services, "region");
        const auto region = column<std::int32_t>(services, "region", rows, -1);
        const auto speed = column<std::int32_t>(services, "speed", rows, -1);
        const auto facility = column<std::int32_t>(services, "facility", rows, -1);
        const auto cutoff = column<int>(services, "cutoff_minute", rows, 24 * 60);
        const auto days = column<double>(services, "days", rows, 0);
        const auto cost = column<double>(services, "cost", rows, 0);
        for (std::size_t i = 0; i < rows; ++i)
            n.services.push_back({region[i], speed[i], facility[i], cutoff[i], days[i], cost[i]});
    }
    validate(n);
    return n;
}

template <class Rows>
std::vector<std::string> names(const Rows& rows) {
    std::vector<std::string> result;
    for (const auto& row : rows) result.push_back(row.name);
    return result;
}

}  // namespace

void register_network(py::module_& module) {
    auto m = module.def_submodule("network", "Integer-coded supply networks.");
    py::class_<SupplyNetwork>(m, "SupplyNetwork", "A validated network; rows are numbered from 0. Read-only.")
        .def_property_readonly("facilities", [](const SupplyNetwork& n) { return names(n.facilities); })
        .def_property_readonly("storage_types", [](const SupplyNetwork& n) { return n.storage_types; })
        .def_property_readonly("products", [](const SupplyNetwork& n) { return names(n.products); })
        .def_property_readonly("regions", [](const SupplyNetwork& n) { return names(n.regions); })
        .def_property_readonly("speeds", [](const SupplyNetwork& n) { return names(n.speeds); })
        .def_property_readonly("lanes",
                               [](const SupplyNetwork& n) {
                                   std::vector<std::pair<std::int32_t, std::int32_t>> result;
                                   for (const auto& lane : n.lanes) result.emplace_back(lane.source, lane.destination);
                                   return result;
                               })
        .def_property_readonly("services", [](const SupplyNetwork& n) { return n.services.size(); })
        .def("__repr__", [](const SupplyNetwork& n) {
            return "SupplyNetwork(" + std::to_string(n.facilities.size()) + " facilities, " +
                   std::to_string(n.lanes.size()) + " lanes, " + std::to_string(n.products.size()) + " products, " +
                   std::to_string(n.regions.size()) + " regions)";
        });
    m.def("build", &build, py::arg("facilities"), py::arg("products"), py::arg("regions"), py::arg("speeds"),
          py::arg("storage_types"), py::arg("tables"), py::arg("arrival_profile"),
          "Build and validate a network from names and tables of columns named like the fields of the C++ structs.");
}
