# SPDX-License-Identifier: MIT
"""Multi-echelon inventory optimization: blocks, planner and simulator."""

from meio._meio import __version__
from meio._meio.core import Status
from meio.errors import InputError

__all__ = ["InputError", "Status", "__version__"]
