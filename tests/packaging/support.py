# SPDX-License-Identifier: MIT
"""How the tests of this folder run commands and configure consumers."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSUMER = Path(__file__).resolve().parent / "consumer"
WARNINGS = "-Wall -Wextra -Wconversion -Wshadow -Werror"


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
