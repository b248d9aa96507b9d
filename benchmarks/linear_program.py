# SPDX-License-Identifier: MIT
"""HiGHS or GLOP on the programs that `linear_program dump FOLDER` writes: CPU time of a cold solve, best of many.

    python benchmarks/linear_program.py FOLDER highs|glop

One peer a process: the two packages do not load together. HiGHS gets the model beforehand and forgets its basis before
each solve, with and without presolve; GLOP takes its model anew with each solve. Objectives are compared with ours.
"""

from __future__ import annotations

import pathlib
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np


def best_of(body: Callable[[], Any], seconds: float = 0.5) -> float:
    """Least CPU seconds of a call."""
    best, spent = float("inf"), 0.0
    while spent < seconds:
        begin = time.process_time()
        for _ in range(10):
            body()
        taken = time.process_time() - begin
        spent += taken
        best = min(best, taken / 10)
    return best


def highs(m: int, n: int, data: list[Any]) -> tuple[float, float]:
    """Seconds and objective."""
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n, m
    lp.col_cost_, lp.col_lower_, lp.col_upper_, lp.row_lower_, lp.row_upper_, starts, rows, values = data
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
        starts.astype(np.int32),
        rows.astype(np.int32),
        values,
    )
    solver.passModel(lp)

    def cold() -> None:
        solver.clearSolver()
        solver.run()

    best = float("inf")
    for presolve in ("off", "on"):
        solver.setOptionValue("presolve", presolve)
        best = min(best, best_of(cold))
    return best, solver.getInfo().objective_function_value


def glop(m: int, n: int, data: list[Any]) -> tuple[float, float]:
    """Seconds and objective."""
    from ortools.linear_solver import pywraplp

    cost, low, high, row_low, row_high, starts, rows, values = data
    solver = pywraplp.Solver.CreateSolver("GLOP")
    variables = [solver.NumVar(low[j], high[j], "") for j in range(n)]
    constraints = [solver.Constraint(row_low[i], row_high[i]) for i in range(m)]
    for j in range(n):
        solver.Objective().SetCoefficient(variables[j], cost[j])
        for k in range(int(starts[j]), int(starts[j + 1])):
            constraints[int(rows[k])].SetCoefficient(variables[j], values[k])
    parameters = pywraplp.MPSolverParameters()
    parameters.SetIntegerParam(parameters.INCREMENTALITY, parameters.INCREMENTALITY_OFF)
    return best_of(lambda: solver.Solve(parameters)), solver.Objective().Value()


def main(folder: str, peer: str) -> int:
    failures = 0
    print(f"| program | {peer} us |\n|---|--:|")
    for path in sorted(pathlib.Path(folder).glob("*.txt")):
        lines = path.read_text().splitlines()
        m, n, _ = (int(v) for v in lines[0].split())
        data = [np.array(line.split(), float) for line in lines[1:9]]
        wanted = float(lines[9])
        seconds, found = highs(m, n, data) if peer == "highs" else glop(m, n, data)
        equal = abs(found - wanted) <= 1e-7 * max(1.0, abs(wanted))
        failures += not equal
        print(f"| {path.stem}: {m} x {n} | {1e6 * seconds:.0f}{'' if equal else ' DIFFERS'} |", flush=True)
    return failures


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) != 0)
