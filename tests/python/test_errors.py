# SPDX-License-Identifier: MIT
"""Errors: their text, their structure, and the list of codes."""

from __future__ import annotations

import re
from pathlib import Path

import meio
from meio.errors import CODES, InputError, Issue

SOURCES = Path(meio.__file__).parent


def test_message_has_the_documented_form() -> None:
    # Count and tables in the first line, then one line a problem with at most five rows.
    issue = Issue(
        "E012", "lanes", "dst", 3, (("17", "'RN0 1'"), ("42", "'RN0 1'")), "not in facilities", "did you mean 'RNO1'?"
    )
    other = Issue("E031", "lanes", "lead_time", 1, (("88", "-2"),), "", "must be >= 0")
    lines = str(InputError.from_issues([issue, other])).splitlines()
    assert lines[0] == "2 problems in 'lanes'"
    assert lines[1] == (
        "  E012 unknown name    lanes.dst  3 rows (e.g. 17: 'RN0 1', 42: 'RN0 1')  not in facilities  "
        "did you mean 'RNO1'?"
    )
    assert lines[2] == "  E031 negative value  lanes.lead_time  1 row (88: -2)  must be >= 0"


def test_findings_of_the_core_become_issues() -> None:
    # Findings of the compiled core are grouped by field and fix, and keep their text.
    error = InputError.from_core(
        [
            ("lanes.cost", "3", "-1", "must be >= 0"),
            ("lanes.cost", "7", "-2", "must be >= 0"),
            ("gap", "", "-1", "must be >= 0"),
        ]
    )
    assert "lanes.cost[7] = -2: must be >= 0" in str(error)
    assert [(i.table, i.column, i.count) for i in error.issues] == [("lanes", "cost", 2), ("gap", "", 1)]
    assert error.frame["rows"].tolist() == [2, 1]
    assert len(error.findings) == 3


def test_every_code_used_is_listed() -> None:
    # No code appears in the sources without a title, and no title is left over.
    found = [code for path in SOURCES.glob("*.py") for code in re.findall(r'"([EW]\d{3})"', path.read_text())]
    assert set(found) == set(CODES)
    assert not [code for code in CODES if found.count(code) < 2]
