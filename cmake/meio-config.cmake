# SPDX-License-Identifier: MIT
# find_package(meio) reads this file in an install tree or in the Python package (python -m meio --cmakedir).
include("${CMAKE_CURRENT_LIST_DIR}/meio-dependencies.cmake")
if(meio_missing_dependencies)
    set(meio_FOUND FALSE)
    set(meio_NOT_FOUND_MESSAGE "meio needs ${meio_missing_dependencies}")
    return()
endif()
include("${CMAKE_CURRENT_LIST_DIR}/meio-targets.cmake")
