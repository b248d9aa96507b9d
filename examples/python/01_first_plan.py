# SPDX-License-Identifier: MIT
"""The first plan: the embedded network, what to hold where, and what room is worth."""

import meio

network, forecast = meio.examples.us_network()
plan = meio.Planner().solve(network, forecast)
print(plan.summary())
print(plan.levels)
plan.plot.network().figure.savefig("network.png")
