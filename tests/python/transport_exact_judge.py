# SPDX-License-Identifier: MIT
"""Judges transport kernels on any doubles, by exact arithmetic: no tolerance of its own, no other solver.

python tests/python/transport_exact_judge.py COUNT [START]     prints counts by kernel and every fault
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from transport_highs_judge import KERNELS, ROOT, Answer, answers, build
from transport_highs_problems import AT_LEAST, AT_MOST, EXACTLY, Array, Transport

UNIT = 2**1074  # every double is a whole multiple of 1 / UNIT


def exact(x: float) -> int:
    """Return a finite double as a whole number of units."""
    numerator, denominator = float(x).as_integer_ratio()
    return numerator * (UNIT // denominator)


class Residual:
    """A flow, exactly; `excess` makes it optimal for the amounts that it moves, by cancelling cycles."""

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        self.falls = 0  # what a unit saves on a cycle without end
        self.arcs: list[list[int]] = []  # from, to, cost, flow above the lower bound, room (-1: endless)

    def add(self, tail: int, head: int, cost: float, flow: int, room: int = -1) -> None:
        self.arcs.append([tail, head, exact(cost), max(flow, 0), room if room < 0 else max(room, 0)])

    def cycle(self) -> list[tuple[list[int], int]]:
        """Return a cycle of negative cost as arcs and directions; empty where there is none."""
        distance = [0] * self.nodes
        before: list[tuple[list[int], int] | None] = [None] * self.nodes
        last = -1
        for _ in range(self.nodes + 1):
            last = -1
            for arc in self.arcs:
                tail, head, cost, flow, room = arc
                if room and distance[tail] + cost < distance[head]:
                    distance[head], before[head], last = distance[tail] + cost, (arc, 1), head
                if flow and distance[head] - cost < distance[tail]:
                    distance[tail], before[tail], last = distance[head] - cost, (arc, -1), tail
            if last < 0:
                return []
        seen = set()
        at = last
        while at not in seen:
            seen.add(at)
            step = before[at]
            assert step is not None
            at = step[0][0] if step[1] > 0 else step[0][1]
        found = []
        start = at
        while True:
            step = before[at]
            assert step is not None
            found.append(step)
            at = step[0][0] if step[1] > 0 else step[0][1]
            if at == start:
                return found

    def excess(self) -> int | None:
        """Return by how much (in units squared) the flow costs more than it must; None: costs can fall for ever."""
        total = 0
        for _ in range(2000):
            cycle = self.cycle()
            if not cycle:
                return total
            rooms = [arc[4] if way > 0 else arc[3] for arc, way in cycle]
            if all(room < 0 for room in rooms):
                self.falls = -sum(way * arc[2] for arc, way in cycle)
                return None
            amount = min(room for room in rooms if room >= 0)
            for arc, way in cycle:
                total -= way * arc[2] * amount
                arc[3] += way * amount
                if arc[4] >= 0:
                    arc[4] -= way * amount
        raise AssertionError("no end of cycles")


def wide(number: int) -> Transport:
    """Draw a transportation problem with numbers of any size; of one number always the same."""
    draw = np.random.default_rng(number)
    m, n = (int(k) for k in draw.integers(1, 6, 2))

    def numbers(*shape: int) -> Array:
        spread = float(draw.choice([0, 2, 8, 16, 30, 150, 299]))
        values = draw.uniform(1, 10, shape) * 10.0 ** (spread * draw.uniform(-1, 1, shape))
        kind = draw.integers(0, 5)
        if kind == 0:  # whole
            values = draw.integers(0, 10, shape).astype(float)
        if kind == 1:  # whole, but for a few
            values = np.where(draw.random(shape) < 0.8, draw.integers(0, 10, shape), values)
        if kind == 2:  # ties
            values = draw.choice(values.ravel()[:3], shape)
        if draw.random() < 0.3:
            values = np.where(draw.random(shape) < 0.3, 0.0, values)
        if draw.random() < 0.2:  # the smallest and the largest there are
            ends = np.array([5e-324, 1e-300, 2.2250738585072014e-308, 1e299])
            values = np.where(draw.random(shape) < 0.15, draw.choice(ends, shape), values)
        return np.minimum(values, 1e299)

    costs = numbers(m, n)
    if draw.random() < 0.3:
        costs = np.where(draw.random((m, n)) < 0.4, -costs, costs)
    if draw.random() < 0.3:  # nearly equal: what rounding makes of ties
        costs *= 1 + 2.0**-52 * draw.integers(-2, 3, (m, n))
    if draw.random() < 0.3:
        costs[draw.random((m, n)) < 0.3] = np.inf
    demand, supply = numbers(n), numbers(m)
    capacities = np.full((m, n), np.inf)
    if draw.random() < 0.2:
        capacities = np.where(draw.random((m, n)) < 0.5, numbers(m, n), np.inf)
    if draw.random() < 0.8:  # amounts of some flow along the arcs, or more supply
        flow = np.minimum(np.where((costs < np.inf) & (draw.random((m, n)) < 0.6), numbers(m, n), 0.0), capacities)
        demand, supply = flow.sum(0), flow.sum(1)
        if draw.random() < 0.5:
            supply += np.where(draw.random(m) < 0.5, numbers(m), 0.0)
    shortage_prices, overflow_prices = np.full(n, np.inf), np.full(m, np.inf)
    if draw.random() < 0.2:
        shortage_prices = np.where(draw.random(n) < 0.7, numbers(n), np.inf)
    if draw.random() < 0.15:
        overflow_prices = np.where(draw.random(m) < 0.5, numbers(m), np.inf)
    relations = (EXACTLY if draw.random() < 0.3 else AT_MOST), (AT_LEAST if draw.random() < 0.25 else EXACTLY)
    other = (
        np.where(draw.random((m, n)) < 0.5, costs, numbers(m, n)),
        supply[draw.permutation(m)],
        demand[draw.permutation(n)],
    )
    return Transport(
        "wide", costs, supply, demand, *relations, False, shortage_prices, overflow_prices, capacities, other
    )


def split(p: Transport, a: Answer) -> list[Array]:
    """Return flows, u, v, shortage and overflow of an answer."""
    m, n = p.costs.shape
    x, u, v, y, z = np.split(a.fields, np.cumsum([m * n, m, n, n, m]))[:5]
    return [x.reshape(m, n), u, v, y, z]


def check(p: Transport, a: Answer) -> str:
    """Return what is wrong with an optimal answer. `TinySolver` alone does not certify its duals."""
    loose = KERNELS[a.kernel] in ("tiny cold", "tiny after amounts", "tiny after costs", "batch")
    m, n = p.costs.shape
    x, u, v, y, z = split(p, a)
    if not (np.isfinite(a.objective) and all(np.isfinite(part).all() for part in (x, u, v, y, z))):
        return "not finite"
    if (x < 0).any() or (x > p.capacities).any() or x[p.costs == np.inf].any() or min(y.min(), z.min()) < 0:
        return "flow out of bounds"
    if y[p.shortage_prices == np.inf].any() or z[p.overflow_prices == np.inf].any():
        return "shortage or overflow without a price"
    units = [[exact(value) for value in row] for row in x]
    short, beyond = [exact(value) for value in y], [exact(value) for value in z]
    supply, demand = [exact(value) for value in p.supply], [exact(value) for value in p.demand]
    left = [supply[i] + beyond[i] - sum(units[i]) for i in range(m)]
    more = [sum(row[j] for row in units) + short[j] - demand[j] for j in range(n)]
    scale = max(sum(demand), sum(supply) if p.supply_relation == EXACTLY else 0)
    residual = max(
        [0, *(-k for k in left), *(-k for k in more)]
        + (left if p.supply_relation == EXACTLY else [])
        + (more if p.demand_relation == EXACTLY else [])
    )
    scale += max(map(max, units)) >> 20  # what runs in circles takes its rounding along
    if residual * 10**9 > scale:
        return f"residual {residual / max(scale, 1):.1e} of the total"
    flow = Residual(m + n + 1)
    turnover = 0
    noise = 0
    for i in range(m):
        for j in range(n):
            if p.costs[i, j] == np.inf:
                continue
            room = -1 if p.capacities[i, j] == np.inf else exact(p.capacities[i, j]) - units[i][j]
            flow.add(i, m + j, p.costs[i, j], units[i][j], room)
            turnover += abs(exact(p.costs[i, j])) * units[i][j]
            noise += units[i][j] * (abs(exact(p.costs[i, j])) + abs(exact(u[i])) + abs(exact(v[j])))
        if p.supply_relation == AT_MOST:
            flow.add(i, m + n, 0.0, left[i])
        if p.overflow_prices[i] < np.inf:
            flow.add(m + n, i, p.overflow_prices[i], beyond[i])
            turnover += exact(p.overflow_prices[i]) * beyond[i]
    for j in range(n):
        if p.demand_relation == AT_LEAST:
            flow.add(m + j, m + n, 0.0, more[j])
        if p.shortage_prices[j] < np.inf:
            flow.add(m + n, m + j, p.shortage_prices[j], short[j])
            turnover += exact(p.shortage_prices[j]) * short[j]
    turnover += exact(1e-290) * UNIT  # less than that is not measured
    if loose:
        noise += scale * max(abs(exact(c)) for c in p.costs.ravel() if c < np.inf) if (p.costs < np.inf).any() else 0
    excess = flow.excess()
    if excess is None:
        return "unbounded in truth"
    if excess * 10**9 > turnover and excess * 2**44 > noise:
        return f"wrong: costs too much by 10^{(excess * 10**600 // max(turnover, 1)).bit_length() * 0.30103 - 600:.1f}"
    extra_prices = np.concatenate([p.shortage_prices, p.overflow_prices])
    paid = sum(exact(p.costs[i, j]) * units[i][j] for i in range(m) for j in range(n) if units[i][j])
    paid += sum(exact(c) * k for c, k in zip(extra_prices, short + beyond, strict=True) if k)
    if abs(paid - exact(a.objective) * UNIT) * 2**45 > turnover + (UNIT * (m + 1) * (n + 1) << 45):
        return "objective"
    largest = max(abs(exact(w)) for w in [*u, *v])
    for i in range(m):
        for j in range(n):
            if p.costs[i, j] == np.inf:
                continue
            reduced = exact(p.costs[i, j]) - exact(u[i]) - exact(v[j])
            terms = abs(exact(p.costs[i, j])) + abs(exact(u[i])) + abs(exact(v[j]))
            if abs(reduced) * 2**44 <= max(terms, largest) or loose:
                continue
            open_arc = units[i][j] < exact(min(p.capacities[i, j], 1e300))
            if reduced < 0 and open_arc and -reduced * min(supply[i], demand[j]) * 10**7 > turnover:
                return "reduced cost below zero"
            if reduced > 0 and reduced * units[i][j] * 10**7 > turnover:
                return "reduced cost of what is shipped"
    return ""


def check_flow(n: int, ends: Array, arcs: Array, supply: Array, keeps: Array, flows: Array, prices: Array) -> str:
    """Return what is wrong with an optimal flow; `arcs` has rows of costs, lower and upper bounds."""
    costs, lower, upper = arcs
    if not (np.isfinite(flows).all() and np.isfinite(prices).all()):
        return "not finite"
    if (flows < lower).any() or (flows > upper).any():
        return "flow out of bounds"
    left = [exact(b) for b in supply]
    traffic = list(map(abs, left))
    network = Residual(n + 1)
    turnover, noise = exact(1e-290) * UNIT, 0
    for (i, j), c, low, high, x in zip(ends.T, costs, lower, upper, flows, strict=True):
        units = exact(x)
        left[i] -= units
        left[j] += units
        for node in (i, j):
            traffic[node] += abs(units)
        network.add(int(i), int(j), c, units - exact(low), -1 if high == np.inf else exact(high) - units)
        turnover += abs(exact(c) * units)
        noise += abs(units) * (abs(exact(c)) + abs(exact(prices[i])) + abs(exact(prices[j])))
    scale = sum(map(abs, map(exact, supply))) + sum(abs(exact(low)) for low in lower) + (max(traffic) >> 20)
    for i in range(n):
        if keeps[i]:
            network.add(i, n, 0.0, left[i])
        if (-left[i] if keeps[i] else abs(left[i])) * 10**9 > scale:
            return "balance"
    largest = max(abs(exact(w)) for w in prices)
    excess = network.excess()
    if excess is None:
        return "" if network.falls * 2**40 <= largest else "unbounded in truth"
    if excess * 10**9 > turnover and excess * 2**44 > noise:
        return "costs too much"
    for (i, j), c, low, high, x in zip(ends.T, costs, lower, upper, flows, strict=True):
        reduced = exact(c) - exact(prices[i]) + exact(prices[j])
        if abs(reduced) * 2**44 <= max(abs(exact(c)), largest):
            continue
        if reduced < 0 and x < high and -reduced * min(exact(min(high, 1e300)) - exact(x), scale) * 10**7 > turnover:
            return "reduced cost below zero"
        if reduced > 0 and reduced * (exact(x) - exact(low)) * 10**7 > turnover:
            return "reduced cost of what flows"
    return ""


def prove(p: Transport, a: Answer) -> int:
    """Return the units that the cuts of an infeasible answer prove short or too many; 0: nothing."""
    m, n = p.costs.shape
    cuts = a.fields[m * n + 2 * (m + n) :]
    best = 0
    for cut, sign in (cuts[: m + n + 1], 1), (cuts[m + n + 1 :], -1):
        sources, destinations = cut[:m] > 0, cut[m:-1] > 0
        here = ~sources[:, None] & destinations[None, :] if sign > 0 else sources[:, None] & ~destinations[None, :]
        crossing = p.capacities[here & (p.costs < np.inf)]
        if (crossing == np.inf).any():
            continue
        bought = np.concatenate([p.shortage_prices[destinations], p.overflow_prices[sources]])
        if sign > 0 and (bought < np.inf).any():
            continue
        if sign < 0 and (p.supply_relation != EXACTLY or (p.demand_relation != EXACTLY and destinations.any())):
            continue
        amount = sign * (sum(map(exact, p.demand[destinations])) - sum(map(exact, p.supply[sources]))) - sum(
            map(exact, crossing)
        )
        best = max(best, amount)
    return best


def overflows(p: Transport) -> bool:
    """Whether a cost of everything may be beyond all doubles."""
    prices = np.concatenate([p.costs.ravel(), p.shortage_prices, p.overflow_prices])
    largest = np.abs(prices[np.isfinite(prices)]).max(initial=0)
    total = max(p.supply.sum(), p.demand.sum(), p.capacities[p.capacities < np.inf].max(initial=0))
    return bool(largest > 0 and total > 1e307 / largest)


def judge(p: Transport, found: list[Answer], counts: Counter[tuple[str, str]]) -> list[str]:
    """Return all faults of the answers to a problem."""
    faults = []
    proven = max((prove(p, a) for a in found if a.status == "infeasible" and KERNELS[a.kernel] in CUTTERS), default=0)
    scale = sum(map(exact, p.demand)) + sum(map(exact, p.supply))
    any_optimal = any(a.status == "optimal" for a in found)
    for a in found:
        name = KERNELS[a.kernel]
        if a.kernel >= KERNELS.index("linear"):  # its tolerances are absolute
            continue
        fault = ""
        if a.status == "optimal":
            fault = check(p, a)
            if not fault and proven * 10**8 > scale:
                fault = "optimal, but infeasible"
        elif a.status == "infeasible":
            if name in CUTTERS and not prove(p, a):
                fault = "no cut"
            elif not proven and any_optimal:
                fault = "infeasible, but others ship all"
        elif a.status == "status 8":
            fault = "" if overflows(p) else a.status
        elif a.status != "unbounded":
            fault = a.status
        counts[name, a.status if not fault else f"{a.status} FAULT " + fault.split(":")[0].split(" 0")[0]] += 1
        if fault:
            faults.append(f"{name}: {fault}")
    return faults


CUTTERS = "dense", "front", "warehouse", "warehouse warm"

if __name__ == "__main__":
    count, begin = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    given = os.environ.get("MEIO_TRANSPORT_KERNELS")
    here = ROOT / "build"
    here.mkdir(exist_ok=True)
    program = Path(given) if given else build(here)
    totals: Counter[tuple[str, str]] = Counter()
    for first in range(begin, begin + count, 100):
        some = range(first, min(first + 100, begin + count))
        problems = [wide(number) for number in some]
        for number, p, found in zip(some, problems, answers(program, problems), strict=True):
            for fault in judge(p, found, totals):
                print(number, fault)
    for key, value in sorted(totals.items()):
        print(*key, value)
