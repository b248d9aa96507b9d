# SPDX-License-Identifier: MIT
"""Plans and policies in simulation: one by itself, or several side by side on the same random numbers."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from meio.errors import InputError
from meio.forecast import Forecast
from meio.network_model import Network
from meio.network_tables import Field, Findings, TableReader, did_you_mean
from meio.plan import Plan
from meio.tables import Table, factorize, html_table, read_columns, to_backend

__all__ = ["Case", "Comparison", "baselines", "compare", "simulate"]

FloatArray = npt.NDArray[np.float64]

POLICIES = ("nearest", "cheapest", "priced", "territory")

#: Days over which a period's orders spread.
PERIOD_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 91, "year": 365}

#: What `summary` shows, and the units of KPIs.
SHOWN = ("cost_per_period", "cost_per_unit", "fill_rate", "on_time_rate", "storage_violations", "storage_worst")
MONEY_A_RUN = ("cost", "purchase", "lane", "holding", "storage", "shipping", "shortage")
#: Share of the plan's flow price that the priced policy adds to a score. The plan's levels already ration dear flow:
#: stock was kept away from it at that price. Added in full, the price would be counted twice; a sliver of it sends an
#: order where flow is slack whenever facilities cost about the same.
FLOW_TIE_BREAK = 0.01
RATES = ("fill_rate", "on_time_rate", "storage_worst")


@dataclass(frozen=True, slots=True)
class Case:
    """What is simulated: levels and an assignment policy.

    Parameters
    ----------
    levels : Plan or frame
        A plan, or a table with product, facility and base_stock, and optionally period and echelon_base_stock (for
        facilities that feed others; without it they pass everything on).
    policy : str or callable
        'cheapest' (least shipping cost among facilities with stock), 'nearest', 'priced' (least shipping cost plus what
        the unit taken costs to put back; between near equals, the facility whose flow the plan prices lower),
        'territory' (only the facility that the plan assigned), or a function of the eligible options that returns a
        score each; the lowest wins.
    """

    levels: Any
    policy: str | Callable[[Any], Any] = "cheapest"


class Comparison:
    """Simulated KPIs by policy, with paired differences.

    Attributes
    ----------
    table : Table
        A row a policy and KPI: policy, kpi, mean, low, high, half_width (95 % interval of the mean), difference,
        difference_low, difference_high (against the baseline, run by run), unit.
    values : dict of str to dict of str to array
        Policy, then KPI: one value a run.
    baseline : str
        Which policy the differences refer to.
    runs, orders : int
        Runs done; orders served or turned away over all policies and runs.
    seconds : float
        Wall time.
    """

    def __init__(
        self,
        values: Mapping[str, Mapping[str, FloatArray]],
        baseline: str,
        network: Network,
        *,
        runs: int,
        orders: int,
        seconds: float,
    ) -> None:
        self.values = {policy: dict(kpis) for policy, kpis in values.items()}
        self.baseline = baseline
        self.runs = runs
        self.orders = orders
        self.seconds = seconds
        self._backend = network.backend
        self._units = network.units
        self.table = self._tabulate()

    def _tabulate(self) -> Table:
        columns: dict[str, list[Any]] = {
            name: []
            for name in (
                "policy",
                "kpi",
                "mean",
                "low",
                "high",
                "half_width",
                "difference",
                "difference_low",
                "difference_high",
                "unit",
            )
        }
        for policy, kpis in self.values.items():
            for kpi, values in kpis.items():
                mean, half = _estimate(values)
                gap, gap_half = _estimate(values - self.values[self.baseline][kpi])
                row = (
                    policy,
                    kpi,
                    mean,
                    mean - half,
                    mean + half,
                    half,
                    gap,
                    gap - gap_half,
                    gap + gap_half,
                    self._unit(kpi),
                )
                for name, value in zip(columns, row, strict=True):
                    columns[name].append(value)
        return Table(columns)

    def _unit(self, kpi: str) -> str:
        money, period = self._units["money"], self._units["period"]
        if kpi == "cost_per_period":
            return f"{money} a {period}"
        if kpi == "cost_per_unit":
            return f"{money} a unit shipped"
        if kpi in MONEY_A_RUN:
            return f"{money} a run"
        if kpi.split("[")[0] in RATES:
            return "share"
        if kpi == "storage_excess":
            return f"{self._units['volume']}, added up"
        return "times a run" if kpi == "storage_violations" else "units"

    @property
    def kpis(self) -> Any:
        """`table` as a frame of the caller's library."""
        return to_backend(self.table, self._backend)

    def kpi(self, policy: str, name: str) -> dict[str, Any]:
        """One row of `table`.

        Parameters
        ----------
        policy, name : str
            Which policy and KPI.

        Returns
        -------
        dict
            The row.
        """
        for key, known, what in ((policy, self.values, "policy"), (name, self.values[self.baseline], "KPI")):
            if key not in known:
                raise KeyError(f"no {what} {key!r}; " + (did_you_mean(key, known) or f"there are: {', '.join(known)}"))
        at = np.flatnonzero((self.table["policy"] == policy) & (self.table["kpi"] == name))[0]
        return {column: self.table[column][at] for column in self.table}

    def summary(self) -> str:
        """Tell the main KPIs as text, one column a policy, differences from the baseline below each mean.

        Returns
        -------
        str
            A few lines.
        """
        width = max(22, *(len(policy) + 2 for policy in self.values))
        lines = [f"{'mean +- 95 % interval':<28}" + "".join(f"{policy:>{width}}" for policy in self.values)]
        for name in SHOWN:
            rows = [self.kpi(policy, name) for policy in self.values]
            cells = [f"{row['mean']:,.5g} +- {row['half_width']:.2g}" for row in rows]
            lines.append(f"{name.replace('_', ' '):<28}" + "".join(f"{cell:>{width}}" for cell in cells))
            paired = [
                ""
                if policy == self.baseline
                else f"({row['difference']:+,.4g} +- {row['difference_high'] - row['difference']:.2g})"
                for policy, row in zip(self.values, rows, strict=True)
            ]
            if any(paired):
                lines.append(f"{'  against ' + self.baseline:<28}" + "".join(f"{cell:>{width}}" for cell in paired))
        return "\n".join(lines)

    def plot(self, *, cost: str = "cost_per_unit", service: str = "fill_rate", ax: Any = None) -> Any:
        """Draw `meio.plots.plot_comparison`: cost against service, with intervals; needs matplotlib."""
        from meio.plots import plot_comparison

        return plot_comparison(self, cost=cost, service=service, ax=ax)

    def __repr__(self) -> str:
        return f"Comparison({', '.join(self.values)}; {self.runs} runs, baseline {self.baseline})"

    def _repr_html_(self) -> str:
        keep = np.isin(self.table["kpi"].astype(str), SHOWN)
        return f"<pre>{html.escape(self.summary())}</pre>" + html_table(self.table.where(keep), 30)


# ---- running -----------------------------------------------------------------------------------------------


def simulate(
    network: Network,
    plan: Plan | Case,
    forecast: Forecast,
    *,
    policy: str | Callable[[Any], Any] = "cheapest",
    runs: int = 30,
    rng: int | np.random.Generator = 0,
    periods: int = 52,
    warm_up: int | None = None,
    history: Any = None,
    threads: int = 0,
) -> Comparison:
    """Simulate one plan order by order.

    Parameters
    ----------
    network, forecast
        What is simulated.
    plan : Plan or Case
        Whose levels.
    policy : str or callable
        See `Case`; ignored where `plan` is one.
    runs, rng, periods, warm_up, history, threads
        See `compare`.

    Returns
    -------
    Comparison
        With one policy, named ``plan``.
    """
    case = plan if isinstance(plan, Case) else Case(plan, policy)
    return compare(
        {"plan": case},
        network,
        plan if isinstance(plan, Plan) else None,
        forecast,
        runs=runs,
        rng=rng,
        periods=periods,
        warm_up=warm_up,
        history=history,
        threads=threads,
    )


def compare(
    cases: Mapping[str, Case | Plan | str | Callable[[Any], Any]],
    network: Network,
    plan: Plan | None,
    forecast: Forecast,
    *,
    runs: int = 30,
    rng: int | np.random.Generator = 0,
    baseline: str | None = None,
    periods: int = 52,
    warm_up: int | None = None,
    history: Any = None,
    threads: int = 0,
) -> Comparison:
    """Simulate policies side by side on common random numbers: the same demand, orders and lead times for all.

    Parameters
    ----------
    cases : mapping
        Name to `Case`; or to a plan (with policy 'cheapest'); or to a policy, which then runs on the levels of `plan`.
    network : Network
        Where.
    plan : Plan or None
        Levels and prices for the cases that are policies.
    forecast : Forecast
        What demand is drawn from: its paths where it has them.
    runs : int
        Independent repetitions, >= 1.
    rng : int or numpy Generator
        Seed; the same gives the same bits.
    baseline : str, optional
        Which case the differences refer to; the first where left out.
    periods : int
        Measured periods of a run, >= 1.
    warm_up : int, optional
        Periods before, not measured; by default twice the longest chain of lead times, and four.
    history : frame, optional
        product, region, ds, value: demand that happened, replayed instead of drawn; the last ``warm_up + periods``
        times are used, the same in every run.
    threads : int
        0: as many as the machine has; the answer is the same for any number.

    Returns
    -------
    Comparison
        KPIs with intervals and paired differences.

    Raises
    ------
    InputError
        Where cases, network and forecast do not fit.
    """
    from meio import _meio

    if not cases:
        raise InputError("cases: give at least one")
    base = next(iter(cases)) if baseline is None else baseline
    if base not in cases:
        hint = did_you_mean(base, cases)
        raise InputError(f"baseline = {base!r}: no such case; " + (hint or f"there are: {', '.join(cases)}"))
    made = {name: _as_case(name, case, plan) for name, case in cases.items()}
    seed = rng if isinstance(rng, int) else int(rng.integers(2**63))
    ahead = _default_warm_up(network) if warm_up is None else warm_up
    drawn: dict[str, Any] = {"forecast": forecast.core(network)}
    if history is not None:
        drawn = {"history": _read_history(history, network, ahead + periods)}
    # A list of one-key changes keeps the call readable: everything else is the simulator's business.
    raw = _meio.simulation.simulate(
        network.core,
        [_core_case(name, case, network) for name, case in made.items()],
        warm_up=ahead,
        periods=periods,
        runs=runs,
        seed=seed,
        days_per_period=PERIOD_DAYS.get(network.units["period"], 1),
        threads=threads,
        mean_demand=_mean_demand(network, forecast),
        **drawn,
    )
    names = list(raw["metric_names"])
    values = {
        entry["name"]: {kpi: np.asarray(entry["metrics"])[:, at] for at, kpi in enumerate(names)}
        for entry in raw["cases"]
    }
    return Comparison(values, base, network, runs=raw["runs"], orders=raw["orders"], seconds=raw["seconds"])


def baselines(network: Network, plan: Plan, forecast: Forecast) -> dict[str, Case]:
    """Build the two usual ways of working, and the plan.

    Parameters
    ----------
    network, plan, forecast
        What is compared.

    Returns
    -------
    dict of str to Case
        'national': every facility may serve anyone; one pooled newsvendor level a product, split in proportion to the
        demand nearest to each facility; the nearest facility with stock ships. 'decentral': a newsvendor for each
        facility's own customers, capacities ignored; nobody helps out. 'meio': the plan; 'priced' decides who ships.
    """
    alone = _without_capacities(network)
    own = _stationary_plan(alone, forecast, alternatives=0)
    return {
        "national": Case(_national_levels(alone, own, forecast), "nearest"),
        "decentral": Case(own, "territory"),
        "meio": Case(plan, "priced"),
    }


# ---- baselines ---------------------------------------------------------------------------------------------


def _without_capacities(network: Network) -> Network:
    facilities, lanes = network.source_table("facilities"), network.source_table("lanes")
    speeds = network.source_table("speeds")
    free = np.full(facilities.height, np.inf)
    return network.replace(
        facilities=Table({**facilities, "inbound": free, "outbound": free}),
        lanes=Table({**lanes, "capacity": np.full(lanes.height, np.inf)}),
        speeds=Table({**speeds, "fill_rate": np.zeros(speeds.height)}),
        storage=None,
    )


def _stationary_plan(network: Network, forecast: Forecast, *, alternatives: int) -> Plan:
    from meio.planner_api import Planner

    return Planner(alternatives=alternatives).solve(network, forecast, display=False)


def _national_levels(network: Network, own: Plan, forecast: Forecast) -> Table:
    """One pooled newsvendor a product, its level split by the demand that each facility has of its own."""
    products, services = network.source_table("products"), network.source_table("services")
    pairs = sorted(set(zip(services["region"], services["speed"], strict=True)))
    serving = sorted(set(services["facility"]))
    lead = max(_path_lead_times(network)[name] for name in serving)
    lanes = network.table("lanes")
    pooled = Network(
        facilities={"facility": ["supplier", "national"], "supplier": [True, False]},
        lanes={"src": ["supplier"], "dst": ["national"], "lead_time": [lead], "cost": [float(lanes["cost"].mean())]},
        products=products,
        regions=network.source_table("regions"),
        speeds=network.source_table("speeds"),
        services={
            "region": [p[0] for p in pairs],
            "speed": [p[1] for p in pairs],
            "facility": ["national"] * len(pairs),
            "cutoff": [None] * len(pairs),
            "cost": [float(services["cost"].mean())] * len(pairs),
        },
    )
    total = _stationary_plan(pooled, forecast, alternatives=0).table("levels")
    total = total.where(total["facility"] == "national")
    split = own.table("levels")
    local = split.where(np.isin(split["facility"].astype(str), serving))
    shares = _split_shares(local, serving)
    rows: dict[str, list[Any]] = {name: [] for name in ("product", "facility", "period", "base_stock")}
    for row in total.rows():
        share = shares.get(row["product"])
        if share is None:
            continue
        for facility, units in zip(serving, _largest_remainder(row["base_stock"], share), strict=True):
            for name, value in (
                ("product", row["product"]),
                ("facility", facility),
                ("period", row["period"]),
                ("base_stock", float(units)),
            ):
                rows[name].append(value)
    return Table(rows)


def _split_shares(levels: Table, facilities: list[str]) -> dict[str, FloatArray]:
    at = {name: i for i, name in enumerate(facilities)}
    shares: dict[str, FloatArray] = {}
    for product, facility, level in zip(levels["product"], levels["facility"], levels["base_stock"], strict=True):
        shares.setdefault(product, np.zeros(len(facilities)))[at[facility]] += level
    return {product: share / share.sum() for product, share in shares.items() if share.sum() > 0}


def _largest_remainder(total: float, share: FloatArray) -> npt.NDArray[np.int64]:
    exact = round(total) * share
    units = np.floor(exact).astype(np.int64)
    left = round(total) - int(units.sum())
    units[np.argsort(-(exact - units), kind="stable")[:left]] += 1
    return units


def _path_lead_times(network: Network) -> dict[str, float]:
    """Longest total lead time from a supplier to each facility."""
    facilities, lanes = network.table("facilities"), network.table("lanes")
    reach = {str(name): 0.0 for name in facilities["facility"]}
    for _ in range(facilities.height):
        for a, b, lead in zip(lanes["src"], lanes["dst"], lanes["lead_time"], strict=True):
            reach[str(b)] = max(reach[str(b)], reach[str(a)] + float(lead))
    return reach


def _default_warm_up(network: Network) -> int:
    return math.ceil(2 * max(_path_lead_times(network).values())) + 4


# ---- for the simulator -------------------------------------------------------------------------------------


def _as_case(name: str, case: Any, plan: Plan | None) -> Case:
    if isinstance(case, Plan):
        case = Case(case)
    elif not isinstance(case, Case):
        if plan is None:
            raise InputError(f"cases[{name!r}]: a policy needs levels; give a plan, or Case(levels, policy)")
        case = Case(plan, case)
    return _checked(name, case)


def _checked(name: str, case: Case) -> Case:
    if isinstance(case.policy, str):
        if case.policy not in POLICIES:
            hint = did_you_mean(case.policy, POLICIES)
            known = ", ".join(map(repr, POLICIES))
            raise InputError(
                f"cases[{name!r}]: no policy {case.policy!r}; " + (hint or f"there are {known}, or a function")
            )
    elif not callable(case.policy):
        raise InputError(f"cases[{name!r}]: policy must be a name or a function, not {type(case.policy).__name__}")
    return case


def _core_case(name: str, case: Case, network: Network) -> dict[str, Any]:
    coded = network.coded
    policy = case.policy if isinstance(case.policy, str) else _named_policy(case.policy, network)
    made: dict[str, Any] = {"name": name, "policy": policy}
    plan = case.levels if isinstance(case.levels, Plan) else None
    levels = (
        plan.table("levels") if plan is not None else Table({n: c.values for n, c in read_columns(case.levels).items()})
    )
    base, echelon = _level_cubes(name, levels, network, [] if plan is None else plan.forecast.periods)
    made["base_stock"] = base
    made["stock_value"] = _replacement_costs(network)
    if echelon is not None and (plan is None or plan.options.get("item_model") == "echelon"):
        made["echelon"] = echelon
    if plan is not None:
        made["flow_price"] = _flow_prices(plan, coded.facilities, base.shape[2])
        made["flow_weight"] = FLOW_TIE_BREAK
        if case.policy == "territory":
            assigned = _assigned(plan, network)
            if assigned is not None:
                made["assigned"] = assigned
    return made


def _level_cubes(
    name: str, levels: Table, network: Network, periods: list[Any]
) -> tuple[FloatArray, FloatArray | None]:
    findings = Findings()
    fields = [
        Field("product", "name", "what is held", required=True),
        Field("facility", "name", "where", required=True),
        Field("base_stock", "number", "order-up-to level in units", required=True, low=0),
    ]
    if "echelon_base_stock" in levels:
        fields.append(Field("echelon_base_stock", "number", "order-up-to level of the echelon", required=True, low=0))
    if "period" in levels:
        fields.append(Field("period", "name", "planning period", required=True))
    reader = TableReader.read(f"levels of {name}", levels, findings, fields, warn=False)
    coded = network.coded
    ids = []
    for column, known in (("product", coded.products), ("facility", coded.facilities)):
        places = {label: at for at, label in enumerate(known)}
        reader.check_reference(column, places, f"the network's {column}s")
        ids.append(np.array([places.get(str(label), 0) for label in reader.names.get(column, [])], dtype=np.int64))
    if findings.errors:
        raise InputError.from_issues(findings.issues)
    if "period" in levels:
        found, period = factorize([str(label) for label in reader.names["period"]])
        order = {str(label): at for at, label in enumerate(periods)} if periods else {p: i for i, p in enumerate(found)}
        period = np.array([order[found[code]] for code in period], dtype=np.int64)
        count = len(order)
    else:
        period, count = np.zeros(reader.height, dtype=np.int64), 1
    shape = (len(coded.products), len(coded.facilities), count)
    base, echelon = np.zeros(shape), np.zeros(shape)
    base[ids[0], ids[1], period] = reader.numbers["base_stock"]
    if "echelon_base_stock" not in levels:
        return base, None
    echelon[ids[0], ids[1], period] = reader.numbers["echelon_base_stock"]
    return base, echelon


def _replacement_costs(network: Network) -> FloatArray:
    """Return what a unit taken from each facility costs to put back there, (products, facilities).

    The marginal value of stock at an optimal level: holding saved and shortage risked until the unit is back cancel
    (that is what makes the level optimal, storage priced or not), and the unit itself must be bought and brought.
    """
    arrays, coded = network.coded.arrays, network.coded
    supplier, lanes = arrays["facilities"]["supplier"], arrays["lanes"]
    path, travel = np.zeros(len(coded.facilities)), np.zeros(len(coded.facilities))
    feed: dict[int, int] = {}  # the lane that the simulator and the planner order over: cheapest, fastest, first
    for lane in np.lexsort((np.arange(len(lanes["cost"])), lanes["lead_time"], lanes["cost"])):
        feed.setdefault(int(lanes["destination"][lane]), int(lane))
    for start in feed:
        at = start
        while at in feed:
            lane = feed[at]
            at = int(lanes["source"][lane])
            path[start] += lanes["cost"][lane]
            travel[start] += 0.0 if supplier[at] else lanes["lead_time"][lane]
    products = arrays["products"]
    return np.asarray(products["unit_cost"][:, None] + path + products["holding_cost"][:, None] * travel)


def _flow_prices(plan: Plan, facilities: list[str], periods: int) -> FloatArray:
    """Return the outbound prices of each facility."""
    prices = plan.table("prices")
    result = np.zeros((len(facilities), periods))
    place = {name: at for at, name in enumerate(facilities)}
    labels = {str(label): at for at, label in enumerate(plan.forecast.periods)}
    for row in prices.rows():
        if row["resource"] == "outbound":
            result[place[str(row["facility"])], labels[str(row["period"])]] += row["price"]
    return result


def _assigned(plan: Plan, network: Network) -> npt.NDArray[np.int32] | None:
    """Facility by product and demand class; None where the plan says nothing, or says it by period."""
    table = plan.table("assignment")
    if not table.height or len(plan.forecast.periods) > 1 or plan.network.coded.facilities != network.coded.facilities:
        return None
    coded = network.coded
    places = {name: at for at, name in enumerate(coded.facilities)}
    products = {name: at for at, name in enumerate(coded.products)}
    classes = int(table["demand_class"].max()) + 1
    from meio import _meio

    count = max(classes, len(_meio.fulfilment.eligibility(network.core)["offset"]) - 1)
    result = np.full((len(coded.products), count), -1, dtype=np.int32)
    product = np.array([products[name] for name in table["product"]], dtype=np.int64)
    facility = np.array([-1 if name is None else places[name] for name in table["facility"]], dtype=np.int32)
    result[product, table["demand_class"].astype(np.int64)] = facility
    return result


def _named_policy(policy: Callable[[Any], Any], network: Network) -> Callable[[Any], Any]:
    """Hand the policy names instead of codes."""
    coded = network.coded
    facilities = np.array(coded.facilities, dtype=object)

    def call(options: Any) -> Any:
        options.facility = facilities[options.facility]
        options.product = coded.products[options.product]
        options.region = coded.regions[options.region]
        options.speed = coded.speeds[options.speed]
        return policy(options)

    return call


def _mean_demand(network: Network, forecast: Forecast) -> FloatArray:
    arrays = forecast.coded(network)
    result = np.zeros((len(network.coded.products), len(network.coded.regions)))
    result[arrays["product"], arrays["region"]] = arrays["mean"][:, 0]
    return result


def _read_history(history: Any, network: Network, horizon: int) -> tuple[Any, Any, Any]:
    findings = Findings()
    fields = [
        Field(name, "name", about, required=True)
        for name, about in (("product", "what was sold"), ("region", "where"), ("ds", "time of the period"))
    ]
    fields.append(Field("value", "number", "units asked for", required=True, low=0))
    reader = TableReader.read("history", history, findings, fields, warn=False)
    reader.check_duplicates(("product", "region", "ds"))
    coded = network.coded
    ids = []
    for column, known in (("product", coded.products), ("region", coded.regions)):
        places = {label: at for at, label in enumerate(known)}
        reader.check_reference(column, places, f"the network's {column}s")
        ids.append(np.array([places.get(str(label), 0) for label in reader.names.get(column, [])], dtype=np.int64))
    if not findings.errors:
        values = reader.numbers["value"]
        findings.rows(
            "E004",
            "history",
            "value",
            np.flatnonzero(values != np.floor(values)),
            reader.value("value"),
            why="orders are whole units",
            fix="give whole numbers",
        )
    if findings.errors:
        raise InputError.from_issues(findings.issues)
    times, time = factorize([str(label) for label in reader.names["ds"]])
    if len(times) < horizon:
        raise InputError(f"history has {len(times)} times, warm_up + periods are {horizon}; use fewer periods")
    key = ids[0] * len(coded.regions) + ids[1]
    series, row = np.unique(key, return_inverse=True)
    counts = np.zeros((len(series), len(times)), dtype=np.int32)
    counts[row, time] = reader.numbers["value"].astype(np.int32)
    return (
        (series // len(coded.regions)).astype(np.int32),
        (series % len(coded.regions)).astype(np.int32),
        np.ascontiguousarray(counts[:, -horizon:]),
    )


def _estimate(values: FloatArray) -> tuple[float, float]:
    from meio import _meio

    mean, _, half, _ = _meio.simulation.estimate(values)
    return float(mean), float(half)
