# SPDX-License-Identifier: MIT
"""Newsvendor and base-stock levels: published facts, optimality, service targets, batches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import meio
from meio.distributions import Discrete, Gamma, NegativeBinomial, Normal, Poisson, fit_moments
from meio.single_echelon import (
    BaseStock,
    level_for_cycle_service,
    level_for_fill_rate,
    newsvendor,
    newsvendor_at,
    newsvendor_batch,
    newsvendor_profit,
)

costs = st.floats(0.01, 100)
moments = st.tuples(st.floats(0.05, 300), st.floats(0.3, 8))
families = st.sampled_from(["normal", "gamma", "lognormal", "count", "poisson"])


def test_published_newsvendors() -> None:
    # Snyder and Shen, Example 4.3, Problem 4.3b and the Poisson example, to 1e-9.
    best = newsvendor(Normal(50, 8), underage=0.70, overage=0.18)
    assert best.level == pytest.approx(56.60395592743389, rel=1e-12)
    assert best.cost == pytest.approx(1.9976051931766445, rel=1e-12)
    result, profit = newsvendor_profit(Normal(50, 10), price=7, cost=2.5, salvage=1.5)
    assert result.level == pytest.approx(59.084578685373856, rel=1e-9)
    assert profit == pytest.approx(210.47680825231475, rel=1e-9)
    assert newsvendor(Poisson(6), underage=4, overage=1).level == 8


@given(families, moments, costs, costs, st.floats(-3, 3))
def test_no_level_is_cheaper(family: str, mv: tuple[float, float], u: float, o: float, shift: float) -> None:
    # The newsvendor level costs no more than any other level.
    d = fit_moments(family, mv[0], mv[0] * mv[1])  # type: ignore[arg-type]
    best = newsvendor(d, underage=u, overage=o)
    other = newsvendor_at(d, best.level + shift * d.standard_deviation, underage=u, overage=o)
    assert best.status is meio.Status.OPTIMAL
    assert best.cost <= other.cost * (1 + 1e-11)


@given(families, st.lists(moments, min_size=1, max_size=30), costs, costs)
def test_batch_agrees_with_the_scalar(family: str, rows: list[tuple[float, float]], u: float, o: float) -> None:
    # Each product of a batch gets the scalar answer; counts may differ in level only where costs tie.
    mean = np.array([m for m, _ in rows])
    deviation = np.sqrt(mean * np.array([v for _, v in rows]))
    batch = newsvendor_batch(mean, deviation, underage=u, overage=o, family=family, moments=True)  # type: ignore[arg-type]
    assert batch.expected_shortage is not None
    for i in range(mean.size):
        d = fit_moments(family, mean[i], deviation[i] ** 2)  # type: ignore[arg-type]
        one = newsvendor(d, underage=u, overage=o)
        assert batch.cost[i] == pytest.approx(one.cost, rel=1e-9)
        assert newsvendor_at(d, batch.level[i], underage=u, overage=o).cost == pytest.approx(one.cost, rel=1e-9)
        assert batch.expected_shortage[i] == pytest.approx(d.loss(batch.level[i]), rel=1e-12)


@pytest.mark.parametrize("family", ["normal", "gamma", "count"])
def test_batch_has_the_same_bits_for_any_number_of_threads(family: str) -> None:
    # 1, 2 and 8 threads agree to the bit, on broadcast, strided and read-only input.
    mean = np.linspace(0.01, 120, 20_000)[::2]
    mean.setflags(write=False)
    answers = [
        newsvendor_batch(mean, 1.5 * np.sqrt(mean), underage=9, overage=1, family=family, threads=t)  # type: ignore[arg-type]
        for t in (1, 2, 8)
    ]
    for other in answers[1:]:
        assert np.array_equal(answers[0].level, other.level)
        assert np.array_equal(answers[0].cost, other.cost)


def test_batch_names_every_bad_row() -> None:
    # A batch reports all its problems at once.
    with pytest.raises(meio.InputError) as caught:
        newsvendor_batch([1.0, -1.0, np.nan], [1.0, 1.0, 1.0], underage=[1, 1, 0], overage=1, family="gamma")
    text = str(caught.value)
    assert "mean[1]" in text
    assert "mean[2]" in text
    assert "underage[2]" in text


def test_published_base_stock() -> None:
    # Snyder and Shen, Example 4.4: lead time 4, review 1, so 5 periods are protected.
    stock = BaseStock(mean=50, variance=64, lead_time=4, holding=0.18, backorder=0.70)
    best = stock.optimal()
    assert best.level == pytest.approx(264.76689437415484, rel=1e-12)
    assert best.cost == pytest.approx(4.466781004149577, rel=1e-12)
    assert best.safety_stock == pytest.approx(best.level - 250, rel=1e-12)


@pytest.mark.parametrize("family", ["count", "gamma"])
@pytest.mark.parametrize(("lead_time", "review"), [(0, 1), (2, 1), (3, 4), (0, 3)])
def test_simulation_agrees_with_the_formulas(family: str, lead_time: int, review: int) -> None:
    # Cost, on-hand stock and fill rate of a simulated base-stock policy lie within 5 standard errors of the formulas.
    stock = BaseStock(
        mean=4,
        variance=10,
        lead_time=lead_time,
        review_period=review,
        holding=1,
        backorder=9,
        family=family,  # type: ignore[arg-type]
    )
    best = stock.optimal()
    runs, cycles = 400, 60
    draws = fit_moments(family, 4, 10).sample(runs * cycles * review, rng=7)  # type: ignore[arg-type]
    demand = draws.reshape(runs, cycles * review)
    total = np.concatenate([np.zeros((runs, 1)), np.cumsum(demand, axis=1)], axis=1)
    cost, hand, met, wanted = (np.zeros(runs) for _ in range(4))
    start = review * (2 + lead_time) + lead_time  # a receipt; whole order cycles from there on
    periods = range(start, start + (cycles * review - start) // review * review)
    for t in periods:
        # The last order to have arrived by t was placed at the latest review at or before t - lead_time.
        placed = (t - lead_time) // review * review
        before, after = best.level - (total[:, t] - total[:, placed]), best.level - (total[:, t + 1] - total[:, placed])
        hand += np.maximum(after, 0)
        cost += np.maximum(after, 0) + 9 * np.maximum(-after, 0)
        met += np.minimum(demand[:, t], np.maximum(before, 0))
        wanted += demand[:, t]
    for found, expected in [(cost, best.cost), (hand, best.expected_on_hand)]:
        average = found / len(periods)
        assert abs(average.mean() - expected) < 5 * average.std() / np.sqrt(runs)
    share = met / wanted
    assert abs(met.sum() / wanted.sum() - best.fill_rate) < 5 * share.std() / np.sqrt(runs) + 1e-4


@given(st.sampled_from(["count", "gamma"]), moments, st.integers(0, 5), st.integers(1, 4), st.floats(0.05, 0.9999))
def test_service_targets_are_met_by_the_smallest_level(
    family: str, mv: tuple[float, float], lead_time: int, review: int, target: float
) -> None:
    # The level meets the target, and a slightly lower one does not.
    stock = BaseStock(
        mean=mv[0],
        variance=mv[0] * mv[1],
        lead_time=lead_time,
        review_period=review,
        holding=1,
        backorder=5,
        family=family,  # type: ignore[arg-type]
    )
    for solve, measure in [(stock.for_fill_rate, "fill_rate"), (stock.for_cycle_service, "cycle_service")]:
        result = solve(target)
        assert getattr(result, measure) >= target - 1e-9
        lower = result.level - 1 if family == "count" else result.level * (1 - 1e-5)
        if lower >= 0:
            assert getattr(stock.evaluate(lower), measure) < target


@given(moments, st.floats(0.01, 0.99999))
def test_single_season_service_levels(mv: tuple[float, float], target: float) -> None:
    # Fill rate and cycle service of one season are reached, counts by the smallest integer.
    for d in (fit_moments("normal", mv[0], mv[0] * mv[1]), Gamma(mv[1], mv[0]), NegativeBinomial(mv[1], 0.2)):
        level = level_for_fill_rate(d, target)
        assert d.loss(level) <= (1 - target) * d.mean * (1 + 1e-9)
        assert d.cdf(level_for_cycle_service(d, target)) >= target - 1e-12
        if d.is_discrete:
            assert level == round(level)
            assert level == 0 or d.loss(level - 1) > (1 - target) * d.mean


def test_random_lead_time_raises_the_level() -> None:
    # Variance of the interval is n v + Var(L) m^2: with normal demand the level follows in closed form.
    fixed = BaseStock(mean=50, variance=64, lead_time=4, holding=1, backorder=9).optimal()
    random = BaseStock(mean=50, variance=64, lead_time=4, lead_time_deviation=0.5, holding=1, backorder=9).optimal()
    z = Normal(0, 1).quantile(0.9)
    assert fixed.level == pytest.approx(250 + z * np.sqrt(5 * 64), rel=1e-12)
    assert random.level == pytest.approx(250 + z * np.sqrt(5 * 64 + 0.25 * 2500), rel=1e-12)


def test_base_stock_from_any_distributions() -> None:
    # Review period 1 and lead time 0 is the newsvendor, whatever the distribution.
    d = Discrete([0, 2, 7], [0.5, 0.3, 0.2])
    stock = BaseStock.from_distributions([d], Discrete([0], [1]), mean=d.mean, lead_time=0, holding=1, backorder=3)
    assert stock.optimal().level == newsvendor(d, underage=3, overage=1).level
    assert "BaseStock" in repr(stock)
