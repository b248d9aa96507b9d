# SPDX-License-Identifier: MIT
"""Who may serve an order, and who does: demand classes from cut-offs, and decisions that explain themselves.

Works on arrays; ids are positions in the tables of the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meio import _meio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Candidate", "Decision", "Eligibility", "classify", "decide", "eligibility"]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Demand classes and the facilities that may serve each; class ``c`` owns options ``offset[c]:offset[c + 1]``.

    Attributes
    ----------
    region, speed, window : ndarray of int
        What a class is: a region, a speed, and a window of the region's local day. Sorted in this order.
    first_minute, last_minute : ndarray of int
        The window, both ends inclusive, 0 to 1439; ``last_minute < first_minute`` means over midnight.
    share : ndarray of float
        Of the region's demand. The shares of a region add up to 1.
    offset : ndarray of int
        Where the options of each class begin; one entry more than classes.
    facility, service : ndarray of int
        Of each option: the facility, and the row of the network's service table. Cheapest first.
    cost, days : ndarray of float
        Money per unit shipped, and days to delivery.
    late : ndarray of bool
        Past every cut-off: the order ships the next day and the promise of its speed is missed.
    """

    region: NDArray[np.int32]
    speed: NDArray[np.int32]
    window: NDArray[np.int32]
    first_minute: NDArray[np.int32]
    last_minute: NDArray[np.int32]
    share: NDArray[np.float64]
    offset: NDArray[np.uint32]
    facility: NDArray[np.int32]
    service: NDArray[np.int32]
    cost: NDArray[np.float64]
    days: NDArray[np.float64]
    late: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of classes."""
        return len(self.region)

    def options(self, demand_class: int) -> slice:
        """Return where the options of a class are, as a slice of the option arrays.

        Parameters
        ----------
        demand_class : int
            The class, from 0.

        Returns
        -------
        slice
            For example ``classes.facility[classes.options(3)]``.
        """
        return slice(int(self.offset[demand_class]), int(self.offset[demand_class + 1]))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One facility of a decision: what kept it out, or what it scored.

    Attributes
    ----------
    facility : int
    fence : str
        ``NO_STOCK``, ``PAST_CUTOFF``, ``CAPACITY_FULL``, or empty.
    shipping, flow, stock : float
        The terms; ``score`` is exactly their sum.
    score : float
    rank : int
        0 is chosen, 1 the runner-up; -1 is fenced off or refused.
    chosen : bool
    """

    facility: int
    fence: str
    shipping: float
    flow: float
    stock: float
    score: float
    rank: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision and why.

    Attributes
    ----------
    reason : str
        ``CHEAPEST_TOTAL``, ``PRESERVES_SCARCE_STOCK``, ``FALLBACK`` or ``NOBODY``.
    candidates : tuple of Candidate
        In the order given.
    """

    reason: str
    candidates: tuple[Candidate, ...]

    @property
    def facility(self) -> int | None:
        """The chosen facility, or None."""
        return next((row.facility for row in self.candidates if row.chosen), None)


def eligibility(network: Any, *, late_options: bool = True) -> Eligibility:
    """Cut every region's day, per speed, into windows of constant eligibility.

    Parameters
    ----------
    network : SupplyNetwork
        The compiled network (``meio.Network.core``).
    late_options : bool, default True
        Serve an order that comes after every cut-off one day later; False leaves such a class without options.

    Returns
    -------
    Eligibility
        Exact: at every minute a class lists the facilities whose own clock is within their cut-off.
    """
    return Eligibility(**_meio.fulfilment.eligibility(network, late_options=late_options))


def classify(network: Any, region: ArrayLike, speed: ArrayLike, minute: ArrayLike) -> NDArray[np.int32]:
    """Return the demand class of each order.

    Parameters
    ----------
    network : SupplyNetwork
        The compiled network.
    region, speed : array_like of int
        Ids.
    minute : array_like of int
        Minute of the region's local day, 0 to 1439.

    Returns
    -------
    ndarray of int
        Positions in the arrays of `eligibility`.

    Raises
    ------
    InputError
        For an unknown id or minute.
    """
    result: NDArray[np.int32] = _meio.fulfilment.classify(
        network, *np.broadcast_arrays(np.atleast_1d(region), np.atleast_1d(speed), np.atleast_1d(minute))
    )
    return result


def decide(
    policy: str,
    *,
    facility: ArrayLike,
    cost: ArrayLike,
    distance: ArrayLike | None = None,
    price: ArrayLike | None = None,
    stock_value: ArrayLike | None = None,
    fence: Sequence[str] | None = None,
    flow_weight: float = 1.0,
    stock_weight: float = 1.0,
) -> Decision:
    """Decide one order and say why.

    Parameters
    ----------
    policy : {"nearest", "cheapest", "priced"}
        Nearest scores distance, cheapest cost, priced cost plus weighted flow price and stock value.
    facility : array_like of int
        The candidates.
    cost, distance, price, stock_value : array_like of float, optional
        Money per unit shipped; kilometres; money per unit of flow; money per unit taken. Absent: 0.
    fence : sequence of str, optional
        What keeps each candidate out: ``NO_STOCK``, ``PAST_CUTOFF``, ``CAPACITY_FULL``, or empty.
    flow_weight, stock_weight : float, default 1
        Of the priced policy.

    Returns
    -------
    Decision
        Fences first, then the lowest finite score, the first of equal ones.

    Examples
    --------
    >>> from meio import fulfilment
    >>> decision = fulfilment.decide("priced", facility=[3, 5], cost=[4.0, 4.5], stock_value=[2.0, 0.0])
    >>> decision.facility, decision.reason
    (5, 'PRESERVES_SCARCE_STOCK')
    """
    candidates = np.atleast_1d(np.asarray(facility))
    nothing = np.zeros(len(candidates))
    reason, rows = _meio.fulfilment.decide(
        policy,
        facility=candidates,
        cost=cost,
        distance=nothing if distance is None else distance,
        price=nothing if price is None else price,
        stock_value=nothing if stock_value is None else stock_value,
        fence=[""] * len(candidates) if fence is None else list(fence),
        flow_weight=flow_weight,
        stock_weight=stock_weight,
    )
    return Decision(reason, tuple(Candidate(**row) for row in rows))
