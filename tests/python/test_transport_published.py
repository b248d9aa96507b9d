# SPDX-License-Identifier: MIT
"""Published instances of the field, solved to their published optima: OR-Library assignments and NETGEN networks.

The small ones lie in tests/data/transport; the others are read from the folder `or_library` of MEIO_DATA, as .gz files.
"""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from meio import Status, transport

BUNDLED = Path(__file__).resolve().parents[1] / "data" / "transport"
ELSEWHERE = Path(os.environ.get("MEIO_DATA", "missing")) / "or_library"
with (BUNDLED / "published.csv").open() as table:
    PUBLISHED = list(csv.DictReader(table))


def instance(kind: str) -> list:
    """The files of a kind, each with its optimum, one test a file."""
    rows = [row for row in PUBLISHED if row["kind"] == kind]
    return [pytest.param(row["file"], float(row["optimum"]), id=row["file"]) for row in rows]


def text(name: str) -> str:
    """Read a file, from the bundle or from MEIO_DATA."""
    for folder in (BUNDLED, ELSEWHERE):
        if (folder / name).exists():
            return gzip.decompress((folder / name).read_bytes()).decode()
    pytest.skip(f"{name} is not bundled: put it into the folder or_library of MEIO_DATA")


@pytest.mark.parametrize(("name", "optimum"), instance("assignment"))
@pytest.mark.parametrize("transposed", [False, True])
def test_assignments(name: str, optimum: float, transposed: bool) -> None:
    """A dense assignment of OR-Library costs its published optimum, as flows of zeros and ones and as duals."""
    size, *costs = np.array(text(name).split(), float)
    matrix = np.array(costs).reshape(int(size), int(size))
    matrix = matrix.T if transposed else matrix
    found = transport.solve(matrix, np.ones(len(matrix)), np.ones(len(matrix)))
    assert found.status == Status.OPTIMAL
    assert found.objective == optimum
    assert set(np.unique(found.flows)) == {0.0, 1.0}
    assert (found.flows.sum(0) == 1).all()
    assert (found.flows.sum(1) == 1).all()
    assert (found.flows * matrix).sum() == optimum
    reduced = matrix - found.supply_duals[:, None] - found.demand_duals
    assert reduced.min() >= 0
    assert found.supply_duals.sum() + found.demand_duals.sum() == optimum


@pytest.mark.parametrize(("name", "optimum"), instance("sparse"))
def test_sparse_assignments(name: str, optimum: float) -> None:
    """A sparse assignment of OR-Library costs its published optimum."""
    size, *numbers = np.array(text(name).split(), float)
    source, destination, cost = np.array(numbers).reshape(-1, 3).T
    names = range(1, int(size) + 1)
    arcs = {"source": source.astype(int), "destination": destination.astype(int), "cost": cost}
    one = np.ones(int(size))
    found = transport.solve_arcs(arcs, {"source": names, "supply": one}, {"destination": names, "demand": one})
    assert found.status == Status.OPTIMAL
    assert found.objective == optimum


@pytest.mark.parametrize(("name", "optimum"), instance("flow"))
def test_networks(name: str, optimum: float) -> None:
    """A NETGEN network costs its published optimum, within its capacities, and its potentials prove it."""
    lines = [line.split() for line in text(name).splitlines()]
    nodes = int(next(line[2] for line in lines if line[0] == "p"))
    supply = np.zeros(nodes)
    for line in lines:
        if line[0] == "n":
            supply[int(line[1]) - 1] = float(line[2])
    tails, heads, lower, upper, costs = np.array([line[1:] for line in lines if line[0] == "a"], float).T
    tails, heads = tails.astype(int) - 1, heads.astype(int) - 1
    found = transport.min_cost_flow(tails, heads, costs, supply, lower=lower, upper=upper)
    assert found.status == Status.OPTIMAL
    assert found.objective == optimum
    assert (found.flows >= lower).all()
    assert (found.flows <= upper).all()
    assert (np.bincount(tails, found.flows, nodes) - np.bincount(heads, found.flows, nodes) == supply).all()
    reduced = costs - found.potentials[tails] + found.potentials[heads]
    bound = found.potentials @ supply + np.minimum(reduced * lower, reduced * upper).sum()
    assert found.objective == (costs * found.flows).sum() == bound
