# SPDX-License-Identifier: MIT
"""Transportation problems as a table of arcs between named sources and destinations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from meio._meio import transport as _core
from meio._meio.core import Status
from meio.errors import InputError
from meio.tables import Table, backend_of, read_columns, to_backend
from meio.transport._dense import relation


@dataclass(frozen=True, repr=False)
class ArcResult:
    """A solution by names.

    Attributes
    ----------
    status : Status
        Why the solver stopped; exact where `OPTIMAL`.
    objective, bound : float
        Cost of the flows, and a proven lower bound on the optimum.
    flows : frame
        source, destination, amount, cost (per unit): the positive flows, in the library that the arcs came in.
    supply_duals, demand_duals : dict of str to float
        Change of the objective per further unit of supply (<= 0 where it is `at_most`) and of demand.
    unserved : dict of str to float
        Demand that stays unserved at its price; empty where no prices were given.
    shortage : tuple of (list, list, float) or None
        Where infeasible: destinations that cannot all be served, the sources that reach them, the units that lack.
    gap : float
        Relative gap between objective and bound, recomputed from the input.
    pivots : int
    seconds : float
    """

    status: Status
    objective: float
    bound: float
    flows: Any
    supply_duals: dict[str, float]
    demand_duals: dict[str, float]
    unserved: dict[str, float]
    shortage: tuple[list[str], list[str], float] | None
    gap: float
    pivots: int
    seconds: float

    def __repr__(self) -> str:
        """Status, size and objective in one line."""
        size = f"{len(self.supply_duals)} x {len(self.demand_duals)}"
        return f"<transport.ArcResult {self.status.name}, {size}, objective {self.objective:.10g}, gap {self.gap:.1e}>"


def _amounts(field: str, given: Any) -> tuple[list[str], NDArray[np.float64]]:
    if not isinstance(given, Mapping):
        fix = "must be a mapping of names to units"
        raise InputError.from_core([(field, "", type(given).__name__, fix)])
    names = [str(name) for name in given]
    try:
        return names, np.fromiter((float(value) for value in given.values()), dtype=np.float64, count=len(names))
    except (TypeError, ValueError) as error:
        raise InputError.from_core([(field, "", "", f"must be numbers ({error})")]) from error


def solve_arcs(
    arcs: Any,
    supply: Mapping[str, float],
    demand: Mapping[str, float],
    *,
    source: str = "source",
    destination: str = "destination",
    cost: str = "cost",
    capacity: str | None = None,
    shortage_prices: Mapping[str, float] | None = None,
    supply_relation: Literal["at_most", "exactly"] = "at_most",
    demand_relation: Literal["exactly", "at_least"] = "exactly",
    balance_tolerance: float = 1e-9,
    max_pivots: int = 0,
    time_limit: float | None = None,
) -> ArcResult:
    """Ship along the arcs of a table at least cost; exact. Made for few sources and very many destinations.

    Parameters
    ----------
    arcs : pandas, Polars or pyarrow frame, or mapping of columns
        One row an arc.
    supply, demand : mapping of str to float
        Units by name, >= 0.
    source, destination, cost, capacity : str
        Names of the columns; `capacity` is optional: the most that an arc carries.
    shortage_prices : mapping of str to float, optional
        Price per unit of demand left unserved, for the destinations where that is allowed.
    supply_relation, demand_relation, balance_tolerance, max_pivots, time_limit
        As `solve` takes them.

    Returns
    -------
    ArcResult

    Raises
    ------
    InputError
        Naming missing columns, unknown names, repeated arcs and wrong numbers by row.

    Examples
    --------
    >>> arcs = {"source": ["A", "A", "B"], "destination": ["x", "y", "y"], "cost": [1.0, 4.0, 2.0]}
    >>> result = solve_arcs(arcs, supply={"A": 5, "B": 3}, demand={"x": 4, "y": 4})
    >>> result.objective, result.demand_duals
    (14.0, {'x': 1.0, 'y': 4.0})
    """
    columns = read_columns(arcs)
    wanted = [source, destination, cost] + ([capacity] if capacity is not None else [])
    missing = [
        (f"arcs.{name}", "", "no such column", f"columns are {', '.join(columns)}")
        for name in wanted
        if name not in columns
    ]
    if missing:
        raise InputError.from_core(missing)
    sources, send = _amounts("supply", supply)
    destinations, take = _amounts("demand", demand)
    wrong: list[tuple[str, str, str, str]] = []
    ids = []
    for column, names, side in ((source, sources, "supply"), (destination, destinations, "demand")):
        place = {name: at for at, name in enumerate(names)}
        labels = columns[column].labels()
        codes = np.fromiter(
            (place.get(label, -1) if label is not None else -1 for label in labels), np.int32, len(labels)
        )
        for row in np.flatnonzero(codes < 0)[:20]:
            wrong.append((f"arcs.{column}", str(row), repr(labels[row]), f"must be a name of {side}"))
        ids.append(codes)
    money, not_numbers = columns[cost].numbers()
    wrong += [(f"arcs.{cost}", str(row), "", "must be a number") for row in np.flatnonzero(not_numbers)[:20]]
    limits = np.empty(0)
    if capacity is not None:
        limits, not_numbers = columns[capacity].numbers()
        wrong += [(f"arcs.{capacity}", str(row), "", "must be a number") for row in np.flatnonzero(not_numbers)[:20]]
    prices = np.empty(0)
    if shortage_prices is not None:
        prices = np.full(len(destinations), np.inf)
        at = {name: place for place, name in enumerate(destinations)}
        for name, price in shortage_prices.items():
            if str(name) not in at:
                wrong.append(("shortage_prices", str(name), "", "must be a name of demand"))
            else:
                prices[at[str(name)]] = price
    if wrong:
        raise InputError.from_core(wrong)
    fields = _core.solve_arcs(
        len(sources),
        len(destinations),
        ids[0],
        ids[1],
        money,
        send,
        take,
        capacities=limits,
        shortage_prices=prices,
        overflow_prices=np.empty(0),
        supply_relation=relation("supply_relation", supply_relation),
        demand_relation=relation("demand_relation", demand_relation),
        balance_tolerance=balance_tolerance,
        max_pivots=max_pivots,
        time_limit=time_limit,
    )
    key = ids[0].astype(np.int64) * len(destinations) + ids[1]
    order = np.argsort(key, kind="stable")
    used = fields["sources"].astype(np.int64) * len(destinations) + fields["destinations"]
    flows = Table(
        {
            source: np.array(sources, dtype=object)[fields["sources"]],
            destination: np.array(destinations, dtype=object)[fields["destinations"]],
            "amount": fields["amounts"],
            cost: money[order[np.searchsorted(key[order], used)]] if used.size else np.empty(0),
        }
    )
    short_sources, short_destinations, lacking = fields["shortage"]
    named = ([destinations[j] for j in short_destinations], [sources[i] for i in short_sources], float(lacking))
    return ArcResult(
        status=fields["status"],
        objective=fields["objective"],
        bound=fields["bound"],
        flows=to_backend(flows, backend_of(arcs)),
        supply_duals=dict(zip(sources, fields["supply_duals"].tolist(), strict=True)),
        demand_duals=dict(zip(destinations, fields["demand_duals"].tolist(), strict=True)),
        unserved=dict(zip(destinations, fields["unserved"].tolist(), strict=True)) if fields["unserved"].size else {},
        shortage=named if named[0] else None,
        gap=fields["gap"],
        pivots=fields["pivots"],
        seconds=fields["seconds"],
    )
