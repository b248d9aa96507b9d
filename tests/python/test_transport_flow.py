# SPDX-License-Identifier: MIT
"""Min-cost flow from Python: against HiGHS, its certificates recomputed by NumPy, its manners with names and frames."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meio import InputError, Status, transport

LANES = {
    "tail": ["plant", "plant", "hub", "hub"],
    "head": ["hub", "east", "east", "west"],
    "cost": [1.0, 4.0, 2.0, 2.5],
    "most": [9, 9, 4, 9],
}
WANTED = {"plant": 10, "east": -6, "west": -4}


@st.composite
def networks(draw):
    """Small networks, whole or real, with ties, loops, parallel arcs, bounds, and often no feasible or bounded flow."""
    n, a = draw(st.integers(1, 6)), draw(st.integers(0, 12))
    unit = draw(st.sampled_from([1.0, 0.125]))  # whole and real numbers well above the tolerances of HiGHS
