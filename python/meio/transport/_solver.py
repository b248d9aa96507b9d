# SPDX-License-Identifier: MIT
"""A transportation problem solved over and over from its last basis."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meio._meio import transport as _core
from meio._meio.core import Status
from meio.errors import InputError
from meio.transport._input import numbers, prices, relation, whole


class Solver:
    """Solves transportation problems of one shape, each from the basis of the one before; exact.

    Made for up to about 64 x 256; right for any size. Not for use from several threads at once.

    Parameters
    ----------
    sources, destinations : int
        The shape, >= 1 each.
    supply_relation : {"at_most", "exactly"}
        Whether supply may stay unused; demand is met exactly.
    shortage_prices : array_like, (n,), or a number, optional
        Price per unit of demand that stays unserved, >= 0; `inf` where it must be served. With `at_most` alone.

    Attributes
    ----------
    status : Status
        Of the last call.
    objective : float
        Of the last call; NaN where there is no solution.
    pivots : int
        Of the last call.

    Examples
    --------
    >>> solver = Solver(2, 2)
    >>> solver.solve([[1, 4], [2, 1]], supply=[6, 6], demand=[3, 3]).name, solver.objective
    ('OPTIMAL', 6.0)
    >>> solver.resolve(demand=[8, 1]).name, solver.objective
    ('OPTIMAL', 11.0)
    >>> solver.resolve_costs([[5, 4], [2, 1]]).name, solver.objective
    ('OPTIMAL', 26.0)
    >>> short = Solver(1, 2, shortage_prices=[9, 5])
    >>> short.solve([[1, 2]], supply=[4], demand=[3, 3]).name, short.objective, short.unserved
    ('OPTIMAL', 15.0, array([0., 2.]))
    """

    def __init__(
        self,
        sources: int,
        destinations: int,
        *,
        supply_relation: Literal["at_most", "exactly"] = "at_most",
        shortage_prices: ArrayLike | None = None,
    ) -> None:
        sources, destinations = whole("sources", sources), whole("destinations", destinations)
        if sources < 1 or destinations < 1:
            raise InputError.from_core([("sources, destinations", "", f"{sources}, {destinations}", "must be >= 1")])
        kind = relation("supply_relation", supply_relation)
        # Shortage is one more source that can serve everything.
        self._shortage = prices("shortage_prices", shortage_prices, destinations)
        if self._shortage.size:
            _checked("shortage_prices", self._shortage, ~(self._shortage >= 0), "must be >= 0")
            if supply_relation != "at_most":
                fix = "goes with supply_relation at_most alone"
                raise InputError.from_core([("shortage_prices", "", "", fix)])
        self._core = _core.WarmSolver(sources + (self._shortage.size > 0), destinations, kind)
        self._shape = (sources, destinations)
        self._supply: NDArray[np.float64] | None = None
        self._demand: NDArray[np.float64] | None = None
        self.status = Status.NUMERICAL_ERROR

    def __repr__(self) -> str:
        """Shape, status and objective in one line."""
        m, n = self._shape
        return f"<transport.Solver {m} x {n}, {self.status.name}, objective {self.objective:.10g}>"

    def solve(self, costs: ArrayLike, supply: ArrayLike, demand: ArrayLike) -> Status:
        """Solve from scratch.

        Parameters
        ----------
        costs : array_like, (m, n)
            Money per unit; `inf` where there is no arc.
        supply, demand : array_like, (m,) and (n,)
            Units, >= 0 and finite.

        Returns
        -------
        Status
            `OPTIMAL` or `INFEASIBLE`.

        Raises
        ------
        InputError
            For shapes that do not match, NaN, -inf and negative amounts, by position.
        """
        matrix = self._costs(costs)
        self._supply = self._amounts("supply", supply, 0)
        self._demand = self._amounts("demand", demand, 1)
        self.status = self._core.solve(self._with_shortage(matrix), self._all_supply(), self._demand)
        return self.status

    def resolve(self, *, supply: ArrayLike | None = None, demand: ArrayLike | None = None) -> Status:
        """Solve for other amounts at the same costs, by the dual simplex from the last basis.

        Parameters
        ----------
        supply, demand : array_like, optional
            The new amounts; those not given stay.

        Returns
        -------
        Status
        """
        if self._supply is None or self._demand is None:
            raise RuntimeError("call solve() first: resolve() starts from its basis")
        if supply is not None:
            self._supply = self._amounts("supply", supply, 0)
        if demand is not None:
            self._demand = self._amounts("demand", demand, 1)
        self.status = self._core.resolve(self._all_supply(), self._demand)
        return self.status

    def resolve_costs(self, costs: ArrayLike) -> Status:
        """Solve for other costs at the same amounts, by the primal simplex from the last basis.

        Parameters
        ----------
        costs : array_like, (m, n)
            The new costs.

        Returns
        -------
        Status
        """
        if self._supply is None:
            raise RuntimeError("call solve() first: resolve_costs() starts from its basis")
        self.status = self._core.resolve_costs(self._with_shortage(self._costs(costs)))
        return self.status

    @property
    def objective(self) -> float:
        """Cost of the flows; NaN where there is no solution."""
        return float(self._core.objective)

    @property
    def pivots(self) -> int:
        """Pivots of the last call."""
        return int(self._core.pivots)

    @property
    def supply_duals(self) -> NDArray[np.float64]:
        """Change of the objective per further unit of each supply."""
        return self._core.supply_duals[: self._shape[0]]

    @property
    def demand_duals(self) -> NDArray[np.float64]:
        """Change of the objective per further unit of each demand."""
        return self._core.demand_duals

    @property
    def flows(self) -> NDArray[np.float64]:
        """The flows, sources by destinations."""
        return self._core.flows[: self._shape[0]]

    @property
    def unserved(self) -> NDArray[np.float64]:
        """Demand that stays unserved at its price; empty without prices."""
        return self._core.flows[-1] if self._shortage.size else np.empty(0)

    def _with_shortage(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.vstack([matrix, self._shortage]) if self._shortage.size else matrix

    def _all_supply(self) -> NDArray[np.float64]:
        assert self._supply is not None
        assert self._demand is not None
        return np.append(self._supply, self._demand.sum()) if self._shortage.size else self._supply

    def _costs(self, costs: ArrayLike) -> NDArray[np.float64]:
        matrix = numbers("costs", costs, 2)
        if matrix.shape != self._shape:
            raise InputError.from_core([("costs", "", f"shape {matrix.shape}", f"must have shape {self._shape}")])
        return _checked("costs", matrix, ~(matrix >= -1e300), "must be a number, or +inf where there is no arc")

    def _amounts(self, field: str, values: ArrayLike, side: int) -> NDArray[np.float64]:
        array = numbers(field, values, 1)
        if array.size != self._shape[side]:
            fix = f"must have {self._shape[side]} entries"
            raise InputError.from_core([(field, "", f"{array.size} entries", fix)])
        return _checked(field, array, ~((array >= 0) & (array < np.inf)), "must be finite and >= 0")


def _checked(field: str, array: NDArray[np.float64], wrong: NDArray[np.bool_], fix: str) -> NDArray[np.float64]:
    if wrong.any():
        places = np.argwhere(wrong).tolist()
        raise InputError.from_core([(field, ",".join(map(str, at)), str(array[tuple(at)]), fix) for at in places])
    return array
