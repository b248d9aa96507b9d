# SPDX-License-Identifier: MIT
"""Facility location: which warehouses to open, found from the prices that customers would pay to be served."""

import numpy as np

from meio import lagrangian

rng = np.random.default_rng(1)
sites, customers = 40, 200
place, home = rng.uniform(size=(sites, 2)), rng.uniform(size=(customers, 2))
demand = rng.uniform(1, 10, size=customers)
opening = rng.uniform(60, 90, size=sites)
serving = 100 * demand * np.linalg.norm(place[:, None] - home, axis=2)  # sites x customers


class Sites:
    """Each site serves whom it pays to serve, and opens if that pays for the opening."""

    groups = sites

    def evaluate_all(self, prices):
        reduced = serving + prices
        serves = reduced < 0
        profit = opening + np.where(serves, reduced, 0).sum(1)
        opens = profit < 0
        return np.minimum(profit, 0), serves & opens[:, None]


def cost_of(opened):
    return opening[opened].sum() + serving[opened].min(0).sum()


def open_some(point):
    """Open what pays at these prices, then close what can be done without."""
    profit = opening + np.minimum(serving + point.multipliers, 0).sum(1)
    opened = list(np.argsort(profit)[: max(1, np.count_nonzero(profit < 1e-6))])
    for site in sorted(opened, key=lambda s: -opening[s]):
        rest = [s for s in opened if s != site]
        if rest and cost_of(rest) < cost_of(opened):
            opened = rest
    if cost_of(opened) < best["cost"]:
        best.update(cost=cost_of(opened), sites=opened)
    return cost_of(opened)


best = {"cost": np.inf, "sites": []}
# Each customer is served once: an equation. A first guess of a price is the cheapest way to serve.
start = -serving.min(0)
result = lagrangian.maximize(Sites(), b=np.ones(customers), lower=None, initial=start, primal=open_some, primal_every=5)
print(result.summary(), "\n")
print(f"open sites {sorted(map(int, best['sites']))} at a cost of {best['cost']:,.2f}")
print(f"no choice of sites costs less than {result.bound:,.2f}")
