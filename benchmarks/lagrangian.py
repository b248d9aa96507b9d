#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Dual bounds of published and generated instances: bounds, oracle calls, time, and the same from other solvers.

    python benchmarks/lagrangian.py --data FOLDER [--only PATTERN] [--groups N] [--method NAME] [--json FILE]

Every file in FOLDER/lagrangian is run: OR-Library's facility location (cap*), p-median (pmed*) and generalized
assignment (gap*), and Trigeiro's lot sizing (tr*). A call is one full pass of the oracle.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import platform
import sys
from pathlib import Path

import numpy as np
from dual.models import Model
from dual.newsvendors import Newsvendors, Warehouse
from dual.reading import Unknown, read
from dual.report import HEAD, PEER_HEAD, QUOTED, peer_row, row, table, target_of
from dual.solvers import PEERS, Run, maximize

# T, W, stores (mean demand, cost of a lost sale); bound, best multiplier, exact cost: recomputed, unpublished.
WAREHOUSES = [
    ((4, 16, ((2, 10), (3, 10))), (59.09118910, 8.324913, 62.21898057)),
    ((4, 20, ((2, 10), (3, 10))), (39.99935243, 3.854071, 45.81874504)),
    ((4, 24, ((2, 10), (3, 10))), (38.89584953, 0.423097, 42.34573797)),
    ((3, 12, ((2, 4), (3, 9))), (29.06227982, 4.136103, 30.97973724)),
]


def published(folder: Path, wanted: str) -> list[Model]:
    """Return the instances of every file of a folder; files of no known format are named and left out."""
    models: list[Model] = []
    if not folder.is_dir():
        print(f"{folder} is not a folder: no published instances", file=sys.stderr)
        return models
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith("."):
            continue
        try:
            found = read(path)
        except (Unknown, OSError) as error:
            print(f"{path.name}: left out, of no known format ({error})", file=sys.stderr)
            continue
        models += [m for m in found if matches(m.name, wanted)]
    return models


def matches(name: str, wanted: str) -> bool:
    return any(fnmatch.fnmatch(name, f"*{part}*") for part in wanted.split(","))


def generated(wanted: str, products: int) -> list[Model]:
    """Return the newsvendors that share resources whose names are wanted."""
    models: list[Model] = []
    for resources, integer, curvature, budget in (
        (100, False, "hessian", 5),
        (100, False, "diagonal", 9),
        (100, True, "hessian", 5),
        (100, True, "diagonal", 9),
        (1000, False, "diagonal", 20),
        (1000, True, "diagonal", 20),
        (10000, False, "diagonal", 30),
    ):
        model = Newsvendors(products, resources, integer=integer, curvature=curvature)
        model.budget = budget
        if matches(model.name, wanted):
            models.append(model)
    return models


def warehouse_table(method: str) -> list[list[str]]:
    rows = []
    for (periods, stock, stores), (bound, multiplier, exact) in WAREHOUSES:
        model = Warehouse(periods, stock, stores)
        run, multipliers = maximize(model, method=method, groups=len(stores), relative_gap=1e-10, max_calls=200)
        referee = model.exact()
        agree = np.all(
            np.abs([run.bound - bound, multipliers[0] - multiplier, referee - exact]) <= [1.5e-8, 1e-6, 1e-8]
        )
        rows.append(
            [
                f"T={periods} W={stock} {stores}",
                f"{run.bound:.8f}",
                f"{multipliers[0]:.6f}",
                f"{referee:.8f}",
                f"{(referee - run.bound) / referee:.2%}",
                str(run.calls),
                ("agrees" if agree else "DIFFERS") + ("" if run.bound <= referee else ", ABOVE the exact cost"),
            ]
        )
    return rows


def variants(model: Model, groups: int | None) -> list[tuple[int, int | None]]:
    """Return groups of cuts and calls wanted: by item or agent where those are few, and once all cuts in one."""
    if groups is not None:
        return [(groups, model.budget if groups > 1 else None)]
    if model.family == "lot sizing":
        return [(min(model.groups, 40), model.budget), (1, 65)]
    if model.family == "assignment":
        return [(min(model.groups, 40), model.budget)]
    return [(16, model.budget)]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("MEIO_DATA", "../shared/data")))
    parser.add_argument("--only", default="*", help="instances whose names match; several patterns with commas")
    parser.add_argument("--groups", type=int, help="groups whose cuts are kept apart; else items, agents, or 16")
    parser.add_argument("--method", default="bundle")
    parser.add_argument("--gap", type=float, default=1e-9, help="relative gap to stop at")
    parser.add_argument("--max-calls", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=120.0, help="limit of a solve")
    parser.add_argument("--peers", default="volume,lbfgsb,boxstep", help="of volume, lbfgsb, boxstep; empty: none")
    parser.add_argument("--peer-seconds", type=float, default=5.0, help="limit of a peer on an instance")
    parser.add_argument("--products", type=int, default=100_000, help="of the newsvendors")
    parser.add_argument("--json", type=Path, help="write every run, with its history, to this file")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    models = published(options.data / "lagrangian", options.only) + generated(options.only, options.products)
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, numpy {np.__version__}"
    )
    print(f"method {options.method}, relative gap {options.gap:g}, at most {options.max_calls} calls\n")
    pairs = [(model, *wanted) for model in models for wanted in variants(model, options.groups)]
    ours: list[Run] = []
    for model, groups, budget in pairs:
        limits = {"max_calls": options.max_calls, "max_seconds": options.seconds}
        run, _ = maximize(model, method=options.method, groups=groups, relative_gap=options.gap, **limits)
        run.budget = budget
        ours.append(run)
        print(f"  {run.instance}: {run.bound:.12g} in {run.calls} calls, {run.seconds:.2f} s, {run.status}", flush=True)
    peers: list[list[Run]] = []
    for model in models:
        runs: list[Run] = []
        for name in filter(None, options.peers.split(",")):
            if name in PEERS:
                runs.append(PEERS[name](model, max_calls=options.max_calls, max_seconds=options.peer_seconds))
            else:
                limits = {"max_calls": options.max_calls, "max_seconds": options.peer_seconds}
                runs.append(maximize(model, method=name, groups=1, **limits)[0])
        peers.append(runs)
    found = {m.name: [run for run in ours if run.instance == m.name] for m in models}
    targets = {m.name: target_of(m, found[m.name] + runs) for m, runs in zip(models, peers, strict=True)}
    if models:
        print("\nmeio\n")
        print(table(HEAD, [row(m, r, targets[m.name]) for (m, *_), r in zip(pairs, ours, strict=True)]))
    if any(peers):
        lines = [peer_row(run, targets[run.instance]) for runs in peers for run in runs]
        print("\nOther solvers, same oracle, same process\n")
        print(table(PEER_HEAD, lines))
        quoted = [[name, *QUOTED[name]] for name in (m.name for m in models) if name in QUOTED]
        if quoted:
            print("\nQuoted, not run here (no Python package of either exists)\n")
            print(table(["instance", "ConicBundle, calls to 1e-6", "COIN-OR Vol, gap"], quoted))
    if matches("warehouse", options.only):
        print("\nOne warehouse, two stores, lost sales\n")
        head = ["instance", "bound", "multiplier", "exact cost", "gap", "calls", "known table"]
        print(table(head, warehouse_table(options.method)))
    if options.json:
        everything = [run.record() for runs in [ours, *peers] for run in runs]
        options.json.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
