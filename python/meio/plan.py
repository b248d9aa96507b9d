# SPDX-License-Identifier: MIT
"""A plan: levels, prices, and how good they are; immutable, saved and loaded without pickles."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from meio.forecast import Forecast
from meio.network_model import Network
from meio.network_tables import did_you_mean
from meio.tables import Table, html_table, to_backend

if TYPE_CHECKING:
    from meio.plots import PlanPlots

__all__ = ["RESOURCES", "Plan", "PriceCheck"]

FloatArray = npt.NDArray[np.float64]

#: Kinds of shared capacity, by the number that the core gives them.
RESOURCES = ("storage", "inbound", "outbound", "lane", "service")

#: Rows that a plan shows in a notebook.
SHOWN_ROWS = 10

#: Gap to which the price check solves.
VERIFY_GAP = 1e-7

#: Version of the file format of `Plan.save`.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class PriceCheck:
    """What one per cent more of a capacity is worth, by re-solving.

    The price at the old capacity is the most that one more unit can save, the price at the new one the least: the
    least bound is convex in the capacity. `saved_by_bound` lies between them up to what both solves left open;
    `saved_by_cost` compares the two plans, which differ from their bounds by the gaps.

    Attributes
    ----------
    resource : str
        Which capacity, in words.
    capacity, more : float
        Before, and how much was added.
    planned : float
        The plan's price: as exact as the gap it was stopped at.
    price, price_after : float
        Prices before and after, both solved to the end; money per unit of capacity.
    cost, cost_after, bound, bound_after : float
        Money per period.
    saved_by_cost, saved_by_bound : float
        Money per unit of capacity, from the re-solved plan and its bound.
    unit : str
        Of the prices.
    """

    resource: str
    capacity: float
    more: float
    planned: float
    price: float
    price_after: float
    cost: float
    cost_after: float
    bound: float
    bound_after: float
    unit: str

    @property
    def saved_by_cost(self) -> float:
        """Cost saved per unit of capacity added."""
        return (self.cost - self.cost_after) / self.more

    @property
    def saved_by_bound(self) -> float:
        """Bound lowered per unit of capacity added."""
        return (self.bound - self.bound_after) / self.more

    @property
    def slack(self) -> float:
        """What the two solves' gaps leave open, in money per unit of capacity."""
        return ((self.cost - self.bound) + (self.cost_after - self.bound_after)) / self.more

    @property
    def holds(self) -> bool:
        """Whether price >= saving >= price after, within `slack`."""
        room = self.slack + 1e-9 * max(1.0, abs(self.price))
        return self.price_after - room <= self.saved_by_bound <= self.price + room

    def __repr__(self) -> str:
        return (
            f"{self.resource}: capacity {self.capacity:g} + {self.more:g}\n"
            f"  planned price {self.planned:12.6g} {self.unit}\n"
            f"  price before  {self.price:12.6g}\n"
            f"  bound saved   {self.saved_by_bound:12.6g} a unit ({self.bound:.9g} -> {self.bound_after:.9g})\n"
            f"  cost saved    {self.saved_by_cost:12.6g} a unit ({self.cost:.9g} -> {self.cost_after:.9g})\n"
            f"  price after   {self.price_after:12.6g}"
        )


class Plan:
    """What to hold where, what every capacity is worth, and how far from optimal that can be.

    Made by `Planner.solve`; never changes.

    Attributes
    ----------
    status : Status
        Why the solve stopped. With `INFEASIBLE`, `shortfalls` says what lacks.
    cost : float
        Expected money per period of this plan (a feasible solution: an upper bound of the least cost).
    bound : float
        Certified lower bound on the cost of any plan of the same item model.
    gap : float
        ``(cost - bound) / abs(cost)``.
    passes : int
        Passes over all products.
    seconds : float
        Wall time.
    network, forecast
        What was planned.
    options : dict
        How it was planned.
    """

    __slots__ = (
        "_tables",
        "bound",
        "cost",
        "forecast",
        "gap",
        "network",
        "options",
        "passes",
        "seconds",
        "status",
    )

    status: Any
    cost: float
    bound: float
    gap: float
    passes: int
    seconds: float
    network: Network
    forecast: Forecast
    options: dict[str, Any]
    _tables: dict[str, Table]

    def __init__(
        self,
        *,
        status: Any,
        cost: float,
        bound: float,
        gap: float,
        passes: int,
        seconds: float,
        network: Network,
        forecast: Forecast,
        options: Mapping[str, Any],
        tables: Mapping[str, Table],
    ) -> None:
        put = super().__setattr__
        put("status", status)
        put("cost", float(cost))
        put("bound", float(bound))
        put("gap", float(gap))
        put("passes", int(passes))
        put("seconds", float(seconds))
        put("network", network)
        put("forecast", forecast)
        put("options", dict(options))
        put("_tables", dict(tables))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a Plan does not change; solve again instead of setting {name}")

    def __getstate__(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "cost": self.cost,
            "bound": self.bound,
            "gap": self.gap,
            "passes": self.passes,
            "seconds": self.seconds,
            "network": self.network,
            "forecast": self.forecast,
            "options": self.options,
            "tables": self._tables,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        Plan.__init__(self, **state)

    # ---- tables --------------------------------------------------------------------------------------------

    def table(self, name: str) -> Table:
        """One of the result tables as a `Table`, whatever the caller's library.

        Parameters
        ----------
        name : {'levels', 'prices', 'history', 'shortfalls', 'assignment'}
            Which.

        Returns
        -------
        Table
            Its columns as read-only arrays.
        """
        if name not in self._tables:
            hint = did_you_mean(name, self._tables)
            raise KeyError(f"no table {name!r}; " + (hint or f"tables: {', '.join(self._tables)}"))
        return self._tables[name]

    def _frame(self, name: str) -> Any:
        return to_backend(self._tables[name], self.network.backend)

    @property
    def levels(self) -> Any:
        """Order-up-to levels and what they lead to, a row a product, facility and period.

        Columns: product, facility, period, base_stock (local), echelon_base_stock, on_hand (expected, end of period),
        unmet (expected units short at the end of the protection interval), volume (of the expected stock on hand).
        """
        return self._frame("levels")

    @property
    def prices(self) -> Any:
        """Shared capacities: resource, facility, period, capacity, usage, price, unit, and what else names them.

        The price is the money saved by one more unit of the capacity; 0 where it is slack.
        """
        return self._frame("prices")

    @property
    def history(self) -> Any:
        """How the solve went: a row a pass with pass, bound, cost, seconds."""
        return self._frame("history")

    @property
    def shortfalls(self) -> Any:
        """Capacities that no plan was found to keep: resource, facility, period, needed, available; else empty."""
        return self._frame("shortfalls")

    @property
    def assignment(self) -> Any:
        """Where demand is served: product, region, speed, window, facility, period; facility empty where nobody."""
        return self._frame("assignment")

    @property
    def plot(self) -> PlanPlots:
        """The plan's pictures: `plot.network()`, `plot.price_heatmap()`, `plot.convergence()`; needs matplotlib."""
        from meio.plots import PlanPlots

        return PlanPlots(self)

    # ---- in words ------------------------------------------------------------------------------------------

    def summary(self) -> str:
        """Tell the plan in a few lines of text.

        Returns
        -------
        str
            Status, cost, bound, gap, stock and the dearest capacities.
        """
        money, period = self.network.units["money"], self.network.units["period"]
        levels, prices = self._tables["levels"], self._tables["prices"]
        lines = [
            f"status   {self.status.name.lower()}",
            f"cost     {self.cost:,.2f} {money} a {period}",
            f"bound    {self.bound:,.2f} {money} a {period}",
            f"gap      {self.gap:.3%}",
            f"work     {self.passes} passes, {self.seconds:.2f} s",
            f"stock    {float(levels['on_hand'].sum()) / max(1, len(self.forecast.periods)):,.0f} units on hand, "
            f"{np.count_nonzero(levels['base_stock'] > 0):,} positions",
        ]
        binding = np.flatnonzero(prices["price"] > 0)
        lines.append(f"prices   {len(binding)} of {prices.height} capacities bind")
        dearest = binding[np.argsort(-prices["price"][binding] * prices["capacity"][binding], kind="stable")][:5]
        for row in dearest:
            name = describe_resource({column: prices[column][row] for column in prices})
            lines.append(f"         {prices['price'][row]:10.4g} {prices['unit'][row]}  {name}")
        short = self._tables["shortfalls"]
        if short.height:
            lines.append(f"lacking  {short.height} capacities, see shortfalls")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return (
            f"Plan({self.status.name.lower()}, cost={self.cost:.8g}, bound={self.bound:.8g}, gap={self.gap:.2%}, "
            f"{self._tables['levels'].height} levels, {self._tables['prices'].height} prices)"
        )

    def _repr_html_(self) -> str:
        prices = self._tables["prices"]
        order = np.argsort(-prices["price"], kind="stable")[:SHOWN_ROWS]
        dearest = Table({name: prices[name][order] for name in prices})
        return (
            f"<pre>{html.escape(self.summary())}</pre>"
            f"<b>dearest capacities</b>{html_table(dearest, SHOWN_ROWS)}"
            f"<b>levels</b>{html_table(self._tables['levels'], SHOWN_ROWS)}"
        )

    # ---- what a capacity is worth --------------------------------------------------------------------------

    def verify_price(
        self,
        resource: str,
        facility: str | None = None,
        *,
        storage_type: str | None = None,
        source: str | None = None,
        speed: str | None = None,
        period: Any = None,
        change: float = 0.01,
    ) -> PriceCheck:
        """Solve to the end, then with one per cent more of a capacity, and show both numbers.

        Parameters
        ----------
        resource : {'storage', 'inbound', 'outbound', 'lane', 'service'}
            Which kind.
        facility : str, optional
            Where; of a lane, where it leads to. Not for service.
        storage_type, source, speed : str, optional
            Which storage type, which lane's origin, which speed. Where several capacities fit, the dearest is taken.
        period : optional
            A label of the forecast's periods; storage only.
        change : float
            Relative addition, > 0.

        Returns
        -------
        PriceCheck
            Prices before and after, and the savings between.

        Raises
        ------
        ValueError
            Where no limited capacity fits.
        """
        from meio.planner_api import Planner

        if not (change > 0 and math.isfinite(change)):
            raise ValueError(f"change = {change}: must be finite and > 0")
        prices = self._tables["prices"]
        wanted = {
            "resource": resource,
            "facility": facility,
            "storage_type": storage_type,
            "source": source,
            "speed": speed,
            "period": period,
        }
        rows = _matching(prices, {name: value for name, value in wanted.items() if value is not None})
        if not len(rows):
            raise ValueError(_which_resource(prices, wanted))
        rows = rows[np.argsort(-prices["price"][rows], kind="stable")]
        row = {name: prices[name][rows[0]] for name in prices}
        if len(self.forecast.periods) > 1 and resource != "storage":
            raise ValueError(
                "with several periods, only storage has a capacity of its own in each; verify a storage price"
            )
        more = change * float(row["capacity"])
        changed = _with_more(self.network, row, more, self.forecast.periods)
        # Both sides to the end: what one more unit saves would drown in the gap that a plan may leave.
        planner = Planner(**{**self.options, "gap": min(self.options["gap"], VERIFY_GAP)})
        before = planner.solve(self.network, self.forecast, display=False)
        after = planner.solve(changed, self.forecast, display=False)
        key = {name: row[name] for name in wanted if row.get(name) is not None}
        return PriceCheck(
            resource=describe_resource(row),
            capacity=float(row["capacity"]),
            more=more,
            planned=float(row["price"]),
            price=_price_of(before, key),
            price_after=_price_of(after, key),
            cost=before.cost,
            cost_after=after.cost,
            bound=before.bound,
            bound_after=after.bound,
            unit=str(row["unit"]),
        )

    # ---- files ---------------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the plan, its network and its forecast to one file (a zip of arrays; no pickle inside).

        Parameters
        ----------
        path : path
            Where; the suffix ``.meio`` is customary.
        """
        from meio._plan_file import write_plan

        write_plan(self, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Plan:
        """Read a plan that `save` wrote.

        Parameters
        ----------
        path : path
            The file.

        Returns
        -------
        Plan
            Equal to the one saved; results come in the library they came in then, if it is installed.
        """
        from meio._plan_file import read_plan

        return read_plan(Path(path))

    def to_folder(self, folder: str | Path) -> list[Path]:
        """Write levels, prices, history and shortfalls as CSV files and the summary as text.

        Parameters
        ----------
        folder : path
            Made where it does not exist.

        Returns
        -------
        list of Path
            The files.
        """
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        written = []
        for name in ("levels", "prices", "history", "shortfalls", "assignment"):
            self._tables[name].to_csv(place / f"{name}.csv")
            written.append(place / f"{name}.csv")
        report = {
            "status": self.status.name.lower(),
            "cost": self.cost,
            "bound": self.bound,
            "gap": self.gap,
            "passes": self.passes,
            "seconds": round(self.seconds, 3),
            "units": self.network.units,
        }
        (place / "plan.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        (place / "summary.txt").write_text(self.summary() + "\n", encoding="utf-8")
        return [*written, place / "plan.json", place / "summary.txt"]


# ---- resources ---------------------------------------------------------------------------------------------


def describe_resource(row: Mapping[str, Any]) -> str:
    """Name a capacity in words.

    Parameters
    ----------
    row : mapping
        A row of the price table.

    Returns
    -------
    str
        Such as ``storage of oversize at RNO1``.
    """
    kind, facility = str(row["resource"]), row.get("facility") or ""
    text = {
        "storage": f"storage of {row.get('storage_type')} at {facility}",
        "lane": f"lane {row.get('source')} -> {facility}",
        "service": f"service at {row.get('speed')}",
    }.get(kind, f"{kind} of {facility}" if facility else kind)
    return text


def _price_of(plan: Plan, key: Mapping[str, Any]) -> float:
    prices = plan.table("prices")
    rows = _matching(prices, key)
    return float(prices["price"][rows[0]]) if len(rows) else 0.0


def _matching(prices: Table, wanted: Mapping[str, Any]) -> npt.NDArray[np.int64]:
    keep = np.ones(prices.height, dtype=bool)
    for name, value in wanted.items():
        keep &= np.array([str(found) == str(value) for found in prices[name]], dtype=bool)
    return np.flatnonzero(keep)


def _which_resource(prices: Table, wanted: Mapping[str, Any]) -> str:
    asked = ", ".join(f"{name}={value!r}" for name, value in wanted.items() if value is not None)
    for name, value in wanted.items():
        known = [str(v) for v in dict.fromkeys(prices[name]) if v is not None]
        if value is not None and str(value) not in known:
            hint = did_you_mean(str(value), known) or f"there are: {', '.join(known[:10]) or 'none'}"
            return f"no limited capacity has {name}={value!r}; {hint}"
    return f"no limited capacity fits {asked}"


def _with_more(network: Network, row: Mapping[str, Any], more: float, periods: list[Any]) -> Network:
    kind = row["resource"]
    if kind == "storage":
        table = network.table("storage")
        here = [
            f == row["facility"] and t == row["storage_type"]
            for f, t in zip(table["facility"], table["storage_type"], strict=True)
        ]
        columns: dict[str, Any] = {name: list(values) for name, values in table.items()}
        at = periods.index(row["period"]) if len(periods) > 1 else None
        for i, found in enumerate(here):
            if found and (at is None or columns["period"][i] == at):
                columns["capacity"][i] += more
        if at is not None and not any(f and p == at for f, p in zip(here, table["period"], strict=True)):
            for name, value in {
                "facility": row["facility"],
                "storage_type": row["storage_type"],
                "capacity": float(row["capacity"]) + more,
                "period": at,
            }.items():
                columns[name].append(value)
        columns["period"] = [math.nan if p < 0 else p for p in columns["period"]]
        return network.replace(storage=Table(columns))
    if kind in {"inbound", "outbound"}:
        return _add_to(network, "facilities", kind, {"facility": row["facility"]}, more)
    if kind == "lane":
        return _add_to(network, "lanes", "capacity", {"src": row["source"], "dst": row["facility"]}, more)
    if kind == "service":
        speeds = network.table("speeds")
        target = float(speeds["fill_rate"][list(speeds["speed"]).index(row["speed"])])
        return _add_to(network, "speeds", "fill_rate", {"speed": row["speed"]}, -(1 - target) * more / row["capacity"])
    raise ValueError(f"the price of a {kind} cannot be verified by re-solving")


def _add_to(network: Network, name: str, column: str, key: Mapping[str, Any], more: float) -> Network:
    table = network.table(name)
    mask = np.ones(table.height, dtype=bool)
    for field, value in key.items():
        mask &= np.array([found == value for found in table[field]], dtype=bool)
    columns = {**table, column: np.where(mask, table[column] + more, table[column])}
    return network.replace(**{name: Table(columns)})
