# SPDX-License-Identifier: MIT
"""Multi-echelon inventory optimization: blocks, planner and simulator."""

from meio import examples, plots
from meio._meio import __version__
from meio._meio.core import Status
from meio.comparison import Case, Comparison, baselines, compare, simulate
from meio.errors import InputError, Issue, MeioWarning, ScaleWarning, SparsePathsWarning, UnusedColumnWarning
from meio.forecast import Forecast
from meio.network_model import Network
from meio.plan import Plan, PriceCheck
from meio.planner_api import Planner, Progress
from meio.tables import Table

__all__ = [
    "Case",
    "Comparison",
    "Forecast",
    "InputError",
    "Issue",
    "MeioWarning",
    "Network",
    "Plan",
    "Planner",
    "PriceCheck",
    "Progress",
    "ScaleWarning",
    "SparsePathsWarning",
    "Status",
    "Table",
    "UnusedColumnWarning",
    "__version__",
    "baselines",
    "compare",
    "examples",
    "plots",
    "simulate",
]
