# SPDX-License-Identifier: MIT
"""Plans: numbers that agree with each other, prices that hold, files that come back, displays that keep quiet."""

from __future__ import annotations

import copy
import os
import pickle
import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import meio


@pytest.fixture(scope="module")
def example() -> meio.examples.Example:
    return meio.examples.us_network(40)


@pytest.fixture(scope="module")
def plan(example: meio.examples.Example) -> meio.Plan:
    return meio.Planner(gap=1e-4).solve(*example, display=False)


def test_bound_cost_and_gap(plan: meio.Plan) -> None:
    # The bound lies below the cost, and the gap is their relative difference.
    assert plan.status is meio.Status.OPTIMAL
    assert plan.bound <= plan.cost
    assert plan.gap == pytest.approx((plan.cost - plan.bound) / abs(plan.cost), rel=1e-9, abs=1e-15)
    assert plan.gap <= 1e-4


def test_capacities_hold(example: meio.examples.Example, plan: meio.Plan) -> None:
    # Storage recomputed from the levels equals the usage in the price table, and keeps within capacity.
    levels, prices = plan.table("levels"), plan.table("prices")
    kind = dict(
        zip(
            example.network.table("products")["product"], example.network.table("products")["storage_type"], strict=True
        )
    )
    for row in prices.rows():
        assert row["usage"] <= row["capacity"] * (1 + 1e-6)
        assert row["price"] >= 0
        assert row["unit"]
        if row["resource"] == "storage":
            mine = (levels["facility"] == row["facility"]) & np.array(
                [kind[p] == row["storage_type"] for p in levels["product"]]
            )
            assert levels["volume"][mine].sum() == pytest.approx(row["usage"], rel=1e-6)


def test_slack_capacities_are_free(plan: meio.Plan) -> None:
    # Where far from all of a capacity is used, its price is 0.
    prices = plan.table("prices")
    slack = prices["usage"] < 0.9 * prices["capacity"]
    assert slack.any()
    assert (prices["price"][slack] == 0).all()
    assert (prices["price"] > 0).any()
    assert "USD per m3-week" in set(prices["unit"])


@pytest.mark.parametrize("key", [("storage", "AVP3", {"storage_type": "ambient"}), ("outbound", "CAE1", {})])
def test_prices_hold(plan: meio.Plan, key: Any) -> None:
    # One per cent more of a binding capacity saves less than the old price and more than the new one.
    resource, facility, detail = key
    check = plan.verify_price(resource, facility, **detail)
    assert check.holds
    room = 0.02 * check.price
    assert check.price + room >= check.saved_by_bound >= check.price_after - room
    assert "price before" in repr(check)


def test_prices_are_asked_for_by_name(plan: meio.Plan) -> None:
    # A misspelt capacity is answered with what would be right; of several the dearest is taken.
    with pytest.raises(ValueError, match="did you mean 'storage'"):
        plan.verify_price("storge", "AVP3")
    check = plan.verify_price("storage", "AVP3")
    assert check.resource == "storage of ambient at AVP3"  # the dearest of two
    with pytest.raises(ValueError, match="did you mean 'AVP3'"):
        plan.verify_price("storage", "AVP4")
    with pytest.raises(ValueError, match="change"):
        plan.verify_price("outbound", "CAE1", change=0.0)


def test_frames_of_the_callers_library() -> None:
    # Results come back in the library that the tables came in, with the same bits.
    plans = {}
    for library in ("table", "pandas", "polars", "pyarrow"):
        net, fc = meio.examples.us_network(5, backend=library)
        plans[library] = meio.Planner().solve(net, fc, display=False)
    assert isinstance(plans["pandas"].levels, pd.DataFrame)
    assert isinstance(plans["polars"].prices, pl.DataFrame)
    for other in plans.values():
        assert other.table("levels") == plans["table"].table("levels")
        assert other.table("prices") == plans["table"].table("prices")
        assert other.cost == plans["table"].cost


def test_threads_and_row_order_leave_no_trace(example: meio.examples.Example, plan: meio.Plan) -> None:
    # 1, 2 and 8 threads and shuffled rows give the same bits.
    net, fc = example
    for threads in (1, 2, 8):
        again = meio.Planner(threads=threads).solve(net, fc, display=False)
        assert again.cost == plan.cost
        assert again.table("levels") == plan.table("levels")
    mixed = {
        name: meio.Table({c: v[::-1] for c, v in net.source_table(name).items()}) for name in ("products", "services")
    }
    again = meio.Planner().solve(net.replace(**mixed), fc, display=False)
    assert again.table("levels") == plan.table("levels")
    assert again.cost == plan.cost


def test_files(plan: meio.Plan, tmp_path: Path) -> None:
    # save and load, pickle and copy give an equal plan, network and forecast included.
    plan.save(tmp_path / "a.meio")
    for again in (meio.Plan.load(tmp_path / "a.meio"), pickle.loads(pickle.dumps(plan)), copy.deepcopy(plan)):
        assert again.cost == plan.cost
        assert again.status is plan.status
        for name in ("levels", "prices", "history", "shortfalls", "assignment"):
            assert again.table(name) == plan.table(name)
        assert again.forecast.mean.tobytes() == plan.forecast.mean.tobytes()
        assert again.options == plan.options
        solved = meio.Planner(**again.options).solve(again.network, again.forecast, display=False)
        assert solved.cost == plan.cost
    with pytest.raises(AttributeError, match="does not change"):
        plan.cost = 0.0


def test_html_is_small_and_escaped() -> None:
    # A notebook shows a few rows, and names stay text.
    net = meio.Network(
        facilities={"facility": ["s", "<script>"], "supplier": [True, False]},
        lanes={"src": ["s"], "dst": ["<script>"], "lead_time": [1]},
        products={
            "product": [f"<b>{i}" for i in range(200)],
            "shortage_cost": [9.0] * 200,
            "holding_cost": [1.0] * 200,
        },
        services={"region": ["r"], "facility": ["<script>"], "cost": [1.0]},
        storage={"facility": ["<script>"], "storage_type": ["any"], "capacity": [900.0]},
        units={"volume": "m3"},
    )
    fc = meio.Forecast.from_moments(
        {"product": [f"<b>{i}" for i in range(200)], "region": ["r"] * 200, "mean": [3.0] * 200}
    )
    page = meio.Planner().solve(net, fc, display=False)._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert len(page) < 30_000


def small(capacity: float) -> tuple[meio.Network, meio.Forecast]:
    net = meio.Network(
        facilities={"facility": ["s", "f"], "supplier": [True, False], "outbound": [None, capacity]},
        lanes={"src": ["s"], "dst": ["f"], "lead_time": [1]},
        products={"product": ["p"], "shortage_cost": [30.0], "holding_cost": [1.0]},
        regions={"region": ["r"], "shortage": ["backorder"]},
        services={"region": ["r"], "facility": ["f"], "cost": [1.0]},
    )
    return net, meio.Forecast.from_moments({"product": ["p"], "region": ["r"], "mean": [10.0]})


def test_infeasible_is_a_result() -> None:
    # Too little flow is a status with a table of what lacks; adding exactly that makes it solve.
    plan = meio.Planner().solve(*small(8.0), display=False)
    assert plan.status is meio.Status.INFEASIBLE
    (row,) = plan.table("shortfalls").rows()
    assert (row["resource"], row["facility"], row["available"]) == ("outbound", "f", 8.0)
    assert "lacking" in plan.summary()
    again = meio.Planner().solve(*small(row["needed"]), display=False)
    assert again.status is meio.Status.OPTIMAL


def test_quiet_and_loud(example: meio.examples.Example, capfd: pytest.CaptureFixture[str]) -> None:
    # display=False writes nothing at any level, True a line a second at most.
    meio.Planner().solve(*example, display=False)
    assert capfd.readouterr() == ("", "")
    meio.Planner().solve(*example, display=True)
    out, err = capfd.readouterr()
    assert 1 <= len(out.splitlines()) <= 4
    assert not err
    with pytest.raises(meio.InputError, match="display"):
        meio.Planner().solve(*example, display="loud")


def test_callback_sees_progress_and_can_stop(example: meio.examples.Example) -> None:
    # The callback gets rising bounds; answering False returns the best so far.
    seen: list[meio.Progress] = []
    meio.Planner(gap=0.0, max_passes=60).solve(*example, display=False, callback=seen.append)
    bounds = [p.bound for p in seen]
    assert bounds == sorted(bounds)
    stopped = meio.Planner(gap=0.0).solve(*example, display=False, callback=lambda p: p.iteration < 3)
    assert stopped.status is meio.Status.INTERRUPTED


def test_callback_errors_come_out(example: meio.examples.Example) -> None:
    # An exception in the callback is the caller's to see.
    def fail(_: meio.Progress) -> bool:
        raise RuntimeError("not today")

    with pytest.raises(RuntimeError, match="not today"):
        meio.Planner().solve(*example, display=False, callback=fail)


def test_ctrl_c(example: meio.examples.Example) -> None:
    # An interrupt returns the best plan so far, without an exception.
    def later(progress: meio.Progress) -> bool:
        if progress.iteration == 3:
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait(0.2)
        return True

    plan = meio.Planner(gap=0.0, max_passes=100_000).solve(*example, display=False, callback=later)
    assert plan.status is meio.Status.INTERRUPTED
    assert plan.bound <= plan.cost


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"gap": -1.0}, "gap = -1.0"),
        ({"item_model": "echelons"}, "did you mean 'echelon'"),
        ({"threads": 1.5}, "whole number"),
        ({"max_seconds": 0}, "max_seconds"),
        ({"gap": -1.0, "max_passes": 0}, "2 problems"),
    ],
)
def test_wrong_options(options: dict[str, Any], text: str) -> None:
    # Options are checked together, at construction.
    with pytest.raises(meio.InputError, match=text):
        meio.Planner(**options)


def test_two_periods() -> None:
    # With dated periods every level and price carries its label, and a dated room has a price of its own.
    net = meio.Network(
        facilities={"facility": ["s", "f"], "supplier": [True, False]},
        lanes={"src": ["s"], "dst": ["f"], "lead_time": [1]},
        products={"product": ["p", "q"], "shortage_cost": [30.0, 20.0], "holding_cost": [1.0, 1.0]},
        services={"region": ["r"], "facility": ["f"], "cost": [1.0]},
        storage={"facility": ["f", "f"], "storage_type": ["any", "any"], "capacity": [100.0, 8.0], "period": [None, 1]},
        units={"volume": "m3"},
    )
    rows = [(p, t) for p in "pq" for t in ("2026-01-05", "2026-01-12")]
    fc = meio.Forecast.from_moments(
        {
            "product": [r[0] for r in rows],
            "region": ["r"] * 4,
            "period": [r[1] for r in rows],
            "mean": [10.0, 12.0, 5.0, 9.0],
        }
    )
    plan = meio.Planner(gap=1e-3).solve(net, fc, display=False)
    prices = plan.table("prices")
    price = dict(zip(prices["period"], prices["price"], strict=True))
    assert price["2026-01-05"] == 0
    assert price["2026-01-12"] > 0
    assert set(plan.table("levels")["period"]) == {"2026-01-05", "2026-01-12"}
    check = plan.verify_price("storage", "f", period="2026-01-12")
    assert check.capacity == 8.0
    assert check.holds
