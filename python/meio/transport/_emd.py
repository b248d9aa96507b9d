# SPDX-License-Identifier: MIT
"""Optimal transport with the call shape of POT's `ot.emd`, for programs that were written against it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meio._meio.core import Status
from meio.transport._dense import Result, solve
from meio.transport._input import findings_as, numbers


def _transport(a: ArrayLike, b: ArrayLike, costs: ArrayLike, max_pivots: int) -> tuple[Result, dict[str, Any]]:
    matrix, source, target = numbers("M", costs, 2), numbers("a", a, 1), numbers("b", b, 1)
    m, n = matrix.shape
    source = np.full(m, 1.0 / m) if source.size == 0 and m else source
    target = np.full(n, 1.0 / n) if target.size == 0 and n else target
    with findings_as({"costs": "M", "supply": "a", "demand": "b", "max_pivots": "numItermax"}):
        result = solve(matrix, source, target, supply_relation="exactly", balance_tolerance=1e-7, max_pivots=max_pivots)
    warning = None
    if result.status is Status.ITERATION_LIMIT:
        warning = "numItermax reached before optimality. Try to increase numItermax."
    elif result.status is not Status.OPTIMAL:
        warning = f"Problem {result.status.name.lower()}. Check that a and b are in the simplex"
    if warning is not None:
        warnings.warn(warning, stacklevel=3)
    codes = {Status.OPTIMAL: 1, Status.INFEASIBLE: 0, Status.UNBOUNDED: 2, Status.ITERATION_LIMIT: 3}
    log = {
        "cost": result.objective,
        "u": result.supply_duals,
        "v": result.demand_duals,
        "warning": warning,
        "result_code": codes.get(result.status, 4),
    }
    return result, log


def emd(
    a: ArrayLike,
    b: ArrayLike,
    M: ArrayLike,
    numItermax: int = 100_000,
    log: bool = False,
    *,
    center_dual: bool = True,
    numThreads: int = 1,
    check_marginals: bool = True,
) -> NDArray[np.float64] | tuple[NDArray[np.float64], dict[str, Any]]:
    """Optimal transport plan between two histograms; exact.

    Takes the arguments of `ot.emd` in the Python Optimal Transport library, and answers in its shape.

    Parameters
    ----------
    a, b : array_like, (m,) and (n,)
        Masses of sources and targets, >= 0, of equal sum up to rounding; empty means uniform.
    M : array_like, (m, n)
        Cost of moving a unit of mass. `inf` forbids.
    numItermax : int
        Pivots at most.
    log : bool
        Whether to return the dictionary too.
    center_dual, numThreads, check_marginals
        Taken so that calls written for `ot.emd` run; they change nothing: duals are tight as they are, one thread is
        used, and masses are always checked.

    Returns
    -------
    plan : ndarray, (m, n)
    log : dict
        `cost`, duals `u` and `v`, `warning`, `result_code` (1 where optimal).

    Examples
    --------
    >>> emd([0.5, 0.5], [0.5, 0.5], [[0.0, 1.0], [1.0, 0.0]])
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    del center_dual, numThreads, check_marginals
    result, told = _transport(a, b, M, numItermax)
    return (result.flows, told) if log else result.flows


def emd2(
    a: ArrayLike,
    b: ArrayLike,
    M: ArrayLike,
    numItermax: int = 100_000,
    log: bool = False,
    *,
    center_dual: bool = True,
    numThreads: int = 1,
    check_marginals: bool = True,
) -> float | tuple[float, dict[str, Any]]:
    """Cost of optimal transport between two histograms; see `emd`.

    Parameters
    ----------
    a, b, M, numItermax, log, center_dual, numThreads, check_marginals
        As `emd` takes them.

    Returns
    -------
    cost : float
    log : dict
    """
    del center_dual, numThreads, check_marginals
    result, told = _transport(a, b, M, numItermax)
    return (result.objective, told) if log else result.objective
