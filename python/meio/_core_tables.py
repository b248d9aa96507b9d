# SPDX-License-Identifier: MIT
"""Integer-coded tables into the structures of the compiled core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from meio.network_model import CodedNetwork


def build_network(coded: CodedNetwork, profile: npt.NDArray[np.float64]) -> Any:
    """Make the core's `SupplyNetwork`; ids are positions in the sorted names."""
    from meio import _meio

    core: Any = _meio.network
    return core.build(
        coded.facilities,
        coded.products,
        coded.regions,
        coded.speeds,
        coded.storage_types,
        coded.arrays,
        profile,
    )


def build_forecast(arrays: Mapping[str, npt.NDArray[Any]], family: str, correlation: str) -> Any:
    """Make the core's `Forecast`; series are sorted by product, then region."""
    from meio import _meio

    core: Any = _meio.demand
    return core.build(arrays, family, correlation)
