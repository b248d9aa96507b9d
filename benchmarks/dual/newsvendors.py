# SPDX-License-Identifier: MIT
"""Generated newsvendors that share resources, and one warehouse that feeds two stores."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from .models import Array, Model


class Newsvendors(Model):
    """NV(N, K, nz, integer, seed, tight) of the notes, in `shards` groups of consecutive products.

    curvature: "none", "diagonal" or "hessian" (of the continuous problem, also where quantities are integers).
    """

    def __init__(
        self,
        products: int,
        resources: int,
        *,
        nz: int = 3,
        integer: bool = False,
        seed: int = 1,
        tight: float = 0.6,
        shards: int = 16,
        curvature: str = "diagonal",
    ) -> None:
        draw = np.random.Generator(np.random.Philox(seed))
        self.mean = 20.0 * np.exp(draw.standard_normal(products))
        self.deviation = self.mean * (0.2 + 0.6 * draw.random(products))
        cost = 10.0 * np.exp(0.7 * draw.standard_normal(products))
        self.underage = cost * (0.2 + 0.8 * draw.random(products))
        self.overage = cost * (0.02 + 0.2 * draw.random(products))
        volume = np.exp(0.8 * draw.standard_normal(products))
        self.resource = draw.integers(resources, size=(products, nz))
        while True:  # draw rows that name a resource twice anew
            ordered = np.sort(self.resource, axis=1)
            again = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
            if not len(again):
                break
            self.resource[again] = draw.integers(resources, size=(len(again), nz))
        self.use = volume[:, None] * (0.5 + draw.random((products, nz)))
        self.integer, self.curvature = integer, curvature
        kind = "integer" if integer else "continuous"
        name = f"NV {products:.0e}".replace("e+0", "e") + f" K={resources} {kind} {curvature}"
        super().__init__(name, "newsvendors", resources, shards, np.zeros(resources), free=False)
        shard = (np.arange(products) * shards // products)[:, None]
        self.slot = (shard * resources + self.resource).ravel()
        self.starts = np.searchsorted(shard[:, 0], np.arange(shards))
        if curvature == "hessian":
            pair = self.resource[:, :, None] * resources + self.resource[:, None, :]
            self.pair = pair.ravel()
            self.product = (self.use[:, :, None] * self.use[:, None, :]).reshape(products, -1)
        need = self.account(self.plans(self.b))[1].sum(axis=0)
        self.b = need * (tight + 1.2 * (1.0 - tight) * draw.random(resources))

    def expected_cost(self, quantity: Array) -> Array:
        z = (quantity - self.mean) / self.deviation
        loss = self.deviation * (np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi) - z * ndtr(-z))
        return self.underage * loss + self.overage * (quantity - self.mean + loss)

    def price(self, multipliers: Array) -> Array:
        return np.einsum("ij,ij->i", multipliers[self.resource], self.use)

    def continuous(self, price: Array) -> tuple[Array, Array]:
        """Return the best quantities and their normal quantiles."""
        ratio = (self.underage - price) / (self.underage + self.overage)
        z = ndtri(np.maximum(ratio, 0.0))
        return np.maximum(self.mean + self.deviation * z, 0.0), z

    def whole(self, quantity: Array, price: Array) -> Array:
        low = np.floor(quantity)
        rise = self.expected_cost(low + 1) - self.expected_cost(low) + price
        return low + (rise < 0)

    def plans(self, multipliers: Array) -> Any:
        price = self.price(multipliers)
        quantity, _ = self.continuous(price)
        return self.whole(quantity, price) if self.integer else quantity

    def sums(self, quantity: Array) -> Array:
        """Return each group's use of each resource."""
        weights = (self.use * quantity[:, None]).ravel()
        return np.bincount(self.slot, weights, self.groups * self.size).reshape(self.groups, self.size)

    def account(self, plans: Any) -> tuple[Array, Array]:
        return np.add.reduceat(self.expected_cost(plans), self.starts), self.sums(plans)

    def evaluate_all(self, multipliers: Array) -> dict[str, Array]:
        price = self.price(multipliers)
        quantity, z = self.continuous(price)
        moves = quantity > 0
        if self.integer:
            quantity = self.whole(quantity, price)
        cost = self.expected_cost(quantity) + price * quantity
        reply = {"values": np.add.reduceat(cost, self.starts), "gradients": self.sums(quantity)}
        if self.curvature == "none":
            return reply
        slope = np.zeros_like(quantity)
        density = np.exp(-0.5 * z[moves] ** 2) / np.sqrt(2.0 * np.pi)
        slope[moves] = self.deviation[moves] / (density * (self.underage + self.overage)[moves])
        if self.curvature == "diagonal":
            weights = (self.use**2 * slope[:, None]).ravel()
            reply["diagonal"] = np.bincount(self.resource.ravel(), weights, self.size)
        else:
            weights = (self.product * slope[:, None]).ravel()
            reply["hessian"] = np.bincount(self.pair, weights, self.size**2).reshape(self.size, self.size)
        return reply


class Warehouse(Model):
    """One warehouse, two stores with lost sales: one multiplier on the total shipped (notes, section 9)."""

    MOST = 14  # stock of a store, and demand

    def __init__(self, periods: int, stock: int, stores: tuple[tuple[float, float], ...]) -> None:
        self.periods, self.stock, self.stores = periods, stock, stores
        name = f"warehouse T={periods} W={stock}"
        super().__init__(name, "warehouse", 1, len(stores), np.array([float(stock)]), free=False)
        self.constant = 0.5 * periods * stock
        level = np.arange(self.MOST + 1)
        self.left = np.maximum(level[:, None] - level, 0)  # [filled, demand]
        short = np.maximum(level - level[:, None], 0)
        self.demand = []
        self.period_cost = []
        for mean, lost in stores:
            p = np.exp(-mean) * np.cumprod(np.append(1.0, mean / level[1:]))
            p[-1] = 1.0 - p[:-1].sum()
            self.demand.append(p)
            self.period_cost.append((self.left + lost * short) @ p)

    def plans(self, multipliers: Array) -> Any:
        """Return the fill-up level of every store, period and stock."""
        level = np.arange(self.MOST + 1)
        plan = np.zeros((len(self.stores), self.periods, self.MOST + 1), dtype=np.intp)
        for s, p in enumerate(self.demand):
            after = np.zeros(self.MOST + 1)
            for t in range(self.periods - 1, -1, -1):
                price = multipliers[0] - 0.5 * (self.periods - t)
                filled = self.period_cost[s] + price * level + after[self.left] @ p
                for x in level:
                    plan[s, t, x] = x + np.argmin(filled[x:])
                after = filled[plan[s, t]] - price * level
        return plan

    def account(self, plans: Any) -> tuple[Array, Array]:
        level = np.arange(self.MOST + 1)
        cost = np.zeros(len(self.stores))
        use = np.zeros((len(self.stores), 1))
        for s, p in enumerate(self.demand):
            state = np.zeros(self.MOST + 1)
            state[0] = 1.0
            for t in range(self.periods):
                filled = plans[s, t]
                shipped = state @ (filled - level)
                use[s, 0] += shipped
                cost[s] += state @ self.period_cost[s][filled] - 0.5 * (self.periods - t) * shipped
                after = np.zeros(self.MOST + 1)
                for x in level:
                    np.add.at(after, self.left[filled[x]], state[x] * p)
                state = after
        return cost, use

    def exact(self) -> float:
        """Return the least expected cost of the whole system, by dynamic programming over the three stocks."""
        levels = self.MOST + 1
        (p, q), (a, b) = self.demand, self.period_cost
        after = np.zeros((self.stock + 1, levels, levels))
        for _ in range(self.periods):
            onward = np.einsum("rydz,d->ryz", after[:, self.left, :], p)
            onward = np.einsum("ryzd,d->ryz", onward[:, :, self.left], q)
            filled = 0.5 * np.arange(self.stock + 1)[:, None, None] + a[:, None] + b + onward
            after = np.full_like(filled, np.inf)
            for m in range(levels):
                for n in range(min(levels, self.stock + 1 - m)):
                    if m + n > self.stock:
                        break
                    view = after[m + n :, : levels - m, : levels - n]
                    np.minimum(view, filled[: self.stock + 1 - m - n, m:, n:], out=view)
        return float(after[self.stock, 0, 0])
