# SPDX-License-Identifier: MIT
"""The example programs run to their end without a warning, and the examples in docstrings give what they say."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import meio

EXAMPLES = Path(__file__).parents[2] / "examples" / "python"
MODULES = sorted(module.name for module in pkgutil.iter_modules(meio.__path__) if not module.name.startswith("_"))


@pytest.mark.parametrize("program", sorted(path.name for path in EXAMPLES.glob("[0-9]*.py")))
def test_program(program: str, tmp_path: Path) -> None:
    # A numbered example is short, runs in seconds and prints something.
    text = (EXAMPLES / program).read_text()
    assert len(text.splitlines()) < 80
    # The package under test, wherever it was imported from.
    found = {**os.environ, "PYTHONPATH": str(Path(meio.__file__).parents[1])}
    command = [sys.executable, "-W", "error", str(EXAMPLES / program)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120, env=found)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()


@pytest.mark.parametrize("module", MODULES)
def test_docstrings(module: str) -> None:
    # Every example in a docstring gives the output written below it.
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    failed, _ = doctest.testmod(importlib.import_module(f"meio.{module}"), optionflags=options)
    assert failed == 0


@pytest.mark.parametrize("page", ["../README", "quickstart", "tables", "planner"])
def test_page(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The programs of a page run one after the other.
    text = (EXAMPLES.parents[1] / "docs" / f"{page}.md").read_text()
    programs = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert programs
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for program in programs:
        exec(compile(program, page, "exec"), names)
