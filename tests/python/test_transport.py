# SPDX-License-Identifier: MIT
"""The transportation solver against SciPy's HiGHS, and its manners as a Python function."""

from __future__ import annotations

import _thread
import threading
import time

import numpy as np
import pytest

from meio import InputError, Status, transport

POWERCO = np.array([[8, 6, 10, 9], [9, 12, 13, 7], [14, 9, 16, 5]])
SUPPLY = np.array([35, 50, 40])
DEMAND = np.array([45, 20, 30, 30])


def check_certificate(costs, supply, demand, result):
    """The duals prove the flows optimal, by NumPy alone."""
    flows = result.flows
    finite = np.isfinite(costs)
    scale = max(1.0, np.abs(np.where(finite, costs, 0)).max(initial=0))
    reduced = np.where(finite, costs, 0) - result.supply_duals[:, None] - result.demand_duals
    assert (reduced[finite] >= -1e-9 * scale).all()
    assert (np.abs(reduced[flows > 0]) <= 1e-9 * scale).all()
    assert (flows >= 0).all()
    assert not flows[~finite].any()
    np.testing.assert_allclose(flows.sum(0), demand, atol=1e-9 * max(1.0, demand.sum()))
    assert (flows.sum(1) <= supply + 1e-9 * max(1.0, demand.sum())).all()
    assert result.bound <= result.objective
    assert result.gap < 1e-9


def test_warehouses_to_cities():
    """The textbook example costs 1020, and its duals certify it."""
    result = transport.solve(POWERCO, SUPPLY, DEMAND)
    assert result.status is Status.OPTIMAL
    assert result.objective == 1020
    assert result.gap == 0
    check_certificate(POWERCO, SUPPLY, DEMAND, result)
    assert "1020" in repr(result)


def test_any_array_is_accepted_and_left_alone():
    """Strided, read-only, Fortran, integer and nested-list inputs give the same bits."""
    wide = np.zeros((6, 8), dtype=np.int16)
    wide[::2, ::2] = POWERCO
    frozen = POWERCO.astype(float)
    frozen.flags.writeable = False
    before = frozen.tobytes()
    for costs in (wide[::2, ::2], frozen, np.asfortranarray(POWERCO), POWERCO.tolist(), POWERCO.astype(np.float32)):
        result = transport.solve(costs, SUPPLY.tolist(), DEMAND.astype(np.uint8)[::-1][::-1])
        assert result.objective == 1020
        np.testing.assert_array_equal(result.flows, transport.solve(POWERCO, SUPPLY, DEMAND).flows)
    assert frozen.tobytes() == before


def test_wrong_input_names_every_entry():
    """Each finding has its field and position; shapes and options are errors of the same kind."""
    costs = POWERCO.astype(float)
    costs[0, 1], costs[2, 3] = np.nan, -np.inf
    with pytest.raises(InputError) as caught:
        transport.solve(costs, [35, -1, 40], DEMAND)
    text = str(caught.value)
    for part in ("3 problems", "costs[0,1]", "costs[2,3]", "supply[1]"):
        assert part in text
    for call in (
        lambda: transport.solve(POWERCO, SUPPLY[:2], DEMAND),
        lambda: transport.solve(POWERCO.ravel(), SUPPLY, DEMAND),
        lambda: transport.solve([["a"]], [1], [1]),
        lambda: transport.solve(POWERCO, SUPPLY, DEMAND, supply_relation="less"),
        lambda: transport.solve(POWERCO, SUPPLY, DEMAND, balance_tolerance=0.5),
    ):
        with pytest.raises(InputError):
            call()


def test_infeasible_names_the_cut():
    """What is short, who could have helped, by how much; the rest is still shipped."""
    result = transport.solve([[1.0, np.inf], [2.0, 3.0]], [4, 2], [3, 3])
    assert result.status is Status.INFEASIBLE
    assert result.shortage.sources.tolist() == [1]
    assert result.shortage.destinations.tolist() == [1]
    assert result.shortage.amount == 1
    assert result.surplus is None
    assert result.amounts.sum() == 5
    stuck = transport.solve([[1.0, 1.0]], [4], [1, 1], supply_relation="exactly")
    assert stuck.status is Status.INFEASIBLE
    assert stuck.surplus.amount == 2
    placed = transport.solve([[1.0, 2.0]], [4], [1, 1], supply_relation="exactly", demand_relation="at_least")
    assert placed.objective == 5


def test_empty_shapes():
    """Nothing to ship costs nothing."""
    assert transport.solve(np.zeros((0, 0)), [], []).status is Status.OPTIMAL
    assert transport.solve([], [1, 2], []).objective == 0
    assert transport.solve(np.zeros((0, 2)), [], [1, 2]).shortage.amount == 3


def test_time_limit_and_ctrl_c_return_the_best_so_far():
    """Both come back with a status and a valid bound, and raise nothing."""
    rng = np.random.default_rng(1)
    n = 2000
    costs = rng.integers(1, 10000, (n, n)).astype(float)
    supply = np.full(n, 7.0)
    demand = rng.permutation(np.repeat([2.0, 12.0], n // 2))
    early = transport.solve(costs, supply, demand, time_limit=0.001)
    assert early.status is Status.TIME_LIMIT
    timer = threading.Timer(0.02, _thread.interrupt_main)
    start = time.perf_counter()
    timer.start()
    try:
        result = transport.solve(costs, supply, demand)
        timer.join()
        time.sleep(0.05)  # where the solve was quicker than the interrupt, it arrives here
    except KeyboardInterrupt:
        result = transport.solve(costs, supply, demand)
    assert result.status in (Status.INTERRUPTED, Status.OPTIMAL)
    assert time.perf_counter() - start < 20
    full = transport.solve(costs, supply, demand)
    assert full.status is Status.OPTIMAL
    assert early.bound <= full.objective
    assert result.bound <= full.objective


def test_equals_highs():
    """Random problems with absent arcs, ties, zero rows and reals agree with SciPy's HiGHS in status and optimum."""
    pytest.importorskip("scipy")
    pytest.importorskip("hypothesis")
    from hypothesis import given, settings
    from hypothesis import strategies as st
    from scipy.optimize import linprog

    @st.composite
    def problems(draw):
        m, n = draw(st.integers(1, 7)), draw(st.integers(1, 7))
        whole = draw(st.booleans())
        numbers = st.integers(-5, 9) if whole else st.integers(-10_000, 100_000).map(lambda k: k / 1000)
        arc = st.one_of(numbers, st.just(np.inf)) if draw(st.booleans()) else numbers
        mass = st.integers(0, 6) if whole else st.integers(0, 8000).map(lambda k: k / 1000)
        costs = np.array(draw(st.lists(arc, min_size=m * n, max_size=m * n)), dtype=float).reshape(m, n)
        supply = np.array(draw(st.lists(mass, min_size=m, max_size=m)), dtype=float)
        demand = np.array(draw(st.lists(mass, min_size=n, max_size=n)), dtype=float)
        if draw(st.booleans()) and supply.sum() < demand.sum():
            supply[draw(st.integers(0, m - 1))] += demand.sum() - supply.sum()
        return costs, supply, demand

    @settings(max_examples=300, deadline=None)
    @given(problems())
    def agree(problem):
        costs, supply, demand = problem
        m, n = costs.shape
        finite = np.isfinite(costs).ravel()
        rows = np.kron(np.eye(m), np.ones(n))
        columns = np.kron(np.ones(m), np.eye(n))
        bounds = [(0, None) if f else (0, 0) for f in finite]
        truth = linprog(
            np.where(finite, costs.ravel(), 0),
            A_ub=rows,
            b_ub=supply,
            A_eq=columns,
            b_eq=demand,
            bounds=bounds,
            method="highs",
        )
        result = transport.solve(costs, supply, demand)
        if result.status is Status.INFEASIBLE:
            # HiGHS tolerates 1e-7; a smaller shortage is for the cut to prove.
            cut = result.shortage
            assert truth.status == 2 or cut.amount < 1e-5
            assert cut.amount == pytest.approx(demand[cut.destinations].sum() - supply[cut.sources].sum())
            outside = np.setdiff1d(np.arange(m), cut.sources)
            assert np.isinf(costs[np.ix_(outside, cut.destinations)]).all()
            return
        assert result.status is Status.OPTIMAL
        assert truth.status == 0
        # A row may be off by 1e-7 for HiGHS, which is worth that many duals.
        slack = 1e-7 * (np.abs(result.supply_duals).sum() + np.abs(result.demand_duals).sum())
        assert result.objective == pytest.approx(truth.fun, rel=1e-9, abs=1e-6 + slack)
        check_certificate(costs, supply, demand, result)

    agree()


def test_any_doubles_exactly():
    """Numbers from 5e-324 to 1e299: what is called optimal is so in exact arithmetic, and every cut proves a lack."""
    pytest.importorskip("hypothesis")
    pytest.importorskip("highspy")
    import transport_exact_judge as judge
    from hypothesis import given, settings
    from hypothesis import strategies as st

    @st.composite
    def problems(draw):
        m, n = draw(st.integers(1, 5)), draw(st.integers(1, 5))

        def some(lowest, count):
            largest = draw(st.sampled_from([10.0, 1e3, 1e16, 1e40, 1e299]))
            any_size = st.floats(max(lowest, -largest), largest, allow_nan=False)
            near_one = st.integers(max(lowest, -2), 3).map(lambda k: 1.0 + k * 2.0**-52)
            strategy = draw(st.sampled_from([any_size, near_one, st.one_of(any_size, st.integers(0, 5).map(float))]))
            return np.array(draw(st.lists(strategy, min_size=count, max_size=count)))

        costs = some(-10 if draw(st.booleans()) else 0, m * n).reshape(m, n)
        if draw(st.booleans()):
            costs[np.array(draw(st.lists(st.booleans(), min_size=m * n, max_size=m * n))).reshape(m, n)] = np.inf
        if draw(st.booleans()):
            flow = np.where(costs < np.inf, some(0, m * n).reshape(m, n), 0)
            supply, demand = flow.sum(1), flow.sum(0)
        else:
            supply, demand = some(0, m), some(0, n)
        return costs, supply, demand, draw(st.booleans()), draw(st.booleans())

    @settings(max_examples=300, deadline=None)
    @given(problems())
    def exact(problem):
        costs, supply, demand, equal, more = problem
        m, n = costs.shape
        relations = {
            "supply_relation": "exactly" if equal else "at_most",
            "demand_relation": "at_least" if more else "exactly",
        }
        found = transport.solve(costs, supply, demand, **relations)
        absent = np.full(n, np.inf), np.full(m, np.inf), np.full((m, n), np.inf)
        p = judge.Transport(
            "any", costs, supply, demand, int(equal), 2 if more else 1, False, *absent, (costs, supply, demand)
        )
        fields = [found.flows.ravel(), found.supply_duals, found.demand_duals, np.zeros(m + n)]
        for cut in (found.shortage, found.surplus):
            inside = np.zeros(m + n + 1)
            if cut is not None:
                inside[cut.sources] = inside[m + cut.destinations] = 1
            fields.append(inside)
        status = found.status.name.lower()
        answer = judge.Answer(judge.KERNELS.index("front"), status, found.objective, np.concatenate(fields))
        if found.status is Status.INFEASIBLE:
            assert judge.prove(p, answer) > 0
        elif found.status is Status.NUMERICAL_ERROR:
            assert judge.overflows(p)
        else:
            assert found.status is Status.OPTIMAL
            assert judge.check(p, answer) == ""
            assert found.gap <= 1e-7
            assert found.bound <= found.objective

    exact()
