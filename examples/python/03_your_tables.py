# SPDX-License-Identifier: MIT
"""A network from data frames (pandas here; Polars, pyarrow and plain lists do as well), and what a slip looks like."""

import pandas as pd

import meio

tables = {
    "facilities": pd.DataFrame(
        {
            "facility": ["plant", "hub", "RNO1", "IND1"],
            "supplier": [True, False, False, False],
            "tz": ["UTC", "America/Chicago", "America/Los_Angeles", "America/Indiana/Indianapolis"],
        }
    ),
    "lanes": pd.DataFrame(
        {
            "src": ["plant", "hub", "hub"],
            "dst": ["hub", "RNO1", "IND1"],
            "lead_time": [4, 1, 1],
            "cost": [0.5, 0.3, 0.2],
        }
    ),
    "products": pd.DataFrame(
        {
            "product": ["lamp", "rug"],
            "volume": [0.01, 0.20],
            "unit_cost": [8.0, 40.0],
            "holding_cost": [0.04, 0.20],
            "shortage_cost": [25.0, 90.0],
        }
    ),
    "services": pd.DataFrame(
        {
            "region": ["west", "west", "east", "east"],
            "facility": ["RNO1", "IND1", "IND1", "RNO1"],
            "cutoff": [None, "14:00", None, "14:00"],
            "cost": [3.0, 6.0, 3.0, 6.0],
        }
    ),
    "storage": pd.DataFrame({"facility": ["RNO1", "IND1"], "storage_type": ["any", "any"], "capacity": [1.5, 2.2]}),
}
units = {"volume": "m3", "money": "USD", "period": "week"}
network = meio.Network(**tables, units=units)
forecast = meio.Forecast.from_moments(
    pd.DataFrame(
        {
            "product": ["lamp", "lamp", "rug", "rug"],
            "region": ["west", "east", "west", "east"],
            "mean": [40.0, 60.0, 3.0, 5.0],
            "variance": [60.0, 90.0, 3.0, 6.0],
        }
    )
)
plan = meio.Planner(item_model="echelon").solve(network, forecast)
print(plan)
print(plan.levels[["product", "facility", "base_stock", "echelon_base_stock", "on_hand"]])
print(plan.prices[["resource", "facility", "capacity", "usage", "price", "unit"]])

lanes = tables["lanes"].replace({"dst": {"RNO1": "RN01"}}).assign(lead_time=[4, -1, 1])
try:
    network.replace(lanes=lanes)
except meio.InputError as error:
    print(f"InputError: {error}")
