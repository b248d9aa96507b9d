# SPDX-License-Identifier: MIT
"""Warehouses to cities: a program written for SciPy's linprog with one import changed, and what else meio tells."""

import numpy as np
import scipy.optimize

from meio import transport
from meio.transport import linprog  # was: from scipy.optimize import linprog

warehouses, cities = ["Reno", "Dallas", "Atlanta"], ["Seattle", "Denver", "Chicago", "Miami"]
cost = np.array([[4.1, 5.2, 8.9, 11.3], [8.7, 4.4, 5.6, 7.5], [11.2, 7.9, 4.8, 3.9]])  # dollars a parcel
stock, wanted = np.array([350, 400, 500]), np.array([240, 210, 330, 280])

# A variable for each pair, row by row: no warehouse ships more than it has, every city gets what it wants.
m, n = cost.shape
A_ub, A_eq = np.kron(np.eye(m), np.ones(n)), np.kron(np.ones(m), np.eye(n))
arguments = {"A_ub": A_ub, "b_ub": stock, "A_eq": A_eq, "b_eq": wanted, "bounds": (0, None)}

ours = linprog(cost.ravel(), **arguments)
theirs = scipy.optimize.linprog(cost.ravel(), **arguments)
print(f"meio {ours.fun:.2f}, SciPy {theirs.fun:.2f}: {ours.message}")
assert np.isclose(ours.fun, theirs.fun)
assert np.allclose(ours.x, theirs.x)
for warehouse, parcels in zip(warehouses, ours.x.reshape(m, n), strict=True):
    print(f"{warehouse:>8}: " + ", ".join(f"{p:.0f} to {city}" for p, city in zip(parcels, cities, strict=True) if p))

# The marginals have SciPy's signs: what a further parcel of stock, or one more wanted, changes.
assert np.allclose(ours.ineqlin.marginals, theirs.ineqlin.marginals)
assert np.allclose(ours.eqlin.marginals, theirs.eqlin.marginals)
print("one more parcel in stock:", dict(zip(warehouses, ours.ineqlin.marginals.round(2).tolist(), strict=True)))
print("one more parcel wanted:  ", dict(zip(cities, ours.eqlin.marginals.round(2).tolist(), strict=True)))

# The same without matrices, by a method made for it; what cannot be served is named.
direct = transport.solve(cost, stock, wanted)
print(f"transport.solve: {direct.objective:.2f} after {direct.pivots} pivots")
short = transport.solve(np.where(cost < 5, cost, np.inf), stock, wanted)  # no route dearer than 5 dollars
lacking = ", ".join(cities[j] for j in short.shortage.destinations)
print(f"with short routes only: {short.status.name.lower()}, {short.shortage.amount:.0f} parcels too few for {lacking}")

# A rule that couples routes: the lorries that leave Reno and Dallas for Denver and Chicago carry 300 parcels.
program = transport.transport_program(cost, stock, wanted)
road = np.zeros((m, n))
road[:2, 1:3] = 1
lorries = program.add_row(road, upper=300)
result = transport.solve_linear(program)
print(f"with 300 parcels by lorry: {result.objective:.2f}; one more saves {-result.row_duals[lorries]:.2f}")
