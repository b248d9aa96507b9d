# SPDX-License-Identifier: MIT
# Provides Eigen3::Eigen, Threads::Threads and meio::boost (the headers of Boost.Math), or says in
# meio_missing_dependencies what to install. The project reads this file and installs it beside meio-config.cmake.
#
# Each is looked up in this order: a target that exists, find_package, then the header-only Python wheels, which
# scikit-build-core puts on CMAKE_PREFIX_PATH: cmeel-eigen (in <site>/cmeel.prefix) and libboost-headers (in
# <site>/libboost_headers).
set(meio_missing_dependencies "")
set(meio_wheel_prefixes ${CMAKE_PREFIX_PATH})
list(TRANSFORM meio_wheel_prefixes APPEND "/cmeel.prefix")

find_package(Threads REQUIRED)

# Eigen 3.4.1 and 5 accept the range; 3.4.0 knows no ranges, nor does every distribution's Eigen 5.
foreach(version IN ITEMS 3.4...5 3.4 5)
    if(NOT TARGET Eigen3::Eigen)
        find_package(Eigen3 ${version} CONFIG QUIET PATHS ${meio_wheel_prefixes})
    endif()
endforeach()
if(NOT TARGET Eigen3::Eigen)
    string(APPEND meio_missing_dependencies "\n  Eigen 3.4 or 5: apt install libeigen3-dev, or pip install cmeel-eigen")
endif()

if(NOT TARGET meio::boost)
    if(NOT TARGET Boost::math AND NOT TARGET Boost::headers)
        find_package(Boost 1.74 CONFIG QUIET)
    endif()
    find_path(
        MEIO_BOOST_INCLUDE_DIR
        boost/math/distributions/normal.hpp
        PATH_SUFFIXES libboost_headers/include
    )
    mark_as_advanced(MEIO_BOOST_INCLUDE_DIR)
    if(TARGET Boost::math OR TARGET Boost::headers OR MEIO_BOOST_INCLUDE_DIR)
        add_library(meio::boost INTERFACE IMPORTED)
    endif()
    if(TARGET Boost::math)
        target_link_libraries(meio::boost INTERFACE Boost::math)
    elseif(TARGET Boost::headers)
        target_link_libraries(meio::boost INTERFACE Boost::headers)
    elseif(MEIO_BOOST_INCLUDE_DIR)
        target_include_directories(meio::boost INTERFACE ${MEIO_BOOST_INCLUDE_DIR})
    else()
        string(
            APPEND
            meio_missing_dependencies
            "\n  Boost.Math 1.74: apt install libboost-math-dev, or pip install libboost-headers"
        )
    endif()
endif()
