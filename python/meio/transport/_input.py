# SPDX-License-Identifier: MIT
"""Arguments as the compiled core takes them: numbers, node numbers, options; what is wrong is named by place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meio._meio import transport as _core
from meio.errors import InputError

Finding = tuple[str, str, str, str]

RELATIONS: dict[str, Any] = {
    "at_most": _core.Relation.AT_MOST,
    "exactly": _core.Relation.EXACTLY,
    "at_least": _core.Relation.AT_LEAST,
}

KERNELS: dict[str, Any] = {
    "automatic": _core.Kernel.AUTOMATIC,
    "tiny": _core.Kernel.TINY,
    "dense": _core.Kernel.DENSE,
    "warehouse": _core.Kernel.WAREHOUSE,
    "flow": _core.Kernel.FLOW,
    "linear": _core.Kernel.LINEAR,
}

#: Findings of one kind that an error lists.
SHOWN = 20

#: Longer limits than this, in seconds, are none.
_FOREVER = 1e9


def numbers(field: str, values: ArrayLike, dimensions: int) -> NDArray[np.float64]:
    """Return `values` as an array of floats with so many dimensions; `InputError` names the field otherwise.

    Text, dates, complex numbers and scipy.sparse matrices are no numbers; masked and missing entries become NaN, which
    the checks that follow refuse by its place.
    """
    if type(values) is np.ndarray and values.dtype == np.float64 and values.ndim == dimensions:
        return values
    array = floats(field, values)
    if array.ndim != dimensions and array.size > 0:
        raise InputError.from_core([(field, "", f"{array.ndim} dimensions", f"must have {dimensions}")])
    return array if array.ndim == dimensions else array.reshape((0,) * dimensions)


def floats(field: str, values: Any) -> NDArray[np.float64]:
    """Return `values` as an array of floats of any shape."""
    if hasattr(values, "tocoo"):
        raise InputError.from_core([(field, "", type(values).__name__, "must be dense: pass .toarray()")])
    if isinstance(values, Mapping | set | frozenset):
        raise InputError.from_core([(field, "", type(values).__name__, "must be an array of numbers")])
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.filled(values.astype(np.float64), np.nan)
    try:
        raw = np.asarray(values)
        if raw.dtype.kind in "biuf":
            return np.asarray(raw, dtype=np.float64)
        if raw.dtype.kind == "O":
            text = [at for at, value in np.ndenumerate(raw) if isinstance(value, str | bytes)]
            if not text:
                return np.asarray(_without_missing(raw), dtype=np.float64)
            raise InputError.from_core(
                [(field, _place(at), repr(raw[at]), "must be a number, not text") for at in text[:SHOWN]]
            )
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError.from_core([(field, "", "", f"must be numbers ({error})")]) from error
    kinds = {"U": "text", "S": "text", "M": "dates", "m": "durations", "c": "complex numbers"}
    found = kinds.get(raw.dtype.kind, str(raw.dtype))
    raise InputError.from_core([(field, "", found, "must be numbers")])


def _without_missing(raw: NDArray[Any]) -> NDArray[Any]:
    # pandas' NA answers no comparison and None is no number: both become NaN.
    missing = np.fromiter((value is None or type(value).__name__ == "NAType" for value in raw.flat), bool, raw.size)
    return np.where(missing.reshape(raw.shape), np.nan, raw) if missing.any() else raw


def _place(at: tuple[int, ...]) -> str:
    return ",".join(map(str, at))


def indices(field: str, values: ArrayLike, count: int, what: str) -> NDArray[np.int32]:
    """Return `values` as 32-bit numbers in [0, count); `InputError` names those that are not, by place."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise InputError.from_core([(field, "", "masked entries", f"must be {what}")])
    raw = np.asarray(values)
    if raw.size == 0:
        return np.empty(0, np.int32)
    if raw.ndim != 1:
        raise InputError.from_core([(field, "", f"{raw.ndim} dimensions", "must have 1")])
    if raw.dtype.kind not in "iu":
        fix = f"must be whole numbers: {what}"
        raise InputError.from_core([(field, "", f"{raw.dtype} entries", fix)])
    wrong = np.flatnonzero((raw < 0) | (raw >= count))
    if wrong.size:
        fix = f"must be {what}, 0 to {count - 1}" if count else f"must be {what}, and there is none"
        raise InputError.from_core([(field, str(at), str(raw[at]), fix) for at in wrong[:SHOWN].tolist()])
    return raw.astype(np.int32)


def relation(field: str, value: Any) -> Any:
    """Return the core's relation of that name; `InputError` lists the names otherwise."""
    if not isinstance(value, str) or value not in RELATIONS:
        raise InputError.from_core([(field, "", repr(value), "must be one of " + ", ".join(RELATIONS))])
    return RELATIONS[value]


def kernel_named(value: Any, allowed: Iterable[str] = KERNELS) -> Any:
    """Return the core's kernel of that name; `InputError` lists the names otherwise."""
    if not isinstance(value, str) or value not in set(allowed):
        raise InputError.from_core([("kernel", "", repr(value), "must be one of " + ", ".join(allowed))])
    return KERNELS[value]


def prices(field: str, values: Any, count: int) -> NDArray[np.float64]:
    """Return prices as an array: one for all, or one for each; none where nothing is given."""
    if values is None:
        return np.empty(0)
    if np.ndim(values) == 0:
        return np.full(count, real(field, values))
    given = numbers(field, values, 1)
    if given.size != count:
        raise InputError.from_core([(field, "", f"{given.size} entries", f"must have {count} entries, or be a number")])
    return given


def whole(field: str, value: Any) -> int:
    """Return `value` as an int; `InputError` where it is not a whole number."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and abs(int(value)) < 1 << 62:
        return int(value)
    raise InputError.from_core([(field, "", repr(value), "must be a whole number")])


def real(field: str, value: Any) -> float:
    """Return `value` as a float; `InputError` where it is no number."""
    try:
        if not isinstance(value, str | bytes):
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise InputError.from_core([(field, "", repr(value), "must be a number")])


def seconds(value: Any) -> float | None:
    """Return a time limit: `None` where there is none; `InputError` where it is negative or no number."""
    if value is None:
        return None
    limit = real("time_limit", value)
    if not limit >= 0:
        raise InputError.from_core([("time_limit", "", repr(value), "must be >= 0 seconds, or None")])
    return None if limit > _FOREVER else limit


@contextmanager
def findings_as(names: Mapping[str, Any], change: Callable[[Finding], Finding] | None = None) -> Iterator[None]:
    """Word the core's findings as the caller knows them.

    `names` gives for a field of the core either the word for it, or the word and the names of its rows, or the word,
    nothing, and the names that its values are numbers of. `change` rewrites a finding first.
    """
    try:
        yield
    except InputError as error:
        worded = []
        for finding in error.findings:
            field, row, value, fix = finding if change is None else change(finding)
            word = names.get(field, field)
            if isinstance(word, tuple):
                word, rows, *values = word
                if rows is not None and row.isdigit() and int(row) < len(rows):
                    row = str(rows[int(row)])
                if values and value.isdigit() and int(value) < len(values[0]):
                    value = repr(values[0][int(value)])
            worded.append((word, row, value, fix))
        raise InputError.from_core(worded) from None
