# SPDX-License-Identifier: MIT
"""The planner: how hard to plan, and one method that does it."""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from meio.errors import InputError
from meio.forecast import Forecast
from meio.network_model import CodedNetwork, Network
from meio.network_tables import did_you_mean
from meio.plan import RESOURCES, Plan
from meio.tables import Table

__all__ = ["Planner", "Progress"]

ITEM_MODELS = ("independent", "echelon")

_log = logging.getLogger("meio")


@dataclass(frozen=True, slots=True)
class Progress:
    """What a callback sees.

    Attributes
    ----------
    iteration : int
        Passes over all products so far.
    bound : float
        Best proven lower bound so far.
    cost : float
        Cost of the best feasible plan so far; infinite before the first.
    seconds : float
        Wall time since the solve began.
    """

    iteration: int
    bound: float
    cost: float
    seconds: float

    @property
    def gap(self) -> float:
        """``(cost - bound) / abs(cost)``; infinite before the first plan."""
        return (self.cost - self.bound) / abs(self.cost) if math.isfinite(self.cost) and self.cost else math.inf

    def __str__(self) -> str:
        return (
            f"{self.seconds:7.1f} s  pass {self.iteration:4d}  bound {self.bound:14.6g}  cost {self.cost:14.6g}  "
            f"gap {self.gap:.3%}"
        )


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Plans a network: levels for every product and facility, prices for every shared capacity.

    Constructing it does no work; `solve` may be called again and again.

    Parameters
    ----------
    gap : float
        Stop once ``(cost - bound) / abs(cost)`` is at most this, >= 0.
    item_model : {'independent', 'echelon'}
        'independent': stock only where customers are served, facilities above pass it through. 'echelon': stock at
        every facility of the supply tree, echelon base-stock levels.
    max_seconds : float, optional
        Wall time after which the best plan so far is returned, > 0; None: no limit.
    max_passes : int
        Passes over all products at most, >= 1.
    threads : int
        0: as many as the machine has. The answer is the same for any number.
    alternatives : int
        Independent: facilities besides its own that may serve a pool of demand, >= 0.

    Examples
    --------
    >>> import meio
    >>> meio.Planner(gap=0.01)
    Planner(gap=0.01)
    """

    gap: float = 1e-4
    item_model: str = "independent"
    max_seconds: float | None = None
    max_passes: int = 400
    threads: int = 0
    alternatives: int = 3

    def __post_init__(self) -> None:
        wrong: list[tuple[str, str, str, str]] = []

        def require(ok: bool, name: str, fix: str) -> None:
            if not ok:
                wrong.append((name, "", repr(getattr(self, name)), fix))

        require(_is_number(self.gap) and self.gap >= 0, "gap", "must be a number >= 0")
        hint = did_you_mean(str(self.item_model), ITEM_MODELS)
        require(
            self.item_model in ITEM_MODELS,
            "item_model",
            f"must be one of {', '.join(map(repr, ITEM_MODELS))}" + (f"; {hint}" if hint else ""),
        )
        seconds = self.max_seconds
        require(seconds is None or (_is_number(seconds) and seconds > 0), "max_seconds", "must be > 0, or None")
        require(_is_whole(self.max_passes) and self.max_passes >= 1, "max_passes", "must be a whole number >= 1")
        require(_is_whole(self.threads) and self.threads >= 0, "threads", "must be a whole number >= 0")
        require(_is_whole(self.alternatives) and self.alternatives >= 0, "alternatives", "must be a whole number >= 0")
        if wrong:
            raise InputError.from_core(wrong)

    def __repr__(self) -> str:
        given = [
            f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.init and getattr(self, f.name) != f.default
        ]
        return f"Planner({', '.join(given)})"

    @property
    def options(self) -> dict[str, Any]:
        """The constructor's parameters."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.init}

    def solve(
        self,
        network: Network,
        forecast: Forecast,
        *,
        display: bool | str = "auto",
        callback: Callable[[Progress], bool | None] | None = None,
    ) -> Plan:
        """Plan.

        Ctrl-C returns the best plan so far with status `INTERRUPTED`.

        Parameters
        ----------
        network : Network
            Where.
        forecast : Forecast
            What customers will ask for.
        display : bool or 'auto'
            True prints a line a second at most; 'auto' does where a person is watching (a terminal).
        callback : callable, optional
            Called between passes with a `Progress`; answering False stops the solve.

        Returns
        -------
        Plan
            With status, levels, prices, bound and gap. Infeasible capacity is a status, not an error.

        Raises
        ------
        InputError
            Where forecast and network do not fit.
        """
        from meio import _meio

        coded = network.coded
        core_network, core_forecast = network.core, forecast.core(network)
        watch = _Watch(_wants_display(display), callback)
        raw = _meio.planner.solve(
            core_network,
            core_forecast,
            echelon=self.item_model == "echelon",
            alternatives=self.alternatives,
            gap=self.gap,
            max_passes=self.max_passes,
            threads=self.threads,
            max_seconds=self.max_seconds,
            callback=watch,
        )
        plan = _make_plan(raw, network, coded, forecast, self.options)
        _log.info("%s", repr(plan))
        if watch.display:
            print(repr(plan), flush=True)
        return plan


class _Watch:
    """Passes progress on to the caller's function and, at most once a second, to the screen."""

    def __init__(self, display: bool, callback: Callable[[Progress], bool | None] | None) -> None:
        self.display = display
        self.callback = callback
        self.printed = -1.0

    def __call__(self, iteration: int, bound: float, cost: float, seconds: float) -> bool:
        progress = Progress(iteration, bound, cost, seconds)
        if self.display and (self.printed < 0 or seconds - self.printed >= 1.0):
            self.printed = seconds
            print(progress, flush=True)
        _log.debug("%s", progress)
        return self.callback is None or self.callback(progress) is not False


def _wants_display(display: bool | str) -> bool:
    if display == "auto":
        return bool(getattr(sys.stdout, "isatty", bool)())
    if isinstance(display, bool):
        return display
    raise InputError(f"display = {display!r}: must be True, False or 'auto'")


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float | np.integer | np.floating)
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


# ---- what the core answers, in names -----------------------------------------------------------------------


def _make_plan(raw: Any, network: Network, coded: CodedNetwork, forecast: Forecast, options: dict[str, Any]) -> Plan:
    labels = _Labels(network, coded, forecast)
    history = {name: np.asarray(raw.history[name]) for name in ("pass", "bound", "cost", "seconds")}
    return Plan(
        status=raw.status,
        cost=raw.cost,
        bound=raw.bound,
        gap=raw.gap,
        passes=raw.passes,
        seconds=raw.seconds,
        network=network,
        forecast=forecast,
        options=options,
        tables={
            "levels": labels.levels(raw.levels),
            "prices": labels.prices(raw.prices),
            "history": Table(history),
            "shortfalls": labels.shortfalls(raw.shortfalls),
            "assignment": labels.assignment(raw.assignment),
        },
    )


class _Labels:
    """Turns the core's integer codes back into the caller's names."""

    def __init__(self, network: Network, coded: CodedNetwork, forecast: Forecast) -> None:
        self.units = network.units
        self.facilities = _texts(coded.facilities)
        self.products = _texts(coded.products)
        self.regions = _texts(coded.regions)
        self.speeds = _texts(coded.speeds)
        self.types = _texts(coded.storage_types)
        self.volumes = coded.arrays["products"]["volume"]
        self.sources = coded.arrays["lanes"]["source"]
        whole = all(isinstance(label, int) for label in forecast.periods)
        self.periods = np.array(forecast.periods) if whole else _texts(forecast.periods)

    def levels(self, raw: Mapping[str, Any]) -> Table:
        """Order-up-to levels by name."""
        return Table(
            {
                "product": _named(self.products, raw["product"]),
                "facility": _named(self.facilities, raw["facility"]),
                "period": _named(self.periods, raw["period"]),
                **{name: np.asarray(raw[name]) for name in ("base_stock", "echelon_base_stock", "on_hand", "unmet")},
                "volume": np.asarray(raw["on_hand"]) * self.volumes[np.asarray(raw["product"])],
            }
        )

    def prices(self, raw: Mapping[str, Any]) -> Table:
        """Capacities and prices by name, with units."""
        kinds = [RESOURCES[kind] for kind in np.asarray(raw["kind"]).tolist()]
        return Table(
            {
                **self._place(raw, kinds),
                "capacity": np.asarray(raw["capacity"]),
                "usage": np.asarray(raw["usage"]),
                "price": np.asarray(raw["price"]),
                "unit": [self._unit(kind) for kind in kinds],
                **self._detail(raw),
            }
        )

    def shortfalls(self, raw: Mapping[str, Any]) -> Table:
        """Capacities that were not kept, by name."""
        kinds = [RESOURCES[kind] for kind in np.asarray(raw["kind"]).tolist()]
        return Table(
            {
                **self._place(raw, kinds),
                "needed": np.asarray(raw["needed"]),
                "available": np.asarray(raw["available"]),
                **self._detail(raw),
            }
        )

    def assignment(self, raw: Mapping[str, Any]) -> Table:
        """Who serves whom, by name."""
        return Table(
            {
                "product": _named(self.products, raw["product"]),
                "region": _named(self.regions, raw["region"]),
                "speed": _named(self.speeds, raw["speed"]),
                "window": np.asarray(raw["window"]),
                "demand_class": np.asarray(raw["demand_class"]),
                "facility": _named(self.facilities, raw["facility"]),
                "period": _named(self.periods, raw["period"]),
            }
        )

    def _place(self, raw: Mapping[str, Any], kinds: list[str]) -> dict[str, Any]:
        return {
            "resource": kinds,
            "facility": _named(self.facilities, raw["facility"]),
            "period": _named(self.periods, raw["period"]),
        }

    def _detail(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        lanes = np.asarray(raw["lane"])
        sources = np.where(lanes >= 0, self.sources[np.maximum(lanes, 0)] if len(self.sources) else -1, -1)
        return {
            "storage_type": _named(self.types, raw["storage_type"]),
            "source": _named(self.facilities, sources),
            "speed": _named(self.speeds, raw["speed"]),
        }

    def _unit(self, kind: str) -> str:
        money, volume, period = self.units["money"], self.units["volume"], self.units["period"]
        return {
            "storage": f"{money} per {volume}-{period}",
            "service": f"{money} per unit short",
        }.get(kind, f"{money} per unit")


def _texts(names: list[Any]) -> npt.NDArray[Any]:
    """Names with an empty one at the end, where the code -1 leads."""
    values = np.empty(len(names) + 1, dtype=object)
    values[:-1] = names
    return values


def _named(names: npt.NDArray[Any], codes: Any) -> npt.NDArray[Any]:
    return np.asarray(names[np.asarray(codes, dtype=np.int64)])
