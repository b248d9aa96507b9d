# SPDX-License-Identifier: MIT
"""A forecast from sample paths in long form, as forecasting libraries simulate them, planned week by week."""

import numpy as np
import pandas as pd

import meio

rng = np.random.default_rng(7)
weeks = pd.date_range("2026-01-05", periods=4, freq="W-MON")
season = np.array([1.0, 1.2, 1.8, 1.1])
paths = pd.DataFrame(
    [
        (name, week, sample, float(rng.negative_binomial(4, 4 / (4 + level * s))))
        for name, level in {"lamp/west": 30.0, "lamp/east": 45.0}.items()
        for sample in range(200)
        for week, s in zip(weeks, season, strict=True)
    ],
    columns=["unique_id", "ds", "sample_id", "model"],
)
series = pd.DataFrame({"unique_id": ["lamp/west", "lamp/east"], "product": "lamp", "region": ["west", "east"]})
forecast = meio.Forecast.from_long(paths, value="model", series=series)
print(forecast)
print(forecast.frame().round(2))

network = meio.Network(
    facilities={"facility": ["plant", "RNO1", "IND1"], "supplier": [True, False, False]},
    lanes={"src": ["plant", "plant"], "dst": ["RNO1", "IND1"], "lead_time": [1, 1]},
    products=pd.DataFrame({"product": ["lamp"], "shortage_cost": [25.0], "holding_cost": [0.5], "unit_cost": [8.0]}),
    services={"region": ["west", "east"], "facility": ["RNO1", "IND1"], "cutoff": [None, None], "cost": [3.0, 3.0]},
)
plan = meio.Planner().solve(network, forecast)
print(plan)
print(plan.levels[["facility", "period", "base_stock", "on_hand"]].round(2))
