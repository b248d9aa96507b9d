// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#ifndef MEIO_NO_THREADS
#include <thread>
#endif

namespace meio::core {

/// The number of threads to use: `requested` where positive, otherwise what the hardware has (1 with MEIO_NO_THREADS).
[[nodiscard]] inline int resolve_threads(int requested) {
#ifdef MEIO_NO_THREADS
    (void)requested;
    return 1;
#else
    if (requested > 0) return requested;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
#endif
}

/// Calls `body(i)` for i = 0 .. n-1 on up to `threads` threads (0: all). Work is handed out dynamically, so bodies must
/// write only to places of their own index. The exception of the lowest failing index is rethrown on the caller.
template <class Body>
void parallel_for(std::size_t n, int threads, Body&& body) {
    const auto workers = std::min<std::size_t>(static_cast<std::size_t>(resolve_threads(threads)), n);
    if (workers <= 1) {
        for (std::size_t i = 0; i < n; ++i) body(i);
        return;
    }
#ifndef MEIO_NO_THREADS
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::exception_ptr failure;
    std::size_t failed_at = n;
    const auto work = [&] {
        for (std::size_t i = next.fetch_add(1); i < n; i = next.fetch_add(1)) {
            try {
                body(i);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (i < failed_at) {
                    failed_at = i;
                    failure = std::current_exception();
                }
                next.store(n);  // no new work; indices below the failing one have all been handed out
            }
        }
    };
    {
        std::vector<std::jthread> pool;
        pool.reserve(workers - 1);
        for (std::size_t t = 1; t < workers; ++t) pool.emplace_back(work);
        work();
    }
    if (failure) std::rethrow_exception(failure);
#endif
}

/// Folds `map(block)` over fixed blocks 0 .. blocks-1 with `combine(into, from)` along a fixed binary tree: the answer
/// has the same bits for any number of threads. `map` returns a value; block boundaries are the caller's and must not
/// depend on the thread count. Returns `T{}` for no blocks. Memory: one T a block.
template <class T, class Map, class Combine>
[[nodiscard]] T parallel_reduce(std::size_t blocks, int threads, Map&& map, Combine&& combine) {
    std::vector<T> parts(blocks);
    parallel_for(blocks, threads, [&](std::size_t block) { parts[block] = map(block); });
    for (std::size_t width = 1; width < blocks; width *= 2)
        for (std::size_t i = 0; i + width < blocks; i += 2 * width) combine(parts[i], parts[i + width]);
    return blocks == 0 ? T{} : std::move(parts[0]);
}

/// Compensated sum (Neumaier 1974): the error does not grow with the number of terms.
class CompensatedSum {
public:
    void add(double term) noexcept {
        const double total = sum_ + term;
        correction_ += std::abs(sum_) >= std::abs(term) ? (sum_ - total) + term : (term - total) + sum_;
        sum_ = total;
    }
    [[nodiscard]] double value() const noexcept { return sum_ + correction_; }

private:
    double sum_ = 0;
    double correction_ = 0;
};

}  // namespace meio::core
