# SPDX-License-Identifier: MIT
"""The dual solver from Python: 1,000 problems against HiGHS, faults, resuming, warm starts, and its manners."""

from __future__ import annotations

import _thread
import os
import pickle
import re
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from meio import InputError, Status, Table, lagrangian
from meio.lagrangian import OracleError, Replies, Reply, State, maximize


class Plans:
    """Groups that choose among listed plans: the dual of a linear program, and the slow twin of every oracle."""

    def __init__(self, cost, use):
        self.cost, self.use = np.asarray(cost, dtype=float), np.asarray(use, dtype=float)  # (G, P), (G, P, K)
        self.groups, _, self.size = self.use.shape

    def evaluate_all(self, multipliers):
        total = self.cost + self.use @ multipliers
        best = total.argmin(1)
        rows = np.arange(self.groups)
        return total[rows, best], self.use[rows, best], best

    def primal(self, result):
        """Cost and use of the recovered primal, from the weights alone."""
        pairs = [(g, tag, w) for g, group in enumerate(result.weights) for tag, w in group.items()]
        cost = sum(w * self.cost[g, tag] for g, tag, w in pairs)
        return cost, sum((w * self.use[g, tag] for g, tag, w in pairs), np.zeros(self.size))


def random_problem(rng):
    """Plans with ties, zeros and scales of all sorts, and right-hand sides that some mixture of the plans keeps.

    Uses and shares are binary fractions, so that it keeps them exactly: a hair less, and the dual is unbounded.
    """
    groups, plans, size = rng.integers(1, 7), rng.integers(1, 6), rng.integers(1, 6)
    shape = (groups, plans, size)
    if rng.random() < 0.5:
        cost, use = rng.integers(-5, 10, shape[:2]).astype(float), rng.integers(-1, 4, shape).astype(float)
    else:
        cost = rng.normal(size=shape[:2]) * 10 ** rng.uniform(-2, 3)
        use = np.round(256 * rng.gamma(1.0, 1.0, shape)) / 256 * (rng.random(shape) < 0.7)
    share = rng.multinomial(8, np.full(plans, 1 / plans), groups) / 8
    b = np.einsum("gp,gpk->k", share, use)
    kind = rng.choice(["at most", "equal", "elastic"])
    if kind == "at most":
        b += rng.random(size) * (rng.random(size) < 0.5)
        bounds = (0.0, None)
    elif kind == "equal":
        bounds = (None, None)
    else:
        b *= rng.uniform(0.3, 1, size)
        bounds = (0.0, rng.uniform(0.1, 20, size))
    return Plans(cost, use), b, bounds


def linear_program(plans, b, bounds):
    """The value of the linear program whose dual it is, by HiGHS."""
    from scipy.optimize import linprog
    from scipy.sparse import eye_array, hstack, kron

    groups, count, size = plans.use.shape
    cost, rows = plans.cost.ravel(), plans.use.reshape(-1, size).T
    choose = kron(eye_array(groups), np.ones((1, count)))
    if bounds[0] is None:
        a_eq = np.vstack([choose.toarray(), rows])
        found = linprog(cost, A_eq=a_eq, b_eq=np.append(np.ones(groups), b), method="highs")
    elif bounds[1] is None:
        found = linprog(cost, A_ub=rows, b_ub=b, A_eq=choose, b_eq=np.ones(groups), method="highs")
    else:  # what exceeds b is paid
        found = linprog(
            np.append(cost, bounds[1]),
            A_ub=np.hstack([rows, -np.eye(size)]),
            b_ub=b,
            A_eq=hstack([choose, np.zeros((groups, size))]),
            b_eq=np.ones(groups),
            method="highs",
        )
    assert found.status == 0, found.message
    return found.fun


def check_against_highs(plans, b, bounds):
    """Never above the linear program's value, equal at the end, and the weights are its solution."""
    value = linear_program(plans, b, bounds)
    scale = max(1.0, abs(value), np.abs(plans.cost).max())
    result = maximize(plans, b=b, lower=bounds[0], upper=bounds[1], relative_gap=1e-9, absolute_gap=1e-10 * scale)
    assert result.bound <= value + 1e-9 * scale
    assert result.status in (Status.OPTIMAL, Status.FEASIBLE, Status.STALLED), result.summary()
    assert result.bound >= value - 1e-7 * scale, result.summary()
    cost, use = plans.primal(result)
    assert all(abs(sum(group.values()) - 1) < 1e-9 and min(group.values()) > 0 for group in result.weights)
    np.testing.assert_allclose(use - b, result.average_use, atol=1e-9 * max(1.0, np.abs(plans.use).max()))
    assert abs(cost - result.average_cost) <= 1e-9 * scale
    if bounds[1] is not None:
        paid = cost + np.maximum(use - b, 0) @ bounds[1]
        assert value - 1e-9 * scale <= paid <= value + 1e-6 * scale
    return result


def test_equals_highs_a_thousand_times():
    """1,000 seeded problems of groups of plans: bound <= LP value within 1e-9, and equal at convergence."""
    pytest.importorskip("scipy")
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        try:
            check_against_highs(*random_problem(rng))
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise


def test_a_trial_is_not_repeated():
    """The one problem of the first 3,000 on which an early bundle asked for the same trial over and over."""
    pytest.importorskip("scipy")
    check_against_highs(*random_problem(np.random.default_rng(2011)))


def test_equals_highs_on_drawn_problems():
    """The same for small whole numbers drawn by hypothesis, which shrinks what fails."""
    pytest.importorskip("scipy")
    pytest.importorskip("hypothesis")
    from hypothesis import given, settings
    from hypothesis import strategies as st

    @st.composite
    def problems(draw):
        groups, count, size = (draw(st.integers(1, 3)) for _ in range(3))
        numbers = lambda n: draw(st.lists(st.integers(-3, 5), min_size=n, max_size=n))  # noqa: E731
        cost = np.reshape(numbers(groups * count), (groups, count))
        use = np.reshape(numbers(groups * count * size), (groups, count, size))
        b = use[:, draw(st.integers(0, count - 1))].sum(0)
        return Plans(cost, use), b, draw(st.sampled_from([(0.0, None), (None, None), (0.0, np.full(size, 2.0))]))

    @settings(max_examples=100)
    @given(problems())
    def check(problem):
        check_against_highs(*problem)

    check()


# ---- forms of an oracle --------------------------------------------------------------------------------------


def some_plans(seed=7, groups=6, plans=5, size=4):
    """A problem that takes some calls: each resource is had in the mean of all plans, which is less than is wanted."""
    rng = np.random.default_rng(seed)
    made = Plans(rng.normal(size=(groups, plans)) * 10, rng.gamma(1.0, 1.0, (groups, plans, size)))
    return made, made.use.mean(1).sum(0) * (1 + 0.01 * rng.random(size))


class OneByOne:
    """The same oracle, a group at a time."""

    def __init__(self, plans):
        self.plans, self.size, self.groups = plans, plans.size, plans.groups

    def evaluate(self, multipliers, group):
        values, gradients, tags = self.plans.evaluate_all(multipliers)
        return Reply(values[group], gradients[group], tag=tags[group])


def test_every_form_of_an_oracle_gives_the_same_bits():
    """A function by group (tuple, dict, Reply), a class by group and one for all at once, dense or sparse."""
    sparse = pytest.importorskip("scipy.sparse")
    plans, b = some_plans()
    single = OneByOne(plans)

    class Sparse(Plans):
        def evaluate_all(self, multipliers):
            values, gradients, tags = super().evaluate_all(multipliers)
            return Replies(values.astype(np.longdouble), sparse.coo_array(gradients), tags.astype(np.uint8))

    def as_tuple(multipliers, group):
        reply = single.evaluate(multipliers, group)
        return [reply.value, reply.gradient.tolist(), int(reply.tag)]

    def as_dict(multipliers, group):
        reply = single.evaluate(multipliers, group)
        return {"value": reply.value, "gradient": reply.gradient, "tag": reply.tag}

    expected = maximize(plans, b=b)
    for oracle, groups in ((single, None), (Sparse(plans.cost, plans.use), None), (as_tuple, 6), (as_dict, 6)):
        found = maximize(oracle, b=b.tolist(), groups=groups)
        assert found.multipliers.tobytes() == expected.multipliers.tobytes()
        assert found.bound == expected.bound
        assert found.weights == expected.weights
        assert found.calls == expected.calls


def test_one_function_for_everything():
    """Without groups the function answers for all; tags left out are numbers of calls."""
    plans, b = some_plans()

    def together(multipliers):
        values, gradients, _ = plans.evaluate_all(multipliers)
        return values.sum(), gradients.sum(0)

    result = maximize(together, b=b, relative_gap=1e-9)
    best = maximize(plans, b=b, relative_gap=1e-9)
    assert result.bound == pytest.approx(best.bound, rel=1e-7)
    assert len(result.weights) == 1
    assert all(0 <= call < result.calls for call in result.weights[0])
    assert maximize(together, b=b, groups=1).bound == pytest.approx(best.bound, rel=1e-5)


def test_any_array_is_accepted_and_left_alone():
    """Strided, read-only, integer and nested-list inputs give the same bits; what the oracle gets cannot be written."""
    plans, _ = some_plans()
    b = np.array([9, 8, 10, 9])
    wide = np.zeros(8, dtype=np.int16)
    wide[::2] = b
    frozen = b.astype(float)
    frozen.flags.writeable = False
    kept = []

    class Strided(Plans):
        def evaluate_all(self, multipliers):
            assert not multipliers.flags.writeable
            kept.append((multipliers, multipliers.copy()))
            values, gradients, tags = super().evaluate_all(multipliers)
            loose = np.zeros((2 * self.groups, self.size), order="F")
            loose[::2] = gradients
            loose.flags.writeable = False
            return values, loose[::2], tags

    strided = Strided(plans.cost, plans.use)
    expected = maximize(plans, b=b, upper=30)
    for sides in (wide[::2], frozen, b.tolist(), b.astype(np.float32)):
        found = maximize(strided, b=sides, upper=np.full(4, 30)[::-1], initial=np.zeros(8)[::2])
        assert found.multipliers.tobytes() == expected.multipliers.tobytes()
    assert all((given == copy).all() for given, copy in kept)
    with pytest.raises(ValueError, match="read-only"):
        expected.multipliers[0] = 1


def test_threads_do_not_change_a_bit():
    """One thread or four: the same multipliers, weights and history."""
    plans, b = some_plans(groups=40)
    one, four = (maximize(plans, b=b, threads=threads, relative_gap=1e-9) for threads in (1, 4))
    assert one.multipliers.tobytes() == four.multipliers.tobytes()
    assert one.weights == four.weights
    for name in ("value", "bound", "step"):
        np.testing.assert_array_equal(one.columns[name], four.columns[name])


def test_several_solves_at_once():
    """Solves in threads of the caller do not disturb each other, nor does a solve inside an oracle."""
    plans, b = some_plans()
    expected = maximize(plans, b=b)
    found = []
    threads = [threading.Thread(target=lambda: found.append(maximize(OneByOne(plans), b=b))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.bound for result in found] == [expected.bound] * 4

    def nested(multipliers):
        inner = maximize(plans, b=b, max_calls=3)
        values, gradients, _ = plans.evaluate_all(multipliers)
        assert inner.calls <= 3
        assert threading.current_thread() is threading.main_thread()
        return values.sum(), gradients.sum(0)

    assert maximize(nested, b=b, max_calls=5).calls == 5


# ---- curvature, plans, bounds ----------------------------------------------------------------------------------


class Newsvendors:
    """Exponential demand, orders at the margin: a smooth dual with known curvature."""

    def __init__(self, products=4000, size=12, groups=8, curvature=None):
        rng = np.random.default_rng(3)
        self.size, self.groups, self.curvature = size, groups, curvature
        self.mean, self.short = np.exp(2 + rng.normal(size=products)), np.exp(rng.normal(size=products))
        self.over = 0.1 * self.short
        self.use = rng.uniform(0.5, 1.5, (products, size)) * (rng.random((products, size)) < 0.3)
        self.part = np.arange(products) % groups
        self.b = 0.5 * self.use.T @ self.order(np.zeros(size))

    def order(self, prices):
        return np.maximum(0, self.mean * np.log((self.short + self.over) / (self.over + self.use @ prices)))

    def evaluate_all(self, prices):
        price, order = self.use @ prices, self.order(prices)
        unmet = self.mean * np.exp(-order / self.mean)
        cost = self.short * unmet + self.over * (order - self.mean + unmet) + price * order
        used = order[:, None] * self.use
        slope = np.where(order > 0, self.mean / (self.over + price), 0.0)
        answer = {
            "values": np.bincount(self.part, cost),
            "gradients": np.stack([used[self.part == g].sum(0) for g in range(self.groups)]),
        }
        if self.curvature == "hessian":
            answer["hessian"] = self.use.T @ (slope[:, None] * self.use)
        if self.curvature == "hessian by group":
            parts = [self.part == g for g in range(self.groups)]
            answer["hessian"] = [self.use[p].T @ (slope[p, None] * self.use[p]) for p in parts]
        if self.curvature == "diagonal":
            answer["diagonal"] = slope @ self.use**2
        return answer


def test_curvature_in_total_or_by_group():
    """Total and per-group curvature are the same curvature, and both save calls."""
    plain, diagonal, total, by_group = (
        maximize(Newsvendors(curvature=kind), b=Newsvendors().b, relative_gap=1e-6)
        for kind in (None, "diagonal", "hessian", "hessian by group")
    )
    for result in (plain, diagonal, total, by_group):
        assert result.status in (Status.OPTIMAL, Status.FEASIBLE)
        assert result.bound == pytest.approx(total.bound, rel=3e-6)
    assert total.calls == by_group.calls <= 7
    np.testing.assert_allclose(total.multipliers, by_group.multipliers, rtol=1e-9)
    assert total.calls <= diagonal.calls <= plain.calls + 3


def test_a_sample_of_groups_may_tell_the_curvature():
    """A function by group tells its curvature for every other group only."""
    full = Newsvendors(curvature="hessian by group")

    def sampled(prices, group):
        answer = full.evaluate_all(prices)
        hessian = answer["hessian"][group] if group % 2 == 0 else None
        return Reply(answer["values"][group], answer["gradients"][group], hessian=hessian)

    result = maximize(sampled, b=full.b, groups=full.groups)
    assert result.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert result.calls <= 12


def test_elastic_capacity_is_certified():
    """With a price for overflow the cuts bound the dual from above, and that is the cost of the recovered plan."""
    plans, b = some_plans()
    result = maximize(plans, b=0.5 * b, upper=3.0, relative_gap=1e-9)
    assert result.status is Status.OPTIMAL
    cost, use = plans.primal(result)
    paid = cost + 3.0 * np.maximum(use - 0.5 * b, 0).sum()
    assert result.bound <= paid + 1e-9 * abs(paid)
    assert result.model_upper == pytest.approx(paid, rel=1e-6)
    assert result.residual >= 0


def test_a_known_plan_and_a_primal_callback_certify():
    """A known cost, shares told by groups, or a callback's cost close the gap; None means no plan."""
    plans, b = some_plans()
    best = maximize(plans, b=b, relative_gap=1e-9)
    known = maximize(plans, b=b, known_upper=best.bound + 1e-4 * abs(best.bound), relative_gap=1e-3)
    assert known.status is Status.OPTIMAL
    assert known.calls <= best.calls
    seen = []

    def repair(point):
        seen.append(point)
        assert len(point.weights) == plans.groups
        assert not point.multipliers.flags.writeable
        assert point.average_use.shape == b.shape
        return best.bound + 1.0 if len(seen) > 1 else None

    called = maximize(plans, b=b, primal=repair, primal_every=2, relative_gap=1e-9)
    assert called.upper == best.bound + 1.0
    assert called.gap == pytest.approx(1.0 / abs(best.bound), rel=1e-6)
    assert len(seen) >= 2

    class Costed(Plans):
        def evaluate_all(self, multipliers):
            return Replies(*super().evaluate_all(multipliers), upper=best.bound + 2.0)

    told = maximize(Costed(plans.cost, plans.use), b=b)
    assert told.upper == pytest.approx(best.bound + 2.0)


@pytest.mark.parametrize(
    ("method", "gap"),
    [
        ("bundle", 1e-6),
        ("newton", 1e-6),
        ("lbfgs", 1e-6),
        ("polyak", 0.03),
        ("held_wolfe_crowder", 0.03),
        ("camerini_fratta_maffioli", 0.03),
        ("volume", 0.03),
        ("adagrad", 0.3),
    ],
)
def test_every_method_bounds_from_below(method, gap):
    """Each method's bound is valid, near the best, and the answer is repeatable."""
    oracle = Newsvendors(products=600, size=5, groups=20)
    single = OneByOneOf(oracle)
    best = maximize(oracle, b=oracle.b, relative_gap=1e-8)
    first, second = (maximize(single, b=oracle.b, method=method, max_calls=60) for _ in range(2))
    assert first.bound <= best.bound * (1 + 1e-7)
    assert first.bound >= best.bound - gap * abs(best.bound), first.summary()
    assert first.multipliers.tobytes() == second.multipliers.tobytes()


class OneByOneOf:
    """Any batch oracle, a group at a time."""

    def __init__(self, oracle):
        self.oracle, self.groups = oracle, oracle.groups

    def evaluate(self, multipliers, group):
        answer = self.oracle.evaluate_all(multipliers)
        return answer["values"][group], answer["gradients"][group]


@pytest.mark.parametrize("metric", sorted(lagrangian.METRICS))
def test_every_metric_leads_to_the_same_bound(metric):
    """The metric shapes the path, not the end."""
    oracle = Newsvendors(products=600, size=5, groups=4, curvature="hessian" if metric == "hessian" else "diagonal")
    result = maximize(oracle, b=oracle.b, metric=metric)
    assert result.bound == pytest.approx(maximize(oracle, b=oracle.b, relative_gap=1e-8).bound, rel=3e-6)


# ---- going on --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("curvature", [None, "diagonal", "hessian"])
def test_resuming_gives_the_bits_of_an_undisturbed_solve(curvature):
    """Killed at a checkpoint, written to bytes, read by another process and resumed: nothing differs."""
    oracle = Newsvendors(products=600, size=6, groups=5, curvature=curvature)
    options = {"b": oracle.b, "relative_gap": 1e-10}
    undisturbed = maximize(oracle, **options)
    kept = []

    def checkpoint(state):
        kept.append(state.to_bytes())
        if len(kept) == 2:
            raise MemoryError("killed")

    with pytest.raises(OracleError, match="checkpoint function raised MemoryError"):
        maximize(oracle, **options, checkpoint=checkpoint, checkpoint_every=1)
    for state in (State.from_bytes(kept[1]), pickle.loads(pickle.dumps(State.from_bytes(kept[0])))):
        resumed = maximize(oracle, **options, resume=state)
        assert resumed.multipliers.tobytes() == undisturbed.multipliers.tobytes()
        assert resumed.bound == undisturbed.bound
        assert resumed.weights == undisturbed.weights
        assert resumed.calls == undisturbed.calls
        for name in ("call", "value", "bound", "step"):
            np.testing.assert_array_equal(resumed.columns[name], undisturbed.columns[name])


def test_a_state_outlives_an_oracle_that_fails():
    """The oracle raises half way; its error's state goes on to the same end as if nothing had happened."""
    plans, b = some_plans(groups=12, size=6)
    undisturbed = maximize(plans, b=b, relative_gap=1e-9)
    assert undisturbed.calls > 4
    calls = []

    class Fails(Plans):
        def evaluate_all(self, multipliers):
            calls.append(1)
            if len(calls) == 4:
                raise ConnectionError("a worker is gone")
            return super().evaluate_all(multipliers)

    with pytest.raises(OracleError, match="ConnectionError: a worker is gone") as caught:
        maximize(Fails(plans.cost, plans.use), b=b, relative_gap=1e-9)
    assert isinstance(caught.value.__cause__, ConnectionError)
    assert caught.value.state.calls == 3
    resumed = maximize(plans, b=b, relative_gap=1e-9, resume=caught.value.state)
    assert resumed.bound == undisturbed.bound
    assert resumed.multipliers.tobytes() == undisturbed.multipliers.tobytes()


def test_a_warm_start_after_changed_right_hand_sides():
    """Capacities moved by up to 3 %: at most four calls from where the last solve ended."""
    oracle = Newsvendors(curvature="hessian")
    last = maximize(oracle, b=oracle.b)
    changed = oracle.b * np.linspace(0.97, 1.01, oracle.size)
    cold, warm = maximize(oracle, b=changed), maximize(oracle, b=changed, start=last.state)
    assert warm.bound == pytest.approx(cold.bound, rel=3e-6)
    assert warm.calls <= 4
    assert warm.calls < cold.calls


def test_a_warm_start_with_changed_groups_is_valid():
    """Cuts of changed groups are dropped: the bound stays below the new optimum."""
    plans, b = some_plans(groups=8)
    last = maximize(plans, b=b)
    cheaper = Plans(plans.cost.copy(), plans.use)
    cheaper.cost[3] -= 5.0
    warm = maximize(cheaper, b=b, start=last.state, changed_groups=[3], relative_gap=1e-9)
    cold = maximize(cheaper, b=b, relative_gap=1e-9)
    assert warm.bound == pytest.approx(cold.bound, rel=1e-7)


def test_states_and_results_are_values():
    """A state equals its copies; damaged bytes are refused; results survive pickling."""
    plans, b = some_plans()
    result = maximize(plans, b=b)
    state = result.state
    assert state.to_bytes() == State.from_bytes(bytearray(state.to_bytes())).to_bytes()
    assert State.from_bytes(memoryview(state.to_bytes())) == state == pickle.loads(pickle.dumps(state))
    assert state.multipliers.tolist() == result.multipliers.tolist()
    assert state.bound == result.bound
    assert state.calls == result.calls
    assert "multipliers" in repr(state)
    for damaged in (b"", state.to_bytes()[:-3], b"x" * 100, state.to_bytes()[:40] + b"?" + state.to_bytes()[41:]):
        with pytest.raises(InputError):
            State.from_bytes(damaged)
    again = pickle.loads(pickle.dumps(result))
    assert again.weights == result.weights
    assert again.columns == result.columns
    assert repr(again) == repr(result)


# ---- faults ----------------------------------------------------------------------------------------------------


def test_an_oracle_that_raises_names_its_group():
    """The original is the cause and carries a note; group and state are on the error, which survives pickling."""

    def fails(multipliers, group):
        if group == 3 and multipliers[0] > 0:
            raise ZeroDivisionError("no stock")
        return 0.0, [1.0]

    with pytest.raises(OracleError, match="the oracle at group 3 raised ZeroDivisionError: no stock") as caught:
        maximize(fails, b=[2], groups=5)
    assert caught.value.group == 3
    assert caught.value.state.calls >= 1
    assert np.isfinite(caught.value.state.bound)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert any("group 3" in note for note in caught.value.__cause__.__notes__)
    assert pickle.loads(pickle.dumps(caught.value)).state == caught.value.state


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (5.0, "answer of group 1 = float: must be a Reply"),
        ((1.0,), "tuple of 1"),
        ((1.0, [1.0, 2.0]), r"reply of group 1.gradient = of shape \(2,\): must have the shape \(1,\)"),
        ((1.0, ["a"]), "must be numbers"),
        (("a", [1.0]), "reply of group 1.value = 'a': must be a number"),
        ((1.0, [1.0], -1), "tag: must be whole numbers"),
        ((1.0, [1.0], 0.5), "tag: must be whole numbers"),
        ({"value": 1.0, "gradient": [1.0], "hesian": [[1.0]]}, "did you mean 'hessian'"),
        ({"value": 1.0}, "group 1.gradient: must be given"),
        (Reply(1.0, [1.0], diagonal=[1.0, 2.0]), "reply of group 1.diagonal"),
        (Reply(1.0, [1.0], hessian=[1.0, 2.0]), "reply of group 1.hessian"),
    ],
)
def test_an_answer_that_is_none_names_its_group(answer, text):
    """Wrong kinds and lengths are errors that say what would be right."""
    with pytest.raises(OracleError, match=text) as caught:
        maximize(lambda _, group: answer if group == 1 else (0.0, [0.0]), b=1, groups=3)
    assert caught.value.group == 1
    assert isinstance(caught.value.__cause__, InputError)


def test_a_batch_of_the_wrong_shape():
    """Each field of a batch is checked against groups and multipliers."""
    sparse = pytest.importorskip("scipy.sparse")
    good = {"values": [1.0, 2.0], "gradients": [[1.0], [1.0]]}
    for wrong, text in (
        ({"values": [1.0]}, "replies.values"),
        ({"gradients": [1.0]}, "replies.gradients"),
        ({"gradients": sparse.eye_array(3).tocsr()}, "replies.gradients"),
        ({"tags": [1]}, "replies.tags"),
        ({"diagonal": [[1.0]]}, "replies.diagonal"),
        ({"hessian": [[1.0, 2.0]]}, "replies.hessian"),
        ({"value_errors": [0.0, 0.0, 0.0]}, "replies.value_errors"),
        ({"upper": [1.0]}, "replies.upper"),
    ):

        class Wrong:
            groups = 2
            answer = {**good, **wrong}  # noqa: RUF012

            def evaluate_all(self, _):
                return self.answer

        with pytest.raises(OracleError, match=text):
            maximize(Wrong(), b=1)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", ["value", "gradient", "value_error", "diagonal"])
def test_what_is_not_finite_is_a_status(bad, where):
    """The status says so, the diagnosis names the group, and the best before it is kept."""
    calls = []

    def breaks(multipliers, group):
        calls.append(group)
        reply = {"value": min(3 + multipliers[0], 5.0), "gradient": [float(3 + multipliers[0] < 5)]}
        reply |= {"value_error": 0.0, "diagonal": [1.0]}
        if group == 2 and len(calls) > 8:
            reply[where] = bad if where in ("value", "value_error") else [bad]
        return reply

    result = maximize(breaks, b=[1], groups=4)
    assert result.status is Status.NUMERICAL_ERROR
    assert "group 2" in result.diagnosis
    assert np.isfinite(result.bound)
    assert result.state.calls == result.calls >= 1


def test_an_inexact_oracle_is_believed_up_to_its_error():
    """Values up to 0.01 too high, and told so: the bound is still valid, and the solve ends."""
    plans, b = some_plans()
    best = maximize(plans, b=b, relative_gap=1e-9).bound

    class Inexact(Plans):
        def evaluate_all(self, multipliers):
            values, gradients, tags = super().evaluate_all(multipliers)
            high = 0.01 * np.abs(np.sin(1e4 * multipliers.sum() + np.arange(self.groups)))
            return Replies(values + high, gradients, tags, value_errors=0.01)

    result = maximize(Inexact(plans.cost, plans.use), b=b, max_calls=300)
    assert result.bound <= best + 1e-9
    assert result.bound >= best - 0.01 * plans.groups - 1e-3 * abs(best)
    assert result.calls < 300


def test_a_lying_value_error_is_found_out():
    """Values up to 1 too high that do not say so contradict the gradients; the result tells by how much."""
    plans, b = some_plans(groups=12, size=6)

    class Lies(Plans):
        def evaluate_all(self, multipliers):
            values, gradients, tags = super().evaluate_all(multipliers)
            return values + np.abs(np.sin(1e4 * multipliers.sum() + np.arange(self.groups))), gradients, tags

    honest = maximize(plans, b=b, relative_gap=1e-9)
    lying = maximize(Lies(plans.cost, plans.use), b=b, relative_gap=1e-9, max_calls=50)
    assert honest.inconsistency < 1e-9
    assert lying.inconsistency > 0.1
    assert lying.status not in (Status.OPTIMAL, Status.FEASIBLE)
    assert re.search(r"group \d+ contradicts itself", lying.diagnosis)
    assert lying.state.calls == lying.calls


def test_constraints_that_no_plan_can_keep():
    """The dual has no largest value: the status says so, with the ray and what lacks; multipliers stay finite."""
    seen = []

    class Watched(Plans):
        def evaluate_all(self, multipliers):
            seen.append(np.isfinite(multipliers).all())
            return super().evaluate_all(multipliers)

    result = maximize(Watched([[1.0, 2.0]], [[[1.0], [2.0]]]), b=[3], lower=None, max_calls=200)
    assert result.status is Status.UNBOUNDED
    assert result.ray.tolist() == [-1.0]
    assert "b[0] less by 1" in result.diagnosis
    assert np.isfinite(result.multipliers).all()
    assert all(seen)
    assert maximize(*some_plans()[:1], b=some_plans()[1]).ray.size == 0


def test_a_known_cost_below_the_bound():
    """No plan can cost that: the status is no success, and the diagnosis says who told."""
    plans, b = some_plans()
    best = maximize(plans, b=b).bound
    result = maximize(plans, b=b, known_upper=best - 0.1 * abs(best))
    assert result.status is Status.INFEASIBLE
    assert "upper given" in result.diagnosis
    assert result.gap >= 0


def test_the_callback_hears_nothing_after_the_end():
    """One report a step; after the last, or after it asked to stop, none."""
    plans, b = some_plans()
    seen = []
    result = maximize(plans, b=b, callback=seen.append)
    assert len(seen) <= result.calls


def test_wrong_input_names_every_entry():
    """Each finding has its name and what would be right, all in one error."""
    with pytest.raises(InputError) as caught:
        maximize(lambda _: (0.0, [0.0, 0.0]), b=[1, 2], upper=[1, 2, 3], method="bundel", max_calls=0, cut_groups=2.5)
    for part in ("4 problems", "upper = of shape (3,)", "did you mean 'bundle'", "max_calls = 0", "cut_groups = 2.5"):
        assert part in str(caught.value)
    with pytest.raises(InputError) as caught:
        maximize(lambda _: (0.0, [0.0, 0.0]), b=[np.nan, 2], lower=[3, 0], upper=[2, np.nan])
    for part in ("b[0]", "lower[0]", "upper[1]"):
        assert part in str(caught.value)
    plans, b = some_plans()
    state = maximize(plans, b=b, max_calls=2).state
    for oracle, options, text in (
        (3, {"b": 1}, "oracle = int"),
        (lambda _l, _g: None, {"b": 1}, "needs the number of groups"),
        (lambda: None, {"b": 1}, "must take (multipliers)"),
        (lambda _l, _g: None, {"b": 1, "groups": 0}, "groups = 0"),
        (plans, {"b": b, "groups": 2}, "the oracle itself says 6"),
        (plans, {"b": b[:2]}, "b = of shape (2,)"),
        (plans, {"b": "a"}, "must be numbers"),
        (plans, {"b": b, "metric": "euclid"}, "metric = 'euclid'"),
        (plans, {"b": b, "relative_gap": -1}, "relative_gap"),
        (plans, {"b": b, "known_upper": np.nan}, "known_upper"),
        (plans, {"b": b, "time_limit": 0}, "time_limit"),
        (plans, {"b": b, "changed_groups": [6]}, "changed_groups[0] = 6: must be a group, 0 to 5"),
        (plans, {"b": b, "start": b"bytes"}, "start = bytes: must be a State"),
        (plans, {"b": b, "start": state, "resume": state}, "resume"),
        (plans, {"b": b, "resume": state, "method": "volume"}, "resume"),
        (plans, {"b": b, "method": "adagrad"}, "give the oracle evaluate(multipliers, group)"),
        (Plans(np.zeros((1, 1)), np.zeros((1, 1, 2))), {"b": 1, "start": state}, "start"),
        (plans, {"b": b, "display": "often"}, "display"),
    ):
        with pytest.raises(InputError, match=re.escape(text)):
            maximize(oracle, **options)


# ---- stopping, watching, showing -------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["oracle", "solver"])
def test_ctrl_c_returns_the_best_so_far(where):
    """Ctrl-C, in the oracle or in the solver, returns within a second with status INTERRUPTED and all that is known."""
    plans, b = (
        some_plans(groups=200, plans=60, size=500) if where == "solver" else some_plans(groups=60, plans=40, size=5)
    )
    asked = []

    class Slow(Plans):
        def evaluate_all(self, multipliers):
            for _ in range(100 if where == "oracle" else 0):
                time.sleep(0.01)
            return super().evaluate_all(multipliers)

    def interrupt():
        asked.append(time.perf_counter())
        _thread.interrupt_main()

    timer = threading.Timer(1.5 if where == "oracle" else 0.3, interrupt)
    timer.start()
    try:
        result = maximize(Slow(plans.cost, plans.use), b=b, lower=None, relative_gap=0, cut_groups=200)
    finally:
        timer.cancel()
    assert result.status is Status.INTERRUPTED, result.summary()
    assert time.perf_counter() - asked[0] < 1.0
    assert np.isfinite(result.bound)
    assert result.calls == result.state.calls >= 1


def test_time_limit_and_callback_stop():
    """The deadline holds; a callback that answers False stops; progress arrives on the caller's thread."""
    plans, b = some_plans()

    def slow(multipliers):
        time.sleep(0.02)
        values, gradients, _ = plans.evaluate_all(multipliers)
        return values.sum(), gradients.sum(0)

    start = time.perf_counter()
    result = maximize(slow, b=b, time_limit=0.1, relative_gap=0)
    assert time.perf_counter() - start < 1.0
    assert result.status is Status.TIME_LIMIT
    seen = []

    def watch(progress):
        seen.append(progress)
        assert threading.current_thread() is threading.main_thread()
        return len(seen) < 3

    result = maximize(plans, b=b, callback=watch, relative_gap=0)
    assert result.status is Status.INTERRUPTED
    assert len(seen) == 3
    assert seen[-1].bound == result.bound


def test_other_exceptions_pass_unchanged():
    """SystemExit and a signal's handler are nobody's fault; a callback's error names it and keeps the state."""

    def leave(_):
        sys.exit(3)

    with pytest.raises(SystemExit):
        maximize(leave, b=1)
    plans, b = some_plans(groups=200, plans=60, size=500)

    def out_of_time(*_):
        raise TimeoutError("too late")

    before = signal.signal(signal.SIGUSR1, out_of_time)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    try:
        with pytest.raises((TimeoutError, OracleError), match="too late"):
            maximize(plans, b=b, lower=None, relative_gap=0, cut_groups=200)
    finally:
        timer.cancel()
        signal.signal(signal.SIGUSR1, before)
    plans, b = some_plans()
    for name in ("callback", "primal", "checkpoint"):

        def fails(_):
            raise KeyError("x")

        with pytest.raises(OracleError, match=f"the {name} function raised KeyError") as caught:
            maximize(plans, b=b, **{name: fails}, checkpoint_every=1, primal_every=1)
        assert caught.value.group is None
        assert caught.value.state is not None


def test_display_and_logging(capfd, caplog):
    """Nothing is printed unless asked for."""
    plans, b = some_plans()
    maximize(plans, b=b)
    assert capfd.readouterr().out == ""
    with caplog.at_level("INFO", logger="meio"):
        maximize(plans, b=b, display=True)
    assert "lagrangian.Result" in capfd.readouterr().out
    assert "lagrangian.Result" in caplog.text


def test_the_result_in_words_and_frames(monkeypatch):
    """Summary and repr tell the bound; the history is a pandas frame, or a table where pandas is not."""
    plans, b = some_plans()
    result = maximize(plans, b=b)
    assert f"{result.bound:.10g}" in result.summary()
    assert f"{result.bound:.10g}" in repr(result)
    pandas = pytest.importorskip("pandas")
    assert isinstance(result.history, pandas.DataFrame)
    assert list(result.history) == ["call", "value", "bound", "upper", "step", "seconds"]
    assert len(result.history) == result.calls
    assert (result.history["bound"].diff().dropna() >= 0).all()
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert isinstance(result.history, Table)
    assert result.history["bound"][-1] == result.bound


def test_the_picture(monkeypatch):
    """Axes come back, given ones are used; without matplotlib the error names what to install."""
    plans, b = some_plans()
    result = maximize(plans, b=b, known_upper=1000.0)
    matplotlib = pytest.importorskip("matplotlib.pyplot")
    _, axes = matplotlib.subplots()
    assert result.plot_convergence(ax=axes) is axes
    assert len(axes.lines) == 3
    assert maximize(plans, b=b).plot_convergence().get_xlabel() == "calls of the oracle"
    matplotlib.close("all")
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"pip install 'meio\[plot\]'"):
        result.plot_convergence()


def test_the_page_of_the_block():
    """The Python programs of docs/lagrangian.md run one after the other."""
    text = (Path(__file__).parents[2] / "docs/lagrangian.md").read_text()
    programs = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert programs
    names: dict[str, object] = {}
    for program in programs:
        exec(compile(program, "lagrangian.md", "exec"), names)
