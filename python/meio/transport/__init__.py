# SPDX-License-Identifier: MIT
"""The transportation problem: ship from sources to destinations at least cost.

Examples
--------
>>> from meio import transport
>>> costs = [[8, 6, 10, 9], [9, 12, 13, 7], [14, 9, 16, 5]]
>>> result = transport.solve(costs, supply=[35, 50, 40], demand=[45, 20, 30, 30])
>>> result.status.name, result.objective
('OPTIMAL', 1020.0)
"""

from meio.transport._arcs import ArcResult, solve_arcs
from meio.transport._batch import BatchResult, solve_batch
from meio.transport._dense import Cut, Result, solve
from meio.transport._emd import emd, emd2
from meio.transport._solver import Solver

__all__ = ["ArcResult", "BatchResult", "Cut", "Result", "Solver", "emd", "emd2", "solve", "solve_arcs", "solve_batch"]
