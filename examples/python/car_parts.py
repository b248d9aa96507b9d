# SPDX-License-Identifier: MIT
"""Real car parts: forecasts fitted on 39 months, the plan judged on the twelve that followed.

usage: python examples/python/car_parts.py --data FOLDER [--out FOLDER] [--runs N] [--item-model NAME]

FOLDER holds demand/carparts.csv: monthly demand of 2,674 parts (Hyndman et al. 2008, Forecasting with Exponential
Smoothing). Costs, volumes and the network are ours: the data has demand only. Every unit of the national demand falls
into a metropolitan area at random, in proportion to population, anew in every run; intervals are over runs.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

import meio
from meio.examples import us_geography
from meio.tables import Table, read_csv

FIT, WARM_UP, JUDGE = 39, 12, 12  # months


def read_parts(folder: Path) -> tuple[list[str], np.ndarray]:
    """Parts that were on sale in all 51 months, and their monthly demand."""
    table = read_csv(folder / "demand" / "carparts.csv")
    months = np.array([np.asarray(table[name], dtype=float) for name in table.columns[1:]]).T
    on_sale = ~np.isnan(months).any(axis=1)
    return [str(name) for name in table["Part"][on_sale]], months[on_sale]


def make_network(parts: list[str], seed: int) -> meio.Network:
    """The US network of the embedded example, with a period of a month and drawn costs and volumes."""
    draw = np.random.default_rng(seed)
    tables = us_geography()
    lanes = tables["lanes"]
    national = np.isin(lanes["dst"].astype(str), ["west", "east"])
    unit_cost = np.round(np.exp(draw.normal(np.log(40.0), 0.8, len(parts))), 2)
    tables["lanes"] = Table({**lanes, "lead_time": np.where(national, 1, 0)})
    tables["products"] = Table(
        {
            "product": parts,
            "volume": np.round(np.exp(draw.normal(np.log(0.02), 0.7, len(parts))), 5),
            "unit_cost": unit_cost,
            "holding_cost": np.round(unit_cost * 0.25 / 12, 5),
            "shortage_cost": np.round(unit_cost * 1.8 + 25.0, 2),
        }
    )
    weights = tables.pop("weights")
    network = meio.Network(**tables, units={"volume": "m3", "money": "USD", "period": "month"})
    assert set(weights["region"]) == set(network.coded.regions)
    return network


def crowd(network: meio.Network, free: meio.Plan, share: float) -> meio.Network:
    """Give every fulfilment centre room for a share of what the plan without limits would hold there."""
    levels = free.table("levels")
    used = {name: float(levels["volume"][levels["facility"] == name].sum()) for name in sorted(set(levels["facility"]))}
    rows = [(name, share * volume) for name, volume in used.items() if volume > 0]
    return network.replace(
        storage={
            "facility": [r[0] for r in rows],
            "storage_type": ["any"] * len(rows),
            "capacity": [r[1] for r in rows],
        }
    )


def history_frame(parts: list[str], months: np.ndarray) -> Table:
    count = months.shape[1]
    return Table(
        {
            "product": np.repeat(np.array(parts, dtype=object), count),
            "ds": np.tile(np.arange(count), len(parts)),
            "value": months.ravel(),
        }
    )


def thin(parts: list[str], months: np.ndarray, weights: Table, seed: int) -> Table:
    """Let every unit of the months' demand fall into a region at random."""
    draw = np.random.default_rng(seed)
    share = weights["weight"] / weights["weight"].sum()
    count = months.shape[1]
    fallen = draw.multinomial(months.astype(np.int64).ravel(), share).reshape(len(parts), count, len(share))
    product, month, region = np.nonzero(fallen)
    # Every month is named, also one without any demand.
    last = np.array([0] * count), np.arange(count), np.array([0] * count)
    missing = ~np.isin(last[1] * len(share), month[(product == 0) & (region == 0)] * len(share))
    return Table(
        {
            "product": np.array(parts, dtype=object)[np.concatenate([product, last[0][missing]])],
            "region": weights["region"][np.concatenate([region, last[2][missing]])],
            "ds": [f"m{at:02d}" for at in np.concatenate([month, last[1][missing]])],
            "value": np.concatenate([fallen[product, month, region], np.zeros(missing.sum(), dtype=np.int64)]),
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--item-model", default="independent")
    parser.add_argument("--room", type=float, default=0.8, help="share of the volume wanted that there is room for")
    options = parser.parse_args()
    parts, months = read_parts(options.data)
    weights = us_geography()["weights"]
    forecast = meio.Forecast.from_history(history_frame(parts, months[:, :FIT]), weights=weights)
    print(
        f"{len(parts)} parts, {months[:, :FIT].sum():,.0f} units in {FIT} months to fit, "
        f"{months[:, FIT:].sum():,.0f} units in {JUDGE} months to judge, forecast {12 * forecast.mean.sum():,.0f}"
    )

    network = make_network(parts, seed=7)
    planner = meio.Planner(gap=1e-3, item_model=options.item_model)
    network = crowd(network, planner.solve(network, forecast), options.room)
    started = time.perf_counter()
    plan = planner.solve(network, forecast)
    print(f"planned in {time.perf_counter() - started:.1f} s\n{plan.summary()}\n")

    cases = meio.baselines(network, plan, forecast)
    actual = months[:, FIT - WARM_UP :]
    runs = [
        meio.compare(
            cases,
            network,
            plan,
            forecast,
            runs=1,
            rng=seed,
            baseline="national",
            periods=JUDGE,
            warm_up=WARM_UP,
            history=thin(parts, actual, weights, seed),
        )
        for seed in range(options.runs)
    ]
    values = {
        name: {kpi: np.concatenate([run.values[name][kpi] for run in runs]) for kpi in runs[0].values[name]}
        for name in cases
    }
    result = meio.Comparison(
        values,
        "national",
        network,
        runs=len(runs),
        orders=sum(run.orders for run in runs),
        seconds=sum(run.seconds for run in runs),
    )
    print(result.summary())
    if options.out:
        plan.to_folder(options.out)
        result.table.to_csv(options.out / "kpis.csv")
        result.plot().figure.savefig(options.out / "policies.png", dpi=150)


if __name__ == "__main__":
    main()
