# SPDX-License-Identifier: MIT
"""The source tree keeps the rules of its design: floors, small headers, one test file a header."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from support import ROOT

INCLUDE = ROOT / "include/meio"

# Which folders a folder of include/meio may include, directly or not.
BELOW = {
    "core": set(),
    "numeric": {"core"},
    "network": {"core"},
    "distributions": {"core", "numeric"},
    "transport": {"core", "network"},
    "lagrangian": {"core"},
    "demand": {"core", "numeric", "network", "distributions"},
    "single_echelon": {"core", "numeric", "network", "distributions", "demand"},
    "guaranteed_service": {"core", "numeric", "network", "distributions", "demand", "lagrangian"},
    "stochastic_service": {"core", "numeric", "network", "distributions", "demand", "single_echelon"},
    "fulfilment": {"core", "network", "transport", "lagrangian"},
    "simulation": {"core", "numeric", "network", "distributions", "demand"},
}
BELOW["planner"] = {"core", *BELOW}
# The only folder that may name Boost; folders above it meet Boost through it.
BOOST = {"distributions"}
STANDARD = re.compile(r"[a-z_0-9]+")


def name(header: Path) -> str:
    """Return a header as one writes it after `#include`, without meio/."""
    return header.relative_to(INCLUDE).as_posix()


HEADERS = {name(path): path for path in sorted(INCLUDE.rglob("*.hpp"))}
FOLDERS = sorted({header.split("/")[0] for header in HEADERS if "/" in header})
PUBLIC = [header for header in HEADERS if "/" in header and "/detail/" not in header]


@cache
def included(header: str) -> list[str]:
    """Return what a header includes, as written."""
    return re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', HEADERS[header].read_text(), flags=re.MULTILINE)


@cache
def reached(header: str) -> frozenset[str]:
    """Return everything a header includes directly or not, meio's headers as meio/..., the rest as written."""
    found: set[str] = set()
    waiting = [header]
    while waiting:
        for target in included(waiting.pop()):
            if target not in found:
                found.add(target)
                if target.removeprefix("meio/") in HEADERS:
                    waiting.append(target.removeprefix("meio/"))
    return frozenset(found)


def test_every_folder_has_a_floor() -> None:
    """A new folder of include/meio is given its place in the table above first."""
    assert set(FOLDERS) <= set(BELOW)


@pytest.mark.parametrize("header", PUBLIC + [header for header in HEADERS if "/detail/" in header])
def test_floors(header: str) -> None:
    """A header reaches only folders on lower floors, only files that exist, and Boost and Eigen only where they may."""
    folder = header.split("/")[0]
    for target in sorted(reached(header)):
        if target.startswith("meio/"):
            assert target.removeprefix("meio/") in HEADERS, f"{header} reaches {target}, which does not exist"
            other = target.split("/")[1]
            assert other in BELOW[folder] | {folder, "version.hpp"}, f"{header} reaches {target}, above its floor"
    for target in included(header):
        if target.startswith("boost/"):
            assert folder in BOOST, f"{header} includes {target}; Boost is for {sorted(BOOST)} alone"
        elif not target.startswith(("meio/", "Eigen/")):
            assert STANDARD.fullmatch(target), (
                f"{header} includes {target}: neither meio, Eigen nor the standard library"
            )
    if folder in {"core", "numeric", "network", "transport", "lagrangian", "fulfilment"}:
        boost = [target for target in reached(header) if target.startswith("boost/")]
        assert not boost, f"{header} reaches {boost} through what it includes"


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_is_small_licensed_and_guarded(header: str) -> None:
    """A header has the licence line and the guard first, at most 300 lines, and namespaces the folder's name."""
    text = HEADERS[header].read_text()
    lines = text.splitlines()
    assert lines[0] == "// SPDX-License-Identifier: MIT"
    assert "#pragma once" in lines[:3]
    assert len(lines) <= 300, f"{header} has {len(lines)} lines"
    if "/" in header:
        assert f"namespace meio::{header.split('/')[0]}" in text, f"{header} is not in the namespace of its folder"
    assert re.fullmatch(r"[a-z0-9_/]+\.hpp", header)
    assert text.isascii() or not re.search(r"^[^/\"]*[^\x00-\x7f]", text, flags=re.MULTILINE), (
        "not ASCII outside comments"
    )


@pytest.mark.parametrize("header", PUBLIC)
def test_a_public_header_has_its_test(header: str) -> None:
    """Each public header has a test file of its name, whose cases begin by saying what they prove."""
    test = ROOT / "tests/cpp" / header.replace(".hpp", ".test.cpp")
    assert test.is_file(), f"{header} has no {test.relative_to(ROOT)}"


@pytest.mark.parametrize("test", [path.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/cpp/*/*.test.cpp")])
def test_a_case_says_what_it_proves(test: str) -> None:
    """The first line of a test case is a comment."""
    lines = (ROOT / test).read_text().splitlines()
    silent = [
        number
        for number, line in enumerate(lines, 1)
        if line.startswith(("TEST_CASE(", "TEST_CASE_TEMPLATE("))
        and not (line.rstrip().endswith("{") and lines[number].lstrip().startswith("//"))
        and not (lines[number].rstrip().endswith("{") and lines[number + 1].lstrip().startswith("//"))
    ]
    assert not silent, f"{test}: the cases at lines {silent} do not begin with what they prove"


def test_the_umbrella_lists_every_public_header() -> None:
    """meio/meio.hpp includes each public header once, in order."""
    wanted = [f"meio/{header}" for header in sorted([*PUBLIC, "version.hpp"])]
    lines = "\n".join(f"#include <{header}>" for header in wanted if header not in included("meio.hpp"))
    assert not lines, f"add to include/meio/meio.hpp:\n{lines}"
    assert included("meio.hpp") == wanted


SOURCES = ["python", "tests", "examples", "benchmarks", "docs"]


@pytest.mark.parametrize(
    "file",
    sorted(
        path.relative_to(ROOT).as_posix()
        for folder in SOURCES
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".cpp", ".hpp"} and "_build" not in path.parts
    ),
)
def test_a_source_is_licensed(file: str) -> None:
    """Each source file carries the licence line, first or after the interpreter line."""
    lines = (ROOT / file).read_text().splitlines()
    assert any("SPDX-License-Identifier: MIT" in line for line in lines[:2])


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_is_documented(folder: str) -> None:
    """A folder has its page in docs/, which the index links."""
    assert (ROOT / f"docs/{folder}.md").is_file(), f"docs/{folder}.md is absent"
    assert re.search(rf"^{folder}$", (ROOT / "docs/index.md").read_text(), flags=re.MULTILINE)


def test_the_version_has_one_literal() -> None:
    """The citation follows the header, and the changelog has an entry for it."""
    found = re.search(r'MEIO_VERSION "([0-9.]+)"', (INCLUDE / "version.hpp").read_text())
    assert found
    assert f"\nversion: {found[1]}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {found[1]} - " in (ROOT / "CHANGELOG.md").read_text()
