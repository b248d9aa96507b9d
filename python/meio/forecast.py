# SPDX-License-Identifier: MIT
"""Demand forecasts: moments or sample paths from any library, spread over regions by thinning."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from meio.errors import InputError, SparsePathsWarning
from meio.network_tables import Field, Findings, TableReader, did_you_mean, show, shown
from meio.tables import Column, Table, backend_of, factorize, to_backend

if TYPE_CHECKING:
    from meio.network_model import Network

__all__ = ["Forecast"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FAMILIES = ("count", "normal", "gamma")
CORRELATIONS = ("independent", "common")

#: Fewer sample paths than this make the upper quantiles of a plan guesswork.
FEW_PATHS = 50

_MEAN = Field("mean", "number", "expected demand in units a period", required=True, low=0)
_VARIANCE = Field("variance", "number", "variance of the demand of a period", low=0, required=True)


class Forecast:
    """Demand of every product and region by planning period; immutable.

    Built by `from_moments`, `from_long`, `from_history` or `spread`; the rows' order leaves no trace.

    Attributes
    ----------
    products, regions : list of str
        Sorted names.
    series : array, shape (n, 2)
        Product and region of every series as positions in those lists, sorted.
    mean, variance : array, shape (n, periods)
        In units a period; read-only.
    paths : array, shape (n, samples, periods), or None
        Sample paths where the forecast came as such; read-only.
    periods : list
        Labels of the planning periods, in order.
    family : {'count', 'normal', 'gamma'}
        Shape of demand over an interval: Poisson or negative binomial, normal, or gamma.
    correlation : {'independent', 'common'}
        Whether what varies beyond Poisson moves regions apart or together.
    clipped : int
        Negative samples that ``clip=True`` set to 0.

    Examples
    --------
    >>> import meio
    >>> fc = meio.Forecast.from_moments({"product": ["lamp"], "region": ["west"], "mean": [4.0]})
    >>> fc
    Forecast(1 series, 1 period, count, independent)
    >>> fc.variance
    array([[4.]])
    """

    __slots__ = (
        "_backend",
        "_core",
        "clipped",
        "correlation",
        "family",
        "mean",
        "paths",
        "periods",
        "products",
        "regions",
        "series",
        "variance",
    )

    _backend: str
    _core: Any
    products: list[str]
    regions: list[str]
    series: IntArray
    mean: FloatArray
    variance: FloatArray
    paths: FloatArray | None
    periods: list[Any]
    family: str
    correlation: str
    clipped: int

    def __init__(
        self,
        *,
        products: Sequence[str],
        regions: Sequence[str],
        series: npt.ArrayLike,
        mean: npt.ArrayLike,
        variance: npt.ArrayLike,
        paths: npt.ArrayLike | None = None,
        periods: Sequence[Any] | None = None,
        family: str = "count",
        correlation: str = "independent",
        clipped: int = 0,
        backend: str = "table",
    ) -> None:
        _check_word("family", family, FAMILIES)
        _check_word("correlation", correlation, CORRELATIONS)
        put = super().__setattr__
        means = _frozen(mean)
        put("products", list(products))
        put("regions", list(regions))
        put("series", _frozen(series, np.int64))
        put("mean", means)
        put("variance", _frozen(variance))
        put("paths", None if paths is None else _frozen(paths))
        put("periods", list(range(means.shape[1])) if periods is None else list(periods))
        put("family", family)
        put("correlation", correlation)
        put("clipped", clipped)
        put("_backend", backend)
        put("_core", None)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a Forecast does not change; build a new one instead of setting {name}")

    def __getstate__(self) -> dict[str, Any]:
        return {
            "products": self.products,
            "regions": self.regions,
            "series": self.series,
            "mean": self.mean,
            "variance": self.variance,
            "paths": self.paths,
            "periods": self.periods,
            "family": self.family,
            "correlation": self.correlation,
            "clipped": self.clipped,
            "backend": self._backend,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        Forecast.__init__(self, **state)

    def __repr__(self) -> str:
        count = len(self.periods)
        paths = "" if self.paths is None else f", {self.paths.shape[1]} paths"
        return (
            f"Forecast({len(self.series)} series, {count} period{'' if count == 1 else 's'}{paths}, "
            f"{self.family}, {self.correlation})"
        )

    def __len__(self) -> int:
        return len(self.series)

    # ---- ways in -------------------------------------------------------------------------------------------

    @classmethod
    def from_moments(cls, frame: Any, *, family: str = "count", correlation: str = "independent") -> Forecast:
        """Read means and variances.

        Parameters
        ----------
        frame : frame
            ``product``, ``region``, ``mean``, and optionally ``period`` (any labels that sort) and ``variance``;
            without a variance demand is Poisson.
        family, correlation : str
            See the class.

        Returns
        -------
        Forecast
            One series a product and region.

        Raises
        ------
        InputError
            With every problem found.
        """
        _check_word("family", family, FAMILIES)
        _check_word("correlation", correlation, CORRELATIONS)
        findings = Findings()
        dated, given = _has(frame, "period"), _has(frame, "variance")
        fields = [_name("product", "what is sold"), _name("region", "where"), _MEAN]
        fields += [_name("period", "planning period")] if dated else []
        fields += [_VARIANCE] if given else []
        reader = TableReader.read("forecast", frame, findings, fields)
        if not given and family != "count" and "E003" not in {i.code for i in findings.issues}:
            findings.add(
                "E002",
                "forecast",
                "variance",
                why=f"family {family!r} has no variance of its own",
                fix="add the column, or use family='count' for Poisson",
            )
        reader.check_duplicates(("product", "region", "period") if dated else ("product", "region"))
        _raise(findings)
        periods, period = (
            _order_periods(reader.columns["period"]) if dated else ([0], np.zeros(reader.height, np.int64))
        )
        labels = list(zip(_text(reader, "product"), _text(reader, "region"), strict=True))
        pairs = sorted(set(labels))
        place = {pair: at for at, pair in enumerate(pairs)}
        at = np.fromiter((place[pair] for pair in labels), dtype=np.int64, count=len(labels))
        mean = np.full((len(pairs), len(periods)), np.nan)
        mean[at, period] = reader.numbers["mean"]
        _require_complete(mean, pairs, periods, "forecast", findings)
        _raise(findings)
        variance = mean.copy()
        if given:
            variance[at, period] = reader.numbers["variance"]
        products, regions, series = _number(pairs)
        return cls(
            products=products,
            regions=regions,
            series=series,
            mean=mean,
            variance=variance,
            periods=periods,
            family=family,
            correlation=correlation,
            backend=backend_of(frame),
        )

    @classmethod
    def from_long(
        cls,
        paths: Any,
        *,
        value: str = "value",
        series: Any = None,
        id_col: str = "unique_id",
        time_col: str = "ds",
        sample_col: str = "sample_id",
        family: str = "count",
        correlation: str = "independent",
        clip: bool = False,
        keep_paths: bool = True,
    ) -> Forecast:
        """Read sample paths in long form, as `statsforecast` and `neuralforecast` simulate them.

        Parameters
        ----------
        paths : frame
            One row a series, time and sample; rows in any order.
        value : str
            Column of the sampled demand (the model's name, where statsforecast made it).
        series : frame, optional
            What a series is: `id_col`, ``product``, ``region``. Left out: `paths` has ``product`` and ``region`` itself
            in place of `id_col`.
        id_col, time_col, sample_col : str
            Names of the other columns.
        family, correlation : str
            See the class.
        clip : bool
            Set negative samples to 0 (and count them in `clipped`) instead of refusing them.
        keep_paths : bool
            Keep the paths beside their moments.

        Returns
        -------
        Forecast
            Means and variances of the samples (unbiased), and the paths.

        Raises
        ------
        InputError
            With every problem found; samples that are no demand are named by series.
        """
        _check_word("family", family, FAMILIES)
        _check_word("correlation", correlation, CORRELATIONS)
        findings = Findings()
        ids = (
            [_name(id_col, "which series")]
            if series is not None
            else [_name("product", "what is sold"), _name("region", "where")]
        )
        raw = Field(value, "raw", "sampled demand in units a period", required=True)
        fields = [*ids, _name(time_col, "time of the period"), _name(sample_col, "which sample path"), raw]
        reader = TableReader.read("paths", paths, findings, fields, warn=False)
        mapped = _read_series_map(series, id_col, findings) if series is not None else {}
        if findings.errors:
            _raise(findings)
        if series is not None:
            labels = _text(reader, id_col)
            reader.check_reference(id_col, mapped, "series")
        else:
            labels = [f"{p}\x1f{r}" for p, r in zip(_text(reader, "product"), _text(reader, "region"), strict=True)]
            mapped = {label: (label.split("\x1f")[0], label.split("\x1f")[1]) for label in set(labels)}
        _check_clock(reader.columns[time_col], "paths", time_col, findings)
        numbers, wrong = reader.columns[value].numbers()
        clipped = _check_samples(numbers, wrong, labels, value, clip, findings)
        _raise(findings)
        return _assemble(
            cls,
            reader,
            labels,
            mapped,
            numbers,
            time_col,
            sample_col,
            findings,
            {"family": family, "correlation": correlation, "clipped": clipped, "backend": backend_of(paths)},
            keep_paths,
        )

    @classmethod
    def spread(
        cls,
        frame: Any,
        weights: Any,
        *,
        family: str = "count",
        correlation: str = "common",
    ) -> Forecast:
        """Spread product-level demand over regions by binomial thinning.

        A region with share `s` of the weight gets mean ``mean s`` and variance ``mean s + (variance - mean) s**2``:
        what is left of demand when every unit falls into a region at random. For the normal and gamma families the
        whole variance scales with ``s**2``.

        Parameters
        ----------
        frame : frame
            ``product``, ``mean``, and optionally ``period`` and ``variance``.
        weights : frame
            ``region`` and ``weight`` >= 0 (population, say); they are divided by their sum.
        family, correlation : str
            See the class; 'common' is exact for a thinned negative binomial.

        Returns
        -------
        Forecast
            One series a product and region with a positive share.

        Raises
        ------
        InputError
            With every problem found.

        Examples
        --------
        >>> import meio
        >>> fc = meio.Forecast.spread({"product": ["lamp"], "mean": [10.0], "variance": [30.0]},
        ...                           {"region": ["east", "west"], "weight": [3, 1]})
        >>> fc.frame()["variance"].tolist()
        [18.75, 3.75]
        """
        findings = Findings()
        reader = TableReader.read(
            "weights",
            weights,
            findings,
            [_name("region", "where"), Field("weight", "number", "share of demand, up to scale", required=True, low=0)],
        )
        reader.check_duplicates(("region",))
        total = float(np.sum(reader.numbers.get("weight", np.ones(1))))
        if not findings.errors and not total > 0:
            findings.add("E034", "weights", "weight", why="all weights are 0", fix="give one region a weight > 0")
        national: Forecast | None = None
        try:
            columns = _with_region(frame)
            national = cls.from_moments(columns, family=family, correlation=correlation)
        except InputError as error:
            findings.issues.extend(error.issues)
        _raise(findings)
        assert national is not None
        names, codes = factorize(_text(reader, "region"))
        share = np.zeros(len(names))
        share[codes] = reader.numbers["weight"] / total
        kept = np.flatnonzero(share > 0)
        s = share[kept][None, :, None]
        mean = national.mean[:, None, :] * s
        if family == "count":
            excess = np.maximum(national.variance - national.mean, 0.0)
            variance = mean + excess[:, None, :] * s**2
        else:
            variance = national.variance[:, None, :] * s**2
        rows, periods = len(national.mean) * len(kept), len(national.periods)
        series = np.stack(
            [np.repeat(national.series[:, 0], len(kept)), np.tile(np.arange(len(kept)), len(national.mean))], axis=1
        )
        return cls(
            products=national.products,
            regions=[names[at] for at in kept],
            series=series,
            mean=mean.reshape(rows, periods),
            variance=variance.reshape(rows, periods),
            periods=national.periods,
            family=family,
            correlation=correlation,
            backend=backend_of(frame),
        )

    @classmethod
    def from_history(
        cls,
        frame: Any,
        *,
        value: str = "value",
        weights: Any = None,
        window: int | None = None,
        prior_periods: float = 6.0,
        correlation: str = "common",
    ) -> Forecast:
        """Fit stationary count demand to past periods, slow movers borrowing strength from the rest.

        The rate of every product is shrunk towards the mean of all (a gamma prior worth `prior_periods` periods). The
        variance is the mean plus an excess: the product's own, shrunk in the same way towards that of the catalogue's
        pooled coefficient of variation. A heuristic for intermittent demand, not a forecasting package.

        Parameters
        ----------
        frame : frame
            ``product``, ``ds`` and `value`; missing values are periods that were not observed. With `weights` left out,
            ``region`` too.
        value : str
            Column of the demand.
        weights : frame, optional
            ``region`` and ``weight``: spreads product-level demand, see `spread`.
        window : int, optional
            Use the last so many periods only.
        prior_periods : float
            Weight of the catalogue's mean, in periods, > 0.
        correlation : str
            See the class.

        Returns
        -------
        Forecast
            One period, stationary.

        Raises
        ------
        InputError
            With every problem found.
        """
        if not prior_periods > 0:
            raise InputError(f"prior_periods = {prior_periods}: must be > 0")
        findings = Findings()
        ids = ["product"] if weights is not None else ["product", "region"]
        fields = [
            *(_name(c, "which series") for c in ids),
            _name("ds", "time of the period"),
            Field(value, "number", "demand of a period", required=True, low=0, empty=True),
        ]
        reader = TableReader.read("history", frame, findings, fields, warn=False)
        reader.check_duplicates((*ids, "ds"))
        if not findings.errors:
            _check_clock(reader.columns["ds"], "history", "ds", findings)
        _raise(findings)
        periods, period = _order_periods(reader.columns["ds"])
        keys = list(zip(*(_text(reader, c) for c in ids), strict=True))
        pairs = sorted(set(keys))
        place = {key: at for at, key in enumerate(pairs)}
        table = np.full((len(pairs), len(periods)), np.nan)
        table[[place[key] for key in keys], period] = reader.numbers[value]
        mean, variance = _fit_counts(table if window is None else table[:, -window:], prior_periods)
        columns: dict[str, Any] = {c: [pair[at] for pair in pairs] for at, c in enumerate(ids)}
        columns |= {"mean": mean, "variance": variance}
        if weights is not None:
            made = cls.spread(columns, weights, correlation=correlation)
        else:
            made = cls.from_moments(columns, correlation=correlation)
        return cls(**{**made.__getstate__(), "backend": backend_of(frame)})

    @property
    def backend(self) -> str:
        """The library that `frame` answers in."""
        return self._backend

    # ---- ways out ------------------------------------------------------------------------------------------

    def frame(self) -> Any:
        """Moments as a frame: product, region, period, mean, variance; in the caller's library.

        Returns
        -------
        frame
            One row a series and period.
        """
        count = len(self.periods)
        products = np.array(self.products, dtype=object)[np.repeat(self.series[:, 0], count)]
        regions = np.array(self.regions, dtype=object)[np.repeat(self.series[:, 1], count)]
        labels = self.periods * len(self.series)
        return to_backend(
            Table(
                {
                    "product": products,
                    "region": regions,
                    "period": labels,
                    "mean": self.mean.ravel(),
                    "variance": self.variance.ravel(),
                }
            ),
            self._backend,
        )

    def scaled(self, factor: float) -> Forecast:
        """Merge `factor` independent periods of the same kind into one: mean and variance scale alike."""
        if not (factor > 0 and np.isfinite(factor)):
            raise InputError(f"factor = {factor}: must be finite and > 0")
        state = self.__getstate__()
        return Forecast(**{**state, "mean": self.mean * factor, "variance": self.variance * factor, "paths": None})

    def restrict(self, products: Sequence[str]) -> Forecast:
        """Keep the series of some products.

        Parameters
        ----------
        products : sequence of str
            Names to keep.

        Returns
        -------
        Forecast
            A smaller one.
        """
        wanted = set(products)
        keep = np.array([self.products[code] in wanted for code in self.series[:, 0]], dtype=bool)
        pairs = [(self.products[p], self.regions[r]) for p, r in self.series[keep]]
        names, regions, series = _number(pairs)
        paths = None if self.paths is None else self.paths[keep]
        return Forecast(
            **{
                **self.__getstate__(),
                "products": names,
                "regions": regions,
                "series": series,
                "mean": self.mean[keep],
                "variance": self.variance[keep],
                "paths": paths,
            }
        )

    def coded(self, network: Network) -> dict[str, npt.NDArray[Any]]:
        """Series in the network's integer codes, sorted by product, then region.

        Parameters
        ----------
        network : Network
            Whose products and regions the series name.

        Returns
        -------
        dict of str to array
            product, region, mean, variance, and paths where there are any.

        Raises
        ------
        InputError
            Where the network does not know a product or a region.
        """
        findings = Findings()
        codes = network.coded
        maps = []
        for column, own, known in (("product", self.products, codes.products), ("region", self.regions, codes.regions)):
            ids = {name: at for at, name in enumerate(known)}
            unknown = [name for name in own if name not in ids]
            if unknown:
                hint = did_you_mean(unknown[0], known)
                findings.rows(
                    "E012",
                    "forecast",
                    column,
                    range(len(unknown)),
                    shown(unknown),
                    why=f"not in the network's {column}s",
                    fix=hint or "add it, or leave the series out",
                )
            maps.append(np.array([ids.get(name, -1) for name in own], dtype=np.int64))
        _raise(findings)
        product = maps[0][self.series[:, 0]] if len(self.series) else np.zeros(0, np.int64)
        region = maps[1][self.series[:, 1]] if len(self.series) else np.zeros(0, np.int64)
        order = np.lexsort((region, product))
        result: dict[str, npt.NDArray[Any]] = {
            "product": product[order].astype(np.int32),
            "region": region[order].astype(np.int32),
            "mean": np.ascontiguousarray(self.mean[order]),
            "variance": np.ascontiguousarray(self.variance[order]),
        }
        if self.paths is not None:
            result["paths"] = np.ascontiguousarray(self.paths[order])
        return result

    def core(self, network: Network) -> Any:
        """Return the forecast as the compiled core holds it (`meio._meio.demand.Forecast`)."""
        if self._core is not None and self._core[0] is network:
            return self._core[1]
        from meio._core_tables import build_forecast

        built = build_forecast(self.coded(network), self.family, self.correlation)
        object.__setattr__(self, "_core", (network, built))
        return built


# ---- helpers -----------------------------------------------------------------------------------------------


def _frozen(values: npt.ArrayLike, dtype: npt.DTypeLike = np.float64) -> npt.NDArray[Any]:
    array = np.array(values, dtype=dtype, order="C")
    array.setflags(write=False)
    return array


def _check_word(name: str, word: str, known: Sequence[str]) -> None:
    if word not in known:
        hint = did_you_mean(str(word), known)
        raise InputError(
            f"{name} = {word!r}: must be one of {', '.join(map(repr, known))}" + (f"; {hint}" if hint else "")
        )


def _name(column: str, about: str) -> Field:
    return Field(column, "name", about, required=True)


def _raise(findings: Findings) -> None:
    if findings.errors:
        raise InputError.from_issues(findings.issues)


def _has(frame: Any, column: str) -> bool:
    names = (
        frame.column_names
        if backend_of(frame) == "pyarrow"
        else list(frame.keys() if isinstance(frame, Mapping) else frame.columns)
    )
    return column in [str(name) for name in names]


def _text(reader: TableReader, column: str) -> list[str]:
    return [str(label) for label in reader.names[column]]


def _with_region(frame: Any) -> dict[str, Any]:
    from meio.tables import read_columns

    columns: dict[str, Any] = {}
    height = 0
    for name, column in read_columns(frame).items():
        height = len(column)
        columns[name] = column.values
    columns["region"] = ["all"] * height
    return columns


def _number(pairs: Sequence[tuple[str, str]]) -> tuple[list[str], list[str], IntArray]:
    products, product = factorize([pair[0] for pair in pairs])
    regions, region = factorize([pair[1] for pair in pairs])
    return products, regions, np.stack([product, region], axis=1).reshape(len(pairs), 2)


def _order_periods(column: Column) -> tuple[list[Any], IntArray]:
    """Labels of the periods in order, and the position of every row."""
    values = column.values
    if values.dtype.kind in "iufM":
        labels, codes = np.unique(values, return_inverse=True)
        return _moment_labels(labels) if values.dtype.kind == "M" else labels.tolist(), codes.astype(np.int64)
    return factorize([str(v) for v in values.tolist()])


def _moment_labels(moments: npt.NDArray[Any]) -> list[str]:
    days = moments.astype("datetime64[D]")
    if (days == moments).all():
        return [str(day) for day in days]
    return [f"{moment}Z" for moment in moments.astype("datetime64[s]")]


_TIME_OF_DAY = re.compile(r"\d[T ](\d{2}:\d{2})(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$")


def _check_clock(column: Column, table: str, name: str, findings: Findings) -> None:
    """Refuse times of day without a zone: they would mean another moment in every region."""
    fix = "give the zone (tz-aware timestamps, or an offset such as +00:00), or whole days"
    if column.values.dtype.kind == "M":
        if column.aware:
            return
        inside = column.values.astype("datetime64[us]").astype(np.int64) % 86_400_000_000
        rows = np.flatnonzero((inside != 0) & ~np.isnat(column.values))
    elif column.values.dtype.kind == "O":
        texts = {str(v) for v in column.values.tolist()}
        bad = {t for t in texts if (m := _TIME_OF_DAY.search(t)) and not m[4] and f"{m[1]}{m[2] or ''}".strip("0:")}
        if not bad:
            return
        rows = np.flatnonzero([str(v) in bad for v in column.values.tolist()])
    else:
        return
    findings.rows(
        "E042",
        table,
        name,
        rows,
        lambda row: show(str(column.values[row])),
        why="a time of day without a zone",
        fix=fix,
    )


def _check_samples(
    numbers: FloatArray, wrong: npt.NDArray[np.bool_], labels: Sequence[str], value: str, clip: bool, findings: Findings
) -> int:
    def by_series(code: str, mask: npt.NDArray[np.bool_], what: str, fix: str) -> None:
        rows = np.flatnonzero(mask)
        if not len(rows):
            return
        counts: dict[str, int] = {}
        for row in rows:
            name = labels[int(row)].replace("\x1f", ", ")
            counts[name] = counts.get(name, 0) + 1
        worst = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]
        text = ", ".join(f"{name!r} {count}" for name, count in worst)
        more = f" and {len(counts) - 3} more series" if len(counts) > 3 else ""
        findings.rows(
            code,
            "paths",
            value,
            rows,
            lambda row: show(numbers[row]) if not wrong[row] else "no number",
            why=f"{what} (series: {text}{more})",
            fix=fix,
        )

    by_series("E004", wrong, "samples that are no numbers", "give numbers")
    by_series("E005", np.isnan(numbers) & ~wrong, "samples without a value", "drop the series, or sample it again")
    by_series("E006", np.isinf(numbers), "infinite samples", "drop the series, or sample it again")
    negative = np.isfinite(numbers) & (numbers < 0)
    if not clip:
        by_series("E031", negative, "negative samples", "demand is >= 0; clip=True sets them to 0")
        return 0
    numbers[negative] = 0.0
    return int(negative.sum())


def _read_series_map(series: Any, id_col: str, findings: Findings) -> dict[str, tuple[str, str]]:
    reader = TableReader.read(
        "series",
        series,
        findings,
        [_name(id_col, "which series"), _name("product", "what is sold"), _name("region", "where")],
        warn=False,
    )
    reader.check_duplicates((id_col,))
    reader.check_duplicates(("product", "region"))
    if any(issue.table == "series" and issue.is_error for issue in findings.issues):
        return {}
    rows = zip(_text(reader, id_col), _text(reader, "product"), _text(reader, "region"), strict=True)
    return {label: (product, region) for label, product, region in rows}


def _assemble(
    cls: type[Forecast],
    reader: TableReader,
    labels: list[str],
    mapped: Mapping[str, tuple[str, str]],
    numbers: FloatArray,
    time_col: str,
    sample_col: str,
    findings: Findings,
    settings: dict[str, Any],
    keep_paths: bool,
) -> Forecast:
    periods, period = _order_periods(reader.columns[time_col])
    samples, sample = _order_periods(reader.columns[sample_col])
    names = sorted(set(labels), key=lambda label: mapped[label])
    place = {name: at for at, name in enumerate(names)}
    at = np.fromiter((place[label] for label in labels), dtype=np.int64, count=len(labels))
    cell = (at * len(samples) + sample) * len(periods) + period
    counts = np.bincount(cell, minlength=len(names) * len(samples) * len(periods))
    twice = np.flatnonzero(counts[cell] > 1)
    findings.rows(
        "E010",
        "paths",
        sample_col,
        twice,
        lambda row: labels[row].replace("\x1f", ", "),
        why="one value for each series, time and sample",
        fix="remove the repeated rows",
    )
    lacking = (counts.reshape(len(names), -1) == 0).sum(axis=1)
    short = [i for i in range(len(names)) if lacking[i]]
    if short:
        text = ", ".join(f"{names[i].replace(chr(31), ', ')!r} lacks {lacking[i]}" for i in short[:3])
        findings.add(
            "E070",
            "paths",
            why=f"{len(short)} series do not have {len(samples)} samples of {len(periods)} periods each ({text})",
            fix="sample every series equally often over the same periods",
        )
    _raise(findings)
    flat = np.empty(len(names) * len(samples) * len(periods))
    flat[cell] = numbers
    cube = flat.reshape(len(names), len(samples), len(periods))
    if len(samples) < 2:
        findings.add("E070", "paths", sample_col, why="one sample path has no variance", fix="give at least two")
        _raise(findings)
    if len(samples) < FEW_PATHS:
        warnings.warn(
            f"{len(samples)} sample paths a series: quantiles beyond {1 - 2 / len(samples):.0%} are guesswork",
            SparsePathsWarning,
            stacklevel=4,
        )
    products, regions, series = _number([mapped[name] for name in names])
    return cls(
        products=products,
        regions=regions,
        series=series,
        mean=cube.mean(axis=1),
        variance=cube.var(axis=1, ddof=1),
        paths=cube if keep_paths else None,
        periods=periods,
        **settings,
    )


def _require_complete(
    mean: FloatArray, pairs: Sequence[tuple[str, str]], periods: Sequence[Any], table: str, findings: Findings
) -> None:
    lacking = np.isnan(mean)
    rows = np.flatnonzero(lacking.any(axis=1))
    if len(rows):
        text = ", ".join(f"{pairs[row]} lacks {periods[int(np.flatnonzero(lacking[row])[0])]!r}" for row in rows[:3])
        findings.add(
            "E070",
            table,
            "period",
            why=f"{len(rows)} series lack periods that others have ({text})",
            fix="give every series every period, with mean 0 where there is no demand",
        )


def _fit_counts(table: FloatArray, prior_periods: float) -> tuple[FloatArray, FloatArray]:
    """Shrunken rate and variance a period of counts, row by row; NaN marks what was not observed."""
    seen = (~np.isnan(table)).sum(axis=1)
    total = np.nansum(table, axis=1)
    catalogue = float(total.sum() / max(1, seen.sum()))
    rate = (total + prior_periods * catalogue) / (seen + prior_periods)
    own = np.where(seen > 0, total / np.maximum(seen, 1), 0.0)
    squares = np.nansum((table - own[:, None]) ** 2, axis=1)
    excess = np.where(seen > 1, squares / np.maximum(seen - 1, 1) - own, 0.0)
    pooled = max(0.0, float(excess.sum()) / max(float((own**2).sum()), 1e-300))
    weight = seen / (seen + prior_periods)
    dispersion = weight * np.maximum(excess, 0.0) + (1 - weight) * pooled * rate**2
    return rate, rate + dispersion
