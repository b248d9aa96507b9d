# SPDX-License-Identifier: MIT
"""Every transport kernel beside HiGHS on random problems, with each answer's proof recomputed here.

A few hundred problems by default. `MEIO_RANDOM_PROBLEMS=100000` runs that many (some minutes); `python
tests/python/transport_highs_judge.py COUNT START` does the same without pytest and prints counts by kernel.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("highspy")

from transport_highs_judge import KERNELS, Answer, Report, answers, build, check_transport, compiler, run
from transport_highs_problems import Transport, problem


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the program that runs every kernel."""
    if compiler() is None:
        pytest.skip("needs a C++ compiler")
    return build(tmp_path_factory.mktemp("driver"))


def test_every_kernel_equals_highs(driver: Path) -> None:
    """Status, value to 1e-9 (whole numbers: exactly the slow twin's), duals, cuts and rays of every kernel."""
    count = int(os.environ.get("MEIO_RANDOM_PROBLEMS", "600"))
    report = Report()
    run(driver, range(count), report)
    print("\n".join(report.lines()))
    assert report.faults == []
    kernels = {name for name, _ in report.solved}
    assert kernels == set(KERNELS)
    assert {"optimal", "infeasible", "unbounded"} <= {status for _, status in report.solved}


def test_the_judge_sees_a_wrong_answer(driver: Path) -> None:
    """A unit more on an arc, a dual raised, another objective: each is called wrong; the true answer is not."""
    numbers = (k for k in range(1000) if isinstance(problem(k), Transport))
    for number in numbers:
        p = problem(number)
        assert isinstance(p, Transport)
        right = next(a for a in next(answers(driver, [p])) if KERNELS[a.kernel] == "warehouse")
        if p.whole and right.status == "optimal" and right.objective > 0:
            break
    assert check_transport(p, right, exact=True)[0] == ""
    m, n = p.costs.shape
    for place, fault in (0, "supply"), (m * n, "gap"), (m * n + m, "gap"):
        fields = right.fields.copy()
        fields[place] += 1000
        assert fault in check_transport(p, Answer(right.kernel, "optimal", right.objective, fields), exact=True)[0]
    wrong = Answer(right.kernel, "optimal", right.objective + 1, right.fields)
    assert "objective" in check_transport(p, wrong, exact=True)[0]
