// SPDX-License-Identifier: MIT
// What the transport benchmarks measure with: process CPU time, best of several, and peak memory.
#pragma once

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <limits>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace benchmark {

inline double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Least of the times that `body` returns: calls it until a second is spent, 25 times at most, `at_least` times at least.
template <class Body>
double best_of(Body&& body, int at_least = 1) {
    double best = std::numeric_limits<double>::infinity();
    double spent = 0;
    for (int repeat = 0; repeat < 25 && (repeat < at_least || spent < 1.0); ++repeat) {
        const double seconds = body();
        best = std::min(best, seconds);
        spent += seconds;
    }
    return best;
}

/// Peak memory since construction beyond what was resident then. Linux only: elsewhere 0.
class PeakMemory {
public:
    PeakMemory() {
#if defined(__GLIBC__)
        malloc_trim(0);  // or a solve would reuse unseen what an earlier one has freed
#endif
        if (std::FILE* file = std::fopen("/proc/self/clear_refs", "w")) {
            std::fputs("5", file);
            std::fclose(file);
        }
        before_ = kilobytes("VmRSS: %ld");
    }

    [[nodiscard]] double megabytes() const {
        return 1e-3 * static_cast<double>(std::max(0L, kilobytes("VmHWM: %ld") - before_));
    }

private:
    [[nodiscard]] static long kilobytes(const char* pattern) {
        long value = 0;
        if (std::FILE* file = std::fopen("/proc/self/status", "r")) {
            char line[256];
            while (std::fgets(line, sizeof line, file))
                if (std::sscanf(line, pattern, &value) == 1) break;
            std::fclose(file);
        }
        return value;
    }

    long before_ = 0;
};

}  // namespace benchmark
