# SPDX-License-Identifier: MIT
"""Min-cost flow from Python: against HiGHS, its certificates recomputed by NumPy, its manners with names and frames."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meio import InputError, Status, transport

LANES = {
    "tail": ["plant", "plant", "hub", "hub"],
    "head": ["hub", "east", "east", "west"],
    "cost": [1.0, 4.0, 2.0, 2.5],
    "most": [9, 9, 4, 9],
}
WANTED = {"plant": 10, "east": -6, "west": -4}


@st.composite
def networks(draw):
    """Small networks, whole or real, with ties, loops, parallel arcs, bounds, and often no feasible or bounded flow."""
    n, a = draw(st.integers(1, 6)), draw(st.integers(0, 12))
    unit = draw(st.sampled_from([1.0, 0.125]))  # whole and real numbers well above the tolerances of HiGHS

    def arcs(strategy):
        return unit * np.array(draw(st.lists(strategy, min_size=a, max_size=a)), dtype=float)

    costs = arcs(st.integers(-2, 9))
    size = st.integers(0, 9)
    lower = arcs(st.one_of(st.just(0), st.integers(-3, 2)) if draw(st.booleans()) else st.just(0))
    upper = lower + arcs(st.one_of(size, st.just(np.inf)))
    ends = st.lists(st.integers(0, n - 1), min_size=a, max_size=a)
    tails, heads = np.array(draw(ends), dtype=int), np.array(draw(ends), dtype=int)
    if draw(st.booleans()):  # balanced by a flow that exists
        some = np.minimum(lower + 2 * unit, upper)
        supply = np.bincount(tails, some, n) - np.bincount(heads, some, n)
    else:
        supply = unit * np.array(draw(st.lists(st.integers(-3, 3), min_size=n, max_size=n)), dtype=float)
    relations = draw(st.sampled_from(["exactly", "at_most"])), draw(st.sampled_from(["exactly", "at_least"]))
    return tails, heads, costs, lower, upper, supply, relations


def balance(tails, heads, flows, n):
    return np.bincount(tails, flows, n) - np.bincount(heads, flows, n)


def truth(problem, costs):
    """The problem by HiGHS."""
    from scipy.optimize import linprog

    tails, heads, _, lower, upper, supply, (send, take) = problem
    n, a = supply.size, costs.size
    matrix = np.zeros((n, a))
    np.add.at(matrix, (tails, np.arange(a)), 1)
    np.add.at(matrix, (heads, np.arange(a)), -1)
    free = (supply > 0) & (send == "at_most") | (supply < 0) & (take == "at_least")
    rows = {"A_ub": matrix[free], "b_ub": supply[free], "A_eq": matrix[~free], "b_eq": supply[~free]}
    rows["A_ub"], rows["A_eq"] = (np.column_stack((rows[name], np.zeros(len(rows[name])))) for name in ("A_ub", "A_eq"))
    bounds = [*zip(lower, upper, strict=True), (0, 0)]  # SciPy wants one variable at least
    return linprog([*costs, 0], bounds=bounds, method="highs", **rows), free


def check_cut(problem, cut, shortage):
    """The nodes of a cut miss balance by its amount, whatever flows."""
    tails, heads, _, lower, upper, supply, (send, take) = problem
    inside = np.isin(np.arange(supply.size), cut.nodes)
    enters, leaves = ~inside[tails] & inside[heads], inside[tails] & ~inside[heads]
    if shortage:
        lacking = -supply[inside].sum() - upper[enters].sum() + lower[leaves].sum()
    else:
        assert not (inside & ((supply > 0) & (send == "at_most") | (supply < 0) & (take == "at_least"))).any()
        lacking = supply[inside].sum() - upper[leaves].sum() + lower[enters].sum()
    assert cut.amount > 0
    assert lacking == pytest.approx(cut.amount, abs=1e-9)


@settings(max_examples=300)
@given(networks())
def test_equals_highs(problem):
    """Status and optimum agree with HiGHS; every claim is proven by NumPy alone: duals, cuts, rays."""
    tails, heads, costs, lower, upper, supply, (send, take) = problem
    result = transport.min_cost_flow(
        tails, heads, costs, supply, lower=lower, upper=upper, supply_relation=send, demand_relation=take
    )
    feasible, free = truth(problem, 0 * costs)
    if result.status is Status.INFEASIBLE:
        assert feasible.status == 2
        assert result.shortage is not None or result.surplus is not None
        for cut, shortage in ((result.shortage, True), (result.surplus, False)):
            if cut is not None:
                check_cut(problem, cut, shortage)
        assert result.bound == np.inf
        return
    assert feasible.status == 0
    left = supply - balance(tails, heads, result.flows, supply.size)
    assert (np.abs(left[~free]) <= 1e-9).all()
    assert (left[free] >= -1e-9).all()
    assert ((result.flows >= lower - 1e-9) & (result.flows <= upper + 1e-9)).all()
    assert result.objective == pytest.approx(costs @ result.flows, abs=1e-9)
    if result.status is Status.UNBOUNDED:
        assert result.ray is not None
        assert (heads[result.ray] == np.roll(tails[result.ray], -1)).all()
        assert np.isinf(upper[result.ray]).all()
        assert costs[result.ray].sum() < 0
        return
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(truth(problem, costs)[0].fun, rel=1e-9, abs=1e-7)
    reduced = costs - result.potentials[tails] + result.potentials[heads]
    np.testing.assert_allclose(result.reduced_costs, reduced, atol=1e-12)
    assert (reduced[result.flows < upper - 1e-9] >= -1e-9).all()
    assert (reduced[result.flows > lower + 1e-9] <= 1e-9).all()
    assert (result.potentials[free] <= 1e-9).all()
    assert np.abs(result.potentials[free] * left[free]).max(initial=0) <= 1e-7
    priced = np.abs(reduced) > 1e-9
    dual = supply @ result.potentials + np.where(reduced > 0, lower, upper)[priced] @ reduced[priced]
    assert dual == pytest.approx(result.objective, rel=1e-9, abs=1e-7)
    assert result.bound <= result.objective
    assert result.gap <= 1e-9
    # From its own basis nothing is left to do; from it after a change of costs, the answer is that of a cold start.
    bounds = {"lower": lower, "upper": upper, "supply_relation": send, "demand_relation": take}
    again = transport.min_cost_flow(tails, heads, costs, supply, start=result.basis, **bounds)
    assert again.objective == pytest.approx(result.objective, abs=1e-9)
    warm = transport.min_cost_flow(tails, heads, 1 - costs, supply, start=result.basis, **bounds)
    cold = transport.min_cost_flow(tails, heads, 1 - costs, supply, **bounds)
    assert warm.status is cold.status
    if cold.status is Status.OPTIMAL:
        assert warm.objective == pytest.approx(cold.objective, abs=1e-9)


@st.composite
def wide_networks(draw):
    """As `networks`, with numbers of any size in one network."""
    n, a = draw(st.integers(1, 5)), draw(st.integers(0, 9))

    def some(lowest, count):
        largest = draw(st.sampled_from([10.0, 1e3, 1e16, 1e40, 1e298]))
        any_size = st.floats(max(lowest, -largest), largest, allow_nan=False)
        mixed = st.one_of(any_size, st.integers(0, 5).map(float))
        return np.array(
            draw(st.lists(draw(st.sampled_from([any_size, mixed])), min_size=count, max_size=count)), dtype=float
        )

    costs = some(-10 if draw(st.booleans()) else 0, a)
    lower = some(-10, a) if draw(st.booleans()) else np.zeros(a)
    upper = lower + some(0, a)
    upper[np.array(draw(st.lists(st.booleans(), min_size=a, max_size=a)), dtype=bool)] = np.inf
    ends = st.lists(st.integers(0, n - 1), min_size=a, max_size=a)
    tails, heads = np.array(draw(ends), dtype=int), np.array(draw(ends), dtype=int)
    if draw(st.booleans()):  # balanced, but for rounding, by a flow that exists
        some_flow = np.minimum(lower + some(0, a), upper)
        supply = np.bincount(tails, some_flow, n) - np.bincount(heads, some_flow, n)
    else:
        supply = some(-1e298, n)
    relations = draw(st.sampled_from(["exactly", "at_most"])), draw(st.sampled_from(["exactly", "at_least"]))
    return tails, heads, costs, lower, upper, supply, relations


@settings(max_examples=300)
@given(wide_networks())
def test_any_doubles_exactly(problem):
    """What is called optimal is so in exact arithmetic; cuts and rays prove what they say in it."""
    pytest.importorskip("highspy")
    import transport_exact_judge as judge

    tails, heads, costs, lower, upper, supply, (send, take) = problem
    found = transport.min_cost_flow(
        tails, heads, costs, supply, lower=lower, upper=upper, supply_relation=send, demand_relation=take
    )
    free = (supply > 0) & (send == "at_most") | (supply < 0) & (take == "at_least")
    if found.status is Status.INFEASIBLE:
        proven = []
        for cut, sign in ((found.shortage, 1), (found.surplus, -1)):
            if cut is None:
                continue
            inside = np.isin(np.arange(supply.size), cut.nodes)
            enters, leaves = ~inside[tails] & inside[heads], inside[tails] & ~inside[heads]
            if sign < 0:
                assert not (inside & free).any()
                enters, leaves = leaves, enters
            assert (upper[enters] < np.inf).all()
            lacking = -sign * sum(map(judge.exact, supply[inside]))
            proven.append(lacking - sum(map(judge.exact, upper[enters])) + sum(map(judge.exact, lower[leaves])))
        assert max(proven) > 0
    elif found.status is Status.UNBOUNDED:
        assert (heads[found.ray] == np.roll(tails[found.ray], -1)).all()
        assert np.isinf(upper[found.ray]).all()
        assert sum(map(judge.exact, costs[found.ray])) < 0
    elif found.status is Status.NUMERICAL_ERROR:
        reach = np.where(upper < np.inf, np.maximum(np.abs(upper), np.abs(lower)), np.abs(lower)).max(initial=0)
        assert np.abs(costs).max(initial=0) > 1e307 / (np.abs(supply).sum() + costs.size * reach)
    else:
        assert found.status is Status.OPTIMAL
        arcs = np.array([costs, lower, upper])
        ends = np.array([tails, heads])
        assert judge.check_flow(supply.size, ends, arcs, supply, free, found.flows, found.potentials) == ""
        assert found.gap <= 1e-7
        assert found.bound <= found.objective


def test_names_and_frames():
    """Every dataframe library and a mapping give one answer, frames come back in the caller's library."""
    pandas, polars, pyarrow = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    plain = transport.min_cost_flow_arcs(LANES, WANTED, upper="most")
    assert plain.status is Status.OPTIMAL
    assert plain.objective == 34
    assert plain.potentials["west"] - plain.potentials["plant"] == -3.5
    assert "34" in repr(plain)
    supply = {"node": list(WANTED), "supply": list(WANTED.values())}
    for make in (pandas.DataFrame, polars.DataFrame, pyarrow.table):
        result = transport.min_cost_flow_arcs(make(LANES), make(supply), upper="most")
        assert isinstance(result.flows, type(make(LANES)))
        assert list(result.flows["amount"]) == list(plain.flows["amount"]) or make is pyarrow.table
        assert result.potentials == plain.potentials
    series = transport.min_cost_flow_arcs(LANES, pandas.Series(WANTED), upper="most")
    assert series.objective == 34
    numbered = transport.min_cost_flow_arcs(
        {"tail": [7, 7.0], "head": [8, "9"], "cost": [1, 2]}, {7: 3, 8.0: -1, "9": -2}, nodes=[7, 8, 9]
    )
    assert numbered.objective == 5


def test_names_in_cuts_and_rays():
    """What is short and what runs around for ever is named."""
    short = transport.min_cost_flow_arcs(LANES, {"plant": 20, "east": -6, "west": -14}, upper="most")
    assert short.status is Status.INFEASIBLE
    assert short.shortage == transport.FlowCut(["west"], 5.0)
    assert short.unrouted == 10  # 5 of the plant's, 5 of the west's
    stuck = transport.min_cost_flow_arcs(LANES, {"plant": 25, "east": -25}, upper="most", demand_relation="at_least")
    assert stuck.surplus is not None
    assert stuck.surplus.nodes == ["plant", "hub", "west"]
    assert stuck.surplus.amount == 25 - 9 - 4
    circle = {"tail": ["a", "b", "c", "a"], "head": ["b", "c", "a", "c"], "cost": [1, 1, -3, 0]}
    endless = transport.min_cost_flow_arcs(circle, {})
    assert endless.status is Status.UNBOUNDED
    assert endless.ray is not None
    assert endless.ray[0] == endless.ray[-1]
    assert sum(circle["cost"][row] for row in endless.ray_rows) < 0
    assert endless.ray[:-1] == [circle["tail"][row] for row in endless.ray_rows]


def test_warm_by_name():
    """A basis fits nodes by name: rows added at the end, and supplies in another order, cost few pivots."""
    rng = np.random.default_rng(5)
    n, a = 300, 3000
    arcs = {"tail": rng.integers(0, n, a), "head": rng.integers(0, n, a), "cost": rng.integers(1, 100, a)}
    arcs["tail"][:n], arcs["head"][:n], arcs["cost"][:n] = np.arange(n), (np.arange(n) + 1) % n, 1000
    supply = {i: (5 if i < n // 2 else -5) for i in range(n)}
    cold = transport.min_cost_flow_arcs(arcs, supply)
    assert cold.status is Status.OPTIMAL
    more = {name: np.append(column, column[-1:]) for name, column in arcs.items()}
    turned = dict(reversed(list(supply.items())))
    warm = transport.min_cost_flow_arcs(more, turned, start=cold.basis)
    assert warm.objective == cold.objective
    assert warm.pivots < cold.pivots / 20


def test_wrong_arrays():
    """Wrong shapes, nodes, numbers and options are named, all that are found."""
    tails, heads, costs, supply = [0, 1], [1, 2], [1.0, 2.0], [1, 0, -1]
    flow = transport.min_cost_flow
    for call, words in (
        (lambda: flow([0, 3], [-1, 2], costs, supply), (r"tails\[1\]", r"heads\[0\]")),
        (lambda: flow([0, 2**32], heads, costs, supply), (r"tails\[1\] = 4294967296",)),
        (lambda: flow([0.0, 1.0], heads, costs, supply), ("tails", "whole numbers")),
        (lambda: flow(tails, heads, [1.0, np.nan], [1, np.nan, -1]), (r"costs\[1\]", r"supply\[1\]")),
        (lambda: flow(tails, heads, [1.0], supply), ("tails", "as costs has")),
        (lambda: flow(tails, heads, costs, supply, lower=3, upper=2), (r"upper\[0\]", r"upper\[1\]")),
        (lambda: flow(tails, heads, costs, supply, upper=[1]), ("upper", "1 entries")),
        (lambda: flow(tails, heads, costs, supply, time_limit=-1), ("time_limit",)),
        (lambda: flow(tails, heads, costs, supply, time_limit=np.nan), ("time_limit",)),
        (lambda: flow(tails, heads, costs, supply, max_pivots=1.5), ("max_pivots", "whole")),
        (lambda: flow(tails, heads, costs, supply, supply_relation="at_least"), ("supply_relation", "at_most")),
        (lambda: flow(tails, heads, costs, supply, start=3), ("start", "basis")),
        (lambda: flow(tails, heads, ["1", "2"], supply), ("costs", "text")),
    ):
        for word in words:
            with pytest.raises(InputError, match=word):
                call()
    assert flow(tails, heads, costs, supply, time_limit=np.inf).objective == 3
    assert flow(tails, heads, costs, supply, lower=0, upper=[1, np.inf]).objective == 3
    assert flow([], [], [], []).status is Status.OPTIMAL
    assert flow([], [], [], [1, -1]).status is Status.INFEASIBLE


def test_wrong_tables():
    """Missing columns, unknown and missing names, and numbers that are none are named by row."""
    solve = transport.min_cost_flow_arcs
    for call, word in (
        (lambda: solve({"tail": ["a"], "had": ["b"], "cost": [1]}, {}), "did you mean 'had'"),
        (
            lambda: solve(LANES, {"plnt": 10, "east": -10}, nodes=["plant", "hub", "east", "west"]),
            "did you mean 'plant'",
        ),
        (lambda: solve(LANES, {}, nodes=["plant", "hub", "east"]), r"arcs.head\[3\] = 'west'"),
        (
            lambda: solve({"tail": ["a", None], "head": ["b", "c"], "cost": [1, 2]}, {}),
            r"arcs.tail\[1\]: a name is missing",
        ),
        (lambda: solve({"tail": ["a", "b"], "head": ["b", "c"], "cost": [1, None]}, {}), r"arcs.cost\[1\]: a number"),
        (lambda: solve({"tail": ["a", "b"], "head": ["b", "c"], "cost": [1, "2"]}, {}), r"arcs.cost\[1\] = '2'"),
        (lambda: solve({"tail": ["a", "b"], "head": ["b"], "cost": [1, 2]}, {}), "one length"),
        (lambda: solve({"tail": "a", "head": ["b"], "cost": [1]}, {}), "arcs.tail = str"),
        (lambda: solve(LANES, {"plant": None}), r"supply\[plant\]: a number is missing"),
        (lambda: solve(LANES, {"plant": "ten"}), r"supply\[plant\] = 'ten'"),
        (lambda: solve(LANES, {1: 10, "1": -10}), r"supply\[1\]: is given more than once"),
        (lambda: solve(LANES, [1, 2]), "mapping of names to units"),
        (lambda: solve(LANES, {"plant": np.inf}), r"supply\[plant\]"),
        (lambda: solve([1, 2], {}), "must be a pandas"),
    ):
        with pytest.raises(InputError, match=word):
            call()
    assert solve({"tail": [], "head": [], "cost": []}, {}).status is Status.OPTIMAL
    assert solve({"tail": [], "head": [], "cost": []}, {"a": 1, "b": -1}).shortage.nodes == ["b"]
