# SPDX-License-Identifier: MIT
"""Multi-echelon inventory optimization: blocks, planner and simulator."""

from meio import examples
from meio._meio import __version__
from meio._meio.core import Status
from meio.errors import InputError, Issue, MeioWarning, ScaleWarning, SparsePathsWarning, UnusedColumnWarning
from meio.forecast import Forecast
from meio.network_model import Network
from meio.tables import Table

__all__ = [
    "Forecast",
    "InputError",
    "Issue",
    "MeioWarning",
    "Network",
    "ScaleWarning",
    "SparsePathsWarning",
    "Status",
    "Table",
    "UnusedColumnWarning",
    "__version__",
    "examples",
]
