// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>

#include "interruptible.hpp"

// What the binding files of `transport` share.

using Array = pybind11::array_t<double, pybind11::array::c_style | pybind11::array::forcecast>;
using Indices = pybind11::array_t<std::int32_t, pybind11::array::c_style | pybind11::array::forcecast>;
using Codes = pybind11::array_t<std::uint8_t, pybind11::array::c_style | pybind11::array::forcecast>;

template <class T, int flags>
std::span<const T> view(const pybind11::array_t<T, flags>& array) {
    return {array.data(), static_cast<std::size_t>(array.size())};
}

template <class T>
pybind11::array_t<T> copy(const std::vector<T>& values) {
    return pybind11::array_t<T>(static_cast<pybind11::ssize_t>(values.size()), values.data());
}

/// The values as an array that owns them, without a copy.
template <class T>
pybind11::array_t<T> owned(std::vector<T>&& values) {
    if (values.empty()) return pybind11::array_t<T>(0);
    auto* held = new std::vector<T>(std::move(values));
    const pybind11::capsule keeper(held, [](void* p) { delete static_cast<std::vector<T>*>(p); });
    return pybind11::array_t<T>(static_cast<pybind11::ssize_t>(held->size()), held->data(), keeper);
}

inline meio::core::Context limited(std::optional<double> time_limit) {
    return time_limit ? meio::core::Context::with_time_limit(*time_limit) : meio::core::Context{};
}

/// `run_interruptible`, or for work of some milliseconds at most a plain call without the GIL, which spares a thread.
template <class Solve>
auto run_sized(bool small, meio::core::Context context, Solve&& solve) {
    if (!small) return run_interruptible(std::move(context), std::forward<Solve>(solve));
    const pybind11::gil_scoped_release release;
    return solve(context);
}

void register_transport_flow(pybind11::module_& module);
void register_transport_linear(pybind11::module_& module);
