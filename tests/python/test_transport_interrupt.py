# SPDX-License-Identifier: MIT
"""Ctrl-C while a large transport problem is read and solved: an answer within a second, with the best bound.

MEIO_CTRLC_DESTINATIONS sets the size: 1000000 makes ten million arcs, some minutes and 3 GB. MEIO_CTRLC_FRAMES also
measures frames of pandas and Polars.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from meio import Status, transport

DESTINATIONS = int(os.environ.get("MEIO_CTRLC_DESTINATIONS", "20000"))
SOURCES, EACH = 200, 10


@pytest.fixture(scope="module")
def problem():
    """Points in a square, tight supply, ten eligible sources for each destination."""
    rng = np.random.default_rng(1)
    demand = rng.integers(1, 101, DESTINATIONS).astype(float)
    share = 0.5 + rng.random(SOURCES)
    supply = np.ceil(1.03 * demand.sum() * share / share.sum())
    here, there = rng.random((SOURCES, 2)), rng.random((DESTINATIONS, 2))
    strip = SOURCES // EACH
    rows = rng.integers(0, strip, (DESTINATIONS, EACH)) + np.arange(EACH) * strip
    costs = np.empty(rows.shape)
    for k in range(EACH):
        costs[:, k] = 1 + np.round(1e4 * np.hypot(*(here[rows[:, k]] - there).T))
    return rows.ravel(), np.repeat(np.arange(DESTINATIONS), EACH), costs.ravel(), supply, demand


def calls(problem):
    """Every way in, by name."""
    sparse = pytest.importorskip("scipy.sparse")
    rows, columns, costs, supply, demand = problem
    matrix = sparse.csr_matrix((costs, (rows, columns)), shape=(SOURCES, DESTINATIONS))
    arcs = {"source": rows, "destination": columns, "cost": costs, "most": np.full(costs.size, 60.0)}
    send, take = dict(enumerate(supply.tolist())), dict(enumerate(demand.tolist()))
    frames = {"pandas": "DataFrame", "polars": "DataFrame"} if os.environ.get("MEIO_CTRLC_FRAMES") else {}
    tables = {name: getattr(pytest.importorskip(name), kind)(arcs) for name, kind in frames.items()}
    return {name: lambda table=table: transport.solve_arcs(table, send, take) for name, table in tables.items()} | {
        "sparse": lambda: transport.solve(matrix, supply, demand),
        "arcs": lambda: transport.solve_arcs(arcs, send, take),
        "capacities": lambda: transport.solve_arcs(arcs, send, take, capacity="most"),
    }


def interrupted(call, delay):
    """Run under a SIGINT from another process after `delay`; what came back, and seconds from the signal to it."""
    program = f"import os, time; time.sleep({delay}); print(time.monotonic(), flush=True); os.kill({os.getpid()}, 2)"
    result, end, killer = None, 0.0, None
    gc.disable()  # a test tool's callback of the collector would swallow a KeyboardInterrupt that falls into it
    try:
        killer = subprocess.Popen([sys.executable, "-S", "-c", program], stdout=subprocess.PIPE, text=True)
        result = call()
        end = time.monotonic()
        killer.wait()
        time.sleep(0.1)  # where the call was quicker than the signal, it arrives here
    except KeyboardInterrupt:
        end = end or time.monotonic()
    gc.enable()
    return result, end - float(killer.communicate()[0])


@pytest.mark.parametrize("way", ["sparse", "arcs", "capacities", "pandas", "polars"])
def test_ctrl_c_keeps_the_bound(problem, way):
    """Whenever the signal comes, the answer comes soon: a valid bound, or KeyboardInterrupt while tables are read."""
    _, columns, costs, _, demand = problem
    call = calls(problem).get(way)
    if call is None:
        pytest.skip("set MEIO_CTRLC_FRAMES to measure frames")
    start = time.monotonic()
    full = call()
    span = time.monotonic() - start
    assert full.status is Status.OPTIMAL
    cheapest = np.full(DESTINATIONS, np.inf)
    np.minimum.at(cheapest, columns, costs)
    late, met = [], 0
    for share in (0.05, 0.2, 0.5, 0.7, 0.8, 0.9):
        result, latency = interrupted(call, share * span)
        late.append(latency)
        if result is None or result.status is not Status.INTERRUPTED:
            continue  # read no further, or done before
        met += 1
        assert cheapest @ demand * (1 - 1e-12) <= result.bound <= full.objective
        assert result.seconds < span + 1
        if way != "sparse":
            assert sum(result.flows["amount"]) <= demand.sum()
            assert len(result.supply_duals) == SOURCES
    print(f"{way}: optimum after {span:.2f} s, Ctrl-C answered within {max(late):.3f} s, {met} solves interrupted")
    assert max(late) < 1


@pytest.mark.parametrize("way", ["min_cost_flow", "min_cost_flow_arcs"])
def test_ctrl_c_keeps_the_bound_of_a_flow(way):
    """The same on a network: from set-up to the last pivots the bound is proven and far above zero."""
    nodes, arcs = DESTINATIONS // 5, DESTINATIONS * EACH
    rng = np.random.default_rng(2)
    tails = rng.integers(0, nodes, arcs)
    heads = (tails + 1 + rng.integers(0, nodes - 1, arcs)) % nodes
    costs, upper = rng.integers(1, 10_000, arcs).astype(float), rng.integers(1, 1000, arcs).astype(float)
    supply = np.zeros(nodes)
    supply[: 2 * nodes // 5], supply[-(2 * nodes // 5) :] = 100, -100
    frame = {"tail": tails, "head": heads, "cost": costs, "most": upper}
    units = dict(enumerate(supply.tolist()))

    def call():
        if way == "min_cost_flow":
            return transport.min_cost_flow(tails, heads, costs, supply, upper=upper)
        return transport.min_cost_flow_arcs(frame, units, upper="most")

    start = time.monotonic()
    full = call() if arcs < 1_000_000 else None  # ten million arcs take minutes
    span = time.monotonic() - start if full else 10.0
    cheapest = np.full(nodes, np.inf)
    np.minimum.at(cheapest, heads, costs)
    wanted = np.where(supply < 0, -supply, 0)
    floor = wanted[wanted > 0] @ cheapest[wanted > 0]
    late, met = [], 0
    for share in (0.05, 0.2, 0.4, 0.6, 0.8):
        result, latency = interrupted(call, share * span)
        late.append(latency)
        if result is None or result.status is not Status.INTERRUPTED:
            continue
        met += 1
        assert floor * (1 - 1e-12) <= result.bound
        if full:
            assert result.bound <= full.objective
    told = f"optimum after {span:.2f} s" if full else "optimum not waited for"
    print(f"{way}: {told}, Ctrl-C answered within {max(late):.3f} s, {met} solves interrupted")
    assert max(late) < 1
