# SPDX-License-Identifier: MIT
"""Linear programs from Python: against HiGHS, certificates recomputed by NumPy, warm changes, SciPy's call shape."""

from __future__ import annotations

import copy
import itertools
import os
import pickle
import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meio import InputError, Status, transport
from meio.transport import LinearProgram, RevisedSimplex

INF = np.inf


@st.composite
def programs(draw):
    """Small programs, whole or real, with ties, empty rows, equations, free, fixed and boxed variables."""
    m, n = draw(st.integers(0, 5)), draw(st.integers(1, 6))
    unit = draw(
        st.sampled_from([1.0, 0.125, 1 / 3])
    )  # real numbers well above the tolerances of HiGHS, sums that round
    number = st.integers(-9, 9).map(lambda k: k * unit) if unit < 1 else st.integers(-3, 3)

    def vector(size, strategy=number):
        return np.array(draw(st.lists(strategy, min_size=size, max_size=size)), dtype=float)

    matrix = vector(m * n).reshape(m, n)
    costs = vector(n)
    lower = vector(n, st.one_of(st.just(0.0), st.just(-INF), number))
    upper = np.maximum(np.where(np.isinf(lower), -3, lower), lower) + vector(
        n, st.one_of(st.just(INF), st.integers(0, 4))
    )
    center = matrix @ np.clip(1.0, lower, upper) if draw(st.booleans()) else vector(m)
    row_lower = center - vector(m, st.one_of(st.just(INF), st.integers(0, 2)))
    row_upper = center + vector(m, st.one_of(st.just(INF), st.integers(0, 2)))
    return costs, matrix, row_lower, row_upper, lower, upper


def program_of(problem):
    costs, matrix, row_lower, row_upper, lower, upper = problem
    return LinearProgram(costs, matrix, row_lower=row_lower, row_upper=row_upper, lower=lower, upper=upper)


def highs(problem, costs=None):
    """SciPy's answer, or that of feasibility alone with zero costs."""
    from scipy.optimize import linprog

    own, matrix, row_lower, row_upper, lower, upper = problem
    low, high = np.isfinite(row_lower), np.isfinite(row_upper)
    rows = np.vstack((-matrix[low], matrix[high])), np.concatenate((-row_lower[low], row_upper[high]))
    bounds = np.column_stack((lower, upper))
    return linprog(own if costs is None else costs, *rows, bounds=bounds, method="highs")


def extreme(weights, low, high):
    """The least of weights @ z over low <= z <= high."""
    used = weights != 0
    return float(np.where(weights > 0, low, high)[used] @ weights[used])


def check(problem, result):
    """What the result claims, by NumPy alone; the tolerances are those of the solver on numbers of some units."""
    costs, matrix, row_lower, row_upper, lower, upper = problem
    if result.status is Status.INFEASIBLE:
        y = result.farkas
        g = y @ matrix
        g[np.abs(g) <= 1e-9 * (np.abs(y) @ np.abs(matrix))] = 0
        amount = extreme(y, row_lower, row_upper) + extreme(-g, lower, upper)
        assert amount > 0
        assert amount == pytest.approx(result.farkas_amount, rel=1e-6)
        assert result.bound == INF
        assert highs(problem, 0 * costs).status == 2
        return
    x, activity = result.x, matrix @ result.x
    assert ((x >= lower - 1e-7) & (x <= upper + 1e-7)).all()
    assert ((activity >= row_lower - 1e-7) & (activity <= row_upper + 1e-7)).all()
    if result.status is Status.UNBOUNDED:
        # HiGHS calls some of these infeasible; the point and the ray prove that they are not.
        ray, slope = result.ray, matrix @ result.ray
        scale = np.abs(ray).max()
        assert costs @ ray == pytest.approx(result.ray_cost)
        assert costs @ ray < 0
        assert (ray[np.isfinite(lower)] >= -1e-9 * scale).all()
        assert (ray[np.isfinite(upper)] <= 1e-9 * scale).all()
        assert (slope[np.isfinite(row_lower)] >= -1e-8 * scale).all()
        assert (slope[np.isfinite(row_upper)] <= 1e-8 * scale).all()
        assert highs(problem).status in (2, 3, 4)
        return
    assert result.status is Status.OPTIMAL
    y, reduced = result.row_duals, costs - result.row_duals @ matrix
    np.testing.assert_allclose(result.reduced_costs, reduced, atol=1e-8)
    for dual, value, low, high in ((y, activity, row_lower, row_upper), (reduced, x, lower, upper)):
        assert (dual[value > low + 1e-6] <= 1e-7).all()
        assert (dual[value < high - 1e-6] >= -1e-7).all()
    held = np.where(np.abs(reduced) > 1e-7, reduced, 0)
    signed = np.where(np.abs(y) > 1e-7, y, 0)
    bound = extreme(signed, row_lower, row_upper) + extreme(held, lower, upper)
    assert bound == pytest.approx(result.objective, rel=1e-6, abs=1e-5)
    assert result.objective == pytest.approx(costs @ x, rel=1e-9, abs=1e-9)
    assert result.gap <= 1e-8
    truth = highs(problem)
    assert truth.status == 0
    assert result.objective == pytest.approx(truth.fun, rel=1e-7, abs=1e-6)


@settings(max_examples=200)
@given(programs(), st.sampled_from(["automatic", "slack", "network"]))
def test_equals_highs(problem, crash):
    """Status and optimum agree with HiGHS; duals, Farkas multipliers and rays are proven by NumPy."""
    check(problem, transport.solve_linear(program_of(problem), crash=crash))


@settings(max_examples=60)
@given(programs(), st.integers(0, 2**32 - 1))
def test_warm_equals_cold(problem, seed):
    """After each change of costs, bounds, rows or variables the warm answer is a right one."""
    draw = np.random.default_rng(seed)
    costs, matrix, row_lower, row_upper, lower, upper = (part.copy() for part in problem)
    simplex = RevisedSimplex(program_of(problem))
    simplex.solve()
    for _ in range(5):
        m, n = matrix.shape
        kind = draw.integers(5)
        if kind == 0:
            costs = draw.integers(-3, 4, n).astype(float)
            simplex.set_costs(costs)
        elif kind == 1:
            j = int(draw.integers(n))
            lower[j], upper[j] = (-1, 2) if draw.random() < 0.5 else (0, INF)
            simplex.set_variable_bounds(j, lower=lower[j], upper=upper[j])
        elif kind == 2 and m:
            i = int(draw.integers(m))
            row_lower[i], row_upper[i] = (-INF, 2) if draw.random() < 0.5 else (1, 1)
            simplex.set_row_bounds(i, lower=row_lower[i], upper=row_upper[i])
        elif kind == 3:
            row = draw.integers(-2, 3, n).astype(float)
            matrix = np.vstack((matrix, row))
            row_lower, row_upper = np.append(row_lower, -INF), np.append(row_upper, 3)
            assert simplex.add_row(row, upper=3) == m
        else:
            column = draw.integers(-2, 3, m).astype(float)
            matrix = np.hstack((matrix, column[:, None]))
            costs, lower, upper = np.append(costs, 1), np.append(lower, 0), np.append(upper, 4)
            assert simplex.add_variable(1, {i: v for i, v in enumerate(column) if v}, upper=4) == n
        changed = costs, matrix, row_lower, row_upper, lower, upper
        check(changed, simplex.solve())
        assert simplex.shape == matrix.shape


def test_warm_start_is_warm():
    """Added rows and a kept basis cost few pivots; a basis goes over into another solver."""
    rng = np.random.default_rng(2)
    m, n = 30, 60
    program = LinearProgram(
        rng.integers(1, 50, n), rng.integers(0, 9, (m, n)), row_lower=rng.integers(20, 99, m), upper=9
    )
    simplex = RevisedSimplex(program)
    cold = simplex.solve()
    assert cold.status is Status.OPTIMAL
    assert simplex.solve().iterations == 0
    simplex.add_row(rng.integers(0, 9, n), lower=float(cold.x.sum()) * 4)
    assert simplex.solve().iterations < cold.iterations / 2
    other = transport.solve_linear(program, basis=cold.basis)
    assert other.iterations == 0
    assert other.objective == pytest.approx(cold.objective)
    basis = cold.basis
    assert (basis.variables == transport.BasisStatus.BASIC).sum() + (
        basis.rows == transport.BasisStatus.BASIC
    ).sum() == m
    simplex.forget_basis()
    assert simplex.solve().iterations > 0


@given(st.integers(0, 2**32 - 1))
def test_transport_program(seed):
    """The program of a transportation problem has its optimum and duals, with every crash; a further row only costs."""
    draw = np.random.default_rng(seed)
    m, n = draw.integers(1, 6, 2)
    costs = np.where(draw.random((m, n)) < 0.8, draw.integers(0, 20, (m, n)), INF)
    supply, demand = draw.integers(1, 20, m), draw.integers(0, 8, n)
    direct = transport.solve(costs, supply, demand)
    program = transport.transport_program(costs, supply, demand)
    for crash in ("automatic", "slack", "network"):
        result = transport.solve_linear(program, crash=crash)
        assert result.status is direct.status
        if result.status is Status.OPTIMAL:
            assert result.objective == pytest.approx(direct.objective, abs=1e-7)
            duals = result.row_duals[:m] @ supply + result.row_duals[m : m + n] @ demand
            assert duals == pytest.approx(direct.objective, abs=1e-7)
            flows = program.flows(result.x)
            np.testing.assert_allclose(flows.sum(0), demand, atol=1e-7)
            assert not flows[np.isinf(costs)].any()
    if direct.status is Status.OPTIMAL:
        hours = draw.integers(0, 3, (m, n))
        program.add_row(hours, upper=float((hours * direct.flows).sum()) / 2)
        tight = transport.solve_linear(program)
        assert tight.status is Status.INFEASIBLE or tight.objective >= direct.objective - 1e-7
    exact = transport.transport_program(costs, supply, demand, supply_relation="exactly", demand_relation="at_least")
    other = transport.solve(costs, supply, demand, supply_relation="exactly", demand_relation="at_least")
    assert transport.solve_linear(exact).status is other.status


def test_program_reads_sparse_and_copies():
    """A sparse matrix is the dense one; later changes reach neither the caller's arrays nor a solver made before."""
    sparse = pytest.importorskip("scipy.sparse")
    dense = np.array([[1.0, 0, 2], [0, 3, 0]])
    for make in (sparse.csr_matrix, sparse.coo_array, sparse.csc_array):
        np.testing.assert_array_equal(LinearProgram([1, 2, 3], make(dense)).matrix, dense)
    upper = np.full(3, 4.0)
    program = LinearProgram([-1, -1, -1], dense, row_upper=[4, 6], upper=upper)
    simplex = RevisedSimplex(program)
    program.add_row({0: 1, 2: 1}, upper=0)
    upper[:] = 0
    assert simplex.solve().objective == pytest.approx(-6)
    assert program.shape == (3, 3)
    assert transport.solve_linear(program).objective == pytest.approx(-2)
    assert LinearProgram().shape == (0, 0)
    assert transport.solve_linear(LinearProgram()).status is Status.OPTIMAL
    twins = copy.deepcopy(program), pickle.loads(pickle.dumps(program))
    assert all(transport.solve_linear(twin).objective == pytest.approx(-2) for twin in twins)
    grown = LinearProgram()
    first = grown.add_variable(2, lower=1)
    grown.add_row([1.0], lower=3)
    grown.add_variable(1, {0: 1}, upper=1)
    assert transport.solve_linear(grown).x.tolist() == [2, 1]
    assert first == 0


def test_wrong_programs():
    """Wrong shapes, numbers, bounds, indices and options are named by place."""
    simplex = RevisedSimplex(LinearProgram([1, 2], [[1, 1]], row_lower=1))
    for call, word in (
        (lambda: LinearProgram([1, np.nan]), r"costs\[1\]"),
        (lambda: LinearProgram([1, 2], [[1, np.nan]]), r"matrix\[0,1\]"),
        (lambda: LinearProgram([1, 2], [[1, 2, 3]]), "3 columns"),
        (lambda: LinearProgram([1, 2], [[1, 2]], row_upper=[1, 2]), "row_upper"),
        (lambda: LinearProgram([1, 2], lower=[0, 5], upper=[1, 4]), r"lower\[1\]"),
        (lambda: LinearProgram([1, 2], lower=np.nan), r"lower\[0\]"),
        (lambda: LinearProgram([1, 2], lower=INF), r"lower\[0\]"),
        (lambda: LinearProgram([1, 2], [["a", 1]]), "matrix"),
        (lambda: LinearProgram([1]).add_row({1: 2}), r"coefficients\[0\] = 1"),
        (lambda: LinearProgram([1]).add_row({"x": 2}), "whole numbers"),
        (lambda: LinearProgram([1]).add_row([1, 2]), "2 entries"),
        (lambda: LinearProgram([1]).add_row([np.nan]), "finite"),
        (lambda: LinearProgram([1]).add_row([1], lower=2, upper=1), "above"),
        (lambda: LinearProgram([1]).add_variable(INF), "cost"),
        (lambda: transport.transport_program([[1, np.nan]], [1], [1, 1]), r"costs\[0,1\]"),
        (lambda: transport.transport_program([[1, 2]], [1, 1], [1, 1]), "shape"),
        (lambda: transport.transport_program([[1, 2]], [-1], [1, INF]), r"supply\[0\]"),
        (lambda: transport.transport_program([[1, INF]], [1], [1, 1]).add_row({(0, 1): 1}), "of an arc"),
        (lambda: transport.transport_program([[1, 2]], [1], [1, 1]).add_row(np.ones((2, 2))), "sources by"),
        (lambda: RevisedSimplex([1, 2]), "LinearProgram"),
        (lambda: RevisedSimplex(LinearProgram([1]), crash="fast"), "crash"),
        (lambda: RevisedSimplex(LinearProgram([1]), primal_tolerance=1), "primal_tolerance"),
        (lambda: RevisedSimplex(LinearProgram([1]), refactor_interval=2**40), "refactor_interval"),
        (lambda: simplex.set_cost(2, 1), "variable"),
        (lambda: simplex.set_costs([1]), "costs"),
        (lambda: simplex.set_row_bounds(-1), "row"),
        (lambda: simplex.set_row_bounds(0, lower=np.nan), "lower"),
        (lambda: simplex.add_variable(1, {3: 1}), "coefficients"),
        (lambda: simplex.set_basis(transport.LinearBasis([0, 0], [7])), r"basis.rows\[0\] = 7"),
        (lambda: simplex.set_basis(transport.LinearBasis([0], [0])), "basis.variables"),
        (lambda: simplex.solve(time_limit=-1), "time_limit"),
    ):
        with pytest.raises(InputError, match=word):
            call()
    assert simplex.solve().objective == 1  # none of it has left a trace


@settings(max_examples=100)
@given(programs())
def test_linprog_answers_as_scipy(problem):
    """One import changed: statuses, optima, residuals, and marginals that are the derivatives SciPy defines."""
    from scipy import sparse
    from scipy.optimize import linprog

    costs, matrix, _, row_upper, lower, upper = problem
    free = np.isinf(row_upper)
    arguments = {
        "A_ub": matrix[~free],
        "b_ub": row_upper[~free],
        "A_eq": matrix[free],
        "b_eq": np.ones(free.sum()),
        "bounds": [(None if a == -INF else a, None if b == INF else b) for a, b in zip(lower, upper, strict=True)],
    }
    theirs = linprog(costs, **arguments)
    ours = transport.linprog(costs, **{**arguments, "A_ub": sparse.csr_matrix(matrix[~free])})
    if ours.status != theirs.status:
        assert (ours.status, theirs.status) in ((3, 2), (3, 4))  # certified above: HiGHS errs
        return
    if ours.status != 0:
        assert ours.x is None
        assert ours.fun is None
        assert ours.ineqlin.marginals is None
        assert not ours.success
        return
    assert ours.fun == pytest.approx(theirs.fun, rel=1e-7, abs=1e-6)
    for name, wanted in theirs.items():
        if name in ("ineqlin", "eqlin", "lower", "upper"):
            for part in ("residual", "marginals"):
                assert ours[name][part].shape == wanted[part].shape
    assert (ours.ineqlin.marginals <= 0).all()
    assert (ours.upper.marginals <= 0).all()
    assert (ours.lower.marginals >= 0).all()
    total = ours.ineqlin.marginals @ arguments["b_ub"] + ours.eqlin.marginals.sum()
    for side, bounds in (("lower", lower), ("upper", upper)):
        priced = np.abs(ours[side].marginals) > 1e-9
        total += ours[side].marginals[priced] @ bounds[priced]
    assert total == pytest.approx(ours.fun, rel=1e-6, abs=1e-5)
    np.testing.assert_allclose(ours.slack, arguments["b_ub"] - arguments["A_ub"] @ ours.x, atol=1e-9)
    np.testing.assert_allclose(ours.con, 1 - arguments["A_eq"] @ ours.x, atol=1e-9)
    np.testing.assert_allclose(ours.lower.residual, ours.x - lower)


def test_linprog_marginals_are_scipys():
    """Where duals are unique they are SciPy's, sign by sign."""
    linprog = pytest.importorskip("scipy.optimize").linprog
    costs = np.array([8, 6, 10, 9, 9, 12, 13, 7, 14, 9, 16, 5]) + np.random.default_rng(4).random(12)
    send, take = np.kron(np.eye(3), np.ones(4)), np.kron(np.ones(3), np.eye(4))
    arguments = (costs, send, [36.1, 50, 40], take, [45, 20.2, 30.3, 30.4], (0, 27.7))
    ours, theirs = transport.linprog(*arguments), linprog(*arguments)
    assert ours.fun == pytest.approx(theirs.fun)
    np.testing.assert_allclose(ours.x, theirs.x, atol=1e-9)
    for name in ("ineqlin", "eqlin", "lower", "upper"):
        np.testing.assert_allclose(ours[name].marginals, theirs[name].marginals, atol=1e-9)
        np.testing.assert_allclose(ours[name].residual, theirs[name].residual, atol=1e-9)


def exact_optimum(costs, matrix, limits):
    """The least costs @ x over matrix @ x <= limits, x >= 0, in fractions by enumeration; None where infeasible."""
    m, n = matrix.shape
    wide = [[Fraction(v) for v in row] + [Fraction(int(i == k)) for k in range(m)] for i, row in enumerate(matrix)]
    prices = [Fraction(c) for c in costs] + [Fraction(0)] * m
    best = None
    for basis in itertools.combinations(range(n + m), m):
        rows = [[row[j] for j in basis] + [Fraction(limits[i])] for i, row in enumerate(wide)]
        for k in range(m):
            pivot = next((r for r in range(k, m) if rows[r][k]), None)
            if pivot is None:
                break
            rows[k], rows[pivot] = rows[pivot], rows[k]
            rows[k] = [v / rows[k][k] for v in rows[k]]
            for r in range(m):
                if r != k and rows[r][k]:
                    rows[r] = [a - rows[r][k] * b for a, b in zip(rows[r], rows[k], strict=True)]
        else:
            if min(row[m] for row in rows) >= 0:
                value = sum(prices[j] * rows[i][m] for i, j in enumerate(basis))
                best = value if best is None else min(best, value)
    return best


@pytest.mark.parametrize("decades", [2, 6, 8])
def test_spread_over_decades(decades):
    """Entries over twice so many powers of ten: the optimum of the fractions, and no bound above it by even a bit."""
    draw = np.random.default_rng(decades)
    for _ in range(int(os.environ.get("MEIO_SPREAD_PROGRAMS", "150"))):
        m, n = draw.integers(2, 5, 2)

        def spread(*shape):
            return draw.normal(size=shape) * 10 ** draw.uniform(-decades, decades, shape)

        matrix, limits, costs = spread(m, n), np.abs(spread(m)) * draw.choice([1, 1, 1, -1], m), spread(n)
        matrix[-1], limits[-1] = np.abs(matrix[-1]) + 1e-3, np.abs(limits[-1]) + 1  # keeps it bounded
        exact = exact_optimum(costs, matrix, limits)
        found = transport.solve_linear(LinearProgram(costs, matrix, row_upper=limits))
        if exact is None:
            assert found.status is Status.INFEASIBLE
            continue
        assert found.status is Status.OPTIMAL
        assert abs(Fraction(found.objective) - exact) <= abs(exact) * Fraction(1, 10**13)
        assert Fraction(found.bound) <= exact


def test_linprog_manners():
    """SciPy's forms of bounds and its options are taken; what is not offered is refused; infeasible has no x."""
    linprog = transport.linprog
    assert linprog([1, 1], bounds=[(1, None)]).fun == 2
    assert linprog([1, 1], bounds=(1, 3)).fun == 2
    assert linprog([1, 1], bounds=np.array([[1, np.inf], [2, 3]])).fun == 3
    assert linprog([-1, 1], bounds=None).status == 3
    crossed = linprog([1, 1], bounds=[(3, 2), (0, 1)])
    assert crossed.status == 2
    assert "x[0]" in crossed.message
    none = linprog([1, 1], A_ub=[[1, 1]], b_ub=[-4])
    assert none.status == 2
    assert none.result.farkas @ [-4] > 0
    assert linprog([[1], [1]], A_ub=[[-1, -1]], b_ub=-4).fun == 4
    limited = linprog([-1, -2], A_ub=[[1, 1]], b_ub=[4], options={"maxiter": 100, "disp": False}, method="highs-ds")
    assert limited.fun == -8
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "fun" in dir(limited)
        assert "success" in repr(limited)
    assert pickle.loads(pickle.dumps(limited)).fun == -8
    with pytest.raises(AttributeError):
        _ = limited.nothing
    for call, word in (
        (lambda: linprog([1], A_ub=[[1]]), "A_ub"),
        (lambda: linprog([1], b_ub=[1]), "A_ub"),
        (lambda: linprog([1], A_eq=[[1, 2]], b_eq=[1]), "shape"),
        (lambda: linprog([1], A_eq=[[np.nan]], b_eq=[1]), r"A_eq\[0,0\]"),
        (lambda: linprog([1], A_eq=[[1]], b_eq=[np.nan]), r"b_eq\[0\]"),
        (lambda: linprog([1, 2], bounds=[(0, 1)] * 3), "bounds"),
        (lambda: linprog([1, 2], bounds=(np.inf, None)), r"bounds\[0,0\]"),
        (lambda: linprog([1], integrality=1), "integrality"),
        (lambda: linprog([1], callback=print), "callback"),
        (lambda: linprog([1], method="magic"), "method"),
        (lambda: linprog([1], options={"maxitr": 3}), "did you mean 'maxiter'"),
        (lambda: linprog(["1"]), "text"),
    ):
        with pytest.raises(InputError, match=word):
            call()
