# SPDX-License-Identifier: MIT
"""Laws that every distribution obeys, and the array conventions of the bindings."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import meio
from meio.distributions import (
    CompoundPoisson,
    Discrete,
    Distribution,
    Empirical,
    Gamma,
    Lognormal,
    Mixture,
    NegativeBinomial,
    Normal,
    Poisson,
    fit_moments,
    sample_binomial,
)

positive = st.floats(0.05, 50)
simple = st.one_of(
    st.builds(Normal, st.floats(-20, 100), positive),
    st.builds(Gamma, positive, positive),
    st.builds(Lognormal, st.floats(-2, 4), st.floats(0.05, 1.2)),
    st.builds(Poisson, positive),
    st.builds(NegativeBinomial, positive, st.floats(0.02, 0.98)),
    st.builds(Empirical, st.lists(st.integers(0, 40), min_size=1, max_size=20)),
    st.builds(CompoundPoisson, st.floats(0.1, 8), st.just(Discrete([1, 2, 6], [0.5, 0.3, 0.2]))),
)
anything = st.one_of(simple, st.builds(Mixture, st.just([0.3, 0.7]), st.tuples(simple, simple)))
standard = st.floats(-4, 8)

EXAMPLES: list[Distribution] = [
    Normal(100, 15),
    Gamma(2, 3),
    Lognormal(1, 0.5),
    Poisson(7),
    NegativeBinomial(1.5, 0.3),
    Discrete([0, 3, 5], [0.2, 0.5, 0.3]),
    Empirical([1, 4, 4, 9]),
    CompoundPoisson(2.5, Discrete([1, 3], [0.6, 0.4])),
    Mixture([0.25, 0.75], [Poisson(3), Gamma(2, 5)]),
]


def point(d: Distribution, z: float) -> float:
    return d.mean + z * d.standard_deviation


@given(anything, standard)
def test_losses_differ_by_the_gap_to_the_mean(d: Distribution, z: float) -> None:
    # E (D - x)^+ - E (x - D)^+ = E D - x.
    x = point(d, z)
    size = abs(x) + abs(d.mean) + d.standard_deviation
    assert d.loss(x) - d.complementary_loss(x) == pytest.approx(d.mean - x, abs=1e-12 * size)


@given(anything, standard, st.floats(0.01, 3))
def test_loss_is_convex_falling_and_at_least_jensens_bound(d: Distribution, z: float, step: float) -> None:
    # The loss function is convex and falling, and lies above max(0, mean - x).
    h = step * d.standard_deviation
    x = point(d, z)
    left, middle, right = d.loss([x - h, x, x + h])
    room = 1e-12 * (abs(x) + d.mean + h + 1)
    assert left >= middle - room
    assert middle >= right - room
    assert left + right - 2 * middle >= -room
    assert middle >= max(0.0, d.mean - x) - room


@given(anything, standard)
def test_second_order_loss_falls_at_the_rate_of_the_loss(d: Distribution, z: float) -> None:
    # The second-order loss is convex with slope -loss: its chord slope lies between the losses at the ends.
    x, h = point(d, z), 0.05 * d.standard_deviation
    if h == 0:
        return
    a, b = d.second_order_loss([x, x + h])
    slope = (a - b) / h
    room = 1e-9 * (a + 1e-300) / h
    assert d.loss(x + h) - room <= slope <= d.loss(x) + room


@given(anything, st.floats(1e-9, 1 - 1e-9))
def test_quantile_and_cdf_are_a_galois_pair(d: Distribution, p: float) -> None:
    # quantile(p) is the smallest x with cdf(x) >= p.
    x = d.quantile(p)
    assert d.cdf(x) >= p * (1 - 1e-12) - 1e-15
    if d.is_discrete:
        assert d.cdf(x) >= p
        assert d.cdf(np.nextafter(x, -np.inf)) < p
        assert d.quantile(d.cdf(x)) <= x


@given(anything, standard)
def test_cdf_and_survival_add_to_one(d: Distribution, z: float) -> None:
    # The two tails are the whole.
    x = point(d, z)
    assert d.cdf(x) + d.survival(x) == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("d", EXAMPLES, ids=lambda d: type(d).__name__)
def test_samples_have_the_moments_and_depend_on_the_seed_only(d: Distribution) -> None:
    # 200,000 draws agree with mean and variance to 5 standard errors; same seed, same bits.
    draws = d.sample(200_000, rng=5)
    assert np.array_equal(draws, d.sample(200_000, rng=5))
    assert not np.array_equal(draws, d.sample(200_000, rng=5, stream=1))
    assert abs(draws.mean() - d.mean) < 5 * np.sqrt(d.variance / draws.size)
    squares = (draws - d.mean) ** 2
    assert abs(squares.mean() - d.variance) < 5 * squares.std() / np.sqrt(draws.size)


@pytest.mark.parametrize("d", EXAMPLES, ids=lambda d: type(d).__name__)
def test_pickle_repr_and_immutability(d: Distribution) -> None:
    # A distribution survives pickling, shows its parameters, and cannot be changed.
    again = pickle.loads(pickle.dumps(d))
    assert again == d
    assert hash(again) == hash(d)
    assert again.loss(3.0) == d.loss(3.0)
    assert repr(d).startswith(type(d).__name__ + "(")
    with pytest.raises(AttributeError):
        d.mean = 3  # type: ignore[misc]


def test_arrays_of_every_kind() -> None:
    # Read-only, strided, Fortran-ordered and integer arrays are accepted, shapes kept, scalars answered by floats.
    d = Poisson(4)
    whole = np.arange(12.0).reshape(3, 4)
    whole.setflags(write=False)
    expected = np.array([[d.cdf(float(x)) for x in row] for row in whole])
    assert np.array_equal(d.cdf(whole), expected)
    assert np.array_equal(d.cdf(whole.astype(int)), expected)
    assert np.array_equal(d.cdf(np.asfortranarray(whole)), expected)
    assert np.array_equal(d.cdf(whole[:, ::2]), expected[:, ::2])
    assert isinstance(d.cdf(3), float)


@pytest.mark.parametrize("family", ["count", "normal", "gamma", "lognormal"])
@given(mean=st.floats(0.01, 1e4), ratio=st.floats(0.1, 20))
def test_fit_returns_the_moments(family: str, mean: float, ratio: float) -> None:
    # The fitted member has the asked mean and variance (counts: at least Poisson's).
    d = fit_moments(family, mean, ratio * mean)  # type: ignore[arg-type]
    assert d.mean == pytest.approx(mean, rel=1e-9)
    assert d.variance == pytest.approx(mean * max(1.0, ratio) if family == "count" else mean * ratio, rel=1e-9)


def test_no_variance_is_a_point_mass() -> None:
    # Deterministic demand has no shortage at its mean.
    d = fit_moments("gamma", 7, 0)
    assert d == Discrete([7], [1])
    assert d.loss(7) == 0
    assert d.quantile(0.3) == 7
    assert fit_moments("count", 0, 0).mean == 0


def test_wrong_input_lists_every_problem() -> None:
    # All findings come at once, by name.
    with pytest.raises(meio.InputError) as caught:
        Gamma(-1, 0)
    assert "shape" in str(caught.value)
    assert "scale" in str(caught.value)
    with pytest.raises(meio.InputError, match="family"):
        fit_moments("weibull", 1, 1)  # type: ignore[arg-type]


def test_thinning_splits_units() -> None:
    # Binomial draws stay within the trials and have mean n p, small and large.
    for n, p in [(5, 0.3), (1000, 0.02), (1000, 0.7), (10**9, 0.25)]:
        draws = sample_binomial(np.full(20_000, n), p, rng=3)
        assert draws.min() >= 0
        assert draws.max() <= n
        assert abs(draws.mean() - n * p) < 5 * np.sqrt(n * p * (1 - p) / draws.size)
        assert draws.var() == pytest.approx(n * p * (1 - p), rel=0.06)
