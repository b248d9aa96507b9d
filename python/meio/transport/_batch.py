# SPDX-License-Identifier: MIT
"""Many small transportation problems of one shape in one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meio._meio import transport as _core
from meio._meio.core import Status
from meio.errors import InputError
from meio.transport._input import floats, relation, seconds, whole

_STATUSES = [
    Status.OPTIMAL,
    Status.FEASIBLE,
    Status.INFEASIBLE,
    Status.UNBOUNDED,
    Status.ITERATION_LIMIT,
    Status.TIME_LIMIT,
    Status.INTERRUPTED,
    Status.STALLED,
    Status.NUMERICAL_ERROR,
]


@dataclass(frozen=True, repr=False)
class BatchResult:
    """The scenarios of a batch, solved.

    Attributes
    ----------
    status : Status
        `OPTIMAL` where every scenario was looked at; `INTERRUPTED` or `TIME_LIMIT` where some were not.
    statuses : list of Status
        One a scenario.
    objectives : ndarray, (S,)
        NaN where a scenario has no solution.
    supply_duals, demand_duals : ndarray, (S, m) and (S, n), or None
        Change of each objective per further unit of supply (<= 0 where it is `at_most`) and of demand; None unless
        asked for.
    flows : ndarray, (S, m, n), or None
        None unless asked for.
    pivots : int
        Simplex pivots of all scenarios.
    seconds : float
        Wall time.
    """

    status: Status
    statuses: list[Status]
    objectives: NDArray[np.float64]
    supply_duals: NDArray[np.float64] | None
    demand_duals: NDArray[np.float64] | None
    flows: NDArray[np.float64] | None
    pivots: int
    seconds: float

    def __repr__(self) -> str:
        """Status and size in one line."""
        return f"<transport.BatchResult {self.status.name}, {len(self.statuses)} scenarios, {self.seconds:.3g} s>"

    def mean_duals(self, weights: ArrayLike | None = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Average duals over scenarios: the gradient of the expected objective in supply and demand.

        Parameters
        ----------
        weights : array_like, (S,), optional
            Probabilities, >= 0; equal where not given.

        Returns
        -------
        supply, demand : ndarray, (m,) and (n,)
            NaN where a scenario of positive weight has no solution.
        """
        if self.supply_duals is None or self.demand_duals is None:
            raise ValueError("the batch was solved without duals; call solve_batch(..., duals=True)")
        share = np.full(len(self.statuses), 1.0) if weights is None else np.asarray(weights, dtype=np.float64)
        if share.shape != (len(self.statuses),) or not (share >= 0).all() or not share.sum() > 0:
            raise ValueError(f"weights must be {len(self.statuses)} numbers >= 0 with a positive sum")
        used = share > 0
        share = share[used] / share.sum()
        return share @ self.supply_duals[used], share @ self.demand_duals[used]


def _scenarios(field: str, values: ArrayLike, each: int) -> tuple[NDArray[np.float64], int | None, tuple[int, ...]]:
    array = floats(field, values)
    if array.ndim not in (each, each + 1):
        fix = f"must have {each} dimensions, or {each + 1} with the scenarios first"
        raise InputError.from_core([(field, "", f"{array.ndim} dimensions", fix)])
    return array, None if array.ndim == each else array.shape[0], array.shape[array.ndim - each :]


def solve_batch(
    costs: ArrayLike,
    supply: ArrayLike,
    demand: ArrayLike,
    *,
    supply_relation: Literal["at_most", "exactly"] = "at_most",
    duals: bool = True,
    flows: bool = False,
    threads: int = 0,
    time_limit: float | None = None,
) -> BatchResult:
    """Solve many small transportation problems of one shape; exact.

    Parameters
    ----------
    costs : array_like, (m, n) or (S, m, n)
        Money per unit; `inf` where there is no arc. Without the scenario axis it holds for all: then each scenario
        starts from the basis of the one before, which is several times faster.
    supply, demand : array_like, (m,) or (S, m), and (n,) or (S, n)
        Units, >= 0 and finite; demand is met exactly.
    supply_relation : {"at_most", "exactly"}
        Whether supply may stay unused.
    duals, flows : bool
        What to keep of every scenario.
    threads : int
        0: all the machine has. The bits of the answer do not depend on it. The GIL is released.
    time_limit : float, optional
        Seconds after which the scenarios not yet begun are left with that status. Ctrl-C does the same.

    Returns
    -------
    BatchResult

    Raises
    ------
    InputError
        Naming every wrong entry by scenario and position, and shapes that do not match.

    Examples
    --------
    >>> result = solve_batch([[1, 4], [2, 1]], supply=[6, 6], demand=[[3, 3], [8, 1], [9, 9]])
    >>> result.objectives
    array([ 6., 11., nan])
    >>> [status.name for status in result.statuses]
    ['OPTIMAL', 'OPTIMAL', 'INFEASIBLE']
    """
    matrix, c, shape = _scenarios("costs", costs, 2)
    send, a, sources = _scenarios("supply", supply, 1)
    take, b, destinations = _scenarios("demand", demand, 1)
    counts = {"costs": c, "supply": a, "demand": b}
    given = {name: count for name, count in counts.items() if count is not None}
    wrong = []
    if len(set(given.values())) > 1:
        told = ", ".join(f"{name} {count}" for name, count in given.items())
        wrong.append(("scenarios", "", told, "must be the same number wherever a scenario axis is given"))
    if shape != (*sources, *destinations):
        wrong.append(("costs", "", f"shape {shape}", f"must be {(*sources, *destinations)}, as supply and demand say"))
    if wrong:
        raise InputError.from_core(wrong)
    m, n = shape
    count = next(iter(given.values()), 1)
    crew = whole("threads", threads)
    if crew < 0:
        raise InputError.from_core([("threads", "", str(crew), "must be >= 0; 0: all the machine has")])
    if count == 0 or m == 0 or n == 0:
        raise InputError.from_core([("costs", "", f"{count} x {m} x {n}", "must not be empty")])
    fields = _core.solve_batch(
        count,
        m,
        n,
        matrix,
        send,
        take,
        supply_relation=relation("supply_relation", supply_relation),
        duals=bool(duals),
        flows=bool(flows),
        threads=crew,
        time_limit=seconds(time_limit),
    )
    fields["statuses"] = [_STATUSES[code] for code in fields["statuses"]]
    fields["supply_duals"] = fields["supply_duals"].reshape(count, m) if duals else None
    fields["demand_duals"] = fields["demand_duals"].reshape(count, n) if duals else None
    fields["flows"] = fields["flows"].reshape(count, m, n) if flows else None
    return BatchResult(**fields)
