# SPDX-License-Identifier: MIT
"""C++ consumers of every kind compile, link and run."""

from __future__ import annotations

import os
import re
import shutil
import sysconfig
from pathlib import Path

import pytest

from support import CONSUMER, ROOT, WARNINGS, build_and_run, configure


def test_find_package_from_an_install_tree(install_tree: Path, version: str, tmp_path: Path) -> None:
    """An installed meio is found, and two translation units that include all of it link."""
    configure(CONSUMER, tmp_path, prefixes=[install_tree])
    assert f"meio {version}" in build_and_run(tmp_path)


def test_add_subdirectory_is_clean_under_the_users_warnings(tmp_path: Path) -> None:
    """As a subdirectory the headers are not SYSTEM, so the user's -Werror would meet any warning of theirs."""
    configure(CONSUMER, tmp_path, f"-DMEIO_SOURCE_DIR={ROOT}", f"-DCMAKE_CXX_FLAGS={WARNINGS}")
    build_and_run(tmp_path)


def test_the_program_of_the_readme(tmp_path: Path) -> None:
    """The README's C++ example compiles as it stands there, under the user's warnings, and prints its plan."""
    (program,) = re.findall(r"```cpp\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    (tmp_path / "readme.cpp").write_text(program)
    options = [f"-DMEIO_SOURCE_DIR={ROOT}", f"-DCMAKE_CXX_FLAGS={WARNINGS}"]
    configure(CONSUMER, tmp_path / "build", *options, f"-DCONSUMER_SOURCES={tmp_path / 'readme.cpp'}")
    said = build_and_run(tmp_path / "build")
    assert re.search(r"order up to [1-9]\d*\none more cubic metre would save 0\.\d*[1-9]", said), said


def test_without_threads(tmp_path: Path) -> None:
    """MEIO_NO_THREADS compiles everything, without warnings, and resolves to one thread."""
    options = [f"-DMEIO_SOURCE_DIR={ROOT}", f"-DCMAKE_CXX_FLAGS={WARNINGS}", "-DMEIO_WITHOUT_THREADS=ON"]
    configure(CONSUMER, tmp_path, *options)
    assert "1 threads" in build_and_run(tmp_path)


def test_a_subdirectory_adds_nothing_of_its_own(tmp_path: Path) -> None:
    """As a subdirectory meio builds no tests, installs nothing and leaves the user's flags alone."""
    configure(CONSUMER, tmp_path, f"-DMEIO_SOURCE_DIR={ROOT}", "-DCMAKE_CXX_FLAGS=-DMINE")
    cache = (tmp_path / "CMakeCache.txt").read_text()
    for option in ["TESTS", "EXAMPLES", "BENCHMARKS", "PYTHON"]:
        assert f"MEIO_BUILD_{option}:BOOL=OFF" in cache
    assert "MEIO_INSTALL:BOOL=OFF" in cache
    assert "CMAKE_CXX_FLAGS:UNINITIALIZED=-DMINE" in cache or "CMAKE_CXX_FLAGS:STRING=-DMINE" in cache
    assert "doctest_DIR" not in cache


@pytest.mark.parametrize(("newer", "accepted"), [(0, True), (1, False), (-1, False)])
def test_version_request(install_tree: Path, version: str, tmp_path: Path, newer: int, accepted: bool) -> None:
    """Before 1.0 only the same minor version is compatible."""
    major, minor, _ = map(int, version.split("."))
    options = [f"-DMEIO_REQUESTED_VERSION={major}.{minor + newer}"]
    configure(CONSUMER, tmp_path, *options, prefixes=[install_tree], fails=not accepted)


def without_the_system() -> list[str]:
    """Return options with which CMake finds no package of the system; compiler and ninja are named instead."""
    places = ["CMAKE_SYSTEM_PATH", "SYSTEM_ENVIRONMENT_PATH", "CMAKE_ENVIRONMENT_PATH", "PACKAGE_REGISTRY"]
    compiler = shutil.which(os.environ.get("CXX", "c++"))
    tools = [f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_MAKE_PROGRAM={shutil.which('ninja')}"]
    return [*tools, *(f"-DCMAKE_FIND_USE_{place}=OFF" for place in places)]


@pytest.mark.parametrize("eigen", ["3.4.0", "3.4.1", "5.0.0", "5.0.0 with its major version only", "2.9.0"])
def test_eigen_versions(tmp_path: Path, eigen: str) -> None:
    """Eigen 3.4 and 5 are accepted whatever their version file makes of ranges; older ones are named as missing.

    The stand-ins are the config files of Eigen 3.4.1, which 5.0 shares, with another version written in, and for the
    rest a version file like that of 3.4.0.
    """
    version = eigen.split()[0]
    original = Path(sysconfig.get_path("purelib")) / "cmeel.prefix/share/eigen3/cmake"
    folder = tmp_path / "prefix/share/eigen3/cmake"
    shutil.copytree(original, folder)
    file = folder / "Eigen3ConfigVersion.cmake"
    if eigen in {"3.4.1", "5.0.0"}:
        file.write_text(file.read_text().replace('set(PACKAGE_VERSION "3.4.1")', f'set(PACKAGE_VERSION "{version}")'))
    else:
        major = version.split(".")[0]
        file.write_text(
            f"set(PACKAGE_VERSION {version})\n"
            f'if(NOT PACKAGE_FIND_VERSION_RANGE AND PACKAGE_FIND_VERSION_MAJOR STREQUAL "{major}"'
            " AND NOT PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION)\n"
            "set(PACKAGE_VERSION_COMPATIBLE TRUE)\nendif()\n"
        )
    boost = Path(sysconfig.get_path("purelib")) / "libboost_headers/include"
    accepted = version != "2.9.0"
    said = configure(
        CONSUMER,
        tmp_path / "build",
        f"-DMEIO_SOURCE_DIR={ROOT}",
        f"-DCMAKE_PREFIX_PATH={tmp_path / 'prefix'}",
        *without_the_system(),
        f"-DMEIO_BOOST_INCLUDE_DIR={boost}",
        fails=not accepted,
    )
    if accepted:
        assert f"Eigen3_DIR:PATH={folder}" in (tmp_path / "build/CMakeCache.txt").read_text()
    else:
        assert "Eigen 3.4 or 5: apt install libeigen3-dev, or pip install cmeel-eigen" in said


def test_wheels_alone_provide_the_dependencies(tmp_path: Path) -> None:
    """Where the system has neither Eigen nor Boost, the header-only wheels are found through CMAKE_PREFIX_PATH."""
    configure(CONSUMER, tmp_path, f"-DMEIO_SOURCE_DIR={ROOT}", *without_the_system())
    cache = (tmp_path / "CMakeCache.txt").read_text()
    assert "cmeel.prefix/share/eigen3/cmake" in cache
    assert "libboost_headers/include" in cache
    build_and_run(tmp_path)


def test_fetching_is_the_last_resort_and_can_be_refused(tmp_path: Path) -> None:
    """Where nothing is found, meio fetches what it needs if it may, and otherwise says what to install.

    The downloads are replaced by the wheels' headers, as FETCHCONTENT_SOURCE_DIR_<name> allows.
    """
    site = Path(sysconfig.get_path("purelib"))
    nothing = [f"-DMEIO_SOURCE_DIR={ROOT}", *without_the_system(), "-DCMAKE_PREFIX_PATH="]
    said = configure(CONSUMER, tmp_path / "refused", *nothing, fails=True)
    assert "libeigen3-dev" in said
    assert "libboost-math-dev" in said
    configure(
        CONSUMER,
        tmp_path / "fetched",
        *nothing,
        "-DMEIO_FETCH_DEPENDENCIES=ON",
        f"-DFETCHCONTENT_SOURCE_DIR_MEIO_EIGEN={site / 'cmeel.prefix/include/eigen3'}",
        f"-DFETCHCONTENT_SOURCE_DIR_MEIO_BOOST_MATH={site / 'libboost_headers'}",
    )
    build_and_run(tmp_path / "fetched")
