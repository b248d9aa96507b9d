# SPDX-License-Identifier: MIT
"""What the consumer tests share: a cmake that finds the dependencies, an install tree, the wheel."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSUMER = Path(__file__).resolve().parent / "consumer"
WARNINGS = "-Wall -Wextra -Wconversion -Wshadow -Werror"
Run = Callable[..., str]


def run(*command: str | Path, fails: bool = False) -> str:
    """Run a command and return what it printed; the test fails with that text where the status is not the one meant."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in command],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    if (done.returncode != 0) != fails:
        pytest.fail(f"{' '.join(map(str, command))} returned {done.returncode}\n{done.stdout}", pytrace=False)
    return done.stdout


def configure(source: Path, build: Path, *options: str, prefixes: Sequence[Path] = (), fails: bool = False) -> str:
    """Configure a project with the wheels of this environment among the prefixes."""
    site = sysconfig.get_path("purelib")
    prefix_path = ";".join([*map(str, prefixes), site])
    generator = ["-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", f"-DCMAKE_PREFIX_PATH={prefix_path}"]
    return run("cmake", "-S", source, "-B", build, *generator, *options, fails=fails)


def build_and_run(build: Path) -> str:
    """Build the consumer and return what it prints."""
    run("cmake", "--build", build)
    return run(build / "consumer")


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
