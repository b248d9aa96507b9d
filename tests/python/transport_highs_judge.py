# SPDX-License-Identifier: MIT
"""Judges every transport kernel on random problems: against HiGHS, and by its own proofs, recomputed here.

python tests/python/transport_highs_judge.py COUNT [START]     prints counts by kernel and every disagreement
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import highspy
import numpy as np
from transport_highs_problems import AT_LEAST, AT_MOST, EXACTLY, Array, Linear, Network, Problem, Transport, problem

ROOT = Path(__file__).resolve().parents[2]
KERNELS = (
    "tiny cold", "tiny after amounts", "tiny after costs", "batch", "dense", "front", "warehouse", "warehouse warm",
    "flow", "flow warm", "linear", "linear after rows", "linear after costs", "slow twin",
)  # fmt: skip
TWIN = KERNELS.index("slow twin")
STATUSES = "optimal", "feasible", "infeasible", "unbounded"
REFUSED = -1
TOLERANCE = 1e-9


def compiler() -> str | None:
    """Return the C++ compiler, if there is one."""
    return os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++")


def build(folder: Path) -> Path:
    """Compile the driver."""
    program = folder / "transport_kernels"
    source = ROOT / "tests/reference/transport_kernels.cpp"
    flags = ["-std=c++20", "-O0", f"-I{ROOT / 'include'}", f"-I{ROOT / 'tests'}", "-pthread"]
    subprocess.run([str(compiler()), *flags, str(source), "-o", str(program)], check=True)
    return program


@dataclass
class Answer:
    """What a kernel said."""

    kernel: int
    status: str
    objective: float
    fields: Array


def answers(program: Path, problems: list[Problem]) -> Iterator[list[Answer]]:
    """Run the driver on the problems."""
    records = b"".join(p.record() for p in problems)
    done = subprocess.run([str(program)], input=records, stdout=subprocess.PIPE, check=True)
    at = 0
    for p in problems:
        if isinstance(p, Transport):
            m, n = p.costs.shape
            size = m * n + 4 * (m + n) + 2
        elif isinstance(p, Network):
            size = 2 * p.costs.size + 3 * p.supply.size + 2
        else:
            size = 2 * sum(p.columns.shape)
        count = int(np.frombuffer(done.stdout, np.int32, 1, at)[0])
        at += 4
        found = []
        for _ in range(count):
            kernel, code = (int(k) for k in np.frombuffer(done.stdout, np.int32, 2, at))
            values = np.frombuffer(done.stdout, float, size + 2, at + 8)
            at += 8 + 8 * (size + 2)
            status = "refused" if code == REFUSED else STATUSES[code] if code < len(STATUSES) else f"status {code}"
            found.append(Answer(kernel, status, float(values[0]), values[2:]))
        yield found
    assert at == len(done.stdout)


class Highs:
    """HiGHS on dense columns."""

    def __init__(self) -> None:
        self.solver = highspy.Highs()
        for name, value in {
            "output_flag": False, "presolve": "off", "solver": "simplex", "threads": 1,
            "primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10,
        }.items():  # fmt: skip
            self.solver.setOptionValue(name, value)

    def solve(self, p: Problem) -> tuple[str, float]:
        """Return status and objective."""
        costs, lower, upper, low, high, columns = p.program()
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = columns.shape
        lp.col_cost_, lp.col_lower_, lp.col_upper_, lp.row_lower_, lp.row_upper_ = costs, lower, upper, low, high
        column, row = np.nonzero(columns)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.searchsorted(column, np.arange(columns.shape[0] + 1)).astype(np.int32)
        lp.a_matrix_.index_ = row.astype(np.int32)
        lp.a_matrix_.value_ = columns[column, row]
        self.solver.clearSolver()
        self.solver.passModel(lp)
        if lp.num_col_ == 0:  # HiGHS calls any program without variables optimal or empty
            feasible = bool((low <= 0).all() and (high >= 0).all())
            return ("optimal", 0.0) if feasible else ("infeasible", 0.0)
        self.solver.run()
        names = {
            highspy.HighsModelStatus.kOptimal: "optimal",
            highspy.HighsModelStatus.kInfeasible: "infeasible",
            highspy.HighsModelStatus.kUnbounded: "unbounded",
        }
        status = names.get(self.solver.getModelStatus(), "unknown")
        return status, self.solver.getInfo().objective_function_value


def times(amounts: Array, prices: Array) -> float:
    """Return a scalar product in which zero amounts at infinite prices cost nothing."""
    used = amounts != 0
    return float(amounts[used] @ prices[used])


def check_transport(p: Transport, a: Answer, *, exact: bool) -> tuple[str, float]:
    """Return what is wrong with an optimal answer, and the scale of its objective."""
    m, n = p.costs.shape
    sizes = np.cumsum([m * n, m, n, n, m])
    x, u, v, y, z = np.split(a.fields, sizes)[:5]
    x = x.reshape(m, n)
    amount = TOLERANCE * max(p.supply.sum(), p.demand.sum(), 1e-300)
    prices = np.concatenate([p.costs[p.costs < np.inf], p.shortage_prices, p.overflow_prices])
    largest = np.abs(prices[np.isfinite(prices)]).max(initial=0.0)
    money = TOLERANCE * max(largest, 1e-300)
    if exact:
        amount = money = 0.0
    out, into = x.sum(1) - z, x.sum(0) + y
    over, under = out > p.supply + amount, out < p.supply - amount
    missed, beyond = into < p.demand - amount, into > p.demand + amount
    extras = times(y, p.shortage_prices) + times(z, p.overflow_prices)
    scale = max(times(np.abs(x).ravel(), np.abs(p.costs).ravel()) + abs(extras), 1e-300)
    objective = times(x.ravel(), p.costs.ravel()) + extras
    capacity = np.where(p.costs < np.inf, p.capacities, np.inf)
    reduced = p.costs - u[:, None] - v[None, :]
    open_arcs = reduced[x < capacity - amount].min(initial=np.inf)
    full = capacity < np.inf
    dual = p.supply @ u + p.demand @ v + (capacity[full] * np.minimum(reduced[full], 0.0)).sum()
    used = x > amount
    # What each unit may be short of, times what it is worth.
    slack = 4 * amount * (np.abs(u).sum() + np.abs(v).sum()) + 4 * money * (p.supply.sum() + p.demand.sum())
    faults = {
        "flow below zero": x.min(initial=0) < -amount,
        "flow without arc": bool((x[~(p.costs < np.inf)] != 0).any()),
        "flow above capacity": bool((x > capacity + amount).any()),
        "supply": bool(over.any() or (p.supply_relation == EXACTLY and under.any())),
        "demand": bool(missed.any() or (p.demand_relation == EXACTLY and beyond.any())),
        "shortage or overflow below zero": min(y.min(initial=0), z.min(initial=0)) < -amount,
        "sign of u": p.supply_relation == AT_MOST and u.max(initial=0) > money,
        "sign of v": p.demand_relation == AT_LEAST and v.min(initial=0) < -money,
        "u below overflow": bool((u < -p.overflow_prices - money).any()),
        "v above shortage": bool((v > p.shortage_prices + money).any()),
        "reduced cost": open_arcs < -money,
        "slackness": bool((reduced[used] > money).any()),
        "objective": abs(objective - a.objective) > (0.0 if exact else TOLERANCE * scale),
        "gap": abs(objective - dual) > (0.0 if exact else TOLERANCE * scale + slack),
    }
    return ", ".join(name for name, wrong in faults.items() if wrong), scale


def check_transport_cut(p: Transport, a: Answer) -> str:
    """Return what is wrong with an infeasible answer's cuts."""
    m, n = p.costs.shape
    cuts = a.fields[m * n + 2 * (m + n) :]
    for cut, sign in (cuts[: m + n + 1], 1), (cuts[m + n + 1 :], -1):
        sources, destinations, amount = cut[:m] > 0, cut[m:-1] > 0, cut[-1]
        if not amount > 0:
            continue
        here = ~sources[:, None] & destinations[None, :] if sign > 0 else sources[:, None] & ~destinations[None, :]
        crossing = np.where(p.costs[here] < np.inf, p.capacities[here], 0.0).sum()
        proven = sign * (p.demand[destinations].sum() - p.supply[sources].sum()) - crossing
        bought = np.concatenate([p.shortage_prices[destinations], p.overflow_prices[sources]])
        if sign > 0 and np.isfinite(bought).any():
            return "cut of what may stay short"
        if sign < 0 and (p.supply_relation != EXACTLY or (p.demand_relation != EXACTLY and destinations.any())):
            return "surplus that may stay"
        if abs(proven - amount) <= TOLERANCE * max(p.supply.sum(), p.demand.sum()) and proven > 0:
            return ""
        return f"cut proves {proven}, claims {amount}"
    return "no cut"


def check_network(p: Network, a: Answer, *, exact: bool) -> tuple[str, float]:
    """As `check_transport`, and rays of unbounded answers."""
    arcs, nodes = p.costs.size, p.supply.size
    x, price = a.fields[:arcs], a.fields[arcs : arcs + nodes]
    amount = 0.0 if exact else TOLERANCE * max(np.abs(p.supply).max(initial=0), np.abs(x).max(initial=0), 1.0)
    money = 0.0 if exact else TOLERANCE * max(np.abs(p.costs).max(initial=0), 1.0)
    net = p.supply.copy()
    np.subtract.at(net, p.ends[0], x)
    np.add.at(net, p.ends[1], x)
    scale = max(float(np.abs(p.costs) @ np.abs(x)), 1.0)
    faults = {
        "bounds": bool((x < p.lower - amount).any() or (x > p.upper + amount).any()),
        "balance": bool((net < -amount).any() or (net[~p.keeps] > amount).any()),
        "objective": abs(p.costs @ x - a.objective) > (0.0 if exact else TOLERANCE * scale),
    }
    if a.status == "unbounded":
        if a.kernel >= KERNELS.index("linear"):
            return "", scale
        ray = a.fields[2 * nodes + 2 + arcs + nodes :] > 0
        turn = np.zeros(nodes)
        np.add.at(turn, p.ends[0][ray], 1)
        np.subtract.at(turn, p.ends[1][ray], 1)
        faults["ray"] = not (p.costs[ray].sum() < 0 and (p.upper[ray] == np.inf).all() and (turn == 0).all())
    else:
        reduced = p.costs - price[p.ends[0]] + price[p.ends[1]]
        rising, falling = x < p.upper - amount, x > p.lower + amount
        faults["reduced cost"] = bool((reduced[rising] < -money).any() or (reduced[falling] > money).any())
        faults["sign of price"] = bool((price[p.keeps] > money).any())
        faults["slackness"] = bool((np.abs(price[p.keeps & (net > amount)]) > money).any())
    return ", ".join(name for name, wrong in faults.items() if wrong), scale


def check_network_cut(p: Network, a: Answer) -> str:
    """Return what is wrong with an infeasible answer's cuts."""
    arcs, nodes = p.costs.size, p.supply.size
    cuts = a.fields[arcs + nodes :]
    for cut, sign in (cuts[: nodes + 1], 1.0), (cuts[nodes + 1 : 2 * nodes + 2], -1.0):
        inside, amount = cut[:-1] > 0, cut[-1]
        if not amount > 0:
            continue
        enters = ~inside[p.ends[0]] & inside[p.ends[1]]
        leaves = inside[p.ends[0]] & ~inside[p.ends[1]]
        towards, away = (enters, leaves) if sign > 0 else (leaves, enters)
        proven = -sign * p.supply[inside].sum() - p.upper[towards].sum() + p.lower[away].sum()
        if sign < 0 and p.keeps[inside].any():
            return "surplus that may stay"
        right = proven > 0 and abs(proven - amount) <= TOLERANCE * (1 + np.abs(p.supply).sum())
        return "" if right else f"cut proves {proven}, claims {amount}"
    return "no cut"


def check_linear(p: Linear, a: Answer) -> tuple[str, float]:
    """Return what is wrong with any answer of the revised simplex, and the scale of its objective."""
    n, m = p.columns.shape
    x, y, farkas, ray = np.split(a.fields, np.cumsum([n, m, m]))
    if a.status == "infeasible":
        g = p.columns @ farkas
        least = times(farkas, np.where(farkas > 0, p.row_lower, p.row_upper))
        most = times(g, np.where(g > 0, p.upper, p.lower)) if np.abs(g).max(initial=0) > 0 else 0.0
        if not np.isfinite(most):  # infinite bounds may stand against rounding only
            noise = np.abs(g) <= 1e-11 * (np.abs(p.columns) @ np.abs(farkas))
            most = times(np.where(noise, 0.0, g), np.where(g > 0, p.upper, p.lower))
        return "" if least > most else f"Farkas {least} <= {most}", 1.0
    if a.status == "unbounded":
        activity = ray @ p.columns
        size = TOLERANCE * max(np.abs(ray).max(initial=0), np.abs(ray) @ np.abs(p.columns).max(1, initial=0))

        def leaves(direction: Array, low: Array, high: Array) -> bool:
            return bool((direction[low > -np.inf] < -size).any() or (direction[high < np.inf] > size).any())

        faults = {
            "ray cost": not p.costs @ ray < 0,
            "ray bounds": leaves(ray, p.lower, p.upper),
            "ray rows": leaves(activity, p.row_lower, p.row_upper),
        }
        return ", ".join(name for name, wrong in faults.items() if wrong), 1.0
    activity, reduced = x @ p.columns, p.costs - p.columns @ y
    scale = max(float(np.abs(p.costs) @ np.abs(x)), 1.0)
    room = 1e-8 * (1 + np.abs(x).max(initial=0)) * max(1.0, np.abs(p.columns).max(initial=0))
    money = 1e-8 * max(1.0, np.abs(p.costs).max(initial=0)) * max(1.0, np.abs(p.columns).max(initial=0))

    def off(values: Array, low: Array, high: Array, signs: Array) -> bool:
        return bool(
            (values < low - room).any() or (values > high + room).any()
            or (signs[values > low + room] > money).any() or (signs[values < high - room] < -money).any()
        )  # fmt: skip

    faults = {
        "variables": off(x, p.lower, p.upper, reduced),
        "rows": off(activity, p.row_lower, p.row_upper, y),
        "objective": abs(p.costs @ x - a.objective) > TOLERANCE * scale,
    }
    return ", ".join(name for name, wrong in faults.items() if wrong), scale


@dataclass
class Report:
    """Counts, and every disagreement."""

    solved: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield a table of kernels, a table of kinds, and the disagreements."""
        for counts in self.solved, self.kinds:
            for name in dict.fromkeys(name for name, _ in sorted(counts)):
                row = {status: number for (other, status), number in sorted(counts.items()) if other == name}
                words = ", ".join(f"{status} {number}" for status, number in row.items())
                yield f"{name:20} {sum(row.values()):8}  {words}"
        yield f"{len(self.faults)} disagreements"
        yield from self.faults


def judge(number: int, p: Problem, found: list[Answer], truth: tuple[str, float], report: Report) -> None:
    """Compare all answers to one problem with HiGHS, with each other, and with what they prove."""
    status, value = truth
    report.kinds[p.kind, status] += 1
    if status == "unknown":  # HiGHS gave up: the majority has to prove itself
        status, value = Counter((a.status, a.objective) for a in found).most_common(1)[0][0]
    exact_values = {a.objective for a in found if a.kernel == TWIN and a.status == "optimal"}
    for a in found:
        report.solved[KERNELS[a.kernel], a.status] += 1
        where = f"{number} {p.kind}: {KERNELS[a.kernel]}"
        if a.status != status:
            report.faults.append(f"{where} says {a.status}, HiGHS {status}")
            continue
        if a.kernel == TWIN:
            if status == "optimal" and abs(a.objective - value) > TOLERANCE * max(1.0, abs(value)):
                report.faults.append(f"{where} gives {a.objective!r}, HiGHS {value!r}")
            continue
        exact = p.whole and a.kernel < KERNELS.index("linear")
        scale, fault = 1.0, ""
        if isinstance(p, Linear):
            fault, scale = check_linear(p, a)
        elif status == "infeasible":
            with_cuts = (
                ("dense", "front", "warehouse", "warehouse warm") if isinstance(p, Transport) else ("flow", "flow warm")
            )
            if KERNELS[a.kernel] in with_cuts:
                fault = check_transport_cut(p, a) if isinstance(p, Transport) else check_network_cut(p, a)
        elif isinstance(p, Network):
            fault, scale = check_network(p, a, exact=exact)
        elif status == "optimal":
            fault, scale = check_transport(p, a, exact=exact)
        if fault:
            report.faults.append(f"{where}, {status}: {fault}")
        if status != "optimal":
            continue
        if abs(a.objective - value) > TOLERANCE * scale:
            report.faults.append(f"{where} gives {a.objective!r}, HiGHS {value!r}")
        if exact and exact_values and {a.objective} != exact_values:
            report.faults.append(f"{where} gives {a.objective!r}, the slow twin {exact_values}")


def run(program: Path, numbers: range, report: Report) -> None:
    """Judge the problems of these numbers."""
    highs = Highs()
    for first in range(0, len(numbers), 500):
        some = list(numbers[first : first + 500])
        problems = [problem(number) for number in some]
        for number, p, found in zip(some, problems, answers(program, problems), strict=True):
            judge(number, p, found, highs.solve(p), report)


if __name__ == "__main__":
    count, begin = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    here = ROOT / "build"
    here.mkdir(exist_ok=True)
    given = os.environ.get("MEIO_TRANSPORT_KERNELS")
    outcome = Report()
    run(Path(given) if given else build(here), range(begin, begin + count), outcome)
    print("\n".join(outcome.lines()))
    sys.exit(bool(outcome.faults))
