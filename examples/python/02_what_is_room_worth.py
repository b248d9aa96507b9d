# SPDX-License-Identifier: MIT
"""A price is a promise: one per cent more room, solved again, saves what the price said."""

import numpy as np

import meio

network, forecast = meio.examples.us_network(100)
plan = meio.Planner().solve(network, forecast)

prices = plan.table("prices")
worth = prices["price"] * prices["capacity"] * (prices["resource"] == "storage")
for row in np.argsort(-worth)[:3]:
    print(
        f"{prices['facility'][row]:6}{prices['storage_type'][row]:10}{prices['price'][row]:8.3f} {prices['unit'][row]}"
    )

print(plan.verify_price("storage", "ONT6", storage_type="ambient"))
