# SPDX-License-Identifier: MIT
"""The simulator through the bindings."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

import numpy as np
import pytest
from scipy import stats
from test_fulfilment import network

from meio import InputError, _meio, fulfilment, simulation
from meio.simulation import Case


def forecast(products: int = 1, mean: float = 4.0) -> Any:
    """Return Poisson demand of two regions."""
    product = np.repeat(np.arange(products), 2)
    region = np.tile([0, 1], products)
    values = np.full((2 * products, 1), mean)
    arrays = {"product": product, "region": region, "mean": values, "variance": values}
    return _meio.demand.build(arrays, "count", "independent", products, 2)


def levels(products: int = 1) -> dict[str, Any]:
    """Return levels that run out now and then."""
    return {"base_stock": np.tile([0, 0, 9, 9], (products, 1)), "echelon": np.tile([0, 32, 0, 0], (products, 1))}


def test_identities_hold_in_every_run() -> None:
    """Stock and demand are conserved, and the cost is the sum of its parts."""
    result = simulation.simulate(network(3), Case(**levels(3)), forecast=forecast(3), warm_up=5, periods=20, runs=10)
    assert result.status == "optimal"

    def of(name: str) -> Any:
        return result.values(0, name)

    np.testing.assert_array_equal(of("opening") + of("bought") - of("units_shipped"), of("closing"))
    np.testing.assert_array_equal(of("units_filled") + of("units_backordered") + of("units_lost"), of("units_demanded"))
    parts = sum(of(name) for name in ("purchase", "lane", "holding", "storage", "shipping", "shortage"))
    np.testing.assert_allclose(of("cost"), parts, rtol=1e-14)
    assert result.cases[0].on_hand.shape == (3, 4)
    assert result.cases[0].volume.shape == (20, 4, 1)


def test_threads_do_not_change_a_bit() -> None:
    """1, 2 and 8 threads give the same bits."""
    runs = [
        simulation.simulate(network(), Case(**levels()), forecast=forecast(), periods=10, runs=20, threads=threads)
        for threads in (1, 2, 8)
    ]
    for other in runs[1:]:
        np.testing.assert_array_equal(runs[0].cases[0].metrics, other.cases[0].metrics)
        np.testing.assert_array_equal(runs[0].cases[0].volume, other.cases[0].volume)


def test_a_python_policy_equals_its_compiled_twin() -> None:
    """Three lines of Python decide as the priced policy does, and a case against itself differs by nothing."""
    prices = {"flow_price": [0.0, 0.0, 2.5, 0.0], "stock_value": np.array([[0.0, 0.0, 1.0, 0.25]])}

    def priced(options: Any) -> Any:
        return options.cost + options.price + options.stock_value

    cases = [
        Case(name="priced", policy="priced", **levels(), **prices),
        Case(name="python", policy=priced, **levels(), **prices),
        Case(name="nearest", policy="nearest", **levels()),
    ]
    result = simulation.compare(network(), cases, forecast=forecast(), periods=10, runs=5)
    np.testing.assert_array_equal(result.cases[0].metrics, result.cases[1].metrics)
    difference = result.difference("python", "priced", "cost")
    assert (difference.mean, difference.half_width) == (0.0, 0.0)
    assert result.difference("nearest", "priced", "shipping").mean != 0.0


def test_a_failing_python_policy_raises_its_own_error() -> None:
    """An exception inside a policy comes out as it is, and a wrong number of scores is explained."""

    def broken(options: Any) -> Any:
        raise ZeroDivisionError(f"mine, of {len(options.cost)}")

    def short(options: Any) -> Any:
        return options.cost[:-1]

    with pytest.raises(ZeroDivisionError, match="mine"):
        simulation.simulate(network(), Case(policy=broken, **levels()), forecast=forecast(), periods=3, runs=4)
    with pytest.raises(ValueError, match="one score"):
        simulation.simulate(network(), Case(policy=short, **levels()), forecast=forecast(), periods=3, runs=1)


def test_territories_follow_the_classes() -> None:
    """Default territories are the cheapest facility; moving all classes to one facility moves all flow there."""
    net = network()
    classes = fulfilment.eligibility(net)
    west = np.where([2 in classes.facility[classes.options(c)] for c in range(len(classes))], 2, -1)
    cases = [
        Case(name="own", policy="territory", **levels()),
        Case(name="west", policy="territory", assigned=west, **levels()),
    ]
    result = simulation.compare(net, cases, forecast=forecast(), periods=10, runs=5)
    assert (result.cases[0].shipped[2:] > 0).all()
    assert result.cases[1].shipped[3] == 0.0
    assert result.cases[1].shipped[2] > 0.0


def test_history_is_replayed() -> None:
    """Demand of a history is served as it was: counts of every period add up, and fractions are refused."""
    counts = np.arange(8).reshape(2, 4)
    result = simulation.simulate(
        network(), Case(**levels()), history=([0, 0], [0, 1], counts), warm_up=1, periods=3, runs=2
    )
    assert result.values(0, "units_demanded").tolist() == [counts[:, 1:].sum()] * 2
    with pytest.raises(ValueError, match="whole"):
        simulation.simulate(network(), Case(**levels()), history=([0, 0], [0, 1], counts + 0.5), periods=4)
    with pytest.raises(ValueError, match="warm_up"):
        simulation.simulate(network(), Case(**levels()), history=([0, 0], [0, 1], counts), periods=9)


def test_read_only_strided_and_integer_arrays_are_accepted() -> None:
    """Neither layout nor type of the arrays changes the answer, and inputs stay as they were."""
    base = np.array(levels()["base_stock"])
    strided = np.repeat(base, 2, axis=1)[:, ::2]
    frozen = base.astype(float)
    frozen.setflags(write=False)
    results = [
        simulation.simulate(network(), Case(base_stock=values), forecast=forecast(), periods=5, runs=3).cases[0].metrics
        for values in (base, strided, np.asfortranarray(base), frozen)
    ]
    for other in results[1:]:
        np.testing.assert_array_equal(results[0], other)


def test_wrong_sizes_are_reported() -> None:
    """Levels of the wrong shape, unknown policies and bad options are named."""
    with pytest.raises(InputError, match="base_stock"):
        simulation.simulate(network(), Case(base_stock=np.ones((1, 3))), forecast=forecast())
    with pytest.raises(ValueError, match="nearest"):
        simulation.simulate(network(), Case(policy="closest", **levels()), forecast=forecast())
    with pytest.raises(InputError, match="runs"):
        simulation.simulate(network(), Case(**levels()), forecast=forecast(), runs=0)
    with pytest.raises(ValueError, match="either"):
        simulation.simulate(network(), Case(**levels()))
    result = simulation.simulate(network(), Case(**levels()), forecast=forecast(), periods=2, runs=2)
    with pytest.raises(KeyError, match="fill_rate"):
        result.kpi(0, "fill rate")


def test_intervals_are_students() -> None:
    """Half widths equal scipy's, NaN left out."""
    values = np.random.default_rng(3).normal(size=17)
    seen = simulation.estimate(np.append(values, np.nan), confidence=0.9)
    expected = stats.t.ppf(0.95, 16) * values.std(ddof=1) / np.sqrt(17)
    assert seen.half_width == pytest.approx(expected, rel=1e-12)
    assert seen.runs == 17
    assert seen.mean == pytest.approx(values.mean(), rel=1e-14)


def test_ctrl_c_keeps_the_runs_done() -> None:
    """An interrupt returns within a second with the status and the runs that were done."""
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    result = simulation.simulate(
        network(), Case(**levels()), forecast=forecast(mean=50.0), periods=50, runs=200_000, threads=1
    )
    assert time.monotonic() - began < 1.5
    assert result.status == "interrupted"
    assert 0 < result.runs < 200_000
    assert len(result.cases[0].metrics) == result.runs


def test_a_time_limit_holds() -> None:
    """The limit ends the simulation with what was done."""
    result = simulation.simulate(
        network(), Case(**levels()), forecast=forecast(mean=50.0), periods=50, runs=200_000, time_limit=0.2
    )
    assert result.status == "time_limit"
    assert result.seconds < 1.0
