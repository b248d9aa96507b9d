# SPDX-License-Identifier: MIT
"""Bad and extreme input through every transport kernel: one error that names the place, or an answer judged outside."""

from __future__ import annotations

import numpy as np
import pytest

from meio import InputError, Status, transport

pytest.importorskip("highspy")
import transport_exact_judge as judge

COSTS = np.array([[0.8, 0.3, 1.1], [0.9, np.inf, 0.2]])
SUPPLY = np.array([0.7, 0.9])
DEMAND = np.array([0.4, 0.6, 0.5])
KERNELS = "automatic", "tiny", "dense", "warehouse", "flow", "linear"
INFINITE = np.full(3, np.inf), np.full(2, np.inf), np.full((2, 3), np.inf)


def with_entry(array, place, value):
    """Return a copy with one entry changed."""
    changed = array.copy()
    changed[place] = value
    return changed


def by_arcs(costs, supply, demand):
    """Solve the same as a table of arcs."""
    i, j = np.nonzero(~(costs == np.inf))
    table = {"source": i.astype(str), "destination": j.astype(str), "cost": costs[i, j]}
    names = [{str(k): v for k, v in enumerate(amounts)} for amounts in (supply, demand)]
    return transport.solve_arcs(table, *names)


def by_flow(costs, supply, demand):
    """Solve the same as a network."""
    m = supply.size
    i, j = np.nonzero(~(costs == np.inf))
    amounts = np.concatenate([supply, -demand])
    return transport.min_cost_flow(i, m + j, costs[i, j], amounts, supply_relation="at_most")


def by_solver(costs, supply, demand):
    """Solve the same by the solver that is kept."""
    solver = transport.Solver(*costs.shape)
    solver.solve(costs, supply, demand)
    return solver


ENTRIES = [
    *((kernel, lambda c, a, b, kernel=kernel: transport.solve(c, a, b, kernel=kernel)) for kernel in KERNELS),
    ("arcs", by_arcs),
    ("network", by_flow),
    ("solver", by_solver),
    ("batch", lambda c, a, b: transport.solve_batch(c, [a, a], [b, b])),
]
entries = pytest.mark.parametrize("solve", [f for _, f in ENTRIES], ids=[name for name, _ in ENTRIES])
kernels = pytest.mark.parametrize("kernel", KERNELS)


@entries
@pytest.mark.parametrize("bad", [np.nan, -np.inf])
def test_a_bad_cost_anywhere_is_refused(solve, bad):
    """NaN and -inf, at each position."""
    for place in np.ndindex(COSTS.shape):
        with pytest.raises(InputError, match="cost"):
            solve(with_entry(COSTS, place, bad), SUPPLY, DEMAND)


@entries
@pytest.mark.parametrize("bad", [np.nan, -np.inf, -1e-300, -1.0])
def test_a_bad_amount_anywhere_is_refused(solve, bad, request):
    """NaN and what is below zero, at each position; a network takes demand as supply below zero."""
    network = "network" in request.node.callspec.id
    if network and np.isfinite(bad):
        pytest.skip("the sign says which is which")
    for i in range(2):
        with pytest.raises(InputError, match="supply"):
            solve(COSTS, with_entry(SUPPLY, i, bad), DEMAND)
    for j in range(3):
        with pytest.raises(InputError, match="supply" if network else "demand"):
            solve(COSTS, SUPPLY, with_entry(DEMAND, j, bad))


@entries
def test_shapes_that_do_not_match_are_refused(solve, request):
    """A row, a column, a supply or a demand too many or too few."""
    if "arcs" in request.node.callspec.id or "network" in request.node.callspec.id:
        pytest.skip("these name their ends")
    for call in (
        (COSTS[:1], SUPPLY, DEMAND),
        (COSTS[:, :2], SUPPLY, DEMAND),
        (COSTS, SUPPLY[:1], DEMAND),
        (COSTS, SUPPLY, np.append(DEMAND, 1.0)),
        (COSTS.ravel(), SUPPLY, DEMAND),
    ):
        with pytest.raises(InputError):
            transport.solve(*call) if "solver" in request.node.callspec.id else solve(*call)


def judged(costs, supply, demand, found):
    """Judge an answer of `solve` in exact arithmetic."""
    p = judge.Transport("bad", costs, supply, demand, 0, 1, False, *INFINITE, (costs, supply, demand))
    fields = [found.flows.ravel(), found.supply_duals, found.demand_duals, np.zeros(5)]
    for cut in (found.shortage, found.surplus):
        inside = np.zeros(6)
        if cut is not None:
            inside[cut.sources] = inside[2 + cut.destinations] = 1
        fields.append(inside)
    answer = judge.Answer(judge.KERNELS.index("front"), "", found.objective, np.concatenate(fields))
    return judge.check(p, answer) if found.status is Status.OPTIMAL else judge.prove(p, answer)


@kernels
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_supply_short_by_rounding(kernel, scale):
    """1e-12 of the total is rounding, and shows as a residual; 1e-6 is a shortage, and the cut says of how much."""
    supply = scale * SUPPLY * (DEMAND.sum() / SUPPLY.sum())
    demand = scale * DEMAND
    reference = transport.solve(COSTS, supply * (1 + 1e-12), demand, kernel="dense").objective
    found = transport.solve(COSTS, supply * (1 - 1e-12), demand, kernel=kernel)
    assert found.status is Status.OPTIMAL
    assert judged(COSTS, supply * (1 - 1e-12), demand, found) == ""
    assert found.objective == pytest.approx(reference, rel=1e-10)
    assert found.primal_residual <= 1e-11 * demand.sum()
    short = transport.solve(COSTS, supply * (1 - 1e-6), demand, kernel=kernel)
    assert short.status is Status.INFEASIBLE
    assert short.shortage.amount == pytest.approx(1e-6 * demand.sum(), rel=1e-6)
    assert judged(COSTS, supply * (1 - 1e-6), demand, short) > 0


@pytest.mark.parametrize("kernel", KERNELS[:-1])
def test_whole_supply_short_by_one_in_a_million_million(kernel):
    """Whole numbers are not rounded: a unit less is a shortage of one unit."""
    supply, demand = np.array([4e11, 6e11]), np.array([3e11, 2e11, 5e11])
    assert transport.solve(COSTS, supply, demand, kernel=kernel).status is Status.OPTIMAL
    short = transport.solve(COSTS, supply - [0, 1], demand, kernel=kernel)
    assert short.status is Status.INFEASIBLE
    assert short.shortage.amount == 1


@kernels
def test_one_cost_of_1e300(kernel):
    """Where it is not needed it changes no digit of the optimum; where it is, it is paid; never a wrong optimum."""
    for place in np.ndindex(COSTS.shape):
        if COSTS[place] == np.inf:
            continue
        huge, absent = with_entry(COSTS, place, 1e300), with_entry(COSTS, place, np.inf)
        found = transport.solve(huge, SUPPLY, DEMAND, kernel=kernel)
        without = transport.solve(absent, SUPPLY, DEMAND)
        if without.status is Status.OPTIMAL:
            assert found.status is Status.OPTIMAL
            assert found.objective == pytest.approx(without.objective, rel=1e-13)
            assert found.flows[place] == 0
        else:
            assert found.status is Status.OPTIMAL or kernel == "linear"
            assert found.status is not Status.INFEASIBLE
            if found.status is Status.OPTIMAL:
                assert found.flows[place] == pytest.approx(without.shortage.amount, rel=1e-9)
        if found.status is Status.OPTIMAL:
            assert judged(huge, SUPPLY, DEMAND, found) == ""


@kernels
def test_a_demand_or_supply_of_any_size_beside_others(kernel):
    """From 5e-324 to 1e299 beside amounts of about one: optimal in exact arithmetic, or a cut that proves the lack."""
    for size in (5e-324, 1e-300, 1e-30, 1e30, 1e299):
        for amounts in ((with_entry(SUPPLY, 1, size), DEMAND), (SUPPLY, with_entry(DEMAND, 0, size))):
            found = transport.solve(COSTS, *amounts, kernel=kernel)
            verdict = judged(COSTS, *amounts, found)
            if kernel == "linear" and found.status not in (Status.OPTIMAL, Status.INFEASIBLE):
                continue
            assert found.status in (Status.OPTIMAL, Status.INFEASIBLE)
            assert verdict == "" if found.status is Status.OPTIMAL else verdict > 0
