# SPDX-License-Identifier: MIT
"""Every transport kernel beside HiGHS on random problems, with each answer's proof recomputed here.

A few hundred problems by default. `MEIO_RANDOM_PROBLEMS=100000` runs that many (some minutes); `python
tests/python/transport_highs_judge.py COUNT START` does the same without pytest and prints counts by kernel. Numbers of
any size are judged by exact arithmetic: `MEIO_WIDE_PROBLEMS`, and `transport_exact_judge.py`, which is run alike.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("highspy")

import transport_exact_judge as exact
from transport_highs_judge import (
    KERNELS,
    ROOT,
    Answer,
    Highs,
    Report,
    answers,
    build,
    check_transport,
    compiler,
    judge,
    run,
)
from transport_highs_problems import AT_LEAST, AT_MOST, EXACTLY, Transport, problem


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


def test_numbers_of_any_size(driver: Path) -> None:
    """From 5e-324 to 1e299 in one problem: each optimum is one in exact arithmetic, each cut proves what it says."""
    count = int(os.environ.get("MEIO_WIDE_PROBLEMS", "1000"))
    counts: Counter[tuple[str, str]] = Counter()
    faults = []
    for first in range(0, count, 100):
        problems = [exact.wide(number) for number in range(first, min(first + 100, count))]
        for number, p, found in zip(range(first, count), problems, answers(driver, problems), strict=False):
            faults += [f"{number} {fault}" for fault in exact.judge(p, found, counts)]
    assert faults == []
    for kernel in ("tiny cold", "dense", "front", "warehouse", "flow"):
        assert counts[kernel, "optimal"] > count // 5
        assert counts[kernel, "infeasible"] > count // 50


def published() -> list[tuple[Transport, float]]:
    """Return the published problems of tests/data/transport/facts.csv and their optima."""
    with (ROOT / "tests/data/transport/facts.csv").open() as file:
        rows = list(csv.DictReader(file))
    problems = []
    for row in rows:
        supply, demand, costs = (np.array(row[name].split(), float) for name in ("supply", "demand", "costs"))
        costs = costs.reshape(supply.size, demand.size)
        relation = AT_LEAST if row["demand_relation"] == "at_least" else EXACTLY
        whole = all(bool((a == np.floor(a)).all()) for a in (supply, demand, costs))
        infinite = np.full(demand.size, np.inf), np.full(supply.size, np.inf), np.full(costs.shape, np.inf)
        before = costs + 1, supply, demand
        p = Transport(row["name"], costs, supply, demand, AT_MOST, relation, whole, *infinite, before)
        problems.append((p, float(row["optimum"])))
    return problems


def test_published_problems(driver: Path) -> None:
    """Every kernel and HiGHS reproduce the published optima, with proofs."""
    facts = published()
    assert len(facts) == 10
    highs = Highs()
    for number, ((p, optimum), found) in enumerate(zip(facts, answers(driver, [p for p, _ in facts]), strict=True)):
        usable = replace(p, costs=np.where(p.costs > 1e30, np.inf, p.costs))  # HiGHS calls 1e32 infinite
        report = Report()
        judge(number, p, found, highs.solve(usable), report)
        assert report.faults == []
        assert {a.status for a in found} == {"optimal"}
        assert [a.objective for a in found] == pytest.approx([optimum] * len(found), rel=1e-9)
        assert len(found) >= (8 if p.demand_relation == AT_LEAST else 12)


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
