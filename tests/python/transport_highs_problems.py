# SPDX-License-Identifier: MIT
"""Random transport problems of every shape, and their records for tests/reference/transport_kernels.cpp."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
AT_MOST, EXACTLY, AT_LEAST = 0, 1, 2


def record(kind: int, head: list[int], *arrays: Array) -> bytes:
    """Return a problem as the driver reads it: eight int32, then doubles."""
    header = np.zeros(8, np.int32)
    header[0] = kind
    header[1 : 1 + len(head)] = head
    return header.tobytes() + b"".join(np.ascontiguousarray(a, float).tobytes() for a in arrays)


@dataclass
class Transport:
    """Ship from sources to destinations; `other_*` is the problem from which a warm start comes."""

    kind: str
    costs: Array
    supply: Array
    demand: Array
    supply_relation: int
    demand_relation: int
    whole: bool
    shortage_prices: Array
    overflow_prices: Array
    capacities: Array
    other: tuple[Array, Array, Array]

    @property
    def priced(self) -> bool:
        """Whether shortage or overflow has a price."""
        return bool(np.isfinite(self.shortage_prices).any() or np.isfinite(self.overflow_prices).any())

    @property
    def bounded(self) -> bool:
        """Whether an arc has a capacity."""
        return bool(np.isfinite(self.capacities).any())

    def record(self) -> bytes:
        """Return the problem as the driver reads it."""
        m, n = self.costs.shape
        flags = self.whole + 2 * self.priced + 4 * self.bounded
        amounts = [self.supply, self.demand, self.shortage_prices, self.overflow_prices]
        head = [m, n, self.supply_relation, self.demand_relation, flags]
        return record(0, head, self.costs, *amounts, self.capacities, *self.other)

    def program(self) -> tuple[Array, Array, Array, Array, Array, Array]:
        """Return it as a linear program: costs, bounds, bounds of rows, and the matrix by columns, dense."""
        m, n = self.costs.shape
        i, j = np.nonzero(self.costs < np.inf)
        y = np.flatnonzero(self.shortage_prices < np.inf)
        z = np.flatnonzero(self.overflow_prices < np.inf)
        columns = np.zeros((i.size + y.size + z.size, m + n))
        k = np.arange(i.size)
        columns[k, i] = columns[k, m + j] = 1
        columns[i.size + np.arange(y.size), m + y] = 1
        columns[i.size + y.size + np.arange(z.size), z] = -1
        costs = np.concatenate([self.costs[i, j], self.shortage_prices[y], self.overflow_prices[z]])
        upper = np.full(costs.size, np.inf)
        upper[: i.size] = self.capacities[i, j]
        low = np.concatenate([self.supply if self.supply_relation == EXACTLY else np.full(m, -np.inf), self.demand])
        high = np.concatenate([self.supply, self.demand if self.demand_relation == EXACTLY else np.full(n, np.inf)])
        return costs, np.zeros(costs.size), upper, low, high, columns


@dataclass
class Network:
    """A network flow with bounds; where `keeps`, units may vanish at a node."""

    kind: str
    ends: NDArray[np.int64]
    costs: Array
    lower: Array
    upper: Array
    supply: Array
    keeps: NDArray[np.bool_]
    whole: bool
    other: tuple[Array, Array]

    def record(self) -> bytes:
        """Return the problem as the driver reads it."""
        head = [self.supply.size, self.costs.size, 0, 0, int(self.whole)]
        arcs = [self.ends.astype(float), self.costs, self.lower, self.upper]
        return record(1, head, *arcs, self.supply, self.keeps.astype(float), *self.other)

    def program(self) -> tuple[Array, Array, Array, Array, Array, Array]:
        """Return it as a linear program, as `Transport.program`."""
        k = np.arange(self.costs.size)
        columns = np.zeros((self.costs.size, self.supply.size))
        columns[k, self.ends[0]] += 1
        columns[k, self.ends[1]] -= 1
        low = np.where(self.keeps, -np.inf, self.supply)
        return self.costs, self.lower, self.upper, low, self.supply, columns


@dataclass
class Linear:
    """A linear program; the matrix by columns, dense."""

    kind: str
    columns: Array
    costs: Array
    lower: Array
    upper: Array
    row_lower: Array
    row_upper: Array
    other: tuple[Array, Array, Array]

    whole = False

    def record(self) -> bytes:
        """Return the problem as the driver reads it."""
        n, m = self.columns.shape
        bounds = [self.lower, self.upper, self.row_lower, self.row_upper]
        return record(2, [m, n], self.columns, self.costs, *bounds, *self.other)

    def program(self) -> tuple[Array, Array, Array, Array, Array, Array]:
        """Return itself."""
        return self.costs, self.lower, self.upper, self.row_lower, self.row_upper, self.columns


Problem = Transport | Network | Linear


def split(draw: np.random.Generator, total: float, count: int, *, real: bool) -> Array:
    """Return `count` amounts of a given total."""
    if real:
        parts = -np.log(draw.random(count))
        return np.asarray(parts * (total / parts.sum()))
    return np.bincount(draw.integers(0, count, int(total)), minlength=count).astype(float)


def transport(draw: np.random.Generator, *, rounding: bool = False) -> Transport:
    """Draw a transportation problem; `rounding`: real numbers, totals equal but for rounding."""
    size = draw.integers(0, 40)
    m, n = (int(k) for k in draw.integers(1, 8, 2))
    if size == 0:
        m, n = (int(k) for k in draw.integers(8, 31, 2))
    elif size == 1:
        m, n = int(draw.integers(1, 4)), int(draw.integers(20, 90))
    elif size == 2:
        m, n = int(draw.integers(20, 90)), int(draw.integers(1, 4))
    real = rounding or draw.random() < 0.2
    kind = "real" if real else str(draw.choice(["wide", "ties", "equal", "assignment", "zeros", "negative"]))
    if rounding:
        kind = "rounding"
    if kind == "assignment":
        n = m
    costs = draw.integers(0, {"ties": 3, "assignment": 4, "equal": 1}.get(kind, 60), (m, n)).astype(float)
    if real:
        points = draw.random((m + n, 2))
        costs = np.hypot(*(points[:m, None] - points[None, m:]).transpose(2, 0, 1)) * 10.0 ** draw.integers(-3, 5)
    if kind == "negative" or draw.random() < 0.1:
        costs -= draw.integers(0, 40) if not real else np.median(costs)
    most = int(draw.integers(1, 40))
    demand = draw.integers(0, most + 1, n).astype(float)
    if kind == "equal":
        demand[:] = most
    if kind == "assignment":
        demand[:] = 1
    if real:
        demand = -np.log(draw.random(n))
    if kind == "zeros" or (draw.random() < 0.1 and not rounding):
        demand[draw.random(n) < 0.4] = 0
    balance = draw.integers(0, 5)  # 0, 1: equal totals; 2, 3: more supply; 4: too little
    factor = 1.0 if balance <= 1 else float(draw.uniform(1.01, 2)) if balance <= 3 else float(draw.uniform(0.3, 0.95))
    if rounding:
        factor = 1.0
    total = demand.sum() * factor if real else np.ceil(demand.sum() * factor)
    supply = np.ones(m) if kind == "assignment" else split(draw, total, m, real=real)
    if kind == "zeros" or draw.random() < 0.1:
        empty = draw.random(m) < 0.3
        if not rounding or not empty.all():
            moved = supply[empty].sum()
            supply[empty] = 0
            supply[int(np.argmin(empty))] += moved
    if rounding:
        scale = 10.0 ** draw.integers(-3, 4)
        supply, demand = supply / supply.sum() * scale, demand / demand.sum() * scale
    if draw.random() < 0.35 and not rounding:
        costs[draw.random((m, n)) < draw.choice([0.1, 0.4, 0.7])] = np.inf
    if draw.random() < 0.03 and not rounding:
        costs[int(draw.integers(0, m))] = np.inf
    shortage_prices, overflow_prices = np.full(n, np.inf), np.full(m, np.inf)
    capacities = np.full((m, n), np.inf)
    dearest = np.abs(costs[costs < np.inf]).max(initial=1)

    def price(k: int) -> Array:
        return 3 * dearest * draw.random(k) if real else draw.integers(0, 90, k) * 1.0

    extra = draw.integers(0, 6)
    if extra in (1, 3) and not rounding:
        shortage_prices = np.where(draw.random(n) < 0.8, price(n), np.inf)
    if extra in (2, 3) and not rounding:
        overflow_prices = np.where(draw.random(m) < 0.6, price(m), np.inf)
    if extra in (3, 4) and not rounding:
        limit = draw.random((m, n)) * demand.max() if real else draw.integers(0, most + 2, (m, n)) * 1.0
        capacities = np.where(draw.random((m, n)) < 0.5, limit, np.inf)
    supply_relation = EXACTLY if draw.random() < 0.4 else AT_MOST
    demand_relation = AT_LEAST if draw.random() < 0.3 else EXACTLY
    # Before the edit: costs moved, amounts scaled and shuffled.
    other_costs = np.where(draw.random((m, n)) < 0.5, costs, costs + (draw.random() if real else draw.integers(-3, 4)))
    other_demand = demand[draw.permutation(n)]
    if not real and draw.random() < 0.5:
        other_demand = np.maximum(0, demand + draw.integers(-1, 2, n))
    other_supply = supply[draw.permutation(m)]
    whole = not real
    return Transport(
        kind,
        costs,
        supply,
        demand,
        supply_relation,
        demand_relation,
        whole,
        shortage_prices,
        overflow_prices,
        capacities,
        (other_costs, other_supply, other_demand),
    )


def network(draw: np.random.Generator) -> Network:
    """Draw a network, of whole or real numbers."""
    nodes, arcs = int(draw.integers(1, 11)), int(draw.integers(0, 30))
    real = draw.random() < 0.2

    def numbers(low: int, high: int, k: int) -> Array:
        return draw.uniform(low, high, k) if real else draw.integers(low, high, k) * 1.0

    ends = draw.integers(0, nodes, (2, arcs))
    if draw.random() < 0.5:  # layers: no directed cycle
        ends.sort(axis=0)
    costs = numbers(0 if draw.random() < 0.6 else -8, 20, arcs)
    if draw.random() < 0.2:
        costs = np.floor(costs / 8) * 1.0
    lower = np.where(draw.random(arcs) < 0.3, numbers(-2, 4, arcs), 0.0)
    upper = np.maximum(lower + numbers(0, 12, arcs), 0)  # the slow twin knows no negative ones
    upper[draw.random(arcs) < 0.4] = np.inf
    supply = np.zeros(nodes)
    if draw.random() < 0.7 and arcs > 0:  # of some flow, so that it is feasible
        flow = np.minimum(upper, lower + numbers(0, 6, arcs))
        np.add.at(supply, ends[0], flow)
        np.subtract.at(supply, ends[1], flow)
        supply[np.abs(supply) < 1e-12] = 0  # of loops, and flows that cancel
    else:
        supply = numbers(-4, 5, nodes)
        supply[0] -= supply.sum()
    keeps = (draw.random(nodes) < 0.5) & (draw.random() < 0.4)
    if keeps.any() and not real:
        supply = supply + np.where(keeps, draw.integers(0, 3, nodes), 0)
    other_supply = supply[draw.permutation(nodes)]
    other_costs = np.where(draw.random(arcs) < 0.5, costs, costs + 1)
    kind = "real network" if real else "network"
    return Network(kind, ends, costs, lower, upper, supply, keeps, not real, (other_supply, other_costs))


def linear(draw: np.random.Generator) -> Linear:
    """Draw a linear program, most of them feasible and bounded by construction."""
    m, n = int(draw.integers(1, 8)), int(draw.integers(1, 13))
    if draw.random() < 0.03:
        m, n = int(draw.integers(8, 31)), int(draw.integers(8, 61))
    real = draw.random() < 0.3

    def numbers(low: int, high: int, *k: int) -> Array:
        return draw.uniform(low, high, k) if real else draw.integers(low, high + 1, k) * 1.0

    columns = np.where(draw.random((n, m)) < draw.choice([0.3, 0.6, 1.0]), numbers(-9, 9, n, m), 0.0)
    if draw.random() < 0.2:
        columns[:, -1] = columns[:, 0]  # dependent rows
    point = numbers(-5, 5, n)
    lower, upper = np.full(n, -np.inf), np.full(n, np.inf)
    bounds = draw.integers(0, 6, n)
    lower = np.where(np.isin(bounds, (1, 2, 3)), point - np.where(bounds == 3, 0, numbers(0, 4, n)), lower)
    upper = np.where(np.isin(bounds, (2, 3, 4)), point + np.where(bounds == 3, 0, numbers(0, 4, n)), upper)
    activity = point @ columns
    rows = draw.integers(0, 5, m)
    row_lower = np.where(np.isin(rows, (0, 1, 2)), activity - np.where(rows == 0, 0, numbers(0, 6, m)), -np.inf)
    row_upper = np.where(np.isin(rows, (0, 2, 3)), activity + np.where(rows == 0, 0, numbers(0, 6, m)), np.inf)
    costs = numbers(-6, 6, n)
    if draw.random() < 0.75:  # dual feasible, so bounded
        y = numbers(-4, 4, m)
        y = np.where(row_lower == -np.inf, np.minimum(y, 0), y)
        y = np.where(row_upper == np.inf, np.maximum(y, 0), y)
        d = numbers(-3, 3, n)
        d = np.where(lower == -np.inf, np.minimum(d, 0), d)
        d = np.where(upper == np.inf, np.maximum(d, 0), d)
        costs = columns @ y + d
    if draw.random() < 0.15:
        k = int(draw.integers(0, m))  # a row that may not be met
        row_lower[k], row_upper[k] = activity[k] + 50, np.inf
    shift = numbers(-3, 3, m)
    other = (row_lower + shift, row_upper + shift, costs + numbers(-2, 2, n))
    return Linear("real program" if real else "program", columns, costs, lower, upper, row_lower, row_upper, other)


def problem(number: int) -> Problem:
    """Return the problem of this number: always the same. Every two hundredth is balanced only to rounding."""
    draw = np.random.default_rng(number)
    if number % 200 == 7:
        return transport(draw, rounding=True)
    if number % 10 < 6:
        return transport(draw)
    return network(draw) if number % 10 < 8 else linear(draw)
