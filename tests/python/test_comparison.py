# SPDX-License-Identifier: MIT
"""Plans in simulation: against themselves, against the planned cost, against the usual ways of working."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import meio


@pytest.fixture(scope="module")
def example() -> meio.examples.Example:
    return meio.examples.us_network(30, backend="polars")


@pytest.fixture(scope="module")
def plan(example: meio.examples.Example) -> meio.Plan:
    return meio.Planner().solve(*example, display=False)


def test_a_policy_against_itself_differs_by_zero(example: meio.examples.Example, plan: meio.Plan) -> None:
    # Common random numbers: the same case twice gives the same numbers, run by run.
    result = meio.compare({"a": plan, "b": meio.Case(plan)}, example.network, plan, example.forecast, runs=3, periods=8)
    differences = result.table["difference"]
    assert (differences[~np.isnan(differences)] == 0).all()
    assert isinstance(result.kpis, pl.DataFrame)


def test_same_seed_same_bits(example: meio.examples.Example, plan: meio.Plan) -> None:
    # The seed decides, not the threads; a numpy generator may be the seed.
    def kpis(**options: Any) -> meio.Table:
        return meio.simulate(example.network, plan, example.forecast, runs=3, periods=6, **options).table

    assert kpis(rng=5, threads=1) == kpis(rng=5, threads=2)
    assert kpis(rng=np.random.default_rng(1)) == kpis(rng=np.random.default_rng(1))
    assert kpis(rng=5) != kpis(rng=6)


def test_units_are_conserved(example: meio.examples.Example, plan: meio.Plan) -> None:
    # Filled, backordered and lost units are the demand; opening and bought units are shipped or still there.
    values = meio.simulate(example.network, plan, example.forecast, runs=4, periods=10).values["plan"]
    assert np.array_equal(
        values["units_filled"] + values["units_backordered"] + values["units_lost"], values["units_demanded"]
    )
    assert np.array_equal(values["opening"] + values["bought"] - values["units_shipped"], values["closing"])


def test_planned_cost_is_simulated_cost() -> None:
    # Where the model's assumptions hold (each facility serves its own, capacity ample, demand independent over
    # weeks), the planned cost and the simulated one agree within 2 % and the simulation's own interval.
    net, fc = meio.examples.us_network(40)
    facilities = net.source_table("facilities")
    free = np.full(facilities.height, np.inf)
    net = net.replace(storage=None, facilities=meio.Table({**facilities, "inbound": free, "outbound": free}))
    plan = meio.Planner(alternatives=0).solve(net, fc, display=False)
    result = meio.simulate(net, plan, fc, policy="territory", runs=16, periods=52, rng=3)
    row = result.kpi("plan", "cost_per_period")
    assert abs(row["mean"] - plan.cost) <= 0.02 * plan.cost + row["half_width"]


def test_paired_intervals_are_narrower(example: meio.examples.Example, plan: meio.Plan) -> None:
    # What common random numbers are for.
    result = meio.compare(
        meio.baselines(example.network, plan, example.forecast),
        example.network,
        plan,
        example.forecast,
        runs=10,
        periods=12,
        baseline="national",
    )
    row = result.kpi("meio", "cost_per_period")
    base = result.kpi("national", "cost_per_period")
    assert row["difference_high"] - row["difference"] < 0.5 * np.hypot(row["half_width"], base["half_width"])
    assert "against national" in result.summary()
    assert len(result._repr_html_()) < 30_000


def test_national_stock_is_split_and_whole(example: meio.examples.Example, plan: meio.Plan) -> None:
    # The national level of a product is pooled, and its parts are whole units at the serving facilities.
    case = meio.baselines(example.network, plan, example.forecast)["national"]
    units = np.asarray(case.levels["base_stock"])
    assert (units == np.round(units)).all()
    assert set(case.levels["facility"]) <= set(example.network.table("services")["facility"])
    local = plan.table("levels")["base_stock"].sum()
    assert units.sum() < local


def test_own_policy_and_its_name_agree() -> None:
    # A Python function that scores by cost decides as the named policy does, and sees names.
    net, fc = meio.examples.us_network(2)
    plan = meio.Planner().solve(net, fc, display=False)
    seen: set[str] = set()

    def by_cost(options: Any) -> Any:
        seen.update(options.facility)
        assert options.product in {"P0", "P1"}
        return options.cost

    result = meio.compare({"named": "cheapest", "own": by_cost}, net, plan, fc, runs=1, periods=2, warm_up=0)
    assert (result.values["named"]["cost"] == result.values["own"]["cost"]).all()
    assert seen <= set(net.table("facilities")["facility"])


def test_history_is_replayed() -> None:
    # Demand that happened is demand that is served, the same in every run.
    net, _ = meio.examples.us_network(2)
    fc = meio.Forecast.from_moments({"product": ["P0", "P1"], "region": ["Chicago", "Boston"], "mean": [5.0, 3.0]})
    plan = meio.Planner().solve(net, fc, display=False)
    history = {"product": ["P0"] * 6, "region": ["Chicago"] * 6, "ds": list("abcdef"), "value": [9, 9, 1, 2, 3, 4]}
    result = meio.simulate(net, plan, fc, history=history, runs=2, periods=4, warm_up=2)
    assert result.values["plan"]["units_demanded"].tolist() == [10.0, 10.0]
    with pytest.raises(meio.InputError, match="history has 6 times"):
        meio.simulate(net, plan, fc, history=history, periods=40)
    with pytest.raises(meio.InputError, match="did you mean 'Chicago'"):
        meio.simulate(net, plan, fc, history={**history, "region": ["Chicgo"] * 6}, runs=2, periods=4, warm_up=2)
    with pytest.raises(meio.InputError, match="whole"):
        meio.simulate(net, plan, fc, history={**history, "value": [0.5] * 6}, runs=2, periods=4, warm_up=2)


def test_wrong_cases(example: meio.examples.Example, plan: meio.Plan) -> None:
    # Unknown policies, baselines and levels are refused with a suggestion.
    net, fc = example
    with pytest.raises(meio.InputError, match="did you mean 'nearest'"):
        meio.compare({"a": "neerest"}, net, plan, fc)
    with pytest.raises(meio.InputError, match="did you mean 'plan'"):
        meio.compare({"plan": plan}, net, plan, fc, baseline="plans")
    with pytest.raises(meio.InputError, match="needs levels"):
        meio.compare({"a": "nearest"}, net, None, fc)
    with pytest.raises(meio.InputError, match="did you mean 'AVP3'"):
        meio.simulate(net, meio.Case({"product": ["P00"], "facility": ["AVP"], "base_stock": [3.0]}), fc)
    result = meio.compare({"plan": plan}, net, plan, fc, runs=2, periods=2)
    with pytest.raises(KeyError, match="did you mean 'fill_rate'"):
        result.kpi("plan", "fillrate")


def test_picture(example: meio.examples.Example, plan: meio.Plan) -> None:
    # Cost to the right, service up.
    plt = pytest.importorskip("matplotlib.pyplot")
    result = meio.compare(
        {"a": plan, "b": meio.Case(plan, "territory")}, *(example.network, plan, example.forecast), runs=3, periods=4
    )
    ax = result.plot()
    assert "USD" in ax.get_xlabel()
    plt.close("all")
