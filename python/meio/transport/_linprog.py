# SPDX-License-Identifier: MIT
"""Linear programs with the call shape of `scipy.optimize.linprog`, for programs that were written against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meio._meio.core import Status
from meio.errors import InputError
from meio.network_tables import did_you_mean
from meio.transport._input import SHOWN, Finding, floats, numbers
from meio.transport._linear import LinearResult, solve_linear
from meio.transport._program import LinearProgram, _coefficients

_CODES = {
    Status.OPTIMAL: 0,
    Status.ITERATION_LIMIT: 1,
    Status.TIME_LIMIT: 1,
    Status.INTERRUPTED: 1,
    Status.INFEASIBLE: 2,
    Status.UNBOUNDED: 3,
}

_MESSAGES = {
    Status.OPTIMAL: "Optimization terminated successfully.",
    Status.ITERATION_LIMIT: "The iteration limit was reached.",
    Status.TIME_LIMIT: "The time limit was reached.",
    Status.INTERRUPTED: "Interrupted.",
    Status.INFEASIBLE: "The problem is infeasible.",
    Status.UNBOUNDED: "The problem is unbounded.",
}

#: Options of SciPy's HiGHS methods, and the argument of `solve_linear` that they become; '' has no counterpart.
_OPTIONS = {
    "maxiter": "max_iterations",
    "time_limit": "time_limit",
    "primal_feasibility_tolerance": "primal_tolerance",
    "dual_feasibility_tolerance": "dual_tolerance",
    "disp": "",
    "presolve": "",
    "simplex_dual_edge_weight_strategy": "",
    "ipm_optimality_tolerance": "",
}

_METHODS = ("highs", "highs-ds", "highs-ipm", "simplex", "revised simplex", "interior-point")


class LinprogResult(dict[str, Any]):
    """A dictionary whose keys are attributes too, in the shape of SciPy's results.

    Attributes
    ----------
    x : ndarray or None
        Values of the variables; None where no optimum was found.
    fun : float or None
        `c @ x`.
    success : bool
    status : int
        0 optimal, 1 a limit was reached or Ctrl-C came, 2 infeasible, 3 unbounded, 4 numerical difficulties.
    message : str
        The status in words.
    slack, con : ndarray or None
        `b_ub - A_ub @ x` and `b_eq - A_eq @ x`.
    ineqlin, eqlin, lower, upper : LinprogResult
        `residual` and `marginals` of the constraints and bounds: what the optimum changes per unit of the right-hand
        side; <= 0 for `ineqlin` and `upper`, >= 0 for `lower`.
    nit : int
        Iterations.
    result : LinearResult or None
        The whole of meio's answer: certificate, bound, basis; without an optimum Farkas multipliers or a ray.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> list[str]:
        """List the keys too."""
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        """One line a field."""
        width = max((len(key) for key in self), default=0)
        lines = []
        for key, value in self.items():
            if isinstance(value, LinprogResult):
                told = ", ".join(f"{name} {part}" for name, part in value.items())
            else:
                told = str(value)
            lines.append(f"{key:>{width}}: " + told.replace("\n", "\n" + " " * (width + 2)))
        return "\n".join(lines)


def linprog(
    c: ArrayLike,
    A_ub: ArrayLike | Any = None,
    b_ub: ArrayLike | None = None,
    A_eq: ArrayLike | Any = None,
    b_eq: ArrayLike | None = None,
    bounds: Any = (0, None),
    method: str = "highs",
    callback: Callable[..., Any] | None = None,
    options: Mapping[str, Any] | None = None,
    x0: ArrayLike | None = None,
    integrality: ArrayLike | None = None,
) -> LinprogResult:
    """Minimise `c @ x` subject to `A_ub @ x <= b_ub`, `A_eq @ x == b_eq` and bounds; exact.

    Takes the arguments of `scipy.optimize.linprog` and answers in its shape, with its signs. Meant for up to a few
    hundred rows. For transportation problems `solve` is faster by orders of magnitude, for networks `min_cost_flow`.

    Parameters
    ----------
    c : array_like, (n,)
        Costs.
    A_ub, A_eq : array_like or scipy.sparse matrix, (m, n), optional
        Coefficients of inequalities and of equations.
    b_ub, b_eq : array_like, (m,), optional
        Right-hand sides.
    bounds : pair, or sequence of n pairs
        Least and most of all variables, or of each; None is no bound.
    method : str
        Taken so that calls written for SciPy run: whatever it names, the revised simplex of meio solves.
    options : mapping, optional
        `maxiter`, `time_limit`, `primal_feasibility_tolerance`, `dual_feasibility_tolerance`; SciPy's other options
        of its HiGHS methods are taken and change nothing.
    callback, x0, integrality : None
        Not offered; other than None (or integrality 0) they are an error.

    Returns
    -------
    LinprogResult

    Raises
    ------
    InputError
        A ValueError that names every wrong entry.

    Examples
    --------
    >>> answer = linprog([-1, 4], A_ub=[[-3, 1], [1, 2]], b_ub=[6, 4], bounds=[(None, None), (-3, None)])
    >>> answer.fun, answer.x, answer.ineqlin.marginals
    (-22.0, array([10., -3.]), array([ 0., -1.]))
    """
    costs = numbers("c", np.ravel(floats("c", c)), 1)
    n = costs.size
    settings = _settings(method, callback, options, x0, integrality)
    upper_rows, least = _rows("ub", A_ub, b_ub, n), _rows("eq", A_eq, b_eq, n)
    (entries_ub, values_ub), (entries_eq, values_eq) = upper_rows, least
    low, high = _bounds(bounds, n)
    crossed = np.flatnonzero(low > high)
    if crossed.size:
        at = int(crossed[0])
        told = (
            f"The problem is infeasible: the lower bound {low[at]:g} of x[{at}] is above its upper bound {high[at]:g}."
        )
        return _answer(Status.INFEASIBLE, told, None, {})
    program = LinearProgram(
        costs,
        row_lower=np.concatenate((np.full(values_ub.size, -np.inf), values_eq)),
        row_upper=np.concatenate((values_ub, values_eq)),
        lower=low,
        upper=high,
    )
    shift = np.int32(values_ub.size)
    program._entries += [entries_ub, (entries_eq[0] + shift, entries_eq[1], entries_eq[2])]
    result = solve_linear(program, **settings)
    parts: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
    if result.status is Status.OPTIMAL:
        x, duals, m = result.x, result.row_duals, values_ub.size
        slack = values_ub - _times(entries_ub, x, m)
        rest = values_eq - _times(entries_eq, x, values_eq.size)
        parts = {
            "ineqlin": (slack, np.minimum(duals[:m], 0.0)),
            "eqlin": (rest, duals[m:]),
            "lower": (x - low, np.maximum(result.reduced_costs, 0.0)),
            "upper": (high - x, np.minimum(result.reduced_costs, 0.0)),
        }
    message = _MESSAGES.get(result.status, "Numerical difficulties were met.")
    return _answer(result.status, message, result, parts)


def _answer(
    status: Status,
    message: str,
    result: LinearResult | None,
    parts: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> LinprogResult:
    found = status is Status.OPTIMAL and result is not None
    none = (None, None)
    told = {
        name: LinprogResult(zip(("residual", "marginals"), parts.get(name, none), strict=True))
        for name in ("ineqlin", "eqlin", "lower", "upper")
    }
    return LinprogResult(
        message=message,
        success=found,
        status=_CODES.get(status, 4),
        fun=result.objective if found and result is not None else None,
        x=result.x if found and result is not None else None,
        nit=0 if result is None else result.iterations,
        slack=told["ineqlin"].residual,
        con=told["eqlin"].residual,
        **told,
        result=result,
    )


_Entries = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]


def _rows(kind: str, matrix: Any, right: Any, n: int) -> tuple[_Entries, NDArray[np.float64]]:
    """Read A and b of one kind of rows."""
    name, side = f"A_{kind}", f"b_{kind}"
    none = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0)
    values = np.empty(0) if right is None else np.ravel(floats(side, right))
    given = matrix is not None and (hasattr(matrix, "tocoo") or np.size(matrix) > 0)
    if not given:
        if values.size:
            raise InputError.from_core(
                [(name, "", "nothing", f"must have a row for each of the {values.size} of {side}")]
            )
        return none, values
    try:
        (m, wide), entries = _coefficients(matrix)
    except InputError as error:
        worded = [(field.replace("matrix", name), row, value, fix) for field, row, value, fix in error.findings]
        raise InputError.from_core(worded) from None
    wrong: list[Finding] = []
    if (m, wide) != (values.size, n):
        told = f"must be {(values.size, n)}: a row for each of {side}, a column for each of c"
        raise InputError.from_core([(name, "", f"shape {(m, wide)}", told)])
    for at in np.flatnonzero(~np.isfinite(entries[2]))[:SHOWN].tolist():
        wrong.append((name, f"{entries[0][at]},{entries[1][at]}", str(entries[2][at]), "must be finite"))
    for at in np.flatnonzero(~np.isfinite(values))[:SHOWN].tolist():
        wrong.append((side, str(at), str(values[at]), "must be finite"))
    if wrong:
        raise InputError.from_core(wrong)
    return entries, values


def _times(entries: _Entries, x: NDArray[np.float64], m: int) -> NDArray[np.float64]:
    rows, variables, values = entries
    return np.bincount(rows, values * x[variables], minlength=m).astype(np.float64)


def _bounds(bounds: Any, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Read SciPy's forms of bounds; None and NaN are no bound."""
    if bounds is None or np.size(bounds) == 0:
        bounds = (0, None)
    pairs = floats("bounds", bounds)
    if pairs.shape == (2,):
        pairs = pairs[None, :]
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.shape[0] not in (1, n):
        fix = f"must be a pair (least, most), or {n} pairs"
        raise InputError.from_core([("bounds", "", f"shape {pairs.shape}", fix)])
    pairs = np.broadcast_to(pairs, (n, 2))
    low = np.where(np.isnan(pairs[:, 0]), -np.inf, pairs[:, 0])
    high = np.where(np.isnan(pairs[:, 1]), np.inf, pairs[:, 1])
    wrong: list[Finding] = []
    for side, values, sign in ((0, low, 1), (1, -high, -1)):
        for at in np.flatnonzero(values == np.inf)[:SHOWN].tolist():
            wrong.append(("bounds", f"{at},{side}", str(sign * np.inf), "must be another number, or None for no bound"))
    if wrong:
        raise InputError.from_core(wrong)
    return low, high


def _settings(
    method: str,
    callback: Any,
    options: Mapping[str, Any] | None,
    x0: Any,
    integrality: Any,
) -> dict[str, Any]:
    wrong: list[Finding] = []
    if method not in _METHODS:
        wrong.append(("method", "", repr(method), "must be one of " + ", ".join(_METHODS)))
    for name, given in (("callback", callback), ("x0", x0)):
        if given is not None:
            wrong.append((name, "", type(given).__name__, "must be None: it is not offered"))
    if integrality is not None and np.any(np.asarray(integrality) != 0):
        wrong.append(("integrality", "", "", "must be 0: variables are continuous"))
    settings: dict[str, Any] = {}
    for name, value in (options or {}).items():
        if name not in _OPTIONS:
            hint = did_you_mean(str(name), _OPTIONS)
            wrong.append((f"options.{name}", "", repr(value), "no such option" + (f"; {hint}" if hint else "")))
        elif _OPTIONS[name] and value is not None:
            settings[_OPTIONS[name]] = value
    if wrong:
        raise InputError.from_core(wrong)
    return settings
