# SPDX-License-Identifier: MIT
"""Networks from tables: what is refused and how, and that origin and order of the rows leave no trace."""

from __future__ import annotations

import copy
import itertools
import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import meio
from meio.network_tables import SCHEMA

LIBRARIES = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table, "table": dict}


def good() -> dict[str, Any]:
    return {
        "facilities": {
            "facility": ["plant", "RNO1", "IND1"],
            "supplier": [True, False, False],
            "tz": ["UTC", "America/Los_Angeles", "America/Indiana/Indianapolis"],
            "storage_cost": [0.0, 0.1, 0.2],
            "inbound": [None, 500.0, 400.0],
        },
        "lanes": {"src": ["plant", "plant"], "dst": ["RNO1", "IND1"], "lead_time": [2.0, 3.0], "cost": [1.0, 1.5]},
        "products": {
            "product": ["lamp", "rug"],
            "volume": [0.01, 0.2],
            "unit_cost": [8.0, 40.0],
            "holding_cost": [0.02, 0.1],
            "shortage_cost": [20.0, 90.0],
            "storage_type": ["ambient", "oversize"],
        },
        "regions": {"region": ["west", "east"], "shortage": ["lost", "backorder"]},
        "speeds": {"speed": ["fast", "slow"], "share": [0.25, 0.75], "fill_rate": [0.0, 0.9]},
        "services": {
            "region": ["west", "west", "east", "east"],
            "speed": ["fast", "slow", "fast", "slow"],
            "facility": ["RNO1", "RNO1", "IND1", "IND1"],
            "cutoff": ["14:00", None, "15:30", None],
            "cost": [5.0, 3.0, 5.0, 3.0],
        },
        "storage": {"facility": ["RNO1", "IND1"], "storage_type": ["ambient", "oversize"], "capacity": [50.0, 60.0]},
        "units": {"volume": "m3", "money": "USD", "period": "week"},
    }


def put(table: str, column: str, row: int, value: Any) -> Any:
    def corrupt(tables: dict[str, Any]) -> None:
        tables[table][column][row] = value

    return corrupt


def rename(table: str, old: str, new: str) -> Any:
    def corrupt(tables: dict[str, Any]) -> None:
        tables[table][new] = tables[table].pop(old)

    return corrupt


def drop(table: str, column: str) -> Any:
    def corrupt(tables: dict[str, Any]) -> None:
        del tables[table][column]

    return corrupt


def append(table: str, **row: Any) -> Any:
    def corrupt(tables: dict[str, Any]) -> None:
        for name, values in tables[table].items():
            values.append(row.get(name))

    return corrupt


def setting(name: str, value: Any) -> Any:
    def corrupt(tables: dict[str, Any]) -> None:
        tables[name] = value

    return corrupt


# name: (corruption, code, table, column, example row, part of the value, part of why or fix)
CORRUPTIONS: dict[str, tuple[Any, str, str, str, str, str, str]] = {
    "misspelt column": (rename("lanes", "lead_time", "leadtime"), "E003", "lanes", "leadtime", "", "", "'lead_time'"),
    "misspelt optional column": (
        rename("services", "cutoff", "cut_off"),
        "E003",
        "services",
        "cut_off",
        "",
        "",
        "'cutoff'",
    ),
    "missing column": (drop("services", "cost"), "E002", "services", "cost", "", "", "add it"),
    "unknown facility in lanes": (put("lanes", "dst", 1, "IND 1"), "E012", "lanes", "dst", "1", "'IND 1'", "'IND1'"),
    "unknown facility in services": (
        put("services", "facility", 2, "XYZ"),
        "E012",
        "services",
        "facility",
        "2",
        "'XYZ'",
        "",
    ),
    "unknown facility in storage": (
        put("storage", "facility", 0, "RN01"),
        "E012",
        "storage",
        "facility",
        "0",
        "'RN01'",
        "RNO1",
    ),
    "unknown speed": (put("services", "speed", 1, "slwo"), "E012", "services", "speed", "1", "'slwo'", "'slow'"),
    "negative lead time": (put("lanes", "lead_time", 1, -2.0), "E031", "lanes", "lead_time", "1", "-2", ">= 0"),
    "NaN": (put("products", "holding_cost", 0, float("nan")), "E005", "products", "holding_cost", "0", "NaN", "fill"),
    "infinite": (put("services", "cost", 3, float("inf")), "E006", "services", "cost", "3", "inf", "finite"),
    "duplicate lane": (
        append("lanes", src="plant", dst="RNO1", lead_time=9.0, cost=1.0),
        "E010",
        "lanes",
        "src, dst",
        "2",
        "row 0",
        "merge",
    ),
    "duplicate facility": (
        append("facilities", facility="RNO1", supplier=False, storage_cost=0.0),
        "E010",
        "facilities",
        "facility",
        "3",
        "'RNO1'",
        "merge",
    ),
    "cycle": (
        append("lanes", src="IND1", dst="IND1", lead_time=1.0, cost=1.0),
        "E060",
        "lanes",
        "src, dst",
        "2",
        "itself",
        "lane",
    ),
    "zero storage": (put("storage", "capacity", 1, 0.0), "E032", "storage", "capacity", "1", "0", "leave out"),
    "zero inbound": (put("facilities", "inbound", 1, 0.0), "E032", "facilities", "inbound", "1", "0", "no limit"),
    "cut-off text": (put("services", "cutoff", 0, "25:00"), "E040", "services", "cutoff", "0", "'25:00'", "HH:MM"),
    "unknown zone": (
        put("facilities", "tz", 1, "America/Los_Angelos"),
        "E041",
        "facilities",
        "tz",
        "1",
        "Los_Angelos",
        "America/Los_Angeles",
    ),
    "shares": (put("speeds", "share", 0, 0.5), "E034", "speeds", "share", "", "", "add up to 1"),
    "unit unknown": (setting("units", {"volume": "m33", "money": "USD"}), "E050", "units", "volume", "", "", "'m3'"),
    "unit missing": (setting("units", {"money": "USD"}), "E051", "units", "volume", "", "", "units={'volume': 'm3'}"),
    "unit mix-up": (
        setting("units", {"products.volume": "litre", "storage.capacity": "m3"}),
        "E052",
        "units",
        "volume",
        "",
        "",
        "convert",
    ),
    "text in numbers": (put("lanes", "cost", 0, "1,5"), "E004", "lanes", "cost", "0", "'1,5'", "number"),
    "unreachable facility": (
        append("facilities", facility="AVP3", supplier=False, storage_cost=0.0),
        "E061",
        "facilities",
        "facility",
        "3",
        "'AVP3'",
        "lane",
    ),
    "supplier serves": (
        put("services", "facility", 0, "plant"),
        "E062",
        "services",
        "facility",
        "0",
        "'plant'",
        "supplier",
    ),
    "region without service": (
        append("regions", region="north", shortage="lost"),
        "E063",
        "regions",
        "region",
        "2",
        "'north'",
        "services",
    ),
    "region without a speed": (
        put("services", "region", 2, "west"),
        "E064",
        "regions",
        "region",
        "1",
        "'east'",
        "slower delivery",
    ),
    "negative cost": (
        put("products", "shortage_cost", 1, -9.0),
        "E031",
        "products",
        "shortage_cost",
        "1",
        "-9",
        ">= 0",
    ),
    "word": (put("regions", "shortage", 0, "lots"), "E007", "regions", "shortage", "0", "'lots'", "'backorder'"),
    "fill rate above 1": (put("speeds", "fill_rate", 1, 95.0), "E033", "speeds", "fill_rate", "1", "95", "<= 1"),
}


def findings(tables: dict[str, Any]) -> list[meio.Issue]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", meio.UnusedColumnWarning)
        net = meio.Network(**tables, strict=False)
    issues = [issue for issue in net.issues if issue.is_error]
    if issues:
        with pytest.raises(meio.InputError) as caught:
            meio.Network(**tables)
        assert caught.value.issues == issues
        assert all(issue.code in str(caught.value) for issue in issues)
        assert all(len(issue.examples) <= 5 for issue in issues)
        assert caught.value.frame.height == len(issues)
    return issues


def test_good_tables_pass() -> None:
    # The tables that the corruptions start from hold no finding at all.
    net = meio.Network(**good())
    assert net.check().height == 0


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_corruption_gives_one_error(name: str) -> None:
    # One wrong thing gives one error, naming code, table, column, row, value and what would be right.
    corrupt, code, table, column, row, value, fix = CORRUPTIONS[name]
    tables = good()
    corrupt(tables)
    issues = findings(tables)
    assert len(issues) == 1, "\n".join(map(str, issues))
    issue = issues[0]
    assert (issue.code, issue.table, issue.column) == (code, table, column)
    if row:
        assert issue.count == 1
        assert issue.examples[0][0] == row
        assert value in issue.examples[0][1]
    assert fix in issue.why + " " + issue.fix
    assert issue.fix


@pytest.mark.parametrize(
    ("first", "second"),
    [pair for pair in itertools.combinations(CORRUPTIONS, 2) if CORRUPTIONS[pair[0]][2] != CORRUPTIONS[pair[1]][2]][
        ::3
    ],
)
def test_two_corruptions_give_both(first: str, second: str) -> None:
    # Problems of different tables are found together.
    tables = good()
    for name in (first, second):
        CORRUPTIONS[name][0](tables)
    found = {(issue.code, issue.table) for issue in findings(tables)}
    hides = {"unreachable facility"} & {first, second}  # not judged while a lane is misspelt
    for name in {first, second} - hides:
        assert (CORRUPTIONS[name][1], CORRUPTIONS[name][2]) in found


def test_long_cycle_is_named() -> None:
    # A cycle over several facilities is written out in order.
    tables = good()
    tables["lanes"] = {"src": ["plant", "RNO1", "IND1"], "dst": ["RNO1", "IND1", "RNO1"], "lead_time": [1, 1, 1]}
    (issue,) = findings(tables)
    assert issue.code == "E060"
    assert "IND1 -> RNO1 -> IND1" in issue.why
    assert [row for row, _ in issue.examples] == ["1", "2"]


def test_examples_are_at_most_five() -> None:
    # A thousand wrong rows fill one line, not a thousand.
    tables = good()
    count = 1000
    tables["products"] = {
        "product": [f"p{i}" for i in range(count)],
        "shortage_cost": [-1.0] * count,
        "storage_type": ["ambient"] * (count - 1) + ["oversize"],
    }
    (issue,) = findings(tables)
    assert issue.count == count
    assert len(issue.examples) == 5
    assert "1000 rows (e.g. 0: -1," in str(issue)


def test_unused_column_warns_once() -> None:
    # A column that nobody reads is mentioned the first time only.
    tables = good()
    tables["products"]["colour_of_box"] = ["red", "blue"]
    with pytest.warns(meio.UnusedColumnWarning, match="colour_of_box"):
        net = meio.Network(**tables)
    assert net.check()["code"].tolist() == ["W001"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        meio.Network(**tables)


def test_check_raises_nothing() -> None:
    # strict=False keeps the findings for check(), and refuses only when the core is asked for.
    tables = good()
    tables["lanes"]["lead_time"][0] = -1.0
    net = meio.Network(**tables, strict=False)
    assert net.check()["code"].tolist() == ["E031"]
    with pytest.raises(meio.InputError, match="E031"):
        _ = net.coded


def as_library(tables: dict[str, Any], library: str) -> dict[str, Any]:
    make = LIBRARIES[library]
    return {name: make(value) if name in SCHEMA else value for name, value in tables.items()}


def same_bits(a: meio.Network, b: meio.Network) -> bool:
    first, second = a.coded, b.coded
    assert first.facilities == second.facilities
    assert first.products == second.products
    return all(
        column.dtype == second.arrays[table][name].dtype and column.tobytes() == second.arrays[table][name].tobytes()
        for table, columns in first.arrays.items()
        for name, column in columns.items()
    )


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_give_the_same_bits(library: str) -> None:
    # pandas, Polars, pyarrow and plain columns become the same integer-coded network, and findings come back in kind.
    net = meio.Network(**as_library(good(), library))
    assert same_bits(net, meio.Network(**good()))
    kinds = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table, "table": meio.Table}
    assert isinstance(net.check(), kinds[library])


def test_shuffled_rows_give_the_same_bits() -> None:
    # The order of the rows leaves no trace.
    rng = np.random.default_rng(5)
    tables = good()
    net = meio.Network(**tables)
    for _ in range(5):
        mixed = {
            name: pd.DataFrame(value).sample(frac=1, random_state=rng) if name in SCHEMA else value
            for name, value in tables.items()
        }
        assert same_bits(net, meio.Network(**mixed))


def test_inputs_are_not_written_to() -> None:
    # Read-only arrays are accepted, and the caller's tables stay as they were.
    tables = good()
    for columns in (tables[name] for name in SCHEMA):
        for name, values in columns.items():
            array = np.array(values)
            array.setflags(write=False)
            columns[name] = array
    before = copy.deepcopy({name: tables[name] for name in SCHEMA})
    meio.Network(**tables)
    for name, columns in before.items():
        for column, values in columns.items():
            assert np.array_equal(values, tables[name][column])


def test_strided_and_integer_columns() -> None:
    # Every second element of an integer array is a column like any other.
    tables = good()
    tables["lanes"]["lead_time"] = np.array([2, 99, 3, 99])[::2]
    assert same_bits(meio.Network(**tables), meio.Network(**good()))


def test_integer_names() -> None:
    # Numbers may be names: 7 in one table and '7' in another are the same product.
    tables = good()
    tables["products"]["product"] = [7, 12]
    net = meio.Network(**tables)
    assert net.coded.products == ["12", "7"]


def test_clocks() -> None:
    # Offsets follow the day: Los Angeles is seven hours behind in July and eight in January, Arizona always seven.
    tables = good()
    tables["facilities"]["tz"] = ["UTC", "America/Los_Angeles", "America/Phoenix"]
    codes = meio.Network(**tables).coded
    at = {name: i for i, name in enumerate(codes.facilities)}
    winter = codes.arrays["facilities"]["utc_offset_minutes"]
    summer = meio.Network(**tables, day="2026-07-01").coded.arrays["facilities"]["utc_offset_minutes"]
    assert winter[at["RNO1"]] == -480
    assert summer[at["RNO1"]] == -420
    assert winter[at["IND1"]] == summer[at["IND1"]] == -420
    tables["facilities"]["tz"] = ["UTC", "UTC-08:00", "-07:00"]
    fixed = meio.Network(**tables).coded.arrays["facilities"]["utc_offset_minutes"]
    assert np.array_equal(fixed, winter)


def test_cut_offs() -> None:
    # HH:MM becomes the minute of the day, an empty cell the end of it.
    cutoffs = meio.Network(**good()).coded.arrays["services"]["cutoff_minute"]
    assert sorted(cutoffs.tolist()) == [840, 930, 1440, 1440]


def test_defaults() -> None:
    # Regions and speeds may be left out: services name the first, and there is one speed.
    tables = good()
    for name in ("regions", "speeds", "storage", "units"):
        del tables[name]
    del tables["services"]["speed"]
    for name in ("region", "facility", "cutoff", "cost"):
        tables["services"][name] = tables["services"][name][::2]
    net = meio.Network(**tables)
    assert net.coded.regions == ["east", "west"]
    assert net.coded.speeds == ["standard"]
    assert net.units == {"volume": "volume", "money": "money", "period": "period"}


def test_immutable_and_replace() -> None:
    # A network does not change; replace() gives another one.
    net = meio.Network(**good())
    with pytest.raises(AttributeError, match="replace"):
        net.lanes = {}  # type: ignore[misc]
    lanes = copy.deepcopy(good()["lanes"])
    lanes["cost"] = [0.0, 0.0]
    other = net.replace(lanes=lanes)
    assert other.coded.arrays["lanes"]["cost"].sum() == 0
    assert net.coded.arrays["lanes"]["cost"].sum() == 2.5
    with pytest.raises(TypeError, match="did you mean 'lanes'"):
        net.replace(lane=lanes)


def test_round_trips() -> None:
    # Pickles and copies are the same network; errors travel too.
    net = meio.Network(**good())
    assert same_bits(net, pickle.loads(pickle.dumps(net)))
    assert same_bits(net, copy.deepcopy(net))
    tables = good()
    tables["lanes"]["lead_time"][0] = -1.0
    with pytest.raises(meio.InputError) as caught:
        meio.Network(**tables)
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert again.issues == caught.value.issues


def test_missing_table() -> None:
    # No table at all is a problem among the others.
    tables = good()
    tables["lanes"] = None
    codes = {(issue.code, issue.table) for issue in findings(tables)}
    assert ("E001", "lanes") in codes
    with pytest.raises(TypeError, match="frame or a mapping"):
        meio.Network(**{**good(), "lanes": 3})


@pytest.mark.parametrize("profile", [[1.0] * 23, [0.0] * 24, [-1.0] + [1.0] * 23, [float("nan")] * 24])
def test_arrival_profile(profile: list[float]) -> None:
    # A profile is 24 weights, not all zero.
    with pytest.raises(meio.InputError, match="arrival_profile"):
        meio.Network(**good(), arrival_profile=profile)


def test_a_speed_without_share_needs_no_service() -> None:
    # Nobody asks for it, so that no region must offer it.
    tables = good()
    tables["services"]["region"][2] = "west"
    tables["speeds"]["share"] = [0.0, 1.0]
    assert meio.Network(**tables).coded.speeds == ["fast", "slow"]
