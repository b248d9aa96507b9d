# SPDX-License-Identifier: MIT
"""A planning problem as a folder of CSV files, the form that the command line reads and writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from meio.errors import InputError, Issue
from meio.forecast import Forecast
from meio.network_model import Network
from meio.network_tables import SCHEMA, did_you_mean
from meio.tables import Table, read_csv, to_backend

__all__ = ["Problem", "read_folder", "write_folder"]

#: Files beside the network's tables, and what they hold.
DEMAND_FILES = {
    "forecast": "product, region, [period], mean, [variance]",
    "demand": "product, [period], mean, [variance]; spread over regions by weights.csv",
    "weights": "region, weight",
    "paths": "unique_id, ds, sample_id, value; needs series.csv",
    "series": "unique_id, product, region",
}

SETTINGS = ("units", "arrival_profile", "day", "family", "correlation", "planner")


class Problem(NamedTuple):
    """What a folder holds."""

    network: Network
    forecast: Forecast
    planner: dict[str, Any]


def read_folder(folder: str | Path, *, backend: str = "table") -> Problem:
    """Read a planning problem.

    Parameters
    ----------
    folder : path
        With facilities.csv, lanes.csv, products.csv, services.csv, optionally regions.csv, speeds.csv and storage.csv;
        the demand as forecast.csv, or demand.csv with weights.csv, or paths.csv with series.csv; and optionally
        settings.json with units, arrival_profile, day, family, correlation and planner (options of `Planner`).
    backend : {'table', 'pandas', 'polars', 'pyarrow'}
        The library that results come in.

    Returns
    -------
    Problem
        Network, forecast and the planner's options.

    Raises
    ------
    InputError
        With every problem of the network's tables, or of the demand's.
    """
    place = Path(folder)
    if not place.is_dir():
        raise InputError(f"{place}: no such folder; `meio demo --write {place}` makes an example")
    found = {path.stem: path for path in sorted(place.glob("*.csv"))}
    _check_files(place, found)
    settings = _read_settings(place / "settings.json")
    frames = {name: to_backend(read_csv(found[name]), backend) for name in (*SCHEMA, *DEMAND_FILES) if name in found}
    tables: dict[str, Any] = {name: frames.get(name) for name in SCHEMA}
    network = Network(
        **tables,
        units=settings.get("units"),
        arrival_profile=settings.get("arrival_profile"),
        day=settings.get("day"),
    )
    shape = {name: settings[name] for name in ("family", "correlation") if name in settings}
    if "forecast" in frames:
        forecast = Forecast.from_moments(frames["forecast"], **shape)
    elif "paths" in frames:
        forecast = Forecast.from_long(frames["paths"], series=frames.get("series"), **shape)
    else:
        forecast = Forecast.spread(frames["demand"], frames["weights"], **shape)
    return Problem(network, forecast, dict(settings.get("planner", {})))


def _check_files(place: Path, found: Mapping[str, Path]) -> None:
    issues = []
    for name in ("facilities", "lanes", "products", "services"):
        if name not in found:
            hint = did_you_mean(name, found)
            fix = (
                f"{hint} Rename it" if hint else f"add it with {', '.join(f.name for f in SCHEMA[name] if f.required)}"
            )
            issues.append(Issue("E001", f"{name}.csv", why=f"not in {place.name}", fix=fix))
    ways = [{"forecast"}, {"paths"}, {"demand", "weights"}]
    if not any(way <= set(found) for way in ways):
        text = "; ".join(f"{name}.csv ({what})" for name, what in DEMAND_FILES.items())
        issues.append(Issue("E001", "forecast.csv", why="no demand", fix=f"add one of {text}"))
    if issues:
        raise InputError.from_issues(issues)


def _read_settings(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise InputError(f"{path.name}: no JSON ({error})") from None
    if not isinstance(settings, dict):
        raise InputError(f"{path.name}: must be an object with {', '.join(SETTINGS)}")
    for name in settings:
        if name not in SETTINGS:
            hint = did_you_mean(name, SETTINGS) or f"there are: {', '.join(SETTINGS)}"
            raise InputError(f"{path.name}: no setting {name!r}; {hint}")
    return settings


def write_folder(folder: str | Path, network: Network, demand: Mapping[str, Table], **settings: Any) -> list[Path]:
    """Write a planning problem.

    Parameters
    ----------
    folder : path
        Made where it does not exist.
    network : Network
        Its tables, complete with defaults.
    demand : mapping of str to Table
        One of the ways of `read_folder`: ``{"forecast": ...}``, or ``{"demand": ..., "weights": ...}``.
    **settings
        family, correlation, planner; units, profile and day come from the network.

    Returns
    -------
    list of Path
        The files.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    tables = {name: network.source_table(name) for name in SCHEMA}
    tables = {name: table for name, table in tables.items() if table.height} | dict(demand)
    written = []
    for name, table in tables.items():
        table.to_csv(place / f"{name}.csv")
        written.append(place / f"{name}.csv")
    everything = {**network.settings(), **settings}
    everything.pop("backend")
    text = json.dumps({name: value for name, value in everything.items() if value is not None}, indent=2)
    (place / "settings.json").write_text(text + "\n", encoding="utf-8")
    return [*written, place / "settings.json"]
