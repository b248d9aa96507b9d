# SPDX-License-Identifier: MIT
"""Tables in and out."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from meio.tables import Table, backend_of, read_columns, read_csv, to_backend

COLUMNS: dict[str, Any] = {"name": ["x", "<b>"], "count": [1, 2], "cost": [1.5, float("nan")], "on": [True, False]}


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow", "table"])
def test_round_trip(library: str) -> None:
    # A table becomes a frame of the library asked for, and is read back the same.
    frame = to_backend(Table(COLUMNS), library)
    assert backend_of(frame) == library
    columns = read_columns(frame)
    assert columns["name"].labels() == ["x", "<b>"]
    assert columns["count"].labels() == ["1", "2"]
    assert np.array_equal(columns["cost"].numbers()[0], [1.5, np.nan], equal_nan=True)
    assert columns["on"].flags()[0].tolist() == [True, False]
    assert columns["name"].numbers()[1].tolist() == [True, True]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"t": pd.to_datetime(["2026-01-05", None])}),
        pl.DataFrame({"t": [dt.datetime(2026, 1, 5), None]}),
        pl.DataFrame({"t": [dt.date(2026, 1, 5), None]}),
        pa.table({"t": [dt.datetime(2026, 1, 5), None]}),
    ],
)
def test_times(frame: Any) -> None:
    # Moments are read alike from every library, with missing ones and without a zone.
    column = read_columns(frame)["t"]
    assert column.values[0] == np.datetime64("2026-01-05")
    assert column.missing().tolist() == [False, True]
    assert column.aware is False


def test_nullable_and_categorical() -> None:
    # Extension types hold the same values as plain ones.
    frame = pd.DataFrame({"i": pd.Series([1, None], dtype="Int64"), "c": pd.Categorical(["u", "v"])})
    columns = read_columns(frame)
    assert columns["i"].labels() == ["1", None]
    assert np.array_equal(columns["i"].numbers()[0], [1.0, np.nan], equal_nan=True)
    assert columns["c"].labels() == ["u", "v"]


def test_text_and_html_are_short_and_escaped() -> None:
    # A million rows print as a dozen; markup in names stays text.
    assert "&lt;b&gt;" in Table(COLUMNS)._repr_html_()
    big = Table({"at": np.arange(1_000_000), "name": ["<script>"] * 1_000_000})
    assert len(repr(big)) < 2000
    page = big._repr_html_()
    assert len(page) < 30_000
    assert "<script>" not in page


def test_csv(tmp_path: Path) -> None:
    # Written and read again, numbers are numbers, empty cells stay empty, and 007 stays a name.
    table = Table({"name": ["a", None], "code": ["007", "012"], "cost": [1.25, float("nan")], "count": [1, 2]})
    table.to_csv(tmp_path / "t.csv")
    again = read_csv(tmp_path / "t.csv")
    assert again["name"].tolist() == ["a", None]
    assert again["code"].tolist() == ["007", "012"]
    assert again["count"].dtype == np.int64
    assert np.array_equal(again["cost"], table["cost"], equal_nan=True)
    (tmp_path / "bad.csv").write_text("a,b\n1\n")
    with pytest.raises(ValueError, match=r"bad.csv: row 0 has 1 cells, the header 2"):
        read_csv(tmp_path / "bad.csv")


def test_immutable() -> None:
    # Columns are copies and read-only.
    values = np.array([1.0, 2.0])
    table = Table({"x": values})
    values[0] = 9.0
    assert table["x"].tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        table["x"][0] = 3.0
    assert pickle.loads(pickle.dumps(table)) == table
    assert not pickle.loads(pickle.dumps(table))["x"].flags.writeable
    with pytest.raises(ValueError, match="differ in length"):
        Table({"x": [1], "y": [1, 2]})
