# SPDX-License-Identifier: MIT
"""Embedded examples: a three-level network over ten US fulfilment centre sites and 99 metropolitan areas."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from meio.forecast import Forecast
from meio.network_model import Network
from meio.tables import Table, read_csv, to_backend

__all__ = ["Example", "us_demand", "us_network", "us_tables"]

FloatArray = npt.NDArray[np.float64]

#: Speed: share of demand, reach in miles, facilities at least, days, cost of an order, cost per mile, cut-off.
SPEEDS: dict[str, tuple[float, float, int, float, float, float, str]] = {
    "one_day": (0.30, 350.0, 2, 1.0, 4.00, 0.0060, "16:00"),
    "two_day": (0.45, 900.0, 3, 2.0, 3.00, 0.0040, "20:00"),
    "standard": (0.25, 2000.0, 4, 4.0, 2.50, 0.0030, ""),
}

#: Room of every fulfilment centre as a multiple of what its own metropolitan areas need, by storage type. The centres
#: near the coasts are crowded, the others have room to spare.
ROOM = {"ambient": 1.6, "oversize": 1.5}
CROWDED = {
    "AVP3": {"ambient": 1.00, "oversize": 0.90},
    "OAK4": {"ambient": 1.10, "oversize": 1.00},
    "ONT6": {"ambient": 1.05, "oversize": 0.95},
    "RIC2": {"ambient": 1.20, "oversize": 1.50},
}

#: Flow of every centre as a multiple of what its own metropolitan areas order; one centre ships less than they do.
INBOUND = 1.30
OUTBOUND = 1.25
BUSY = {"CAE1": 0.97}

#: Winter offsets of the zones in the data, for machines without a time zone database.
OFFSETS = {
    "America/Los_Angeles": "UTC-08:00",
    "America/Phoenix": "UTC-07:00",
    "America/Denver": "UTC-07:00",
    "America/Chicago": "UTC-06:00",
    "America/Indiana/Indianapolis": "UTC-05:00",
    "America/Detroit": "UTC-05:00",
    "America/New_York": "UTC-05:00",
    "America/Puerto_Rico": "UTC-04:00",
}


class Example(NamedTuple):
    """A network and a forecast for it."""

    network: Network
    forecast: Forecast


def us_network(products: int = 300, *, seed: int = 7, backend: str = "table") -> Example:
    """Build the embedded example; the places are real, the products are drawn.

    A supplier feeds two national distribution centres, these the ten fulfilment centres, which ship to 99 metropolitan
    areas at three speeds with cut-offs. Periods are weeks. Two storage types are scarce. Most sales that stock cannot
    meet are lost; Puerto Rico waits.

    Parameters
    ----------
    products : int
        How many, >= 1.
    seed : int
        Of the drawn products; the same seed gives the same tables on every machine.
    backend : {'table', 'pandas', 'polars', 'pyarrow'}
        The library that the tables, and so all results, are in.

    Returns
    -------
    Example
        `network` and `forecast`.

    Examples
    --------
    >>> import meio
    >>> net, forecast = meio.examples.us_network(products=20)
    >>> net
    Network(13 facilities, 12 lanes, 20 products, 99 regions, 3 speeds, 1499 services, 20 storage rows)
    >>> forecast
    Forecast(1980 series, 1 period, count, common)
    """
    tables = us_tables(products, seed=seed)
    frames = {name: to_backend(table, backend) for name, table in tables.items()}
    network = Network(
        **{
            name: frames[name]
            for name in ("facilities", "lanes", "products", "services", "regions", "speeds", "storage")
        },
        units={"volume": "m3", "money": "USD", "period": "week"},
        arrival_profile=ARRIVALS,
        day=datetime.date(2026, 1, 15),
    )
    return Example(network, Forecast.spread(frames["demand"], frames["weights"]))


#: Share of the day's orders that come in each hour on the customers' clock: lunch and evening peaks.
ARRIVALS = (1, 1, 0.5, 0.5, 0.5, 1, 2, 3, 4, 5, 6, 6.5, 7, 6, 5.5, 5.5, 5.5, 6, 7, 8, 8, 6.5, 4, 2)


def us_tables(products: int = 300, *, seed: int = 7) -> dict[str, Table]:
    """Tables of the embedded example, as `meio demo --write FOLDER` writes them.

    Parameters
    ----------
    products, seed
        See `us_network`.

    Returns
    -------
    dict of str to Table
        facilities, lanes, products, services, regions, speeds, storage, demand (by product) and weights (by region).
    """
    if products < 1:
        raise ValueError(f"products = {products}: must be >= 1")
    catalogue, demand = _catalogue(products, seed)
    tables = us_geography()
    flow, room = _needs(tables, catalogue, demand["mean"])
    tables["products"] = catalogue
    tables["demand"] = demand
    places = tables["facilities"]["facility"]
    fulfilment = np.array([name in flow for name in places])
    own = np.array([flow.get(name, np.inf) for name in places])
    columns = dict(tables["facilities"])
    columns["inbound"] = np.where(fulfilment, np.ceil(own * INBOUND), np.inf)
    busy = np.array([BUSY.get(name, OUTBOUND) for name in places])
    columns["outbound"] = np.where(fulfilment, np.ceil(own * busy), np.inf)
    tables["facilities"] = Table(columns)
    rows = [(name, kind, room[name, kind]) for name in sorted(flow) for kind in sorted(ROOM) if room[name, kind] > 0]
    tables["storage"] = Table(
        {
            "facility": [row[0] for row in rows],
            "storage_type": [row[1] for row in rows],
            "capacity": np.array([round(row[2] * CROWDED.get(row[0], ROOM)[row[1]], 2) for row in rows]),
        }
    )
    return tables


def us_demand(mean: FloatArray, *, cv: float = 0.25) -> FloatArray:
    """Variance of weekly national demand: Poisson, and a common shock with the given coefficient of variation."""
    return np.asarray(mean + (cv * mean) ** 2)


def us_geography() -> dict[str, Table]:
    """Places, lanes, speeds and service options, without products and capacities.

    Returns
    -------
    dict of str to Table
        facilities, lanes, regions, speeds, services and weights.
    """
    folder = Path(__file__).parent / "data"
    sites = read_csv(folder / "us_facilities.csv")
    metros = read_csv(folder / "us_metros.csv")
    level = sites["level"]
    facilities = Table(
        {
            "facility": sites["facility"],
            "supplier": level == "supplier",
            "tz": [_zone(name) for name in sites["tz"]],
            "lon": sites["lon"],
            "lat": sites["lat"],
            "storage_cost": np.where(level == "fulfilment", 0.4, 0.15) * (level != "supplier"),
        }
    )
    fed = np.flatnonzero(level != "supplier")
    at = {name: row for row, name in enumerate(sites["facility"])}
    above = np.array([at[sites["fed_by"][row]] for row in fed])
    far = miles(sites["lat"][above], sites["lon"][above], sites["lat"][fed], sites["lon"][fed])
    national = level[fed] == "national"
    lanes = Table(
        {
            "src": sites["facility"][above],
            "dst": sites["facility"][fed],
            "lead_time": np.where(national, 3, 1),
            "cost": np.round(np.where(national, 0.20, 0.10 + 0.0002 * far), 3),
        }
    )
    regions = Table(
        {
            "region": metros["metro"],
            "tz": [_zone(name) for name in metros["tz"]],
            "lon": metros["lon"],
            "lat": metros["lat"],
            "shortage": np.where(metros["state"] == "Puerto Rico", "backorder", "lost"),
        }
    )
    speeds = Table(
        {
            "speed": list(SPEEDS),
            "share": [row[0] for row in SPEEDS.values()],
            "shortage_factor": [1.0] * len(SPEEDS),
        }
    )
    weights = Table({"region": metros["metro"], "weight": metros["population"]})
    return {
        "facilities": facilities,
        "lanes": lanes,
        "regions": regions,
        "speeds": speeds,
        "services": _services(sites.where(level == "fulfilment"), metros),
        "weights": weights,
    }


def _services(sites: Table, metros: Table) -> Table:
    far = miles(metros["lat"][:, None], metros["lon"][:, None], sites["lat"][None, :], sites["lon"][None, :])
    columns: dict[str, list[Any]] = {name: [] for name in ("region", "speed", "facility", "cutoff", "days", "cost")}
    for r, metro in enumerate(metros["metro"]):
        nearest = np.argsort(far[r], kind="stable")
        for speed, (_, reach, least, days, base, mile, cutoff) in SPEEDS.items():
            for rank, f in enumerate(nearest):
                if rank >= least and far[r, f] > reach:
                    break
                columns["region"].append(metro)
                columns["speed"].append(speed)
                columns["facility"].append(sites["facility"][f])
                # The nearest centre hands over to local delivery through the night, the others must catch a truck.
                columns["cutoff"].append(None if rank == 0 or not cutoff else cutoff)
                columns["days"].append(days)
                columns["cost"].append(round(base + mile * float(far[r, f]), 3))
    return Table(columns)


def _catalogue(count: int, seed: int) -> tuple[Table, Table]:
    """Draw products: slow to fast movers, light to bulky, cheap to dear."""
    draw = np.random.Generator(np.random.PCG64(seed))
    mean = np.asarray(np.round(np.exp(draw.normal(np.log(60.0), 1.5, count)), 2), dtype=np.float64)
    bulky = draw.random(count) < 0.15
    volume = np.round(np.where(bulky, 0.12, 0.008) * np.exp(draw.normal(0.0, 0.6, count)), 5)
    unit_cost = np.round(np.where(bulky, 70.0, 18.0) * np.exp(draw.normal(0.0, 0.7, count)), 2)
    margin = draw.uniform(0.35, 0.7, count)
    width = len(str(count - 1))
    names = [f"P{at:0{width}d}" for at in range(count)]
    products = Table(
        {
            "product": names,
            "volume": volume,
            "unit_cost": unit_cost,
            "holding_cost": np.round(unit_cost * 0.25 / 52, 5),
            # What a lost sale forgoes: the price, which pays for the unit and its delivery, and some goodwill.
            "shortage_cost": np.round(unit_cost * (1 + margin) + 12.0, 2),
            "storage_type": np.where(bulky, "oversize", "ambient"),
        }
    )
    demand = Table({"product": names, "mean": mean, "variance": np.round(us_demand(mean), 4)})
    return products, demand


def _needs(
    tables: dict[str, Table], catalogue: Table, mean: FloatArray
) -> tuple[dict[str, float], dict[tuple[str, str], float]]:
    """Weekly units, and cubic metres on hand by type, of each centre serving what is cheapest from it."""
    services, weights, lanes = tables["services"], tables["weights"], tables["lanes"]
    share = dict(zip(weights["region"], weights["weight"] / weights["weight"].sum(), strict=True))
    fed = dict(zip(lanes["dst"], lanes["cost"], strict=True))
    cheapest: dict[tuple[str, str], tuple[float, str]] = {}
    for region, speed, facility, cost in zip(
        services["region"], services["speed"], services["facility"], services["cost"], strict=True
    ):
        offer = (cost + fed[facility], facility)
        cheapest[region, speed] = min(cheapest.get((region, speed), offer), offer)
    local: dict[str, float] = dict.fromkeys(services["facility"], 0.0)
    for (region, speed), (_, facility) in cheapest.items():
        local[facility] += float(share[region]) * SPEEDS[speed][0]
    room: dict[tuple[str, str], float] = {}
    for facility, part in local.items():
        here = mean * part
        # Half a week of demand, and safety stock for two weeks of protection.
        held = 0.5 * here + 1.6 * np.sqrt(2 * (here + (0.25 * here) ** 2))
        for kind in ROOM:
            room[facility, kind] = float((held * catalogue["volume"] * (catalogue["storage_type"] == kind)).sum())
    return {facility: part * float(mean.sum()) for facility, part in local.items()}, room


def miles(lat_a: npt.ArrayLike, lon_a: npt.ArrayLike, lat_b: npt.ArrayLike, lon_b: npt.ArrayLike) -> FloatArray:
    """Great-circle distance in miles; latitudes and longitudes in degrees, arrays broadcast.

    Parameters
    ----------
    lat_a, lon_a, lat_b, lon_b : array_like
        Two places.

    Returns
    -------
    array
        Distances on a sphere of radius 3,958.8 miles.
    """
    a, b, c, d = (np.radians(np.asarray(x, dtype=np.float64)) for x in (lat_a, lon_a, lat_b, lon_b))
    h = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return np.asarray(2 * 3958.8 * np.arcsin(np.sqrt(h)))


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except KeyError:
        return OFFSETS[name]
    return name
