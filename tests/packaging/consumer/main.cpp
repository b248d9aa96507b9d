// SPDX-License-Identifier: MIT
#include <meio/meio.hpp>

#include <cstdio>
#include <vector>

int resolve_threads_elsewhere();

int main() {
    std::vector<int> squares(100);
    meio::core::parallel_for(squares.size(), 0, [&](std::size_t i) { squares[i] = static_cast<int>(i * i); });
    std::printf("meio %s, %d threads, 99^2 = %d\n", MEIO_VERSION, resolve_threads_elsewhere(), squares[99]);
    return squares[99] == 9801 ? 0 : 1;
}
