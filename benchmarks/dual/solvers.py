# SPDX-License-Identifier: MIT
"""meio's solver and its peers on one and the same oracle, every call counted and timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from .models import Array, Model


class Stop(Exception):
    """The limit of calls or of time is reached."""


@dataclass
class Run:
    """What a solver did with an instance."""

    instance: str
    method: str
    status: str
    bound: float
    calls: int
    seconds: float
    oracle_seconds: float
    model_seconds: float | None = None  # in meio's own quadratic problems and metric
    history: list[float] = field(default_factory=list)  # best bound after each call
    reported_calls: int | None = None
    violation: float | None = None  # of the relaxed constraints by the recovered primal, recomputed; relative
    primal_gap: float | None = None  # of the recovered primal's recomputed cost above the bound; relative
    groups: int | None = None  # cuts a call, at most
    budget: int | None = None  # calls wanted to a gap of 1e-6
    note: str = ""

    def calls_to(self, target: float, gap: float) -> int | None:
        """Return the first call whose bound is within a relative gap of the target."""
        reached = np.flatnonzero(np.array(self.history) >= target - gap * abs(target))
        return int(reached[0]) + 1 if len(reached) else None

    def record(self) -> dict[str, Any]:
        return asdict(self)


class Counted:
    """An oracle with its calls counted, timed and remembered; what every solver here is given."""

    def __init__(self, model: Model, *, max_calls: int | None = None, max_seconds: float | None = None) -> None:
        self.model, self.max_calls, self.max_seconds = model, max_calls, max_seconds
        self.size, self.groups = model.size, model.groups
        self.points: list[Array] = []
        self.history: list[float] = []
        self.best = -np.inf
        self.seconds = 0.0
        self.started = time.perf_counter()

    def call(self, multipliers: Array) -> dict[str, Array]:
        if self.max_calls is not None and len(self.points) >= self.max_calls:
            raise Stop("calls")
        if self.max_seconds is not None and time.perf_counter() - self.started > self.max_seconds:
            raise Stop("time")
        before = time.perf_counter()
        reply = self.model.evaluate_all(multipliers)
        self.seconds += time.perf_counter() - before
        self.best = max(self.best, self.value(reply, multipliers))
        self.points.append(np.array(multipliers))
        self.history.append(self.best)
        return reply

    evaluate_all = call

    def value(self, reply: dict[str, Array], multipliers: Array) -> float:
        return float(reply["values"].sum() - multipliers @ self.model.b) + self.model.constant

    def finish(self, method: str, status: str, **known: Any) -> Run:
        seconds = time.perf_counter() - self.started
        calls = len(self.points)
        name = self.model.name
        return Run(name, method, status, self.best, calls, seconds, self.seconds, history=self.history, **known)

    def recovered(self, weights: list[tuple[int, int, float]]) -> tuple[float, Array]:
        """Return cost and use of a convex combination of plans, accounted for anew; a tag is the number of a call."""
        cost, use = self.model.constant, np.zeros(self.model.size)
        by_call: dict[int, list[tuple[int, float]]] = {}
        for group, tag, weight in weights:
            by_call.setdefault(tag, []).append((group, weight))
        total = np.zeros(self.model.groups)
        for tag, shares in by_call.items():
            costs, uses = self.model.account(self.model.plans(self.points[tag]))
            share = np.zeros(self.model.groups)
            for group, weight in shares:
                share[group] += weight
            total += share
            cost += float(share @ costs)
            use += share @ uses
        if abs(total - 1.0).max() > 1e-9:
            raise ArithmeticError("the weights of a group do not add up to 1")
        return cost, use


def violation(model: Model, use: Array) -> float:
    """Return the largest amount, relative to the right-hand side, by which a relaxed constraint is broken."""
    excess = use - model.b
    excess = np.where(np.isneginf(model.lower), np.abs(excess), np.maximum(excess, 0.0))
    return float((excess / np.maximum(np.abs(model.b), 1.0)).max())


def maximize(
    model: Model,
    *,
    method: str = "bundle",
    groups: int = 16,
    relative_gap: float = 1e-9,
    max_calls: int = 500,
    max_seconds: float | None = None,
) -> tuple[Run, Array]:
    """meio.lagrangian.maximize with at most `groups` groups of cuts, and the multipliers found."""
    import meio.lagrangian

    oracle = Counted(model)
    result = meio.lagrangian.maximize(
        oracle,
        b=model.b,
        lower=model.lower,
        upper=model.upper,
        method=method,
        cut_groups=groups,
        relative_gap=relative_gap,
        max_calls=max_calls,
        time_limit=max_seconds,
    )
    weights = [(g, tag, share) for g, tags in enumerate(result.weights) for tag, share in tags.items()]
    known: dict[str, Any] = {}
    if weights:
        cost, use = oracle.recovered(weights)
        known = {
            "violation": violation(model, use),
            "primal_gap": (cost - oracle.best) / max(abs(oracle.best), 1e-12),
        }
    if abs(result.bound + model.constant - oracle.best) > 1e-11 * max(abs(oracle.best), 1.0):
        known["note"] = f"REPORTS {result.bound + model.constant!r}"
    run = oracle.finish(
        f"meio {method}",
        result.status.name.lower(),
        model_seconds=result.model_seconds,
        reported_calls=result.calls,
        groups=min(groups, model.groups),
        **known,
    )
    return run, np.asarray(result.multipliers)


def lbfgsb(model: Model, *, max_calls: int, max_seconds: float) -> Run:
    """SciPy's L-BFGS-B with its tightest tolerances, from the same start."""
    from scipy.optimize import minimize

    oracle = Counted(model, max_calls=max_calls, max_seconds=max_seconds)

    def objective(multipliers: Array) -> tuple[float, Array]:
        reply = oracle.call(multipliers)
        return -oracle.value(reply, multipliers), model.b - reply["gradients"].sum(axis=0)

    start = np.clip(np.zeros(model.size), model.lower, model.upper)
    options = {"maxfun": 10 * max_calls, "maxiter": 10 * max_calls, "ftol": 1e-16, "gtol": 0.0, "maxcor": 20}
    try:
        result = minimize(
            objective,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(model.lower, model.upper, strict=True)),
            options=options,
        )
        status = str(result.message).lower()[:28]
    except Stop as stop:
        status = f"limit of {stop}"
    return oracle.finish("L-BFGS-B (SciPy)", status)


def boxstep(model: Model, *, max_calls: int, max_seconds: float, groups: int = 16) -> Run:
    """Cutting planes in a trust box by HiGHS (Marsten, Hogan and Blankenship 1975), with as many groups of cuts."""
    import highspy

    oracle = Counted(model, max_calls=max_calls, max_seconds=max_seconds)
    groups = min(groups, model.groups)
    part = np.arange(model.groups) * groups // model.groups
    size = model.size
    lp = highspy.Highs()
    lp.silent()
    inf = highspy.kHighsInf
    for k in range(size):
        lp.addCol(-model.b[k], model.lower[k], model.upper[k], 0, [], [])
    for _ in range(groups):
        lp.addCol(1.0, -inf, inf, 0, [], [])
    lp.changeObjectiveSense(highspy.ObjSense.kMaximize)

    def call(multipliers: Array) -> float:
        reply = oracle.call(multipliers)
        values = np.bincount(part, reply["values"], groups)
        for g in range(groups):
            slope = reply["gradients"][part == g].sum(axis=0)
            index = np.flatnonzero(slope)
            row = np.append(index, size + g).astype(np.int32)
            rise = values[g] - slope @ multipliers
            lp.addRow(-inf, float(rise), len(row), row, np.append(-slope[index], 1.0))
        slope = reply["gradients"].sum(axis=0) - model.b
        steps.append(float(0.05 * max(abs(oracle.best), 1.0) / max(np.abs(slope).sum(), 1e-12)))
        return oracle.value(reply, multipliers) - model.constant

    steps: list[float] = []
    status = "limit of calls"
    columns = np.arange(size, dtype=np.int32)
    try:
        centre = np.clip(np.zeros(size), model.lower, model.upper)
        value = call(centre)
        box = steps[0]
        while True:
            low, high = np.maximum(model.lower, centre - box), np.minimum(model.upper, centre + box)
            lp.changeColsBounds(size, columns, low, high)
            left = oracle.started + max_seconds - time.perf_counter()
            lp.setOptionValue("time_limit", lp.getRunTime() + max(0.1, left))
            lp.run()
            if lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise Stop("time")
            point = np.clip(np.array(lp.getSolution().col_value[:size]), low, high)
            ascent = lp.getInfo().objective_function_value - value
            edge = bool((((point <= low) & (low > model.lower)) | ((point >= high) & (high < model.upper))).any())
            if ascent <= 1e-9 * max(abs(value), 1.0) and not edge:
                status = "optimal"
                break
            reached = call(point)
            if reached > value + 0.1 * ascent:
                centre, value = point, reached
                box *= 4.0 if edge else 1.0
            elif reached < value and edge:
                box *= 0.5
            elif ascent <= 1e-12 * max(abs(value), 1.0):
                box *= 4.0
    except Stop as stop:
        status = f"limit of {stop}"
    return oracle.finish("box step (HiGHS)", status)


PEERS: dict[str, Callable[..., Run]] = {"lbfgsb": lbfgsb, "boxstep": boxstep}
