# SPDX-License-Identifier: MIT
"""The simulator on arrays: orders one by one, several cases on common random numbers, paired intervals.

`meio.simulate` and `meio.compare` are the same with tables; ids here are positions in the tables of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from meio import _meio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Case", "CaseResult", "Estimate", "SimulationResult", "compare", "estimate", "simulate"]

#: Scores the options of one order; the lowest finite score wins. It has the arrays facility, service, late, cost,
#: days, distance, price, stock_value, on_hand, and the numbers product, region, speed, period, minute.
PolicyFunction = Callable[[Any], "ArrayLike"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is simulated: levels and a policy.

    Attributes
    ----------
    base_stock : array_like
        Local order-up-to levels, (products, facilities) or (products, facilities, planning periods), units: the stock
        that a facility keeps for its own customers. Rounded to whole units.
    echelon : array_like, optional
        Echelon order-up-to levels of facilities that feed others, same shape; everything below included. Absent: the
        sum of the levels below, so that these facilities pass everything on.
    policy : {"cheapest", "nearest", "priced", "territory"} or callable
        A callable gets the open options of one order and returns one score each; the lowest finite one wins. It runs
        under the interpreter's lock, some ten thousand times slower than a named policy.
    flow_price : array_like, optional
        Money per unit that leaves a facility, (facilities,) or (facilities, planning periods), for "priced".
    stock_value : array_like, optional
        Marginal value of a unit on hand, (products, facilities) or with planning periods, for "priced".
    assigned : array_like of int, optional
        Facility by demand class, or by product and class, for "territory"; -1: nobody. Absent: the cheapest. Classes
        are those of `meio.fulfilment.eligibility`.
    flow_weight, stock_weight : float, default 1
        Of "priced".
    rationing : {"balanced", "proportional"}
        How a facility shares what is short among those it feeds: so that positions come to the same share of their
        levels, or in proportion to what they lack.
    name : str
        For tables.
    """

    base_stock: ArrayLike
    echelon: ArrayLike | None = None
    policy: str | PolicyFunction = "cheapest"
    flow_price: ArrayLike | None = None
    stock_value: ArrayLike | None = None
    assigned: ArrayLike | None = None
    flow_weight: float = 1.0
    stock_weight: float = 1.0
    rationing: str = "balanced"
    name: str = "plan"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Mean over runs with Student's interval.

    Attributes
    ----------
    mean, sd : float
    half_width : float
        The interval is ``mean - half_width`` to ``mean + half_width``; infinite for one run.
    runs : int
        Runs that had a value.
    """

    mean: float
    sd: float
    half_width: float
    runs: int

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.mean + self.half_width


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one case did.

    Attributes
    ----------
    name : str
    metrics : ndarray, (runs, metrics)
        One value a run; columns as `SimulationResult.metric_names`. NaN: a rate of nothing.
    on_hand : ndarray, (products, facilities)
        Mean units at the end of a measured period.
    shipped : ndarray, (facilities,)
        Mean units to customers a period.
    lane_flow : ndarray, (lanes,)
        Mean units sent a period.
    volume : ndarray, (periods, facilities, storage types)
        Mean volume at the end of each measured period.
    """

    name: str
    metrics: NDArray[np.float64]
    on_hand: NDArray[np.float64]
    shipped: NDArray[np.float64]
    lane_flow: NDArray[np.float64]
    volume: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SimulationResult:
    """Cases side by side on the same demand, orders and lead times. Every figure is an estimate.

    Attributes
    ----------
    status : str
        ``optimal`` (all runs done), ``interrupted`` or ``time_limit`` (fewer).
    runs : int
    metric_names : tuple of str
        cost = purchase + lane + holding + storage + shipping + shortage, in money over the measured periods;
        units_demanded = units_filled + units_backordered + units_lost; fill_rate, on_time_rate, cost_per_unit;
        storage_violations, storage_worst, storage_excess; on_hand, in_transit; opening + bought - units_shipped =
        closing; opening_backlog, closing_backlog; and fill_rate, on_time_rate, units_demanded by [speed].
    cases : tuple of CaseResult
    confidence : float
    seconds : float
    orders, node_periods : int
        Work done, over all cases and runs.
    """

    status: str
    runs: int
    metric_names: tuple[str, ...]
    cases: tuple[CaseResult, ...]
    confidence: float
    seconds: float
    orders: int = field(compare=False)
    node_periods: int = field(compare=False)

    def values(self, case: int | str, metric: str) -> NDArray[np.float64]:
        """Return one value a run of a metric.

        Parameters
        ----------
        case : int or str
            Position or name.
        metric : str
            One of `metric_names`.

        Returns
        -------
        ndarray, (runs,)

        Raises
        ------
        KeyError
            For an unknown case or metric.
        """
        if isinstance(case, str):
            names = [one.name for one in self.cases]
            if case not in names:
                raise KeyError(f"no case {case!r}; there are {', '.join(names)}")
            case = names.index(case)
        if metric not in self.metric_names:
            raise KeyError(f"no metric {metric!r}; there are {', '.join(self.metric_names)}")
        column: NDArray[np.float64] = self.cases[case].metrics[:, self.metric_names.index(metric)]
        return column

    def kpi(self, case: int | str, metric: str) -> Estimate:
        """Return the mean of a metric over runs with its interval.

        Parameters
        ----------
        case : int or str
        metric : str

        Returns
        -------
        Estimate
        """
        return estimate(self.values(case, metric), confidence=self.confidence)

    def difference(self, case: int | str, baseline: int | str, metric: str) -> Estimate:
        """Return the mean paired difference of a metric, case minus baseline, with its interval.

        Parameters
        ----------
        case, baseline : int or str
        metric : str

        Returns
        -------
        Estimate
            A case against itself differs by exactly 0.
        """
        return estimate(self.values(case, metric) - self.values(baseline, metric), confidence=self.confidence)


def estimate(values: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Return mean, standard deviation and Student's interval of independent values.

    Parameters
    ----------
    values : array_like
        One a run; NaN is left out.
    confidence : float, default 0.95

    Returns
    -------
    Estimate

    Examples
    --------
    >>> from meio import simulation
    >>> round(simulation.estimate([1.0, 2.0, 3.0, 6.0]).half_width, 6)
    3.437435
    """
    return Estimate(*_meio.simulation.estimate(np.ascontiguousarray(values, dtype=np.float64), confidence))


def compare(
    network: Any,
    cases: Sequence[Case | Mapping[str, Any]],
    *,
    forecast: Any = None,
    history: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None,
    warm_up: int = 0,
    periods: int = 52,
    runs: int = 30,
    seed: int = 0,
    days_per_period: int = 7,
    threads: int = 0,
    confidence: float = 0.95,
    mean_demand: ArrayLike | None = None,
    feed_lane: ArrayLike | None = None,
    time_limit: float | None = None,
) -> SimulationResult:
    """Simulate several cases on common random numbers.

    Parameters
    ----------
    network : SupplyNetwork
        The compiled network (``meio.Network.core``).
    cases : sequence of Case
        Levels and policies.
    forecast : Forecast, optional
        The compiled forecast (``meio.Forecast.core(network)``) that demand is drawn from.
    history : tuple of (product, region, counts), optional
        Demand that happened instead: ids of each series, and whole units of shape (series, warm_up + periods).
    warm_up : int, default 0
        Periods before measuring begins; demand there is that of the first planning period.
    periods : int, default 52
        Measured periods.
    runs : int, default 30
        Independent repetitions.
    seed : int, default 0
        Same seed, same bits, for any number of threads.
    days_per_period : int, default 7
        Days over which a period's orders spread.
    threads : int, default 0
        0 uses all.
    confidence : float, default 0.95
        Of intervals.
    mean_demand : array_like, (products, regions), optional
        Units a period that fill the pipelines at the start; absent: all stock starts on hand.
    feed_lane : array_like of int, (facilities,), optional
        The lane that feeds each facility, -1 for the cheapest.
    time_limit : float, optional
        Seconds; the runs done by then are returned.

    Returns
    -------
    SimulationResult

    Raises
    ------
    InputError
        For wrong sizes and values, all in one.
    """
    keys = Case.__dataclass_fields__
    inputs = []
    for case in cases:
        entry = {key: getattr(case, key) for key in keys} if isinstance(case, Case) else dict(case)
        inputs.append(entry)
    if history is not None:
        counts = np.asarray(history[2])
        if not np.array_equal(counts, np.rint(counts)):
            raise ValueError("history: counts must be whole units")
    result = _meio.simulation.simulate(
        network,
        inputs,
        forecast=forecast,
        history=history,
        warm_up=warm_up,
        periods=periods,
        runs=runs,
        seed=seed,
        days_per_period=days_per_period,
        threads=threads,
        confidence=confidence,
        mean_demand=mean_demand,
        feed_lane=feed_lane,
        time_limit=time_limit,
    )
    return SimulationResult(
        status=result["status"],
        runs=result["runs"],
        metric_names=tuple(result["metric_names"]),
        cases=tuple(CaseResult(**one) for one in result["cases"]),
        confidence=result["confidence"],
        seconds=result["seconds"],
        orders=result["orders"],
        node_periods=result["node_periods"],
    )


def simulate(network: Any, case: Case | Mapping[str, Any], **options: Any) -> SimulationResult:
    """Simulate one case.

    Parameters
    ----------
    network : SupplyNetwork
        The compiled network.
    case : Case
        Levels and a policy.
    **options
        As `compare`.

    Returns
    -------
    SimulationResult
    """
    return compare(network, [case], **options)
