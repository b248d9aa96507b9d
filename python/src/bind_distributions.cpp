// SPDX-License-Identifier: MIT
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <meio/core/error.hpp>
#include <meio/core/random.hpp>
#include <meio/distributions/any_distribution.hpp>
#include <meio/distributions/compound_poisson.hpp>
#include <meio/distributions/discrete.hpp>
#include <meio/distributions/empirical.hpp>
#include <meio/distributions/fit.hpp>
#include <meio/distributions/gamma.hpp>
#include <meio/distributions/lognormal.hpp>
#include <meio/distributions/mixture.hpp>
#include <meio/distributions/negative_binomial.hpp>
#include <meio/distributions/normal.hpp>
#include <meio/distributions/poisson.hpp>
#include <meio/distributions/sampling.hpp>

#include "family.hpp"
#include "register.hpp"

namespace py = pybind11;
using namespace meio;
using distributions::AnyDistribution;
using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;

namespace {

std::span<const double> view(const Array& array) { return {array.data(), static_cast<std::size_t>(array.size())}; }

std::vector<py::ssize_t> shape_of(const Array& array) {
    return {array.shape(), array.shape() + array.ndim()};
}

/// Binds `method` over arrays of any shape; the distribution is immutable, so that the GIL is not needed in the loop.
template <double (AnyDistribution::*method)(double) const>
Array over(const AnyDistribution& distribution, const Array& at) {
    Array out(shape_of(at));
    const double* in = at.data();
    double* to = out.mutable_data();
    const auto n = static_cast<std::size_t>(at.size());
    const py::gil_scoped_release release;
    for (std::size_t i = 0; i < n; ++i) to[i] = (distribution.*method)(in[i]);
    return out;
}

}  // namespace

void register_distributions(py::module_& module) {
    auto m = module.def_submodule("distributions", "Demand distributions; import meio.distributions instead.");
    using D = AnyDistribution;

    py::class_<D>(m, "Distribution")
        .def_property_readonly("mean", &D::mean)
        .def_property_readonly("variance", &D::variance)
        .def_property_readonly("is_discrete", &D::is_discrete)
        .def("pmf", &over<&D::pmf>)
        .def("cdf", &over<&D::cdf>)
        .def("survival", &over<&D::survival>)
        .def("quantile", &over<&D::quantile>)
        .def("loss", &over<&D::loss>)
        .def("complementary_loss", &over<&D::complementary_loss>)
        .def("second_order_loss", &over<&D::second_order_loss>)
        .def("sample", [](const D& distribution, std::size_t n, std::uint64_t seed, std::uint64_t stream) {
            Array out(static_cast<py::ssize_t>(n));
            double* to = out.mutable_data();
            const py::gil_scoped_release release;
            core::RandomStream random(seed, stream);
            for (std::size_t i = 0; i < n; ++i) to[i] = distribution.sample(random);
            return out;
        });

    m.def("normal", [](double mean, double deviation) -> D { return distributions::Normal(mean, deviation); });
    m.def("gamma", [](double shape, double scale) -> D { return distributions::Gamma(shape, scale); });
    m.def("lognormal", [](double mu, double sigma) -> D { return distributions::Lognormal(mu, sigma); });
    m.def("poisson", [](double mean) -> D { return distributions::Poisson(mean); });
    m.def("negative_binomial", [](double r, double p) -> D { return distributions::NegativeBinomial(r, p); });
    m.def("discrete", [](const Array& values, const Array& probabilities) -> D {
        return distributions::Discrete(view(values), view(probabilities));
    });
    m.def("empirical", [](const Array& samples) -> D { return distributions::Empirical(view(samples)); });
    m.def("compound_poisson", [](double rate, const D& size) -> D {
        const auto* table = size.target<distributions::Discrete>();
        core::IssueList issues;
        if (table == nullptr) issues.add("size", "", "", "must be a Discrete distribution");
        issues.throw_if_any();
        const py::gil_scoped_release release;
        return distributions::CompoundPoisson(rate, *table);
    });
    m.def("mixture", [](std::vector<double> weights, std::vector<D> components) -> D {
        return distributions::Mixture(std::move(weights), std::move(components));
    });
    m.def("fit_moments", [](const std::string& family, double mean, double variance) {
        return distributions::fit_moments(family_of(family), mean, variance);
    });
    m.def("sample_binomial", [](const py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>& n,
                                const Array& p, std::uint64_t seed, std::uint64_t stream) {
        core::IssueList issues;
        if (n.size() != p.size())
            issues.add("p", "", std::to_string(p.size()) + " entries", "must have as many as n, " + std::to_string(n.size()));
        issues.throw_if_any();
        for (py::ssize_t i = 0; i < n.size(); ++i) {
            const auto row = static_cast<std::size_t>(i);
            issues.require(n.data()[i] >= 0, "n", row, static_cast<double>(n.data()[i]), "must be >= 0");
            issues.require(p.data()[i] >= 0 && p.data()[i] <= 1, "p", row, p.data()[i], "must lie between 0 and 1");
        }
        issues.throw_if_any();
        py::array_t<std::int64_t> out(n.size());
        core::RandomStream random(seed, stream);
        for (py::ssize_t i = 0; i < n.size(); ++i)
            out.mutable_data()[i] = distributions::sample_binomial(random, n.data()[i], p.data()[i]);
        return out;
    });
}
