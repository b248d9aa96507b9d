# SPDX-License-Identifier: MIT
"""Ten thousand newsvendors share four rooms and a budget: what is each worth, and how much to order?"""

import numpy as np

from meio import lagrangian

rng = np.random.default_rng(1)
products, sites = 10_000, 4
site = rng.integers(sites, size=products)
mean = np.exp(3 + rng.normal(size=products))  # of exponential demand, units a month
unit_cost = np.exp(2 + 0.7 * rng.normal(size=products))
volume = np.exp(-4 + rng.normal(size=products))  # m3 a unit
short, over = 0.6 * unit_cost, 0.05 * unit_cost  # a unit short, a unit left over

# What a unit uses: room at its site, and money bound in stock.
use = np.zeros((products, sites + 1))
use[np.arange(products), site] = volume
use[:, sites] = unit_cost


class Newsvendors:
    """Orders every product at the margin; prices of room and money come on top of a unit left over."""

    groups = sites

    def order(self, prices):
        """The best order at these prices: where the chance of selling one unit more is just worth it."""
        price = use @ prices
        return price, np.maximum(0.0, mean * np.log((short + over) / (over + price)))

    def cost(self, order):
        unmet = mean * np.exp(-order / mean)
        return short * unmet + over * (order - mean + unmet)

    def evaluate_all(self, prices):
        price, order = self.order(prices)
        values = np.bincount(site, self.cost(order) + price * order, sites)
        used = order[:, None] * use
        gradients = np.stack([used[site == s].sum(0) for s in range(sites)])
        slope = np.where(order > 0, mean / (over + price), 0.0)  # how fast orders fall as prices rise
        return lagrangian.Replies(values, gradients, hessian=use.T @ (slope[:, None] * use))


newsvendors = Newsvendors()
wanted = use.T @ newsvendors.order(np.zeros(sites + 1))[1]
capacity = np.append([0.5, 0.7, 0.9, 1.2], 0.75) * wanted
rent = np.append(np.full(sites, 60.0), 0.3)  # a m3 or a dollar more can be had at this price

result = lagrangian.maximize(newsvendors, b=capacity, upper=rent)
print(result.summary(), "\n")
names = [f"room at site {s}, m3" for s in range(sites)] + ["budget, USD"]
order = newsvendors.order(result.multipliers)[1]
for name, free, limit, used, price in zip(names, wanted, capacity, use.T @ order, result.multipliers, strict=True):
    print(f"{name:20} wanted {free:10,.0f}  has {limit:10,.0f}  used {used:10,.0f}  price {price:8.4f}")
cost = newsvendors.cost(order).sum() + rent @ np.maximum(use.T @ order - capacity, 0)
print(f"cost of these orders {cost:,.2f}, no orders cost less than {result.bound:,.2f}")
