// SPDX-License-Identifier: MIT
#include <meio/meio.hpp>

#if defined(MEIO_NO_THREADS) && (defined(_GLIBCXX_THREAD) || defined(_LIBCPP_THREAD))
#error "a header reaches <thread> although MEIO_NO_THREADS is defined"
#endif

int resolve_threads_elsewhere() { return meio::core::resolve_threads(0); }
