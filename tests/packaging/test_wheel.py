# SPDX-License-Identifier: MIT
"""The sdist holds what the wheel needs, and the wheel what its users need."""

from __future__ import annotations

import json
import subprocess
import tarfile
import zipfile
from pathlib import Path

from support import CONSUMER, ROOT, build_and_run, configure, run


def tracked(*patterns: str) -> set[str]:
    """Return the files under version control, or in a tree without it all that are there."""
    done = subprocess.run(["git", "ls-files", *patterns], check=False, cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0 and done.stdout:
        return set(done.stdout.split())
    return {path.relative_to(ROOT).as_posix() for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}


def test_sdist_holds_every_source(distributions: Path) -> None:
    """Headers, bindings, Python modules and tests are all in the sdist."""
    (archive,) = distributions.glob("*.tar.gz")
    with tarfile.open(archive) as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames() if "/" in name}
    assert sorted(tracked("include/meio/**", "python/**", "cmake/*", "LICENSE", "README.md") - names) == []


def test_wheel_keeps_to_its_own_folder(distributions: Path) -> None:
    """Everything is under meio/, the headers and the marker of types among it, nothing of the build."""
    (archive,) = distributions.glob("*.whl")
    names = zipfile.ZipFile(archive).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"meio"}
    headers = {name.removeprefix("include/") for name in tracked("include/meio/**")}
    assert sorted(headers - {name.removeprefix("meio/include/") for name in names}) == []
    assert "meio/py.typed" in names
    assert not [name for name in names if name.endswith((".cpp", ".o", ".a"))]


def test_installs_alone(empty_environment: Path, version: str) -> None:
    """In an empty environment only numpy and narwhals come along, and meio imports at the right version."""
    packages = json.loads(run("python", "-m", "pip", "--python", empty_environment, "list", "--format=json"))
    assert {package["name"].lower() for package in packages} - {"pip", "setuptools"} == {"meio", "numpy", "narwhals"}
    said = run(empty_environment, "-W", "error", "-c", "import meio; print(meio.__version__)")
    assert said.strip() == version
    assert run(empty_environment, "-m", "meio", "--version").strip() == version


def test_headers_in_the_wheel_serve_cmake(empty_environment: Path, version: str, tmp_path: Path) -> None:
    """`python -m meio --cmakedir` names a package that a C++ project finds and builds against."""
    folder = run(empty_environment, "-m", "meio", "--cmakedir").strip()
    configure(CONSUMER, tmp_path, f"-Dmeio_DIR={folder}")
    assert f"meio {version}" in build_and_run(tmp_path)
