# SPDX-License-Identifier: MIT
"""Pictures of networks, plans and comparisons; needs matplotlib (``pip install 'meio[plot]'``).

Every function draws into the axes given, or into new ones, and returns them. Colours are told apart by the colour-blind
(Okabe and Ito); prices are shades of one blue, so that they survive a black-and-white printer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from meio.errors import missing_extra
from meio.tables import Table

if TYPE_CHECKING:
    from meio.comparison import Comparison
    from meio.network_model import Network
    from meio.plan import Plan

__all__ = ["PlanPlots", "plot_comparison", "plot_convergence", "plot_network", "plot_price_heatmap"]

BLUE, ORANGE, GREEN, RED, PURPLE, SKY, YELLOW, BLACK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
    "#000000",
)
GREY = "#8C8C8C"
SEQUENTIAL = "Blues"


def _pyplot() -> Any:
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise missing_extra("matplotlib", "plot") from None
    return plt


def _axes(ax: Any, width: float, height: float) -> Any:
    if ax is not None:
        return ax
    _, made = _pyplot().subplots(figsize=(width, height), layout="constrained")
    return made


class PlanPlots:
    """The pictures of one plan; `plan.plot` gives it.

    Parameters
    ----------
    plan : Plan
        What is drawn.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def network(self, *, ax: Any = None) -> Any:
        """Draw `plot_network` with the plan's prices."""
        return plot_network(self._plan, ax=ax)

    def price_heatmap(self, resource: str = "storage", *, ax: Any = None) -> Any:
        """Draw `plot_price_heatmap`."""
        return plot_price_heatmap(self._plan, resource, ax=ax)

    def convergence(self, *, ax: Any = None) -> Any:
        """Draw `plot_convergence`."""
        return plot_convergence(self._plan, ax=ax)


# ---- network map -------------------------------------------------------------------------------------------


def plot_network(obj: Plan | Network, *, ax: Any = None) -> Any:
    """Draw facilities, lanes and regions on the map; with a plan, what room is worth where.

    Circles grow with the money that a facility's capacities are worth (price times capacity, a period) and darken with
    its dearest storage price.

    Parameters
    ----------
    obj : Plan or Network
        Whose facilities have ``lon`` and ``lat``.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib Axes
        Degrees east and north.
    """
    from meio.plan import Plan

    plan = obj if isinstance(obj, Plan) else None
    network = obj.network if isinstance(obj, Plan) else obj
    plt = _pyplot()
    facilities, lanes, regions = (network.table(name) for name in ("facilities", "lanes", "regions"))
    if not np.isfinite(facilities["lon"]).any():
        raise ValueError("a map needs the columns lon and lat in facilities")
    ax = _axes(ax, 10, 6)
    where = {
        name: (x, y) for name, x, y in zip(facilities["facility"], facilities["lon"], facilities["lat"], strict=True)
    }
    for a, b in zip(lanes["src"], lanes["dst"], strict=True):
        ends = np.array([where[a], where[b]])
        ax.plot(ends[:, 0], ends[:, 1], color=SKY, linewidth=1.2, zorder=1, solid_capstyle="round")
    ax.scatter(
        regions["lon"],
        regions["lat"],
        s=_region_sizes(plan, regions),
        color=GREY,
        alpha=0.55,
        linewidths=0,
        zorder=2,
        label="region",
    )
    _draw_facilities(ax, plan, network, facilities, plt)
    _label_places(ax, facilities)
    ax.set_xlabel("longitude, degrees east")
    ax.set_ylabel("latitude, degrees north")
    middle = np.radians(np.nanmean(np.concatenate([facilities["lat"], regions["lat"]])))
    ax.set_aspect(1 / max(0.2, float(np.cos(middle))))
    ax.set_title(
        "Supply network" if plan is None else "What room is worth (shade), and all capacities of a facility (size)"
    )
    ax.margins(0.06)
    return ax


def _region_sizes(plan: Plan | None, regions: Table) -> npt.NDArray[np.float64]:
    if plan is None:
        return np.full(regions.height, 10.0)
    fc = plan.forecast
    mean = np.bincount(fc.series[:, 1], weights=fc.mean.mean(axis=1), minlength=len(fc.regions))
    by_name = dict(zip(fc.regions, mean, strict=True))
    demand = np.array([by_name.get(str(name), 0.0) for name in regions["region"]])
    return np.asarray(4.0 + 90.0 * demand / max(float(demand.max()), 1e-300))


def _draw_facilities(ax: Any, plan: Plan | None, network: Network, facilities: Table, plt: Any) -> None:
    supplier = facilities["supplier"] > 0
    serving = np.isin(facilities["facility"].astype(str), network.table("services")["facility"].astype(str))
    kinds = (("supplier", supplier, "s", ORANGE), ("distribution", ~supplier & ~serving, "D", BLUE))
    for label, mask, marker, colour in kinds:
        if mask.any():
            ax.scatter(
                facilities["lon"][mask],
                facilities["lat"][mask],
                marker=marker,
                s=70,
                color=colour,
                edgecolors="white",
                linewidths=0.8,
                zorder=4,
                label=label,
            )
    mask = ~supplier & serving
    if plan is None:
        ax.scatter(
            facilities["lon"][mask],
            facilities["lat"][mask],
            marker="o",
            s=90,
            color=GREEN,
            edgecolors="white",
            linewidths=0.8,
            zorder=5,
            label="serves customers",
        )
        ax.legend(loc="lower left", frameon=False)
        return
    price, worth = _facility_prices(plan, facilities)
    size = 70 + 430 * np.sqrt(worth / max(float(worth.max()), 1e-300))
    drawn = ax.scatter(
        facilities["lon"][mask],
        facilities["lat"][mask],
        marker="o",
        s=size[mask],
        c=price[mask],
        cmap=SEQUENTIAL,
        vmin=0,
        edgecolors=BLACK,
        linewidths=0.7,
        zorder=3,
        label="serves customers",
    )
    units = network.units
    bar = plt.colorbar(drawn, ax=ax, shrink=0.8, pad=0.01)
    bar.set_label(f"dearest storage price, {units['money']} per {units['volume']}-{units['period']}")
    legend = ax.legend(loc="lower left", frameon=False)
    for handle in legend.legend_handles:
        handle.set_sizes([45])


def _facility_prices(plan: Plan, facilities: Table) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    prices = plan.table("prices")
    place = {str(name): at for at, name in enumerate(facilities["facility"])}
    dearest, worth = np.zeros(facilities.height), np.zeros(facilities.height)
    periods = max(1, len(plan.forecast.periods))
    for kind, name, price, capacity in zip(
        prices["resource"], prices["facility"], prices["price"], prices["capacity"], strict=True
    ):
        at = place.get(str(name))
        if at is None:
            continue
        worth[at] += price * capacity / periods
        if kind == "storage":
            dearest[at] = max(dearest[at], price)
    return dearest, worth


def _label_places(ax: Any, facilities: Table) -> None:
    columns = (facilities[name] for name in ("facility", "lon", "lat", "supplier"))
    for name, x, y, supplier in zip(*columns, strict=True):
        if np.isfinite(x) and np.isfinite(y):
            offset = (-6, -13) if supplier else (7, 6)
            ax.annotate(str(name), (x, y), xytext=offset, textcoords="offset points", fontsize=8, zorder=6)


# ---- prices ------------------------------------------------------------------------------------------------


def plot_price_heatmap(plan: Plan, resource: str = "storage", *, ax: Any = None) -> Any:
    """Draw prices of one kind of capacity, facilities by storage types or periods; binding cells carry their price.

    Parameters
    ----------
    plan : Plan
        Whose prices.
    resource : {'storage', 'inbound', 'outbound', 'lane', 'service'}
        Which kind; 'flow' shows inbound and outbound side by side.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib Axes
        One cell a capacity; grey where there is no limit.
    """
    prices = plan.table("prices")
    kinds = ("inbound", "outbound") if resource == "flow" else (resource,)
    table = prices.where(np.isin(prices["resource"].astype(str), kinds))
    if not table.height:
        known = ", ".join(dict.fromkeys(prices["resource"])) or "none"
        raise ValueError(f"no limited capacity of kind {resource!r}; there are: {known}")
    many_periods = len(plan.forecast.periods) > 1
    rows = [_row_name(table, at) for at in range(table.height)]
    columns = [_column_name(table, at, many_periods) for at in range(table.height)]
    row_names, column_names = list(dict.fromkeys(rows)), list(dict.fromkeys(columns))
    grid = np.full((len(row_names), len(column_names)), np.nan)
    for at, (row, column) in enumerate(zip(rows, columns, strict=True)):
        grid[row_names.index(row), column_names.index(column)] = table["price"][at]
    ax = _axes(ax, 3.2 + 0.9 * min(len(column_names), 14), 1.6 + 0.36 * min(len(row_names), 30))
    _draw_grid(ax, grid, row_names, column_names)
    ax.set_xlabel("period" if many_periods else "capacity")
    ax.set_ylabel("facility")
    ax.set_title(f"Price of {resource}, {table['unit'][0]}")
    return ax


def _row_name(table: Table, at: int) -> str:
    if table["resource"][at] == "service":
        return str(table["speed"][at])
    place = str(table["facility"][at])
    return f"{table['source'][at]} -> {place}" if table["resource"][at] == "lane" else place


def _column_name(table: Table, at: int, many_periods: bool) -> str:
    kind = str(table["resource"][at])
    name = str(table["storage_type"][at]) if kind == "storage" else kind
    if not many_periods:
        return name
    return f"{name}, {table['period'][at]}" if kind == "storage" else str(table["period"][at])


def _draw_grid(ax: Any, grid: npt.NDArray[np.float64], row_names: Sequence[str], column_names: Sequence[str]) -> None:
    plt = _pyplot()
    top = float(np.nanmax(grid)) or 1.0
    ax.set_facecolor("#E8E8E8")
    picture = ax.imshow(np.ma.masked_invalid(grid), aspect="auto", cmap=SEQUENTIAL, vmin=0, vmax=top)
    ax.set_xticks(
        range(len(column_names)),
        column_names,
        rotation=45 if len(column_names) > 4 else 0,
        ha="right" if len(column_names) > 4 else "center",
    )
    ax.set_yticks(range(len(row_names)), row_names)
    if grid.size <= 200:
        for row, column in np.argwhere(grid > 0):
            value = grid[row, column]
            ax.text(
                column,
                row,
                f"{value:.3g}",
                ha="center",
                va="center",
                fontsize=8,
                color="white" if value > 0.55 * top else "black",
            )
    plt.colorbar(picture, ax=ax, shrink=0.9, pad=0.02)


# ---- the solve ---------------------------------------------------------------------------------------------


def plot_convergence(plan: Plan, *, ax: Any = None) -> Any:
    """Draw bound and cost over the passes of the solve.

    Parameters
    ----------
    plan : Plan
        Whose history.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib Axes
        Passes to the right, money per period up.
    """
    history = plan.table("history")
    ax = _axes(ax, 7, 4)
    bounded = np.isfinite(history["bound"])
    passes, bounds = history["pass"][bounded], history["bound"][bounded]
    ax.step(passes, bounds, where="post", color=BLUE, marker=".", label="bound")
    if np.isfinite(plan.cost):
        found = np.isfinite(history["cost"])
        ax.step(history["pass"][found], history["cost"][found], where="post", color=RED, linestyle=":")
        ax.axhline(plan.cost, color=RED, linestyle="--", label="plan")
        # The first bounds are far off; the end is what one looks at.
        low = float(np.quantile(bounds, 0.3)) if len(bounds) else plan.bound
        room = max(plan.cost - low, 1e-9 * abs(plan.cost), 1e-12)
        ax.set_ylim(plan.cost - 1.1 * room, plan.cost + 0.15 * room)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    ax.set_xlabel("passes over all products")
    ax.set_ylabel(f"{plan.network.units['money']} a {plan.network.units['period']}")
    ax.set_title(f"Bound and plan, gap {100 * plan.gap:.2g} %")
    ax.legend(frameon=False, loc="lower right")
    return ax


# ---- comparison --------------------------------------------------------------------------------------------


def plot_comparison(
    comparison: Comparison, *, cost: str = "cost_per_unit", service: str = "fill_rate", ax: Any = None
) -> Any:
    """Draw cost against service, a cross a policy with the 95 % intervals of its paired differences from the baseline.

    Parameters
    ----------
    comparison : Comparison
        What `meio.compare` found.
    cost, service : str
        The KPIs on the two axes.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib Axes
        Cost to the right, service up: the best policies are at the upper left.
    """
    table, baseline = comparison.table, comparison.baseline
    ax = _axes(ax, 7, 4.5)
    colours = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK)
    for at, policy in enumerate(comparison.values):
        x, x_half = _kpi(table, policy, cost, paired=policy != baseline)
        y, y_half = _kpi(table, policy, service, paired=policy != baseline)
        bars = {} if policy == baseline else {"xerr": x_half, "yerr": y_half, "capsize": 3}
        ax.errorbar(
            x, y, marker="os^Dv<>"[at % 7], color=colours[at % len(colours)], markersize=8, linestyle="none", **bars
        )
        ax.annotate(str(policy), (x, y), xytext=(8, 8), textcoords="offset points", fontsize=9)
    ax.set_xlabel(_kpi_label(table, cost))
    ax.set_ylabel(_kpi_label(table, service))
    ax.set_title(
        f"Cost and service by policy\nbars: 95 % intervals of the paired difference from {baseline}", fontsize=11
    )
    ax.margins(0.18)
    ax.grid(alpha=0.25)
    return ax


def _kpi(table: Table, policy: str, kpi: str, *, paired: bool) -> tuple[float, float]:
    rows = np.flatnonzero((table["policy"] == policy) & (table["kpi"] == kpi))
    if not len(rows):
        raise ValueError(f"no KPI {kpi!r}; there are: {', '.join(dict.fromkeys(table['kpi']))}")
    row = rows[0]
    half = table["difference_high"][row] - table["difference"][row] if paired else table["half_width"][row]
    return float(table["mean"][row]), float(half)


def _kpi_label(table: Table, kpi: str) -> str:
    rows = np.flatnonzero(table["kpi"] == kpi)
    unit = str(table["unit"][rows[0]]) if len(rows) else ""
    return kpi.replace("_", " ") + (f", {unit}" if unit else "")
