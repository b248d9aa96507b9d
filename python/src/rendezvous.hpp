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
#include <type_traits>
#include <utility>

#include <meio/core/context.hpp>

/// Runs a solver that calls back into Python again and again.
///
/// The solver works on a thread of its own without the GIL; what it asks of Python is done on the thread that called,
/// which otherwise waits and looks for Ctrl-C every 50 ms. So the caller's functions see the thread, the context
/// variables and the thread-local objects that they would see in a plain loop, and Ctrl-C is noticed inside long
/// stretches of the solver too. A Ctrl-C, wherever it falls, sets the stop flag; every other exception is kept, stops
/// the solve, and is for the caller of `run` to raise.
class Rendezvous {
public:
    /// What a job that could not be done leaves behind on the solver's side.
    struct Failed : std::exception {
        const char* what() const noexcept override { return "a Python function raised"; }
    };

    /// Runs `solve(context)` and returns its result; called with the GIL held.
    template <class Solve>
    auto run(meio::core::Context context, Solve&& solve) {
        context.stop = &stop_;
        std::optional<decltype(solve(context))> result;
        std::exception_ptr failure;
        {
            const pybind11::gil_scoped_release release;
            std::jthread worker([&] {
                try {
                    result.emplace(solve(context));
                } catch (...) {
                    failure = std::current_exception();
                }
                const std::lock_guard lock(mutex_);
                finished_ = true;
                changed_.notify_all();
            });
            serve();
        }
        if (failure) std::rethrow_exception(failure);
        return std::move(*result);
    }

    /// Does `job()` on the calling thread under the GIL and waits for it; throws `Failed` where it raised. For the
    /// solver's threads, of which one at a time is served.
    template <class Job>
    void ask(Job&& job) {
        Request request{[](void* body) { (*static_cast<std::remove_reference_t<Job>*>(body))(); }, &job};
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_ == nullptr; });
        waiting_ = &request;
        changed_.notify_all();
        changed_.wait(lock, [&] { return request.done; });
        if (request.failed) throw Failed();
    }

    [[nodiscard]] bool interrupted() const { return interrupted_; }

    /// What a job raised first, Ctrl-C apart; null where nothing. For the calling thread, after `run`.
    [[nodiscard]] const std::optional<pybind11::error_already_set>& raised() const { return raised_; }

private:
    struct Request {
        void (*call)(void*);
        void* body;
        bool done = false;
        bool failed = false;
    };

    void serve() {
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait_for(lock, std::chrono::milliseconds(50), [&] { return finished_ || waiting_ != nullptr; });
            if (finished_) return;
            Request* const request = waiting_;
            lock.unlock();
            {
                const pybind11::gil_scoped_acquire acquire;
                if (request != nullptr) request->failed = !guarded([&] { request->call(request->body); });
                guarded([] {
                    if (PyErr_CheckSignals() != 0) throw pybind11::error_already_set();
                });
            }
            lock.lock();
            if (request == nullptr) continue;
            request->done = true;
            waiting_ = nullptr;
            changed_.notify_all();
        }
    }

    // Under the GIL. False where `body` raised or the solve is being stopped already.
    template <class Body>
    bool guarded(Body&& body) {
        try {
            if (raised_) return false;
            body();
            return true;
        } catch (pybind11::error_already_set& error) {
            if (error.matches(PyExc_KeyboardInterrupt))
                interrupted_ = true;
            else if (!raised_)
                raised_.emplace(std::move(error));
        } catch (const pybind11::builtin_exception& error) {
            error.set_error();
            if (!raised_) raised_.emplace();
        } catch (const std::exception& error) {  // a reply that could not be converted
            PyErr_SetString(PyExc_TypeError, error.what());
            if (!raised_) raised_.emplace();
        }
        stop_.store(true);
        return false;
    }

    std::mutex mutex_{};
    std::condition_variable changed_{};
    Request* waiting_ = nullptr;
    bool finished_ = false;
    bool interrupted_ = false;
    std::optional<pybind11::error_already_set> raised_{};
    std::atomic<bool> stop_{false};
};
