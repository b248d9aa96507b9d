# SPDX-License-Identifier: MIT
"""Forecasts from moments, sample paths and history."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import meio

SERIES = {"unique_id": ["s0", "s1", "s2"], "product": ["b", "a", "b"], "region": ["west", "east", "east"]}


def long_paths(samples: int = 60, periods: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    rows = [
        (name, pd.Timestamp("2026-01-05") + pd.Timedelta(weeks=t), n, float(rng.poisson(3)))
        for name in SERIES["unique_id"]
        for n in range(samples)
        for t in range(periods)
    ]
    return pd.DataFrame(rows, columns=["unique_id", "ds", "sample_id", "AutoETS"])


def read(paths: Any, **options: Any) -> meio.Forecast:
    return meio.Forecast.from_long(paths, value="AutoETS", series=SERIES, **options)


def issues_of(call: Any) -> list[meio.Issue]:
    with pytest.raises(meio.InputError) as caught:
        call()
    assert all(issue.code in str(caught.value) for issue in caught.value.issues)
    return caught.value.issues


def test_paths_become_moments() -> None:
    # Series are sorted by product and region; mean and variance are those of the samples.
    paths = long_paths()
    fc = read(paths)
    assert [(fc.products[p], fc.regions[r]) for p, r in fc.series] == [("a", "east"), ("b", "east"), ("b", "west")]
    own = paths[(paths.unique_id == "s2") & (paths.ds == paths.ds.unique()[1])].AutoETS
    assert fc.mean[1, 1] == pytest.approx(own.mean(), rel=1e-14)
    assert fc.variance[1, 1] == pytest.approx(own.var(), rel=1e-14)
    assert fc.periods == ["2026-01-05", "2026-01-12", "2026-01-19"]
    assert fc.paths is not None
    assert fc.paths.shape == (3, 60, 3)
    assert not fc.mean.flags.writeable


@pytest.mark.parametrize(
    "convert",
    [
        pl.from_pandas,
        lambda f: pa.Table.from_pandas(f, preserve_index=False),
        lambda f: {c: f[c].to_numpy() for c in f},
    ],
)
@pytest.mark.parametrize("order", [None, ["sample_id", "ds", "unique_id"], "shuffled"])
def test_order_and_library_leave_no_trace(convert: Any, order: Any) -> None:
    # Rows by series, by sample or shuffled, in any library: the same bits.
    paths = long_paths()
    fc = read(paths)
    mixed = (
        paths.sample(frac=1, random_state=1) if order == "shuffled" else paths.sort_values(order) if order else paths
    )
    again = read(convert(mixed))
    assert fc.paths is not None
    assert again.paths is not None
    assert fc.paths.tobytes() == again.paths.tobytes()
    assert fc.mean.tobytes() == again.mean.tobytes()
    assert fc.variance.tobytes() == again.variance.tobytes()


def test_products_and_regions_in_the_paths_themselves() -> None:
    # Without a map the paths name product and region.
    paths = long_paths()
    names = {s: (p, r) for s, p, r in zip(*SERIES.values(), strict=True)}
    direct = paths.assign(product=[names[s][0] for s in paths.unique_id], region=[names[s][1] for s in paths.unique_id])
    again = meio.Forecast.from_long(direct.drop(columns="unique_id"), value="AutoETS")
    assert again.mean.tobytes() == read(paths).mean.tobytes()


@pytest.mark.parametrize(
    ("value", "code"),
    [(float("nan"), "E005"), (float("inf"), "E006"), (-1.0, "E031")],
)
def test_samples_that_are_no_demand(value: float, code: str) -> None:
    # NaN, infinite and negative samples name series, row and count.
    paths = long_paths()
    paths.loc[[4, 200], "AutoETS"] = value
    (issue,) = issues_of(lambda: read(paths))
    assert (issue.code, issue.table, issue.column, issue.count) == (code, "paths", "AutoETS", 2)
    assert [row for row, _ in issue.examples] == ["4", "200"]
    assert "'s0' 1" in issue.why
    assert "'s1' 1" in issue.why


def test_clip_is_recorded() -> None:
    # clip=True sets negative samples to 0 and says how many.
    paths = long_paths()
    paths.loc[[4, 200], "AutoETS"] = -1.0
    before = paths.copy()
    fc = read(paths, clip=True)
    assert fc.clipped == 2
    assert fc.paths is not None
    assert fc.paths.min() == 0
    pd.testing.assert_frame_equal(paths, before)


def test_naive_times_are_refused_and_whole_days_are_not() -> None:
    # A time of day without a zone is refused; with a zone, or as a day, it is taken.
    paths = long_paths()
    hours = paths.assign(ds=paths.ds + pd.Timedelta(hours=13))
    (issue,) = issues_of(lambda: read(hours))
    assert (issue.code, issue.column) == ("E042", "ds")
    aware = read(hours.assign(ds=hours.ds.dt.tz_localize("America/Chicago")))
    assert aware.periods[0] == "2026-01-05T19:00:00Z"
    text = hours.assign(ds=hours.ds.dt.strftime("%Y-%m-%d %H:%M"))
    (issue,) = issues_of(lambda: read(text))
    assert issue.code == "E042"
    read(paths.assign(ds=paths.ds.dt.strftime("%Y-%m-%d")))


def test_shape_of_paths() -> None:
    # Missing and repeated rows are found, and unknown series are named.
    paths = long_paths()
    assert issues_of(lambda: read(paths.drop(index=5)))[0].code == "E070"
    assert issues_of(lambda: read(pd.concat([paths, paths.iloc[:1]])))[0].code == "E010"
    (issue,) = issues_of(lambda: read(paths.assign(unique_id=paths.unique_id.replace("s2", "s_2"))))
    assert (issue.code, issue.column) == ("E012", "unique_id")
    assert "'s2'" in issue.fix
    (issue,) = issues_of(lambda: read(paths.rename(columns={"sample_id": "sampleid"})))
    assert issue.code == "E003"


def test_few_paths_warn() -> None:
    # Ten paths cannot say what a 99 % quantile is.
    with pytest.warns(meio.SparsePathsWarning, match="10 sample paths"):
        read(long_paths(samples=10))


def test_moments() -> None:
    # Without a variance demand is Poisson; periods sort by label; every series has every period.
    frame = {"product": ["p"] * 4, "region": ["w", "w", "e", "e"], "period": [2, 1, 1, 2], "mean": [4.0, 3.0, 1.0, 2.0]}
    fc = meio.Forecast.from_moments(frame)
    assert fc.mean.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert np.array_equal(fc.mean, fc.variance)
    (issue,) = issues_of(lambda: meio.Forecast.from_moments({name: values[:3] for name, values in frame.items()}))
    assert (issue.code, issue.column) == ("E070", "period")
    (issue,) = issues_of(lambda: meio.Forecast.from_moments(frame, family="normal"))
    assert (issue.code, issue.column) == ("E002", "variance")
    with pytest.raises(meio.InputError, match="did you mean 'gamma'"):
        meio.Forecast.from_moments(frame, family="gama")


@given(
    mean=st.floats(0.01, 1e6),
    ratio=st.floats(1.0, 50.0),
    weights=st.lists(st.floats(0.01, 10.0), min_size=1, max_size=9),
)
def test_spread_adds_up(mean: float, ratio: float, weights: list[float]) -> None:
    # Under the pooling rule of a common shock, the thinned regions add up to the national moments.
    names = [f"r{i}" for i in range(len(weights))]
    fc = meio.Forecast.spread(
        {"product": ["p"], "mean": [mean], "variance": [ratio * mean]}, {"region": names, "weight": weights}
    )
    assert fc.mean.sum() == pytest.approx(mean, rel=1e-12)
    excess = np.sqrt(np.maximum(fc.variance - fc.mean, 0)).sum() ** 2
    assert mean + excess == pytest.approx(ratio * mean, rel=1e-6)


def test_spread_problems_come_together() -> None:
    # Wrong demand and wrong weights are found in one pass.
    found = issues_of(
        lambda: meio.Forecast.spread({"product": ["p"], "mean": [-1.0]}, {"region": ["w", "w"], "weight": [1.0, 2.0]})
    )
    assert {(issue.table, issue.code) for issue in found} == {("weights", "E010"), ("forecast", "E031")}


def test_history() -> None:
    # Slow movers are drawn towards the catalogue's mean, fast movers keep their own.
    rng = np.random.default_rng(2)
    values = np.concatenate([np.zeros(40), rng.poisson(50, 40)])
    fc = meio.Forecast.from_history(
        {"product": ["slow"] * 40 + ["fast"] * 40, "ds": list(range(40)) * 2, "value": values},
        weights={"region": ["w"], "weight": [1]},
    )
    fast, slow = fc.mean[:, 0]
    assert abs(fast - values[40:].mean()) < 5
    assert 0 < slow < 5
    assert (fc.variance >= fc.mean).all()


def network() -> meio.Network:
    return meio.Network(
        facilities={"facility": ["plant", "f"], "supplier": [True, False]},
        lanes={"src": ["plant"], "dst": ["f"], "lead_time": [1]},
        products={"product": ["b", "a"], "shortage_cost": [9.0, 9.0]},
        services={"region": ["west", "east"], "facility": ["f", "f"], "cost": [3.0, 3.0]},
    )


def test_codes_follow_the_network() -> None:
    # Series are numbered by the network's sorted names; unknown names are refused with a suggestion.
    coded = read(long_paths()).coded(network())
    assert list(zip(coded["product"].tolist(), coded["region"].tolist(), strict=True)) == [(0, 0), (1, 0), (1, 1)]
    fc = meio.Forecast.from_moments({"product": ["a"], "region": ["wset"], "mean": [1.0]})
    (issue,) = issues_of(lambda: fc.coded(network()))
    assert (issue.code, issue.column) == ("E012", "region")
    assert "'west'" in issue.fix


def test_pickle_and_frames() -> None:
    # A forecast travels, and its frame is of the caller's library.
    fc = read(pl.from_pandas(long_paths()))
    again = pickle.loads(pickle.dumps(fc))
    assert again.mean.tobytes() == fc.mean.tobytes()
    assert isinstance(again.frame(), pl.DataFrame)
    with pytest.raises(AttributeError, match="does not change"):
        fc.mean = fc.mean
    small = fc.restrict(["a"])
    assert small.products == ["a"]
    assert len(small) == 1


def test_the_example_is_clean() -> None:
    # The embedded example has no finding and is the same in every library.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net, fc = meio.examples.us_network(products=12)
        assert net.check().height == 0
        other, _ = meio.examples.us_network(products=12, backend="polars")
    assert other.coded.arrays["services"]["cost"].tobytes() == net.coded.arrays["services"]["cost"].tobytes()
    assert fc.mean.sum() == pytest.approx(meio.examples.us_tables(12)["demand"]["mean"].sum())
