# SPDX-License-Identifier: MIT
"""Tables in and out: pandas, Polars, pyarrow or plain columns in, the same kind out."""

from __future__ import annotations

import csv
import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt

from meio.errors import missing_extra

__all__ = ["Column", "Table", "backend_of", "factorize", "read_columns", "read_csv", "to_backend"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: Rows that a printed table shows.
SHOWN_ROWS = 12


def _as_column(values: Any) -> npt.NDArray[Any]:
    if isinstance(values, np.ndarray):
        array = values
    else:
        items = list(values)
        kinds = {type(item) for item in items}
        plain = kinds <= {int} or kinds <= {float, int} or kinds <= {bool} or kinds <= {str}
        if plain and items:
            array = np.array(items)
        else:
            array = np.empty(len(items), dtype=object)
            array[:] = items
    if array.ndim != 1:
        raise ValueError(f"a column has one dimension, this one has {array.ndim}")
    return array.astype(object) if array.dtype.kind in "US" else array


class Table(Mapping[str, npt.NDArray[Any]]):
    """Named columns of one length, as numpy arrays; what meio hands out where no dataframe library came in.

    Parameters
    ----------
    columns : mapping of str to sequence
        The columns; text is held as Python strings. Arrays are copied and made read-only.

    Examples
    --------
    >>> import meio
    >>> table = meio.Table({"facility": ["RNO1", "IND1"], "capacity": [500.0, 800.0]})
    >>> table
    facility  capacity
    RNO1           500
    IND1           800
    [2 rows x 2 columns]
    >>> float(table["capacity"].sum())
    1300.0
    """

    __slots__ = ("_columns", "_length")

    def __init__(self, columns: Mapping[str, Any]) -> None:
        held: dict[str, npt.NDArray[Any]] = {}
        for name, values in columns.items():
            array = _as_column(values)
            array = array.copy() if isinstance(values, np.ndarray) and array is values else array
            array.setflags(write=False)
            held[str(name)] = array
        lengths = {len(array) for array in held.values()}
        if len(lengths) > 1:
            sizes = ", ".join(f"{name}: {len(array)}" for name, array in held.items())
            raise ValueError(f"columns differ in length ({sizes})")
        self._columns = held
        self._length = lengths.pop() if lengths else 0

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self._columns)

    @property
    def height(self) -> int:
        """Number of rows."""
        return self._length

    def rows(self) -> Iterator[dict[str, Any]]:
        """Go through the rows as dictionaries."""
        names = self.columns
        for values in zip(*self._columns.values(), strict=True):
            yield dict(zip(names, values, strict=True))

    def where(self, mask: npt.NDArray[np.bool_]) -> Table:
        """Rows for which `mask` is true."""
        return Table({name: values[mask] for name, values in self._columns.items()})

    def to_pandas(self) -> Any:
        """As a pandas frame; needs pandas."""
        return to_backend(self, "pandas")

    def to_polars(self) -> Any:
        """As a Polars frame; needs Polars."""
        return to_backend(self, "polars")

    def to_arrow(self) -> Any:
        """As a pyarrow table; needs pyarrow."""
        return to_backend(self, "pyarrow")

    def to_csv(self, path: str | Path) -> None:
        """Write the table as CSV (UTF-8, one header line)."""
        with open(path, "w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(self.columns)
            columns = [[_csv_text(value) for value in values] for values in self._columns.values()]
            writer.writerows(zip(*columns, strict=True))

    def __repr__(self) -> str:
        names = self.columns
        if not names:
            return "[empty table]"
        shown = min(self._length, SHOWN_ROWS)
        cells = [[_cell(self._columns[name][row]) for row in range(shown)] for name in names]
        numeric = [self._columns[name].dtype.kind in "iuf" for name in names]
        widths = [
            max(len(name), *(len(c) for c in column)) if column else len(name)
            for name, column in zip(names, cells, strict=True)
        ]

        def line(items: Iterable[str]) -> str:
            parts = (
                item.rjust(width) if right else item.ljust(width)
                for item, width, right in zip(items, widths, numeric, strict=True)
            )
            return "  ".join(parts).rstrip()

        lines = [line(names)] + [line(column[row] for column in cells) for row in range(shown)]
        if shown < self._length:
            lines.append("...")
        lines.append(f"[{self._length} rows x {len(names)} columns]")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return html_table(self, SHOWN_ROWS)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table) or self.columns != other.columns or self.height != other.height:
            return False
        return all(_same(self[name], other[name]) for name in self)

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, npt.NDArray[Any]]:
        return self._columns

    def __setstate__(self, state: dict[str, npt.NDArray[Any]]) -> None:
        self._columns = state
        self._length = len(next(iter(state.values()))) if state else 0
        for array in state.values():
            array.setflags(write=False)


def _same(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> bool:
    if a.dtype.kind == "f" and b.dtype.kind == "f":
        return bool(np.array_equal(a, b, equal_nan=True))
    return bool(np.array_equal(a, b))


def _cell(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return f"{float(value):.6g}"
    text = str(value)
    return text if len(text) <= 48 else text[:45] + "..."


def _csv_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else repr(float(value))
    return str(value)


def html_table(table: Table, rows: int) -> str:
    """Write at most `rows` rows of a table as HTML; everything is escaped.

    Parameters
    ----------
    table : Table
        What to show.
    rows : int
        How many rows at most.

    Returns
    -------
    str
        A `<table>` element and, where rows were left out, a line that says so.
    """
    head = "".join(f"<th>{html.escape(name)}</th>" for name in table)
    shown = min(rows, table.height)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_cell(table[name][row]))}</td>" for name in table) + "</tr>"
        for row in range(shown)
    )
    more = f"<p>{table.height} rows, {shown} shown</p>" if shown < table.height else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


# ---- in ----------------------------------------------------------------------------------------------------


class Column:
    """One column as it came in, read as numbers, names, text or moments in time.

    Parameters
    ----------
    values : numpy array
        What the caller's library made of the column; missing cells are `None`, NaN or NaT.
    aware : bool, optional
        Of moments in time (`datetime64[us]`, in UTC): whether they came with a zone.
    """

    __slots__ = ("aware", "values")

    def __init__(self, values: npt.NDArray[Any], aware: bool | None = None) -> None:
        self.values = values
        self.aware = aware

    def __len__(self) -> int:
        return len(self.values)

    def missing(self) -> npt.NDArray[np.bool_]:
        """Cells without a value."""
        if self.values.dtype.kind == "f":
            return np.asarray(np.isnan(self.values))
        if self.values.dtype.kind in "mM":
            return np.asarray(np.isnat(self.values))
        if self.values.dtype.kind == "O":
            return np.fromiter((_is_missing(v) for v in self.values), dtype=bool, count=len(self.values))
        return np.zeros(len(self.values), dtype=bool)

    def numbers(self) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
        """Values as floats, NaN where missing; and a mask of the cells that are no numbers."""
        kind = self.values.dtype.kind
        if kind in "iuf":
            return self.values.astype(np.float64), np.zeros(len(self.values), dtype=bool)
        numbers = np.full(len(self.values), np.nan)
        wrong = np.zeros(len(self.values), dtype=bool)
        if kind != "O":
            wrong[:] = True
            return numbers, wrong
        for row, value in enumerate(self.values):
            if _is_missing(value):
                continue
            if isinstance(value, str | bytes | bool | np.bool_):
                wrong[row] = True
                continue
            try:
                numbers[row] = float(value)
            except (TypeError, ValueError):
                wrong[row] = True
        return numbers, wrong

    def labels(self) -> list[str | None]:
        """Values as names: text as it is, whole numbers without a decimal point, `None` where missing."""
        if self.values.dtype.kind in "iuM":
            return [str(v) for v in (self.values if self.values.dtype.kind == "M" else self.values.tolist())]
        return [_label(v) for v in self.values.tolist()]

    def flags(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Values as yes or no (missing is no); and a mask of the cells that are neither."""
        result = np.zeros(len(self.values), dtype=bool)
        wrong = np.zeros(len(self.values), dtype=bool)
        for row, value in enumerate(self.values.tolist()):
            if _is_missing(value):
                continue
            text = str(value).strip().lower()
            if text in {"true", "yes", "1", "1.0"}:
                result[row] = True
            elif text not in {"false", "no", "0", "0.0"}:
                wrong[row] = True
        return result, wrong


def _is_missing(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    try:
        return bool(value != value)  # NaN and pandas' NaT; pandas' NA answers NA, which has no truth value
    except TypeError:
        return True


def _label(value: Any) -> str | None:
    if _is_missing(value):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def backend_of(frame: Any) -> str:
    """Name the library of a frame: 'pandas', 'polars', 'pyarrow', or 'table' for plain columns.

    Parameters
    ----------
    frame : object
        A frame or a mapping of columns.

    Returns
    -------
    str
        What `to_backend` takes.
    """
    if isinstance(frame, Mapping):
        return "table"
    return str(nw.from_native(frame, eager_only=True).implementation).lower().rsplit(".", maxsplit=1)[-1]


def _read_series(series: nw.Series[Any]) -> Column:
    dtype = series.dtype
    if isinstance(dtype, nw.Datetime | nw.Date):
        aware = isinstance(dtype, nw.Datetime) and dtype.time_zone is not None
        moments = series if isinstance(dtype, nw.Datetime) else series.cast(nw.Datetime("us"))
        ticks = moments.dt.timestamp("us")
        if ticks.null_count() == 0:
            whole = np.asarray(ticks.to_numpy(), dtype=np.int64)
        else:
            nothing = np.iinfo(np.int64).min  # NaT; pandas answers NaN for it, the others None
            whole = np.array([nothing if _is_missing(v) else int(v) for v in ticks.to_list()], dtype=np.int64)
        return Column(whole.view("datetime64[us]"), aware)
    return Column(_series_values(series, dtype))


def _series_values(series: nw.Series[Any], dtype: Any) -> npt.NDArray[Any]:
    if dtype.is_integer() and series.null_count() == 0:
        return np.asarray(series.to_numpy())
    if dtype.is_float():
        filled = (
            series.to_numpy()
            if series.null_count() == 0
            else series.cast(nw.Float64).fill_null(float("nan")).to_numpy()
        )
        return np.asarray(filled)
    if dtype == nw.Boolean and series.null_count() == 0:
        return np.asarray(series.to_numpy(), dtype=bool)
    items = series.to_list()
    values = np.empty(len(items), dtype=object)
    values[:] = items
    return values


def read_columns(frame: Any) -> dict[str, Column]:
    """Read a frame of any supported kind as columns; the caller's data is never written to.

    Parameters
    ----------
    frame : pandas, Polars or pyarrow frame, or mapping of columns
        The table.

    Returns
    -------
    dict of str to Column
        In the frame's order.

    Raises
    ------
    TypeError
        Where `frame` is none of these.
    """
    if isinstance(frame, Table):
        return {name: Column(frame[name]) for name in frame}
    if isinstance(frame, Mapping):
        return {str(name): Column(values) for name, values in Table(dict(frame)).items()}
    try:
        native = nw.from_native(frame, eager_only=True)
    except TypeError:
        raise TypeError(
            f"a table is a pandas, Polars or pyarrow frame or a mapping of columns, not {type(frame).__name__}"
        ) from None
    return {str(name): _read_series(native[name]) for name in native.columns}


def factorize(labels: Sequence[str]) -> tuple[list[str], IntArray]:
    """Give names numbers by their sorted order, so that row order leaves no trace.

    Parameters
    ----------
    labels : sequence of str
        The names.

    Returns
    -------
    names : list of str
        Distinct, sorted.
    codes : numpy array of int
        `names[codes[i]] == labels[i]`.
    """
    names = sorted(set(labels))
    place = {name: at for at, name in enumerate(names)}
    return names, np.fromiter((place[label] for label in labels), dtype=np.int64, count=len(labels))


# ---- out ---------------------------------------------------------------------------------------------------


def to_backend(table: Table, backend: str) -> Any:
    """Turn a table into a frame.

    Parameters
    ----------
    table : Table
        The columns.
    backend : {'pandas', 'polars', 'pyarrow', 'table'}
        The library; 'table' gives the `Table` itself.

    Returns
    -------
    frame
        Of that library.

    Raises
    ------
    ImportError
        Where the library is not installed.
    """
    if backend == "table":
        return table
    if backend not in {"pandas", "polars", "pyarrow"}:
        raise ValueError(f"backend must be 'pandas', 'polars', 'pyarrow' or 'table', not {backend!r}")
    data = {name: values.tolist() if values.dtype.kind == "O" else values.copy() for name, values in table.items()}
    try:
        return nw.from_dict(data, backend=cast(Any, backend)).to_native()
    except ImportError:
        if backend == "pyarrow":
            raise missing_extra("pyarrow", "parquet") from None
        raise ImportError(f"this needs {backend}; install it with: pip install {backend}", name=backend) from None


def read_csv(path: str | Path) -> Table:
    """Read a CSV file (UTF-8, one header line) without a dataframe library.

    Columns whose cells are all numbers become numbers (an empty cell among them NaN); all others stay text.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    Table
        The columns.
    """
    with open(path, newline="", encoding="utf-8-sig") as stream:
        reader = csv.reader(stream)
        names = next(reader, [])
        rows = list(reader)
    ragged = [number for number, row in enumerate(rows) if row and len(row) != len(names)]
    if ragged:
        raise ValueError(
            f"{Path(path).name}: row {ragged[0]} has {len(rows[ragged[0]])} cells, the header {len(names)}"
        )
    rows = [row for row in rows if row]
    return Table({name: _typed([row[at] for row in rows]) for at, name in enumerate(names)})


def _typed(cells: Sequence[str]) -> npt.NDArray[Any]:
    text = np.empty(len(cells), dtype=object)
    text[:] = [cell if cell.strip() else None for cell in cells]
    if not any(cells):
        return text
    # Names such as 007 stay text: as numbers they would not come out as they went in.
    if any(len(c) > 1 and c[0] == "0" and c[1:].isdigit() for c in cells):
        return text
    try:
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    except ValueError:
        pass
    try:
        return np.array([float(cell) if cell.strip() else np.nan for cell in cells])
    except ValueError:
        return text
