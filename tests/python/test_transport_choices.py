# SPDX-License-Identifier: MIT
"""Choices of a transport solve: the kernel, prices of shortage and overflow, warm starts, relations of single nodes."""

from __future__ import annotations

import numpy as np
import pytest

from meio import InputError, Status, transport

KERNELS = ("automatic", "tiny", "dense", "warehouse", "flow", "linear")


def problem(seed, sources, destinations, short=1.0):
    """Whole-number costs and amounts; total supply is `short` times the demand."""
    rng = np.random.default_rng(seed)
    costs = rng.integers(1, 100, (sources, destinations)).astype(float)
    demand = rng.integers(1, 20, destinations).astype(float)
    supply = np.ceil(short * demand.sum() * rng.dirichlet(np.ones(sources)))
    supply[0] += max(0.0, np.ceil(short * demand.sum()) - supply.sum())
    return costs, supply, demand


def by_highs(costs, supply, demand, shortage=None, overflow=None):
    """The optimum by HiGHS, unserved demand and overflow as further columns."""
    optimize = pytest.importorskip("scipy.optimize")
    m, n = costs.shape
    send, take = np.kron(np.eye(m), np.ones(n)), np.kron(np.ones(m), np.eye(n))
    short = np.full(n, np.inf) if shortage is None else np.broadcast_to(shortage, n)
    over = np.full(m, np.inf) if overflow is None else np.broadcast_to(overflow, m)
    money = np.r_[costs.ravel(), np.where(np.isinf(short), 0, short), np.where(np.isinf(over), 0, over)]
    upper = np.r_[np.full(m * n, np.inf), np.where(np.isinf(short), 0, np.inf), np.where(np.isinf(over), 0, np.inf)]
    found = optimize.linprog(
        money,
        A_ub=np.hstack([send, np.zeros((m, n)), -np.eye(m)]),
        b_ub=supply,
        A_eq=np.hstack([take, np.eye(n), np.zeros((n, m))]),
        b_eq=demand,
        bounds=np.c_[np.zeros(money.size), upper],
    )
    assert found.status == 0
    return found.fun


@pytest.mark.parametrize("shape", [(3, 4), (8, 15), (20, 31)])
def test_every_kernel_gives_one_objective(shape):
    """Each kernel proves the same optimum, with and without prices, and says that it was it."""
    for seed in range(3):
        costs, supply, demand = problem(seed, *shape, short=0.8)
        for prices in ({"shortage_prices": 60.0}, {"shortage_prices": np.linspace(5, 300, shape[1])}):
            optimum = by_highs(costs, supply, demand, prices["shortage_prices"])
            for kernel in KERNELS:
                result = transport.solve(costs, supply, demand, kernel=kernel, **prices)
                assert result.status is Status.OPTIMAL
                assert result.objective == pytest.approx(optimum, rel=1e-9)
                assert kernel in ("automatic", result.kernel)
                np.testing.assert_allclose(result.flows.sum(0) + result.unserved, demand)
                assert result.overflow.size == 0
        costs, supply, demand = problem(seed, *shape, short=1.2)
        objectives = {transport.solve(costs, supply, demand, kernel=kernel).objective for kernel in KERNELS[:-1]}
        assert len(objectives) == 1


def test_overflow_has_a_price():
    """What leaves beyond the supply costs its price, dense and sparse alike."""
    sparse = pytest.importorskip("scipy.sparse")
    for seed in range(5):
        costs, supply, demand = problem(seed, 4, 9, short=0.6)
        over = np.array([10.0, np.inf, 35.0, 2.0])
        prices = {"shortage_prices": 90, "overflow_prices": over}
        optimum = by_highs(costs, supply, demand, 90, over)
        for given in (costs, sparse.coo_matrix(costs)):
            result = transport.solve(given, supply, demand, **prices)
            assert result.objective == pytest.approx(optimum, rel=1e-9)
            assert result.overflow[1] == 0
            assert (result.flows.sum(1) <= supply + result.overflow + 1e-9).all()
    unbounded = transport.solve([[-5.0, 1.0]], [1], [1, 1], overflow_prices=2, demand_relation="at_least")
    assert (unbounded.status, unbounded.ray) == (Status.UNBOUNDED, (0, 0))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"kernel": "fast"}, "kernel = 'fast': must be one of automatic, tiny"),
        ({"kernel": None}, "must be one of"),
        ({"shortage_prices": [1.0]}, "shortage_prices = 1 entries: must have 2 entries, or be a number"),
        ({"shortage_prices": "dear"}, "shortage_prices"),
        ({"overflow_prices": -1}, r"overflow_prices\[0\] = -1"),
        ({"overflow_prices": np.nan}, "overflow_prices"),
    ],
)
def test_wrong_choices_are_named(options, told):
    """A kernel that is none, and prices that are none, are refused by name."""
    with pytest.raises(InputError, match=told):
        transport.solve([[1, 2], [3, 4]], [2, 2], [1, 1], **options)


def test_sparse_costs_take_one_kernel():
    """A kernel for matrices is refused where costs are sparse."""
    sparse = pytest.importorskip("scipy.sparse")
    costs = sparse.csr_matrix(np.ones((2, 2)))
    assert transport.solve(costs, [2, 2], [1, 1], kernel="warehouse").kernel == "warehouse"
    with pytest.raises(InputError, match="kernel = 'dense'"):
        transport.solve(costs, [2, 2], [1, 1], kernel="dense")


def test_the_solver_leaves_demand_unserved_at_its_price():
    """Warm solves with prices of shortage equal cold ones, and their duals too."""
    costs, supply, demand = problem(3, 6, 11, short=0.7)
    prices = np.linspace(10, 120, 11)
    solver = transport.Solver(6, 11, shortage_prices=prices)
    rng = np.random.default_rng(0)
    assert solver.solve(costs, supply, demand) is Status.OPTIMAL
    for _ in range(20):
        demand = rng.integers(1, 20, 11).astype(float)
        assert solver.resolve(demand=demand) is Status.OPTIMAL
        cold = transport.solve(costs, supply, demand, shortage_prices=prices)
        assert solver.objective == cold.objective
        np.testing.assert_allclose(solver.flows.sum(0) + solver.unserved, demand)
        assert solver.supply_duals.shape == (6,)
        assert supply @ solver.supply_duals + demand @ solver.demand_duals == pytest.approx(cold.objective)
    costs = costs[::-1].copy()
    assert solver.resolve_costs(costs) is Status.OPTIMAL
    assert solver.objective == transport.solve(costs, supply, demand, shortage_prices=prices).objective
    assert transport.Solver(2, 2).unserved.size == 0
    with pytest.raises(InputError, match=r"shortage_prices.*goes with"):
        transport.Solver(2, 2, supply_relation="exactly", shortage_prices=1)
    with pytest.raises(InputError, match=r"shortage_prices\[0\] = -1"):
        transport.Solver(2, 2, shortage_prices=-1)


def lanes(seed, capacities=False):
    """A frame of arcs with names, tight supply."""
    rng = np.random.default_rng(seed)
    m, n, each = 12, 600, 5
    source = np.concatenate([rng.choice(m, each, replace=False) for _ in range(n)])
    demand = rng.integers(1, 30, n).astype(float)
    share = rng.dirichlet(np.full(m, 5.0))
    arcs = {
        "source": [f"w{i}" for i in source],
        "destination": [f"c{j}" for j in np.repeat(np.arange(n), each)],
        "cost": rng.integers(1, 1000, n * each).astype(float),
    }
    if capacities:
        arcs["most"] = rng.integers(10, 40, n * each).astype(float)
    supply = {f"w{i}": float(np.ceil(1.3 * demand.sum() * share[i])) for i in range(m)}
    return arcs, supply, {f"c{j}": d for j, d in enumerate(demand.tolist())}


@pytest.mark.parametrize("capacities", [False, True])
def test_arcs_start_warm(capacities):
    """A basis saves pivots on the same and on similar problems, and never changes the optimum."""
    arcs, supply, demand = lanes(1, capacities)
    options = {"shortage_prices": dict.fromkeys(demand, 5000.0)} | ({"capacity": "most"} if capacities else {})
    cold = transport.solve_arcs(arcs, supply, demand, **options)
    again = transport.solve_arcs(arcs, supply, demand, start=cold.basis, **options)
    assert again.pivots == 0
    assert again.objective == cold.objective
    assert "12 x 600" in repr(cold.basis)
    dearer = arcs | {"cost": np.asarray(arcs["cost"]) + (np.arange(len(arcs["cost"])) % 97 == 0)}
    warm = transport.solve_arcs(dearer, supply, demand, start=cold.basis, **options)
    assert warm.objective == transport.solve_arcs(dearer, supply, demand, **options).objective
    assert warm.pivots < 200
    # Names in another order, or other names: the prices serve.
    shuffled = dict(reversed(supply.items()))
    turned = transport.solve_arcs(arcs, shuffled, demand, start=cold.basis, **options)
    assert turned.objective == cold.objective
    fewer = {name: value for name, value in demand.items() if name != "c7"}
    keep = [k for k, name in enumerate(arcs["destination"]) if name != "c7"]
    rest = {name: [values[k] for k in keep] for name, values in arcs.items()}
    options["shortage_prices"] = dict.fromkeys(fewer, 5000.0)
    warm = transport.solve_arcs(rest, supply, fewer, start=cold.basis, **options)
    assert warm.objective == transport.solve_arcs(rest, supply, fewer, **options).objective
    with pytest.raises(InputError, match="start = int: must be the basis"):
        transport.solve_arcs(arcs, supply, demand, start=3)


def test_arcs_price_overflow():
    """Overflow by name: the optimum of the matrix, and the units by source."""
    arcs = {"source": ["A", "A", "B"], "destination": ["x", "y", "y"], "cost": [1.0, 4.0, 2.0]}
    result = transport.solve_arcs(arcs, {"A": 2, "B": 1}, {"x": 4, "y": 4}, overflow_prices={"A": 10})
    assert result.objective == 4 * 1 + 3 * 4 + 1 * 2 + 5 * 10
    assert result.overflow == {"A": 5.0, "B": 0.0}
    matrix = transport.solve([[1, 4], [np.inf, 2]], [2, 1], [4, 4], overflow_prices=[10, np.inf])
    assert matrix.objective == result.objective
    with pytest.raises(InputError, match=r"overflow_prices.*must be a name of supply"):
        transport.solve_arcs(arcs, {"A": 2, "B": 1}, {"x": 4, "y": 4}, overflow_prices={"C": 10})


def test_a_second_arc_is_told_by_both_names():
    """The error about a repeated arc names its row, its source and its destination."""
    arcs = {"source": ["B", "A", "A"], "destination": ["x", "y", "y"], "cost": [1.0, 4.0, 2.0]}
    with pytest.raises(InputError, match=r"arcs.source\[2\] = 'A': a second arc to 'y'"):
        transport.solve_arcs(arcs, {"A": 2, "B": 1}, {"x": 1, "y": 1})


def test_single_nodes_have_relations():
    """Relations by node, by number and by name: what stays, stays where it is cheapest for it to."""
    ends = {"tails": [0, 1], "heads": [2, 2], "costs": [1, 3], "supply": [5, 5, -6]}
    assert transport.min_cost_flow(**ends).status is Status.INFEASIBLE
    loose = transport.min_cost_flow(**ends, supply_relation="at_most")
    assert loose.objective == 8
    first = transport.min_cost_flow(**ends, relations={0: "at_most"})
    assert (first.objective, first.flows.tolist()) == (16.0, [1.0, 5.0])
    second = transport.min_cost_flow(**ends, relations={1: "at_most"})
    assert (second.objective, second.flows.tolist()) == (8.0, [5.0, 1.0])
    more = transport.min_cost_flow(**ends, relations={np.int64(2): "at_least"})
    assert more.objective == 20
    strict = transport.min_cost_flow(**ends, supply_relation="at_most", relations={1: "exactly"})
    assert strict.objective == 16
    arcs = {"tail": ["a", "b"], "head": ["c", "c"], "cost": [1, 3]}
    named = transport.min_cost_flow_arcs(arcs, {"a": 5, "b": 5, "c": -6}, relations={"b": "at_most"})
    assert named.objective == 8
    for wrong, told in (
        ({7: "at_most"}, "relations.7.*must be the number of a node"),
        ({True: "at_most"}, "must be the number of a node"),
        ({0: "some"}, "must be one of at_most"),
        ({2: "at_most"}, r"relations.2.*a demand is at_least or exactly"),
        (["at_most"], "must be a mapping"),
    ):
        with pytest.raises(InputError, match=told):
            transport.min_cost_flow(**ends, relations=wrong)
    with pytest.raises(InputError, match="must be the name of a node"):
        transport.min_cost_flow_arcs(arcs, {"a": 5, "b": 5, "c": -6}, relations={"d": "at_most"})
