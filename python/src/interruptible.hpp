// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include <meio/core/context.hpp>

/// Runs `solve(context)` on a worker thread with the GIL released, polling for Ctrl-C every 50 ms. A Ctrl-C sets the
/// stop flag, so that the solver returns its best so far with status `interrupted`; no exception is raised for it.
/// Inputs must have been converted to C++ values before the call; `solve` must not touch Python objects except under
/// `pybind11::gil_scoped_acquire` (as callbacks do).
template <class Solve>
auto run_interruptible(meio::core::Context context, Solve&& solve) {
    namespace py = pybind11;
    std::atomic<bool> stop{false};
    context.stop = &stop;
    std::optional<decltype(solve(context))> result;
    std::exception_ptr failure;
    bool done = false;
    std::mutex mutex;
    std::condition_variable finished;
    {
        py::gil_scoped_release release;
        std::jthread worker([&] {
            try {
                result.emplace(solve(context));
            } catch (...) {
                failure = std::current_exception();
            }
            const std::lock_guard lock(mutex);
            done = true;
            finished.notify_all();
        });
        std::unique_lock lock(mutex);
        while (!finished.wait_for(lock, std::chrono::milliseconds(50), [&] { return done; })) {
            lock.unlock();
            {
                py::gil_scoped_acquire acquire;
                if (PyErr_CheckSignals() != 0) {
                    PyErr_Clear();
                    stop.store(true);
                }
            }
            lock.lock();
        }
    }
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
}
