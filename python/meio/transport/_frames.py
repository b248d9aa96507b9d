# SPDX-License-Identifier: MIT
"""Frames of arcs and amounts by name, read piece by piece, so that Ctrl-C is answered meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from narwhals.exceptions import DuplicateError
from numpy.typing import NDArray

from meio.errors import InputError
from meio.network_tables import did_you_mean
from meio.tables import Column, Table, read_columns
from meio.transport._input import SHOWN, Finding

#: Rows read in one go: some tens of milliseconds.
_PIECE = 1 << 18

#: Whole-number names are looked up in a table of up to so many times their number.
_SPREAD = 8

#: Names among which a near one is looked for.
_NEAR = 10_000


class Names:
    """Numbers for names, in the order in which they came.

    Parameters
    ----------
    names : iterable of str
        The first names; none twice.
    wholes : ndarray of int, optional
        The names as whole numbers, where all came as such.
    """

    def __init__(self, names: Sequence[str], wholes: NDArray[np.int64] | None = None) -> None:
        self.names = list(names)
        self._place = dict(zip(self.names, range(len(self.names)), strict=True))
        self._wholes = wholes
        self._table: tuple[int, NDArray[np.int32]] | None = None
        self._tried = False

    def __len__(self) -> int:
        return len(self.names)

    def number(self, name: str) -> int:
        """Give the number of a name, -1 where it is unknown."""
        return self._place.get(name, -1)

    def codes(self, column: Column) -> NDArray[np.int32]:
        """Give the numbers of a column of names; -1 where one is unknown or missing."""
        values = column.values
        if values.dtype.kind in "iu":
            table = self._whole_names()
            if table is not None:
                low, places = table
                inside = (values >= low) & (values < low + len(places))
                at = np.where(inside, values, low).astype(np.int64) - low
                return np.where(inside, places[at], np.int32(-1))
            return self._look_up(column.labels())
        if values.dtype.kind != "O":
            return self._look_up(column.labels())
        try:
            codes = self._look_up(values)
        except TypeError:  # something that is no key
            return self._look_up(column.labels())
        unknown = np.flatnonzero(codes < 0)
        if unknown.size:  # numbers, say, that came as objects
            codes[unknown] = self._look_up(Column(values[unknown]).labels())
        return codes

    def add(self, column: Column) -> NDArray[np.int32]:
        """Give the numbers of a column of names, new ones to new names; -1 where one is missing."""
        codes = self.codes(column)
        unknown = np.flatnonzero(codes < 0)
        if unknown.size:
            for at, label in zip(unknown.tolist(), Column(column.values[unknown]).labels(), strict=True):
                if label is None:
                    continue
                place = self._place.setdefault(label, len(self.names))
                if place == len(self.names):
                    self.names.append(label)
                codes[at] = place
            self._wholes, self._table, self._tried = None, None, False
        return codes

    def _look_up(self, labels: Any) -> NDArray[np.int32]:
        return np.fromiter(map(self._place.get, labels, repeat(-1)), np.int32, len(labels))

    def _whole_names(self) -> tuple[int, NDArray[np.int32]] | None:
        """Give a table of places by whole number, where all names are such numbers and lie close together."""
        if not self._tried:
            self._tried = True
            values = _wholes_of(self.names) if self._wholes is None else self._wholes
            if values is not None and values.size:
                low, high = int(values.min()), int(values.max())
                if high - low < _SPREAD * values.size + 1024:
                    places = np.full(high - low + 1, -1, np.int32)
                    places[values - low] = np.arange(values.size, dtype=np.int32)
                    self._table = low, places
        return self._table

    def unknown(self, field: str, row: int, value: Any, fix: str) -> Finding:
        """Word the finding about a name that is not among these, with the nearest one."""
        (label,) = Column(_object([value])).labels()
        if label is None:
            return (field, str(row), "", "a name is missing")
        hint = did_you_mean(label, self.names) if len(self.names) <= _NEAR else ""
        return (field, str(row), repr(label), fix + (f"; {hint}" if hint else ""))


def _wholes_of(names: Sequence[str]) -> NDArray[np.int64] | None:
    """Read names as whole numbers, where all are written as such."""
    if not all(name.isascii() and name.removeprefix("-").isdecimal() and len(name) < 18 for name in names):
        return None
    values = [int(name) for name in names]
    canonical = all(str(value) == name for value, name in zip(values, names, strict=True))
    return np.array(values, np.int64) if canonical else None


def _object(values: Sequence[Any]) -> NDArray[Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


class Rows:
    """A table of which some columns are wanted, a piece at a time.

    Parameters
    ----------
    table : str
        What errors call it.
    frame : pandas, Polars or pyarrow frame, or mapping of columns
        The table.
    wanted : sequence of str
        Names of the columns; `InputError` names those that are not there.
    """

    def __init__(self, table: str, frame: Any, wanted: Sequence[str]) -> None:
        if isinstance(frame, Mapping):
            self._columns: Any = {str(name): values for name, values in frame.items()}
            names = list(self._columns)
        else:
            try:
                self._columns = _native(table, frame)
            except TypeError:
                fix = "must be a pandas, Polars or pyarrow frame, or a mapping of columns"
                raise InputError.from_core([(table, "", type(frame).__name__, fix)]) from None
            names = [str(name) for name in self._columns.columns]
        missing = [name for name in wanted if name not in names]
        if missing:
            known = ", ".join(names) if names else "none"
            hints = {name: did_you_mean(name, names) for name in missing}
            told = [f"columns are {known}" + (f"; {hints[name]}" if hints[name] else "") for name in missing]
            raise InputError.from_core(
                [(f"{table}.{name}", "", "no such column", fix) for name, fix in zip(missing, told, strict=True)]
            )
        wanted = list(dict.fromkeys(wanted))
        if isinstance(frame, Mapping):
            self._columns = {name: _sliceable(f"{table}.{name}", self._columns[name]) for name in wanted}
            lengths = {name: len(values) for name, values in self._columns.items()}
            if len(set(lengths.values())) > 1:
                told_lengths = ", ".join(f"{name} {length}" for name, length in lengths.items())
                raise InputError.from_core([(table, "", told_lengths, "columns must have one length")])
            self.height = next(iter(lengths.values()), 0)
        else:
            self._columns = self._columns[wanted]
            self.height = len(self._columns)

    def pieces(self) -> Iterator[tuple[slice, dict[str, Column]]]:
        """Go through the rows, a piece at a time."""
        for first in range(0, self.height, _PIECE):
            part = slice(first, min(first + _PIECE, self.height))
            if isinstance(self._columns, dict):
                yield part, read_columns({name: values[part] for name, values in self._columns.items()})
            else:
                yield part, read_columns(self._columns[part].to_native())


def _sliceable(field: str, values: Any) -> Any:
    if isinstance(values, str | bytes) or not hasattr(values, "__len__") or isinstance(values, Mapping | set):
        raise InputError.from_core([(field, "", type(values).__name__, "must be a column: a sequence or an array")])
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.filled(values.astype(object), None)
    if isinstance(values, np.ndarray) and values.ndim != 1:
        raise InputError.from_core([(field, "", f"{values.ndim} dimensions", "must have 1")])
    return values if isinstance(values, np.ndarray | list | tuple) else np.asarray(values)


class Numbers:
    """A column of numbers as it is read: what was written where it is none.

    Parameters
    ----------
    field : str
        What errors call it.
    height : int
        Number of rows.
    missing : float, optional
        What stands for a missing cell; without it a missing cell is an error.
    """

    def __init__(self, field: str, height: int, missing: float | None = None) -> None:
        self.field = field
        self.values = np.empty(height)
        self.findings: list[Finding] = []
        self._missing = missing

    def read(self, part: slice, column: Column) -> None:
        """Take a piece of the column."""
        try:
            values, wrong = column.numbers()
        except OverflowError:
            fix = "must be numbers of size at most 1e300"
            raise InputError.from_core([(self.field, "", "a whole number beyond that", fix)]) from None
        if len(self.findings) < SHOWN:
            for at in np.flatnonzero(wrong)[: SHOWN - len(self.findings)].tolist():
                self.findings.append((self.field, str(part.start + at), repr(column.values[at]), "must be a number"))
        absent = column.missing()
        if self._missing is not None:
            values = np.where(absent, self._missing, values)
        elif absent.any() and len(self.findings) < SHOWN:
            for at in np.flatnonzero(absent)[: SHOWN - len(self.findings)].tolist():
                self.findings.append((self.field, str(part.start + at), "", "a number is missing"))
        self.values[part] = values


def amounts_by_name(
    field: str, given: Any, name: str, *, signed: bool = False, kind: str = "units"
) -> tuple[Names, NDArray[np.float64]]:
    """Read amounts by name: a mapping, a pandas series, or a frame with the columns `name` and `field`.

    Refuses, by name, what is given twice, is missing or no number, and what is negative unless `signed`.
    """
    labels: Sequence[str | None]
    wholes = None
    if _is_table(given):
        rows = Rows(field, given, [name, field])
        values = Numbers(f"{field}.{field}", rows.height)
        read: list[str | None] = []
        for part, columns in rows.pieces():
            read += columns[name].labels()
            values.read(part, columns[field])
        labels, wrong, amounts = read, values.findings, values.values
    elif isinstance(given, Mapping) or (hasattr(given, "items") and getattr(given, "ndim", 0) == 1):
        # In small steps: a signal waits for the end of each.
        keys, cells = (list(given.keys()), list(given.values())) if isinstance(given, Mapping) else _pairs(given)
        labels, wholes = _labels(keys)
        plain = {type(cell) for cell in cells} <= {int, float}
        try:
            column = Column(np.array(cells, dtype=np.float64) if plain else _object(cells))
            amounts, bad = column.numbers()
        except OverflowError:
            fix = "must be numbers of size at most 1e300"
            raise InputError.from_core([(field, "", "a whole number beyond that", fix)]) from None
        wrong = [(field, str(labels[at]), repr(cells[at]), "must be a number") for at in _some(bad)]
        wrong += [(field, str(labels[at]), "", "a number is missing") for at in _some(column.missing())]
    else:
        fix = f"must be a mapping of names to {kind}, or a frame with the columns {name} and {field}"
        raise InputError.from_core([(field, "", type(given).__name__, fix)])
    wrong += [(field, str(at), "", "a name is missing") for at, label in enumerate(labels) if label is None][:SHOWN]
    if not signed:
        wrong += [(field, str(labels[at]), f"{amounts[at]:g}", "must be >= 0") for at in _some(amounts < 0)]
    names = [label for label in labels if label is not None]
    if len(set(names)) < len(names):
        seen: set[str] = set()
        twice = dict.fromkeys(label for label in names if label in seen or seen.add(label))  # type: ignore[func-returns-value]
        wrong += [(field, label, "", "is given more than once") for label in list(twice)[:SHOWN]]
    if wrong:
        raise InputError.from_core(wrong)
    return Names(names, wholes), amounts


def _labels(keys: Sequence[Any]) -> tuple[Sequence[str | None], NDArray[np.int64] | None]:
    """Give names to keys, and their whole numbers where that is what they are."""
    kinds = {type(key) for key in keys}
    if kinds == {str} and not any(map(str.isspace, keys)) and "" not in keys:
        return keys, None
    if kinds == {int} and min(keys) > -(1 << 62) and max(keys) < 1 << 62:
        return list(map(str, keys)), np.array(keys, np.int64)
    return Column(_object(keys)).labels(), None


def _pairs(series: Any) -> tuple[list[Any], list[Any]]:
    """Give the labels and cells of a pandas series."""
    pairs = list(series.items())
    return [label for label, _ in pairs], [cell for _, cell in pairs]


def _some(mask: NDArray[np.bool_]) -> list[int]:
    found: list[int] = np.flatnonzero(mask)[:SHOWN].tolist()
    return found


def _is_table(given: Any) -> bool:
    if isinstance(given, Table):
        return True
    if isinstance(given, Mapping):
        return bool(given) and all(np.ndim(values) == 1 for values in given.values())
    try:
        _native("", given)
    except TypeError:
        return False
    except InputError:  # a frame, if not one to be read
        return True
    return True


def _native(table: str, frame: Any) -> Any:
    try:
        return nw.from_native(frame, eager_only=True)
    except DuplicateError as error:
        raise InputError.from_core([(table, "", "", f"has a column twice ({' '.join(str(error).split())})")]) from None
