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


def test_priced_adds_what_the_unit_costs_to_put_back() -> None:
    # By hand: bought for 2; two lanes of 1 and 0.5, or one of 1.8; holding 0.1 a period over the inner lane of 3.
    net = meio.Network(
        facilities={"facility": ["port", "hub", "near", "far"], "supplier": [True, False, False, False]},
        lanes={
            "src": ["port", "hub", "port", "hub"],
            "dst": ["hub", "near", "far", "far"],
            "lead_time": [2.0, 3.0, 1.0, 1.0],
            "cost": [1.0, 0.5, 1.8, 9.0],
        },
        products={"product": ["tea"], "unit_cost": [2.0], "holding_cost": [0.1], "shortage_cost": [30.0]},
        regions={"region": ["north"]},
        services={"region": ["north", "north"], "facility": ["near", "far"], "cost": [4.0, 3.99]},
    )
    levels = {"product": ["tea", "tea"], "facility": ["near", "far"], "base_stock": [60.0, 60.0]}
    case = meio.comparison._core_case("priced", meio.Case(levels, "priced"), net)
    value = dict(zip(net.coded.facilities, case["stock_value"][0], strict=True))
    assert value == pytest.approx({"hub": 3.0, "near": 3.8, "far": 3.8, "port": 2.0})
    # Where nothing but supply differs, priced ships from where the unit is cheaper to put back.
    forecast = meio.Forecast.from_moments({"product": ["tea"], "region": ["north"], "mean": [4.0], "variance": [4.0]})
    dear = net.replace(lanes=meio.Table({**net.source_table("lanes"), "cost": np.array([1.0, 0.2, 1.8, 9.0])}))
    result = meio.compare(
        {"cheapest": meio.Case(levels), "priced": meio.Case(levels, "priced")}, dear, None, forecast, runs=4
    )
    assert result.kpi("priced", "lane")["difference_high"] < 0
    assert result.kpi("priced", "cost")["difference_high"] < 0


@pytest.mark.parametrize("item_model", ["independent", "echelon"])
def test_priced_beats_cheapest_where_outbound_binds(item_model: str) -> None:
    # Levels already ration dear flow; the policy must not charge its price a second time. Paired, 20 replications.
    net, forecast = meio.examples.us_network(60)
    plan = meio.Planner(item_model=item_model).solve(net, forecast, display=False)
    prices = plan.table("prices")
    assert prices["price"][prices["resource"] == "outbound"].max() > 0.1
    result = meio.compare({"cheapest": "cheapest", "priced": "priced"}, net, plan, forecast, runs=20, periods=20)
    assert result.kpi("priced", "cost")["difference_high"] < 0
    assert result.kpi("priced", "fill_rate")["difference_low"] > 0
