# SPDX-License-Identifier: MIT
"""Models, solvers and reports of the benchmark of Lagrangian dual solvers."""
