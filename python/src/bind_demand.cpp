// SPDX-License-Identifier: MIT
#include <pybind11/native_enum.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <meio/demand/forecast.hpp>
#include <meio/demand/interval.hpp>
#include <meio/demand/validate.hpp>

#include "register.hpp"

namespace py = pybind11;
using namespace meio::demand;
using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Ids = py::array_t<std::int32_t, py::array::c_style | py::array::forcecast>;

namespace {

std::vector<std::size_t> sorted_rows(const Ids& product, const Ids& region) {
    if (product.ndim() != 1 || region.ndim() != 1 || product.size() != region.size())
        throw py::value_error("product and region must be one-dimensional and of the same length");
    std::vector<std::size_t> order(static_cast<std::size_t>(product.size()));
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
        const auto px = product.data()[x], py_ = product.data()[y];
        return px != py_ ? px < py_ : region.data()[x] < region.data()[y];
    });
    return order;
}

Family family_of(const std::string& name) {
    if (name == "count") return Family::count;
    if (name == "normal") return Family::normal;
    if (name == "gamma") return Family::gamma;
    throw py::value_error("family must be 'count', 'normal' or 'gamma', not '" + name + "'");
}

Correlation correlation_of(const std::string& name) {
    if (name == "independent") return Correlation::independent;
    if (name == "common") return Correlation::common;
    throw py::value_error("correlation must be 'independent' or 'common', not '" + name + "'");
}

/// Arrays `product`, `region`, `mean` and `variance` (series x periods), optionally `paths` (series x samples x periods).
Forecast build(const py::dict& arrays, const std::string& family, const std::string& correlation, std::size_t products,
               std::size_t regions) {
    const auto product = py::cast<Ids>(arrays["product"]);
    const auto region = py::cast<Ids>(arrays["region"]);
    const auto mean = py::cast<Array>(arrays["mean"]);
    const auto variance = py::cast<Array>(arrays["variance"]);
    const auto order = sorted_rows(product, region);
    if (mean.ndim() != 2 || variance.ndim() != 2 || mean.shape(0) != product.size() || variance.shape(0) != mean.shape(0) ||
        variance.shape(1) != mean.shape(1))
        throw py::value_error("mean and variance must have the shape (series, periods)");
    Forecast f;
    f.periods = static_cast<std::size_t>(mean.shape(1));
    f.family = family_of(family);
    f.correlation = correlation_of(correlation);
    Array paths;
    if (arrays.contains("paths")) {
        paths = py::cast<Array>(arrays["paths"]);
        if (paths.ndim() != 3 || paths.shape(0) != product.size() || paths.shape(1) < 2 || paths.shape(2) != mean.shape(1))
            throw py::value_error("paths must have the shape (series, samples, periods) with at least two samples");
        f.samples = static_cast<std::size_t>(paths.shape(1));
    }
    const std::size_t cells = f.samples * f.periods;
    for (const std::size_t s : order) {
        f.series.push_back({product.data()[s], region.data()[s]});
        f.mean.insert(f.mean.end(), mean.data() + s * f.periods, mean.data() + (s + 1) * f.periods);
        f.variance.insert(f.variance.end(), variance.data() + s * f.periods, variance.data() + (s + 1) * f.periods);
        if (cells > 0) f.paths.insert(f.paths.end(), paths.data() + s * cells, paths.data() + (s + 1) * cells);
    }
    std::size_t known_products = products, known_regions = regions;
    for (const Series& s : f.series) {
        if (products == 0) known_products = std::max(known_products, static_cast<std::size_t>(s.product) + 1);
        if (regions == 0) known_regions = std::max(known_regions, static_cast<std::size_t>(s.region) + 1);
    }
    validate(f, known_products, known_regions);
    return f;
}

py::array_t<double> matrix(const std::vector<double>& values, std::size_t rows, std::size_t columns) {
    py::array_t<double> result({rows, columns});
    std::copy(values.begin(), values.end(), result.mutable_data());
    return result;
}

}  // namespace

void register_demand(py::module_& module) {
    auto m = module.def_submodule("demand", "Forecasts by product, region and period.");
    py::native_enum<Family>(m, "Family", "enum.Enum", "The shape of demand over an interval.")
        .value("COUNT", Family::count)
        .value("NORMAL", Family::normal)
        .value("GAMMA", Family::gamma)
        .finalize();
    py::native_enum<Correlation>(m, "Correlation", "enum.Enum", "How demand beyond Poisson moves over regions.")
        .value("INDEPENDENT", Correlation::independent)
        .value("COMMON", Correlation::common)
        .finalize();
    py::class_<Forecast>(m, "Forecast", "Means, variances and, where given, sample paths; sorted by product and region.")
        .def_readonly("periods", &Forecast::periods)
        .def_readonly("samples", &Forecast::samples)
        .def_readonly("family", &Forecast::family)
        .def_readonly("correlation", &Forecast::correlation)
        .def_property_readonly("product",
                               [](const Forecast& f) {
                                   std::vector<std::int32_t> ids;
                                   for (const auto& s : f.series) ids.push_back(s.product);
                                   return py::array_t<std::int32_t>(static_cast<py::ssize_t>(ids.size()), ids.data());
                               })
        .def_property_readonly("region",
                               [](const Forecast& f) {
                                   std::vector<std::int32_t> ids;
                                   for (const auto& s : f.series) ids.push_back(s.region);
                                   return py::array_t<std::int32_t>(static_cast<py::ssize_t>(ids.size()), ids.data());
                               })
        .def_property_readonly("mean", [](const Forecast& f) { return matrix(f.mean, f.series.size(), f.periods); })
        .def_property_readonly("variance", [](const Forecast& f) { return matrix(f.variance, f.series.size(), f.periods); })
        .def("__repr__", [](const Forecast& f) {
            return "Forecast(" + std::to_string(f.series.size()) + " series, " + std::to_string(f.periods) + " periods, " +
                   std::to_string(f.samples) + " samples)";
        });
    m.def("build", &build, py::arg("arrays"), py::arg("family"), py::arg("correlation"), py::arg("products") = 0,
          py::arg("regions") = 0, "A forecast from a dict of arrays; rows in any order. 0: as many as the ids need.");
    m.def(
        "interval_moments",
        [](const Forecast& f, double lead, double lead_sd, int review, std::size_t period) {
            py::array_t<double> mean(static_cast<py::ssize_t>(f.series.size()));
            py::array_t<double> variance(static_cast<py::ssize_t>(f.series.size()));
            for (std::size_t s = 0; s < f.series.size(); ++s) {
                const Moments moments = interval_moments(f, s, period, lead, lead_sd, review);
                mean.mutable_data()[s] = moments.mean;
                variance.mutable_data()[s] = moments.variance;
            }
            return py::make_tuple(mean, variance);
        },
        py::arg("forecast"), py::arg("lead"), py::arg("lead_sd") = 0.0, py::arg("review") = 1, py::arg("period") = 0,
        "Mean and variance of every series over a protection interval.");
}
