# SPDX-License-Identifier: MIT
"""Transport, flow and small linear programs: ship at least cost, with duals and proofs.

Examples
--------
>>> from meio import transport
>>> costs = [[8, 6, 10, 9], [9, 12, 13, 7], [14, 9, 16, 5]]
>>> result = transport.solve(costs, supply=[35, 50, 40], demand=[45, 20, 30, 30])
>>> result.status.name, result.objective
('OPTIMAL', 1020.0)
"""

from meio.transport._arcs import ArcBasis, ArcResult, NamedCut, solve_arcs
from meio.transport._batch import BatchResult, solve_batch
from meio.transport._dense import Cut, Result, solve
from meio.transport._emd import emd, emd2
from meio.transport._flow import FlowBasis, FlowCut, FlowResult, NamedFlowResult, min_cost_flow, min_cost_flow_arcs
from meio.transport._linear import BasisStatus, LinearBasis, LinearResult, RevisedSimplex, solve_linear
from meio.transport._linprog import LinprogResult, linprog
from meio.transport._program import LinearProgram, TransportProgram, transport_program
from meio.transport._solver import Solver

__all__ = [
    "ArcBasis",
    "ArcResult",
    "BasisStatus",
    "BatchResult",
    "Cut",
    "FlowBasis",
    "FlowCut",
    "FlowResult",
    "LinearBasis",
    "LinearProgram",
    "LinearResult",
    "LinprogResult",
    "NamedCut",
    "NamedFlowResult",
    "Result",
    "RevisedSimplex",
    "Solver",
    "TransportProgram",
    "emd",
    "emd2",
    "linprog",
    "min_cost_flow",
    "min_cost_flow_arcs",
    "solve",
    "solve_arcs",
    "solve_batch",
    "solve_linear",
    "transport_program",
]
