# SPDX-License-Identifier: MIT
"""Generalized assignment: give every job to one agent with enough hours, and know how far from the best that is."""

import math

import numpy as np

from meio import lagrangian

rng = np.random.default_rng(1)
agents, jobs = 5, 40
cost = rng.integers(10, 51, size=(agents, jobs))
hours = rng.integers(5, 26, size=(agents, jobs))
limit = np.full(agents, int(0.8 * hours.sum() / agents**2))
plans = []  # what an agent was once told to do; its place in this list is its tag


def knapsack(prices, agent):
    """The jobs that an agent takes at these prices of jobs: an exact 0-1 knapsack."""
    gain = -(cost[agent] + prices)
    best = np.zeros((jobs + 1, limit[agent] + 1))  # gain of the first jobs within so many hours
    for j, need in enumerate(hours[agent]):
        best[j + 1] = best[j]
        best[j + 1, need:] = np.maximum(best[j, need:], best[j, : limit[agent] + 1 - need] + gain[j])
    taken, room = np.zeros(jobs), limit[agent]
    for j in reversed(range(jobs)):
        if best[j + 1, room] > best[j, room]:
            taken[j] = 1
            room -= hours[agent, j]
    plans.append(taken)
    return -best[jobs, limit[agent]], taken, len(plans) - 1


def assign(point):
    """Give each job to the agent whose weighted plans want it most, hardest jobs first."""
    want = np.array([sum(weight * plans[tag] for tag, weight in group.items()) for group in point.weights])
    room, total = limit.copy(), 0
    for job in np.argsort(-want.max(0)):
        able = np.flatnonzero(hours[:, job] <= room)
        if not len(able):
            return None  # no plan this time
        agent = max(able, key=lambda a: (want[a, job], -cost[a, job]))
        room[agent] -= hours[agent, job]
        total += cost[agent, job]
    return total


# Every job exactly once is an equation for each job: its price may have either sign.
result = lagrangian.maximize(knapsack, b=np.ones(jobs), lower=None, groups=agents, primal=assign)
print(result.summary(), "\n")
print(f"an assignment costs {result.upper:.0f}; none costs less than {math.ceil(result.bound - 1e-6)}")
