# SPDX-License-Identifier: MIT
"""Tables of the benchmark, as text."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .models import Model
from .solvers import Run

# Oracle calls to a relative gap of 1e-6 (dash: not reached or not given) as measured elsewhere and taken from
# notes on dual solvers, not by this program: ConicBundle (GPL-3) and COIN-OR Vol (EPL-1.0) have no Python packages.
# Vol: the relative gap where it stopped. ConicBundle's newsvendors had other random numbers.
QUOTED = {
    "cap71": ("102 (1 function)", ""),
    "cap131": ("28 (16 groups)", "5.5e-4 after 720"),
    "capa": ("85 (16 groups)", "5.5e-4 after 502"),
    "tr6-15": ("36 (per item)", "5.0e-4 after 502"),
    "tr12-30": ("105 (1 function)", "5.9e-4 after 502"),
    "tr24-15": ("10 (per item)", "3.4e-4 after 502"),
    "NV 1e5 K=100 integer diagonal": ("10 (8 groups)", "3.5e-4 after 400"),
    "NV 1e5 K=1000 integer diagonal": ("18 (8 groups)", "3.5e-4 after 400"),
}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table with aligned columns, the first to the left."""
    widths = [max(len(str(row[c])) for row in [head, *rows]) for c in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first, *others = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)]
        return "| " + " | ".join([first.strip().ljust(widths[0]), *others]) + " |"

    rule = "|" + "|".join("-" * (w + 2) if c == 0 else "-" * (w + 1) + ":" for c, w in enumerate(widths)) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])


def number(value: float | None, form: str = ".1e") -> str:
    return "-" if value is None or not math.isfinite(value) else format(value, form)


def target_of(model: Model, runs: Sequence[Run]) -> float:
    """Return what gaps are measured from: the known dual value, else the best bound of all runs."""
    if model.reference is not None and model.reference.kind == "dual" and model.family != "assignment":
        return model.reference.value
    return max(run.bound for run in runs)  # assignment: the references have six decimals


HEAD = [
    "instance", "cuts", "bound", "reference", "rel. diff.", "calls", "1e-4", "1e-6", "1e-8", "wanted",
    "seconds", "model", "violation", "primal gap", "status",
]  # fmt: skip


def row(model: Model, run: Run, target: float) -> list[str]:
    """Return a line of the main table."""
    known = model.reference
    reached = [run.calls_to(target, gap) for gap in (1e-4, 1e-6, 1e-8)]
    share = None if run.model_seconds is None else run.model_seconds / max(run.seconds, 1e-12)
    return [
        model.name,
        str(run.groups),
        format(run.bound, ".12g"),
        "-" if known is None else format(known.value, ".12g") + ("" if known.kind == "dual" else " (int.)"),
        "-" if known is None else format(run.bound / known.value - 1, ".1e"),
        str(run.calls),
        *("-" if calls is None else str(calls) for calls in reached),
        "" if run.budget is None else f"<= {run.budget}",
        format(run.seconds, ".2f"),
        "-" if share is None else f"{share:.0%}",
        number(run.violation),
        number(run.primal_gap),
        run.status + (f" ({run.note})" if run.note else ""),
    ]


PEER_HEAD = ["instance", "method", "bound", "gap", "calls", "1e-4", "1e-6", "1e-8", "seconds", "status"]


def peer_row(run: Run, target: float) -> list[str]:
    """Return a line of the table of peers."""
    reached = [run.calls_to(target, gap) for gap in (1e-4, 1e-6, 1e-8)]
    return [
        run.instance,
        run.method,
        format(run.bound, ".12g"),
        format((target - run.bound) / max(abs(target), 1e-12), ".1e"),
        str(run.calls),
        *("-" if calls is None else str(calls) for calls in reached),
        format(run.seconds, ".2f"),
        run.status,
    ]
