# SPDX-License-Identifier: MIT
"""The columns that a network's tables have, and the checks that cross from table to table."""

from __future__ import annotations

import difflib
import math
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import numpy.typing as npt

from meio.errors import MAX_EXAMPLES, Issue, UnusedColumnWarning
from meio.tables import Column, backend_of, read_columns

__all__ = ["SCHEMA", "UNITS", "Field", "Findings", "TableReader"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table: what it means and what it may hold."""

    name: str
    kind: str  # "name", "number", "flag", "clock", "zone", "word", "whole"
    about: str
    required: bool = False
    default: float | str | None = None
    empty: bool = False  # an empty cell means the default
    low: float = -math.inf
    high: float = math.inf
    positive: bool = False  # zero is refused
    infinite: bool = False
    words: tuple[str, ...] = ()


def _capacity(name: str, about: str) -> Field:
    return Field(name, "number", about, default=math.inf, empty=True, low=0, positive=True, infinite=True)


#: Tables and their columns.
SCHEMA: dict[str, tuple[Field, ...]] = {
    "facilities": (
        Field("facility", "name", "name of the place", required=True),
        Field("supplier", "flag", "true: an unlimited source outside the network", default=0, empty=True),
        Field("tz", "zone", "IANA time zone, or a fixed offset such as UTC-05:00", default="UTC", empty=True),
        Field("lon", "number", "degrees east", default=math.nan, empty=True, low=-180, high=180),
        Field("lat", "number", "degrees north", default=math.nan, empty=True, low=-90, high=90),
        Field("storage_cost", "number", "money per unit of volume on hand and period", default=0, low=0),
        _capacity("inbound", "units that may arrive in a period; empty: no limit"),
        _capacity("outbound", "units that may leave in a period; empty: no limit"),
    ),
    "storage": (
        Field("facility", "name", "where", required=True),
        Field("storage_type", "name", "kind of room, shared by the products of that type", required=True),
        Field(
            "capacity", "number", "volume of stock on hand at the end of a period", required=True, low=0, positive=True
        ),
        Field("period", "whole", "planning period, counted from 0; empty: every period", default=-1, empty=True, low=0),
    ),
    "lanes": (
        Field("src", "name", "facility that ships", required=True),
        Field("dst", "name", "facility that receives", required=True),
        Field("lead_time", "number", "mean lead time in periods", required=True, low=0),
        Field("lead_time_sd", "number", "standard deviation of the lead time in periods", default=0, low=0),
        Field("cost", "number", "money per unit", default=0, low=0),
        _capacity("capacity", "units that may travel in a period; empty: no limit"),
    ),
    "products": (
        Field("product", "name", "what is sold", required=True),
        Field("volume", "number", "volume of a unit", default=1, low=0),
        Field("unit_cost", "number", "money per unit bought", default=0, low=0),
        Field("holding_cost", "number", "money per unit on hand or in transit and period", default=0, low=0),
        Field(
            "shortage_cost", "number", "money per unit lost, or per unit and period backordered", required=True, low=0
        ),
        Field("storage_type", "name", "kind of room it needs", default="any", empty=True),
    ),
    "regions": (
        Field("region", "name", "where customers are", required=True),
        Field("tz", "zone", "IANA time zone, or a fixed offset such as UTC-05:00", default="UTC", empty=True),
        Field("lon", "number", "degrees east", default=math.nan, empty=True, low=-180, high=180),
        Field("lat", "number", "degrees north", default=math.nan, empty=True, low=-90, high=90),
        Field("shortage", "word", "what unmet demand does", default="lost", empty=True, words=("lost", "backorder")),
    ),
    "speeds": (
        Field("speed", "name", "delivery promise", required=True),
        Field("share", "number", "share of demand that asks for it; all shares add up to 1", default=1, low=0, high=1),
        Field("shortage_factor", "number", "multiplies the shortage cost", default=1, low=0),
        Field("fill_rate", "number", "target share of demand met from stock; 0: none", default=0, low=0, high=1),
    ),
    "services": (
        Field("region", "name", "who is served", required=True),
        Field("speed", "name", "at which speed; may be left out where there is one speed", default="standard"),
        Field("facility", "name", "from where", required=True),
        Field("cutoff", "clock", "last time of day, HH:MM on the facility's clock, inclusive; empty: none", empty=True),
        Field("days", "number", "days to delivery", default=0, low=0),
        Field("cost", "number", "money per unit shipped", required=True, low=0),
    ),
}

#: What makes a row of a table unique.
KEYS: dict[str, tuple[str, ...]] = {
    "facilities": ("facility",),
    "storage": ("facility", "storage_type", "period"),
    "lanes": ("src", "dst"),
    "products": ("product",),
    "regions": ("region",),
    "speeds": ("speed",),
    "services": ("region", "speed", "facility"),
}

#: Names that refer to another table: (table, column) -> (table, column).
REFERENCES: dict[tuple[str, str], tuple[str, str]] = {
    ("storage", "facility"): ("facilities", "facility"),
    ("lanes", "src"): ("facilities", "facility"),
    ("lanes", "dst"): ("facilities", "facility"),
    ("services", "facility"): ("facilities", "facility"),
    ("services", "region"): ("regions", "region"),
    ("services", "speed"): ("speeds", "speed"),
}

#: Units that `units=` may name. Money is a currency code of three capital letters.
UNITS: dict[str, tuple[str, ...]] = {
    "volume": ("m3", "dm3", "cm3", "litre", "ft3", "in3", "yd3", "pallet", "tote", "carton", "slot", "unit"),
    "money": (),
    "period": ("hour", "day", "week", "fortnight", "month", "quarter", "year"),
}

#: Columns whose unit may be stated apart, and the quantity that they share.
UNIT_COLUMNS: dict[str, str] = {
    "products.volume": "volume",
    "storage.capacity": "volume",
    "facilities.storage_cost": "money",
    "products.unit_cost": "money",
    "products.holding_cost": "money",
    "products.shortage_cost": "money",
    "lanes.cost": "money",
    "services.cost": "money",
    "lanes.lead_time": "period",
    "lanes.lead_time_sd": "period",
}

UNIT_ALIASES = {
    "l": "litre",
    "liter": "litre",
    "litres": "litre",
    "liters": "litre",
    "m^3": "m3",
    "cbm": "m3",
    "cm^3": "cm3",
    "ft^3": "ft3",
    "in^3": "in3",
    "days": "day",
    "weeks": "week",
    "months": "month",
    "pallets": "pallet",
    "totes": "tote",
    "hours": "hour",
    "years": "year",
    "quarters": "quarter",
}

_warned: set[tuple[str, str]] = set()


class Findings:
    """Gathers findings over all tables."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def add(self, code: str, table: str, column: str = "", *, why: str = "", fix: str = "") -> None:
        """Record a finding about a whole table or column."""
        self.issues.append(Issue(code, table, column, 0, (), why, fix))

    def rows(
        self,
        code: str,
        table: str,
        column: str,
        rows: Iterable[int],
        value: Callable[[int], str] | None = None,
        *,
        why: str = "",
        fix: str = "",
    ) -> bool:
        """Record a finding about rows; does nothing where there are none. Returns whether there were any."""
        found = [int(row) for row in rows]
        if not found:
            return False
        examples = tuple((str(row), value(row) if value else "") for row in found[:MAX_EXAMPLES])
        self.issues.append(Issue(code, table, column, len(found), examples, why, fix))
        return True

    @property
    def errors(self) -> list[Issue]:
        """The findings that are errors."""
        return [issue for issue in self.issues if issue.is_error]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Suggest the nearest known name.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        What would be right.

    Returns
    -------
    str
        A question, or the empty string where nothing is near.
    """
    choices = list(known)
    lowered = {choice.lower().strip(): choice for choice in reversed(choices)}
    near = difflib.get_close_matches(name.lower().strip(), list(lowered), n=1, cutoff=0.6)
    return f"did you mean {lowered[near[0]]!r}?" if near else ""


def show(value: Any) -> str:
    """Write a value as an error shows it: text in quotes, numbers plain."""
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:37] + "...")
    if isinstance(value, float | np.floating):
        return f"{float(value):g}"
    return str(value)


def constantly(text: str) -> Callable[[int], str]:
    """Answer the same text for every row."""
    return lambda _row: text


def shown(values: Sequence[Any]) -> Callable[[int], str]:
    """Show the value of a row."""
    return lambda row: show(values[row])


@dataclass(slots=True)
class TableReader:
    """One table, read against its schema: columns as lists of names or arrays of numbers.

    Attributes
    ----------
    names : dict of str to list
        Text columns; `None` where a cell is wrong.
    numbers : dict of str to array
        Numeric columns; NaN where a cell is wrong.
    given : set of str
        Columns that the caller's frame has.
    height : int
        Rows.
    """

    table: str
    findings: Findings
    columns: dict[str, Column] = field(default_factory=dict)
    names: dict[str, list[str | None]] = field(default_factory=dict)
    numbers: dict[str, FloatArray] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    height: int = 0
    backend: str = "table"

    @classmethod
    def read(
        cls, table: str, frame: Any, findings: Findings, schema: Sequence[Field] | None = None, *, warn: bool = True
    ) -> TableReader:
        """Read a frame.

        Parameters
        ----------
        table : str
            Its name, for the findings.
        frame : frame or mapping
            The caller's table.
        findings : Findings
            Where problems go.
        schema : sequence of Field, optional
            The columns; `SCHEMA[table]` where left out.
        warn : bool
            Whether columns that nobody reads are warned about.

        Returns
        -------
        TableReader
            With every column of the schema, defaults filled in.
        """
        fields = SCHEMA[table] if schema is None else schema
        reader = cls(table, findings)
        try:
            reader.columns = read_columns(frame)
        except ValueError as error:
            findings.add("E004", table, why=str(error), fix="give every column one value a row")
            return reader
        reader.backend = backend_of(frame)
        reader.height = len(next(iter(reader.columns.values()))) if reader.columns else 0
        reader.given = set(reader.columns)
        reader._match_columns(fields, warn)
        for f in fields:
            reader._read_field(f)
        return reader

    def _match_columns(self, fields: Sequence[Field], warn: bool) -> None:
        known = [f.name for f in fields]
        unused = [name for name in self.columns if name not in known]
        for f in fields:
            if f.name in self.columns:
                continue
            cutoff = 0.6 if f.required else 0.84
            near = difflib.get_close_matches(f.name, [u.lower().strip() for u in unused], n=1, cutoff=cutoff)
            if near:
                found = next(u for u in unused if u.lower().strip() == near[0])
                unused.remove(found)
                self.findings.add(
                    "E003",
                    self.table,
                    found,
                    why=f"there is no column {f.name!r}",
                    fix=f"did you mean {f.name!r}? Rename {found!r}",
                )
            elif f.required:
                self.findings.add(
                    "E002",
                    self.table,
                    f.name,
                    why=f.about,
                    fix=f"add it; the table has {', '.join(map(repr, self.columns)) or 'no columns'}",
                )
        for name in unused:
            self.findings.add("W001", self.table, name, why="nobody reads it", fix=f"columns read: {', '.join(known)}")
            if warn and (self.table, name) not in _warned:
                _warned.add((self.table, name))
                warnings.warn(
                    f"{self.table}.{name} is not used; columns read: {', '.join(known)}",
                    UnusedColumnWarning,
                    stacklevel=5,
                )

    def _read_field(self, f: Field) -> None:
        column = self.columns.get(f.name)
        if column is None:
            self._fill_default(f)
        elif f.kind in {"number", "whole"}:
            self._read_numbers(f, column)
        elif f.kind == "raw":
            pass
        elif f.kind == "flag":
            flags, wrong = column.flags()
            self._wrong_type(f, column, wrong, "true or false")
            self.numbers[f.name] = flags.astype(np.float64)
        else:
            self._read_names(f, column)

    def _fill_default(self, f: Field) -> None:
        if f.kind in {"number", "whole", "flag"}:
            value = f.default if isinstance(f.default, int | float) else math.nan
            self.numbers[f.name] = np.full(self.height, float(value))
        elif f.kind == "clock":
            self.numbers[f.name] = np.full(self.height, 1440.0)
        else:
            self.names[f.name] = [None if f.default is None else str(f.default)] * self.height

    def value(self, column: str) -> Callable[[int], str]:
        """How a finding shows a cell of a column."""
        values = self.columns[column].values
        return lambda row: show(values[row])

    def _wrong_type(self, f: Field, column: Column, wrong: BoolArray, wanted: str) -> None:
        self.findings.rows(
            "E004",
            self.table,
            f.name,
            np.flatnonzero(wrong),
            lambda row: show(column.values[row]),
            why=f"{f.name} is {f.about}",
            fix=f"give {wanted}",
        )

    def _read_numbers(self, f: Field, column: Column) -> None:
        numbers, wrong = column.numbers()
        self._wrong_type(f, column, wrong, "a number, not text")
        missing = np.isnan(numbers) & ~wrong
        why = f"{f.name} is {f.about}"
        if f.empty:
            default = f.default if isinstance(f.default, int | float) else math.nan
            numbers = np.where(missing, float(default), numbers)
        else:
            fix = "fill the cell" if f.required else f"fill the cell, or leave the column out for {f.default}"
            self.findings.rows("E005", self.table, f.name, np.flatnonzero(missing), constantly("NaN"), why=why, fix=fix)
        at = self.value(f.name)
        given = ~missing & ~wrong
        infinite = given & np.isinf(numbers)
        if not f.infinite:
            fix = "leave the row out for no limit" if f.positive else "give a finite number"
            self.findings.rows("E006", self.table, f.name, np.flatnonzero(infinite), at, why=why, fix=fix)
        elif (infinite & (numbers < 0)).any():
            self.findings.rows(
                "E031", self.table, f.name, np.flatnonzero(infinite & (numbers < 0)), at, why=why, fix="must be > 0"
            )
        finite = given & ~infinite
        self._check_range(f, numbers, finite, at, why)
        if f.kind == "whole":
            self.findings.rows(
                "E004",
                self.table,
                f.name,
                np.flatnonzero(finite & (numbers != np.floor(numbers))),
                at,
                why=why,
                fix="give a whole number",
            )
        self.numbers[f.name] = np.where(wrong, np.nan, numbers)

    def _check_range(
        self, f: Field, numbers: FloatArray, finite: BoolArray, at: Callable[[int], str], why: str
    ) -> None:
        bounds = f"must be >= {f.low:g}" + (f" and <= {f.high:g}" if math.isfinite(f.high) else "")
        if f.low == 0:
            fix = "must be > 0; leave out the row, or the cell, for no limit" if f.positive else bounds
            self.findings.rows("E031", self.table, f.name, np.flatnonzero(finite & (numbers < 0)), at, why=why, fix=fix)
            outside = finite & (numbers > f.high)
        else:
            outside = finite & ((numbers < f.low) | (numbers > f.high))
        self.findings.rows("E033", self.table, f.name, np.flatnonzero(outside), at, why=why, fix=bounds)
        if f.positive:
            self.findings.rows(
                "E032",
                self.table,
                f.name,
                np.flatnonzero(finite & (numbers == 0)),
                at,
                why=why,
                fix="must be > 0; leave out the row, or the cell, for no limit",
            )

    def _read_names(self, f: Field, column: Column) -> None:
        labels = column.labels()
        missing = [row for row, label in enumerate(labels) if label is None]
        if missing and not f.empty:
            self.findings.rows(
                "E005",
                self.table,
                f.name,
                missing,
                constantly("empty"),
                why=f"{f.name} is {f.about}",
                fix="fill the cell",
            )
        if f.kind == "clock":
            self._read_clock(f, labels)
            return
        if f.empty and f.default is not None:
            labels = [str(f.default) if label is None else label for label in labels]
        if f.kind == "word":
            wrong = [row for row, label in enumerate(labels) if label is not None and label not in f.words]
            allowed = " or ".join(map(repr, f.words))
            self.findings.rows(
                "E007", self.table, f.name, wrong, lambda row: show(labels[row]), fix=f"must be {allowed}"
            )
        elif f.kind == "zone":
            self._check_zones(f, labels)
        self.names[f.name] = labels

    def _read_clock(self, f: Field, labels: list[str | None]) -> None:
        minutes = np.full(self.height, 1440.0)
        wrong = []
        read: dict[str, float | None] = {}
        for row, label in enumerate(labels):
            if label is None:
                continue
            if label not in read:
                read[label] = clock_minutes(label)
            minute = read[label]
            if minute is None:
                wrong.append(row)
            else:
                minutes[row] = minute
        self.findings.rows(
            "E040",
            self.table,
            f.name,
            wrong,
            lambda row: show(labels[row]),
            why="read on the facility's clock",
            fix="write HH:MM between 00:00 and 24:00, such as '14:30'",
        )
        self.numbers[f.name] = minutes

    def _check_zones(self, f: Field, labels: list[str | None]) -> None:
        bad = {label for label in set(labels) if label is not None and zone_of(label) is None}
        for label in sorted(bad):
            rows = [row for row, found in enumerate(labels) if found == label]
            hint = did_you_mean(label, available_timezones())
            fix = hint or "give an IANA zone such as 'America/Chicago', or a fixed offset such as 'UTC-05:00'"
            self.findings.rows("E041", self.table, f.name, rows, constantly(show(label)), fix=fix)

    # ---- checks over rows and tables -----------------------------------------------------------------------

    def check_duplicates(self, key: Sequence[str]) -> None:
        """Record rows whose key has occurred before."""
        if not all(column in self.names or column in self.numbers for column in key):
            return
        parts = [self.names[c] if c in self.names else self.numbers[c].tolist() for c in key]
        seen: dict[tuple[Any, ...], int] = {}
        again = []
        first: dict[int, int] = {}
        for row, values in enumerate(zip(*parts, strict=True)):
            if any(value is None for value in values):
                continue
            if values in seen:
                again.append(row)
                first[row] = seen[values]
            else:
                seen[values] = row
        shown = [c for c in key if c in self.given]

        def text(row: int) -> str:
            value = ", ".join(show(self.columns[c].values[row]) for c in shown)
            return f"{value} as in row {first[row]}"

        self.findings.rows(
            "E010",
            self.table,
            ", ".join(shown),
            again,
            text,
            why=f"one row for each {' and '.join(shown)}",
            fix="remove or merge the repeated rows",
        )

    def check_reference(self, column: str, known: Mapping[str, Any], target: str) -> None:
        """Record names that another table does not have."""
        labels = self.names.get(column)
        if labels is None:
            return
        unknown: dict[str, list[int]] = {}
        for row, label in enumerate(labels):
            if label is not None and label not in known:
                unknown.setdefault(label, []).append(row)
        if not unknown:
            return
        rows = sorted(row for found in unknown.values() for row in found)
        hints = [did_you_mean(label, known) for label in list(unknown)[:MAX_EXAMPLES]]
        hint = "; ".join(dict.fromkeys(h for h in hints if h)) or f"add it to {target}, or correct the name"
        self.findings.rows(
            "E012", self.table, column, rows, lambda row: show(labels[row]), why=f"not in {target}", fix=hint
        )


_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00(?:\.0+)?)?")


def clock_minutes(text: str) -> float | None:
    """Minute of the day of `HH:MM`; `None` where it is none.

    Parameters
    ----------
    text : str
        A time of day, 00:00 to 24:00.

    Returns
    -------
    float or None
        Minutes after midnight.
    """
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        return None
    hours, minutes = int(match[1]), int(match[2])
    total = 60 * hours + minutes
    return float(total) if minutes < 60 and total <= 1440 else None


_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?")


def zone_of(text: str) -> ZoneInfo | int | None:
    """Find a zone by its IANA name, or the minutes of a fixed offset; `None` where it is neither."""
    name = text.strip()
    if name.upper() in {"UTC", "GMT", "Z"}:
        return 0
    match = _OFFSET.fullmatch(name)
    if match:
        minutes = 60 * int(match[2]) + int(match[3] or 0)
        return (minutes if match[1] == "+" else -minutes) if minutes <= 14 * 60 else None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError; a folder's name raises OSError
        return None


def offset_minutes(text: str, day: date) -> int:
    """Local clock minus UTC at noon UTC of a day, in minutes.

    Parameters
    ----------
    text : str
        What `zone_of` reads.
    day : date
        Zones with summer time differ over the year.

    Returns
    -------
    int
        Minutes, east positive; 0 for an unknown zone.
    """
    zone = zone_of(text)
    if zone is None:
        return 0
    if isinstance(zone, int):
        return zone
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).astimezone(zone)
    return round((noon.utcoffset() or timedelta(0)).total_seconds() / 60)
