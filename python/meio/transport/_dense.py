# SPDX-License-Identifier: MIT
"""Transportation problems as a matrix of costs, dense or sparse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meio._meio import transport as _core
from meio._meio.core import Status
from meio.errors import InputError
from meio.transport._input import findings_as, kernel_named, numbers, prices, real, relation, seconds, whole


@dataclass(frozen=True)
class Cut:
    """A proof of infeasibility: some nodes, and all that could help them.

    Attributes
    ----------
    sources, destinations : ndarray of int
        Of a shortage: only these sources have arcs into these destinations. Of a surplus: these sources have arcs
        into these destinations only.
    amount : float
        Units by which the one side exceeds the other; > 0.
    """

    sources: NDArray[np.int32]
    destinations: NDArray[np.int32]
    amount: float


@dataclass(frozen=True, repr=False)
class Result:
    """A solution of the transportation problem, with what it proves about itself.

    Attributes
    ----------
    status : Status
        Why the solver stopped. The solution is exact where `OPTIMAL`.
    objective : float
        Cost of the shipments.
    bound : float
        Proven lower bound on the optimum, valid after a time limit or Ctrl-C too.
    sources, destinations, amounts : ndarray
        The positive flows, one entry a shipment, by source, then destination.
    supply_duals : ndarray
        Change of the objective per further unit of each supply; <= 0 where supply is `at_most`.
    demand_duals : ndarray
        Change of the objective per further unit of each demand; >= 0 where demand is `at_least`. Reduced costs
        `costs - supply_duals[:, None] - demand_duals` are >= 0, and 0 where something flows.
    dual_violation, primal_residual, gap : float
        Recomputed from the input: worst reduced cost or dual sign, worst supply or demand row, relative gap
        less what rounding explains. A gap of 0 beside a lower `bound` rests on exact arithmetic, of which duals rounded
        to doubles show less; it takes numbers of very different sizes.
    shortage, surplus : Cut or None
        Where infeasible: destinations that cannot all be served, sources that cannot all ship.
    unserved, overflow : ndarray
        Units by destination that stay unserved at their price, and by source that leave beyond its supply; empty
        without such prices.
    ray : tuple of int, or None
        Where unbounded: costs fall for ever along the arc from this source to this destination.
    kernel : str
        Which method solved it.
    pivots : int
        Simplex pivots.
    seconds : float
        Wall time of the solve.
    """

    status: Status
    objective: float
    bound: float
    sources: NDArray[np.int32]
    destinations: NDArray[np.int32]
    amounts: NDArray[np.float64]
    supply_duals: NDArray[np.float64]
    demand_duals: NDArray[np.float64]
    dual_violation: float
    primal_residual: float
    gap: float
    shortage: Cut | None
    surplus: Cut | None
    unserved: NDArray[np.float64]
    overflow: NDArray[np.float64]
    ray: tuple[int, int] | None
    kernel: str
    pivots: int
    seconds: float

    @property
    def flows(self) -> NDArray[np.float64]:
        """The flows as a dense matrix, sources by destinations."""
        dense = np.zeros((self.supply_duals.size, self.demand_duals.size))
        dense[self.sources, self.destinations] = self.amounts
        return dense

    def __repr__(self) -> str:
        """Status, size and objective in one line."""
        size = f"{self.supply_duals.size} x {self.demand_duals.size}"
        return f"<transport.Result {self.status.name}, {size}, objective {self.objective:.10g}, gap {self.gap:.1e}>"


def solve(
    costs: ArrayLike | Any,
    supply: ArrayLike,
    demand: ArrayLike,
    *,
    shortage_prices: ArrayLike | None = None,
    overflow_prices: ArrayLike | None = None,
    supply_relation: Literal["at_most", "exactly"] = "at_most",
    demand_relation: Literal["exactly", "at_least"] = "exactly",
    balance_tolerance: float = 1e-9,
    max_pivots: int = 0,
    kernel: Literal["automatic", "tiny", "dense", "warehouse", "flow", "linear"] = "automatic",
    time_limit: float | None = None,
) -> Result:
    """Ship from sources to destinations at least cost; exact.

    Parameters
    ----------
    costs : array_like or scipy.sparse matrix, (m, n)
        Money per unit, of either sign, at most 1e300 in size; `inf` where there is no arc. Any stride, any dtype. Of a
        sparse matrix the stored entries are the arcs, stored zeros too.
    supply : array_like, (m,)
        Units at each source, >= 0; `inf` is unlimited (with the default relations).
    demand : array_like, (n,)
        Units wanted at each destination, >= 0.
    shortage_prices : array_like, (n,), or a number, optional
        Price per unit of demand that stays unserved, >= 0; `inf` where it must be served, as all must by default.
    overflow_prices : array_like, (m,), or a number, optional
        Price per unit that leaves beyond the supply, >= 0; `inf` where none may, as by default.
    supply_relation : {"at_most", "exactly"}
        Whether supply may stay unused.
    demand_relation : {"exactly", "at_least"}
        Whether more than the demand may arrive.
    balance_tolerance : float
        A shortage up to this share of the larger total counts as rounding, in [0, 1e-3]. Whole-number supply and
        demand are balanced exactly.
    max_pivots : int
        Stop after this many pivots; 0 for no limit.
    kernel : str
        The method; chosen by shape unless given. All give the same objective. Sparse costs take "warehouse".
    time_limit : float, optional
        Seconds after which the best so far is returned. Ctrl-C does the same, with status `INTERRUPTED`.

    Returns
    -------
    Result
        `OPTIMAL`, `INFEASIBLE` (with cuts, and flows that serve as much as can be served at least cost),
        `UNBOUNDED` (with a ray; only where overflow has a price and demand is `at_least`), or the best so far.

    Raises
    ------
    InputError
        Naming every wrong entry: NaN, -inf, negative amounts and prices, shapes that do not match; a kernel that
        cannot take the problem.

    Notes
    -----
    Primal network simplex on strongly feasible trees (Cunningham 1976), which cannot cycle. Feasibility is ranked
    before cost, so that a single huge cost does not disturb the others. Whole-number data are solved exactly.

    Examples
    --------
    >>> import numpy as np
    >>> result = solve([[1.0, np.inf], [2.0, 3.0]], supply=[4, 2], demand=[3, 3])
    >>> result.status.name, result.shortage.sources, result.shortage.destinations, result.shortage.amount
    ('INFEASIBLE', array([1], dtype=int32), array([1], dtype=int32), 1.0)
    >>> priced = solve([[1.0, np.inf], [2.0, 3.0]], supply=[4, 2], demand=[3, 3], shortage_prices=20)
    >>> priced.objective, priced.unserved
    (29.0, array([0., 1.]))
    """
    _check_order(costs, supply, demand)
    amounts = numbers("supply", supply, 1), numbers("demand", demand, 1)
    options: dict[str, Any] = {
        "supply_relation": relation("supply_relation", supply_relation),
        "demand_relation": relation("demand_relation", demand_relation),
        "balance_tolerance": real("balance_tolerance", balance_tolerance),
        "max_pivots": whole("max_pivots", max_pivots),
        "time_limit": seconds(time_limit),
    }
    priced: dict[str, Any] = {
        "shortage_prices": prices("shortage_prices", shortage_prices, amounts[1].size),
        "overflow_prices": prices("overflow_prices", overflow_prices, amounts[0].size),
    }
    if hasattr(costs, "tocoo"):
        kernel_named(kernel, ("automatic", "warehouse"))
        return _solve_sparse(costs, *amounts, options | priced)
    method = kernel_named(kernel)
    matrix = numbers("costs", costs, 2)
    shape = (amounts[0].size, amounts[1].size)
    if matrix.size == 0 and shape[0] * shape[1] == 0:  # nested empty lists do not say their shape
        matrix = np.zeros(shape)
    if matrix.shape != shape:
        raise InputError.from_core([("costs", "", f"shape {matrix.shape}", _shape_rule(shape))])
    return _result(_core.solve(matrix, amounts[0], amounts[1], kernel=method, **priced, **options))


def _result(fields: dict[str, Any]) -> Result:
    # A frozen dataclass sets its fields one call each, which takes as long as a small solve.
    result = object.__new__(Result)
    result.__dict__.update(as_told(fields))
    return result


def _shape_rule(shape: tuple[int, int]) -> str:
    return f"must have shape {shape}: a row for each of supply, a column for each of demand"


def _check_order(costs: Any, supply: Any, demand: Any) -> None:
    """Refuse pandas labels that stand in another order on the amounts than on the costs: amounts go by position."""
    wrong = []
    for field, amounts, axis in (("supply", supply, "index"), ("demand", demand, "columns")):
        labels, others = getattr(amounts, "index", None), getattr(costs, axis, None)
        if labels is None or others is None or callable(labels) or callable(others) or len(labels) != len(others):
            continue
        given, wanted = list(labels), list(others)
        if given != wanted and set(given) == set(wanted):
            first = next(at for at, (a, b) in enumerate(zip(given, wanted, strict=True)) if a != b)
            fix = f"stands in another order than costs.{axis}: pass {field}[costs.{axis}]"
            wrong.append((f"{field}.index", str(first), repr(given[first]), fix))
    if wrong:
        raise InputError.from_core(wrong)


def _solve_sparse(
    costs: Any, supply: NDArray[np.float64], demand: NDArray[np.float64], options: dict[str, Any]
) -> Result:
    shape = (supply.size, demand.size)
    if costs.shape != shape:
        raise InputError.from_core([("costs", "", f"shape {costs.shape}", _shape_rule(shape))])
    arcs = costs.tocoo()
    with findings_as({"from": "costs.row", "to": "costs.col", "costs": "costs.data"}):
        fields = _core.solve_arcs(
            *shape,
            arcs.row,
            arcs.col,
            numbers("costs.data", arcs.data, 1),
            supply,
            demand,
            capacities=np.empty(0),
            start=None,
            **options,
        )
    for name in ("arcs", "basis"):
        del fields[name]
    return _result(fields)


def as_told(fields: dict[str, Any]) -> dict[str, Any]:
    """Turn the cuts among a core result's fields into `Cut`; where empty they are `None`; name the kernel."""
    for name in ("shortage", "surplus"):
        if fields[name] is not None:
            fields[name] = Cut(*fields[name])
    fields["ray"] = fields["ray"] if fields["status"] is Status.UNBOUNDED else None
    fields["kernel"] = fields["kernel"].name.lower()
    return fields
