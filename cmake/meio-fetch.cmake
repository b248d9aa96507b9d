# SPDX-License-Identifier: MIT
# The last resort: downloads what meio-dependencies.cmake did not find. Only the headers are used: the SOURCE_SUBDIR
# does not exist, so that neither project's own targets and options reach this one.
include(FetchContent)
set(meio_missing_dependencies "")

if(NOT TARGET Eigen3::Eigen)
    FetchContent_Declare(
        meio_eigen
        URL https://gitlab.com/libeigen/eigen/-/archive/3.4.0/eigen-3.4.0.tar.gz
        URL_HASH SHA256=8586084f71f9bde545ee7fa6d00288b264a2b7ac3607b974e54d13e7162c1c72
        SOURCE_SUBDIR headers-only
    )
    FetchContent_MakeAvailable(meio_eigen)
    add_library(Eigen3::Eigen INTERFACE IMPORTED)
    target_include_directories(Eigen3::Eigen INTERFACE ${meio_eigen_SOURCE_DIR})
endif()

if(NOT TARGET meio::boost)
    # Boost.Math notices by itself that the rest of Boost is absent, so no BOOST_MATH_STANDALONE is imposed on users.
    FetchContent_Declare(
        meio_boost_math
        URL https://github.com/boostorg/math/archive/refs/tags/boost-1.90.0.tar.gz
        URL_HASH SHA256=7d043e9ef0ac4b2242debc55a6fcd63fdcee1f09e8b695d19a73fbc23506356d
        SOURCE_SUBDIR headers-only
    )
    FetchContent_MakeAvailable(meio_boost_math)
    add_library(meio::boost INTERFACE IMPORTED)
    target_include_directories(meio::boost INTERFACE ${meio_boost_math_SOURCE_DIR}/include)
endif()
