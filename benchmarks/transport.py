# SPDX-License-Identifier: MIT
"""Dense transportation problems through Python, beside POT, SciPy, OR-Tools and HiGHS where they are installed.

Process CPU time in one process, best of several, on the instances of `transport_dense.cpp`. Every peer gets the arrays
it likes best, and building its problem is left out of its time where its interface parts the two (OR-Tools). Objectives
must agree.

    python benchmarks/transport.py [--sizes N ...] [--families NAME ...] [--peers NAME ...] [--seconds S] [--json FILE]
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meio import transport

Array = NDArray[np.float64]
Solve = Callable[[], float]

PUBLISHED = {
    ("unif", 100): 10030152,
    ("unif", 300): 11303589,
    ("unif", 1000): 10865606,
    ("unif", 2000): 11472798,
    ("unif", 4000): 12064887,
    ("eucl", 100): 488148242,
    ("eucl", 300): 1275574636,
    ("eucl", 1000): 2090036015,
    ("eucl", 2000): 3298144436,
    ("eucl", 4000): 3904958823,
}


class Draws:
    """SplitMix64, many draws at a time."""

    STEP = 0x9E3779B97F4A7C15

    def __init__(self, x: int) -> None:
        self.state = (x * self.STEP + 0x1234567) % 2**64

    def words(self, count: int) -> NDArray[np.uint64]:
        """Return the next `count` draws."""
        with np.errstate(over="ignore"):
            z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(self.STEP) + np.uint64(self.state)
            self.state = (self.state + count * self.STEP) % 2**64
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))

    def units(self, count: int) -> Array:
        """Return numbers in [0, 1)."""
        return (self.words(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def whole(self, count: int, most: int) -> NDArray[np.int64]:
        """Return whole numbers in 1, ..., `most`."""
        return (1 + self.words(count) % np.uint64(most)).astype(np.int64)


def instance(family: str, n: int, seed: int = 1) -> tuple[Array, Array, Array]:
    """Return costs, supply and demand of a square instance, as the C++ benchmarks draw it."""
    draws = Draws(seed * 1000003 + 48 * n)
    a = np.ones(n, dtype=np.int64)
    b = np.ones(n, dtype=np.int64)
    if family != "assign":
        a = draws.whole(n, 1000)
        b = draws.whole(n, 1000)
    if family.startswith("unbal"):
        b = draws.whole(n, 100)
        share = 0.5 + draws.units(n)
        factor = 1.03 if family == "unbalt" else 1.3
        shares = float(np.add.accumulate(share)[-1])  # in order, as a loop adds
        a = np.ceil(factor * float(b.sum()) * share / shares).astype(np.int64)
    elif family != "assign":
        if a.sum() < 3 * n:
            a = a * (3 * n // a.sum() + 1)
        b = np.maximum(1, b * a.sum() // b.sum())
        j = 0
        while b.sum() != a.sum():
            step = 1 if b.sum() < a.sum() else -1
            if step > 0 or b[j] > 1:
                b[j] += step
            j = (j + 1) % n
    source = draws.units(2 * n).reshape(n, 2)
    sink = draws.units(2 * n).reshape(n, 2)
    if family in ("unif", "assign", "unbalu"):
        costs = draws.whole(n * n, 10000).reshape(n, n).astype(np.float64)
    else:
        dx = source[:, :1] - sink[None, :, 0]
        dy = source[:, 1:] - sink[None, :, 1]
        squared = dx * dx + dy * dy
        costs = np.round(1e5 * (squared if family == "sqeu" else np.sqrt(squared)))
    return costs, a.astype(np.float64), b.astype(np.float64)


def optional(name: str) -> Any:
    """Import a module, or return `None` where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def pot(costs: Array, supply: Array, demand: Array) -> Solve | None:
    """`ot.emd2`; what supply is left over goes to a further target at no cost."""
    ot = optional("ot")
    if ot is None:
        return None
    left = supply.sum() - demand.sum()
    if left > 0:
        costs = np.ascontiguousarray(np.hstack([costs, np.zeros((len(supply), 1))]))
        demand = np.append(demand, left)
    # POT wants masses that sum to about one: its tolerance is absolute.
    total = supply.sum()
    source, target = supply / total, demand / total

    def solve() -> float:
        _, log = ot.lp.emd(
            source, target, costs, numItermax=100_000_000, log=True, center_dual=False, check_marginals=False
        )
        return float(total * log["cost"])

    return solve


def ortools(costs: Array, supply: Array, demand: Array) -> Solve | None:
    """`SimpleMinCostFlow` (cost scaling) on whole numbers."""
    module = optional("ortools.graph.python.min_cost_flow")
    if module is None:
        return None
    m, n = costs.shape
    flow = module.SimpleMinCostFlow()
    tail = np.repeat(np.arange(m, dtype=np.int32), n)
    head = np.tile(np.arange(m, m + n, dtype=np.int32), m)
    whole = costs.astype(np.int64).ravel()
    room = np.repeat(supply.astype(np.int64), n)
    flow.add_arcs_with_capacity_and_unit_cost(tail, head, room, whole)
    amounts = np.concatenate([supply, -demand]).astype(np.int64)
    left = int(amounts.sum())
    if left > 0:
        flow.add_arcs_with_capacity_and_unit_cost(
            np.arange(m, dtype=np.int32),
            np.full(m, m + n, dtype=np.int32),
            supply.astype(np.int64),
            np.zeros(m, dtype=np.int64),
        )
        amounts = np.append(amounts, -left)
    flow.set_nodes_supplies(np.arange(len(amounts), dtype=np.int32), amounts)

    def solve() -> float:
        if flow.solve() != flow.OPTIMAL:
            raise RuntimeError("OR-Tools found no optimum")
        return float(flow.optimal_cost())

    return solve


def highs(costs: Array, supply: Array, demand: Array) -> Solve | None:
    """HiGHS through SciPy's `linprog`, small sizes only."""
    scipy = optional("scipy.optimize")
    sparse = optional("scipy.sparse")
    m, n = costs.shape
    if scipy is None or m > 100:
        return None
    rows = sparse.kron(sparse.eye(m), np.ones((1, n)), format="csr")
    columns = sparse.kron(np.ones((1, m)), sparse.eye(n), format="csr")

    def solve() -> float:
        found = scipy.linprog(costs.ravel(), A_ub=rows, b_ub=supply, A_eq=columns, b_eq=demand, method="highs")
        return float(found.fun)

    return solve


def assignment(costs: Array, supply: Array, demand: Array) -> Solve | None:
    """SciPy's `linear_sum_assignment`, unit amounts only."""
    scipy = optional("scipy.optimize")
    if scipy is None or supply.max() > 1 or demand.max() > 1:
        return None

    def solve() -> float:
        rows, columns = scipy.linear_sum_assignment(costs)
        return float(costs[rows, columns].sum())

    return solve


def meio(costs: Array, supply: Array, demand: Array) -> Solve:
    """Return this library's call, with certificate."""

    def solve() -> float:
        result = transport.solve(costs, supply, demand)
        if result.status.name != "OPTIMAL" or result.gap != 0:
            raise RuntimeError(f"{result}")
        return float(result.objective)

    return solve


PEERS: dict[str, Callable[[Array, Array, Array], Solve | None]] = {
    "meio": meio,
    "POT emd": pot,
    "OR-Tools": ortools,
    "SciPy assignment": assignment,
    "HiGHS": highs,
}


def measure(solve: Solve, seconds: float) -> tuple[float, float]:
    """Return the least CPU time, over runs that fill `seconds`, and the objective."""
    best = float("inf")
    spent = 0.0
    runs = 0
    objective = 0.0
    while runs == 0 or (spent < seconds and runs < 100):
        begin = time.process_time()
        objective = solve()
        took = time.process_time() - begin
        best = min(best, took)
        spent += took
        runs += 1
    return best, objective


def main() -> int:
    """Run all sizes and families; return 1 where objectives differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 300, 1000])
    parser.add_argument("--families", nargs="+", default=["unif", "eucl", "assign", "unbal"])
    parser.add_argument("--peers", nargs="+", default=list(PEERS)[1:], choices=list(PEERS)[1:], metavar="NAME")
    parser.add_argument("--seconds", type=float, default=1.0, help="CPU seconds a measurement")
    parser.add_argument("--json", type=Path)
    options, _ = parser.parse_known_args()
    failed = False
    report = []
    print(f"{'family':8} {'n':>5} {'objective':>12}  " + " ".join(f"{name:>17}" for name in PEERS) + "   milliseconds")
    for n in options.sizes:
        for family in options.families:
            costs, supply, demand = instance(family, n)
            times: dict[str, float] = {}
            truth = 0.0
            wrong = []
            for name, peer in PEERS.items():
                solve = peer(costs, supply, demand) if name == "meio" or name in options.peers else None
                if solve is None:
                    continue
                times[name], objective = measure(solve, options.seconds)
                if name == "meio":
                    truth = objective
                    if (family, n) in PUBLISHED and objective != PUBLISHED[family, n]:
                        wrong.append("not the published optimum")
                elif abs(objective - truth) > 1e-9 * abs(truth):
                    wrong.append(f"{name} differs: {objective!r}")
            line = f"{family:8} {n:5} {truth:12.0f}  "
            for name in PEERS:
                ours = times["meio"]
                cell = f"{1e3 * times[name]:9.2f} ({times[name] / ours:5.1f})" if name in times else "-"
                line += f"{cell:>17} "
            print(line, ", ".join(wrong), flush=True)
            report.append({"family": family, "n": n, "objective": truth, "seconds": times})
            failed = failed or bool(wrong)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
