# SPDX-License-Identifier: MIT
"""Pictures: every function draws into the axes given and returns them, with units."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

import meio

plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(scope="module")
def plan() -> meio.Plan:
    return meio.Planner().solve(*meio.examples.us_network(30), display=False)


@pytest.fixture(autouse=True)
def close() -> Iterator[None]:
    yield
    plt.close("all")


def test_network_map(plan: meio.Plan) -> None:
    # The map has degrees on its axes, with and without a plan.
    assert "degrees" in plan.plot.network().get_xlabel()
    _, ax = plt.subplots()
    assert meio.plots.plot_network(plan.network, ax=ax) is ax
    bare = meio.Network(
        facilities={"facility": ["s", "f"], "supplier": [True, False]},
        lanes={"src": ["s"], "dst": ["f"], "lead_time": [1]},
        products={"product": ["p"], "shortage_cost": [9.0]},
        services={"region": ["r"], "facility": ["f"], "cost": [1.0]},
    )
    with pytest.raises(ValueError, match="lon and lat"):
        meio.plots.plot_network(bare)


def test_price_heatmap(plan: meio.Plan) -> None:
    # One row a facility, the unit in the title, binding cells with their price.
    ax = plan.plot.price_heatmap("storage")
    assert "USD per m3-week" in ax.get_title()
    assert len(ax.get_yticklabels()) == 10
    binding = (plan.table("prices")["price"] > 0) & (plan.table("prices")["resource"] == "storage")
    assert len(ax.texts) == binding.sum()
    assert plan.plot.price_heatmap("flow") is not ax
    with pytest.raises(ValueError, match="there are: storage, inbound, outbound"):
        plan.plot.price_heatmap("lane")


def test_convergence(plan: meio.Plan) -> None:
    # Money up, passes to the right.
    ax = plan.plot.convergence()
    assert "USD a week" in ax.get_ylabel()
    assert "passes" in ax.get_xlabel()


def test_without_matplotlib() -> None:
    # Importing meio needs no extra, and a picture without one names the command that mends it.
    code = (
        "import sys\n"
        "for name in ('matplotlib', 'pandas', 'polars', 'pyarrow', 'ray', 'scipy'): sys.modules[name] = None\n"
        "import meio\n"
        "plan = meio.Planner().solve(*meio.examples.us_network(3), display=False)\n"
        "try: plan.plot.network()\n"
        "except ImportError as error: print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'meio[plot]'" in run.stdout
