# SPDX-License-Identifier: MIT
"""Transportation problems as a table of arcs between named sources and destinations."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meio._meio import transport as _core
from meio._meio.core import Status
from meio.errors import InputError
from meio.tables import Table, backend_of, to_backend
from meio.transport._frames import Names, Numbers, Rows, amounts_by_name
from meio.transport._input import SHOWN, Finding, findings_as, real, relation, seconds, whole


class NamedCut(NamedTuple):
    """A proof of infeasibility by names.

    Attributes
    ----------
    destinations, sources : list of str
        Of a shortage: destinations that cannot all be served, and all sources with an arc into them. Of a surplus:
        destinations that are all the named sources reach.
    amount : float
        Units by which the one side exceeds the other; > 0.
    """

    destinations: list[str]
    sources: list[str]
    amount: float


@dataclass(frozen=True, repr=False, eq=False)
class ArcBasis:
    """Where a solve of `solve_arcs` ended, to start the next one from.

    Of use after costs, capacities, supplies and demands have changed. Where arcs or names are others than before, or
    the basis is no longer feasible, its prices still make a good start.

    Attributes
    ----------
    slots : ndarray of int
        By destination: its basic arc among its own in order; -1 surplus, -2 shortage, -3 none.
    source_parents, source_slots : ndarray of int
        By source: the destination it hangs below and the arc among that one's; -1 unused supply, -2 overflow.
    full : ndarray of uint8
        By arc in order of destinations, where there are capacities: 1 at its capacity outside the basis.
    prices : ndarray
        By source: its dual.
    sources, destinations : list of str
        Their names.
    """

    slots: NDArray[np.int32]
    source_parents: NDArray[np.int32]
    source_slots: NDArray[np.int32]
    full: NDArray[np.uint8]
    prices: NDArray[np.float64]
    sources: list[str]
    destinations: list[str]

    def __repr__(self) -> str:
        """Sizes in one line."""
        return f"<transport.ArcBasis {len(self.sources)} x {len(self.destinations)}>"


@dataclass(frozen=True)
class _Raw:
    """What the frames and dictionaries of a result are made from, once they are asked for."""

    columns: tuple[str, str, str]
    backend: str
    sources: list[str]
    destinations: list[str]
    costs: Any
    fields: dict[str, Any]


@dataclass(frozen=True, repr=False, eq=False)
class ArcResult:
    """A solution by names.

    Attributes
    ----------
    status : Status
        Why the solver stopped; exact where `OPTIMAL`.
    objective, bound : float
        Cost of the flows with the price of what stays unserved, and a proven lower bound on the optimum, valid after
        a time limit or Ctrl-C too.
    flows : frame
        source, destination, amount, cost (per unit): the positive flows, in the library that the arcs came in.
    supply_duals, demand_duals : dict of str to float
        Change of the objective per further unit of supply (<= 0 where it is `at_most`) and of demand.
    unserved : dict of str to float
        Demand that stays unserved at its price; empty where no prices were given.
    overflow : dict of str to float
        Units that leave beyond the supply at their price; empty where no prices were given.
    basis : ArcBasis
        For `start` of a similar problem.
    shortage, surplus : NamedCut or None
        Where infeasible: destinations that cannot all be served, the sources that reach them, the units that lack;
        and sources that cannot all ship.
    dual_violation, primal_residual, gap : float
        Recomputed from the input: worst reduced cost or dual sign, worst supply or demand row, relative gap
        less what rounding explains. A gap of 0 beside a lower `bound` rests on exact arithmetic, of which duals rounded
        to doubles show less; it takes numbers of very different sizes.
    pivots : int
        Simplex pivots.
    seconds : float
        Wall time of the solve, the reading of the tables left out.
    """

    status: Status
    objective: float
    bound: float
    shortage: NamedCut | None
    surplus: NamedCut | None
    dual_violation: float
    primal_residual: float
    gap: float
    pivots: int
    seconds: float
    _raw: _Raw = field(repr=False)

    def __repr__(self) -> str:
        """Status, size and objective in one line."""
        size = f"{len(self._raw.sources)} x {len(self._raw.destinations)}"
        return f"<transport.ArcResult {self.status.name}, {size}, objective {self.objective:.10g}, gap {self.gap:.1e}>"

    @cached_property
    def flows(self) -> Any:
        """The positive flows by source, then destination."""
        raw = self._raw
        source, destination, cost = raw.columns
        table = Table(
            {
                source: np.array(raw.sources, dtype=object)[raw.fields["sources"]],
                destination: np.array(raw.destinations, dtype=object)[raw.fields["destinations"]],
                "amount": raw.fields["amounts"],
                cost: raw.costs[raw.fields["arcs"]],
            }
        )
        return to_backend(table, raw.backend)

    @cached_property
    def supply_duals(self) -> dict[str, float]:
        """Duals of the sources by name."""
        return dict(zip(self._raw.sources, self._raw.fields["supply_duals"].tolist(), strict=True))

    @cached_property
    def demand_duals(self) -> dict[str, float]:
        """Duals of the destinations by name."""
        return dict(zip(self._raw.destinations, self._raw.fields["demand_duals"].tolist(), strict=True))

    @cached_property
    def unserved(self) -> dict[str, float]:
        """Demand left unserved at its price, by name."""
        left = self._raw.fields["unserved"].tolist()
        return dict(zip(self._raw.destinations, left, strict=True)) if left else {}

    @cached_property
    def overflow(self) -> dict[str, float]:
        """Units beyond the supply at their price, by name."""
        more = self._raw.fields["overflow"].tolist()
        return dict(zip(self._raw.sources, more, strict=True)) if more else {}

    @cached_property
    def basis(self) -> ArcBasis:
        """Where the solve ended."""
        slots, parents, source_slots, full, prices = self._raw.fields["basis"]
        return ArcBasis(slots, parents, source_slots, full, prices, self._raw.sources, self._raw.destinations)


def _cut(cut: tuple[Any, Any, float] | None, sources: list[str], destinations: list[str]) -> NamedCut | None:
    if cut is None:
        return None
    some_sources, some_destinations, amount = cut
    return NamedCut([destinations[j] for j in some_destinations], [sources[i] for i in some_sources], float(amount))


def _prices(field: str, given: Any, name: str, nodes: Names, word: str) -> NDArray[np.float64]:
    """Prices by node; +inf where there is none, no array where nothing is given."""
    if given is None:
        return np.empty(0)
    priced, values = amounts_by_name(field, given, name, kind="prices")
    places = [nodes.number(label) for label in priced.names]
    fix = f"must be a name of {word}"
    wrong = [nodes.unknown(field, row, priced.names[row], fix) for row, at in enumerate(places) if at < 0]
    if wrong:
        raise InputError.from_core(wrong[:SHOWN])
    prices = np.full(len(nodes), np.inf)
    prices[places] = values
    return prices


def _start(start: ArcBasis | None, sources: Names, destinations: Names) -> tuple[Any, ...] | None:
    """Bring a basis into the order of these names: all of it where they are the same, else its prices."""
    if start is None:
        return None
    if not isinstance(start, ArcBasis):
        raise InputError.from_core([("start", "", type(start).__name__, "must be the basis of an earlier result")])
    if start.sources == sources.names and start.destinations == destinations.names:
        return start.slots, start.source_parents, start.source_slots, start.full, start.prices
    known = dict(zip(start.sources, start.prices.tolist(), strict=True))
    prices = np.array([known.get(name, 0.0) for name in sources.names])
    nothing = np.empty(0, np.int32)
    return nothing, nothing, nothing, np.empty(0, np.uint8), prices


def solve_arcs(
    arcs: Any,
    supply: Any,
    demand: Any,
    *,
    source: str = "source",
    destination: str = "destination",
    cost: str = "cost",
    capacity: str | None = None,
    shortage_prices: Any = None,
    overflow_prices: Any = None,
    supply_relation: Literal["at_most", "exactly"] = "at_most",
    demand_relation: Literal["exactly", "at_least"] = "exactly",
    start: ArcBasis | None = None,
    balance_tolerance: float = 1e-9,
    max_pivots: int = 0,
    time_limit: float | None = None,
) -> ArcResult:
    """Ship along the arcs of a table at least cost; exact. Made for few sources and very many destinations.

    Parameters
    ----------
    arcs : pandas, Polars or pyarrow frame, or mapping of columns
        One row an arc.
    supply, demand : mapping of str to float, pandas series, or frame
        Units by name, >= 0. A frame has the column of names as the arcs call it, and a column `supply` or `demand`.
    source, destination, cost, capacity : str
        Names of the columns; `capacity` is optional: the most that an arc carries, no limit where it is missing.
    shortage_prices : as demand, optional
        Price per unit of demand left unserved, >= 0, for the destinations where that is allowed.
    overflow_prices : as supply, optional
        Price per unit that leaves beyond the supply, >= 0, for the sources where that is allowed.
    start : ArcBasis, optional
        The basis of an earlier result, of this or a similar problem.
    supply_relation, demand_relation, balance_tolerance, max_pivots, time_limit
        As `solve` takes them.

    Returns
    -------
    ArcResult

    Raises
    ------
    InputError
        Naming missing columns, unknown names, repeated arcs and wrong numbers by row.
    KeyboardInterrupt
        By Ctrl-C while the tables are read. From then on Ctrl-C returns the best so far with its `bound` and status
        `INTERRUPTED`.

    Examples
    --------
    >>> arcs = {"source": ["A", "A", "B"], "destination": ["x", "y", "y"], "cost": [1.0, 4.0, 2.0]}
    >>> result = solve_arcs(arcs, supply={"A": 5, "B": 3}, demand={"x": 4, "y": 4})
    >>> result.objective, result.demand_duals
    (14.0, {'x': 1.0, 'y': 4.0})
    """
    columns = (source, destination, cost) + ((capacity,) if capacity is not None else ())
    rows = Rows("arcs", arcs, columns)
    sources, send = amounts_by_name("supply", supply, source)
    destinations, take = amounts_by_name("demand", demand, destination)
    shortage = _prices("shortage_prices", shortage_prices, destination, destinations, "demand")
    overflow = _prices("overflow_prices", overflow_prices, source, sources, "supply")
    basis = _start(start, sources, destinations)
    ids = np.empty(rows.height, np.int32), np.empty(rows.height, np.int32)
    money = Numbers(f"arcs.{cost}", rows.height)
    limits = Numbers(f"arcs.{capacity}", rows.height if capacity is not None else 0, missing=np.inf)
    unknown: list[Finding] = []
    for part, piece in rows.pieces():
        for side, column, names, word in ((0, source, sources, "supply"), (1, destination, destinations, "demand")):
            codes = ids[side][part] = names.codes(piece[column])
            for at in np.flatnonzero(codes < 0)[: max(0, SHOWN - len(unknown))].tolist():
                value = piece[column].values[at]
                unknown.append(names.unknown(f"arcs.{column}", part.start + at, value, f"must be a name of {word}"))
        money.read(part, piece[cost])
        if capacity is not None:
            limits.read(part, piece[capacity])
    wrong = unknown + money.findings + limits.findings
    if wrong:
        raise InputError.from_core(wrong)
    words = {
        "from": (f"arcs.{source}", None, sources.names),
        "costs": f"arcs.{cost}",
        "capacities": f"arcs.{capacity}",
        "supply": ("supply", sources.names),
        "demand": ("demand", destinations.names),
        "shortage_prices": ("shortage_prices", destinations.names),
        "overflow_prices": ("overflow_prices", sources.names),
    }

    def named(finding: Finding) -> Finding:
        field, row, value, fix = finding
        if field != "from" or not fix.startswith("a second arc"):
            return finding
        return field, row, value, f"a second arc to {destinations.names[ids[1][int(row)]]!r}"

    with findings_as(words, named):
        fields = _core.solve_arcs(
            len(sources),
            len(destinations),
            *ids,
            money.values,
            send,
            take,
            capacities=limits.values,
            shortage_prices=shortage,
            overflow_prices=overflow,
            start=basis,
            supply_relation=relation("supply_relation", supply_relation),
            demand_relation=relation("demand_relation", demand_relation),
            balance_tolerance=real("balance_tolerance", balance_tolerance),
            max_pivots=whole("max_pivots", max_pivots),
            time_limit=seconds(time_limit),
        )
    told = ("status", "objective", "bound", "dual_violation", "primal_residual", "gap", "pivots", "seconds")
    return ArcResult(
        **{name: fields[name] for name in told},
        shortage=_cut(fields["shortage"], sources.names, destinations.names),
        surplus=_cut(fields["surplus"], sources.names, destinations.names),
        _raw=_Raw(
            (source, destination, cost), backend_of(arcs), sources.names, destinations.names, money.values, fields
        ),
    )
