# SPDX-License-Identifier: MIT
"""Demand classes and decisions through the bindings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from meio import InputError, _meio, fulfilment


def network(products: int = 1) -> Any:
    """Return a supplier, a hub and two facilities in two time zones, two regions and two speeds."""
    tables = {
        "facilities": {
            "supplier": [True, False, False, False],
            "longitude": [0.0, -90.0, -122.0, -74.0],
            "latitude": [0.0, 40.0, 37.0, 40.0],
            "utc_offset_minutes": [0, -360, -480, -300],
        },
        "lanes": {"source": [0, 1, 1], "destination": [1, 2, 3], "lead_time": [2.0, 1.0, 1.0], "cost": [1.0, 0.5, 0.5]},
        "products": {
            "holding_cost": [0.5] * products,
            "shortage_cost": [9.0] * products,
            "unit_cost": [2.0] * products,
        },
        "regions": {"longitude": [-120.0, -75.0], "latitude": [38.0, 41.0], "utc_offset_minutes": [-480, -300]},
        "speeds": {"share": [0.4, 0.6]},
        "storage": {"facility": [2], "storage_type": [0], "capacity": [10.0]},
        "services": {
            "region": [0, 0, 0, 1, 1, 1],
            "speed": [0, 1, 1, 0, 1, 1],
            "facility": [2, 2, 3, 3, 3, 2],
            "cutoff_minute": [840, 1440, 900, 840, 1440, 900],
            "days": [1.0, 2.0, 2.0, 1.0, 2.0, 2.0],
            "cost": [6.0, 3.0, 5.0, 6.0, 3.0, 5.0],
        },
    }
    return _meio.network.build(
        ["sup", "hub", "west", "east"],
        [f"p{k}" for k in range(products)],
        ["W", "E"],
        ["one", "two"],
        ["any"],
        tables,
        [],
    )


def test_shares_add_up_and_windows_cover_the_day() -> None:
    """Shares of each region add up to one, and every minute has a class of its region and speed."""
    net = network()
    classes = fulfilment.eligibility(net)
    for region in (0, 1):
        assert classes.share[classes.region == region].sum() == pytest.approx(1.0, abs=1e-14)
    minute = np.arange(1440)
    for region in (0, 1):
        for speed in (0, 1):
            found = fulfilment.classify(net, region, speed, minute)
            assert (classes.region[found] == region).all()
            assert (classes.speed[found] == speed).all()


def test_the_cutoff_is_on_the_facility_clock() -> None:
    """The west facility's 15:00 cut-off serves the east until 18:00 there, that minute included."""
    net = network()
    classes = fulfilment.eligibility(net)
    for minute, expected in ((18 * 60, [3, 2]), (18 * 60 + 1, [3])):
        found = int(fulfilment.classify(net, 1, 1, minute)[0])
        assert classes.facility[classes.options(found)].tolist() == expected


def test_late_options_are_a_choice() -> None:
    """After the only cut-off an order ships a day later, or has nobody to serve it."""
    net = network()
    late = int(fulfilment.classify(net, 0, 0, 15 * 60)[0])
    classes = fulfilment.eligibility(net)
    assert classes.late[classes.options(late)].tolist() == [True]
    assert classes.days[classes.options(late)].tolist() == [2.0]
    strict = fulfilment.eligibility(net, late_options=False)
    assert len(strict.facility[strict.options(late)]) == 0


def test_unknown_ids_are_all_named() -> None:
    """A region, a speed and a minute out of range are three findings of one error."""
    with pytest.raises(InputError) as caught:
        fulfilment.classify(network(), [7, 0, 0], [0, 9, 0], [0, 0, 1440])
    assert "3 problems" in str(caught.value)


def test_a_decision_explains_itself() -> None:
    """The score is the sum of its terms, a fence keeps its candidate out, and the reason follows."""
    decision = fulfilment.decide(
        "priced",
        facility=[3, 5, 6],
        cost=[4, 4.5, 1],
        price=[0.5, 0.25, 0],
        stock_value=[2, 0, 0],
        fence=["", "", "NO_STOCK"],
    )
    assert decision.facility == 5
    assert decision.reason == "FALLBACK"
    assert [row.rank for row in decision.candidates] == [1, 0, -1]
    for row in decision.candidates:
        assert row.score == row.shipping + row.flow + row.stock
    with pytest.raises(ValueError, match="NO_STOCK"):
        fulfilment.decide("nearest", facility=[1], cost=[1.0], fence=["CLOSED"])
