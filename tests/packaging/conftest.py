# SPDX-License-Identifier: MIT
"""What the consumer tests share: an install tree, the sdist and its wheel, an environment with nothing else."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from support import ROOT, configure, run


@pytest.fixture(scope="session")
def version() -> str:
    """Return the one version literal."""
    found = re.search(r'MEIO_VERSION "([0-9.]+)"', (ROOT / "include/meio/version.hpp").read_text())
    assert found
    return found[1]


@pytest.fixture(scope="session")
def install_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the C++ package."""
    folder = tmp_path_factory.mktemp("install")
    configure(ROOT, folder / "build", "-DMEIO_BUILD_TESTS=OFF", "-DMEIO_BUILD_EXAMPLES=OFF")
    run("cmake", "--install", folder / "build", "--prefix", folder / "tree")
    return folder / "tree"


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sdist and the wheel made from it; MEIO_DIST names one that exists."""
    given = os.environ.get("MEIO_DIST")
    if given and list(Path(given).glob("*.whl")):
        return Path(given)
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="session")
def empty_environment(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in a virtual environment of its own and return that environment's Python."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin/python"
    (wheel,) = distributions.glob("*.whl")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", wheel)
    return python
