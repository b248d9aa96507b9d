# SPDX-License-Identifier: MIT
"""OR-Tools' SimpleMinCostFlow on the instances that `min_cost_flow dump FOLDER` writes: CPU time, best of three.

python benchmarks/min_cost_flow.py FOLDER [part of a name]
"""

from __future__ import annotations

import pathlib
import sys
import time

import numpy as np
from ortools.graph.python import min_cost_flow


def main(folder: str, part: str = "") -> None:
    print("| instance | nodes | arcs | optimum | OR-Tools ms | set-up |\n|---|--:|--:|--:|--:|--:|")
    for path in sorted(pathlib.Path(folder).glob("*.txt")):
        if part not in path.stem:
            continue
        text = path.read_text().split("\n", 1)
        nodes, arcs = (int(v) for v in text[0].split())
        data = np.fromstring(text[1], sep=" ")
        table, supply = data[: 5 * arcs].reshape(arcs, 5).astype(np.int64), data[5 * arcs :].astype(np.int64)
        begin = time.process_time()
        from_, to, cost, low, high = (np.ascontiguousarray(column) for column in table.T)
        extra = np.zeros(nodes, dtype=np.int64)  # lower bounds, shifted away
        np.subtract.at(extra, from_, low)
        np.add.at(extra, to, low)
        solver = min_cost_flow.SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(
            from_, to, np.minimum(high - low, int(np.abs(supply).sum()) + int(low.sum())), cost
        )
        solver.set_nodes_supplies(np.arange(nodes), supply + extra)
        setup = time.process_time() - begin
        best = float("inf")
        for _ in range(3):
            begin = time.process_time()
            status = solver.solve() if supply.sum() == 0 else solver.solve_max_flow_with_min_cost()
            best = min(best, time.process_time() - begin)
        optimum = solver.optimal_cost() + int((cost * low).sum()) if status == solver.OPTIMAL else status
        print(f"| {path.stem} | {nodes} | {arcs} | {optimum} | {1e3 * best:.2f} | {1e3 * setup:.1f} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
