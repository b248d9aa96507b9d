# SPDX-License-Identifier: MIT
"""The network as its user writes it: tables in, every problem found in one pass, integer codes for the core."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from meio.errors import InputError, Issue, issue_table
from meio.network_tables import (
    KEYS,
    REFERENCES,
    SCHEMA,
    UNIT_ALIASES,
    UNIT_COLUMNS,
    UNITS,
    Findings,
    TableReader,
    did_you_mean,
    offset_minutes,
    show,
    shown,
)
from meio.tables import Table, backend_of, to_backend

__all__ = ["CodedNetwork", "Network"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

#: The day at whose noon the zones' clocks are read, unless the caller names another: winter time in the north.
REFERENCE_DAY = datetime.date(2026, 1, 15)


@dataclass(frozen=True, slots=True)
class CodedNetwork:
    """A checked network in integer codes: ids are positions in the sorted lists of names.

    The same network gives the same arrays, bit for bit, whatever the order of its rows and whichever library held them.

    Attributes
    ----------
    facilities, products, regions, speeds, storage_types : list of str
        Sorted names; an id is a position.
    arrays : dict of str to dict of str to array
        Table by table, column by column; rows in the order of their ids or keys.
    """

    facilities: list[str]
    products: list[str]
    regions: list[str]
    speeds: list[str]
    storage_types: list[str]
    arrays: dict[str, dict[str, npt.NDArray[Any]]]


class Network:
    """A supply network given as tables; immutable.

    Every table is a pandas, Polars or pyarrow frame or a mapping of columns; results come back in the same library (the
    products' decides). Nothing is written to the caller's tables. Rows may come in any order.

    Parameters
    ----------
    facilities : frame
        ``facility``, and optionally ``supplier``, ``tz``, ``lon``, ``lat``, ``storage_cost``, ``inbound``,
        ``outbound``.
    lanes : frame
        ``src``, ``dst``, ``lead_time``, and optionally ``lead_time_sd``, ``cost``, ``capacity``.
    products : frame
        ``product``, ``shortage_cost``, and optionally ``volume``, ``unit_cost``, ``holding_cost``, ``storage_type``.
    services : frame
        ``region``, ``facility``, ``cost``, and optionally ``speed``, ``cutoff``, ``days``.
    regions : frame, optional
        ``region``, and optionally ``tz``, ``lon``, ``lat``, ``shortage``. Left out: the regions of `services`.
    speeds : frame, optional
        ``speed``, and optionally ``share``, ``shortage_factor``, ``fill_rate``. Left out: one speed, ``standard``.
    storage : frame, optional
        ``facility``, ``storage_type``, ``capacity``, and optionally ``period``. A missing row means no limit.
    units : mapping, optional
        ``volume``, ``money`` and ``period``, such as ``{"volume": "m3", "money": "USD", "period": "week"}``; a column
        may be named too (``"storage.capacity": "m3"``) and must then agree. A network with storage has to name its
        volume.
    arrival_profile : sequence of 24 numbers, optional
        When in a region's local day orders come, hour by hour; left out: uniformly.
    day : date or str, optional
        The day on which time zones are read (summer time); default 15 January 2026.
    strict : bool, optional
        True raises on wrong input; False keeps the problems for `check`.

    Raises
    ------
    InputError
        With every problem of all tables.

    Examples
    --------
    >>> import meio
    >>> net = meio.Network(
    ...     facilities={"facility": ["plant", "RNO1"], "supplier": [True, False]},
    ...     lanes={"src": ["plant"], "dst": ["RNO1"], "lead_time": [2]},
    ...     products={"product": ["lamp"], "shortage_cost": [9.0], "holding_cost": [0.1]},
    ...     services={"region": ["west"], "facility": ["RNO1"], "cost": [3.0]},
    ... )
    >>> net
    Network(2 facilities, 1 lane, 1 product, 1 region, 1 speed, 1 service, 0 storage rows)
    >>> net.check()["title"].tolist()
    ['no cut-off']
    """

    def __init__(
        self,
        *,
        facilities: Any,
        lanes: Any,
        products: Any,
        services: Any,
        regions: Any = None,
        speeds: Any = None,
        storage: Any = None,
        units: Mapping[str, str] | None = None,
        arrival_profile: Sequence[float] | None = None,
        day: datetime.date | str | None = None,
        strict: bool = True,
    ) -> None:
        self._inputs: dict[str, Any] = {
            "facilities": facilities,
            "lanes": lanes,
            "products": products,
            "services": services,
            "regions": regions,
            "speeds": speeds,
            "storage": storage,
            "units": dict(units or {}),
            "arrival_profile": None if arrival_profile is None else tuple(arrival_profile),
            "day": day,
        }
        self._core: Any = None
        self._coded: CodedNetwork | None = None
        findings = Findings()
        self._day = _read_day(day, findings)
        self._profile = _read_profile(self._inputs["arrival_profile"], findings)
        self._readers: dict[str, TableReader] = {}
        self._read_tables(findings)
        self._units = _read_units(self._inputs["units"], storage is not None, findings)
        _check_across(self._readers, findings)
        self._issues = findings.issues
        self._backend = backend_of(products) if products is not None else "table"
        if strict and findings.errors:
            raise InputError.from_issues(findings.issues)

    # ---- reading -------------------------------------------------------------------------------------------

    def _read_tables(self, findings: Findings) -> None:
        for name in ("facilities", "lanes", "products", "services"):
            if self._inputs[name] is None:
                findings.add(
                    "E001", name, fix=f"give a table with {', '.join(f.name for f in SCHEMA[name] if f.required)}"
                )
        for name in SCHEMA:
            frame = self._inputs[name]
            if frame is None:
                frame = self._default_table(name)
            self._readers[name] = TableReader.read(name, frame, findings)
        for name, reader in self._readers.items():
            if reader.height == 0 and name in {"facilities", "products", "services"} and self._inputs[name] is not None:
                findings.add("E001", name, why="the table has no rows", fix="give at least one")
            reader.check_duplicates(KEYS[name])
        for (table, column), (target, target_column) in REFERENCES.items():
            if self._inputs[target] is None and target not in {"regions", "speeds"}:
                continue
            known = dict.fromkeys(n for n in self._readers[target].names.get(target_column, []) if n is not None)
            if known or self._inputs[target] is not None:
                self._readers[table].check_reference(column, known, target)

    def _default_table(self, name: str) -> dict[str, list[Any]]:
        if name == "regions":
            labels = self._services_labels("region")
            return {"region": labels}
        if name == "speeds":
            return {"speed": self._services_labels("speed") or ["standard"]}
        return {f.name: [] for f in SCHEMA[name] if f.required}

    def _services_labels(self, column: str) -> list[Any]:
        from meio.tables import read_columns

        try:
            found = read_columns(self._inputs["services"]).get(column)
        except (TypeError, ValueError):
            return []
        return sorted({label for label in found.labels() if label is not None}) if found is not None else []

    # ---- what the user asks --------------------------------------------------------------------------------

    def check(self) -> Any:
        """List every finding, warnings included; raises nothing.

        Returns
        -------
        frame
            code, title, table, column, rows, examples, why, fix; in the caller's library.
        """
        return to_backend(issue_table(self._issues), self._backend)

    @property
    def issues(self) -> list[Issue]:
        """The findings, structured."""
        return list(self._issues)

    @property
    def backend(self) -> str:
        """The library that results come in: 'pandas', 'polars', 'pyarrow' or 'table'."""
        return self._backend

    @property
    def units(self) -> dict[str, str]:
        """Units of volume, money and period; the plain word where none was given."""
        return dict(self._units)

    @property
    def arrival_profile(self) -> FloatArray:
        """Twenty-four shares of the day's orders that add up to 1, or none at all for a uniform day."""
        return self._profile.copy()

    def replace(self, **changes: Any) -> Network:
        """Return a network with some of its tables or settings replaced.

        Parameters
        ----------
        **changes
            What the constructor takes.

        Returns
        -------
        Network
            A new one; this one stays as it is.

        Examples
        --------
        >>> import meio
        >>> net, forecast = meio.examples.us_network(products=2)
        >>> faster = net.replace(day="2026-07-01")
        """
        unknown = [name for name in changes if name not in self._inputs and name != "strict"]
        if unknown:
            hint = did_you_mean(unknown[0], self._inputs)
            raise TypeError(
                f"replace() does not know {unknown[0]!r}; " + (hint or f"it takes {', '.join(self._inputs)}")
            )
        return Network(**{**self._inputs, **changes})

    def table(self, name: str) -> Table:
        """One of the tables as it was read: defaults filled in, rows in the caller's order.

        Parameters
        ----------
        name : str
            'facilities', 'storage', 'lanes', 'products', 'regions', 'speeds' or 'services'.

        Returns
        -------
        Table
            Numbers and names; the cut-off in minutes of the facility's day.
        """
        if name not in SCHEMA:
            raise KeyError(f"no table {name!r}; " + (did_you_mean(name, SCHEMA) or f"tables: {', '.join(SCHEMA)}"))
        reader = self._readers[name]
        return Table(
            {f.name: reader.names[f.name] if f.name in reader.names else reader.numbers[f.name] for f in SCHEMA[name]}
        )

    def source_table(self, name: str) -> Table:
        """One of the tables as the constructor takes it: cut-offs as text, empty cells where there is no limit.

        Parameters
        ----------
        name : str
            As for `table`.

        Returns
        -------
        Table
            Complete: every column of the schema.
        """
        table = self.table(name)
        columns: dict[str, Any] = dict(table)
        if name == "services":
            columns["cutoff"] = [
                None if m >= 1440 else f"{int(m) // 60:02d}:{int(m) % 60:02d}" for m in table["cutoff"]
            ]
        elif name == "storage":
            columns["period"] = np.where(table["period"] < 0, np.nan, table["period"])
        elif name == "facilities":
            columns["supplier"] = table["supplier"].astype(bool)
        return Table(columns)

    def settings(self) -> dict[str, Any]:
        """Everything but the tables, in plain types: units, arrival_profile, day, backend.

        Returns
        -------
        dict
            Fit for JSON.
        """
        profile = self._inputs["arrival_profile"]
        return {
            "units": self._inputs["units"],
            "arrival_profile": None if profile is None else [float(weight) for weight in profile],
            "day": self._day.isoformat(),
            "backend": self._backend,
        }

    def with_backend(self, backend: str) -> Network:
        """Return the same network whose results come as frames of another library.

        Parameters
        ----------
        backend : {'pandas', 'polars', 'pyarrow', 'table'}
            The library.

        Returns
        -------
        Network
            A new one.
        """
        to_backend(Table({}), backend)
        other = Network(**self._inputs, strict=False)
        other._backend = backend
        return other

    def __getattr__(self, name: str) -> Any:
        # Only called where nothing else answers: the caller's own tables, net.facilities and so on.
        if name in SCHEMA:
            frame = self.__dict__["_inputs"][name]
            return frame if frame is not None else self.table(name)
        raise AttributeError(f"Network has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            raise AttributeError(f"a Network does not change; use net.replace({name}=...)")
        super().__setattr__(name, value)

    def __getstate__(self) -> dict[str, Any]:
        return {"inputs": self._inputs, "backend": self._backend}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Network.__init__(self, **state["inputs"], strict=False)
        self._backend = state["backend"]

    def __repr__(self) -> str:
        def count(name: str, one: str, many: str) -> str:
            height = self._readers[name].height
            return f"{height} {one if height == 1 else many}"

        parts = [
            count("facilities", "facility", "facilities"),
            count("lanes", "lane", "lanes"),
            count("products", "product", "products"),
            count("regions", "region", "regions"),
            count("speeds", "speed", "speeds"),
            count("services", "service", "services"),
            count("storage", "storage row", "storage rows"),
        ]
        return f"Network({', '.join(parts)})"

    # ---- for the core --------------------------------------------------------------------------------------

    @property
    def coded(self) -> CodedNetwork:
        """The network in integer codes, sorted by name.

        Raises
        ------
        InputError
            Where the network was built with ``strict=False`` and has problems.
        """
        if self._coded is None:
            if any(issue.is_error for issue in self._issues):
                raise InputError.from_issues(self._issues)
            self._coded = _encode(self._readers, self._day)
        return self._coded

    @property
    def core(self) -> Any:
        """The network as the compiled core holds it (`meio._meio.network.SupplyNetwork`)."""
        if self._core is None:
            from meio._core_tables import build_network

            self._core = build_network(self.coded, self._profile)
        return self._core


# ---- settings ----------------------------------------------------------------------------------------------


def _read_day(day: datetime.date | str | None, findings: Findings) -> datetime.date:
    if day is None:
        return REFERENCE_DAY
    if isinstance(day, datetime.date):
        return day
    try:
        return datetime.date.fromisoformat(day)
    except (TypeError, ValueError):
        findings.add("E004", "network", "day", why=f"{day!r} is no day", fix="write YYYY-MM-DD")
        return REFERENCE_DAY


def _read_profile(profile: tuple[float, ...] | None, findings: Findings) -> FloatArray:
    if profile is None:
        return np.zeros(0)
    try:
        weights = np.asarray(profile, dtype=np.float64)
    except (TypeError, ValueError):
        findings.add("E004", "network", "arrival_profile", fix="give 24 numbers, one an hour")
        return np.zeros(0)
    if weights.shape != (24,):
        findings.add(
            "E033", "network", "arrival_profile", why=f"{weights.size} values", fix="give 24 numbers, one an hour"
        )
        return np.zeros(0)
    bad = np.flatnonzero(~np.isfinite(weights) | (weights < 0))
    if findings.rows(
        "E033",
        "network",
        "arrival_profile",
        bad,
        lambda hour: show(float(weights[hour])),
        fix="weights must be finite and >= 0",
    ):
        return np.zeros(0)
    if weights.sum() <= 0:
        findings.add("E033", "network", "arrival_profile", why="all weights are 0", fix="give one hour a weight > 0")
        return np.zeros(0)
    return np.asarray(weights / weights.sum())


def _read_units(units: Mapping[str, str], has_storage: bool, findings: Findings) -> dict[str, str]:
    result = {"volume": "volume", "money": "money", "period": "period"}
    said: dict[str, dict[str, str]] = {}
    for key, unit in units.items():
        quantity = UNIT_COLUMNS.get(key, key)
        if quantity not in UNITS:
            hint = did_you_mean(key, [*UNITS, *UNIT_COLUMNS])
            findings.add(
                "E050", "units", str(key), why="no quantity of that name", fix=hint or f"quantities: {', '.join(UNITS)}"
            )
            continue
        name = UNIT_ALIASES.get(str(unit), str(unit))
        known = bool(re.fullmatch("[A-Z]{3}", name)) if quantity == "money" else name in UNITS[quantity]
        if not known:
            fix = (
                "write a currency code such as 'USD'"
                if quantity == "money"
                else did_you_mean(name, UNITS[quantity]) or f"units of {quantity}: {', '.join(UNITS[quantity])}"
            )
            findings.add("E050", "units", str(key), why=f"{unit!r} is no unit of {quantity}", fix=fix)
            continue
        said.setdefault(quantity, {})[str(key)] = name
    for quantity, by_key in said.items():
        if len(set(by_key.values())) > 1:
            text = ", ".join(f"{key} in {unit}" for key, unit in by_key.items())
            findings.add(
                "E052",
                "units",
                quantity,
                why=f"one quantity in two units: {text}",
                fix="convert one of the columns, then declare the unit once",
            )
        else:
            result[quantity] = next(iter(by_key.values()))
    if has_storage and not any(UNIT_COLUMNS.get(key, key) == "volume" for key in units):
        findings.add(
            "E051",
            "units",
            "volume",
            why="storage.capacity and products.volume must be in one unit",
            fix="declare it: units={'volume': 'm3'}",
        )
    return result


# ---- checks that cross tables ------------------------------------------------------------------------------


def _check_across(readers: Mapping[str, TableReader], findings: Findings) -> None:
    _check_shares(readers["speeds"], findings)
    _check_lanes(readers, findings)
    _check_services(readers, findings)
    _check_products(readers, findings)


def _check_shares(speeds: TableReader, findings: Findings) -> None:
    shares = speeds.numbers.get("share", np.zeros(0))
    if len(shares) == 0 or np.isnan(shares).any() or (shares < 0).any():
        return
    if abs(float(shares.sum()) - 1) > 1e-6:
        text = ", ".join(
            f"{name}: {share:g}" for name, share in zip(speeds.names.get("speed", []), shares, strict=False)
        )
        findings.add(
            "E034", "speeds", "share", why=f"shares add up to {shares.sum():.6g} ({text})", fix="make them add up to 1"
        )


def _suppliers(facilities: TableReader) -> set[str]:
    flags = facilities.numbers.get("supplier", np.zeros(0))
    return {name for name, flag in zip(facilities.names.get("facility", []), flags, strict=False) if name and flag}


def _check_lanes(readers: Mapping[str, TableReader], findings: Findings) -> None:
    facilities, lanes = readers["facilities"], readers["lanes"]
    names = [n for n in facilities.names.get("facility", []) if n is not None]
    sources, targets = lanes.names.get("src"), lanes.names.get("dst")
    if sources is None or targets is None or not names:
        return
    known = set(names)
    suppliers = _suppliers(facilities)
    loops = [row for row, (a, b) in enumerate(zip(sources, targets, strict=True)) if a is not None and a == b]
    findings.rows(
        "E060",
        "lanes",
        "src, dst",
        loops,
        lambda row: f"{sources[row]!r} -> itself",
        why="a facility cannot supply itself",
        fix="remove the lane",
    )
    into = [row for row, b in enumerate(targets) if b in suppliers and sources[row] != b]
    findings.rows(
        "E062",
        "lanes",
        "dst",
        into,
        lambda row: show(targets[row]),
        why="a supplier receives nothing",
        fix="turn the lane round, or set supplier to false",
    )
    below: dict[str, list[str]] = {name: [] for name in names}
    for a, b in zip(sources, targets, strict=True):
        if a is not None and b is not None and {a, b} <= known and a != b and b not in suppliers:
            below[a].append(b)
    cycle = _find_cycle(below)
    if cycle:
        rows = [
            row for row, pair in enumerate(zip(sources, targets, strict=True)) if pair in set(itertools.pairwise(cycle))
        ]
        findings.rows(
            "E060",
            "lanes",
            "src, dst",
            rows,
            lambda row: f"{sources[row]!r} -> {targets[row]!r}",
            why=f"stock would go round: {' -> '.join(cycle)}",
            fix="remove one lane of the cycle",
        )
    if any(issue.table == "lanes" and issue.code in {"E012", "E003", "E002"} for issue in findings.issues):
        return  # a misspelt end leaves places unreachable that are not
    if facilities.numbers.get("supplier") is None or any(i.place == "facilities.supplier" for i in findings.errors):
        return
    reached = set(suppliers)
    stack = list(suppliers & known)
    while stack:
        for name in below[stack.pop()]:
            if name not in reached:
                reached.add(name)
                stack.append(name)
    lost = [row for row, name in enumerate(facilities.names["facility"]) if name is not None and name not in reached]
    why = "no chain of lanes from a supplier leads there" if suppliers else "no facility is a supplier"
    fix = "add a lane" if suppliers else "mark the outside sources: a column supplier with true"
    findings.rows(
        "E061", "facilities", "facility", lost, lambda row: show(facilities.names["facility"][row]), why=why, fix=fix
    )


def _find_cycle(below: Mapping[str, Sequence[str]]) -> list[str]:
    done: set[str] = set()
    for start in sorted(below):
        if start in done:
            continue
        path: list[str] = [start]
        on_path = {start}
        pending = [iter(sorted(below[start]))]
        while pending:
            name = next(pending[-1], None)
            if name is None:
                pending.pop()
                left = path.pop()
                on_path.discard(left)
                done.add(left)
            elif name in on_path:
                return [*path[path.index(name) :], name]
            elif name not in done:
                path.append(name)
                on_path.add(name)
                pending.append(iter(sorted(below[name])))
    return []


def _check_services(readers: Mapping[str, TableReader], findings: Findings) -> None:
    services, regions, speeds = readers["services"], readers["regions"], readers["speeds"]
    suppliers = _suppliers(readers["facilities"])
    for reader, why in (
        (services, "a supplier serves no customers"),
        (readers["storage"], "a supplier holds no stock"),
    ):
        at = reader.names.get("facility", [])
        findings.rows(
            "E062",
            reader.table,
            "facility",
            [row for row, name in enumerate(at) if name in suppliers],
            shown(at),
            why=why,
            fix="put a facility between, or set supplier to false",
        )
    served = services.names.get("region")
    if served is None:
        return
    labels = regions.names.get("region", [])
    offered = set(served)
    bare = [row for row, name in enumerate(labels) if name is not None and name not in offered]
    misnamed = {issue.place for issue in findings.issues if issue.code == "E012"}
    unknown = "services.region" in misnamed
    if not unknown:
        findings.rows(
            "E063",
            "regions",
            "region",
            bare,
            lambda row: show(labels[row]),
            why="no service option reaches it, its demand would always be lost",
            fix="add a row to services, or remove the region",
        )
    speed_of = services.names.get("speed", [])
    pairs = set(zip(served, speed_of, strict=True))
    shares = speeds.numbers.get("share", np.zeros(0))
    for speed, share in zip(speeds.names.get("speed", []), shares, strict=False):
        if not share > 0 or unknown or "services.speed" in misnamed:
            continue
        lacking = [row for row, name in enumerate(labels) if name in offered and (name, speed) not in pairs]
        findings.rows(
            "E064",
            "regions",
            "region",
            lacking,
            lambda row: show(labels[row]),
            why=f"no service at speed {speed!r}, which {share:.3g} of the demand there asks for and could never get",
            fix="add a row to services, if need be with cost and days of a slower delivery, or give the speed share 0",
        )
    if "cutoff" not in services.given:
        findings.add(
            "W002",
            "services",
            "cutoff",
            why="there is no such column, so that orders are in time all day",
            fix="add it where trucks leave",
        )
    feeding = set(readers["lanes"].names.get("src", []))
    serving = set(services.names.get("facility", []))
    places = readers["facilities"].names.get("facility", [])
    idle = [row for row, name in enumerate(places) if name not in feeding and name not in serving]
    findings.rows(
        "W004",
        "facilities",
        "facility",
        idle,
        lambda row: show(places[row]),
        why="serves no region and feeds no facility",
        fix="add services or lanes, or remove it",
    )


def _check_products(readers: Mapping[str, TableReader], findings: Findings) -> None:
    products, storage = readers["products"], readers["storage"]
    costs = products.numbers.get("shortage_cost", np.zeros(0))
    free = np.flatnonzero(costs == 0)
    findings.rows(
        "W005",
        "products",
        "shortage_cost",
        free,
        lambda row: show(products.names["product"][row]),
        why="being out of stock is free, so that nothing will be held",
        fix="give what a unit short costs",
    )
    volumes, room = products.numbers.get("volume", np.zeros(0)), storage.numbers.get("capacity", np.zeros(0))
    if len(volumes) and len(room) and np.nanmax(volumes, initial=0) > np.nanmax(room, initial=0) > 0:
        findings.add(
            "W006",
            "storage",
            "capacity",
            why=f"the largest room ({np.nanmax(room):g}) does not hold one unit of the largest product "
            f"({np.nanmax(volumes):g})",
            fix="check that both are in the same unit",
        )
    types = {t for t in products.names.get("storage_type", []) if t is not None}
    kinds = storage.names.get("storage_type", [])
    if types and kinds:
        strange = [row for row, kind in enumerate(kinds) if kind is not None and kind not in types]
        hint = did_you_mean(str(kinds[strange[0]]), types) if strange else ""
        findings.rows(
            "E012",
            "storage",
            "storage_type",
            strange,
            lambda row: show(kinds[row]),
            why="no product has this storage type",
            fix=hint or f"types of products: {', '.join(sorted(types))}",
        )


# ---- integer codes -----------------------------------------------------------------------------------------


def _encode(readers: Mapping[str, TableReader], day: datetime.date) -> CodedNetwork:
    order: dict[str, npt.NDArray[np.int64]] = {}
    names: dict[str, list[str]] = {}
    for table in ("facilities", "products", "regions", "speeds"):
        labels = [str(n) for n in readers[table].names[KEYS[table][0]]]
        order[table] = np.array(sorted(range(len(labels)), key=labels.__getitem__), dtype=np.int64)
        names[table] = [labels[row] for row in order[table]]
    types = sorted(
        {str(t) for t in readers["products"].names["storage_type"]}
        | {str(t) for t in readers["storage"].names["storage_type"]}
    )
    ids = {table: {name: at for at, name in enumerate(found)} for table, found in names.items()}
    type_ids = {name: at for at, name in enumerate(types)}

    def codes(reader: TableReader, column: str, known: Mapping[str, int]) -> IntArray:
        return np.array([known[str(n)] for n in reader.names[column]], dtype=np.int32)

    def take(table: str, column: str) -> FloatArray:
        return readers[table].numbers[column][order[table]]

    def offsets(table: str) -> IntArray:
        zones = [str(z) for z in readers[table].names["tz"]]
        minutes = {zone: offset_minutes(zone, day) for zone in set(zones)}
        return np.array([minutes[zones[row]] for row in order[table]], dtype=np.int32)

    arrays: dict[str, dict[str, npt.NDArray[Any]]] = {
        "facilities": {
            "supplier": take("facilities", "supplier").astype(bool),
            "longitude": np.nan_to_num(take("facilities", "lon")),
            "latitude": np.nan_to_num(take("facilities", "lat")),
            "storage_cost": take("facilities", "storage_cost"),
            "inbound": take("facilities", "inbound"),
            "outbound": take("facilities", "outbound"),
            "utc_offset_minutes": offsets("facilities"),
        },
        "products": {
            "volume": take("products", "volume"),
            "unit_cost": take("products", "unit_cost"),
            "holding_cost": take("products", "holding_cost"),
            "shortage_cost": take("products", "shortage_cost"),
            "storage_type": codes(readers["products"], "storage_type", type_ids)[order["products"]],
        },
        "regions": {
            "longitude": np.nan_to_num(take("regions", "lon")),
            "latitude": np.nan_to_num(take("regions", "lat")),
            "backorder": np.array(
                [readers["regions"].names["shortage"][row] == "backorder" for row in order["regions"]], dtype=bool
            ),
            "utc_offset_minutes": offsets("regions"),
        },
        "speeds": {name: take("speeds", name) for name in ("share", "shortage_factor", "fill_rate")},
    }
    storage, lanes, services = readers["storage"], readers["lanes"], readers["services"]
    arrays["storage"] = _sorted_rows(
        {
            "facility": codes(storage, "facility", ids["facilities"]),
            "storage_type": codes(storage, "storage_type", type_ids),
            "period": storage.numbers["period"].astype(np.int32),
        },
        {"capacity": storage.numbers["capacity"]},
    )
    arrays["lanes"] = _sorted_rows(
        {
            "source": codes(lanes, "src", ids["facilities"]),
            "destination": codes(lanes, "dst", ids["facilities"]),
        },
        {name: lanes.numbers[name] for name in ("lead_time", "lead_time_sd", "cost", "capacity")},
    )
    arrays["services"] = _sorted_rows(
        {
            "region": codes(services, "region", ids["regions"]),
            "speed": codes(services, "speed", ids["speeds"]),
            "facility": codes(services, "facility", ids["facilities"]),
        },
        {
            "cutoff_minute": services.numbers["cutoff"].astype(np.int32),
            "days": services.numbers["days"],
            "cost": services.numbers["cost"],
        },
    )
    return CodedNetwork(names["facilities"], names["products"], names["regions"], names["speeds"], types, arrays)


def _sorted_rows(keys: dict[str, IntArray], values: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    rows = np.lexsort(tuple(reversed(list(keys.values())))) if keys else np.zeros(0, dtype=np.int64)
    return {name: np.ascontiguousarray(column[rows]) for name, column in {**keys, **values}.items()}
