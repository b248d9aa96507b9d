# SPDX-License-Identifier: MIT
"""Lot sizing: when to make what on one machine, with overtime at a price; and next month, from where this one ended."""

import numpy as np

from meio import lagrangian

rng = np.random.default_rng(1)
items, periods = 30, 12
demand = np.round(rng.gamma(2.0, 10.0, size=(items, periods)))
setup_cost = rng.uniform(50, 200, size=items)
setup_hours = rng.uniform(2, 8, size=items)
holding = rng.uniform(0.5, 2, size=items)
overtime = 20.0  # what an hour above the capacity costs
hours = np.full(periods, 1.02 * (demand.sum() + setup_hours.sum() * periods / 2) / periods)


def item(price, i):
    """The cheapest lots of an item at these prices of an hour (Wagner and Whitin); a unit takes an hour."""
    ahead = np.append(0, np.cumsum(demand[i]))
    least, first = np.append(0.0, np.full(periods, np.inf)), np.zeros(periods + 1, dtype=int)
    for s in range(periods):  # a lot in period s serves the periods s to t - 1
        kept = holding[i] * np.cumsum(np.arange(periods - s) * demand[i, s:])
        made = ahead[s + 1 :] - ahead[s]
        cost = least[s] + setup_cost[i] + price[s] * (setup_hours[i] + made) + kept
        better = cost < least[s + 1 :]
        least[s + 1 :][better] = cost[better]
        first[s + 1 :][better] = s
    used, t = np.zeros(periods), periods
    while t > 0:
        s = first[t]
        used[s] = setup_hours[i] + ahead[t] - ahead[s]
        t = s
    return least[periods], used


result = lagrangian.maximize(item, b=hours, upper=overtime, groups=items, cut_groups=items)
print(result.summary(), "\n")
print("price of an hour", np.round(result.multipliers, 2))
print("overtime, hours ", np.round(np.maximum(result.average_use, 0), 1))

# One week the machine is serviced: only the capacity changed, so all that was learnt of the items still holds.
serviced = hours.copy()
serviced[5] *= 0.8
again = lagrangian.maximize(item, b=serviced, upper=overtime, groups=items, cut_groups=items, start=result.state)
print(f"\nserviced in period 5: cost at least {again.bound:,.2f} (was {result.bound:,.2f}), {again.calls} more calls")
