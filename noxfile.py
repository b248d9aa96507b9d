#!/usr/bin/env -S uv run --script
# SPDX-License-Identifier: MIT
# /// script
# requires-python = ">=3.11"
# dependencies = ["nox>=2024.10"]
# ///
"""Tasks of the project, each in an environment of its own; tests/run does the gates in one."""

from __future__ import annotations

from pathlib import Path

import nox

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "uv|virtualenv"

PROJECT = nox.project.load_toml("pyproject.toml")


def install(session: nox.Session, *groups: str) -> None:
    """Install meio from the source tree with the dependency groups named."""
    session.install(".", *nox.project.dependency_groups(PROJECT, *groups))


@nox.session
def tests(session: nox.Session) -> None:
    """Run the Python tests."""
    install(session, "test")
    session.run("pytest", *session.posargs)


@nox.session(default=False)
def tests_cpp(session: nox.Session) -> None:
    """Build and run the C++ tests of a preset (dev, asan-ubsan, tsan, coverage, release); doctest must be there."""
    preset = session.posargs[0] if session.posargs else "dev"
    session.install(*nox.project.dependency_groups(PROJECT, "cpp"))
    site = next(Path(session.virtualenv.location).glob("lib/python*/site-packages"))
    session.run("cmake", "--preset", preset, f"-DCMAKE_PREFIX_PATH={site}")
    session.run("cmake", "--build", "--preset", preset, "--target", "all", "all_verify_interface_header_sets")
    session.run("ctest", "--preset", preset)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and the repository's conventions."""
    install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("repo-review", ".")


@nox.session
def stubs(session: nox.Session) -> None:
    """Write the stubs of the compiled extension; `-- --check` compares them only."""
    session.env["PIP_CONSTRAINT"] = "tools/constraints.txt"
    session.install("pip")
    session.run("python", "-m", "pip", "install", ".", *nox.project.dependency_groups(PROJECT, "stubs"))
    session.run("tools/stubs", *session.posargs)


@nox.session
def packaging(session: nox.Session) -> None:
    """Run the consumer tests and the checks of the source tree."""
    session.install(*nox.project.dependency_groups(PROJECT, "packaging", "cpp"))
    session.run("pytest", "tests/packaging", *session.posargs)


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Build the documentation; warnings are errors."""
    install(session, "docs")
    session.run("sphinx-build", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html", *session.posargs)


@nox.session(default=False)
def benchmarks(session: nox.Session) -> None:
    """Run each Python benchmark; the arguments go to all of them."""
    install(session, "test")
    for program in sorted(Path("benchmarks").glob("*.py")):
        session.run("python", str(program), *session.posargs)


if __name__ == "__main__":
    nox.main()
