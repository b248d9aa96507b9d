# SPDX-License-Identifier: MIT
"""Published families as vectorised oracles: facility location, p-median, lot sizing, generalized assignment.

Every model maximises theta(l) - b.l for theta(l) = sum over groups of min(cost + l.use). `plans(l)` finds the groups'
minimisers, `account(plans)` their costs and uses without any price, so that what a solver recovers can be recomputed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class Reference:
    """A published or recomputed number: the dual value itself, or an integer optimum, which no bound exceeds."""

    value: float
    kind: str  # "dual" or "integer"


class Model:
    """A dual to maximise over lower <= l <= upper; values and gradients arrive a row a group."""

    name: str
    family: str
    size: int
    groups: int
    b: Array
    lower: Array
    upper: Array
    constant = 0.0
    reference: Reference | None = None
    budget: int | None = None  # oracle calls to a relative gap of 1e-6

    def __init__(self, name: str, family: str, size: int, groups: int, b: Array, *, free: bool) -> None:
        self.name, self.family, self.size, self.groups, self.b = name, family, size, groups, b
        self.lower = np.full(size, -np.inf) if free else np.zeros(size)
        self.upper = np.full(size, np.inf)

    def plans(self, multipliers: Array) -> Any:
        raise NotImplementedError

    def account(self, plans: Any) -> tuple[Array, Array]:
        """Return each group's cost (G,) and use (G, K)."""
        raise NotImplementedError

    def evaluate_all(self, multipliers: Array) -> dict[str, Array]:
        cost, use = self.account(self.plans(multipliers))
        return {"values": cost + use @ multipliers, "gradients": use}


class FacilityLocation(Model):
    """One free multiplier a customer, one group a facility; capacities are ignored."""

    def __init__(self, name: str, fixed: Array, cost: Array) -> None:
        self.fixed, self.cost = fixed, cost
        facilities, customers = cost.shape
        super().__init__(name, "facility", customers, facilities, np.full(customers, -1.0), free=True)

    def plans(self, multipliers: Array) -> Any:
        reduced = self.cost - multipliers
        serves = reduced < 0
        opens = self.fixed + np.minimum(reduced, 0).sum(axis=1) < 0
        return opens, serves & opens[:, None]

    def account(self, plans: Any) -> tuple[Array, Array]:
        opens, serves = plans
        return np.where(opens, self.fixed, 0.0) + (self.cost * serves).sum(axis=1), -serves.astype(float)


class Median(Model):
    """p-median, one group: the p best candidates."""

    def __init__(self, name: str, distance: Array, medians: int, *, whole: bool = False) -> None:
        self.distance, self.medians, self.whole = distance, medians, whole
        nodes = len(distance)
        b = np.full(nodes, -1.0)
        if whole:
            super().__init__(name, "median", nodes, 1, b, free=True)
        else:
            # A last multiplier prices opening a median. Choosing the p best is a linear problem with integer corners,
            # so that relaxing their number loses nothing, and every candidate becomes a group.
            super().__init__(name, "median", nodes + 1, nodes, np.append(b, float(medians)), free=True)

    def plans(self, multipliers: Array) -> Any:
        nodes = len(self.distance)
        reduced = self.distance - multipliers[:nodes]
        gain = np.minimum(reduced, 0).sum(axis=1)
        if self.whole:
            opens = np.zeros(nodes, dtype=bool)
            opens[np.argsort(gain, kind="stable")[: self.medians]] = True
        else:
            opens = gain + multipliers[nodes] < 0
        return opens, (reduced < 0) & opens[:, None]

    def account(self, plans: Any) -> tuple[Array, Array]:
        opens, serves = plans
        cost = (self.distance * serves).sum(axis=1)
        if self.whole:
            return cost.sum(keepdims=True), -serves.sum(axis=0, keepdims=True).astype(float)
        return cost, np.column_stack([-serves.astype(float), opens])


class LotSizing(Model):
    """One multiplier >= 0 a period, one group an item: Wagner and Whitin over all items at once."""

    def __init__(
        self, name: str, capacity: float, holding: Array, setup_time: Array, setup_cost: Array, demand: Array
    ) -> None:
        items, periods = demand.shape
        self.holding, self.setup_time, self.setup_cost, self.demand = holding, setup_time, setup_cost, demand
        super().__init__(name, "lot sizing", periods, items, np.full(periods, float(capacity)), free=False)
        # Quantity and holding cost of a lot in s that serves s..e, for e = s, s + 1, ...
        self.amount = [np.cumsum(demand[:, s:], axis=1) for s in range(periods)]
        self.carrying = [
            holding[:, None] * np.cumsum(demand[:, s:] * np.arange(periods - s), axis=1) for s in range(periods)
        ]

    def plans(self, multipliers: Array) -> Any:
        items, periods = self.demand.shape
        least = np.full((items, periods + 1), np.inf)
        least[:, 0] = 0
        first = np.zeros((items, periods + 1), dtype=np.intp)
        for s in range(periods):
            amount = self.amount[s]
            setup = self.setup_cost + multipliers[s] * self.setup_time
            value = self.carrying[s] + multipliers[s] * amount + (least[:, s] + 0.0)[:, None]
            value += np.where(amount > 0, setup[:, None], 0.0)
            better = value < least[:, s + 1 :]
            np.copyto(least[:, s + 1 :], value, where=better)
            first[:, s + 1 :][better] = s
        lots = np.zeros((items, periods))
        rows = np.arange(items)
        end = np.full(items, periods)
        total = np.column_stack([np.zeros(items), np.cumsum(self.demand, axis=1)])
        while (end > 0).any():
            start = first[rows, end]
            live = end > 0
            lots[rows[live], start[live]] += (total[rows, end] - total[rows, start])[live]
            end = np.where(live, start, 0)
        return lots

    def account(self, plans: Any) -> tuple[Array, Array]:
        stock = np.cumsum(plans - self.demand, axis=1)
        if stock.min() < -1e-9:
            raise ArithmeticError("a plan leaves demand unmet")
        setups = plans > 0
        cost = self.holding * stock.sum(axis=1) + self.setup_cost * setups.sum(axis=1)
        return cost, plans + self.setup_time[:, None] * setups


class Assignment(Model):
    """Generalized assignment (least cost): one free multiplier a job, one group an agent, an exact 0-1 knapsack."""

    def __init__(self, name: str, cost: Array, resource: Array, capacity: Array) -> None:
        agents, jobs = cost.shape
        self.cost, self.resource, self.capacity = cost, resource.astype(np.intp), capacity.astype(np.intp)
        super().__init__(name, "assignment", jobs, agents, np.full(jobs, -1.0), free=True)

    def plans(self, multipliers: Array) -> Any:
        agents, jobs = self.cost.shape
        reduced = self.cost - multipliers
        plan = np.zeros((agents, jobs), dtype=bool)
        for i in range(agents):
            room = int(self.capacity[i])
            wanted = np.flatnonzero((reduced[i] < 0) & (self.resource[i] <= room))
            if self.resource[i, wanted].sum() <= room:
                plan[i, wanted] = True
                continue
            least = np.zeros(room + 1)
            taken = np.zeros((len(wanted), room + 1), dtype=bool)
            with_job = np.empty(room + 1)
            for n, j in enumerate(wanted):
                need = self.resource[i, j]
                value = with_job[: room + 1 - need]
                np.add(least[: room + 1 - need], reduced[i, j], out=value)
                np.less(value, least[need:], out=taken[n, need:])
                np.minimum(least[need:], value, out=least[need:])
            for n in range(len(wanted) - 1, -1, -1):
                if taken[n, room]:
                    plan[i, wanted[n]] = True
                    room -= int(self.resource[i, wanted[n]])
        return plan

    def account(self, plans: Any) -> tuple[Array, Array]:
        if ((self.resource * plans).sum(axis=1) > self.capacity).any():
            raise ArithmeticError("a plan exceeds an agent's capacity")
        return (self.cost * plans).sum(axis=1), -plans.astype(float)
