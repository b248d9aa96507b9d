# SPDX-License-Identifier: MIT
"""The file format of plans: one zip of arrays, text as fixed-width strings, nothing that runs on loading."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from meio._meio.core import Status
from meio.forecast import Forecast
from meio.network_model import Network
from meio.network_tables import SCHEMA
from meio.plan import FORMAT, Plan
from meio.tables import Table


def write_plan(plan: Plan, path: Path) -> None:
    """Write `plan` to `path`."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    tables = {f"plan.{name}": plan.table(name) for name in ("levels", "prices", "history", "shortfalls", "assignment")}
    tables |= {f"network.{name}": plan.network.source_table(name) for name in SCHEMA}
    for name, table in tables.items():
        for column, values in table.items():
            arrays.update(_packed(f"{name}/{column}", values))
    fc = plan.forecast
    arrays |= {"forecast/series": fc.series, "forecast/mean": fc.mean, "forecast/variance": fc.variance}
    if fc.paths is not None:
        arrays["forecast/paths"] = fc.paths
    meta = {
        "format": FORMAT,
        "columns": {name: list(table) for name, table in tables.items()},
        "plan": {
            "status": plan.status.name,
            "cost": plan.cost,
            "bound": plan.bound,
            "gap": plan.gap,
            "passes": plan.passes,
            "seconds": plan.seconds,
            "options": plan.options,
        },
        "network": plan.network.settings(),
        "forecast": {
            "products": fc.products,
            "regions": fc.regions,
            "periods": fc.periods,
            "family": fc.family,
            "correlation": fc.correlation,
            "clipped": fc.clipped,
            "backend": fc.backend,
        },
    }
    text = json.dumps(meta)
    with open(path, "wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, meta=np.array(text), **cast(Any, arrays))


def read_plan(path: Path) -> Plan:
    """Read a plan from `path`."""
    with np.load(path, allow_pickle=False) as file:
        meta = json.loads(str(file["meta"]))
        if meta.get("format") != FORMAT:
            raise ValueError(f"{path.name} has format {meta.get('format')}, this version of meio reads {FORMAT}")
        tables = {
            name: Table({column: _unpacked(file, f"{name}/{column}") for column in columns})
            for name, columns in meta["columns"].items()
        }
        forecast = Forecast(
            series=file["forecast/series"],
            mean=file["forecast/mean"],
            variance=file["forecast/variance"],
            paths=file.get("forecast/paths"),
            **meta["forecast"],
        )
    backend = meta["network"].pop("backend")
    inputs: dict[str, Any] = {name: tables[f"network.{name}"] for name in SCHEMA}
    network = Network(**inputs, **meta["network"]).with_backend(backend)
    about = meta["plan"]
    about["status"] = Status[about["status"]]
    names = ("levels", "prices", "history", "shortfalls", "assignment")
    return Plan(network=network, forecast=forecast, tables={name: tables[f"plan.{name}"] for name in names}, **about)


def _packed(key: str, values: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    if values.dtype.kind != "O":
        return {key: values}
    # Text as one UTF-8 buffer: fixed-width strings would cost four bytes a character of the longest.
    missing = np.array([value is None for value in values], dtype=bool)
    pieces = ["" if value is None else str(value) for value in values]
    encoded = [piece.encode() for piece in pieces]
    ends = np.cumsum([len(piece) for piece in encoded], dtype=np.int64)
    return {
        f"{key}#text": np.frombuffer(b"".join(encoded), dtype=np.uint8),
        f"{key}#ends": ends,
        f"{key}#none": missing,
    }


def _unpacked(file: Any, key: str) -> npt.NDArray[Any]:
    if key in file:
        return np.asarray(file[key])
    buffer, ends, missing = file[f"{key}#text"].tobytes(), file[f"{key}#ends"], file[f"{key}#none"]
    values = np.empty(len(ends), dtype=object)
    start = 0
    for row, end in enumerate(ends.tolist()):
        values[row] = None if missing[row] else buffer[start:end].decode()
        start = end
    return values
