# SPDX-License-Identifier: MIT
"""Instance files into models: the format is recognised by the numbers, with the file's name as a hint."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from .models import Array, Assignment, FacilityLocation, LotSizing, Median, Model, Reference

# Dual values (recomputed independently), and published integer optima, which no bound exceeds: OR-Library's uncapopt
# and pmedopt, Trigeiro's optima from the notes on lot sizing, and the best known of generalized assignment.
DUAL = {
    "cap71": 932615.750, "cap131": 793439.5625, "capa": 17156454.4783,
    "tr6-15": 37201.196450508985, "tr12-30": 130177.20096701106, "tr24-15": 136365.6881045114,
    "pmed1": 5819.0, "pmed10": 1255.0,
}  # fmt: skip
INTEGER = {
    "cap72": 977799.4, "cap73": 1010641.45, "cap74": 1034976.975, "cap101": 796648.4375, "cap102": 854704.2,
    "cap103": 893782.1125, "cap104": 928941.75, "cap132": 851495.325, "cap133": 893076.7125, "cap134": 928941.75,
    "capb": 12979071.58143, "capc": 11505594.32878,
}  # fmt: skip
MEDIANS = [
    5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255, 7696, 6634, 4374, 2968, 1729, 8162, 6999, 4809, 2845,
    1789, 9138, 8579, 4619, 2961, 1828, 9917, 8307, 4498, 3033, 1989, 10086, 9297, 4700, 3013, 10400, 9934, 5057, 11060,
    9423, 5128,
]  # fmt: skip
INTEGER |= {f"pmed{n}": float(value) for n, value in enumerate(MEDIANS, 1)}
ASSIGNMENT = {
    "gapc c5x100": Reference(1929.666667, "dual"),
    "gapc c10x100": Reference(1399.857143, "dual"),
    "gapc c20x100": Reference(1241.666667, "dual"),
    "gapc c5x200": Reference(3456.0, "integer"),
    "gapc c10x200": Reference(2806.0, "integer"),
    "gapc c20x200": Reference(2391.0, "integer"),
}
BUDGET = {"cap131": 45, "cap134": 60, "capa": 95, "tr6-15": 10, "tr12-30": 15, "tr24-15": 10}


class Unknown(ValueError):
    """A file in none of the known formats."""


def numbers(text: str) -> Array:
    """Return all numbers of a text; the word "capacity" in place of a capacity reads as no number."""
    tokens = text.split()
    try:
        return np.array([float("nan") if token.lower() == "capacity" else float(token) for token in tokens])
    except ValueError as error:
        raise Unknown(f"not a list of numbers: {error}") from None


def counts(values: Array, how_many: int) -> list[int]:
    head = values[:how_many]
    if len(head) < how_many or not (np.isfinite(head).all() and (head == np.floor(head)).all() and (head >= 1).all()):
        raise Unknown(f"does not begin with {how_many} positive integers")
    return [int(x) for x in head]


def need(values: Array, length: int) -> None:
    if len(values) != length:
        raise Unknown(f"{len(values)} numbers, not {length}")


def facility_location(name: str, values: Array) -> list[Model]:
    facilities, customers = counts(values, 2)
    need(values, 2 + 2 * facilities + customers * (1 + facilities))
    fixed = values[2 : 2 + 2 * facilities].reshape(facilities, 2)[:, 1]
    rows = values[2 + 2 * facilities :].reshape(customers, 1 + facilities)
    return [FacilityLocation(name, fixed.copy(), np.ascontiguousarray(rows[:, 1:].T))]


def median(name: str, values: Array) -> list[Model]:
    nodes, edges, medians = counts(values, 3)
    need(values, 3 + 3 * edges)
    ends = values[3:].reshape(edges, 3)
    if ends[:, :2].min() < 1 or ends[:, :2].max() > nodes or medians > nodes:
        raise Unknown("edges name nodes that do not exist")
    distance = np.full((nodes, nodes), np.inf)
    for i, j, length in ends:  # the last of repeated edges counts
        distance[int(i) - 1, int(j) - 1] = distance[int(j) - 1, int(i) - 1] = length
    np.fill_diagonal(distance, 0.0)
    for k in range(nodes):  # Floyd and Warshall
        np.minimum(distance, distance[:, k, None] + distance[k], out=distance)
    return [Median(name, distance, medians)]


def lot_sizing(name: str, values: Array) -> list[Model]:
    items, periods = counts(values, 2)
    need(values, 3 + 4 * items + items * periods)
    _, holding, setup_time, setup_cost = values[3 : 3 + 4 * items].reshape(items, 4).T.copy()  # unit time: 1 for all
    demand = np.ascontiguousarray(values[3 + 4 * items :].reshape(periods, items).T)
    return [LotSizing(name, values[2], holding, setup_time, setup_cost, demand)]


def assignment(name: str, values: Array) -> list[Model]:
    """Read OR-Library's files of several instances; files of one, without the count in front, are read as well."""
    try:
        return assignments(name, values[1:], counts(values, 1)[0])
    except Unknown:
        return assignments(name, values, 1)


def assignments(name: str, values: Array, count: int) -> list[Model]:
    models: list[Model] = []
    for _ in range(count):
        agents, jobs = counts(values, 2)
        table = agents * jobs
        if len(values) < 2 + 2 * table + agents:
            raise Unknown("ends within an instance")
        cost, resource = values[2 : 2 + 2 * table].reshape(2, agents, jobs)
        capacity = values[2 + 2 * table : 2 + 2 * table + agents]
        if not ((resource == np.floor(resource)).all() and (capacity == np.floor(capacity)).all()):
            raise Unknown("resources are not integers")
        if re.fullmatch(r"gap\d+", name):  # OR-Library's gap1 to gap12 ask for the greatest profit
            cost = -cost
        letter = match[1] if (match := re.fullmatch(r"gap([a-z])", name)) else f"{name}-{len(models) + 1} "
        title = f"{name} {letter}{agents}x{jobs}" if count > 1 else name
        models.append(Assignment(title, cost.copy(), resource, capacity))
        values = values[2 + 2 * table + agents :]
    need(values, 0)
    return models


FORMATS: dict[str, Callable[[str, Array], list[Model]]] = {
    "cap": facility_location,
    "pmed": median,
    "tr": lot_sizing,
    "gap": assignment,
}


def read(path: Path) -> list[Model]:
    """Return the instances of a file. Raises `Unknown` where no format fits."""
    name = path.name.removesuffix(".txt").removesuffix(".dat")
    values = numbers(path.read_text(encoding="utf-8", errors="replace"))
    hinted = sorted(FORMATS, key=lambda prefix: not name.lower().startswith(prefix))
    reasons = []
    for prefix in hinted:
        try:
            models = FORMATS[prefix](name, values)
        except Unknown as error:
            reasons.append(f"{prefix}: {error}")
            continue
        for model in models:
            if model.name in DUAL:
                model.reference = Reference(DUAL[model.name], "dual")
            elif model.name in INTEGER:
                model.reference = Reference(INTEGER[model.name], "integer")
            else:
                model.reference = ASSIGNMENT.get(model.name)
            model.budget = BUDGET.get(model.name)
        return models
    raise Unknown("; ".join(reasons))
