# SPDX-License-Identifier: MIT
"""Batches, warm solvers, sparse and tabular problems, and POT's call shape, each against `transport.solve`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meio import InputError, Status, transport

POWERCO = np.array([[8, 6, 10, 9], [9, 12, 13, 7], [14, 9, 16, 5]])


@given(st.integers(0, 2**32 - 1))
def test_batch_equals_one_by_one(seed):
    """Objectives, statuses, duals and flows of a batch are those of its scenarios, with shared or own inputs."""
    draw = np.random.default_rng(seed)
    m, n, count = draw.integers(1, 5), draw.integers(1, 6), draw.integers(1, 90)
    costs = draw.integers(0, 20, (count, m, n) if seed % 2 else (m, n)).astype(float)
    supply = draw.integers(0, 12, (m,)) + 3.0
    demand = draw.integers(0, 9, (count, n)).astype(float)
    batch = transport.solve_batch(costs, supply, demand, flows=True)
    assert batch.status is Status.OPTIMAL
    for s in range(count):
        c = costs[s] if costs.ndim == 3 else costs
        one = transport.solve(c, supply, demand[s])
        assert batch.statuses[s] is one.status
        if one.status is not Status.OPTIMAL:
            assert np.isnan(batch.objectives[s])
            continue
        assert batch.objectives[s] == one.objective
        assert (batch.flows[s] * c).sum() == one.objective
        assert batch.supply_duals[s] @ supply + batch.demand_duals[s] @ demand[s] == one.objective
        assert (c - batch.supply_duals[s][:, None] - batch.demand_duals[s] >= 0).all()


def test_batch_threads_and_gradients():
    """Threads leave no trace; averaged duals are the gradient of the mean objective; a zero limit leaves all undone."""
    draw = np.random.default_rng(1)
    demand = 1 + 29 * draw.random((300, 4))
    supply = np.array([50.3, 40.1, 60.7])
    one = transport.solve_batch(POWERCO, supply, demand, threads=1)
    two = transport.solve_batch(POWERCO, supply, demand, threads=2)
    np.testing.assert_array_equal(one.demand_duals, two.demand_duals)
    _, gradient = one.mean_duals()
    more = transport.solve_batch(POWERCO, supply, demand + np.array([1e-6, 0, 0, 0]))
    assert (more.objectives.mean() - one.objectives.mean()) / 1e-6 == pytest.approx(gradient[0], abs=1e-3)
    undone = transport.solve_batch(POWERCO, supply, demand, time_limit=0.0)
    assert undone.status is Status.TIME_LIMIT
    assert set(undone.statuses) == {Status.TIME_LIMIT}
    with pytest.raises(ValueError, match="weights"):
        one.mean_duals([1.0])


def test_batch_wrong_input():
    """Shapes that do not match and a NaN in one scenario are named."""
    with pytest.raises(InputError, match="same number"):
        transport.solve_batch(POWERCO, np.ones((3, 3)), np.ones((4, 4)))
    demand = np.ones((5, 4))
    demand[3, 2] = np.nan
    with pytest.raises(InputError, match="scenario 3, entry 2"):
        transport.solve_batch(POWERCO, [9, 9, 9], demand)


@given(st.integers(0, 2**32 - 1))
def test_solver_warm_equals_cold(seed):
    """A warm solver answers as a cold one after any change of amounts or costs."""
    draw = np.random.default_rng(seed)
    m, n = draw.integers(1, 6, 2)
    solver = transport.Solver(m, n)
    costs = draw.integers(-3, 15, (m, n)).astype(float)
    supply, demand = draw.integers(0, 9, m) + 2.0, draw.integers(0, 6, n) + 0.0
    solver.solve(costs, supply, demand)
    for step in range(6):
        kind = draw.integers(3)
        if kind == 0:
            demand = draw.integers(0, 6, n) + 0.0
            status = solver.resolve(demand=demand)
        elif kind == 1:
            supply = draw.integers(0, 9, m) + 2.0
            status = solver.resolve(supply=supply)
        else:
            costs = draw.integers(-3, 15, (m, n)).astype(float)
            status = solver.resolve_costs(costs)
        cold = transport.solve(costs, supply, demand)
        assert status is cold.status, step
        if status is Status.OPTIMAL:
            assert solver.objective == cold.objective
            assert (solver.flows * costs).sum() == cold.objective
            assert solver.supply_duals @ supply + solver.demand_duals @ demand == cold.objective


def test_solver_manners():
    """Wrong shapes, NaN and a resolve before any solve are told apart; the caller's arrays stay as they are."""
    solver = transport.Solver(3, 4)
    with pytest.raises(RuntimeError, match=r"solve\(\) first"):
        solver.resolve(demand=[1, 1, 1, 1])
    with pytest.raises(InputError, match="shape"):
        solver.solve(POWERCO.T, [1, 1, 1], [1, 1, 1, 0])
    with pytest.raises(InputError, match="1,2"):
        solver.solve(np.where(np.arange(12).reshape(3, 4) == 6, np.nan, POWERCO), [35, 50, 40], [45, 20, 30, 30])
    with pytest.raises(InputError, match="supply"):
        solver.solve(POWERCO, [35, -1, 40], [45, 20, 30, 30])
    fixed = POWERCO.astype(float)
    fixed.setflags(write=False)
    assert solver.solve(fixed, [35, 50, 40], [45, 20, 30, 30]) is Status.OPTIMAL
    assert solver.objective == 1020
    assert "1020" in repr(solver)
    with pytest.raises(InputError):
        transport.Solver(0, 3)


@given(st.integers(0, 2**32 - 1))
def test_sparse_equals_dense(seed):
    """A sparse matrix, its dense form with inf, and a table of its arcs give one optimum."""
    sparse = pytest.importorskip("scipy.sparse")
    draw = np.random.default_rng(seed)
    m, n = draw.integers(1, 6), draw.integers(1, 12)
    there = draw.random((m, n)) < 0.6
    costs = np.where(there, draw.integers(0, 15, (m, n)), np.inf)
    supply, demand = draw.integers(0, 20, m) + 0.0, draw.integers(0, 5, n) + 0.0
    rows, columns = np.nonzero(there)
    matrix = sparse.csr_matrix(
        sparse.coo_matrix((costs[rows, columns] + 1, (rows, columns)), shape=(m, n))
    )  # + 1: no stored zero is lost
    dense = transport.solve(costs + 1, supply, demand)
    thin = transport.solve(matrix, supply, demand)
    arcs = {
        "source": [f"s{i}" for i in rows],
        "destination": [f"d{j}" for j in columns],
        "cost": costs[rows, columns] + 1,
    }
    table = transport.solve_arcs(
        arcs, {f"s{i}": a for i, a in enumerate(supply)}, {f"d{j}": b for j, b in enumerate(demand)}
    )
    assert thin.status is dense.status
    assert table.status is dense.status
    if dense.status is Status.OPTIMAL:
        assert thin.objective == dense.objective
        assert table.objective == dense.objective
        assert sum(a * c for a, c in zip(table.flows["amount"], table.flows["cost"], strict=True)) == dense.objective
    elif dense.status is Status.INFEASIBLE:
        assert table.shortage is not None
        short, helpers, lacking = table.shortage
        assert lacking == sum(demand[int(d[1:])] for d in short) - sum(supply[int(s[1:])] for s in helpers)


def test_arcs_keep_the_frame_library():
    """A pandas frame in, a pandas frame out; names, capacities and shortage prices mean what they say."""
    pandas = pytest.importorskip("pandas")
    arcs = pandas.DataFrame(
        {"plant": ["A", "A", "B"], "city": ["x", "y", "y"], "toll": [1.0, 4.0, 2.0], "most": [2.0, 9.0, 9.0]}
    )
    result = transport.solve_arcs(
        arcs,
        {"A": 5, "B": 3},
        {"x": 4, "y": 4},
        source="plant",
        destination="city",
        cost="toll",
        capacity="most",
        shortage_prices={"x": 10.0},
    )
    assert result.status is Status.OPTIMAL
    assert isinstance(result.flows, pandas.DataFrame)
    assert result.unserved == {"x": 2.0, "y": 0.0}
    assert result.objective == 2 * 1 + 1 * 4 + 3 * 2 + 2 * 10
    assert result.flows["amount"].sum() == 6


def test_arcs_wrong_input():
    """Missing columns, unknown names and repeated arcs are named."""
    arcs = {"source": ["A", "Z"], "destination": ["x", "x"], "cost": [1.0, 2.0]}
    with pytest.raises(InputError, match="'Z'"):
        transport.solve_arcs(arcs, {"A": 5}, {"x": 4})
    with pytest.raises(InputError, match="price"):
        transport.solve_arcs(arcs, {"A": 5}, {"x": 4}, cost="price")
    twice = {"source": ["A", "A"], "destination": ["x", "x"], "cost": [1.0, 2.0]}
    with pytest.raises(InputError):
        transport.solve_arcs(twice, {"A": 5}, {"x": 4})


def test_emd_has_the_known_call_shape():
    """Plans, costs and logs come as `ot.emd` gives them; masses that differ by rounding are no error."""
    draw = np.random.default_rng(3)
    a, b = draw.random(20), draw.random(30)
    a, b = a / a.sum(), b / b.sum() * (1 + 1e-12)
    costs = draw.random((20, 30))
    plan, log = transport.emd(a, b, costs, log=True)
    np.testing.assert_allclose(plan.sum(1), a, atol=1e-10)
    np.testing.assert_allclose(plan.sum(0), b, atol=1e-10)
    assert log["result_code"] == 1
    assert log["warning"] is None
    assert log["cost"] == pytest.approx((plan * costs).sum(), rel=1e-12)
    assert transport.emd2(a, b, costs) == log["cost"]
    assert (costs - log["u"][:, None] - log["v"] >= -1e-12).all()
    np.testing.assert_array_equal(transport.emd([], [], np.eye(2)[::-1]), np.eye(2) / 2)
    with pytest.warns(UserWarning, match="simplex"):
        transport.emd([0.5, 0.5], [0.1, 0.2], np.ones((2, 2)))
