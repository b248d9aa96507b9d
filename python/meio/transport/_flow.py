# SPDX-License-Identifier: MIT
"""Min-cost flow on general networks: arrays of arcs, or a table of arcs between named nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meio._meio import transport as _core
from meio._meio.core import Status
from meio.errors import InputError
from meio.tables import Column, Table, backend_of, to_backend
from meio.transport._frames import Names, Numbers, Rows, amounts_by_name
from meio.transport._input import SHOWN, Finding, findings_as, indices, numbers, real, relation, seconds, whole

_CODES = {name: code for code, name in enumerate(("at_most", "exactly", "at_least"))}


@dataclass(frozen=True, repr=False, eq=False)
class FlowBasis:
    """Where a solve of `min_cost_flow` ended, to start the next one from.

    Of use after costs, bounds and supplies have changed, and after nodes and arcs have been added at the end.

    Attributes
    ----------
    parent_arcs : ndarray of int
        By node: the basic arc to the node above it; -1 where there is none.
    at_upper : ndarray of uint8
        By arc: 1 outside the basis at its upper bound.
    nodes : tuple of str, or None
        Names of the nodes, where they have names; a basis by names fits nodes in any order.
    """

    parent_arcs: NDArray[np.int32]
    at_upper: NDArray[np.uint8]
    nodes: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        """Sizes in one line."""
        return f"<transport.FlowBasis {self.parent_arcs.size} nodes, {self.at_upper.size} arcs>"


@dataclass(frozen=True)
class FlowCut:
    """A proof that no flow exists: nodes, and the units by which they miss balance whatever flows.

    Attributes
    ----------
    nodes : list
        Numbers or names. Of a shortage: their demand exceeds their supply and all that can enter. Of a surplus: their
        supply exceeds their demand and all that can leave.
    amount : float
        Units; > 0.
    """

    nodes: list[Any]
    amount: float


@dataclass(frozen=True, repr=False, eq=False)
class FlowResult:
    """A min-cost flow, with what it proves about itself.

    Attributes
    ----------
    status : Status
        Why the solver stopped; exact where `OPTIMAL`.
    objective, bound : float
        Cost of the flows, and a proven lower bound on the optimum, valid after a time limit or Ctrl-C too.
    unrouted : float
        Supply left over and demand left unmet, added up; 0 where the flows are feasible.
    flows, reduced_costs : ndarray, by arc
        Units, always within the bounds; and `cost - potential[tail] + potential[head]`: 0 between the bounds, >= 0 at
        the lower and <= 0 at the upper bound.
    potentials : ndarray, by node
        Change of the objective per further unit of supply there (or unit less of demand); up to a constant in each
        connected part of the network where every node is `exactly`.
    dual_violation, primal_residual, gap : float
        Recomputed from the input: worst sign of a reduced cost, worst balance of a node, relative gap less what
        rounding explains. A gap of 0 beside a lower `bound` rests on exact arithmetic, of which potentials rounded to
        doubles show less; it takes numbers of very different sizes.
    shortage, surplus : FlowCut or None
        Where infeasible: nodes that cannot all be served, nodes that cannot all get rid of their supply.
    ray : ndarray of int, or None
        Where unbounded: arcs of a cycle of negative cost without upper bounds, in order.
    basis : FlowBasis
        For `start` of a similar problem.
    pivots : int
        Simplex pivots.
    seconds : float
        Wall time of the solve.
    """

    status: Status
    objective: float
    bound: float
    unrouted: float
    flows: NDArray[np.float64]
    potentials: NDArray[np.float64]
    dual_violation: float
    primal_residual: float
    gap: float
    shortage: FlowCut | None
    surplus: FlowCut | None
    ray: NDArray[np.int32] | None
    basis: FlowBasis
    pivots: int
    seconds: float
    _arcs: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]] = field(repr=False)

    def __repr__(self) -> str:
        """Status, size and objective in one line."""
        return _line("FlowResult", self, self.potentials.size, self.flows.size)

    @cached_property
    def reduced_costs(self) -> NDArray[np.float64]:
        """Reduced cost of each arc."""
        tails, heads, costs = self._arcs
        return costs - self.potentials[tails] + self.potentials[heads]


def _line(name: str, result: Any, nodes: int, arcs: int) -> str:
    told = f"<transport.{name} {result.status.name}, {nodes} nodes, {arcs} arcs, objective {result.objective:.10g}"
    return told + f", gap {result.gap:.1e}>"


@dataclass(frozen=True)
class _Raw:
    columns: tuple[str, str]
    backend: str
    nodes: list[str]
    tails: NDArray[np.int32]
    heads: NDArray[np.int32]
    costs: NDArray[np.float64]
    result: FlowResult


@dataclass(frozen=True, repr=False, eq=False)
class NamedFlowResult:
    """A min-cost flow between named nodes.

    Attributes
    ----------
    status, objective, bound, unrouted, dual_violation, primal_residual, gap, basis, pivots, seconds
        As `FlowResult` has them.
    flows : frame
        tail, head, amount, cost, reduced_cost: every arc in the order of the table, in its library.
    potentials : dict of str to float
        Change of the objective per further unit of supply at each node.
    shortage, surplus : FlowCut or None
        Where infeasible: names of nodes, and the units that lack or are too many.
    ray : list of str, or None
        Where unbounded: the nodes around a cycle of negative cost without upper bounds, the first one again at the end.
    ray_rows : list of int, or None
        The rows of its arcs, in order.
    """

    status: Status
    objective: float
    bound: float
    unrouted: float
    dual_violation: float
    primal_residual: float
    gap: float
    shortage: FlowCut | None
    surplus: FlowCut | None
    ray: list[str] | None
    ray_rows: list[int] | None
    basis: FlowBasis
    pivots: int
    seconds: float
    _raw: _Raw = field(repr=False)

    def __repr__(self) -> str:
        """Status, size and objective in one line."""
        return _line("NamedFlowResult", self, len(self._raw.nodes), self._raw.tails.size)

    @cached_property
    def flows(self) -> Any:
        """Every arc with its flow and reduced cost."""
        raw = self._raw
        names = np.array(raw.nodes, dtype=object)
        tail, head = raw.columns
        table = {
            tail: names[raw.tails],
            head: names[raw.heads],
            "amount": raw.result.flows,
            "cost": raw.costs,
            "reduced_cost": raw.result.reduced_costs,
        }
        return to_backend(Table(table), raw.backend)

    @cached_property
    def potentials(self) -> dict[str, float]:
        """Potentials of the nodes by name."""
        return dict(zip(self._raw.nodes, self._raw.result.potentials.tolist(), strict=True))


def _solve(
    nodes: int,
    tails: NDArray[np.int32],
    heads: NDArray[np.int32],
    costs: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    supply: NDArray[np.float64],
    own: Mapping[int, str],
    options: dict[str, Any],
    start: FlowBasis | None,
) -> FlowResult:
    relations = np.empty(0, np.uint8)
    supplies, demands = options.pop("supply_relation"), options.pop("demand_relation")
    if (supplies, demands) != ("exactly", "exactly") or own:
        relations = np.full(nodes, _CODES["exactly"], np.uint8)
        relations[supply > 0] = _CODES[supplies]
        relations[supply < 0] = _CODES[demands]
        for node, word in own.items():
            relations[node] = _CODES[word]
    fields = _core.min_cost_flow(
        nodes,
        tails,
        heads,
        costs,
        lower,
        upper,
        supply,
        relations,
        parent_arcs=np.empty(0, np.int32) if start is None else start.parent_arcs,
        at_upper=np.empty(0, np.uint8) if start is None else start.at_upper,
        **options,
    )
    for name in ("shortage", "surplus"):
        members, amount = fields[name]
        fields[name] = FlowCut(members.tolist(), amount) if members.size else None
    fields["ray"] = fields["ray"] if fields["ray"].size else None
    fields["basis"] = FlowBasis(*fields["basis"])
    return FlowResult(**fields, _arcs=(tails, heads, costs))


def _options(
    supply_relation: str, demand_relation: str, balance_tolerance: float, max_pivots: int, time_limit: float | None
) -> dict[str, Any]:
    wrong = []
    for name, value, other in (
        ("supply_relation", supply_relation, "at_least"),
        ("demand_relation", demand_relation, "at_most"),
    ):
        relation(name, value)
        if value == other:
            allowed = ", ".join(word for word in _CODES if word != other)
            wrong.append((name, "", repr(value), f"must be one of {allowed}"))
    if wrong:
        raise InputError.from_core(wrong)
    return {
        "supply_relation": supply_relation,
        "demand_relation": demand_relation,
        "balance_tolerance": real("balance_tolerance", balance_tolerance),
        "max_pivots": whole("max_pivots", max_pivots),
        "time_limit": seconds(time_limit),
    }


def _is_number(node: Any, nodes: int) -> bool:
    return isinstance(node, int | np.integer) and not isinstance(node, bool) and 0 <= int(node) < nodes


def _relations(given: Mapping[Any, str] | None, number: Callable[[Any], int], fix: str) -> dict[int, str]:
    """Give the relations of single nodes by their numbers."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError.from_core([("relations", "", type(given).__name__, "must be a mapping of nodes to relations")])
    own = {}
    wrong: list[Finding] = []
    for node, word in given.items():
        at = number(node)
        if at < 0:
            wrong.append(("relations", repr(node), "", fix))
        elif word not in tuple(_CODES):
            wrong.append(("relations", repr(node), repr(word), "must be one of " + ", ".join(_CODES)))
        else:
            own[int(at)] = word
    if wrong:
        raise InputError.from_core(wrong[:SHOWN])
    return own


def _checked_start(start: FlowBasis | None) -> FlowBasis | None:
    if start is not None and not isinstance(start, FlowBasis):
        raise InputError.from_core([("start", "", type(start).__name__, "must be the basis of an earlier result")])
    return start


def min_cost_flow(
    tails: ArrayLike,
    heads: ArrayLike,
    costs: ArrayLike,
    supply: ArrayLike,
    *,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    supply_relation: Literal["exactly", "at_most"] = "exactly",
    demand_relation: Literal["exactly", "at_least"] = "exactly",
    relations: Mapping[int, str] | None = None,
    start: FlowBasis | None = None,
    balance_tolerance: float = 1e-9,
    max_pivots: int = 0,
    time_limit: float | None = None,
) -> FlowResult:
    """Send all supply to all demand through a network at least cost; exact.

    Minimises ``sum(costs * x)`` where what leaves a node less what enters it is its supply, and
    ``lower <= x <= upper``. For arcs between named nodes see `min_cost_flow_arcs`.

    Parameters
    ----------
    tails, heads : array_like of int, by arc
        The nodes that an arc leaves and enters, numbered from 0. Parallel arcs and loops are allowed.
    costs : array_like, by arc
        Money per unit, of either sign.
    supply : array_like, by node
        Units: > 0 enter the network here, < 0 are demand, 0 pass through.
    lower, upper : array_like, by arc, or a number, optional
        Bounds on the flow; 0 and no limit unless given. A lower bound may be negative, an upper bound `inf`.
    supply_relation : {"exactly", "at_most"}
        Whether some supply may stay unused.
    demand_relation : {"exactly", "at_least"}
        Whether more than the demand may arrive.
    relations : mapping of int to str, optional
        "at_most" (of a supply), "exactly" or "at_least" (of a demand) for single nodes, where theirs differs from the
        two above. A node without either takes up units under both words.
    start : FlowBasis, optional
        The basis of an earlier result, of this or a similar problem.
    balance_tolerance : float
        Units that cannot be routed count as rounding up to this share of the larger of total supply and demand, in
        [0, 1e-3]. Whole-number data are balanced exactly.
    max_pivots : int
        Stop after this many pivots; 0 for no limit.
    time_limit : float, optional
        Seconds after which the best so far is returned. Ctrl-C does the same, with status `INTERRUPTED`.

    Returns
    -------
    FlowResult
        `OPTIMAL`; `INFEASIBLE` with cuts, and flows that route as much as can be routed; `UNBOUNDED` with a feasible
        flow and a ray; or the best so far with a valid `bound`.

    Raises
    ------
    InputError
        Naming every wrong entry.

    Notes
    -----
    Primal network simplex on strongly feasible trees (Cunningham 1976; Ahuja, Magnanti and Orlin 1993), which cannot
    cycle. Feasibility is ranked before cost, never priced against it. Whole-number data are solved exactly.

    Examples
    --------
    Twenty units from node 0 to nodes 3 and 4 (Bradley, Hax and Magnanti 1977):

    >>> result = min_cost_flow(
    ...     tails=[0, 0, 1, 1, 1, 2, 2, 3, 4],
    ...     heads=[1, 2, 2, 3, 4, 3, 4, 4, 2],
    ...     costs=[4, 4, 2, 2, 6, 1, 3, 2, 1],
    ...     upper=[15, 8, float("inf"), 4, 10, 15, 5, float("inf"), 4],
    ...     supply=[20, 0, 0, -5, -15],
    ... )
    >>> result.objective
    150.0
    >>> result.flows
    array([12.,  8.,  8.,  4.,  0., 11.,  5., 10.,  0.])
    """
    units = numbers("supply", supply, 1)
    wrong = []
    ends = []
    for name, given in (("tails", tails), ("heads", heads)):
        try:
            ends.append(indices(name, given, units.size, "the number of a node, as supply counts them"))
        except InputError as error:
            wrong += error.findings
    money = numbers("costs", costs, 1).copy()  # the result holds it
    bounds = []
    for name, limit in (("lower", lower), ("upper", upper)):
        if limit is None:
            bounds.append(np.empty(0))
        elif np.ndim(limit) == 0:
            bounds.append(np.full(money.size, real(name, limit)))
        else:
            bounds.append(numbers(name, limit, 1))
    if not wrong:
        count = money.size
        sizes = {"tails": ends[0].size, "heads": ends[1].size, "lower": bounds[0].size, "upper": bounds[1].size}
        optional = {"lower": lower is None, "upper": upper is None}
        wrong += [
            (name, "", f"{size} entries", f"must have {count} entries, as costs has")
            for name, size in sizes.items()
            if size != count and not optional.get(name, False)
        ]
    if wrong:
        raise InputError.from_core(wrong)
    options = _options(supply_relation, demand_relation, balance_tolerance, max_pivots, time_limit)
    own = _relations(
        relations, lambda node: node if _is_number(node, units.size) else -1, "must be the number of a node"
    )
    with findings_as({"from": "tails", "to": "heads"}):
        return _solve(
            units.size, ends[0], ends[1], money, bounds[0], bounds[1], units, own, options, _checked_start(start)
        )


def _positions(start: FlowBasis, nodes: Names) -> FlowBasis:
    """Bring a basis by names into the order of these nodes."""
    if start.nodes is None or list(start.nodes) == nodes.names[: len(start.nodes)]:
        return start
    parents = np.full(len(nodes), -1, np.int32)
    for name, arc in zip(start.nodes, start.parent_arcs.tolist(), strict=True):
        at = nodes.number(name)
        if at >= 0:
            parents[at] = arc
    return FlowBasis(parents, start.at_upper, tuple(nodes.names))


def min_cost_flow_arcs(
    arcs: Any,
    supply: Any,
    *,
    tail: str = "tail",
    head: str = "head",
    cost: str = "cost",
    lower: str | None = None,
    upper: str | None = None,
    node: str = "node",
    nodes: Sequence[Any] | None = None,
    supply_relation: Literal["exactly", "at_most"] = "exactly",
    demand_relation: Literal["exactly", "at_least"] = "exactly",
    relations: Mapping[str, str] | None = None,
    start: FlowBasis | None = None,
    balance_tolerance: float = 1e-9,
    max_pivots: int = 0,
    time_limit: float | None = None,
) -> NamedFlowResult:
    """Send supply to demand through a network of named nodes at least cost; exact.

    Parameters
    ----------
    arcs : pandas, Polars or pyarrow frame, or mapping of columns
        One row an arc; parallel arcs and loops are allowed.
    supply : mapping of str to float, pandas series, or frame
        Units by node: > 0 enter the network, < 0 are demand; 0 where a node is not named. A frame has the columns
        `node` and `supply`.
    tail, head, cost, lower, upper : str
        Names of the columns of `arcs`; `lower` and `upper` are optional: bounds on the flow, 0 and no limit where they
        are missing.
    node : str
        Name of the column of nodes, where `supply` is a frame.
    nodes : sequence, optional
        All nodes. Where given, a name outside of it is an error instead of a new node.
    supply_relation, demand_relation, balance_tolerance, max_pivots, time_limit
        As `min_cost_flow` takes them.
    relations : mapping of str to str, optional
        "at_most", "exactly" or "at_least" for single nodes by name.
    start : FlowBasis, optional
        The basis of an earlier result; its arcs are the first rows of `arcs`, its nodes are found by name.

    Returns
    -------
    NamedFlowResult

    Raises
    ------
    InputError
        Naming missing columns, names and numbers that are wrong, by row or node.
    KeyboardInterrupt
        By Ctrl-C while the tables are read. From then on Ctrl-C returns the best so far with its `bound` and status
        `INTERRUPTED`.

    Examples
    --------
    >>> lanes = {
    ...     "tail": ["plant", "plant", "hub", "hub"],
    ...     "head": ["hub", "east", "east", "west"],
    ...     "cost": [1.0, 4.0, 2.0, 2.5],
    ...     "most": [9, 9, 4, 9],
    ... }
    >>> result = min_cost_flow_arcs(lanes, {"plant": 10, "east": -6, "west": -4}, upper="most")
    >>> result.objective
    34.0
    >>> result.flows
    tail   head  amount  cost  reduced_cost
    plant  hub        8     1             0
    plant  east       2     4             0
    hub    east       4     2            -1
    hub    west       4   2.5             0
    [4 rows x 5 columns]
    >>> short = min_cost_flow_arcs(lanes, {"plant": 20, "east": -6, "west": -14}, upper="most")
    >>> short.status.name, short.shortage
    ('INFEASIBLE', FlowCut(nodes=['west'], amount=5.0))
    """
    options = _options(supply_relation, demand_relation, balance_tolerance, max_pivots, time_limit)
    bounds = [(name, missing) for name, missing in ((lower, 0.0), (upper, np.inf)) if name is not None]
    rows = Rows("arcs", arcs, [tail, head, cost, *(name for name, _ in bounds)])
    named, units = amounts_by_name("supply", supply, node, signed=True)
    places = named
    wrong: list[Finding] = []
    if nodes is not None:
        places = _all_nodes(nodes)
        fix = "must be one of nodes"
        at = [places.number(name) for name in named.names]
        wrong = [places.unknown("supply", row, named.names[row], fix) for row, code in enumerate(at) if code < 0]
        if wrong:
            raise InputError.from_core(wrong[:SHOWN])
        balance = np.zeros(len(places))
        balance[at] = units
        units = balance
    ends = np.empty(rows.height, np.int32), np.empty(rows.height, np.int32)
    money = Numbers(f"arcs.{cost}", rows.height)
    limits = [Numbers(f"arcs.{name}", rows.height, missing) for name, missing in bounds]
    for part, piece in rows.pieces():
        for side, column in ((0, tail), (1, head)):
            codes = places.add(piece[column]) if nodes is None else places.codes(piece[column])
            ends[side][part] = codes
            for row in np.flatnonzero(codes < 0)[: max(0, SHOWN - len(wrong))].tolist():
                value = piece[column].values[row]
                wrong.append(places.unknown(f"arcs.{column}", part.start + row, value, "must be one of nodes"))
        money.read(part, piece[cost])
        for values in limits:
            values.read(part, piece[values.field.removeprefix("arcs.")])
    wrong += [finding for values in (money, *limits) for finding in values.findings]
    if wrong:
        raise InputError.from_core(wrong)
    balance = np.zeros(len(places))
    balance[: units.size] = units
    words = {
        "costs": f"arcs.{cost}",
        "lower": f"arcs.{lower}",
        "upper": f"arcs.{upper}",
        "supply": ("supply", places.names),
        "relations": ("relations", places.names),
    }
    own = _relations(relations, lambda node: places.number(str(node)), "must be the name of a node")
    given = {name: values.values for (name, _), values in zip(bounds, limits, strict=True)}
    nothing = np.empty(0)
    basis = _checked_start(start)
    with findings_as(words):
        result = _solve(
            len(places),
            *ends,
            money.values,
            nothing if lower is None else given[lower],
            nothing if upper is None else given[upper],
            balance,
            own,
            options,
            None if basis is None else _positions(basis, places),
        )

    def cut(found: FlowCut | None) -> FlowCut | None:
        return None if found is None else FlowCut([places.names[at] for at in found.nodes], found.amount)

    around = None if result.ray is None else [places.names[ends[0][arc]] for arc in result.ray]
    told = ("status", "objective", "bound", "unrouted", "dual_violation", "primal_residual", "gap", "pivots", "seconds")
    return NamedFlowResult(
        **{name: getattr(result, name) for name in told},
        shortage=cut(result.shortage),
        surplus=cut(result.surplus),
        ray=None if around is None else [*around, around[0]],
        ray_rows=None if result.ray is None else result.ray.tolist(),
        basis=FlowBasis(result.basis.parent_arcs, result.basis.at_upper, tuple(places.names)),
        _raw=_Raw((tail, head), backend_of(arcs), places.names, *ends, money.values, result),
    )


def _all_nodes(nodes: Sequence[Any]) -> Names:
    values = np.empty(len(nodes), dtype=object)
    values[:] = list(nodes)
    labels = Column(values).labels()
    wrong = [("nodes", str(at), "", "a name is missing") for at, label in enumerate(labels) if label is None]
    seen: set[str] = set()
    for at, label in enumerate(labels):
        if label is not None and label in seen:
            wrong.append(("nodes", str(at), repr(label), "is given more than once"))
        seen.add(label or "")
    if wrong:
        raise InputError.from_core(wrong[:SHOWN])
    return Names([label for label in labels if label is not None])
