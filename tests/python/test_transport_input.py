# SPDX-License-Identifier: MIT
"""What a newcomer or a dirty frame puts into `meio.transport`: a right answer or one clear error, never a wrong one."""

from __future__ import annotations

import doctest
import importlib
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from meio import InputError, Status, Table, transport

COSTS = [[8, 6], [9, 12]]
ARCS = {"source": ["A", "A", "B"], "destination": ["x", "y", "y"], "cost": [1.0, 4.0, 2.0]}


def solve(costs=COSTS, supply=(35, 50), demand=(45, 20), **options):
    return transport.solve(costs, supply, demand, **options)


def arcs(table=ARCS, supply=None, demand=None, **options):
    supply = {"A": 5, "B": 3} if supply is None else supply
    return transport.solve_arcs(table, supply, {"x": 4, "y": 3} if demand is None else demand, **options)


@pytest.mark.parametrize(
    "name", ["_arcs", "_batch", "_dense", "_emd", "_flow", "_linear", "_linprog", "_program", "_solver"]
)
def test_docstrings(name):
    """Every example in a docstring gives the output written below it."""
    module = importlib.import_module(f"meio.transport.{name}")
    names = {public: getattr(transport, public) for public in transport.__all__}
    failed, tried = doctest.testmod(module, globs=names, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried > 0
    assert failed == 0


def test_page():
    """The programs of the page run one after the other."""
    text = (Path(__file__).parents[2] / "docs/transport.md").read_text()
    programs = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(programs) >= 5
    names = {}
    for program in programs:
        exec(compile(program, "transport", "exec"), names)


def test_numbers_of_any_kind():
    """Decimals, integers whose sums would overflow, booleans and every library's arrays are numbers."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    assert solve([[Decimal("8.5"), Decimal(6)], [Decimal(9), 12]]).objective == 517.5
    tiny = np.array([100, 100], np.int8)
    assert solve(COSTS, tiny, tiny).objective == 1500
    huge = np.array([[2**63, 1], [3, 4]], np.uint64)
    assert solve(huge, np.array([5, 5], np.uint8), np.array([5, 5], np.uint8)).objective == 20
    assert solve(np.array([[True, False], [True, True]])).objective == 45
    frame = pandas.DataFrame(COSTS, index=["a", "b"], columns=["x", "y"])
    named = solve(frame, pandas.Series([35, 50], frame.index), pandas.Series([45, 20], frame.columns))
    assert named.objective == 510
    assert solve(polars.DataFrame({"x": [8, 9], "y": [6, 12]}), polars.Series([35, 50])).objective == 510
    assert solve(time_limit=np.inf).objective == solve(time_limit=1e300).objective == 510


def test_what_is_no_number():
    """Missing, masked, text, dates, complex and ragged entries are refused, by place where there is one."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    sparse = pytest.importorskip("scipy.sparse")
    missing = pandas.DataFrame({"x": [8, 9], "y": [None, 12]}).astype("Int64")
    for call, word in (
        (lambda: solve([[8, None], [9, 12]]), r"costs\[0,1\]"),
        (lambda: solve(missing), r"costs\[0,1\]"),
        (lambda: solve(polars.DataFrame({"x": [8, None], "y": [6, 12]})), r"costs\[1,0\]"),
        (lambda: solve(np.ma.masked_greater(COSTS, 9)), r"costs\[1,1\]"),
        (lambda: solve([[8, 1], [9]]), "costs: must be numbers"),
        (lambda: solve([["8", "1"], ["9", "2"]]), "costs = text"),
        (lambda: solve(np.array([[8, "x"], [9, 12]], dtype=object)), r"costs\[0,1\] = 'x'"),
        (lambda: solve(np.array(COSTS, dtype="M8[D]")), "dates"),
        (lambda: solve(np.array(COSTS) + 0j), "complex"),
        (lambda: solve(sparse.csr_matrix([[8, 6], [9, np.nan]])), r"costs.data\[3\]"),
        (lambda: solve(sparse.csr_matrix(COSTS), [35, 50, 1]), r"shape \(2, 2\)"),
        (lambda: solve(sparse.coo_matrix(([1, 2], ([0, 0], [1, 1])), shape=(2, 2))), "a second arc"),
        (lambda: solve(COSTS, sparse.csr_matrix([[35, 50]])), "dense"),
        (lambda: solve(COSTS, {"a": 35, "b": 50}), "supply = dict"),
        (lambda: solve(COSTS, [35, 10**400]), "supply: must be numbers"),
        (lambda: solve(COSTS, 35), "supply = 0 dimensions"),
        (lambda: solve(COSTS, (x for x in (35, 50))), "supply: must be numbers"),
        (lambda: solve(np.ones((3, 2))), "a row for each of supply"),
        (lambda: solve(time_limit=timedelta(seconds=1)), "time_limit"),
        (lambda: solve(time_limit=-1), "time_limit"),
        (lambda: solve(max_pivots="9"), "max_pivots"),
        (lambda: solve(balance_tolerance="small"), "balance_tolerance"),
        (lambda: solve(supply_relation=None), "supply_relation"),
        (lambda: transport.solve_batch(COSTS, ["a", "b"], [1, 2]), "supply = text"),
        (lambda: transport.solve_batch(COSTS, [1, 2], [1, 2], threads=-1), "threads"),
        (lambda: transport.solve_batch(COSTS, [1, 2], np.zeros((0, 2))), "must not be empty"),
        (lambda: transport.Solver(2.0, 2), "sources = 2.0"),
        (lambda: transport.emd(["a"], [1], [[1]]), "a = text"),
        (lambda: transport.emd([1, -1], [1, 1], COSTS), r"a\[1\]"),
        (lambda: transport.emd([1, 1], [1, 1], [1, 2]), "M = 1 dimensions"),
    ):
        with pytest.raises(InputError, match=word):
            call()


def test_labels_in_another_order():
    """Amounts go by position: pandas labels that say otherwise are refused, others are left alone."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(COSTS, index=["a", "b"], columns=["x", "y"])
    with pytest.raises(InputError, match=r"supply\[costs.index\]"):
        solve(frame, pandas.Series({"b": 50, "a": 35}))
    with pytest.raises(InputError, match=r"demand\[costs.columns\]"):
        solve(frame, demand=pandas.Series({"y": 20, "x": 45}))
    kept = pandas.Series([35, 1, 50])[lambda s: s > 1]  # an index with a gap
    assert solve(frame, kept).objective == 510


def test_tables_of_any_kind():
    """Frames, categories, numbered names, series and frames of amounts mean the same."""
    pandas, polars, pyarrow = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    assert arcs().objective == 10
    supply, demand = {"source": ["A", "B"], "supply": [5, 3]}, {"destination": ["x", "y"], "demand": [4, 3]}
    for make in (pandas.DataFrame, polars.DataFrame, pyarrow.table, Table):
        result = arcs(make(ARCS), make(supply), make(demand))
        assert result.objective == 10
        assert type(result.flows) is type(make(ARCS))
    assert arcs(ARCS, supply, demand).objective == 10
    odd = pandas.DataFrame(ARCS).astype({"source": "category", "destination": "string"})
    odd["cost"] = [Decimal(1), Decimal(4), Decimal(2)]
    assert arcs(odd, pandas.Series({"A": 5, "B": Decimal(3)})).objective == 10
    for numbered in ([7, 7, 8], [7.0, 7.0, 8.0], ["7", 7, 8.0], np.array([7, 7, 8], np.uint8)):
        for names in ({7: 5, 8: 3}, {"7": 5, "8": 3}, {7.0: 5, np.int64(8): 3}):
            assert arcs({**ARCS, "source": numbered}, names).objective == 10
    far = {10**15: 5, -3: 3}
    assert arcs({**ARCS, "source": [10**15, 10**15, -3]}, far).supply_duals == {"1000000000000000": 0.0, "-3": 0.0}
    assert arcs({**ARCS, "cost": [1, np.inf, 2]}).objective == 10
    assert arcs(supply={"A": np.inf, "B": 3}).objective == 10
    assert arcs({**ARCS, "most": [None, 9, 2]}, capacity="most").objective == 4 + 4 + 4
    empty = {"source": [], "destination": [], "cost": []}
    assert transport.solve_arcs(pandas.DataFrame(empty), {"A": 5}, {"x": 4}).shortage == (["x"], [], 4.0)
    assert transport.solve_arcs(empty, {}, {}).status is Status.OPTIMAL
    stuck = arcs(supply_relation="exactly")
    assert stuck.surplus is not None
    assert stuck.surplus.amount == 1


def test_tables_that_are_wrong():
    """Everything that is wrong in a table is named by column, row and name."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    twice = pandas.DataFrame([["A", "x", 1.0, 2.0]], columns=["source", "destination", "cost", "cost"])
    for call, word in (
        (lambda: arcs(supply={"A": -5, "B": 3}), r"supply\[A\] = -5"),
        (lambda: arcs(supply={"A": np.nan, "B": 3}), r"supply\[A\]: a number is missing"),
        (lambda: arcs(supply={"A": True, "B": 3}), r"supply\[A\] = True"),
        (lambda: arcs(supply={1: 5, "1": 3}), r"supply\[1\]: is given more than once"),
        (lambda: arcs(supply={None: 5}), "a name is missing"),
        (lambda: arcs(supply={"A": 10**400, "B": 3}), "at most 1e300"),
        (lambda: arcs({**ARCS, "cost": [1, 10**400, 2]}), "at most 1e300"),
        (lambda: arcs(supply=pandas.Series([5, 3], ["A", "A"])), r"supply\[A\]: is given more than once"),
        (lambda: arcs(supply=pandas.DataFrame({"source": ["A"], "units": [5]})), "supply.supply = no such column"),
        (lambda: arcs(supply=[5, 3]), "mapping of names to units"),
        (lambda: arcs(demand={"x": 4, "y": np.inf}), r"demand\[y\] = inf"),
        (lambda: arcs(supply={"A": 5, "b": 3}), "did you mean 'b'"),
        (lambda: arcs({**ARCS, "source": ["A", None, "B"]}), r"arcs.source\[1\]: a name is missing"),
        (lambda: arcs({**ARCS, "destination": ["x", "y", "x "]}), r"arcs.destination\[2\] = 'x '"),
        (lambda: arcs({**ARCS, "source": ["A", "B", "B"]}), r"arcs.source\[2\] = 'B': a second arc"),
        (lambda: arcs(pandas.DataFrame({**ARCS, "cost": [1, np.nan, 2]})), r"arcs.cost\[1\]: a number is missing"),
        (lambda: arcs(polars.DataFrame({**ARCS, "cost": ["1", "2", "x"]})), r"arcs.cost\[0\] = '1'"),
        (lambda: arcs({**ARCS, "cost": [1, -np.inf, 2]}), r"arcs.cost\[1\] = -inf"),
        (lambda: arcs({**ARCS, "most": [1, -2, 3]}, capacity="most"), r"arcs.most\[1\] = -2"),
        (lambda: arcs({**ARCS, "cost": 1.0}), "arcs.cost = float"),
        (lambda: arcs(cost="price"), "arcs.price = no such column"),
        (lambda: arcs(cost="costs"), "did you mean 'cost'"),
        (lambda: arcs(shortage_prices={"z": 3}), "shortage_prices"),
        (lambda: arcs(shortage_prices={"x": -3}), r"shortage_prices\[x\] = -3"),
        (lambda: arcs(polars.LazyFrame(ARCS)), "LazyFrame"),
        (lambda: arcs([("A", "x", 1)]), "arcs = list"),
        (lambda: arcs(twice), "column twice"),
    ):
        with pytest.raises(InputError, match=word):
            call()


def test_rows_beyond_one_piece():
    """Frames longer than one piece are read whole, with the row of a wrong entry counted from the start."""
    count = (1 << 18) + 1000
    destinations = dict.fromkeys(range(count), 1)
    table = {"source": np.zeros(count, np.int64), "destination": np.arange(count)[::-1], "cost": np.ones(count)}
    result = transport.solve_arcs(table, {0: count}, destinations)
    assert result.objective == count
    assert len(result.flows["amount"]) == count
    table["destination"] = table["destination"].copy()
    table["destination"][count - 3] = -7
    with pytest.raises(InputError, match=rf"arcs.destination\[{count - 3}\] = '-7'"):
        transport.solve_arcs(table, {0: count}, destinations)
