# SPDX-License-Identifier: MIT
"""Small linear programs by the revised simplex method, again and again from the last basis."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meio._meio import transport as _core
from meio._meio.core import Status
from meio.errors import InputError
from meio.transport._input import indices, numbers, real, seconds, whole
from meio.transport._program import LinearProgram, finite, interval, parse_line

_CRASHES: dict[str, Any] = {crash.name.lower(): crash for crash in _core.Crash}


class BasisStatus(IntEnum):
    """Where a variable or the activity of a row stands."""

    BASIC = 0  #: determined by the others
    AT_LOWER = 1  #: at its lower bound, also where fixed
    AT_UPPER = 2  #: at its upper bound
    FREE = 3  #: without bounds and not basic: at zero


@dataclass(frozen=True, repr=False, eq=False)
class LinearBasis:
    """A basis from which a similar problem restarts.

    Attributes
    ----------
    variables, rows : ndarray of uint8
        A `BasisStatus` for each variable and row; as many basic ones as there are rows.
    """

    variables: NDArray[np.uint8]
    rows: NDArray[np.uint8]

    def __repr__(self) -> str:
        """Sizes in one line."""
        return f"<transport.LinearBasis {self.rows.size} rows, {self.variables.size} variables>"


@dataclass(frozen=True, repr=False, eq=False)
class LinearResult:
    """A solution of a linear program, with what it proves about itself.

    Attributes
    ----------
    status : Status
        Why the solver stopped; exact to the tolerances where `OPTIMAL`.
    objective, bound : float
        `costs @ x`, and a proven lower bound on the optimum (-inf where the duals prove none, inf where infeasible).
    x : ndarray, (n,)
        Values of the variables; those of the last basis where the status is not `OPTIMAL`.
    row_duals : ndarray, (m,)
        Change of the objective per unit by which the binding bound of a row rises: >= 0 where the lower bound binds,
        <= 0 where the upper one does.
    reduced_costs : ndarray, (n,)
        `costs - row_duals @ matrix`: >= 0 at a lower bound, <= 0 at an upper bound, 0 between.
    basis : LinearBasis
        For `RevisedSimplex.set_basis`.
    primal_violation, dual_violation, gap : float
        Recomputed from the input: worst bound, worst sign of a dual, relative gap.
    farkas : ndarray, (m,), or None
        Where infeasible: multipliers y of the rows. With g = `y @ matrix`, the least that the bounds of rows ask of
        `y @ (matrix @ x)`, `sum(y * where(y > 0, row_lower, row_upper))`, exceeds the most that the bounds of
        variables allow, `sum(g * where(g > 0, upper, lower))`, by `farkas_amount`.
    farkas_amount : float
        > 0 where infeasible.
    ray : ndarray, (n,), or None
        Where unbounded: a direction that keeps all bounds from any feasible point.
    ray_cost : float
        `costs @ ray`; < 0 where unbounded.
    iterations, factorizations : int
        Pivots and bound flips; times the basis was inverted afresh.
    seconds : float
        Wall time of the solve.
    """

    status: Status
    objective: float
    bound: float
    x: NDArray[np.float64]
    row_duals: NDArray[np.float64]
    reduced_costs: NDArray[np.float64]
    basis: LinearBasis
    primal_violation: float
    dual_violation: float
    gap: float
    farkas: NDArray[np.float64] | None
    farkas_amount: float
    ray: NDArray[np.float64] | None
    ray_cost: float
    iterations: int
    factorizations: int
    seconds: float

    def __repr__(self) -> str:
        """Status, size and objective in one line."""
        size = f"{self.row_duals.size} rows, {self.x.size} variables"
        return (
            f"<transport.LinearResult {self.status.name}, {size}, objective {self.objective:.10g}, gap {self.gap:.1e}>"
        )


class RevisedSimplex:
    """Solves a linear program, and again after changes from the basis it ended with; exact.

    Meant for up to about 200 rows: the inverse of the basis is dense. Changed bounds and added rows are followed by
    the dual simplex method, changed costs and added variables by the primal one. Not for use from several threads at
    once.

    Parameters
    ----------
    program : LinearProgram
        The problem; it is copied, later changes are made here.
    primal_tolerance, dual_tolerance : float
        Accepted violation of a bound and wrong sign of a reduced cost, on the scaled problem; in [1e-12, 1e-3].
    max_iterations : int
        Stop a solve after this many pivots and flips; 0 for no limit.
    refactor_interval : int
        Pivots after which the basis is inverted afresh.
    bland_after : int
        Pivots without progress after which Bland's rule takes over, which cannot cycle.
    crash : {"automatic", "slack", "network"}
        First basis of a cold start: all rows basic, or the cheapest arcs first on the rows that form a transportation
        problem. The value of the answer does not depend on it.

    Attributes
    ----------
    result : LinearResult or None
        Of the last solve.

    Raises
    ------
    InputError
        Naming every option out of range.

    References
    ----------
    Koberstein (2005), The dual simplex method; Forrest and Goldfarb (1992), steepest edge; Harris (1973).

    Examples
    --------
    >>> program = LinearProgram([-3, -2], [[1, 1], [1, 3]], row_upper=[4, 6], upper=[3, float("inf")])
    >>> simplex = RevisedSimplex(program)
    >>> simplex.solve().x
    array([3., 1.])
    >>> row = simplex.add_row({1: 1}, upper=0.5)
    >>> simplex.solve().x
    array([3. , 0.5])
    >>> simplex.set_row_bounds(row, lower=5)
    >>> result = simplex.solve()
    >>> result.status.name, result.farkas_amount > 0
    ('INFEASIBLE', True)
    """

    def __init__(
        self,
        program: LinearProgram,
        *,
        primal_tolerance: float = 1e-9,
        dual_tolerance: float = 1e-9,
        max_iterations: int = 0,
        refactor_interval: int = 100,
        bland_after: int = 60,
        crash: Literal["automatic", "slack", "network"] = "automatic",
    ) -> None:
        if not isinstance(program, LinearProgram):
            raise InputError.from_core([("program", "", type(program).__name__, "must be a LinearProgram")])
        if crash not in _CRASHES:
            raise InputError.from_core([("crash", "", repr(crash), "must be one of " + ", ".join(_CRASHES))])
        columns = program.columns
        self._core = _core.Simplex(
            program.costs,
            *program.bounds,
            *program.row_bounds,
            columns.starts,
            columns.rows,
            columns.values,
            primal_tolerance=real("primal_tolerance", primal_tolerance),
            dual_tolerance=real("dual_tolerance", dual_tolerance),
            max_iterations=whole("max_iterations", max_iterations),
            refactor_interval=_small("refactor_interval", refactor_interval),
            bland_after=_small("bland_after", bland_after),
            crash=_CRASHES[crash],
        )
        self.result: LinearResult | None = None

    def __repr__(self) -> str:
        """Size and status in one line."""
        m, n = self.shape
        status = "not solved" if self.result is None else self.result.status.name
        return f"<transport.RevisedSimplex {m} rows, {n} variables, {status}>"

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of variables."""
        return self._core.row_count, self._core.variable_count

    def solve(self, *, time_limit: float | None = None) -> LinearResult:
        """Solve, from the last basis where there is one.

        Parameters
        ----------
        time_limit : float, optional
            Seconds after which the best so far is returned; Ctrl-C does the same, with status `INTERRUPTED`. The basis
            is kept, so that the next solve goes on.

        Returns
        -------
        LinearResult
        """
        fields = self._core.solve(seconds(time_limit))
        fields["basis"] = LinearBasis(*fields["basis"])
        for name in ("farkas", "ray"):
            fields[name] = fields[name] if fields[name].size else None
        self.result = LinearResult(**fields)
        return self.result

    def set_cost(self, variable: int, cost: float) -> None:
        """Change the cost of a variable.

        Parameters
        ----------
        variable : int
            Its number.
        cost : float
            Money per unit.
        """
        self._core.set_cost(_number("variable", variable, self.shape[1]), finite("cost", cost))

    def set_costs(self, costs: ArrayLike) -> None:
        """Change the costs of all variables.

        Parameters
        ----------
        costs : array_like, (n,)
            Money per unit.
        """
        self._core.set_costs(numbers("costs", costs, 1))

    def set_variable_bounds(self, variable: int, *, lower: float = 0.0, upper: float = np.inf) -> None:
        """Change both bounds of a variable.

        Parameters
        ----------
        variable : int
            Its number.
        lower, upper : float
            The new bounds; one that is not given is 0 or none, as in `LinearProgram`.
        """
        self._core.set_variable_bounds(_number("variable", variable, self.shape[1]), *interval(lower, upper))

    def set_row_bounds(self, row: int, *, lower: float = -np.inf, upper: float = np.inf) -> None:
        """Change both bounds of a row.

        Parameters
        ----------
        row : int
            Its number.
        lower, upper : float
            The new bounds; one that is not given is none.
        """
        self._core.set_row_bounds(_number("row", row, self.shape[0]), *interval(lower, upper))

    def add_row(self, coefficients: Any, *, lower: float = -np.inf, upper: float = np.inf) -> int:
        """Append a row; the basis stays.

        Parameters
        ----------
        coefficients : mapping of int to float, or array_like, (n,)
            By variable; those left out of a mapping are 0.
        lower, upper : float
            Bounds on the row.

        Returns
        -------
        int
            Its number.
        """
        variables, values = parse_line("coefficients", coefficients, self.shape[1], "the number of a variable")
        return int(self._core.add_row(*interval(lower, upper), variables, values))

    def add_variable(self, cost: float, coefficients: Any = None, *, lower: float = 0.0, upper: float = np.inf) -> int:
        """Append a variable; the basis stays.

        Parameters
        ----------
        cost : float
            Money per unit.
        coefficients : mapping of int to float, or array_like, (m,), optional
            By row; those left out of a mapping are 0.
        lower, upper : float
            Bounds on the variable.

        Returns
        -------
        int
            Its number.
        """
        rows, values = parse_line("coefficients", coefficients, self.shape[0], "the number of a row")
        return int(self._core.add_variable(finite("cost", cost), *interval(lower, upper), rows, values))

    def set_basis(self, basis: LinearBasis) -> None:
        """Start the next solve from a basis.

        Parameters
        ----------
        basis : LinearBasis
            Of an earlier result of a problem of this shape. Wrong numbers of basic entries are repaired.
        """
        most = len(BasisStatus)
        what = "a BasisStatus"
        self._core.set_basis(
            indices("basis.variables", basis.variables, most, what), indices("basis.rows", basis.rows, most, what)
        )

    def forget_basis(self) -> None:
        """Start the next solve cold."""
        self._core.forget_basis()


def solve_linear(
    program: LinearProgram,
    *,
    primal_tolerance: float = 1e-9,
    dual_tolerance: float = 1e-9,
    max_iterations: int = 0,
    crash: Literal["automatic", "slack", "network"] = "automatic",
    basis: LinearBasis | None = None,
    time_limit: float | None = None,
) -> LinearResult:
    """Solve a linear program; exact. Meant for up to a few hundred rows.

    Parameters
    ----------
    program : LinearProgram
        The problem.
    primal_tolerance, dual_tolerance, max_iterations, crash
        As `RevisedSimplex` takes them.
    basis : LinearBasis, optional
        Where to start.
    time_limit : float, optional
        Seconds after which the best so far is returned. Ctrl-C does the same, with status `INTERRUPTED`.

    Returns
    -------
    LinearResult
        `OPTIMAL`; `INFEASIBLE` with multipliers that prove it; `UNBOUNDED` with a ray; or the best so far.

    Examples
    --------
    >>> result = solve_linear(LinearProgram([1, 1], [[1, 2], [3, 1]], row_lower=[4, 6]))
    >>> result.x, result.row_duals
    (array([1.6, 1.2]), array([0.4, 0.2]))
    """
    simplex = RevisedSimplex(
        program,
        primal_tolerance=primal_tolerance,
        dual_tolerance=dual_tolerance,
        max_iterations=max_iterations,
        crash=crash,
    )
    if basis is not None:
        simplex.set_basis(basis)
    return simplex.solve(time_limit=time_limit)


def _number(field: str, value: Any, count: int) -> int:
    at = whole(field, value)
    if not 0 <= at < count:
        fix = f"must lie in 0 to {count - 1}" if count else "there is none"
        raise InputError.from_core([(field, "", str(at), fix)])
    return at


def _small(field: str, value: Any) -> int:
    found = whole(field, value)
    if abs(found) >= 1 << 31:
        raise InputError.from_core([(field, "", str(found), "must be below 2^31")])
    return found
