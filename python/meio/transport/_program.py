# SPDX-License-Identifier: MIT
"""Linear programs as they are built up: bounds, rows, variables; and that of a transportation problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meio.errors import InputError
from meio.transport._input import SHOWN, Finding, indices, numbers, real, relation

_NO_INDICES = np.empty(0, np.int32)


@dataclass(frozen=True, eq=False)
class Columns:
    """The coefficients by columns: those of variable j are `starts[j]` to `starts[j + 1] - 1`.

    Attributes
    ----------
    starts, rows, values : ndarray
        Where a variable begins; row and value of each coefficient, rows rising within a variable.
    """

    starts: NDArray[np.int32]
    rows: NDArray[np.int32]
    values: NDArray[np.float64]


class LinearProgram:
    """A linear program: minimise `costs @ x` subject to bounds on `matrix @ x` and on `x`.

    Equal bounds make an equation or a fixed variable, infinite ones none. Meant for up to a few hundred rows.

    Parameters
    ----------
    costs : array_like, (n,)
        Money per unit of each variable.
    matrix : array_like or scipy.sparse matrix, (m, n), optional
        Coefficients; no rows unless given.
    row_lower, row_upper : array_like, (m,), or a number
        Bounds on `matrix @ x`.
    lower, upper : array_like, (n,), or a number
        Bounds on `x`.

    Raises
    ------
    InputError
        Naming every wrong entry: NaN, infinite costs or coefficients, crossed bounds, shapes that do not match.

    Examples
    --------
    >>> program = LinearProgram([-3, -2], [[1, 1], [1, 3]], row_upper=[4, 6], upper=[3, float("inf")])
    >>> program.add_row({0: 1, 1: -1}, upper=1)
    2
    >>> program
    <transport.LinearProgram 3 rows, 2 variables>
    >>> solve_linear(program).objective
    -9.25
    """

    def __init__(
        self,
        costs: ArrayLike = (),
        matrix: ArrayLike | Any = None,
        *,
        row_lower: ArrayLike = -np.inf,
        row_upper: ArrayLike = np.inf,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
    ) -> None:
        wrong: list[Finding] = []
        self._costs = numbers("costs", costs, 1)
        n = self._costs.size
        if matrix is None:
            m, entries = _row_count(row_lower, row_upper), (_NO_INDICES, _NO_INDICES, np.empty(0))
        else:
            (m, wide), entries = _coefficients(matrix)
            if wide != n and (m > 0 or wide > 0):
                raise InputError.from_core([("matrix", "", f"{wide} columns", f"must have {n}, one for each of costs")])
        self._row_lower, self._row_upper = _spread("row_lower", row_lower, m), _spread("row_upper", row_upper, m)
        self._lower, self._upper = _spread("lower", lower, n), _spread("upper", upper, n)
        wrong += _not_finite("costs", self._costs)
        wrong += _crossed("row_lower", self._row_lower, "row_upper", self._row_upper)
        wrong += _crossed("lower", self._lower, "upper", self._upper)
        rows, variables, values = entries
        for at in np.flatnonzero(~np.isfinite(values))[:SHOWN].tolist():
            wrong.append(("matrix", f"{rows[at]},{variables[at]}", str(values[at]), "must be finite"))
        if wrong:
            raise InputError.from_core(wrong)
        self._entries = [entries]

    def __repr__(self) -> str:
        """Sizes in one line."""
        m, n = self.shape
        return f"<transport.{type(self).__name__} {m} rows, {n} variables>"

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of variables."""
        return self._row_lower.size, self._costs.size

    @property
    def costs(self) -> NDArray[np.float64]:
        """Money per unit of each variable; a copy."""
        return self._costs.copy()

    @property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper bounds of the variables; copies."""
        return self._lower.copy(), self._upper.copy()

    @property
    def row_bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper bounds of the rows; copies."""
        return self._row_lower.copy(), self._row_upper.copy()

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The coefficients as a dense matrix, rows by variables."""
        columns = self.columns
        dense = np.zeros(self.shape)
        dense[columns.rows, np.repeat(np.arange(self.shape[1]), np.diff(columns.starts))] = columns.values
        return dense

    @property
    def columns(self) -> Columns:
        """The coefficients by columns."""
        rows, variables, values = (np.concatenate([entry[k] for entry in self._entries]) for k in range(3))
        order = np.lexsort((rows, variables))
        self._entries = [(rows[order], variables[order], values[order])]
        counts = np.bincount(variables, minlength=self._costs.size)
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        return Columns(starts, rows[order].astype(np.int32), values[order])

    def add_row(self, coefficients: Any, *, lower: float = -np.inf, upper: float = np.inf) -> int:
        """Append a row over the variables that are there.

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
        variables, values = self._parse("coefficients", coefficients, self._costs.size, "the number of a variable")
        low, high = interval(lower, upper)
        row = self._row_lower.size
        self._entries.append((np.full(variables.size, row, np.int32), variables, values))
        self._row_lower, self._row_upper = np.append(self._row_lower, low), np.append(self._row_upper, high)
        return row

    def add_variable(self, cost: float, coefficients: Any = None, *, lower: float = 0.0, upper: float = np.inf) -> int:
        """Append a variable to the rows that are there.

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
        rows, values = parse_line("coefficients", coefficients, self._row_lower.size, "the number of a row")
        low, high = interval(lower, upper)
        money = finite("cost", cost)
        variable = self._costs.size
        self._entries.append((rows, np.full(rows.size, variable, np.int32), values))
        self._costs = np.append(self._costs, money)
        self._lower, self._upper = np.append(self._lower, low), np.append(self._upper, high)
        return variable

    def _parse(self, field: str, given: Any, count: int, what: str) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        return parse_line(field, given, count, what)


class TransportProgram(LinearProgram):
    """The linear program of a transportation problem, to be given further rows; made by `transport_program`.

    The rows of the sources come first, then those of the destinations, then what was added.

    Attributes
    ----------
    arcs : ndarray of int, (sources, destinations)
        Number of the variable of each arc; -1 where there is no arc.
    """

    arcs: NDArray[np.int32]

    def flows(self, x: ArrayLike) -> NDArray[np.float64]:
        """Lay the values of the variables out by source and destination.

        Parameters
        ----------
        x : array_like
            Values of the variables, as a result has them.

        Returns
        -------
        ndarray, (sources, destinations)
        """
        values = numbers("x", x, 1)
        dense = np.zeros(self.arcs.shape)
        there = self.arcs >= 0
        dense[there] = values[self.arcs[there]]
        return dense

    def _parse(self, field: str, given: Any, count: int, what: str) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        if isinstance(given, Mapping):
            return parse_line(field, {self._variable(field, key): value for key, value in given.items()}, count, what)
        if np.ndim(given) != 2:
            return parse_line(field, given, count, what)
        by_arc = numbers(field, given, 2)
        if by_arc.shape != self.arcs.shape:
            fix = f"must have shape {self.arcs.shape}, sources by destinations, or be by variable"
            raise InputError.from_core([(field, "", f"shape {by_arc.shape}", fix)])
        used = (self.arcs >= 0) & (by_arc != 0)
        wrong: list[Finding] = [
            (field, f"{i},{j}", str(by_arc[i, j]), "must be finite")
            for i, j in np.argwhere(used & ~np.isfinite(by_arc))[:SHOWN].tolist()
        ]
        if wrong:
            raise InputError.from_core(wrong)
        return self.arcs[used], by_arc[used]

    def _variable(self, field: str, key: Any) -> Any:
        if not isinstance(key, tuple):
            return key
        m, n = self.arcs.shape
        known = len(key) == 2 and all(isinstance(k, int | np.integer) for k in key)
        if not known or not (0 <= key[0] < m and 0 <= key[1] < n) or self.arcs[key] < 0:
            raise InputError.from_core([(field, str(key), "", "must be (source, destination) of an arc")])
        return int(self.arcs[key])


def transport_program(
    costs: ArrayLike | Any,
    supply: ArrayLike,
    demand: ArrayLike,
    *,
    supply_relation: Literal["at_most", "exactly"] = "at_most",
    demand_relation: Literal["exactly", "at_least"] = "exactly",
) -> TransportProgram:
    """Make the linear program of a transportation problem, so that coupling rows can be added to it.

    Parameters
    ----------
    costs : array_like or scipy.sparse matrix, (m, n)
        Money per unit; `inf` where there is no arc. Of a sparse matrix the stored entries are the arcs.
    supply, demand : array_like, (m,) and (n,)
        Units, >= 0. A supply may be `inf`.
    supply_relation : {"at_most", "exactly"}
        Whether supply may stay unused.
    demand_relation : {"exactly", "at_least"}
        Whether more than the demand may arrive.

    Returns
    -------
    TransportProgram
        Its `arcs` numbers the variables; `add_row` also takes coefficients as a matrix, sources by destinations.

    Examples
    --------
    Two sources share a dock on which a unit of each arc takes some hours, of which there are 40:

    >>> program = transport_program([[8, 6], [9, 12]], supply=[35, 50], demand=[45, 20])
    >>> dock = program.add_row([[1, 0], [0, 2]], upper=40)
    >>> simplex = RevisedSimplex(program)
    >>> result = simplex.solve()
    >>> result.objective, program.flows(result.x).tolist()
    (510.0, [[15.0, 20.0], [30.0, 0.0]])
    >>> simplex.set_row_bounds(dock, upper=10)
    >>> simplex.solve().objective, float(simplex.result.row_duals[dock])
    (515.0, -1.0)
    """
    send, take = numbers("supply", supply, 1), numbers("demand", demand, 1)
    m, n = send.size, take.size
    sources, destinations, money = _arcs(costs, (m, n))
    wrong: list[Finding] = []
    for at in np.flatnonzero(~(send >= 0))[:SHOWN].tolist():
        wrong.append(("supply", str(at), str(send[at]), "must be >= 0"))
    for at in np.flatnonzero(~((take >= 0) & (take < np.inf)))[:SHOWN].tolist():
        wrong.append(("demand", str(at), str(take[at]), "must be finite and >= 0"))
    for name, value, other in (
        ("supply_relation", supply_relation, "at_least"),
        ("demand_relation", demand_relation, "at_most"),
    ):
        relation(name, value)
        if value == other:
            wrong.append((name, "", repr(value), "must be another one"))
    if wrong:
        raise InputError.from_core(wrong)
    arcs = np.full((m, n), -1, np.int32)
    arcs[sources, destinations] = np.arange(money.size, dtype=np.int32)
    program = TransportProgram(
        money,
        row_lower=np.concatenate((send if supply_relation == "exactly" else np.full(m, -np.inf), take)),
        row_upper=np.concatenate((send, take if demand_relation == "exactly" else np.full(n, np.inf))),
    )
    each = np.arange(money.size, dtype=np.int32)
    rows = np.concatenate((sources, m + destinations)).astype(np.int32)
    program._entries.append((rows, np.concatenate((each, each)), np.ones(2 * money.size)))
    program.arcs = arcs
    return program


def _arcs(costs: Any, shape: tuple[int, int]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    rule = f"must have shape {shape}: a row for each of supply, a column for each of demand"
    if hasattr(costs, "tocoo"):
        if costs.shape != shape:
            raise InputError.from_core([("costs", "", f"shape {costs.shape}", rule)])
        entries = costs.tocoo()
        rows, columns = np.asarray(entries.row, np.intp), np.asarray(entries.col, np.intp)
        money = numbers("costs.data", entries.data, 1)
        if np.unique(rows * shape[1] + columns).size < rows.size:
            raise InputError.from_core([("costs", "", "", "holds an arc twice: call sum_duplicates() first")])
        there = money != np.inf
        rows, columns, money = rows[there], columns[there], money[there]
    else:
        matrix = numbers("costs", costs, 2)
        if matrix.size == 0 and shape[0] * shape[1] == 0:
            matrix = np.zeros(shape)
        if matrix.shape != shape:
            raise InputError.from_core([("costs", "", f"shape {matrix.shape}", rule)])
        rows, columns = np.nonzero(matrix != np.inf)
        money = matrix[rows, columns]
    wrong = [
        ("costs", f"{rows[at]},{columns[at]}", str(money[at]), "must be a number, or +inf where there is no arc")
        for at in np.flatnonzero(~np.isfinite(money))[:SHOWN].tolist()
    ]
    if wrong:
        raise InputError.from_core(wrong)
    return rows, columns, money


def parse_line(
    field: str, given: Any, count: int, what: str, *, finite_only: bool = True
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Read the coefficients of a row or a variable: numbers of those that are not 0, and the coefficients."""
    if given is None:
        return _NO_INDICES, np.empty(0)
    if isinstance(given, Mapping):
        keys, values = list(given), numbers(field, list(given.values()), 1)
        at = indices(field, np.array(keys) if keys else [], count, what)
        if np.unique(at).size < at.size:
            raise InputError.from_core([(field, "", "", "names an entry twice")])
    else:
        dense = numbers(field, given, 1)
        if dense.size != count:
            raise InputError.from_core([(field, "", f"{dense.size} entries", f"must have {count}")])
        at = np.flatnonzero(dense).astype(np.int32)
        values = dense[at]
    if finite_only and not np.isfinite(values).all():
        bad = np.flatnonzero(~np.isfinite(values))[:SHOWN].tolist()
        raise InputError.from_core([(field, str(at[k]), str(values[k]), "must be finite") for k in bad])
    return at, values


def interval(lower: Any, upper: Any) -> tuple[float, float]:
    """Read a pair of bounds; `InputError` where NaN or crossed."""
    low, high = real("lower", lower), real("upper", upper)
    wrong = _crossed("lower", np.array([low]), "upper", np.array([high]))
    if wrong:
        raise InputError.from_core([(field, "", value, fix) for field, _, value, fix in wrong])
    return low, high


def finite(field: str, value: Any) -> float:
    """Read a finite number."""
    found = real(field, value)
    if not np.isfinite(found):
        raise InputError.from_core([(field, "", str(found), "must be finite")])
    return found


def _not_finite(field: str, values: NDArray[np.float64]) -> list[Finding]:
    return [(field, str(at), str(values[at]), "must be finite") for at in np.flatnonzero(~np.isfinite(values))[:SHOWN]]


def _crossed(low_name: str, low: NDArray[np.float64], high_name: str, high: NDArray[np.float64]) -> list[Finding]:
    wrong: list[Finding] = []
    for at in np.flatnonzero(~((low <= high) & (low < np.inf) & (high > -np.inf)))[:SHOWN].tolist():
        if not low[at] < np.inf:
            wrong.append((low_name, str(at), str(low[at]), "must be a number or -inf"))
        if not high[at] > -np.inf:
            wrong.append((high_name, str(at), str(high[at]), "must be a number or inf"))
        if low[at] < np.inf and high[at] > -np.inf:
            wrong.append((low_name, str(at), str(low[at]), f"must not be above {high_name} = {high[at]}"))
    return wrong


def _spread(field: str, values: ArrayLike, count: int) -> NDArray[np.float64]:
    if np.ndim(values) == 0:
        return np.full(count, real(field, values))
    array = numbers(field, values, 1)
    if array.size != count:
        raise InputError.from_core([(field, "", f"{array.size} entries", f"must have {count}")])
    return array.copy()


def _row_count(*bounds: ArrayLike) -> int:
    return max((np.size(bound) for bound in bounds if np.ndim(bound) > 0), default=0)


def _coefficients(
    matrix: Any,
) -> tuple[tuple[int, int], tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]]:
    if hasattr(matrix, "tocoo"):
        entries = matrix.tocsr().tocoo()  # repeated entries are added up, as the matrix means them
        at = np.asarray(entries.row, np.int32), np.asarray(entries.col, np.int32)
        values = numbers("matrix.data", entries.data, 1)
        m, n = matrix.shape
    else:
        dense = numbers("matrix", matrix, 2)
        m, n = dense.shape
        rows, columns = np.nonzero(dense)  # NaN is not zero
        at, values = (rows.astype(np.int32), columns.astype(np.int32)), dense[rows, columns]
    return (m, n), (*at, values)
