# SPDX-License-Identifier: MIT
"""One stock point: newsvendor, base-stock levels under periodic review, service targets; scalar and by the million."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from meio._meio import single_echelon as _core
from meio._meio.core import Status
from meio.distributions import Distribution, Family, FloatArray

__all__ = [
    "BaseStock",
    "BaseStockResult",
    "NewsvendorBatchResult",
    "NewsvendorResult",
    "level_for_cycle_service",
    "level_for_fill_rate",
    "newsvendor",
    "newsvendor_at",
    "newsvendor_batch",
    "newsvendor_profit",
]


@dataclass(frozen=True)
class NewsvendorResult:
    """A newsvendor level with its cost and service.

    Attributes
    ----------
    status : Status
        OPTIMAL where the level was optimised, FEASIBLE where it was given.
    level : float
        Order-up-to level, units.
    cost : float
        Expected cost: overage * leftover + underage * shortage.
    critical_ratio : float
        underage / (underage + overage).
    cycle_service : float
        P(D <= level), type 1.
    fill_rate : float
        1 - shortage / mean demand, type 2.
    expected_shortage, expected_leftover : float
        Units.
    """

    status: Status
    level: float
    cost: float
    critical_ratio: float
    cycle_service: float
    fill_rate: float
    expected_shortage: float
    expected_leftover: float


@dataclass(frozen=True)
class NewsvendorBatchResult:
    """Newsvendor levels of many products.

    Attributes
    ----------
    level, cost : numpy.ndarray
        Best level of each product and its expected cost.
    expected_shortage, second_order_loss : numpy.ndarray or None
        E (D - level)^+ and E [((D - level)^+)^2] / 2, where asked for.
    """

    level: FloatArray
    cost: FloatArray
    expected_shortage: FloatArray | None
    second_order_loss: FloatArray | None

    def __repr__(self) -> str:
        return f"NewsvendorBatchResult({self.level.size} products, cost={self.cost.sum():.6g})"


@dataclass(frozen=True)
class BaseStockResult:
    """A base-stock level with its cost and service in the long run.

    Attributes
    ----------
    status : Status
        OPTIMAL where the level was optimised, FEASIBLE where it was given.
    level : float
        Inventory position after ordering, units.
    cost : float
        Expected holding and backorder cost a period.
    critical_ratio : float
        backorder / (holding + backorder).
    cycle_service : float
        P(no backorder at the end of an order cycle).
    fill_rate : float
        Share of demand met from stock at once.
    expected_on_hand, expected_backorders : float
        At the end of a period, averaged over the order cycle, units.
    pipeline : float
        Expected units on order.
    safety_stock : float
        Level minus mean demand of the protection interval.
    """

    status: Status
    level: float
    cost: float
    critical_ratio: float
    cycle_service: float
    fill_rate: float
    expected_on_hand: float
    expected_backorders: float
    pipeline: float
    safety_stock: float


def _newsvendor(result: Any) -> NewsvendorResult:
    return NewsvendorResult(**{name: getattr(result, name) for name in NewsvendorResult.__dataclass_fields__})


def _base_stock(result: Any) -> BaseStockResult:
    return BaseStockResult(**{name: getattr(result, name) for name in BaseStockResult.__dataclass_fields__})


def newsvendor(demand: Distribution, *, underage: float, overage: float) -> NewsvendorResult:
    """Return the level that minimises overage * E (y - D)^+ + underage * E (D - y)^+.

    Parameters
    ----------
    demand : Distribution
    underage : float
        Cost of a unit short, > 0.
    overage : float
        Cost of a unit left over, > 0.

    Returns
    -------
    NewsvendorResult
        Exact for every distribution (Arrow, Harris and Marschak 1951); the smallest optimal level.

    Examples
    --------
    >>> from meio.distributions import Normal
    >>> best = newsvendor(Normal(50, 8), underage=0.70, overage=0.18)
    >>> round(best.level, 4), round(best.cost, 4)
    (56.604, 1.9976)
    """
    return _newsvendor(_core.newsvendor(demand._core, underage, overage))


def newsvendor_at(demand: Distribution, level: float, *, underage: float, overage: float) -> NewsvendorResult:
    """Return cost and service of a given level; exact.

    Parameters
    ----------
    demand : Distribution
    level : float
        Units.
    underage, overage : float
        Cost of a unit short and of a unit left over, > 0.

    Returns
    -------
    NewsvendorResult
    """
    return _newsvendor(_core.newsvendor_at(demand._core, level, underage, overage))


def newsvendor_profit(
    demand: Distribution, *, price: float, cost: float, salvage: float = 0.0, goodwill: float = 0.0
) -> tuple[NewsvendorResult, float]:
    """Return the most profitable level and its expected profit.

    Parameters
    ----------
    demand : Distribution
    price, cost : float
        A unit sells for `price` and is bought for `cost`.
    salvage : float
        Value of a unit left over, < cost.
    goodwill : float
        Lost with each unit short besides the margin, >= 0.

    Returns
    -------
    result : NewsvendorResult
    profit : float
    """
    result, profit = _core.newsvendor_profit(demand._core, price, cost, salvage, goodwill)
    return _newsvendor(result), float(profit)


def level_for_cycle_service(demand: Distribution, target: float) -> float:
    """Return the smallest level with P(D <= level) >= target; exact.

    Parameters
    ----------
    demand : Distribution
    target : float
        Strictly between 0 and 1.

    Returns
    -------
    float
    """
    return float(_core.level_for_cycle_service(demand._core, target))


def level_for_fill_rate(demand: Distribution, target: float) -> float:
    """Return the smallest level with E (D - level)^+ <= (1 - target) E D; exact, an integer for discrete demand.

    Parameters
    ----------
    demand : Distribution
        With mean > 0.
    target : float
        Strictly between 0 and 1.

    Returns
    -------
    float
    """
    return float(_core.level_for_fill_rate(demand._core, target))


def newsvendor_batch(
    mean: ArrayLike,
    standard_deviation: ArrayLike,
    *,
    underage: ArrayLike,
    overage: ArrayLike,
    family: Family = "normal",
    moments: bool = False,
    threads: int = 0,
) -> NewsvendorBatchResult:
    """Solve the newsvendor of many products in one call; exact, millions a second.

    Parameters
    ----------
    mean, standard_deviation : array_like
        Of each product's demand; the family's member with these moments is used.
    underage, overage : array_like
        Cost of a unit short and of a unit left over, > 0.
    family : {"normal", "gamma", "lognormal", "count", "poisson"}
        "count" is Poisson where the variance is at most the mean, negative binomial above; "poisson" does not use the
        standard deviation.
    moments : bool
        Also return the expected shortage and the second-order loss at the level.
    threads : int
        0: all. The answer has the same bits for any number.

    Returns
    -------
    NewsvendorBatchResult
        Arrays of the broadcast shape of the four inputs.
    """
    arrays = np.broadcast_arrays(
        *(np.asarray(values, dtype=np.float64) for values in (mean, standard_deviation, underage, overage))
    )
    shape = arrays[0].shape
    flat = [np.ascontiguousarray(values).reshape(-1) for values in arrays]
    level, cost, shortage, second = _core.newsvendor_batch(family, flat[0], flat[1], flat[2], flat[3], threads, moments)
    return NewsvendorBatchResult(
        level=level.reshape(shape),
        cost=cost.reshape(shape),
        expected_shortage=shortage.reshape(shape) if moments else None,
        second_order_loss=second.reshape(shape) if moments else None,
    )


class BaseStock:
    """A stock point under periodic review with backorders.

    Every `review_period` periods R the inventory position is raised to a level; what was ordered arrives after
    `lead_time` periods L, before the demand of that period. The protection interval is L + R.

    Parameters
    ----------
    mean, variance : float
        Demand of one period; periods are independent.
    holding, backorder : float
        Cost per unit on hand, and per unit backordered, at the end of a period; > 0.
    lead_time : float
        Periods, >= 0; may be fractional.
    lead_time_deviation : float
        Standard deviation of the lead time, periods.
    review_period : int
        Periods between orders, >= 1.
    family : {"normal", "gamma", "lognormal", "count", "poisson"}
        Shape fitted to the demand of an interval, whose mean and variance are exact.

    Examples
    --------
    >>> stock = BaseStock(mean=50, variance=64, lead_time=4, holding=0.18, backorder=0.70)
    >>> round(stock.optimal().level, 3), round(stock.optimal().cost, 4)
    (264.767, 4.4668)
    """

    def __init__(
        self,
        *,
        mean: float,
        variance: float,
        holding: float,
        backorder: float,
        lead_time: float = 0.0,
        lead_time_deviation: float = 0.0,
        review_period: int = 1,
        family: Family = "normal",
    ) -> None:
        self._core: Any = _core.BaseStock(
            family, mean, variance, lead_time, lead_time_deviation, review_period, holding, backorder
        )
        self._text = (
            f"BaseStock(mean={mean!r}, variance={variance!r}, holding={holding!r}, backorder={backorder!r}, "
            f"lead_time={lead_time!r}, lead_time_deviation={lead_time_deviation!r}, review_period={review_period!r}, "
            f"family={family!r})"
        )

    @classmethod
    def from_distributions(
        cls,
        intervals: Sequence[Distribution],
        lead_time_demand: Distribution,
        *,
        mean: float,
        lead_time: float,
        holding: float,
        backorder: float,
    ) -> BaseStock:
        """Build from the demand of intervals, of any distribution.

        Parameters
        ----------
        intervals : sequence of Distribution
            Demand of L + 1, ..., L + R periods.
        lead_time_demand : Distribution
            Demand of L periods; `Discrete([0], [1])` where L = 0.
        mean : float
            Of one period, > 0.
        lead_time : float
            L, periods.
        holding, backorder : float
            Per unit and period, > 0.

        Returns
        -------
        BaseStock
        """
        stock = cls.__new__(cls)
        stock._core = _core.BaseStock(
            [d._core for d in intervals], lead_time_demand._core, mean, lead_time, holding, backorder
        )
        stock._text = f"BaseStock.from_distributions({list(intervals)!r}, {lead_time_demand!r}, mean={mean!r}, ...)"
        return stock

    def __repr__(self) -> str:
        return self._text

    def evaluate(self, level: float) -> BaseStockResult:
        """Return cost and service of a level; exact."""
        return _base_stock(self._core.evaluate(level))

    def optimal(self) -> BaseStockResult:
        """Return the cheapest level; exact."""
        return _base_stock(self._core.optimal())

    def for_cycle_service(self, target: float) -> BaseStockResult:
        """Return the smallest level whose cycle service reaches the target; exact."""
        return _base_stock(self._core.for_cycle_service(target))

    def for_fill_rate(self, target: float) -> BaseStockResult:
        """Return the smallest level whose fill rate reaches the target; exact."""
        return _base_stock(self._core.for_fill_rate(target))
