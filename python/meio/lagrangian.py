# SPDX-License-Identifier: MIT
"""The dual of a problem whose parts share resources: best prices, a certified bound, and the plans that meet them.

Examples
--------
Ten buyers want one unit each, at 3 apiece or, going without, at a cost of 5; four units are there. The price at which
the units go round is 2, and nobody can do better than 42:

>>> import meio.lagrangian
>>> def buyer(prices, group):
...     buys = 3 + prices[0] < 5
...     return (3 + prices[0], [1.0]) if buys else (5.0, [0.0])
>>> result = meio.lagrangian.maximize(buyer, b=[4], groups=10)
>>> round(float(result.multipliers[0]), 6), round(result.bound, 6)
(2.0, 42.0)
"""

from __future__ import annotations

import inspect
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meio._meio import lagrangian as _core
from meio._meio.core import Status
from meio._meio.lagrangian import State
from meio.errors import InputError
from meio.network_tables import did_you_mean
from meio.planner_api import Progress, _wants_display, _Watch
from meio.tables import Table

__all__ = [
    "BatchOracle",
    "GroupOracle",
    "OracleError",
    "PrimalPoint",
    "Progress",
    "Replies",
    "Reply",
    "Result",
    "State",
    "maximize",
]

FloatArray: TypeAlias = NDArray[np.float64]

METHODS: dict[str, Any] = {method.name.lower(): method for method in _core.Method}
METRICS: dict[str, Any] = {metric.name.lower(): metric for metric in _core.Metric}

_log = logging.getLogger("meio")


# ---- what an oracle answers ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reply:
    """What an oracle answers for one group; a tuple ``(value, gradient[, tag])`` or a dict of these names will do too.

    Attributes
    ----------
    value : float
        The group's part of the dual function: least cost plus multipliers times use.
    gradient : array_like, (K,)
        What the cheapest plan uses of each relaxed constraint.
    value_error : float
        The true value lies in ``[value - value_error, value]``; 0 where exact.
    tag : int, optional
        The caller's own number of the plan, >= 0; comes back with its weight. None: the number of the call.
    diagonal : array_like, (K,), optional
        How much each entry of the gradient falls as its own multiplier rises, >= 0. Shapes the steps, never the bound,
        so a guess is fine; groups that leave it out count as the mean of the others.
    hessian : array_like, (K, K), optional
        The same for all pairs; symmetric, positive semidefinite.
    upper : float, optional
        The group's share of the cost of a plan that keeps the constraints; counts where every group tells one.
    """

    value: float
    gradient: ArrayLike
    value_error: float = 0.0
    tag: int | None = None
    diagonal: ArrayLike | None = None
    hessian: ArrayLike | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class Replies:
    """What a `BatchOracle` answers for all G groups at once; a tuple or a dict of these names will do too.

    Attributes
    ----------
    values : array_like, (G,)
        Each group's part of the dual function.
    gradients : array_like or scipy.sparse, (G, K)
        A row a group: what its cheapest plan uses.
    tags : array_like of int, (G,), optional
        The caller's own numbers of the plans, >= 0. None: the number of the call.
    diagonal : array_like, (K,) or (G, K), optional
        Curvature as in `Reply`, in total or a row a group.
    hessian : array_like, (K, K) or (G, K, K), optional
        The same for all pairs.
    value_errors : array_like, () or (G,), optional
        How far each value may lie above the true minimum, >= 0; one number stands for every group.
    upper : float or array_like, () or (G,), optional
        Cost of a plan that keeps the constraints, in total or a share a group.
    """

    values: ArrayLike
    gradients: Any
    tags: ArrayLike | None = None
    diagonal: ArrayLike | None = None
    hessian: ArrayLike | None = None
    value_errors: ArrayLike | None = None
    upper: ArrayLike | None = None


class GroupOracle(Protocol):
    """An oracle as a class that answers for one group at a time; `size` may be left out."""

    @property
    def groups(self) -> int:
        """Number of groups."""
        ...

    def evaluate(self, multipliers: FloatArray, group: int, /) -> Any:
        """Answer with a `Reply`, a tuple or a dict."""
        ...


class BatchOracle(Protocol):
    """An oracle as a class that answers for all groups at once: the fast way. `size` may be left out."""

    @property
    def groups(self) -> int:
        """Number of groups."""
        ...

    def evaluate_all(self, multipliers: FloatArray, /) -> Any:
        """Answer with `Replies`, a tuple or a dict."""
        ...


class OracleError(RuntimeError):
    """A function that was handed to `maximize` raised, or answered what is no answer; raised from the original.

    Parameters
    ----------
    message : str
        What happened, naming the group.
    group : int, optional
        Which group of the oracle; None where it answers for all at once, or another function raised.
    state : State, optional
        Where the solve stood: ``maximize(..., resume=error.state)`` goes on from there.

    Attributes
    ----------
    group, state
        As given.
    """

    def __init__(self, message: str, group: int | None = None, state: State | None = None) -> None:
        super().__init__(message)
        self.group = group
        self.state = state

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.group, self.state)


@dataclass(frozen=True, slots=True)
class PrimalPoint:
    """What a `primal` callback sees.

    Attributes
    ----------
    multipliers : ndarray, (K,)
        The best so far.
    average_use : ndarray, (K,)
        Use of the recovered primal minus `b`.
    weights : tuple of dict, (G,)
        The recovered primal: weights over tags, a dict a group.
    bound : float
        The best so far.
    """

    multipliers: FloatArray
    average_use: FloatArray
    weights: tuple[dict[int, float], ...]
    bound: float


# ---- the answer ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """Multipliers, the bound they prove, and the plans that recover the primal.

    Attributes
    ----------
    status : Status
        `OPTIMAL`: certified within the gap. `FEASIBLE`: no more ascent is expected, which is no certificate.
        `STALLED`: what ascent is left is below rounding or the oracle's own error. `ITERATION_LIMIT`, `TIME_LIMIT`,
        `INTERRUPTED`: the best so far. `NUMERICAL_ERROR`: the oracle contradicted itself or was not finite.
    multipliers : ndarray, (K,)
        The best found: what one more unit of each right-hand side saves.
    bound : float
        Dual value at the multipliers, less the oracle's own error: a lower bound on the least cost at every stop.
    upper : float
        Cost of the best plan known, from `known_upper`, the replies or `primal`; infinite where none is.
    gap : float
        ``(upper - bound) / abs(bound)``, certified.
    model_upper : float
        No dual value exceeds this, by the cuts. With elastic capacity (finite `upper` multipliers), the cost of the
        recovered plan with its overflow paid. May be infinite.
    predicted_gap : float
        Ascent that the model still expects, relative; not certified.
    residual : float
        Norm of `average_use` where multipliers can move; 0 where the recovered primal keeps the constraints.
    average_use : ndarray, (K,)
        Use of the recovered primal minus `b`.
    average_cost : float
        Cost of the recovered primal, overflow not paid.
    weights : tuple of dict, (G,)
        The recovered primal: for each group ``{tag: weight}``, weights adding up to 1.
    calls : int
        Calls of the oracle, for all groups each.
    seconds, model_seconds : float
        Wall time, and how much of it the solver itself took.
    inconsistency : float
        Largest amount by which a gradient was contradicted by a later value; 0 up to rounding where the oracle is
        exact.
    ray : ndarray, (K,) or (0,)
        Status ``UNBOUNDED``: the direction of multipliers, its longest entry 1, along which the dual grows for ever.
        Even the plans that use least use more of this combination of resources than there is.
    diagnosis : str
        Which test ended the solve, or what went wrong in which group.
    state : State
        To go on from here (`resume`), or to start a changed problem (`start`).
    """

    status: Status
    multipliers: FloatArray
    bound: float
    upper: float
    gap: float
    model_upper: float
    predicted_gap: float
    residual: float
    average_use: FloatArray
    average_cost: float
    weights: tuple[dict[int, float], ...]
    calls: int
    seconds: float
    model_seconds: float
    inconsistency: float
    ray: FloatArray
    diagnosis: str
    state: State
    columns: Table = field(metadata={"hidden": True})

    @property
    def history(self) -> Any:
        """A row a call: call, value, bound, upper, step, seconds. A pandas frame where pandas is, else a `Table`."""
        try:
            return self.columns.to_pandas()
        except ImportError:
            return self.columns

    def summary(self) -> str:
        """Tell the result in a few lines of text.

        Returns
        -------
        str
            Status and why, bound, upper, gaps, recovered primal, work.
        """
        share = self.model_seconds / self.seconds if self.seconds > 0 else 0.0
        lines = [
            f"status      {self.status.name.lower()}: {self.diagnosis}",
            f"bound       {self.bound:.10g}, certified",
        ]
        if math.isfinite(self.upper):
            lines.append(f"upper       {self.upper:.10g}, gap {self.gap:.2e}")
        if math.isfinite(self.model_upper):
            lines.append(f"dual below  {self.model_upper:.10g}, by the cuts")
        lines.append(f"expected    {self.predicted_gap:.2e} more, relative")
        if any(self.weights):
            plans = sum(map(len, self.weights))
            lines.append(
                f"primal      {plans} plans in {len(self.weights)} groups, cost {self.average_cost:.10g}, "
                f"residual {self.residual:.2e}"
            )
        active = int(np.count_nonzero(self.multipliers))
        lines.append(f"prices      {active} of {self.multipliers.size} are not zero")
        lines.append(f"work        {self.calls} calls, {self.seconds:.3g} s, {share:.0%} of it in the solver")
        return "\n".join(lines)

    def plot_convergence(self, ax: Any = None) -> Any:
        """Draw values, bound and upper over the calls of the oracle; needs matplotlib.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            Calls to the right, the objective up.
        """
        from meio.plots import BLUE, GREY, RED, _axes

        calls, values, bounds, uppers = (self.columns[name] for name in ("call", "value", "bound", "upper"))
        ax = _axes(ax, 7, 4)
        ax.plot(calls, values, color=GREY, marker=".", linestyle="none", label="dual value")
        ax.step(calls, bounds, where="post", color=BLUE, label="bound")
        best = float(bounds[-1]) if len(bounds) else 0.0
        top = best
        if math.isfinite(self.upper):
            found = np.isfinite(uppers)
            ax.step(calls[found], uppers[found], where="post", color=RED, linestyle="--", label="cost of a plan")
            top = max(best, self.upper)
        # The first values are far off; the end is what one looks at.
        low = float(np.quantile(bounds, 0.3)) if len(bounds) else best
        room = max(top - low, 1e-9 * abs(best), 1e-12)
        ax.set_ylim(low - 0.15 * room, top + 0.15 * room)
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        ax.set_xlabel("calls of the oracle")
        ax.set_ylabel("objective")
        ax.set_title(f"{self.status.name.lower()}, bound {best:,.10g}")
        ax.legend(frameon=False, loc="best")
        return ax

    def __repr__(self) -> str:
        """Status, size, bound and gap in one line."""
        gap = f"gap {self.gap:.1e}" if math.isfinite(self.gap) else f"expected gap {self.predicted_gap:.1e}"
        return (
            f"<lagrangian.Result {self.status.name}, {self.multipliers.size} multipliers, bound {self.bound:.10g}, "
            f"{gap}, {self.calls} calls>"
        )


# ---- the solve -----------------------------------------------------------------------------------------------


def maximize(
    oracle: Callable[..., Any] | GroupOracle | BatchOracle,
    *,
    b: ArrayLike,
    lower: ArrayLike | None = 0.0,
    upper: ArrayLike | None = None,
    method: str = "bundle",
    metric: str = "automatic",
    initial: ArrayLike | None = None,
    groups: int | None = None,
    size: int | None = None,
    max_calls: int = 500,
    relative_gap: float = 1e-6,
    absolute_gap: float = 0.0,
    known_upper: float = math.inf,
    primal: Callable[[PrimalPoint], float | None] | None = None,
    primal_every: int = 10,
    cut_groups: int = 16,
    max_cuts: int = 100,
    max_idle: int = 60,
    sample_share: float = 0.05,
    seed: int = 1,
    threads: int = 0,
    time_limit: float | None = None,
    start: State | None = None,
    changed_groups: Sequence[int] | None = None,
    resume: State | None = None,
    checkpoint: Callable[[State], object] | None = None,
    checkpoint_every: int = 10,
    callback: Callable[[Progress], bool | None] | None = None,
    display: bool | str = False,
) -> Result:
    """Maximise a concave dual ``theta(l) - b.l`` over ``lower <= l <= upper``; the bound is valid at every stop.

    The oracle tells ``theta(l)``, the least over its plans of cost plus ``l`` times use, as a sum over groups.

    Parameters
    ----------
    oracle : callable or object
        Either ``f(multipliers)``; or, with `groups`, ``f(multipliers, group)``; both answer with a `Reply`,
        ``(value, gradient)``, ``(value, gradient, tag)`` or a dict. Or an object with `groups` and
        ``evaluate(multipliers, group)``; or, fastest, with ``evaluate_all(multipliers)``, which answers with
        `Replies`, a tuple or a dict for all groups at once. Multipliers come as a read-only array, the caller's to
        keep. The oracle is called on the thread that called `maximize`.
    b : array_like, (K,)
        Right-hand sides of the relaxed constraints ``use <= b``.
    lower : array_like, () or (K,), or None
        Least multipliers; None (or -inf) for equations ``use = b``.
    upper : array_like, () or (K,), or None
        Largest multipliers: what a unit above `b` costs where capacity can be exceeded at a price. None: no limit.
    method : str
        'bundle', or for special cases 'newton', 'lbfgs', 'polyak', 'held_wolfe_crowder', 'camerini_fratta_maffioli',
        'volume', 'adagrad'.
    metric : str
        In which norm the bundle measures steps: 'automatic', 'identity', 'usage', 'diagonal', 'hessian', 'lbfgs'.
    initial : array_like, () or (K,), optional
        Where to start; 0 otherwise, moved into the bounds.
    groups : int, optional
        Groups of a plain callable. None: the callable answers for everything.
    size : int, optional
        Number of multipliers, where `b` is one number for all.
    max_calls : int
        Calls of the oracle at most, >= 1.
    relative_gap, absolute_gap : float
        Stop once the gap, certified or predicted, is at most this share of the bound, or this amount; >= 0.
    known_upper : float
        Cost of a plan that keeps the constraints: certificate, and target of the Polyak steps.
    primal : callable, optional
        Makes such a plan of a `PrimalPoint` and returns its cost, or None where it could not.
    primal_every : int
        Calls of the oracle between two calls of `primal`, >= 1.
    cut_groups : int
        Bundle: groups whose cuts are kept apart, >= 1.
    max_cuts, max_idle : int
        Bundle: cuts kept a group, >= 2; a cut without weight for this many calls is dropped, >= 1.
    sample_share, seed : float, int
        Adagrad: share of the groups in a step, in (0, 1], and the seed by which they are drawn.
    threads : int
        0: all the machine has. The answer is the same for any number.
    time_limit : float, optional
        Seconds after which the best so far is returned. Ctrl-C does the same, with status `INTERRUPTED`.
    start : State, optional
        Start a changed problem from another solve: its multipliers, metric and, of groups that did not change, cuts.
        Tags of those cuts are the other solve's.
    changed_groups : sequence of int, optional
        Groups whose plans have changed since `start`. A changed `b`, `lower` or `upper` changes no group.
    resume : State, optional
        Go on with exactly this solve of the same problem: the answer has the bits of an undisturbed solve.
    checkpoint : callable, optional
        Gets a `State` every `checkpoint_every` calls; write its `to_bytes()` to a file.
    checkpoint_every : int
        Calls of the oracle between two checkpoints, >= 1.
    callback : callable, optional
        Called between calls of the oracle with a `Progress`; answering False stops the solve.
    display : bool or 'auto'
        True prints a line a second at most; 'auto' does where a person is watching (a terminal).

    Returns
    -------
    Result
        Status, multipliers, bound, gap, weights over tags, history and state.

    Raises
    ------
    InputError
        Naming every wrong entry of `b`, bounds and options.
    OracleError
        From what the oracle or another function raised; names the group, and its `state` loses nothing.

    Notes
    -----
    The bundle is the variable-metric proximal bundle of Lemarechal and Sagastizabal (1997), with cuts kept by groups;
    see the page of the block for when to use which method.

    Examples
    --------
    Two machines, each making up to 10 at 1 or 3 apiece, 12 to be made in all (an equation, so the price is free):

    >>> import meio.lagrangian
    >>> class Machines:
    ...     groups = 2
    ...     def evaluate_all(self, prices):
    ...         reduced = np.array([1.0, 3.0]) + prices[0]
    ...         made = np.where(reduced < 0, 10.0, 0.0)
    ...         return reduced * made, made[:, None]
    >>> result = meio.lagrangian.maximize(Machines(), b=[12], lower=None)
    >>> round(float(result.multipliers[0]), 6), round(result.bound, 6)
    (-3.0, 16.0)
    """
    wrong: list[tuple[str, str, str, str]] = []
    sides, low, high, first = _vectors(
        wrong, {"b": b, "lower": lower, "upper": upper, "initial": initial}, oracle, size
    )
    _require_word(wrong, "method", method, METHODS)
    _require_word(wrong, "metric", metric, METRICS)
    whole = {
        "max_calls": max_calls,
        "primal_every": primal_every,
        "cut_groups": cut_groups,
        "max_cuts": max_cuts,
        "max_idle": max_idle,
        "seed": seed,
        "threads": threads,
        "checkpoint_every": checkpoint_every,
    }
    for name, value in whole.items():
        least = 0 if name in ("seed", "threads") else 1
        if not _is_whole(value) or not least <= value < 2 ** (64 if name == "seed" else 31):
            wrong.append((name, "", repr(value), f"must be a whole number >= {least}"))
    if math.isnan(known_upper):
        wrong.append(("known_upper", "", "nan", "must be a cost, or infinity"))
    if time_limit is not None and not time_limit > 0:
        wrong.append(("time_limit", "", repr(time_limit), "must be > 0, or None"))
    states: dict[str, object] = {"start": start, "resume": resume}
    for name, given_state in states.items():
        if given_state is not None and not isinstance(given_state, State):
            wrong.append((name, "", type(given_state).__name__, "must be a State"))
    asked = _Asked.of(oracle, groups, len(sides), wrong)
    changed = [] if changed_groups is None else [int(group) for group in changed_groups]
    for at, group in enumerate(changed):
        if asked is not None and not 0 <= group < asked.groups:
            wrong.append(("changed_groups", str(at), str(group), f"must be a group, 0 to {asked.groups - 1}"))
    if wrong or asked is None:
        raise InputError.from_core(wrong)
    if method == "adagrad" and asked.evaluate is None and asked.groups > 1:
        fix = "draws groups at random: give the oracle evaluate(multipliers, group) besides evaluate_all"
        raise InputError.from_core([("method", "", "'adagrad'", fix)])

    asked.calls = max((state.calls for state in (start, resume) if state is not None), default=0)
    watch = _Watch(_wants_display(display), callback)
    watched = callback is not None or watch.display or _log.isEnabledFor(logging.DEBUG)

    def recover(multipliers: FloatArray, use: FloatArray, weights: Any, bound: float) -> float:
        cost = primal(PrimalPoint(multipliers, use, _weights(weights, asked.groups), bound)) if primal else None
        return math.inf if cost is None else float(cost)

    raw, raised = _core.maximize(
        size=len(sides),
        groups=asked.groups,
        all=asked.within("oracle", asked.all),
        one=asked.within("oracle", asked.one),
        b=sides,
        lower=low,
        upper=high,
        method=METHODS[method],
        metric=METRICS[metric],
        initial=first,
        relative_gap=relative_gap,
        absolute_gap=absolute_gap,
        known_upper=known_upper,
        sample_share=sample_share,
        start=start,
        changed_groups=changed,
        resume=resume,
        primal=asked.within("primal", recover) if primal is not None else None,
        checkpoint=asked.within("checkpoint", checkpoint) if checkpoint is not None else None,
        progress=asked.within("callback", watch) if watched else None,
        time_limit=time_limit,
        **whole,
    )
    if raised is not None:
        raise asked.failed(raised, raw["state"])
    history = Table(raw.pop("history"))
    raw["weights"] = _weights(raw["weights"], asked.groups)
    result = Result(**raw, columns=history)
    _log.info("%r", result)
    if watch.display:
        print(repr(result), flush=True)
    return result


# ---- between the solver and the caller's oracle --------------------------------------------------------------


class _Asked:
    """The caller's oracle, answering in the one form that the compiled core reads."""

    def __init__(self, groups: int, size: int, evaluate: Any, evaluate_all: Any) -> None:
        self.groups = groups
        self.size = size
        self.evaluate = evaluate
        self.evaluate_all = evaluate_all
        self.calls = 0
        self.place = ""
        self.group: int | None = None

    @classmethod
    def of(cls, oracle: Any, groups: int | None, size: int, wrong: list[tuple[str, str, str, str]]) -> _Asked | None:
        """Find out in which of its forms the oracle came; None where in none, with the reason in `wrong`."""
        evaluate, evaluate_all = getattr(oracle, "evaluate", None), getattr(oracle, "evaluate_all", None)
        if callable(evaluate) or callable(evaluate_all):
            own = getattr(oracle, "groups", None)
            own = own() if callable(own) else own
            if groups is not None and own is not None and groups != own:
                wrong.append(("groups", "", repr(groups), f"the oracle itself says {own!r}: leave it out"))
            groups = own if own is not None else groups
        elif callable(oracle):
            evaluate = _with_group(oracle, groups, wrong)
            groups = 1 if groups is None else groups
        else:
            fix = "must be callable, or have evaluate(multipliers, group) or evaluate_all(multipliers)"
            wrong.append(("oracle", "", type(oracle).__name__, fix))
            return None
        if not _is_whole(groups) or int(groups) < 1:  # type: ignore[arg-type]
            wrong.append(("groups", "", repr(groups), "must be a whole number >= 1"))
            return None
        return cls(
            int(groups),  # type: ignore[arg-type]
            size,
            evaluate if callable(evaluate) else None,
            evaluate_all if callable(evaluate_all) else None,
        )

    def within(self, place: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Remember for how long which of the caller's functions runs, so that what is raised can name it."""

        def run(*arguments: Any) -> Any:
            self.place = place
            answer = function(*arguments)
            self.place = ""
            return answer

        return run

    def all(self, multipliers: FloatArray) -> tuple[Any, ...]:
        """Answer for all groups."""
        self.group = None
        self.calls += 1
        if self.evaluate_all is not None:
            return self._batch(self.evaluate_all(multipliers))
        return self._gather([self._reply(multipliers, group) for group in range(self.groups)])

    def one(self, multipliers: FloatArray, group: int) -> tuple[Any, ...]:
        """Answer for one group."""
        if self.evaluate is not None:
            return self._gather([self._reply(multipliers, group)])
        values, gradients, tags, diagonal, hessian, errors, upper = self.all(multipliers)
        rows = gradients if isinstance(gradients, np.ndarray) else _dense(gradients, self.size)

        def pick(blocks: Any) -> Any:
            if isinstance(blocks, list):
                return [(0, block) for owner, block in blocks if owner == group] or None
            return None if blocks is None else blocks[group : group + 1]

        return (
            values[group : group + 1],
            rows[group : group + 1],
            tags[group : group + 1],
            pick(diagonal),
            pick(hessian),
            pick(errors),
            pick(upper),
        )

    def failed(self, raised: BaseException, state: State) -> BaseException:
        """Turn what was raised into what the caller gets to see."""
        if not isinstance(raised, Exception) or not self.place:  # none of the functions: a signal's handler
            return raised
        if self.place != "oracle":
            where = f"the {self.place} function"
        elif self.group is not None:
            where = f"the oracle at group {self.group}"
        else:
            where = "the oracle"
        group = self.group if self.place == "oracle" else None
        raised.add_note(f"raised by {where} of meio.lagrangian.maximize")
        error = OracleError(f"{where} raised {type(raised).__name__}: {raised}", group, state)
        error.__cause__ = raised
        return error

    def _reply(self, multipliers: FloatArray, group: int) -> Reply:
        self.group = group
        answer = self.evaluate(multipliers, group)
        reply = _as(Reply, answer, ("value", "gradient", "tag"), f"group {group}")
        name = f"reply of group {group}"
        return Reply(
            _number(f"{name}.value", reply.value),
            _array(f"{name}.gradient", reply.gradient, (self.size,)),
            _number(f"{name}.value_error", reply.value_error),
            None if reply.tag is None else int(_tags(f"{name}.tag", [reply.tag], 1)[0]),
            None if reply.diagonal is None else _array(f"{name}.diagonal", reply.diagonal, (self.size,)),
            None if reply.hessian is None else _array(f"{name}.hessian", reply.hessian, (self.size, self.size)),
            None if reply.upper is None else _number(f"{name}.upper", reply.upper),
        )

    def _gather(self, replies: list[Reply]) -> tuple[Any, ...]:
        told = [reply.upper for reply in replies if reply.upper is not None]
        default = max(self.calls - 1, 0)
        return (
            np.array([reply.value for reply in replies]),
            np.array([reply.gradient for reply in replies]).reshape(len(replies), self.size),
            np.array([default if reply.tag is None else reply.tag for reply in replies], dtype=np.uint64),
            [(g, reply.diagonal) for g, reply in enumerate(replies) if reply.diagonal is not None],
            [(g, reply.hessian) for g, reply in enumerate(replies) if reply.hessian is not None],
            np.array([reply.value_error for reply in replies]),
            np.array(told) if len(told) == len(replies) else None,
        )

    def _batch(self, answer: Any) -> tuple[Any, ...]:
        replies = _as(Replies, answer, ("values", "gradients", "tags"), "evaluate_all")
        count, size = self.groups, self.size
        if hasattr(replies.gradients, "tocsr"):
            rows = replies.gradients.tocsr()
            _require_shape("replies.gradients", rows.shape, (count, size))
            gradients: Any = (rows.indptr, rows.indices, rows.data)
        else:
            gradients = _array("replies.gradients", replies.gradients, (count, size))
        tags = (
            np.full(count, self.calls - 1, dtype=np.uint64)
            if replies.tags is None
            else _tags("replies.tags", replies.tags, count)
        )
        errors = None
        if replies.value_errors is not None:
            errors = np.asarray(replies.value_errors, dtype=np.float64)
            errors = np.full(count, errors) if errors.ndim == 0 else _array("replies.value_errors", errors, (count,))
        upper = None
        if replies.upper is not None:
            upper = np.asarray(replies.upper, dtype=np.float64)
            upper = np.full(count, upper / count) if upper.ndim == 0 else _array("replies.upper", upper, (count,))
        return (
            _array("replies.values", replies.values, (count,)),
            gradients,
            tags,
            self._curvature("replies.diagonal", replies.diagonal, (size,)),
            self._curvature("replies.hessian", replies.hessian, (size, size)),
            errors,
            upper,
        )

    def _curvature(self, name: str, values: Any, block: tuple[int, ...]) -> Any:
        if values is None:
            return None
        array = np.asarray(values.toarray() if hasattr(values, "toarray") else values, dtype=np.float64)
        if array.ndim == len(block):
            # The core scales curvature of some groups up to all of them: one group tells its share of the total.
            return [(0, _array(name, array, block) / self.groups)]
        return _array(name, array, (self.groups, *block))


def _with_group(oracle: Any, groups: int | None, wrong: list[tuple[str, str, str, str]]) -> Any:
    """Call a plain function with or without the number of the group, as it takes it."""
    alone, both = _takes(oracle, 1), _takes(oracle, 2)
    if (groups is None or (groups == 1 and not both)) and alone:
        return lambda multipliers, _group: oracle(multipliers)
    if not both:
        found = f"groups = {groups}" if groups is not None else "takes neither"
        wrong.append(("oracle", "", found, "must take (multipliers) or, with groups, (multipliers, group)"))
    elif groups is None:
        wrong.append(("groups", "", "", "an oracle that takes (multipliers, group) needs the number of groups"))
    return oracle


def _takes(function: Any, count: int) -> bool:
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # a built-in function that does not tell
        return True
    return True


def _as(kind: Any, answer: Any, order: tuple[str, ...], where: str) -> Any:
    """Read an answer as a `Reply` or `Replies`, whichever form it came in."""
    if isinstance(answer, kind):
        return answer
    names = [f.name for f in fields(kind)]
    if isinstance(answer, Mapping):
        unknown = [str(name) for name in answer if name not in names]
        missing = [name for name in order[:2] if name not in answer]
        if unknown or missing:
            hints = [did_you_mean(name, names) or f"may hold {', '.join(names)}" for name in unknown]
            findings = [(f"{where}.{name}", "", "", hint) for name, hint in zip(unknown, hints, strict=True)]
            raise InputError.from_core(findings + [(f"{where}.{name}", "", "", "must be given") for name in missing])
        return kind(**answer)
    if isinstance(answer, tuple | list) and 2 <= len(answer) <= len(order):
        return kind(**dict(zip(order, answer, strict=False)))
    found = f"{type(answer).__name__} of {len(answer)}" if isinstance(answer, tuple | list) else type(answer).__name__
    fix = f"must be a {kind.__name__}, ({', '.join(order[:2])}[, {order[2]}]) or a dict"
    raise InputError.from_core([(f"answer of {where}", "", found, fix)])


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError.from_core([(name, "", repr(value), "must be a number")]) from None


def _array(name: str, values: Any, shape: tuple[int, ...]) -> FloatArray:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError.from_core([(name, "", "", f"must be numbers ({error})")]) from None
    if array.shape != shape and array.size == math.prod(shape) and shape[0] == 1:
        array = array.reshape(shape)  # one group may leave out its axis
    _require_shape(name, array.shape, shape)
    return array


def _require_shape(name: str, found: tuple[int, ...], shape: tuple[int, ...]) -> None:
    if tuple(found) != shape:
        raise InputError.from_core([(name, "", f"of shape {tuple(found)}", f"must have the shape {shape}")])


def _tags(name: str, values: Any, count: int) -> NDArray[np.uint64]:
    array = np.asarray(values)
    if array.ndim == 0 and count == 1:
        array = array.reshape(1)
    _require_shape(name, array.shape, (count,))
    if array.dtype.kind not in "iu" or (array.dtype.kind == "i" and bool((array < 0).any())):
        raise InputError.from_core([(name, "", "", "must be whole numbers, 0 to 2**64 - 1")])
    return array.astype(np.uint64)


def _dense(sparse: Any, size: int) -> FloatArray:
    starts, columns, values = sparse
    rows = np.zeros((len(starts) - 1, size))
    np.add.at(rows, (np.repeat(np.arange(len(starts) - 1), np.diff(starts)), columns), values)
    return rows


def _weights(columns: Any, groups: int) -> tuple[dict[int, float], ...]:
    result: tuple[dict[int, float], ...] = tuple({} for _ in range(groups))
    for group, tag, weight in zip(*(column.tolist() for column in columns), strict=True):
        result[group][tag] = result[group].get(tag, 0.0) + weight
    return result


# ---- input ---------------------------------------------------------------------------------------------------


def _vectors(
    wrong: list[tuple[str, str, str, str]], given: dict[str, Any], oracle: Any, size: int | None
) -> list[FloatArray]:
    """Read the vectors, spreading single numbers; an empty one stands for the core's default."""
    arrays: dict[str, FloatArray | None] = {}
    for name, values in given.items():
        try:
            arrays[name] = None if values is None else np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError) as error:
            wrong.append((name, "", "", f"must be numbers ({error})"))
            arrays[name] = None
    sides = arrays["b"]
    if sides is None and not wrong:
        wrong.append(("b", "", "None", "must be given"))
    own = getattr(oracle, "size", None)
    own = own() if callable(own) else own
    known = next((int(n) for n in (size, own) if n is not None), None)
    if known is None and sides is not None:
        known = sides.size if sides.ndim > 0 else 1
    for array_name, array in arrays.items():
        if array is not None and (array.ndim > 1 or (array.ndim == 1 and known is not None and array.size != known)):
            wrong.append(
                (array_name, "", f"of shape {array.shape}", f"must be one number or have the shape ({known},)")
            )
            arrays[array_name] = None
    count = known or 0
    result = []
    for name, default in (("b", 0.0), ("lower", -math.inf), ("upper", math.inf), ("initial", None)):
        array = arrays[name]
        if array is None:
            result.append(np.empty(0) if default is None else np.full(count, default))
        else:
            result.append(np.full(count, array) if array.ndim == 0 else np.ascontiguousarray(array))
    return result


def _require_word(wrong: list[tuple[str, str, str, str]], name: str, value: Any, known: Mapping[str, Any]) -> None:
    if value not in known:
        hint = did_you_mean(str(value), known)
        wrong.append((name, "", repr(value), f"must be one of {', '.join(known)}" + (f"; {hint}" if hint else "")))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
